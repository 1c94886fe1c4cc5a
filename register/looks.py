"""Looks: which record was looked at in which entry, kept beside the ledger so that the readers of one are found.

In order:
1. What is kept follows from the entries alone, so it is not written with each: some entries later, all at once, for
   looks at the same records lie side by side, and a page of the store is then written once for many.
2. How far it is kept stands beside it; whoever asks for the readers of a record keeps the rest first.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from register.entry import ids_of, looked_at, said, tells_of_a_look
from register.tables import ledger, ledger_looks, meta

# So many entries are kept together at most, by one process.
TOGETHER = 64

_UNTIL = "looks until"
_FACT = select(meta.c.value).where(meta.c.key == _UNTIL)
_MOVE = update(meta).where(meta.c.key == _UNTIL).values(value=bindparam("until"))
_BEGIN = insert(meta)
_KEEP = insert(ledger_looks)
_LATER = (
    select(ledger.c.seq, ledger.c.at, ledger.c.kind, ledger.c.body, ledger.c.packed_ids)
    .where(ledger.c.seq > bindparam("until"))
    .order_by(ledger.c.seq)
)


def kept_until(connection: Connection) -> int | None:
    """Give the number of the last entry whose looks are kept; None if that is not said, or cannot be read."""
    told = connection.execute(_FACT).scalar_one_or_none()
    return int(told) if told is not None and told.isascii() and told.isdigit() and len(told) < 19 else None


def begin(connection: Connection, head: int) -> None:
    """Say, of a register that does not say it, that the looks of all its entries are kept: each came with its entry."""
    if connection.execute(_FACT).scalar_one_or_none() is None:
        connection.execute(_BEGIN, {"key": _UNTIL, "value": str(head)})


def keep(connection: Connection) -> None:
    """Keep the looks of every entry whose looks are not. The write lock is held."""
    rows = connection.execute(_LATER, {"until": kept_until(connection) or 0}).all()
    if not rows:
        return
    looks = sorted(look for row in rows for look in _looks(row))
    if looks:
        connection.execute(_KEEP, [{"record": record, "at": at, "seq": seq} for record, at, seq in looks])
    connection.execute(_MOVE, {"until": str(rows[-1].seq)})


def _looks(row: Row[*tuple[Any, ...]]) -> Iterator[tuple[str, int, int]]:
    if tells_of_a_look(row.kind):
        for record in looked_at(row.kind, ids_of(row, said(row))):
            yield record, row.at, row.seq
