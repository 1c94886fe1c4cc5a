"""Recording, revising, approving, withdrawing and waiting, in any order and in several processes, as a model does."""

from pathlib import Path

import pytest

from graph.local import LocalGraph
from tests.stateful.run import WHAT_CAN_COME, done
from tests.stateful.several import several

RUNS, STEPS = 16, 24
# So many of the steps may come to nothing in as few runs as these.
MISSED = 2


@pytest.mark.timeout(900)
def test_whatever_is_done_a_node_of_several_processes_holds_what_the_model_holds(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    with several(local_graph, tmp_path) as node:
        came = done(node, 3, runs=RUNS, steps=STEPS)
    assert len(WHAT_CAN_COME - came.keys()) <= MISSED, WHAT_CAN_COME - came.keys()
