"""What a network or paths over six states must be, worked out with all six graphs at hand: by the rules alone.

In order:
1. A state is asked about starts of its own, and about numbers. What it gives is an answer of its own: a walk over what
   the officer sees there, as far as is left from where it was asked.
2. The number of an identifier is what the first link that bears it writes, in order of id. At home a link whose writing
   is not its identifier's writes nothing; another state's word is taken, of two words the first.
3. A number is told to another state if the officer typed it, if a link at it and the record at the other end are both
   open to that state, or if the link is a call that is. At home its audience opens a thing, elsewhere `onward` does.
4. A record is told to whom it is open to; and to its owner, if what is said of it and the record that this is said with
   are open to that state. Two records are one if a state says so of its own: of what it says of the two, the newest.
5. A state is told of a thing from as far as it is from a start where those have it who let that state be told.
   One that it has itself it is asked about from nearer alone; one of another's that it says is one with its own, once.
6. Home is asked as often as there is something. Then others are, in two rounds, each about so many things, the nearest
   first.
7. What could have been asked and was not, did not answer, is written nowhere or was cut off short of the edge is a gap.
   That another's record may not be told is none but toward its owner.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, pairwise

from tests.oracle.model import Gate, Sight, Tie, World, strictest
from tests.oracle.tables import VALUES, WALKED
from tests.oracle.test_network import Walk, drawn

ROUNDS, MOST_TOLD, MOST_CROSSINGS, LOOKED_AT = 2, 200, 3, 50
_LINKS_SHARED, _LINKS_OF_STARTS, _MOST_LINKS = 60_000, 20_000, 5_000
NOT_DISCLOSED, NOT_WRITTEN, NO_MORE_ROUNDS, NOT_ALL_SHOWN = (
    "NOT_DISCLOSED",
    "NOT_WRITTEN",
    "NO_MORE_ROUNDS",
    "NOT_ALL_SHOWN",
)

Number = tuple[str, str]
"""A kind of identifier, and the one form that all its writings have."""

_FORMS = {
    "PHONE": VALUES["PHONE"],
    "SOCIAL_ID": VALUES["SOCIAL_ID"],
    "FIR": ["IN-RJ/JAIPUR/MANSAROVAR/2026/0012/REGULAR", "IN-RJ/JAIPUR/MANSAROVAR/2026/0013/REGULAR"],
    "IMEI": ["490154203237518", "352099001761481"],
    "VEHICLE": ["RJ14CB4711", "22BH4711AA"],
    "PASSPORT": ["IND/A1234567", "IND/A4752025"],
    "UPI": VALUES["UPI"],
    "BANK_ACCOUNT": VALUES["BANK_ACCOUNT"],
    "CNR": ["RJJP01/004711/2025", "RJJP01/004712/2025"],
    "PRISONER": ["IN-RJ/CENTRAL JAIL/47/2019", "IN-RJ/CENTRAL JAIL/48/2019"],
    "LOC": VALUES["LOC"],
    "INTERPOL": VALUES["INTERPOL"],
    "CHARGE_SHEET": ["IN-RJ/JAIPUR/MANSAROVAR/2026/012/MAIN", "IN-RJ/JAIPUR/MANSAROVAR/2026/014/MAIN"],
}
# How numbers are written, as a link may say them and an officer may type them.
FORMS: dict[Number, str] = {
    **{(kind, text): form for kind, forms in _FORMS.items() for text, form in zip(VALUES[kind], forms, strict=True)},
    **{("PHONE", f"098290 123{n:02}"): f"+9198290123{n:02}" for n in range(8)},
    ("VEHICLE", "rj-14-cb-4711"): "RJ14CB4711",
    ("PASSPORT", "A 1234567"): "IND/A1234567",
    # Nobody has this one.
    ("PHONE", "+919829099999"): "+919829099999",
}


Thing = Number | str
"""What a state is asked about: a number, or a record by its id."""

Had = tuple[str, int, frozenset[str], bool]
"""Who has a thing, how far from a start, to whom that is open, and whether it is the thing itself or said to be one."""


@dataclass(frozen=True)
class Abroad:
    """What a state says of a record of its own, at one end of the tie, and of another's: kept as strictly as both."""

    tie: Tie
    there: Gate

    def gate(self, world: World) -> Gate:
        """Give the gate of the link."""
        return strictest(self.tie.own, [world.things[self.tie.a].gate, self.there])


