"""Invented papers and recordings, and which records rest on each."""

from datetime import date

from intake.world.book import Book
from schemas.document import DocumentContent, DocumentKind
from schemas.draft import RecordDraft
from schemas.link import LinkKind

_TITLES = {
    DocumentKind.FIR_COPY: "Copy of a first information report",
    DocumentKind.CHARGE_SHEET: "Copy of a charge-sheet",
    DocumentKind.COURT_ORDER: "Order of a court on custody",
    DocumentKind.WARRANT: "Notice as it was issued",
    DocumentKind.STATEMENT: "Statement of a co-accused",
    DocumentKind.SEIZURE_MEMO: "Memo of a seizure",
    DocumentKind.INTERROGATION_REPORT: "Report of an interrogation",
    DocumentKind.SURVEILLANCE_REPORT: "Report of a watch kept",
    DocumentKind.BANK_STATEMENT: "Statement of an account",
    DocumentKind.PHOTO: "Picture of a page as it was seen",
}
_OFFICES = {
    DocumentKind.COURT_ORDER: "Court of Session (training)",
    DocumentKind.WARRANT: "Office that issued it (training)",
    DocumentKind.BANK_STATEMENT: "Training Bank (invented)",
}


def record_document(book: Book, kind: DocumentKind, dated: date, *resting: RecordDraft) -> RecordDraft:
    """Write a document down, and that these records rest on it."""
    dice, land = book.dice, book.land
    reference = f"TRN/{land.short}/DOC/{len(book.records):05d}/{dated.year}"
    content = DocumentContent(
        title=f"{_TITLES[kind]}, training file",
        document_kind=kind,
        dated=dated,
        reference=reference,
        office=_OFFICES.get(kind, f"Crime branch, {land.code} (training)"),
        language=dice.pick(land.languages) if dice.chance(0.8) else None,
        pages=1 if kind is DocumentKind.PHOTO else dice.between(1, 60),
        summary="Invented for training." if dice.chance(0.7) else None,
    )
    document = book.add(content, book.marker.record(near=_seen_by_all(resting)))
    for record in resting:
        book.link(LinkKind.DERIVED_FROM, record, document)
    return document


def _seen_by_all(records: tuple[RecordDraft, ...]) -> tuple[str, ...]:
    """Give the states that see every one of these records."""
    audiences = [record.marking.audience for record in records]
    return tuple(code for code in audiences[0] if all(code in audience for audience in audiences))
