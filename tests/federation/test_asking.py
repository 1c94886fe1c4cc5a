"""Three states answer one question: real nodes, real TLS, each deciding for itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.local import LocalGraph
from register.ledger import EntryKind
from tests.federation.circle import Node, circle
from tests.federation.questions import asked, statuses

pytestmark = pytest.mark.anyio

NAME = "Harpreet Singh Dhurike"

FIND = """query F($text: String!, $first: Int! = 20, $after: String, $states: [StateCode!]) {
  federated(states: $states) { find(text: $text, first: $first, after: $after) {
    nodes { __typename id ... on Person { names { text } provenance { owner level } } }
    sources { state status returned reason contactDesk correlationId latencyMs asOf } complete asOf cursor } } }"""

READERS = "query($id: ID!) { readers(id: $id) { edges { node { officer caseRef operation } } } }"


@pytest.fixture
async def three(graphs: dict[str, LocalGraph], tmp_path: Path) -> AsyncIterator[dict[str, Node]]:
    async with circle(graphs, tmp_path) as nodes:
        yield nodes


async def test_one_question_is_answered_by_each_owner_and_says_who_spoke(three: dict[str, Node]) -> None:
    callers = {state: await node.caller("adg.crime") for state, node in three.items()}
    shared, kept = {}, {}
    for state, node in three.items():
        others = sorted(three.keys() - {state})
        shared[state] = await node.person(callers[state], NAME, audience=others)
        kept[state] = await node.person(callers[state], NAME)
    for state in three:
        answer = await asked(three[state], callers[state], FIND, text=NAME)
        assert {row["id"] for row in answer["nodes"]} == {*shared.values(), kept[state]}
        assert all(row["provenance"]["owner"] == row["id"].split(":")[2] for row in answer["nodes"])
        expected = dict.fromkeys(three, "LIVE") | {state: "LOCAL"}
        assert (statuses(answer), answer["complete"]) == (expected, True)
        assert {one["state"]: one["returned"] for one in answer["sources"]} == dict.fromkeys(three, 1) | {state: 2}
        assert all(one["latencyMs"] % 100 == 0 for one in answer["sources"])
        assert answer["cursor"] is None


async def test_it_stands_on_every_ledger_under_one_name_with_what_each_disclosed(three: dict[str, Node]) -> None:
    home, owner = three["IN-RJ"], three["IN-PB"]
    caller = await home.caller("adg.crime")
    theirs = await owner.person(await owner.caller("adg.crime"), NAME, audience=["IN-RJ"])
    answer = await asked(three["IN-RJ"], caller, FIND, text=NAME)
    [correlation] = {one["correlationId"] for one in answer["sources"]}
    for state, officer in (("IN-RJ", "adg.crime"), ("IN-PB", "IN-RJ:adg.crime"), ("IN-HR", "IN-RJ:adg.crime")):
        # Not the newest alone: an owner that was too late for a question before has written that down meanwhile.
        found = [one.entry for one in await three[state].desk.register.ledger.search(officer=officer, first=50)]
        [entry] = [one for one in found if one.variables.get("correlation") == correlation]
        assert entry.kind is EntryKind.LOOK
        assert entry.enquiry == caller.enquiry
        # At home the register has the enquiry; elsewhere this entry alone says what it was for.
        said = ("FIR 0123/2026", "BNSS 173") if state != "IN-RJ" else (None, None)
        assert (entry.variables.get("case"), entry.variables.get("basis")) == said
        assert (theirs in entry.ids) is (state != "IN-HR")


async def test_a_page_goes_on_where_each_owner_stood(three: dict[str, Node]) -> None:
    caller = await three["IN-RJ"].caller("adg.crime")
    made = set()
    for state, node in three.items():
        recorder = caller if state == "IN-RJ" else await node.caller("adg.crime")
        others = sorted(three.keys() - {state})
        made |= {await node.person(recorder, NAME, audience=others) for _ in range(4)}
    whole = [row["id"] for row in (await asked(three["IN-RJ"], caller, FIND, text=NAME, first=50))["nodes"]]
    assert (set(whole), whole) == (made, sorted(whole)), "of one score, in order of id"
    paged: list[str] = []
    after = None
    for _ in range(len(made)):
        answer = await asked(three["IN-RJ"], caller, FIND, text=NAME, first=5, after=after)
        paged += [row["id"] for row in answer["nodes"]]
        after = answer["cursor"]
        if after is None:
            break
    assert paged == whole


async def test_an_owner_that_was_away_comes_in_with_all_its_rows_and_none_twice(three: dict[str, Node]) -> None:
    caller = await three["IN-RJ"].caller("adg.crime")
    made = {}
    for state, node in three.items():
        recorder = caller if state == "IN-RJ" else await node.caller("adg.crime")
        made[state] = {await node.person(recorder, NAME, audience=sorted(three.keys() - {state})) for _ in range(3)}
    await asked(three["IN-RJ"], caller, FIND, text=NAME, first=2)
    away = three["IN-HR"]
    await away.shut()
    answer = await asked(three["IN-RJ"], caller, FIND, text=NAME, first=2)
    assert statuses(answer)["IN-HR"] == "UNREACHABLE"
    assert not answer["complete"]
    seen = [row["id"] for row in answer["nodes"]]
    await away.open()
    while answer["cursor"] is not None:
        answer = await asked(three["IN-RJ"], caller, FIND, text=NAME, first=2, after=answer["cursor"])
        seen += [row["id"] for row in answer["nodes"]]
    assert sorted(seen) == sorted(id for ids in made.values() for id in ids)


async def test_who_supervises_a_record_is_told_which_case_another_states_officer_had(three: dict[str, Node]) -> None:
    caller, owner = await three["IN-RJ"].caller("adg.crime"), three["IN-PB"]
    chief = await owner.caller("adg.crime")
    theirs = await owner.person(chief, NAME, audience=["IN-RJ"])
    await asked(three["IN-RJ"], caller, FIND, text=NAME)
    page = (await chief.ask(READERS, {"id": theirs}))["readers"]
    looks = {(one["node"]["officer"], one["node"]["caseRef"], one["node"]["operation"]) for one in page["edges"]}
    assert ("IN-RJ:adg.crime", "FIR 0123/2026", "find") in looks
