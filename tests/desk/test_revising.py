"""A revision changes what it names as it was read; what moved meanwhile is a conflict, and the past is kept."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph.driver import rows
from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.ids import RecordType
from tests.station import Caller, Station, marking, name, station
from tests.words import as_input, no_rev

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id provenance { rev } } problems { path message } } }"""
READ = "query($id: ID!) { person(id: $id) { custody languages parentage names { text } provenance { rev caseRef } } }"
REVISE = """mutation($id: ID!, $rev: String!, $c: PersonChange!, $m: MarkingChange, $why: String!) {
  revisePerson(id: $id, rev: $rev, change: $c, marking: $m, reason: $why) {
    person { custody languages parentage names { text } provenance { rev caseRef recordedBy } }
    problems { path message code } } }"""
WHY = "Seen at a checkpost."


@pytest.fixture(scope="module")
async def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path_factory.mktemp("revising")) as opened:
        yield opened


@pytest.fixture(scope="module")
async def officer(node: Station) -> Caller:
    return await node.caller()


async def recorded(caller: Caller, **marked: Any) -> tuple[str, str]:
    """Record a person, and give the id and the rev."""
    made = await caller.ask(RECORD, {"p": as_input(RecordType.PERSON), "m": marking(**marked)})
    person = made["recordPerson"]["person"]
    return person["id"], person["provenance"]["rev"]


