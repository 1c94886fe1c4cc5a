"""`--part access`: every weakening is found, and new worlds are compared for the rest of the time."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import takewhile
from pathlib import Path

from graph.local import start_local
from tests import deep
from tests.noninterference.proving import caught, proved
from tests.noninterference.run import Tally
from tests.noninterference.stage import Stage, stage
from tests.noninterference.weaken import WEAKENINGS

# Most of the time goes to planning the documents of a pool.
WORLDS_A_POOL = 500
WORLDS_A_WEAKENING = 400
WEAKENINGS_A_NODE = 8


def run(minutes: float, seeds_from: int) -> deep.Tally:
    """Run for so many minutes; at most half of them go to the weakenings."""
    return asyncio.run(_run(minutes * 60, seeds_from))


async def _run(seconds: float, seeds_from: int) -> deep.Tally:
    began = time.monotonic()
    missed, tried = await _weakenings(seeds_from, began + seconds / 2)
    tally = Tally()
    last = seeds_from
    while time.monotonic() < began + seconds and not tally.violations:
        last += await _worlds(last, began + seconds, tally)
    counts = {
        "worlds": tally.worlds,
        "requests": 2 * tally.steps,
        "weakenings": tried,
        "weakenings found": tried - len(missed),
    }
    return deep.Tally(seeds_from, last - 1, counts, [*tally.violations, *missed])


async def _worlds(first: int, ends: float, tally: Tally) -> int:
    """Compare some worlds with documents of their own, one of them with a crowd of 20,000; give their number."""
    before = tally.worlds
    async with _node() as on:
        seeds = takewhile(lambda _: time.monotonic() < ends, range(first, first + WORLDS_A_POOL))
        await proved(on, seeds, documents=first, tally=tally, crowd_every=WORLDS_A_POOL)
    return tally.worlds - before


async def _weakenings(turn: int, ends: float) -> tuple[list[str], int]:
    """Try the weakenings, another first in each run; give those that were not found and the number tried."""
    missed, tried = [], 0
    left = [WEAKENINGS[(turn + number) % len(WEAKENINGS)] for number in range(len(WEAKENINGS))]
    while left and time.monotonic() < ends:
        async with _node() as on:
            for weakening in left[:WEAKENINGS_A_NODE]:
                tried += 1
                if await caught(on, weakening, most=WORLDS_A_WEAKENING) is None:
                    missed.append(f"not found: {weakening.name}")
        left = left[WEAKENINGS_A_NODE:]
    return missed, tried


@asynccontextmanager
async def _node() -> AsyncIterator[Stage]:
    """Open a database of its own, so that the plans of texts that are done with do not fill its memory."""
    with tempfile.TemporaryDirectory() as folder:
        graph = await start_local(Path(folder) / "graph")
        try:
            async with stage(graph, Path(folder) / "stage") as on:
                yield on
        finally:
            await graph.stop()
