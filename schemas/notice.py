"""Notice: a circular, warrant, proclamation or reward that asks others to look for someone or something."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.envelope import Day, PastDay
from schemas.measures import Rupees
from schemas.text import Code, Line, Prose, Section
from schemas.word import Word


class NoticeKind(StrEnum):
    """What kind of notice it is; Interpol's bear its colours."""

    # The colours and what each asks for: interpol.int, "About Notices"; silver, for assets, is a pilot since 2025.
    LOOK_OUT_CIRCULAR = "LOOK_OUT_CIRCULAR"
    INTERPOL_RED = "INTERPOL_RED"
    INTERPOL_BLUE = "INTERPOL_BLUE"
    INTERPOL_GREEN = "INTERPOL_GREEN"
    INTERPOL_YELLOW = "INTERPOL_YELLOW"
    INTERPOL_BLACK = "INTERPOL_BLACK"
    INTERPOL_ORANGE = "INTERPOL_ORANGE"
    INTERPOL_PURPLE = "INTERPOL_PURPLE"
    INTERPOL_SILVER = "INTERPOL_SILVER"
    NON_BAILABLE_WARRANT = "NON_BAILABLE_WARRANT"
    PROCLAMATION = "PROCLAMATION"
    REWARD = "REWARD"


class NoticeStatus(StrEnum):
    """Whether the notice still asks for anything; EXECUTED has had what it asked for."""

    IN_FORCE = "IN_FORCE"
    EXECUTED = "EXECUTED"
    RECALLED = "RECALLED"
    LAPSED = "LAPSED"


class NoticeContent(Word):
    """What a notice record says, without its envelope. Whom it looks for is a link. Amounts are whole rupees."""

    notice_kind: NoticeKind = Field(description="What kind of notice.")
    reference: Code | None = Field(None, description="The number under which it was issued.")
    issued_by: Line = Field(description="Which court, authority or officer issued it.")
    issued_on: PastDay = Field(description="When it was issued.")
    valid_until: Day | None = Field(None, description="Its last day, if it was issued for a time.")
    reward_rupees: Annotated[Rupees, Field(ge=1)] | None = Field(
        None, description="The reward that is promised, in whole rupees."
    )
    sections: Annotated[tuple[Section, ...], Field(max_length=40)] = Field((), description="Sections of law.")
    notice_status: NoticeStatus = Field(description="Whether it is in force, as last recorded.")
    ended_on: PastDay | None = Field(None, description="When it was executed, recalled or lapsed.")
    note: Prose | None = Field(None, description="What else was noted.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.notice_kind is NoticeKind.REWARD) != (self.reward_rupees is not None):
            raise ValueError("A reward has its amount, and only a reward has one.")
        if self.valid_until and self.valid_until < self.issued_on:
            raise ValueError("It would lapse before it was issued.")
        if self.ended_on and self.notice_status is NoticeStatus.IN_FORCE:
            raise ValueError("What is in force has not ended.")
        if self.ended_on and self.ended_on < self.issued_on:
            raise ValueError("It ended before it was issued.")
        return self
