"""Grants: how an officer comes to hold a level and compartments, and how they lose them.

In order:
1. A level or a compartment is granted by an officer who holds it, and counts once a second who holds it confirms,
   within seven days. The second is of the rank that a grant needs and of another chain than the grantor
   (`auth.second`).
2. Nobody grants, confirms or gets back what they lack, and nobody confirms their own proposal or their own gain.
3. Secrets that another set or saw speak for nobody: a grant is proposed and confirmed by officers, and counts for an
   officer, who have set their own. Those that an account is opened or reset with are not.
4. Whoever cannot be its second is not told that a grant waits. Its grantor may take it back.
5. What is taken away is gone at once, and so is what waits for that officer. It is taken by one of that rank who
   holds it, or given back. A NODE_ADMIN closes an account instead: one that was emptied first could be reset.
6. Every act stands on the ledger in the transaction that does it, or is not done.
"""

from collections.abc import Sequence
from datetime import datetime

from auth.second import NEEDED, chain_of, holds_rank, may_second
from desk.accounts import account_entry, acting
from desk.errors import BadInput, NotFound, Refused
from register.approvals import Proposal, Settling
from register.chain import JSON
from register.ledger import Entry
from register.store import Register
from schemas.envelope import day_in_india
from schemas.errors import FieldProblem
from schemas.handling import TRAINING, Level
from schemas.ids import make_urn, parse_urn
from schemas.officer import Officer, Rank
from schemas.pending import PendingAct, PendingState

RANK = NEEDED[PendingAct.GRANT].rank

_ACT = {PendingState.APPROVED: "confirm", PendingState.DECLINED: "decline", PendingState.WITHDRAWN: "take back"}


def is_grant(id: str) -> bool:
    """Say whether an id is that of a grant."""
    urn = parse_urn(id)
    return urn is not None and urn.type == "grant"


async def grant(
    register: Register, actor: Officer, id: str, level: Level, compartments: Sequence[str], *, at: datetime
) -> Proposal:
    """Propose that an officer hold a level and compartments as well. Raises Refused, BadInput, NotFound."""
    said = _said(id, level, sorted(set(compartments)))
    async with acting(register, actor.id, "grant", said):
        _speaks_for(actor, level, compartments)
        _has_own_secrets(actor, await register.officers.with_own_secrets())
        if chain_of(actor, day_in_india(at)) is None:
            raise Refused("NO_CHAIN", "The table of units does not know your unit, so nobody is of another chain.")
        officer = await register.officers.get(id)
        if officer is None or not officer.active:
            raise NotFound
        if officer.rank is Rank.NODE_ADMIN:
            raise Refused("ADMIN_HOLDS_NOTHING", "A NODE_ADMIN keeps accounts and holds nothing.")
        if officer.id == actor.id or (level <= officer.level and set(compartments) <= set(officer.compartments)):
            raise BadInput([FieldProblem(path="officer", message="This officer holds that already.")])
        return await register.approvals.propose(
            make_urn(register.state, "grant", register.random.uuid(actor.id)),
            grantor=actor.id,
            officer=id,
            level=level,
            compartments=compartments,
            at=at,
            entry=account_entry(actor.id, "grant", said),
        )


async def pending(register: Register, actor: Officer, *, at: datetime) -> list[Proposal]:
    """Give the grants that this officer could confirm, oldest first."""
    async with acting(register, actor.id, "pending", {}):
        waiting = await register.approvals.pending(at=at)
        return [proposal for proposal, grantor in waiting if may_settle(actor, grantor, proposal, at)]


async def confirm(register: Register, actor: Officer, id: str, *, at: datetime) -> Officer:
    """Confirm a grant and give the officer as they are then. Raises Refused, NotFound."""
    return await _done(register, actor, id, Settling(PendingState.APPROVED, actor.id, at))


async def decline(register: Register, actor: Officer, id: str, reason: str, *, at: datetime) -> Officer:
    """Refuse a grant, with a reason, and give the officer as they are. Raises NotFound."""
    return await _done(register, actor, id, Settling(PendingState.DECLINED, actor.id, at, reason))


async def take_back(register: Register, actor: Officer, id: str, *, at: datetime) -> Officer:
    """Take back a grant that this officer proposed and give its officer as they are. Raises NotFound."""
    return await _done(register, actor, id, Settling(PendingState.WITHDRAWN, actor.id, at))


