"""How two records or identifiers are joined: the shortest permitted paths, and how far they were looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from analysis.networks import k_shortest
from desk.asking import instant, kind_of_id, picked, second, written
from desk.errors import BadInput, NotFound
from desk.looking import Look
from graph import paths
from graph.network import NetworkLink
from graph.paths import LONGEST, Looked
from graph.picks import Node, Pick
from graph.session import GraphSession
from schemas.errors import FieldProblem
from schemas.link import WALKED, LinkKind

MOST_PATHS = 5


@dataclass(frozen=True, slots=True)
class PathsAsked:
    """Paths as asked: between whom, of how many links at most, how many, along what, on which day, and as of when."""

    from_: str
    to: str
    max_hops: int
    k: int
    along: tuple[LinkKind, ...] | None
    valid_at: date | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a path, as it was recorded, and how many others join the same two."""

    link: NetworkLink
    others: int


@dataclass(frozen=True, slots=True)
class Path:
    """One path: its nodes from end to end as picked, and the link between each two."""

    nodes: list[Node]
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class PathsAnswered:
    """Paths in order of (number of links, ids of their nodes).

    `searched_hops` is of how many links they were looked for, and `more` says that there are others of no more links
    than that. `cut` says that longer ones were not looked for because too many links lie between.
    """

    paths: list[Path]
    searched_hops: int
    more: bool
    cut: bool


async def between(look: Look, asked: PathsAsked, picks: Sequence[Pick]) -> PathsAnswered:
    """Give the shortest paths between two records or identifiers; raise NotFound if one of them is not there."""
    ends = (asked.from_, asked.to)
    look.note(
        "paths",
        ids=[id if kind_of_id(id) else look.term(id) for id in ends],
        hops=asked.max_hops,
        k=asked.k,
        along=asked.along,
        valid_at=written(asked.valid_at),
        known_at=written(asked.known_at),
    )
    graph = (await look.graph()).as_of(second(asked.known_at))
    paths_fit(asked)
    if any(kind_of_id(id) is None for id in ends):
        raise NotFound

    def first(looked: Looked, most: int) -> list[tuple[str, ...]]:
        return k_shortest(looked.neighbours, *ends, most=most, longest=looked.hops)

    looked = await paths.between(
        graph,
        *ends,
        hops=asked.max_hops,
        along=asked.along if asked.along is not None else WALKED,
        valid_at=instant(asked.valid_at),
        enough=lambda looked: len(first(looked, asked.k)) == asked.k,
    )
    if looked is None:
        raise NotFound
    # That both are there is told, whether or not anything joins them.
    graph.disclosed.update(ends)
    found = first(looked, asked.k + 1)
    made = await _drawn(graph, looked, found[: asked.k], picks)
    return PathsAnswered(made, looked.hops, more=len(found) > asked.k, cut=looked.cut)


async def _drawn(
    graph: GraphSession, looked: Looked, found: Sequence[tuple[str, ...]], picks: Sequence[Pick]
) -> list[Path]:
    """Give the paths with their nodes and links; one of which a part was withdrawn meanwhile is left out."""
    if not found:
        return []
    links = await paths.drawn(graph, looked, [two for ids in found for two in pairwise(ids)])
    kinds = {id: kind for ids in found for id in ids if (kind := kind_of_id(id)) is not None}
    nodes = await picked(graph, list(kinds.items()), picks)
    made = []
    for ids in found:
        beside = [looked.neighbours[one][next] for one, next in pairwise(ids)]
        if nodes.keys() >= set(ids) and links.keys() >= {min(some) for some in beside}:
            steps = [Step(links[min(some)], len(some) - 1) for some in beside]
            graph.disclosed.update(step.link.id for step in steps)
            made.append(Path([nodes[id] for id in ids], steps))
    return made


def paths_fit(asked: PathsAsked, *, longest: int = LONGEST) -> None:
    """Raise BadInput for paths that are asked beyond their bounds."""
    problems = []
    if asked.from_ == asked.to:
        problems.append(FieldProblem(path="to", message="A path joins two: name another end."))
    if not 1 <= asked.max_hops <= longest:
        problems.append(FieldProblem(path="maxHops", message=f"A path has between 1 and {longest} links."))
    if not 1 <= asked.k <= MOST_PATHS:
        problems.append(FieldProblem(path="k", message=f"Ask for between 1 and {MOST_PATHS} paths."))
    if asked.along is not None and not set(asked.along) <= set(WALKED):
        problems.append(FieldProblem(path="along", message="A path does not follow one of these relations."))
    if problems:
        raise BadInput(problems)
