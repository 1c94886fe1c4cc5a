"""Review clocks: how long a record stands before somebody must look at it again, and when it can be renewed no more."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from schemas.envelope import LONGEST_LIFE_YEARS, Marking
from schemas.gang import GangContent
from schemas.gradings import InfoGrade, SourceGrade
from schemas.person import Category, PersonContent
from schemas.word import Word


@dataclass(frozen=True)
class Clock:
    """How many months a review lasts, and how many after it was first recorded a record ends for good, if it does."""

    step: int
    stop: int | None = None

    def last_day(self, reviewed: date, recorded: date) -> date:
        """Give the last day until which a review on a day may last; before that day if there is none left."""
        last = months_after(reviewed, self.step)
        return last if self.stop is None else min(last, months_after(recorded, self.stop))


_LONGEST = Clock(12 * LONGEST_LIFE_YEARS)
_BY_CATEGORY = {
    Category.SUSPECT: Clock(12, 60),
    Category.ASSOCIATE: Clock(12, 36),
    Category.CONTACT: Clock(6, 12),
}
_UNJUDGED = Clock(3, 6)
_DESIGNATED = Clock(36)


def clock_of(category: Category | None, source: SourceGrade, info: InfoGrade, *, designated: bool) -> Clock:
    """Give the strictest of the clocks that a record has by its category, its grades and its designation."""
    clocks = [_LONGEST]
    if category in _BY_CATEGORY:
        clocks.append(_BY_CATEGORY[category])
    if source is SourceGrade.X or info is InfoGrade.CANNOT_BE_JUDGED:
        clocks.append(_UNJUDGED)
    if designated:
        clocks.append(_DESIGNATED)
    stops = [clock.stop for clock in clocks if clock.stop is not None]
    return Clock(min(clock.step for clock in clocks), min(stops, default=None))


def clock_for(content: Word, marking: Marking) -> Clock:
    """Give the clock of a record as it is recorded."""
    category = content.category if isinstance(content, PersonContent) else None
    designated = isinstance(content, GangContent) and content.designation_authority is not None
    return clock_of(category, marking.source_grade, marking.info_grade, designated=designated)


def months_after(day: date, months: int) -> date:
    """Give the same day so many months later; the last of the month for a day that is not there."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
