"""Bank account: an account, wallet or payment address. Its whole number is sealed and never written here."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.envelope import PastDay
from schemas.ifsc import Ifsc
from schemas.text import Line, NameText
from schemas.word import Word


class BankAccountKind(StrEnum):
    """What kind of account it is; UPI_ONLY is a payment address of which no account is known."""

    SAVINGS = "SAVINGS"
    CURRENT = "CURRENT"
    CASH_CREDIT = "CASH_CREDIT"
    FIXED_DEPOSIT = "FIXED_DEPOSIT"
    WALLET = "WALLET"
    UPI_ONLY = "UPI_ONLY"
    OTHER = "OTHER"


class BankAccountStatus(StrEnum):
    """Whether money can leave the account; LIEN_MARKED holds a part of it back, FROZEN all."""

    ACTIVE = "ACTIVE"
    DORMANT = "DORMANT"
    LIEN_MARKED = "LIEN_MARKED"
    FROZEN = "FROZEN"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


def _last_four(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}", text):
        raise ValueError("Of an account number, the last four digits are written here and no more.")
    return text


LastFour = Annotated[Line, AfterValidator(_last_four)]

_NOT_FROZEN = frozenset({BankAccountStatus.ACTIVE, BankAccountStatus.DORMANT})


class BankAccountContent(Word):
    """What a bank account record says, without its envelope. Who uses it is a link."""

    account_kind: BankAccountKind = Field(description="What kind of account.")
    bank_name: Line = Field(description="The bank, or who runs the wallet or payment address.")
    branch: Line | None = Field(None, description="The branch that keeps it.")
    ifsc: Ifsc | None = Field(None, description="The branch's IFSC.")
    last_four: LastFour | None = Field(None, description="The last four digits of its number.")
    holder: NameText | None = Field(None, description="The holder's name as the bank has it.")
    opened_on: PastDay | None = Field(None, description="When it was opened.")
    account_status: BankAccountStatus = Field(
        BankAccountStatus.UNKNOWN, description="Whether money can leave it, as last recorded."
    )
    mule_suspected: bool = Field(False, description="Whether it is suspected to move money for others.")
    frozen_on: PastDay | None = Field(None, description="When it was frozen or a lien was marked.")
    frozen_by: Line | None = Field(None, description="Which authority had that done.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.account_kind is BankAccountKind.UPI_ONLY and (self.branch or self.ifsc or self.last_four):
            raise ValueError("A payment address alone has no branch and no account number.")
        if self.account_status in _NOT_FROZEN and (self.frozen_on or self.frozen_by):
            raise ValueError("An account that is not frozen has no day of freezing and nobody who froze it.")
        if self.opened_on and self.frozen_on and self.frozen_on < self.opened_on:
            raise ValueError("It was frozen before it was opened.")
        return self
