"""Changes that wait for a second officer: who asked, who may decide, and what was decided, once.

In order:
1. A row holds no word of the change itself: that lies in the graph, and the row has its digest.
2. A step of a change (asking, approving, declining, withdrawing) is claimed under the write lock, with its INTENT.
   While it crosses the stores no other step begins; its OUTCOME and the state that it leads to are written together.
3. When a step is claimed, both officers and the author's enquiry are read again under that lock, and the rule is asked.
4. What has expired is decided no more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from auth.sealing import StateKeys
from register.enquiries import find as find_enquiry
from register.ledger import Entry, Ledger
from register.officers import find
from register.reader import Reader
from register.tables import micros, moment, pending_changes
from register.writer import Writer
from schemas.enquiry import Enquiry
from schemas.officer import Officer, Rank
from schemas.pending import PendingAct, PendingState

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Pending:
    """A change that waits or waited.

    `rank` is the least that may decide, `level` and `compartment` ('' for none) are what one must hold to see it, and
    `makes` is the id of what it would record or change. `reason` is why it was declined.
    """

    id: str
    act: PendingAct
    digest: str
    author: str
    enquiry: str
    rank: Rank
    level: int
    compartment: str
    makes: str
    asked_at: datetime
    expires_at: datetime
    state: PendingState = PendingState.OPEN
    settled_by: str | None = None
    settled_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Standing:
    """A change with its author as they are now; `moving` says that a step of it is crossing the stores."""

    change: Pending
    author: Officer
    moving: bool


@dataclass(frozen=True)
class Step:
    """One step of a change: its operation, the state that it leads to, who takes it, when, and why if that is said."""

    op_id: str
    becoming: PendingState
    by: str
    at: datetime
    reason: str | None = None


Rule = Callable[[Pending, Officer, Enquiry, Officer], None]
"""Raises unless author, the author's enquiry and whoever takes the step, as they are now, let it be taken."""


