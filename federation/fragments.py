"""A network over states, as the node that was asked puts it together: what each owner gave, and whom to ask what next.

In order:
1. What an owner gave stays its own: a fragment. Identifiers of two fragments are one if their numbers are.
2. An identifier is told to another state only if the officer typed it, if a record and the link by which it bears it
   are this state's own with that state in their audience, or if their owner lets both be passed on to that state; a
   call between two numbers has no record, and is judged by itself.
3. Peers are asked in at most two rounds, each about at most 200 identifiers, the nearest first; this node's own graph,
   to which nothing is told, is asked whenever there is something to ask.
4. What could have been asked and was not is a gap, as things stand in the end.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.federated import ReasonCode
from schemas.ids import BadIdentifier, ValueKind, normal_form

MOST_ROUNDS = 2
MOST_TOLD = 200

Number = tuple[ValueKind, str]
"""An identifier by its kind and normal form: the same in every state."""


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
class Fragment:
    """What one owner gave around what it was asked about; `cut` are nodes around which it did not show all."""

    owner: str
    nodes: Mapping[str, Seen]
    bonds: Sequence[Bond]
    cut: Sequence[str] = ()

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
    """What one state is asked in one round: its own records or identifiers, and how far to go from them."""

    state: str
    hops: int
    ids: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()


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
    _asked: dict[tuple[str, Number], int] = field(default_factory=dict)
    _unanswered: list[tuple[str, Number, ReasonCode]] = field(default_factory=list)

    def first(self, ids: Mapping[str, Sequence[str]]) -> list[Asked]:
        """Give what is asked first: each owner about its own, and every state about what was typed."""
        wanted = []
        for state in self.states:
            if own := tuple(ids.get(state, ())):
                wanted.append(Asked(state, self.hops, ids=own))
            if self.typed:
                wanted.append(self._about(state, 0, sorted(self.typed)))
        self._count(wanted)
        return wanted

    def take(self, fragment: Fragment) -> None:
        """Take in what an owner gave."""
        self.fragments.append(fragment)
        self.gaps |= {Gap(id, fragment.owner, ReasonCode.NOT_ALL_SHOWN) for id in fragment.cut}

    def unanswered(self, asked: Asked, reason: ReasonCode) -> None:
        """Note that a state did not answer what it was asked."""
        self.gaps |= {Gap(id, asked.state, reason) for id in asked.ids}
        self._unanswered += [(asked.state, number, reason) for number in asked.numbers]

    def following(self) -> list[Asked]:
        """Give what is asked next; nothing once there is nothing left that may be asked."""
        wanted, left = self._parted()
        asked = [self._about(state, hops, found) for (state, hops), found in wanted.items()]
        if asked:
            self._count(asked)
            return asked
        places = self._places()
        # What was typed is met, if at all, only after it was asked about.
        left += [one for one in self._unanswered if one[1] in places]
        self.gaps |= {Gap(places[number], state, reason) for state, number, reason in left}
        for fragment in self.fragments:
            known = fragment.numbers()
            for id, seen in fragment.nodes.items():
                if seen.kind is not None and seen.hops < self.hops and id not in known:
                    self.gaps.add(Gap(id, fragment.owner, ReasonCode.NOT_WRITTEN))
        return []

    def _parted(self) -> tuple[dict[tuple[str, int], list[Number]], list[tuple[str, Number, ReasonCode]]]:
        """Part what there is to ask into what is asked, by state and distance, and what may not be, with the reason."""
        wanted: dict[tuple[str, int], list[Number]] = defaultdict(list)
        left: list[tuple[str, Number, ReasonCode]] = []
        told: set[Number] = set()
        at_home = 0
        permitted = self._permitted()
        for number, hops in sorted(self._distances().items(), key=lambda one: (one[1], one[0])):
            for state in self.states if hops < self.hops else ():
                if self._asked.get((state, number), self.hops) <= hops or self._covered(state, number, hops):
                    continue
                if reason := self._refused(state, number, permitted, told):
                    left.append((state, number, reason))
                    continue
                if state != self.home:
                    told.add(number)
                elif at_home == self.most_told:
                    continue  # asked in the next turn: nothing is told by it
                else:
                    at_home += 1
                wanted[state, hops].append(number)
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
        """Give what each node is called here: an identifier by its number, anything else by its id."""
        found = {id: id for fragment in self.fragments for id in fragment.nodes}
        for fragment in self.fragments:
            found |= {id: f"{kind} {normal}" for id, (kind, normal) in fragment.numbers().items()}
        return found

    def joins(self) -> list[tuple[ValueKind, tuple[str, ...]]]:
        """Give the identifiers that are one in several states, each with its ids in order."""
        together: dict[Number, set[str]] = defaultdict(set)
        for fragment in self.fragments:
            for id, number in fragment.numbers().items():
                together[number].add(id)
        return sorted((number[0], tuple(sorted(ids))) for number, ids in together.items() if len(ids) > 1)

    def _about(self, state: str, hops: int, numbers: Collection[Number]) -> Asked:
        for number in numbers:
            self._asked[state, number] = hops
        return Asked(state, self.hops - hops, numbers=tuple(numbers))

    def _count(self, wanted: Iterable[Asked]) -> None:
        self.rounds += any(one.state != self.home for one in wanted)

    def _refused(
        self, state: str, number: Number, permitted: Mapping[Number, frozenset[str]], told: Collection[Number]
    ) -> ReasonCode | None:
        """Say why a state is not asked about an identifier now, if it is not."""
        if state == self.home:
            return None
        if number not in self.typed and state not in permitted.get(number, ()):
            return ReasonCode.NOT_DISCLOSED
        if self.rounds >= MOST_ROUNDS:
            return ReasonCode.NO_MORE_ROUNDS
        if number not in told and len(told) >= self.most_told:
            return ReasonCode.TOO_MANY
        return None

    def _covered(self, state: str, number: Number, hops: int) -> bool:
        """Say whether a state has itself shown what is around an identifier, as far as it would be asked."""
        for fragment in self.fragments:
            if fragment.owner == state:
                for id, own in fragment.numbers().items():
                    if own == number and fragment.nodes[id].hops <= hops:
                        return True
        return False

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

    def _permitted(self) -> dict[Number, frozenset[str]]:
        """Give the states that each identifier may be told to."""
        found: dict[Number, frozenset[str]] = defaultdict(frozenset)
        for fragment in self.fragments:
            told = fragment.told_to()
            for id, number in fragment.numbers().items():
                found[number] |= told.get(id, frozenset())
        return found
