"""`--part federation`: every weakening is found, then questions to six states under faults for the rest of the time."""

import asyncio
import hashlib
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from graph.local import start_local
from tests import deep
from tests.deep import __main__ as parts
from tests.federation.six.joining import MET
from tests.federation.six.run import Tally, played
from tests.federation.six.stage import Stage, stage
from tests.federation.six.weaken import AFTER, WEAKENINGS, Found, found
from tests.federation.six.weather import Fault

STATES = ("IN-RJ", "IN-PB", "IN-HR", "IN-DL", "IN-GJ", "IN-CH")
_KILLS_EVERY = 4
# What befalls a state and not a way, and how it stands then.
_BEFALLS = (
    "INCOMPATIBLE CLOCK",
    "DENIED REFUSED_BY_OWNER",
    "STEP_UP_REQUIRED SIGN_IN_ANEW",
    "BREAKER_OPEN FAILED_BEFORE",
    "databases killed",
    "UNREACHABLE NODE_NOT_READY",
)
# What a weakening is found by, and what it breaks.
_ROOMS = ("schemas", "auth", "graph", "register", "federation", "desk", "api", "analysis", "sangam", "tests")
# Below this a run is too short to have met everything.
_ENOUGH = 2_000


def run(minutes: float, seeds_from: int) -> deep.Tally:
    """Run for so many minutes; at most half of them go to weakenings, unless found in this code before."""
    # Thousands of peers fail, each of which would be said.
    logging.disable(logging.CRITICAL)
    return asyncio.run(_run(minutes * 60, seeds_from))


async def _run(seconds: float, seeds_from: int) -> deep.Tally:
    ends, tally, seed = time.monotonic() + seconds, Tally(), seeds_from
    async with six_states() as on:
        code = code_digest()
        weakened = found_before("federation", code) or await found(on, WEAKENINGS, ends=time.monotonic() + seconds / 2)
        while time.monotonic() < ends and not tally.violations:
            await played(on, seed, tally, kills=seed % _KILLS_EVERY == 0)
            seed += 1
        must = [*(f"fault: {fault}" for fault in Fault if fault is not Fault.NONE), *_BEFALLS, *MET]
        unmet = [f"never met: {one}" for one in must if not tally.counts[one]]
        said = {f"in {on.land.told}": 1, **weakened.told(code, len(WEAKENINGS))}
    return deep.Tally(
        seeds_from,
        seed - 1,
        dict(sorted((tally.counts | said).items())),
        [*tally.violations, *weakened.missed, *(unmet if tally.counts["asks"] > _ENOUGH else [])],
    )


def code_digest() -> str:
    """Give a digest of all that a weakening breaks or is found by."""
    digest, root = hashlib.sha256(), Path(__file__).parents[3]
    for room in _ROOMS:
        for file in sorted((root / room).rglob("*")):
            if file.suffix in {".py", ".cypher"}:
                digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def found_before(part: str, code: str) -> Found | None:
    """Give after how many worlds each weakening was found by a run of the part in this very code, if all were."""
    runs = json.loads(parts.TALLY.read_text(encoding="utf-8")) if parts.TALLY.exists() else []
    for run in reversed(runs):
        if run["part"] == part and f"all weakenings found in code {code}" in run["counts"]:
            counts = {name.removeprefix(AFTER): n for name, n in run["counts"].items() if name.startswith(AFTER)}
            return Found(counts, before=True)
    return None


@asynccontextmanager
async def six_states() -> AsyncIterator[Stage]:
    """Open six states on databases of their own."""
    with tempfile.TemporaryDirectory() as folder:
        graphs, two = {}, asyncio.Semaphore(2)

        async def start(state: str) -> None:
            async with two:
                graphs[state] = await start_local(Path(folder) / "graphs" / state)

        try:
            async with asyncio.TaskGroup() as group:
                for state in STATES:
                    group.create_task(start(state))
            graphs = {state: graphs[state] for state in STATES}
            async with stage(graphs, Path(folder)) as on:
                try:
                    yield on
                finally:
                    graphs = on.graphs
        finally:
            for graph in graphs.values():
                await graph.stop()
