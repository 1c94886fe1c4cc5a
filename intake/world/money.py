"""Invented bank accounts and payment addresses, and how a state records one of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from intake.world.book import Book
from intake.world.dice import Dice
from intake.world.names import full_name, invent_name
from intake.world.numbers import Numbers
from intake.world.tables import words
from schemas.bank import BankAccountContent, BankAccountKind, BankAccountStatus
from schemas.draft import RecordDraft, ValueEnd
from schemas.ids import ValueKind
from schemas.link import LinkContent, LinkKind
from schemas.person import Script

BANK, WALLET = "Training Bank (invented)", "Training Wallet (invented)"
_KINDS = {
    BankAccountKind.SAVINGS: 6,
    BankAccountKind.CURRENT: 3,
    BankAccountKind.WALLET: 1,
    BankAccountKind.UPI_ONLY: 2,
}
_WITHOUT_NUMBER = frozenset({BankAccountKind.WALLET, BankAccountKind.UPI_ONLY})
_STATUSES = {
    BankAccountStatus.ACTIVE: 5,
    BankAccountStatus.DORMANT: 1,
    BankAccountStatus.LIEN_MARKED: 2,
    BankAccountStatus.FROZEN: 3,
    BankAccountStatus.CLOSED: 1,
    BankAccountStatus.UNKNOWN: 3,
}
_HELD_BACK = frozenset({BankAccountStatus.LIEN_MARKED, BankAccountStatus.FROZEN})


@dataclass(frozen=True, eq=False)
class MoneyAccount:
    """One invented account, the same one in whichever gang or state: a number at a branch, a UPI address, or both."""

    kind: BankAccountKind
    branch: str
    ifsc: str | None
    number: str | None
    upi: str | None
    holder: str
    opened: date


def invent_money_account(dice: Dice, numbers: Numbers, on: date) -> MoneyAccount:
    """Invent an account of a bank that there is not, opened before anyone is said to have used it."""
    kind = dice.weighed(_KINDS)
    ifsc, number, upi = numbers.bank_account()
    opened = dice.day(date(on.year - 7, 1, 1), date(on.year - 3, 12, 31))
    holder = full_name(invent_name(dice, aliased=0), Script.LATIN)
    branch = f"{dice.pick(words('gangs', 'bird')).latin[0]} Chowk"
    if kind in _WITHOUT_NUMBER:
        return MoneyAccount(kind, branch, None, None, upi, holder, opened)
    return MoneyAccount(kind, branch, ifsc, number, upi if dice.chance(0.5) else None, holder, opened)


def record_money_account(
    book: Book, account: MoneyAccount, known: dict[MoneyAccount, RecordDraft], near: tuple[str, ...]
) -> RecordDraft:
    """Write an account down with its numbers, unless it is already known."""
    if account in known:
        return known[account]
    record = known[account] = book.add(_content(book, account), book.marker.record(near=near))
    for value in _values_of(account):
        book.link(LinkKind.IDENTIFIED_BY, record, value, LinkContent(as_written=value.value))
    return record


def _values_of(account: MoneyAccount) -> list[ValueEnd]:
    """Give the account's number and UPI address, as far as it has them."""
    values = []
    if account.ifsc and account.number:
        values.append(ValueEnd(kind=ValueKind.BANK_ACCOUNT, value=f"{account.ifsc} {account.number}"))
    if account.upi:
        values.append(ValueEnd(kind=ValueKind.UPI, value=account.upi))
    return values


def link_holders(
    book: Book, account: MoneyAccount, record: RecordDraft, gang: RecordDraft, members: list[RecordDraft]
) -> None:
    """Write down who commands an account and who draws from it; now and then its number is found on a person."""
    dice = book.dice
    if dice.chance(0.4):
        book.link(LinkKind.CONTROLS, gang, record)
    runs_it, *use_it = dice.some(members, dice.between(1, 3))
    book.link(LinkKind.CONTROLS, runs_it, record, since=dice.day(account.opened, book.on))
    for member in use_it:
        book.link(LinkKind.USES_ACCOUNT, member, record, since=dice.day(account.opened, book.on))
    if dice.chance(0.4):
        book.link(LinkKind.IDENTIFIED_BY, runs_it, dice.pick(_values_of(account)))


def _content(book: Book, account: MoneyAccount) -> BankAccountContent:
    dice, status = book.dice, book.dice.weighed(_STATUSES)
    mule, numbered = dice.chance(0.5), account.number is not None
    held_back = status in _HELD_BACK
    return BankAccountContent(
        account_kind=account.kind,
        bank_name=BANK if numbered else WALLET,
        branch=account.branch if numbered else None,
        ifsc=account.ifsc,
        last_four=account.number[-4:] if account.number else None,
        holder=account.holder if mule else None,
        opened_on=account.opened if dice.chance(0.6) else None,
        account_status=status,
        mule_suspected=mule,
        frozen_on=dice.day(account.opened, book.on - timedelta(days=5)) if held_back else None,
        frozen_by=f"Cyber cell, {book.land.code} (training)" if held_back else None,
    )
