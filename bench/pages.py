"""What lists, and pages inside pages, take of a question's time where very much may be seen.

One Neo4j with the memory of a node, 100,000 people and 500,000 links, all visible; one of them is linked to all. Each
question is asked as the node asks it, but without the end of its time; seconds are the median of its turns, CPU that of
the database. DUE is half of the time that a question has.
"""

import asyncio
import json
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import neo4j
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.hops import grant, load, uuid
from graph import session
from graph.connections import CONNECTIONS, Kind
from graph.driver import open_driver
from graph.local import start_local
from graph.migrate import migrate
from graph.picks import LinkPick, Page, Pick
from graph.projection import Compiled, Order, Test, by_ids, listed
from graph.session import DEADLINE_SECONDS, GraphSession
from schemas.operation import system_clock

PEOPLE = 100_000
LINKS = 400_000
TURNS = 5
DUE = DEADLINE_SECONDS / 2
UNHURRIED_SECONDS = 100.0
RESULTS = Path(__file__).parent / "results" / "pages.json"
_HEADS = """UNWIND $rows AS row MATCH (n:Record {id: row.id}) CREATE (n)-[:HEAD]->(:Version {kind: 'person',
record: row.id, aud: 1, level: 0, comp: '', class: 'SUSPECT', until: 4102444800, audience: ['IN-RJ'],
sort_name: row.name, recorded_at: row.at, unit: 'RJ-JPC', valid_from: 0, valid_to: 4611686018427387904, names: '[]'})"""


def _pick(*firsts: int) -> Pick:
    """Ask for names, and for a page of associates, with their names and a page of theirs, and so on."""
    associates = CONNECTIONS[Kind.PERSON]["associates"]
    pick = Pick(Kind.PERSON, ("names",))
    for first in reversed(firsts):
        link = LinkPick("associates", associates, pick, associates.kinds, first, counted=True)
        pick = Pick(Kind.PERSON, ("names",), (link,))
    return pick


def _list(*firsts: int, tests: Sequence[Test] = (), order: str = "sort_name", counted: bool = False) -> Compiled:
    return listed(_pick(*firsts), tests, Order(order), first=50, after=None, counted=counted)


def _pages(pages: Iterator[Page]) -> Iterator[Page]:
    for page in pages:
        yield page
        yield from _pages(below for link in page.links for below in link.node.pages.values())


async def _measured(driver: neo4j.AsyncDriver, java: psutil.Process, question: Compiled) -> dict[str, Any]:
    taken, used, refused = [], [], 0
    for turn in range(TURNS + 1):
        began, cpu = time.perf_counter(), java.cpu_times()
        found = await GraphSession(grant(), lambda: driver).project(question)
        refused = sum(page.too_many for page in _pages(iter(p for _, node in found.rows for p in node.pages.values())))
        if turn:  # the first plans and warms
            after = java.cpu_times()
            taken.append(time.perf_counter() - began)
            used.append(after.user + after.system - cpu.user - cpu.system)
    return {
        "seconds": round(statistics.median(taken), 3),
        "slowest": round(max(taken), 3),
        "cpu": round(statistics.median(used), 3),
        "pages with too many": refused,
        "met": statistics.median(taken) <= DUE,
    }


async def main() -> None:
    """Load, ask, print the table and write it down."""
    session.DEADLINE_SECONDS = UNHURRIED_SECONDS
    dice = random.Random(7)
    ids = [f"urn:sangam:IN-RJ:person:{uuid(dice)}" for _ in range(PEOPLE)]
    people = [{"id": id, "level": 0, "name": f"{dice.getrandbits(64):016x}", "at": dice.randrange(10**9)} for id in ids]
    pairs = [(ids[0], other) for other in ids[1:]]
    pairs += [(dice.choice(ids), dice.choice(ids)) for _ in range(LINKS)]
    links = [
        {"a": a, "b": b, "id": f"urn:sangam:IN-RJ:link:{uuid(dice)}", "level": 0, "from": 0} for a, b in pairs if a != b
    ]
    questions = {
        "list by name": _list(),
        "list by day, counted": _list(order="recorded_at", counted=True),
        "list filtered to none, counted": _list(tests=[Test("unit", "is", "RJ-JDP")], counted=True),
        f"page of one with {PEOPLE:,} links": by_ids([(_pick(50), ids[:1])]),
        "50 × page of 20": _list(20),
        "50 × page of 20 × page of 5": _list(20, 5),
        "50 × page of 50 × page of 50 × page of 50": _list(50, 50, 50),
    }
    with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
        graph = await start_local(Path(folder) / "graph")
        try:
            async with await open_driver(graph.uri, graph.user, graph.password) as driver:
                await migrate(driver)
                await load(driver, people, links)
                async with driver.session() as writing:
                    for start in track(range(0, PEOPLE, 5_000), description="loading heads"):
                        await (await writing.run(_HEADS, rows=people[start : start + 5_000])).consume()
                java = psutil.Process(graph.pid)
                rows = {
                    name: await _measured(driver, java, question)
                    for name, question in track(questions.items(), description="asking")
                }
        finally:
            await graph.stop()
    _write(rows, len(links))


def _write(rows: dict[str, dict[str, Any]], links: int) -> None:
    columns = ("seconds", "slowest", "cpu", "pages with too many")
    table = Table("question", *columns, title=f"of {DEADLINE_SECONDS} s")
    for name, row in rows.items():
        table.add_row(name, *(str(row[column]) for column in columns))
    Console().print(table)
    written = {
        "at": system_clock().isoformat(timespec="seconds"),
        "people": PEOPLE,
        "links": links,
        "deadline": DEADLINE_SECONDS,
        "due": DUE,
        "python": platform.python_version(),
        "driver": neo4j.__version__,
        "questions": rows,
    }
    RESULTS.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
