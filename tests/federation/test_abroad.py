"""Assertions about records of other states: seen before they are made, as strict as both, told to whom they may be."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.keeping import Keeper
from desk.purging import PURGED_AFTER
from graph.local import LocalGraph
from register.ledger import EntryKind
from tests.federation.circle import Node, circle
from tests.federation.questions import asked, statuses
from tests.station import Caller, marking

pytestmark = pytest.mark.anyio

MET = """mutation($a: ID!, $b: ID!, $m: MarkingInput!) {
  link(kind: MET_WITH, from: {id: $a}, to: {id: $b}, marking: $m) { id problems { path message } } }"""
ASSERT = """mutation($a: ID!, $b: ID!, $m: MarkingInput!) {
  DO(from: $a, to: $b, marking: $m, evidence: [{text: "The same scar", source: "Diary 4"}]) {
    id problems { path message } } }"""
SAID = """query($from: [ID!]!, $records: [ID!]) { network(from: $from, records: $records, hops: 0) {
  nodes { id } assertions { id kind from to provenance { owner level audience } } } }"""


NETWORK = """query($from: [ID!]!, $hops: Int! = 2, $states: [StateCode!]) {
  federated(states: $states) { network(from: $from, hops: $hops) {
    nodes { id } assertions { id kind from to } gaps { at state reason } sources { state status } complete } } }"""
PATHS = """query($from: ID!, $to: ID!) { federated { paths(from: $from, to: $to) {
  nodes { id } assertions { id } paths { crossings steps { link from to } } sources { state status } } } }"""


@dataclass
class Seat:
    """One state's node with an officer who records, asserts and asks."""

    node: Node
    caller: Caller

    async def person(self, text: str, *audience: str, **marked: Any) -> str:
        return await self.node.person(self.caller, text, audience=list(audience), **marked)

    async def network(self, *ids: str, **given: Any) -> dict[str, Any]:
        return await asked(self.node, self.caller, NETWORK, **{"from": list(ids), **given})

    async def met(self, one: str, other: str, *audience: str) -> str:
        given = {"a": one, "b": other, "m": marking(unit=self.node.state[3:], audience=list(audience))}
        return str((await self.caller.ask(MET, given))["link"]["id"])


@pytest.fixture
async def three(graphs: dict[str, LocalGraph], tmp_path: Path) -> AsyncIterator[dict[str, Seat]]:
    async with circle(graphs, tmp_path) as nodes:
        yield {state[3:]: Seat(node, await node.caller("adg.crime")) for state, node in nodes.items()}


async def said(seat: Seat, a: str, b: str, *audience: str, act: str = "assertSame", **marked: Any) -> dict[str, Any]:
    given = {"a": a, "b": b, "m": marking(**{"unit": seat.node.state[3:], "audience": list(audience), **marked})}
    return dict((await seat.caller.ask(ASSERT.replace("DO", act), given))[act])


async def asserted(seat: Seat, a: str, b: str, *audience: str, **marked: Any) -> str:
    made = await said(seat, a, b, *audience, **marked)
    assert made["problems"] == []
    return str(made["id"])


async def stored(node: Node) -> list[dict[str, Any]]:
    """Give what stands here for records of other states."""
    async with node.driver.session() as session:
        result = await session.run("MATCH (n:Foreign) RETURN properties(n) AS said, labels(n) AS labels, "
                                   "COUNT { (n)-[:HEAD|WAS]->() } AS versions")  # fmt: skip
        return [dict(row) async for row in result]


