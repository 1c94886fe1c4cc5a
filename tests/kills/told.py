"""What a killed node had told its callers, and what must be true of its two stores afterwards."""

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from desk import keeping
from desk.looking import Desk
from graph.driver import Driver, rows
from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.operation import system_clock

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id names { text } } problems { path message } } }"""
ASK = "query($id: ID!) { person(id: $id) { id } }"
LINK = """mutation($from: EndInput!, $to: EndInput!, $m: MarkingInput!) {
  link(kind: USES_PHONE, from: $from, to: $to, marking: $m) { id problems { path message } } }"""
UNLINK = 'mutation($from: ID!, $id: ID!) { unlink(from: $from, id: $id, reason: "Killed") { id } }'
WITHDRAW = 'mutation($id: ID!) { withdraw(id: $id, reason: "Killed") { id } }'


_FIRST = asyncio.FIRST_COMPLETED


def EXPIRES() -> datetime:
    """Give an end that lies ahead for as long as a run can take."""
    return system_clock() + timedelta(days=30)


@dataclass(frozen=True)
class Kept:
    """What the graph holds: operations, records with the classes of all their gates, links open and closed."""

    done: set[str]
    records: dict[str, set[str]]
    open_links: set[str]
    closed_links: set[str]
    without_operation: list[str]


@dataclass
class Told:
    """What callers heard before the kill: which records and links were made, read, closed or withdrawn."""

    recorded: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    answers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def many(self, answers: int) -> None:
        """Wait until so many answers came."""
        for _ in range(answers):
            await self.answers.acquire()

    @property
    def changes(self) -> list[str]:
        """Give what was changed, once for each change that was heard of."""
        return [*self.recorded, *self.linked, *self.unlinked, *self.withdrawn]


@dataclass
class Left:
    """What each step has left to the next, over all lives; what was taken and not heard of is not taken again."""

    recorded: list[str] = field(default_factory=list)
    linked: list[tuple[str, str]] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)

    def of(self, step: int) -> bool:
        """Say whether there is something to do this step to; to record there always is."""
        return bool((True, self.recorded, self.linked, self.unlinked)[step])


async def lived(graph: LocalGraph, data: Path, left: Left, dice: random.Random) -> Told:
    """Run a node, ask and change as four callers, kill it -9 at a moment of the dice, and give what was heard."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.kills.serving",
        str(data),
        graph.uri,
        graph.password,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    heard = Told()
    headers = {"authorization": f"Bearer {told['token']}", "sangam-enquiry": told["enquiry"]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{told['port']}", headers=headers, timeout=30) as client:
        callers = [asyncio.create_task(Caller(client, heard, left, number).call()) for number in range(4)]
        # A number of answers and then a moment, both the dice's: the kill must fall anywhere between two steps, on
        # a slow machine as on a quick one.
        await asyncio.wait([asyncio.create_task(heard.many(dice.randint(0, 36))), *callers], return_when=_FIRST)
        await asyncio.wait(callers, timeout=dice.uniform(0.0, 0.1))
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await asyncio.gather(*callers)
    return heard


class Caller:
    """One who records, or links, unlinks or withdraws what the one before has left."""

    def __init__(self, client: httpx.AsyncClient, heard: Told, left: Left, number: int) -> None:
        self._client, self._heard, self._left, self._number = client, heard, left, number
        ends = EXPIRES()
        self._marking = {
            "unit": "RJ-JPC",
            "legalBasis": "BNSS 173",
            "caseRef": "FIR 0001/2026",
            "sourceGrade": "B",
            "infoGrade": "KNOWN_TO_SOURCE",
            "handling": "H0",
            "level": 0,
            "audience": [],
            "reviewOn": str((ends - timedelta(days=2)).date()),
            "expiresAt": ends.isoformat(),
        }

    async def call(self) -> None:
        """Do one's own step again and again until the node is gone; with nothing left to do it to, record."""
        step = (self._record, self._link, self._unlink, self._withdraw)[self._number]
        with suppress(httpx.HTTPError):
            while True:
                await (step() if self._left.of(self._number) else self._record())

    async def _ask(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        response = await self._client.post("/graphql", json={"query": document, "variables": variables})
        answer = response.json()
        assert "errors" not in answer, answer
        self._heard.answers.release()
        data: dict[str, Any] = answer["data"]
        return data

    async def _record(self) -> None:
        name = {"text": f"Caller {self._number}", "script": "LATIN", "kind": "LEGAL"}
        person = {"category": "SUSPECT", "names": [name]}
        made = await self._ask(RECORD, {"p": person, "m": self._marking})
        id = made["recordPerson"]["person"]["id"]
        self._heard.recorded.append(id)
        await self._ask(ASK, {"id": id})
        self._heard.read.append(id)
        self._left.recorded.append(id)

    async def _link(self) -> None:
        """Draw two links, of which one stays."""
        id, links = self._left.recorded.pop(), []
        for end in range(2):
            phone = {"kind": "PHONE", "value": f"+91 98290 0000{end}"}
            drawn = await self._ask(LINK, {"from": {"id": id}, "to": phone, "m": self._marking})
            links.append(drawn["link"]["id"])
            self._heard.linked.append(links[-1])
        self._left.linked.append((id, links[0]))

    async def _unlink(self) -> None:
        id, link = self._left.linked.pop()
        await self._ask(UNLINK, {"from": id, "id": link})
        self._heard.unlinked.append(link)
        self._left.unlinked.append(id)

    async def _withdraw(self) -> None:
        id = self._left.unlinked.pop()
        await self._ask(WITHDRAW, {"id": id})
        self._heard.withdrawn.append(id)


async def violations(desk: Desk, driver: Driver, heard: Told) -> list[str]:
    """Settle, then say what is not as it must be: an answer without its entry, a change without its outcome."""
    await keeping.settle(desk, all=True)
    found = [f"ledger: {fault}" for fault in await desk.register.ledger.verify()]
    if left := await desk.register.ledger.unsettled():
        found.append(f"{len(left)} intents are not settled")
    looks, outcomes = await _entries(desk)
    heard_of = Counter(heard.changes)
    found += [f"too few entries for {heard_of[id]} changes of {id}" for id in heard_of if outcomes[id] < heard_of[id]]
    found += [f"no entry for the reading of {id}" for id in heard.read if looks[id] < 2]
    kept = await _graph(driver)
    codes = await _outcomes(desk)
    found += [
        f"outcome {code} of {op} is not the graph's"
        for op, code in codes.items()
        if (code == "DONE") != (op in kept.done)
    ]
    found += [f"operation {op} has no outcome" for op in kept.done if op not in codes]
    found += [f"{id} was told and is not stored" for id in heard.recorded if id not in kept.records]
    found += [
        f"link {id} was told and is not there" for id in heard.linked if id not in kept.open_links | kept.closed_links
    ]
    found += [f"link {id} was closed and is open" for id in heard.unlinked if id in kept.open_links]
    found += [f"link {id} was closed and is forgotten" for id in heard.unlinked if id not in kept.closed_links]
    found += [f"{id} was withdrawn and is live" for id in heard.withdrawn if kept.records.get(id) != {"WITHDRAWN"}]
    found += [f"{id} is half withdrawn" for id, classes in kept.records.items() if len(classes) != 1]
    found += [f"link {id} is open and closed" for id in kept.open_links & kept.closed_links]
    found += [f"{id} is in the graph without an operation that made it" for id in kept.without_operation]
    return found


async def settled(desk: Desk) -> int:
    """Count the outcomes that no request wrote itself: what the kills had left open."""
    return sum(written.entry.operation.startswith("settle ") for written in await _all(desk))


async def _entries(desk: Desk) -> tuple[Counter[str], Counter[str]]:
    """Count by id how many looks and how many outcomes name it."""
    looks: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for written in await _all(desk):
        if written.entry.kind is EntryKind.LOOK:
            looks.update(written.entry.ids)
        if written.entry.kind is EntryKind.OUTCOME:
            outcomes.update(written.entry.ids)
    return looks, outcomes


async def _outcomes(desk: Desk) -> dict[str, str]:
    return {
        str(written.entry.op_id): written.entry.code
        for written in await _all(desk)
        if written.entry.kind is EntryKind.OUTCOME
    }


async def _all(desk: Desk) -> list[Any]:
    entries: list[Any] = []
    before = None
    while page := await desk.register.ledger.search(first=1_000, before=before):
        entries += page
        before = page[-1].seq
    return entries


async def _graph(driver: Driver) -> Kept:
    """Read what the graph holds, past every grant."""
    [[done]] = await rows(driver, "MATCH (o:Operation) RETURN collect(o.id)")
    records = await rows(
        driver,
        "MATCH (n:Record)-[:HEAD|WAS]->(v:Version) WITH n, collect(v.class) AS said "
        "RETURN n.id, said + n.class + COLLECT { MATCH (n)-[k:KEYED]->() RETURN k.class }",
    )
    links = await rows(driver, "MATCH ()-[r]->() WHERE r.id IS NOT NULL RETURN r.id, type(r) STARTS WITH 'WAS_'")
    wild = await rows(
        driver,
        "MATCH (v:Version) WHERE NOT EXISTS { (o:Operation {id: v.op_id}) } RETURN v.op_id AS id "
        "UNION MATCH ()-[r]->() WHERE r.id IS NOT NULL AND NOT EXISTS { (o:Operation {id: r.op_id}) } "
        "RETURN r.id AS id",
    )
    return Kept(
        set(done),
        {id: set(classes) for id, classes in records},
        {id for id, closed in links if not closed},
        {id for id, closed in links if closed},
        [id for (id,) in wild],
    )
