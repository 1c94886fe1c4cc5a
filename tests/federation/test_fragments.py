"""How a network over states is joined, against a search in one graph that knows all states, over drawn worlds."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from federation.fragments import Asked, Bond, Fragment, Gap, Number, Said, Seen
from federation.joining import MOST_ROUNDS, Joined
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


def letting(world: World, state: str, thing: int | str, met: set[str]) -> dict[str, str]:
    """Give, from all states' records at once, who lets what was met be told to a state, and by which id he has it."""
    found: dict[str, str] = {}
    for owner in STATES:
        if isinstance(thing, int):
            by = [
                value(owner, n)
                for _, who, n, shown in world.uses[owner]
                if n == thing and (state == HOME or (state in shown & world.shown_to[who] and who in met))
            ]
        else:
            by = [thing] if thing in world.people[owner] and state in {HOME, *world.shown_to[thing]} else []
            by += [
                one.from_id
                for one in world.same(owner)
                if one.of == thing
                and (state == HOME or state in {owner_of(thing)} & one.shown_to & world.shown_to[one.from_id])
            ]
        found |= {f"{owner} {id}": id for id in by if id in met}
    return found


def told_at(world: World, state: str, thing: int | str, met: Mapping[str, int], within: set[str]) -> int:
    """Give how far a thing is from the start, as those know it who let a state be told; farther than all for none."""
    return min((met[id] for id in letting(world, state, thing, within).values()), default=99)


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
        shown: dict[tuple[str, int | str], int] = {(owner_of(start), start): 0}
        for state in STATES:
            of_state: list[tuple[int | str, str]] = [(n, value(state, n)) for n in range(len(NUMBERS))]
            of_state += [(id, id) for id in world.people[state]]
            for thing, id in of_state:
                if id in within:
                    shown[state, thing] = min(met[id], shown.get((state, thing), hops))
        things: list[int | str] = [*range(len(NUMBERS)), *(id for ids in world.people.values() for id in ids)]
        wanted = [
            (state, thing, hop)
            for thing in things
            for state in STATES
            for hop in [0 if (state, thing) == (HOME, start) else told_at(world, state, thing, met, within)]
            if hop < min(hops, told[state].get(thing, hops), shown.get((state, thing), hops))
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
    farther = 0
    for seed in range(300):
        world = World.drawn(seed)
        start = Random(seed).choice(world.people[HOME])
        joined = explored(world, {HOME: [start]}, 3)
        met = {id for fragment in joined.fragments for id in fragment.nodes}
        for asked in world.asked:
            for thing in (*map(NUMBERS.index, asked.numbers), *asked.records):
                assert letting(world, asked.state, thing, met) or (asked.state, thing) == (HOME, start), seed
                told_of[isinstance(thing, str)] += asked.state != HOME
        peers = [asked for asked in world.asked if asked.state != HOME]
        assert joined.rounds <= MOST_ROUNDS
        for gap in joined.gaps:
            thing = gap.at if gap.at.startswith("urn:") else int(gap.at[1])
            if gap.reason is not ReasonCode.NOT_DISCLOSED:
                continue
            known = [one for one in peers if one.state == gap.state]
            told = [one for one in known if thing in (*one.records, *map(NUMBERS.index, one.numbers))]
            if letting(world, gap.state, thing, met):
                # It was asked, or showed it, from farther on than others have it who do not let it be told.
                farther += 1
                assert told or any(part.owner == gap.state for part in joined.fragments), seed
            else:
                refused[isinstance(thing, str)] += 1
                assert told == [], seed
            # What a state was never shown it can have said nothing about; its own it would be asked for.
            assert isinstance(thing, int) or owner_of(thing) == gap.state
    assert min(refused[False], told_of[False], told_of[True], 5 * refused[True]) > 100, (refused, told_of)
    assert farther > 10


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


def test_what_was_denied_since_opens_nothing_though_a_newer_word_joins_again() -> None:
    own, theirs, open_to = person(HOME, 1), person("IN-PB", 1), frozenset({"IN-PB"})
    words = [
        (LinkKind.SAME_AS, 1, open_to),
        (LinkKind.NOT_SAME_AS, 1, open_to),
        (LinkKind.SAME_AS, 2, frozenset[str]()),
    ]
    said = [Said(f"s{n}", kind, own, theirs, at, shown) for n, (kind, at, shown) in enumerate(words)]
    joined = Joined(HOME, STATES[:2], 1)
    joined.first({HOME: [own]})
    joined.take(Fragment(HOME, {own: Seen(own, 0, None, open_to)}, [], said=said))
    while asked := joined.following():
        assert all(one.records == (own,) for one in asked if one.state != HOME)
    assert joined.gaps == {Gap(theirs, "IN-PB", ReasonCode.NOT_DISCLOSED)}


def test_a_number_that_no_link_writes_is_a_gap() -> None:
    joined = Joined(HOME, STATES, 2)
    joined.first({HOME: [person(HOME, 1)]})
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


def one_by_one(world: World, joined: Joined) -> dict[tuple[str, str], str]:
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
    return {(part.owner, id): called[id] for part in joined.fragments for id in part.nodes}


def parted(called: Mapping[tuple[str, str], str]) -> set[frozenset[tuple[str, str]]]:
    """Give what is one, whatever it is called."""
    groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
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
                near, far = called[part.owner, bond.from_id], called[part.owner, bond.to_id]
                if near == far:
                    continue
                links[frozenset({near, far})].append((bond.id, part.owner))
                beside[near].add(far)
                beside[far].add(near)
        expected = []
        ends = [next((name for (_, id), name in called.items() if id == end), end) for end in (one, other)]
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
            for before, after in pairwise(trail.steps):
                assert called[before.owner, before.to_id] == called[after.owner, after.from_id]
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


def using(
    state: str, phone: str, number: Number, who: str, hops: int = 0, told_to: frozenset[str] = frozenset()
) -> Fragment:
    """Give what a state shows of one record that uses one phone, met at the record or so far on."""
    nodes = {who: Seen(who, hops, None, told_to), phone: Seen(phone, hops + 1, ValueKind.PHONE)}
    return Fragment(state, nodes, [Bond(f"{who}:{phone}", "USES_PHONE", who, phone, number[1], told_to)])


def met_by_three(liar: Fragment) -> Joined:
    """Give what Rajasthan and Punjab know of one phone each, and what a third state says beside it."""
    joined = Joined(HOME, STATES, 2)
    joined.first({HOME: ["urn:sangam:IN-RJ:person:1"], "IN-PB": ["urn:sangam:IN-PB:person:1"]})
    joined.take(using(HOME, value(HOME, 0), NUMBERS[0], "urn:sangam:IN-RJ:person:1"))
    joined.take(using("IN-PB", value("IN-PB", 1), NUMBERS[1], "urn:sangam:IN-PB:person:1"))
    joined.take(liar)
    return joined


@pytest.mark.parametrize("taken", [(HOME, 0), ("IN-PB", 1)])
def test_a_state_that_gives_anothers_identifier_as_its_own_joins_nobody_by_it(taken: tuple[str, int]) -> None:
    state, number = taken
    liar = using("IN-HR", value(state, number), NUMBERS[1 - number], "urn:sangam:IN-HR:person:1")
    joined = met_by_three(liar)
    for one, other in [("IN-RJ", "IN-PB"), ("IN-RJ", "IN-HR"), ("IN-PB", "IN-HR")]:
        assert trails(joined, *(f"urn:sangam:{s}:person:1" for s in (one, other)), most=5, longest=6) == []
    assert joined.joins() == []
    # What is this node's own stays what it is, and what the other says of it is a gap.
    assert joined.number(HOME, value(HOME, 0)) == NUMBERS[0]
    while joined.following():
        pass
    assert Gap(value(state, number), "IN-HR", ReasonCode.NOT_WRITTEN) in joined.gaps


def test_a_state_that_writes_its_identifier_otherwise_the_next_time_joins_nobody_by_that() -> None:
    own, who = value("IN-HR", 5), "urn:sangam:IN-HR:person:1"
    joined = met_by_three(using("IN-HR", own, NUMBERS[0], who))
    joined.take(using("IN-HR", own, NUMBERS[1], who))
    assert [ids for _, ids in joined.joins()] == [tuple(sorted([value(HOME, 0), own]))]
    assert trails(joined, "urn:sangam:IN-RJ:person:1", "urn:sangam:IN-PB:person:1", most=5, longest=6) == []


def test_that_others_have_a_number_nearer_moves_nothing_of_what_a_state_is_asked() -> None:
    """A state that lets itself be told of a number learns nothing of who else has it, and how near."""
    asked: list[list[Asked]] = []
    for hidden in (False, True):
        joined = Joined(HOME, STATES[:3], 3)
        start = "urn:sangam:IN-HR:person:1"
        joined.first({"IN-HR": [start]})
        joined.take(using("IN-HR", value("IN-HR", 0), NUMBERS[0], start, hops=1, told_to=frozenset(STATES)))
        if hidden:
            joined.take(using(HOME, value(HOME, 0), NUMBERS[0], "urn:sangam:IN-RJ:person:1", hops=0))
        asked.append([])
        while turn := joined.following():
            asked[-1] += [one for one in turn if one.state != HOME and one.numbers]
        assert ({gap.reason for gap in joined.gaps} == {ReasonCode.NOT_DISCLOSED}) is hidden
    assert asked[0] == asked[1] == [Asked("IN-PB", 1, numbers=(NUMBERS[0],))]


def test_a_fragment_of_very_many_is_joined_in_no_time() -> None:
    """Each of a state's identifiers is read once, however often it is asked what is known of them."""
    who = "urn:sangam:IN-HR:person:1"
    phones = {f"{n:032x}": n for n in range(490)}
    nodes = {who: Seen(who, 0), **{id: Seen(id, 1, ValueKind.PHONE) for id in phones}}
    bonds = [Bond(f"b{n}", "USES_PHONE", who, id, f"{n:0200d}"[:200], frozenset()) for n in range(9) for id in phones]
    bonds += [Bond(f"g{n}", "USES_PHONE", who, id, f"98290{n:05d}", frozenset()) for id, n in phones.items()]
    joined = Joined(HOME, STATES, 2)
    joined.first({"IN-HR": [who]})
    began = time.process_time()
    joined.take(Fragment("IN-HR", nodes, bonds))
    joined.following()
    assert time.process_time() - began < 1


def test_of_very_many_said_to_be_one_all_are_called_alike_in_no_time() -> None:
    """A peer says 2,000 things in each of its fragments, and whoever else asks this node waits meanwhile."""
    theirs = [f"urn:sangam:IN-PB:person:{n:08x}-0000-4000-8000-000000000000" for n in range(3_500)]
    own = [id.replace("IN-PB", HOME) for id in theirs[:500]]
    joined = Joined(HOME, STATES, 1)
    joined.take(Fragment(HOME, {id: Seen(id, 0) for id in own}, []))
    for begin in range(0, 3_500, 500):
        some = theirs[begin : begin + 500]
        pairs = [(some[n % 500], own[(7 * n + n // 500) % 500]) for n in range(2_000)]
        said = [Said(f"s{n}", LinkKind.SAME_AS, *pair, 1, frozenset()) for n, pair in enumerate(pairs)]
        joined.take(Fragment("IN-PB", {id: Seen(id, 0) for id in some}, [], said=said))
    began = time.process_time()
    assert set(joined.called().values()) == {theirs[0]}
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("first", ["home answers", "the other fails"])
def test_a_number_of_which_a_state_did_not_answer_is_a_gap_whoever_is_read_first(first: str) -> None:
    joined = Joined(HOME, (HOME, "IN-HR"), 2, frozenset(NUMBERS[:1]))
    _, other = joined.first({})
    known = using(HOME, value(HOME, 0), NUMBERS[0], "urn:sangam:IN-RJ:person:1")
    if first == "home answers":
        joined.take(known)
    joined.unanswered(other, ReasonCode.NO_ANSWER_IN_TIME)
    if first == "the other fails":
        joined.take(known)
    assert joined.following() == []
    assert joined.gaps == {Gap(value(HOME, 0), "IN-HR", ReasonCode.NO_ANSWER_IN_TIME)}