async def test_a_record_of_another_state_is_held_by_its_id_and_the_gate_of_the_assertion(
    three: dict[str, Seat],
) -> None:
    rj, pb = three["RJ"], three["PB"]
    own = await rj.person("Arun Gular", "IN-PB")
    theirs = await pb.person("Arun Guler", "IN-RJ", level=2)
    # From whichever side it is said.
    made = await asserted(rj, theirs, own, "IN-PB")
    [row] = await stored(rj.node)
    assert (row["versions"], set(row["labels"])) == (0, {"Record", "Foreign"})
    assert (row["said"]["of"], row["said"]["level"], row["said"]["class"]) == (theirs, 2, "SUSPECT")
    [link] = (await rj.caller.ask(SAID, {"from": [own]}))["network"]["assertions"]
    assert link == {
        "id": made, "kind": "SAME_AS", "from": own, "to": theirs,
        "provenance": {"owner": "IN-RJ", "level": 2, "audience": ["IN-PB"]},
    }  # fmt: skip
    found = (await rj.caller.ask(SAID, {"from": [], "records": [theirs]}))["network"]
    assert [node["id"] for node in found["nodes"]] == [own]
    absent = f"{theirs[:-12]}000000000000"
    assert (await rj.caller.ask(SAID, {"from": [], "records": [absent]}))["network"] == {"nodes": [], "assertions": []}


async def test_what_the_owner_does_not_show_is_not_there_to_assert_of(three: dict[str, Seat]) -> None:
    rj, pb = three["RJ"], three["PB"]
    own = await rj.person("Arun Gular")
    hidden = await pb.person("Arun Guler")
    codes = []
    for id in (hidden, f"{hidden[:-12]}000000000000"):
        given = {"a": id, "b": own, "m": marking(audience=[])}
        codes.append(await rj.caller.code(ASSERT.replace("DO", "assertSame"), given))
    assert codes == ["NOT_FOUND", "NOT_FOUND"]
    shown = await pb.person("Bhim Neem", "IN-RJ")
    await pb.node.shut()
    [problem] = (await said(rj, own, shown))["problems"]
    await pb.node.open()
    assert (problem["path"], problem["message"].split(" (")[0]) == ("to", "IN-PB did not answer")
    other = await pb.person("Chetan Sal", "IN-RJ")
    [problem] = (await said(rj, shown, other))["problems"]
    assert problem == {"path": "to", "message": "One of the two is a record of IN-RJ."}
    assert await stored(rj.node) == []


async def test_an_assertion_stands_on_the_ledger_under_its_own_name(three: dict[str, Seat]) -> None:
    rj, pb = three["RJ"], three["PB"]
    own, theirs = await rj.person("Arun Gular"), await pb.person("Arun Guler", "IN-RJ")
    made = await asserted(rj, own, theirs)
    look, outcome, intent = (one.entry for one in await rj.node.desk.register.ledger.search(first=3))
    assert [(one.kind, one.operation, one.ids) for one in (intent, outcome)] == [
        (EntryKind.INTENT, "assert SAME_AS", (made,)),
        (EntryKind.OUTCOME, "assert SAME_AS", (made,)),
    ]
    assert (look.kind, look.operation) == (EntryKind.LOOK, "federated record assert SAME_AS")
    # What an answer says of another's record names that record, as the ledger does.
    await rj.caller.ask(SAID, {"from": [own]})
    [look] = [one.entry for one in await rj.node.desk.register.ledger.search(first=1)]
    assert set(look.ids) == {own, made, theirs}


async def test_one_key_makes_one_assertion_whatever_became_of_the_other_state(three: dict[str, Seat]) -> None:
    rj, pb = three["RJ"], three["PB"]
    own, theirs = await rj.person("Arun Gular"), await pb.person("Arun Guler", "IN-RJ")
    given = {"a": own, "b": theirs, "m": marking(audience=[])}
    text, key = ASSERT.replace("DO", "assertSame"), {"idempotency-key": "k"}
    made = (await rj.caller.ask(text, given, **key))["assertSame"]
    await pb.node.shut()
    again = (await rj.caller.ask(text, given, **key))["assertSame"]
    await pb.node.open()
    assert again == made == {"id": made["id"], "problems": []}
    assert len(await stored(rj.node)) == 1
    withdrawn = 'mutation($id: ID!) { withdraw(id: $id, reason: "Recorded twice.") { id } }'
    await pb.caller.ask(withdrawn, {"id": theirs})
    assert (await rj.caller.ask(text, given, **key))["assertSame"] == made
    # Whom it is taken from here does not have it.
    await rj.caller.ask(withdrawn, {"id": own})
    assert await rj.caller.code(text, given, **key) == "NOT_FOUND"


