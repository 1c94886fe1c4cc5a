"""A network over states: joined where two know one number, told to nobody who may not be told, with its gaps."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph.local import LocalGraph
from tests.federation.circle import Node, circle
from tests.federation.questions import asked, statuses
from tests.station import Caller, marking

pytestmark = pytest.mark.anyio

PHONE, OTHER = "+91 98290 12345", "98290 54321"

NETWORK = """query N(
  $from: [ID!]!, $identifiers: [IdentifierInput!], $hops: Int! = 2, $states: [StateCode!], $limit: Int! = 200) {
  federated(states: $states) { network(from: $from, identifiers: $identifiers, hops: $hops, limit: $limit) {
    nodes { __typename id ... on Person { names { text } provenance { owner audience recordedBy } } }
    links { id kind from to provenance { owner } }
    joins { kind ids } gaps { at state reason } sources { state status returned } complete } } }"""
PATHS = """query P($from: ID!, $to: ID!, $maxHops: Int! = 6, $k: Int! = 3) {
  federated { paths(from: $from, to: $to, maxHops: $maxHops, k: $k) {
    nodes { id } links { id } joins { ids } paths { crossings steps { link from to } }
    gaps { at state reason } sources { state status } complete } } }"""
LINK = """mutation L($k: LinkKind!, $a: EndInput!, $b: EndInput!, $m: MarkingInput!, $c: LinkContentInput) {
  link(kind: $k, from: $a, to: $b, marking: $m, content: $c) { id problems { path message } } }"""


@dataclass
class Desk:
    """One state's node with an officer who records and asks."""

    node: Node
    caller: Caller

    async def person(self, text: str, **marked: Any) -> str:
        return await self.node.person(self.caller, text, **marked)

    async def uses(self, person: str, number: str, written: str | None = None, **marked: Any) -> str:
        """Say that a person uses a phone, and give the link."""
        content = None if written is None else {"asWritten": written}
        return await self._link("USES_PHONE", {"id": person}, {"kind": "PHONE", "value": number}, marked, content)

    async def met(self, one: str, other: str, **marked: Any) -> str:
        return await self._link("MET_WITH", {"id": one}, {"id": other}, marked)

    async def called(self, one: str, other: str, **marked: Any) -> str:
        ends = ({"kind": "PHONE", "value": number} for number in (one, other))
        return await self._link("CALLED", *ends, marked)

    async def _link(self, kind: str, one: Any, other: Any, marked: dict[str, Any], content: Any = None) -> str:
        said = marking(unit=self.node.state[3:], **{"audience": [], **marked})
        made = (await self.caller.ask(LINK, {"k": kind, "a": one, "b": other, "m": said, "c": content}))["link"]
        assert made["problems"] == []
        return str(made["id"])

    async def network(self, *ids: str, **given: Any) -> dict[str, Any]:
        return await asked(self.node, self.caller, NETWORK, **{"from": list(ids), **given})

    async def paths(self, one: str, other: str, **given: Any) -> dict[str, Any]:
        return await asked(self.node, self.caller, PATHS, **{"from": one, "to": other, **given})


@pytest.fixture
async def three(graphs: dict[str, LocalGraph], tmp_path: Path) -> AsyncIterator[dict[str, Desk]]:
    async with circle(graphs, tmp_path) as nodes:
        yield {state[3:]: Desk(node, await node.caller("adg.crime")) for state, node in nodes.items()}


def records(answer: dict[str, Any]) -> set[str]:
    return {row["id"] for row in answer["nodes"] if row["__typename"] != "Identifier"}


def gaps(answer: dict[str, Any]) -> set[tuple[str, str]]:
    return {(gap["state"], gap["reason"]) for gap in answer["gaps"]}


def notes(said: Any) -> Iterator[dict[str, Any]]:
    """Give every object in what a ledger entry says was asked."""
    if isinstance(said, dict):
        yield said
    for part in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
        yield from notes(part)


async def told(desk: Desk) -> list[dict[str, Any]]:
    """Give what other states asked of this one, newest last."""
    found = await desk.node.desk.register.ledger.search(first=50)
    return [one.entry.variables for one in reversed(found) if one.entry.officer.startswith("IN-")]


async def told_numbers(desk: Desk) -> list[str]:
    """Give the identifiers that other states asked this one about, as it calls them."""
    return [id for said in notes(await told(desk)) for id in said.get("ids") or () if not id.startswith("urn:")]


