"""Questions of the keeping jobs: they lift the predicate, and give back counts or operation ids, nothing else."""

from collections.abc import Sequence

from graph.library import statement
from graph.session import GraphSession, GraphWriting

_DONE = statement("keeping/operations_done")
_HOLES = statement("keeping/count_holes")
_ANSWERS = statement("keeping/answers")
_COMPARTMENTS = statement("keeping/compartments")
_DROP_CHANGES = statement("keeping/drop_changes")


async def operations_done(graph: GraphSession, op_ids: Sequence[str]) -> set[str]:
    """Give those of these operations that the graph carried out."""
    return {op_id for (op_id,) in await graph.read(_DONE, op_ids=list(op_ids))}


async def holes(graph: GraphSession) -> tuple[int, int, int]:
    """Count records, versions and links with a hole in their gate."""
    [(records, versions, links)] = await graph.read(_HOLES)
    return records, versions, links


async def compartments(graph: GraphSession) -> set[str]:
    """Give the names of the compartments in which records lie."""
    return {comp for (comp,) in await graph.read(_COMPARTMENTS) if isinstance(comp, str)}


async def drop_changes(graph: GraphSession, ids: Sequence[str]) -> None:
    """Take changes away that waited for a second officer for too long; those that are gone already stay gone."""

    async def act(writing: GraphWriting) -> None:
        await writing.run(_DROP_CHANGES, ids=list(ids))

    await graph.write(act)


async def answers(graph: GraphSession) -> None:
    """Raise GraphUnavailable or GraphDeadline unless the database answers."""
    await graph.read(_ANSWERS)
