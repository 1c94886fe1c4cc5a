"""Matches: who bears one identifier is put before the unit of either record, by what each officer sees himself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.keeping import Keeper
from desk.matching import put_matches
from graph import matching
from graph.driver import rows
from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.handling import Level, Purpose
from tests.station import MORNING, TODAY, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

PERSON = """mutation($c: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $c, marking: $m) { person { id } problems { path message } } }"""
VEHICLE = """mutation($m: MarkingInput!) {
  recordVehicle(vehicle: {vehicleKind: CAR}, marking: $m) { vehicle { id } } }"""
BEARS = """mutation($a: ID!, $k: ValueKind!, $v: String!, $m: MarkingInput!) {
  link(kind: IDENTIFIED_BY, from: {id: $a}, to: {kind: $k, value: $v}, marking: $m) { id problems { message } } }"""
USES = BEARS.replace("IDENTIFIED_BY", "USES_PHONE")
UNLINK = 'mutation($a: ID!, $id: ID!) { unlink(from: $a, id: $id, reason: "A slip.") { id problems { path } } }'
WITHDRAW = 'mutation($a: ID!) { withdraw(id: $a, reason: "A slip.") { id } }'
ASSERT = """mutation($a: ID!, $b: ID!, $m: MarkingInput!) {
  DO(from: $a, to: $b, marking: $m, evidence: [{text: "Two births", source: "Diary 4"}]) { id problems { path } } }"""
INBOX = """query($first: Int! = 50, $after: String) {
  inbox(kind: MATCH, first: $first, after: $after) { pageInfo { hasNextPage endCursor }
    edges { node { id } record { id } match { kind bears records { id called } } } } }"""
READERS = "query($id: ID!) { readers(id: $id) { edges { node { officer operation } } } }"
STORED = "MATCH (m:Match)-[:HEAD]->(v:Version) RETURN count(*)"
PASSPORT, OTHERS = "P1234567", "Z7654321"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


@pytest.fixture
async def officer(node: Station) -> Caller:
    return await node.caller(unit="RJ-JPC", compartments=("IN-RJ:ALFA", "IN-RJ:KILO"))


async def person(officer: Caller, category: str = "SUSPECT", **marked: Any) -> str:
    given = {"c": {"category": category, "names": [name("Sukhdev Test")]}, "m": marking(**marked)}
    return str((await officer.ask(PERSON, given))["recordPerson"]["person"]["id"])


async def bears(officer: Caller, id: str, number: str = PASSPORT, kind: str = "PASSPORT", **marked: Any) -> str:
    document = USES if kind == "PHONE" else BEARS
    said = (await officer.ask(document, {"a": id, "k": kind, "v": number, "m": marking(**marked)}))["link"]
    assert said["problems"] == []
    return str(said["id"])


async def holder(officer: Caller, number: str = PASSPORT, **marked: Any) -> str:
    """Record a suspect who bears a passport, and give the id."""
    id = await person(officer, **marked)
    await bears(officer, id, number, **marked)
    return id


async def matched(officer: Caller) -> list[set[str]]:
    """Give the two of each match that the officer is told."""
    edges = (await officer.ask(INBOX))["inbox"]["edges"]
    return [{record["id"] for record in edge["match"]["records"]} for edge in edges]


async def judged(officer: Caller, act: str, a: str, b: str, **marked: Any) -> str:
    said = (await officer.ask(ASSERT.replace("DO", act), {"a": a, "b": b, "m": marking(**marked)}))[act]
    assert said["problems"] == []
    return str(said["id"])


async def test_two_who_bear_one_passport_are_put_before_their_unit_on_the_next_tick(
    node: Station, officer: Caller
) -> None:
    a, b = sorted([await holder(officer), await holder(officer)])
    await holder(officer, OTHERS)
    assert await matched(officer) == [], "nothing is made where something is recorded"
    runs = await Keeper(node.desk, node.ring).turn()
    assert next(run.found for run in runs if run.name == "match") == {"made": 1, "ended": 0}
    [edge] = (await officer.ask(INBOX))["inbox"]["edges"]
    records = [{"id": id, "called": ["Sukhdev Test"]} for id in (a, b)]
    assert edge == {
        "node": None,
        "record": None,
        "match": {"kind": "PERSON", "bears": "PASSPORT", "records": records},
    }
    assert await put_matches(node.desk) == {"made": 0, "ended": 0}, "what stands is left as it is"
    entries = [one.entry for one in await node.desk.register.ledger.search()]
    [run] = [one for one in entries if (one.kind, one.operation) == (EntryKind.JOB, "match")]
    assert (run.variables, run.code, run.ids) == ({"made": 1, "ended": 0}, "OK", ())
    told = next(one for one in entries if one.officer == "rj.adg")
    assert set(told.ids) == {a, b}


@pytest.mark.parametrize("act", ["assertSame", "assertNotSame", "assertUnsure"])
async def test_a_match_waits_until_something_is_asserted_and_again_when_that_is_taken_back(
    node: Station, officer: Caller, act: str
) -> None:
    a, b = await holder(officer), await holder(officer)
    await put_matches(node.desk)
    said = await judged(officer, act, b, a)
    assert await matched(officer) == []
    assert await put_matches(node.desk) == {"made": 0, "ended": 1}, "whoever would see it sees what was asserted"
    assert await matched(officer) == []
    await officer.ask(UNLINK, {"a": b, "id": said})
    await put_matches(node.desk)
    assert await matched(officer) == [{a, b}]


async def test_whoever_may_not_see_an_assertion_is_not_told_of_it_by_a_missing_match(
    node: Station, officer: Caller
) -> None:
    a, b = await holder(officer), await holder(officer)
    await judged(officer, "assertNotSame", a, b, level=3)
    assert await put_matches(node.desk) == {"made": 1, "ended": 0}
    low = await node.caller("rj.low", unit="RJ-JPC", level=Level.ANY_OFFICER)
    assert await matched(low) == [{a, b}]
    assert await matched(officer) == []


async def test_of_what_an_officer_may_not_see_no_match_is_told(node: Station, officer: Caller) -> None:
    seen = await holder(officer)
    await holder(officer, level=2)
    linked_in_secret = await person(officer)
    await bears(officer, linked_in_secret, level=1)
    await holder(officer, compartment="IN-RJ:KILO")
    await put_matches(node.desk)
    low = await node.caller("rj.low", unit="RJ-JPC", level=Level.ANY_OFFICER)
    assert await matched(low) == []
    some = await node.caller("rj.some", unit="RJ-JPC", level=Level.ORGANISED_CRIME_UNITS)
    assert await matched(some) == [{seen, linked_in_secret}]
    assert len(await matched(officer)) == 6


async def test_that_a_record_stood_in_somebodys_match_is_told_to_no_supervisor(node: Station, officer: Caller) -> None:
    """It would say that somebody whom the supervisor does not see bears the same."""
    id = await holder(officer)
    await holder(officer, level=3)
    await put_matches(node.desk)
    assert len(await matched(officer)) == 1
    chief = await node.caller("rj.chief", unit="RJ-JPC", level=Level.ANY_OFFICER)
    assert (await chief.ask(READERS, {"id": id}))["readers"]["edges"] == []
    await officer.ask("query($id: ID!) { person(id: $id) { id } }", {"id": id})
    edges = (await chief.ask(READERS, {"id": id}))["readers"]["edges"]
    assert {"officer": "rj.adg", "operation": "record"} in [edge["node"] for edge in edges]


async def test_how_many_bear_it_whom_an_officer_does_not_see_changes_nothing_for_him(
    node: Station, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_BEARERS", 2)
    low = await node.caller("rj.low", unit="RJ-JPC", level=Level.ANY_OFFICER)
    a, b = await holder(officer), await holder(officer)
    for level in (1, 2, 2, 3, 3, 3):
        await holder(officer, level=level)
    await put_matches(node.desk)
    assert await matched(low) == [{a, b}]
    assert len(await matched(officer)) == 21, "two of each level, each with each"


async def test_who_bears_it_by_two_links_is_told_once_and_to_whoever_sees_one_of_them(
    node: Station, officer: Caller
) -> None:
    a, b = await holder(officer), await holder(officer)
    await bears(officer, a, level=1)
    await bears(officer, b, level=2)
    await put_matches(node.desk)
    low = await node.caller("rj.low", unit="RJ-JPC", level=Level.ANY_OFFICER)
    assert await matched(low) == await matched(officer) == [{a, b}]


async def test_an_identifier_that_lies_across_pages_is_matched_whole(
    node: Station, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = {frozenset({await holder(officer, number), await holder(officer, number)}) for number in (PASSPORT, OTHERS)}
    three = [await holder(officer, "K2222222") for _ in range(3)]
    pairs |= {frozenset({one, other}) for one in three for other in three if one != other}
    for size in (1, 2, 3, 4):
        monkeypatch.setattr(matching, "PAGE", size)
        await rows(node.driver, "MATCH (m:Match)-[:HEAD]->(v) DETACH DELETE m, v")
        assert await put_matches(node.desk) == {"made": 5, "ended": 0}
        assert await put_matches(node.desk) == {"made": 0, "ended": 0}
        assert {frozenset(pair) for pair in await matched(officer)} == pairs


async def test_two_compartments_have_no_match_and_one_has_its_own(node: Station, officer: Caller) -> None:
    await holder(officer, compartment="IN-RJ:ALFA")
    kilo = {await holder(officer, compartment="IN-RJ:KILO"), await holder(officer, compartment="IN-RJ:KILO")}
    await put_matches(node.desk)
    assert await matched(officer) == [kilo]
    outside = await node.caller("rj.outside", unit="RJ-JPC", compartments=("IN-RJ:ALFA",))
    assert await matched(outside) == []


@pytest.mark.parametrize("category", ["VICTIM", "WITNESS", "COMPLAINANT"])
async def test_the_protected_are_in_no_match(node: Station, officer: Caller, category: str) -> None:
    await holder(officer)
    await bears(officer, await person(officer, category))
    assert await put_matches(node.desk) == {"made": 0, "ended": 0}


async def test_who_became_protected_leaves_his_match_at_once(node: Station, officer: Caller) -> None:
    a, b = await holder(officer), await holder(officer)
    await put_matches(node.desk)
    assert await matched(officer) == [{a, b}]
    moved = "MATCH (n:Record {id: $id})-[:HEAD]->(v) SET n.class = 'VICTIM', v.class = 'VICTIM'"
    await rows(node.driver, moved, id=a)
    assert await matched(officer) == []
    assert await put_matches(node.desk) == {"made": 0, "ended": 1}


async def test_two_roles_in_one_enquiry_are_no_reason_to_ask_for_the_others_category(
    node: Station, officer: Caller
) -> None:
    """Whose purpose does not read a contact is not told that one bears the passport of a suspect."""
    await holder(officer)
    await bears(officer, await person(officer, "CONTACT", reviewOn="2026-10-01"))
    await put_matches(node.desk)
    assert len(await matched(officer)) == 1
    officer.enquiry = await node.enquiry(officer.officer.id, Purpose.FUGITIVE)
    assert await matched(officer) == []


async def test_what_many_may_bear_matches_nobody(node: Station, officer: Caller) -> None:
    a, b = await person(officer), await person(officer)
    for id in (a, b):
        await bears(officer, id, "+919829012345", "PHONE")
        await bears(officer, id, "490154203237518", "IMEI")
    car = (await officer.ask(VEHICLE, {"m": marking()}))["recordVehicle"]["vehicle"]["id"]
    await bears(officer, car, "RJ14AB1234", "VEHICLE")
    assert await put_matches(node.desk) == {"made": 0, "ended": 0}


async def test_a_match_goes_with_what_it_stands_on(node: Station, officer: Caller) -> None:
    kept = await holder(officer)
    unlinked, withdrawn = await person(officer), await holder(officer)
    link = await bears(officer, unlinked)
    lapsing = await holder(officer, reviewOn=str(TODAY + timedelta(days=2)))
    await put_matches(node.desk)
    assert await rows(node.driver, STORED) == [[6]]
    await officer.ask(UNLINK, {"a": unlinked, "id": link})
    await officer.ask(WITHDRAW, {"a": withdrawn})
    assert await matched(officer) == [{kept, lapsing}]
    assert await put_matches(node.desk) == {"made": 0, "ended": 5}
    node.watch.now = MORNING + timedelta(days=3)
    again = await node.caller("rj.again", unit="RJ-JPC")
    assert await matched(again) == []
    await put_matches(node.desk)
    assert await rows(node.driver, STORED) == [[0]], "also what has lapsed goes"


async def test_a_purge_takes_the_matches_that_name_what_is_purged(node: Station, officer: Caller) -> None:
    await holder(officer)
    gone = await holder(officer)
    await put_matches(node.desk)
    await officer.ask(WITHDRAW, {"a": gone})
    node.watch.now = MORNING + timedelta(days=31)
    await Keeper(node.desk, node.ring).run("purge")
    assert await rows(node.driver, STORED) == [[0]]


async def test_a_match_goes_with_the_link_that_it_names_whatever_else_joins_the_two(
    node: Station, officer: Caller
) -> None:
    a, b = await person(officer), await holder(officer)
    open_link = await bears(officer, a)
    await bears(officer, a, level=3)
    await put_matches(node.desk)
    low = await node.caller("rj.low", unit="RJ-JPC", level=Level.ANY_OFFICER)
    assert await matched(low) == [{a, b}]
    await officer.ask(UNLINK, {"a": a, "id": open_link})
    assert await matched(low) == []
    await put_matches(node.desk)
    assert await matched(officer) == [{a, b}], "for whoever sees the other link"
    assert await matched(low) == []


@pytest.mark.parametrize("end", [0, 1])
async def test_a_match_is_told_as_its_links_are_now(node: Station, officer: Caller, end: int) -> None:
    links = [await bears(officer, id) for id in sorted([await person(officer), await person(officer)])]
    await put_matches(node.desk)
    low = await node.caller("rj.low", unit="RJ-JPC", level=Level.ANY_OFFICER)
    assert len(await matched(low)) == 1
    await rows(node.driver, "MATCH ()-[r:IDENTIFIED_BY {id: $id}]->() SET r.level = 3", id=links[end])
    assert await matched(low) == []
    assert len(await matched(officer)) == 1


def test_of_two_matches_that_the_same_officers_see_the_longer_stands() -> None:
    def bearer(id: str, link: str, level: int, comp: str, until: int) -> matching.Bearer:
        return matching.Bearer(id, link, "person", "RJ-JPC", "PASSPORT", (level, comp, frozenset({"SUSPECT"})), until)

    soon, late = bearer("a", "1", 1, "", 50), bearer("a", "2", 1, "IN-RJ:KILO", 1000)
    other = bearer("b", "3", 0, "IN-RJ:KILO", 2000)
    for order in ([soon, late, other], [late, soon, other]):
        [match] = matching.matches(order, {})
        assert (match.by, match.until) == (("2", "3"), 1000)


@pytest.mark.parametrize("hole", ["m.level", "m.aud", "m.until", "v.comp", "m.audience"])
async def test_a_match_with_a_hole_in_its_gate_is_made_anew(node: Station, officer: Caller, hole: str) -> None:
    a, b = await holder(officer), await holder(officer)
    await put_matches(node.desk)
    await rows(node.driver, f"MATCH (m:Match)-[:HEAD]->(v) REMOVE {hole}")
    assert await put_matches(node.desk) == {"made": 1, "ended": 1}
    assert await matched(officer) == [{a, b}]


async def test_what_many_bear_unseen_keeps_nothing_from_whoever_sees_two(
    node: Station, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is written by itself: what is too much in one transaction is not too much in many."""
    monkeypatch.setattr(matching, "WRITTEN_AT_ONCE", 1)
    a, b = await holder(officer), await holder(officer)
    for _ in range(3):
        await holder(officer, OTHERS, level=3)
    writes = 0
    plain = matching.GraphSession.write

    async def counted(*given: Any, **more: Any) -> Any:
        nonlocal writes
        writes += 1
        return await plain(*given, **more)

    monkeypatch.setattr(matching.GraphSession, "write", counted)
    assert await put_matches(node.desk) == {"made": 4, "ended": 0}
    assert writes == 4
    low = await node.caller("rj.low", unit="RJ-JPC", level=Level.ANY_OFFICER)
    assert await matched(low) == [{a, b}]


