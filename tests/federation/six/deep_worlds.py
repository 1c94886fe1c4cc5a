"""`--part federated_worlds`: every weakening is found, and six-state worlds are compared for the rest of the time."""

import asyncio
import logging
import time

from tests import deep
from tests.federation.six.alike import Tally, proved, unhurriedly
from tests.federation.six.deep import code_digest, found_before, six_states
from tests.federation.six.weaken import HIDING, seen_through

# Most of the time of a pool goes to planning its documents.
_WORLDS_A_POOL = 1000

# Each question is to be answered in such a share of its uses; a run of fewer worlds is too short to tell.
_ANSWERED, _ENOUGH = 0.2, 100


def run(minutes: float, seeds_from: int) -> deep.Tally:
    """Run for so many minutes; at most half of them go to weakenings, unless found in this code before."""
    logging.disable(logging.CRITICAL)
    return asyncio.run(_run(minutes * 60, seeds_from))


async def _run(seconds: float, seeds_from: int) -> deep.Tally:
    ends, tally, seed = time.monotonic() + seconds, Tally(), seeds_from
    async with six_states() as on, unhurriedly(on):
        code = code_digest()
        weakened = found_before("federated_worlds", code) or await seen_through(
            on, HIDING, ends=time.monotonic() + seconds / 2
        )
        while time.monotonic() < ends and not tally.violations:
            await proved(on, [seed], tally, documents=seed // _WORLDS_A_POOL)
            seed += 1
    empty = tally.empty(_ANSWERED) if tally.counts["worlds"] > _ENOUGH else []
    counts = tally.counts | weakened.told(code, len(HIDING))
    return deep.Tally(
        seeds_from,
        seed - 1,
        dict(sorted(counts.items())),
        [*tally.violations, *weakened.missed, *empty],
    )
