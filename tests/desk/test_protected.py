"""Victims, witnesses, complainants, children in conflict with the law, and minors: only where they may stand."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.local import LocalGraph
from tests.station import Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

PERSON = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id provenance { rev } } problems { path } } }"""
INCIDENT = """mutation($m: MarkingInput!) {
  recordIncident(incident: {title: "A call"}, marking: $m) { incident { id } } }"""
LINK = """mutation($k: LinkKind!, $a: EndInput!, $b: EndInput!, $m: MarkingInput!, $c: LinkContentInput) {
  link(kind: $k, from: $a, to: $b, marking: $m, content: $c) { id problems { path message } } }"""
MOVE = """mutation($id: ID!, $rev: String!, $c: Category!) {
  setCategory(id: $id, rev: $rev, category: $c, reason: "Learnt.") { person { category } problems { path } } }"""
PROTECTED = "query($id: ID!) { incident(id: $id) { protected { edges { node { id } } } } }"
HARMED = ("VICTIM_OF", "WITNESS_OF", "COMPLAINANT_OF")
REFERRED = ("VICTIM", "WITNESS", "COMPLAINANT")


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


@pytest.fixture
async def officer(node: Station) -> Caller:
    return await node.caller()


async def recorded(officer: Caller, category: str, m: Any = None, **said: Any) -> Any:
    given = {"category": category, "names": [name("Sukhdev Test")], **said}
    return (await officer.ask(PERSON, {"p": given, "m": m or marking(reviewOn="2026-08-20")}))["recordPerson"]


async def person(officer: Caller, category: str, **said: Any) -> str:
    made = await recorded(officer, category, **said)
    assert made["problems"] == []
    return str(made["person"]["id"])


async def link(officer: Caller, kind: str, a: str, b: Any, **content: Any) -> Any:
    end = b if isinstance(b, dict) else {"id": b}
    return (await officer.ask(LINK, {"k": kind, "a": {"id": a}, "b": end, "m": marking(), "c": content}))["link"]


async def test_only_the_harmed_are_joined_to_an_incident_as_such(officer: Caller) -> None:
    incident = (await officer.ask(INCIDENT, {"m": marking()}))["recordIncident"]["incident"]["id"]
    drawn = set()
    for category in ("SUSPECT", "ASSOCIATE", "CHILD_IN_CONFLICT", *REFERRED):
        one = await person(officer, category)
        for kind in HARMED:
            said = await link(officer, kind, one, incident)
            assert [problem["path"] for problem in said["problems"]] == ([] if category in REFERRED else ["from"])
            drawn |= {one} if said["id"] else set()
    found = await officer.ask(PROTECTED, {"id": incident})
    assert {edge["node"]["id"] for edge in found["incident"]["protected"]["edges"]} == drawn
    assert len(drawn) == len(REFERRED)


async def test_nobody_is_led_out_of_protection_and_left_a_victim(officer: Caller) -> None:
    incident = (await officer.ask(INCIDENT, {"m": marking()}))["recordIncident"]["incident"]["id"]
    made = (await recorded(officer, "VICTIM"))["person"]
    assert (await link(officer, "VICTIM_OF", made["id"], incident))["id"]
    for category in ("SUSPECT", "CONTACT", "CHILD_IN_CONFLICT"):
        moved = {"id": made["id"], "rev": made["provenance"]["rev"], "c": category}
        assert [one["path"] for one in (await officer.ask(MOVE, moved))["setCategory"]["problems"]] == ["category"]
    found = await officer.ask(PROTECTED, {"id": incident})
    assert [edge["node"]["id"] for edge in found["incident"]["protected"]["edges"]] == [made["id"]]


async def test_an_incident_refers_to_nobody_who_is_not_protected_whatever_was_drawn(
    node: Station, officer: Caller
) -> None:
    """As a link from before the rule would."""
    incident = (await officer.ask(INCIDENT, {"m": marking()}))["recordIncident"]["incident"]["id"]
    suspect = await person(officer, "SUSPECT")
    assert (await link(officer, "SUSPECT_IN", suspect, incident))["id"]
    async with node.driver.session() as session:
        turned = "MATCH (a)-[r:SUSPECT_IN]->(b) CREATE (a)-[s:VICTIM_OF]->(b) SET s = properties(r) DELETE r"
        await (await session.run(turned)).consume()
    assert (await officer.ask(PROTECTED, {"id": incident}))["incident"]["protected"]["edges"] == []


