"""A node is killed -9 again and again: no answer without its entry, no change without its outcome."""

import random
from pathlib import Path

import pytest

from graph.local import LocalGraph
from tests.kills.run import killed

pytestmark = pytest.mark.anyio

KILLS = 20


async def test_twenty_kills_leave_no_answer_without_its_entry_and_no_change_without_its_outcome(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    kills = await killed(local_graph, tmp_path / "node", KILLS, random.Random(20))
    assert kills.violations == []
    assert kills.heard.keys() == {"recorded", "linked", "unlinked", "withdrawn"}, "no such change was heard of"
    assert all(kills.heard.values()), f"nothing was tested of some change: {kills.heard}"
    assert kills.settled, "no kill fell between two steps: nothing was tested"