async def test_it_is_told_to_nobody_to_whom_the_owner_does_not_let_its_record_be_passed_on(
    three: dict[str, Seat],
) -> None:
    rj, pb, hr = three["RJ"], three["PB"], three["HR"]
    own = await rj.person("Arun Gular", "IN-PB", "IN-HR")
    kept = await pb.person("Arun Guler", "IN-RJ")
    passed = await pb.person("Arun Gulair", "IN-RJ", "IN-HR", onward=["IN-HR"])
    for theirs in (kept, passed):
        await asserted(rj, own, theirs, "IN-PB", "IN-HR")
    seen = {}
    for seat in (rj, pb, hr):
        answer = await seat.network(own, hops=0)
        seen[seat.node.state] = {one["to"] for one in answer["assertions"]}
    assert seen == {"IN-RJ": {kept, passed}, "IN-PB": {kept, passed}, "IN-HR": {passed}}


async def test_a_network_goes_on_over_a_border_where_an_assertion_joins(three: dict[str, Seat]) -> None:
    rj, pb, hr = three["RJ"], three["PB"], three["HR"]
    own = await rj.person("Arun Gular", "IN-PB")
    theirs = await pb.person("Arun Guler", "IN-RJ")
    friend = await pb.person("Bhim Neem", "IN-RJ")
    await pb.met(theirs, friend, "IN-RJ")
    made = await asserted(rj, own, theirs, "IN-PB")
    answer = await rj.network(own)
    assert {node["id"] for node in answer["nodes"]} == {own, theirs, friend}
    assert answer["assertions"] == [{"id": made, "kind": "SAME_AS", "from": own, "to": theirs}]
    assert (answer["gaps"], answer["complete"]) == ([], True)
    assert statuses(answer) == {"IN-RJ": "LOCAL", "IN-PB": "LIVE", "IN-HR": "NOT_ASKED"}
    # From the other side this state's own graph is asked, and nothing is told by that.
    back = await rj.network(theirs, hops=1)
    assert {node["id"] for node in back["nodes"]} == {own, theirs, friend}
    # What another state says of this one's record is heard from that state, which has been shown it.
    third = await hr.person("Arun Gulr", "IN-RJ")
    record = await rj.person("Arun Gullar", "IN-HR")
    await asserted(hr, third, record, "IN-RJ")
    assert {node["id"] for node in (await rj.network(record))["nodes"]} == {record, third}
    # Taken back, it joins no more.
    await rj.caller.ask(
        'mutation($a: ID!, $id: ID!) { unlink(from: $a, id: $id, reason: "Two men.") { id } }', {"a": own, "id": made}
    )
    assert {node["id"] for node in (await rj.network(own))["nodes"]} == {own}


async def test_what_may_not_be_told_is_a_gap_and_what_is_denied_joins_nothing(three: dict[str, Seat]) -> None:
    rj, pb = three["RJ"], three["PB"]
    own = await rj.person("Arun Gular", "IN-PB")
    theirs = await pb.person("Arun Guler", "IN-RJ")
    await asserted(rj, own, theirs)
    answer = await rj.network(own)
    assert {node["id"] for node in answer["nodes"]} == {own}
    assert answer["gaps"] == [{"at": theirs, "state": "IN-PB", "reason": "NOT_DISCLOSED"}]
    rj.node.watch.now += timedelta(seconds=1)
    await asserted(rj, own, theirs, "IN-PB", act="assertNotSame")
    answer = await rj.network(own)
    assert ({node["id"] for node in answer["nodes"]}, answer["gaps"]) == ({own}, [])
    assert {one["kind"] for one in answer["assertions"]} == {"SAME_AS", "NOT_SAME_AS"}
    # To Punjab only the denial is told; two states may say two things, and both are shown.
    await asserted(pb, theirs, own, "IN-RJ")
    answer = await rj.network(own)
    assert {node["id"] for node in answer["nodes"]} == {own, theirs}
    assert len(answer["assertions"]) == 3


