"""What is kept on paper about a gang as a whole: what its people said, what its accounts show, what was seized."""

from datetime import timedelta

from intake.world.book import Book
from intake.world.documents import record_document
from intake.world.rosters import Roster
from schemas.document import DocumentKind
from schemas.draft import RecordDraft
from schemas.vehicle import VehicleContent, VehicleStatus


def record_dossier(book: Book, roster: Roster) -> None:
    """Write down an interrogation in most cases, and now and then what else there is to a gang."""
    dice = book.dice
    seized = [vehicle for vehicle in roster.vehicles if _is_seized(vehicle)]
    kept: dict[DocumentKind, tuple[float, list[RecordDraft]]] = {
        DocumentKind.INTERROGATION_REPORT: (0.8, [roster.record, *dice.some(roster.members, dice.between(1, 4))]),
        DocumentKind.BANK_STATEMENT: (0.3, roster.money),
        DocumentKind.SEIZURE_MEMO: (0.5, seized),
        DocumentKind.PHOTO: (0.3, roster.accounts),
    }
    for kind, (part, records) in kept.items():
        if records and dice.chance(part):
            dated = dice.day(book.on - timedelta(days=60), book.on - timedelta(days=2))
            record_document(book, kind, dated, *records)


def _is_seized(vehicle: RecordDraft) -> bool:
    content = vehicle.content
    return isinstance(content, VehicleContent) and content.vehicle_status is VehicleStatus.SEIZED
