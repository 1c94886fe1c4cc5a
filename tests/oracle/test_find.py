"""What `find` gives is what the seen links and the seen names give: the same set in the same order, page by page."""

from typing import Any

import pytest

from analysis.names.keys import keys
from analysis.names.rank import rank
from tests.oracle.conftest import Stage
from tests.oracle.model import NAMES, VALUES, VIEWERS, Sight, World
from tests.station import Caller

pytestmark = pytest.mark.anyio

DOCUMENT = """query($text: String!, $kinds: [NodeKind!], $first: Int!, $after: String) {
  find(text: $text, kinds: $kinds, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { score node { id } } } }"""
WORLDS = range(100, 103)
TEXTS = [*VALUES["PHONE"][:4], "098290 12304", VALUES["SOCIAL_ID"][0], VALUES["FIR"][0], *NAMES[:3], NAMES[5], "Nobody"]


def found(world: World, sight: Sight, text: str, value: str | None, kinds: list[str]) -> list[tuple[float, str]]:
    """Give (score, id), best first: an identifier with what is joined to it, else whoever bears such a name."""
    hits: dict[str, float] = {}
    if value in sight.nodes:
        if "VALUE" in kinds:
            hits[value] = 1.0
        for tie in sight.ties:
            for end, other in ((tie.a, tie.b), (tie.b, tie.a)):
                if other == value and end in sight.things and world.kind(end).upper() in kinds:
                    hits.setdefault(end, 0.95)
    if not hits:
        asked = keys(text)
        named = [
            (id, [world.things[id].says["name"]])
            for id in sorted(sight.things)
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
    told = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for turn, text in enumerate(TEXTS):
            kind = next((kind for kind, texts in VALUES.items() if text in texts), "PHONE")
            value = None if any(letter.isalpha() for letter in text) and ":" not in text and "/" not in text else text
            id = stage.value_id(kind, value) if value else None
            for viewer in VIEWERS:
                sight = Sight(world, viewer)
                kinds = [None, ["PERSON"], ["GANG", "ACCOUNT", "VALUE"]][(turn + seed) % 3]
                variables = {"text": text, "kinds": kinds}
                every = ["PERSON", "GANG", "INCIDENT", "ACCOUNT", "VALUE"]
                expected = found(world, sight, text, id, kinds or every)
                got, totals = await paged(stage.callers[viewer], variables, 2 if turn % 2 else 50)
                assert got == expected, (seed, viewer, text, kinds)
                assert totals == {len(expected)}
                told += len(expected) > 1
    assert told > 20, "the worlds are too thin to tell"