async def test_all_that_a_state_says_are_one_with_a_record_are_met_from_whichever_of_them_one_starts(
    three: dict[str, Seat],
) -> None:
    rj, pb = three["RJ"], three["PB"]
    owns = {await rj.person(name, "IN-PB") for name in ("Arun Gular", "Arun Gulaar")}
    theirs = {await pb.person(name, "IN-RJ") for name in ("Arun Guler", "Arun Gulair")}
    one = min(theirs)
    for own in owns:
        await asserted(rj, own, one, "IN-PB")
    for id in theirs:
        await asserted(pb, id, min(owns), "IN-RJ")
    for start in (*owns, *theirs):
        answer = await rj.network(start, hops=1)
        assert {node["id"] for node in answer["nodes"]} == owns | theirs, start
        assert (answer["gaps"], answer["complete"]) == ([], True)


async def test_a_path_goes_over_a_border_where_an_assertion_joins(three: dict[str, Seat]) -> None:
    rj, pb = three["RJ"], three["PB"]
    one, own = await rj.person("Dinesh Jamun"), await rj.person("Arun Gular", "IN-PB")
    theirs, friend = await pb.person("Arun Guler", "IN-RJ"), await pb.person("Bhim Neem", "IN-RJ")
    first, second = await rj.met(one, own), await pb.met(theirs, friend, "IN-RJ")
    made = await asserted(rj, own, theirs, "IN-PB")
    answer = await asked(rj.node, rj.caller, PATHS, **{"from": one, "to": friend})
    [path] = answer["paths"]
    assert ([step["link"] for step in path["steps"]], path["crossings"]) == ([first, second], 1)
    assert (path["steps"][0]["to"], path["steps"][1]["from"]) == (own, theirs)
    assert [one["id"] for one in answer["assertions"]] == [made]


async def test_two_records_said_to_be_one_with_the_same_of_another_state_are_one(three: dict[str, Seat]) -> None:
    rj, pb = three["RJ"], three["PB"]
    a, b = sorted([await rj.person("Arun Gular"), await rj.person("Arun Gulaar")])
    theirs = await pb.person("Arun Guler", "IN-RJ")
    for own in (a, b):
        await asserted(rj, own, theirs)
    clusters = "query($from: [ID!]!) { network(from: $from, hops: 0) { clusters { members contested } } }"
    found = (await rj.caller.ask(clusters, {"from": [a, b]}))["network"]["clusters"]
    assert found == [{"members": [a, b], "contested": False}]


async def test_what_stands_for_a_record_goes_when_no_assertion_leads_to_it(three: dict[str, Seat]) -> None:
    rj, pb = three["RJ"], three["PB"]
    gone, stays = await rj.person("Arun Gular"), await rj.person("Bhim Neem")
    theirs = await pb.person("Arun Guler", "IN-RJ")
    for own in (gone, stays):
        await asserted(rj, own, theirs)
    withdrawn = 'mutation($id: ID!) { withdraw(id: $id, reason: "Recorded twice.") { id } }'
    await rj.caller.ask(withdrawn, {"id": gone})
    rj.node.watch.now += PURGED_AFTER + timedelta(days=1)
    run = await Keeper(rj.node.desk, rj.node.ring).run("purge")
    assert run is not None
    assert run.found == {"records": 1}
    assert [row["said"]["of"] for row in await stored(rj.node)] == [theirs]
