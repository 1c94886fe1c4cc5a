"""An import is killed -9 again and again, and ends with everything once: no record twice, and none lost."""

import asyncio
import os
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from api.node import Node, open_node
from desk import keeping
from desk.approving import approve
from desk.errors import Conflict
from graph.driver import Driver, open_driver, rows
from graph.local import LocalGraph
from graph.migrate import migrate
from schemas.run import RunState
from tests.intake.test_mapping import GOOD
from tests.kills.importing import APPROVER, AUTHOR, brought, looking, settings

pytestmark = pytest.mark.anyio

ROWS = 1_500
BATCHES = "MATCH (o:Operation) RETURN count(o)"
COUNTS = (
    "MATCH (n:Person) WITH count(n) AS records, count(DISTINCT n.id) AS ids, collect(DISTINCT n.class) AS classes "
    "RETURN records, ids, COUNT { (:Person)-[:USES_PHONE]->() }, COUNT { (:Person)-[:HEAD]->() }, classes"
)


@pytest.mark.parametrize(("kills", "most"), [(4, 6), pytest.param(20, 2, marks=pytest.mark.deep)])
async def test_an_import_that_is_killed_again_and_again_brings_everything_in_once(
    local_graph: LocalGraph, tmp_path: Path, kills: int, most: int
) -> None:
    lines = "".join(f"{n},s,Kabir Neem {n},,+91 61111 {n:05}\n" for n in range(ROWS))
    (tmp_path / "list.csv").write_text("no,status,name,aliases,mobile\n" + lines, encoding="utf-8")
    (tmp_path / "list.yaml").write_text(GOOD, encoding="utf-8")
    driver = await open_driver(local_graph.uri, local_graph.user, local_graph.password)
    await migrate(driver)
    await rows(driver, "MATCH (n) WHERE NOT n:Migration DETACH DELETE n")
    data, dice = tmp_path / "node", random.Random(7)
    loaded = [0]
    for _ in range(kills):
        await killed(local_graph, driver, data, tmp_path, most, dice)
        [[records, ids, *_]] = await rows(driver, COUNTS)
        assert records == ids >= loaded[-1]
        loaded.append(records)
    assert len(set(loaded)) > 2, "the kills fell at different places"
    async with open_node(settings(data, local_graph.uri, local_graph.password)) as node:
        await keeping.settle(node.desk, all=True)
        change = await brought_to_its_end(node, tmp_path)
        assert await rows(driver, COUNTS) == [[ROWS, ROWS, ROWS, ROWS, ["PENDING"]]]
        look = await looking(node, APPROVER)
        await approve(look, change, key=None)
        await look.close(document="approve")
        assert await rows(driver, COUNTS) == [[ROWS, ROWS, ROWS, ROWS, ["SUSPECT"]]]
        assert await node.desk.register.ledger.unsettled() == []
        assert await node.desk.register.ledger.verify() == []
    await rows(driver, "MATCH (n) WHERE NOT n:Migration DETACH DELETE n")
    await driver.close()


async def brought_to_its_end(node: Node, folder: Path) -> str:
    """Go on with the run, unless a kill fell after it had been asked for; give the change that waits."""
    with suppress(Conflict):
        await brought(node, folder)
    [last, *_] = await node.desk.register.imports.of(AUTHOR.id)
    assert last.state is RunState.WAITING
    assert last.change is not None
    return last.change


async def killed(graph: LocalGraph, driver: Driver, data: Path, folder: Path, most: int, dice: random.Random) -> None:
    """Bring the list in and kill it -9 a moment of the dice after it has stored some batches more, at most so many."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kills.importing", str(data), str(folder), graph.uri, graph.password,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert (await process.stdout.readline()).startswith(b"begun")
    ended = asyncio.create_task(process.wait())
    [[begun]] = await rows(driver, BATCHES)
    wanted = begun + dice.randint(0, most)
    while not ended.done() and (await rows(driver, BATCHES))[0][0] < wanted:
        await asyncio.wait([ended], timeout=0.01)
    await asyncio.wait([ended], timeout=dice.uniform(0.0, 0.1))
    if not ended.done():
        os.kill(process.pid, signal.SIGKILL)
    await ended