async def test_a_number_that_may_be_told_joins_what_two_states_know(three: dict[str, Desk]) -> None:
    rj, pb, hr = three["RJ"], three["PB"], three["HR"]
    one = await rj.person("Arun Gular", audience=["IN-PB"])
    own = await rj.uses(one, PHONE, audience=["IN-PB"])
    theirs = await pb.person("Bhim Neem", audience=["IN-RJ"])
    link = await pb.uses(theirs, "098290-12345", audience=["IN-RJ"])
    kept = await pb.person("Chetan Sal")
    await pb.uses(kept, PHONE)
    beside = await hr.person("Dinesh Jamun", audience=["IN-RJ"])
    await hr.uses(beside, PHONE, audience=["IN-RJ"])
    answer = await rj.network(one)
    assert records(answer) == {one, theirs}
    assert [row["id"] for row in answer["links"]] == sorted([own, link])
    [join] = answer["joins"]
    phones = {row["id"] for row in answer["nodes"] if row["__typename"] == "Identifier"}
    assert (join["kind"], set(join["ids"]), len(phones)) == ("PHONE", phones, 2)
    # Haryana may not be told that number: it was not asked, and that is said.
    assert (gaps(answer), answer["complete"]) == ({("IN-HR", "NOT_DISCLOSED")}, False)
    assert statuses(answer) == {"IN-RJ": "LOCAL", "IN-PB": "LIVE", "IN-HR": "NOT_ASKED"}
    assert await told(hr) == []
    [owner] = {row["provenance"]["owner"] for row in answer["nodes"] if row["id"] == theirs}
    assert owner == "IN-PB"


async def test_what_each_state_was_told_is_on_the_ledger_and_not_in_the_clear(three: dict[str, Desk]) -> None:
    rj, desk = three["RJ"], three["RJ"].node.desk
    one = await rj.person("Arun Gular", audience=["IN-PB"])
    await rj.uses(one, PHONE, audience=["IN-PB"])
    await rj.network(one)
    entries = [found.entry for found in await desk.register.ledger.search(officer="adg.crime", first=50)]
    told_of = [said["told"] for entry in entries for said in notes(entry.variables) if "told" in said]
    # The record that bears it, which Punjab is shown, by its id; the number is not in the clear.
    both = [desk.keys.digest("ledger term", "+919829012345"), one]
    assert {(state, id) for said in told_of for state, ids in said.items() for id in ids} == {
        ("IN-PB", id) for id in both
    }
    assert all("98290" not in str(entry.variables) for entry in entries)


async def test_a_writing_that_is_not_the_number_joins_nobody_and_is_told_to_nobody(three: dict[str, Desk]) -> None:
    rj, pb = three["RJ"], three["PB"]
    one = await rj.person("Arun Gular", audience=["IN-PB"])
    await rj.uses(one, PHONE, written=OTHER, audience=["IN-PB"])
    stranger = await pb.person("Bhim Neem", audience=["IN-RJ"])
    await pb.uses(stranger, OTHER, audience=["IN-RJ"])
    answer = await rj.network(one)
    assert records(answer) == {one}
    assert gaps(answer) == {("IN-RJ", "NOT_WRITTEN")}
    assert await told_numbers(pb) == []


async def test_what_its_owner_lets_be_passed_on_is_asked_of_the_next(three: dict[str, Desk]) -> None:
    rj, pb, hr = three["RJ"], three["PB"], three["HR"]
    one = await rj.person("Arun Gular", audience=["IN-PB"])
    await rj.uses(one, PHONE, audience=["IN-PB"])
    onward = {"audience": ["IN-RJ", "IN-HR"], "onward": ["IN-HR"]}
    theirs = await pb.person("Bhim Neem", **onward)
    await pb.uses(theirs, PHONE, **onward)
    beside = await hr.person("Dinesh Jamun", audience=["IN-RJ"])
    await hr.uses(beside, PHONE, audience=["IN-RJ"])
    answer = await rj.network(one)
    assert records(answer) == {one, theirs, beside}
    assert (answer["gaps"], answer["complete"]) == ([], True)
    assert statuses(answer) == {"IN-RJ": "LOCAL", "IN-PB": "LIVE", "IN-HR": "LIVE"}


@pytest.mark.parametrize("closed", ["record", "link"])
async def test_record_and_link_must_both_be_for_the_state_that_is_told(three: dict[str, Desk], closed: str) -> None:
    rj, pb = three["RJ"], three["PB"]
    one = await rj.person("Arun Gular", audience=[] if closed == "record" else ["IN-PB"])
    await rj.uses(one, PHONE, audience=[] if closed == "link" else ["IN-PB"])
    theirs = await pb.person("Bhim Neem", audience=["IN-RJ"])
    await pb.uses(theirs, PHONE, audience=["IN-RJ"])
    answer = await rj.network(one)
    assert records(answer) == {one}
    assert ("IN-PB", "NOT_DISCLOSED") in gaps(answer)
    assert await told_numbers(pb) == []


