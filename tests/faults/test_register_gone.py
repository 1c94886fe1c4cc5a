"""A register that is locked or full: no answer without its entry, nothing half done, and all is well afterwards."""

import asyncio
import logging
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from desk import keeping
from graph.driver import holding, rows
from graph.local import LocalGraph
from tests.faults.planning import planned
from tests.station import Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
PERSONS = "{ persons { edges { node { id names { text } } } } }"
NAME = "Kiran Mewada"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


@pytest.fixture
async def adg(node: Station) -> Caller:
    """An officer who sees one record, asked once so that the database knows the questions."""
    caller = await node.caller()
    await planned(caller, RECORD, _person())
    await planned(caller, PERSONS)
    return caller


async def test_a_locked_register_gives_no_answer_and_leaves_nothing_half_done(
    node: Station, adg: Caller, tmp_path: Path
) -> None:
    before = await _records(node)
    entries, _ = await node.desk.register.ledger.head()
    with _locked(_file(tmp_path)):
        answers = await asyncio.gather(adg.post(PERSONS), adg.post(RECORD, _person(), **_key("one")))
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert NAME not in answer.text
        assert "data" not in answer.json()
    await _made_once(node, adg, before)
    assert (await node.desk.register.ledger.head())[0] > entries


async def test_a_full_disk_gives_no_answer_and_leaves_nothing_half_done(
    node: Station, adg: Caller, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = await _records(node)
    with _full(_file(tmp_path)):
        for document, variables in ((PERSONS, {}), (RECORD, _person())):
            answer = await adg.post(document, variables, **_key("one"))
            assert answer.status_code == 503, answer.text
            assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
            assert NAME not in answer.text
    told = {(one.name, one.getMessage()) for one in caplog.records if one.levelno >= logging.WARNING}
    assert told == {("sangam.api", "The register cannot be written now. (OperationalError SQLITE_IOERR_WRITE)")}
    await _made_once(node, adg, before)


async def test_a_change_whose_outcome_was_not_written_is_settled_and_replayed(
    node: Station, adg: Caller, tmp_path: Path
) -> None:
    before = await _records(node)
    ledger, file = node.desk.register.ledger, _file(tmp_path)
    entries, _ = await ledger.head()

    # Its name is held by another writer, so the change waits between its two entries until the disk is full.
    async with holding(node.driver, "MATCH (k:Key) SET k.id = k.id"):
        asked = asyncio.create_task(adg.post(RECORD, _person(), **_key("one")))
        while (await ledger.head())[0] == entries:
            continue
        full = ExitStack()
        full.enter_context(_full(file))
    with full:
        answer = await asked
    assert answer.status_code == 503, answer.text
    assert [intent.seq for intent in await ledger.unsettled()] == [entries + 1]
    assert await keeping.settle(node.desk) == 0, "a request may still be running"
    node.watch.move(seconds=31)
    assert await keeping.settle(node.desk) == 1
    await _made_once(node, adg, before)


async def test_one_key_asked_many_times_at_once_makes_one_record(node: Station, adg: Caller) -> None:
    before = await _records(node)
    answers = await asyncio.gather(*(adg.post(RECORD, _person(), **_key("one")) for _ in range(6)))
    made = {answer.json()["data"]["recordPerson"]["person"]["id"] for answer in answers}
    assert len(made) == 1
    assert await _records(node) == before + 1
    other = {**_person(), "m": marking(level=1)}
    told = (await adg.ask(RECORD, other, **_key("one")))["recordPerson"]["problems"]
    assert [problem["path"] for problem in told] == ["idempotencyKey"]
    assert await _records(node) == before + 1


async def _made_once(node: Station, adg: Caller, before: int) -> None:
    """Hold that the node answers again, and that asking anew with the same key has made one record in all."""
    first = await adg.ask(RECORD, _person(), **_key("one"))
    second = await adg.ask(RECORD, _person(), **_key("one"))
    assert first["recordPerson"]["person"] == second["recordPerson"]["person"]
    assert await _records(node) == before + 1
    assert len((await adg.ask(PERSONS))["persons"]["edges"]) == before + 1
    node.watch.move(seconds=31)
    await keeping.settle(node.desk)
    assert await node.desk.register.ledger.unsettled() == []
    assert await node.desk.register.ledger.verify() == []
    assert await keeping.count_holes(node.desk) == (0, 0, 0)


def _person() -> dict[str, Any]:
    return {"p": {"category": "SUSPECT", "names": [name(NAME)]}, "m": marking()}


def _key(key: str) -> dict[str, str]:
    return {"idempotency-key": key}


async def _records(node: Station) -> int:
    ((records,),) = await rows(node.driver, "MATCH (n:Record) RETURN count(n)")
    return int(records)


def _file(folder: Path) -> Path:
    (file,) = folder.glob("station-*/register/register.db")
    return file


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold the register as another process would that writes and does not end."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def _full(file: Path) -> Iterator[None]:
    """Let no file grow, which a write at its end meets as it meets a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.with_name(file.name + "-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
