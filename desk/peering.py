"""Who the peers are and what each may ask, and who has that changed.

In order:
1. A NODE_ADMIN has a membership trusted, once it passes every check of `federation.membership`. A state keeps its name
   as it keeps its number.
2. What another state may ask is taken away at once by a NODE_ADMIN, or by a Director General or Additional Director
   General, who alone may give more.
3. Nobody gives another state what they lack. A NODE_ADMIN opens accounts of any rank, so whoever gives more has set
   their own secrets, and holds something that two officers granted.
4. Something is agreed with a member, and never with this state itself.
5. Every act stands on the ledger in the transaction that does it, or is not done.
"""

import hashlib
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from auth.second import holds_rank
from desk.errors import BadInput, Conflict, DeskError, Refused, Unavailable
from federation.membership import (
    MembershipRefused,
    differences,
    fingerprint,
    open_membership,
    quorum_lacking,
    read_membership,
)
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.peers import MembershipStale
from register.store import Register, RegisterUnavailable
from schemas.agreement import Agreement
from schemas.codes.states import MEMBERS, Member, adopt, newcomers
from schemas.errors import FieldProblem
from schemas.handling import Purpose
from schemas.membership import SignedMembership
from schemas.officer import Officer, Rank

# Who gives another state a view answers for the whole force.
RANK = Rank.ADG_SPL_CP


@dataclass(frozen=True)
class Read:
    """A membership in a file, what it would change, and who has yet to sign it, None if it could be trusted now."""

    signed: SignedMembership
    changes: list[str]
    lacking: str | None


async def opened(register: Register, raw: bytes) -> Read:
    """Give the membership in a file, if it could be trusted now. Raises Refused."""
    return await _read(register, raw, open_membership)


async def read(register: Register, raw: bytes) -> Read:
    """Give the membership in a file, if it could be trusted once enough have signed it. Raises Refused."""
    return await _read(register, raw, read_membership)


async def _read(register: Register, raw: bytes, checked: Callable[..., SignedMembership]) -> Read:
    try:
        known, trusted = await register.peers.known(), await register.peers.membership()
        numbers, agreements = await register.peers.numbers(), await register.peers.agreements()
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be read now.") from fault
    held = None if trusted is None else trusted.membership
    try:
        signed = checked(raw, trusted=held, own=register.state, own_number=MEMBERS[register.state].bit, numbers=numbers)
    except MembershipRefused as fault:
        raise Refused(f"MEMBERSHIP_{fault.check.value}", str(fault)) from fault
    try:
        newcomers([*known, *_members(signed)])
    except ValueError as fault:
        raise Refused("MEMBERSHIP_NAME", f"NAME: {fault}") from fault
    there = set[str]() if held is None else {member.code for member in held.members}
    joining = {member.code for member in signed.membership.members} - there
    again = [
        f"What was agreed with {one.state} before stands again, unless it is taken away: sangam peers agree {one.state}"
        for one in agreements
        if one.state in joining and one.purposes
    ]
    return Read(signed, differences(held, signed.membership) + again, quorum_lacking(signed, held))


async def trust(register: Register, raw: bytes, actor: Officer, *, at: datetime) -> SignedMembership:
    """Trust a membership from now on, and know its states. Raises Refused, Conflict, Unavailable."""
    said: dict[str, JSON] = {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
    async with _acting(register, actor, "trust", said):
        if not actor.active or actor.rank is not Rank.NODE_ADMIN:
            raise Refused("NOT_AN_ADMIN", "A membership is trusted by a NODE_ADMIN.")
        signed = (await opened(register, raw)).signed
        told = {**said, "version": signed.membership.version, "fingerprint": fingerprint(signed.membership)}
        try:
            await register.peers.trust(signed, at=at, by=actor.id, entry=_entry(actor, "trust", told))
        except MembershipStale as fault:
            raise Conflict(str(fault)) from fault
    adopt(_members(signed))
    return signed


async def agree(register: Register, agreement: Agreement, actor: Officer, *, at: datetime) -> None:
    """Let a state ask so much from now on, and no more. Raises Refused, BadInput, Unavailable."""
    said: dict[str, JSON] = {"agreement": agreement.model_dump(mode="json")}
    async with _acting(register, actor, "agree", said):
        trusted = await register.peers.membership()
        members = set[str]() if trusted is None else {member.code for member in trusted.membership.members}
        own = actor.id in await register.officers.with_own_secrets()

        def rule(before: Agreement | None) -> None:
            if not _may_take(actor):
                raise Refused("RANK_LACKING", "What a state may ask is for an Additional Director General or above.")
            if agreement.state == register.state or (agreement.state not in members and before is None):
                raise BadInput([FieldProblem(path="state", message="Something is agreed with another member state.")])
            if widens(before, agreement):
                _refuse_giver(actor, agreement, own_secrets=own)
                if agreement.state not in members:
                    raise BadInput([FieldProblem(path="state", message="This state is a member no more.")])

        entry = _entry(actor, "agree", said)
        await register.peers.agree(agreement, at=at, by=actor.id, entry=entry, rule=rule)


def widens(before: Agreement | None, after: Agreement) -> bool:
    """Say whether a state could ask anything after that it could not ask before, or ask it more easily."""
    if before is None:
        return bool(after.purposes)
    if not after.purposes:
        return False
    return (
        not set(after.purposes) <= set(before.purposes)
        or after.ceiling > before.ceiling
        or not set(after.compartments) <= set(before.compartments)
        or any(_minutes(after, purpose) > _minutes(before, purpose) for purpose in after.purposes)
    )


def _minutes(agreement: Agreement, purpose: Purpose) -> float:
    """Give how old a sign-in may be for a purpose."""
    return agreement.step_up_minutes if purpose in agreement.step_up else math.inf


def _may_take(actor: Officer) -> bool:
    return actor.active and (actor.rank is Rank.NODE_ADMIN or holds_rank(actor, RANK))


def _refuse_giver(actor: Officer, agreement: Agreement, *, own_secrets: bool) -> None:
    """Refuse to let one officer give another state more. Raises Refused."""
    if not holds_rank(actor, RANK):
        raise Refused("RANK_LACKING", "More is given by an Additional Director General or above.")
    if not own_secrets:
        raise Refused("NOT_OWN_SECRETS", "First set your own secrets: until then another could speak in your name.")
    if not actor.level and not actor.compartments:
        raise Refused("HOLDS_NOTHING", "More is given by one who was granted a level or a compartment by two officers.")
    if agreement.ceiling > actor.level:
        raise Refused("LEVEL_LACKING", "Nobody gives what they lack.")
    if not set(agreement.compartments) <= set(actor.compartments):
        raise Refused("COMPARTMENT_LACKING", "Nobody gives what they lack.")


def _members(signed: SignedMembership) -> list[Member]:
    return [Member(member.code, member.name, member.number) for member in signed.membership.members]


@asynccontextmanager
async def _acting(register: Register, actor: Officer, act: str, said: dict[str, JSON]) -> AsyncIterator[None]:
    """Put a refusal on the ledger before it is told. Raises Unavailable if the register cannot be read or written."""
    try:
        try:
            yield
        except DeskError as fault:
            refusal = _entry(actor, act, said, kind=EntryKind.REFUSAL, code=fault.code_for_ledger)
            await register.ledger.append(refusal)
            raise
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be written, so nothing is changed.") from fault


def _entry(
    actor: Officer, act: str, said: dict[str, JSON], *, kind: EntryKind = EntryKind.PEERS, code: str = "OK"
) -> Entry:
    return Entry(kind, actor.id, None, None, f"peers {act}", said, (), code)
