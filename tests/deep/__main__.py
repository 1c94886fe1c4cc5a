"""`python -m tests.deep --part access --minutes 30`: run new seeds for that long and add to `tally.json`.

A part is a module with `run(minutes, seeds_from) -> Tally`. It ends with 1 if anything was violated.
"""

import argparse
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from threading import Event, Thread
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.deep import Tally

PARTS = {
    "access": "tests.noninterference.deep",
    "race": "tests.noninterference.race",
    "kills": "tests.kills.deep",
    "stateful": "tests.stateful.deep",
    "mutation": "tests.deep_mutation.deep",
    "fuzz": "tests.fuzz.deep",
    "federation": "tests.federation.six.deep",
    "federated_worlds": "tests.federation.six.deep_worlds",
}
TALLY = Path(__file__).with_name("tally.json")


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.deep")
    reader.add_argument("--part", choices=sorted(PARTS), required=True)
    reader.add_argument("--minutes", type=float, required=True)
    asked = reader.parse_args()
    before = _read()
    seeds_from = max((run["last"] + 1 for run in before if run["part"] == asked.part), default=0)
    with _passing(asked.part, asked.minutes):
        tally = importlib.import_module(PARTS[asked.part]).run(asked.minutes, seeds_from)
    _add(asked.part, tally)
    print(f"{asked.part}: seeds {tally.first} to {tally.last}, {tally.counts}, {len(tally.violations)} violations")
    for violation in tally.violations:
        print(violation)
    return 1 if tally.violations else 0


@contextmanager
def _passing(part: str, minutes: float) -> Iterator[None]:
    """Show how much of the time has passed."""
    done = Event()
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()) as bars:
        task = bars.add_task(f"{part}, {minutes:g} minutes", total=60 * minutes)

        def pass_by() -> None:
            while not done.wait(1):
                bars.advance(task)

        clock = Thread(target=pass_by)
        clock.start()
        try:
            yield
        finally:
            done.set()
            clock.join()


def _read() -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = json.loads(TALLY.read_text(encoding="utf-8")) if TALLY.exists() else []
    return runs


def _add(part: str, tally: Tally) -> None:
    """Add a run, read anew so that two parts may run at once."""
    run = {
        "part": part,
        "first": tally.first,
        "last": tally.last,
        "commit": _commit(),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "counts": tally.counts,
        "violations": tally.violations,
    }
    # Under a lock, and put in place whole: two parts that end at once would each read what the other half wrote.
    with TALLY.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        beside = TALLY.with_suffix(".new")
        beside.write_text(json.dumps([*_read(), run], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(TALLY)


def _commit() -> str:
    """Give the commit that was run; `+` where the working tree differs from it."""
    here = Path(__file__).parent
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=here, capture_output=True, text=True).stdout
    rooms = ["schemas", "auth", "graph", "register", "federation", "desk", "api", "analysis"]
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", *rooms], cwd=here.parents[1]).returncode
    return commit.strip() + ("+" if changed else "")


if __name__ == "__main__":
    sys.exit(main())
