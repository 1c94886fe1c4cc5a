"""Days, moments and states as text: read by our own words later, so that a bad one gets a sentence and a path."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from schemas.envelope import plausible

Day = NewType("Day", str)
Instant = NewType("Instant", str)
StateCode = NewType("StateCode", str)


def _short(told: str) -> Callable[[object], str]:
    """Give what takes a short text, and says of anything else what is told."""

    def taken(value: object) -> str:
        if not isinstance(value, str) or len(value) > 40:
            raise ValueError(told)
        return value

    return taken


_dated = _short("A date is written as text.")


SCALARS: dict[object, ScalarDefinition] = {
    Day: strawberry.scalar(name="Date", description="A day, written 2026-01-31.", serialize=str, parse_value=_dated),
    Instant: strawberry.scalar(
        name="DateTime",
        description="A moment with its zone, written 2026-01-31T10:00:00+05:30; answers are in UTC.",
        serialize=str,
        parse_value=_dated,
    ),
    StateCode: strawberry.scalar(
        name="StateCode",
        description="A member of the membership that this node trusts, by its code, such as IN-RJ.",
        serialize=str,
        parse_value=_short("A state is written by its code, such as IN-RJ."),
    ),
}


def day(value: date | None) -> Day | None:
    """Write a day."""
    return None if value is None else Day(value.isoformat())


def instant(value: datetime | None) -> Instant | None:
    """Write a moment in UTC."""
    return None if value is None else Instant(value.astimezone(UTC).isoformat().replace("+00:00", "Z"))


_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z")
_STATE = re.compile(r"IN-[A-Z]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def state_of(text: str) -> str:
    """Read the code of a state, which may be one that only a newer membership knows; raise ValueError for none."""
    if not _STATE.fullmatch(text):
        raise ValueError("This is no state.")
    return text


def day_of(text: str) -> date:
    """Read a day as `day` writes it; raise ValueError for one that is none, or that no record of ours can mean."""
    if not _DAY.fullmatch(text):
        raise ValueError("This is no day.")
    return plausible(date.fromisoformat(text))


def moment_of(text: str) -> datetime:
    """Read a moment as `instant` writes it; raise ValueError as `day_of` does."""
    if not _MOMENT.fullmatch(text):
        raise ValueError("This is no moment.")
    moment = datetime.fromisoformat(text)
    plausible(moment.date())
    return moment
