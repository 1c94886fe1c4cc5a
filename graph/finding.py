"""Candidates for `find`: identifiers that visible links touch, what they are joined to, and what bears such a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.connections import Kind
from graph.library import statement
from graph.past import relation
from graph.session import GraphSession

_SEARCH = statement("find/search")

MOST_CANDIDATES = 2_000


@dataclass(frozen=True, slots=True)
class Joined:
    """A visible link that joins a record to an identifier: the record, the identifier, by which relation, its id."""

    id: str
    kind: Kind
    value: str
    how: str
    link: str


@dataclass(frozen=True, slots=True)
class Named:
    """A record with the names that it goes by."""

    id: str
    kind: Kind
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a search may mean, each in order of id, links in order of what they join.

    `named` is empty where an identifier led to something.
    """

    touched: list[str]
    joined: list[Joined]
    named: list[Named]


async def search(
    graph: GraphSession,
    values: Sequence[str],
    keys: Sequence[str],
    kinds: Sequence[Kind],
    *,
    valid_at: int | None = None,
) -> Candidates:
    """Give what these identifiers and name keys lead to, on one day if one is given.

    Of records so named, the 2,000 that carry the most of the keys come; of equals, those first in order of id.
    """
    [(_, touched, joined, named)] = await graph.weigh(
        _SEARCH, values=list(values), keys=list(keys), labels=list(kinds), valid_at=valid_at, most=MOST_CANDIDATES
    )
    return Candidates(
        touched,
        [Joined(id, Kind(kind), value, relation(how), link) for id, kind, value, how, link in joined],
        [Named(id, Kind(kind), tuple(names or ())) for id, kind, names in named],
    )
