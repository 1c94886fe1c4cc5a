"""Two hops and the shortest length on 100k people and 400k links: our statements against the same written by hand.

Both run on one Neo4j in one run, rounds interleaved in random order, answers compared first. CPU is the database's
own, in microseconds per question; the ratio is by hand / ours within a round, its median over the rounds.
"""

import asyncio
import json
import platform
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import neo4j
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from auth.grant import Grant, Mode
from auth.policy import Job, decide_job
from graph.driver import Driver, open_driver
from graph.library import statement
from graph.local import LocalGraph, start_local
from graph.migrate import migrate
from graph.visible import expand, parameters
from schemas.link import WALKED, LinkKind
from schemas.operation import system_clock

PEOPLE, LINKS = 100_000, 400_000
ROUNDS, QUESTIONS = 7, 60
LIMIT = 500
RESULTS = Path(__file__).parent / "results" / "hops.json"

_LOAD_PEOPLE = """UNWIND $rows AS row CREATE (n:Record:Person {aud: 1, level: row.level, comp: '', class: 'SUSPECT',
until: 4102444800, id: row.id, kind: 'person', audience: ['IN-RJ']})"""
_LOAD_LINKS = """UNWIND $rows AS row MATCH (a:Record {id: row.a}) MATCH (b:Record {id: row.b})
CREATE (a)-[:ASSOCIATE_OF {aud: 1, level: row.level, comp: '', class: '-', until: 4102444800, id: row.id,
audience: ['IN-RJ'], valid_from: row.from, valid_to: 4611686018427387904, weight: 1}]->(b)"""

# The same question as a careful person would write it for this one shape, with the same predicate.
_TWO_HOPS_BY_HAND = expand(
    """MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a)-[r1:WALKED]-(b) WHERE VISIBLE(r1) AND REACHED(b)
MATCH (b)-[r2:WALKED]-(c) WHERE VISIBLE(r2) AND REACHED(c)
WITH a, collect(DISTINCT b) AS ones, collect(DISTINCT c) AS twos
UNWIND [a] + ones + twos AS n WITH DISTINCT n
RETURN n.id AS id ORDER BY id LIMIT 500""",
    relations=list(LinkKind),
    walked=WALKED,
)
_TWO_HOPS_OURS = statement("network/around")


def _uuid(dice: random.Random) -> str:
    return str(UUID(int=dice.getrandbits(128), version=4))


async def _load(driver: Driver, dice: random.Random) -> list[str]:
    ids = [f"urn:sangam:IN-RJ:person:{_uuid(dice)}" for _ in range(PEOPLE)]
    people = [{"id": id, "level": 0 if dice.random() < 0.9 else 3} for id in ids]
    links = []
    for _ in range(LINKS):
        a, b = dice.sample(ids, 2)
        level = 0 if dice.random() < 0.9 else 3
        start = dice.randrange(10**9)
        links.append({"a": a, "b": b, "id": f"urn:sangam:IN-RJ:link:{_uuid(dice)}", "level": level, "from": start})
    async with driver.session() as session:
        for text, rows in ((_LOAD_PEOPLE, people), (_LOAD_LINKS, links)):
            for start in track(range(0, len(rows), 5_000), description=f"loading {len(rows):,}"):
                await (await session.run(text, rows=rows[start : start + 5_000])).consume()
    return [person["id"] for person in people if person["level"] == 0]


class _Race:
    """One database and one grant that both sides of the race share."""

    def __init__(self, driver: Driver, graph: LocalGraph, grant: Grant) -> None:
        self.driver = driver
        self.java = psutil.Process(graph.pid)
        self.read = parameters(grant, Mode.MATCH)

    async def ours(self, id: str) -> list[str]:
        """Ask our network statement for everything it gives: nodes, links, and what is not shown."""
        rows = await self._run(
            _TWO_HOPS_OURS.text,
            records=[id],
            values=[],
            hops=2,
            along=list(WALKED),
            valid_at=None,
            limit=LIMIT,
            most_links=5_001,
        )
        return sorted(node for node, _ in rows[0][1])

    async def by_hand(self, id: str) -> list[str]:
        """Ask the hand-written statement for the ids of the nodes."""
        return [row[0] for row in await self._run(_TWO_HOPS_BY_HAND, id=id)]

    async def _run(self, text: str, **given: Any) -> list[list[Any]]:
        async with self.driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            result = await session.run(text, g=self.read, **given)
            return [record.values() async for record in result]

    async def cost(self, side: Any, ids: list[str]) -> tuple[float, float]:
        """Give the database's CPU and the wall time per question, in microseconds."""
        before, start = self.java.cpu_times(), time.perf_counter()
        for id in ids:
            await side(id)
        after, end = self.java.cpu_times(), time.perf_counter()
        used = after.user + after.system - before.user - before.system
        return used / len(ids) * 1e6, (end - start) / len(ids) * 1e6


async def main() -> None:
    """Load, compare, race, print the table and write it down."""
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        graph = await start_local(Path(folder) / "graph")
        driver = await open_driver(graph.uri, graph.user, graph.password)
        await migrate(driver)
        ids = await _load(driver, dice)
        grant = decide_job(Job.MATCH, run="bench", state="IN-RJ", compartments=(), at=system_clock())
        race = _Race(driver, graph, grant)
        for id in dice.sample(ids, 50):
            assert await race.ours(id) == await race.by_hand(id), "the two do not agree"
        rounds = []
        for _ in track(range(ROUNDS), description="racing"):
            sample = dice.sample(ids, QUESTIONS)
            sides = [("ours", race.ours), ("by hand", race.by_hand)]
            dice.shuffle(sides)
            rounds.append({name: await race.cost(side, sample) for name, side in sides})
        await driver.close()
        await graph.stop()
    _write("two-hop network", rounds)


def _write(race: str, rounds: list[dict[str, tuple[float, float]]]) -> None:
    ratios = [one["by hand"][0] / one["ours"][0] for one in rounds]
    ours = statistics.median(one["ours"][0] for one in rounds)
    hand = statistics.median(one["by hand"][0] for one in rounds)
    table = Table("race", "ours, CPU µs", "by hand, CPU µs", "by hand / ours", "range", title="Neo4j CPU per question")
    table.add_row(
        race, f"{ours:,.0f}", f"{hand:,.0f}", f"{statistics.median(ratios):.2f}", f"{min(ratios):.2f}–{max(ratios):.2f}"
    )
    Console().print(table)
    result = {
        "race": race,
        "people": PEOPLE,
        "links": LINKS,
        "rounds": ROUNDS,
        "questions_per_round": QUESTIONS,
        "ours_cpu_us": round(ours),
        "by_hand_cpu_us": round(hand),
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "ours_wall_us": round(statistics.median(one["ours"][1] for one in rounds)),
        "by_hand_wall_us": round(statistics.median(one["by hand"][1] for one in rounds)),
        "python": platform.python_version(),
        "driver": neo4j.__version__,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
