"""Grants of level and compartments that wait for a second officer, or waited for one.

In order:
1. A grant changes nothing until it is confirmed, within seven days of its proposal.
2. Whoever proposed it, and whom it is for, never settle it, but that its grantor takes it back.
3. When it is settled all three accounts are read again under the write lock, and the rule is asked then.
4. It is settled once, whoever else tries at the same moment.
5. Why one was declined lies sealed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from auth.sealing import StateKeys
from register.ledger import Entry, Ledger
from register.officers import find, read, written
from register.reader import Reader
from register.tables import grants, micros, moment, officers
from register.writer import Writer
from schemas.handling import Level
from schemas.officer import Officer
from schemas.pending import PendingState

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Proposal:
    """A grant that waits or waited: what the officer would hold besides what they hold."""

    id: str
    officer: str
    level: Level
    compartments: tuple[str, ...]
    grantor: str
    proposed_at: datetime
    expires_at: datetime
    state: PendingState = PendingState.OPEN
    settled_by: str | None = None
    settled_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Settling:
    """How a grant is settled, by whom, when, and why if that is said."""

    becoming: PendingState
    by: str
    at: datetime
    reason: str | None = None


Rule = Callable[[Proposal, Officer, Officer, Officer], None]
"""Raises unless grantor, whoever settles it and the officer, as they are now, let it be settled."""


class Approvals:
    """The grants of one state."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger, keys: StateKeys, state: str) -> None:
        """Stand on a register's writer, reader and ledger; reasons lie sealed."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger
        self._keys = keys
        self._state = state

    async def propose(
        self,
        id: str,
        *,
        grantor: str,
        officer: str,
        level: Level,
        compartments: Sequence[str],
        at: datetime,
        entry: Entry,
    ) -> Proposal:
        """Let a grant wait for its second officer."""
        proposal = Proposal(id, officer, level, tuple(sorted(set(compartments))), grantor, at, at + LIFETIME)

        def act(connection: Connection) -> Proposal:
            connection.execute(insert(grants).values(**_row(proposal)))
            self._ledger.enter(connection, entry)
            return proposal

        return await self._writer.do(act)

    async def get(self, id: str, *, at: datetime) -> tuple[Proposal, Officer] | None:
        """Give a grant as it stands now, with its grantor as they are now."""

        def look(connection: Connection) -> tuple[Proposal, Officer] | None:
            row = connection.execute(ALL.where(grants.c.id == id)).one_or_none()
            grantor = find(connection, self._state, row.grantor) if row is not None else None
            return None if row is None or grantor is None else (self._proposal(row, at), grantor)

        return await self._reader.do(look)

    async def pending(self, *, at: datetime) -> list[tuple[Proposal, Officer]]:
        """Give what waits and has not expired, oldest first, each with its grantor as they are now."""
        statement = WAITING.where(grants.c.expires_at > micros(at)).order_by(grants.c.proposed_at, grants.c.id)

        def look(connection: Connection) -> list[tuple[Proposal, Officer]]:
            rows = connection.execute(statement).all()
            both = ((self._proposal(row, at), find(connection, self._state, row.grantor)) for row in rows)
            return [(proposal, grantor) for proposal, grantor in both if grantor is not None]

        return await self._reader.do(look)

    async def settle(
        self, id: str, settling: Settling, *, rule: Rule, entry: Callable[[Proposal], Entry]
    ) -> Officer | None:
        """Settle a grant and give the officer as they are then; None if nothing waits under this id for whom settles.

        Raises what the rule raises, and then nothing has changed.
        """
        at, by = settling.at, settling.by

        def act(connection: Connection) -> Officer | None:
            waiting = WAITING.where(grants.c.id == id, grants.c.expires_at > micros(at))
            row = connection.execute(waiting).one_or_none()
            if row is None or not _may_settle(row, settling):
                return None
            proposal = self._proposal(row, at)
            first, other, officer = (find(connection, self._state, who) for who in (row.grantor, by, row.officer))
            if first is None or other is None or officer is None:
                return None
            rule(proposal, first, other, officer)
            settled = {"state": settling.becoming.value, "settled_by": by, "settled_at": micros(at)}
            reason = None if settling.reason is None else self._keys.seal(settling.reason.encode(), _place(id))
            connection.execute(update(grants).where(grants.c.id == id).values(reason=reason, **settled))
            if settling.becoming is PendingState.APPROVED:
                _raise(connection, proposal, officer)
            self._ledger.enter(connection, entry(proposal))
            return find(connection, self._state, row.officer)

        return await self._writer.do(act)

    async def expire(self, *, at: datetime, entry: Callable[[int], Entry]) -> int:
        """End what waited too long, with an entry if there is any; give its number."""
        late = (grants.c.state == PendingState.OPEN.value, grants.c.expires_at <= micros(at))

        def act(connection: Connection) -> int:
            ended = {"state": PendingState.EXPIRED.value, "settled_at": micros(at)}
            number = connection.execute(update(grants).where(*late).values(**ended)).rowcount
            if number:
                self._ledger.enter(connection, entry(number))
            return number

        there = await self._reader.do(lambda connection: connection.execute(select(grants.c.id).where(*late)).first())
        return await self._writer.do(act) if there else 0

    def _proposal(self, row: Row[Any], at: datetime) -> Proposal:
        state, expires_at = PendingState(row.state), moment(row.expires_at)
        if state is PendingState.OPEN and expires_at <= at:
            state = PendingState.EXPIRED
        return Proposal(
            row.id,
            row.officer,
            Level(row.level),
            read(row.compartments),
            row.grantor,
            moment(row.proposed_at),
            expires_at,
            state,
            row.settled_by,
            None if row.settled_at is None else moment(row.settled_at),
            None if row.reason is None else self._keys.unseal(row.reason, _place(row.id)).decode(),
        )


ALL = select(grants)
WAITING = ALL.where(grants.c.state == PendingState.OPEN.value)


def _may_settle(row: Row[Any], settling: Settling) -> bool:
    if settling.becoming is PendingState.WITHDRAWN:
        return bool(settling.by == row.grantor)
    return settling.by not in (row.grantor, row.officer)


def _raise(connection: Connection, proposal: Proposal, officer: Officer) -> None:
    held = {
        "level": int(max(officer.level, proposal.level)),
        "compartments": written((*officer.compartments, *proposal.compartments)),
    }
    connection.execute(update(officers).where(officers.c.id == officer.id).values(**held))


def _place(id: str) -> bytes:
    return f"reason of {id}".encode()


def _row(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "officer": proposal.officer,
        "level": int(proposal.level),
        "compartments": written(proposal.compartments),
        "grantor": proposal.grantor,
        "proposed_at": micros(proposal.proposed_at),
        "expires_at": micros(proposal.expires_at),
        "state": proposal.state.value,
    }
