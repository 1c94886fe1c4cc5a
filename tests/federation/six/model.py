"""Six graphs as plain tuples, what the states agreed, who asks, and what each owner gives to whom: by the rules alone.

In order:
1. Everything in a state's graph is that state's own; its audience is drawn among the others, and to whom of these it
   may be passed on. Links write numbers that other states have too, some in another way, some wrongly, some not at all.
   A state says of some records that they are, or are not, one with others'.
2. At home an officer is judged by what they hold. Elsewhere by the agreement of that state with theirs: no higher than
   its ceiling, in no compartment that it does not name, and nobody protected.
3. A purpose that was not agreed on is refused, and one that wants a fresh sign-in is refused without one, whatever is
   there to be seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.federation.six.across import FORMS, Abroad
from tests.federation.six.weather import DENIED, LIVE, STEP_UP, Standing
from tests.oracle import model as one_state
from tests.oracle.model import HIDDEN_FROM_WALKS, Gate, Sight, Thing, Tie, World
from tests.station import MORNING, TODAY

PURPOSES = ("INVESTIGATION",) * 5 + ("PREVENTION_OF_NAMED_THREAT", "JOINT_OPERATION", "COURT", "FUGITIVE")
PURPOSES += ("PRISON_INTEL", "CORRECTION", "TRAINING", "AUDIT")
ALL_PURPOSES = tuple(dict.fromkeys(PURPOSES))
# Later than the morning, so that clocks go wrong either way within the day and after the keys began.
NOON = MORNING + timedelta(hours=3)
STEP_UP_MINUTES = 10


def compartments_of(state: str) -> tuple[str, str]:
    """Give the compartments of a state."""
    return (f"{state}:ALPHA", f"{state}:BETA")


@dataclass(frozen=True)
class Officer:
    """Who asks: at home `state`, what they hold there, for what, and when they last gave a one-time code."""

    id: str
    state: str
    level: int
    compartments: tuple[str, ...]
    purpose: str
    signed_in_at: datetime | None


@dataclass(frozen=True)
class Agreed:
    """What an owner agreed with an asker's state."""

    purposes: tuple[str, ...]
    ceiling: int
    compartments: tuple[str, ...]
    step_up: tuple[str, ...]


@dataclass(frozen=True)
class Viewer:
    """An officer as one owner sees them: read by `Sight`."""

    state: str
    level: int
    compartments: frozenset[str]
    purpose: str
    foreign: bool

    def reads(self, kind_of_thing: str) -> bool:
        """Say whether the purpose reads a class: '-' for what has no category."""
        if kind_of_thing in {"WITHDRAWN", "PENDING"} or self.purpose == "AUDIT":
            return False
        if self.foreign and (self.purpose == "CORRECTION" or kind_of_thing in HIDDEN_FROM_WALKS):
            return False
        pursuit = self.purpose in {"FUGITIVE", "PRISON_INTEL"}
        return not (pursuit and kind_of_thing in one_state.HIDDEN_FROM_PURSUIT)

    def sees(self, gate: Gate) -> bool:
        """Say whether a gate is open."""
        return (
            self.state in gate.states
            and gate.level <= self.level
            and gate.compartment in self.compartments
            and self.reads(gate.kind_of_thing)
            and gate.until > NOON
        )


