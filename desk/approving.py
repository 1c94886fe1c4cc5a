"""The second officer's work: approving, declining or withdrawing what waits, once.

In order:
1. What the officer does not see, or what is not for them, is NOT_FOUND; nobody decides their own change.
2. A step is claimed under the register's lock, where both officers and the author's enquiry are judged as they are
   then. Whoever comes second finds that it has changed.
3. What is approved is done by the author's grant of that moment, in the transaction that takes the change away.
4. A grant of level and compartments is settled in the register alone, by the rules of `desk.granting`.
"""

from auth.grant import Action, Grant, Refusal
from auth.policy import decide
from auth.second import may_second
from desk.accounts import acting
from desk.carrying import author_may_not, carrier
from desk.crossing import carried_out, operation_of, replayed
from desk.errors import Conflict, NotFound, Refused
from desk.granting import is_grant, settled
from desk.inbox import grant_for, row_for, seen_waiting
from desk.looking import Look
from desk.pending import waits
from graph import pending
from graph.session import DEADLINE_SECONDS, GraphSession
from graph.writing import Operation
from register.approvals import Settling
from register.ledger import Entry
from register.pending import Pending, Step
from schemas.enquiry import Enquiry
from schemas.envelope import day_in_india
from schemas.officer import Officer
from schemas.pending import PendingAct, PendingState


async def approve(look: Look, id: str, *, key: str | None) -> str:
    """Carry out what another officer asked for and give its id. Raise NotFound, Refused, BadInput."""
    graph = await look.may(Action.APPROVE)
    look.note("approve", id=_told(look, id))
    if is_grant(id):
        return await _grant_settled(
            look, graph.grant, id, Settling(PendingState.APPROVED, look.officer.id, look.at), key
        )
    operation = operation_of(look, "approve", key, id, on=id)
    if key is not None and await replayed(look, operation) is not None:
        return id
    change = await _to_decide(look, graph, id)
    step = Step(operation.id, PendingState.APPROVED, look.officer.id, look.at)
    row = _Taking(look, graph, change.id, step, carries_out=True)

    async def act() -> None:
        author = GraphSession(row.author, look.desk.graph)
        carry = carrier(look, operation, change, row.author)
        seconds = _SECONDS.get(change.act, DEADLINE_SECONDS)
        await pending.carry_out(graph, author, operation, id, change.makes, carry, seconds=seconds)

    return await carried_out(look, operation, [id, change.makes], act, replayable=False, row=row)


# A run can be of tens of thousands of records, and is there in one step or not at all.
APPROVAL_SECONDS = 25.0
_SECONDS = {PendingAct.IMPORT: APPROVAL_SECONDS}


async def decline(look: Look, id: str, reason: str, *, key: str | None) -> str:
    """Refuse what another officer asked for, with a reason, and give its id. Raise NotFound, Refused."""
    graph = await look.may(Action.APPROVE)
    look.note("decline", id=_told(look, id))
    if is_grant(id):
        settling = Settling(PendingState.DECLINED, look.officer.id, look.at, reason)
        return await _grant_settled(look, graph.grant, id, settling, key)
    operation = operation_of(look, "decline", key, id, reason, on=id)
    if key is not None and await replayed(look, operation) is not None:
        return id
    await _to_decide(look, graph, id)
    step = Step(operation.id, PendingState.DECLINED, look.officer.id, look.at, reason)
    return await _dropped(look, graph, operation, id, step)


async def withdraw_pending(look: Look, id: str, *, key: str | None) -> str:
    """Take back what this officer asked for and give its id. Raise NotFound."""
    graph = await look.may(Action.RECORD)
    look.note("withdraw pending", id=_told(look, id))
    if is_grant(id):
        settling = Settling(PendingState.WITHDRAWN, look.officer.id, look.at)
        return await _grant_settled(look, graph.grant, id, settling, key)
    operation = operation_of(look, "withdraw pending", key, id, on=id)
    if key is not None and await replayed(look, operation) is not None:
        return id
    row = await row_for(look, graph, id)
    if row.change.author != look.officer.id or row.change.state is not PendingState.OPEN:
        raise NotFound
    await seen_waiting(graph, id)
    return await _dropped(
        look, graph, operation, id, Step(operation.id, PendingState.WITHDRAWN, look.officer.id, look.at)
    )


