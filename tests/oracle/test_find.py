"""What `find` gives is what the seen links and the seen names give: the same set in the same order, page by page."""

from datetime import date, timedelta
from typing import Any

import pytest

from analysis.names.keys import keys
from analysis.names.rank import rank
from tests.oracle.conftest import Stage
from tests.oracle.model import NAMES, PLACES, VIEWERS, Sight, World
from tests.oracle.tables import RECORDS, VALUE, VALUES
from tests.station import TODAY, Caller

pytestmark = pytest.mark.anyio

DOCUMENT = """query($text: String!, $kinds: [NodeKind!], $day: Date, $known: DateTime, $first: Int!, $after: String) {
  find(text: $text, kinds: $kinds, validAt: $day, knownAt: $known, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { score node { id } } } }"""
WORLDS = range(217, 220)
EARLIER = TODAY - timedelta(days=200)
# A text as it is typed, and the identifiers of these worlds that it may be read as.
TEXTS: dict[str, list[tuple[str, str]]] = {
    **{number: [("PHONE", number)] for number in VALUES["PHONE"][:4]},
    "098290 12304": [("PHONE", VALUES["PHONE"][4])],
    "X:101": [("SOCIAL_ID", "X:101")],
    "490154203237518": [("IMEI", "49-015420-323751-8")],
    "rj-14-cb-4711": [("VEHICLE", "RJ 14 CB 4711")],
    "22BH4711AA": [("VEHICLE", "22 BH 4711 AA")],
    "A 1234567": [("PASSPORT", "A1234567")],
    "Test@Bank": [("UPI", "test@bank")],
    "TEST0004711 471100001": [("BANK_ACCOUNT", "TEST0004711/471100001")],
    "RJJP010047112025": [("CNR", "RJJP01-004711-2025")],
    "Rajasthan / central prison / 047 / 2019": [("PRISONER", "IN-RJ, Central Jail, 47/2019")],
    "LOC No. BOI/47/2025": [("LOC", "BOI/47/2025")],
    # A report and a charge-sheet are written alike; a notice that looks like a passport is none.
    "IN-RJ, Jaipur, Mansarovar, 12/2026": [
        ("FIR", "IN-RJ/Jaipur/Mansarovar/0012/2026"),
        ("CHARGE_SHEET", "IN-RJ/Jaipur/Mansarovar/0012/2026"),
    ],
    "A-47/5-2025": [("INTERPOL", "A-47/5-2025")],
    **{name: [] for name in (*NAMES[:3], NAMES[5], *PLACES[:2], "Nobody")},
}
# How a text is read that is no identifier, and what bears names.
NAME = "NAME"
NAMED = {"person", "gang", "account", "place"}
KINDS = (None, ["PERSON", "PLACE", "CASE"], ["GANG", "ACCOUNT", "VEHICLE", "CHARGE_SHEET", "NOTICE", "VALUE"])


def found(
    world: World, sight: Sight, text: str, values: set[str], kinds: list[str], day: date | None
) -> list[tuple[float, str]]:
    """Give (score, id), best first: identifiers with what is joined to them, else whoever bears such a name."""
    hits: dict[str, float] = {}
    there = {id for id in sight.searched if day is None or world.things[id].holds_on(day)}
    there = {id for id in there if RECORDS[world.kind(id)][0] in kinds}
    for tie in sight.ties:
        for end, other in ((tie.a, tie.b), (tie.b, tie.a)):
            if other in values and tie.holds_on(day):
                if VALUE in kinds:
                    hits[other] = 1.0
                if end in there:
                    hits.setdefault(end, 0.95)
    if not hits:
        named = [(id, [world.things[id].says["name"]]) for id in sorted(there) if world.kind(id) in NAMED]
        bearing = [(id, names) for id, names in named if keys(names[0]) & keys(text)]
        hits = {id: like.score for id, like in rank(text, bearing)}
    return sorted(((score, id) for id, score in hits.items()), key=lambda hit: (-hit[0], hit[1]))


async def paged(caller: Caller, variables: dict[str, Any], first: int) -> tuple[list[tuple[float, str]], set[int]]:
    """Ask page after page to the end, and give every hit with the totals that the pages told."""
    hits: list[tuple[float, str]] = []
    totals, after = set(), None
    while True:
        page = (await caller.ask(DOCUMENT, {**variables, "first": first, "after": after}))["find"]
        rows = [(edge["score"], edge["node"]["id"]) for edge in page["edges"]]
        hits += rows
        totals.add(page["totalCount"])
        if not page["pageInfo"]["hasNextPage"]:
            return hits, totals
        assert len(rows) == first
        after = page["pageInfo"]["endCursor"]


async def test_find_gives_what_the_seen_links_and_names_give(stage: Stage) -> None:
    told, apart = set(), 0
    every = [name for name, _ in RECORDS.values()] + [VALUE]
    for seed in WORLDS:
        world = await stage.put(seed)
        for turn, (text, read) in enumerate(TEXTS.items()):
            by_kind = {kind: stage.value_id(kind, value) for kind, value in read}
            values = set(by_kind.values())
            for viewer in VIEWERS:
                sight = Sight(world, viewer)
                kinds = KINDS[(turn + seed) % 3]
                day = [None, TODAY, EARLIER][(turn + seed // 2) % 3]
                variables = {"text": text, "kinds": kinds, "day": day and str(day)}
                reading = (world, sight, text)
                expected = found(*reading, values, kinds or every, day)
                got, totals = await paged(stage.callers[viewer], variables, 2 if turn % 2 else 50)
                assert got == expected, (seed, viewer, text, kinds, day)
                assert totals == {len(expected)}
                told |= {
                    (text, kind)
                    for kind, value in by_kind.items()
                    if expected != found(*reading, values - {value}, kinds or every, day)
                }
                told |= {(text, NAME)} if expected and not read else set()
                apart += expected != found(*reading, values, kinds or every, None)
    readings = {(text, kind) for text, read in TEXTS.items() for kind, _ in read or [(NAME, text)]}
    assert readings - told == {("Nobody", NAME)}, ("the worlds are too thin to tell", readings - told)
    assert apart > 5, "what held true on a day is what holds true on any"
