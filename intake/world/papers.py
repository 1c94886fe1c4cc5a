"""What a station makes of a chain of extortion: one case for all of its incidents, under one number."""

from dataclasses import dataclass

from intake.world.book import Book
from intake.world.charges import COURT, Charge, Charges, bring_to_court
from intake.world.documents import record_document
from intake.world.extortion import Chain
from intake.world.reports import Report, register
from intake.world.rosters import Roster
from schemas.case import CaseContent, CaseStatus
from schemas.document import DocumentKind
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import ValueKind
from schemas.link import LinkKind

_WITH_SUSPECTS = (CaseStatus.UNDER_INVESTIGATION, CaseStatus.TRANSFERRED, CaseStatus.CLOSED_NO_EVIDENCE)
_WITHOUT = (CaseStatus.UNDER_INVESTIGATION, CaseStatus.TRANSFERRED, CaseStatus.CLOSED_UNTRACED)
_ESTABLISHMENT = "ZZ99"  # no court has it


@dataclass(frozen=True)
class Case:
    """A case as it was written down, and how it stands before a court, if it does."""

    record: RecordDraft
    charge: Charge | None


class Docket:
    """Writes the cases of one state, and numbers reports and cases before courts within it."""

    def __init__(self, book: Book) -> None:
        self._book, self._charges = book, Charges(book)
        self._reports = self._before_courts = 0

    def open_case(self, chain: Chain, behind: Roster, pursued: list[RecordDraft], accused: list[RecordDraft]) -> Case:
        """Register a chain, and charge the accused among the pursued if it comes to court."""
        book = self._book
        self._reports += 1
        report = register(book, chain, self._reports)
        charged = bring_to_court(book, report, behind, accused)
        case = self._record(chain, report, behind, self._status(charged, pursued))
        if charged:
            self._before_courts += 1
            number = f"{book.land.short}{_ESTABLISHMENT}/{self._before_courts:06d}/{charged.filed.year}"
            book.link(LinkKind.IDENTIFIED_BY, case, ValueEnd(kind=ValueKind.CNR, value=number))
            self._charges.record(chain, report, charged, behind, accused)
        return Case(case, charged)

    def _status(self, charged: Charge | None, pursued: list[RecordDraft]) -> CaseStatus:
        if charged is None:
            return self._book.dice.pick(_WITH_SUSPECTS if pursued else _WITHOUT)
        if charged.convicted:
            return CaseStatus.CONVICTED
        return CaseStatus.TRIAL if charged.taken_up else CaseStatus.CHARGE_SHEETED

    def _record(self, chain: Chain, report: Report, behind: Roster, status: CaseStatus) -> RecordDraft:
        book, dice = self._book, self._book.dice
        given_away = status is CaseStatus.TRANSFERRED or dice.chance(0.4)
        content = CaseContent(
            title=chain.title,
            registered_on=report.on,
            station=report.station,
            station_unit=chain.unit,
            fir_number=report.printed,
            fir_kind=report.kind,
            sections=chain.sections,
            court=None if status in (*_WITH_SUSPECTS, *_WITHOUT) else COURT,
            case_status=status,
            investigated_by=f"Crime branch, {book.land.code} (training)" if given_away else None,
            summary="Registered on the word of the one who was called. Invented for training.",
        )
        case = book.add(content, book.marker.record(firm=True, near=behind.near))
        book.link(LinkKind.IDENTIFIED_BY, case, report.value)
        for incident in chain.incidents:
            book.link(LinkKind.RECORDED_IN, incident, case)
            book.link(LinkKind.IDENTIFIED_BY, incident, report.value)
        if dice.chance(0.3):
            record_document(book, DocumentKind.FIR_COPY, report.on, case, *chain.incidents)
        return case
