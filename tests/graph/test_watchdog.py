"""A database that is stuck or gone is begun anew, and what it had acknowledged is there."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from graph.driver import Driver, rows
from graph.watchdog import GraphServer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GraphServer]:
    """A server of our own, that may be silent for two seconds."""
    server = await GraphServer.open(tmp_path / "node", patience=2.0)
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
