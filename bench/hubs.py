"""What the most that a network looks at takes of a question's time: hubs, and nodes just short of being one.

One Neo4j with the memory of a node. Everything is visible, so nothing of the work is spared. Each question is asked as
the node asks it, but without the end of its time; seconds are the median of its turns, CPU that of the database. DUE
is half of the time that a question has. Without figures: it needs more memory than a question may have.
"""

import asyncio
import json
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import neo4j
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.hops import grant, load, uuid
from graph import session
from graph.driver import open_driver
from graph.errors import TooMuchAsked
from graph.local import start_local
from graph.migrate import migrate
from graph.network import LINKS_OF_STARTS, LINKS_SHARED, MOST_HOPS, MOST_NODES, around
from graph.session import DEADLINE_SECONDS, GraphSession
from schemas.link import WALKED
from schemas.operation import system_clock

CROWD = 100_000
STARTS = 20
SHARE, SHARE_OF_START = LINKS_SHARED // MOST_NODES, LINKS_OF_STARTS // STARTS
TURNS = 3
NEVER, A_DAY = -1, 1  # the links hold from 0
DUE = DEADLINE_SECONDS / 2
UNHURRIED_SECONDS = 100.0
RESULTS = Path(__file__).parent / "results" / "hubs.json"

Pair = tuple[str, str]


def _people(dice: random.Random, number: int) -> list[str]:
    return [f"urn:sangam:IN-RJ:person:{uuid(dice)}" for _ in range(number)]


def _pairs(dice: random.Random, crowd: Sequence[str], parts: dict[str, list[str]]) -> Iterator[Pair]:
    """Join a hub to all, some to as many as they may have, and a circle each to each."""
    [hub], [beside], [one], [middle] = parts["hub"], parts["beside"], parts["one"], parts["middle"]
    yield from ((hub, other) for other in crowd)
    yield beside, hub
    yield from ((one, other) for other in dice.sample(crowd, LINKS_OF_STARTS))
    for start in parts["starts"]:
        yield from ((start, other) for other in dice.sample(crowd, SHARE_OF_START))
    for near in parts["nearly"]:
        yield middle, near
        yield from ((near, other) for other in dice.sample(crowd, SHARE - 1))
    yield from combinations(parts["circle"], 2)


async def _measured(
    driver: neo4j.AsyncDriver, java: psutil.Process, ids: Sequence[str], hops: int, valid_at: int | None
) -> dict[str, Any]:
    taken, used, shown = [], [], None
    for turn in range(TURNS + 1):
        began, cpu = time.perf_counter(), java.cpu_times()
        view = GraphSession(grant(), lambda: driver)
        try:
            shown = await around(view, ids, hops=hops, along=WALKED, valid_at=valid_at, limit=MOST_NODES)
        except TooMuchAsked:  # more memory than a question may have
            nothing = dict.fromkeys(("seconds", "slowest", "cpu", "nodes", "links"))
            return nothing | {"met": False}
        if turn:  # the first plans and warms
            after = java.cpu_times()
            taken.append(time.perf_counter() - began)
            used.append(after.user + after.system - cpu.user - cpu.system)
    assert shown
    return {
        "seconds": round(statistics.median(taken), 2),
        "slowest": round(max(taken), 2),
        "cpu": round(statistics.median(used), 2),
        "nodes": len(shown.nodes),
        "links": len(shown.links),
        "met": statistics.median(taken) <= DUE,
    }


async def main() -> None:
    """Load, ask, print the table and write it down."""
    session.DEADLINE_SECONDS = UNHURRIED_SECONDS
    dice = random.Random(7)
    crowd = _people(dice, CROWD)
    sizes = {"hub": 1, "beside": 1, "one": 1, "starts": STARTS, "middle": 1, "nearly": MOST_NODES - 1}
    parts = {part: _people(dice, size) for part, size in (sizes | {"circle": MOST_NODES}).items()}
    people = [{"id": id, "level": 0} for id in (*crowd, *(id for ids in parts.values() for id in ids))]
    links = [
        {"a": a, "b": b, "id": f"urn:sangam:IN-RJ:link:{uuid(dice)}", "level": 0, "from": 0}
        for a, b in _pairs(dice, crowd, parts)
    ]
    questions = {
        f"from a hub of {CROWD:,} links": (parts["hub"], 1, None),
        "through it": (parts["beside"], MOST_HOPS, None),
        f"from one start of {LINKS_OF_STARTS:,} links": (parts["one"], MOST_HOPS, None),
        f"from {STARTS} starts of {SHARE_OF_START:,} links each": (parts["starts"], MOST_HOPS, None),
        "the same before any of them held": (parts["starts"], MOST_HOPS, NEVER),
        f"through {MOST_NODES - 1} nodes of {SHARE} links each": (parts["middle"], MOST_HOPS, None),
        "the same on a day": (parts["middle"], MOST_HOPS, A_DAY),
        f"{MOST_NODES} nodes, each linked to each": (parts["circle"][:1], MOST_HOPS, None),
        "the same of them on a day": (parts["circle"][:1], MOST_HOPS, A_DAY),
    }
    with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
        graph = await start_local(Path(folder) / "graph")
        try:
            async with await open_driver(graph.uri, graph.user, graph.password) as driver:
                await migrate(driver)
                await load(driver, people, links)
                java = psutil.Process(graph.pid)
                rows = {
                    name: await _measured(driver, java, ids, hops, valid_at)
                    for name, (ids, hops, valid_at) in track(questions.items(), description="asking")
                }
        finally:
            await graph.stop()
    _write(rows, len(links))


def _write(rows: dict[str, dict[str, Any]], links: int) -> None:
    table = Table("network", "seconds", "slowest", "CPU", "nodes", "links", title=f"of {DEADLINE_SECONDS} s")
    for name, row in rows.items():
        table.add_row(name, *(str(row[column] or "-") for column in ("seconds", "slowest", "cpu", "nodes", "links")))
    Console().print(table)
    written = {
        "at": system_clock().isoformat(timespec="seconds"),
        "links": links,
        "deadline": DEADLINE_SECONDS,
        "due": DUE,
        "python": platform.python_version(),
        "driver": neo4j.__version__,
        "networks": rows,
    }
    RESULTS.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
