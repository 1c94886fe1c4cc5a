"""A person's category: a part of the gate, changed by a version of its own whose gate all others follow."""

from collections.abc import Callable, Sequence

from graph.library import statement
from graph.picks import Node, Pick
from graph.projection import by_ids
from graph.session import GraphSession, GraphWriting
from graph.writing import EndNotSeen, NewLink, NewRecord, Operation, held, note, said_of, stored
from schemas.person import PersonContent

_SET_CATEGORY = statement("record/set_category")

Wanted = Sequence[tuple[Pick, Sequence[str]]]
Made = Callable[[dict[str, Node]], tuple[NewRecord, list[NewLink]]]


async def looked_at(writing: GraphWriting, wanted: Wanted) -> dict[str, Node]:
    """Give these records as they stand, held until the transaction ends; raise EndNotSeen if one is not there."""
    ids = {id for _, of in wanted for id in of}
    await held(writing, ids)
    found = {node.id: node for _, node in (await writing.project(by_ids(wanted))).rows}
    if found.keys() != ids:
        raise EndNotSeen
    return found


async def set_category(
    graph: GraphSession, operation: Operation, id: str, wanted: Wanted, made: Made, *, because: str, enquiry: str
) -> None:
    """Move a person to the category that `made` gives them; raise EndNotSeen, and what `made` raises."""

    async def act(writing: GraphWriting) -> None:
        await moved(writing, operation, id, wanted, made, because=because, enquiry=enquiry)
        await note(writing, operation, [id])

    await graph.write(act)


async def moved(
    writing: GraphWriting, operation: Operation, id: str, wanted: Wanted, made: Made, *, because: str, enquiry: str
) -> None:
    """Move a person inside a transaction, with the links that come with it."""
    record, links = made(await looked_at(writing, wanted))
    assert isinstance(record.content, PersonContent)
    said = said_of(record) | {"because": because, "for_enquiry": enquiry}
    category = record.content.category.value
    if not await writing.run(_SET_CATEGORY, id=id, said=said, category=category, op_id=operation.id):
        raise EndNotSeen
    await stored(writing, operation, [], links)
