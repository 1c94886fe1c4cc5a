"""What an input form may offer: sections of law and units as they stand in this state on a day.

In order:
1. Recording refuses whatever does not stand on its day (decision 0008); this gives what it takes, and nothing else.
2. The tables are public: what is offered depends on the state and what is asked, and on nobody's grant.
3. It is a question as any other: for an enquiry, and on the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from desk.errors import BadInput
from desk.looking import Look
from desk.paging import page_size, seal, unseal
from schemas.codes.statutes import Statute, in_force
from schemas.codes.units import Unit, line_of
from schemas.codes.units import units as units_of
from schemas.errors import FieldProblem

LONGEST_TEXT = 100

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Offered(Generic[Row]):
    """A page of rows in the order of their table, each with its cursor."""

    rows: list[tuple[str, Row]]
    more: bool


async def statutes(look: Look, on: date, text: str, *, first: int, after: str | None) -> Offered[Statute]:
    """Give the sections in force here on a day whose number or title has a text in it. Raise BadInput."""
    look.note("statutes", on=on.isoformat(), text=look.term(text) if text else None, first=first)
    await look.graph()
    _not_too_long(text, "text")
    wanted = text.casefold()
    found = [row for row in in_force(look.desk.state, on) if wanted in f"{row.key} {row.title} {row.act}".casefold()]
    return _page(look, f"statutes {on} {text}", found, first, after)


async def units(look: Look, on: date, under: str | None, *, first: int, after: str | None) -> Offered[Unit]:
    """Give the units that stand here on a day, or of them one with all that stand under it. Raise BadInput."""
    look.note("units", on=on.isoformat(), under=look.term(under) if under else None, first=first)
    await look.graph()
    _not_too_long(under or "", "under")
    found = [
        row
        for row in units_of(look.desk.state, on)
        if under is None or under in {one.code for one in line_of(row.code, on)}
    ]
    return _page(look, f"units {on} {under}", found, first, after)


def _page(look: Look, question: str, found: Sequence[Row], first: int, after: str | None) -> Offered[Row]:
    first = page_size(look, first)
    last = unseal(look, question, after, int)
    begin = last[0] + 1 if last else 0
    rows = [
        (seal(look, question, (place,)), row) for place, row in enumerate(found[begin : begin + first], start=begin)
    ]
    return Offered(rows, len(found) > begin + first)


def _not_too_long(text: str, path: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise BadInput([FieldProblem(path=path, message=f"At most {LONGEST_TEXT} characters.")])