async def lower(
    register: Register, actor: Officer, id: str, level: Level, without: Sequence[str], *, at: datetime
) -> Officer:
    """Take what is above a level, and compartments, from an officer at once. Raises Refused, BadInput, NotFound."""
    said = _said(id, level, sorted(set(without)))

    def rule(officer: Officer) -> None:
        taken = {*without} & {*officer.compartments}
        if officer.level <= level and not taken:
            raise BadInput([FieldProblem(path="officer", message="This officer holds nothing of that.")])
        held = officer.level if officer.level > level else Level.ANY_OFFICER
        lacks = not holds_rank(actor, RANK) or _lacks(actor, held, sorted(taken)) is not None
        if lacks and actor.id != officer.id:
            raise Refused("HOLDS_WHAT_YOU_LACK", "It is taken by a Superintendent or above who holds it.")

    async with acting(register, actor.id, "lower", said):
        if not actor.active:
            raise Refused("ACCOUNT_CLOSED", "The account is closed.")
        entry = account_entry(actor.id, "lower", said)
        officer = await register.officers.lower(id, level=level, without=without, rule=rule, entry=entry)
        if officer is None:
            raise NotFound
        return officer


def may_settle(who: Officer, grantor: Officer, proposal: Proposal, at: datetime) -> bool:
    """Say whether an officer may be the second of a grant."""
    held = _lacks(who, proposal.level, proposal.compartments) is None
    return held and who.id != proposal.officer and may_second(who, grantor, RANK, day_in_india(at))


async def settled(register: Register, actor: Officer, id: str, settling: Settling) -> Officer | None:
    """Settle a grant once and give its officer; None if it waits no more. Raises Refused, NotFound."""
    # Good without the lock: a reset that comes between takes the proposal back.
    own = await register.officers.with_own_secrets()

    def rule(waiting: Proposal, grantor: Officer, who: Officer, officer: Officer) -> None:
        if settling.becoming is PendingState.WITHDRAWN:
            return
        # Whoever could not see it waiting is not told that it does.
        if not may_settle(who, grantor, waiting, settling.at):
            raise NotFound
        if settling.becoming is PendingState.APPROVED:
            _confirmed(waiting, grantor, who, officer, own)

    def entry(done: Proposal) -> Entry:
        said = _said(done.officer, done.level, done.compartments)
        return account_entry(actor.id, _ACT[settling.becoming], {**said, "grantor": done.grantor})

    return await register.approvals.settle(id, settling, rule=rule, entry=entry)


async def _done(register: Register, actor: Officer, id: str, settling: Settling) -> Officer:
    async with acting(register, actor.id, _ACT[settling.becoming], {"proposal": id}):
        officer = await settled(register, actor, id, settling)
        if officer is None:
            raise NotFound
        return officer


def _confirmed(waiting: Proposal, grantor: Officer, second: Officer, officer: Officer, own: frozenset[str]) -> None:
    """Refuse a grant that is not good any more. Raises Refused."""
    _speaks_for(grantor, waiting.level, waiting.compartments)
    _has_own_secrets(second, own)
    if not officer.active:
        raise Refused("ACCOUNT_CLOSED", "The account is closed.")
    if officer.id not in own:
        raise Refused("NOT_OWN_SECRETS", "They must first set their own secrets: until then another knows them.")


def _said(id: str, level: Level, compartments: Sequence[str]) -> dict[str, JSON]:
    return {"account": id, "level": int(level), "compartments": list(compartments)}


def _speaks_for(grantor: Officer, level: Level, compartments: Sequence[str]) -> None:
    """Refuse a grant by one who lacks it. Raises Refused."""
    lacking = _lacks(grantor, level, compartments)
    if lacking is not None:
        raise Refused(lacking, "Nobody grants what they lack.")


def _has_own_secrets(actor: Officer, own: frozenset[str]) -> None:
    """Refuse a grant by one in whose name another could speak. Raises Refused."""
    if actor.id not in own:
        raise Refused("NOT_OWN_SECRETS", "First set your own secrets: until then another could speak in your name.")


def _lacks(officer: Officer, level: Level, compartments: Sequence[str]) -> str | None:
    """Say, for the ledger, why an officer cannot speak for a grant."""
    if not officer.active:
        return "ACCOUNT_CLOSED"
    # TRAINING is held by a purpose and by nobody.
    if TRAINING in compartments or not set(compartments) <= set(officer.compartments):
        return "COMPARTMENT_LACKING"
    if level > officer.level:
        return "LEVEL_LACKING"
    return None
