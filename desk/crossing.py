"""How a change crosses two stores: intent on the ledger, one transaction in the graph, outcome, answer.

A crash between them is settled later, by what the graph knows of the operation. A change with an idempotency key is
carried out once, and answered again as it was. A change that has a row of its own in the register takes the row's steps
with its entries: whoever claims it begins, and its end is written with the outcome.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

import orjson

from desk.errors import BadInput, DeskError, NotFound, Unavailable
from desk.looking import Look
from graph import writing
from graph.session import GraphTaken
from graph.stored import CompartmentsDiffer
from graph.writing import Operation
from register.ledger import Entry, EntryKind
from register.store import RegisterUnavailable
from schemas.errors import FieldProblem


def operation_of(look: Look, name: str, key: str | None, *body: object, on: str = "") -> Operation:
    """Give the operation its id: a random one, or for an idempotency key always the same one.

    `on` is the row of the register that it moves: one operation moves one row, so a key is another's beside another.
    """
    digest = look.desk.keys.digest("operation body", orjson.dumps([name, *body], default=_plain).decode())
    if key is None:
        return Operation(str(look.desk.random.uuid(look.officer.id)), look.at, digest)
    enquiry = look.enquiry.id if look.enquiry else ""
    seed = look.desk.keys.digest("idempotency key", "\x1f".join((look.officer.id, enquiry, name, key, on)))
    return Operation(str(UUID(hex=seed[:32], version=4)), look.at, digest)


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return {name: getattr(value, name) for name in value.__slots__}


class Row(Protocol):
    """A row of the register that a change moves."""

    async def begin(self, entry: Entry) -> None:
        """Claim the row for this change and write its INTENT; raise if it cannot be claimed."""

    async def end(self, entry: Entry, *, done: bool) -> None:
        """Write the OUTCOME, and where the row stands then."""


class _NoRow:
    """What stands for the row of a change that has none: the ledger alone."""

    def __init__(self, look: Look) -> None:
        self._ledger = look.desk.register.ledger

    async def begin(self, entry: Entry) -> None:
        await self._ledger.append(entry)

    async def end(self, entry: Entry, *, done: bool) -> None:
        await self._ledger.append(entry)


async def carried_out(
    look: Look,
    operation: Operation,
    ids: Sequence[str],
    act: Callable[[], Awaitable[None]],
    *,
    replayable: bool,
    row: Row | None = None,
) -> str:
    """Carry a change across both stores and give the id that it made, or made when it was first asked."""
    if replayable and (made := await replayed(look, operation)) is not None:
        return made
    moved = row or _NoRow(look)

    async def end(code: str, ids: Sequence[str] = (), *, done: bool = False) -> None:
        await _written(moved.end(_entry(look, EntryKind.OUTCOME, operation, ids, code), done=done))

    await _written(moved.begin(_entry(look, EntryKind.INTENT, operation, ids, "INTENT")))
    try:
        await act()
    except writing.EndNotSeen as problem:
        await end("NOT_FOUND")
        raise NotFound from problem
    except GraphTaken:
        # Another request with the same key was quicker: its answer is this one's too.
        await end("REPLAYED")
        return await replayed(look, operation) or _lost()
    except writing.EndUnfit as problem:
        await end("BAD_INPUT")
        raise BadInput([FieldProblem(path=problem.end, message=problem.sentence)]) from problem
    except CompartmentsDiffer as problem:
        await end("BAD_INPUT")
        raise BadInput([TWO_COMPARTMENTS]) from problem
    except DeskError as problem:
        await end(problem.code_for_ledger)
        raise
    look.changed = True
    await end("DONE", ids, done=True)
    return ids[0]


async def replayed(look: Look, operation: Operation) -> str | None:
    """Give the id that an operation made when it was carried out before; raise BadInput for another change."""
    try:
        made = await writing.replayed(await look.graph(), operation)
    except writing.ReplayDiffers as problem:
        raise BadInput([_KEY_USED]) from problem
    return made[0] if made else None


def _lost() -> str:
    raise Unavailable("The change could not be carried out; ask again.")


_KEY_USED = FieldProblem(path="idempotencyKey", message="This key was used for another change.")
TWO_COMPARTMENTS = FieldProblem(path="marking.compartment", message="Its ends are in two different compartments.")


async def note_change(look: Look, kind: EntryKind, operation: Operation, ids: Sequence[str], code: str) -> None:
    """Write one step of a change to the ledger; raise Unavailable if it cannot be written."""
    await _written(look.desk.register.ledger.append(_entry(look, kind, operation, ids, code)))


def _entry(look: Look, kind: EntryKind, operation: Operation, ids: Sequence[str], code: str) -> Entry:
    return Entry(
        kind=kind,
        officer=look.officer.id,
        enquiry=look.enquiry.id if look.enquiry else None,
        purpose=look.enquiry.purpose.value if look.enquiry else None,
        operation=look.notes[-1].operation,
        variables={"body": operation.body},
        ids=tuple(ids),
        code=code,
        op_id=operation.id,
    )


async def _written(entry: Awaitable[object]) -> None:
    try:
        await entry
    except RegisterUnavailable as problem:
        raise Unavailable("The ledger cannot be written, so nothing is changed.") from problem
