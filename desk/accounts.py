"""Accounts: who gets one, who may hold what, and who says so.

In order:
1. A NODE_ADMIN opens accounts that hold nothing, closes any, and opens again or resets only what holds nothing more
   than the NODE_ADMIN.
2. A level or a compartment is granted by an officer who holds it, and counts once a second who holds it confirms.
3. Nobody grants, confirms or gets back what they lack, and nobody confirms their own proposal or their own gain.
4. Secrets that another set or saw speak for nobody: a grant is proposed and confirmed by officers, and counts for an
   officer, who have set their own. Those that `add`, `reset` and `bootstrap` give are not.
5. The first NODE_ADMIN and the first two grantors come from `bootstrap`: once in a register's life.
6. A NODE_ADMIN revokes any token, before it ends by itself.
7. Every act stands on the ledger in the transaction that does it, or is not done.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from auth.passwords import PasswordRefused, hash_password, new_totp_secret, verify_password
from auth.tokens import TokenRefused, Tokens
from desk.entering import recognise, sign_in, sign_out
from desk.errors import BadInput, Conflict, DeskError, NotFound, Refused, Unauthenticated, Unavailable
from register.approvals import Proposal
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.officers import NewAccount, OfficerExists
from register.store import Register, RegisterUnavailable
from schemas.errors import FieldProblem
from schemas.handling import TRAINING, Level
from schemas.officer import Officer, Rank

_GRANTORS = 2
_FOUNDER = "bootstrap"


@dataclass(frozen=True, repr=False)
class Founder:
    """One of the first officers, with the password that they chose."""

    officer: Officer
    password: str


@dataclass(frozen=True, repr=False)
class Opened:
    """An account that just got secrets, with the secret for its one-time codes, shown this once."""

    officer: Officer
    totp_secret: str


async def add(register: Register, actor: Officer, officer: Officer, password: str, *, at: datetime) -> Opened:
    """Open an account that holds nothing. Raises Refused, BadInput, Conflict."""
    async with _act(register, actor.id, "add", {"account": officer.id}):
        _only_admin(actor)
        if officer.level is not Level.ANY_OFFICER or officer.compartments:
            raise Refused("GRANT_NEEDS_SECOND", "A new account holds nothing: grant it, and let a second confirm.")
        account = await _account(register, officer, password, by=actor.id)
        try:
            await register.officers.add(account, at=at, by=actor.id, entry=_opened(actor.id, officer))
        except OfficerExists as fault:
            raise Conflict("There is an account with this id.") from fault
        return Opened(officer, account.totp_secret)


async def listed(register: Register, actor: Officer) -> list[Officer]:
    """Give all accounts, in order of id. Raises Refused."""
    async with _act(register, actor.id, "list", {}):
        _only_admin(actor)
        return await register.officers.list()


async def disable(register: Register, actor: Officer, id: str, *, at: datetime) -> None:
    """Close an account and end its sessions. Raises Refused, NotFound."""
    async with _act(register, actor.id, "disable", {"account": id}):
        _only_admin(actor)
        if not await register.officers.disable(id, at=at, entry=_entry(actor.id, "disable", {"account": id})):
            raise NotFound


async def enable(register: Register, actor: Officer, id: str) -> None:
    """Open a closed account again. Raises Refused, NotFound."""
    async with _act(register, actor.id, "enable", {"account": id}):
        _only_admin(actor)
        entry = _entry(actor.id, "enable", {"account": id})
        if not await register.officers.enable(id, rule=_nothing_more_than(actor), entry=entry):
            raise NotFound


async def reset(register: Register, actor: Officer, id: str, password: str, *, at: datetime) -> Opened:
    """Give an account a new password and a new secret for codes. Raises Refused, BadInput, NotFound."""
    async with _act(register, actor.id, "reset", {"account": id}):
        _only_admin(actor)
        officer = await register.officers.get(id)
        if officer is None:
            raise NotFound
        account = await _account(register, officer, password, by=actor.id)
        entry = _entry(actor.id, "reset", {"account": id})
        if not await register.officers.reset(account, at=at, rule=_nothing_more_than(actor), entry=entry):
            raise NotFound
        return Opened(officer, account.totp_secret)


async def own_secrets(
    register: Register, tokens: Tokens, id: str, password: str, code: str, fresh: str, *, at: datetime
) -> Opened:
    """Let an officer who proves who they are choose a password and get a secret for codes that nobody else knows.

    Every session of theirs ends. Raises Unauthenticated, BadInput, Unavailable.
    """
    signed = await sign_in(register, tokens, id, password, code, at=at)
    officer, claims = await recognise(register, tokens, signed.access_token)
    try:
        async with _act(register, id, "secrets", {"account": id}):
            account = await _account(register, officer, fresh, by=id)
            if await asyncio.to_thread(verify_password, account.password, password):
                raise BadInput([FieldProblem(path="password", message="Another may know this one: choose a new one.")])
            entry = _entry(id, "secrets", {"account": id})
            if not await register.officers.make_own(account, session=claims.session, at=at, entry=entry):
                raise Unauthenticated
            return Opened(officer, account.totp_secret)
    except BaseException:
        # Not also when it is done: the session has ended then, and nothing may lose the secret that is shown once.
        await sign_out(register, claims, at=at)
        raise


async def revoke(register: Register, tokens: Tokens, actor: Officer, token: str, *, at: datetime) -> str:
    """Revoke one token, such as one that came into other hands, and give its officer. Raises Refused, NotFound."""
    async with _act(register, actor.id, "revoke", {}):
        _only_admin(actor)
        try:
            claims = tokens.verify_officer(token)
        except TokenRefused as fault:
            raise NotFound("This token is good for nothing already.") from fault
        said: dict[str, JSON] = {"account": claims.officer, "token": claims.jti, "session": claims.session}
        await register.sessions.revoke(claims.jti, at=at, entry=_entry(actor.id, "revoke", said))
        return claims.officer


async def grant(
    register: Register, actor: Officer, id: str, level: Level, compartments: Sequence[str], *, at: datetime
) -> Proposal:
    """Propose that an officer hold a level and compartments as well. Raises Refused, BadInput, NotFound."""
    said: dict[str, JSON] = {"account": id, "level": int(level), "compartments": sorted(set(compartments))}
    async with _act(register, actor.id, "grant", said):
        _speaks_for(actor, level, compartments)
        _has_own_secrets(actor, await register.officers.with_own_secrets())
        officer = await register.officers.get(id)
        if officer is None or not officer.active:
            raise NotFound
        if officer.rank is Rank.NODE_ADMIN:
            raise Refused("ADMIN_HOLDS_NOTHING", "A NODE_ADMIN keeps accounts and holds nothing.")
        if officer.id == actor.id or (level <= officer.level and set(compartments) <= set(officer.compartments)):
            raise BadInput([FieldProblem(path="officer", message="This officer holds that already.")])
        return await register.approvals.propose(
            str(register.random.uuid(actor.id)),
            grantor=actor.id,
            officer=id,
            level=level,
            compartments=compartments,
            at=at,
            entry=_entry(actor.id, "grant", said),
        )


async def pending(register: Register, actor: Officer, *, at: datetime) -> list[Proposal]:
    """Give the grants that this officer could confirm, oldest first."""
    async with _act(register, actor.id, "pending", {}):
        return [
            proposal
            for proposal in await register.approvals.pending(at=at)
            if actor.id not in (proposal.grantor, proposal.officer)
            and _lacks(actor, proposal.level, proposal.compartments) is None
        ]


async def confirm(register: Register, actor: Officer, proposal: str, *, at: datetime) -> Officer:
    """Confirm a grant and give the officer as they are then. Raises Refused, NotFound."""

    def rule(waiting: Proposal, grantor: Officer, second: Officer, officer: Officer) -> None:
        # Whoever could not see it waiting is not told that it does.
        if _lacks(second, waiting.level, waiting.compartments) is not None:
            raise NotFound
        _speaks_for(grantor, waiting.level, waiting.compartments)
        _has_own_secrets(second, own)
        if not officer.active:
            raise Refused("ACCOUNT_CLOSED", "The account is closed.")
        if officer.id not in own:
            raise Refused("NOT_OWN_SECRETS", "They must first set their own secrets: until then another knows them.")

    def entry(done: Proposal) -> Entry:
        said: dict[str, JSON] = {"account": done.officer, "level": int(done.level), "compartments": done.compartments}
        return _entry(actor.id, "confirm", {**said, "grantor": done.grantor})

    async with _act(register, actor.id, "confirm", {"proposal": proposal}):
        # Good without the lock: a reset that comes between takes the proposal back.
        own = await register.officers.with_own_secrets()
        officer = await register.approvals.confirm(proposal, second=actor.id, at=at, rule=rule, entry=entry)
        if officer is None:
            raise NotFound
        return officer


async def bootstrap(register: Register, admin: Founder, grantors: Sequence[Founder], *, at: datetime) -> list[Opened]:
    """Open the first NODE_ADMIN's account and the first two grantors', once. Raises Refused, BadInput.

    For the command line beside a register in which nobody is yet.
    """
    async with _act(register, _FOUNDER, "bootstrap", {"accounts": [one.officer.id for one in (admin, *grantors)]}):
        _refuse_founders(admin.officer, [founder.officer for founder in grantors])
        accounts = [
            await _account(register, founder.officer, founder.password, by=_FOUNDER) for founder in (admin, *grantors)
        ]
        entries = [_opened(_FOUNDER, account.officer) for account in accounts]
        if not await register.officers.found(accounts, at=at, by=_FOUNDER, entries=entries):
            raise Refused("ALREADY_FOUNDED", "This register has its officers already.")
        return [Opened(account.officer, account.totp_secret) for account in accounts]


def _refuse_founders(admin: Officer, grantors: Sequence[Officer]) -> None:
    """Refuse whoever cannot be the first officers. Raises Refused."""
    if admin.rank is not Rank.NODE_ADMIN or admin.level or admin.compartments:
        raise Refused("NOT_AN_ADMIN", "The first account is a NODE_ADMIN's, and holds nothing.")
    if len(grantors) != _GRANTORS or len({officer.id for officer in (admin, *grantors)}) != _GRANTORS + 1:
        raise Refused("TWO_GRANTORS", "There are two first grantors, and they are two persons beside the NODE_ADMIN.")
    if any(officer.rank is Rank.NODE_ADMIN for officer in grantors):
        raise Refused("ADMIN_HOLDS_NOTHING", "A NODE_ADMIN keeps accounts and holds nothing.")


@asynccontextmanager
async def _act(register: Register, actor: str, operation: str, said: dict[str, JSON]) -> AsyncIterator[None]:
    """Put on the ledger that an act was not done before that is told, whatever stood against it.

    Raises Unavailable if the register cannot be read or written.
    """
    try:
        try:
            yield
        except DeskError as fault:
            refusal = _entry(actor, operation, said, kind=EntryKind.REFUSAL, code=fault.code_for_ledger)
            await register.ledger.append(refusal)
            raise
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be written, so nothing is changed.") from fault


def _only_admin(actor: Officer) -> None:
    if not actor.active or actor.rank is not Rank.NODE_ADMIN:
        raise Refused("NOT_AN_ADMIN", "Accounts are kept by a NODE_ADMIN.")


def _nothing_more_than(actor: Officer) -> Callable[[Officer], None]:
    """Give the rule that an account holds nothing that this officer lacks."""

    def rule(account: Officer) -> None:
        if account.level > actor.level or not set(account.compartments) <= set(actor.compartments):
            raise Refused("HOLDS_WHAT_YOU_LACK", "The account holds what you lack: it stays as it is.")

    return rule


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


async def _account(register: Register, officer: Officer, password: str, *, by: str) -> NewAccount:
    if officer.state != register.state:
        raise BadInput([FieldProblem(path="officer.state", message="An officer has an account in their own state.")])
    secret = new_totp_secret(lambda count: register.random.token(by, count))
    try:
        # On a thread: a hash takes as long as a hundred answers.
        return NewAccount(officer, await asyncio.to_thread(hash_password, password), secret)
    except PasswordRefused as fault:
        raise BadInput([FieldProblem(path="password", message=str(fault))]) from fault


def _opened(actor: str, officer: Officer) -> Entry:
    said: dict[str, JSON] = {
        "account": officer.id,
        "rank": officer.rank.value,
        "level": int(officer.level),
        "compartments": officer.compartments,
    }
    return _entry(actor, "add", said)


def _entry(
    actor: str, operation: str, said: dict[str, JSON], *, kind: EntryKind = EntryKind.ACCOUNT, code: str = "OK"
) -> Entry:
    return Entry(kind, actor, None, None, f"account {operation}", said, (), code)
