"""Neo4j 5.26 Community as a child of this program, on loopback, in a data directory of its own."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from graph import classdata, jars, runtime
from graph.child import POLL_SECONDS, Child, last_words, launch, own
from graph.driver import FAILURES, connect, open_driver, rows, store_trouble
from graph.errors import GraphUnavailable, PasswordRefused

Progress = Callable[[str, int, int], None]
START_SECONDS = 120.0
STOP_SECONDS = 10
ARCHIVE_SECONDS = 120  # a run that writes class data does so while it stops, on a busy machine for long

# What a node does first; Java keeps the classes that these load ready for the next start.
_TRAINING = (
    "CREATE CONSTRAINT IF NOT EXISTS FOR (n:Record) REQUIRE n.id IS UNIQUE",
    "UNWIND range(1, 9) AS i MERGE (a:Record {id: i}) MERGE (b:Record {id: i % 4}) CREATE (a)-[:KNOWS {since: i}]->(b)",
    "MATCH (a:Record)-[:KNOWS]->{1,3}(b) WHERE a.id IN [1, 2] RETURN COLLECT { MATCH (b)--(c) RETURN c ORDER BY c.id }",
    "MATCH p = SHORTEST 1 (a:Record {id: 1})-[:KNOWS]-+(b:Record {id: 3}) RETURN length(p)",
    "MATCH (n) DETACH DELETE n",
)


@dataclass(frozen=True)
class LocalGraph:
    """A running Neo4j that ends with this program; `pid` is Java's and `home` the data directory."""

    uri: str
    user: str
    password: str = field(repr=False)
    pid: int
    home: Path
    child: Child = field(repr=False)

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self.child.alive()

    async def stop(self) -> None:
        """Stop it cleanly and wait for its end."""
        await self.child.stop()

    async def kill(self) -> None:
        """End it at once, as it must when a statement has hung it."""
        await self.child.kill()


async def start_local(data: Path, *, cache: Path | None = None, progress: Progress | None = None) -> LocalGraph:
    """Start Neo4j on a data directory and give it once it has answered.

    `cache` holds jars and class data for all nodes of the machine (SANGAM_CACHE, else the user's cache folder).
    `progress` is told what is done, how much of it and of how much. Raise GraphUnavailable or a kind of it.
    """
    say = progress or (lambda *_: None)
    paths, archive = await made_ready(cache, say)
    say("database", 0, 1)
    graph = await _run(data, paths, archive, STOP_SECONDS)
    say("database", 1, 1)
    return graph


async def made_ready(cache: Path | None, say: Progress) -> tuple[list[Path], list[str]]:
    """Have Neo4j's jars and Java's class data ready, and give the class path and Java's flags for the class data."""
    root = (cache or jars.shared_cache()).absolute()
    paths = await _fetched(root / "jars", say)

    async def train(home: Path, flags: Sequence[str]) -> None:
        say("class data", 0, 1)
        await _exercise(await _run(home, paths, flags, ARCHIVE_SECONDS))
        say("class data", 1, 1)

    return paths, await classdata.flags(root / "class-data", paths, train)


async def _fetched(folder: Path, say: Progress) -> list[Path]:
    """Have the jars fetched and checked beside the loop, tell of it on the loop, and give the class path."""
    loop = asyncio.get_running_loop()

    def report(done: int, total: int) -> None:
        loop.call_soon_threadsafe(say, "jars", done, total)

    locked = jars.locked()
    await asyncio.to_thread(jars.make_ready, folder, locked, report)
    return [folder / jar.path for jar in locked]


async def _run(home: Path, paths: Sequence[Path], archive: Sequence[str], grace: int) -> LocalGraph:
    """Own the data directory, start Neo4j on it and wait until it serves questions; it has `grace` seconds to stop."""
    home = runtime.private(home)
    owner = await own(home)
    try:
        command = runtime.lay_out(home, paths, archive)
        password, first = runtime.first_password(home)
        child = launch(home, command, owner, grace=grace)
    finally:
        os.close(owner)
    try:
        uri = await _answered(child, home, password)
        if first:
            runtime.keep_password(home)
    except BaseException:
        await child.kill()
        raise
    return LocalGraph(uri, runtime.ADMIN, password, child.pid, home, child)


async def _answered(child: Child, home: Path, password: str) -> str:
    """Wait for the first answer and give the address."""
    end = time.monotonic() + START_SECONDS
    while child.alive() and time.monotonic() < end:
        if port := child.port():
            uri = f"bolt://127.0.0.1:{port}"
            try:
                await (await open_driver(uri, runtime.ADMIN, password)).close()
                return uri
            except PasswordRefused:
                raise GraphUnavailable(f"The database under {home} refuses the password kept beside it.") from None
            except GraphUnavailable:
                await _refuse_broken(uri, home, password)
        await asyncio.sleep(POLL_SECONDS)
    raise GraphUnavailable(f"The database under {home} did not start: {last_words(home)}")


async def _refuse_broken(uri: str, home: Path, password: str) -> None:
    """Raise GraphUnavailable if the store itself has failed and waiting is in vain."""
    async with connect(uri, runtime.ADMIN, password) as driver:
        with suppress(*FAILURES):
            if trouble := await store_trouble(driver):
                raise GraphUnavailable(f"The store under {home} cannot be opened: {trouble.splitlines()[0]}")


async def _exercise(graph: LocalGraph) -> None:
    """Ask what makes Java load the classes that every node needs, then stop."""
    async with await open_driver(graph.uri, graph.user, graph.password) as driver:
        for text in _TRAINING:
            await rows(driver, text)
    await graph.stop()
