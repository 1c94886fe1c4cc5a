"""Undoing what an import brought in, some records or links at a time, each time in one transaction.

In order:
1. What is changed is held first: nobody revises or links it meanwhile.
2. A record is withdrawn if it stands as it came and no link that the viewer sees touches it but those of its own run.
3. Of a record that stays, the links that came with it are closed.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from graph.library import statement
from graph.session import GraphSession, GraphWriting
from graph.writing import EndNotSeen, Operation, held_if_seen, link_closed, note

MOST_LINKS = 1_000

_LOOK = statement("import/look")
_WITHDRAW = statement("import/withdraw")


class Kept(StrEnum):
    """Why a record that an import brought stays."""

    REVISED = "REVISED"
    BUILT_ON = "BUILT_ON"


@dataclass
class Taken:
    """What became of some things: records withdrawn, links closed, and records that stay."""

    withdrawn: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True)
class Why:
    """Who undoes, and why."""

    by: str
    reason: str


@dataclass
class _Looked:
    nth: int
    links: list[tuple[str, str]]


async def withdraw(
    graph: GraphSession, operation: Operation, ids: Sequence[str], own: Collection[str], why: Why
) -> Taken:
    """Withdraw those of these records that stand as they came, with only their `own` links; what is gone stays gone."""

    async def act(writing: GraphWriting) -> Taken:
        taken = Taken()
        found = await _looked_at(writing, ids)
        for id, looked in found.items():
            if looked.nth != 1:
                taken.kept[id] = Kept.REVISED
            elif any(link not in own for link, _ in looked.links):
                taken.kept[id] = Kept.BUILT_ON
            else:
                taken.withdrawn.append(id)
        for id in taken.kept:
            for link, start in found[id].links:
                if link in own and link not in taken.closed:
                    await _close(writing, operation, link, start, why)
                    taken.closed.append(link)
        if taken.withdrawn:
            at = int(operation.at.timestamp())
            said = {"op_id": operation.id, "at": at, "by": why.by, "reason": why.reason}
            if len(await writing.run(_WITHDRAW, ids=taken.withdrawn, **said)) != len(taken.withdrawn):
                raise EndNotSeen
        await note(writing, operation, [*taken.withdrawn, *taken.closed])
        return taken

    return await graph.write(act)


async def close(graph: GraphSession, operation: Operation, links: Sequence[tuple[str, str]], why: Why) -> Taken:
    """Close links, each given with where it starts; what is gone stays gone."""

    async def act(writing: GraphWriting) -> Taken:
        taken = Taken()
        for link, start in links:
            with suppress(EndNotSeen):
                await _close(writing, operation, link, start, why)
                taken.closed.append(link)
        await note(writing, operation, taken.closed)
        return taken

    return await graph.write(act)


async def _close(writing: GraphWriting, operation: Operation, link: str, start: str, why: Why) -> None:
    await link_closed(writing, operation, from_=start, id=link, reason=why.reason, by=why.by)


async def _looked_at(writing: GraphWriting, ids: Sequence[str]) -> dict[str, _Looked]:
    """Give these records as the viewer sees them, held, with all their links."""
    found: dict[str, _Looked] = {}
    # What the statement that holds has read may be an old version: another writer had it until then.
    await held_if_seen(writing, set(ids))
    rows = await writing.run(_LOOK, ids=list(ids), after="", most=MOST_LINKS)
    while rows:
        further: list[list[object]] = []
        for id, nth, links in rows:
            looked = found.setdefault(id, _Looked(nth, []))
            looked.links += [(link, start) for link, start in links]
            if len(links) == MOST_LINKS:
                further += await writing.run(_LOOK, ids=[id], after=links[-1][0], most=MOST_LINKS)
        rows = further
    return found
