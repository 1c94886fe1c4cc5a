"""What a state kept of those who follow accounts: single acts that matter, and how many there are by district.

Nobody is invented who merely follows. What an officer says of who is meant leaves only a pseudonym in a node.
"""

from dataclasses import dataclass
from datetime import timedelta

from intake.world.book import Book
from intake.world.laws import standing
from schemas.account import AccountContent
from schemas.audience import APART, AudienceAsked, DistrictCount
from schemas.codes.units import UnitKind, units
from schemas.draft import RecordDraft
from schemas.envelope import Marking
from schemas.follower import FollowerActKind, FollowerAsked, FollowerContent
from schemas.ids import Platform, RecordType

_WATCHED = 6  # accounts of a state
_DISTRICTS = frozenset({UnitKind.DISTRICT, UnitKind.COMMISSIONERATE})
# The sections of each, newest law first; of every pair one is in force on any day.
_SECTIONS = {
    FollowerActKind.RELAYING_A_THREAT: ("BNS 351(4)", "IPC 507"),
    FollowerActKind.PAYMENT: ("BNS 111(3)", "IPC 120B(1)"),
    FollowerActKind.RECCE: ("BNS 61(2)(a)", "IPC 120B(1)"),
    FollowerActKind.ARMS: ("ARMS 25(1)",),
    FollowerActKind.SHELTER: ("BNS 249", "IPC 212"),
    FollowerActKind.RECRUITING: ("BNS 111(3)", "IPC 120B(1)"),
}


@dataclass(frozen=True)
class ActSeen:
    """One act of one who follows an account, the account by its ref."""

    account: str
    who: FollowerAsked
    content: FollowerContent
    marking: Marking


@dataclass(frozen=True)
class AudienceSeen:
    """Who follows an account by district, as counted on one day; the account by its ref."""

    account: str
    asked: AudienceAsked
    marking: Marking


def watch(book: Book) -> list[ActSeen | AudienceSeen]:
    """Give what was seen around some accounts of a book, in the order in which it was written down."""
    accounts = [record for record in book.records if record.type is RecordType.ACCOUNT]
    seen: list[ActSeen | AudienceSeen] = []
    for number, account in enumerate(book.dice.some(accounts, _WATCHED)):
        seen.append(_act(book, account, number))
        if number % 2 == 0:
            seen += _counts(book, account)
    return seen


def _act(book: Book, account: RecordDraft, number: int) -> ActSeen:
    dice = book.dice
    kind = (*FollowerActKind,)[number % len(FollowerActKind)]
    day = dice.day(book.on - timedelta(days=40), book.on - timedelta(days=3))
    content = FollowerContent(act=kind, happened_on=day, section=standing(_SECTIONS[kind], book.land.code, day)[0])
    return ActSeen(account.ref, _somebody(book, account, number), content, book.marker.link(account.marking))


def _somebody(book: Book, account: RecordDraft, number: int) -> FollowerAsked:
    """Name an account that is too high or too plain to be in use, on the platform of the one that it follows."""
    platform = account.content.platform if isinstance(account.content, AccountContent) else Platform.INSTAGRAM
    match platform:
        case Platform.YOUTUBE:
            id = f"UCfollower{book.land.short}trainings{number:03d}"
        case Platform.TELEGRAM:
            id = f"99901{number:010d}"
        case _:
            id = f"9990001{number:012d}"
    handle = f"follower.{book.land.short.lower()}.{number}" if book.dice.chance(0.5) else None
    return FollowerAsked(social_id=f"{platform}:{id}", handle=handle)


def _counts(book: Book, account: RecordDraft) -> list[AudienceSeen]:
    """Count those who follow an account twice, a week apart; some districts have too few to be told of."""
    dice, first = book.dice, book.on - timedelta(days=2) - APART
    districts = [unit.code for unit in units(book.land.code, first) if unit.kind in _DISTRICTS]
    counted = {code: dice.between(2, 900) for code in dice.some(districts, dice.between(3, 8))}
    grown = {code: count + dice.between(0, 60) for code, count in counted.items()}
    # It is seen by whoever sees the account, and by nobody else.
    own = account.marking
    same = {"level": own.level, "audience": own.audience, "compartment": own.compartment, "onward": ()}
    return [
        AudienceSeen(
            account.ref,
            AudienceAsked(
                taken_on=day,
                districts=tuple(DistrictCount(district=code, followers=n) for code, n in counts.items()),
            ),
            book.marker.record().model_copy(update=same),
        )
        for day, counts in ((first, counted), (first + APART, grown))
    ]
