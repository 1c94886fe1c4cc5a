"""Pages of links, in a record and in one another, walked to the end by their cursors: each link once, or none."""

from typing import Any

import pytest

from graph import projection
from register.ledger import EntryKind
from tests.oracle.conftest import Stage
from tests.oracle.model import HIDDEN_FROM_WALKS, VIEWERS, Sight
from tests.station import Caller

pytestmark = pytest.mark.anyio

WORLDS = range(300, 304)
# Connection of a person → its relations, and whether those who are protected are left out.
PAGES = {
    "phones": ({"USES_PHONE"}, False),
    "associates": ({"ASSOCIATE_OF", "MET_WITH"}, True),
    "incidents": (
        {"SUSPECT_IN", "ACCUSED_IN", "CONVICTED_IN", "VICTIM_OF", "WITNESS_OF", "COMPLAINANT_OF"},
        False,
    ),
}
ROWS = "totalCount pageInfo { hasNextPage endCursor } edges { cursor link { id kind } node { id"
INNER = f"persons(first: 2) {{ {ROWS} }} }} }}"
DOCUMENTS = {
    name: f"""query($id: ID!, $first: Int!, $after: String) {{ person(id: $id) {{
      {name}(first: $first, after: $after) {{ {ROWS} {inner} }} }} }} }} }}"""
    for name, inner in (("phones", INNER), ("associates", ""), ("incidents", ""))
}


def page(sight: Sight, node: str, kinds: set[str], walk: bool) -> list[tuple[str, str]]:
    """Give the links of a page as (far id, link id), in that order."""
    world = sight.world
    rows = sorted((far, tie.id) for far, tie in sight.around(node, kinds))
    if walk:
        rows = [row for row in rows if world.things[row[0]].gate.kind_of_thing not in HIDDEN_FROM_WALKS]
    return rows


async def walked(caller: Caller, id: str, name: str, first: int, sight: Sight) -> list[tuple[str, str]]:
    """Follow the cursors of one page of a person to its end, checking each row's own page on the way."""
    got: list[tuple[str, str]] = []
    after = None
    while True:
        one = (await caller.ask(DOCUMENTS[name], {"id": id, "first": first, "after": after}))["person"][name]
        got += _rows(one)
        assert one["totalCount"] == len(page(sight, id, *PAGES[name]))
        for edge in one["edges"] if name == "phones" else ():
            inner, expected = edge["node"]["persons"], page(sight, edge["node"]["id"], {"USES_PHONE"}, walk=False)
            assert _rows(inner) == expected[:2]
            assert inner["pageInfo"]["hasNextPage"] == (len(expected) > 2)
            assert inner["totalCount"] == len(expected)
        if not one["pageInfo"]["hasNextPage"]:
            return got
        assert len(one["edges"]) == first
        after = one["pageInfo"]["endCursor"]


def _rows(one: dict[str, Any]) -> list[tuple[str, str]]:
    return [(edge["node"]["id"], edge["link"]["id"]) for edge in one["edges"]]


async def test_pages_are_walked_to_the_end_and_hold_each_link_once(stage: Stage) -> None:
    turned = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            sight = Sight(world, viewer)
            persons = sorted(id for id in sight.things if world.kind(id) == "person")
            for id in persons[:6]:
                for name, how in PAGES.items():
                    expected = page(sight, id, *how)
                    got = await walked(stage.callers[viewer], id, name, 1 + seed % 2, sight)
                    assert got == expected, (seed, viewer, id, name)
                    turned += len(expected) > 2
    assert turned > 10, "the worlds are too thin to tell"


async def test_a_page_of_more_links_than_its_share_gives_none_and_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links are shared among the pages of a question and then among the nodes that each may stand at."""
    told = given = inside = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            sight = Sight(world, viewer)
            persons = sorted(id for id in sight.things if world.kind(id) == "person")
            for id, shared in ((id, shared) for id in persons[:6] for shared in (2, 8)):
                monkeypatch.setattr(projection, "LINKS_SHARED", shared)
                for name, how in PAGES.items():
                    variables = {"id": id, "first": 2, "after": None}
                    answer = (await stage.callers[viewer].post(DOCUMENTS[name], variables)).json()
                    pages = 2 if name == "phones" else 1
                    expected, refused = page(sight, id, *how), []
                    got = answer["data"]["person"][name]
                    if len(expected) > shared // pages:
                        assert got is None, (seed, viewer, id, name)
                        refused.append(["person", name])
                        told += 1
                    else:
                        assert _rows(got) == expected[:2]
                        given += bool(expected)
                    for at, edge in enumerate(got["edges"] if got and name == "phones" else ()):
                        behind = page(sight, edge["node"]["id"], {"USES_PHONE"}, walk=False)
                        assert (edge["node"]["persons"] is None) == (len(behind) > shared // pages // 2)
                        if edge["node"]["persons"] is None:
                            refused.append(["person", name, "edges", at, "node", "persons"])
                            inside += 1
                    errors = [(one["extensions"]["code"], one["path"]) for one in answer.get("errors", [])]
                    [kept] = await stage.node.desk.register.ledger.search(first=1)
                    # The person was looked at, whatever became of the page.
                    assert kept.entry.kind is EntryKind.LOOK
                    assert id in kept.entry.ids
                    assert errors == [("LIMIT", path) for path in refused], (seed, viewer, id, name)
    assert min(told, given, inside) > 5, (told, given, inside)
