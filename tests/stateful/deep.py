"""Let officers do this and that for minutes: one seed is so many runs on a node of several processes."""

import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

from graph.local import start_local
from tests.deep import Tally
from tests.stateful.run import done
from tests.stateful.several import several

RUNS, STEPS = 15, 35


def run(minutes: float, seeds_from: int) -> Tally:
    """Run new seeds until the time is over."""
    end = time.monotonic() + 60 * minutes
    tally, came = Tally(seeds_from, seeds_from - 1), Counter[str]()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        graph = runner.run(start_local(Path(folder) / "graph"))
        try:
            with several(graph, Path(folder)) as node:
                while time.monotonic() < end:
                    tally.last += 1
                    try:
                        came += done(node, tally.last, runs=RUNS, steps=STEPS)
                    except AssertionError as found:
                        tally.violations.append(f"seed {tally.last}: {found}")
        finally:
            runner.run(graph.stop())
    tally.counts = {"runs": RUNS * (tally.last - tally.first + 1), "steps that came to something": came.total()}
    return tally
