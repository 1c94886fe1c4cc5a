"""A record's next version, in one transaction that holds the record and also notes its operation."""

from collections.abc import Callable

from graph.library import statement
from graph.picks import Node, Pick
from graph.projection import by_ids
from graph.session import GraphSession, GraphWriting
from graph.writing import EndNotSeen, NewRecord, Operation, held, note, said_of

_REVISE = statement("record/revise")


async def revise(
    graph: GraphSession,
    operation: Operation,
    id: str,
    pick: Pick,
    changed: Callable[[Node], NewRecord],
    *,
    because: str,
    enquiry: str,
) -> None:
    """Give a record its next version: what `changed` makes of it as it stands now, read under the same lock.

    Its gate stays as it is. Raise EndNotSeen if the writer does not see it, and whatever `changed` raises; then nothing
    is stored.
    """

    async def act(writing: GraphWriting) -> None:
        await held(writing, {id})
        found = (await writing.project(by_ids([(pick, [id])]))).rows
        if not found:
            raise EndNotSeen
        record = changed(found[0][1])
        said = said_of(record) | {"because": because, "for_enquiry": enquiry}
        if not await writing.run(_REVISE, id=id, said=said, keys=list(record.keys), op_id=operation.id):
            raise EndNotSeen
        await note(writing, operation, [id])

    await graph.write(act)
