"""Random worlds as plain tuples, and who sees what of them: a reading of the rules that shares no code with the node's.

In order:
1. A thing is seen if the viewer's state is its owner or in its audience, its level is not above his, its compartment
   is his, its class is one of his purpose, and neither its review nor its end has come.
2. A link is seen as strictly as the strictest of itself and its ends; the states that see it are those that see all.
3. An identifier is there if a link that is seen joins it to something that is there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.oracle.tables import ASSERTED, BOTH, OUT, RECORDS, RELATIONS, VALUE, VALUES, Connection
from tests.station import MORNING, TODAY

HOME = "IN-RJ"
# Every thing's audience has this state, as which the worlds are loaded; it looks at nothing.
LOADER = "IN-HR"

HIDDEN_FROM_WALKS = {"VICTIM", "WITNESS", "COMPLAINANT", "CHILD_IN_CONFLICT"}
NEVER_SEARCHED = "CHILD_IN_CONFLICT"
HARMED = {"VICTIM_OF", "WITNESS_OF", "COMPLAINANT_OF"}
HIDDEN_FROM_PURSUIT = HIDDEN_FROM_WALKS | {"CONTACT", "ACQUITTED_DISCHARGED"}
CATEGORIES = ["SUSPECT", "SUSPECT", "CONVICTED", "ASSOCIATE", "CONTACT", "ACQUITTED_DISCHARGED"]
CATEGORIES += ["VICTIM", "WITNESS", "COMPLAINANT", "CHILD_IN_CONFLICT"]

# How often relations and kinds of records come; any other relation once, any other kind twice.
OFTEN = {"ASSOCIATE_OF": 6, "USES_PHONE": 8, "MEMBER_OF": 4, "IDENTIFIED_BY": 10, "DERIVED_FROM": 5}
MANY = {"person": 18, "gang": 4, "incident": 6, "account": 5, "case": 5, "notice": 5, "place": 3}

NAMES = [
    "Sukhdev Meena",
    "Sukhdev Mina",
    "Harpal Gurjar",
    "Ramesh Bishnoi",
    "Mahesh Chopra",
    "सुखदेव मीणा",
    "Vikram Rathore",
]
PLACES = ["Meena Farm House", "Rathore Hotel", *NAMES[:2]]


@dataclass(frozen=True)
class Gate:
    """Who may see a thing: states, level, compartment, class, and the moment from which nobody does."""

    states: frozenset[str]
    level: int
    compartment: str
    kind_of_thing: str
    until: datetime


@dataclass(frozen=True)
class Thing:
    """A record: what it is, whose, and what it says of what is asked, by the names that GraphQL gives."""

    id: str
    kind: str
    owner: str
    gate: Gate
    recorded_at: datetime
    unit: str
    sort: str
    says: Mapping[str, Any]
    valid_from: date | None
    valid_to: date | None
    onward: frozenset[str] = frozenset()

    def holds_on(self, day: date) -> bool:
        """Say whether it held true on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Tie:
    """A link between two names of nodes; `own` is its gate before that of its ends, `written` its number."""

    id: str
    kind: str
    a: str
    b: str
    owner: str
    own: Gate
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime = MORNING
    written: str | None = None
    onward: frozenset[str] = frozenset()

    def holds_on(self, day: date | None) -> bool:
        """Say whether it held true on a day; without one it always counts."""
        if day is None:
            return True
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Viewer:
    """An officer of the home state who asks for a purpose."""

    name: str
    level: int
    compartments: tuple[str, ...]
    purpose: str

    def reads(self, kind_of_thing: str) -> bool:
        """Say whether the purpose reads a class: '-' for what has no category."""
        if kind_of_thing in {"WITHDRAWN", "PENDING"} or self.purpose == "AUDIT":
            return False
        return not (self.purpose in {"FUGITIVE", "PRISON_INTEL"} and kind_of_thing in HIDDEN_FROM_PURSUIT)

    def sees(self, gate: Gate) -> bool:
        """Say whether a gate is open to this viewer this morning."""
        return (
            HOME in gate.states
            and gate.level <= self.level
            and gate.compartment in {"", *self.compartments}
            and self.reads(gate.kind_of_thing)
            and gate.until > MORNING
        )


VIEWERS = [
    Viewer("low", 0, (), "INVESTIGATION"),
    Viewer("mid", 1, ("IN-RJ:ALPHA",), "INVESTIGATION"),
    Viewer("hunter", 2, (), "FUGITIVE"),
    Viewer("corrector", 3, ("IN-RJ:ALPHA", "IN-RJ:BETA"), "CORRECTION"),
]


@dataclass
class World:
    """A world, with its values by id (kind, text); made from a seed."""

    things: dict[str, Thing] = field(default_factory=dict)
    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    ties: dict[str, Tie] = field(default_factory=dict)

    def kind(self, node: str) -> str:
        """Give the kind of a node: of a record in small letters, of an identifier in capitals."""
        return self.things[node].kind if node in self.things else self.values[node][0]


