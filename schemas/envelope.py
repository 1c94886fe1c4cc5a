"""The envelope that every record and link carries: whose it is, how good it is, who may see it, when it ends."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from schemas.codes.states import StateCode
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Compartment, Handling, Level, Status
from schemas.text import Code, Line, Prose, has_aadhaar
from schemas.word import Word

LONGEST_LIFE_YEARS = 5

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST, _LAST = date(1850, 1, 1), date(2200, 1, 1)


def _dated(raw: object) -> object:
    """Refuse what does not begin with a written day: a bare number would be read as seconds since 1970."""
    if not isinstance(raw, date) and not (isinstance(raw, str) and _DAY.match(raw)):
        raise ValueError("A time is written 2026-01-31T10:00:00+05:30.")
    return raw


def _in_utc(moment: datetime) -> datetime:
    """Give the moment in UTC; a time without a zone is refused because nobody knows when it is."""
    if moment.tzinfo is None:
        raise ValueError("A time needs its zone, such as 2026-01-31T10:00:00+05:30.")
    # At the ends of the calendar another zone's time cannot even be written.
    _plausible(moment.date())
    return moment.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_dated), AfterValidator(_in_utc)]


def _written_day(raw: object) -> object:
    if not isinstance(raw, date) and not (isinstance(raw, str) and _DAY.fullmatch(raw)):
        raise ValueError("A day is written 2026-01-31.")
    return raw


def _plausible(day: date) -> date:
    """Refuse a day that no record of ours can mean."""
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"A date lies between {_FIRST.year} and {_LAST.year}.")
    return day


Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_plausible)]


def _unit(text: str) -> str:
    if has_aadhaar(text):
        raise ValueError("A unit's code is no number of twelve digits that could be an Aadhaar number.")
    return text


Unit = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{2,20}$"), AfterValidator(_unit)]


class Marking(Word):
    """What the writer of a record or link must say about it, beside its content.

    `audience` lists the other states that may see it and is always given, even when empty. `review_on` and
    `expires_at` are at most five years after the writing (checked where the clock is known).
    """

    unit: Unit
    valid_from: Day | None = None
    valid_to: Day | None = None
    legal_basis: Line
    case_ref: Code
    source_grade: SourceGrade
    info_grade: InfoGrade
    handling: Handling
    handling_text: Prose | None = None
    level: Level
    audience: Annotated[tuple[StateCode, ...], Field(max_length=61)]
    compartment: Compartment | None = None
    onward: Annotated[tuple[StateCode, ...], Field(max_length=61)] = ()
    review_on: Day
    expires_at: Moment

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("It would end before it begins: its last day must be later than its first.")
        if (self.handling is Handling.H3) != (self.handling_text is not None):
            raise ValueError("Handling H3 is stated in text, and only H3 has a text.")
        if len(set(self.audience)) != len(self.audience) or len(set(self.onward)) != len(self.onward):
            raise ValueError("Each state is named once.")
        if not set(self.onward) <= set(self.audience):
            raise ValueError("A state to which it may be passed on must be in the audience.")
        return self


class Envelope(Marking):
    """A marking as recorded: with its owner, its writer, its time and its status."""

    owner: StateCode
    recorded_at: Moment
    recorded_by: str
    status: Status = Status.LIVE


def day_in_india(moment: datetime) -> date:
    """Give the day that a moment falls on in India, by which units stand and laws are in force."""
    return moment.astimezone(INDIA).date()


def life_problem(marking: Marking, at: datetime) -> tuple[str, str] | None:
    """Say which end of a marking cannot stand at the time of writing, as (field, sentence), or None."""
    last = _years_after(at, LONGEST_LIFE_YEARS)
    if marking.review_on <= at.date():
        return "review_on", "The review date must lie in the future."
    if marking.expires_at <= at:
        return "expires_at", "The expiry must lie in the future."
    if marking.review_on > last.date():
        return "review_on", "The review date lies more than five years ahead."
    if marking.expires_at > last:
        return "expires_at", "The expiry lies more than five years ahead."
    return None


def _years_after(moment: datetime, years: int) -> datetime:
    """Give the same day and time so many years later; 28 February for a 29th that is not there."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)
