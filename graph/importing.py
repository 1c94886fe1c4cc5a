"""Runs of an import: their records wait, hidden by their own class alone, and become visible in one step.

In order:
1. A record of a run is PENDING; its version, its name keys and its links carry the gates that they are to have.
2. A link is drawn at once only if a record of the run stands at an end and hides it; any other waits as a part of the
   run, and is drawn with its approval.
3. What a run made is known by its operations, whose body names it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from graph.library import Statement, statement
from graph.pending import NewChange, part_asked, part_taken
from graph.session import GraphSession, GraphWriting
from graph.stored import Gate
from graph.writing import (
    EndNotSeen,
    NewLink,
    NewRecord,
    Operation,
    ValueRef,
    gates_of,
    held,
    link_row,
    note,
    record_row,
)

T = TypeVar("T")

AT_ONCE = 2_000

_STORE = statement("import/store")
_HOLD = statement("import/hold")
_SHOW = statement("import/show")
_DROP = statement("keeping/drop_records")
_LINK = {
    (False, False): statement("import/link_records"),
    (False, True): statement("import/link_record_value"),
    (True, False): statement("import/link_value_record"),
}


async def store(
    graph: GraphSession,
    operation: Operation,
    records: Sequence[NewRecord],
    links: Sequence[NewLink],
    parts: Sequence[NewChange],
    *,
    made: Sequence[str],
    waiting: Collection[str],
) -> None:
    """Store records of a run, links that one of the `waiting` records hides, and parts, in one transaction.

    `made` are the ids of all of it, those of the links in the parts too. Raise EndNotSeen, CompartmentsDiffer; then
    nothing is stored.
    """

    async def act(writing: GraphWriting) -> None:
        if records:
            await writing.run(_STORE, records=[record_row(record) for record in records], op_id=operation.id)
        await _draw(writing, operation, links, set(waiting))
        for part in parts:
            await part_asked(writing, operation, part)
        await note(writing, operation, made)

    await graph.write(act)


async def _draw(writing: GraphWriting, operation: Operation, links: Sequence[NewLink], waiting: set[str]) -> None:
    ends = {end for link in links for end in (link.from_, link.to) if isinstance(end, str)}
    gates = {**await held(writing, ends - waiting), **await _held_waiting(writing, ends & waiting)}
    batches: dict[Statement, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        at_values = isinstance(link.from_, ValueRef), isinstance(link.to, ValueRef)
        batches[_LINK[at_values]].append(link_row(link, gates))
    for draw, rows in batches.items():
        if len(await writing.run(draw, links=rows, op_id=operation.id)) != len(rows):
            raise EndNotSeen


async def _held_waiting(writing: GraphWriting, ids: set[str]) -> dict[str, Gate]:
    gates = gates_of(await writing.run(_HOLD, ids=sorted(ids))) if ids else {}
    if gates.keys() != ids:
        raise EndNotSeen
    return gates


async def held_whole(writing: GraphWriting, ids: Sequence[str]) -> None:
    """Hold the records of a run; raise EndNotSeen unless the viewer sees every one, and all of them wait."""
    for some in in_parts(ids, AT_ONCE):
        await _held_waiting(writing, set(some))


async def shown(writing: GraphWriting, ids: Sequence[str]) -> None:
    """Let the records of a run be there from now on; raise EndNotSeen unless the viewer sees every one."""
    for some in in_parts(ids, AT_ONCE):
        if len(await writing.run(_SHOW, ids=some)) != len(some):
            raise EndNotSeen


async def parts_taken(writing: GraphWriting, ids: Sequence[str]) -> list[str]:
    """Take the parts of a run away and give what they ask for; raise EndNotSeen if the viewer does not see one."""
    return [await part_taken(writing, id) for id in ids]


async def drop(graph: GraphSession, ids: Sequence[str]) -> None:
    """Take away what waits of a run that came to nothing; what is gone already stays gone."""
    for some in in_parts(ids, AT_ONCE):
        await _dropped(graph, some)


async def _dropped(graph: GraphSession, ids: Sequence[str]) -> None:
    async def act(writing: GraphWriting) -> None:
        await writing.run(_DROP, ids=list(ids))

    await graph.write(act)


def in_parts(things: Sequence[T], size: int) -> Iterator[list[T]]:
    """Give things in lists of at most so many, in their order."""
    for start in range(0, len(things), size):
        yield list(things[start : start + size])
