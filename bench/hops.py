"""Two hops and the shortest length on 100k people and 400k links: our statements against the same written by hand.

Both run on one Neo4j in one run, rounds interleaved in random order, answers compared first. The viewer sees nine
records and nine links in ten. Ours is asked as the node asks it, with every row looked at again; by hand is the bare
driver and the same predicate. CPU is that of database and asker together, in microseconds per question; the ratio is
by hand / ours within a round, its median over the rounds.
"""

import asyncio
import json
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import neo4j
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from auth.grant import Grant, Mode
from auth.policy import decide
from graph.driver import Driver, open_driver
from graph.local import LocalGraph, start_local
from graph.migrate import migrate
from graph.network import MOST_NODES, around
from graph.paths import distance
from graph.session import GraphSession
from graph.visible import expand, parameters
from schemas.enquiry import Enquiry
from schemas.handling import Purpose
from schemas.link import WALKED, LinkKind
from schemas.officer import Officer, Rank
from schemas.operation import system_clock

PEOPLE, LINKS = 100_000, 400_000
ROUNDS, QUESTIONS, COMPARED = 45, 12, 300
MUST_REACH = 0.8
RESULTS = Path(__file__).parent / "results" / "hops.json"

_LOAD_PEOPLE = """UNWIND $rows AS row CREATE (n:Record:Person {aud: 1, level: row.level, comp: '', class: 'SUSPECT',
until: 4102444800, id: row.id, kind: 'person', audience: ['IN-RJ']})"""
_LOAD_LINKS = """UNWIND $rows AS row MATCH (a:Record {id: row.a}) MATCH (b:Record {id: row.b})
CREATE (a)-[:ASSOCIATE_OF {aud: 1, level: row.level, comp: '', class: '-', until: 4102444800, id: row.id,
audience: ['IN-RJ'], valid_from: row.from, valid_to: 4611686018427387904, weight: 1, basis: 'CALLS'}]->(b)"""


def _by_hand(text: str) -> str:
    """Write the predicate out, as our own statements have it."""
    return expand(text, relations=list(LinkKind), walked=WALKED)


# The same answers, in the same order, as a careful person would write them for these two shapes alone, with the same
# predicate.
_TWO_HOPS = _by_hand("""MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
CALL (a) { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b)
  WITH DISTINCT b ORDER BY b.kind, b.id LIMIT 500 RETURN collect(b) AS ones }
CALL (a, ones) { UNWIND ones AS b MATCH (b)-[r:WALKED]-(c) WHERE VISIBLE(r) AND REACHED(c) AND c <> a
  WITH DISTINCT c, ones WHERE NOT c IN ones
  WITH c ORDER BY c.kind, c.id LIMIT 500 RETURN collect(c) AS twos }
WITH ([a] + ones + twos)[..500] AS kept
CALL (kept) { UNWIND kept AS x MATCH (x)-[r:WALKED]->(y) WHERE VISIBLE(r) AND y IN kept WITH x, r, y ORDER BY r.id
  RETURN collect([r.id, type(r), x.id, y.id, r.role, r.criteria, r.basis, r.weight, r.as_written, r.note, r.owner,
    r.unit, r.valid_from, r.valid_to, r.recorded_at, r.recorded_by, r.legal_basis, r.case_ref, r.source_grade,
    r.info_grade, r.handling, r.handling_text, r.onward, r.review_on, r.expires_at, r.audience, r.level, r.comp])
    AS links }
CALL (kept) { UNWIND kept AS x MATCH (x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y) AND NOT y IN kept
  WITH x, count(DISTINCT y) AS left ORDER BY x.id RETURN collect([x.id, left]) AS more }
RETURN [n IN kept | [n.id, n.kind]] AS nodes, links, more""")
_LENGTH_ALL = _by_hand("""MATCH (a:Record {id: $id}), (b:Record {id: $other}) WHERE VISIBLE(a) AND VISIBLE(b)
MATCH p = shortestPath((a)-[:WALKED*..8]-(b))
WHERE all(n IN nodes(p) WHERE REACHED(n)) AND all(r IN relationships(p) WHERE VISIBLE(r))
RETURN length(p) AS hops""")
_LENGTH_SHORTEST = _by_hand("""MATCH (a:Record {id: $id}), (b:Record {id: $other}) WHERE VISIBLE(a) AND VISIBLE(b)
MATCH p = SHORTEST 1 (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,8} (b)
RETURN length(p) AS hops""")

