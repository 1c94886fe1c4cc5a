"""Accounts: who gets one, and who keeps it.

In order:
1. A NODE_ADMIN opens accounts that hold nothing, closes any, and opens again or resets only what holds nothing more
   than the NODE_ADMIN.
2. What an account holds, it gets by a grant of two officers (`desk.granting`).
3. The first NODE_ADMIN and the first two grantors come from `bootstrap`: once in a register's life. Each of the two
   may be the second of the other, or nobody would ever hold anything.
4. A NODE_ADMIN revokes any token, before it ends by itself.
5. Every act stands on the ledger in the transaction that does it, or is not done.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from auth.passwords import PasswordRefused, hash_password, new_totp_secret, verify_password
from auth.second import NEEDED, may_second
from auth.tokens import TokenRefused, Tokens
from desk.entering import recognise, sign_in, sign_out
from desk.errors import BadInput, Conflict, DeskError, NotFound, Refused, Unauthenticated, Unavailable
from register.chain import JSON
from register.ledger import Entry, EntryKind
from register.officers import NewAccount, OfficerExists
from register.store import Register, RegisterUnavailable
from schemas.envelope import day_in_india
from schemas.errors import FieldProblem
from schemas.handling import Level
from schemas.officer import Officer, Rank
from schemas.pending import PendingAct

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
    async with acting(register, actor.id, "add", {"account": officer.id}):
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
    async with acting(register, actor.id, "list", {}):
        _only_admin(actor)
        return await register.officers.list()


async def disable(register: Register, actor: Officer, id: str, *, at: datetime) -> None:
    """Close an account and end its sessions. Raises Refused, NotFound."""
    async with acting(register, actor.id, "disable", {"account": id}):
        _only_admin(actor)
        if not await register.officers.disable(id, at=at, entry=account_entry(actor.id, "disable", {"account": id})):
            raise NotFound


async def enable(register: Register, actor: Officer, id: str) -> None:
    """Open a closed account again. Raises Refused, NotFound."""
    async with acting(register, actor.id, "enable", {"account": id}):
        _only_admin(actor)
        entry = account_entry(actor.id, "enable", {"account": id})
        if not await register.officers.enable(id, rule=_nothing_more_than(actor), entry=entry):
            raise NotFound


async def reset(register: Register, actor: Officer, id: str, password: str, *, at: datetime) -> Opened:
    """Give an account a new password and a new secret for codes. Raises Refused, BadInput, NotFound."""
    async with acting(register, actor.id, "reset", {"account": id}):
        _only_admin(actor)
        officer = await register.officers.get(id)
        if officer is None:
            raise NotFound
        account = await _account(register, officer, password, by=actor.id)
        entry = account_entry(actor.id, "reset", {"account": id})
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
        async with acting(register, id, "secrets", {"account": id}):
            account = await _account(register, officer, fresh, by=id)
            if await asyncio.to_thread(verify_password, account.password, password):
                raise BadInput([FieldProblem(path="password", message="Another may know this one: choose a new one.")])
            entry = account_entry(id, "secrets", {"account": id})
            if not await register.officers.make_own(account, session=claims.session, at=at, entry=entry):
                raise Unauthenticated
            return Opened(officer, account.totp_secret)
    except BaseException:
        # Not also when it is done: the session has ended then, and nothing may lose the secret that is shown once.
        await sign_out(register, claims, at=at)
        raise


async def revoke(register: Register, tokens: Tokens, actor: Officer, token: str, *, at: datetime) -> str:
    """Revoke one token, such as one that came into other hands, and give its officer. Raises Refused, NotFound."""
    async with acting(register, actor.id, "revoke", {}):
        _only_admin(actor)
        try:
            claims = tokens.verify_officer(token)
        except TokenRefused as fault:
            raise NotFound("This token is good for nothing already.") from fault
        said: dict[str, JSON] = {"account": claims.officer, "token": claims.jti, "session": claims.session}
        await register.sessions.revoke(claims.jti, at=at, entry=account_entry(actor.id, "revoke", said))
        return claims.officer


async def bootstrap(register: Register, admin: Founder, grantors: Sequence[Founder], *, at: datetime) -> list[Opened]:
    """Open the first NODE_ADMIN's account and the first two grantors', once. Raises Refused, BadInput.

    For the command line beside a register in which nobody is yet.
    """
    async with acting(register, _FOUNDER, "bootstrap", {"accounts": [one.officer.id for one in (admin, *grantors)]}):
        _refuse_founders(admin.officer, [founder.officer for founder in grantors], at)
        accounts = [
            await _account(register, founder.officer, founder.password, by=_FOUNDER) for founder in (admin, *grantors)
        ]
        entries = [_opened(_FOUNDER, account.officer) for account in accounts]
        if not await register.officers.found(accounts, at=at, by=_FOUNDER, entries=entries):
            raise Refused("ALREADY_FOUNDED", "This register has its officers already.")
        return [Opened(account.officer, account.totp_secret) for account in accounts]


def _refuse_founders(admin: Officer, grantors: Sequence[Officer], at: datetime) -> None:
    """Refuse whoever cannot be the first officers. Raises Refused."""
    if admin.rank is not Rank.NODE_ADMIN or admin.level or admin.compartments:
        raise Refused("NOT_AN_ADMIN", "The first account is a NODE_ADMIN's, and holds nothing.")
    if len(grantors) != _GRANTORS or len({officer.id for officer in (admin, *grantors)}) != _GRANTORS + 1:
        raise Refused("TWO_GRANTORS", "There are two first grantors, and they are two persons beside the NODE_ADMIN.")
    if any(officer.rank is Rank.NODE_ADMIN for officer in grantors):
        raise Refused("ADMIN_HOLDS_NOTHING", "A NODE_ADMIN keeps accounts and holds nothing.")
    one, other = grantors
    needed, day = NEEDED[PendingAct.GRANT].rank, day_in_india(at)
    if not may_second(one, other, needed, day) or not may_second(other, one, needed, day):
        raise Refused(
            "NO_SECOND", "The two first grantors are Superintendents or above, of two chains: each confirms the other."
        )


@asynccontextmanager
async def acting(register: Register, actor: str, operation: str, said: dict[str, JSON]) -> AsyncIterator[None]:
    """Put on the ledger that an act was not done before that is told, whatever stood against it.

    Raises Unavailable if the register cannot be read or written.
    """
    try:
        try:
            yield
        except DeskError as fault:
            refusal = account_entry(actor, operation, said, kind=EntryKind.REFUSAL, code=fault.code_for_ledger)
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
    return account_entry(actor, "add", said)


def account_entry(
    actor: str, operation: str, said: dict[str, JSON], *, kind: EntryKind = EntryKind.ACCOUNT, code: str = "OK"
) -> Entry:
    """Write what an officer did to an account."""
    return Entry(kind, actor, None, None, f"account {operation}", said, (), code)
