"""What was recorded, revised, moved and closed can be asked for as it was known then, by whoever sees it today."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.driver import rows
from graph.local import LocalGraph
from schemas.handling import Purpose
from tests.station import MORNING, PLANNINGS, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id provenance { rev } } problems { path message } } }"""
REVISE = """mutation($id: ID!, $rev: String!, $c: PersonChange!) {
  revisePerson(id: $id, rev: $rev, change: $c, reason: "Told by a neighbour.") {
    person { provenance { rev } } problems { path message } } }"""
MOVE = """mutation($id: ID!, $rev: String!) {
  setCategory(id: $id, rev: $rev, category: CONTACT, reason: "Nothing was found.") {
    person { provenance { rev } } problems { path message } } }"""
LINK = """mutation($from: EndInput!, $m: MarkingInput!) {
  link(kind: USES_PHONE, from: $from, to: {kind: PHONE, value: "+919829012345"}, marking: $m) {
    id problems { path message } } }"""
UNLINK = 'mutation($from: ID!, $id: ID!) { unlink(from: $from, id: $id, reason: "Another phone") { id } }'
WITHDRAW = 'mutation($id: ID!) { withdraw(id: $id, reason: "Entered twice") { id } }'
READ = """query($id: ID!, $known: DateTime) { person(id: $id, knownAt: $known) {
  category names { text } phones(first: 1) { totalCount edges { cursor link { id kind } } } } }"""
PHONES = """query($id: ID!, $known: DateTime, $after: String) { person(id: $id, knownAt: $known) {
  phones(after: $after) { edges { cursor } } } }"""
FIND = """query($text: String!, $known: DateTime) {
  find(text: $text, kinds: [PERSON], knownAt: $known) { edges { reasons node { id } } } }"""
PHONE = 'query($known: DateTime) { identifier(kind: PHONE, value: "+919829012345", knownAt: $known) { writings } }'
NETWORK = """query($id: ID!, $known: DateTime) {
  network(from: [$id], knownAt: $known) { knownAt exportId nodes { id } links { id kind } } }"""
FORMER, NOW = "Sukhdev Meena", "Harpal Gurjar"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


def written(at: datetime) -> str:
    return at.isoformat()


async def renamed(node: Station, adg: Caller) -> tuple[str, str, str, str]:
    """Record a person, and two minutes later another name; give the id, the rev, and the moments of both."""
    person = {"category": "SUSPECT", "names": [name(FORMER)]}
    made = (await adg.ask(RECORD, {"p": person, "m": marking()}))["recordPerson"]["person"]
    first = written(node.watch())
    asked = {"id": made["id"], "rev": made["provenance"]["rev"], "c": {"names": [name(NOW)]}}
    node.watch.move(minutes=2)
    said = (await adg.ask(REVISE, asked))["revisePerson"]
    assert said["problems"] == []
    second = written(node.watch())
    node.watch.move(minutes=2)
    return made["id"], said["person"]["provenance"]["rev"], first, second


async def found(adg: Caller, text: str, known: str | None = None) -> list[str]:
    page = (await adg.ask(FIND, {"text": text, "known": known}))["find"]
    return [edge["node"]["id"] for edge in page["edges"]]


async def test_a_person_is_found_by_the_name_that_was_borne_then_and_by_no_other(node: Station) -> None:
    adg = await node.caller()
    id, _, first, second = await renamed(node, adg)
    before = written(MORNING.replace(hour=8))
    told = {text: [await found(adg, text, known) for known in (before, first, second, None)] for text in (FORMER, NOW)}
    assert told == {FORMER: [[], [id], [], []], NOW: [[], [], [id], [id]]}
    says = [(await adg.ask(READ, {"id": id, "known": known}))["person"]["names"] for known in (first, second)]
    assert says == [[{"text": FORMER}], [{"text": NOW}]]
    assert await adg.code(READ, {"id": id, "known": before}) == "NOT_FOUND"


async def test_the_past_of_one_who_is_of_another_category_goes_with_the_record_and_says_what_it_said(
    node: Station,
) -> None:
    adg, hunter = await node.caller(), await _hunter(node)
    id, rev, first, _ = await renamed(node, adg)
    assert [await found(hunter, text, known) for text, known in ((FORMER, first), (NOW, None))] == [[id], [id]]
    said = (await adg.ask(MOVE, {"id": id, "rev": rev}))["setCategory"]
    assert said["problems"] == []
    assert [await found(hunter, text, known) for text, known in ((FORMER, first), (NOW, None))] == [[], []]
    assert await hunter.code(READ, {"id": id, "known": first}) == "NOT_FOUND"
    assert await found(adg, FORMER, first) == [id]
    assert (await adg.ask(READ, {"id": id, "known": first}))["person"]["category"] == "SUSPECT"


async def _hunter(node: Station) -> Caller:
    return await node.caller("rj.hunter", purpose=Purpose.FUGITIVE)


