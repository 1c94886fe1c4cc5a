"""What comes before a court of an invented case: charge-sheets, of which some count for BNS 111 and some do not."""

from dataclasses import dataclass
from datetime import date, timedelta

from intake.world.book import Book
from intake.world.documents import record_document
from intake.world.extortion import Chain
from intake.world.laws import standing
from intake.world.reports import Report
from intake.world.rosters import Roster
from schemas.charge_sheet_number import ChargeSheetKind
from schemas.chargesheet import ChargeSheetContent
from schemas.document import DocumentKind
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import ValueKind
from schemas.link import LinkKind
from schemas.person import Category, PersonContent

COURT = "Court of Session (training)"
_TRIAL_TAKES = timedelta(days=250)


@dataclass(frozen=True)
class Charge:
    """How a case stands before a court: when it was filed, when the court took it up, and whether it convicted."""

    filed: date
    taken_up: date | None
    convicted: bool


def bring_to_court(book: Book, report: Report, behind: Roster, accused: list[RecordDraft]) -> Charge | None:
    """Decide whether a case comes to court: never without an accused, and as often as its gang is prosecuted."""
    dice = book.dice
    filed = report.on + timedelta(days=dice.between(40, 90))
    if not accused or filed > book.on - timedelta(days=30) or not dice.chance(behind.gang.prosecuted):
        return None
    taken_up = filed + timedelta(days=dice.between(0, 25)) if dice.chance(0.85) else None
    over = taken_up is not None and taken_up < book.on - _TRIAL_TAKES
    return Charge(filed, taken_up, over and any(map(_is_convicted, accused)) and dice.chance(0.9))


class Charges:
    """Writes the charge-sheets of one state, numbered within it."""

    def __init__(self, book: Book) -> None:
        self._book, self._serial = book, 0

    def record(self, chain: Chain, report: Report, charge: Charge, behind: Roster, accused: list[RecordDraft]) -> None:
        """Write the main charge-sheet of a case down, and at times a supplementary one."""
        book, dice = self._book, self._book.dice
        # Where its gangs are prosecuted at all, a state says of most acts whose they were.
        for_gang = True if dice.chance(behind.gang.prosecuted) else dice.pick((False, None))
        of_gangs = standing(("BNS 111(4)",), book.land.code, chain.last_day) if for_gang else ()
        self._serial += 1
        number = f"{self._serial:03d}/{charge.filed.year}"
        main = ChargeSheetContent(
            sheet_number=number,
            sheet_kind=ChargeSheetKind.MAIN,
            filed_on=charge.filed,
            court=COURT,
            fir_number=report.printed,
            sections=tuple(dict.fromkeys((*chain.sections, *of_gangs))),
            cognizance_on=charge.taken_up,
            three_years_cognizable=True if dice.chance(0.9) else None,
            for_gang=for_gang,
            summary="Says who called and who was sent. Invented for training.",
        )
        self._record(main, number, report, behind, accused)
        later = charge.filed + timedelta(days=dice.between(40, 200))
        if later < book.on and dice.chance(0.2):
            again = ChargeSheetContent(
                sheet_number=f"{number} Supplementary 1",
                sheet_kind=ChargeSheetKind.SUPPLEMENTARY,
                filed_on=later,
                court=COURT,
                fir_number=report.printed,
                sections=main.sections,
                for_gang=for_gang,
                summary="Adds what the laboratory found. Invented for training.",
            )
            self._record(again, f"{number}, Supplementary 1", report, behind, accused)

    def _record(
        self, content: ChargeSheetContent, number: str, report: Report, behind: Roster, accused: list[RecordDraft]
    ) -> None:
        book = self._book
        sheet = book.add(content, book.marker.record(firm=True, near=behind.near))
        value = ValueEnd(kind=ValueKind.CHARGE_SHEET, value=f"{report.place}, {number}")
        book.link(LinkKind.IDENTIFIED_BY, sheet, value)
        book.link(LinkKind.IDENTIFIED_BY, sheet, report.value)
        for who in (*accused, behind.record) if content.for_gang else accused:
            book.link(LinkKind.CHARGED_BY, who, sheet)
        if book.dice.chance(0.4):
            record_document(book, DocumentKind.CHARGE_SHEET, content.filed_on, sheet)


def _is_convicted(person: RecordDraft) -> bool:
    return isinstance(person.content, PersonContent) and person.content.category is Category.CONVICTED
