"""The database that a node asks: a child of ours, watched and begun anew when it is stuck, or a server named to us."""

import asyncio
import logging
import time
from contextlib import suppress
from pathlib import Path

from graph.driver import Driver, DriverError, Neo4jError, connect, open_driver, rows
from graph.errors import GraphUnavailable
from graph.local import LocalGraph, Progress, start_local
from graph.session import let_go

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 15.0
LONGEST_WAIT_SECONDS = 30.0

# A statement whose time was up long ago and that still runs does not look whether it should end.
OVERRUN_SECONDS = 30.0
_STUCK = (
    "SHOW TRANSACTIONS YIELD status, elapsedTime "
    "WHERE status STARTS WITH 'Terminated' AND elapsedTime.milliseconds > $overrun "
    "RETURN count(*) AS stuck"
)

_log = logging.getLogger(__name__)


class GraphServer:
    """A database and the driver to it."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        data: Path,
        *,
        cache: Path | None = None,
        progress: Progress | None = None,
        patience: float = PATIENCE_SECONDS,
        overrun: float = OVERRUN_SECONDS,
    ) -> "GraphServer":
        """Start a child on a data directory and watch it.

        It may be silent for `patience` seconds, and an ended statement may run on for `overrun` seconds of its life.
        """
        local = await start_local(data, cache=cache, progress=progress)
        try:
            server = cls(await open_driver(local.uri, local.user, local.password))
        except BaseException:
            await local.stop()
            raise
        server._watch = asyncio.create_task(server._keep(local, cache, patience, overrun))
        return server

    @classmethod
    async def reach(cls, uri: str, user: str, password: str) -> "GraphServer":
        """Use a server that runs elsewhere; nothing is started or watched."""
        return cls(await open_driver(uri, user, password))

    @property
    def driver(self) -> Driver:
        """Give the driver of the moment; a child begun anew has another."""
        return self._driver

    async def close(self) -> None:
        """Close the driver and stop the child, if there is one."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await let_go(self._driver)

    async def _keep(self, local: LocalGraph, cache: Path | None, patience: float, overrun: float) -> None:
        """Watch the child, and put another in its place when it has ended or is stuck, until cancelled."""
        try:
            while True:
                await _until_stuck(local, patience, overrun)
                _log.warning("The database does not answer and is begun anew.")
                await local.kill()
                local = await _again(local.home, cache)
                old, self._driver = self._driver, connect(local.uri, local.user, local.password)
                await let_go(old)
        finally:
            await local.stop()


async def _again(home: Path, cache: Path | None) -> LocalGraph:
    """Start a child on the same directory, trying until it works: a full disk may have been the trouble."""
    wait = LOOK_SECONDS
    while True:
        try:
            return await start_local(home, cache=cache)
        except (GraphUnavailable, OSError) as problem:
            _log.warning("The database could not be begun anew: %s", problem)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)


async def _until_stuck(local: LocalGraph, patience: float, overrun: float) -> None:
    """Ask the child on a connection of its own; return when it has ended, is silent or runs a stuck statement."""
    answered = time.monotonic()
    async with connect(local.uri, local.user, local.password, connections=1) as driver:
        while local.alive() and time.monotonic() - answered < patience:
            try:
                ((stuck,),) = await asyncio.wait_for(rows(driver, _STUCK, overrun=1000 * overrun), patience)
                if stuck:
                    return
                answered = time.monotonic()
            except Neo4jError as problem:
                # Too busy for this question is an answer too; one whose store failed, on a full disk, never mends.
                if not (problem.code or "").startswith("Neo.DatabaseError"):
                    answered = time.monotonic()
            except (DriverError, OSError, TimeoutError):
                pass  # it has until its patience is over
            await asyncio.sleep(min(LOOK_SECONDS, patience / 4))
