"""Reviews: a record renewed on new information, lapsed or not, and what is due to be reviewed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graph.library import statement
from graph.session import GraphSession, GraphWriting
from graph.writing import EndNotSeen, Operation, note

_HOLD = statement("review/hold")
_JUDGED = statement("review/judged")
_SINCE = statement("review/since")
_RENEW = statement("review/renew")
_DUE = statement("review/due")


@dataclass(frozen=True, slots=True)
class Judged:
    """By what a review judges a record: its kind, class and grades, who designated it, its end and its beginning.

    Times are in epoch seconds.
    """

    kind: str
    cls: str
    source_grade: str
    info_grade: str
    authority: str | None
    expires_at: int
    since: int


@dataclass(frozen=True, slots=True)
class Due:
    """A record to be reviewed by `until` (epoch seconds), or lapsed then; with its gates for whoever tells it."""

    id: str
    kind: str
    cls: str
    called: tuple[str, ...]
    until: int
    gates: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Renewal:
    """Until when a record is renewed in epoch seconds, and what its next version says of that."""

    until: int
    said: dict[str, Any]


async def renew(
    graph: GraphSession, operation: Operation, id: str, owner: str, judge: Callable[[Judged], Renewal]
) -> None:
    """Renew a record as `judge` says of it as it stands, held; raise EndNotSeen, and what `judge` raises."""

    async def act(writing: GraphWriting) -> None:
        # What the statement that holds has read may be an old version: another writer had it until then.
        await writing.run(_HOLD, id=id, owner=owner)
        rows = await writing.run(_JUDGED, id=id, owner=owner)
        if not rows:
            raise EndNotSeen
        [[since]] = await writing.run(_SINCE, id=id)
        [[kind, cls, source, info, authority, expires_at]] = rows
        renewal = judge(Judged(kind, cls, source, info, authority, expires_at, since))
        said = renewal.said | {"op_id": operation.id}
        if not await writing.run(_RENEW, id=id, owner=owner, said=said, until=renewal.until):
            raise EndNotSeen
        await note(writing, operation, [id])

    await graph.write(act)


async def due(
    graph: GraphSession,
    *,
    owner: str,
    units: Sequence[str],
    kinds: Sequence[str],
    before: int,
    after: tuple[int, str],
    first: int,
) -> list[Due]:
    """Give records that end by a moment, soonest first, after one of that end and id; whoever tells discloses."""
    rows = await graph.weigh(
        _DUE,
        owner=owner,
        units=list(units),
        kinds=list(kinds),
        before=before,
        after=after[0],
        after_id=after[1],
        first=first,
    )
    return [Due(id, kind, cls, tuple(called or ()), until, gates) for gates, id, kind, cls, called, until in rows]
