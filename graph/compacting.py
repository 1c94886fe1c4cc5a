"""What lives in a database, copied into a fresh one: what was deleted stays behind with the old files.

Deleting frees a place in Neo4j's files and leaves the bytes there and in its transaction log; a copy of the files has
them too. In order:
1. Both run as children, the old one alone in its directory; the fresh one gets this code's schema first.
2. Nodes go over, then links between them, streamed in batches.
3. The fresh one is read again: it must hold the same, node by node and link by link, or nothing was done.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from graph.driver import Driver, open_driver, rows, streamed
from graph.errors import GraphUnavailable
from graph.local import Progress, start_local
from graph.migrate import migrate

_TOGETHER = 1_000

# The fresh database has its migrations from this code.
_COUNTS = "MATCH (n) WHERE NOT n:Migration RETURN count(n), COUNT { MATCH ()-[r]->() }"
_NODES = "MATCH (n) WHERE NOT n:Migration RETURN elementId(n), labels(n), properties(n)"
_LINKS = "MATCH (a)-[r]->(b) RETURN elementId(a), elementId(b), type(r), properties(r)"
_MAKE_NODES = "UNWIND $rows AS row CREATE (n:$(row[1])) SET n = row[2] RETURN row[0] AS old, elementId(n) AS new"
_MAKE_LINKS = (
    "UNWIND $rows AS row MATCH (a) WHERE elementId(a) = row[0] MATCH (b) WHERE elementId(b) = row[1] "
    "CREATE (a)-[r:$(row[2])]->(b) SET r = row[3] RETURN count(*)"
)


@dataclass
class Tally:
    """What a database holds: how many nodes and links, and a digest of all of them in which order does not count."""

    nodes: int = 0
    links: int = 0
    digest: int = field(default=0, repr=False)

    def add(self, *said: Any) -> None:
        """Take one node or link in."""
        raw = orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
        self.digest = (self.digest + int.from_bytes(hashlib.sha256(raw).digest(), "big")) % 2**256


async def copied(home: Path, fresh: Path, *, cache: Path | None = None, progress: Progress | None = None) -> Tally:
    """Copy what lives in the database under `home` into a new one under `fresh`, stop both, and say what there is.

    Raise GraphUnavailable if either cannot run, or the fresh one does not hold the same.
    """
    say = progress or (lambda *_: None)
    async with AsyncExitStack() as stack:
        drivers = []
        for place in (home, fresh):
            local = await start_local(place, cache=cache, progress=progress)
            stack.push_async_callback(local.stop)
            drivers.append(await stack.enter_async_context(await open_driver(local.uri, local.user, local.password)))
        old, new = drivers
        await migrate(old)
        await migrate(new)
        nodes, links = (await rows(old, _COUNTS))[0]
        names: dict[str, str] = {}
        before, seen = Tally(), Tally()
        async for batch in _batches(old, _NODES):
            for _, labels, properties in batch:
                before.add(sorted(labels), properties)
            made = await rows(new, _MAKE_NODES, rows=batch)
            names.update((str(one), str(other)) for one, other in made)
            before.nodes += len(batch)
            say("nodes", before.nodes, nodes)
        async for batch in _batches(old, _LINKS):
            joined = [[names[a], names[b], kind, properties] for a, b, kind, properties in batch]
            for link in joined:
                before.add(*link)
            [[drawn]] = await rows(new, _MAKE_LINKS, rows=joined)
            before.links += drawn
            say("links", before.links, links)
        async for batch in _batches(new, _NODES):
            for _, labels, properties in batch:
                seen.add(sorted(labels), properties)
            seen.nodes += len(batch)
        async for batch in _batches(new, _LINKS):
            for row in batch:
                seen.add(*row)
            seen.links += len(batch)
        if before != seen or (seen.nodes, seen.links) != (nodes, links):
            raise GraphUnavailable("The fresh database does not hold what the old one does; the old one stays.")
    return seen


async def _batches(driver: Driver, text: str) -> AsyncIterator[list[Sequence[Any]]]:
    batch: list[Sequence[Any]] = []
    async for row in streamed(driver, text):
        batch.append(row)
        if len(batch) == _TOGETHER:
            yield batch
            batch = []
            await asyncio.sleep(0)
    if batch:
        yield batch
