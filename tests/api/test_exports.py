"""A network is taken away as files: whole, as things are at the download, and no more than may leave."""

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import networkx
import pytest

from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.handling import Purpose
from tests.station import PLANNINGS, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

PERSON = """mutation($c: PersonInput!, $m: MarkingInput!) {
  made: recordPerson(person: $c, marking: $m) { one: person { id } problems { path message } } }"""
INCIDENT = """mutation($c: IncidentInput!, $m: MarkingInput!) {
  made: recordIncident(incident: $c, marking: $m) { one: incident { id } problems { path message } } }"""
GANG = """mutation($c: GangInput!, $m: MarkingInput!) {
  made: recordGang(gang: $c, marking: $m) { one: gang { id } problems { path message } } }"""
LINK = """mutation($k: LinkKind!, $a: EndInput!, $b: EndInput!, $m: MarkingInput!, $c: LinkContentInput) {
  link(kind: $k, from: $a, to: $b, marking: $m, content: $c) { id problems { path message } } }"""
WITHDRAW = 'mutation($id: ID!) { withdraw(id: $id, reason: "Entered twice") { id problems { path } } }'
NETWORK = """query($from: [ID!]!, $hops: Int!) { network(from: $from, hops: $hops) {
  exportId nodes { id } links { id } more { id notShown } } }"""

BOSS, VICTIM, TITLE = "Sukhdev Meena", "Ramkishan Agarwal", "Demand to Ramkishan Agarwal"
EVIL = '=HYPERLINK("x")'