@dataclass
class Sight:
    """What one viewer sees of a world; on a walk the protected are not there at all."""

    world: World
    viewer: Viewer
    walk: bool = False

    def __post_init__(self) -> None:
        """Work out what is there, once."""
        self.things = {id for id, thing in self.world.things.items() if self._seen(thing.gate)}
        self.ties = [tie for _, tie in sorted(self.world.ties.items()) if self._tie(tie)]
        self.at: dict[str, list[Tie]] = {}
        for tie in self.ties:
            self.at.setdefault(tie.a, []).append(tie)
            self.at.setdefault(tie.b, []).append(tie)
        self.nodes = self.things | self.at.keys()

    def _seen(self, gate: Gate) -> bool:
        return self.viewer.sees(gate) and not (self.walk and gate.kind_of_thing in HIDDEN_FROM_WALKS)

    def _tie(self, tie: Tie) -> bool:
        ends = [self.world.things[end] for end in (tie.a, tie.b) if end in self.world.things]
        return self.viewer.sees(strictest(tie.own, [end.gate for end in ends])) and all(
            end.id in self.things for end in ends
        )

    def around(self, node: str, kinds: Iterable[str]) -> Iterator[tuple[str, Tie]]:
        """Give the neighbours of a node along some relations, with the link to each."""
        for tie in self.at.get(node, ()):
            if tie.kind in kinds:
                yield (tie.b if tie.a == node else tie.a), tie

    def page(self, node: str, way: Connection, day: date | None = None) -> list[tuple[str, Tie]]:
        """Give what hangs on a node by a connection on a day, in order of (far id, link id)."""
        rows = [
            (far, tie)
            for far, tie in self.around(node, way.relations)
            if (way.way == BOTH or (tie.a == node) == (way.way == OUT))
            and way.far in {self.world.kind(far), VALUE if far in self.world.values else None}
            and self._leads(way, far)
            and tie.holds_on(day)
        ]
        return sorted(rows, key=lambda row: (row[0], row[1].id))

    def _leads(self, way: Connection, far: str) -> bool:
        shown = way.protected or not self.protected(far)
        return shown and (not way.classes or self.world.things[far].gate.kind_of_thing in way.classes)

    @property
    def searched(self) -> set[str]:
        """Give what can be found and listed: all that is seen but children in conflict with the law."""
        return {id for id in self.things if self.world.things[id].gate.kind_of_thing != NEVER_SEARCHED}

    def protected(self, node: str) -> bool:
        """Say whether a node is a person whom only few connections show."""
        return node in self.things and self.world.things[node].gate.kind_of_thing in HIDDEN_FROM_WALKS


def strictest(own: Gate, others: list[Gate]) -> Gate:
    """Give a link's gate from its own and those of its ends."""
    every = [own, *others]
    return Gate(
        frozenset.intersection(*(gate.states for gate in every)),
        max(gate.level for gate in every),
        max(gate.compartment for gate in every),
        own.kind_of_thing,
        min(gate.until for gate in every),
    )


def make(seed: int, value_id: Any) -> World:
    """Make a world of 40 to 90 records; `value_id` gives the id of an identifier from its kind and text."""
    dice = Random(seed)
    world = World()
    for kind, texts in VALUES.items():
        for text in texts:
            world.values[value_id(kind, text)] = (kind, text)
    for _ in range(dice.randint(40, 90)):
        thing = _thing(dice)
        world.things[thing.id] = thing
    by_kind: dict[str, list[str]] = {}
    for node in [*world.things, *world.values]:
        by_kind.setdefault(world.kind(node), []).append(node)
    drawn = [kind for kind in RELATIONS if kind not in ASSERTED]
    often = [OFTEN.get(kind, 1) for kind in drawn]
    for kind in dice.choices(drawn, often, k=6 * len(world.things)):
        a, b = dice.choice(RELATIONS[kind])
        if by_kind.get(a) and by_kind.get(b):
            tie = _tie(dice, world, kind, dice.choice(by_kind[a]), dice.choice(by_kind[b]))
            if tie is not None and (kind not in HARMED or _is_harmed(world, tie.a)):
                world.ties[tie.id] = tie
    for tie in _asserted(Random(f"{seed} asserted"), world, by_kind):
        world.ties[tie.id] = tie
    return world


def _asserted(dice: Random, world: World, by_kind: Mapping[str, list[str]]) -> Iterator[Tie]:
    """Say of some records that they are one, and of some of these that they are not, in the order of a few seconds."""
    kinds = [kind for kind in RECORDS if len(by_kind.get(kind, ())) > 1]
    pairs = [dice.sample(by_kind[dice.choice(["person", *kinds])], 2) for _ in range(30)]
    for turn in range(60):
        [relation] = dice.choices(ASSERTED, [6, 3, 1])
        # Of each two more than one thing is said, now and then the other way round.
        tie = _tie(dice, world, relation, *dice.sample(pairs[turn % 30], 2))
        if tie is None:
            continue
        if {world.things[end].gate.kind_of_thing for end in (tie.a, tie.b)} & HIDDEN_FROM_WALKS:
            tie = replace(tie, own=replace(tie.own, states=frozenset({HOME}), level=3))
        yield replace(tie, recorded_at=MORNING - timedelta(seconds=dice.randint(0, 2)))


