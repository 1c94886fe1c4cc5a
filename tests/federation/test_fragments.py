"""How a network over states is joined, against a search in one graph that knows all states, over drawn worlds."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from federation.fragments import MOST_ROUNDS, Asked, Bond, Fragment, Gap, Joined, Number, Said, Seen
from federation.trails import MOST_CROSSINGS, trails
from schemas.federated import ReasonCode
from schemas.ids import ValueKind
from schemas.link import LinkKind

STATES = ("IN-RJ", "IN-PB", "IN-HR", "IN-DL")
HOME = STATES[0]
NUMBERS: list[Number] = [(ValueKind.PHONE, f"+9198290{n:05d}") for n in range(6)]


@dataclass
class World:
    """Four states' records, who uses which number there, and what each says of another's records.

    A use, a record and what is said each name whom they may be told to.
    """

    people: dict[str, list[str]]
    shown_to: dict[str, frozenset[str]]
    uses: dict[str, list[tuple[str, str, int, frozenset[str]]]]
    met: dict[str, list[tuple[str, str, str]]]
    said: dict[str, list[Said]]
    asked: list[Asked] = field(default_factory=list)

    @classmethod
    def drawn(cls, seed: int) -> "World":
        rng = Random(seed)
        people = {state: [person(state, n) for n in range(4)] for state in STATES}

        def some(state: str) -> frozenset[str]:
            return frozenset(other for other in STATES if other != state and rng.random() < 0.5)

        uses = {
            state: [
                (f"urn:sangam:{state}:link:u{n}", rng.choice(people[state]), rng.randrange(len(NUMBERS)), some(state))
                for n in range(5)
            ]
            for state in STATES
        }
        met = {
            state: [(f"urn:sangam:{state}:link:m{n}", *rng.sample(people[state], 2)) for n in range(2)]
            for state in STATES
        }
        shown = {id: some(state) for state, ids in people.items() for id in ids}
        said = {
            state: [
                Said(
                    f"urn:sangam:{state}:link:s{n}",
                    LinkKind.SAME_AS if rng.random() < 0.8 else LinkKind.NOT_SAME_AS,
                    rng.choice(people[state]),
                    rng.choice(people[rng.choice([other for other in STATES if other != state])]),
                    rng.randrange(3),
                    some(state),
                )
                for n in range(rng.choice([0, 2, 4]))
            ]
            for state in STATES
        }
        return cls(people, shown, uses, met, said)

    def same(self, state: str) -> list[Said]:
        """Give what a state says to be one, as long as nothing as new says that it is not."""
        return [
            one
            for one in self.said[state]
            if one.kind is LinkKind.SAME_AS
            and not any(
                other.kind is LinkKind.NOT_SAME_AS and other.at >= one.at
                for other in self.said[state]
                if (other.from_id, other.of) == (one.from_id, one.of)
            )
        ]

    def links(self, state: str) -> list[tuple[str, str, str, str | None, frozenset[str]]]:
        """Give a state's links as (id, one end, other end, as written, whom it may be told to)."""
        used = [(id, who, value(state, n), NUMBERS[n][1], shown) for id, who, n, shown in self.uses[state]]
        return [*used, *((id, one, other, None, frozenset()) for id, one, other in self.met[state])]

    def around(self, asked: Asked, base: int) -> Fragment:
        """Answer as the owner does: what lies within so many links of what it is asked about."""
        self.asked.append(asked)
        links = self.links(asked.state)
        known = {end for link in links for end in link[1:3]} | set(self.people[asked.state])
        starts = [*asked.ids, *(value(asked.state, NUMBERS.index(number)) for number in asked.numbers)]
        starts += [id for id in asked.records if id in self.people[asked.state]]
        starts += [one.from_id for one in self.same(asked.state) if one.of in asked.records]
        hops = distances({(one, other) for _, one, other, *_ in links}, [id for id in starts if id in known])
        nodes = {id: self.seen(id, base + hop) for id, hop in hops.items() if hop <= asked.hops}
        bonds = [
            Bond(id, "USES_PHONE" if text else "MET_WITH", one, other, text, shown)
            for id, one, other, text, shown in links
            if one in nodes and other in nodes
        ]
        said = [one for one in self.said[asked.state] if one.from_id in nodes]
        return Fragment(asked.state, nodes, bonds, said=said)

    def seen(self, id: str, hops: int) -> Seen:
        return Seen(id, hops, None if id.startswith("urn:") else ValueKind.PHONE, self.shown_to.get(id, frozenset()))


def person(state: str, number: int) -> str:
    return f"urn:sangam:{state}:person:0000000{number}-0000-4000-8000-000000000000"


