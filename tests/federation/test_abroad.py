"""Assertions about records of other states: seen before they are made, as strict as both, told to whom they may be."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.local import LocalGraph
from tests.federation.circle import Node, circle
from tests.station import Caller, marking

pytestmark = pytest.mark.anyio

ASSERT = """mutation($a: ID!, $b: ID!, $m: MarkingInput!) {
  DO(from: $a, to: $b, marking: $m, evidence: [{text: "The same scar", source: "Diary 4"}]) {
    id problems { path message } } }"""
SAID = """query($from: [ID!]!, $records: [ID!]) { network(from: $from, records: $records, hops: 0) {
  nodes { id } assertions { id kind from to provenance { owner level audience } } } }"""


@pytest.fixture
async def two(graphs: dict[str, LocalGraph], tmp_path: Path) -> AsyncIterator[dict[str, Node]]:
    async with circle({state: graphs[state] for state in ("IN-RJ", "IN-PB")}, tmp_path) as nodes:
        yield nodes


@pytest.fixture
async def rj(two: dict[str, Node]) -> Caller:
    return await two["IN-RJ"].caller("adg.crime")


@pytest.fixture
async def pb(two: dict[str, Node]) -> Caller:
    return await two["IN-PB"].caller("adg.crime")


async def said(by: Caller, a: str, b: str, act: str = "assertSame", **marked: Any) -> dict[str, Any]:
    given = {"a": a, "b": b, "m": marking(**{"audience": [], **marked})}
    return dict((await by.ask(ASSERT.replace("DO", act), given))[act])


async def stored(node: Node) -> list[dict[str, Any]]:
    """Give what stands here for records of other states."""
    async with node.driver.session() as session:
        result = await session.run("MATCH (n:Foreign) RETURN properties(n) AS said, labels(n) AS labels, "
                                   "COUNT { (n)-[:HEAD|WAS]->() } AS versions")  # fmt: skip
        return [dict(row) async for row in result]


async def test_a_record_of_another_state_is_held_by_its_id_and_the_gate_of_the_assertion(
    two: dict[str, Node], rj: Caller, pb: Caller
) -> None:
    own = await two["IN-RJ"].person(rj, "Arun Gular", audience=["IN-PB"])
    theirs = await two["IN-PB"].person(pb, "Arun Guler", audience=["IN-RJ"], level=2)
    made = await said(rj, theirs, own, audience=["IN-PB"])
    assert made["problems"] == []
    [row] = await stored(two["IN-RJ"])
    assert (row["versions"], set(row["labels"])) == (0, {"Record", "Foreign"})
    assert (row["said"]["of"], row["said"]["level"], row["said"]["class"]) == (theirs, 2, "SUSPECT")
    [link] = (await rj.ask(SAID, {"from": [own]}))["network"]["assertions"]
    assert link == {
        "id": made["id"], "kind": "SAME_AS", "from": own, "to": theirs,
        "provenance": {"owner": "IN-RJ", "level": 2, "audience": ["IN-PB"]},
    }  # fmt: skip
    # It leads back from the other's id, and what is not said to be one with anything leads nowhere.
    found = (await rj.ask(SAID, {"from": [], "records": [theirs]}))["network"]
    assert [node["id"] for node in found["nodes"]] == [own]
    absent = f"{theirs[:-12]}000000000000"
    assert (await rj.ask(SAID, {"from": [], "records": [absent]}))["network"] == {"nodes": [], "assertions": []}


async def test_what_the_owner_does_not_show_is_not_there_to_assert_of(
    two: dict[str, Node], rj: Caller, pb: Caller
) -> None:
    own = await two["IN-RJ"].person(rj, "Arun Gular")
    hidden = await two["IN-PB"].person(pb, "Arun Guler")
    given = {"b": own, "m": marking(audience=[])}
    codes = [
        await rj.code(ASSERT.replace("DO", "assertSame"), {"a": id, **given})
        for id in (hidden, f"{hidden[:-12]}000000000000")
    ]
    assert codes == ["NOT_FOUND", "NOT_FOUND"]
    assert await stored(two["IN-RJ"]) == []