def _is_harmed(world: World, person: str) -> bool:
    return world.things[person].gate.kind_of_thing in HIDDEN_FROM_WALKS - {NEVER_SEARCHED}


def _urn(dice: Random, owner: str, type: str) -> str:
    return f"urn:sangam:{owner}:{type}:{UUID(int=dice.getrandbits(128), version=4)}"


def _gate(dice: Random, owner: str, kind_of_thing: str) -> Gate:
    states = {owner, LOADER} | ({HOME} if dice.random() < 0.9 else set())
    level = dice.choice([0] * 10 + [1, 2, 3])
    compartment = dice.choice([""] * 12 + ["IN-RJ:ALPHA", "IN-RJ:BETA"])
    status = dice.choice([kind_of_thing] * 30 + ["WITHDRAWN", "PENDING"])
    # One whose review is this very day, or whose end is this very second, is over.
    days = dice.choice([0, 1] + [90] * 12)
    until = datetime.combine(TODAY + timedelta(days=days), MORNING.timetz().replace(hour=0))
    return Gate(frozenset(states), level, compartment, status, until)


def _thing(dice: Random) -> Thing:
    [kind] = dice.choices(list(RECORDS), [MANY.get(kind, 2) for kind in RECORDS])
    owner = dice.choice([HOME, HOME, HOME, "IN-PB"])
    says = _says(dice, kind)
    return Thing(
        _urn(dice, owner, kind),
        kind,
        owner,
        _gate(dice, owner, says.get("category", "-")),
        MORNING - timedelta(days=dice.randint(0, 6), hours=dice.choice([0, 9])),
        dice.choice(["RJ-JPC", "RJ-JDP"]),
        dice.choice(["", "anil", "bina", "chand"]),
        says,
        dice.choice([None, None, TODAY - timedelta(days=10), TODAY, TODAY + timedelta(days=1)]),
        dice.choice([None, None, TODAY + timedelta(days=2)]),
    )


def _says(dice: Random, kind: str) -> dict[str, Any]:
    day = TODAY - timedelta(days=dice.randint(0, 7))
    steps = ["DEMAND", "REMINDER", "RECCE", "FIRING_IN_AIR", "FIRING_AT_PREMISES"]
    match kind:
        case "person":
            return {
                "name": dice.choice(NAMES),
                "category": dice.choice(CATEGORIES),
                "custody": dice.choice(["AT_LARGE", "IN_CUSTODY", "UNKNOWN"]),
                "sex": dice.choice(["MALE", "FEMALE", "UNKNOWN"]),
            }
        case "gang":
            return {"name": dice.choice(NAMES), "standing": dice.choice(["ALLEGED", "UNDER_INVESTIGATION"])}
        case "incident":
            return {
                "channel": dice.choice([None, "VOIP", "LETTER"]),
                "targetType": dice.choice([None, "JEWELLER", "HOTEL"]),
                "demandAt": dice.choice([None, datetime.combine(day, MORNING.timetz())]),
                "steps": dice.sample(steps, dice.randint(0, 3)),
            }
        case "account":
            return {
                "name": dice.choice(NAMES),
                "platform": dice.choice(["X", "TELEGRAM"]),
                "accountId": str(dice.randint(1000, 9999)),
            }
        case "place":
            return {"name": dice.choice(PLACES)}
        case "case":
            return {
                "caseStatus": dice.choice(["UNDER_INVESTIGATION", "TRIAL", "CONVICTED"]),
                "firKind": dice.choice([None, "REGULAR", "ZERO"]),
                "registeredOn": day,
            }
        case "notice":
            return {
                "noticeKind": dice.choice(["LOOK_OUT_CIRCULAR", "REWARD", "INTERPOL_RED"]),
                "noticeStatus": dice.choice(["IN_FORCE", "EXECUTED"]),
                "issuedOn": day,
            }
    return {}


def _tie(dice: Random, world: World, kind: str, a: str, b: str) -> Tie | None:
    if a == b:
        return None
    named = {world.things[end].gate.compartment for end in (a, b) if end in world.things} - {""}
    if len(named) > 1:
        return None
    own = _gate(dice, HOME, "-")
    if named and own.compartment not in {"", *named}:
        own = Gate(own.states, own.level, "", own.kind_of_thing, own.until)
    begins = dice.choice([None, None, TODAY - timedelta(days=10), TODAY])
    ends = dice.choice([None, None, None, TODAY, TODAY + timedelta(days=10)])
    if begins is not None and ends is not None and ends <= begins:
        ends = None
    return Tie(_urn(dice, HOME, "link"), kind, a, b, HOME, own, begins, ends)
