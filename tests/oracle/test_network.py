"""The network that the node draws is the one that a breadth-first walk over what the viewer sees gives."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from graph import network
from tests.oracle.conftest import Stage
from tests.oracle.model import VIEWERS, Sight, World
from tests.oracle.tables import RELATIONS, VALUES, WALKED
from tests.station import TODAY

pytestmark = pytest.mark.anyio

DOCUMENT = """query($from: [ID!]!, $hops: Int!, $along: [LinkKind!], $day: Date, $known: DateTime, $limit: Int!) {
  network(from: $from, hops: $hops, along: $along, validAt: $day, knownAt: $known, limit: $limit) {
    nodes { id } links { id kind from to } linksCut more { id notShown hub } } }"""
WORLDS = range(36)
STARTS = 6
ONE = ("PHONE", VALUES["PHONE"][0])
# The links shared among all nodes and among the starts, and the most that are drawn: as they are, and so few that small
# worlds reach them.
BOUNDS = (
    (network.LINKS_SHARED, network.LINKS_OF_STARTS, network.MOST_LINKS),
    (30, 8, 8),
    (12, 20, 2),
    (5, 30, network.MOST_LINKS),
)


@dataclass(frozen=True)
class Walk:
    """How a network is to be walked: along these relations, on this day; what has more neighbours of any is a hub."""

    along: list[str]
    day: date | None
    limit: int
    share: int
    share_of_start: int
    most_links: int

    def around(self, sight: Sight, node: str) -> set[str]:
        """Give the neighbours of a node."""
        return {far for far, tie in sight.around(node, self.along) if tie.holds_on(self.day)}


def drawn(sight: Sight, starts: list[str], hops: int, walk: Walk) -> dict[str, Any]:
    """Draw the network as it should be: kept by (hop, kind, id), links between the kept, the rest counted.

    A hub is shown and not walked on, and to another hub no link is drawn.
    """
    world, layers, met = sight.world, [set(starts)], set(starts)

    def hub(node: str) -> bool:
        return len({far for far, _ in sight.around(node, WALKED)}) > (
            walk.share_of_start if node in starts else walk.share
        )

    for _ in range(hops):
        far = {b for a in layers[-1] if not hub(a) for b in walk.around(sight, a)} - met
        layers.append(far)
        met |= far
    order = [node for layer in layers for node in sorted(layer, key=lambda node: (world.kind(node), node))]
    kept = order[: walk.limit]
    between = [tie for tie in sight.ties if tie.kind in walk.along and tie.holds_on(walk.day)]
    links = [tie for tie in between if {tie.a, tie.b} <= set(kept) and not (hub(tie.a) and hub(tie.b))]
    more = []
    for node in sorted(kept):
        left = len(walk.around(sight, node) - set(kept))
        if left or hub(node):
            more.append({"id": node, "notShown": None if hub(node) else left, "hub": hub(node)})
    return {
        "nodes": [{"id": node} for node in kept],
        "links": [{"id": tie.id, "kind": tie.kind, "from": tie.a, "to": tie.b} for tie in links][: walk.most_links],
        "linksCut": len(links) > walk.most_links,
        "more": more,
    }


def questions(dice: Random, world: World, sight: Sight) -> list[dict[str, Any]]:
    """Ask from what is seen, and now and then from what may not be."""
    there, everything = sorted(sight.nodes), sorted([*world.things, *world.values])
    asked = []
    for turn in range(STARTS):
        pool = everything if turn == 0 or not there else there
        starts = dice.sample(pool, min(len(pool), dice.choice([1, 1, 1, 3])))
        along = dice.choice([None, dice.sample(WALKED, 8), ["USES_PHONE", "ASSOCIATE_OF", "CALLED"]])
        day = dice.choice([None, None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=10)])
        limit = dice.choice([len(starts), len(starts) + 2, 8, 200, 200])
        hops = dice.choice([0, 1, 1, 2, 2, 3, 3])
        asked.append({"from": starts, "hops": hops, "along": along, "day": day, "limit": max(limit, len(starts))})
    return asked


async def test_the_network_is_what_a_walk_over_the_seen_gives(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = deep = gone = stopped = parted = links_cut = aside = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        shared, of_starts, most_links = BOUNDS[seed % len(BOUNDS)]
        monkeypatch.setattr(network, "FEW_LINKS", (network.FEW_LINKS, 1)[seed % 2])
        monkeypatch.setattr(network, "MOST_LINKS", most_links)
        monkeypatch.setattr(network, "LINKS_SHARED", shared)
        monkeypatch.setattr(network, "LINKS_OF_STARTS", of_starts)
        for viewer in VIEWERS:
            dice, sight = Random(f"{seed} {viewer.name}"), Sight(world, viewer, walk=True)
            for asked in questions(dice, world, sight):
                variables = {**asked, "day": asked["day"] and str(asked["day"])}
                if not set(asked["from"]) <= sight.nodes:
                    assert await stage.callers[viewer].code(DOCUMENT, variables) == "NOT_FOUND", (seed, viewer, asked)
                    gone += 1
                    continue
                answer = (await stage.callers[viewer].ask(DOCUMENT, variables))["network"]
                along = WALKED if asked["along"] is None else asked["along"]
                shares = shared // asked["limit"], of_starts // len(set(asked["from"]))
                walk = Walk(along, asked["day"], asked["limit"], *shares, most_links)
                assert answer == drawn(sight, asked["from"], asked["hops"], walk), (seed, viewer, asked)
                free = drawn(
                    sight,
                    asked["from"],
                    asked["hops"],
                    replace(walk, share=10**6, share_of_start=10**6, most_links=10**6),
                )
                cut += bool(answer["more"]) and len(answer["nodes"]) == asked["limit"]
                deep += len(answer["nodes"]) > 8
                links_cut += answer["linksCut"]
                astray = drawn(sight, asked["from"], asked["hops"], replace(walk, along=list(RELATIONS)))
                aside += asked["along"] is None and astray["nodes"] != answer["nodes"]
                stopped += answer["nodes"] != free["nodes"]
                parted += not answer["linksCut"] and any(
                    link not in answer["links"]
                    for link in free["links"]
                    if {link["from"], link["to"]} <= {node["id"] for node in answer["nodes"]}
                )
        monkeypatch.undo()
    told = (cut, deep, gone, stopped, parted, links_cut, aside)
    assert min(told) >= 8, told


async def test_a_network_is_not_asked_along_what_is_never_walked(stage: Stage) -> None:
    for relation in sorted(RELATIONS.keys() - set(WALKED)):
        asked = {"from": [stage.value_id(*ONE)], "hops": 1, "along": ["CALLED", relation], "limit": 8}
        assert await stage.callers[VIEWERS[0]].code(DOCUMENT, asked) == "BAD_INPUT", relation
