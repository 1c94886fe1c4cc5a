"""Kill nodes for minutes: one seed is one data directory and ten kills on it."""

import asyncio
import random
import tempfile
import time
from pathlib import Path

from graph.local import start_local
from tests.deep import Tally
from tests.kills.run import killed

KILLS_A_SEED = 10


def run(minutes: float, seeds_from: int) -> Tally:
    """Run new seeds until the time is over."""
    return asyncio.run(_run(minutes, seeds_from))


async def _run(minutes: float, seeds_from: int) -> Tally:
    end = time.monotonic() + 60 * minutes
    tally = Tally(seeds_from, seeds_from - 1, {"kills": 0, "answers heard": 0, "changes settled": 0})
    with tempfile.TemporaryDirectory() as folder:
        graph = await start_local(Path(folder) / "graph")
        try:
            while time.monotonic() < end:
                seed = tally.last + 1
                made = await killed(graph, Path(folder) / f"node-{seed}", KILLS_A_SEED, random.Random(seed))
                tally.last = seed
                tally.counts["kills"] += made.kills
                tally.counts["answers heard"] += made.heard.total()
                tally.counts["changes settled"] += made.settled
                tally.violations += [f"seed {seed}: {violation}" for violation in made.violations]
        finally:
            await graph.stop()
    return tally
