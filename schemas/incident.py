"""Incident: what happened, extortion first. Victims are reached by reference, never written here."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, computed_field, model_validator

from schemas.envelope import PastMoment, day_in_india
from schemas.measures import Latitude, Longitude, Rupees
from schemas.text import Code, Line, Prose, Section
from schemas.word import Word


class Channel(StrEnum):
    """How the demand reached its target."""

    VOIP = "VOIP"
    INTL_NUMBER = "INTL_NUMBER"
    WHATSAPP_CALL = "WHATSAPP_CALL"
    WHATSAPP_VOICE = "WHATSAPP_VOICE"
    SIGNAL = "SIGNAL"
    LETTER = "LETTER"
    DABBA_CALLING = "DABBA_CALLING"
    IN_PERSON = "IN_PERSON"
    SOCIAL_POST = "SOCIAL_POST"


class PaymentRoute(StrEnum):
    """How the money was to move, or did."""

    CASH = "CASH"
    HAWALA = "HAWALA"
    BANK = "BANK"
    UPI = "UPI"
    CRYPTO = "CRYPTO"
    GOODS = "GOODS"
    NOT_PAID = "NOT_PAID"
    UNKNOWN = "UNKNOWN"


class Step(StrEnum):
    """The rungs of an escalation, from the demand to the claim of responsibility."""

    DEMAND = "DEMAND"
    REMINDER = "REMINDER"
    RECCE = "RECCE"
    FIRING_IN_AIR = "FIRING_IN_AIR"
    FIRING_AT_PREMISES = "FIRING_AT_PREMISES"
    INJURY = "INJURY"
    MURDER = "MURDER"
    CLAIM_OF_RESPONSIBILITY = "CLAIM_OF_RESPONSIBILITY"


class TargetType(StrEnum):
    """What kind of target was threatened; never who."""

    JEWELLER = "JEWELLER"
    BUILDER = "BUILDER"
    HOTEL = "HOTEL"
    DOCTOR = "DOCTOR"
    TRADER = "TRADER"
    TRANSPORTER = "TRANSPORTER"
    LIQUOR_CONTRACTOR = "LIQUOR_CONTRACTOR"
    PUBLIC_FIGURE = "PUBLIC_FIGURE"
    PRIVATE_PERSON = "PRIVATE_PERSON"
    OTHER = "OTHER"


class Escalation(Word):
    """One rung of the escalation, with its time and what was said of it."""

    step: Step = Field(description="What was done.")
    at: PastMoment | None = Field(None, description="When it was done.")
    note: Prose | None = Field(None, description="What was said of it.")


_FIRING = frozenset({Step.FIRING_IN_AIR, Step.FIRING_AT_PREMISES})
_ASKING = frozenset({Step.DEMAND, Step.REMINDER})


class IncidentContent(Word):
    """What an incident record says, without its envelope. Amounts are whole rupees; a point is in degrees."""

    title: Line = Field(description="What happened, in a line.")
    demand_at: PastMoment | None = Field(None, description="When the demand was made.")
    channel: Channel | None = Field(None, description="How the demand came.")
    amount_rupees: Rupees | None = Field(None, description="What was demanded, in whole rupees.")
    payment_route: PaymentRoute | None = Field(None, description="How the money was to move.")
    escalation: Annotated[tuple[Escalation, ...], Field(max_length=60)] = Field(
        (), description="From the demand to what followed."
    )
    target_type: TargetType | None = Field(None, description="What kind of target.")
    place: Line | None = Field(None, description="Where, in words.")
    place_unit: Code | None = Field(None, description="The police unit of the place.")
    latitude: Latitude | None = Field(None, description="Latitude of the place in degrees.")
    longitude: Longitude | None = Field(None, description="Longitude of the place in degrees.")
    sections: Annotated[tuple[Section, ...], Field(max_length=40)] = Field(
        (), description="Sections of law in force then and there, as the table has them: BNS 308(4)."
    )
    summary: Prose | None = Field(None, description="What is known, in words.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("A point has a latitude and a longitude.")
        return self

    def days(self) -> tuple[date, ...]:
        """Give the days in India on which it is known to have run; none if no time of it is known."""
        moments = (self.demand_at, *(rung.at for rung in self.escalation))
        return tuple(sorted({day_in_india(moment) for moment in moments if moment}))

    # The order of decorators is pydantic's documented one.
    @computed_field(description="Whether shots came with a demand; derived.")  # type: ignore[prop-decorator]
    @property
    def firing_for_extortion(self) -> bool:
        """Say whether shots followed or came with a demand, from the escalation alone."""
        steps = {rung.step for rung in self.escalation}
        return bool(steps & _FIRING) and bool(steps & _ASKING)