@dataclass
class World:
    """A boss with an associate whose name is a formula, a gang, a phone, an incident with its victim, and H1 to H3."""

    node: Station
    adg: Caller
    ids: dict[str, str]
    register: Path

    async def asked(self, start: str = "boss", caller: Caller | None = None, hops: int = 2) -> dict[str, Any]:
        answer = await (caller or self.adg).ask(NETWORK, {"from": [self.ids[start]], "hops": hops})
        found: dict[str, Any] = answer["network"]
        return found

    async def fetch(self, id: str, caller: Caller | None = None, **asked: Any) -> httpx.Response:
        """Ask for a download, again where a busy machine has not planned in time."""
        who = caller or self.adg
        headers = {"authorization": f"Bearer {who.token}"} | ({"sangam-enquiry": who.enquiry} if who.enquiry else {})
        for _ in range(PLANNINGS):
            reply = await self.node.client.get(f"/exports/{id}", params=asked, headers=headers)
            if b'"DEADLINE"' not in reply.content:
                break
        return reply

    async def files(self, caller: Caller | None = None, start: str = "boss", **asked: Any) -> dict[str, bytes]:
        reply = await self.fetch((await self.asked(start, caller))["exportId"], caller, **asked)
        assert reply.status_code == 200, reply.content
        return unpacked(reply.content)

    async def last(self) -> Any:
        [written] = await self.node.desk.register.ledger.search(first=1)
        return written.entry


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as folder:
        return {one: folder.read(one) for one in folder.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
async def world(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("exports")
    async with station(local_graph, folder) as node:
        await node.plan_the_walk()
        adg = await node.caller()
        ids: dict[str, str] = {}

        async def recorded(key: str, document: str, content: dict[str, Any], **marked: Any) -> None:
            made = (await adg.ask(document, {"c": content, "m": marking(**marked)}))["made"]
            assert not made["problems"], made
            ids[key] = made["one"]["id"]

        async def person(key: str, text: str, category: str = "SUSPECT", **marked: Any) -> None:
            names = [name(text), name("सुखदेव मीणा", "DEVANAGARI")] if key == "boss" else [name(text)]
            await recorded(key, PERSON, {"category": category, "names": names, "custody": "ON_BAIL"}, **marked)

        async def linked(key: str, kind: str, a: str, b: Any, content: Any = None, **marked: Any) -> None:
            to = b if isinstance(b, dict) else {"id": ids[b]}
            given = {"k": kind, "a": {"id": ids[a]}, "b": to, "m": marking(**marked), "c": content}
            made = (await adg.ask(LINK, given))["link"]
            assert not made["problems"], made
            ids[key] = made["id"]

        calls = {"basis": "CALLS", "weight": 12}
        stated = {"handling": "H3", "handlingText": "Only read aloud"}
        await person("boss", BOSS)
        await person("evil", EVIL)
        await person("h1", "Harpal H-One", handling="H1")
        await person("h2", "Harpal H-Two", handling="H2")
        await person("h3", "Harpal H-Three", **stated)
        await person("victim", VICTIM, "VICTIM")
        await recorded("gang", GANG, {"names": [name("Kala Gang")], "standing": "ALLEGED"})
        await recorded("incident", INCIDENT, {"title": TITLE, "targetType": "JEWELLER", "place": VICTIM})
        for key in ("evil", "h1", "h2", "h3"):
            await linked(f"knows {key}", "ASSOCIATE_OF", "boss", key, {**calls, "note": f"Told by {VICTIM}"})
        await linked("suspect", "SUSPECT_IN", "boss", "incident")
        await linked("claimed", "CLAIMED_BY", "incident", "gang")
        await linked("harmed", "VICTIM_OF", "victim", "incident")
        phone = {"kind": "PHONE", "value": "+919829011101"}
        await linked("phone", "USES_PHONE", "boss", phone, {"asWritten": "98290 11101"})
        secret = {"kind": "PHONE", "value": "+919829011102"}
        await linked("secret", "USES_PHONE", "boss", secret, {"asWritten": "98290 11102"}, **stated)
        await person("jaggi", "Jaggi")
        await linked("met", "MET_WITH", "jaggi", "evil")
        await person("hidden", "Chhupa", level=3)
        await linked("unseen", "MET_WITH", "evil", "hidden", level=3)
        await node.plan_the_walk()  # now that the database has other figures to plan by
        [register] = folder.glob("station-*/register/register.db")
        yield World(node, adg, ids, register)


async def test_the_files_hold_the_network_that_was_asked(world: World) -> None:
    found = await world.asked()
    files = unpacked((await world.fetch(found["exportId"])).content)
    assert sorted(files) == ["chart.graphml", "chart.svg", "links.csv", "manifest.json", "nodes.csv"]
    gone = {world.ids["h3"]}
    kept = {one["id"] for one in found["nodes"]} - gone
    nodes, links = rows(files["nodes.csv"]), rows(files["links.csv"])
    secret = world.node.desk.keys.value_id("PHONE", "+919829011102")
    assert {row["id"] for row in nodes} == kept - {secret}
    assert {row["id"] for row in links} == {one["id"] for one in found["links"]} - {
        world.ids["knows h3"],
        world.ids["secret"],
    }
    read = networkx.read_graphml(io.BytesIO(files["chart.graphml"]))
    assert set(read) == {row["id"] for row in nodes}
    told = {(row["from"], row["to"], row["id"]) for row in links}
    assert (
        {(a, b, key) for a, b, key in read.edges(keys=True)} == told
        if read.is_multigraph()
        else read.size() == len(told)
    )
    assert read.nodes[world.ids["boss"]] == {
        "kind": "person",
        "label": BOSS,
        "names": f"{BOSS} | सुखदेव मीणा",
        "start": True,
        "category": "SUSPECT",
        "custody": "ON_BAIL",
        "owner": "IN-RJ",
        "unit": "RJ-JPC",
        "source_grade": "B",
        "info_grade": "2",
        "handling": "H0",
        "recorded_on": "2026-06-01",
    }


async def test_the_manifest_says_what_the_files_are_and_how_they_came_to_be(world: World) -> None:
    files = await world.files(language="hi")
    told = json.loads(files.pop("manifest.json"))
    assert {one["name"]: (one["sha256"], one["bytes"]) for one in told["files"]} == {
        file: (hashlib.sha256(content).hexdigest(), len(content)) for file, content in files.items()
    }
    expected = {
        "question": {
            "from": [world.ids["boss"]],
            "hops": 2,
            "along": None,
            "valid_at": None,
            "known_at": None,
            "limit": 200,
        },
        "language": "hi",
        "officer": "rj.adg",
        "enquiry": world.adg.enquiry,
        "purpose": "INVESTIGATION",
        "case_ref": "FIR 0123/2026",
        "made_at": "2026-06-01T09:00:00+00:00",
        "policy_version": 2,
        "states_answered": ["IN-RJ"],
        "handling": "H2",
        "evidence": False,
    }
    assert {key: told[key] for key in expected} == expected
    assert told["counts"]["nodes"] == len(rows(files["nodes.csv"])) == 9
    assert told["counts"]["links"] == len(rows(files["links.csv"])) == 8
    missing = told["missing"]
    assert missing["left_for_handling"] == {"records": 1, "links": 1}
    assert missing["left_with_them"] == {"identifiers": 1, "links": 1}


async def test_the_ledger_has_the_export_its_ids_and_the_digest_of_its_manifest(world: World) -> None:
    files = await world.files()
    entry = await world.last()
    assert (entry.kind, entry.officer, entry.enquiry) == (EntryKind.EXPORT, "rj.adg", world.adg.enquiry)
    assert (entry.operation, entry.code) == ("export network", "OK")
    asked = entry.variables["asked"][0]
    assert asked["manifest"] == hashlib.sha256(files["manifest.json"]).hexdigest()
    assert {row["id"] for row in rows(files["nodes.csv"])} <= set(entry.ids)
    assert world.ids["victim"] in entry.ids  # a reference was disclosed


async def test_a_victim_is_a_reference_and_no_free_text_leaves(world: World) -> None:
    files = await world.files()
    whole = b"".join(files.values()).decode(errors="replace")
    for kept in (VICTIM, VICTIM.split()[1], TITLE, world.ids["victim"], world.ids["harmed"]):
        assert kept not in whole
    [incident] = [row for row in rows(files["nodes.csv"]) if row["kind"] == "incident"]
    assert incident["protected"] == "V-1"
    assert "V-1" in files["chart.svg"].decode()


async def test_what_its_handling_keeps_does_not_leave_and_is_counted(world: World) -> None:
    court = replace(world.adg, enquiry=await world.node.enquiry("rj.adg", Purpose.COURT))
    for caller, kept, gone in ((world.adg, ("h1", "h2"), ("h3",)), (court, ("evil",), ("h1", "h2", "h3"))):
        files = await world.files(caller)
        whole = b"".join(files.values())
        for key in gone:
            assert world.ids[key].encode() not in whole
        for key in kept:
            assert world.ids[key].encode() in whole
        assert b"98290 11101" in whole
        assert b"98290 11102" not in whole
        told = json.loads(files["manifest.json"])
        assert told["missing"]["left_for_handling"]["records"] == len(gone)
        assert told["handling"] == ("H0" if caller is court else "H2")


async def test_a_cell_that_would_be_run_is_text(world: World) -> None:
    files = await world.files()
    cells = [cell for row in (*rows(files["nodes.csv"]), *rows(files["links.csv"])) for cell in row.values()]
    assert "'" + EVIL in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


async def test_what_is_read_back_from_the_chart_is_what_was_recorded(world: World) -> None:
    files = await world.files(language="hi")
    root = ElementTree.fromstring(files["chart.svg"])
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "hi"
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "circle", "line", "text"}
    texts = {one.text for one in root.iter() if one.tag.endswith("}text")}
    assert {"सुखदेव मीणा", "राजस्थान", EVIL, "98290 11101"} <= texts
    assert not [one for one in root.iter() for key in one.attrib if key.rpartition("}")[2] == "href" or key[:2] == "on"]


async def test_equal_exports_have_equal_bytes(world: World) -> None:
    id = (await world.asked())["exportId"]
    assert (await world.fetch(id)).content == (await world.fetch(id)).content


async def test_only_what_is_asked_for_is_made(world: World) -> None:
    assert sorted(await world.files(**{"as": ["csv"]})) == ["links.csv", "manifest.json", "nodes.csv"]
    id = (await world.asked())["exportId"]
    for asked, path in (
        ({"as": ["svg", "docx"]}, "as"),
        ({"language": "pa"}, "language"),
        ({"language": ""}, "language"),
    ):
        reply = await world.fetch(id, **asked)
        [error] = reply.json()["errors"]
        assert (reply.status_code, error["extensions"]["code"]) == (400, "BAD_INPUT")
        assert [one["path"] for one in error["extensions"]["problems"]] == [path]


async def test_an_export_that_is_not_ones_own_is_as_one_that_never_was(world: World) -> None:
    id = (await world.asked())["exportId"]
    other = await world.node.caller("rj.other")
    later = replace(world.adg, enquiry=await world.node.enquiry("rj.adg", Purpose.INVESTIGATION))
    cursor = world.node.desk.keys.seal_cursor(b"[]", b"")
    answers = set()
    for asked, caller in (
        (id, other),
        (id, later),
        (id[:-2], world.adg),
        ("absent", world.adg),
        ("a/b", world.adg),
        (cursor, world.adg),
        (world.ids["boss"], world.adg),
    ):
        reply = await world.fetch(asked, caller)
        answers.add((reply.status_code, reply.content, reply.headers["content-type"]))
    [(status, body, _)] = answers
    assert status == 404
    assert b'"NOT_FOUND"' in body
    assert (await world.fetch(id)).status_code == 200


async def test_the_ladder_of_a_download(world: World) -> None:
    id = (await world.asked())["exportId"]
    nobody = await world.fetch(id, replace(world.adg, token="x"))
    assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")
    for enquiry in (None, "nonsense"):
        reply = await world.fetch(id, replace(world.adg, enquiry=enquiry))
        assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (403, "ENQUIRY_REQUIRED")
    over = await world.node.enquiry("rj.adg", Purpose.INVESTIGATION)
    mine = replace(world.adg, enquiry=over)
    sealed = (await world.asked(caller=mine))["exportId"]
    await world.node.desk.register.enquiries.close(over, "rj.adg", world.node.watch())
    reply = await world.fetch(sealed, mine, language="xx")
    assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (403, "REFUSED")
    entry = await world.last()
    assert (entry.kind, entry.code, entry.operation) == (EntryKind.REFUSAL, "ENQUIRY_CLOSED", "export")
    assert sealed not in json.dumps(entry.variables)


async def test_an_export_is_decided_again_at_its_download(world: World) -> None:
    """What is withdrawn between the question and the download is not in the file; where it starts, there is no file."""
    of_evil, of_jaggi = [(await world.asked(start, hops=1))["exportId"] for start in ("evil", "jaggi")]
    assert world.ids["jaggi"].encode() in unpacked((await world.fetch(of_evil)).content)["nodes.csv"]
    await world.adg.ask(WITHDRAW, {"id": world.ids["jaggi"]})
    after = await world.fetch(of_evil)
    assert after.status_code == 200
    assert world.ids["jaggi"].encode() not in b"".join(unpacked(after.content).values())
    assert (await world.fetch(of_jaggi)).status_code == 404
    entry = await world.last()
    assert (entry.kind, entry.code) == (EntryKind.LOOK, "NOT_FOUND")


async def test_what_a_lower_level_does_not_see_is_neither_exported_nor_counted(world: World) -> None:
    hidden = world.ids["hidden"].encode()
    assert hidden in (await world.files(start="evil"))["nodes.csv"]
    low = await world.node.caller("rj.low", level=0)
    files = await world.files(low, start="evil")
    assert hidden not in b"".join(files.values())
    told = json.loads(files["manifest.json"])["missing"]
    more = (await world.asked("evil", low))["more"]
    assert told["neighbours_not_shown"] == sum(one["notShown"] for one in more)
    assert told["left_for_handling"] == {"records": 1, "links": 1}


async def test_without_its_entry_on_the_ledger_no_file_leaves(world: World) -> None:
    id = (await world.asked())["exportId"]
    assert (await world.fetch(id)).status_code == 200
    with sqlite3.connect(world.register) as other:
        other.execute("BEGIN EXCLUSIVE")
        withheld = await world.fetch(id)
        other.rollback()
    assert (withheld.status_code, withheld.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
