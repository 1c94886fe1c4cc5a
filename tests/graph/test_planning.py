"""Planning a compiled text outlives the question that first needed it."""

import asyncio
import os
import signal
from pathlib import Path
from uuid import uuid4

import pytest

from auth.policy import Job, decide_job
from graph import session as rooms
from graph.compiled import Compiled
from graph.connections import CONNECTIONS, Kind
from graph.driver import open_driver, rows
from graph.local import LocalGraph
from graph.picks import LinkPick, Pick
from graph.projection import by_ids
from graph.session import GraphDeadline, GraphSession, let_go
from tests.station import MORNING, station

pytestmark = pytest.mark.anyio


def _never_asked() -> Compiled:
    """Give a selection that the database has to plan for a while, under names that no other has."""
    held = CONNECTIONS[Kind.GANG].values()
    links = tuple(LinkPick(f"k{uuid4()}", row, Pick(row.far), row.kinds, first=7) for row in held)
    return by_ids([(Pick(Kind.GANG, ("names", "areas"), links), ["urn:none"])])


async def test_a_question_that_is_given_up_while_it_is_planned_is_planned_all_the_same(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    compiled = _never_asked()
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


@pytest.mark.parametrize("given_up", [True, False])
async def test_a_question_that_came_too_late_is_planned_anew_for_who_asks_again(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_up: bool
) -> None:
    """What the database plans anew for a question is lost with it, and whoever asked again would wait in vain again."""
    compiled = _never_asked()
    async with station(local_graph, tmp_path) as node:
        grant = decide_job(Job.MATCH, run="test", state="IN-RJ", compartments=(), at=MORNING)
        graph = GraphSession(grant, lambda: node.driver)
        await graph.project(compiled)
        await rows(node.driver, "CALL db.clearQueryCaches()")
        if given_up:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(graph.project(compiled), 0.02)
        else:
            monkeypatch.setattr(rooms, "DEADLINE_SECONDS", 0.001)
            with pytest.raises(GraphDeadline):
                await graph.project(compiled)
        monkeypatch.undo()
        # Planned first, which takes longer than this, and goes on.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(graph.project(compiled), 0.02)
        [planning] = rooms._begun[node.driver].values()
        assert not planning.done()
        await planning
        assert (await graph.project(compiled)).rows == []


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


async def test_a_question_whose_database_is_begun_anew_while_it_is_planned_is_asked_of_the_next(
    local_graph: LocalGraph,
) -> None:
    """Only the planning is given up with the old driver, not who waits for it."""
    before = asyncio.all_tasks()
    old, new = [await open_driver(local_graph.uri, local_graph.user, local_graph.password) for _ in range(2)]
    of_the_moment = [old]
    grant = decide_job(Job.MATCH, run="test", state="IN-RJ", compartments=(), at=MORNING)
    asking = asyncio.ensure_future(GraphSession(grant, lambda: of_the_moment[-1]).project(_never_asked()))
    await asyncio.sleep(0)
    assert rooms._begun[old], "it has begun to be planned"
    of_the_moment.append(new)
    await let_go(old)
    assert (await asking).rows == []
    await let_go(new)
    assert asyncio.all_tasks() <= before
