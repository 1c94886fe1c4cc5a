"""Reading the committed tables, and the dates in them of which only the year or the month is known."""

import csv
from calendar import monthrange
from datetime import date
from enum import StrEnum
from importlib.resources import files


class Certainty(StrEnum):
    """How well a row is known; UNCERTAIN is shown with a warning and decides nothing by itself."""

    SOURCED = "SOURCED"
    GENERAL_KNOWLEDGE = "GENERAL_KNOWLEDGE"
    UNCERTAIN = "UNCERTAIN"


def text_of(name: str) -> str:
    """Give the text of a table that is packaged beside this module."""
    return files("schemas.codes").joinpath(name).read_text(encoding="utf-8")


def rows_of(name: str) -> list[dict[str, str]]:
    """Give the rows of a packaged CSV table, in the order of the file."""
    return list(csv.DictReader(text_of(name).splitlines(), strict=True))


def first_day(reduced: str) -> date:
    """Give the first day that `YYYY`, `YYYY-MM` or `YYYY-MM-DD` can mean. Raises ValueError for anything else."""
    year, month, day = _parts(reduced)
    return date(year, month or 1, day or 1)


def last_day(reduced: str) -> date:
    """Give the last day that `YYYY`, `YYYY-MM` or `YYYY-MM-DD` can mean. Raises ValueError for anything else."""
    year, month, day = _parts(reduced)
    last_month = month or 12
    return date(year, last_month, day or monthrange(year, last_month)[1])


def _parts(reduced: str) -> tuple[int, int | None, int | None]:
    """Split a date into year, month and day, of which the last ones may be unknown."""
    match len(reduced):
        case 4:
            return date.fromisoformat(f"{reduced}-01-01").year, None, None
        case 7:
            known = date.fromisoformat(f"{reduced}-01")
            return known.year, known.month, None
        case _:
            known = date.fromisoformat(reduced)
            return known.year, known.month, known.day
