"""A database that is stuck or gone is begun anew, and what it had acknowledged is there."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from neo4j import Query

from graph.driver import FAILURES, Driver, rows
from graph.watchdog import GraphServer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GraphServer]:
    """A server of our own, that may be silent for six seconds and run a statement for three."""
    server = await GraphServer.open(tmp_path / "node", patience=6.0, overrun=3.0)
    yield server
    await server.close()
    assert not _java(tmp_path)


def _java(home: Path) -> list[psutil.Process]:
    """Give the Java processes that run under a directory."""
    children = psutil.Process().children(recursive=True)
    return [one for one in children if one.name() == "java" and str(home) in " ".join(one.cmdline())]


async def _after(old: Driver, server: GraphServer) -> list[list[object]]:
    async with asyncio.timeout(120):
        while server.driver is old:  # noqa: ASYNC110  # what is watched for is the swap itself
            await asyncio.sleep(0.1)
    return await rows(server.driver, "MATCH (n:Kept) RETURN n.name")


async def test_a_database_that_hangs_and_one_that_is_killed_are_begun_anew(server: GraphServer, tmp_path: Path) -> None:
    await rows(server.driver, "CREATE (:Kept {name: 'before'})")
    for blow in (signal.SIGSTOP, signal.SIGKILL):
        first, (java,) = server.driver, _java(tmp_path)
        os.kill(java.pid, blow)
        assert await _after(first, server) == [["before"]]
        assert not java.is_running()


async def test_a_statement_that_does_not_end_when_its_time_is_up_ends_with_its_database(server: GraphServer) -> None:
    first = server.driver
    await rows(first, "CREATE (:Kept {name: 'before'})")
    endless = "RETURN all(i IN range(1, 1000000000000) WHERE i > 0)"  # never looks whether it should end
    with pytest.raises(FAILURES):
        await rows(first, Query(endless, timeout=1.0))
    assert await _after(first, server) == [["before"]]
