"""What a state writes down about the gangs that it has met: who belongs, which phones and accounts they use."""

from dataclasses import dataclass
from datetime import date, timedelta

from intake.world.book import Book
from intake.world.gangs import Account, Gang
from intake.world.names import record_gang_names
from intake.world.people import MEMBER_CATEGORIES, Human, as_phone, invent_human, link_phone, record_person
from schemas.account import AccountContent, TakedownOutcome, TakedownRequest
from schemas.codes.units import unit
from schemas.draft import RecordDraft, ValueEnd
from schemas.gang import GangContent, ModusOperandi, Standing
from schemas.ids import ValueKind
from schemas.link import Basis, Criterion, LinkContent, LinkKind, Role
from schemas.person import Category, DatePrecision

_MEMBERS_KNOWN_ELSEWHERE, _ACCOUNTS_KNOWN_ELSEWHERE = 5, 1
_CRITERIA = (
    "Named by two co-accused in separate statements.",
    "Seen with the leader at three dated meetings.",
    "Used a phone that carried the gang's demands.",
    "Called himself a member in a post of a known account of the gang.",
    "Collected money that had been demanded in the gang's name.",
)
_BASES = {Basis.CALLS: 4, Basis.MEETINGS: 2, Basis.CO_ACCUSED: 2, Basis.MONEY: 1, Basis.OBSERVED: 2}


@dataclass(frozen=True)
class Roster:
    """A gang as one state has it: its record, its people there, its accounts there."""

    gang: Gang
    record: RecordDraft
    members: list[RecordDraft]
    accounts: list[RecordDraft]

    @property
    def near(self) -> tuple[str, ...]:
        """Give the states in which the gang is known."""
        return self.gang.states


def record_gang(book: Book, gang: Gang, people: dict[Human, RecordDraft]) -> Roster:
    """Write a gang down with its members and accounts; `people` holds who is already recorded, and grows."""
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
    known = gang.members if at_home else gang.members[:_MEMBERS_KNOWN_ELSEWHERE]
    members = [_record_member(book, gang, record, human, people) for human in known]
    accounts = gang.accounts if at_home else gang.accounts[:_ACCOUNTS_KNOWN_ELSEWHERE]
    roster = Roster(gang, record, members, [_record_account(book, account, record, members) for account in accounts])
    _link_calls(book, gang)
    if at_home:
        _record_associates(book, roster)
    return roster


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
        for number in human.phones:
            link_phone(book, person, number)
    since = book.dice.day(gang.formed, book.on - timedelta(days=200))
    ended = book.dice.chance(0.12)
    until = book.dice.day(since + timedelta(days=30), book.on - timedelta(days=10)) if ended else None
    content = LinkContent(role=human.role or Role.LOGISTICS, criteria=_criteria(book))
    book.link(LinkKind.MEMBER_OF, person, record, content, since=since, until=until)
    return person


def _criteria(book: Book) -> tuple[Criterion, ...]:
    file = f"Training file TRN/{book.land.short}/{book.on.year}/{book.dice.between(1, 400):04d}"
    return tuple(
        Criterion(text=text, source=f"{file}, sheet {book.dice.between(1, 90)}")
        for text in book.dice.some(_CRITERIA, book.dice.between(1, 3))
    )


def _record_account(book: Book, account: Account, gang: RecordDraft, members: list[RecordDraft]) -> RecordDraft:
    dice = book.dice
    first = dice.day(date(book.on.year - 4, 1, 1), book.on - timedelta(days=100))
    content = AccountContent(
        platform=account.platform,
        account_id=account.id,
        handle=account.handle,
        url=f"https://{account.platform.value.lower()}.example/{account.handle}",
        first_seen=first,
        last_seen=dice.day(first, book.on - timedelta(days=3)),
        takedown_requests=_takedowns(book, first),
    )
    record = book.add(content, book.marker.record())
    social_id = ValueEnd(kind=ValueKind.SOCIAL_ID, value=f"{account.platform}:{account.id}")
    book.link(LinkKind.IDENTIFIED_BY, record, social_id)
    if dice.chance(0.5):
        book.link(LinkKind.CONTROLS, gang, record)
    runs_it, *use_it = dice.some(members, dice.between(1, 3))
    book.link(LinkKind.CONTROLS, runs_it, record, since=first)
    for member in use_it:
        book.link(LinkKind.USES_ACCOUNT, member, record, since=first)
    if dice.chance(0.2):
        book.link(LinkKind.IDENTIFIED_BY, runs_it, social_id)
    return record


def _takedowns(book: Book, first: date) -> tuple[TakedownRequest, ...]:
    """Give what the platform was asked about an account since it was first seen: mostly nothing, at times in vain."""
    dice = book.dice
    if dice.chance(0.6):
        return ()
    asked = dice.day(first, book.on - timedelta(days=40))
    outcome = dice.pick(tuple(TakedownOutcome))
    return (
        TakedownRequest(
            requested_on=asked,
            requested_by=f"Cyber cell, {book.land.code}",
            legal_basis="IT Act 79(3)(b)",
            reference=f"TRN/{book.land.short}/TD/{dice.between(1, 900):04d}",
            outcome=outcome,
            decided_on=None if outcome is TakedownOutcome.AWAITED else asked + timedelta(days=dice.between(1, 30)),
        ),
    )


def _link_calls(book: Book, gang: Gang) -> None:
    """Write down calls among the gang's phones, as call records show them."""
    dice, numbers = book.dice, sorted({*gang.phones, *(number for human in gang.members for number in human.phones)})
    for number in numbers:
        for other in dice.some(numbers, dice.below(3)):
            if other != number:
                caller, called = as_phone(dice, number), as_phone(dice, other)
                book.link(LinkKind.CALLED, caller, called, LinkContent(weight=dice.between(1, 60)))


def _record_associates(book: Book, roster: Roster) -> None:
    """Write down people around the gang: they belong to nothing, and some know members of it by more than one way."""
    dice = book.dice
    for _ in range(dice.between(4, 9)):
        category = Category.CONTACT if dice.chance(0.35) else Category.ASSOCIATE
        person = record_person(book, invent_human(dice, book.on, aliased=0.2), category)
        for member in dice.some(roster.members, dice.between(1, 2)):
            content = LinkContent(basis=dice.weighed(_BASES), weight=dice.between(1, 40))
            book.link(LinkKind.ASSOCIATE_OF, person, member, content)
        if dice.chance(0.3):
            book.link(LinkKind.MET_WITH, person, dice.pick(roster.members), LinkContent(weight=dice.between(1, 6)))
