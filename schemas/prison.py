"""Prison stay: one stretch of time in one prison, from coming in to going out."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.envelope import Day, PastDay
from schemas.text import Code, Line, Prose
from schemas.word import Word


class CustodyReason(StrEnum):
    """Why the prison holds the person; TRANSIT is a stop on the way to a court or to another prison."""

    JUDICIAL_CUSTODY = "JUDICIAL_CUSTODY"
    CONVICTED = "CONVICTED"
    PREVENTIVE_DETENTION = "PREVENTIVE_DETENTION"
    TRANSIT = "TRANSIT"
    OTHER = "OTHER"


class StayEnd(StrEnum):
    """How a stay ended; DETENTION_ENDED is a preventive detention that lapsed or was revoked."""

    BAIL = "BAIL"
    ACQUITTAL = "ACQUITTAL"
    DISCHARGE = "DISCHARGE"
    PAROLE = "PAROLE"
    FURLOUGH = "FURLOUGH"
    TRANSFER = "TRANSFER"
    ESCAPE = "ESCAPE"
    DEATH = "DEATH"
    SENTENCE_SERVED = "SENTENCE_SERVED"
    REMISSION = "REMISSION"
    DETENTION_ENDED = "DETENTION_ENDED"


# Each of these ends a charge or a sentence, and a preventive detention has neither.
_ENDS_A_CHARGE = frozenset({StayEnd.ACQUITTAL, StayEnd.DISCHARGE, StayEnd.SENTENCE_SERVED, StayEnd.REMISSION})


class PrisonStayContent(Word):
    """What a prison stay record says, without its envelope. Whose stay it is, is a link."""

    prison: Line = Field(description="The name of the prison.")
    place_unit: Code | None = Field(None, description="The police unit of the place.")
    ward: Line | None = Field(None, description="The barrack, ward or cell.")
    prisoner_number: Line | None = Field(None, description="The prisoner's number as written.")
    custody_reason: CustodyReason | None = Field(None, description="Why the prison held the person.")
    admitted_on: PastDay | None = Field(None, description="When the person came in.")
    expected_release: Day | None = Field(None, description="When the person is expected to go out.")
    released_on: PastDay | None = Field(None, description="When the person went out.")
    ended_by: StayEnd | None = Field(None, description="How the stay ended.")
    transferred_to: Line | None = Field(None, description="The prison that the person was moved to.")
    note: Prose | None = Field(None, description="What else was noted.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.admitted_on and self.released_on and self.released_on < self.admitted_on:
            raise ValueError("The person would go out before coming in: the last day lies before the first.")
        if self.admitted_on and self.expected_release and self.expected_release < self.admitted_on:
            raise ValueError("The person cannot be expected to go out before coming in.")
        if self.transferred_to and self.ended_by is not StayEnd.TRANSFER:
            raise ValueError("Only a stay that ended by transfer names the next prison.")
        preventive = self.custody_reason is CustodyReason.PREVENTIVE_DETENTION
        if preventive and self.ended_by in _ENDS_A_CHARGE:
            raise ValueError("A preventive detention has no charge and no sentence that could end.")
        if self.ended_by is StayEnd.DETENTION_ENDED and not preventive:
            raise ValueError("Only a preventive detention ends in this way.")
        return self
