"""Sections of law, and where and when each is in force."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from schemas.codes.table import Certainty, first_day, last_day, rows_of

ALL_INDIA = "IN"


class StatuteKind(StrEnum):
    """What a section is for.

    An OFFENCE is chosen by the day of the act; PROCEDURE and EVIDENCE by the stage of the matter.
    """

    OFFENCE = "OFFENCE"
    PROCEDURE = "PROCEDURE"
    EVIDENCE = "EVIDENCE"
    SPECIAL_ACT = "SPECIAL_ACT"


@dataclass(frozen=True)
class Statute:
    """One section, or a whole Act as `*`, for one period in one jurisdiction ('IN' is all of India).

    `title` is our short wording. `in_force_from` and `in_force_to` are inclusive and stand as the table has them:
    `YYYY`, `YYYY-MM` or a day; an empty beginning is never in force, an empty end is still in force.
    """

    act: str
    short: str
    section: str
    title: str
    jurisdiction: str
    in_force_from: str
    in_force_to: str
    replaces: str
    kind: StatuteKind
    certainty: Certainty

    @property
    def key(self) -> str:
        """Give the section as officers cite it, such as 'BNS 308(4)'."""
        return f"{self.short} {self.section}"

    def has_begun(self, state: str, on: date) -> bool:
        """Say whether it is surely in force in a state on a day or before it; an unclear first day does not count."""
        of_the_state = self.jurisdiction in (ALL_INDIA, state)
        return of_the_state and bool(self.in_force_from) and last_day(self.in_force_from) <= on

    def holds(self, state: str, on: date) -> bool:
        """Say whether it is surely in force in a state on a day; an unclear day at either edge does not count."""
        return self.has_begun(state, on) and (not self.in_force_to or on <= first_day(self.in_force_to))


def _from_row(row: dict[str, str]) -> Statute:
    return Statute(
        row["act"],
        row["short"],
        row["section"],
        row["title"],
        row["jurisdiction"],
        row["in_force_from"],
        row["in_force_to"],
        row["replaces"],
        StatuteKind(row["kind"]),
        Certainty(row["certainty"]),
    )


@cache
def all_statutes() -> tuple[Statute, ...]:
    """Give every row of the table, in its order, selectable or not."""
    return tuple(_from_row(row) for row in rows_of("statutes.csv"))


@cache
def _rows_by_key() -> dict[str, tuple[Statute, ...]]:
    """Give the rows of each key, newest first."""
    found: dict[str, list[Statute]] = {}
    for row in all_statutes():
        found.setdefault(row.key, []).append(row)
    return {key: tuple(sorted(rows, key=lambda row: row.in_force_from, reverse=True)) for key, rows in found.items()}


def statute(key: str, state: str, on: date) -> Statute | None:
    """Give the section with this key in force in a state on a day, or None."""
    return next((row for row in _rows_by_key().get(key, ()) if row.holds(state, on)), None)


def in_force(state: str, on: date) -> tuple[Statute, ...]:
    """Give the sections in force in a state on a day, in the order of the table."""
    return tuple(row for row in all_statutes() if row.holds(state, on))
