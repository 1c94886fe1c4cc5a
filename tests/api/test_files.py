"""Photos and documents over HTTP: as visible as their record, decided at each download, on the ledger before a byte."""

import hashlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from graph.local import LocalGraph
from register.ledger import Entry, EntryKind
from register.media import MOST_BYTES
from sangam import AsyncClient, Refused
from schemas.handling import Purpose
from schemas.ids import RecordType, make_urn
from schemas.operation import SystemRandom
from tests.register.pictures import PDF, SAID, jpeg, png
from tests.station import PLANNINGS, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($c: PersonInput!, $m: MarkingInput!) {
  made: recordPerson(person: $c, marking: $m) { one: person { id } problems { path message } } }"""
PAPER = """mutation($c: DocumentInput!, $m: MarkingInput!) {
  made: recordDocument(document: $c, marking: $m) { one: document { id } problems { path message } } }"""
WITHDRAW = 'mutation($id: ID!) { withdraw(id: $id, reason: "Entered twice") { id problems { path } } }'
REV = "query($id: ID!) { person(id: $id) { provenance { rev } } }"
MOVE = """mutation($id: ID!, $rev: String!) { setCategory(
  id: $id, rev: $rev, category: CHILD_IN_CONFLICT, reason: "A child.") { person { id } problems { path } } }"""
ABSENT = make_urn("IN-RJ", "person", SystemRandom().uuid("tests"))


@dataclass
class World:
    """A node with one officer who records, and another who holds no level."""

    node: Station
    adg: Caller
    low: Caller
    register: Path

    async def person(self, category: str = "SUSPECT", **marked: Any) -> str:
        return await self._made(RECORD, {"category": category, "names": [name("Kiran Meena")]}, marked)

    async def paper(self, **marked: Any) -> str:
        return await self._made(PAPER, {"title": "Seizure memo", "documentKind": "SEIZURE_MEMO"}, marked)

    async def _made(self, document: str, content: dict[str, Any], marked: dict[str, Any]) -> str:
        made = (await self.adg.ask(document, {"c": content, "m": marking(**marked)}))["made"]
        assert not made["problems"], made
        return str(made["one"]["id"])

    async def send(self, method: str, path: str, caller: Caller | None = None, **given: Any) -> httpx.Response:
        """Send one request, again where a busy machine has not planned in time."""
        who = caller or self.adg
        headers = {"authorization": f"Bearer {who.token}"} | ({"sangam-enquiry": who.enquiry} if who.enquiry else {})
        for _ in range(PLANNINGS):
            reply = await self.node.client.request(method, f"/records/{path}", headers=headers, **given)
            if b'"DEADLINE"' not in reply.content:
                break
        return reply

    async def add(self, record: str, raw: bytes | None = None, **params: str) -> dict[str, Any]:
        reply = await self.send("POST", f"{record}/files", content=raw or jpeg(), params=params)
        assert reply.status_code == 201, reply.content
        kept: dict[str, Any] = reply.json()["file"]
        return kept

    async def last(self, count: int = 1) -> list[Any]:
        return [written.entry for written in await self.node.desk.register.ledger.search(first=count)]


@pytest.fixture(scope="module")
async def world(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("files")
    async with station(local_graph, folder) as node:
        adg, low = await node.caller(), await node.caller("rj.low", level=0)
        [register] = folder.glob("station-*/register/register.db")
        yield World(node, adg, low, register)


def code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["errors"][0]["extensions"]["code"]


async def test_a_photo_goes_in_is_listed_and_comes_out_without_what_was_said_beside_it(world: World) -> None:
    person, raw = await world.person(), jpeg()
    kept = await world.add(person, raw, takenOn="2026-05-01")
    assert kept["received_sha256"] == hashlib.sha256(raw).hexdigest() != kept["sha256"]
    assert (kept["record"], kept["media"], kept["taken_on"], kept["added_by"]) == (
        person,
        "image/jpeg",
        "2026-05-01",
        "rj.adg",
    )
    look, added = await world.last(2)
    assert (added.kind, added.operation, added.ids) == (EntryKind.FILE, "add file", (person,))
    assert added.variables["sha256"] == kept["sha256"]
    assert (look.kind, look.operation, look.ids) == (EntryKind.LOOK, "add file", (person,))
    assert (await world.send("GET", f"{person}/files")).json() == {"files": [kept]}
    reply = await world.send("GET", f"{person}/files/{kept['id']}")
    assert reply.status_code == 200
    assert hashlib.sha256(reply.content).hexdigest() == kept["sha256"]
    assert SAID not in reply.content
    assert {key: reply.headers[key] for key in ("content-type", "cache-control", "x-content-type-options")} == {
        "content-type": "image/jpeg",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    assert reply.headers["content-disposition"] == f'attachment; filename="{kept["id"]}.jpg"'
    [entry] = await world.last()
    assert (entry.kind, entry.operation, entry.ids, entry.code) == (EntryKind.LOOK, "fetch file", (person,), "OK")
    assert entry.variables["asked"][0]["sha256"] == kept["sha256"]


async def test_a_document_carries_its_paper_and_a_person_carries_none(world: World) -> None:
    paper = await world.paper()
    kept = await world.add(paper, PDF)
    assert (await world.send("GET", f"{paper}/files/{kept['id']}")).content == PDF
    reply = await world.send("POST", f"{await world.person()}/files", content=PDF)
    assert code(reply) == (400, "BAD_INPUT")


async def test_the_same_file_sent_twice_is_kept_once(world: World) -> None:
    person = await world.person()
    assert await world.add(person, png()) == await world.add(person, png())
    assert len((await world.send("GET", f"{person}/files")).json()["files"]) == 1


async def test_what_is_not_there_is_one_answer_whatever_it_is(world: World) -> None:
    """Absent, hidden, withdrawn, of another kind, malformed, and another record's file: the same bytes."""
    person, other, hidden, gone = [await world.person(level=level) for level in (0, 0, 1, 0)]
    file = (await world.add(person))["id"]
    others = (await world.add(other, png()))["id"]
    hiddens, gones = (await world.add(hidden))["id"], (await world.add(gone))["id"]
    await world.adg.ask(WITHDRAW, {"id": gone})
    gang = make_urn("IN-RJ", "gang", SystemRandom().uuid("tests"))
    paths = [
        f"{ABSENT}/files",
        f"{hidden}/files",
        f"{gone}/files",
        f"{gang}/files",
        "nonsense/files",
        f"{ABSENT}/files/{file}",
        f"{hidden}/files/{hiddens}",
        f"{gone}/files/{gones}",
        f"{person}/files/{others}",
        f"{person}/files/nonsense",
        f"nonsense/files/{file}",
    ]
    answers = {(await world.send("GET", path, world.low)).content for path in paths}
    answers |= {(await world.send("DELETE", path, world.low)).content for path in paths if "/files/" in path}
    posted = [ABSENT, hidden, gone, "nonsense"]
    answers |= {(await world.send("POST", f"{path}/files", world.low, content=jpeg())).content for path in posted}
    [answer] = answers
    assert b'"NOT_FOUND"' in answer
    assert (await world.send("GET", f"{hidden}/files/{hiddens}")).status_code == 200


