"""Reading the ledger: an auditor sees who looked, when and why, and his own look is on it too.

In order:
1. Only an auditor reads it, and every try stands on it.
2. His post sees no records, so no id of one leaves: a row tells how many were disclosed.
3. No row tells its place in the whole: a page goes on from a cursor that is sealed for its reader and his question,
   and is of one length wherever it stands.
"""

from dataclasses import dataclass
from datetime import datetime

from auth.sealing import CursorRefused, StateKeys
from desk.errors import BadInput, Refused, Unavailable
from register.chain import JSON
from register.ledger import Entry, EntryKind, Written
from register.store import Register, RegisterUnavailable
from schemas.errors import FieldProblem
from schemas.officer import Officer, Rank

_PLACE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as an auditor reads it: who, when, why, what, and how many ids it disclosed."""

    at: datetime
    kind: EntryKind
    officer: str | None
    enquiry: str | None
    purpose: str | None
    operation: str
    disclosed: int
    code: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and the cursor to go on from; None after a page that is not full."""

    rows: tuple[Row, ...]
    next: str | None


async def search(
    register: Register,
    reader: Officer,
    *,
    officer: str | None,
    enquiry: str | None,
    first: int,
    after: str | None,
    at: datetime,
) -> Page:
    """Give entries, newest first, to an auditor; raise Refused to anybody else, BadInput for another's cursor.

    Raise Unavailable without its own entry.
    """
    bound = "\x1f".join(("search ledger", reader.id, officer or "", enquiry or "")).encode()
    asked: dict[str, JSON] = {"officer": officer, "enquiry": enquiry, "first": first, "at": at.isoformat()}
    try:
        if not reader.active or reader.rank is not Rank.AUDITOR:
            await register.ledger.append(_entry(reader, EntryKind.REFUSAL, asked, "NOT_AN_AUDITOR"))
            raise Refused("NOT_AN_AUDITOR", "The ledger is read by an auditor.")
        try:
            before = _unsealed(register.keys, after, bound)
        except CursorRefused as problem:
            await register.ledger.append(_entry(reader, EntryKind.LOOK, asked, "BAD_INPUT"))
            raise BadInput([_ANOTHERS]) from problem
        found = await register.ledger.search(officer=officer, enquiry=enquiry, first=first, before=before)
        await register.ledger.append(_entry(reader, EntryKind.LOOK, {**asked, "before": before}, "OK"))
    except RegisterUnavailable as problem:
        raise Unavailable("The ledger cannot be read and written, so there is no answer.") from problem
    full = len(found) == first
    return Page(tuple(map(_row, found)), _sealed(register.keys, found[-1].seq, bound) if full else None)


_ANOTHERS = FieldProblem(
    path="after", message="This cursor does not belong to this question; ask the first page again."
)


def _row(one: Written) -> Row:
    said = one.entry
    return Row(one.at, said.kind, said.officer, said.enquiry, said.purpose, said.operation, len(said.ids), said.code)


def _sealed(keys: StateKeys, seq: int, bound: bytes) -> str:
    return keys.seal_cursor(seq.to_bytes(_PLACE_BYTES, "big"), bound)


def _unsealed(keys: StateKeys, cursor: str | None, bound: bytes) -> int | None:
    """Give the number of the entry at which a page ended, None for no page. Raises CursorRefused."""
    return None if cursor is None else int.from_bytes(keys.open_cursor(cursor, bound), "big")


def _entry(reader: Officer, kind: EntryKind, asked: dict[str, JSON], code: str) -> Entry:
    return Entry(kind, reader.id, None, None, "search ledger", asked, (), code)
