"""Social account: a platform's account by its immutable id; the handle may change."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.envelope import Day
from schemas.ids import BadIdentifier, Platform, ValueKind, normal_form
from schemas.text import Line, has_aadhaar
from schemas.word import Word


def _url(text: str) -> str:
    if has_aadhaar(text):
        raise ValueError("An address holds no Aadhaar number, nor a number of twelve digits that could be one.")
    return text


Url = Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{3,300}$"), AfterValidator(_url)]


class AccountContent(Word):
    """What a social account record says, without its envelope. Whose it is, is a graded link."""

    platform: Platform
    account_id: Annotated[str, Field(max_length=100)]
    handle: Line | None = None
    url: Url | None = None
    first_seen: Day | None = None
    last_seen: Day | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.first_seen and self.last_seen and self.last_seen < self.first_seen:
            raise ValueError("It was last seen before it was first seen.")
        try:
            normal_form(ValueKind.SOCIAL_ID, f"{self.platform.value}:{self.account_id}")
        except BadIdentifier as problem:
            raise ValueError(str(problem)) from problem
        return self
