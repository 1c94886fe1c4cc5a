"""Case: what a police station registered, and how far it has come. The accused and the incident are links."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.envelope import PastDay
from schemas.fir import FirKind
from schemas.text import Code, Line, Prose, Section
from schemas.word import Word


class CaseStatus(StrEnum):
    """How far the case has come; CANCELLED was found false, TRANSFERRED is investigated by another station."""

    UNDER_INVESTIGATION = "UNDER_INVESTIGATION"
    TRANSFERRED = "TRANSFERRED"
    CLOSED_NO_EVIDENCE = "CLOSED_NO_EVIDENCE"
    CLOSED_UNTRACED = "CLOSED_UNTRACED"
    CANCELLED = "CANCELLED"
    CHARGE_SHEETED = "CHARGE_SHEETED"
    TRIAL = "TRIAL"
    CONVICTED = "CONVICTED"
    ACQUITTED = "ACQUITTED"
    DISCHARGED = "DISCHARGED"
    QUASHED = "QUASHED"


class CaseContent(Word):
    """What a case record says, without its envelope."""

    title: Line = Field(description="What happened, in a line.")
    registered_on: PastDay = Field(description="When it was registered.")
    station: Line | None = Field(None, description="The police station that registered it, in words.")
    station_unit: Code | None = Field(None, description="The police unit of that station, by its code.")
    fir_number: Line | None = Field(None, description="The number of the first information report, as written.")
    fir_kind: FirKind | None = Field(None, description="How the report was taken.")
    sections: Annotated[tuple[Section, ...], Field(max_length=40)] = Field((), description="Sections of law.")
    court: Line | None = Field(None, description="The court that it is before.")
    case_status: CaseStatus = Field(description="How far it has come, as last recorded.")
    investigated_by: Line | None = Field(None, description="The unit or agency that investigates it.")
    summary: Prose | None = Field(None, description="What is known, in words.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.fir_kind and self.fir_number is None:
            raise ValueError("How a report was taken is said of a report with its number.")
        return self
