"""Charge-sheet: what the police put before a court, and whether the court took it up."""

from collections.abc import Iterable
from datetime import date
from itertools import combinations
from typing import Annotated, Self

from pydantic import Field, computed_field, model_validator

from schemas.charge_sheet_number import ChargeSheetKind
from schemas.envelope import PastDay
from schemas.text import Line, Prose, Section
from schemas.word import Word


class ChargeSheetContent(Word):
    """What a charge-sheet record says, without its envelope. Whom it charges, and which gang's act it was, are links.

    BNS 111(1) speaks of more than one charge-sheet, filed before a competent court within ten years, of which that
    court took cognizance, for cognizable offences punishable with three years or more, committed as a member or on
    behalf of a syndicate. Each condition that one charge-sheet meets or does not meet is a field; the ten years and
    the number are counted by who asks, over what they see.
    """

    sheet_number: Line = Field(description="Its number as written.")
    sheet_kind: ChargeSheetKind = Field(description="Whether it is the main one of its case or supplementary.")
    filed_on: PastDay = Field(description="When it was filed.")
    court: Line | None = Field(None, description="The court that it is before.")
    fir_number: Line | None = Field(None, description="The number of the first information report, as written.")
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=40)] = Field(
        description="Sections of law that it charges."
    )
    cognizance_on: PastDay | None = Field(
        None, description="When the court took cognizance; empty if it did not, or if that was set aside."
    )
    three_years_cognizable: bool | None = Field(
        None, description="Whether an offence in it is cognizable and punishable with three years or more."
    )
    for_gang: bool | None = Field(
        None, description="Whether it charges that the act was done as a member of a gang or on its behalf."
    )
    summary: Prose | None = Field(None, description="What it says, in short.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.cognizance_on and self.cognizance_on < self.filed_on:
            raise ValueError("A court takes cognizance of a charge-sheet on the day of its filing or later.")
        if self.cognizance_on and self.court is None:
            raise ValueError("Cognizance is taken by a court, which is named.")
        return self

    # A supplementary one is about the same case, so that two of them would show one act and not a continuing one.
    @computed_field(  # type: ignore[prop-decorator]
        description="Whether it is one of those that BNS 111 counts, if it was filed within the ten years; derived."
    )
    @property
    def counts_for_bns111(self) -> bool:
        """Say whether this is a main charge-sheet, taken up by a court, for a grave enough act of a gang."""
        return (
            self.sheet_kind is ChargeSheetKind.MAIN
            and self.cognizance_on is not None
            and self.three_years_cognizable is True
            and self.for_gang is True
        )


_YEARS = 10


def counted_since(day: date) -> date:
    """Give the first day on which a charge-sheet was filed that BNS 111 counts on a day: ten years before."""
    try:
        return day.replace(year=day.year - _YEARS)
    except ValueError:
        return day.replace(year=day.year - _YEARS, day=28)


def more_than_one(numbers: Iterable[frozenset[str]]) -> bool:
    """Say whether among charge-sheets, each given by its numbers, there are two that share none.

    Two states may have recorded the same one, and a case shows one act however often it is charged.
    """
    return any(one.isdisjoint(other) for one, other in combinations(numbers, 2))