@dataclass(frozen=True)
class Owner:
    """One state's side: its graph, what the officer may walk of it, and how it names identifiers.

    `abroad` is what the officer may walk of what it says of others' records, in order of id.
    """

    state: str
    world: World
    sight: Sight
    named: Mapping[Number, str]
    abroad: Sequence[Abroad] = ()

    def same(self, day: date | None) -> list[Abroad]:
        """Give what says, so that it counts, that two records are one on a day."""
        held = [one for one in self.abroad if one.tie.holds_on(day)]
        denied = [one.tie for one in held if one.tie.kind == "NOT_SAME_AS"]
        return [
            one
            for one in held
            if one.tie.kind == "SAME_AS"
            and not any(
                {no.a, no.b} == {one.tie.a, one.tie.b} and no.recorded_at >= one.tie.recorded_at for no in denied
            )
        ]


@dataclass(frozen=True)
class Wanted:
    """A question: whose starts, which numbers were typed, and how far; `states` are asked, `home` among them."""

    home: str
    states: Sequence[str]
    starts: Mapping[str, Sequence[str]]
    typed: frozenset[Number]
    reach: int
    along: Sequence[str] | None
    day: date | None
    limit: int

    @property
    def most_told(self) -> int:
        """Give about how many numbers others are asked in one round."""
        return min(MOST_TOLD, self.limit)


