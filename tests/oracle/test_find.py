"""What `find` gives is what the seen links and the seen names give: the same set in the same order, page by page."""

from datetime import date, timedelta
from typing import Any

import pytest

from analysis.names.keys import keys
from analysis.names.rank import rank
from tests.oracle.conftest import Stage
from tests.oracle.model import NAMES, VALUES, VIEWERS, Sight, World
from tests.station import TODAY, Caller

pytestmark = pytest.mark.anyio

DOCUMENT = """query($text: String!, $kinds: [NodeKind!], $day: Date, $first: Int!, $after: String) {
  find(text: $text, kinds: $kinds, validAt: $day, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { score node { id } } } }"""
WORLDS = range(100, 103)
EARLIER = TODAY - timedelta(days=200)
TEXTS = [*VALUES["PHONE"][:4], "098290 12304", VALUES["SOCIAL_ID"][0], VALUES["FIR"][0], *NAMES[:3], NAMES[5], "Nobody"]


def found(
    world: World, sight: Sight, text: str, value: str | None, kinds: list[str], day: date | None
) -> list[tuple[float, str]]:
    """Give (score, id), best first: an identifier with what is joined to it, else whoever bears such a name."""
    hits: dict[str, float] = {}
    there = {id for id in sight.things if day is None or world.things[id].holds_on(day)}
    for tie in sight.ties:
        for end, other in ((tie.a, tie.b), (tie.b, tie.a)):
            if other == value is not None and tie.holds_on(day):
                if "VALUE" in kinds:
                    hits[value] = 1.0
                if end in there and world.kind(end).upper() in kinds:
                    hits.setdefault(end, 0.95)
    if not hits:
        asked = keys(text)
        named = [
            (id, [world.things[id].says["name"]])
            for id in sorted(there)
            if world.kind(id) != "incident" and world.kind(id).upper() in kinds
        ]
        bearing = [(id, names) for id, names in named if keys(names[0]) & asked]
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
    told = apart = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for turn, text in enumerate(TEXTS):
            kind = next((kind for kind, texts in VALUES.items() if text in texts), "PHONE")
            value = None if any(letter.isalpha() for letter in text) and ":" not in text and "/" not in text else text
            id = stage.value_id(kind, value) if value else None
            for viewer in VIEWERS:
                sight = Sight(world, viewer)
                kinds = [None, ["PERSON"], ["GANG", "ACCOUNT", "VALUE"]][(turn + seed) % 3]
                day = [None, TODAY, EARLIER][(turn + seed // 2) % 3]
                variables = {"text": text, "kinds": kinds, "day": day and str(day)}
                every = ["PERSON", "GANG", "INCIDENT", "ACCOUNT", "VALUE"]
                expected = found(world, sight, text, id, kinds or every, day)
                got, totals = await paged(stage.callers[viewer], variables, 2 if turn % 2 else 50)
                assert got == expected, (seed, viewer, text, kinds, day)
                assert totals == {len(expected)}
                told += len(expected) > 1
                apart += expected != found(world, sight, text, id, kinds or every, None)
    assert told > 20, "the worlds are too thin to tell"
    assert apart > 5, "what held true on a day is what holds true on any"