async def revised(caller: Caller, id: str, rev: str, change: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await caller.ask(REVISE, {"id": id, "rev": rev, "c": change, "why": WHY, **more})
    said: dict[str, Any] = answer["revisePerson"]
    return said


async def test_a_revision_changes_what_it_names_and_keeps_the_rest_and_the_past(node: Station, officer: Caller) -> None:
    id, rev = await recorded(officer)
    said = await revised(officer, id, rev, {"custody": "IN_CUSTODY", "parentage": None}, m={"caseRef": "FIR 9/2026"})
    assert said["problems"] == []
    now = said["person"]
    assert (now["custody"], now["parentage"], now["languages"]) == ("IN_CUSTODY", None, ["Marwari"])
    assert now["provenance"]["caseRef"] == "FIR 9/2026"
    assert now["provenance"]["rev"] != rev
    kept = await rows(
        node.driver,
        "MATCH (n:Record {id: $id})-[r:HEAD|WAS]->(v) RETURN type(r), v.nth, v.custody, v.parentage, v.because, v.kind "
        "ORDER BY v.nth",
        id=id,
    )
    assert kept == [
        ["WAS", 1, "AT_LARGE", "Ramesh Test", None, None],
        ["HEAD", 2, "IN_CUSTODY", None, WHY, "person"],
    ]
    entries = [one.entry for one in await node.desk.register.ledger.search(first=3)]
    assert [(one.kind, one.code) for one in entries] == [
        (EntryKind.LOOK, "OK"),
        (EntryKind.OUTCOME, "DONE"),
        (EntryKind.INTENT, "INTENT"),
    ]
    assert all(one.operation.startswith("revise person") for one in entries)


async def test_what_others_changed_meanwhile_stands_unless_it_is_the_same_field(node: Station, officer: Caller) -> None:
    one, other = await node.caller("rj.one"), await node.caller("rj.two")
    id, rev = await recorded(one)
    assert (await revised(one, id, rev, {"custody": "ON_BAIL"}))["problems"] == []
    second = await revised(other, id, rev, {"languages": ["Hindi"]})
    assert (second["person"]["custody"], second["person"]["languages"]) == ("ON_BAIL", ["Hindi"])
    late = await revised(other, id, rev, {"custody": "ABROAD", "parentage": "Mohan Test"})
    assert late == {
        "person": None,
        "problems": [
            {
                "path": "change.custody",
                "message": "This was changed after you read it; it now says: on bail.",
                "code": "CONFLICT",
            }
        ],
    }
    now = (await one.ask(READ, {"id": id}))["person"]
    assert (now["custody"], now["parentage"]) == ("ON_BAIL", "Ramesh Test")
    assert (await node.desk.register.ledger.search(first=2))[1].entry.code == "CONFLICT"


async def test_of_two_at_once_both_stand_or_one_is_told_of_the_other(node: Station, officer: Caller) -> None:
    for same in (False, True):
        id, rev = await recorded(officer)
        changes: list[dict[str, Any]] = [{"custody": "ON_BAIL"}, {"custody": "ABROAD"} if same else {"marks": []}]
        answers = await asyncio.gather(*(revised(officer, id, rev, change) for change in changes))
        codes = sorted(problem["code"] for answer in answers for problem in answer["problems"])
        assert codes == (["CONFLICT"] if same else [])


async def test_a_person_is_found_by_the_names_that_the_record_has_now(node: Station, officer: Caller) -> None:
    id, rev = await recorded(officer)
    assert (await revised(officer, id, rev, {"names": [name("Omkar Badla")]}))["problems"] == []

    async def found(text: str) -> set[str]:
        answer = await officer.ask("query($t: String!) { find(text: $t) { edges { node { id } } } }", {"t": text})
        return {edge["node"]["id"] for edge in answer["find"]["edges"]}

    assert id in await found("Omkar Badla")
    assert id not in await found("Sukhdev Test")


@pytest.mark.parametrize(
    ("change", "marked", "path", "message"),
    [
        ({}, {}, "change", "A revision names a field that it changes."),
        ({"custody": "AT_LARGE"}, {}, "change", "It says all of this already."),
        ({"names": None}, {}, "change.names", "This cannot be left out."),
        ({"names": []}, {}, "change.names", "At least one is needed."),
        (
            {"birthPrecision": None},
            {},
            "change",
            "A date of birth comes with its precision, and neither without the other.",
        ),
        ({"birthDate": "2030-01-01"}, {}, "change.birthDate", "This day has not been yet."),
        (
            {"parentage": "\u202e"},
            {},
            "change.parentage",
            "Text holds no invisible characters or changes of direction.",
        ),
        ({}, {"handling": "H3"}, "marking", "Handling H3 is stated in text, and only H3 has a text."),
        ({}, {"unit": "RJ-NOWHERE"}, "marking.unit", "No police unit of IN-RJ has this code on 2026-06-01."),
    ],
)
async def test_what_cannot_stand_is_told_and_nothing_changes(
    node: Station, officer: Caller, change: dict[str, Any], marked: dict[str, Any], path: str, message: str
) -> None:
    id, rev = await recorded(officer)
    said = await revised(officer, id, rev, change, m=marked)
    assert [(one["path"], one["message"]) for one in said["problems"]] == [(path, message)]
    assert await rows(node.driver, "MATCH (n:Record {id: $id})-[:WAS]->() RETURN count(*)", id=id) == [[0]]


@pytest.mark.parametrize("rev", ["", "no rev", "AAAA", "é"])
async def test_what_is_no_rev_is_told(node: Station, officer: Caller, rev: str) -> None:
    id, _ = await recorded(officer)
    said = await revised(officer, id, rev, {"custody": "ABROAD"})
    assert [(one["path"], one["code"]) for one in said["problems"]] == [("rev", "BAD_INPUT")]


async def test_what_is_not_there_for_the_officer_is_not_found_whatever_the_rev(node: Station, officer: Caller) -> None:
    high, low = await node.caller("rj.high"), await node.caller("rj.low", level=0)
    id, rev = await recorded(high, level=3)
    _, other = await recorded(low)
    bodies = set()
    for wanted in (id, f"{id[:-4]}0000", "nonsense", id.replace(":person:", ":gang:")):
        for given in (rev, other, no_rev(RecordType.PERSON)):
            variables = {"id": wanted, "rev": given, "c": {"custody": "ABROAD"}, "why": WHY}
            bodies.add((await low.post(REVISE, variables)).content)
    assert len(bodies) == 1
    assert b"NOT_FOUND" in bodies.pop()