@dataclass(frozen=True)
class Ask:
    """What a state is asked about, so many links away from the nearest start."""

    state: str
    at: int
    ids: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a state gave: how far each node is from the nearest start, links in order of id, and where it cut.

    `said` is what it says of those nodes and of others' records, in order of id, `same` what of that joins.
    """

    owner: Owner
    nodes: Mapping[str, int]
    ties: Sequence[Tie]
    cut: frozenset[str]
    numbers: Mapping[str, Number]
    said: Sequence[Abroad] = ()
    same: Sequence[Abroad] = ()


@dataclass(frozen=True)
class Missing:
    """A gap: at what, of which state, and why; `reason` is None where it is why the state did not answer."""

    at: str
    state: str
    reason: str | None


@dataclass
class Explored:
    """All that came of the rounds."""

    wanted: Wanted
    owners: Mapping[str, Owner]
    answers: list[Answer] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    unanswered: list[Ask] = field(default_factory=list)
    gaps: list[Missing] = field(default_factory=list)
    told: dict[tuple[str, Thing], int] = field(default_factory=dict)
    numbers: dict[tuple[str, str], Number] = field(default_factory=dict)
    rounds: int = 0

    def put(self, asks: Sequence[Ask], answers: Callable[[str], bool]) -> None:
        """Put questions at once."""
        self.rounds += any(ask.state != self.wanted.home for ask in asks)
        for ask in asks:
            self.asked.add(ask.state)
            self.told |= {(ask.state, number): ask.at for number in ask.numbers}
            self.told |= {(ask.state, id): ask.at for id in ask.records}
            if not answers(ask.state):
                self.unanswered.append(ask)
            elif answer := _answer(self.owners[ask.state], self.wanted, ask):
                self.answers.append(answer)
                for id, number in answer.numbers.items():
                    self.numbers.setdefault((ask.state, id), number)

    def first(self) -> Iterator[Ask]:
        """Give what is asked first."""
        for state in self.wanted.states:
            if ids := self.wanted.starts.get(state):
                yield Ask(state, 0, ids=tuple(ids))
            if self.wanted.typed:
                yield Ask(state, 0, numbers=tuple(sorted(self.wanted.typed)))

    def next(self) -> tuple[list[Ask], list[tuple[Thing, str, str]]]:
        """Give what is asked next, and of what a state may not be asked, and why."""
        wanted, home = self.wanted, self.wanted.home
        asks: dict[tuple[str, int], list[Thing]] = {}
        left, told, at_home = list[tuple[Thing, str, str]](), set[Thing](), 0
        for thing, had in sorted(self._had().items(), key=lambda one: (_nearest(one[1]), _is_record(one[0]), one[0])):
            nearest = _nearest(had)
            for state in wanted.states if nearest < wanted.reach else ():
                shown = [at for by, at, _, itself in had if by == state and itself]
                from_ = min([self.told.get((state, thing), wanted.reach), *shown])
                if from_ <= nearest:
                    continue
                free = state == home or thing in wanted.typed
                at = min((at for _, at, open_to, _ in had if free or state in open_to), default=None)
                if at is None or at >= from_:
                    if not _is_record(thing) or _owner_of(thing) == state:
                        left.append((thing, state, NOT_DISCLOSED))
                    continue
                if state == home:
                    at_home += 1
                    taken = at_home <= wanted.most_told
                elif self.rounds >= ROUNDS:
                    left.append((thing, state, NO_MORE_ROUNDS))
                    continue
                else:
                    taken = thing in told or len(told) < wanted.most_told
                    told |= {thing} if taken else set()
                if taken:
                    asks.setdefault((state, at), []).append(thing)
        first = {place: things for place, things in asks.items() if place[0] == home}
        return [_ask(state, at, things) for (state, at), things in (first or asks).items()], left

    def _had(self) -> dict[Thing, list[Had]]:
        """Give of each thing who has it by something of its own."""
        by_own: dict[tuple[Thing, str, str], tuple[int, frozenset[str]]] = {}

        def note(thing: Thing, state: str, own: str, at: int, open_to: frozenset[str]) -> None:
            before = by_own.get((thing, state, own), (at, frozenset()))
            by_own[thing, state, own] = (min(at, before[0]), open_to | before[1])

        for state, ids in self.wanted.starts.items():
            for id in ids:
                if id.startswith("urn:"):
                    note(id, state, id, 0, frozenset())
        for answer in self.answers:
            owner, at_home = answer.owner, answer.owner.state == self.wanted.home
            for id, at in answer.nodes.items():
                if id in owner.world.things:
                    note(id, owner.state, id, at, _record_open(owner.world, id, own=at_home))
                elif number := self.numbers.get((owner.state, id)):
                    note(number, owner.state, id, at, self._open_to(answer, id))
            for one in answer.same:
                to_owner = _said_open(owner.world, one, own=at_home) & {_owner_of(one.tie.b)}
                note(one.tie.b, owner.state, one.tie.a, answer.nodes[one.tie.a], to_owner)
        found: dict[Thing, list[Had]] = defaultdict(list)
        for (thing, state, own), (at, open_to) in by_own.items():
            found[thing].append((state, at, open_to, own == thing or not _is_record(thing)))
        return found

    def _open_to(self, answer: Answer, at: str) -> frozenset[str]:
        own, open_to = answer.owner.state == self.wanted.home, frozenset[str]()
        for tie in answer.ties:
            for id, far in ((tie.a, tie.b), (tie.b, tie.a)):
                if id == at:
                    open_to |= _opened(answer.owner.world, tie, far, own=own)
        return open_to

    def places(self) -> dict[Number, str]:
        """Give where each number was met first."""
        found: dict[Number, str] = {}
        for answer in self.answers:
            for id in sorted(answer.nodes):
                if number := self.numbers.get((answer.owner.state, id)):
                    found.setdefault(number, id)
        return found

    def conclude(self, left: Sequence[tuple[Thing, str, str]]) -> None:
        """Name every gap."""
        places, gaps = self.places(), self.gaps
        gaps += [Missing(one if isinstance(one, str) else places[one], state, why) for one, state, why in left]
        for ask in self.unanswered:
            gaps += [Missing(id, ask.state, None) for id in (*ask.ids, *ask.records)]
            gaps += [Missing(places[number], ask.state, None) for number in ask.numbers if number in places]
        for answer in self.answers:
            gaps += [Missing(id, answer.owner.state, NOT_ALL_SHOWN) for id in answer.cut]
            gaps += [
                Missing(id, answer.owner.state, NOT_WRITTEN)
                for id, at in answer.nodes.items()
                if id in answer.owner.world.values
                and at < self.wanted.reach
                and (answer.owner.state, id) not in self.numbers
            ]

    def names(self) -> dict[str, str]:
        """Give what each node is called: by its number, or its owner and id if none is written; a record by its id.

        What is one is called by the least of that.
        """
        found = {
            id: id if id in answer.owner.world.things else f"{answer.owner.state} {id}"
            for answer in self.answers
            for id in answer.nodes
        }
        found |= {id: " ".join(number) for (_, id), number in self.numbers.items()}
        for _ in range(len(found)):
            before = dict(found)
            for one in (one.tie for answer in self.answers for one in answer.same if one.tie.b in found):
                found[one.a] = found[one.b] = min(found[one.a], found[one.b])
            if found == before:
                break
        return found

    def said(self, shown: Collection[str], *, both: bool) -> list[str]:
        """Give what is said of these and of others, or of two of these alone, in order of id."""
        said = {one.tie.id: one.tie for answer in self.answers for one in answer.said if one.tie.a in shown}
        return sorted(id for id, tie in said.items() if not both or tie.b in shown)

    def order(self) -> list[str]:
        """Give the nodes in order of (hop, number of the state, id)."""
        places: dict[str, tuple[int, int, str]] = {}
        for answer in self.answers:
            number = self.wanted.states.index(answer.owner.state)
            for id, at in answer.nodes.items():
                places[id] = min((at, number, id), places.get(id, (at, number, id)))
        return sorted(places, key=lambda id: places[id])

    def joins(self) -> list[tuple[str, list[str]]]:
        """Give which identifiers are one."""
        together: dict[Number, set[str]] = defaultdict(set)
        for (_, id), number in self.numbers.items():
            together[number].add(id)
        return sorted((kind, sorted(ids)) for (kind, _), ids in together.items() if len(ids) > 1)


def explored(owners: Mapping[str, Owner], wanted: Wanted, answers: Callable[[str], bool]) -> Explored:
    """Ask until there is nothing more to ask; `answers` says whether a state does, each time that it is asked."""
    found = Explored(wanted, owners)
    asks, left = list(found.first()), list[tuple[Thing, str, str]]()
    while asks:
        found.put(asks, answers)
        asks, left = found.next()
    found.conclude(left)
    return found


def _answer(owner: Owner, wanted: Wanted, ask: Ask) -> Answer | None:
    """Give what an owner answers; nothing if a start of its own is not there."""
    if not set(ask.ids) <= owner.sight.nodes:
        return None
    same = owner.same(wanted.day)
    numbers = [owner.named.get(number, " ".join(number)) for number in ask.numbers]
    own = [id for id in ask.records if _owner_of(id) == owner.state]
    others = sorted({one.tie.a for one in same if one.tie.b in ask.records})
    asked = list(dict.fromkeys([*ask.ids, *numbers, *own, *others]))
    short = len(asked) > wanted.limit
    asked = asked[: wanted.limit]
    starts = [id for id in asked if id in owner.sight.nodes]
    along = WALKED if wanted.along is None else list(wanted.along)
    shares = _LINKS_SHARED // wanted.limit, _LINKS_OF_STARTS // max(1, len(asked))
    walk = Walk(along, wanted.day, wanted.limit, *shares, _MOST_LINKS)
    found, far = drawn(owner.sight, starts, wanted.reach - ask.at, walk), _distances(owner.sight, starts, walk)
    nodes = {node["id"]: ask.at + far[node["id"]] for node in found["nodes"]}
    ties = [owner.world.ties[link["id"]] for link in sorted(found["links"], key=lambda link: link["id"])]
    cut = {one["id"] for one in found["more"] if nodes[one["id"]] < wanted.reach}
    cut |= {min(nodes)} if short and nodes else set()
    said = [one for one in owner.abroad if one.tie.a in nodes and one.tie.holds_on(wanted.day)]
    borne = _numbers(owner, ties, own=owner.state == wanted.home)
    return Answer(owner, nodes, ties, frozenset(cut), borne, said, [one for one in said if one in same])


def _distances(sight: Sight, starts: Sequence[str], walk: Walk) -> dict[str, int]:
    far, layer = dict.fromkeys(starts, 0), set(starts)
    while layer:
        layer = {other for node in layer for other in walk.around(sight, node)} - far.keys()
        far |= dict.fromkeys(layer, max(far.values(), default=0) + 1)
    return far


def _numbers(owner: Owner, ties: Sequence[Tie], *, own: bool) -> dict[str, Number]:
    found: dict[str, Number] = {}
    for tie in ties:
        borne = next((end for end in (tie.a, tie.b) if end in owner.world.values), None)
        if borne is None or borne in found or tie.written is None:
            continue
        kind = owner.world.values[borne][0]
        form = FORMS.get((kind, tie.written))
        if form is not None and (not own or owner.named.get((kind, form)) == borne):
            found[borne] = (kind, form)
    return found


def _opened(world: World, tie: Tie, far: str, *, own: bool) -> frozenset[str]:
    """Give to which states a link opens what is at one end of it."""
    record = world.things.get(far)
    if not own:
        return tie.onward if record is None else tie.onward & record.onward
    ends = [world.things[end].gate for end in (tie.a, tie.b) if end in world.things]
    states = strictest(tie.own, ends).states
    return states if record is None else states & record.gate.states


def _record_open(world: World, id: str, *, own: bool) -> frozenset[str]:
    """Give to which states a record is open."""
    return world.things[id].gate.states if own else world.things[id].onward


def _said_open(world: World, one: Abroad, *, own: bool) -> frozenset[str]:
    """Give to which states what is said, and the record that it is said with, are both open."""
    states = one.gate(world).states if own else one.tie.onward
    return states & _record_open(world, one.tie.a, own=own)


def _ask(state: str, at: int, things: Sequence[Thing]) -> Ask:
    numbers = tuple(one for one in things if not isinstance(one, str))
    return Ask(state, at, numbers=numbers, records=tuple(one for one in things if isinstance(one, str)))


def _nearest(had: Sequence[Had]) -> int:
    return min(at for _, at, *_ in had)


def _is_record(thing: Thing) -> bool:
    return isinstance(thing, str)


def _owner_of(id: Thing) -> str:
    return str(id).split(":")[2]


@dataclass(frozen=True)
class Step:
    """One link of a path as it is gone."""

    link: str
    near: str
    far: str
    owner: str


def ways(found: Explored, one: str, other: str, *, most: int, longest: int) -> list[list[Step]]:
    """Give the first paths of those that cross few borders, among the shortest of all."""
    names = found.names()
    steps: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for answer in found.answers:
        for tie in answer.ties:
            for near, far in ((tie.a, tie.b), (tie.b, tie.a)):
                if names[near] != names[far]:
                    steps[names[near], names[far]].append(Step(tie.id, near, far, answer.owner.state))
    beside: dict[str, list[str]] = defaultdict(list)
    for near, far in sorted(steps):
        beside[near].append(far)
    begin, end = names.get(one, one), names.get(other, other)
    if begin == end:
        return []
    made = (_stepped(steps, way) for way in islice(_shortest(beside, begin, end, longest), LOOKED_AT))
    return [way for way in made if crossings(way) <= MOST_CROSSINGS][:most]


def crossings(way: Sequence[Step]) -> int:
    """Count the borders that a path crosses."""
    return sum(before.owner != after.owner for before, after in pairwise(way))


def _stepped(steps: Mapping[tuple[str, str], Sequence[Step]], way: Sequence[str]) -> list[Step]:
    """Go a way along links of the owner of the step before where there are such, and of these along the first."""
    made: list[Step] = []
    for two in pairwise(way):
        same = [step for step in steps[two] if made and step.owner == made[-1].owner]
        made.append(min(same or steps[two], key=lambda step: step.link))
    return made


def _shortest(beside: Mapping[str, Sequence[str]], begin: str, end: str, longest: int) -> Iterator[tuple[str, ...]]:
    """Give the ways that meet nothing twice in order of (number of links, what they meet)."""
    far, layer = {end: 0}, {end}
    while layer:
        layer = {other for name in layer for other in beside.get(name, ())} - far.keys()
        far |= dict.fromkeys(layer, max(far.values()) + 1)

    def on(way: tuple[str, ...], left: int) -> Iterator[tuple[str, ...]]:
        if way[-1] == end:
            if left == 0:
                yield way
        elif left:
            for name in beside.get(way[-1], ()):
                if name not in way and far.get(name, longest) < left:
                    yield from on((*way, name), left - 1)

    for length in range(1, longest + 1):
        yield from on((begin,), length)
