"""Six graphs of which one officer sees some, and the same with changes in some of them that this officer must not see.

In order:
1. What the officer may see of each is judged as its owner judges: at home by what they hold, elsewhere by agreement.
2. Each graph and its changes are drawn as for one state, by `tests.noninterference`, and then made its owner's own.
3. Where an owner refuses, whatever it holds, as often as not all that it holds is another's.
4. Each state names numbers in its own way. They are mostly written as they are, and what is at home is for some others,
   so that networks and paths cross.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from enum import Enum
from hashlib import sha256
from random import Random
from typing import Any

from auth.sealing import StateKeys
from schemas.ids import normal_form
from schemas.link import WALKED
from tests.federation.six.model import ALL_PURPOSES, NOON, PURPOSES, Agreed, Officer, Six, compartments_of
from tests.federation.six.weather import LIVE, Fault
from tests.noninterference import changes
from tests.noninterference.changes import AT
from tests.noninterference.low import HOME, NUMBER, PROTECTED, Low, Viewer, differences, low
from tests.noninterference.material import AS_WRITTEN, Filling, material
from tests.noninterference.operations import FEDERATED, Document
from tests.noninterference.operations import pool as written
from tests.noninterference.program import NotHidden, Step, steps_of
from tests.noninterference.world import ELSEWHERE, KEYS, Abroad, Link, Record, World, base

# What waits for a second officer lies in a register too, and locks and crowds are the matter of one graph's proof.
_APART = {"pending_change", "open_transaction"}
KINDS = tuple(name for name in changes.USUAL if name not in _APART)
SIZE = (8, 16)
# What is the same whenever it is asked.
STEADY = (Fault.REFUSED, Fault.WRONG_CERTIFICATE, Fault.OTHER_SCHEMA, Fault.ANOTHERS_TOKEN)
_URN = re.compile(r"urn:sangam:IN-[A-Z]{2}:")


def keys_of(state: str) -> StateKeys:
    """Give the keys of a state: what it calls a number, no other does; the keys of names are those of the worlds."""
    return KEYS if state == HOME else replace(KEYS, _value=sha256(state.encode()).digest())


# What each state calls each number, by what it is called at home; and the number, and that, by what a state calls it.
_CALLED = {
    state: {id: keys_of(state).value_id(kind.value, normal_form(kind, text)) for id, (kind, text) in AS_WRITTEN.items()}
    for state in NUMBER
}
_AT_HOME = {called: id for names in _CALLED.values() for id, called in names.items()}


@dataclass(frozen=True)
class Foreign(Viewer):
    """An officer of Rajasthan as another state sees them."""

    @property
    def classes(self) -> frozenset[str]:
        """Give the classes that another state's officer reads for the purpose."""
        return frozenset() if self.purpose == "CORRECTION" else super().classes - PROTECTED


@dataclass(frozen=True)
class Case:
    """Two sets of six graphs that look alike to an officer, what was agreed, what befalls the ways, and a program."""

    seed: int
    officer: Officer
    agreed: dict[str, Agreed]
    worlds: dict[str, World]
    changed: dict[str, World]
    told: tuple[str, ...]
    faults: dict[tuple[str, str], Fault]
    steps: tuple[Step, ...]


