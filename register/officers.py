"""Officers: their accounts and their secrets.

In order:
1. A password is kept as argon2id, a TOTP secret sealed under the state's key and bound to its officer.
2. For a name that nobody has there are credentials too, as costly to judge as any others.
3. Whoever is disabled or gets other secrets is signed out in the same transaction.
4. Secrets are an officer's own only if that officer set them last, in a session that went on until then.
5. A reset takes back every grant that waits for the account: it was meant for whoever had the secrets before. So does
   lowering what it holds.
6. Every change writes its entry on the ledger in its own transaction.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from auth.sealing import StateKeys
from register.attempts import begin
from register.ledger import Entry, Ledger
from register.reader import Reader
from register.sessions import Sessions, end_sessions
from register.tables import grants, micros, officers, own_secrets, sessions
from register.writer import Writer
from schemas.handling import Level
from schemas.officer import Officer
from schemas.pending import PendingState

_NEVER = -1
# What is unsealed for a name that nobody has: base32 of 160 bits like any other, and never accepted.
_NOBODYS_SECRET = "A" * 32

_SEEN = (
    officers.c.id,
    officers.c.name,
    officers.c.rank,
    officers.c.unit,
    officers.c.level,
    officers.c.compartments,
    officers.c.active,
)
ALL = select(*_SEEN).order_by(officers.c.id)
# Made once: building a statement costs more than asking it.
ONE = select(*_SEEN).where(officers.c.id == bindparam("of"))
CLOSE = update(officers).where(officers.c.id == bindparam("of"), officers.c.active).values(active=False)
CREDENTIALS = select(officers.c.password, officers.c.totp_secret, officers.c.active)

OWN = select(own_secrets.c.officer)
DISOWN = delete(own_secrets).where(own_secrets.c.officer == bindparam("of"))
TAKE_BACK = (
    update(grants)
    .where(grants.c.officer == bindparam("of"), grants.c.state == PendingState.OPEN.value)
    .values(state=PendingState.WITHDRAWN.value)
)
GOING_ON = select(sessions.c.id).where(
    sessions.c.id == bindparam("session"), sessions.c.officer == bindparam("of"), sessions.c.ended_at.is_(None)
)


class OfficerExists(Exception):
    """The id is taken."""


@dataclass(frozen=True, repr=False)
class Credentials:
    """What a sign-in is judged by; for a name that nobody has, `password` is None and `active` False."""

    password: str | None
    totp_secret: str
    active: bool


@dataclass(frozen=True, repr=False)
class NewAccount:
    """An account to be made: `password` as argon2id, `totp_secret` in base32."""

    officer: Officer
    password: str
    totp_secret: str


class Officers:
    """The accounts of one state's officers."""

    def __init__(
        self, writer: Writer, reader: Reader, ledger: Ledger, sessions: Sessions, keys: StateKeys, state: str
    ) -> None:
        """Stand on a register's writer, reader, ledger and sessions."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger
        self._sessions = sessions
        self._keys = keys
        self._state = state
        self._nobody = keys.seal(_NOBODYS_SECRET.encode(), _place(""))

    async def get(self, id: str) -> Officer | None:
        """Give an officer as the register knows them now."""
        return await self._reader.one(lambda connection: find(connection, self._state, id))

    async def list(self) -> list[Officer]:
        """Give all officers, in order of id."""
        rows = await self._reader.do(lambda connection: connection.execute(ALL).all())
        return [_officer(self._state, *row) for row in rows]

    async def add(self, new: NewAccount, *, at: datetime, by: str, entry: Entry) -> None:
        """Add an account. Raises OfficerExists."""

        def act(connection: Connection) -> None:
            if find(connection, self._state, new.officer.id) is not None:
                raise OfficerExists(new.officer.id)
            connection.execute(insert(officers).values(**self._row(new, at, by)))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def found(self, new: Sequence[NewAccount], *, at: datetime, by: str, entries: Sequence[Entry]) -> bool:
        """Add the first accounts; False, and nothing done, if there is an account already."""

        def act(connection: Connection) -> bool:
            if connection.execute(ALL.limit(1)).first() is not None:
                return False
            connection.execute(insert(officers), [self._row(account, at, by) for account in new])
            self._ledger.enter(connection, *entries)
            return True

        return await self._writer.do(act)

    async def disable(self, id: str, *, at: datetime, entry: Entry) -> bool:
        """Close an account and end its sessions; False if there is none that is open."""

        def act(connection: Connection) -> bool:
            still = connection.execute(CLOSE, {"of": id})
            if still.rowcount != 1:
                return False
            end_sessions(connection, id, at)
            self._ledger.enter(connection, entry)
            return True

        closed = await self._writer.do(act)
        self._sessions.look_again()
        return closed

    async def enable(self, id: str, *, rule: Callable[[Officer], None], entry: Entry) -> bool:
        """Open a closed account again unless the rule raises; False if there is none that is closed."""

        def act(connection: Connection) -> bool:
            officer = find(connection, self._state, id)
            if officer is None or officer.active:
                return False
            rule(officer)
            connection.execute(update(officers).where(officers.c.id == id).values(active=True))
            self._ledger.enter(connection, entry)
            return True

        return await self._writer.do(act)

    async def reset(self, new: NewAccount, *, at: datetime, rule: Callable[[Officer], None], entry: Entry) -> bool:
        """Give an account secrets from another, unless the rule raises; False if there is no account.

        Its sessions end, and so does what waits to be granted to it.
        """

        def act(connection: Connection) -> bool:
            officer = find(connection, self._state, new.officer.id)
            if officer is None:
                return False
            rule(officer)
            self._replace(connection, new, at)
            connection.execute(TAKE_BACK, {"of": officer.id})
            self._ledger.enter(connection, entry)
            return True

        done = await self._writer.do(act)
        self._sessions.look_again()
        return done

    async def lower(
        self, id: str, *, level: Level, without: Sequence[str], rule: Callable[[Officer], None], entry: Entry
    ) -> Officer | None:
        """Take from an account what is above a level, and compartments, unless the rule raises; None for no account.

        What waits to be granted to it is taken back.
        """

        def act(connection: Connection) -> Officer | None:
            officer = find(connection, self._state, id)
            if officer is None:
                return None
            rule(officer)
            held = {
                "level": int(min(officer.level, level)),
                "compartments": written([name for name in officer.compartments if name not in without]),
            }
            connection.execute(update(officers).where(officers.c.id == id).values(**held))
            connection.execute(TAKE_BACK, {"of": id})
            self._ledger.enter(connection, entry)
            return find(connection, self._state, id)

        return await self._writer.do(act)

    async def make_own(self, new: NewAccount, *, session: str, at: datetime, entry: Entry) -> bool:
        """Give an account the secrets that its officer chose and end its sessions; False if this one had ended."""

        def act(connection: Connection) -> bool:
            # Whoever proved themselves by secrets that were changed since must not change them back.
            if connection.execute(GOING_ON, {"session": session, "of": new.officer.id}).first() is None:
                return False
            self._replace(connection, new, at)
            connection.execute(insert(own_secrets).values(officer=new.officer.id))
            self._ledger.enter(connection, entry)
            return True

        done = await self._writer.do(act)
        self._sessions.look_again()
        return done

    async def with_own_secrets(self) -> frozenset[str]:
        """Give the ids of all officers whose secrets are their own."""
        return await self._reader.do(lambda connection: frozenset(connection.execute(OWN).scalars()))

    async def credentials(self, name: str) -> Credentials:
        """Give what a sign-in under this name is judged by, whether or not anybody has it."""
        statement = CREDENTIALS.where(officers.c.id == name)
        row = await self._reader.do(lambda connection: connection.execute(statement).one_or_none())
        if row is None:
            return Credentials(None, self._keys.unseal(self._nobody, _place("")).decode(), False)
        return Credentials(row.password, self._keys.unseal(row.totp_secret, _place(name)).decode(), row.active)

    async def begin_attempt(self, name: str, at: datetime) -> bool:
        """Count an attempt under a name's digest; False while the name is locked out, which counts for nothing."""
        return await self._writer.do(lambda connection: begin(connection, name, at))

    def _row(self, account: NewAccount, at: datetime, by: str) -> dict[str, Any]:
        officer = account.officer
        if officer.state != self._state:
            raise ValueError("An officer is registered in their own state.")
        return {
            "id": officer.id,
            "name": officer.name,
            "rank": officer.rank.value,
            "unit": officer.unit,
            "level": int(officer.level),
            "compartments": written(officer.compartments),
            "active": officer.active,
            "added_at": micros(at),
            "added_by": by,
            **self._secrets(account),
        }

    def _replace(self, connection: Connection, new: NewAccount, at: datetime) -> None:
        """Give an account other secrets, nobody's own as yet, and end what was begun with the old ones."""
        connection.execute(update(officers).where(officers.c.id == new.officer.id).values(**self._secrets(new)))
        connection.execute(DISOWN, {"of": new.officer.id})
        end_sessions(connection, new.officer.id, at)

    def _secrets(self, account: NewAccount) -> dict[str, Any]:
        sealed = self._keys.seal(account.totp_secret.encode(), _place(account.officer.id))
        return {"password": account.password, "totp_secret": sealed, "totp_step": _NEVER}


def find(connection: Connection, state: str, id: str) -> Officer | None:
    """Give an officer inside a transaction."""
    row = connection.execute(ONE, {"of": id}).one_or_none()
    return None if row is None else _officer(state, *row)


def written(compartments: Sequence[str]) -> str:
    """Write names of compartments as the register keeps them."""
    return json.dumps(sorted(set(compartments)))


def read(compartments: str) -> tuple[str, ...]:
    """Read names of compartments."""
    return tuple(json.loads(compartments))


@lru_cache(maxsize=4096)
def _officer(
    state: str, id: str, name: str, rank: str, unit: str, level: int, compartments: str, active: bool
) -> Officer:
    """Give the officer that a row means; equal rows mean equal officers, so each is checked once."""
    return Officer.model_validate(
        {
            "id": id,
            "name": name,
            "state": state,
            "rank": rank,
            "unit": unit,
            "level": level,
            "compartments": read(compartments),
            "active": active,
        }
    )


def _place(id: str) -> bytes:
    return f"officers.totp_secret/{id}".encode()
