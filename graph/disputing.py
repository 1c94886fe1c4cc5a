"""Disputes: what somebody holds against a record stands in its next version, and takes its gate by that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graph.library import statement
from graph.session import GraphSession, GraphWriting
from graph.writing import EndNotSeen, Operation, note

_HOLD = statement("dispute/hold")
_STANDING = statement("dispute/standing")
_SAY = statement("dispute/say")
_OPEN = statement("dispute/open")


@dataclass(frozen=True, slots=True)
class Disputed:
    """A disputed record: its end and since when it is disputed, in epoch seconds; with its gates."""

    id: str
    kind: str
    cls: str
    called: tuple[str, ...]
    until: int
    statement: str
    since: int
    gates: Sequence[Sequence[Any]]


Judge = Callable[[str | None, str | None], dict[str, Any]]
"""Gives what the next version says, from what is disputed now and by whom; raises what forbids it."""


async def say(graph: GraphSession, operation: Operation, id: str, owner: str, judge: Judge) -> None:
    """Give a record the next version that `judge` makes, held; raise EndNotSeen, and what `judge` raises."""

    async def act(writing: GraphWriting) -> None:
        # What the statement that holds has read may be an old version: another writer had it until then.
        await writing.run(_HOLD, id=id, owner=owner)
        rows = await writing.run(_STANDING, id=id, owner=owner)
        if not rows:
            raise EndNotSeen
        [[disputed, by]] = rows
        said = judge(disputed, by) | {"op_id": operation.id}
        if not await writing.run(_SAY, id=id, owner=owner, said=said):
            raise EndNotSeen
        await note(writing, operation, [id])

    await graph.write(act)


async def disputed(
    graph: GraphSession, *, owner: str, units: Sequence[str], kinds: Sequence[str], after: tuple[int, str], first: int
) -> list[Disputed]:
    """Give disputed records, longest disputed first, after one of that moment and id; whoever tells discloses."""
    rows = await graph.weigh(
        _OPEN, owner=owner, units=list(units), kinds=list(kinds), after=after[0], after_id=after[1], first=first
    )
    return [
        Disputed(id, kind, cls, tuple(called or ()), until, said, since, gates)
        for gates, id, kind, cls, called, until, said, since in rows
    ]
