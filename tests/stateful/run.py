"""Let officers do this and that on a node of several processes, and count what came of it."""

from collections import Counter

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import Node
from tests.stateful.several import Several

WHAT_CAN_COME = frozenset(
    {
        "revised",
        "refused for what has moved",
        "at once 1 stood",
        "at once 2 stood",
        "moved down",
        "moved up",
        "joined",
        "approved once of twice",
        "declined",
        "taken back",
        "withdrawn",
        "kept",
        "renewed",
        "renewed though lapsed",
        "disputed",
        "settled",
        "purged",
    }
)


def done(on: Several, number: int, *, runs: int, steps: int) -> Counter[str]:
    """Let so many runs of so many steps be drawn from a seed; raise AssertionError with the shortest that fails."""
    counted: Counter[str] = Counter()

    class Seeded(Node):
        several = on
        came = counted

    run_state_machine_as_test(
        seed(number)(Seeded),
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return counted
