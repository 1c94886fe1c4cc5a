"""What a killed node had told its callers, and what must be true of its two stores afterwards."""

import asyncio
import json
import os
import random
import signal
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from desk import keeping
from desk.looking import Desk
from graph.driver import Driver
from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.operation import system_clock

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id names { text } } problems { path message } } }"""
ASK = "query($id: ID!) { person(id: $id) { id } }"


def EXPIRES() -> datetime:
    """Give an end that lies ahead for as long as a run can take."""
    return system_clock() + timedelta(days=30)


@dataclass
class Told:
    """What callers heard before the kill: ids that were recorded, and ids that were read."""

    recorded: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


async def lived(graph: LocalGraph, data: Path, dice: random.Random) -> Told:
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
        callers = [asyncio.create_task(_call(client, heard, number)) for number in range(4)]
        # The wait is the dice's, not the test's: the kill must fall anywhere between two steps.
        await asyncio.wait(callers, timeout=dice.uniform(0.05, 0.6))
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await asyncio.gather(*callers)
    return heard


async def _call(client: httpx.AsyncClient, heard: Told, number: int) -> None:
    """Record and read until the node is gone."""
    ends = EXPIRES()
    marking = {
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
    person = {"category": "SUSPECT", "names": [{"text": f"Caller {number}", "script": "LATIN", "kind": "LEGAL"}]}
    try:
        while True:
            made = await _post(client, RECORD, {"p": person, "m": marking})
            id = made["recordPerson"]["person"]["id"]
            heard.recorded.append(id)
            await _post(client, ASK, {"id": id})
            heard.read.append(id)
    except httpx.HTTPError:
        return


async def _post(client: httpx.AsyncClient, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    response = await client.post("/graphql", json={"query": document, "variables": variables})
    answer = response.json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def violations(desk: Desk, driver: Driver, heard: Told) -> list[str]:
    """Settle, then say what is not as it must be: an answer without its entry, a change without its outcome."""
    await keeping.settle(desk, all=True)
    found = [f"ledger: {fault}" for fault in await desk.register.ledger.verify()]
    if left := await desk.register.ledger.unsettled():
        found.append(f"{len(left)} intents are not settled")
    looks, outcomes = await _entries(desk)
    found += [f"no entry for the record of {id}" for id in heard.recorded if id not in outcomes.values()]
    found += [f"no entry for the reading of {id}" for id in heard.read if looks.get(id, 0) < 2]
    done, stored = await _graph(driver)
    settled = await _outcomes(desk)
    found += [
        f"outcome {code} of {op} is not the graph's" for op, code in settled.items() if (code == "DONE") != (op in done)
    ]
    found += [f"{id} was told and is not stored" for id in heard.recorded if id not in stored]
    return found


async def settled(desk: Desk) -> int:
    """Count the outcomes that no request wrote itself: what the kills had left open."""
    return sum(written.entry.operation.startswith("settle ") for written in await _all(desk))


async def _entries(desk: Desk) -> tuple[dict[str, int], dict[str, str]]:
    looks: dict[str, int] = {}
    outcomes: dict[str, str] = {}
    for written in await _all(desk):
        for id in written.entry.ids:
            if written.entry.kind is EntryKind.LOOK:
                looks[id] = looks.get(id, 0) + 1
            if written.entry.kind is EntryKind.OUTCOME and written.entry.op_id:
                outcomes[written.entry.op_id] = id
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


async def _graph(driver: Driver) -> tuple[set[str], set[str]]:
    async with driver.session() as session:
        done = await (await session.run("MATCH (o:Operation) RETURN collect(o.id)")).single(strict=True)
        stored = await (await session.run("MATCH (n:Record)-[:HEAD]->(:Version) RETURN collect(n.id)")).single(
            strict=True
        )
    return set(done[0]), set(stored[0])
