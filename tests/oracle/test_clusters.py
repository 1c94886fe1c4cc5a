"""The clusters of `find` and `network` are what the seen assertions give, worked out pair by pair in plain Python."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from graph import clusters
from tests.oracle.conftest import Stage
from tests.oracle.model import NAMES, VIEWERS, Sight, World
from tests.station import TODAY

pytestmark = pytest.mark.anyio

FIND = """query($text: String!, $day: Date, $first: Int!) { find(text: $text, validAt: $day, first: $first) {
  edges { node { id } cluster { mark contested members } } } }"""
NETWORK = """query($from: [ID!]!, $day: Date) { network(from: $from, hops: 1, validAt: $day) {
  nodes { id } links { kind } clusters { mark contested members } } }"""
WORLDS = range(300, 324)
Told = dict[tuple[str, ...], bool]


def judged(sight: Sight, day: date | None) -> dict[frozenset[str], bool]:
    """Say of each two of whom something is seen whether they are joined: the newest counts, of equals a no."""
    told: dict[frozenset[str], tuple[Any, bool]] = {}
    for tie in sight.ties:
        if tie.kind in {"SAME_AS", "NOT_SAME_AS"} and tie.holds_on(day):
            pair, said = frozenset({tie.a, tie.b}), (tie.recorded_at, tie.kind == "NOT_SAME_AS")
            told[pair] = max(said, told.get(pair, said))
    return {pair: not apart for pair, (_, apart) in told.items()}


def grouped(sight: Sight, shown: Iterable[str], day: date | None, rounds: int) -> Told:
    """Give the clusters of what is shown, whole, and whether each is contested; looked at is what is near enough."""
    pairs, near = judged(sight, day), set(shown) & sight.things
    for _ in range(rounds - 1):
        near |= {id for pair, joined in pairs.items() if joined and pair & near for id in pair}
    looked = {pair: joined for pair, joined in pairs.items() if pair & near}
    groups: list[set[str]] = []
    for pair in (pair for pair, joined in looked.items() if joined):
        touched = [group for group in groups if group & pair]
        groups = [group for group in groups if group not in touched] + [set(pair).union(*touched)]
    return {
        tuple(sorted(group)): any(not joined and pair <= group for pair, joined in looked.items()) for group in groups
    }


class Marks:
    """The marks that one viewer was told of in one world: each stands for one smallest member."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def note(self, mark: str, first: str) -> None:
        assert self._of.setdefault(mark, first) == first
        assert len(set(self._of.values())) == len(self._of)


async def asked(stage: Stage, viewer: Any, dice: Random, world: World, turn: int) -> tuple[list[str], list[Any], Any]:
    """Ask, and give what is shown, its clusters, and the day that was asked for."""
    day = dice.choice([None, None, TODAY, TODAY - timedelta(days=1)])
    caller, given = stage.callers[viewer], {"day": day and str(day)}
    if turn % 2:
        page = await caller.ask(FIND, given | {"text": dice.choice(NAMES), "first": dice.choice([3, 50])})
        edges = page["find"]["edges"]
        told = {edge["cluster"]["mark"]: edge["cluster"] for edge in edges if edge["cluster"]}
        for edge in edges:
            there = [mark for mark, one in told.items() if edge["node"]["id"] in one["members"]]
            assert there == ([edge["cluster"]["mark"]] if edge["cluster"] else [])
        return [edge["node"]["id"] for edge in edges], list(told.values()), day
    sight = Sight(world, viewer, walk=True)
    starts = dice.sample(sorted(sight.things), min(len(sight.things), 12))
    drawn = (await caller.ask(NETWORK, given | {"from": starts}))["network"]
    assert not {link["kind"] for link in drawn["links"]} & {"SAME_AS", "NOT_SAME_AS", "UNSURE"}
    ids = [one["members"] for one in drawn["clusters"]]
    assert ids == sorted(ids)
    return [node["id"] for node in drawn["nodes"]], drawn["clusters"], day


async def test_clusters_are_what_the_seen_assertions_give(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    some = contested = beyond = protected = hidden = denied = dated = near = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        rounds = (clusters.MOST_ROUNDS, 1, 2)[seed % 3]
        monkeypatch.setattr(clusters, "MOST_ROUNDS", rounds)
        for viewer in VIEWERS:
            sight, everybody = Sight(world, viewer, walk=True), Sight(world, viewer)
            dice, marks = Random(f"{seed} {viewer.name}"), Marks()
            for turn in range(6):
                shown, told, day = await asked(stage, viewer, dice, world, turn)
                whole = grouped(sight, shown, day, rounds)
                expected = {tuple(id for id in group if id in shown): parted for group, parted in whole.items()}
                assert {tuple(one["members"]): one["contested"] for one in told} == expected, (seed, viewer, turn)
                if rounds == clusters.MOST_ROUNDS == 8:
                    for one in told:
                        [first] = [group[0] for group in whole if set(one["members"]) <= set(group)]
                        marks.note(one["mark"], first)
                some += len(told)
                contested += sum(one["contested"] for one in told)
                beyond += any(set(group) - set(shown) for group in whole)
                protected += grouped(everybody, shown, day, rounds) != whole
                dated += grouped(sight, shown, None, rounds) != whole
                near += grouped(sight, shown, day, 8) != whole
                denied += not all(judged(sight, day).values())
        monkeypatch.undo()
        high, low = (Sight(world, VIEWERS[place], walk=True) for place in (3, 0))
        hidden += grouped(high, low.things, None, 8) != grouped(low, low.things, None, 8)
    told_apart = (some, contested, beyond, protected, hidden, denied, dated, near)
    assert min(told_apart) >= 8, told_apart
