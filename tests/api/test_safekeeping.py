"""The drill: back up, wreck, restore, and the same answers come back; compact, and of what was deleted no byte is left.

One node goes through all of it, because each start of a database costs seconds.
"""

import json
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.node import Node, open_node
from api.settings import Settings
from auth.sealing import StateKeys
from desk.backing import Backup, backup, checksum_beside
from desk.compacting import Compacted, compact
from desk.errors import Unavailable
from desk.keeping import Run
from desk.looking import Stamp
from desk.restoring import Restored, restore
from desk.stores import STORES, Stores
from register.ledger import EntryKind
from register.officers import NewAccount
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from schemas.operation import SystemRandom, system_clock
from tests.register.people import ENTRY
from tests.register.pictures import jpeg, png
from tests.station import PLANNINGS, name

pytestmark = pytest.mark.anyio

CANARY, SINCE = "Qkanaari Zwpurgedfellow", "Xwsaini Qlatergone"
# Long enough that the database does not pack its letters.
NOTE = "Zqnoteofcanary: told by Vxneighbour, at the gate; see the diary of June, its page 17, and what he said then."
OFFICER = Officer(id="rj.one", name="A B", state="IN-RJ", rank=Rank.SI, unit="HQ", level=Level(1))
RECORD = """mutation($c: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $c, marking: $m) { person { id } problems { path message } } }"""
LINK = """mutation($a: EndInput!, $b: EndInput!, $m: MarkingInput!, $n: String) {
  link(kind: MET_WITH, from: $a, to: $b, marking: $m, content: {note: $n}) { id problems { path message } } }"""
WITHDRAW = 'mutation($id: ID!) { withdraw(id: $id, reason: "Recorded twice.") { id problems { path } } }'
ASKED = """query($id: ID!) { person(id: $id) { id names { text } provenance { rev }
  associates(first: 5) { edges { link { id } } } } }"""


class Ahead:
    """A clock that runs some days ahead of the machine's."""

    days = 0

    def __call__(self) -> datetime:
        return system_clock() + timedelta(days=self.days)


CLOCK = Ahead()


def silent(what: str, done: int, total: int) -> None:
    """Take word of progress."""


def in_words(text: str) -> tuple[bytes, ...]:
    """Give a text as it may lie in a file: in UTF-8, and as the database keeps what is short or long."""
    return text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")


