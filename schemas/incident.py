"""Incident: what happened, extortion first. Victims are reached by reference, never written here."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictInt, computed_field, model_validator

from schemas.envelope import Moment, day_in_india
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

    step: Step
    at: Moment | None = None
    note: Prose | None = None


_FIRING = frozenset({Step.FIRING_IN_AIR, Step.FIRING_AT_PREMISES})
_ASKING = frozenset({Step.DEMAND, Step.REMINDER})


class IncidentContent(Word):
    """What an incident record says, without its envelope. Amounts are whole rupees; a point is in degrees."""

    title: Line
    demand_at: Moment | None = None
    channel: Channel | None = None
    amount_rupees: Annotated[StrictInt, Field(ge=0, lt=10**11)] | None = None
    payment_route: PaymentRoute | None = None
    escalation: Annotated[tuple[Escalation, ...], Field(max_length=60)] = ()
    target_type: TargetType | None = None
    place: Line | None = None
    place_unit: Code | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    sections: Annotated[tuple[Section, ...], Field(max_length=40)] = ()
    summary: Prose | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("A point has a latitude and a longitude.")
        return self

    def days(self) -> tuple[date, ...]:
        """Give the days in India on which it is known to have run; none if no time of it is known."""
        moments = (self.demand_at, *(rung.at for rung in self.escalation))
        return tuple(sorted({day_in_india(moment) for moment in moments if moment}))

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented order of decorators
    @property
    def firing_for_extortion(self) -> bool:
        """Say whether shots followed or came with a demand, from the escalation alone."""
        steps = {rung.step for rung in self.escalation}
        return bool(steps & _FIRING) and bool(steps & _ASKING)
