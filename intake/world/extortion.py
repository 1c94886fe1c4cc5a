"""Extortion as it runs: a demand, a reminder, a recce, shots, a claim; and what each leaves in the records."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from intake.world.book import Book
from intake.world.dice import Dice
from intake.world.tables import Place, words
from schemas.codes.statutes import statute
from schemas.codes.units import unit
from schemas.draft import RecordDraft, ValueEnd
from schemas.envelope import day_in_india
from schemas.ids import ValueKind
from schemas.incident import Channel, Escalation, IncidentContent, PaymentRoute, Step, TargetType

# How far a chain goes, and how often.
_CHAINS: dict[tuple[Step, ...], int] = {
    (Step.DEMAND,): 30,
    (Step.DEMAND, Step.REMINDER): 20,
    (Step.DEMAND, Step.REMINDER, Step.RECCE): 12,
    (Step.DEMAND, Step.RECCE, Step.FIRING_IN_AIR): 8,
    (Step.DEMAND, Step.REMINDER, Step.RECCE, Step.FIRING_AT_PREMISES): 12,
    (Step.DEMAND, Step.REMINDER, Step.RECCE, Step.FIRING_AT_PREMISES, Step.CLAIM_OF_RESPONSIBILITY): 12,
    (Step.DEMAND, Step.RECCE, Step.FIRING_AT_PREMISES, Step.INJURY, Step.CLAIM_OF_RESPONSIBILITY): 4,
    (Step.DEMAND, Step.REMINDER, Step.RECCE, Step.MURDER, Step.CLAIM_OF_RESPONSIBILITY): 2,
}
_NOTES = {
    Step.DEMAND: "The caller named a sum and a gang.",
    Step.REMINDER: "A second call repeated the sum and gave two days.",
    Step.RECCE: "A two-wheeler was seen twice before the premises.",
    Step.FIRING_IN_AIR: "Shots in the air in front of the premises; empty cases were found.",
    Step.FIRING_AT_PREMISES: "Shots at the shutter; nobody was hit.",
    Step.INJURY: "One person was hurt by splinters.",
    Step.MURDER: "One person died of gunshot wounds.",
    Step.CLAIM_OF_RESPONSIBILITY: "A post claimed the act for a gang.",
}
_SECTIONS = {
    Step.DEMAND: ("BNS 308(4)", "IPC 387"),
    Step.REMINDER: ("BNS 351(3)", "IPC 506 (second part)"),
    Step.RECCE: ("BNS 61(2)", "IPC 120B"),
    Step.FIRING_IN_AIR: ("ARMS 27(1)", "BNS 111(3)"),
    Step.FIRING_AT_PREMISES: ("BNS 109(1)", "IPC 307", "ARMS 27(1)", "BNS 111(2)(b)", "GUJCTOC 3", "MCOCA 3(1)"),
    Step.INJURY: ("BNS 109(1)", "IPC 307"),
    Step.MURDER: ("BNS 103(1)", "IPC 302", "BNS 111(2)(a)"),
    Step.CLAIM_OF_RESPONSIBILITY: ("BNS 351(4)", "IPC 507"),
}
_CHANNELS = {
    Channel.VOIP: 4,
    Channel.INTL_NUMBER: 4,
    Channel.WHATSAPP_CALL: 5,
    Channel.WHATSAPP_VOICE: 3,
    Channel.SIGNAL: 1,
    Channel.LETTER: 1,
    Channel.DABBA_CALLING: 2,
    Channel.IN_PERSON: 1,
    Channel.SOCIAL_POST: 1,
}
_ROUTES = {
    PaymentRoute.NOT_PAID: 6,
    PaymentRoute.HAWALA: 2,
    PaymentRoute.CASH: 2,
    PaymentRoute.UPI: 1,
    PaymentRoute.UNKNOWN: 2,
}
_GAP_DAYS = (1, 5)
_SHOTS = frozenset({Step.FIRING_IN_AIR, Step.FIRING_AT_PREMISES, Step.MURDER})
LAKH = 100_000


@dataclass(frozen=True)
class Chain:
    """What one chain left: its incidents, oldest first, and the channel that the demand came by."""

    incidents: tuple[RecordDraft, ...]
    channel: Channel


def record_chain(book: Book, claimed: str, near: tuple[str, ...]) -> Chain:
    """Write one chain of extortion down: usually as one incident, at times as two, the second when shots fell.

    `claimed` is the gang's name as the caller gave it, which need not be the gang's own.
    """
    dice, land = book.dice, book.land
    place = dice.pick(land.places)
    channel = dice.weighed(_CHANNELS)
    rungs = _climb(dice, dice.weighed(_CHAINS), book.on)
    target = dice.pick(tuple(TargetType))
    amount = dice.pick((2, 5, 10, 20, 25, 50, 100, 200, 500)) * LAKH
    route = dice.weighed(_ROUTES)

    def write(steps: tuple[Escalation, ...], what: str) -> RecordDraft:
        content = IncidentContent(
            title=f"{what}: {target.value.replace('_', ' ').lower()}, {_name_of(place, book.on)}",
            demand_at=steps[0].at,
            channel=channel,
            amount_rupees=amount,
            payment_route=route,
            escalation=steps,
            target_type=target,
            place=f"Ward {dice.between(1, 60)}, {_name_of(place, book.on)}",
            place_unit=place.unit,
            latitude=round(place.latitude + dice.between(-90, 90) / 1000, 4),
            longitude=round(place.longitude + dice.between(-90, 90) / 1000, 4),
            sections=_sections(land.code, steps),
            summary=f"The caller spoke for {claimed}. Invented for training.",
        )
        return book.add(content, book.marker.record(near=near))

    shots = next((number for number, rung in enumerate(rungs) if rung.step in _SHOTS), None)
    if shots is None:
        return Chain((write(rungs, "Extortion demand"),), channel)
    if dice.chance(0.6):
        return Chain((write(rungs, "Firing for extortion"),), channel)
    return Chain((write(rungs[:shots], "Extortion demand"), write(rungs, "Firing after a demand")), channel)


def fir_number(book: Book, incident: RecordDraft, serial: int) -> ValueEnd:
    """Give the number under which a station registered an incident; the serial is unique in its state."""
    content = incident.content
    if not isinstance(content, IncidentContent) or content.demand_at is None or content.place_unit is None:
        raise ValueError("A report is numbered by the place and time of its incident.")
    station = f"{book.dice.pick(words('gangs', 'bird')).latin[0]} Gate"
    on = content.demand_at.date()
    return ValueEnd(
        kind=ValueKind.FIR,
        value=f"{book.land.code}, {content.place_unit}, {station}, {serial:04d}/{on.year}",
    )


def _climb(dice: Dice, steps: tuple[Step, ...], on: date) -> tuple[Escalation, ...]:
    """Give each rung its time, days apart, the last of them before today."""
    at = datetime.combine(dice.day(on - timedelta(days=1400), on - timedelta(days=30)), time(5, 30), UTC)
    rungs = []
    for step in steps:
        rungs.append(Escalation(step=step, at=at, note=_NOTES[step]))
        at += timedelta(days=dice.between(*_GAP_DAYS), minutes=dice.between(0, 719))
    return tuple(rungs)


def _sections(state: str, rungs: tuple[Escalation, ...]) -> tuple[str, ...]:
    """Give the sections of these rungs that were in force in this state on the day of each."""
    found: dict[str, None] = {}
    for rung in rungs:
        for key in _SECTIONS[rung.step]:
            if rung.at and statute(key, state, day_in_india(rung.at)):
                found[key] = None
    return tuple(found)


def _name_of(place: Place, on: date) -> str:
    found = unit(place.unit, on)
    return found.name if found else place.unit
