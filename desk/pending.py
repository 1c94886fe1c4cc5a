"""Letting a change wait for a second officer: kept where only its author and who may approve it can read it.

In order:
1. Nobody asks for what nobody could approve: the author's own unit must be one that the table knows.
2. What the change names is there for its author, or it is NOT_FOUND.
3. It is asked for of what it names as that stands: what is revised meanwhile must be asked for anew.
4. Row and INTENT are written together, then the graph, then OUTCOME; until that nobody can decide it.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from auth.second import NEEDED, chain_of
from desk.crossing import TWO_COMPARTMENTS, carried_out
from desk.errors import BadInput, Conflict, NotFound, Refused
from desk.looking import Look
from graph import access, pending
from graph.pending import NewChange, gate_of_change
from graph.session import GraphWriting
from graph.stored import CompartmentsDiffer, Gate, envelope_of, gate_of
from graph.writing import Operation
from register.ledger import Entry
from register.pending import LIFETIME, Pending
from schemas.envelope import Marking, day_in_india
from schemas.ids import make_urn, parse_urn
from schemas.pending import Asked, PendingAct


def waits(id: str) -> bool:
    """Say whether an id is that of a change that waits, and not of what was made."""
    urn = parse_urn(id)
    return urn is not None and urn.type == "change"


def digest_of(look: Look, asked: str) -> str:
    """Give the digest by which the register knows what was asked for."""
    return look.desk.keys.digest("pending change", asked)


async def _nothing(_: GraphWriting) -> None:
    """Look at nothing before a change is stored."""


def gate_said(look: Look, marking: Marking) -> Gate:
    """Give the gate that a marking by itself would have."""
    return gate_of(envelope_of(look.desk.state, marking, by=look.officer.id, at=look.at))


def refuse_no_chain(look: Look) -> None:
    """Raise Refused for an officer whose changes nobody could approve."""
    if chain_of(look.officer, day_in_india(look.at)) is None:
        raise Refused("NO_CHAIN", "The table of units does not know your unit, so nobody is of another chain.")


async def wait(
    look: Look,
    operation: Operation,
    act: PendingAct,
    asked: Asked,
    own: Gate,
    names: tuple[str, ...],
    *,
    replayable: bool,
    before: Callable[[GraphWriting], Awaitable[None]] = _nothing,
    uuid: UUID | None = None,
) -> str:
    """Let a change of its `own` gate wait and give its id; raise NotFound, BadInput, or Refused if it waits in vain.

    `uuid` is given for what is asked for once, whoever asks again: the second raises Conflict.
    """
    graph = await look.graph()
    named = await access.seen(graph, names)
    if named.keys() != set(names):
        raise NotFound
    refuse_no_chain(look)
    try:
        gate = gate_of_change(own, list(named.values()), look.desk.state)
    except CompartmentsDiffer as problem:
        raise BadInput([TWO_COMPARTMENTS]) from problem
    # Whoever approves it approves it of these as they stand now.
    text = asked.model_copy(update={"stood": await access.stood(graph, names)}).model_dump_json()
    change = Pending(
        id=make_urn(look.desk.state, "change", uuid or look.desk.random.uuid(look.officer.id)),
        act=act,
        digest=digest_of(look, text),
        author=look.officer.id,
        enquiry=look.enquiry.id if look.enquiry else "",
        rank=NEEDED[act].rank,
        level=gate.level,
        compartment=gate.comp,
        makes=asked.makes,
        asked_at=look.at,
        expires_at=look.at + LIFETIME,
    )

    async def store() -> None:
        await pending.ask(graph, operation, NewChange(change.id, own, text, names), before)

    row = _Asking(look, change, operation)
    return await carried_out(look, operation, [change.id], store, replayable=replayable, row=row)


class _Asking:
    """The row of a change that is being asked for."""

    def __init__(self, look: Look, change: Pending, operation: Operation) -> None:
        self._register = look.desk.register.pending
        self._change = change
        self._operation = operation

    async def begin(self, entry: Entry) -> None:
        if not await self._register.ask(self._change, self._operation.id, entry=entry):
            raise Conflict("This is asked for already, or about to be.")

    async def end(self, entry: Entry, *, done: bool) -> None:
        await self._register.end(self._operation.id, done=done, entry=entry, id=self._change.id)
