"""Several processes on one register, and processes that are killed in the middle of their work."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from register.store import Register

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
KILLS = 5

Opener = Callable[[], Awaitable[Register]]


def started(url: str, name: str, *, callers: int, most: int) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-m", "tests.register.appending", url, name, str(callers), str(most)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)


async def test_processes_that_make_a_register_together_keep_one_chain(url: str, opened: Opener) -> None:
    processes = [started(url, name, callers=5, most=20) for name in ("a", "b", "c")]
    numbers = [int(line) for process in processes for line in process.communicate(timeout=120)[0].splitlines()]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(numbers) == list(range(1, 301))
    register = await opened()
    assert await register.ledger.verify() == []


async def test_a_killed_process_leaves_every_entry_that_it_said_was_written(url: str, opened: Opener) -> None:
    for kill in range(KILLS):
        acknowledged = entries_until_killed(url, f"k{kill}", after=10 + 17 * kill)
        assert acknowledged
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            stored = {seq for (seq,) in file.execute("SELECT seq FROM ledger")}
        assert acknowledged <= stored
    register = await opened()
    assert await register.ledger.verify() == []


def entries_until_killed(url: str, name: str, *, after: int) -> set[int]:
    """Kill a process after so many entries, and give all that it said were written, also while it died."""
    with started(url, name, callers=4, most=0) as process:
        assert process.stdout is not None
        acknowledged = {int(process.stdout.readline()) for _ in range(after)}
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    # What stands after the last line end was cut in the middle of a number.
    return acknowledged | {int(line) for line in rest[: rest.rfind("\n") + 1].splitlines()}
