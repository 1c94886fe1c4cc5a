"""Entering: sign in, stay signed in, sign out, and who a token stands for.

In order:
1. Every attempt is counted before anything is judged, under a keyed digest of the name, known or not.
2. Known and unknown officer take the same steps: one password is hashed, one code is worked out, one entry is written.
3. Whatever was wrong, the answer is the same; only the ledger knows more, and of an unknown name only its digest.
4. No token leaves before its entry is written; a session that cannot be written does not begin.
"""

import asyncio
import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from auth.keys import KeyRing
from auth.passwords import totp_step, verify_password
from auth.tokens import LONGEST_OFFICER, KeyNotBegun, OfficerClaims, TokenRefused, Tokens
from desk.errors import Unauthenticated, Unavailable
from register.ledger import Entry, EntryKind
from register.sessions import LEAST_LEFT, LONGEST, Session, SignIn
from register.store import Register, RegisterUnavailable
from schemas.officer import Officer

_RENEWAL_BYTES = 32
_OFFICER_ID = re.compile(r"[a-z0-9][a-z0-9.-]{2,39}")
_NO_LEDGER = "The register cannot be written, so nobody can sign in."


class SignInRefused(Unauthenticated):
    """A sign-in, renewal or sign-out that is not good; why is never said."""


@dataclass(frozen=True, repr=False)
class SignedIn:
    """What an officer carries away: a token, its seconds, and the secret that renews it once."""

    access_token: str
    expires_in: int
    renewal: str


def tokens_of(register: Register, ring: KeyRing) -> Tokens:
    """Give the tokens of a register's state, refused once the register has revoked them."""
    return Tokens(ring, state=register.state, clock=register.clock, revoked=register.sessions.is_revoked)


async def sign_in(
    register: Register, tokens: Tokens, officer: str, password: str, code: str, *, at: datetime
) -> SignedIn:
    """Sign an officer in by password and one-time code. Raises SignInRefused, Unavailable."""
    name = officer if _OFFICER_ID.fullmatch(officer) else _unwritable(officer)
    try:
        return await _sign_in(register, tokens, name, password, code, at)
    except (RegisterUnavailable, KeyNotBegun) as fault:
        raise Unavailable(_NO_LEDGER) from fault


async def _sign_in(register: Register, tokens: Tokens, name: str, password: str, code: str, at: datetime) -> SignedIn:
    counted = register.keys.digest("sign-in name", name)
    allowed = await register.officers.begin_attempt(counted, at)
    held = await register.officers.credentials(name)
    # On a thread: a hash takes as long as a hundred answers.
    right = await asyncio.to_thread(verify_password, held.password, password)
    step = totp_step(held.totp_secret, code, at)
    known = held.password is not None
    if allowed and right and held.active and held.password is not None and step is not None:
        session, renewal = str(register.random.uuid(name)), _secret(register, name)
        answer = _answer(register, tokens, Session(session, name, at + LONGEST), renewal, at)
        entry = _entry(EntryKind.SIGNED_IN, name, "sign in", {"session": session}, "OK")
        begun = SignIn(name, counted, held.password, step, session, renewal)
        if await register.sessions.open(begun, at=at, entry=entry):
            return answer
    variables: dict[str, str] = {} if known else {"name": counted}
    code_for_ledger = "REFUSED" if allowed else "LOCKED_OUT"
    failed = _entry(EntryKind.SIGN_IN_FAILED, name if known else None, "sign in", variables, code_for_ledger)
    await register.ledger.append(failed)
    raise SignInRefused


async def renew(register: Register, tokens: Tokens, renewal: str, *, at: datetime) -> SignedIn:
    """Trade a renewal secret for a new token and the next secret. Raises SignInRefused, Unavailable."""
    try:
        session = await register.sessions.of(renewal)
        if session is None or session.ends_at - at < LEAST_LEFT:
            answer, fresh = None, ""
        else:
            fresh = _secret(register, session.officer)
            answer = _answer(register, tokens, session, fresh, at)
        # Judged only here, under the lock; the token made above is thrown away unless this says yes.
        if not await register.sessions.renew(renewal, fresh, at=at, entry=_renewed) or answer is None:
            raise SignInRefused
        return answer
    except (RegisterUnavailable, KeyNotBegun) as fault:
        raise Unavailable(_NO_LEDGER) from fault


async def sign_out(register: Register, claims: OfficerClaims, *, at: datetime) -> None:
    """End the session that a token belongs to, with all its tokens. Raises Unavailable."""
    entry = _entry(EntryKind.SIGNED_OUT, claims.officer, "sign out", {"session": claims.session}, "OK")
    try:
        await register.sessions.end(claims.session, at=at, entry=entry)
    except RegisterUnavailable as fault:
        raise Unavailable("The register cannot be written, so the session goes on.") from fault


async def recognise(register: Register, tokens: Tokens, token: str) -> tuple[Officer, OfficerClaims]:
    """Give the officer for whom a token stands, as the register knows them now. Raises Unauthenticated, Unavailable."""
    try:
        claims = tokens.verify_officer(token)
        if register.sessions.is_revoked(claims.jti, claims.session):
            raise Unauthenticated
        officer = await register.officers.get(claims.officer)
    except TokenRefused as fault:
        raise Unauthenticated from fault
    except RegisterUnavailable as fault:
        raise Unavailable from fault
    if officer is None or not officer.active:
        raise Unauthenticated
    return officer, claims


def _answer(register: Register, tokens: Tokens, session: Session, renewal: str, at: datetime) -> SignedIn:
    """Mint the token of a session, which ends with it at the latest."""
    lifetime = min(LONGEST_OFFICER, session.ends_at - at)
    jti = str(register.random.uuid(session.officer))
    token = tokens.mint_officer(session.officer, session.id, jti=jti, lifetime=lifetime)
    return SignedIn(token, int(lifetime.total_seconds()), renewal)


def _renewed(officer: str | None, code: str) -> Entry:
    kind = EntryKind.SIGNED_IN if code == "OK" else EntryKind.SIGN_IN_FAILED
    return _entry(kind, officer, "renew", {}, code)


def _entry(kind: EntryKind, officer: str | None, operation: str, variables: dict[str, str], code: str) -> Entry:
    return Entry(kind, officer, None, None, operation, variables, (), code)


def _secret(register: Register, actor: str) -> str:
    return base64.urlsafe_b64encode(register.random.token(actor, _RENEWAL_BYTES)).rstrip(b"=").decode()


def _unwritable(name: str) -> str:
    """Give a name that nobody can have, in place of one that may be of any length or hold broken characters."""
    return "?" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
