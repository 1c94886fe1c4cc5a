"""Invented social accounts, and how a state records one of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from intake.world.book import Book
from intake.world.dice import Dice
from intake.world.numbers import Numbers
from intake.world.tables import Word
from schemas.account import AccountContent, EarlierHandle, TakedownOutcome, TakedownRequest
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import Platform, ValueKind
from schemas.link import LinkKind


@dataclass(frozen=True)
class Account:
    """A social account of a gang: its platform, immutable id and handle, and the one that it bore before, if any."""

    platform: Platform
    id: str
    handle: str
    before: str | None


def invent_account(dice: Dice, numbers: Numbers, parts: tuple[Word, ...]) -> Account:
    """Invent an account whose handle is made of a gang's name."""
    platform, id = numbers.account()
    handle = f"{parts[0].latin[0]}.{parts[1].latin[0]}.{dice.between(10, 999)}".lower()
    # A page that was taken down comes back under another name.
    before = f"{parts[1].latin[0]}.{parts[0].latin[0]}.official".lower() if dice.chance(0.3) else None
    return Account(platform, id, handle, before)


def record_account(book: Book, account: Account, gang: RecordDraft, members: list[RecordDraft]) -> RecordDraft:
    """Write an account down with who runs it and who uses it."""
    dice = book.dice
    first = dice.day(date(book.on.year - 4, 1, 1), book.on - timedelta(days=100))
    content = AccountContent(
        platform=account.platform,
        account_id=account.id,
        handle=account.handle,
        earlier_handles=_earlier(book, account, first),
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


def _earlier(book: Book, account: Account, first: date) -> tuple[EarlierHandle, ...]:
    """Give the handle that an account bore when it was first seen, if this state knew it by then."""
    if account.before is None:
        return ()
    until = book.dice.day(first, book.on - timedelta(days=60))
    return (EarlierHandle(handle=account.before, first_seen=first, last_seen=max(first, until)),)


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
