"""Acts of help that people around a gang gave it, each with a section that made it an offence on its day."""

from datetime import timedelta

from intake.world.book import Book
from intake.world.documents import record_document
from intake.world.laws import standing
from intake.world.rosters import Roster
from schemas.assistance import AssistanceContent, AssistanceKind
from schemas.document import DocumentKind
from schemas.draft import RecordDraft
from schemas.link import LinkKind
from schemas.person import Category, PersonContent

# The sections of each, newest law first; of every pair one is in force on any day.
_SECTIONS = {
    AssistanceKind.HARBOURING: ("BNS 249", "IPC 212"),
    AssistanceKind.ARMS: ("ARMS 25(1)",),
    AssistanceKind.MONEY: ("BNS 111(3)", "IPC 120B(1)"),
    AssistanceKind.RECCE: ("BNS 61(2)(a)", "IPC 120B(1)"),
    AssistanceKind.SIM_OR_ACCOUNT: ("TELECOM 42(3)", "BNS 111(3)", "IPC 120B(1)"),
    AssistanceKind.RECRUITMENT: ("BNS 111(3)", "IPC 120B(1)"),
    AssistanceKind.RELAYING_A_THREAT: ("BNS 351(4)", "IPC 507"),
    AssistanceKind.TRANSPORT: ("BNS 111(3)", "IPC 120B(1)"),
    AssistanceKind.DOCUMENTS: ("BNS 336(3)", "IPC 468"),
}
_GIVEN = {
    AssistanceKind.HARBOURING: "A room above a shop, with food.",
    AssistanceKind.ARMS: "Two pistols, carried in a sack of grain.",
    AssistanceKind.MONEY: "Cash, handed over at a bus stand.",
    AssistanceKind.RECCE: "Pictures of a shop and its closing hours.",
    AssistanceKind.SIM_OR_ACCOUNT: "Four SIM cards in the names of others.",
    AssistanceKind.RECRUITMENT: "Brought two young men to a meeting.",
    AssistanceKind.RELAYING_A_THREAT: "Carried a spoken threat to a shop.",
    AssistanceKind.TRANSPORT: "Drove two men across the border of the state by night.",
    AssistanceKind.DOCUMENTS: "A rent agreement with a false name.",
}
_WORTH = frozenset({AssistanceKind.MONEY, AssistanceKind.ARMS})
_LASTING = frozenset({AssistanceKind.HARBOURING, AssistanceKind.MONEY, AssistanceKind.RECRUITMENT})


def record_assistances(book: Book, roster: Roster) -> None:
    """Write down what associates of a gang did for it; a mere contact is said to have given nothing."""
    dice = book.dice
    for person in roster.associates:
        content = person.content
        is_associate = isinstance(content, PersonContent) and content.category is Category.ASSOCIATE
        if is_associate and dice.chance(0.5):
            _record(book, roster, person)


def _record(book: Book, roster: Roster, giver: RecordDraft) -> None:
    dice, kind = book.dice, book.dice.pick(tuple(_SECTIONS))
    day = dice.day(book.on - timedelta(days=1200), book.on - timedelta(days=60))
    until = day + timedelta(days=dice.between(2, 30)) if kind in _LASTING and dice.chance(0.7) else None
    content = AssistanceContent(
        assistance_kind=kind,
        section=dice.pick(standing(_SECTIONS[kind], book.land.code, day)),
        happened_on=day,
        happened_until=until,
        given=_GIVEN[kind],
        amount_rupees=dice.between(1, 40) * 5_000 if kind in _WORTH else None,
        evidence=f"Named in a statement, training file TRN/{book.land.short}/{book.on.year}. Invented for training.",
    )
    act = book.add(content, book.marker.record(near=roster.near))
    book.link(LinkKind.GAVE, giver, act, since=day)
    taker = roster.record if dice.chance(0.4) else dice.pick(roster.members)
    book.link(LinkKind.GIVEN_TO, act, taker, since=day)
    # An act of help is never recorded on hearsay alone.
    stated = (until or day) + timedelta(days=dice.between(2, 25))
    record_document(book, DocumentKind.STATEMENT, stated, act)