async def test_what_lapsed_takes_its_files_with_it(world: World) -> None:
    person = await world.person(reviewOn="2026-06-11")
    file = (await world.add(person))["id"]
    before = world.node.watch.now
    world.node.watch.move(days=11)
    token = world.node.tokens.mint_officer("rj.adg", str(uuid4()), jti=str(uuid4()))
    reply = await world.send("GET", f"{person}/files/{file}", replace(world.adg, token=token))
    world.node.watch.now = before
    assert code(reply) == (404, "NOT_FOUND")
    assert (await world.send("GET", f"{person}/files/{file}")).status_code == 200


async def test_the_ladder_of_files(world: World) -> None:
    person = await world.person()
    file = (await world.add(person))["id"]
    every = [
        ("GET", f"{person}/files", {}),
        ("GET", f"{person}/files/{file}", {}),
        ("POST", f"{person}/files", {"content": png()}),
        ("DELETE", f"{person}/files/{file}", {}),
    ]
    over = await world.node.enquiry("rj.adg", Purpose.INVESTIGATION)
    await world.node.desk.register.enquiries.close(over, "rj.adg", world.node.watch())
    audit = await world.node.enquiry("rj.adg", Purpose.AUDIT)
    for method, path, given in every:
        nobody = await world.send(method, path, replace(world.adg, token="x"), **given)
        assert (code(nobody), nobody.headers["www-authenticate"]) == ((401, "UNAUTHENTICATED"), "Bearer")
        for enquiry in (None, "nonsense"):
            reply = await world.send(method, path, replace(world.adg, enquiry=enquiry), **given)
            assert code(reply) == (403, "ENQUIRY_REQUIRED")
        assert code(await world.send(method, path, replace(world.adg, enquiry=over), **given)) == (403, "REFUSED")
        [entry] = await world.last()
        assert (entry.kind, entry.code) == (EntryKind.REFUSAL, "ENQUIRY_CLOSED")
        expected = (404, "NOT_FOUND") if method == "GET" else (403, "REFUSED")
        assert code(await world.send(method, path, replace(world.adg, enquiry=audit), **given)) == expected
    assert (await world.send("PUT", f"{person}/files")).status_code == 405
    assert (await world.send("GET", f"{person}/files/{file}")).status_code == 200


