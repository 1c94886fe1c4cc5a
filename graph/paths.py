"""The links among which the paths between two records or identifiers lie, looked at from both ends; and how far apart.

In order:
1. Each end is asked in the mode of a walk; if one is not there for the viewer, nothing is looked for.
2. The side whose next layer has fewer visible links goes one link farther, the first if they are alike.
3. Paths of as many links as both sides went together lie wholly among what was looked at.
4. What would look at more links than one question may is not begun.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from graph.library import statement
from graph.network import NetworkLink, parted
from graph.session import GraphSession
from schemas.link import LinkKind

_LENGTH = statement("path/length")
_WEIGHT = statement("path/weight")
_STEP = statement("path/step")
_LINKS = statement("path/links")

LONGEST = 8

# Each link is judged twice, counted and then given, at some 20 µs; what was counted last may not be looked at at all.
MOST_LINKS = 10_000


@dataclass(slots=True)
class Looked:
    """What was looked at: of each node its neighbours, with the ids of the links that join the two.

    Every path of at most `hops` links is in it. `cut` says that to look farther would have been too much; `at` are
    the nodes of which all links were looked at.
    """

    hops: int = 0
    cut: bool = False
    neighbours: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    at: set[str] = field(default_factory=set)

    def add(self, id: str, near: str, far: str) -> None:
        """Note a link between two nodes."""
        ids = self.neighbours.setdefault(near, {}).setdefault(far, set())
        ids.add(id)
        self.neighbours.setdefault(far, {})[near] = ids


@dataclass(slots=True)
class _Side:
    """One end and what was reached from it: the last layer, by ids, and how many links are at that, once counted."""

    layer: list[str]
    met: set[str]
    links: int | None = None

    async def weigh(self, graph: GraphSession, most: int) -> None:
        """Count the links at the last layer, up to so many; what may not be walked on from leaves it."""
        [[_, self.layer, self.links]] = await graph.weigh(_WEIGHT, **parted(self.layer), most=most)

    async def step(
        self, graph: GraphSession, looked: Looked, *, along: Sequence[LinkKind], valid_at: int | None, most: int
    ) -> None:
        """Go one link farther."""
        asked = {**parted(self.layer), "along": list(along), "valid_at": valid_at, "most": most}
        reached = set()
        [[gates, links]] = await graph.weigh(_STEP, **asked)
        for [id, *_], [near, far] in zip(gates, links, strict=True):
            looked.add(id, near, far)
            reached.add(far)
        looked.at.update(self.layer)
        self.layer = sorted(reached - self.met)
        self.met |= reached
        self.links = None


async def between(
    graph: GraphSession,
    a: str,
    b: str,
    *,
    hops: int,
    along: Sequence[LinkKind],
    valid_at: int | None,
    enough: Callable[[Looked], bool],
) -> Looked | None:
    """Look for paths of up to `hops` links (1–8), until there are enough; None if an end is not there to be walked.

    Raises ValueError for one node twice.
    """
    if a == b:
        raise ValueError("A path needs two ends.")
    looked, left = Looked(), MOST_LINKS
    sides = _Side([a], {a, b}), _Side([b], {a, b})  # a path ends where it meets its other end
    for side in sides:
        await side.weigh(graph, left + 1)
        if not side.layer:
            return None
    while looked.hops < hops:
        if not all(side.layer for side in sides):
            looked.hops = hops  # there is nothing farther on
            break
        for side in sides:
            if side.links is None:
                await side.weigh(graph, left + 1)
        side = min(sides, key=_weight)
        if _weight(side) > left:
            looked.cut = True
            break
        left -= _weight(side)
        await side.step(graph, looked, along=along, valid_at=valid_at, most=left + _weight(side) + 1)
        looked.hops += 1
        if enough(looked):
            break
    return looked


def _weight(side: _Side) -> int:
    return side.links or 0


async def drawn(graph: GraphSession, looked: Looked, joined: Iterable[tuple[str, str]]) -> dict[str, NetworkLink]:
    """Give the link with the smallest id between each two neighbours, by id; what is gone by now is left out."""
    wanted = {min(looked.neighbours[x][y]): x if x in looked.at else y for x, y in joined}
    starts = sorted(set(wanted.values()))
    # A link between two of the starts comes from each.
    asked = {**parted(starts), "ids": sorted(wanted), "most": 2 * len(wanted)}
    rows = await graph.weigh(_LINKS, True, **asked)
    return {gate[0]: NetworkLink.of(gate, link) for [gate], link in rows}


async def distance(graph: GraphSession, a: str, b: str) -> int | None:
    """Give the number of links on the shortest permitted way between two different records, or None beyond 8.

    A record that the viewer may not walk has no way to it. Raises ValueError for one record twice: the database's
    search for a way from a record to itself does not end.
    """
    if a == b:
        raise ValueError("A way needs two ends.")
    rows = await graph.read(_LENGTH, id=a, other=b)
    return int(rows[0][0]) if rows else None
