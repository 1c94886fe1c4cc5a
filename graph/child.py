"""One running Neo4j: a guard and, under it, Java; the data directory is locked for as long as Java lives."""

import asyncio
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from graph.errors import DataDirectoryBusy, GraphUnavailable
from graph.runtime import environment

GUARD = Path(__file__).with_name("guard.py")
DEAD_OWNER_SECONDS = 15.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Child:
    """A guard with Java under it; `pid` is Java's."""

    guard: subprocess.Popen[bytes]
    pid: int

    def alive(self) -> bool:
        """Say whether the guard, and so Java, still runs."""
        return self.guard.poll() is None

    def port(self) -> int | None:
        """Give the loopback port that Java listens on, or None while it has none."""
        try:
            for socket in psutil.Process(self.pid).net_connections("tcp4"):
                if socket.status == psutil.CONN_LISTEN and socket.laddr.ip == "127.0.0.1":
                    return int(socket.laddr.port)
        except psutil.Error:
            return None
        return None

    async def stop(self) -> None:
        """Let Java stop cleanly, which takes half a second, and wait for it."""
        await self._end(b"")

    async def kill(self) -> None:
        """End Java at once; what it had acknowledged is safe."""
        await self._end(b"k")

    async def _end(self, word: bytes) -> None:
        pipe = self.guard.stdin
        assert pipe is not None
        if not pipe.closed:
            with pipe, suppress(BrokenPipeError):  # it may have ended already
                pipe.write(word)
        await asyncio.to_thread(self.guard.wait)


def launch(home: Path, command: Sequence[str], owner: int, *, grace: int) -> Child:
    """Start a command under a guard; both hold the lock `owner` of the data directory.

    `grace` is how many seconds it may take to stop before it is killed.
    """
    guard = _spawn(home, command, owner, grace)
    assert guard.stdout is not None
    with guard.stdout as said:
        pid = said.readline()  # the guard says it as its first act
    if not pid:
        guard.wait()
        raise GraphUnavailable(f"The database under {home} could not be started: {last_words(home)}")
    return Child(guard, int(pid))


def _spawn(home: Path, command: Sequence[str], owner: int, grace: int) -> subprocess.Popen[bytes]:
    # Not by asyncio, because a graph may be started in one event loop and stopped in another.
    with os.fdopen(os.open(home / "logs" / "console.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)) as console:
        return subprocess.Popen(  # noqa: S603  # our own guard, no shell
            [sys.executable, "-I", "-S", str(GUARD), str(grace), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=console,
            env=environment(home),
            cwd=home,
            pass_fds=(owner,),
            start_new_session=True,  # Ctrl-C is for the program, which then stops us in its own order
            bufsize=0,
        )


def last_words(home: Path) -> str:
    """Give the last line that the guard or Java printed; Neo4j prints a control character when it is ready."""
    lines = (home / "logs" / "console.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip().isprintable() and line.strip()), "no word")


async def own(home: Path) -> int:
    """Lock a data directory and give the lock's descriptor.

    Wait a little for the Java of a dead owner to end; raise DataDirectoryBusy where the owner lives.
    """
    descriptor = os.open(home / "owner", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _lock(descriptor, home)
    except BaseException:
        os.close(descriptor)
        raise
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "since": _since(os.getpid())}).encode(), 0)
    return descriptor


async def _lock(descriptor: int, home: Path) -> None:
    patience = time.monotonic() + DEAD_OWNER_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _living_owner(descriptor)
            if owner is not None or time.monotonic() >= patience:
                who = f"process {owner}" if owner else "a process that is ending"
                raise DataDirectoryBusy(f"Another node uses the data directory {home} ({who}).") from None
        await asyncio.sleep(POLL_SECONDS)


def _living_owner(descriptor: int) -> int | None:
    """Give the process that took the lock if it still lives."""
    try:
        owner = json.loads(os.pread(descriptor, 1024, 0))
        pid, since = int(owner["pid"]), float(owner["since"])
        return pid if _since(pid) == since else None
    except (ValueError, KeyError, psutil.Error):
        return None  # being written just now, or dead


def _since(pid: int) -> float:
    return psutil.Process(pid).create_time()
