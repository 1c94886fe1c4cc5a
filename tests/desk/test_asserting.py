"""Assertions that two records are one: a cluster as each viewer sees it, nothing merged, the protected in none."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph import clusters
from graph.local import LocalGraph
from schemas.handling import Level, Purpose
from tests.station import PLANNINGS, TODAY, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

PERSON = """mutation($c: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $c, marking: $m) { person { id } problems { path } } }"""
GANG = """mutation($m: MarkingInput!) {
  recordGang(gang: {names: [{text: "Test Group", script: LATIN, kind: LEGAL}], standing: ALLEGED}, marking: $m) {
    gang { id } } }"""
ASSERT = """mutation($a: ID!, $b: ID!, $m: MarkingInput!, $e: [CriterionInput!]!) {
  DO(from: $a, to: $b, marking: $m, evidence: $e) { id problems { path message } } }"""
LINK = """mutation($k: LinkKind!, $a: ID!, $b: ID!, $m: MarkingInput!, $c: LinkContentInput) {
  link(kind: $k, from: {id: $a}, to: {id: $b}, marking: $m, content: $c) { id problems { path message } } }"""
UNLINK = """mutation($a: ID!, $id: ID!) { unlink(from: $a, id: $id, reason: "Two men.") { id problems { path } } }"""
FIND = """query($text: String! = "Sukhdev Test", $day: Date) {
  find(text: $text, validAt: $day, first: 50) { edges { node { id } cluster { mark contested members } } } }"""
NETWORK = """query($from: [ID!]!, $hops: Int! = 1) {
  network(from: $from, hops: $hops) { nodes { id } links { id } clusters { mark contested members } } }"""
SAID = """query($id: ID!) { person(id: $id) { sameAs { edges {
  link { id kind criteria { text source } provenance { infoGrade } } node { id } } } } }"""
EVIDENCE = [{"text": "The same scar and the same father", "source": "Diary 4"}]
SAME, NOT_SAME, UNSURE = "assertSame", "assertNotSame", "assertUnsure"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


@pytest.fixture
async def officer(node: Station) -> Caller:
    return await node.caller()


async def person(officer: Caller, category: str = "SUSPECT", **marked: Any) -> str:
    given = {"c": {"category": category, "names": [name("Sukhdev Test")]}, "m": marking(**marked)}
    return str((await officer.ask(PERSON, given))["recordPerson"]["person"]["id"])


async def people(officer: Caller, number: int) -> list[str]:
    return sorted([await person(officer) for _ in range(number)])


async def said(officer: Caller, act: str, a: str, b: str, evidence: Any = EVIDENCE, **marked: Any) -> Any:
    given = {"a": a, "b": b, "m": marking(**marked), "e": evidence}
    return (await officer.ask(ASSERT.replace("DO", act), given))[act]


async def asserted(officer: Caller, act: str, a: str, b: str, **marked: Any) -> str:
    made = await said(officer, act, a, b, **marked)
    assert made["problems"] == []
    return str(made["id"])


async def found(officer: Caller, **asked: Any) -> dict[str, Any]:
    """Find, and give the cluster of each hit."""
    page = (await officer.ask(FIND, asked))["find"]
    return {edge["node"]["id"]: edge["cluster"] for edge in page["edges"]}


async def grouped(officer: Caller, **asked: Any) -> list[list[str]]:
    """Find, and give the clusters by those of them that were found."""
    groups = {one["mark"]: one["members"] for one in (await found(officer, **asked)).values() if one}
    return sorted(groups.values())


async def test_two_records_said_to_be_one_stay_two_records_with_one_mark(officer: Caller) -> None:
    a, b, alone = await people(officer, 3)
    id = await asserted(officer, SAME, b, a)
    hits = await found(officer)
    assert hits.keys() == {a, b, alone}
    assert hits[a] == hits[b] == {"mark": hits[a]["mark"], "contested": False, "members": [a, b]}
    assert hits[alone] is None
    drawn = (await officer.ask(NETWORK, {"from": [a, b, alone], "hops": 0}))["network"]
    assert (drawn["clusters"], drawn["links"]) == ([hits[a]], [])
    for one, other in ((a, b), (b, a)):
        [edge] = (await officer.ask(SAID, {"id": one}))["person"]["sameAs"]["edges"]
        assert edge["node"]["id"] == other
        assert edge["link"] == {
            "id": id,
            "kind": "SAME_AS",
            "criteria": EVIDENCE,
            "provenance": {"infoGrade": "KNOWN_TO_SOURCE"},
        }


async def test_no_hop_crosses_an_assertion(officer: Caller) -> None:
    a, b = await people(officer, 2)
    await asserted(officer, SAME, a, b)
    drawn = (await officer.ask(NETWORK, {"from": [a], "hops": 3}))["network"]
    assert [one["id"] for one in drawn["nodes"]] == [a]
    assert [one["members"] for one in drawn["clusters"]] == [[a]]
    paths = "query($a: ID!, $b: ID!) { paths(from: $a, to: $b) { paths { nodes { id } } } }"
    assert (await officer.ask(paths, {"a": a, "b": b}))["paths"]["paths"] == []
    along = NETWORK.replace("hops: $hops)", "hops: $hops, along: [SAME_AS])")
    assert await officer.code(along, {"from": [a], "hops": 1}) == "BAD_INPUT"


async def test_a_cluster_is_undone_by_taking_the_assertion_back_and_its_past_is_kept(
    node: Station, officer: Caller
) -> None:
    a, b = await people(officer, 2)
    id = await asserted(officer, SAME, a, b)
    assert (await officer.ask(UNLINK, {"a": a, "id": id}))["unlink"] == {"id": id, "problems": []}
    assert await grouped(officer) == []
    assert (await officer.ask(SAID, {"id": a}))["person"]["sameAs"]["edges"] == []
    async with node.driver.session() as session:
        was = await session.run("MATCH ({id: $a})-[r:WAS_SAME_AS]->({id: $b}) RETURN r.id, r.closed_because", a=a, b=b)
        assert await was.values() == [[id, "Two men."]]


async def test_the_newest_assertion_about_two_records_counts(node: Station, officer: Caller) -> None:
    a, b = await people(officer, 2)
    await asserted(officer, SAME, a, b)
    # Of two of the same second, the one that parts them.
    denied = await asserted(officer, NOT_SAME, b, a)
    assert await grouped(officer) == []
    node.watch.now += timedelta(seconds=1)
    await asserted(officer, UNSURE, a, b)
    assert await grouped(officer) == []
    again = await asserted(officer, SAME, a, b)
    assert await grouped(officer) == [[a, b]]
    await officer.ask(UNLINK, {"a": a, "id": again})
    assert await grouped(officer) == []
    await officer.ask(UNLINK, {"a": b, "id": denied})
    assert await grouped(officer) == [[a, b]]


async def test_a_cluster_in_which_two_are_parted_is_contested(node: Station, officer: Caller) -> None:
    a, b, c, d = await people(officer, 4)
    for one, other in ((a, b), (b, c)):
        await asserted(officer, SAME, one, other)
    await asserted(officer, UNSURE, a, c)
    await asserted(officer, NOT_SAME, a, d)
    hits = await found(officer)
    assert [hits[id] and (hits[id]["contested"], hits[id]["members"]) for id in (a, b, c, d)] == [
        *[(False, [a, b, c])] * 3,
        None,
    ]
    await asserted(officer, NOT_SAME, a, c)
    assert {one and one["contested"] for one in (await found(officer)).values()} == {True, None}


async def test_a_cluster_is_each_viewers_own(node: Station, officer: Caller) -> None:
    low = await node.caller("rj.low", level=Level.ANY_OFFICER)
    hidden = await person(officer, level=2)
    a, b, c = await people(officer, 3)
    await asserted(officer, SAME, a, b, level=1)
    await asserted(officer, SAME, b, hidden)
    await asserted(officer, SAME, hidden, c)
    assert await grouped(officer) == [sorted([a, b, c, hidden])]
    assert await grouped(low) == []
    await asserted(officer, SAME, a, b)
    assert await grouped(low) == [[a, b]]
    before = await found(low)
    await asserted(officer, NOT_SAME, a, b, level=2)
    assert await found(low) == before


async def test_a_mark_reaches_over_what_is_not_in_the_answer(officer: Caller) -> None:
    a, b = await people(officer, 2)
    other = {"c": {"category": "SUSPECT", "names": [name("Nobody Else")]}, "m": marking()}
    between = (await officer.ask(PERSON, other))["recordPerson"]["person"]["id"]
    await asserted(officer, SAME, a, between)
    assert {one and one["mark"] for one in (await found(officer)).values()} > {None}
    await asserted(officer, SAME, between, b)
    hits = await found(officer)
    assert hits[a] == hits[b]
    assert hits[a]["members"] == [a, b]
    [alone] = (await found(officer, text="Nobody Else")).values()
    assert (alone["mark"], alone["members"]) == (hits[a]["mark"], [between])


async def test_a_protected_record_is_in_no_cluster(officer: Caller) -> None:
    victim, a, b = await person(officer, "VICTIM"), *await people(officer, 2)
    for other in (a, b):
        await asserted(officer, SAME, victim, other, level=3)
    hits = await found(officer)
    assert hits == {victim: None, a: None, b: None}
    # The record of a victim leads to what else the human is, and nothing leads back.
    edges = {
        id: [edge["node"]["id"] for edge in (await officer.ask(SAID, {"id": id}))["person"]["sameAs"]["edges"]]
        for id in (victim, a, b)
    }
    assert edges == {victim: [a, b], a: [], b: []}


@pytest.mark.parametrize("category", ["VICTIM", "WITNESS", "COMPLAINANT", "CHILD_IN_CONFLICT"])
async def test_who_is_protected_elsewhere_is_said_at_level_3_to_nobody_else(officer: Caller, category: str) -> None:
    protected, other = await person(officer, category), await person(officer)
    for act in (SAME, NOT_SAME, UNSURE):
        for marked in ({"level": 2}, {"level": 3, "audience": ["IN-PB"]}):
            for ends in ((protected, other), (other, protected)):
                [problem] = (await said(officer, act, *ends, **marked))["problems"]
                assert (problem["path"], "level 3" in problem["message"]) == ("marking", True)
        assert (await said(officer, act, other, protected, level=3))["problems"] == []


async def test_what_cannot_be_judged_joins_and_parts_nothing(officer: Caller) -> None:
    a, b = await people(officer, 2)
    for act in (SAME, NOT_SAME):
        for field, grade in (("sourceGrade", "X"), ("infoGrade", "CANNOT_BE_JUDGED")):
            [problem] = (await said(officer, act, a, b, **{field: grade}))["problems"]
            assert problem["path"] == f"marking.{field}"
    await asserted(officer, UNSURE, a, b, sourceGrade="X", infoGrade="CANNOT_BE_JUDGED")
    assert await grouped(officer) == []


async def test_an_assertion_is_of_two_records_of_one_kind_that_are_there(node: Station, officer: Caller) -> None:
    a, gang = await person(officer), (await officer.ask(GANG, {"m": marking()}))["recordGang"]["gang"]["id"]
    absent = a[:-12] + "0" * 12
    text = ASSERT.replace("DO", SAME)
    for ends in ((a, absent), (absent, a), (a, "x"), (a, "a" * 32)):
        given = {"a": ends[0], "b": ends[1], "m": marking(), "e": EVIDENCE}
        assert await officer.code(text, given) == "NOT_FOUND"
    assert [one["path"] for one in (await said(officer, SAME, a, gang))["problems"]] == ["to"]
    assert [one["path"] for one in (await said(officer, SAME, a, a))["problems"]] == ["to"]
    assert [one["path"] for one in (await said(officer, SAME, a, absent, []))["problems"]] == ["evidence"]
    low = await node.caller("rj.low", level=Level.ANY_OFFICER)
    secret = await person(officer, level=2)
    assert await low.code(text, {"a": a, "b": secret, "m": marking(), "e": EVIDENCE}) == "NOT_FOUND"
    court = await node.caller("rj.court", purpose=Purpose.COURT)
    assert await court.code(text, {"a": a, "b": a, "m": marking(), "e": EVIDENCE}) == "REFUSED"


async def test_an_assertion_is_made_by_its_own_change_alone(officer: Caller) -> None:
    a, b = await people(officer, 2)
    for kind in ("SAME_AS", "NOT_SAME_AS", "UNSURE"):
        given = {"k": kind, "a": a, "b": b, "m": marking(), "c": {"criteria": EVIDENCE}}
        [problem] = (await officer.ask(LINK, given))["link"]["problems"]
        assert (problem["path"], "assert" in problem["message"]) == ("kind", True)


async def test_an_assertion_of_a_day_clusters_on_that_day(officer: Caller) -> None:
    a, b = await people(officer, 2)
    await asserted(officer, SAME, a, b, validFrom=str(TODAY))
    assert await grouped(officer, day=str(TODAY)) == [[a, b]]
    assert await grouped(officer, day=str(TODAY - timedelta(days=1))) == []


async def test_how_far_a_cluster_is_looked_for_is_bounded(officer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c, d = await people(officer, 4)
    for one, other in ((a, b), (b, c), (c, d)):
        await asserted(officer, SAME, one, other)
    assert await grouped(officer) == [[a, b, c, d]]
    network = {"from": [a], "hops": 0}
    far = (await officer.ask(NETWORK, network))["network"]["clusters"]
    monkeypatch.setattr(clusters, "MOST_ROUNDS", 1)
    assert (await officer.ask(NETWORK, network))["network"]["clusters"] == far  # its first is its start
    monkeypatch.setattr(clusters, "MOST_ASSERTIONS", 5)
    assert await grouped(officer) == []


async def numbers(node: Station, officer: Caller, *ids: str) -> dict[str, str]:
    """Take these away as tables, and give the number of the cluster of each record that has one."""
    asked = NETWORK.replace("links { id }", "exportId")
    export = (await officer.ask(asked, {"from": [*ids], "hops": 0}))["network"]["exportId"]
    headers = {"authorization": f"Bearer {officer.token}", "sangam-enquiry": f"{officer.enquiry}"}
    for _ in range(PLANNINGS):
        reply = await node.client.get(f"/exports/{export}", params={"as": "csv"}, headers=headers)
        if b'"DEADLINE"' not in reply.content:  # asked again until a busy machine has planned it
            break
    with zipfile.ZipFile(io.BytesIO(reply.content)) as folder:
        rows = csv.DictReader(io.StringIO(folder.read("nodes.csv").decode("utf-8-sig"), newline=""))
    return {row["id"]: row["cluster"] for row in rows if row["cluster"]}


async def test_a_file_tells_what_is_one_by_what_may_leave_in_it(node: Station, officer: Caller) -> None:
    a, b, c, d, e = await people(officer, 5)
    stays = {"handling": "H3", "handlingText": "Only read aloud"}
    kept = await person(officer, **stays)
    await asserted(officer, SAME, a, b)
    await asserted(officer, SAME, c, d, **stays)
    await asserted(officer, SAME, d, kept)
    await asserted(officer, SAME, kept, e)
    assert await grouped(officer) == sorted([[a, b], sorted([c, d, e, kept])])
    every = (a, b, c, d, e, kept)
    assert await numbers(node, officer, *every) == {a: "1", b: "1"}
    await asserted(officer, SAME, b, e)
    assert await numbers(node, officer, *every) == {a: "1", b: "1", e: "1"}
    assert await numbers(node, officer, a, e) == {}
    # That somebody denies it stays behind, and so does what he denies.
    await asserted(officer, NOT_SAME, a, e, **stays)
    assert await numbers(node, officer, *every) == {}


async def test_one_key_makes_one_assertion(officer: Caller) -> None:
    a, b = await people(officer, 2)
    given = {"a": a, "b": b, "m": marking(), "e": EVIDENCE}
    text, key = ASSERT.replace("DO", SAME), {"idempotency-key": "k"}
    one, other = [(await officer.ask(text, given, **key))[SAME]["id"] for _ in range(2)]
    assert one == other
    assert len((await officer.ask(SAID, {"id": a}))["person"]["sameAs"]["edges"]) == 1
    [problem] = (await officer.ask(text, given | {"b": await person(officer)}, **key))[SAME]["problems"]
    assert problem["path"] == "idempotencyKey"


async def test_a_mark_is_no_id(officer: Caller) -> None:
    a, b = await people(officer, 2)
    await asserted(officer, SAME, a, b)
    mark = (await found(officer))[a]["mark"]
    assert len(mark) == 16
    assert mark not in a + b


async def test_what_a_cluster_rests_on_stands_on_the_ledger_and_no_more(node: Station, officer: Caller) -> None:
    a, b, c, alone = await people(officer, 4)
    same, other = await asserted(officer, SAME, a, b), await asserted(officer, SAME, b, c)
    apart = await asserted(officer, NOT_SAME, a, c)
    unlike = await asserted(officer, NOT_SAME, a, alone)
    for document, asked in ((FIND, {}), (NETWORK, {"from": [a], "hops": 0})):
        await officer.ask(document, asked)
        [last] = await node.desk.register.ledger.search(first=1)
        assert {same, other, apart} <= {*last.entry.ids}
        assert unlike not in last.entry.ids, "it parts two whom nothing joins, and tells nothing"
    await officer.ask("query($id: ID!) { network(from: [$id], hops: 0) { nodes { id } } }", {"id": a})
    [last] = await node.desk.register.ledger.search(first=1)
    assert last.entry.ids == (a,)
