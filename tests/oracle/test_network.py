"""The network that the node draws is the one that a breadth-first walk over what the viewer sees gives."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from tests.oracle.conftest import Stage
from tests.oracle.model import RELATIONS, VIEWERS, Sight, World
from tests.station import TODAY

pytestmark = pytest.mark.anyio

WALKED = sorted({kind for kind, _, _, walked in RELATIONS if walked})
DOCUMENT = """query($from: [ID!]!, $hops: Int!, $along: [LinkKind!], $day: Date, $limit: Int!) {
  network(from: $from, hops: $hops, along: $along, validAt: $day, limit: $limit) {
    nodes { id } links { id kind from to } linksCut more { id notShown } } }"""
WORLDS = range(10)
STARTS = 6


def drawn(sight: Sight, starts: list[str], hops: int, along: list[str], day: date | None, limit: int) -> dict[str, Any]:
    """Draw the network as it should be: kept by (hop, kind, id), links between the kept, the rest counted."""
    world, layers, met = sight.world, [set(starts)], set(starts)
    for _ in range(hops):
        far = {b for a in layers[-1] for b, tie in sight.around(a, along) if tie.holds_on(day)} - met
        layers.append(far)
        met |= far
    order = [node for layer in layers for node in sorted(layer, key=lambda node: (world.kind(node), node))]
    kept = order[:limit]
    links = [
        {"id": tie.id, "kind": tie.kind, "from": tie.a, "to": tie.b}
        for tie in sight.ties
        if tie.kind in along and tie.holds_on(day) and tie.a in kept and tie.b in kept
    ]
    left = {a: {b for b, tie in sight.around(a, along) if tie.holds_on(day)} - set(kept) for a in kept}
    more = [{"id": a, "notShown": len(rest)} for a, rest in sorted(left.items()) if rest]
    return {"nodes": [{"id": node} for node in kept], "links": links, "linksCut": False, "more": more}


def _questions(dice: Random, world: World, sight: Sight) -> list[dict[str, Any]]:
    """Ask from what is seen, and now and then from what may not be."""
    there, everything = sorted(sight.nodes), sorted([*world.things, *world.values])
    asked = []
    for turn in range(STARTS):
        pool = everything if turn == 0 or not there else there
        starts = dice.sample(pool, min(len(pool), dice.choice([1, 1, 1, 3])))
        along = dice.choice([None, dice.sample(WALKED, 6), ["USES_PHONE", "ASSOCIATE_OF", "CALLED"]])
        day = dice.choice([None, None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=10)])
        limit = dice.choice([len(starts), len(starts) + 2, 8, 200])
        hops = dice.choice([0, 1, 1, 2, 2, 3, 3])
        asked.append({"from": starts, "hops": hops, "along": along, "day": day, "limit": max(limit, len(starts))})
    return asked


async def test_the_network_is_what_a_walk_over_the_seen_gives(stage: Stage) -> None:
    cut = deep = gone = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            dice, sight = Random(f"{seed} {viewer.name}"), Sight(world, viewer, walk=True)
            for asked in _questions(dice, world, sight):
                variables = {**asked, "day": asked["day"] and str(asked["day"])}
                if not set(asked["from"]) <= sight.nodes:
                    assert await stage.callers[viewer].code(DOCUMENT, variables) == "NOT_FOUND", (seed, viewer, asked)
                    gone += 1
                    continue
                answer = (await stage.callers[viewer].ask(DOCUMENT, variables))["network"]
                along = WALKED if asked["along"] is None else asked["along"]
                expected = drawn(sight, asked["from"], asked["hops"], along, asked["day"], asked["limit"])
                assert answer == expected, (seed, viewer, asked)
                cut += bool(answer["more"]) and len(answer["nodes"]) == asked["limit"]
                deep += len(answer["nodes"]) > 8
    assert min(cut, deep, gone) >= 8, "the worlds are too thin to tell"
