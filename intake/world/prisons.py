"""Prison stays of members: of leaders who are held, of the convicted, and of those who came out again."""

from dataclasses import dataclass
from datetime import date, timedelta

from intake.world.book import Book
from intake.world.documents import record_document
from intake.world.people import Held, Human
from intake.world.rosters import Roster
from schemas.document import DocumentKind
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import ValueKind
from schemas.link import LinkKind
from schemas.person import Category, Custody, PersonContent
from schemas.prison import CustodyReason, PrisonStayContent, StayEnd

# How those came out who are not inside, as far as their records tell; of the others no stay is written down.
_ENDS = {
    (Category.ACCUSED_CHARGED, Custody.ON_BAIL): (StayEnd.BAIL,),
    (Category.CONVICTED, Custody.ON_BAIL): (StayEnd.BAIL,),
    (Category.CONVICTED, Custody.AT_LARGE): (StayEnd.ESCAPE, StayEnd.PAROLE, StayEnd.FURLOUGH),
    (Category.CONVICTED, Custody.UNKNOWN): (StayEnd.SENTENCE_SERVED, StayEnd.REMISSION),
    (Category.ACQUITTED_DISCHARGED, Custody.AT_LARGE): (StayEnd.ACQUITTAL, StayEnd.DISCHARGE),
    (Category.ACQUITTED_DISCHARGED, Custody.UNKNOWN): (StayEnd.ACQUITTAL,),
}
_REASONS = {
    Category.CONVICTED: CustodyReason.CONVICTED,
    Category.SUSPECT: CustodyReason.PREVENTIVE_DETENTION,
    Category.ASSOCIATE: CustodyReason.PREVENTIVE_DETENTION,
}
_NOTES = ("Mobile found in the barrack once.", "Meets visitors of one address only.", "Kept apart from a rival.")


@dataclass(frozen=True)
class _Stay:
    """A stay as far as it is decided: how it ended and where the person went, or that it has not."""

    held: Held
    until: date | None = None
    ended_by: StayEnd | None = None
    transferred_to: str | None = None


class Prisons:
    """Writes the prison stays of one state's gangs, those of one person once."""

    def __init__(self, book: Book) -> None:
        self._book, self._seen, self._given = book, set[str](), 0

    def record_stays(self, roster: Roster) -> None:
        """Write down who of a gang is or was in prison; other states know it of leaders alone."""
        for human, person in zip(roster.gang.members, roster.members, strict=False):
            if person.ref not in self._seen:
                self._seen.add(person.ref)
                if human.held or (roster.at_home and self._book.dice.chance(0.5)):
                    self._record_of(human, person)

    def _record_of(self, human: Human, person: RecordDraft) -> None:
        book, dice, content = self._book, self._book.dice, person.content
        if not isinstance(content, PersonContent):
            return
        held = human.held or self._invent_held()
        if content.custody is Custody.IN_CUSTODY:
            if dice.chance(0.3):
                self._record_before(person, held, content.category)
            self._record(person, _Stay(held), content.category)
        elif ends := _ENDS.get((content.category, content.custody)):
            until = dice.day(held.since + timedelta(days=20), book.on - timedelta(days=10))
            self._record(person, _Stay(held, until, dice.pick(ends)), content.category)

    def _record_before(self, person: RecordDraft, held: Held, category: Category) -> None:
        """Write down that the person was moved here from another prison."""
        before = self._invent_held(since=held.since - timedelta(days=self._book.dice.between(30, 300)))
        self._record(person, _Stay(before, held.since, StayEnd.TRANSFER, held.prison.name), category)

    def _invent_held(self, since: date | None = None) -> Held:
        book, dice = self._book, self._book.dice
        self._given += 1
        admitted = since or dice.day(book.on - timedelta(days=1500), book.on - timedelta(days=60))
        return Held(dice.pick(book.land.prisons), f"P-{self._given}", admitted)

    def _record(self, person: RecordDraft, stay: _Stay, category: Category) -> None:
        book, dice, held = self._book, self._book.dice, stay.held
        number = ValueEnd(
            kind=ValueKind.PRISONER,
            value=f"{held.prison.state}, {held.prison.name}, {held.number}/{held.since.year}",
        )
        record = book.add(_content(book, stay, category), book.marker.record())
        book.link(LinkKind.LODGED_IN, person, record, since=held.since, until=stay.until)
        book.link(LinkKind.IDENTIFIED_BY, record, number)
        if dice.chance(0.5):
            book.link(LinkKind.IDENTIFIED_BY, person, number)
        if dice.chance(0.2):
            record_document(book, DocumentKind.COURT_ORDER, held.since, record)


def _content(book: Book, stay: _Stay, category: Category) -> PrisonStayContent:
    dice, held = book.dice, stay.held
    expected = book.on + timedelta(days=dice.between(40, 900)) if stay.until is None and dice.chance(0.5) else None
    return PrisonStayContent(
        prison=held.prison.name,
        place_unit=held.prison.unit,
        ward=f"Barrack {dice.between(1, 12)}" if dice.chance(0.6) else None,
        prisoner_number=f"{held.number}/{held.since.year}",
        custody_reason=_REASONS.get(category, CustodyReason.JUDICIAL_CUSTODY),
        admitted_on=held.since,
        expected_release=expected,
        released_on=stay.until,
        ended_by=stay.ended_by,
        transferred_to=stay.transferred_to,
        note=dice.pick(_NOTES) if dice.chance(0.3) else None,
    )
