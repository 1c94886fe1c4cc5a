"""A network over states, as the node that was asked puts it together: how fragments join, and whom to ask what next.

In order:
1. Identifiers of two fragments are one if their numbers are, and records if an owner of one of the two says so: of
   what that owner says about them, the newest.
2. Peers are asked in at most two rounds, each about at most 200 identifiers and records, the nearest first; before each
   this node's own graph, to which nothing is told, is asked as often as there is something to ask.
3. How far from a start a thing is, a state is told as far as those know it who let it be told there: that others have
   it nearer is theirs.
4. An identifier's id is the state's that gave it: one that two states give is joined on by neither, but by this one.
5. What could have been asked and was not is a gap, as things stand in the end. A state that was never shown another's
   record has nothing to say of it, and is no gap there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from federation.fragments import Asked, Fragment, Gap, Number, Said, Thing
from schemas.federated import ReasonCode
from schemas.ids import ValueKind, parse_urn

MOST_ROUNDS = 2
MOST_TOLD = 200


_By = tuple[str, str]
"""The state that has a thing, and the record or identifier by which it has it: its own, or what it says is one."""


@dataclass(frozen=True)
class _Known:
    """How far from a start one state has a thing by one of its own, and which states it lets be told of it."""

    hops: int
    told_to: frozenset[str]


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
    _starts: set[str] = field(default_factory=set)
    _asked: dict[tuple[str, Thing], int] = field(default_factory=dict)
    # By owner and id, as first written: a state that writes it otherwise the next time joins nobody by that.
    _numbers: dict[tuple[str, str], Number] = field(default_factory=dict)
    _givers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # Read once of each fragment: which of its things may be told to whom, and what it says to be one.
    _told_to: list[Mapping[str, frozenset[str]]] = field(default_factory=list)
    _same: list[Sequence[Said]] = field(default_factory=list)
    _unanswered: list[tuple[str, Thing, ReasonCode]] = field(default_factory=list)

    def first(self, ids: Mapping[str, Sequence[str]]) -> list[Asked]:
        """Give what is asked first: each owner about its own, and every state about what was typed."""
        wanted = []
        self._starts |= {id for own in ids.values() for id in own if parse_urn(id) is not None}
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
        for id, number in fragment.numbers().items():
            self._numbers.setdefault((fragment.owner, id), number)
        for id, seen in fragment.nodes.items():
            if seen.kind is not None:
                self._givers[id].add(fragment.owner)
        self._told_to.append(fragment.told_to())
        self._same.append(fragment.same())
        self.gaps |= {Gap(id, fragment.owner, ReasonCode.NOT_ALL_SHOWN) for id in fragment.cut}

    def unanswered(self, asked: Asked, reason: ReasonCode) -> None:
        """Note that a state did not answer what it was asked."""
        self.gaps |= {Gap(id, asked.state, reason) for id in asked.ids}
        self._unanswered += [(asked.state, thing, reason) for thing in asked.things]

    def following(self) -> list[Asked]:
        """Give what is asked next; nothing once there is nothing left that may be asked."""
        wanted, left = self._parted()
        # Peers are told what they are told in few rounds: first this node looks how far it comes by itself.
        if at_home := {place: things for place, things in wanted.items() if place[0] == self.home}:
            wanted = at_home
        asked = [self._about(state, hops, things) for (state, hops), things in wanted.items()]
        if asked:
            self._count(asked)
            return asked
        places = self._places()
        # A number that was typed may be met nowhere, and then there is no place to name.
        for state, thing, reason in (*left, *self._unanswered):
            at = thing if isinstance(thing, str) else places.get(thing)
            self.gaps |= {Gap(at, state, reason)} if at is not None else set()
        for fragment in self.fragments:
            for id, seen in fragment.nodes.items():
                if seen.kind is not None and seen.hops < self.hops and self.number(fragment.owner, id) is None:
                    self.gaps.add(Gap(id, fragment.owner, ReasonCode.NOT_WRITTEN))
        return []

    def _parted(self) -> tuple[dict[tuple[str, int], list[Thing]], list[tuple[str, Thing, ReasonCode]]]:
        """Part what there is to ask into what is asked, by state and distance, and what may not be, with the reason."""
        wanted: dict[tuple[str, int], list[Thing]] = defaultdict(list)
        left: list[tuple[str, Thing, ReasonCode]] = []
        told: set[Thing] = set()
        at_home = 0
        for nearest, thing, known in self._nearest_first():
            for state in self.states if nearest < self.hops else ():
                reached = self._reached(state, thing, known)
                if reached <= nearest:
                    continue
                hops = self._told_at(state, thing, known)
                if hops is None or hops >= reached:
                    if not isinstance(thing, str) or _owner(thing) == state:
                        left.append((state, thing, ReasonCode.NOT_DISCLOSED))
                    continue
                if reason := self._refused(state, thing, told):
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

    def number(self, owner: str, id: str) -> Number | None:
        """Give the number of an identifier of an owner, if it is joined on."""
        mine = owner == self.home or len(self._givers[id]) < 2
        return self._numbers.get((owner, id)) if mine else None

    def called(self) -> dict[tuple[str, str], str]:
        """Give what each node is called here, by owner and id: an identifier by its number, a record by its id.

        Records that are one are called by the least of their ids.
        """
        found = {}
        for fragment in self.fragments:
            for id, seen in fragment.nodes.items():
                number = self.number(fragment.owner, id)
                alone = id if seen.kind is None else f"{fragment.owner} {id}"
                found[fragment.owner, id] = alone if number is None else " ".join(number)
        bearers: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for node, name in found.items():
            bearers[name].append(node)
        for one, other in self.same():
            least, most = sorted(found[_owner(id), id] for id in (one, other))
            if least != most:
                renamed = bearers.pop(most)
                found.update(dict.fromkeys(renamed, least))
                bearers[least] += renamed
        return found

    def same(self) -> list[tuple[str, str]]:
        """Give each two records that were met and that an owner of one of them says are one, in order."""
        met = {id for fragment in self.fragments for id in fragment.nodes}
        return sorted({(one.from_id, one.of) for said in self._same for one in said if one.of in met})

    def said_of(self, ids: Collection[str], *, both: bool) -> set[str]:
        """Give the ids of what is said of these records and of others', or with `both` only of two of these."""
        said = [one for fragment in self.fragments for one in fragment.said if one.from_id in ids]
        return {one.id for one in said if not both or one.of in ids}

    def joins(self) -> list[tuple[ValueKind, tuple[str, ...]]]:
        """Give the identifiers that are one in several states, each with its ids in order."""
        together: dict[Number, set[str]] = defaultdict(set)
        for owner, id in self._numbers:
            if (number := self.number(owner, id)) is not None:
                together[number].add(id)
        return sorted((number[0], tuple(sorted(ids))) for number, ids in together.items() if len(ids) > 1)

    def _about(self, state: str, hops: int, things: Sequence[Thing]) -> Asked:
        self._asked |= dict.fromkeys(((state, thing) for thing in things), hops)
        records = tuple(thing for thing in things if isinstance(thing, str))
        numbers = tuple(thing for thing in things if not isinstance(thing, str))
        return Asked(state, self.hops - hops, numbers=numbers, records=records)

    def _count(self, wanted: Iterable[Asked]) -> None:
        self.rounds += any(one.state != self.home for one in wanted)

    def _refused(self, state: str, thing: Thing, told: Collection[Thing]) -> ReasonCode | None:
        """Say why a state is not asked now about a thing of which it may be told, if it is not."""
        if state == self.home:
            return None
        if self.rounds >= MOST_ROUNDS:
            return ReasonCode.NO_MORE_ROUNDS
        if thing not in told and len(told) >= self.most_told:
            return ReasonCode.TOO_MANY
        return None

    def _reached(self, state: str, thing: Thing, known: Mapping[_By, _Known]) -> int:
        """Give from how far on a state was asked about a thing, or has itself shown what is around it.

        Around a record of another it has not, whatever it says is one with that: it may say so of more.
        """
        asked = self._asked.get((state, thing), self.hops)
        own = (one.hops for (owner, id), one in known.items() if owner == state and _is_had(thing, id))
        return min(asked, min(own, default=asked))

    def _told_at(self, state: str, thing: Thing, known: Mapping[_By, _Known]) -> int | None:
        """Give how far from a start a thing is, as those know it who let this state be told; None for nobody."""
        free = state == self.home or thing in self.typed
        hops = [one.hops for one in known.values() if free or state in one.told_to]
        return min(hops, default=None)

    def _nearest_first(self) -> Iterator[tuple[int, Thing, Mapping[_By, _Known]]]:
        """Give what is met, by how far it is from a start at its nearest, and what each state has of it."""
        found: dict[Thing, dict[_By, _Known]] = defaultdict(dict)

        def note(thing: Thing, owner: str, id: str, hops: int, told_to: frozenset[str]) -> None:
            before = found[thing].get((owner, id), _Known(hops, frozenset()))
            found[thing][owner, id] = _Known(min(hops, before.hops), told_to | before.told_to)

        for id in self._starts:  # its owner was asked
            note(id, _owner(id), id, 0, frozenset())
        for fragment, told_to, same in zip(self.fragments, self._told_to, self._same, strict=True):
            for id, seen in fragment.nodes.items():
                thing = id if seen.kind is None else self.number(fragment.owner, id)
                if thing is not None:
                    note(thing, fragment.owner, id, seen.hops, told_to.get(id, frozenset()))
            for one in same:
                to_owner = one.shown_to & told_to[one.from_id] & {_owner(one.of)}
                note(one.of, fragment.owner, one.from_id, fragment.nodes[one.from_id].hops, to_owner)
        rows = [(min(one.hops for one in known.values()), thing, known) for thing, known in found.items()]
        return iter(sorted(rows, key=lambda row: (row[0], isinstance(row[1], str), row[1])))

    def _places(self) -> dict[Number, str]:
        """Give the id by which each identifier was met first."""
        found: dict[Number, str] = {}
        for fragment in self.fragments:
            for id in sorted(fragment.nodes):
                if (number := self.number(fragment.owner, id)) is not None:
                    found.setdefault(number, id)
        return found


def _is_had(thing: Thing, id: str) -> bool:
    """Say whether what a state has by an id is the thing itself, and not a record said to be one with it."""
    return id == thing or not isinstance(thing, str)


def _owner(id: str) -> str:
    """Give whose a record is, by its id."""
    urn = parse_urn(id)
    return "" if urn is None else urn.state
