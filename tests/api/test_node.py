"""A node that is open looks after itself: what it counts without being asked, and whom it tells."""

import asyncio
import logging
from pathlib import Path
from uuid import uuid4

import pytest

import api.node
from api.node import open_node
from api.settings import Settings
from desk.looking import Stamp
from graph.driver import open_driver, rows
from graph.local import LocalGraph
from register.ledger import Entry, EntryKind

pytestmark = pytest.mark.anyio


async def test_an_open_node_counts_holes_by_itself_and_tells_the_ledger_and_the_log_totals_only(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(api.node, "TURN_SECONDS", 0.01)
    settings = _settings(local_graph, tmp_path)
    driver = await open_driver(local_graph.uri, local_graph.user, local_graph.password)
    await rows(driver, "MATCH (n) WHERE NOT n:Migration DETACH DELETE n")
    await rows(driver, "CREATE (:Record {id: 'urn:holed'})")
    with caplog.at_level(logging.WARNING, "sangam.node"):
        async with open_node(settings) as node, asyncio.timeout(60):
            while "holes in gates" not in caplog.text:  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0.01)
            found = await node.desk.register.ledger.search()
    await rows(driver, "MATCH (n:Record) DETACH DELETE n")
    await driver.close()
    [entry] = [one.entry for one in found if one.entry.operation == "count holes"]
    assert (entry.kind, entry.variables) == (EntryKind.JOB, {"records": 1, "versions": 0, "links": 0})
    told = [one.getMessage() for one in caplog.records if one.name == "sangam.node"]
    assert told == ["holes in gates: 1 records, 0 versions, 0 links are nobody's"]


async def test_a_node_that_opens_leaves_what_another_process_has_begun_to_it(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    settings = _settings(local_graph, tmp_path)
    begun = Entry(EntryKind.INTENT, "rj.one", None, None, "record person", {}, (), "INTENT", op_id=str(uuid4()))
    async with open_node(settings) as first:
        await first.desk.register.ledger.append(begun)
        async with open_node(settings) as second:
            [waiting] = await second.desk.register.ledger.unsettled()
    assert waiting.op_id == begun.op_id


def _settings(graph: LocalGraph, folder: Path) -> Settings:
    return Settings(
        state="IN-RJ",
        data=folder / "node",
        stamp=Stamp.TRIAL,
        graph_uri=graph.uri,
        graph_user=graph.user,
        graph_password=graph.password,
    )
