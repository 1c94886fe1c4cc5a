"""Lists over many states: each owner's rows, in the one order of the question, page after page."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.local import LocalGraph
from tests.federation.circle import Node, circle
from tests.federation.questions import asked, statuses
from tests.station import Caller, marking

pytestmark = pytest.mark.anyio

PERSONS = """query P(
  $where: PersonWhere, $order: Order! = NAME, $first: Int! = 20, $after: String, $states: [StateCode!]) {
  federated(states: $states) { persons(where: $where, orderBy: $order, first: $first, after: $after) {
    nodes { __typename id ... on Person { names { text } provenance { recordedAt } } ... on Gang { standing } }
    sources { state status reason returned } complete cursor } } }"""
HERE = """query P($where: PersonWhere, $order: Order! = NAME) {
  persons(where: $where, orderBy: $order, first: 50) { edges { orderKey node { id } } } }"""
INCIDENTS = """query I($order: Order! = LATEST_FIRST, $first: Int! = 20, $after: String) {
  federated { incidents(orderBy: $order, first: $first, after: $after) {
    nodes { id ... on Incident { demandAt } } sources { state status } cursor } } }"""
RECORD = """mutation R($i: IncidentInput!, $m: MarkingInput!) {
  recordIncident(incident: $i, marking: $m) { incident { id } problems { path message } } }"""
# As these fold, they stand in this order, whichever state has which.
NAMES = ("Arun Gular", "Bhim Neem", "Chetan Sal", "Dinesh Jamun", "Esha Palash", "Faiz Kikar", "Girish Khejri")
DAYS = ("2026-01-04", "2026-02-03", "2026-02-19", "2026-03-11", "2026-04-01")


@pytest.fixture
async def three(graphs: dict[str, LocalGraph], tmp_path: Path) -> AsyncIterator[dict[str, Node]]:
    async with circle(graphs, tmp_path) as nodes:
        yield nodes


@pytest.fixture
async def adg(three: dict[str, Node]) -> Caller:
    return await three["IN-RJ"].caller("adg.crime")


async def known(three: dict[str, Node], adg: Caller) -> list[str]:
    """Let the states know these names in turn, and give their records in order of name."""
    callers = {state: adg if state == "IN-RJ" else await node.caller("adg.crime") for state, node in three.items()}
    made = []
    for number, text in enumerate(NAMES):
        state = sorted(three)[number % 3]
        three[state].watch.move(seconds=number // 4)
        made.append(await three[state].person(callers[state], text, audience=sorted(three.keys() - {state})))
    # What its owner does not share is in no list of another.
    await three["IN-PB"].person(callers["IN-PB"], "Bhim Kept")
    return made


async def pages(node: Node, caller: Caller, document: str, **variables: Any) -> list[list[str]]:
    """Give the ids of all pages."""
    found, after = [], None
    for _ in range(20):
        answer = await asked(node, caller, document, **variables, after=after)
        found.append([row["id"] for row in answer["nodes"]])
        after = answer["cursor"]
        if after is None:
            return found
    raise AssertionError("It does not end.")


async def test_rows_of_all_owners_stand_in_the_one_order_and_come_once(three: dict[str, Node], adg: Caller) -> None:
    made = await known(three, adg)
    home = three["IN-RJ"]
    whole = await asked(home, adg, PERSONS)
    assert [row["id"] for row in whole["nodes"]] == made
    assert (statuses(whole), whole["complete"]) == ({"IN-RJ": "LOCAL", "IN-PB": "LIVE", "IN-HR": "LIVE"}, True)
    assert whole["cursor"] is None
    assert await pages(home, adg, PERSONS, first=2) == [made[:2], made[2:4], made[4:6], made[6:]]


async def test_latest_first_is_over_all_by_when_each_recorded(three: dict[str, Node], adg: Caller) -> None:
    made = await known(three, adg)
    whole = await asked(three["IN-RJ"], adg, PERSONS, order="LATEST_FIRST", first=50)
    when = [(row["provenance"]["recordedAt"], row["id"]) for row in whole["nodes"]]
    assert {id for _, id in when} == set(made)
    # What was recorded at one moment is turned round too.
    assert when == sorted(when, reverse=True)
    assert 1 < len({at for at, _ in when}) < len(when)
    paged = await pages(three["IN-RJ"], adg, PERSONS, order="LATEST_FIRST", first=3)
    assert [id for page in paged for id in page] == [id for _, id in when]


async def test_what_is_asked_of_it_is_asked_of_each_and_only_of_those_named(
    three: dict[str, Node], adg: Caller
) -> None:
    made = await known(three, adg)
    none = await asked(three["IN-RJ"], adg, PERSONS, where={"category": ["CONVICTED"]})
    assert (none["nodes"], none["complete"]) == ([], True)
    some = await asked(three["IN-RJ"], adg, PERSONS, where={"category": ["SUSPECT"]}, states=["IN-HR"])
    assert [row["id"] for row in some["nodes"]] == [id for id in made if "IN-PB" not in id]
    assert statuses(some)["IN-PB"] == "NOT_ASKED"


async def test_incidents_stand_by_their_time_both_ways(three: dict[str, Node], adg: Caller) -> None:
    callers = {state: adg if state == "IN-RJ" else await node.caller("adg.crime") for state, node in three.items()}
    made = []
    for number, day in enumerate(DAYS):
        state = sorted(three)[number % 3]
        content = {"title": "A demand", "demandAt": f"{day}T09:00:00Z"}
        said = marking(unit=state[3:], audience=sorted(three.keys() - {state}))
        answer = await callers[state].ask(RECORD, {"i": content, "m": said})
        assert answer["recordIncident"]["problems"] == []
        made.append(answer["recordIncident"]["incident"]["id"])
    home = three["IN-RJ"]
    latest, earliest = [await pages(home, adg, INCIDENTS, first=2, order=way) for way in ("LATEST_FIRST", "NAME")]
    assert [id for page in latest for id in page] == made[::-1]
    assert [id for page in earliest for id in page] == made


async def test_a_list_says_what_it_orders_by(three: dict[str, Node], adg: Caller) -> None:
    await known(three, adg)
    named = (await adg.ask(HERE, {}))["persons"]["edges"]
    assert [edge["orderKey"] for edge in named] == ["chetan sal", "fej kikar"]
    latest = (await adg.ask(HERE, {"order": "LATEST_FIRST"}))["persons"]["edges"]
    keys = [edge["orderKey"] for edge in latest]
    assert keys == sorted(keys, reverse=True)
    assert all(key.startswith("2026-") and key.endswith("Z") for key in keys)


async def test_the_longest_names_are_paged_like_any(three: dict[str, Node], adg: Caller) -> None:
    longest = "".join(chr(code) for code in range(ord("क"), ord("न"))) * 10
    callers = {"IN-RJ": adg, "IN-PB": await three["IN-PB"].caller("adg.crime")}
    made = []
    for state, text in (("IN-PB", longest), ("IN-RJ", f"ख{longest}"), ("IN-PB", f"ग{longest}")):
        others = sorted(three.keys() - {state})
        made.append(await three[state].person(callers[state], text[:200], "DEVANAGARI", audience=others))
    # Each sign is four, of three bytes: no name has a longer cursor.
    squares = " ".join(["\u337f" * 10] * 12)
    made.append(await three["IN-PB"].person(callers["IN-PB"], squares, "OTHER", audience=["IN-RJ"]))
    found = await pages(three["IN-RJ"], adg, PERSONS, first=1)
    assert sorted(id for page in found for id in page) == sorted(made)
    assert len(found) == len(made)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"where": {"recordedFrom": "yesterday"}}, "where.recordedFrom"),
    ({"first": 0}, "first"),
    ({"first": 51}, "first"),
    ({"after": "x"}, "after"),
    ({"states": ["IN-XX"]}, "states"),
]


async def test_what_is_wrong_with_it_is_said_before_anybody_is_asked(three: dict[str, Node], adg: Caller) -> None:
    for given, path in WRONG:
        [said] = (await adg.post(PERSONS, given)).json()["errors"]
        assert said["extensions"]["code"] == "BAD_INPUT"
        assert [problem["path"] for problem in said["extensions"]["problems"]] == [path]
    looks = [one.entry for one in await three["IN-PB"].desk.register.ledger.search(officer="IN-RJ:adg.crime")]
    assert looks == []
