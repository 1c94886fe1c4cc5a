"""A node's stores on its own disk: who uses them, and how they are replaced whole.

In order:
1. Whoever opens the stores shares a lock on their folder; what backs them up, restores or compacts them has it alone.
2. New stores are made in a folder of their own, `making`. By one rename it becomes `ready`, and from then on they are
   the stores: whatever happens, whoever comes next puts them in the place of the old ones before opening any.
3. The old files are removed then.
4. One node serves from a data directory: two would each take a peer's token once. Commands beside it are no nodes.
5. Stores are opened under the key that they were made under: none is made in the place of one that is lost.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from auth.sealing import MASTER, StateKeys
from desk.errors import Refused, Unavailable
from register.store import Register
from schemas.operation import Clock, Random

STORES = ("graph", "register", "vault")

_LOCK, _NODE = "stores.lock", "node.lock"
_MAKING, _READY, _OLD = "making", "ready", "old"


def state_keys(data: Path) -> StateKeys:
    """Open the keys of a data directory, made with its stores. Raises OSError, and Refused if only the key is lost."""
    folder = data / "keys"
    if _register(data).exists() and not (folder / MASTER).exists():
        said = f"{folder / MASTER} is lost, and these stores are nothing without it: bring it back from a copy."
        raise Refused("KEY_LOST", said)
    return StateKeys.open(folder)


def register_url(folder: Path) -> str:
    """Give the address of the register that lies with other stores in a folder."""
    return f"sqlite:///{_register(folder)}"


def _register(folder: Path) -> Path:
    return folder / "register" / "register.db"


@dataclass(frozen=True)
class Stores:
    """The stores of a state that lie on its own disk, under a data directory, with its keys and what it is handed."""

    state: str
    data: Path
    keys: StateKeys
    clock: Clock
    random: Random

    async def register(self, folder: Path) -> Register:
        """Open the register that lies with other stores in a folder. Raises what `Register.open` raises."""
        return await Register.open(
            register_url(folder),
            state=self.state,
            keys=self.keys,
            clock=self.clock,
            random=self.random,
            files=folder / "vault",
        )

    def bytes(self) -> int:
        """Say how long all files of the stores are."""
        return sum(size_of(self.data / name) for name in STORES)


def size_of(folder: Path) -> int:
    """Say how long all files under a folder are."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def in_use(data: Path) -> Iterator[None]:
    """Use the stores for as long as the context lasts, with others; raise Unavailable if they are being replaced."""
    with _locked(data) as lock:
        if (data / _READY).exists():
            _take(lock, fcntl.LOCK_EX, "Others open these stores just now; try again in a moment.")
            _switch(data)
        elif (data / _MAKING).exists():
            # What a kill left of it: where somebody else is before us, they have seen to it.
            with suppress(Unavailable):
                _take(lock, fcntl.LOCK_EX, "")
                shutil.rmtree(data / _MAKING)
        _take(lock, fcntl.LOCK_SH, "These stores are being backed up, restored or compacted; wait for its end.")
        yield


@contextmanager
def serving(data: Path) -> Iterator[None]:
    """Be the node of a data directory for as long as the context lasts; raise Unavailable if another is."""
    with _locked(data, _NODE) as lock:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
        _take(lock, fcntl.LOCK_EX, f"Another node serves from the data directory {data} (process {holder}).")
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Have the stores for oneself for as long as the context lasts; raise Unavailable if anybody uses them."""
    with _locked(data) as lock:
        _take(lock, fcntl.LOCK_EX, "These stores are in use: stop the node first, with whatever else uses them.")
        if (data / _READY).exists():
            _switch(data)
        yield


@contextmanager
def making(data: Path) -> Iterator[Path]:
    """Give a new folder for new stores; whoever has the stores alone puts them in place by `switch`, or they go."""
    folder = data / _MAKING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def switch(data: Path) -> None:
    """Put the stores that were made in the place of those of the same name, which are removed."""
    os.sync()  # the tools of the stores do not all tell the disk
    (data / _MAKING).rename(data / _READY)
    _settle(data)
    _switch(data)


def _switch(data: Path) -> None:
    """Do the same from wherever it stopped."""
    ready = data / _READY
    for name in STORES:
        fresh, live = ready / name, data / name
        if fresh.exists():
            if live.exists():
                live.rename(ready / f"{_OLD}-{name}")
            fresh.rename(live)
    _settle(data)
    shutil.rmtree(ready)


@contextmanager
def _locked(data: Path, name: str = _LOCK) -> Iterator[int]:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(data / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        yield lock
    finally:
        os.close(lock)


def _take(lock: int, way: int, busy: str) -> None:
    try:
        fcntl.flock(lock, way | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unavailable(busy) from None


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
