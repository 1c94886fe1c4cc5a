"""What is purged: found when it is due, held and judged again, and taken away whole in one transaction.

In order:
1. A record is due a while after it lapsed or was withdrawn; it is held and judged again before anything of it goes.
2. With it go its versions, its links of now and before, its name keys, what hangs on it, and what names it: changes and
   matches.
3. Identifiers, name keys and what stands for records of other states go after it where nothing touches them any more.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from graph.library import Statement, statement
from graph.session import GraphSession, GraphTaken, GraphWriting
from graph.writing import Operation, note

_LAPSED = statement("purge/lapsed")
_WITHDRAWN = statement("purge/withdrawn")
_HOLD = statement("purge/hold")
_STILL_LAPSED = statement("purge/still_lapsed")
_STILL_WITHDRAWN = statement("purge/still_withdrawn")
_ATTACHED = statement("purge/attached")
_THERE = statement("keeping/records_there")
_RECORDS = statement("keeping/purge_records")
_CHANGES = statement("keeping/purge_changes")
_MATCHES = statement("keeping/purge_matches")
_LINKS = statement("keeping/purge_links")
_VALUES = statement("keeping/purge_values")
_KEYS = statement("keeping/purge_keys")
_FOREIGN = statement("keeping/purge_foreign")

# A purge looks through all that there is; nobody waits for it.
PURGE_SECONDS = 120.0

MOST_ATTACHED = 100_000


async def lapsed(graph: GraphSession, *, before: int, first: int) -> list[str]:
    """Give up to so many records that lapsed by a moment in epoch seconds, in order of id."""
    return await _ids(graph, _LAPSED, before=before, first=first)


async def withdrawn(graph: GraphSession, *, before: int, first: int) -> list[str]:
    """Give up to so many records that were withdrawn by a moment in epoch seconds, in order of id."""
    return await _ids(graph, _WITHDRAWN, before=before, first=first)


async def attached(graph: GraphSession, ids: Sequence[str]) -> list[str]:
    """Give what hangs on accounts among these records, in order of id."""
    return await _ids(graph, _ATTACHED, ids=list(ids), most=MOST_ATTACHED)


async def purge(
    graph: GraphSession, operation: Operation, ids: Iterable[str], *, roots: Sequence[str], before: int
) -> list[str]:
    """Take those of these records away that are due still, with what hangs on them, and give those that are gone.

    `roots` are those that are due by themselves. What was gone already is gone; what the job does not see is not.
    """
    wanted, alone = set(ids), set(roots)

    async def act(writing: GraphWriting) -> set[str]:
        # Nothing is judged by what a statement read before it held: somebody may have renewed it meanwhile.
        await writing.run(_HOLD, ids=sorted(wanted))
        due = {
            id
            for still in (_STILL_LAPSED, _STILL_WITHDRAWN)
            for (id,) in await writing.run(still, ids=sorted(alone), before=before)
        }
        there = {id for (id,) in await writing.run(_THERE, ids=sorted(wanted))}
        hanging = await _hanging_on(writing, due) - await _hanging_on(writing, alone & there - due)
        gone = due | wanted & hanging - alone | wanted - there
        await dropped(writing, sorted(gone))
        await note(writing, operation, sorted(gone))
        return gone

    try:
        gone = await graph.write(act, seconds=PURGE_SECONDS)
    except GraphTaken:
        # It was done before, and what came after it was not.
        gone = wanted - set(await _ids(graph, _THERE, ids=sorted(wanted)))
    graph.disclosed.clear()
    return sorted(gone)


async def _hanging_on(writing: GraphWriting, ids: Iterable[str]) -> set[str]:
    """Give what hangs on accounts among these records, inside a transaction."""
    return {id for (id,) in await writing.run(_ATTACHED, ids=sorted(ids), most=MOST_ATTACHED)}


async def purge_again(graph: GraphSession, ids: Sequence[str]) -> None:
    """Take records away that were purged before, wherever they come from, due or not."""

    async def act(writing: GraphWriting) -> None:
        await dropped(writing, ids)

    await graph.write(act, seconds=PURGE_SECONDS)


async def dropped(writing: GraphWriting, ids: Sequence[str]) -> None:
    """Take records away inside a transaction, whole, with the changes and matches that name them."""
    await writing.run(_CHANGES, ids=list(ids))
    await writing.run(_MATCHES, ids=list(ids))
    await writing.run(_RECORDS, ids=list(ids))


async def purge_links(graph: GraphSession, *, before: int) -> None:
    """Take links away that lapsed by a moment in epoch seconds."""

    async def act(writing: GraphWriting) -> None:
        await writing.run(_LINKS, before=before)

    await graph.write(act, seconds=PURGE_SECONDS)


async def purge_untouched(graph: GraphSession) -> None:
    """Take away identifiers, name keys and what stands for others' records, where nothing touches them.

    One that is being linked just now has all of its kind wait.
    """
    for sweep in (_FOREIGN, _VALUES, _KEYS):

        async def act(writing: GraphWriting, sweep: Statement = sweep) -> None:
            await writing.run(sweep)

        with suppress(GraphTaken):
            await graph.write(act, seconds=PURGE_SECONDS)


async def _ids(graph: GraphSession, question: Statement, **params: object) -> list[str]:
    return [id for (id,) in await graph.read(question, **params)]
