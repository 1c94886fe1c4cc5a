"""The envelope that every record and link carries: whose it is, how good it is, who may see it, when it ends."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Annotated, Self, get_args

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
    plausible(moment.date())
    return moment.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_dated), AfterValidator(_in_utc)]


def _written_day(raw: object) -> object:
    if not isinstance(raw, date) and not (isinstance(raw, str) and _DAY.fullmatch(raw)):
        raise ValueError("A day is written 2026-01-31.")
    return raw


def plausible(day: date) -> date:
    """Refuse a day that no record of ours can mean."""
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"A date lies between {_FIRST.year} and {_LAST.year}.")
    return day


Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(plausible)]


class Been:
    """Marks a day or moment that has been when it is recorded (checked where the clock is known)."""


PastDay = Annotated[Day, Been()]
PastMoment = Annotated[Moment, Been()]


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

    unit: Unit = Field(description="The police unit that recorded it.")
    valid_from: Day | None = Field(None, description="From which day it holds true in the world.")
    valid_to: Day | None = Field(None, description="Until which day it held true in the world.")
    legal_basis: Line = Field(description="The law under which it is kept.")
    case_ref: Code = Field(description="The case that it was recorded for.")
    source_grade: SourceGrade = Field(description="How reliable the source is.")
    info_grade: InfoGrade = Field(description="How sure the information is.")
    handling: Handling = Field(description="How it may be used.")
    handling_text: Prose | None = Field(None, description="The conditions of handling H3, in words.")
    level: Level = Field(description="From which level of need-to-know it may be seen.")
    audience: Annotated[tuple[StateCode, ...], Field(max_length=61)] = Field(
        description="The other states that may see it; may be empty, but is always said."
    )
    compartment: Compartment | None = Field(None, description="The named compartment that it is kept in, if any.")
    onward: Annotated[tuple[StateCode, ...], Field(max_length=61)] = Field(
        (), description="States to which it may be passed on."
    )
    review_on: Day = Field(description="When it must be reviewed, or be hidden.")
    expires_at: Moment = Field(description="When it ends.")

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

    owner: StateCode = Field(description="The state that owns it and alone may change it.")
    recorded_at: Moment = Field(description="When it was recorded.")
    recorded_by: str = Field(description="The officer who recorded it.")
    status: Status = Field(Status.LIVE, description="Where it stands in its life.")


def day_in_india(moment: datetime) -> date:
    """Give the day that a moment falls on in India, by which units stand and laws are in force."""
    return moment.astimezone(INDIA).date()


def been(word: Word) -> Iterator[tuple[str, date]]:
    """Give each day or moment of a word and of the small words in it that is marked as one that has been, by path."""
    marked = _marked(type(word))
    for name in type(word).model_fields:
        said = getattr(word, name)
        if isinstance(said, tuple):
            for place, item in enumerate(said):
                if isinstance(item, Word):
                    yield from ((f"{name}.{place}.{path}", day) for path, day in been(item))
        elif said is not None and name in marked:
            yield name, said


@cache
def _marked(kind: type[Word]) -> frozenset[str]:
    return frozenset(name for name, info in kind.model_fields.items() if _has_been((*info.metadata, info.annotation)))


def _has_been(parts: tuple[object, ...]) -> bool:
    """Say whether the mark stands among the parts of an annotation, or in what they hold."""
    return any(isinstance(part, Been) or _has_been(get_args(part)) for part in parts)


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
