"""How a network over states is joined, against a search in one graph that knows all states, over drawn worlds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from federation.fragments import MOST_ROUNDS, Asked, Bond, Fragment, Gap, Joined, Number, Seen
from federation.trails import MOST_CROSSINGS, trails
from schemas.federated import ReasonCode
from schemas.ids import ValueKind

STATES = ("IN-RJ", "IN-PB", "IN-HR", "IN-DL")
HOME = STATES[0]
NUMBERS: list[Number] = [(ValueKind.PHONE, f"+9198290{n:05d}") for n in range(6)]


@dataclass
class World:
    """Four states' records and who uses which number there; a use and a record each name whom they may be told to."""

    people: dict[str, list[str]]
    shown_to: dict[str, frozenset[str]]
    uses: dict[str, list[tuple[str, str, int, frozenset[str]]]]
    met: dict[str, list[tuple[str, str, str]]]
    asked: list[Asked] = field(default_factory=list)

    @classmethod
    def drawn(cls, seed: int) -> "World":
        rng = Random(seed)
        people = {state: [f"urn:sangam:{state}:person:{n}" for n in range(4)] for state in STATES}

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
        return cls(people, shown, uses, met)

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
        hops = distances({(one, other) for _, one, other, *_ in links}, [id for id in starts if id in known])
        nodes = {id: self.seen(id, base + hop) for id, hop in hops.items() if hop <= asked.hops}
        bonds = [
            Bond(id, "USES_PHONE" if text else "MET_WITH", one, other, text, shown)
            for id, one, other, text, shown in links
            if one in nodes and other in nodes
        ]
        return Fragment(asked.state, nodes, bonds)

    def seen(self, id: str, hops: int) -> Seen:
        return Seen(id, hops, None if id.startswith("urn:") else ValueKind.PHONE, self.shown_to.get(id, frozenset()))


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


def permitted(world: World, state: str, number: int, met: set[str], typed: frozenset[Number]) -> bool:
    """Say, from all states' records at once, whether a number that was met may be told to a state."""
    if state == HOME or NUMBERS[number] in typed:
        return True
    return any(
        state in shown & world.shown_to[who] and {who, value(owner, n)} <= met
        for owner in STATES
        for _, who, n, shown in world.uses[owner]
        if n == number
    )


def expected(world: World, start: str, hops: int) -> set[str]:
    """Give the records within so many links, over borders where a number may be told, in two rounds of asking others.

    One graph of all states; a state is searched only from its own starts and from the numbers that it was told.
    """
    told: dict[str, dict[int, int]] = {state: {} for state in STATES}
    rounds = int(start.split(":")[2] != HOME)
    while True:
        met = {id: hop for state in STATES for id, hop in searched(world, state, start, told[state]).items()}
        within = {id for id, hop in met.items() if hop <= hops}
        nearest = {
            n: min(met[value(state, n)] for state in STATES if value(state, n) in met)
            for n in range(len(NUMBERS))
            if any(value(state, n) in met for state in STATES)
        }
        wanted = [
            (state, n, hop)
            for n, hop in nearest.items()
            for state in STATES
            if hop < hops
            and hop < min(told[state].get(n, hops), met.get(value(state, n), hops))
            and permitted(world, state, n, within, frozenset())
        ]
        others = any(state != HOME for state, *_ in wanted)
        if others and rounds == MOST_ROUNDS:
            wanted = [one for one in wanted if one[0] == HOME]
        if not wanted:
            return {id for id in within if id.startswith("urn:")}
        rounds += any(state != HOME for state, *_ in wanted)
        for state, n, hop in wanted:
            told[state][n] = hop


def searched(world: World, state: str, start: str, told: Mapping[int, int]) -> dict[str, int]:
    """Give how far the nodes of a state are from the start, or from what it was told."""
    links = {(one, other) for _, one, other, *_ in world.links(state)}
    known = {end for pair in links for end in pair} | set(world.people[state])
    found: dict[str, int] = {}
    begins = {start: 0} | {value(state, n): hop for n, hop in told.items()}
    for id, base in begins.items():
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
        owner = start.split(":")[2]
        joined = explored(world, {owner: [start]}, hops)
        met = {id for fragment in joined.fragments for id in fragment.nodes if id.startswith("urn:")}
        assert met == expected(world, start, hops), seed
        crossed += len({id.split(":")[2] for id in met}) > 1
    assert hops == 1 or crossed > 30


def test_no_state_is_told_a_number_that_it_may_not_be_told_and_what_was_not_asked_is_a_gap() -> None:
    refused = 0
    for seed in range(300):
        world = World.drawn(seed)
        start = Random(seed).choice(world.people[HOME])
        joined = explored(world, {HOME: [start]}, 3)
        met = {id for fragment in joined.fragments for id in fragment.nodes}
        for asked in world.asked:
            for number in asked.numbers:
                assert permitted(world, asked.state, NUMBERS.index(number), met, frozenset()), seed
        peers = [asked for asked in world.asked if asked.state != HOME]
        assert joined.rounds <= MOST_ROUNDS
        for gap in joined.gaps:
            number = int(gap.at[1])
            told = [one for one in peers if one.state == gap.state and NUMBERS[number] in one.numbers]
            if gap.reason is ReasonCode.NOT_DISCLOSED:
                refused += 1
                assert not permitted(world, gap.state, number, met, frozenset()), seed
                assert told == []
    assert refused > 100


