"""Notices that look for members of gangs, at home and beyond the borders, and for what they drive."""

from datetime import date, timedelta

from intake.world.book import Book
from intake.world.documents import record_document
from intake.world.laws import standing
from intake.world.people import Human
from intake.world.rosters import Roster
from schemas.document import DocumentKind
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import ValueKind
from schemas.link import LinkKind
from schemas.notice import NoticeContent, NoticeKind, NoticeStatus
from schemas.person import Category, Custody, PersonContent

_SECTIONS = {
    NoticeKind.LOOK_OUT_CIRCULAR: ("PASSPORT 10(3)",),
    NoticeKind.INTERPOL_RED: ("BNS 308(4)", "IPC 387"),
    NoticeKind.NON_BAILABLE_WARRANT: ("BNSS 72", "CrPC 70"),
    NoticeKind.PROCLAMATION: ("BNSS 84(1)", "CrPC 82(1)"),
}
_ISSUERS = {
    NoticeKind.LOOK_OUT_CIRCULAR: "Bureau of Immigration (training)",
    NoticeKind.INTERPOL_RED: "Interpol (training)",
    NoticeKind.NON_BAILABLE_WARRANT: "Court of Session (training)",
    NoticeKind.PROCLAMATION: "Court of Session (training)",
    NoticeKind.REWARD: "Superintendent of Police (training)",
}
_CHARGED = frozenset({Category.ACCUSED_CHARGED, Category.CONVICTED, Category.PROCLAIMED})
_CIRCULAR_LASTS = timedelta(days=365)
_REWARDS = (10_000, 25_000, 50_000, 100_000, 200_000)


class Notices:
    """Writes the notices of one state, numbered within it."""

    def __init__(self, book: Book) -> None:
        self._book, self._serial, self._sought = book, 0, set[str]()

    def record_notices(self, roster: Roster) -> None:
        """Write down who of a gang is looked for; other states know what Interpol asks."""
        for human, person in zip(roster.gang.members, roster.members, strict=False):
            if person.ref not in self._sought:
                self._sought.add(person.ref)
                self._seek(human, person, at_home=roster.at_home)
        if roster.at_home and self._book.dice.chance(0.4):
            self._record(NoticeKind.REWARD, self._recently(), self._book.dice.pick(roster.vehicles))

    def _seek(self, human: Human, person: RecordDraft, *, at_home: bool) -> None:
        dice, content = self._book.dice, person.content
        if not isinstance(content, PersonContent) or content.category not in _CHARGED:
            return
        if human.wanted:
            red = self._record(NoticeKind.INTERPOL_RED, human.wanted.since, person, human.wanted.number)
            value = ValueEnd(kind=ValueKind.INTERPOL, value=human.wanted.number)
            self._book.link(LinkKind.IDENTIFIED_BY, red, value)
        if not at_home:
            return
        if human.wanted or (content.category is Category.PROCLAIMED and dice.chance(0.4)):
            self._record_circular(person)
        if content.category is Category.PROCLAIMED and content.custody is not Custody.IN_CUSTODY:
            self._record(NoticeKind.PROCLAMATION, self._recently(), person)
            if dice.chance(0.4):
                self._record(NoticeKind.REWARD, self._recently(), person)
        elif content.custody in (Custody.AT_LARGE, Custody.IN_CUSTODY) and dice.chance(0.3):
            executed = content.custody is Custody.IN_CUSTODY
            self._record(NoticeKind.NON_BAILABLE_WARRANT, self._recently(), person, executed=executed)

    def _record_circular(self, person: RecordDraft) -> None:
        issued = self._recently()
        reference = f"TRN/{self._book.land.short}/LOC/{self._serial + 1:04d}/{issued.year}"
        circular = self._record(NoticeKind.LOOK_OUT_CIRCULAR, issued, person, reference)
        value = ValueEnd(kind=ValueKind.LOC, value=reference)
        self._book.link(LinkKind.IDENTIFIED_BY, circular, value)

    def _recently(self) -> date:
        return self._book.dice.day(self._book.on - timedelta(days=700), self._book.on - timedelta(days=20))

    def _record(
        self,
        kind: NoticeKind,
        issued: date,
        sought: RecordDraft,
        reference: str | None = None,
        *,
        executed: bool = False,
    ) -> RecordDraft:
        book, dice = self._book, self._book.dice
        self._serial += 1
        until = issued + _CIRCULAR_LASTS if kind is NoticeKind.LOOK_OUT_CIRCULAR else None
        lapsed = until is not None and until < book.on
        executed_on = dice.day(issued + timedelta(days=1), book.on - timedelta(days=5)) if executed else None
        ended = until if lapsed else executed_on
        content = NoticeContent(
            notice_kind=kind,
            reference=reference or f"TRN/{book.land.short}/NOTICE/{self._serial:04d}/{issued.year}",
            issued_by=_ISSUERS[kind],
            issued_on=issued,
            valid_until=until,
            reward_rupees=dice.pick(_REWARDS) if kind is NoticeKind.REWARD else None,
            sections=standing(_SECTIONS.get(kind, ()), book.land.code, issued),
            notice_status=_status(lapsed=lapsed, executed=executed),
            ended_on=ended,
            note="Invented for training." if dice.chance(0.5) else None,
        )
        notice = book.add(content, book.marker.record(firm=True))
        book.link(LinkKind.SUBJECT_OF, sought, notice, since=issued, until=ended)
        if dice.chance(0.2):
            record_document(book, DocumentKind.WARRANT, issued, notice)
        return notice


def _status(*, lapsed: bool, executed: bool) -> NoticeStatus:
    if executed:
        return NoticeStatus.EXECUTED
    return NoticeStatus.LAPSED if lapsed else NoticeStatus.IN_FORCE
