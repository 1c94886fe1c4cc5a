"""Social account: a platform's account by its immutable id; the handle may change."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.envelope import PastDay
from schemas.ids import BadIdentifier, Platform, ValueKind, normal_form
from schemas.text import Code, Line, has_aadhaar
from schemas.word import Word


def _url(text: str) -> str:
    if has_aadhaar(text):
        raise ValueError("An address holds no Aadhaar number, nor a number of twelve digits that could be one.")
    return text


Url = Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{3,300}$"), AfterValidator(_url)]


class TakedownOutcome(StrEnum):
    """What a platform did about a request to take something down."""

    AWAITED = "AWAITED"
    REMOVED = "REMOVED"
    RESTRICTED_IN_INDIA = "RESTRICTED_IN_INDIA"
    REFUSED = "REFUSED"


class TakedownRequest(Word):
    """One request to the platform to take the account or something on it down, and what came of it."""

    requested_on: PastDay = Field(description="When the platform was asked.")
    requested_by: Line = Field(description="Which authority asked.")
    legal_basis: Line = Field(description="The law under which it asked.")
    reference: Code | None = Field(None, description="The number of the request.")
    outcome: TakedownOutcome = Field(TakedownOutcome.AWAITED, description="What the platform did.")
    decided_on: PastDay | None = Field(None, description="When it did so.")

    @model_validator(mode="after")
    def _is_decided_after_it_was_made(self) -> Self:
        if self.decided_on and self.outcome is TakedownOutcome.AWAITED:
            raise ValueError("What has been decided is no longer awaited.")
        if self.decided_on and self.decided_on < self.requested_on:
            raise ValueError("It was decided before it was asked for.")
        return self


class EarlierHandle(Word):
    """A handle that the account bore before the one that it has now."""

    handle: Line = Field(description="The handle.")
    first_seen: PastDay | None = Field(None, description="When it was first seen with it.")
    last_seen: PastDay | None = Field(None, description="When it was last seen with it.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.first_seen and self.last_seen and self.last_seen < self.first_seen:
            raise ValueError("It was last seen before it was first seen.")
        return self


class AccountContent(Word):
    """What a social account record says, without its envelope. Whose it is, is a graded link."""

    platform: Platform = Field(description="The platform.")
    account_id: Annotated[str, Field(max_length=100)] = Field(description="The platform's immutable id of the account.")
    handle: Line | None = Field(None, description="The handle as last recorded.")
    earlier_handles: Annotated[tuple[EarlierHandle, ...], Field(max_length=40)] = Field(
        (), description="Handles that it bore before."
    )
    url: Url | None = Field(None, description="Its address.")
    first_seen: PastDay | None = Field(None, description="When it was first seen.")
    last_seen: PastDay | None = Field(None, description="When it was last seen.")
    takedown_requests: Annotated[tuple[TakedownRequest, ...], Field(max_length=40)] = Field(
        (), description="What the platform was asked to take down."
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.first_seen and self.last_seen and self.last_seen < self.first_seen:
            raise ValueError("It was last seen before it was first seen.")
        try:
            normal_form(ValueKind.SOCIAL_ID, f"{self.platform.value}:{self.account_id}")
        except BadIdentifier as problem:
            raise ValueError(str(problem)) from problem
        return self
