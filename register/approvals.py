"""Approvals: grants of level and compartments that wait for a second officer.

In order:
1. A grant changes nothing until it is confirmed, within seven days of its proposal.
2. Whoever proposed it, and whom it is for, never confirm it.
3. At the confirmation all three accounts are read again under the write lock, and the rule is asked then.
4. It is confirmed once, whoever else tries at the same moment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from register.ledger import Entry, Ledger
from register.officers import find, read, written
from register.reader import Reader
from register.tables import confirmations, micros, moment, officers
from register.writer import Writer
from schemas.handling import Level
from schemas.officer import Officer

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Proposal:
    """A grant that waits: what the officer would hold besides what they hold."""

    id: str
    officer: str
    level: Level
    compartments: tuple[str, ...]
    grantor: str
    proposed_at: datetime
    expires_at: datetime


Rule = Callable[[Proposal, Officer, Officer, Officer], None]
"""Raises unless grantor, second and the officer, as they are now, make the proposal good."""


class Approvals:
    """What waits for a second officer of one state."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger, state: str) -> None:
        """Stand on a register's writer, reader and ledger."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger
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
            connection.execute(insert(confirmations).values(**_row(proposal)))
            self._ledger.enter(connection, entry)
            return proposal

        return await self._writer.do(act)

    async def pending(self, *, at: datetime) -> list[Proposal]:
        """Give what waits and has not expired, oldest first."""
        statement = WAITING.where(confirmations.c.expires_at > micros(at)).order_by(
            confirmations.c.proposed_at, confirmations.c.id
        )
        rows = await self._reader.do(lambda connection: connection.execute(statement).all())
        return [_proposal(row) for row in rows]

    async def confirm(
        self, id: str, *, second: str, at: datetime, rule: Rule, entry: Callable[[Proposal], Entry]
    ) -> Officer | None:
        """Confirm a grant and give the officer as they are then; None if nothing waits under this id for this second.

        Raises what the rule raises, and then nothing has changed.
        """

        def act(connection: Connection) -> Officer | None:
            waiting = WAITING.where(confirmations.c.id == id, confirmations.c.expires_at > micros(at))
            row = connection.execute(waiting).one_or_none()
            if row is None or second in (row.grantor, row.officer):
                return None
            proposal = _proposal(row)
            first, other, officer = (find(connection, self._state, who) for who in (row.grantor, second, row.officer))
            if first is None or other is None or officer is None:
                return None
            rule(proposal, first, other, officer)
            self._carry_out(connection, proposal, officer, second, at)
            self._ledger.enter(connection, entry(proposal))
            return find(connection, self._state, row.officer)

        return await self._writer.do(act)

    def _carry_out(
        self, connection: Connection, proposal: Proposal, officer: Officer, second: str, at: datetime
    ) -> None:
        connection.execute(
            update(confirmations)
            .where(confirmations.c.id == proposal.id)
            .values(confirmed_by=second, confirmed_at=micros(at))
        )
        connection.execute(
            update(officers)
            .where(officers.c.id == officer.id)
            .values(
                level=int(max(officer.level, proposal.level)),
                compartments=written((*officer.compartments, *proposal.compartments)),
            )
        )


WAITING = select(confirmations).where(confirmations.c.confirmed_by.is_(None))


def _row(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "officer": proposal.officer,
        "level": int(proposal.level),
        "compartments": written(proposal.compartments),
        "grantor": proposal.grantor,
        "proposed_at": micros(proposal.proposed_at),
        "expires_at": micros(proposal.expires_at),
    }


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        row.id,
        row.officer,
        Level(row.level),
        read(row.compartments),
        row.grantor,
        moment(row.proposed_at),
        moment(row.expires_at),
    )
