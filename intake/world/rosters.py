"""What a state writes down about the gangs that it has met: who belongs, and what they use."""

from dataclasses import dataclass, field
from datetime import timedelta

from intake.world.accounts import record_account
from intake.world.book import Book
from intake.world.gangs import Gang
from intake.world.money import MoneyAccount, link_holders, record_money_account
from intake.world.names import record_gang_names
from intake.world.people import MEMBER_CATEGORIES, Human, as_phone, invent_human, link_phone, record_person
from intake.world.vehicles import Vehicle, link_users, record_vehicle
from schemas.codes.units import unit
from schemas.draft import RecordDraft, ValueEnd
from schemas.gang import GangContent, ModusOperandi, Standing
from schemas.ids import ValueKind
from schemas.link import Basis, Criterion, LinkContent, LinkKind, Role
from schemas.person import Category, DatePrecision

_MEMBERS_KNOWN_ELSEWHERE, _OTHERS_KNOWN_ELSEWHERE = 5, 1
_CRITERIA = (
    "Named by two co-accused in separate statements.",
    "Seen with the leader at three dated meetings.",
    "Used a phone that carried the gang's demands.",
    "Called himself a member in a post of a known account of the gang.",
    "Collected money that had been demanded in the gang's name.",
)
_BASES = {Basis.CALLS: 4, Basis.MEETINGS: 2, Basis.CO_ACCUSED: 2, Basis.MONEY: 1, Basis.OBSERVED: 2}


@dataclass
class Known:
    """What one state has already written down, so that what two gangs share is one record."""

    people: dict[Human, RecordDraft] = field(default_factory=dict)
    vehicles: dict[Vehicle, RecordDraft] = field(default_factory=dict)
    money: dict[MoneyAccount, RecordDraft] = field(default_factory=dict)


@dataclass(frozen=True)
class Roster:
    """A gang as one state has it: its record, and its people and what they use there.

    `members` stand in the order of the gang's, as far as they are known. `associates` are those around it.
    """

    gang: Gang
    record: RecordDraft
    at_home: bool
    members: list[RecordDraft]
    accounts: list[RecordDraft]
    vehicles: list[RecordDraft]
    money: list[RecordDraft]
    associates: list[RecordDraft]

    @property
    def near(self) -> tuple[str, ...]:
        """Give the states in which the gang is known."""
        return self.gang.states


def record_gang(book: Book, gang: Gang, known: Known) -> Roster:
    """Write a gang down with its members and what they use; `known` holds what is already recorded, and grows."""
    dice, at_home = book.dice, gang.home == book.land.code
    content = GangContent(
        names=record_gang_names(dice, gang.parts, book.land),
        formed=gang.formed.replace(month=1, day=1),
        formed_precision=DatePrecision.YEAR,
        standing=Standing.UNDER_INVESTIGATION if dice.chance(0.6) else Standing.ALLEGED,
        areas=_areas(book),
        modus_operandi=tuple(dice.some((*ModusOperandi,), dice.between(1, 4))),
        next_audit=book.on + timedelta(days=dice.between(60, 700)),
    )
    record = book.add(content, book.marker.record(near=gang.states))
    people, others = (None, None) if at_home else (_MEMBERS_KNOWN_ELSEWHERE, _OTHERS_KNOWN_ELSEWHERE)
    members = [_record_member(book, gang, record, human, known.people) for human in gang.members[:people]]
    accounts = [record_account(book, each, record, members) for each in gang.accounts[:others]]
    vehicles = [record_vehicle(book, vehicle, known.vehicles, gang.states) for vehicle in gang.vehicles[:others]]
    money = [record_money_account(book, account, known.money, gang.states) for account in gang.money[:others]]
    for vehicle in vehicles:
        link_users(book, vehicle, members)
    for account, held in zip(gang.money, money, strict=False):
        link_holders(book, account, held, record, members)
    _link_calls(book, gang)
    associates = _record_associates(book, members) if at_home else []
    return Roster(gang, record, at_home, members, accounts, vehicles, money, associates)


def _areas(book: Book) -> tuple[str, ...]:
    found = (unit(place.unit, book.on) for place in book.dice.some(book.land.places, book.dice.between(1, 3)))
    return tuple(area.name for area in found if area is not None)


def _record_member(
    book: Book, gang: Gang, record: RecordDraft, human: Human, people: dict[Human, RecordDraft]
) -> RecordDraft:
    person = people.get(human)
    if person is None:
        person = record_person(book, human, book.dice.weighed(MEMBER_CATEGORIES), near=gang.states)
        people[human] = person
        _link_numbers(book, human, person)
    since = book.dice.day(gang.formed, book.on - timedelta(days=200))
    ended = book.dice.chance(0.12)
    until = book.dice.day(since + timedelta(days=30), book.on - timedelta(days=10)) if ended else None
    content = LinkContent(role=human.role or Role.LOGISTICS, criteria=_criteria(book))
    book.link(LinkKind.MEMBER_OF, person, record, content, since=since, until=until)
    return person


def _link_numbers(book: Book, human: Human, person: RecordDraft) -> None:
    for number in human.phones:
        link_phone(book, person, number)
    for kind, value in ((ValueKind.IMEI, human.handset), (ValueKind.PASSPORT, human.passport)):
        if value and book.dice.chance(0.8):
            book.link(LinkKind.IDENTIFIED_BY, person, ValueEnd(kind=kind, value=value), LinkContent(as_written=value))


def _criteria(book: Book) -> tuple[Criterion, ...]:
    file = f"Training file TRN/{book.land.short}/{book.on.year}/{book.dice.between(1, 400):04d}"
    return tuple(
        Criterion(text=text, source=f"{file}, sheet {book.dice.between(1, 90)}")
        for text in book.dice.some(_CRITERIA, book.dice.between(1, 3))
    )


def _link_calls(book: Book, gang: Gang) -> None:
    """Write down calls among the gang's phones, as call records show them."""
    dice, numbers = book.dice, sorted({*gang.phones, *(number for human in gang.members for number in human.phones)})
    for number in numbers:
        for other in dice.some(numbers, dice.below(3)):
            if other != number:
                caller, called = as_phone(dice, number), as_phone(dice, other)
                book.link(LinkKind.CALLED, caller, called, LinkContent(weight=dice.between(1, 60)))


def _record_associates(book: Book, members: list[RecordDraft]) -> list[RecordDraft]:
    """Write down people around a gang: they belong to nothing, and some know members of it by more than one way."""
    dice, people = book.dice, []
    for _ in range(dice.between(4, 9)):
        category = Category.CONTACT if dice.chance(0.35) else Category.ASSOCIATE
        person = record_person(book, invent_human(dice, book.on, aliased=0.2), category)
        people.append(person)
        for member in dice.some(members, dice.between(1, 2)):
            content = LinkContent(basis=dice.weighed(_BASES), weight=dice.between(1, 40))
            book.link(LinkKind.ASSOCIATE_OF, person, member, content)
        if dice.chance(0.3):
            book.link(LinkKind.MET_WITH, person, dice.pick(members), LinkContent(weight=dice.between(1, 6)))
    return people
