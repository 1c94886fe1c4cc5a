"""What `find` gives is what the seen links and the seen names give: the same set in the same order, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from tests.oracle.conftest import Stage
from tests.oracle.finding import TEXTS, found
from tests.oracle.model import VIEWERS, Sight
from tests.oracle.tables import RECORDS, VALUE
from tests.station import TODAY, Caller

pytestmark = pytest.mark.anyio

DOCUMENT = """query($text: String!, $kinds: [NodeKind!], $day: Date, $known: DateTime, $first: Int!, $after: String) {
  find(text: $text, kinds: $kinds, validAt: $day, knownAt: $known, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { score node { id } } } }"""
WORLDS = range(217, 220)
EARLIER = TODAY - timedelta(days=200)
# How a text is read that is no identifier.
NAME = "NAME"
KINDS = (None, ["PERSON", "PLACE", "CASE"], ["GANG", "ACCOUNT", "VEHICLE", "CHARGE_SHEET", "NOTICE", "VALUE"])


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
