"""Checking: the stored ledger against its chain, and all that stands beside an entry against the entry.

In order:
1. The chain itself (`register.chain`), from the first entry to the head that is kept apart.
2. What no hash covers: an entry's text is the canonical one, its columns and packed ids are those that it names.
3. The list of open intents is what the entries make of it, or a change would never be settled.
4. So is the list of which record was looked at in which entry, as far as it is kept, or a reader could be hidden.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from register import chain, looks
from register.chain import JSON, Fault, Link
from register.entry import EntryKind, ids_of, looked_at
from register.tables import ledger, ledger_looks, open_intents

ALL = select(ledger).order_by(ledger.c.seq)
LOOKS = select(ledger_looks)
_AT_ONCE = 1_000
_SUM = 2**256


def check(connection: Connection, head: tuple[int, str], progress: Callable[[int, int], None]) -> list[Fault]:
    """Read the ledger once and say all that is wrong with it, in order of place."""
    until = looks.kept_until(connection)
    reading = _Reading(-1 if until is None else until)

    def links() -> Iterator[Link]:
        for count, row in enumerate(connection.execute(ALL).yield_per(_AT_ONCE), start=1):
            yield reading.link(row)
            if count % _AT_ONCE == 0:
                progress(count, head[0])

    faults = {*chain.verify(links(), head), *reading.faults}
    kept = {row.seq: row.op_id for row in connection.execute(select(open_intents))}
    for seq, _ in kept.items() ^ reading.intents.items():
        faults.add(Fault(seq, "Whether its change was settled is kept wrongly."))
    summed = _summed(connection.execute(LOOKS).yield_per(_AT_ONCE))
    if until is None or until > head[0] or summed != reading.looks:
        faults.add(Fault(head[0], "Which record was looked at in which entry is kept wrongly."))
    progress(head[0], head[0])
    return sorted(faults, key=lambda fault: (fault.seq, fault.what))


@dataclass
class _Reading:
    """What has been read so far: what is wrong with single entries, and the intents without an outcome.

    Looks are kept of the entries up to `until`.
    """

    until: int
    faults: list[Fault] = field(default_factory=list)
    intents: dict[int, str] = field(default_factory=dict)
    looks: int = 0

    def link(self, row: Row[Any]) -> Link:
        """Read one entry, whatever is stored there."""
        body, problems = _read(row)
        self.faults.extend(Fault(row.seq, problem) for problem in problems)
        if row.kind == EntryKind.INTENT:
            self.intents[row.seq] = row.op_id
        elif row.kind == EntryKind.OUTCOME:
            oldest = next((seq for seq, op_id in self.intents.items() if op_id == row.op_id), None)
            if oldest is not None:
                del self.intents[oldest]
        if row.seq <= self.until:
            self.looks = (self.looks + _summed(_looks(row, body))) % _SUM
        return Link(row.seq, row.prev, row.at, row.kind, body, row.leaf)


def _looks(row: Row[Any], body: dict[str, JSON]) -> Iterator[tuple[str, int, int]]:
    """Give what should be kept of a look; one whose ids cannot be read is found at fault by its hashes."""
    with suppress(zlib.error, UnicodeDecodeError, KeyError, TypeError):
        for record in looked_at(row.kind, ids_of(row, body)):
            yield record, row.at, row.seq


def _summed(looks: Iterable[Iterable[object]]) -> int:
    """Give a sum over looks in any order; another look, or one less, gives another sum."""
    told = ("\x1f".join(map(str, look)).encode() for look in looks)
    return sum(int.from_bytes(hashlib.sha256(one).digest(), "big") for one in told) % _SUM


def _read(row: Row[Any]) -> tuple[dict[str, JSON], list[str]]:
    """Give an entry's body, with what is wrong with how it is stored: what its own hash does not cover."""
    problems = []
    try:
        body = json.loads(row.body)
        if not isinstance(body, dict) or chain.canonical(body).decode() != row.body:
            raise ValueError
    except (ValueError, RecursionError):
        return {}, ["Its text is not as the ledger writes it."]
    if (row.officer, row.enquiry, row.op_id) != (body.get("officer"), body.get("enquiry"), body.get("op_id")):
        problems.append("Its columns do not say what it says.")
    ids = body.get("ids")
    held = ids.get("packed_sha256") if isinstance(ids, dict) else None
    packed = hashlib.sha256(row.packed_ids).hexdigest() if row.packed_ids is not None else None
    if held != packed:
        problems.append("The ids beside it are not those that it names.")
    return body, problems
