"""Kill a node so many times on one data directory, and count what was not as it must be."""

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from api.node import open_node
from api.settings import Settings
from desk.looking import Stamp
from graph.driver import open_driver
from graph.local import LocalGraph
from graph.migrate import migrate
from tests.kills.told import Left, lived, settled, violations


@dataclass
class Kills:
    """What so many kills came to: answers heard, changes settled afterwards, and violations."""

    kills: int = 0
    heard: Counter[str] = field(default_factory=Counter)
    settled: int = 0
    violations: list[str] = field(default_factory=list)


async def killed(graph: LocalGraph, data: Path, kills: int, dice: random.Random) -> Kills:
    """Wipe the graph, then kill a node so many times, looking at both stores after each."""
    driver = await open_driver(graph.uri, graph.user, graph.password)
    await migrate(driver)
    async with driver.session() as session:
        await (await session.run("MATCH (n) WHERE NOT n:Migration DETACH DELETE n")).consume()
    settings = Settings(
        state="IN-RJ",
        data=data,
        stamp=Stamp.TRIAL,
        graph_uri=graph.uri,
        graph_user=graph.user,
        graph_password=graph.password,
    )
    made, left = Kills(), Left()
    for _ in range(kills):
        told = await lived(graph, data, left, dice)
        made.kills += 1
        made.heard += Counter(
            recorded=len(told.recorded),
            linked=len(told.linked),
            unlinked=len(told.unlinked),
            withdrawn=len(told.withdrawn),
        )
        async with open_node(settings) as node:
            made.violations += await violations(node.desk, driver, told)
            made.settled = await settled(node.desk)
    await driver.close()
    return made
