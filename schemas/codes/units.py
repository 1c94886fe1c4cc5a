"""Police units and who each stood under, by date."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from schemas.codes.table import Certainty, first_day, last_day, rows_of


class UnitKind(StrEnum):
    """What a unit is. A POLICE_DISTRICT is a part of a district or commissionerate, or works at that level."""

    STATE = "STATE"
    ZONE = "ZONE"
    RANGE = "RANGE"
    COMMISSIONERATE = "COMMISSIONERATE"
    DISTRICT = "DISTRICT"
    POLICE_DISTRICT = "POLICE_DISTRICT"
    SUBDIVISION = "SUBDIVISION"


@dataclass(frozen=True)
class Unit:
    """One unit under one parent for one period.

    `code` is opaque. `parent` is the code of the unit above, '' for a state. `valid_from` and `valid_to` are inclusive
    and stand as the table has them: `YYYY`, `YYYY-MM` or a day; '' means long ago, or still so.
    """

    state: str
    code: str
    name: str
    kind: UnitKind
    parent: str
    head_rank: str
    valid_from: str
    valid_to: str
    certainty: Certainty

    def may_stand(self, on: date) -> bool:
        """Say whether this row can be true on a day; at an unclear edge it can."""
        begun = not self.valid_from or first_day(self.valid_from) <= on
        return begun and (not self.valid_to or on <= last_day(self.valid_to))


def _from_row(row: dict[str, str]) -> Unit:
    return Unit(
        row["state"],
        row["code"],
        row["name"],
        UnitKind(row["kind"]),
        row["parent_code"],
        row["head_rank"],
        row["valid_from"],
        row["valid_to"],
        Certainty(row["certainty"]),
    )


@cache
def all_units() -> tuple[Unit, ...]:
    """Give every row of the table, in its order."""
    return tuple(_from_row(row) for row in rows_of("police_units.csv"))


@cache
def _rows_by_code() -> dict[str, tuple[Unit, ...]]:
    """Give the rows of each unit, newest first."""
    found: dict[str, list[Unit]] = {}
    for row in all_units():
        found.setdefault(row.code, []).append(row)
    return {code: tuple(sorted(rows, key=lambda row: row.valid_from, reverse=True)) for code, rows in found.items()}


def unit(code: str, on: date) -> Unit | None:
    """Give a unit as it stood on a day, or None; where two rows may be right, the newer."""
    return next((row for row in _rows_by_code().get(code, ()) if row.may_stand(on)), None)


def units(state: str, on: date) -> tuple[Unit, ...]:
    """Give the units of a state on a day, each once, in the order of the table."""
    codes = dict.fromkeys(row.code for row in all_units() if row.state == state)
    found = (unit(code, on) for code in codes)
    return tuple(row for row in found if row is not None)


def line_of(code: str, on: date) -> tuple[Unit, ...]:
    """Give a unit and those that it stood under on a day, lowest first; empty if that does not lead to a state."""
    line: list[Unit] = []
    while (row := unit(code, on)) is not None and row not in line:
        line.append(row)
        if row.kind is UnitKind.STATE:
            return tuple(line)
        code = row.parent
    return ()


def last_line_of(code: str, on: date) -> tuple[Unit, ...]:
    """Give the line of a unit on a day; of one that stands no more, its line on its last day by then."""
    if unit(code, on) is None:
        ends = [end for row in _rows_by_code().get(code, ()) if row.valid_to and (end := last_day(row.valid_to)) < on]
        on = max(ends, default=on)
    return line_of(code, on)


def units_below(code: str, state: str, on: date) -> list[str]:
    """Give the codes of all units of a state that are, or at last were, a unit or below it, in the table's order."""
    codes = dict.fromkeys(row.code for row in all_units() if row.state == state)
    return [one for one in codes if any(code == up.code for up in last_line_of(one, on))]
