"""What a node holds, told naively: a dictionary of persons, a list of what waits, and nobody who is clever."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.officer import Officer
from schemas.person import Category

WAITS = timedelta(days=7)

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
    withdrawn: bool = False
    times: int = 1
    gangs: int = 0
    revs: list[tuple[str, Said]] = field(default_factory=list)

    def seen(self, who: Officer, at: datetime) -> bool:
        """Say whether an officer sees it."""
        return not self.withdrawn and self.level <= who.level and self.until > at

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

    def shown(self, who: Officer, at: datetime) -> dict[str, tuple[Said, str]]:
        """Give what an officer sees of every person that they see."""
        return {one.id: (one.said, one.category.value) for one in self.persons.values() if one.seen(who, at)}

    def inbox(self, who: Officer, at: datetime) -> set[str]:
        """Give the changes that wait and of which an officer sees whom they are about."""
        return {one.id for one in self.changes.values() if one.waits(at) and self.persons[one.about].seen(who, at)}

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


def graver(held: Held, category: Category) -> bool:
    """Say whether a category says something graver of a person than what is said."""
    return LADDER.index(category) > LADDER.index(held.category)
