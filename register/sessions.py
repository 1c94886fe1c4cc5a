"""Sessions: how long a sign-in lasts, and which tokens no longer count.

In order:
1. A session lasts at most eight hours, and ends thirty minutes after its last renewal.
2. A renewal secret works once; only its hash is kept. One that comes a second time ends the session.
3. A one-time code's step is taken by compare-and-set: of two sign-ins with one code, one is refused.
4. What was revoked is known to this process at once, and to every other within a second.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from register.ledger import Entry, Ledger
from register.reader import Reader
from register.tables import attempts, micros, moment, officers, renewals, revocations, sessions, span
from register.writer import Writer
from schemas.operation import Clock

LONGEST = timedelta(hours=8)
IDLE = timedelta(minutes=30)
# A token lives at least as long: a session with less left is over.
LEAST_LEFT = timedelta(seconds=1)
# Longer than any access token lives, with leeway for clocks that differ.
REVOKED_FOR = timedelta(minutes=20)
_KEPT_FOR = timedelta(days=2)
_KNOWN_FOR = timedelta(seconds=1)


@dataclass(frozen=True)
class Session:
    """A session that goes on until `ends_at` at most."""

    id: str
    officer: str
    ends_at: datetime


@dataclass(frozen=True, repr=False)
class SignIn:
    """A sign-in whose password and code were right.

    `name` is the digest that its attempts are counted under, `password` the stored form that was judged by.
    """

    officer: str
    name: str
    password: str
    step: int
    session: str
    renewal: str


class Sessions:
    """The sessions of one state's officers."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger, clock: Clock) -> None:
        """Stand on a register's writer, reader and ledger; the clock says when to look again what was revoked."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger
        self._clock = clock
        self._revoked: frozenset[str] = frozenset()
        self._read_at: int | None = None

    async def open(self, sign_in: SignIn, *, at: datetime, entry: Entry) -> bool:
        """Begin a session and forget the failures before it.

        False if the code was used, or the account was closed or got other secrets since they were judged.
        """

        def act(connection: Connection) -> bool:
            still = (officers.c.id == sign_in.officer, officers.c.active, officers.c.password == sign_in.password)
            taken = connection.execute(
                update(officers).where(*still, officers.c.totp_step < sign_in.step).values(totp_step=sign_in.step)
            )
            if taken.rowcount != 1:
                return False
            _forget_old(connection, micros(at))
            connection.execute(delete(attempts).where(attempts.c.name == sign_in.name))
            row = {"id": sign_in.session, "officer": sign_in.officer, "opened_at": micros(at), "renewed_at": micros(at)}
            connection.execute(insert(sessions).values(**row))
            connection.execute(insert(renewals).values(digest=_digest(sign_in.renewal), session=sign_in.session))
            self._ledger.enter(connection, entry)
            return True

        return await self._writer.do(act)

    async def of(self, renewal: str) -> Session | None:
        """Give the session whose renewal secret this is or was, whether or not it goes on."""
        statement = RENEWAL.where(renewals.c.digest == _digest(renewal))
        row = await self._reader.do(lambda connection: connection.execute(statement).one_or_none())
        return None if row is None else Session(row.session, row.officer, moment(row.opened_at) + LONGEST)

    async def begun(self, session: str) -> datetime | None:
        """Give when a session was begun with a one-time code, None for one that nobody knows."""
        of = {"of": session}
        at = await self._reader.one(lambda connection: connection.execute(_BEGUN, of).scalar_one_or_none())
        return None if at is None else moment(at)

    async def renew(self, renewal: str, fresh: str, *, at: datetime, entry: Callable[[str | None, str], Entry]) -> bool:
        """Trade a renewal secret for a fresh one; False if it is not good, and then its session has ended.

        `entry` makes the ledger's entry of the officer, None if unknown, and of what came out.
        """

        def act(connection: Connection) -> bool:
            row = connection.execute(RENEWAL.where(renewals.c.digest == _digest(renewal))).one_or_none()
            problem = _problem(row, micros(at))
            self._ledger.enter(connection, entry(None if row is None else row.officer, problem or "OK"))
            if row is None:
                return False
            if problem is not None:
                _end(connection, [row.session], micros(at))
                return False
            used = update(renewals).where(renewals.c.digest == _digest(renewal)).values(used_at=micros(at))
            connection.execute(used)
            connection.execute(insert(renewals).values(digest=_digest(fresh), session=row.session))
            connection.execute(update(sessions).where(sessions.c.id == row.session).values(renewed_at=micros(at)))
            return True

        renewed = await self._writer.do(act)
        if not renewed:
            self.look_again()
        return renewed

    async def end(self, session: str, *, at: datetime, entry: Entry) -> bool:
        """End a session and every token under it; False if it had ended."""

        def act(connection: Connection) -> bool:
            if not _end(connection, [session], micros(at)):
                return False
            self._ledger.enter(connection, entry)
            return True

        ended = await self._writer.do(act)
        self.look_again()
        return ended

    async def revoke(self, jti: str, *, at: datetime, entry: Entry) -> None:
        """Revoke one token by its name."""

        def act(connection: Connection) -> None:
            _revoke(connection, [_token(jti)], micros(at))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)
        self.look_again()

    def is_revoked(self, jti: str, session: str = "") -> bool:
        """Say whether a token, or the session that it belongs to, was revoked. Raises RegisterUnavailable."""
        now = micros(self._clock())
        # A clock set back must not keep what is known for longer.
        if self._read_at is None or abs(now - self._read_at) >= span(_KNOWN_FOR):
            statement = select(revocations.c.name).where(revocations.c.until > now)
            self._revoked = frozenset(self._reader.now(lambda connection: connection.execute(statement).scalars()))
            self._read_at = now
        return _token(jti) in self._revoked or _session(session) in self._revoked

    def look_again(self) -> None:
        """Read at the next question what was revoked."""
        self._read_at = None


# Made once: building a statement costs more than asking it.
_BEGUN = select(sessions.c.opened_at).where(sessions.c.id == bindparam("of"))
RENEWAL = (
    select(
        renewals.c.session,
        renewals.c.used_at,
        sessions.c.officer,
        sessions.c.opened_at,
        sessions.c.renewed_at,
        sessions.c.ended_at,
        officers.c.active,
    )
    .join(sessions, sessions.c.id == renewals.c.session)
    .join(officers, officers.c.id == sessions.c.officer)
)


def end_sessions(connection: Connection, officer: str, at: datetime) -> None:
    """End every session of an officer, inside a change of the register."""
    going_on = select(sessions.c.id).where(sessions.c.officer == officer, sessions.c.ended_at.is_(None))
    _end(connection, list(connection.execute(going_on).scalars()), micros(at))


def _problem(row: Row[*tuple[Any, ...]] | None, at: int) -> str | None:
    """Say, for the ledger, why a renewal is not good."""
    if row is None:
        return "UNKNOWN_RENEWAL"
    if row.ended_at is not None:
        return "SESSION_ENDED"
    if row.used_at is not None:
        return "RENEWAL_REUSED"
    if not row.active:
        return "ACCOUNT_CLOSED"
    if at > row.opened_at + span(LONGEST - LEAST_LEFT):
        return "SESSION_OVER"
    if at >= row.renewed_at + span(IDLE):
        return "SESSION_IDLE"
    return None


def _end(connection: Connection, ids: list[str], at: int) -> int:
    """End those of these sessions that go on, and give their number."""
    ended = [
        id
        for id in ids
        if connection.execute(
            update(sessions).where(sessions.c.id == id, sessions.c.ended_at.is_(None)).values(ended_at=at)
        ).rowcount
    ]
    _revoke(connection, [_session(id) for id in ended], at)
    return len(ended)


def _revoke(connection: Connection, names: list[str], at: int) -> None:
    connection.execute(delete(revocations).where(revocations.c.name.in_(names)))
    if names:
        rows = [{"name": name, "until": at + span(REVOKED_FOR)} for name in names]
        connection.execute(insert(revocations), rows)


def _forget_old(connection: Connection, at: int) -> None:
    """Drop what can no longer matter, so that the tables stay as small as the number of officers."""
    old = select(sessions.c.id).where(sessions.c.opened_at < at - span(_KEPT_FOR))
    connection.execute(delete(renewals).where(renewals.c.session.in_(old)))
    connection.execute(delete(sessions).where(sessions.c.opened_at < at - span(_KEPT_FOR)))
    connection.execute(delete(revocations).where(revocations.c.until <= at))


def _digest(renewal: str) -> str:
    return hashlib.sha256(renewal.encode(errors="surrogatepass")).hexdigest()


def _token(jti: str) -> str:
    return f"token:{jti}"


def _session(id: str) -> str:
    return f"session:{id}"