def _told(look: Look, id: str) -> str:
    return id if waits(id) or is_grant(id) else look.term(id)


async def _grant_settled(look: Look, held: Grant, id: str, settling: Settling, key: str | None) -> str:
    """Settle a grant of level and compartments and give its id. Raise NotFound, Refused, Conflict."""
    proposal = await grant_for(look, held, id)
    if key is not None and (proposal.state, proposal.settled_by) == (settling.becoming, look.officer.id):
        return id
    own = proposal.grantor == look.officer.id
    if proposal.state is not PendingState.OPEN or (settling.becoming is PendingState.WITHDRAWN and not own):
        raise NotFound
    if own and settling.becoming is not PendingState.WITHDRAWN:
        raise _own_change()
    register = look.desk.register
    async with acting(register, look.officer.id, settling.becoming.value.lower(), {"proposal": id}):
        if await settled(register, look.officer, id, settling) is None:
            raise Conflict(_MEANWHILE)
    look.changed = True
    return id


def _own_change() -> Refused:
    return Refused("OWN_CHANGE", "You asked for this yourself: another officer decides it.")


_MEANWHILE = "Somebody settled this meanwhile, or is about to: read it again."


async def _dropped(look: Look, graph: GraphSession, operation: Operation, id: str, step: Step) -> str:
    async def act() -> None:
        await pending.drop(graph, operation, id)

    row = _Taking(look, graph, id, step, carries_out=False)
    return await carried_out(look, operation, [id], act, replayable=False, row=row)


async def _to_decide(look: Look, graph: GraphSession, id: str) -> Pending:
    """Give a change that this officer may decide; raise NotFound, or Refused for their own."""
    row = await row_for(look, graph, id)
    if row.change.state is not PendingState.OPEN:
        raise NotFound
    await seen_waiting(graph, id)
    if row.change.author == look.officer.id:
        raise _own_change()
    return row.change


class _Taking:
    """The row of a change that is decided or taken back; `author` is the author's grant once it is claimed."""

    def __init__(self, look: Look, graph: GraphSession, id: str, step: Step, *, carries_out: bool) -> None:
        self._look = look
        self._grant = graph.grant
        self._id = id
        self._step = step
        self._carries_out = carries_out
        self.author: Grant

    async def begin(self, entry: Entry) -> None:
        register = self._look.desk.register.pending
        if not await register.begin(self._id, self._step, rule=self._rule, entry=entry):
            raise Conflict(_MEANWHILE)

    async def end(self, entry: Entry, *, done: bool) -> None:
        register = self._look.desk.register.pending
        if done:
            await register.taken(self._id, self._step, entry=entry)
        else:
            await register.end(self._step.op_id, done=False, entry=entry, id=self._id)

    def _rule(self, change: Pending, author: Officer, enquiry: Enquiry, who: Officer) -> None:
        """Judge both as they are under the lock. Raises NotFound, Refused."""
        look = self._look
        mine = decide(who, look.enquiry, at=look.at) if look.enquiry else None
        if not isinstance(mine, Grant) or (mine.level, mine.comps) != (self._grant.level, self._grant.comps):
            raise NotFound
        decides = self._step.becoming is not PendingState.WITHDRAWN
        if decides and not may_second(who, author, change.rank, day_in_india(look.at)):
            raise NotFound
        if self._carries_out:
            theirs = decide(author, enquiry, at=look.at)
            # Closed is closed, also in the moments since this was asked.
            if isinstance(theirs, Refusal) or Action.RECORD not in theirs.may or enquiry.closed_at is not None:
                raise author_may_not()
            self.author = theirs
