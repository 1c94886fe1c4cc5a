"""Pages of links, in a record and in one another, walked to the end by their cursors: each link once, or none."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from graph import fragments
from register.ledger import EntryKind
from tests.oracle.conftest import Stage
from tests.oracle.model import VIEWERS, Sight
from tests.oracle.tables import CONNECTIONS, RECORDS, VALUE, Connection
from tests.station import Caller

pytestmark = pytest.mark.anyio

WORLDS = range(328, 332)
# Connections of a person that are walked page by page.
PAGES = {name: CONNECTIONS["person"][name] for name in ("phones", "associates", "incidents")}
USERS = CONNECTIONS[VALUE]["persons"]
# So many connections are asked for at once, since planning a text takes longer the more of them it has.
AT_ONCE = 6
ROWS = "totalCount pageInfo { hasNextPage endCursor } edges { cursor link { id kind } node { id"
# Without a total, which takes as long to plan as the page.
PLAIN = "pageInfo { hasNextPage } edges { link { id } node { id } }"
INNER = f"persons(first: 2) {{ {ROWS} }} }} }}"
DOCUMENTS = {
    name: f"""query($id: ID!, $first: Int!, $after: String) {{ person(id: $id) {{
      {name}(first: $first, after: $after) {{ {ROWS} {inner} }} }} }} }} }}"""
    for name, inner in (("phones", INNER), ("associates", ""), ("incidents", ""))
}


def page(sight: Sight, node: str, way: Connection) -> list[tuple[str, str]]:
    """Give the links of a page as (far id, link id), in that order."""
    return [(far, tie.id) for far, tie in sight.page(node, way)]


async def walked(caller: Caller, id: str, name: str, first: int, sight: Sight) -> list[tuple[str, str]]:
    """Follow the cursors of one page of a person to its end, checking each row's own page on the way."""
    got: list[tuple[str, str]] = []
    after = None
    while True:
        one = (await caller.ask(DOCUMENTS[name], {"id": id, "first": first, "after": after}))["person"][name]
        got += _rows(one)
        assert one["totalCount"] == len(page(sight, id, PAGES[name]))
        for edge in one["edges"] if name == "phones" else ():
            inner, expected = edge["node"]["persons"], page(sight, edge["node"]["id"], USERS)
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
                    expected = page(sight, id, how)
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
                monkeypatch.setattr(fragments, "LINKS_SHARED", shared)
                for name, how in PAGES.items():
                    variables = {"id": id, "first": 2, "after": None}
                    answer = (await stage.callers[viewer].post(DOCUMENTS[name], variables)).json()
                    pages = 2 if name == "phones" else 1
                    expected = page(sight, id, how)
                    refused: list[list[str | int]] = []
                    got = answer["data"]["person"][name]
                    if len(expected) > shared // pages:
                        assert got is None, (seed, viewer, id, name)
                        refused.append(["person", name])
                        told += 1
                    else:
                        assert _rows(got) == expected[:2]
                        given += bool(expected)
                    for at, edge in enumerate(got["edges"] if got and name == "phones" else ()):
                        behind = page(sight, edge["node"]["id"], USERS)
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


def asked(kind: str) -> Iterator[tuple[list[str], str]]:
    """Give documents that together ask a node of a kind for all its connections, each with what it asks for."""
    names = list(CONNECTIONS[kind])
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        pages = " ".join(f"{name}(first: $first) {{ {PLAIN} }}" for name in part)
        if kind == VALUE:
            head = "$kind: ValueKind!, $value: String!"
            yield part, f"query({head}, $first: Int!) {{ one: identifier(kind: $kind, value: $value) {{ {pages} }} }}"
        else:
            yield part, f"query($id: ID!, $first: Int!) {{ one: {RECORDS[kind][1]}(id: $id) {{ {pages} }} }}"


def telling(sight: Sight, kind: str) -> list[str]:
    """Give a few seen nodes of a kind that between them have something at as many connections as there can be."""
    world, ways = sight.world, CONNECTIONS[kind]
    nodes = sorted(node for node in sight.nodes if kind in (world.kind(node), VALUE if node in world.values else None))
    tells = {node: {name for name, way in ways.items() if sight.page(node, way)} for node in nodes}
    chosen: list[str] = []
    silent = set(ways)
    while len(chosen) < 4 and any(silent & told for told in tells.values()):
        chosen.append(max(nodes, key=lambda node: len(silent & tells[node])))
        silent -= tells[chosen[-1]]
    return chosen


async def test_each_connection_leads_to_what_is_seen_and_few_to_the_protected(stage: Stage) -> None:
    told, left_out, shown = set(), set(), set()
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            sight = Sight(world, viewer)
            for kind, ways in CONNECTIONS.items():
                for node in telling(sight, kind):
                    first = 2 + seed % 2
                    which: dict[str, Any] = {"id": node, "first": first}
                    if kind == VALUE:
                        which = {"kind": world.kind(node), "value": world.values[node][1], "first": first}
                    for part, document in asked(kind):
                        answer = (await stage.callers[viewer].ask(document, which))["one"]
                        for name in part:
                            expected, one = page(sight, node, ways[name]), answer[name]
                            assert _rows(one) == expected[:first], (seed, viewer, node, name)
                            assert one["pageInfo"]["hasNextPage"] == (len(expected) > first)
                            told |= {(kind, name)} if expected else set()
                            all_of_them = page(sight, node, replace(ways[name], protected=True, classes=frozenset()))
                            left_out |= {(kind, name)} if expected != all_of_them else set()
                            shown |= {(kind, name)} if any(sight.protected(far) for far, _ in expected) else set()
    every = {(kind, name): way for kind, ways in CONNECTIONS.items() for name, way in ways.items()}
    assert told == set(every), ("the worlds are too thin to tell", set(every) - told)
    assert shown == {which for which, way in every.items() if way.protected}
    # Of a number neither is a child in conflict with the law shown; an incident refers to no other protected ones.
    assert left_out == {which for which, way in every.items() if way.far == "person"} - {("incident", "protected")}
