"""Audience: how many follow an account, by district, published so that nobody is told apart.

In order:
1. An account's audience is published at most weekly.
2. A cell whose true count is less than 20 away from what was published of it last says that again.
3. Any other cell is rounded to 10, and below 20 it says nothing.
4. A total is the sum of what the cells say.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from schemas.envelope import PastDay
from schemas.text import Code
from schemas.word import Word

LEAST, STEP = 20, 10
APART = timedelta(days=7)


class DistrictCount(Word):
    """How many of those who follow an account are in one district; this is not kept."""

    district: Code = Field(description="The district or commissionerate, by its unit's code.")
    followers: Annotated[StrictInt, Field(ge=0, le=10**9)] = Field(description="How many, as counted.")


class AudienceAsked(Word):
    """An audience as it was counted. A district that is not named has nobody."""

    taken_on: PastDay = Field(description="The day of the count.")
    districts: Annotated[tuple[DistrictCount, ...], Field(min_length=1, max_length=400)] = Field(
        description="The count, by district."
    )

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len({cell.district for cell in self.districts}) != len(self.districts):
            raise ValueError("Each district is named once.")
        return self


class AudienceCell(Word):
    """What is published of one district."""

    district: Code = Field(description="The district or commissionerate, by its unit's code.")
    followers: int | None = Field(None, description="How many, rounded to 10; null for fewer than 20.")


def published(counted: Sequence[DistrictCount], last: Mapping[str, int | None]) -> tuple[AudienceCell, ...]:
    """Give the cells to publish of a count, in order of district, from what was published last."""
    cells = sorted(counted, key=lambda cell: cell.district)
    return tuple(
        AudienceCell(district=cell.district, followers=_said(cell.followers, last.get(cell.district))) for cell in cells
    )


def total_of(cells: Sequence[AudienceCell]) -> int:
    """Give the sum of what cells say."""
    return sum(cell.followers or 0 for cell in cells)


def _said(count: int, last: int | None) -> int | None:
    if last is not None and abs(count - last) < LEAST:
        return last
    return None if count < LEAST else (count + STEP // 2) // STEP * STEP
