"""Extortion as it runs: a demand, a reminder, a recce, shots, a claim; and what each leaves in the records."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from intake.world.book import Book
from intake.world.dice import Dice
from intake.world.laws import standing
from intake.world.whereabouts import Scene
from schemas.draft import RecordDraft
from schemas.envelope import day_in_india
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
    PaymentRoute.BANK: 1,
    PaymentRoute.UNKNOWN: 2,
}
_GAP_DAYS = (1, 5)
SHOTS = frozenset({Step.FIRING_IN_AIR, Step.FIRING_AT_PREMISES, Step.MURDER})
LAKH = 100_000


@dataclass(frozen=True)
class Chain:
    """What one chain left: its incidents, oldest first, and what they have in common.

    The last incident tells the whole chain; `title` and `sections` are its own.
    """

    incidents: tuple[RecordDraft, ...]
    channel: Channel
    route: PaymentRoute
    unit: str
    title: str
    sections: tuple[str, ...]
    steps: frozenset[Step]
    last_day: date


def record_chain(book: Book, scene: Scene, claimed: str, near: tuple[str, ...]) -> Chain:
    """Write one chain of extortion down: usually as one incident, at times as two, the second when shots fell.

    `claimed` is the gang's name as the caller gave it, which need not be the gang's own.
    """
    dice, state = book.dice, book.land.code
    channel = dice.weighed(_CHANNELS)
    rungs = _climb(dice, dice.weighed(_CHAINS), book.on)
    target = dice.pick(tuple(TargetType))
    amount = dice.pick((2, 5, 10, 20, 25, 50, 100, 200, 500)) * LAKH
    route = dice.weighed(_ROUTES)

    def write(steps: tuple[Escalation, ...], what: str) -> IncidentContent:
        return IncidentContent(
            title=f"{what}: {target.value.replace('_', ' ').lower()}, {scene.words}",
            demand_at=steps[0].at,
            channel=channel,
            amount_rupees=amount,
            payment_route=route,
            escalation=steps,
            target_type=target,
            place=scene.words,
            place_unit=scene.unit,
            latitude=scene.latitude,
            longitude=scene.longitude,
            sections=_sections(state, steps),
            summary=f"The caller spoke for {claimed}. Invented for training.",
        )

    shots = next((number for number, rung in enumerate(rungs) if rung.step in SHOTS), None)
    if shots is None:
        told = [write(rungs, "Extortion demand")]
    elif dice.chance(0.6):
        told = [write(rungs, "Firing for extortion")]
    else:
        told = [write(rungs[:shots], "Extortion demand"), write(rungs, "Firing after a demand")]
    return Chain(
        incidents=tuple(book.add(content, book.marker.record(near=near)) for content in told),
        channel=channel,
        route=route,
        unit=scene.unit,
        title=told[-1].title,
        sections=told[-1].sections,
        steps=frozenset(rung.step for rung in rungs),
        last_day=max(told[-1].days()),
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
        if rung.at:
            found |= dict.fromkeys(standing(_SECTIONS[rung.step], state, day_in_india(rung.at)))
    return tuple(found)
