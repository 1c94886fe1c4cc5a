"""Class data is made once for all nodes of a machine, and a machine that cannot make it starts without."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph import classdata
from graph.errors import GraphUnavailable

pytestmark = pytest.mark.anyio


def _archives(root: Path) -> list[str]:
    return sorted(file.name for file in root.rglob("*.jsa"))


def _part(flags: Sequence[str]) -> Path:
    """Give the file that a run with these flags writes when it stops."""
    return Path(flags[1].removeprefix("-XX:ArchiveClassesAtExit="))


async def test_it_is_made_once_by_whoever_comes_first_and_shared_by_all(tmp_path: Path) -> None:
    trained: list[Path] = []

    async def train(home: Path, flags: Sequence[str]) -> None:
        trained.append(home)
        _part(flags).write_bytes(b"classes")

    made = await asyncio.gather(*(classdata.flags(tmp_path, [], train) for _ in range(3)))
    assert len(trained) == 1
    assert made[0] == made[1] == made[2] == await classdata.flags(tmp_path, [], train)
    assert _archives(tmp_path) == ["app.jsa", "base.jsa"]
    (tmp_path / "a.jar").write_bytes(b"another class path")
    assert await classdata.flags(tmp_path, [tmp_path / "a.jar"], train) != made[0]
    assert len(trained) == 2


async def test_a_run_that_fails_leaves_no_archive_and_no_start_fails_for_it(tmp_path: Path) -> None:
    async def fail(home: Path, flags: Sequence[str]) -> None:
        _part(flags).write_bytes(b"half of the clas")
        raise GraphUnavailable("It did not start.")

    async def write_nothing(home: Path, flags: Sequence[str]) -> None:
        """Stop without having written, as Java does on a full disk."""

    for train in (fail, write_nothing):
        assert await classdata.flags(tmp_path, [], train) == []
        assert _archives(tmp_path) == ["base.jsa"]