Question = tuple[str, str]
Side = Callable[[Question], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one question costs on the average, in microseconds: CPU of the database, of the asker, and time."""

    database: float
    asker: float
    wall: float

    @property
    def cpu(self) -> float:
        """Give the CPU of both together."""
        return self.database + self.asker


class _Sides:
    """One database and one grant that all sides of the races share."""

    def __init__(self, driver: Driver, graph: LocalGraph, grant: Grant) -> None:
        self._driver = driver
        self._java = psutil.Process(graph.pid)
        self._us = psutil.Process()
        self._grant = grant
        self._g = parameters(grant, Mode.WALK)

    async def network(self, asked: Question) -> Any:
        """Ask for a two-hop network as the node does."""
        session = GraphSession(self._grant, lambda: self._driver)
        made = await around(session, asked[:1], hops=2, along=WALKED, valid_at=None, limit=MOST_NODES)
        return (
            [id for id, _ in made.nodes],
            [link.id for link in made.links],
            [(left.id, left.not_shown) for left in made.more],
        )

    async def network_by_hand(self, asked: Question) -> Any:
        """Ask for the same by hand."""
        [[nodes, links, more]] = await self._run(_TWO_HOPS, id=asked[0])
        return [id for id, _ in nodes], [link[0] for link in links], [(id, left) for id, left in more]

    async def length(self, asked: Question) -> int | None:
        """Ask for the shortest length as the node does."""
        return await distance(GraphSession(self._grant, lambda: self._driver), *asked)

    async def length_by_shortest_path(self, asked: Question) -> int | None:
        """Ask for the same by hand, with shortestPath."""
        return self._hops(await self._run(_LENGTH_ALL, id=asked[0], other=asked[1]))

    async def length_by_shortest(self, asked: Question) -> int | None:
        """Ask for the same by hand, with SHORTEST."""
        return self._hops(await self._run(_LENGTH_SHORTEST, id=asked[0], other=asked[1]))

    def _hops(self, rows: list[list[Any]]) -> int | None:
        return int(rows[0][0]) if rows else None

    async def _run(self, text: str, **given: Any) -> list[list[Any]]:
        async with self._driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            result = await session.run(text, g=self._g, **given)
            return [record.values() async for record in result]

    async def cost(self, side: Side, asked: Sequence[Question]) -> Cost:
        """Ask all questions of a round of one side."""
        java, us, start = self._java.cpu_times(), self._us.cpu_times(), time.perf_counter()
        for question in asked:
            await side(question)
        end, java_after, us_after = time.perf_counter(), self._java.cpu_times(), self._us.cpu_times()
        used = [after.user + after.system - a.user - a.system for a, after in ((java, java_after), (us, us_after))]
        return Cost(*(seconds / len(asked) * 1e6 for seconds in (*used, end - start)))


async def _race(name: str, sides: _Sides, asked: dict[str, Side], people: Sequence[str], dice: random.Random) -> Any:
    """Compare the answers of all sides, then race them in rounds; the first side is ours."""
    for _ in track(range(COMPARED), description=f"{name}: comparing"):
        a, b = dice.sample(people, 2)
        answers = [await side((a, b)) for side in asked.values()]
        assert all(answer == answers[0] for answer in answers), f"{name}: the sides do not agree"
    rounds: list[dict[str, Cost]] = []
    for _ in track(range(ROUNDS), description=f"{name}: racing"):
        questions: list[Question] = []
        for _ in range(QUESTIONS):
            a, b = dice.sample(people, 2)
            questions.append((a, b))
        order = list(asked.items())
        dice.shuffle(order)
        rounds.append({side: await sides.cost(ask, questions) for side, ask in order})
    return rounds


def _summed(name: str, rounds: list[dict[str, Cost]]) -> dict[str, Any]:
    """Give medians of each side, and the ratio to the best of those by hand."""
    ours = "ours"
    hands = [side for side in rounds[0] if side != ours]
    middle = {side: _middle([one[side] for one in rounds]) for side in (ours, *hands)}
    best = min(hands, key=lambda side: middle[side].cpu)
    ratios = sorted(one[best].cpu / one[ours].cpu for one in rounds)
    return {
        "race": name,
        "rounds": len(rounds),
        "questions_per_round": QUESTIONS,
        "microseconds": {
            side: {part: round(value) for part, value in asdict(cost).items()} for side, cost in middle.items()
        },
        "best_by_hand": best,
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_range": [round(ratios[0], 3), round(ratios[-1], 3)],
        "database_ratio_median": round(statistics.median(one[best].database / one[ours].database for one in rounds), 3),
        "met": statistics.median(ratios) >= MUST_REACH,
    }


def _middle(costs: list[Cost]) -> Cost:
    parts = zip(*(asdict(cost).values() for cost in costs), strict=True)
    return Cost(*(statistics.median(part) for part in parts))


def uuid(dice: random.Random) -> str:
    """Give the next UUID of a seed."""
    return str(UUID(int=dice.getrandbits(128), version=4))


async def _load(driver: Driver, dice: random.Random) -> list[str]:
    """Load the graph and give the ids of the people whom the viewer sees."""
    ids = [f"urn:sangam:IN-RJ:person:{uuid(dice)}" for _ in range(PEOPLE)]
    people = [{"id": id, "level": 0 if dice.random() < 0.9 else 3} for id in ids]
    links = []
    for _ in range(LINKS):
        a, b = dice.sample(ids, 2)
        level = 0 if dice.random() < 0.9 else 3
        start = dice.randrange(10**9)
        links.append({"a": a, "b": b, "id": f"urn:sangam:IN-RJ:link:{uuid(dice)}", "level": level, "from": start})
    await load(driver, people, links)
    return [id for id, person in zip(ids, people, strict=True) if person["level"] == 0]


async def load(driver: Driver, people: Sequence[dict[str, Any]], links: Sequence[dict[str, Any]]) -> None:
    """Store people and the links between them, with a progress bar."""
    async with driver.session() as session:
        for text, rows in ((_LOAD_PEOPLE, people), (_LOAD_LINKS, links)):
            for start in track(range(0, len(rows), 5_000), description=f"loading {len(rows):,}"):
                await (await session.run(text, rows=rows[start : start + 5_000])).consume()


def grant() -> Grant:
    """Give the grant of a plain officer who investigates."""
    at = system_clock()
    officer = Officer(id="bench.officer", name="Officer of the race", state="IN-RJ", rank=Rank.SI, unit="HQ")
    enquiry = Enquiry(
        id="urn:sangam:IN-RJ:enquiry:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f",
        officer=officer.id,
        purpose=Purpose.INVESTIGATION,
        case_ref="FIR 12/2026",
        legal_basis="BNSS 94",
        opened_at=at,
        expires_at=at + timedelta(days=1),
    )
    grant = decide(officer, enquiry, at=at)
    assert isinstance(grant, Grant)
    return grant


async def main() -> None:
    """Load, compare, race, print the table and write it down."""
    dice = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
        graph = await start_local(Path(folder) / "graph")
        try:
            async with await open_driver(graph.uri, graph.user, graph.password) as driver:
                await migrate(driver)
                people = await _load(driver, dice)
                sides = _Sides(driver, graph, grant())
                networks: dict[str, Side] = {"ours": sides.network, "by hand": sides.network_by_hand}
                lengths: dict[str, Side] = {
                    "ours": sides.length,
                    "shortestPath by hand": sides.length_by_shortest_path,
                    "SHORTEST by hand": sides.length_by_shortest,
                }
                raced = [
                    _summed("two-hop network", await _race("two hops", sides, networks, people, dice)),
                    _summed("shortest length", await _race("shortest length", sides, lengths, people, dice)),
                ]
        finally:
            await graph.stop()
    _write(raced)


def _write(raced: list[dict[str, Any]]) -> None:
    title = "CPU of database + asker per question, median of rounds, µs"
    table = Table("race", "side", "database", "asker", "time", "by hand / ours", "range", title=title)
    for race in raced:
        for side, cost in race["microseconds"].items():
            first = side == "ours"
            low, high = race["ratio_range"]
            table.add_row(
                race["race"] if first else "",
                side,
                *(f"{cost[part]:,}" for part in ("database", "asker", "wall")),
                f"{race['ratio_median']:.2f} (at least {MUST_REACH})" if first else "",
                f"{low:.2f}–{high:.2f}" if first else "",
            )
    Console().print(table)
    written = {
        "at": system_clock().isoformat(timespec="seconds"),
        "people": PEOPLE,
        "links": LINKS,
        "python": platform.python_version(),
        "driver": neo4j.__version__,
        "races": raced,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