def test_each_round_tells_of_so_many_numbers_and_the_rest_are_gaps() -> None:
    joined = Joined(HOME, STATES[:2], 2, most_told=2)
    [first] = joined.first({HOME: ["urn:sangam:IN-RJ:person:1"]})
    assert (first.state, first.hops, joined.rounds) == (HOME, 2, 0)
    open_to = frozenset({"IN-PB"})
    nodes = {"urn:sangam:IN-RJ:person:1": Seen("urn:sangam:IN-RJ:person:1", 0, None, open_to)}
    nodes |= {value(HOME, n): Seen(value(HOME, n), 1, ValueKind.PHONE) for n in range(5)}
    bonds = [
        Bond(f"l{n}", "USES_PHONE", "urn:sangam:IN-RJ:person:1", value(HOME, n), NUMBERS[n][1], open_to)
        for n in range(5)
    ]
    joined.take(Fragment(HOME, nodes, bonds))
    told = []
    for _ in range(MOST_ROUNDS):
        [asked] = joined.following()
        told += asked.numbers
    assert told == NUMBERS[:4]
    assert joined.following() == []
    assert joined.gaps == {Gap(value(HOME, 4), "IN-PB", ReasonCode.NO_MORE_ROUNDS)}


def test_this_nodes_own_graph_is_asked_about_all_in_turns_of_so_many() -> None:
    joined = Joined(HOME, STATES[:2], 2, most_told=2)
    start = "urn:sangam:IN-PB:person:1"
    joined.first({"IN-PB": [start]})
    nodes = {start: Seen(start, 0)} | {value("IN-PB", n): Seen(value("IN-PB", n), 1, ValueKind.PHONE) for n in range(5)}
    bonds = [Bond(f"l{n}", "USES_PHONE", start, value("IN-PB", n), NUMBERS[n][1], frozenset()) for n in range(5)]
    joined.take(Fragment("IN-PB", nodes, bonds))
    asked = [joined.following() for _ in range(4)]
    assert [[one.numbers for one in turn] for turn in asked] == [
        [tuple(NUMBERS[:2])], [tuple(NUMBERS[2:4])], [tuple(NUMBERS[4:5])], [],
    ]  # fmt: skip
    assert joined.gaps == set()


def test_a_number_that_no_link_writes_is_a_gap() -> None:
    joined = Joined(HOME, STATES, 2)
    joined.first({HOME: ["urn:sangam:IN-RJ:person:1"]})
    nodes = {value(HOME, n): Seen(value(HOME, n), n, ValueKind.PHONE) for n in range(2)}
    joined.take(Fragment(HOME, nodes, [Bond("l", "CALLED", value(HOME, 0), value(HOME, 1), None, frozenset())]))
    assert joined.following() == []
    assert {gap.reason for gap in joined.gaps} == {ReasonCode.NOT_WRITTEN}


@pytest.mark.parametrize("turn", [1, -1])
def test_a_state_that_does_not_answer_about_what_was_typed_is_a_gap_where_another_knows_it(turn: int) -> None:
    joined = Joined(HOME, STATES[:3][::turn], 1, frozenset(NUMBERS[:2]))
    for asked in joined.first({}):
        if asked.state == "IN-PB":
            joined.unanswered(asked, ReasonCode.NO_CONNECTION)
        elif asked.state == "IN-HR":
            nodes = {value("IN-HR", 0): Seen(value("IN-HR", 0), 0, ValueKind.PHONE), "p": Seen("p", 1)}
            bond = Bond("l", "USES_PHONE", "p", value("IN-HR", 0), NUMBERS[0][1], frozenset())
            joined.take(Fragment("IN-HR", nodes, [bond]))
    assert joined.following() == []
    assert joined.gaps == {Gap(value("IN-HR", 0), "IN-PB", ReasonCode.NO_CONNECTION)}


def every_way(
    beside: Mapping[str, set[str]], way: tuple[str, ...], other: str, longest: int
) -> Iterator[tuple[str, ...]]:
    """Give every way on to the other end that meets nothing twice, one after another."""
    if way[-1] == other:
        yield way
    elif len(way) <= longest:
        for far in beside[way[-1]] - set(way):
            yield from every_way(beside, (*way, far), other, longest)


def test_the_shortest_ways_over_few_borders_are_the_paths() -> None:
    crossed = 0
    for seed in range(200):
        world = World.drawn(seed)
        one, other = Random(seed).sample([id for ids in world.people.values() for id in ids], 2)
        start: dict[str, list[str]] = {}
        for id in (one, other):
            start.setdefault(id.split(":")[2], []).append(id)
        joined = explored(world, start, 3)
        called = joined.called()
        links: dict[frozenset[str], list[tuple[str, str]]] = defaultdict(list)
        beside: dict[str, set[str]] = defaultdict(set)
        for part in joined.fragments:
            for bond in part.bonds:
                near, far = called[bond.from_id], called[bond.to_id]
                links[frozenset({near, far})].append((bond.id, part.owner))
                beside[near].add(far)
                beside[far].add(near)
        expected = []
        for way in sorted(every_way(beside, (one,), other, 6), key=lambda way: (len(way), way))[:50]:
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
