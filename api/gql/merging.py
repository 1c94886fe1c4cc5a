"""Pages over owners: row by row in the one order of the question, with a cursor that knows where each owner stands.

In order:
1. The rows of one owner stand in the order of the question, and there are some if it has more, or its answer does not
   fit.
2. A cursor stands still for an owner that did not answer: when it does, its rows come, and none twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from graphql import FieldNode

from api.gql import shaping
from api.gql.derived import AFTER, Rows
from api.gql.owners import Asking, unfit
from api.gql.scalars import Instant, instant, moment_of
from api.gql.sources import FederatedResult, told
from desk import federating
from desk.federating import Source
from desk.paging import seal, unseal
from schemas.federated import ANSWERED

# The longest of ours, after a folded name of two hundred signs, fit; those of all members go back in one request.
_LONGEST_CURSOR, _LONGEST_KEY = 2_500, 1_000

Place = Callable[[str], Any]
"""Read an owner's order key into what rows are ordered by; raises ValueError for one that is none."""


def by_name(key: str) -> str:
    """Order by a folded name."""
    return key


def by_moment(key: str) -> float:
    """Order by a moment, the earliest first."""
    return moment_of(key).timestamp()


def latest_first(key: str) -> float:
    """Order by a moment, the latest first."""
    return -by_moment(key)


class Down(str):
    """An id that stands before those that are smaller: a list that is turned round has its ties turned round too."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)

    def __le__(self, other: str) -> bool:
        return str.__ge__(self, other)


class Row(NamedTuple):
    """A row of one owner: where it stands in the order, its cursor there, what it says, and the ids that it tells."""

    place: tuple[Any, ...]
    cursor: str
    ready: shaping.Ready
    ids: AbstractSet[str]


@dataclass(frozen=True)
class Part:
    """What one state gave: its rows in order, and whether it has more."""

    source: Source
    rows: Sequence[Row] = ()
    more: bool = False


@dataclass(frozen=True)
class Merging(Asking):
    """A question whose rows are merged; those of a list by `place`."""

    place: Place = by_name

    def _tie(self, id: str) -> str:
        return Down(id) if self.place is latest_first else id

    @property
    def bound(self) -> str:
        """Name the question, which a cursor is bound to."""
        said = orjson.dumps(self.variables, option=orjson.OPT_SORT_KEYS).decode()
        return f"federated {self.question.name} {self.document.digest} {said}"

    def stands(self, after: str | None) -> dict[str, Any]:
        """Give where each owner stands by a cursor; raise BadInput for one that was not made for this question."""
        found = unseal(self.look, self.bound, after, dict)
        return {} if found is None else dict(found[0])

    async def parts(self, states: Iterable[str], stands: Mapping[str, Any], first: int) -> list[Part]:
        """Ask these states, each from where it stands, and read what they said."""
        addressed = list(states)
        if strangers := [state for state in addressed if state not in federating.members(self.look)]:
            return [Part(federating.no_member(state)) for state in strangers]
        paged = self.shape.rows is not Rows.ALONE
        asked = {
            state: {**self.variables, **({AFTER: stands.get(state, [None])[0]} if paged else {})} for state in addressed
        }
        sources = await federating.asked_everywhere(self.look, self.question, asked, self.here)
        return [self._part(source, first, stands.get(source.state)) for source in sources]

    def _part(self, source: Source, first: int, stood: Any) -> Part:
        if source.data is None:
            return Part(source)
        try:
            return self._read(source, self.said(source.data), first, stood)
        except (shaping.Misshapen, shaping.NotTheOwner) as fault:
            return Part(unfit(source, fault))

    def _read(self, source: Source, sent: Any, first: int, stood: Any) -> Part:
        shaper = self.shaper(source)
        if self.shape.rows is Rows.ALONE:
            if sent is None:
                return Part(source)
            if not isinstance(sent, dict) or sent.get("id") not in self.question.ids:
                raise shaping.Misshapen
            return Part(source, [self._row(shaper, self._rows(), (), "", sent)])
        match sent:
            case {"edges": list(edges), "pageInfo": {"hasNextPage": bool(more)}}:
                # Without a row the next page would begin where this one did, and never end.
                if len(edges) > first or (more and not edges):
                    raise shaping.Misshapen
                nodes = self._rows()
                rows = [self._edge(shaper, nodes, edge) for edge in edges]
            case _:
                raise shaping.Misshapen
        places = [row.place for row in rows]
        if places != sorted(set(places)) or len({id for _, id in places}) < len(places):
            raise shaping.Misshapen
        if stood is not None and places and places[0] <= (stood[1], self._tie(stood[2])):
            raise shaping.Misshapen
        return Part(source, rows, more)

    def _rows(self) -> Sequence[FieldNode]:
        """Give the fields by which the officer asked for rows."""
        return self.asked.below("nodes").nodes

    def _edge(self, shaper: shaping.Shaper, nodes: Sequence[FieldNode], edge: Any) -> Row:
        match edge:
            case {"cursor": str(cursor), "node": {"id": str(id)} as node} if len(cursor) <= _LONGEST_CURSOR:
                return self._row(shaper, nodes, (self._key(edge), self._tie(id)), cursor, node)
        raise shaping.Misshapen

    def _key(self, edge: Mapping[str, Any]) -> Any:
        match edge:
            case {"score": float() | int() as score} if (
                self.shape.rows is Rows.SCORED and type(score) is not bool and 0 <= score <= 1
            ):
                return -score
            case {"orderKey": str(key)} if self.shape.rows is Rows.ORDERED and len(key) <= _LONGEST_KEY:
                try:
                    return self.place(key)
                except (ValueError, OverflowError) as fault:
                    raise shaping.Misshapen from fault
        raise shaping.Misshapen

    def _row(
        self, shaper: shaping.Shaper, nodes: Sequence[FieldNode], place: tuple[Any, ...], cursor: str, node: Any
    ) -> Row:
        shaper.ids = set()
        ready = shaper.row(nodes, node, self.shape.of)
        return Row(place, cursor, ready, shaper.ids)

    def page(self, parts: Sequence[Part], first: int, stands: Mapping[str, Any]) -> FederatedResult:
        """Give the first rows of all parts in the one order, and where the next page begins."""
        merged = sorted(((row.place, part.source.state, row) for part in parts for row in part.rows), key=_in_order)
        taken = merged[:first]
        federating.disclosed(self.look, {id for *_, row in taken for id in row.ids})
        shown = {part.source.state: [row for _, state, row in taken if state == part.source.state] for part in parts}
        more = any(part.more or len(shown[part.source.state]) < len(part.rows) for part in parts)
        moved = {state: [rows[-1].cursor, *rows[-1].place] for state, rows in shown.items() if rows}
        paged = self.shape.rows is not Rows.ALONE
        cursor = seal(self.look, self.bound, [{**stands, **moved}]) if more and paged else None
        return FederatedResult(
            nodes=[row.ready for *_, row in taken],  # type: ignore[misc]  # complete as they stand
            links=[],
            assertions=[],
            joins=[],
            paths=[],
            gaps=[],
            sources=told(
                self.look,
                {part.source.state: part.source for part in parts},
                {state: len(rows) for state, rows in shown.items()},
            ),
            complete=all(part.source.status in ANSWERED for part in parts),
            as_of=instant(self.look.at) or Instant(""),
            cursor=cursor,
        )


def _in_order(row: tuple[tuple[Any, ...], str, Row]) -> tuple[Any, ...]:
    place, state, _ = row
    return (*place, state)