@pytest.mark.parametrize("field", ["audience", "onward"])
async def test_a_child_in_conflict_is_shared_with_nobody(officer: Caller, field: str) -> None:
    shared = marking(audience=["IN-PB"], **({"onward": ["IN-PB"]} if field == "onward" else {}))
    assert f"marking.{field}" in [
        one["path"] for one in (await recorded(officer, "CHILD_IN_CONFLICT", shared))["problems"]
    ]
    assert (await recorded(officer, "SUSPECT", shared))["problems"] == []


async def test_a_child_in_conflict_is_found_by_no_search(officer: Caller) -> None:
    phone = {"kind": "PHONE", "value": "+919829012345"}
    people = {}
    for category in ("CHILD_IN_CONFLICT", "VICTIM", "SUSPECT"):
        people[await person(officer, category)] = category
    for id in people:
        assert (await link(officer, "USES_PHONE", id, phone))["id"]
    some = "totalCount edges { node { id } }"
    questions = {
        "by name": '{ find(text: "Sukhdev Test", kinds: [PERSON]) { SOME } }',
        "by number": '{ find(text: "+919829012345", kinds: [PERSON]) { SOME } }',
        "in a list": "{ persons { SOME } }",
        "in a list of its own": "{ persons(where: {category: [CHILD_IN_CONFLICT]}) { SOME } }",
        "of a number": '{ identifier(kind: PHONE, value: "+919829012345") { persons { SOME } } }',
    }
    for how, text in questions.items():
        page = next(iter((await officer.ask(text.replace("SOME", some))).values()))
        page = page.get("persons", page)
        found = {people[edge["node"]["id"]] for edge in page["edges"]}
        assert found == (set() if "own" in how else {"VICTIM", "SUSPECT"}), how
        assert page["totalCount"] == len(found), how
    for id, category in people.items():
        read = await officer.ask("query($id: ID!) { person(id: $id) { category } }", {"id": id})
        assert read["person"]["category"] == category


# Born on the day of the test eighteen years before, one is of age.
ADULT, MINOR = {"birthDate": "2008-06-01"}, {"birthDate": "2008-06-02"}


@pytest.mark.parametrize("category", ["ASSOCIATE", "CONTACT"])
async def test_a_minor_is_nobodys_relative_without_evidence_of_shelter(officer: Caller, category: str) -> None:
    for born, precision, refused in (
        (MINOR, "DAY", True),
        (ADULT, "DAY", False),
        (ADULT, "MONTH", True),
        (ADULT, "YEAR", True),
        ({"birthDate": "2000-01-01"}, "DECADE", True),
        ({"birthDate": "1990-01-01"}, "DECADE", False),
    ):
        said = {**born, "birthPrecision": precision}
        problems = (await recorded(officer, category, **said))["problems"]
        assert [one["path"] for one in problems] == (["person.shelterEvidence"] if refused else []), said
        shown = await recorded(officer, category, **said, shelterEvidence="The landlord's statement")
        assert shown["problems"] == []


async def test_a_minor_is_joined_to_nobody_for_knowing_them_without_evidence_of_shelter(officer: Caller) -> None:
    leader, adult = await person(officer, "SUSPECT"), await person(officer, "SUSPECT", **ADULT, birthPrecision="DAY")
    minor = await person(officer, "SUSPECT", **MINOR, birthPrecision="DAY")
    sheltered = await person(officer, "SUSPECT", **MINOR, birthPrecision="DAY", shelterEvidence="A statement")
    for kind, content in (("ASSOCIATE_OF", {"basis": "OBSERVED"}), ("MET_WITH", {})):
        for one, refused in ((minor, True), (adult, False), (sheltered, False)):
            for ends, path in (((leader, one), "to"), ((one, leader), "from")):
                said = await link(officer, kind, *ends, **content)
                assert [problem["path"] for problem in said["problems"]] == ([path] if refused else [])


async def test_no_minor_becomes_an_associate_by_a_move_or_a_revision(officer: Caller) -> None:
    made = (await recorded(officer, "CONVICTED", **MINOR, birthPrecision="DAY"))["person"]
    move = {"id": made["id"], "rev": made["provenance"]["rev"], "c": "ASSOCIATE"}
    assert [one["path"] for one in (await officer.ask(MOVE, move))["setCategory"]["problems"]] == ["shelterEvidence"]
    known = (await recorded(officer, "ASSOCIATE"))["person"]
    revise = """mutation($id: ID!, $rev: String!) {
      revisePerson(id: $id, rev: $rev, change: {birthDate: "2010-01-01", birthPrecision: DAY}, reason: "Learnt.") {
        problems { path } } }"""
    said = await officer.ask(revise, {"id": known["id"], "rev": known["provenance"]["rev"]})
    assert [one["path"] for one in said["revisePerson"]["problems"]] == ["change.shelterEvidence"]
