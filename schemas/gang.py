"""Gang: a group as one state's police alleges it, with its standing and its next audit."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.envelope import Day, PastDay
from schemas.person import DatePrecision, NameKind, RecordedName
from schemas.text import Line, Prose
from schemas.word import Word


class Standing(StrEnum):
    """How far the claim that this is a gang has come. A threshold in law is computed per viewer, never typed."""

    ALLEGED = "ALLEGED"
    UNDER_INVESTIGATION = "UNDER_INVESTIGATION"


class ModusOperandi(StrEnum):
    """How the gang works."""

    EXTORTION_CALLS = "EXTORTION_CALLS"
    FIRING_AT_PREMISES = "FIRING_AT_PREMISES"
    CONTRACT_KILLING = "CONTRACT_KILLING"
    ARMS_SUPPLY = "ARMS_SUPPLY"
    DRUG_SUPPLY = "DRUG_SUPPLY"
    KIDNAPPING = "KIDNAPPING"
    ROBBERY = "ROBBERY"
    LAND_GRABBING = "LAND_GRABBING"
    SOCIAL_MEDIA_THREATS = "SOCIAL_MEDIA_THREATS"
    HAWALA = "HAWALA"


_OTHER_NAMES = frozenset({NameKind.ALIAS, NameKind.URF})


class GangContent(Word):
    """What a gang record says, without its envelope. Rivals, allies and splits are links."""

    names: Annotated[tuple[RecordedName, ...], Field(min_length=1, max_length=40)] = Field(
        description="Names as recorded."
    )
    formed: PastDay | None = Field(None, description="When it formed, as far as that is known.")
    formed_precision: DatePrecision | None = Field(None, description="How much of that date is known.")
    standing: Standing = Field(description="How far the claim that this is a gang has come.")
    areas: Annotated[tuple[Line, ...], Field(max_length=60)] = Field((), description="Where it is active.")
    modus_operandi: Annotated[tuple[ModusOperandi, ...], Field(max_length=20)] = Field((), description="How it works.")
    designation_authority: Line | None = Field(None, description="Who designated it.")
    designation_evidence: Prose | None = Field(None, description="On what evidence.")
    next_audit: Day | None = Field(None, description="When its designation is audited next.")

    @model_validator(mode="after")
    def _tells_where_its_aliases_come_from(self) -> Self:
        if any(name.kind in _OTHER_NAMES and name.source is None for name in self.names):
            raise ValueError("An alias of a gang names its source.")
        return self
