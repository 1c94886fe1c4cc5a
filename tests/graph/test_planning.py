"""Planning a compiled text outlives the question that first needed it."""

import asyncio
import os
import signal
from pathlib import Path
from uuid import uuid4

import pytest

from auth.policy import Job, decide_job
from graph import session as rooms
from graph.connections import CONNECTIONS, Kind
from graph.driver import open_driver
from graph.local import LocalGraph
from graph.picks import LinkPick, Pick
from graph.projection import by_ids
from graph.session import GraphSession, let_go
from tests.station import MORNING, station

pytestmark = pytest.mark.anyio


async def test_a_question_that_is_given_up_while_it_is_planned_is_planned_all_the_same(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    rows = list(CONNECTIONS[Kind.GANG].values())
    links = tuple(LinkPick(f"k{uuid4()}", row, Pick(row.far), row.kinds, first=7) for row in rows)
    compiled = by_ids([(Pick(Kind.GANG, ("names", "areas"), links), ["urn:none"])])
    async with station(local_graph, tmp_path) as node:
        grant = decide_job(Job.MATCH, run="test", state="IN-RJ", compartments=(), at=MORNING)
        graph = GraphSession(grant, lambda: node.driver)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(graph.project(compiled), 0.02)
        [planning] = rooms._begun[node.driver].values()
        assert not planning.done()
        await planning
        assert (await graph.project(compiled)).rows == []
        assert list(rooms._begun[node.driver].values()) == [planning]


async def test_the_plans_that_were_not_asked_for_longest_are_forgotten(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MOST_PLANS", 2)
    shapes = [by_ids([(Pick(kind, ("names",), ()), ["urn:none"])]) for kind in (Kind.PERSON, Kind.GANG)]
    third = by_ids([(Pick(Kind.PERSON, ("category",), ()), ["urn:none"])])
    async with station(local_graph, tmp_path) as node:
        grant = decide_job(Job.MATCH, run="test", state="IN-RJ", compartments=(), at=MORNING)
        graph = GraphSession(grant, lambda: node.driver)
        for compiled in (*shapes, shapes[0], third):
            await graph.project(compiled)
        kept = [rooms.sent(one.statement.planning) for one in (shapes[0], third)]
        assert list(rooms._begun[node.driver]) == kept


async def test_what_is_being_planned_does_not_outlive_the_driver(local_graph: LocalGraph) -> None:
    """What waits for a connection, closing alone does not reach."""
    before = asyncio.all_tasks()
    shapes = [by_ids([(Pick(kind, ("names",), ()), ["urn:none"])]) for kind in Kind if kind in CONNECTIONS]
    driver = await open_driver(local_graph.uri, local_graph.user, local_graph.password)
    grant = decide_job(Job.MATCH, run="test", state="IN-RJ", compartments=(), at=MORNING)
    graph = GraphSession(grant, lambda: driver)
    asking = asyncio.gather(*map(graph.project, shapes), return_exceptions=True)
    os.kill(local_graph.pid, signal.SIGSTOP)
    try:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asking, 0.2)
        assert asyncio.all_tasks() - before
        await let_go(driver)
        assert asyncio.all_tasks() <= before
    finally:
        os.kill(local_graph.pid, signal.SIGCONT)
