"""Candidates for `find`: by name keys, and by the identifiers that visible links touch."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from graph.connections import Kind
from graph.library import statement
from graph.session import GraphSession

_BY_KEYS = statement("find/by_keys")
_BY_VALUE = statement("find/by_value")
_VALUE = statement("find/value")

MOST_CANDIDATES = 2_000


@dataclass(frozen=True, slots=True)
class Named:
    """A record with the names that it goes by."""

    id: str
    kind: Kind
    names: tuple[str, ...]


async def named(graph: GraphSession, keys: Sequence[str], kinds: Sequence[Kind]) -> list[Named]:
    """Give the records that any of these keys leads to, in order of id."""
    rows = await graph.read(_BY_KEYS, keys=list(keys), labels=list(kinds), most=MOST_CANDIDATES)
    return [Named(id, Kind(kind), _texts(names)) for id, kind, names in rows]


async def joined(graph: GraphSession, value: str, kinds: Sequence[Kind]) -> list[tuple[str, Kind, str]]:
    """Give the records that visible links join to an identifier, as (id, kind, relation), in order of id."""
    rows = await graph.read(_BY_VALUE, value=value, labels=list(kinds), most=MOST_CANDIDATES)
    return [(id, Kind(kind), how) for id, kind, how in rows]


async def touched(graph: GraphSession, value: str) -> bool:
    """Say whether anything that the viewer may see touches this identifier."""
    rows = await graph.read(_VALUE, value=value)
    graph.disclosed.update(id for id, _ in rows)
    return bool(rows)


def _texts(names: str | None) -> tuple[str, ...]:
    if not names:
        return ()
    if names.startswith("["):
        return tuple(name["text"] for name in orjson.loads(names))
    return (names,)
