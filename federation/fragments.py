"""A network over states, as the node that was asked puts it together: what each owner gave, and whom to ask what next.

In order:
1. What an owner gave stays its own: a fragment. Identifiers of two fragments are one if their numbers are, and records
   if an owner of one of them says so: of what that owner says about the two, the newest.
2. An identifier is told to another state only if the officer typed it, if a record and the link by which it bears it
   are this state's own with that state in their audience, or if their owner lets both be passed on to that state; a
   call between two numbers has no record, and is judged by itself.
3. A record is told to a state that it is shown to by its owner, or that an assertion about it and the record that this
   goes from are shown to: that it is asked about by another is what is told. What was never shown to a state, it can
   have said nothing about.
4. Peers are asked in at most two rounds, each about at most 200 identifiers and records, the nearest first; before each
   this node's own graph, to which nothing is told, is asked as often as there is something to ask.
5. What could have been asked and was not is a gap, as things stand in the end.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.asserted import Asserted
from schemas.federated import ReasonCode
from schemas.ids import BadIdentifier, ValueKind, normal_form, parse_urn
from schemas.link import LinkKind

MOST_ROUNDS = 2
MOST_TOLD = 200

Number = tuple[ValueKind, str]
"""An identifier by its kind and normal form: the same in every state."""

Thing = Number | str
"""What states are asked about: an identifier, or a record by its id."""


@dataclass(frozen=True)
class Seen:
    """A record or identifier of a fragment: `kind` of an identifier; `shown_to` which states it may be told to."""

    id: str
    hops: int
    kind: ValueKind | None = None
    shown_to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bond:
    """A link of a fragment: the number as it was written, if it bears one, and which states it may be told to."""

    id: str
    relation: str
    from_id: str
    to_id: str
    written: str | None
    shown_to: frozenset[str]

    def bearing(self, nodes: Mapping[str, Seen]) -> str | None:
        """Give the identifier that it writes: the only one at it, or of two the one that it goes from."""
        for id in (self.from_id, self.to_id):
            near = nodes.get(id)
            if near is not None and near.kind is not None:
                return id
        return None


@dataclass(frozen=True)
class Said:
    """An assertion of a fragment: what its owner says of a record of its own and of another's, and since when.

    `at` is in epoch seconds; `shown_to` are the states that it may be told to.
    """

    id: str
    kind: LinkKind
    from_id: str
    of: str
    at: int
    shown_to: frozenset[str]


@dataclass(frozen=True)
class Fragment:
    """What one owner gave around what it was asked about; `cut` are nodes around which it did not show all."""

    owner: str
    nodes: Mapping[str, Seen]
    bonds: Sequence[Bond]
    cut: Sequence[str] = ()
    said: Sequence[Said] = ()

    def same(self) -> list[Said]:
        """Give what says here that two records are one, as far as it counts."""
        asserted = Asserted()
        for one in self.said:
            asserted.note(one.kind, one.at, frozenset((one.from_id, one.of)))
        return [
            one
            for one in self.said
            if one.kind is LinkKind.SAME_AS and asserted.joins(frozenset((one.from_id, one.of)))
        ]

    def record_told_to(self) -> dict[str, frozenset[str]]:
        """Give the states that each record may be told to, as its owner or what is said of it here allows."""
        found: dict[str, frozenset[str]] = defaultdict(frozenset)
        for id, seen in self.nodes.items():
            if seen.kind is None:
                found[id] |= seen.shown_to
        for one in self.same():
            found[one.of] |= one.shown_to & self.nodes[one.from_id].shown_to
        return found

    def numbers(self) -> dict[str, Number]:
        """Give the number of each identifier that some link here writes."""
        found: dict[str, Number] = {}
        for bond in self.bonds:
            id = bond.bearing(self.nodes)
            if id is None or bond.written is None or id in found:
                continue
            kind = self.nodes[id].kind
            try:
                found[id] = (kind, normal_form(kind, bond.written)) if kind is not None else found[id]
            except BadIdentifier:
                continue
        return found

    def told_to(self) -> dict[str, frozenset[str]]:
        """Give the states that each identifier may be told to, as links here and the records that bear it allow."""
        found: dict[str, frozenset[str]] = defaultdict(frozenset)
        for bond in self.bonds:
            for id, other in ((bond.from_id, bond.to_id), (bond.to_id, bond.from_id)):
                near, far = self.nodes.get(id), self.nodes.get(other)
                if near is None or far is None or near.kind is None:
                    continue
                found[id] |= bond.shown_to & far.shown_to if far.kind is None else bond.shown_to
        return found


@dataclass(frozen=True, order=True)
class Gap:
    """What was not asked of a state, or not shown by it, at a record or identifier."""

    at: str
    state: str
    reason: ReasonCode


@dataclass(frozen=True)
class Asked:
    """What one state is asked in one round, and how far to go from it: its own records, which must be there, and
    identifiers and records that it may know, or may have said something about.
    """

    state: str
    hops: int
    ids: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    records: tuple[str, ...] = ()


@dataclass
class Joined:
    """A network over states as far as it has come."""

    home: str
    states: Sequence[str]
    hops: int
    typed: frozenset[Number] = frozenset()
    most_told: int = MOST_TOLD
    rounds: int = 0
    fragments: list[Fragment] = field(default_factory=list)
    gaps: set[Gap] = field(default_factory=set)
    starts: set[str] = field(default_factory=set)
    _asked: dict[tuple[str, Thing], int] = field(default_factory=dict)

    def first(self, ids: Mapping[str, Sequence[str]]) -> list[Asked]:
        """Give what is asked first: each owner about its own, and every state about what was typed."""
        wanted = []
        self.starts |= {id for own in ids.values() for id in own if parse_urn(id) is not None}
        for state in self.states:
            if own := tuple(ids.get(state, ())):
                self._asked |= dict.fromkeys(((state, id) for id in own), 0)
                wanted.append(Asked(state, self.hops, ids=own))
            if self.typed:
                wanted.append(self._about(state, 0, sorted(self.typed), ()))
        self._count(wanted)
        return wanted

    def take(self, fragment: Fragment) -> None:
        """Take in what an owner gave."""
        self.fragments.append(fragment)
        self.gaps |= {Gap(id, fragment.owner, ReasonCode.NOT_ALL_SHOWN) for id in fragment.cut}

    def unanswered(self, asked: Asked, reason: ReasonCode) -> None:
        """Note that a state did not answer what it was asked."""
        places = self._places()
        self.gaps |= {Gap(id, asked.state, reason) for id in asked.ids}
        self.gaps |= {Gap(id, asked.state, reason) for id in asked.records}
        for number in asked.numbers:
            if number in places:
                self.gaps.add(Gap(places[number], asked.state, reason))

    def following(self) -> list[Asked]:
        """Give what is asked next; nothing once there is nothing left that may be asked."""
        wanted, left = self._parted()
        # Peers are told what they are told in few rounds: first this node looks how far it comes by itself.
        if at_home := {place: things for place, things in wanted.items() if place[0] == self.home}:
            wanted = at_home
        asked = [
            self._about(
                state,
                hops,
                [one for one in things if not isinstance(one, str)],
                [one for one in things if isinstance(one, str)],
            )
            for (state, hops), things in wanted.items()
        ]
        if asked:
            self._count(asked)
            return asked
        places = self._places()
        for state, thing, reason in left:
            self.gaps.add(Gap(thing if isinstance(thing, str) else places[thing], state, reason))
        for fragment in self.fragments:
            known = fragment.numbers()
            for id, seen in fragment.nodes.items():
                if seen.kind is not None and seen.hops < self.hops and id not in known:
                    self.gaps.add(Gap(id, fragment.owner, ReasonCode.NOT_WRITTEN))
        return []

    def _parted(self) -> tuple[dict[tuple[str, int], list[Thing]], list[tuple[str, Thing, ReasonCode]]]:
        """Part what there is to ask into what is asked, by state and distance, and what may not be, with the reason."""
        wanted: dict[tuple[str, int], list[Thing]] = defaultdict(list)
        left: list[tuple[str, Thing, ReasonCode]] = []
        told: set[Thing] = set()
        at_home = 0
        permitted, shown = self._permitted(), self._shown()
        distances: list[tuple[Thing, int]] = [*self._distances().items(), *self._record_distances().items()]
        for thing, hops in sorted(distances, key=lambda one: (one[1], isinstance(one[0], str), one[0])):
            for state in self.states if hops < self.hops else ():
                near = min(known.get((state, thing), self.hops) for known in (self._asked, shown))
                if near <= hops:
                    continue
                if reason := self._refused(state, thing, permitted, told):
                    if reason is not ReasonCode.NOT_DISCLOSED or not isinstance(thing, str) or _owns(state, thing):
                        left.append((state, thing, reason))
                    continue
                if state != self.home:
                    told.add(thing)
                elif at_home == self.most_told:
                    continue  # asked in the next turn: nothing is told by it
                else:
                    at_home += 1
                wanted[state, hops].append(thing)
        return wanted, left

    def in_order(self) -> list[str]:
        """Give the ids of all nodes in order of (hop, number of the state, id)."""
        places: dict[str, tuple[int, int, str]] = {}
        for fragment in self.fragments:
            for id, seen in fragment.nodes.items():
                place = (seen.hops, self.states.index(fragment.owner), id)
                places[id] = min(place, places.get(id, place))
        return sorted(places, key=lambda id: places[id])

    def called(self) -> dict[str, str]:
        """Give what each node is called here: an identifier by its number, anything else by its id.

        Records that are one are called by the least of their ids.
        """
        found = {id: id for fragment in self.fragments for id in fragment.nodes}
        for fragment in self.fragments:
            found |= {id: f"{kind} {normal}" for id, (kind, normal) in fragment.numbers().items()}
        for one, other in self.same():
            least, most = sorted((found[one], found[other]))
            found = {id: least if name == most else name for id, name in found.items()}
        return found

    def same(self) -> list[tuple[str, str]]:
        """Give each two records that were met and that an owner of one of them says are one, in order."""
        met = {id for fragment in self.fragments for id in fragment.nodes}
        pairs = {(one.from_id, one.of) for fragment in self.fragments for one in fragment.same() if one.of in met}
        return sorted(pairs)

    def said_of(self, ids: Collection[str], *, both: bool) -> set[str]:
        """Give the ids of what is said of these records and of others', or with `both` only of two of these."""
        said = [one for fragment in self.fragments for one in fragment.said if one.from_id in ids]
        return {one.id for one in said if not both or one.of in ids}

    def joins(self) -> list[tuple[ValueKind, tuple[str, ...]]]:
        """Give the identifiers that are one in several states, each with its ids in order."""
        together: dict[Number, set[str]] = defaultdict(set)
        for fragment in self.fragments:
            for id, number in fragment.numbers().items():
                together[number].add(id)
        return sorted((number[0], tuple(sorted(ids))) for number, ids in together.items() if len(ids) > 1)

    def _about(self, state: str, hops: int, numbers: Collection[Number], records: Collection[str]) -> Asked:
        things: list[Thing] = [*numbers, *records]
        self._asked |= dict.fromkeys(((state, thing) for thing in things), hops)
        return Asked(state, self.hops - hops, numbers=tuple(numbers), records=tuple(records))

    def _count(self, wanted: Iterable[Asked]) -> None:
        self.rounds += any(one.state != self.home for one in wanted)

    def _refused(
        self,
        state: str,
        thing: Thing,
        permitted: Mapping[Thing, frozenset[str]],
        told: Collection[Thing],
    ) -> ReasonCode | None:
        """Say why a state is not asked about an identifier or record now, if it is not."""
        if state == self.home:
            return None
        if thing not in self.typed and state not in permitted.get(thing, ()):
            return ReasonCode.NOT_DISCLOSED
        if self.rounds >= MOST_ROUNDS:
            return ReasonCode.NO_MORE_ROUNDS
        if thing not in told and len(told) >= self.most_told:
            return ReasonCode.TOO_MANY
        return None

    def _shown(self) -> dict[tuple[str, Thing], int]:
        """Give how far from a start each state has itself shown what is around a thing, at its nearest.

        Around a record of another that is what it says is one with that.
        """
        found: dict[tuple[str, Thing], int] = {}

        def note(owner: str, thing: Thing, hops: int) -> None:
            found[owner, thing] = min(hops, found.get((owner, thing), hops))

        for fragment in self.fragments:
            numbers = fragment.numbers()
            for id, seen in fragment.nodes.items():
                known: Thing = numbers.get(id, id)
                note(fragment.owner, known, seen.hops)
            for one in fragment.same():
                note(fragment.owner, one.of, fragment.nodes[one.from_id].hops)
        return found

    def _record_distances(self) -> dict[str, int]:
        """Give how far from a start each record is, on the nearest way that is known; what is one with it is as far."""
        found: dict[str, int] = dict.fromkeys(self.starts, 0)
        for fragment in self.fragments:
            for id, seen in fragment.nodes.items():
                if seen.kind is None:
                    found[id] = min(seen.hops, found.get(id, self.hops))
            for one in fragment.same():
                found[one.of] = min(fragment.nodes[one.from_id].hops, found.get(one.of, self.hops))
        return found

    def _distances(self) -> dict[Number, int]:
        """Give how far from a start each identifier is, on the nearest way that is known."""
        found: dict[Number, int] = {}
        for fragment in self.fragments:
            for id, number in fragment.numbers().items():
                found[number] = min(fragment.nodes[id].hops, found.get(number, self.hops))
        return found

    def _places(self) -> dict[Number, str]:
        """Give the id by which each identifier was met first."""
        found: dict[Number, str] = {}
        for fragment in self.fragments:
            for id, number in sorted(fragment.numbers().items()):
                found.setdefault(number, id)
        return found

    def _permitted(self) -> dict[Thing, frozenset[str]]:
        """Give the states that each identifier and record may be told to."""
        found: dict[Thing, frozenset[str]] = defaultdict(frozenset)
        for fragment in self.fragments:
            told = fragment.told_to()
            for id, number in fragment.numbers().items():
                found[number] |= told.get(id, frozenset())
            for id, states in fragment.record_told_to().items():
                found[id] |= states
        return found


def _owns(state: str, id: str) -> bool:
    urn = parse_urn(id)
    return urn is not None and urn.state == state
