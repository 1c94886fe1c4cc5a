"""Reading the ledger: an auditor sees who looked, when and why, and his own look is on it too."""

from datetime import datetime

from desk.errors import Refused, Unavailable
from register.ledger import Entry, EntryKind, Written
from register.store import Register, RegisterUnavailable
from schemas.officer import Officer, Rank


async def search(
    register: Register,
    reader: Officer,
    *,
    officer: str | None,
    enquiry: str | None,
    first: int,
    before: int | None,
    at: datetime,
) -> list[Written]:
    """Give entries, newest first, to an auditor; raise Refused to anybody else, Unavailable without its own entry."""
    allowed = reader.active and reader.rank is Rank.AUDITOR
    entry = Entry(
        kind=EntryKind.LOOK if allowed else EntryKind.REFUSAL,
        officer=reader.id,
        enquiry=None,
        purpose=None,
        operation="search ledger",
        variables={"officer": officer, "enquiry": enquiry, "first": first, "before": before, "at": at.isoformat()},
        ids=(),
        code="OK" if allowed else "NOT_AN_AUDITOR",
    )
    try:
        found = await register.ledger.search(officer=officer, enquiry=enquiry, first=first, before=before)
        await register.ledger.append(entry)
    except RegisterUnavailable as problem:
        raise Unavailable("The ledger cannot be read and written, so there is no answer.") from problem
    if not allowed:
        raise Refused("NOT_AN_AUDITOR", "The ledger is read by an auditor.")
    return found
