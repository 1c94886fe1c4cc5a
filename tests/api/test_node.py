"""A node that is open looks after itself: what it counts without being asked, and whom it tells."""

import asyncio
import logging
from pathlib import Path

import pytest

import api.node
from api.node import open_node
from api.settings import Settings
from desk.looking import Stamp
from graph.driver import open_driver, rows
from graph.local import LocalGraph
from register.ledger import EntryKind

pytestmark = pytest.mark.anyio


async def test_an_open_node_counts_holes_by_itself_and_tells_the_ledger_and_the_log_totals_only(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(api.node, "TURN_SECONDS", 0.01)
    settings = Settings(
        state="IN-RJ",
        data=tmp_path / "node",
        stamp=Stamp.TRIAL,
        graph_uri=local_graph.uri,
        graph_user=local_graph.user,
        graph_password=local_graph.password,
    )
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
    [entry] = [one.entry for one in found]
    assert (entry.kind, entry.variables) == (EntryKind.JOB, {"records": 1, "versions": 0, "links": 0})
    told = [one.getMessage() for one in caplog.records if one.name == "sangam.node"]
    assert told == ["holes in gates: 1 records, 0 versions, 0 links are nobody's"]