@dataclass
class Six:
    """The states' graphs by owner, what they say of one another's records, agreements by (owner, asker), officers."""

    worlds: dict[str, World] = field(default_factory=dict)
    said: dict[str, list[Abroad]] = field(default_factory=dict)
    agreements: dict[tuple[str, str], Agreed] = field(default_factory=dict)
    officers: list[Officer] = field(default_factory=list)
    _sights: dict[tuple[str, str, bool], Sight] = field(default_factory=dict)

    def viewer(self, officer: Officer, owner: str) -> Viewer:
        """Give an officer as an owner sees them."""
        level, named = officer.level, set(officer.compartments)
        if owner != officer.state:
            agreed = self.agreements[owner, officer.state]
            level, named = min(level, agreed.ceiling), named & set(agreed.compartments)
        comps = {"TRAINING"} if officer.purpose == "TRAINING" else {"", *named}
        return Viewer(officer.state, level, frozenset(comps), officer.purpose, owner != officer.state)

    def sight(self, officer: Officer, owner: str, *, walk: bool = False) -> Sight:
        """Give what an officer sees of an owner's graph, or may walk of it, once it answers them."""
        key = (officer.id, owner, walk)
        if key not in self._sights:
            viewer: Any = self.viewer(officer, owner)
            self._sights[key] = Sight(self.worlds[owner], viewer, walk)
        return self._sights[key]

    def told_of_others(self, officer: Officer, owner: str) -> list[Abroad]:
        """Give what an officer may walk of what an owner says of others' records, in order of id."""
        sight, viewer = self.sight(officer, owner, walk=True), self.viewer(officer, owner)
        return [
            one
            for one in sorted(self.said.get(owner, ()), key=lambda one: one.tie.id)
            if one.tie.a in sight.things
            and viewer.sees(gate := one.gate(sight.world))
            and viewer.sees(replace(gate, kind_of_thing=one.there.kind_of_thing))
        ]

    def agreed(self, officer: Officer, owner: str, at: datetime) -> Standing:
        """Say how an owner takes an officer's question at its own time, whatever it holds."""
        agreed = self.agreements[owner, officer.state]
        if officer.purpose not in agreed.purposes:
            return DENIED
        fresh = officer.signed_in_at is not None and at - officer.signed_in_at <= timedelta(minutes=STEP_UP_MINUTES)
        return STEP_UP if officer.purpose in agreed.step_up and not fresh else LIVE


def make(seed: int, value_ids: Mapping[str, Any]) -> Six:
    """Draw six graphs, agreements and officers; `value_ids` gives each state's own way to name an identifier."""
    dice, states = Random(f"six {seed}"), tuple(value_ids)
    six = Six()
    for state in states:
        drawn = one_state.make(dice.getrandbits(32), value_ids[state])
        six.worlds[state] = _told(_moved(drawn, state, states, dice), Random(f"told {seed} {state}"))
    for state in states:
        six.said[state] = list(_said(Random(f"said {seed} {state}"), six, state))
    for owner in states:
        for asker in states:
            if owner != asker:
                six.agreements[owner, asker] = _agreed(dice, owner)
    for state in states:
        six.officers += [_officer(dice, seed, state, number, states) for number in range(2)]
    return six


def _officer(dice: Random, seed: int, state: str, number: int, states: tuple[str, ...]) -> Officer:
    named = [name for one in states for name in compartments_of(one)]
    held = tuple(sorted(dice.sample(named, dice.choice([0, 2, 4, len(named)]))))
    minutes = dice.choice([None, 2, 2, 90])
    signed_in = None if minutes is None else NOON - timedelta(minutes=minutes)
    id = f"{state[3:].lower()}.asks{seed}.{number}"
    return Officer(id, state, dice.choice([0, 1, 2, 3, 3]), held, dice.choice(PURPOSES), signed_in)


def _agreed(dice: Random, owner: str) -> Agreed:
    some = dice.random()
    purposes = ALL_PURPOSES if some < 0.7 else tuple(dice.sample(ALL_PURPOSES, dice.choice([0, 2, 5])))
    step_up = tuple(one for one in purposes if dice.random() < 0.15)
    named = tuple(dice.sample(compartments_of(owner), dice.choice([0, 1, 2])))
    return Agreed(purposes, dice.choice([0, 1, 2, 3]), named, step_up)


def _moved(world: World, state: str, states: tuple[str, ...], dice: Random) -> World:
    """Give a world of one state as another's own, with an audience among the rest."""
    ids = {id: _renamed(id, state) for id in world.things}
    named = dict(zip(("IN-RJ:ALPHA", "IN-RJ:BETA"), compartments_of(state), strict=True))
    if dice.random() < 0.3:
        named["IN-RJ:BETA"] = "TRAINING"

    def gate(of: Gate) -> Gate:
        others = [one for one in states if one != state and dice.random() < 0.8]
        return replace(of, states=frozenset({state, *others}), compartment=named.get(of.compartment, ""))

    things = {
        ids[id]: replace(thing, id=ids[id], owner=state, gate=gate(thing.gate)) for id, thing in world.things.items()
    }
    ties = {}
    for tie in world.ties.values():
        a, b = (ids.get(end, end) for end in (tie.a, tie.b))
        made = replace(tie, id=_renamed(tie.id, state), a=a, b=b, owner=state, own=gate(tie.own))
        ends = [things[end].gate.kind_of_thing for end in (a, b) if end in things]
        if made.kind in one_state.ASSERTED and set(ends) & HIDDEN_FROM_WALKS:
            made = replace(made, own=replace(made.own, states=frozenset({state}), level=3))
        ties[made.id] = made
    return World(things, world.values, ties)


