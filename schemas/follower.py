"""Follower: not a person. One act of one who follows an account, under a pseudonym; to follow or to like is no act."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from schemas.assistance import Offence
from schemas.envelope import PastDay
from schemas.ids import ValueKind, normal_form
from schemas.text import Line
from schemas.word import Word

KEY_DAYS = 90


class FollowerActKind(StrEnum):
    """What a follower did that matters; there is no other, or anything could be called an act."""

    RELAYING_A_THREAT = "RELAYING_A_THREAT"
    PAYMENT = "PAYMENT"
    RECCE = "RECCE"
    ARMS = "ARMS"
    SHELTER = "SHELTER"
    RECRUITING = "RECRUITING"


class FollowerContent(Word):
    """What is kept of one act. No words of the officer's own, which could name somebody."""

    act: FollowerActKind = Field(description="What was done.")
    happened_on: PastDay = Field(description="When it was done.")
    section: Offence = Field(description="The section of law that makes the act an offence.")


class FollowerAsked(Word):
    """Who is meant, as an officer writes it once: it is kept under a pseudonym and sealed, and never given back."""

    social_id: Line = Field(description="The platform, a colon and the follower's account id there.")
    handle: Line | None = Field(None, description="The follower's handle, kept sealed.")

    @property
    def normal(self) -> str:
        """Give the one form of the id. Raises BadIdentifier."""
        return normal_form(ValueKind.SOCIAL_ID, self.social_id)


def period_of(act: date, recorded: date) -> str:
    """Name the stretch of time in which one key makes pseudonyms: one quarter of acts, recorded in one quarter.

    The last days of a quarter that has more than ninety are a stretch of their own, so that no key is used for
    longer than it is kept.
    """
    begun = date(recorded.year, 3 * ((recorded.month - 1) // 3) + 1, 1)
    rest = "+" if (recorded - begun).days >= KEY_DAYS else ""
    return f"{_quarter(act)} {_quarter(recorded)}{rest}"


def _quarter(day: date) -> str:
    return f"{day.year}Q{(day.month + 2) // 3}"
