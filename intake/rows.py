"""Rows as readers give them, and what becomes of a row that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_CELL = 131_072


class BadSource(ValueError):
    """A file of which no row can be read; the message says why, in one sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line that it begins on, where it stands ('rows', 'nodes' or 'edges'), and its cells by column."""

    line: int
    section: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason against a row: the field (or column, or ''), and a sentence that holds nothing of the row itself."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row, or one draft of a row, that is not brought in, with every reason found."""

    line: int
    problems: tuple[Refused, ...]

    @classmethod
    def because(cls, line: int, reason: str, field: str = "") -> "RefusedRow":
        """Refuse a row for one reason."""
        return cls(line, (Refused(field, reason),))


@dataclass(frozen=True, slots=True)
class RepeatedRow:
    """A row that says what an earlier one said, word for word."""

    line: int
    ref: str
