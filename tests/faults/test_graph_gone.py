"""A database that dies or whose disk is full: UNAVAILABLE, nothing half written, and all is well when it is back."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from api.node import open_node
from api.settings import Settings
from auth.keys import KeyRing
from desk import keeping
from desk.looking import Stamp
from graph.driver import Driver, rows
from tests.faults.planning import planned
from tests.station import Caller, Station, Watch, marking, name

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
PERSONS = "{ persons(first: 50) { edges { node { id } } totalCount } }"
CHANGES = 24


@dataclass
class Running:
    """A whole node with a database of its own, and where its data lies."""

    station: Station
    data: Path

    def java(self) -> int:
        """Give the process of the database that this node started."""
        children = psutil.Process().children(recursive=True)
        (pid,) = (
            child.pid
            for child in children
            if child.name() == "java" and any(str(self.data) in word for word in child.cmdline())
        )
        return int(pid)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    data, watch = tmp_path / "node", Watch()
    async with open_node(Settings(state="IN-RJ", data=data, stamp=Stamp.TRIAL, _env_file=None), clock=watch) as node:
        transport = httpx.ASGITransport(node.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            ring = KeyRing.open(data / "keys", at=watch())
            yield Running(Station(node.desk, node.tokens, client, node.desk.graph(), watch, ring), data)


async def test_a_database_that_dies_under_its_requests_comes_back_with_all_that_was_acknowledged(
    running: Running,
) -> None:
    node = running.station
    adg = await node.caller()
    await planned(adg, RECORD, _person(0))
    await planned(adg, PERSONS)
    before = node.desk.graph()
    ((held,),) = await rows(before, "MATCH (n:Record) RETURN count(n)")
    keys = [str(uuid4()) for _ in range(CHANGES)]

    asked = [asyncio.create_task(_recorded(adg, number, key)) for number, key in enumerate(keys)]
    await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    os.kill(running.java(), signal.SIGKILL)
    answers = await asyncio.gather(*asked)
    told = {key: answer for key, answer in zip(keys, answers, strict=True) if answer is not None}
    assert told, "the first was acknowledged before the database died"
    assert await adg.code(PERSONS) == "UNAVAILABLE"
    assert (await adg.client.get("/health/ready")).json()["missing"] == ["graph"]

    await _back(node, before)
    await planned(adg, RECORD, _person(0))
    await planned(adg, PERSONS)
    node.watch.move(seconds=31)
    await keeping.settle(node.desk)
    assert await node.desk.register.ledger.unsettled() == []
    assert await keeping.count_holes(node.desk) == (0, 0, 0)

    ((spare,),) = await rows(node.desk.graph(), "MATCH (n:Record) RETURN count(n)")
    assert len(told) + held <= spare
    again = {key: await _recorded(adg, number, key) for number, key in enumerate(keys)}
    assert {key: again[key] for key in told} == told, "a replay gives what was made"
    assert None not in again.values()
    assert len(set(again.values())) == CHANGES
    seen = (await adg.ask(PERSONS))["persons"]
    # The question that taught the database the change was asked once more, and has no key.
    assert seen["totalCount"] == held + 1 + CHANGES
    ((loose,),) = await rows(node.desk.graph(), "MATCH (n:Record) WHERE NOT (n)-[:HEAD]->(:Version) RETURN count(n)")
    assert loose == 0
    assert await node.desk.register.ledger.verify() == []


async def test_a_database_whose_disk_is_full_changes_nothing_and_comes_back_with_all_that_was_acknowledged(
    running: Running,
) -> None:
    node = running.station
    adg = await node.caller()
    await planned(adg, RECORD, _person(0))
    await planned(adg, PERSONS)
    before, held = node.desk.graph(), (await adg.ask(PERSONS))["persons"]["totalCount"]
    keys = [str(uuid4()) for _ in range(3)]
    with _full(running.java()):
        assert [await _recorded(adg, number, key) for number, key in enumerate(keys)] == [None] * len(keys)
        # A database that could not write its log stops to serve, so that it is not asked for what it may not have.
        assert await adg.code(PERSONS) == "UNAVAILABLE"
    await _back(node, before)
    await planned(adg, PERSONS)
    assert (await adg.ask(PERSONS))["persons"]["totalCount"] == held, "nothing of what was refused is there"
    await planned(adg, RECORD, _person(0))
    again = [await _recorded(adg, number, key) for number, key in enumerate(keys)]
    assert None not in again
    assert [await _recorded(adg, number, key) for number, key in enumerate(keys)] == again
    assert (await adg.ask(PERSONS))["persons"]["totalCount"] == held + 1 + len(keys)
    node.watch.move(seconds=31)
    await keeping.settle(node.desk)
    assert await node.desk.register.ledger.unsettled() == []
    assert await keeping.count_holes(node.desk) == (0, 0, 0)
    assert await node.desk.register.ledger.verify() == []


async def _back(node: Station, before: Driver) -> None:
    """Wait until another database stands in the place of one that is gone."""
    async with asyncio.timeout(90):
        while node.desk.graph() is before or (await node.client.get("/health/ready")).status_code != 200:  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0.2)


@contextmanager
def _full(pid: int) -> Iterator[None]:
    """Let a database write nothing beyond the first bytes of a file, which it meets as it meets a full disk."""
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4_096, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


async def _recorded(adg: Caller, number: int, key: str) -> str | None:
    """Ask for a person to be recorded and give the id; None if the node says that it cannot now."""
    response = await adg.post(RECORD, _person(number), **{"idempotency-key": key})
    answer = response.json()
    if "errors" in answer:
        assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE", answer
        return None
    return str(answer["data"]["recordPerson"]["person"]["id"])


def _person(number: int) -> dict[str, Any]:
    return {"p": {"category": "SUSPECT", "names": [name(f"Caller {number:02}")]}, "m": marking()}