async def test_nobody_who_only_reads_adds_or_removes(world: World) -> None:
    person = await world.person()
    file = (await world.add(person))["id"]
    court = replace(world.adg, enquiry=await world.node.enquiry("rj.adg", Purpose.COURT))
    assert code(await world.send("POST", f"{person}/files", court, content=png())) == (403, "REFUSED")
    assert code(await world.send("DELETE", f"{person}/files/{file}", court)) == (403, "REFUSED")
    assert (await world.send("GET", f"{person}/files/{file}", court)).status_code == 200


async def test_a_download_is_decided_again(world: World) -> None:
    person = await world.person()
    path = f"{person}/files/{(await world.add(person))['id']}"
    assert (await world.send("GET", path)).status_code == 200
    await world.adg.ask(WITHDRAW, {"id": person})
    assert code(await world.send("GET", path)) == (404, "NOT_FOUND")
    [entry] = await world.last()
    assert (entry.kind, entry.code, entry.ids) == (EntryKind.LOOK, "NOT_FOUND", ())


async def test_without_its_entry_on_the_ledger_no_file_leaves(world: World) -> None:
    person = await world.person()
    path = f"{person}/files/{(await world.add(person))['id']}"
    with sqlite3.connect(world.register) as other:
        other.execute("BEGIN EXCLUSIVE")
        withheld = await world.send("GET", path)
        other.rollback()
    assert code(withheld) == (503, "UNAVAILABLE")


async def test_of_a_file_that_is_not_as_it_was_no_byte_leaves(world: World) -> None:
    person = await world.person()
    kept = await world.add(person)
    path = world.node.desk.register.vault.path(kept["id"])
    path.write_bytes(path.read_bytes()[:-1])
    assert code(await world.send("GET", f"{person}/files/{kept['id']}")) == (503, "UNAVAILABLE")


async def test_no_photo_of_a_child_in_conflict_is_taken_or_shown(world: World) -> None:
    child = await world.person("CHILD_IN_CONFLICT")
    reply = await world.send("POST", f"{child}/files", content=jpeg())
    assert code(reply) == (400, "BAD_INPUT")
    assert (await world.send("GET", f"{child}/files")).json() == {"files": []}