async def test_a_dispute_of_today_shows_on_every_view_of_the_past_and_a_settled_one_on_none(node: Station) -> None:
    adg, other = await node.caller(), await node.caller("rj.settles")
    id, _, first, _ = await renamed(node, adg)
    says = "... on Person { provenance { disputed } }"
    views = {
        "person": "query($id: ID!, $known: DateTime) { person(id: $id, knownAt: $known) { %s } }",
        "persons": "query($known: DateTime) { persons(knownAt: $known) { edges { node { %s } } } }",
        "find": 'query($known: DateTime) { find(text: "Sukhdev Meena", knownAt: $known) { edges { node { %s } } } }',
        "network": "query($id: ID!, $known: DateTime) { network(from: [$id], knownAt: $known) { nodes { %s } } }",
    }

    async def shown(known: str) -> list[Any]:
        given = {"id": id, "known": known}
        found = []
        for view, text in views.items():
            asked = {one: given[one] for one in given if f"${one}:" in text}
            told = (await adg.ask(text.replace("%s", says), asked))[view]
            rows = [edge["node"] for edge in told["edges"]] if "edges" in told else told.get("nodes", [told])
            found += [row["provenance"]["disputed"] for row in rows]
        return found

    assert await shown(first) == [None] * 4
    dispute = 'mutation($id: ID!) { dispute(id: $id, statement: "He was in Ajmer.") { problems { path } } }'
    settle = 'mutation($id: ID!) { settleDispute(id: $id, upheld: false, reason: "No.") { problems { path } } }'
    assert (await adg.ask(dispute, {"id": id}))["dispute"]["problems"] == []
    assert await shown(first) == ["He was in Ajmer."] * 4
    node.watch.move(minutes=2)
    assert (await other.ask(settle, {"id": id}))["settleDispute"]["problems"] == []
    assert await shown(first) == [None] * 4


async def test_what_is_withdrawn_is_gone_from_every_moment(node: Station) -> None:
    adg = await node.caller()
    id, _, first, second = await renamed(node, adg)
    await adg.ask(WITHDRAW, {"id": id})
    for text, known in ((FORMER, first), (NOW, second)):
        assert await found(adg, text, known) == []
        assert await adg.code(READ, {"id": id, "known": known}) == "NOT_FOUND"
    gates = "MATCH (n:Record {id: $id})-[k:KEYED|WAS_KEYED]->() RETURN DISTINCT k.class"
    assert await rows(node.driver, gates, id=id) == [["WITHDRAWN"]]


async def test_a_link_that_is_over_stood_from_its_recording_until_its_closing(node: Station) -> None:
    adg = await node.caller()
    id, _, first, _ = await renamed(node, adg)
    link = (await adg.ask(LINK, {"from": {"id": id}, "m": marking()}))["link"]["id"]
    opened = node.watch()
    closed = node.watch.move(minutes=2)
    await adg.ask(UNLINK, {"from": id, "id": link})
    node.watch.move(minutes=2)
    last = written(closed - timedelta(seconds=1))

    for known, stood in ((first, 0), (written(opened), 1), (last, 1), (written(closed), 0), (None, 0)):
        phones = (await adg.ask(READ, {"id": id, "known": known}))["person"]["phones"]
        assert (phones["totalCount"], len(phones["edges"])) == (stood, stood), known
        told = [edge["link"] for edge in phones["edges"]]
        assert told == [{"id": link, "kind": "USES_PHONE"}] * stood
        drawn = (await adg.ask(NETWORK, {"id": id, "known": known}))["network"]
        assert (len(drawn["nodes"]), drawn["links"]) == (1 + stood, told)
        if stood:
            assert "writings" in (await adg.ask(PHONE, {"known": known}))["identifier"]
        else:
            assert await adg.code(PHONE, {"known": known}) == "NOT_FOUND"


async def test_a_page_inside_goes_on_only_as_of_its_own_moment(node: Station) -> None:
    adg = await node.caller()
    id, _, _, second = await renamed(node, adg)
    await adg.ask(LINK, {"from": {"id": id}, "m": marking()})
    here = written(node.watch())
    [edge] = (await adg.ask(PHONES, {"id": id, "known": here}))["person"]["phones"]["edges"]
    after = {"id": id, "after": edge["cursor"]}
    assert (await adg.ask(PHONES, {**after, "known": here}))["person"]["phones"] == {"edges": []}
    for known in (second, None):
        assert await adg.code(PHONES, {**after, "known": known}) == "BAD_INPUT"


async def test_an_export_is_of_the_moment_that_its_network_was_asked_for(node: Station) -> None:
    adg = await node.caller()
    id, _, _, _ = await renamed(node, adg)
    link = (await adg.ask(LINK, {"from": {"id": id}, "m": marking()}))["link"]["id"]
    known = written(node.watch())
    node.watch.move(minutes=2)
    await adg.ask(UNLINK, {"from": id, "id": link})
    network = (await adg.ask(NETWORK, {"id": id, "known": known}))["network"]
    assert network["knownAt"] == known.replace("+00:00", "Z")
    told = json.loads((await _taken(node, adg, network["exportId"]))["manifest.json"])
    assert told["question"]["known_at"] == known
    assert (told["counts"]["nodes"], told["counts"]["links"]) == (2, 1)
    [last] = await node.desk.register.ledger.search(first=1)
    asked: Any = last.entry.variables["asked"]
    assert [one.get("known_at") for one in asked if one["act"] == "network"] == [known]


async def _taken(node: Station, caller: Caller, id: str) -> dict[str, bytes]:
    headers = {"authorization": f"Bearer {caller.token}", "sangam-enquiry": str(caller.enquiry)}
    for _ in range(PLANNINGS):
        reply = await node.client.get(f"/exports/{id}", params={"as": "csv"}, headers=headers)
        if b'"DEADLINE"' not in reply.content:
            break
    assert reply.status_code == 200, reply.content
    with zipfile.ZipFile(io.BytesIO(reply.content)) as folder:
        return {one: folder.read(one) for one in folder.namelist()}
