"""By which gate a viewer sees a record."""

from dataclasses import dataclass

from graph.library import statement
from graph.session import GraphSession

_EXPLAIN = statement("access/explain")


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
