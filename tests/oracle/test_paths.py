"""The paths that the node gives are the first of all that a plain search over what the viewer may walk finds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from graph import paths
from tests.oracle.conftest import Stage
from tests.oracle.model import HIDDEN_FROM_WALKS, VIEWERS, Sight, Tie, World
from tests.oracle.tables import RELATIONS, WALKED
from tests.station import TODAY

pytestmark = pytest.mark.anyio

DOCUMENT = """query(
  $from: ID!, $to: ID!, $maxHops: Int!, $k: Int!, $along: [LinkKind!], $day: Date, $known: DateTime
) {
  paths(from: $from, to: $to, maxHops: $maxHops, k: $k, along: $along, validAt: $day, knownAt: $known) {
    paths { nodes { id } steps { link { id kind from to } others } } searchedHops more cut } }"""
WORLDS = range(40, 42)
PAIRS = 24
# How many links are looked at: as it is, and so few that small worlds reach it.
BOUNDS = (paths.MOST_LINKS, 60, 18)


@dataclass(frozen=True)
class Search:
    """How paths are to be looked for: along these relations, on this day, up to so many links, among so many."""

    sight: Sight
    along: list[str]
    day: date | None
    hops: int
    most: int
    near: dict[str, set[str]] = field(default_factory=dict)

    def beside(self, one: str, other: str) -> list[Tie]:
        """Give the ties of two neighbours, in order of id."""
        ties = [tie for far, tie in self.sight.around(one, self.along) if far == other and tie.holds_on(self.day)]
        return sorted(ties, key=lambda tie: tie.id)

    def around(self, node: str) -> set[str]:
        """Give the neighbours of a node."""
        if node not in self.near:
            ties = self.sight.around(node, self.along)
            self.near[node] = {far for far, tie in ties if tie.holds_on(self.day)}
        return self.near[node]

    def paths(self, path: tuple[str, ...], end: str, length: int, far: dict[str, int]) -> Iterator[tuple[str, ...]]:
        """Give all paths of a length that go on from one to an end; `far` says how far each node is from the end."""
        if path[-1] == end:
            if len(path) == length + 1:
                yield path
        else:
            for node in self.around(path[-1]) - {*path}:
                if len(path) + far.get(node, length) <= length:
                    yield from self.paths((*path, node), end, length, far)

    def distances(self, end: str) -> dict[str, int]:
        """Give how far each node is from one."""
        far, layer = {end: 0}, {end}
        while layer:
            layer = {other for node in layer for other in self.around(node)} - far.keys()
            far |= dict.fromkeys(layer, max(far.values()) + 1)
        return far

    def first(self, a: str, b: str, k: int) -> tuple[list[tuple[str, ...]], int, bool]:
        """Give all paths that were looked for, in order, of up to how many links, and whether it was cut.

        The side with fewer links at its last layer goes on, until there are k paths or there is nothing farther on.
        """
        found: list[tuple[str, ...]] = []
        far, left, layers, met = self.distances(b), self.most, [{a}, {b}], [{a, b}, {a, b}]
        for length in range(1, self.hops + 1):
            if not all(layers):
                for longer in range(length, self.hops + 1):
                    found += sorted(self.paths((a,), b, longer, far))
                return found, self.hops, False
            weights = [sum(len(list(self.sight.around(node, WALKED))) for node in layer) for layer in layers]
            side = int(weights[1] < weights[0])
            if weights[side] > left:
                return found, length - 1, True
            left -= weights[side]
            layers[side] = {other for node in layers[side] for other in self.around(node)} - met[side]
            met[side] |= layers[side]
            found += sorted(self.paths((a,), b, length, far))
            if len(found) >= k:
                return found, length, False
        return found, self.hops, False


def answered(search: Search, a: str, b: str, k: int) -> dict[str, Any]:
    """Give the answer as it should be."""
    found, hops, cut = search.first(a, b, k)
    made = []
    for path in found[:k]:
        beside = [search.beside(*two) for two in pairwise(path)]
        links = [{"id": tie.id, "kind": tie.kind, "from": tie.a, "to": tie.b} for tie, *_ in beside]
        steps = [{"link": link, "others": len(ties) - 1} for link, ties in zip(links, beside, strict=True)]
        made.append({"nodes": [{"id": node} for node in path], "steps": steps})
    return {"paths": made, "searchedHops": hops, "more": len(found) > k, "cut": cut}


def questions(dice: Random, world: World, sight: Sight) -> list[dict[str, Any]]:
    """Ask between what is joined by many links, now and then between what is seen or may not even be that."""
    there, everything = sorted(sight.nodes), sorted([*world.things, *world.values])
    whole = Search(sight, WALKED, None, paths.LONGEST, 0)
    asked = []
    for turn in range(PAIRS):
        a, b = dice.sample(everything if turn < 2 or len(there) < 2 else there, 2)
        near = whole.distances(a).keys() - {a}
        if turn > 3 and near:
            b = dice.choice(sorted(near))
        along = dice.choice([None, None, None, None, dice.sample(WALKED, 12), ["USES_PHONE", "ASSOCIATE_OF"]])
        day = dice.choice([None, None, None, TODAY - timedelta(days=1), TODAY + timedelta(days=10)])
        hops, k = dice.choice([1, 2, 3, 4, 5, 6, 7, 8, 8]), dice.choice([1, 1, 2, 3, 4, 5])
        asked.append({"from": a, "to": b, "maxHops": hops, "k": k, "along": along, "day": day})
    return asked


async def test_the_paths_are_the_first_that_a_search_over_the_seen_finds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = dict.fromkeys(("gone", "none", "cut", "more", "beside", "longer", "turned", "aside", "another day"), 0)
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            dice, sight = Random(f"{seed} {viewer.name}"), Sight(world, viewer, walk=True)
            for asked in questions(dice, world, sight):
                variables = {**asked, "day": asked["day"] and str(asked["day"])}
                ends, most = (asked["from"], asked["to"]), dice.choice(BOUNDS)
                monkeypatch.setattr(paths, "MOST_LINKS", most)
                if not set(ends) <= sight.nodes:
                    assert await stage.callers[viewer].code(DOCUMENT, variables) == "NOT_FOUND", (seed, viewer, asked)
                    told["gone"] += 1
                    continue
                answer = (await stage.callers[viewer].ask(DOCUMENT, variables))["paths"]
                along = WALKED if asked["along"] is None else asked["along"]
                search = Search(sight, along, asked["day"], asked["maxHops"], most)
                assert answer == answered(search, *ends, asked["k"]), (seed, viewer, asked)
                lengths = [len(path["steps"]) for path in answer["paths"]]
                told["none"] += not lengths
                told["cut"] += answer["cut"]
                told["more"] += answer["more"]
                told["beside"] += any(step["others"] for path in answer["paths"] for step in path["steps"])
                told["longer"] += len(set(lengths)) > 1
                told["turned"] += len(lengths) > len(set(lengths))
                if asked["along"] is None:
                    astray = Search(sight, list(RELATIONS), asked["day"], min(asked["maxHops"], 4), most)
                    told["aside"] += answered(astray, *ends, asked["k"])["paths"] != answer["paths"]
                if asked["day"] is not None:
                    ever = Search(sight, along, None, min(asked["maxHops"], 4), most)
                    told["another day"] += answered(ever, *ends, asked["k"])["paths"] != answer["paths"]
    assert min(told.values()) >= 8, told


async def test_an_end_that_is_hidden_protected_or_absent_is_one_same_answer(stage: Stage) -> None:
    world = await stage.put(WORLDS[0])
    viewer = VIEWERS[0]
    sight, whole = Sight(world, viewer, walk=True), Sight(world, viewer)
    start = next(id for id in sorted(sight.things) if sight.at.get(id))
    protected = next(id for id in sorted(whole.things) if world.things[id].gate.kind_of_thing in HIDDEN_FROM_WALKS)
    hidden = next(id for id in sorted(world.things) if id not in whole.things)
    untouched = next(id for id in sorted(world.values) if id not in whole.nodes)
    bodies = set()
    for id in (protected, hidden, untouched, f"{start[:-4]}0000", "0" * 32, "no id at all"):
        for ends in ((start, id), (id, start)):
            asked = {"from": ends[0], "to": ends[1], "maxHops": 8, "k": 1}
            bodies.add((await stage.callers[viewer].post(DOCUMENT, asked)).content)
    assert len(bodies) == 1
    assert b'"NOT_FOUND"' in bodies.pop()


async def test_paths_are_not_asked_along_what_is_never_walked(stage: Stage) -> None:
    one, other = sorted((await stage.put(WORLDS[0])).things)[:2]
    for relation in sorted(RELATIONS.keys() - set(WALKED)):
        asked = {"from": one, "to": other, "maxHops": 8, "k": 1, "along": ["CALLED", relation]}
        assert await stage.callers[VIEWERS[0]].code(DOCUMENT, asked) == "BAD_INPUT", relation
