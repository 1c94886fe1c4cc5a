"""Records and identifiers by id, and in filtered lists with their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connections import DISPUTED
from graph.picks import Node, Pick, every
from graph.projection import Order, Test, by_ids, listed, versions
from graph.session import GraphSession


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: each node with the sort key that its cursor is made of; the total stops at 1,000."""

    rows: list[tuple[Any, Node]]
    more: bool
    total: int | None


async def records(
    graph: GraphSession, wanted: Sequence[tuple[Pick, Sequence[str]]], *, valid_at: int | None = None
) -> list[Node]:
    """Give those of these records and identifiers that the viewer may see, all kinds in one statement.

    With `valid_at`, an epoch second, only what held true then.
    """
    found = await graph.project(by_ids(wanted, valid_at=valid_at))
    nodes = [node for _, node in found.rows]
    await _disputed_today(graph, nodes)
    return nodes


async def listing(
    graph: GraphSession,
    pick: Pick,
    tests: Sequence[Test],
    order: Order,
    *,
    first: int,
    after: tuple[Any, str] | None,
    counted: bool,
) -> Listed:
    """Give a page of one kind, filtered and ordered, and the total of the list if it is `counted`."""
    past = graph.known_at is not None
    found = await graph.project(listed(pick, tests, order, first=first, after=after, counted=counted, past=past))
    await _disputed_today(graph, [node for _, node in found.rows])
    return Listed(found.rows, found.more, found.total)


async def _disputed_today(graph: GraphSession, roots: Sequence[Node]) -> None:
    """Let records as of a moment say what is disputed about them today: a dispute shows on every view at once."""
    if graph.known_at is None:
        return
    told = [node for root in roots for node in every(root) if DISPUTED in node.values]
    wanted = [
        (Pick(kind, (DISPUTED,)), sorted({node.id for node in told if node.kind is kind}))
        for kind in sorted({node.kind for node in told})
    ]
    if wanted:
        now = {node.id: node.values[DISPUTED] for node in await records(graph.as_of(None), wanted)}
        for node in told:
            node.values[DISPUTED] = now.get(node.id)


MOST_VERSIONS = 200


async def past(graph: GraphSession, pick: Pick, id: str) -> Listed:
    """Give the versions of a record that the viewer may see, newest first, at most 200."""
    found = await graph.project(versions(pick, id, most=MOST_VERSIONS))
    return Listed(found.rows, found.more, None)