async def test_what_is_purged_while_the_job_reads_is_named_by_no_match(
    node: Station, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, _ = await holder(officer), await holder(officer)
    there = matching._there

    async def beside(graph: Any) -> Any:
        await rows(node.driver, "MATCH (n:Record {id: $id})-[:HEAD]->(v) DETACH DELETE n, v", id=a)
        return await there(graph)

    monkeypatch.setattr(matching, "_there", beside)
    await put_matches(node.desk)
    assert await rows(node.driver, STORED) == [[0]]


async def test_a_match_is_no_record_that_is_purged(node: Station, officer: Caller) -> None:
    for _ in range(2):
        await holder(officer, reviewOn=str(TODAY + timedelta(days=2)))
    await put_matches(node.desk)
    node.watch.now = MORNING + timedelta(days=40)
    run = await Keeper(node.desk, node.ring).run("purge")
    assert run is not None
    assert run.found == {"records": 2}


async def test_a_match_is_told_to_the_units_of_both_records_and_those_above(node: Station, officer: Caller) -> None:
    a, b = await holder(officer, unit="RJ-P-JPE"), await holder(officer, unit="RJ-P-JPW")
    await put_matches(node.desk)
    assert await rows(node.driver, STORED) == [[2]]
    for unit in ("RJ-P-JPE", "RJ-P-JPW", "RJ-JPC"):
        assert await matched(await node.caller(f"rj.of.{unit.lower()}", unit=unit)) == [{a, b}], unit
    assert await matched(await node.caller("rj.elsewhere", unit="RJ-R-AJM")) == []


async def test_matches_come_page_by_page_each_once(
    node: Station, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "READ_AT_ONCE", 1)
    three = [await holder(officer) for _ in range(3)]
    await put_matches(node.desk)
    told: list[frozenset[str]] = []
    after = None
    for more in (True, True, False):
        page = (await officer.ask(INBOX, {"first": 1, "after": after}))["inbox"]
        told += [frozenset(one["id"] for one in edge["match"]["records"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"] is more
    assert set(told) == {frozenset({one, other}) for one in three for other in three if one != other}
    assert await officer.code(INBOX.replace("MATCH", "DISPUTE"), {"after": after}) == "BAD_INPUT"