def value(state: str, number: int) -> str:
    """Give the id that a number has in a state: another in each."""
    return f"{STATES.index(state)}{number}".ljust(32, "a")


def distances(links: set[tuple[str, str]], starts: list[str]) -> dict[str, int]:
    near = defaultdict(set)
    for one, other in links:
        near[one].add(other)
        near[other].add(one)
    found, layer = dict.fromkeys(starts, 0), set(starts)
    hop = 0
    while layer:
        hop += 1
        layer = {far for id in layer for far in near[id]} - found.keys()
        found |= dict.fromkeys(layer, hop)
    return found


def explored(world: World, start: Mapping[str, list[str]], hops: int, typed: frozenset[Number] = frozenset()) -> Joined:
    joined = Joined(HOME, STATES, hops, typed)
    wanted = joined.first(start)
    while wanted:
        for one in wanted:
            joined.take(world.around(one, hops - one.hops))
        wanted = joined.following()
    return joined


def permitted(world: World, state: str, thing: int | str, met: set[str], typed: frozenset[Number]) -> bool:
    """Say, from all states' records at once, whether a number or record that was met may be told to a state."""
    if state == HOME or (isinstance(thing, int) and NUMBERS[thing] in typed):
        return True
    if isinstance(thing, int):
        return any(
            state in shown & world.shown_to[who] and {who, value(owner, n)} <= met
            for owner in STATES
            for _, who, n, shown in world.uses[owner]
            if n == thing
        )
    return (thing in met and state in world.shown_to[thing]) or any(
        state in one.shown_to & world.shown_to[one.from_id] and one.from_id in met
        for owner in STATES
        for one in world.same(owner)
        if one.of == thing
    )


def expected(world: World, start: str, hops: int) -> set[str]:
    """Give the records within so many links, over borders where something may be told, in two rounds of asking others.

    One graph of all states; a state is searched only from its own starts and from what it was told. This node's own is
    searched first, as long as there is anything to search it for.
    """
    told: dict[str, dict[int | str, int]] = {state: {} for state in STATES}
    told[owner_of(start)][start] = 0
    rounds = int(owner_of(start) != HOME)
    while True:
        met = {id: hop for state in STATES for id, hop in searched(world, state, told[state]).items()}
        within = {id for id, hop in met.items() if hop <= hops}
        near: dict[int | str, int] = {start: 0}
        shown: dict[tuple[str, int | str], int] = {}
        for state in STATES:
            of_state = [(n, value(state, n)) for n in range(len(NUMBERS))]
            of_state += [(id, id) for id in world.people[state]]  # type: ignore[misc]
            of_state += [(one.of, one.from_id) for one in world.same(state)]  # type: ignore[misc]
            for thing, id in of_state:
                if id in within:
                    near[thing] = min(met[id], near.get(thing, hops))
                    shown[state, thing] = min(met[id], shown.get((state, thing), hops))
        wanted = [
            (state, thing, hop)
            for thing, hop in near.items()
            for state in STATES
            if hop < min(hops, told[state].get(thing, hops), shown.get((state, thing), hops))
            and permitted(world, state, thing, within, frozenset())
        ]
        wanted = [one for one in wanted if one[0] == HOME] or (wanted if rounds < MOST_ROUNDS else [])
        if not wanted:
            return {id for id in within if id.startswith("urn:")}
        rounds += any(state != HOME for state, *_ in wanted)
        for state, thing, hop in wanted:
            told[state][thing] = hop


def owner_of(id: str) -> str:
    return id.split(":")[2]


def searched(world: World, state: str, told: Mapping[int | str, int]) -> dict[str, int]:
    """Give how far the nodes of a state are from what it was told."""
    links = {(one, other) for _, one, other, *_ in world.links(state)}
    known = {end for pair in links for end in pair} | set(world.people[state])
    begins: list[tuple[str, int]] = []
    for thing, hop in told.items():
        begins.append((value(state, thing) if isinstance(thing, int) else thing, hop))
        begins += [(one.from_id, hop) for one in world.same(state) if one.of == thing]
    found: dict[str, int] = {}
    for id, base in begins:
        if id in known:
            for far, hop in distances(links, [id]).items():
                found[far] = min(base + hop, found.get(far, base + hop))
    return found


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_what_is_met_is_what_one_graph_of_all_states_has_within_the_same_bounds(hops: int) -> None:
    crossed = 0
    for seed in range(300):
        world = World.drawn(seed)
        start = Random(seed).choice(world.people[Random(seed + 1).choice(STATES)])
        owner = owner_of(start)
        joined = explored(world, {owner: [start]}, hops)
        met = {id for fragment in joined.fragments for id in fragment.nodes if id.startswith("urn:")}
        assert met == expected(world, start, hops), seed
        crossed += len({id.split(":")[2] for id in met}) > 1
    assert hops == 1 or crossed > 30