class PendingChanges:
    """What waits for a second officer of one state."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger, keys: StateKeys, state: str) -> None:
        """Stand on a register's writer, reader and ledger; reasons lie sealed."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger
        self._keys = keys
        self._state = state

    async def ask(self, change: Pending, op_id: str, *, entry: Entry) -> bool:
        """Put a change on the register with its INTENT; it waits once `end` says that the graph has it.

        False if there is one of its id already; then nothing is written.
        """

        def act(connection: Connection) -> bool:
            if connection.execute(ALL.where(pending_changes.c.id == change.id)).one_or_none() is not None:
                return False
            row = {**_row(change), "op_id": op_id, "becoming": PendingState.OPEN.value}
            connection.execute(insert(pending_changes).values(**row))
            self._ledger.enter(connection, entry)
            return True

        return await self._writer.do(act)

    async def begin(self, id: str, step: Step, *, rule: Rule, entry: Entry) -> bool:
        """Claim a change for one step, with its INTENT; False if it does not wait, or another step is being taken.

        Raises what the rule raises, and then nothing is claimed.
        """

        def act(connection: Connection) -> bool:
            row = connection.execute(ALL.where(pending_changes.c.id == id, *_open(step.at))).one_or_none()
            if row is None:
                return False
            change = self._pending(row, step.at)
            author, enquiry = find(connection, self._state, change.author), find_enquiry(connection, change.enquiry)
            who = find(connection, self._state, step.by)
            if author is None or enquiry is None or who is None:
                return False
            rule(change, author, enquiry, who)
            claimed = {"op_id": step.op_id, "becoming": step.becoming.value, **self._taken(id, step)}
            connection.execute(update(pending_changes).where(pending_changes.c.id == id).values(**claimed))
            self._ledger.enter(connection, entry)
            return True

        return await self._writer.do(act)

    async def taken(self, id: str, step: Step, *, entry: Entry) -> None:
        """Write the OUTCOME of a step that was carried out, and the state that it led to.

        The graph has it, so the row has it too, even if somebody took this step for dead meanwhile.
        """

        def act(connection: Connection) -> None:
            waits = (pending_changes.c.id == id, pending_changes.c.state == PendingState.OPEN.value)
            settled = {"state": step.becoming.value, "op_id": None, "becoming": None, **self._taken(id, step)}
            connection.execute(update(pending_changes).where(*waits).values(**settled))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def end(self, op_id: str, *, done: bool, entry: Entry, id: str | None = None) -> None:
        """Write the OUTCOME of a step, and the state that it led to if it was done.

        `id` names the change where the operation alone may not: two requests under one key are one operation.
        """

        def act(connection: Connection) -> None:
            of = [pending_changes.c.op_id == op_id, *([] if id is None else [pending_changes.c.id == id])]
            if done:
                settled = {"state": pending_changes.c.becoming, "op_id": None, "becoming": None}
                connection.execute(update(pending_changes).where(*of).values(**settled))
            else:
                asked = pending_changes.c.becoming == PendingState.OPEN.value
                connection.execute(delete(pending_changes).where(*of, asked))
                connection.execute(update(pending_changes).where(*of).values(**_UNCLAIMED))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def get(self, id: str, *, at: datetime) -> Standing | None:
        """Give a change as it stands now; None for one that there is not, or that is only being asked."""
        return await self._reader.do(lambda connection: self._one(connection, id, at))

    async def waiting(self, *, at: datetime, after: tuple[datetime, str] | None, first: int) -> list[Standing]:
        """Give changes that wait, oldest first, after one that was asked at a moment under an id."""
        statement = ALL.where(*_open(at)).order_by(pending_changes.c.asked_at, pending_changes.c.id).limit(first)
        if after is not None:
            asked, id = micros(after[0]), after[1]
            same = and_(pending_changes.c.asked_at == asked, pending_changes.c.id > id)
            statement = statement.where(or_(pending_changes.c.asked_at > asked, same))

        def look(connection: Connection) -> list[Standing]:
            rows = connection.execute(statement).all()
            return [one for row in rows if (one := self._standing(connection, row, at)) is not None]

        return await self._reader.do(look)

    async def expired(self, *, at: datetime) -> list[str]:
        """Give the ids of changes that waited too long and are not yet ended, in order."""
        late = (pending_changes.c.expires_at <= micros(at), *_IDLE)
        statement = select(pending_changes.c.id).where(*late).order_by(pending_changes.c.id)
        return list(await self._reader.do(lambda connection: connection.execute(statement).scalars().all()))

    async def expire(self, ids: Sequence[str], *, at: datetime, entry: Entry) -> None:
        """End changes that waited too long."""

        def act(connection: Connection) -> None:
            late = (pending_changes.c.id.in_(ids), pending_changes.c.expires_at <= micros(at), *_IDLE)
            ended = {"state": PendingState.EXPIRED.value, "settled_at": micros(at)}
            connection.execute(update(pending_changes).where(*late).values(**ended))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    def _one(self, connection: Connection, id: str, at: datetime) -> Standing | None:
        row = connection.execute(ALL.where(pending_changes.c.id == id)).one_or_none()
        if row is None or row.becoming == PendingState.OPEN.value:
            return None
        return self._standing(connection, row, at)

    def _standing(self, connection: Connection, row: Row[Any], at: datetime) -> Standing | None:
        author = find(connection, self._state, row.author)
        return None if author is None else Standing(self._pending(row, at), author, row.op_id is not None)

    def _pending(self, row: Row[Any], at: datetime) -> Pending:
        state, open = PendingState(row.state), row.state == PendingState.OPEN.value
        if open and moment(row.expires_at) <= at:
            state = PendingState.EXPIRED
        # Nobody has settled yet what is only being settled.
        settled_by, settled_at = (None, None) if open else (row.settled_by, row.settled_at)
        sealed = None if open else row.reason
        return Pending(
            id=row.id,
            act=PendingAct(row.act),
            digest=row.digest,
            author=row.author,
            enquiry=row.enquiry,
            rank=Rank(row.rank),
            level=row.level,
            compartment=row.compartment,
            makes=row.makes,
            asked_at=moment(row.asked_at),
            expires_at=moment(row.expires_at),
            state=state,
            settled_by=settled_by,
            settled_at=None if settled_at is None else moment(settled_at),
            reason=None if sealed is None else self._keys.unseal(sealed, _place(row.id)).decode(),
        )

    def _taken(self, id: str, step: Step) -> dict[str, Any]:
        sealed = self._sealed(id, step.reason)
        return {"settled_by": step.by, "settled_at": micros(step.at), "reason": sealed}

    def _sealed(self, id: str, reason: str | None) -> bytes | None:
        return None if reason is None else self._keys.seal(reason.encode(), _place(id))


ALL = select(pending_changes)
_IDLE = (pending_changes.c.state == PendingState.OPEN.value, pending_changes.c.op_id.is_(None))
_UNCLAIMED = {"op_id": None, "becoming": None, "settled_by": None, "settled_at": None, "reason": None}


def _open(at: datetime) -> tuple[Any, ...]:
    return (pending_changes.c.expires_at > micros(at), *_IDLE)


def _place(id: str) -> bytes:
    return f"reason of {id}".encode()


def _row(change: Pending) -> dict[str, Any]:
    return {
        "id": change.id,
        "act": change.act.value,
        "digest": change.digest,
        "author": change.author,
        "enquiry": change.enquiry,
        "rank": change.rank.value,
        "level": change.level,
        "compartment": change.compartment,
        "makes": change.makes,
        "state": change.state.value,
        "asked_at": micros(change.asked_at),
        "expires_at": micros(change.expires_at),
    }