async def test_what_an_officer_types_is_asked_of_all(three: dict[str, Desk]) -> None:
    rj, pb, hr = three["RJ"], three["PB"], three["HR"]
    theirs = await pb.person("Bhim Neem", audience=["IN-RJ"])
    await pb.uses(theirs, PHONE, audience=["IN-RJ"])
    kept = await hr.person("Dinesh Jamun")
    await hr.uses(kept, PHONE)
    typed = [{"kind": "PHONE", "value": PHONE}]
    answer = await rj.network(identifiers=typed, hops=1)
    assert records(answer) == {theirs}
    assert (statuses(answer), answer["complete"]) == ({"IN-RJ": "LOCAL", "IN-PB": "LIVE", "IN-HR": "LIVE"}, True)
    assert len(set(await told_numbers(pb))) == 1
    only = await rj.network(identifiers=typed, hops=1, states=["IN-HR"])
    assert (records(only), statuses(only)["IN-PB"]) == (set(), "NOT_ASKED")
    # The number itself stands on no ledger.
    assert all("98290" not in str(variables) for variables in [*await told(pb), *await told(hr)])


async def test_another_states_record_is_where_it_starts_and_own_records_are_met_from_there(
    three: dict[str, Desk],
) -> None:
    rj, pb = three["RJ"], three["PB"]
    theirs = await pb.person("Bhim Neem", audience=["IN-RJ"])
    await pb.uses(theirs, PHONE, audience=["IN-RJ"])
    one = await rj.person("Arun Gular")
    await rj.uses(one, PHONE)
    answer = await rj.network(theirs)
    # Who owns where it starts is asked, whoever else is named.
    assert records(await rj.network(theirs, states=["IN-HR"])) == {one, theirs}
    # Own records are met whatever their audience: nothing of them leaves.
    assert records(answer) == {one, theirs}
    audiences = {row["id"]: (row["provenance"]["audience"], row["provenance"]["recordedBy"]) for row in answer["nodes"]
                 if row["__typename"] == "Person"}  # fmt: skip
    assert audiences == {one: ([], "adg.crime"), theirs: (None, None)}


async def test_it_goes_no_farther_than_asked_and_no_farther_than_two_rounds(three: dict[str, Desk]) -> None:
    rj, pb, hr = three["RJ"], three["PB"], three["HR"]
    one = await rj.person("Arun Gular", audience=["IN-PB"])
    await rj.uses(one, PHONE, audience=["IN-PB"])
    theirs = await pb.person("Bhim Neem", audience=["IN-RJ"])
    await pb.uses(theirs, PHONE, audience=["IN-RJ"])
    friend = await pb.person("Chetan Sal", audience=["IN-RJ"])
    await pb.met(theirs, friend, audience=["IN-RJ"])
    assert records(await rj.network(one, hops=1)) == {one}
    assert records(await rj.network(one, hops=2)) == {one, theirs}
    assert records(await rj.network(one, hops=3)) == {one, theirs, friend}
    # Punjab's answer leads to a second number, for Rajasthan's own graph and for nobody else.
    last = await rj.person("Esha Palash", audience=["IN-HR"])
    await rj.uses(last, OTHER, audience=["IN-HR"])
    await pb.uses(theirs, OTHER, audience=["IN-RJ"])
    beyond = await hr.person("Faiz Kikar", audience=["IN-RJ"])
    await hr.uses(beyond, OTHER, audience=["IN-RJ"])
    found = await rj.network(theirs, hops=2)
    assert records(found) == {theirs, friend, one, last, beyond}


async def test_an_edge_is_no_gap_and_what_a_limit_leaves_out_is_one(three: dict[str, Desk]) -> None:
    rj = three["RJ"]
    one, other, third = [await rj.person(text) for text in ("Arun Gular", "Bhim Neem", "Chetan Sal")]
    for near, far in ((one, other), (other, third)):
        await rj.met(near, far)
    edge = await rj.network(one, hops=1)
    assert (records(edge), edge["gaps"], edge["complete"]) == ({one, other}, [], True)
    cut = await rj.network(one, hops=2, limit=2)
    assert (records(cut), gaps(cut), cut["complete"]) == ({one, other}, {("IN-RJ", "NOT_ALL_SHOWN")}, False)