def test_no_state_is_told_what_it_may_not_be_told_and_what_was_not_asked_is_a_gap() -> None:
    refused: Counter[bool] = Counter()
    told_of: Counter[bool] = Counter()
    for seed in range(300):
        world = World.drawn(seed)
        start = Random(seed).choice(world.people[HOME])
        joined = explored(world, {HOME: [start]}, 3)
        met = {id for fragment in joined.fragments for id in fragment.nodes}
        for asked in world.asked:
            for thing in (*map(NUMBERS.index, asked.numbers), *asked.records):
                assert permitted(world, asked.state, thing, met, frozenset()), seed
                told_of[isinstance(thing, str)] += asked.state != HOME
        peers = [asked for asked in world.asked if asked.state != HOME]
        assert joined.rounds <= MOST_ROUNDS
        for gap in joined.gaps:
            thing = gap.at if gap.at.startswith("urn:") else int(gap.at[1])
            known = {one.state for one in peers if thing in (*one.records, *map(NUMBERS.index, one.numbers))}
            if gap.reason is ReasonCode.NOT_DISCLOSED:
                refused[isinstance(thing, str)] += 1
                assert not permitted(world, gap.state, thing, met, frozenset()), seed
                assert gap.state not in known
                # What a state was never shown it can have said nothing about; its own it would be asked for.
                assert isinstance(thing, int) or owner_of(thing) == gap.state
    assert min(refused[False], told_of[False], told_of[True], 5 * refused[True]) > 100, (refused, told_of)


def test_each_round_tells_of_so_many_numbers_and_the_rest_are_gaps() -> None:
    joined = Joined(HOME, STATES[:2], 2, most_told=2)
    [first] = joined.first({HOME: [person(HOME, 1)]})
    assert (first.state, first.hops, joined.rounds) == (HOME, 2, 0)
    open_to = frozenset({"IN-PB"})
    nodes = {person(HOME, 1): Seen(person(HOME, 1), 0, None, open_to)}
    nodes |= {value(HOME, n): Seen(value(HOME, n), 1, ValueKind.PHONE) for n in range(5)}
    bonds = [Bond(f"l{n}", "USES_PHONE", person(HOME, 1), value(HOME, n), NUMBERS[n][1], open_to) for n in range(5)]
    joined.take(Fragment(HOME, nodes, bonds))
    told: list[object] = []
    for _ in range(MOST_ROUNDS):
        for asked in joined.following():
            told += [*asked.records, *asked.numbers]
    # The nearest first: the record that they all hang on.
    assert told == [person(HOME, 1), *NUMBERS[:3]]
    assert joined.following() == []
    assert joined.gaps == {Gap(value(HOME, n), "IN-PB", ReasonCode.NO_MORE_ROUNDS) for n in (3, 4)}


def test_this_nodes_own_graph_is_asked_about_all_in_turns_of_so_many() -> None:
    joined = Joined(HOME, STATES[:2], 2, most_told=2)
    start = person("IN-PB", 1)
    joined.first({"IN-PB": [start]})
    nodes = {start: Seen(start, 0)} | {value("IN-PB", n): Seen(value("IN-PB", n), 1, ValueKind.PHONE) for n in range(5)}
    bonds = [Bond(f"l{n}", "USES_PHONE", start, value("IN-PB", n), NUMBERS[n][1], frozenset()) for n in range(5)]
    joined.take(Fragment("IN-PB", nodes, bonds))
    turns = [joined.following() for _ in range(4)]
    asked = [[thing for one in turn for thing in (*one.records, *one.numbers)] for turn in turns]
    assert asked == [[start, NUMBERS[0]], NUMBERS[1:3], NUMBERS[3:5], []]
    assert (joined.gaps, joined.rounds) == (set(), 1)


def test_a_number_that_no_link_writes_is_a_gap() -> None:
    joined = Joined(HOME, STATES, 2)
    joined.first({HOME: [person(HOME, 1)]})
    nodes = {value(HOME, n): Seen(value(HOME, n), n, ValueKind.PHONE) for n in range(2)}
    joined.take(Fragment(HOME, nodes, [Bond("l", "CALLED", value(HOME, 0), value(HOME, 1), None, frozenset())]))
    assert joined.following() == []
    assert {gap.reason for gap in joined.gaps} == {ReasonCode.NOT_WRITTEN}


