"""`--part federation`: every weakening is found, then questions to six states under faults for the rest of the time."""

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from graph.local import start_local
from tests import deep
from tests.federation.six.run import Tally, played
from tests.federation.six.stage import Stage, stage
from tests.federation.six.weaken import WEAKENINGS, found
from tests.federation.six.weather import Fault

STATES = ("IN-RJ", "IN-PB", "IN-HR", "IN-DL", "IN-GJ", "IN-CH")
_KILLS_EVERY = 4
# Below this a run is too short to have met everything.
_ENOUGH = 2_000


def run(minutes: float, seeds_from: int) -> deep.Tally:
    """Run for so many minutes; at most a third of them go to the weakenings."""
    # Thousands of peers fail, each of which would be said.
    logging.disable(logging.CRITICAL)
    return asyncio.run(_run(minutes * 60, seeds_from))


async def _run(seconds: float, seeds_from: int) -> deep.Tally:
    ends, tally, seed = time.monotonic() + seconds, Tally(), seeds_from
    async with six_states() as on:
        weakened = await found(on, WEAKENINGS, ends=time.monotonic() + seconds / 3)
        while time.monotonic() < ends and not tally.violations:
            await played(on, seed, tally, kills=seed % _KILLS_EVERY == 0)
            seed += 1
        counts = {**tally.counts, "weakenings found": len(weakened.after)}
        unmet = [
            f"never met: {fault}" for fault in Fault if fault is not Fault.NONE and not counts.get(f"fault: {fault}")
        ]
        said = {f"in {on.land.told}": 1}
    return deep.Tally(
        seeds_from,
        seed - 1,
        dict(sorted((counts | said).items())),
        [*tally.violations, *weakened.missed, *(unmet if tally.counts["asks"] > _ENOUGH else [])],
    )


@asynccontextmanager
async def six_states() -> AsyncIterator[Stage]:
    """Open six states on databases of their own."""
    with tempfile.TemporaryDirectory() as folder:
        graphs = {}
        try:
            for state in STATES:
                graphs[state] = await start_local(Path(folder) / "graphs" / state)
            async with stage(graphs, Path(folder)) as on:
                try:
                    yield on
                finally:
                    graphs = on.graphs
        finally:
            for graph in graphs.values():
                await graph.stop()
