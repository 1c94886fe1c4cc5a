"""Days and moments as text: read by our own words later, so that a bad one gets a sentence and a path."""

from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

Day = NewType("Day", str)
Instant = NewType("Instant", str)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("A date is written as text.")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Day: strawberry.scalar(name="Date", description="A day, written 2026-01-31.", serialize=str, parse_value=_text),
    Instant: strawberry.scalar(
        name="DateTime",
        description="A moment with its zone, written 2026-01-31T10:00:00+05:30; answers are in UTC.",
        serialize=str,
        parse_value=_text,
    ),
}


def day(value: date | None) -> Day | None:
    """Write a day."""
    return None if value is None else Day(value.isoformat())


def instant(value: datetime | None) -> Instant | None:
    """Write a moment in UTC."""
    return None if value is None else Instant(value.astimezone(UTC).isoformat().replace("+00:00", "Z"))
