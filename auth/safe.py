"""Safe: a directory that only this node can read, for its keys.

In order:
1. The directory is 0700, each file in it 0600; a file that others could have read is refused, not repaired.
2. A file is replaced whole or not at all, also when the power goes.
3. Whoever reads, decides and writes holds the lock, so that two processes that start at once agree.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_DIRECTORY_MODE = 0o700
_FILE_MODE = 0o600
_LOCK = "lock"


class SafeBroken(OSError):
    """A key file that cannot be trusted; the message names it and says what to do."""


@dataclass(frozen=True)
class Safe:
    """A directory of keys, already made and closed to others."""

    directory: Path

    @classmethod
    def open(cls, directory: Path) -> "Safe":
        """Open the safe, made on first use. Raises OSError if the directory is not ours to close."""
        directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        directory.chmod(_DIRECTORY_MODE)
        return cls(directory)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the safe against every other process and thread."""
        handle = os.open(self.directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def stamp(self, name: str) -> tuple[int, int]:
        """Give what changes whenever the file is replaced. Raises FileNotFoundError."""
        state = os.stat(self.directory / name)
        return state.st_ino, state.st_mtime_ns

    def read(self, name: str) -> bytes | None:
        """Give a file's bytes, None if there is no such file. Raises SafeBroken if others could read it."""
        path = self.directory / name
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(handle)
            if state.st_uid != os.geteuid() or stat.S_IMODE(state.st_mode) & 0o077:
                raise SafeBroken(f"{path} could be read by others. Replace the key in it, or set its mode to 0600.")
            return file.read()

    def replace(self, name: str, content: bytes) -> None:
        """Write a file whole, durable on return. The caller holds the lock."""
        path, fresh = self.directory / name, self.directory / f"{name}.new"
        # A file of this name is what a crash left behind: opened again, it would keep its old mode.
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        fresh.replace(path)
        self._settle()

    def _settle(self) -> None:
        """Make the directory itself durable, or the new name could be lost with the power."""
        handle = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
