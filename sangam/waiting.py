"""What is sent for the inbox and for what is done about it: one call each, for both clients."""

from collections.abc import Sequence
from datetime import date

from sangam import reading
from sangam.answers import Duty, Match, Page, PendingChange, Renewed
from sangam.calls import LARGEST_PAGE, Call, changing, document_of, made, question
from sangam.documents import packaged


def review(id: str, new_information: str, until: date, key: str | None) -> Call[str]:
    """Keep a record longer on new information."""
    variables = {"id": id, "newInformation": new_information, "until": until.isoformat()}
    return changing("review", variables, made("review", "id", str), key)


def review_all(reviews: Sequence[tuple[str, str, date]]) -> Call[list[Renewed]]:
    """Review many records; a second sending would renew each once more."""
    said = [{"id": id, "newInformation": new, "until": until.isoformat()} for id, new, until in reviews]
    variables = {"reviews": said}
    return Call(document_of("review_all"), variables, made("reviewAll", "reviews", reading.renewed), None, False)


def dispute(id: str, statement: str, key: str | None) -> Call[str]:
    """Say what is disputed about a record."""
    return changing("dispute", {"id": id, "statement": statement}, made("dispute", "id", str), key)


def settle_dispute(id: str, upheld: bool, reason: str, key: str | None) -> Call[str]:
    """Settle what is disputed about a record."""
    variables = {"id": id, "upheld": upheld, "reason": reason}
    return changing("settleDispute", variables, made("settleDispute", "id", str), key)


def duties(kind: str, after: str | None) -> Call[Page[Duty]]:
    """Ask for a page of the records that the officer's unit has to look at."""
    variables = {"kind": kind, "first": LARGEST_PAGE, "after": after}
    return Call(packaged()["duties"], variables, lambda data: reading.duties(data["inbox"]))


def matches(after: str | None) -> Call[Page[Match]]:
    """Ask for a page of records of the officer's unit that may be of one thing."""
    variables = {"first": LARGEST_PAGE, "after": after}
    return Call(packaged()["matches"], variables, lambda data: reading.matches(data["inbox"]))


def inbox(after: str | None) -> Call[Page[PendingChange]]:
    """Ask for a page of what waits for the officer, and what of their own waits."""
    return question("inbox", {"first": LARGEST_PAGE, "after": after}, reading.inbox)


def pending_change(id: str) -> Call[PendingChange]:
    """Ask for a change that waits or waited."""
    return question("pendingChange", {"id": id}, reading.pending)


def approve(id: str, key: str | None) -> Call[PendingChange]:
    """Carry out what another officer asked for."""
    return changing("approve", {"id": id}, made("approve", "change", reading.pending), key)


def decline(id: str, reason: str, key: str | None) -> Call[PendingChange]:
    """Refuse what another officer asked for."""
    return changing("decline", {"id": id, "reason": reason}, made("decline", "change", reading.pending), key)


def withdraw_pending(id: str, key: str | None) -> Call[PendingChange]:
    """Take back what the officer asked for."""
    return changing("withdrawPending", {"id": id}, made("withdrawPending", "change", reading.pending), key)
