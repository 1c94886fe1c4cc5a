"""`--part access`: every weakening is found, and new worlds are compared for the rest of the time."""

import asyncio
import tempfile
import time
from itertools import takewhile
from pathlib import Path

from graph.local import start_local
from tests import deep
from tests.noninterference.proving import caught, proved
from tests.noninterference.run import Tally
from tests.noninterference.stage import Stage, stage
from tests.noninterference.weaken import WEAKENINGS

WORLDS_A_POOL = 150
WORLDS_A_WEAKENING = 80


def run(minutes: float, seeds_from: int) -> deep.Tally:
    """Run for so many minutes; at most half of them go to the weakenings, which begin where the last run ended."""
    return asyncio.run(_run(time.monotonic() + minutes * 60, minutes, seeds_from))


async def _run(ends: float, minutes: float, seeds_from: int) -> deep.Tally:
    with tempfile.TemporaryDirectory() as folder:
        graph = await start_local(Path(folder) / "graph")
        try:
            async with stage(graph, Path(folder) / "stage") as on:
                tally = Tally()
                last = await _worlds(on, seeds_from, ends - minutes * 30, tally)
                missed, tried = await _weakenings(on, seeds_from, ends)
                last = await _worlds(on, last, ends, tally)
        finally:
            await graph.stop()
    counts = {"worlds": tally.worlds, "steps": tally.steps, "weakenings": tried, "weakenings missed": len(missed)}
    return deep.Tally(seeds_from, last - 1, counts, [*tally.violations, *missed])


async def _worlds(on: Stage, first: int, ends: float, tally: Tally) -> int:
    """Compare worlds until the time comes; documents are new every so many worlds. Give the next seed."""
    last = first
    while time.monotonic() < ends and not tally.violations:
        before = tally.worlds
        seeds = takewhile(lambda _: time.monotonic() < ends, range(last, last + WORLDS_A_POOL))
        await proved(on, seeds, documents=last, tally=tally, crowd_every=WORLDS_A_POOL)
        last += tally.worlds - before
    return last


async def _weakenings(on: Stage, turn: int, ends: float) -> tuple[list[str], int]:
    missed, tried = [], 0
    for number in range(len(WEAKENINGS)):
        if time.monotonic() >= ends:
            break
        weakening = WEAKENINGS[(turn + number) % len(WEAKENINGS)]
        tried += 1
        if await caught(on, weakening, most=WORLDS_A_WEAKENING) is None:
            missed.append(f"not found: {weakening.name}")
    return missed, tried
