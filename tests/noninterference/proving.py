"""The proof over many worlds, and over each weakening until it is found."""

import time
from collections.abc import Iterator

from tests.noninterference.operations import pool
from tests.noninterference.program import draw
from tests.noninterference.run import INTERNAL, Tally, compared, printed, shrunk
from tests.noninterference.stage import Stage
from tests.noninterference.weaken import Weakening, broken


async def proved(
    stage: Stage,
    seeds: Iterator[int],
    *,
    documents: int,
    tally: Tally,
    crowd_every: int = 0,
    of: tuple[str, ...] | None = None,
) -> Tally:
    """Compare worlds of these seeds; a violation is kept as its shrunk case and ends the run.

    Asked are all operations, or those `of` which something is to be known.
    """
    written = pool(documents, of)
    for seed in seeds:
        crowd = bool(crowd_every) and seed % crowd_every == crowd_every - 1
        case = draw(seed, written, stage.enquiries, crowd=crowd)
        found, played = await compared(stage, case)
        tally.count(case, played)
        if found:
            smaller, differs = await shrunk(stage, case)
            tally.violations.append(printed(smaller, differs or [*found, "and alike when played again"]))
            break
    return tally


async def caught(stage: Stage, weakening: Weakening, *, most: int, seconds: float = 600.0) -> int | None:
    """Give the number of worlds after which a weakening is found, None if it is not among `most`."""
    written = pool(0, weakening.operations)
    began = time.monotonic()
    with broken(weakening, stage):
        for seed in range(most):
            case = draw(seed, written, stage.enquiries, kinds=weakening.changes, busy=weakening.acts)
            found, _ = await compared(stage, case)
            # A statement broken beyond parsing proves nothing: the sides must differ.
            if any(not line.endswith(INTERNAL) for line in found):
                return seed + 1
            if time.monotonic() - began > seconds:
                break
    return None
