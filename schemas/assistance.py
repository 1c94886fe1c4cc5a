"""Assistance: one act of help with a statute. To follow or to like someone is no help, and no kind of it says so."""

from enum import StrEnum
from functools import cache
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.codes.statutes import StatuteKind, all_statutes
from schemas.envelope import PastDay
from schemas.measures import Rupees
from schemas.text import Prose, Section
from schemas.word import Word


class AssistanceKind(StrEnum):
    """How the help was given; there is no other, or anything could be called help."""

    HARBOURING = "HARBOURING"
    ARMS = "ARMS"
    MONEY = "MONEY"
    RECCE = "RECCE"
    SIM_OR_ACCOUNT = "SIM_OR_ACCOUNT"
    RECRUITMENT = "RECRUITMENT"
    RELAYING_A_THREAT = "RELAYING_A_THREAT"
    TRANSPORT = "TRANSPORT"
    DOCUMENTS = "DOCUMENTS"


_PUNISHES = frozenset({StatuteKind.OFFENCE, StatuteKind.SPECIAL_ACT})
# Under these Acts people are detained, watched or sent away beforehand, for what they are said to be.
_PREVENTIVE = frozenset({"PASA-GJ", "PASA-GJ-2020", "PASA-RJ", "GOONDA-RJ", "HABITUAL-RJ"})


@cache
def _no_offences() -> frozenset[str]:
    """Give the sections of powers, procedure and evidence."""
    return frozenset(row.key for row in all_statutes() if row.kind not in _PUNISHES)


def _offence(section: str) -> str:
    if section.endswith("*"):
        raise ValueError("An act names the one section that it breaks, not a whole Act.")
    if section.partition(" ")[0] in _PREVENTIVE or section in _no_offences():
        raise ValueError("An act names a section that makes it an offence; this one punishes no act.")
    return section


Offence = Annotated[Section, AfterValidator(_offence)]


class AssistanceContent(Word):
    """What an assistance record says, without its envelope. Who gave and who took are links."""

    assistance_kind: AssistanceKind = Field(description="What kind of help.")
    section: Offence = Field(description="The section of law that makes the act an offence.")
    happened_on: PastDay = Field(description="When it happened, or began.")
    happened_until: PastDay | None = Field(None, description="Its last day, if it went on for longer than one.")
    given: Prose | None = Field(None, description="What was given or done, in words.")
    amount_rupees: Rupees | None = Field(None, description="What was given or what it was worth, in whole rupees.")
    evidence: Prose = Field(description="What shows that it happened.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.happened_until and self.happened_until < self.happened_on:
            raise ValueError("The help would end before it began: its last day lies before its first.")
        return self
