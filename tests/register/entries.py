"""Entries for the ledger, as acts of the desk write them."""

from register.ledger import Entry, EntryKind


def look(number: int = 0, *, ids: tuple[str, ...] = (), officer: str = "rj.one", enquiry: str | None = None) -> Entry:
    """Give a look that says which one it is."""
    return Entry(EntryKind.LOOK, officer, enquiry, "INVESTIGATION", "person", {"number": number}, ids, "OK")


def step(kind: EntryKind, op_id: str) -> Entry:
    """Give one step of a change."""
    return Entry(kind, "rj.one", None, None, "record person", {}, (), "OK", op_id)
