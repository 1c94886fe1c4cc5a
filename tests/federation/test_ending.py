"""What a node leaves to come to its end, it gives up before it closes what that stands on."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from graph.local import LocalGraph
from tests.federation.circle import circle
from tests.station import PLANNINGS

pytestmark = pytest.mark.anyio

FIND = '{ federated { find(text: "Harpreet Singh") { sources { state status reason } } } }'
# More than have a connection yet: the rest wait for the database to take up a new one.
AT_ONCE = 8


async def test_nothing_of_a_question_goes_on_once_its_node_is_closed(local_graph: LocalGraph, tmp_path: Path) -> None:
    """Answered without its own part, a node leaves that part to end; a closed driver does not know of it."""
    before = asyncio.all_tasks()
    try:
        async with circle({"IN-RJ": local_graph}, tmp_path) as nodes:
            caller = await nodes["IN-RJ"].caller("adg.crime")
            for _ in range(PLANNINGS):
                [source] = (await caller.ask(FIND))["federated"]["find"]["sources"]
                if source["status"] == "LOCAL":
                    break
            assert source["status"] == "LOCAL", "the database has not planned it"
            os.kill(local_graph.pid, signal.SIGSTOP)
            late = [{"state": "IN-RJ", "status": "TIMEOUT", "reason": "NO_ANSWER_IN_TIME"}]
            for answer in await asyncio.gather(*(caller.ask(FIND) for _ in range(AT_ONCE))):
                assert answer["federated"]["find"]["sources"] == late
            assert asyncio.all_tasks() - before
        assert asyncio.all_tasks() <= before, asyncio.all_tasks() - before
    finally:
        os.kill(local_graph.pid, signal.SIGCONT)