def _told(world: World, dice: Random) -> World:
    """Give a world with what its links write, and with states to which things may be passed on."""

    def onward(one: Thing | Tie, gate: Gate) -> frozenset[str]:
        often = dice.choice([0.0, 0.3, 0.9])
        return frozenset(state for state in sorted(gate.states - {one.owner}) if dice.random() < often)

    things = {id: replace(one, onward=onward(one, one.gate)) for id, one in world.things.items()}
    ties = {
        id: replace(one, onward=onward(one, one.own), written=_written(dice, world, one))
        for id, one in world.ties.items()
    }
    return World(things, world.values, ties)


def _said(dice: Random, six: Six, state: str) -> Iterator[Abroad]:
    """Say of some records that they are, or are not, one with others' that might have been shown here."""
    world, pairs = six.worlds[state], []
    for _ in range(60):
        one = world.things[dice.choice(sorted(world.things))]
        others = six.worlds[dice.choice([other for other in six.worlds if other != state])].things
        alike = [id for id, other in sorted(others.items()) if other.kind == one.kind]
        other = others[dice.choice(alike)] if alike else one
        named = {one.gate.compartment, other.gate.compartment} - {""}
        # What is protected there, no officer of this state was ever shown.
        if other is not one and len(named) < 2 and other.says.get("category") not in HIDDEN_FROM_WALKS:
            pairs.append((one, other))
    for _ in range(2 * len(pairs)):
        one, other = dice.choice(pairs)
        [kind] = dice.choices(["SAME_AS", "NOT_SAME_AS", "UNSURE"], [7, 2, 1])
        states = {state} | {each for each in six.worlds if dice.random() < 0.75}
        onward = frozenset(each for each in sorted(states - {state}) if dice.random() < 0.5)
        level = dice.choice([0, 0, 0, 1, 3])
        if one.gate.kind_of_thing in HIDDEN_FROM_WALKS:
            states, onward, level = {state}, frozenset(), 3
        until = dice.choice([one.gate.until, MORNING + timedelta(days=90)])
        own_gate = Gate(frozenset(states), level, "", "-", until)
        day = dice.choice([None, None, None, TODAY + timedelta(days=1)])
        id = f"urn:sangam:{state}:link:{UUID(int=dice.getrandbits(128), version=4)}"
        tie = Tie(id, kind, one.id, other.id, state, own_gate, day, None, _moment(dice), None, onward)
        passed = frozenset({state, other.owner, *other.onward})
        there = replace(other.gate, states=passed, kind_of_thing=other.says.get("category", "-"))
        yield Abroad(tie, there)


def _moment(dice: Random) -> datetime:
    return MORNING - timedelta(seconds=dice.randint(0, 2))


def _written(dice: Random, world: World, tie: Tie) -> str | None:
    if tie.kind not in {"USES_PHONE", "IDENTIFIED_BY", "USED_IN"}:
        return None
    kind, text = next((world.values[end] for end in (tie.a, tie.b) if end in world.values), (None, None))
    if kind is None or text is None:
        return None
    same = [written for (of, written), form in FORMS.items() if (of, form) == (kind, FORMS[kind, text])]
    others = [written for of, written in FORMS if of == kind]
    [said] = dice.choices([text, dice.choice(same), dice.choice(others), "illegible", None], [76, 12, 3, 2, 7])
    return said


def _renamed(id: str, state: str) -> str:
    urn, sangam, _, *rest = id.split(":")
    return ":".join([urn, sangam, state, *rest])
