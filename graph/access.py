"""By which gate a viewer sees a record, and at which version it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.library import statement
from graph.session import GraphSession, GraphWriting
from graph.stored import Gate

_SEEN = statement("access/seen")
_EXPLAIN = statement("access/explain")
_STOOD = statement("access/stood")


@dataclass(frozen=True, slots=True)
class Explained:
    """The gate of a record as it stands: states, level, compartment ('' for none), class and end (epoch seconds)."""

    id: str
    audience: tuple[str, ...]
    level: int
    comp: str
    cls: str
    until: int


async def explained(graph: GraphSession, id: str) -> Explained | None:
    """Give the gate of a record that the viewer may see, or None."""
    rows = await graph.read(_EXPLAIN, id=id)
    for found, audience, level, comp, cls, until in rows:
        return Explained(found, tuple(audience), level, comp, cls, until)
    return None


async def seen(graph: GraphSession, ids: Sequence[str]) -> dict[str, Gate]:
    """Give the gates of those of these records that the viewer may see, by id; whoever tells of one discloses it."""
    rows = await graph.weigh(_SEEN, ids=list(ids)) if ids else []
    return {
        id: Gate(aud, level, comp, cls, until, tuple(audience))
        for _, id, aud, audience, level, comp, cls, until in rows
    }


async def stood(graph: GraphSession, ids: Sequence[str]) -> dict[str, str]:
    """Give at which version those of these records stand that the viewer may see, by id."""
    rows = await graph.weigh(_STOOD, ids=list(ids)) if ids else []
    return {id: op_id for _, id, op_id in rows}


async def stand(writing: GraphWriting, ids: Sequence[str]) -> dict[str, str]:
    """Give in a transaction at which version those of these records stand that the writer may see, by id."""
    rows = await writing.run(_STOOD, ids=list(ids)) if ids else []
    return {str(id): str(op_id) for id, op_id in rows}
