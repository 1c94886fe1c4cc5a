"""What a node holds, told naively: a dictionary of persons, a list of what waits, and nobody who is clever."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schemas.officer import Officer
from schemas.person import Category

WAITS = timedelta(days=7)
PURGED_AFTER = timedelta(days=30)
AHEAD = timedelta(days=30)
# For so many months a review renews, and after so many more nothing does.
CLOCKS = {Category.CONTACT: (6, 12), Category.ASSOCIATE: (12, 36), Category.SUSPECT: (12, 60)}

LADDER = (
    Category.ACQUITTED_DISCHARGED,
    Category.CONTACT,
    Category.ASSOCIATE,
    Category.SUSPECT,
    Category.ACCUSED_CHARGED,
    Category.PROCLAIMED,
    Category.CONVICTED,
)

Said = dict[str, str | None]


@dataclass
class Held:
    """A person: what was said last, who may see it, until when, and how often anything was said."""

    id: str
    said: Said
    category: Category
    level: int
    until: datetime
    recorded: datetime
    withdrawn: datetime | None = None
    purged: bool = False
    disputed: str | None = None
    disputed_by: str | None = None
    times: int = 1
    gangs: int = 0
    revs: list[tuple[str, Said]] = field(default_factory=list)

    def seen(self, who: Officer, at: datetime) -> bool:
        """Say whether an officer sees it."""
        return not self.withdrawn and not self.purged and self.level <= who.level and self.until > at

    def due(self, at: datetime) -> bool:
        """Say whether it is to be purged, if it has not been."""
        return (self.withdrawn or self.until) + PURGED_AFTER <= at or self.until + PURGED_AFTER <= at

    def reviewed(self, who: Officer) -> bool:
        """Say whether an officer may review it, lapsed or not."""
        return not self.withdrawn and not self.purged and self.level <= who.level

    def last_day(self, at: datetime) -> date:
        """Give the last day until which it may be renewed."""
        step, stop = CLOCKS.get(self.category, (60, None))
        last = months_on(at.date(), step)
        return last if stop is None else min(last, months_on(self.recorded.date(), stop))

    def say(self, said: Said) -> None:
        """Say something else."""
        self.said = {**self.said, **said}
        self.times += 1


@dataclass
class Waits:
    """A change that waits for a second officer: about whom, as they stood then, and what it makes of them."""

    id: str
    about: str
    stood: int
    asked: datetime
    category: Category | None
    open: bool = True

    def waits(self, at: datetime) -> bool:
        """Say whether it still waits."""
        return self.open and at < self.asked + WAITS


@dataclass
class Model:
    """All of it."""

    persons: dict[str, Held] = field(default_factory=dict)
    changes: dict[str, Waits] = field(default_factory=dict)

    def shown(self, who: Officer, at: datetime) -> dict[str, tuple[Said, str, str | None]]:
        """Give what an officer sees of every person that they see."""
        return {
            one.id: (one.said, one.category.value, one.disputed) for one in self.persons.values() if one.seen(who, at)
        }

    def inbox(self, who: Officer, at: datetime) -> set[str]:
        """Give the changes that wait and of which an officer sees whom they are about."""
        return {one.id for one in self.changes.values() if one.waits(at) and self.persons[one.about].seen(who, at)}

    def to_review(self, who: Officer, at: datetime) -> dict[str, bool]:
        """Give whom an officer's unit must review within thirty days or before the purge, and whether they lapsed."""
        kept = [one for one in self.persons.values() if one.reviewed(who)]
        return {one.id: one.until <= at for one in kept if at - PURGED_AFTER < one.until <= at + AHEAD}

    def approvable(self, change: Waits, author: Officer, second: Officer, at: datetime) -> bool:
        """Say whether a change can be carried out."""
        about = self.persons[change.about]
        return change.waits(at) and about.seen(author, at) and about.seen(second, at) and about.times == change.stood

    def approve(self, change: Waits) -> None:
        """Carry a change out."""
        about = self.persons[change.about]
        change.open = False
        if change.category is None:
            about.gangs += 1
        else:
            about.category = change.category
            about.times += 1


def months_on(day: date, months: int) -> date:
    """Give the same day so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in range(day.day, 0, -1):
        with suppress(ValueError):
            return date(day.year + years, month + 1, last)
    raise AssertionError("a month has a first day")


def graver(held: Held, category: Category) -> bool:
    """Say whether a category says something graver of a person than what is said."""
    return LADDER.index(category) > LADDER.index(held.category)
