"""The ledger: every look, refusal and change, durable before the answer leaves.

In order:
1. An entry is appended under the register's write lock, where the head is read again: several processes, one chain.
2. What waits at one moment is one transaction (group commit); a caller goes on after the commit.
3. A long list of ids lies beside the entry, packed; the entry holds its count and both of its hashes.
4. Which records a look disclosed is kept beside it (`register.looks`), so that the readers of one are found.
5. An INTENT stays open until it has an OUTCOME: each ends one of the same operation, the oldest. Two requests with one
   idempotency key are two attempts at one operation, and what came of one says nothing of the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from register import chain, looks
from register.chain import JSON, Fault
from register.checking import check
from register.entry import Entry, EntryKind, UnsettledIntent, Written, packed, said, tells_of_a_look, written
from register.reader import Reader
from register.tables import ledger, ledger_head, ledger_looks, micros, moment, open_intents
from register.writer import Writer
from schemas.operation import Clock

__all__ = ["Entry", "EntryKind", "Fault", "Ledger", "UnsettledIntent", "Written"]

LONGEST_PAGE = 1_000


@dataclass(frozen=True)
class _Ready:
    """An entry whose bytes are already known but for its place in the chain."""

    entry: Entry
    at: int
    body: bytes
    packed: bytes | None


def _silently(read: int, kept: int) -> None:
    """Take word of progress and tell nobody."""


class Ledger:
    """The one chain of a register."""

    def __init__(self, writer: Writer, reader: Reader, clock: Clock) -> None:
        """Write through the register's writer; entries get their time from the clock."""
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._later = 0  # looks that are still to be kept, of entries of this process

    async def append(self, entry: Entry) -> int:
        """Write an entry and give its number, durably. Raises RegisterUnavailable; ValueError for what JSON lacks."""
        return await self._writer.join(self._append, self._ready(entry))

    def enter(self, connection: Connection, *entries: Entry) -> None:
        """Write entries inside a change of the register, so that neither stands without the other."""
        self._append(connection, [self._ready(entry) for entry in entries])

    def begin(self, connection: Connection) -> None:
        """Say of a register that was made before how far its looks are kept."""
        looks.begin(connection, _head(connection)[0])

    async def head(self) -> tuple[int, str]:
        """Give the number of entries and the leaf of the last, in hex."""
        return await self._reader.do(_head)

    async def unsettled(self) -> list[UnsettledIntent]:
        """Give the intents without an outcome, oldest first."""
        rows = await self._reader.do(lambda connection: connection.execute(UNSETTLED).all())
        return [
            UnsettledIntent(row.op_id, row.seq, moment(row.at), row.officer, row.enquiry, said(row)["operation"])
            for row in rows
        ]

    async def search(
        self, *, officer: str | None = None, enquiry: str | None = None, first: int = 50, before: int | None = None
    ) -> list[Written]:
        """Give entries, newest first, of an officer or an enquiry, that stand before a number."""
        statement = _searched(officer, enquiry, min(first, LONGEST_PAGE), before)
        rows = await self._reader.do(lambda connection: connection.execute(statement).all())
        return [written(row) for row in rows]

    async def looks(self, record: str, *, first: int, after: tuple[datetime, int] | None) -> list[Written]:
        """Give the looks that disclosed a record, newest first, after so many (the newest) of those of a moment."""
        if await self._reader.do(lambda connection: _head(connection)[0] != looks.kept_until(connection)):
            await self._writer.do(looks.keep)
        of, skipped = ledger_looks.c, 0
        statement = _LOOKED.where(of.record == record)
        if after is not None:
            statement, skipped = statement.where(of.at <= micros(after[0])), after[1]
        statement = statement.order_by(of.at.desc(), of.seq.desc()).offset(skipped).limit(first)
        rows = await self._reader.do(lambda connection: connection.execute(statement).all())
        return [written(row) for row in rows]

    async def verify(self, progress: Callable[[int, int], None] = _silently) -> list[Fault]:
        """Read the ledger once, as of now, and say all that is wrong with it, in order of place.

        `progress` is told (entries read, entries kept count of), from another thread.
        """
        return await self._reader.do(lambda connection: check(connection, _head(connection), progress))

    def _append(self, connection: Connection, batch: list[_Ready]) -> list[int]:
        """Write entries at the end of the chain, in their order, and give their numbers. The write lock is held."""
        numbers = _append(connection, batch)
        self._later += sum(tells_of_a_look(ready.entry.kind) for ready in batch)
        if self._later >= looks.TOGETHER:
            looks.keep(connection)
            self._later = 0
        return numbers

    def _ready(self, entry: Entry) -> _Ready:
        beside, ids = packed(entry.ids)
        body: dict[str, JSON] = {
            "officer": entry.officer,
            "enquiry": entry.enquiry,
            "purpose": entry.purpose,
            "operation": entry.operation,
            "variables": entry.variables,
            "ids": ids,
            "code": entry.code,
            "op_id": entry.op_id,
        }
        return _Ready(entry, micros(self._clock()), chain.canonical(body), beside)