async def test_a_state_that_is_away_is_a_gap_and_the_rest_is_there(three: dict[str, Desk]) -> None:
    rj, pb = three["RJ"], three["PB"]
    one = await rj.person("Arun Gular", audience=["IN-PB"])
    await rj.uses(one, PHONE, audience=["IN-PB"])
    await rj.network(one)
    await pb.node.shut()
    answer = await rj.network(one)
    assert records(answer) == {one}
    assert ("IN-PB", "NO_CONNECTION") in gaps(answer)
    assert statuses(answer)["IN-PB"] == "UNREACHABLE"
    assert not answer["complete"]
    await pb.node.open()


async def test_of_two_phones_of_a_call_the_one_that_was_written_is_told(three: dict[str, Desk]) -> None:
    rj, pb = three["RJ"], three["PB"]
    await rj.called(PHONE, OTHER, audience=["IN-PB"])
    theirs = await pb.person("Bhim Neem", audience=["IN-RJ"])
    await pb.uses(theirs, PHONE, audience=["IN-RJ"])
    beside = await pb.person("Chetan Sal", audience=["IN-RJ"])
    await pb.uses(beside, OTHER, audience=["IN-RJ"])
    answer = await rj.network(identifiers=[{"kind": "PHONE", "value": OTHER}], hops=2, states=["IN-PB"])
    assert records(answer) == {theirs, beside}


async def test_a_start_that_is_not_there_looks_like_one_that_is_hidden(three: dict[str, Desk]) -> None:
    rj, pb = three["RJ"], three["PB"]
    hidden = await pb.person("Bhim Neem")
    absent = f"{hidden[:-12]}000000000000"
    answers = [await rj.network(id) for id in (hidden, absent)]
    for answer in answers:
        answer.pop("sources")
    assert answers[0] == answers[1]
    assert answers[0]["nodes"] == []


async def test_paths_cross_borders_through_what_is_shared(three: dict[str, Desk]) -> None:
    rj, pb, hr = three["RJ"], three["PB"], three["HR"]
    one = await rj.person("Arun Gular", audience=["IN-PB"])
    first = await rj.uses(one, PHONE, audience=["IN-PB"])
    between = await pb.person("Bhim Neem", audience=["IN-RJ"])
    second = await pb.uses(between, PHONE, audience=["IN-RJ"])
    friend = await pb.person("Chetan Sal", audience=["IN-RJ"])
    third = await pb.met(between, friend, audience=["IN-RJ"])
    answer = await rj.paths(one, friend)
    [path] = answer["paths"]
    assert ([step["link"] for step in path["steps"]], path["crossings"]) == ([first, second, third], 1)
    assert [step["to"] for step in path["steps"]][-1] == friend
    assert path["steps"][0]["to"] != path["steps"][1]["from"]
    [join] = answer["joins"]
    assert {path["steps"][0]["to"], path["steps"][1]["from"]} == set(join["ids"])
    assert {row["id"] for row in answer["links"]} == {first, second, third}
    assert (await rj.paths(one, friend, maxHops=2))["paths"] == []
    stranger = await hr.person("Dinesh Jamun", audience=["IN-RJ"])
    assert (await rj.paths(one, stranger))["paths"] == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"from": []}, "from"),
    ({"from": ["x"], "hops": 4}, "hops"),
    ({"from": ["x"], "limit": 0}, "limit"),
    ({"from": [], "identifiers": [{"kind": "PHONE", "value": "1"}]}, "identifiers.0.value"),
    ({"from": [], "identifiers": [{"kind": "PHONE", "value": f"98290{n:05d}"} for n in range(201)]}, "identifiers"),
    ({"from": ["x"], "states": ["IN-XX"]}, "states"),
]


async def test_what_is_wrong_with_it_is_said_before_anybody_is_asked(three: dict[str, Desk]) -> None:
    rj = three["RJ"]
    for given, path in WRONG:
        [said] = (await rj.caller.post(NETWORK, given)).json()["errors"]
        assert (said["extensions"]["code"], [one["path"] for one in said["extensions"]["problems"]][:1]) == (
            "BAD_INPUT",
            [path],
        )
    for given, path in [({"maxHops": 7}, "maxHops"), ({"k": 6}, "k"), ({"to": "x"}, "to")]:
        [said] = (await rj.caller.post(PATHS, {"from": "x", "to": "y", **given})).json()["errors"]
        assert [one["path"] for one in said["extensions"]["problems"]] == [path]
    assert await told(three["PB"]) == []
