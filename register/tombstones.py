"""Tombstones: what was purged, by id alone, so that it is known again wherever it comes back from.

In order:
1. A tombstone is begun with the INTENT of its purge, before anything is destroyed: whoever finds one that is not signed
   goes on with that purge.
2. It is signed, by the key that signs for the node, together with the OUTCOME, when nothing of the record is left.
3. It says which record, why and when; never what the record said.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from register.chain import canonical
from register.ledger import Entry, Ledger
from register.reader import Reader
from register.tables import micros, moment, tombstones
from register.writer import Writer


class Because(StrEnum):
    """Why a record was purged: nobody renewed it, it was withdrawn, or what it hung on was purged."""

    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"
    ATTACHED = "ATTACHED"


@dataclass(frozen=True)
class Tombstone:
    """One record that is purged, or about to be; `kid` and `signature` are there once nothing of it is left."""

    id: str
    because: Because
    op_id: str
    begun_at: datetime
    purged_at: datetime | None = None
    kid: str | None = None
    signature: bytes | None = None

    def signed_bytes(self, purged_at: datetime) -> bytes:
        """Give what is signed: the same bytes wherever they are made."""
        said = {"id": self.id, "because": self.because.value, "purged_at": micros(purged_at)}
        return canonical({"sangam": "tombstone/1", **said})


Sign = Callable[[bytes], tuple[str, bytes]]
"""Gives the name of the key that signs now, and its signature."""


class Tombstones:
    """The tombstones of one state's register."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger) -> None:
        """Stand on a register's writer, reader and ledger."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger

    async def begin(self, new: Sequence[Tombstone], *, entry: Entry) -> None:
        """Begin tombstones with the INTENT of their purge; one that stands already stays as it is."""

        def act(connection: Connection) -> None:
            _added(connection, new)
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def sign(self, op_id: str, gone: Collection[str], sign: Sign, *, at: datetime, entry: Entry) -> None:
        """Sign those of one purge whose records are gone, with its OUTCOME; what was left after all gets none."""

        def act(connection: Connection) -> None:
            of = (tombstones.c.op_id == op_id, _UNSIGNED)
            for one in [_tombstone(row) for row in connection.execute(ALL.where(*of).order_by(tombstones.c.id))]:
                if one.id not in gone:
                    connection.execute(delete(tombstones).where(tombstones.c.id == one.id))
                    continue
                kid, signature = sign(one.signed_bytes(at))
                said = {"purged_at": micros(at), "kid": kid, "signature": signature}
                connection.execute(update(tombstones).where(tombstones.c.id == one.id).values(**said))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def unsigned(self) -> list[Tombstone]:
        """Give those whose purge was begun and not brought to its end, in order of id."""
        return await self._all(_UNSIGNED)

    async def all(self) -> list[Tombstone]:
        """Give every tombstone, in order of id."""
        return await self._all()

    async def put(self, stones: Sequence[Tombstone]) -> None:
        """Put tombstones here as they stood elsewhere; one that stands already stays as it is."""
        await self._writer.do(lambda connection: _added(connection, stones))

    async def _all(self, *of: Any) -> list[Tombstone]:
        statement = ALL.where(*of).order_by(tombstones.c.id)
        rows = await self._reader.do(lambda connection: connection.execute(statement).all())
        return [_tombstone(row) for row in rows]


ALL = select(tombstones)
_UNSIGNED = tombstones.c.signature.is_(None)


def _added(connection: Connection, stones: Iterable[Tombstone]) -> None:
    known = set(connection.execute(select(tombstones.c.id)).scalars())
    if rows := [_row(one) for one in stones if one.id not in known]:
        connection.execute(insert(tombstones), rows)


def _tombstone(row: Row[Any]) -> Tombstone:
    return Tombstone(
        id=row.id,
        because=Because(row.because),
        op_id=row.op_id,
        begun_at=moment(row.begun_at),
        purged_at=None if row.purged_at is None else moment(row.purged_at),
        kid=row.kid,
        signature=row.signature,
    )


def _row(one: Tombstone) -> dict[str, Any]:
    return {
        "id": one.id,
        "because": one.because.value,
        "op_id": one.op_id,
        "begun_at": micros(one.begun_at),
        "purged_at": None if one.purged_at is None else micros(one.purged_at),
        "kid": one.kid,
        "signature": one.signature,
    }