async def test_who_becomes_a_child_in_conflict_has_no_photos_any_more(world: World) -> None:
    person = await world.person()
    kept = await world.add(person)
    sealed = world.node.desk.register.vault.path(kept["id"])
    rev = (await world.adg.ask(REV, {"id": person}))["person"]["provenance"]["rev"]
    assert sealed.exists()
    assert (await world.adg.ask(MOVE, {"id": person, "rev": rev}))["setCategory"]["problems"] == []
    assert not sealed.exists()
    assert await world.node.desk.register.vault.files(person) == []
    assert (await world.send("GET", f"{person}/files")).json() == {"files": []}


async def test_photos_that_a_crash_left_to_a_child_in_conflict_are_not_shown(world: World) -> None:
    """The category is the graph's and the photos are the vault's: between the two a node can be killed."""
    person = await world.person()
    kept = await world.add(person)
    async with world.node.driver.session() as session:
        text = "MATCH (n:Record {id: $id})-[:HEAD]->(v) SET n.class = 'CHILD_IN_CONFLICT', v.class = n.class"
        await (await session.run(text, id=person)).consume()
    assert (await world.send("GET", f"{person}/files")).json() == {"files": []}
    assert code(await world.send("GET", f"{person}/files/{kept['id']}")) == (404, "NOT_FOUND")


async def test_what_was_removed_is_gone(world: World) -> None:
    person = await world.person()
    kept = await world.add(person)
    reply = await world.send("DELETE", f"{person}/files/{kept['id']}")
    assert (reply.status_code, reply.json()) == (200, {"removed": kept["id"]})
    _, removed = await world.last(2)
    assert (removed.kind, removed.operation, removed.variables) == (EntryKind.FILE, "remove file", {"file": kept["id"]})
    assert code(await world.send("GET", f"{person}/files/{kept['id']}")) == (404, "NOT_FOUND")
    assert not world.node.desk.register.vault.path(kept["id"]).exists()


async def test_the_files_of_what_was_purged_are_destroyed_and_none_is_taken_again(world: World) -> None:
    person, other = await world.person(), await world.person()
    kept, stays = await world.add(person), await world.add(other)
    purged = Entry(EntryKind.JOB, None, None, None, "purge files", {}, (person,), "OK")
    vault = world.node.desk.register.vault
    assert await vault.destroy([person], at=world.node.watch(), entry=lambda _: purged, ever=True) == 1
    assert code(await world.send("GET", f"{person}/files/{kept['id']}")) == (404, "NOT_FOUND")
    assert code(await world.send("POST", f"{person}/files", content=png())) == (404, "NOT_FOUND")
    assert (await world.send("GET", f"{other}/files/{stays['id']}")).status_code == 200


async def test_no_more_is_read_than_a_file_may_have(world: World) -> None:
    person = await world.person()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 2**20
            yield b"\xff\xd8\xff" + b"\0" * (2**20 - 3)

    reply = await world.send("POST", f"{person}/files", content=endless())
    assert code(reply) == (413, "LIMIT")
    assert sent <= MOST_BYTES + 2**21
    said = await world.send("POST", f"{person}/files", content=b"\xff\xd8\xff" + b"\0" * MOST_BYTES)
    assert code(said) == (413, "LIMIT")


async def test_the_client_adds_lists_fetches_and_removes(world: World) -> None:
    person = await world.person()
    transport = world.node.client._transport
    client = AsyncClient("http://node", world.adg.token, world.adg.enquiry, transport=transport)
    kept = await client.add_file(person, jpeg())
    assert await client.files(person) == [kept]
    assert hashlib.sha256(await client.file(person, kept.id)).hexdigest() == kept.sha256
    await client.remove_file(person, kept.id)
    assert await client.files(person) == []
    for refused in (client.file(person, kept.id), client.files("../sign-in"), client.remove_file(person, kept.id)):
        with pytest.raises(Refused) as problem:
            await refused
        assert problem.value.code == "NOT_FOUND"
    with pytest.raises(Refused) as problem:
        await client.add_file(person, b"nonsense")
    assert [one.path for one in problem.value.problems] == ["file"]


def test_only_people_and_documents_have_files() -> None:
    from desk.filing import TAKEN

    assert TAKEN.keys() == {RecordType.PERSON, RecordType.DOCUMENT}
