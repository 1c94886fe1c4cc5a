"""Fuzz what comes from outside for minutes: one seed is a hundred requests of peers and forty files of membership."""

import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

from graph.local import start_local
from tests.deep import Tally
from tests.fuzz import files
from tests.fuzz.run import asked
from tests.fuzz.world import world


def run(minutes: float, seeds_from: int) -> Tally:
    """Run new seeds until the time is over."""
    return asyncio.run(_run(minutes, seeds_from))


async def _run(minutes: float, seeds_from: int) -> Tally:
    end = time.monotonic() + 60 * minutes
    tally, came = Tally(seeds_from, seeds_from - 1), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        graph = await start_local(Path(folder) / "graph")
        register = await files.opened(Path(folder) / "files")
        try:
            async with world(graph, Path(folder) / "world") as made:
                while time.monotonic() < end:
                    tally.last += 1
                    for heard, wrong in (await asked(made, tally.last), await files.trusted(register, tally.last)):
                        came += heard
                        tally.violations += wrong
        finally:
            await register.close()
            await graph.stop()
    put = sum(number for told, number in came.items() if told.startswith("file "))
    tally.counts = {"requests": came.total() - put, "files": put, **dict(sorted(came.items()))}
    return tally
