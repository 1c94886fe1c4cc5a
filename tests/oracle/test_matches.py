"""The matches of an inbox are the seen two that bear what one alone bears, worked out pair by pair in plain Python."""

from itertools import combinations
from typing import Any

import pytest

from desk.matching import put_matches
from schemas.handling import Level, Purpose
from tests.oracle.conftest import Stage
from tests.oracle.model import VIEWERS, Sight, strictest
from tests.oracle.tables import ASSERTED
from tests.station import Caller

pytestmark = pytest.mark.anyio

INBOX = """query($after: String) { inbox(kind: MATCH, first: 7, after: $after) {
  edges { match { kind bears records { id } } } pageInfo { hasNextPage endCursor } } }"""
WORLDS = range(400, 420)
UNIT = "RJ-JPC"
ALONE = {
    ("person", "PASSPORT"),
    ("person", "PRISONER"),
    ("account", "SOCIAL_ID"),
    ("vehicle", "VEHICLE"),
    ("bankaccount", "BANK_ACCOUNT"),
    ("bankaccount", "UPI"),
    ("notice", "LOC"),
    ("notice", "INTERPOL"),
    ("case", "FIR"),
    ("case", "CNR"),
    ("chargesheet", "CHARGE_SHEET"),
}
Told = tuple[str, frozenset[str]]


def expected(sight: Sight, *, judged: bool = True, everywhere: bool = False) -> set[Told]:
    """Give each two by what they share; of the one unit alone and not yet judged, unless said otherwise."""
    world = sight.world
    bearers: dict[str, set[tuple[str, str]]] = {}
    for tie in sight.ties:
        if tie.kind == "IDENTIFIED_BY" and (world.kind(tie.a), world.kind(tie.b)) in ALONE:
            seen_by = strictest(tie.own, [world.things[tie.a].gate])
            bearers.setdefault(tie.b, set()).add((tie.a, seen_by.compartment))
    said = {frozenset({tie.a, tie.b}) for tie in sight.ties if tie.kind in ASSERTED}
    found = set()
    for value, those in bearers.items():
        for (a, first), (b, second) in combinations(sorted(those), 2):
            one, other, pair = world.things[a], world.things[b], frozenset({a, b})
            if a == b or one.kind != other.kind or (first and second and first != second):
                continue
            if (everywhere or UNIT in (one.unit, other.unit)) and not (judged and pair in said):
                found.add((world.kind(value), pair))
    return found


async def told(caller: Caller) -> list[Told]:
    rows: list[Told] = []
    after: Any = None
    while True:
        page = (await caller.ask(INBOX, {"after": after}))["inbox"]
        matches = [edge["match"] for edge in page["edges"]]
        rows += [(one["bears"], frozenset(record["id"] for record in one["records"])) for one in matches]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


async def test_matches_are_what_the_seen_links_give(stage: Stage) -> None:
    some = hidden = elsewhere = judged = protected = 0
    callers = {}
    for viewer in VIEWERS:
        held = {"level": Level(viewer.level), "compartments": viewer.compartments, "unit": UNIT}
        callers[viewer] = await stage.node.caller(f"rj.match.{viewer.name}", purpose=Purpose(viewer.purpose), **held)
    for seed in WORLDS:
        world = await stage.put(seed)
        await put_matches(stage.node.desk)
        everything = expected(Sight(world, VIEWERS[3], walk=True), judged=False, everywhere=True)
        for viewer in VIEWERS:
            sight = Sight(world, viewer, walk=True)
            rows = await told(callers[viewer])
            assert set(rows) == expected(sight), (seed, viewer)
            some += len(rows)
            whole = expected(sight, judged=False, everywhere=True)
            hidden += len(everything - whole)
            judged += len(expected(sight, judged=False)) - len(rows)
            elsewhere += len(whole) - len(expected(sight, judged=False))
            protected += len(expected(Sight(world, viewer)) - expected(sight))
    assert min(some, hidden, elsewhere, judged, protected) >= 8, (some, hidden, elsewhere, judged, protected)
