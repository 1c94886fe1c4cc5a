"""How soon a node's own Neo4j answers on a store that exists, and what it holds in memory at rest.

A start is timed from the call to the first answer, jars checked and migrations looked at on the way. Memory is read
after a while without questions: PSS counts a page shared by n processes as 1/n, RSS as whole.
"""

import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from graph.driver import open_driver, rows
from graph.local import start_local
from graph.migrate import migrate
from schemas.operation import system_clock

STARTS = 5
REST_SECONDS = 5.0
MAY_TAKE_SECONDS = 6.0
MAY_HOLD_MB = 350
RESULTS = Path(__file__).parent / "results" / "start.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """One start and the stop after it; seconds and MB (2^20 bytes), `load` the machine's at the time.

    `cpu` is what Java had used when it first answered, which a busy machine changes little.
    """

    answered: float
    cpu: float
    stopped: float
    pss: float
    rss: float
    load: float


async def _measure(home: Path) -> Measured:
    began = time.perf_counter()
    graph = await start_local(home)
    async with await open_driver(graph.uri, graph.user, graph.password) as driver:
        await migrate(driver)
        await rows(driver, "MATCH (n:Record) RETURN n.id LIMIT 1")
        answered = time.perf_counter() - began
        java = psutil.Process(graph.pid)
        used = java.cpu_times()
        await asyncio.sleep(REST_SECONDS)
        memory = java.memory_full_info()
    began = time.perf_counter()
    await graph.stop()
    stopped = time.perf_counter() - began
    return Measured(
        answered, used.user + used.system, stopped, memory.pss / 2**20, memory.rss / 2**20, os.getloadavg()[0]
    )


async def _run() -> tuple[Measured, list[Measured]]:
    """Give the first start on a new store, and then the starts on it."""
    with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
        home = Path(folder, "node")
        first = await _measure(home)
        return first, [await _measure(home) for _ in range(STARTS)]


def _table(first: Measured, again: list[Measured]) -> Table:
    table = Table(title="Neo4j of our own, demo settings")
    for name in ("start", "first answer s", "Java CPU s", "stop s", "PSS MB", "RSS MB", "load"):
        table.add_column(name, justify="right")
    for name, one in (("new store", first), *((f"again {i}", one) for i, one in enumerate(again, 1))):
        table.add_row(name, *(f"{value:.2f}" for value in asdict(one).values()))
    return table


def main() -> None:
    """Measure, print and write down."""
    first, again = asyncio.run(_run())
    answered = statistics.median(one.answered for one in again)
    rss = max(one.rss for one in again)
    console = Console()
    console.print(_table(first, again))
    console.print(
        f"first answer {answered:.2f} s (at most {MAY_TAKE_SECONDS}); at rest {rss:.0f} MB (at most {MAY_HOLD_MB})"
    )
    RESULTS.parent.mkdir(exist_ok=True)
    written = {
        "at": system_clock().isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "new_store": asdict(first),
        "again": [asdict(one) for one in again],
        "median_first_answer_seconds": answered,
        "most_rss_mb": rss,
        "met": answered <= MAY_TAKE_SECONDS and rss <= MAY_HOLD_MB,
    }
    RESULTS.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
