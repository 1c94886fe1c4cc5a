"""Changes that wait for a second officer: kept as records of their own, read in mode approve, settled once.

In order:
1. A change is written under its author's grant, and its gate is the meet of its own marking and of all that it names.
   Of the states only the owner is left: nobody else has a second officer here.
2. It is read for ids alone that the register names, and whoever reads it sees all that it names.
3. It is carried out in the transaction that takes it away: by the author's grant, before the eyes of the approver.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graph import access
from graph.library import statement
from graph.session import DEADLINE_SECONDS, GraphSession, GraphWriting
from graph.stored import Gate, meet
from graph.writing import EndNotSeen, Operation, held, note
from schemas.codes.states import mask
from schemas.handling import Status

_STORE = statement("change/store")
_READ = statement("change/read")
_HOLD = statement("change/hold")
_CLOSE = statement("change/close")


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change on its way in: its id, the gate of its marking, what it asks for as text, and the records it names."""

    id: str
    gate: Gate
    asked: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change as it waits: what it asks for as text, and the records that it names, all of them seen."""

    id: str
    asked: str
    names: tuple[str, ...]


Carry = Callable[[GraphWriting, GraphWriting, str], Awaitable[None]]
"""Carries out what was asked for as text, given one transaction under the approver's grant and under the author's."""


def gate_of_change(gate: Gate, others: Sequence[Gate], state: str) -> Gate:
    """Give the gate of a change from its marking's and those of what it names. Raise CompartmentsDiffer."""
    strict = meet(gate, others)
    return Gate(mask({state}), strict.level, strict.comp, Status.PENDING.value, strict.until, (state,))


async def ask(
    graph: GraphSession, operation: Operation, change: NewChange, before: Callable[[GraphWriting], Awaitable[None]]
) -> None:
    """Let a change wait, once `before` has looked at what it changes.

    Raise EndNotSeen, CompartmentsDiffer, and what `before` raises; then nothing is stored.
    """

    async def act(writing: GraphWriting) -> None:
        named = await held(writing, set(change.names))
        gate = gate_of_change(change.gate, list(named.values()), graph.grant.state)
        await before(writing)
        await _stored(writing, operation, change, gate)
        await note(writing, operation, [change.id])

    await graph.write(act)


async def part_asked(writing: GraphWriting, operation: Operation, change: NewChange) -> None:
    """Let a part of a change wait, which is nobody's to decide by itself. Raise EndNotSeen, CompartmentsDiffer."""
    named = await held(writing, set(change.names))
    gate = gate_of_change(change.gate, list(named.values()), writing.grant.state)
    await _stored(writing, operation, change, gate)


async def part_taken(writing: GraphWriting, id: str) -> str:
    """Take a part of a change away and give what it asks for; raise EndNotSeen if the viewer does not see it."""
    for asked, _ in await writing.run(_HOLD, id=id):
        await _close(writing, id)
        return str(asked)
    raise EndNotSeen


async def _stored(writing: GraphWriting, operation: Operation, change: NewChange, gate: Gate) -> None:
    at = int(operation.at.timestamp())
    said: dict[str, Any] = {"asked": change.asked, "names": list(change.names), "recorded_at": at}
    said["recorded_by"] = writing.grant.officer
    row = {"id": change.id, "gate": gate.properties(), "said": said}
    await writing.run(_STORE, changes=[row], op_id=operation.id)


async def waiting(graph: GraphSession, ids: Sequence[str]) -> dict[str, Waiting]:
    """Give those of these changes that the viewer may see with all that they name, by id.

    Whoever tells of one discloses it. The ids are those that the register names for this officer: nothing here asks
    whose they are.
    """
    rows = await graph.weigh(_READ, ids=list(ids)) if ids else []
    found = [Waiting(id, asked, tuple(names)) for _, id, asked, names in rows]
    seen = await access.seen(graph, sorted({name for change in found for name in change.names}))
    return {change.id: change for change in found if seen.keys() >= set(change.names)}


def disclosed(graph: GraphSession, changes: Iterable[Waiting]) -> None:
    """Note that these changes are told, with all that they name."""
    graph.disclosed.update(name for change in changes for name in (change.id, *change.names))


async def carry_out(
    graph: GraphSession,
    author: GraphSession,
    operation: Operation,
    id: str,
    makes: str,
    carry: Carry,
    *,
    seconds: float = DEADLINE_SECONDS,
) -> None:
    """Carry a change out under its author's grant and take it away; raise EndNotSeen if either does not see all of it.

    Raises what `carry` raises. All of it has so many seconds.
    """

    async def act(writing: GraphWriting) -> None:
        asked = await _held_change(writing, id)
        await carry(writing, writing.under(author), asked)
        await _close(writing, id)
        await note(writing, operation, [id, makes])

    await graph.write(act, seconds=seconds)


async def drop(graph: GraphSession, operation: Operation, id: str) -> None:
    """Take a change away; raise EndNotSeen if the viewer does not see all of it."""

    async def act(writing: GraphWriting) -> None:
        await _held_change(writing, id)
        await _close(writing, id)
        await note(writing, operation, [id])

    await graph.write(act)


async def _held_change(writing: GraphWriting, id: str) -> str:
    for asked, names in await writing.run(_HOLD, id=id):
        await held(writing, set(names))
        return str(asked)
    raise EndNotSeen


async def _close(writing: GraphWriting, id: str) -> None:
    await writing.run(_CLOSE, id=id)