def every_way(
    beside: Mapping[str, set[str]], way: tuple[str, ...], other: str, longest: int
) -> Iterator[tuple[str, ...]]:
    """Give every way on to the other end that meets nothing twice, one after another."""
    if way[-1] == other:
        yield way
    elif len(way) <= longest:
        for far in beside[way[-1]] - set(way):
            yield from every_way(beside, (*way, far), other, longest)


def one_by_one(world: World, joined: Joined) -> dict[str, str]:
    """Call what was met by the least id of what is one with it, over and over until nothing changes."""
    met = {id for part in joined.fragments for id in part.nodes}
    pairs = [(value(one, n), value(other, n)) for n in range(len(NUMBERS)) for one in STATES for other in STATES]
    pairs += [(one.from_id, one.of) for state in STATES for one in world.same(state)]
    called, before = {id: id for id in met}, None
    while called != before:
        before = dict(called)
        for one, other in pairs:
            if one in met and other in met:
                called[one] = called[other] = min(called[one], called[other])
    return called


def parted(called: Mapping[str, str]) -> set[frozenset[str]]:
    """Give what is one, whatever it is called."""
    groups: dict[str, set[str]] = defaultdict(set)
    for id, name in called.items():
        groups[name].add(id)
    return {frozenset(group) for group in groups.values()}


def test_the_shortest_ways_over_few_borders_are_the_paths() -> None:
    crossed = 0
    for seed in range(200):
        world = World.drawn(seed)
        one, other = Random(seed).sample([id for ids in world.people.values() for id in ids], 2)
        start: dict[str, list[str]] = {}
        for id in (one, other):
            start.setdefault(owner_of(id), []).append(id)
        joined = explored(world, start, 3)
        called = joined.called()
        assert parted(called) == parted(one_by_one(world, joined)), seed
        links: dict[frozenset[str], list[tuple[str, str]]] = defaultdict(list)
        beside: dict[str, set[str]] = defaultdict(set)
        for part in joined.fragments:
            for bond in part.bonds:
                near, far = called[bond.from_id], called[bond.to_id]
                if near == far:
                    continue
                links[frozenset({near, far})].append((bond.id, part.owner))
                beside[near].add(far)
                beside[far].add(near)
        expected = []
        ends = called.get(one, one), called.get(other, other)
        ways = every_way(beside, (ends[0],), ends[1], 6) if ends[0] != ends[1] else ()
        for way in sorted(ways, key=lambda way: (len(way), way))[:50]:
            ids: list[str] = []
            owners: list[str] = []
            for pair in map(frozenset, pairwise(way)):
                same = [id for id, owner in links[pair] if owners and owner == owners[-1]]
                id = min(same or [id for id, _ in links[pair]])
                ids.append(id)
                owners.append(dict(links[pair])[id])
            borders = sum(before != after for before, after in pairwise(owners))
            if borders <= MOST_CROSSINGS:
                expected.append((ids, borders))
        made = trails(joined, one, other, most=5, longest=6)
        assert [([step.link for step in trail.steps], trail.crossings) for trail in made] == expected[:5], seed
        crossed += any(trail.crossings for trail in made)
        for trail in made:
            assert all(called[before.to_id] == called[after.from_id] for before, after in pairwise(trail.steps))
    assert crossed > 20


@pytest.mark.parametrize(("calls", "found"), [(MOST_CROSSINGS + 1, 1), (MOST_CROSSINGS + 2, 0)])
def test_a_path_crosses_so_many_borders_and_no_more(calls: int, found: int) -> None:
    """A chain of calls, each known to another state than the one before, and each number written by a user there."""
    states = [f"IN-X{n}" for n in range(calls)]
    joined = Joined(states[0], states, 6)
    for n, state in enumerate(states):
        ends = [f"{n}{m}".ljust(32, "b") for m in (n, n + 1)]
        user = f"urn:sangam:{state}:person:{n}"
        nodes = {id: Seen(id, 0, ValueKind.PHONE) for id in ends} | {user: Seen(user, 0)}
        bonds = [
            Bond(f"call{n}", "CALLED", ends[0], ends[1], f"+9198290{n:05d}", frozenset()),
            Bond(f"use{n}", "USES_PHONE", user, ends[1], f"+9198290{n + 1:05d}", frozenset()),
        ]
        joined.take(Fragment(state, nodes, bonds))
    first, last = "00".ljust(32, "b"), f"{calls - 1}{calls}".ljust(32, "b")
    made = trails(joined, first, last, most=5, longest=6)
    assert [trail.crossings for trail in made] == [MOST_CROSSINGS] * found
