"""Clusters of an answer: which of its records are said to be one, by a mark that tells nothing of the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from desk.looking import Look
from graph import clusters
from graph.session import GraphSession


@dataclass(frozen=True, slots=True)
class Marked:
    """A cluster as an answer shows it: its mark, and those of its records that are in the answer, in order of id."""

    mark: str
    contested: bool
    members: tuple[str, ...]


async def marked(look: Look, graph: GraphSession, ids: Iterable[str], *, valid_at: int | None) -> list[Marked]:
    """Give the clusters of what an answer of a session shows, in order of the first that it shows of each."""
    shown = set(ids)
    found = await clusters.clusters(graph, shown, valid_at=valid_at)
    made = [_marked(look, one, shown) for one in found]
    return sorted(made, key=lambda one: one.members)


def _marked(look: Look, one: clusters.Cluster, shown: set[str]) -> Marked:
    # Keyed, so that it names no record that is not in the answer; too short to be taken for an identifier's id.
    mark = look.desk.keys.digest("cluster", one.members[0])[:16]
    return Marked(mark, one.contested, tuple(id for id in one.members if id in shown))