def draw(
    seed: int,
    pool: dict[str, list[Document]],
    states: Sequence[str],
    *,
    kinds: Sequence[str] = KINDS,
    ceiling: int | None = None,
) -> Case:
    """Draw a case from a seed, changed in some states; raise NotHidden if its worlds do not look alike.

    With a `ceiling` all states are changed, much, and all answer an officer who holds everything at home, up to it.
    """
    rng = Random(f"hidden {seed}")
    officer = _officer(rng, seed, states)
    agreed = {state: _agreed(rng, state) for state in states if state != HOME}
    if ceiling is not None:
        named = tuple(name for state in states for name in compartments_of(state))
        officer = replace(officer, level=3, compartments=named, purpose="INVESTIGATION")
        agreed = {
            state: Agreed(ALL_PURPOSES, ceiling, compartments_of(state) if ceiling == 3 else (), ()) for state in agreed
        }
    told = tuple(rng.sample(sorted(agreed), rng.choice([0, 2, 4, len(agreed)])))
    six = Six(agreements={(owner, HOME): one for owner, one in agreed.items()})
    viewers = {state: _viewer(six, officer, state) for state in states}
    refusing = {state for state in agreed if six.agreed(officer, state, NOON) != LIVE}
    touched = set(states if ceiling is not None else rng.sample(list(states), rng.randint(1, min(3, len(states)))))
    worlds, changed, differ = {}, {}, []
    for state in states:
        drawn = _as_drawn(viewers[state], state)
        world = base(rng, drawn, SIZE)
        worlds[state] = changed[state] = _owned(world, state, told)
        if state in refusing and rng.random() < 0.5:
            changed[state] = _owned(base(rng, drawn, SIZE), state, told)
            differ.append(f"{state}: all that it holds, for it refuses")
        elif state in touched:
            hidden = [one for _ in range(1 if ceiling is None else 3) for one in changes.draw(rng, tuple(kinds))]
            changed[state] = _owned(changes.applied(world, drawn, hidden), state, told)
            differ.append(f"{state}: {', '.join(f'{one.name} ({one.seed})' for one in hidden)}")
    _point(seed, worlds, changed)
    seen = Low()
    for state, viewer in viewers.items():
        one, other = (low(side[state].graph(), viewer, AT) for side in (worlds, changed))
        if state in refusing:
            continue
        if found := [line for line in differences(one, other) if not line.startswith(("lapsed", "waiting"))]:
            raise NotHidden(f"seed {seed}: {differ}: {found[:3]}")
        one.values = {_AT_HOME[id]: kind for id, kind in one.values.items()}
        for part in fields(Low):
            getattr(seen, part.name).update(getattr(one, part.name))
    of = material(viewers[HOME], seen, [*worlds.values(), *changed.values()])
    of.enquiries = {"own": ["x"], "others": ["x"]}
    filling, turns = Filling(rng, of), range(seed, seed + (1 if ceiling is None else 3))
    steps = [step for turn in turns for step in steps_of(rng, pool, filling, first=sorted(pool)[turn % len(pool)])]
    pairs = _sharing(worlds, set(seen.links))
    steps = [_over_a_border(rng, step, pairs) if rng.random() < 0.5 else step for step in steps]
    ways = rng.sample(sorted(agreed), rng.choice([0, 0, 1, 2]) if ceiling is None else 0)
    faults = {(HOME, state): rng.choice(STEADY) for state in ways}
    return Case(seed, officer, agreed, worlds, changed, tuple(differ), faults, tuple(steps))


def _sharing(worlds: Mapping[str, World], seen: Set[str]) -> list[tuple[str, str]]:
    """Give each two records of two states that bear one number, where the officer walks; one of home goes first."""
    bearers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for state, world in worlds.items():
        for link in world.links.values():
            walked = link.id in seen and link.kind in WALKED and link.end in world.values
            if walked and link.start in world.records and world.records[link.start].gate["class"] not in PROTECTED:
                bearers[_AT_HOME[link.end]].add((state, link.start))
    return sorted(
        {
            (one, other)
            for borne in bearers.values()
            for state, one in borne
            for another, other in borne
            if state != another and (state == HOME or another != HOME)
        }
    )


def _over_a_border(rng: Random, step: Step, pairs: Sequence[tuple[str, str]]) -> Step:
    """Have a network or paths go from one state to another, where two see one number."""
    if not pairs:
        return step
    one, other = rng.choice(pairs)
    wide = {"along": None, "validAt": None}
    match step.document.operation:
        case "federatedNetwork":
            asked = {"from": [one], "hops": rng.choice([2, 2, 3]), "limit": 200, **wide}
        case "federatedPaths":
            asked = {"from": one, "to": other, "maxHops": rng.choice([2, 4, 6]), **wide}
        case _:
            return step
    return replace(step, variables={**step.variables, **asked})


def _officer(rng: Random, seed: int, states: Sequence[str]) -> Officer:
    named = [name for state in states for name in compartments_of(state)]
    held = tuple(sorted(rng.sample(named, rng.choice([2, 4, len(named)]))))
    minutes = rng.choice([None, 2, 2, 90])
    signed_in = None if minutes is None else NOON - timedelta(minutes=minutes)
    purposes = [purpose for purpose in PURPOSES if purpose != "AUDIT"]
    return Officer(f"rj.sees{seed}", HOME, rng.choice([1, 2, 3, 3]), held, rng.choice(purposes), signed_in)


def _agreed(rng: Random, owner: str) -> Agreed:
    purposes = ALL_PURPOSES if rng.random() < 0.85 else tuple(rng.sample(ALL_PURPOSES, 3))
    step_up = tuple(one for one in purposes if rng.random() < 0.15)
    named = tuple(rng.sample(compartments_of(owner), rng.choice([0, 1, 2])))
    return Agreed(purposes, rng.choice([0, 1, 2, 3]), named, step_up)


def _viewer(six: Six, officer: Officer, owner: str) -> Viewer:
    seen = six.viewer(officer, owner)
    named = tuple(sorted(set(seen.compartments) - {"", "TRAINING"}))
    return (Foreign if seen.foreign else Viewer)(seen.level, named, seen.purpose)


def _as_drawn(viewer: Viewer, state: str) -> Viewer:
    """Give a viewer by the compartments that worlds are drawn with."""
    named = (name.replace(f"{state}:", f"{HOME}:") for name in viewer.compartments)
    return replace(viewer, compartments=tuple(named))