UNSETTLED = (
    select(open_intents.c.op_id, ledger.c.seq, ledger.c.at, ledger.c.officer, ledger.c.enquiry, ledger.c.body)
    .join(ledger, ledger.c.seq == open_intents.c.seq)
    .order_by(ledger.c.seq)
)
_LOOKED = select(ledger).join(ledger_looks, ledger_looks.c.seq == ledger.c.seq)
_HEAD = select(ledger_head.c.seq, ledger_head.c.leaf)
# Made once: building a statement costs more than carrying it out.
_WRITE = insert(ledger)
_MOVE_HEAD = update(ledger_head).values(seq=bindparam("at"), leaf=bindparam("last"))
_OPEN = insert(open_intents)
_OLDEST = select(func.min(open_intents.c.seq)).where(open_intents.c.op_id == bindparam("of"))
CLOSE = delete(open_intents).where(open_intents.c.seq == _OLDEST.scalar_subquery())


def _head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(_HEAD).one()
    return row.seq, row.leaf


def _append(connection: Connection, batch: list[_Ready]) -> list[int]:
    seq, last = _head(connection)
    first = seq + 1
    rows = []
    for ready in batch:
        row, last = _row(ready, seq := seq + 1, last)
        rows.append(row)
    connection.execute(_WRITE, rows)
    connection.execute(_MOVE_HEAD, {"at": seq, "last": last})
    _keep_intents(connection, rows)
    return list(range(first, seq + 1))


def _row(ready: _Ready, seq: int, prev: str) -> tuple[dict[str, Any], str]:
    kind = ready.entry.kind.value
    leaf = chain.leaf_of(seq, prev, ready.at, kind, ready.body).hex()
    entry = ready.entry
    row = {
        "seq": seq,
        "prev": prev,
        "leaf": leaf,
        "at": ready.at,
        "kind": kind,
        "body": ready.body.decode(),
        "packed_ids": ready.packed,
        "officer": entry.officer,
        "enquiry": entry.enquiry,
        "op_id": entry.op_id,
    }
    return row, leaf


def _keep_intents(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Open what these entries begin and close what they end, in their order."""
    for row in rows:
        if row["kind"] == EntryKind.INTENT:
            connection.execute(_OPEN, {"seq": row["seq"], "op_id": row["op_id"]})
        elif row["kind"] == EntryKind.OUTCOME:
            connection.execute(CLOSE, {"of": row["op_id"]})


def _searched(officer: str | None, enquiry: str | None, first: int, before: int | None) -> Select[Any]:
    statement = select(ledger)
    if officer is not None:
        statement = statement.where(ledger.c.officer == officer)
    if enquiry is not None:
        statement = statement.where(ledger.c.enquiry == enquiry)
    if before is not None:
        statement = statement.where(ledger.c.seq < before)
    return statement.order_by(ledger.c.seq.desc()).limit(first)
