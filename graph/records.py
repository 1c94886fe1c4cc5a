"""Records and identifiers by id, in filtered lists, and their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connections import Kind
from graph.projection import COUNT_STOPS_AT, Node, Order, Pick, Test, by_ids, counted, listed
from graph.session import GraphSession


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: each node with the sort key that its cursor is made of."""

    rows: list[tuple[Any, Node]]
    more: bool


async def records(graph: GraphSession, pick: Pick, ids: Sequence[str]) -> list[Node]:
    """Give those of these records or identifiers that the viewer may see, in order of id."""
    return await graph.project(by_ids(pick, ids))


async def listing(
    graph: GraphSession, pick: Pick, tests: Sequence[Test], order: Order, *, first: int, after: tuple[Any, str] | None
) -> Listed:
    """Give a page of one kind, filtered and ordered."""
    rows = await graph.project(listed(pick, tests, order, first=first, after=after))
    return Listed(rows[:first], len(rows) > first)


async def total(graph: GraphSession, kind: Kind, tests: Sequence[Test]) -> int:
    """Count a filtered list; stops at 1,000."""
    [number] = await graph.project(counted(kind, tests))
    return min(int(number), COUNT_STOPS_AT)