def holding(folder: Path, *words: bytes) -> list[str]:
    """Give the files under a folder in which one of these words lies."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(str(path.relative_to(folder)) for path in files if any(word in path.read_bytes() for word in words))


@dataclass
class Asking:
    """An officer who asks an open node."""

    node: Node
    client: httpx.AsyncClient

    async def ask(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        for _ in range(PLANNINGS):
            answer = (await self.client.post("/graphql", json={"query": document, "variables": variables})).json()
            if "DEADLINE" not in json.dumps(answer):
                break
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def person(self, text: str) -> str:
        made = await self.ask(RECORD, {"c": {"category": "SUSPECT", "names": [name(text)]}, "m": _marking()})
        return str(made["recordPerson"]["person"]["id"])

    async def code(self, document: str, variables: dict[str, Any]) -> str:
        answer = (await self.client.post("/graphql", json={"query": document, "variables": variables})).json()
        return str(answer["errors"][0]["extensions"]["code"])

    async def purged(self) -> Run:
        done = await self.node.keeper.run("purge")
        assert done is not None
        return done

    async def photo(self, person: str, raw: bytes) -> str:
        reply = await self.client.post(f"/records/{person}/files", content=raw)
        assert reply.status_code == 201, reply.content
        return str(reply.json()["file"]["id"])

    async def answers(self, people: Sequence[str], photos: dict[str, str]) -> list[Any]:
        """Give all that is asked before and after, byte for byte."""
        said: list[Any] = [await self.ask(ASKED, {"id": id}) for id in people]
        for person, photo in photos.items():
            reply = await self.client.get(f"/records/{person}/files/{photo}")
            said.append((reply.status_code, reply.content))
        return said


def _marking() -> dict[str, Any]:
    now = CLOCK()
    return {
        "unit": "RJ-JPC",
        "legalBasis": "BNSS 173",
        "caseRef": "FIR 0123/2026",
        "sourceGrade": "B",
        "infoGrade": "KNOWN_TO_SOURCE",
        "handling": "H0",
        "level": 0,
        "audience": [],
        "reviewOn": str((now + timedelta(days=200)).date()),
        "expiresAt": (now + timedelta(days=300)).isoformat(),
    }


@asynccontextmanager
async def asking(data: Path) -> AsyncIterator[Asking]:
    """Open the node of a data directory with an officer who asks it."""
    settings = Settings(state="IN-RJ", data=data, stamp=Stamp.TRIAL, _env_file=None)
    async with open_node(settings, clock=CLOCK) as node:
        register, now = node.desk.register, CLOCK()
        if not await register.officers.list():
            await register.officers.add(NewAccount(OFFICER, "-", "A" * 32), at=now, by="tests", entry=ENTRY)
        ends = now + timedelta(days=30)
        content = EnquiryContent(
            purpose=Purpose.INVESTIGATION, case_ref="FIR 0123/2026", legal_basis="BNSS 173", expires_at=ends
        )
        enquiry = await register.enquiries.open(OFFICER.id, content, at=now)
        token = node.tokens.mint_officer(OFFICER.id, str(uuid4()), jti=str(uuid4()))
        headers = {"authorization": f"Bearer {token}", "sangam-enquiry": enquiry.id}
        transport = httpx.ASGITransport(node.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://node", headers=headers) as client:
            yield Asking(node, client)


def stores(data: Path, *, keys: StateKeys | None = None, state: str = "IN-RJ") -> Stores:
    return Stores(state, data, keys or StateKeys.open(data / "keys"), CLOCK, SystemRandom())


@dataclass
class Drill:
    """What a node went through, and what it answered and held on the way."""

    data: Path
    file: Path
    backup: Backup
    told: list[tuple[str, int, int]] = field(default_factory=list)
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)
    restored: Restored | None = None
    compacted: Compacted | None = None
    in_backup: list[str] = field(default_factory=list)
    purged_photo: tuple[int, int] = (0, 0)
    sealed_after_restore: list[str] = field(default_factory=list)
    canaries: list[list[str]] = field(default_factory=list)
    since: str = ""
    tombstones: list[str] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)
    faults: list[Any] = field(default_factory=list)


@pytest.fixture(scope="module")
async def drill(tmp_path_factory: pytest.TempPathFactory) -> Drill:
    folder = tmp_path_factory.mktemp("drill")
    data, file = folder / "node", folder / "kept" / "node.backup"
    told: list[tuple[str, int, int]] = []
    async with asking(data) as at:
        people = [await at.person(text) for text in ("Kiran Meena", "Kiran Gurjar", SINCE)]
        await at.ask(LINK, {"a": {"id": people[0]}, "b": {"id": people[1]}, "m": _marking()})
        photos = {people[0]: await at.photo(people[0], jpeg()), people[2]: await at.photo(people[2], png())}
        asked, seen = people[:2], {people[0]: photos[people[0]]}
        # Somebody is recorded, joined to one who stays, photographed, withdrawn and purged.
        canary = await at.person(CANARY)
        await at.ask(LINK, {"a": {"id": canary}, "b": {"id": people[1]}, "m": _marking(), "n": NOTE})
        await at.photo(canary, png())
        await at.ask(WITHDRAW, {"id": canary})
        before = await at.answers(asked, seen)
        CLOCK.days = 31
        assert (await at.purged()).found == {"records": 1}
        with pytest.raises(Unavailable, match="stop the node first"):
            await backup(stores(data), file, progress=silent)
    canaries = holding(data, *in_words(CANARY))
    assert holding(data, *in_words(NOTE))
    made = await backup(stores(data), file, progress=lambda *said: told.append(said))
    drill = Drill(data, file, made, told, before, canaries=[canaries])
    drill.in_backup = holding(file.parent, *in_words("Kiran Meena"))
    # What ended since the backup stays ended: one who has a photo is withdrawn and purged.
    async with asking(data) as at:
        await at.ask(WITHDRAW, {"id": people[2]})
        CLOCK.days = 62
        assert (await at.purged()).found == {"records": 1}
    # The wreck: of the graph nothing is left, of the vault nothing, and the register is there to be asked.
    for lost in ("graph", "vault"):
        shutil.rmtree(data / lost)
    drill.restored = await restore(stores(data), file, progress=lambda *said: told.append(said))
    drill.sealed_after_restore = [path.name for path in (data / "vault").rglob("*") if path.is_file()]
    drill.canaries.append(holding(data, *in_words(CANARY)))
    assert holding(data, *in_words(SINCE))
    drill.compacted = await compact(stores(data), progress=lambda *said: told.append(said))
    drill.canaries.append(holding(data, *in_words(CANARY), *in_words(SINCE), *in_words(NOTE)))
    async with asking(data) as at:
        drill.since = await at.code(ASKED, {"id": people[2]})
        drill.tombstones = [one.id for one in await at.node.desk.register.tombstones.all()]
        drill.purged = [canary, people[2]]
        drill.after = await at.answers(asked, seen)
        gone = await at.client.get(f"/records/{people[2]}/files/{photos[people[2]]}")
        again = await at.client.post(f"/records/{people[2]}/files", content=png())
        drill.purged_photo = (gone.status_code, again.status_code)
        drill.entries = [one.entry for one in await at.node.desk.register.ledger.search(first=1000)]
        drill.faults = await at.node.desk.register.ledger.verify()
    return drill


async def test_after_the_wreck_the_restore_and_the_compacting_the_same_answers_come(drill: Drill) -> None:
    assert drill.before[0]["person"]["associates"]["edges"]
    assert drill.before[-1][0] == 200
    assert drill.after == drill.before


async def test_a_backup_is_sealed_and_has_its_checksum_beside_it(drill: Drill) -> None:
    assert drill.in_backup == []
    assert checksum_beside(drill.file).read_text() == f"{drill.backup.sha256}  node.backup\n"
    assert os.stat(drill.file).st_mode & 0o077 == 0
    assert (drill.backup.files, drill.backup.missing) == (2, 0)
    assert sorted(path.name for path in drill.file.parent.iterdir()) == ["node.backup", "node.backup.sha256"]


async def test_what_was_destroyed_since_the_backup_does_not_come_back(drill: Drill) -> None:
    assert drill.restored is not None
    assert drill.restored.ended_known
    assert drill.purged_photo == (404, 404)
    assert drill.since == "NOT_FOUND"
    assert drill.tombstones == sorted(drill.purged)
    assert len(drill.sealed_after_restore) == 1


async def test_of_what_was_deleted_no_byte_is_left_after_compacting(drill: Drill) -> None:
    """Deleted bytes lie on in the files and the log, and a backup of them carries them along."""
    deleted, restored, compacted = drill.canaries
    assert any("transactions" in file for file in deleted)
    assert any("databases" in file for file in restored)
    assert compacted == []
    assert drill.compacted is not None
    assert drill.compacted.links > 3


async def test_the_ledger_says_what_was_done_and_is_whole(drill: Drill) -> None:
    done = [one for one in drill.entries if one.kind is EntryKind.JOB and one.operation != "count holes"]
    assert [one.operation for one in done][:5] == ["compact", "restore", "purge files", "purge again", "backup"]
    restored = done[1].variables
    assert restored["backup"] == drill.backup.sha256
    assert restored["replaced"]["entries"] > 0
    assert drill.faults == []


async def test_progress_was_told_and_came_to_its_end(drill: Drill) -> None:
    for what in ("backup", "restore", "nodes", "links"):
        steps = [(done, total) for said, done, total in drill.told if said == what]
        assert steps, what
        assert steps[-1][0] == steps[-1][1], what


async def test_nothing_else_is_left_lying(drill: Drill) -> None:
    assert {path.name for path in drill.data.iterdir()} == {*STORES, "keys", "stores.lock"}