def _owned(world: World, state: str, told: Sequence[str]) -> World:
    """Give a graph as one state's own, all of it; what is at home is for those that it may be `told` to as well."""
    made = World(**{part.name: getattr(world, part.name) for part in fields(World)})
    for part in ("records", "links", "attached"):
        held = getattr(world, part)
        setattr(made, part, {_said(id, state): _thing(one, state) for id, one in held.items()})
    made.values = {_said(id, state): kind for id, kind in world.values.items()}
    for link in made.links.values():
        _write(link)
    if state == HOME:
        for one in (*made.records.values(), *made.links.values(), *made.abroad.values()):
            _open(one, told)
    # What is said of another's record is said of one of a state that this is not.
    theirs = "IN-PB" if state == ELSEWHERE else ELSEWHERE
    made.abroad = {
        _said(id, state): Abroad(_said(id, state), _said(one.of, theirs), _value(one.gate, state))
        for id, one in world.abroad.items()
    }
    made.waiting = {}
    made.early = None if world.early is None else _owned(world.early, state, told)
    return made


def _point(seed: int, *sides: dict[str, World]) -> None:
    """Have what is said of another's record be said of one that is there, of the same on both sides."""
    for state in sides[0]:
        for side in sides:
            for one in side[state].abroad.values():
                _, _, owner, kind, _ = one.of.split(":")
                there = set.intersection(*(set(each[owner].records) for each in sides))
                fitting = sorted(id for id in there if id.split(":")[3] == kind)
                one.of = Random(f"{seed} {one.id}").choice(fitting) if fitting else one.of


def _write(link: Link) -> None:
    """Have a link write the number that it bears, by its own id, so that both graphs have it so."""
    number = AS_WRITTEN.get(_AT_HOME.get(link.start, "")) or AS_WRITTEN.get(_AT_HOME.get(link.end, ""))
    if number is not None and "as_written" in link.properties and Random(link.id).random() < 0.85:
        link.properties["as_written"] = number[1]


def _open(one: Record | Link | Abroad, told: Sequence[str]) -> None:
    """Have something of this state be for others too."""
    gates = [one.properties] if isinstance(one, Link) else [one.gate]
    gates += [one.key_gate, *one.versions] if isinstance(one, Record) else []
    for gate in gates:
        for state in told:
            if "aud" in gate:
                gate["aud"] |= 1 << NUMBER[state]
        if "audience" in gate:
            gate["audience"] = sorted({*gate["audience"], *told})


_PLAIN = """{ nodes { __typename id ... on Record { provenance { rev } } ... on Identifier { kind }
  ... on Person { names { text } category } ... on Gang { names { text } } }
  links { id kind from to asWritten } assertions { id kind from to } joins { kind ids }
  paths { steps { link from to } crossings }
  gaps { at state reason } sources { state status returned reason } complete cursor }"""


def plain() -> dict[str, list[Document]]:
    """Write for each question to many a document that asks all that fragments are joined by, and little of nodes."""
    made = {}
    for name, [first, *_] in written(0, tuple(FEDERATED)).items():
        args = first.field.args
        declared = ", ".join(f"${argument}: {one.type}" for argument, one in args.items())
        given = ", ".join(f"{argument}: ${argument}" for argument in args)
        text = f"query Q({declared}) {{ federated {{ {name}: {FEDERATED[name]}({given}) {_PLAIN} }} }}"
        made[name] = [replace(first, text=text, pages=(), past=False)]
    return made


def _thing(one: Any, state: str) -> Any:
    return type(one)(**{part.name: _value(getattr(one, part.name), state) for part in fields(one)})


def _value(value: Any, state: str) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return _said(value, state)
        case tuple() | list():
            return type(value)(_value(one, state) for one in value)
        case dict():
            return _gated({name: _value(one, state) for name, one in value.items()}, state)
    return value


def _said(text: str, state: str) -> str:
    """Give ids and names of compartments and numbers as that state's; any other text as it is."""
    if text in compartments_of(HOME):
        return text.replace(f"{HOME}:", f"{state}:")
    if text in _CALLED[state]:
        return _CALLED[state][text]
    return _URN.sub(f"urn:sangam:{state}:", text)


def _gated(said: dict[str, Any], state: str) -> dict[str, Any]:
    """Give a gate of which the state is the owner; what was another's alone is hidden at home in another way."""
    if "owner" in said:
        said["owner"] = state
    if "aud" in said:
        if state == HOME and not said["aud"] >> NUMBER[HOME] & 1 and "class" in said:
            said["class"] = "WITHDRAWN"
        said["aud"] |= 1 << NUMBER[state]
    if "audience" in said:
        said["audience"] = sorted({state, *said["audience"]})
    return said
