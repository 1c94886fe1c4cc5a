"""Backing up: both stores and the files of the vault, as they are at one moment, in one sealed file.

In order:
1. Nobody else uses the stores meanwhile; the ledger says that a backup was made before it is.
2. The file begins with a line that says whose it is and of when; all else is sealed under the state's key of backups,
   and opens only with that line before it. The keys themselves are not in it: a copy of them is kept apart.
3. The file appears when it is whole, with its SHA-256 beside it as sha256sum writes it.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from auth.streams import seal_stream
from desk.errors import Refused
from desk.members import written
from desk.stores import Stores, alone, making, size_of
from graph.errors import GraphUnavailable
from graph.local import start_local
from graph.offline import Tools
from register.ledger import Entry, EntryKind

Progress = Callable[[str, int, int], None]

MARK = b"sangam-backup 1 "
MOST_HEADER = 1_000
MANIFEST, DUMP, REGISTER, FILES = "manifest.json", "graph.dump", "register.db", "vault/"

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Backup:
    """A backup that was made: where, how long it is, its SHA-256 in hex, and how many files of the vault it has.

    `missing` are files that the register knows and the vault has lost.
    """

    path: Path
    bytes: int
    sha256: str
    files: int
    missing: int


async def backup(node: Stores, to: Path, *, progress: Progress) -> Backup:
    """Back everything up into a new file.

    Raise Unavailable if the stores are in use, Refused if the file is there already, GraphUnavailable or
    RegisterUnavailable if a store cannot be read.
    """
    _refuse_present(to)
    with alone(node.data), making(node.data) as folder:
        copy = folder / REGISTER
        register = await node.register(node.data)
        try:
            await register.ledger.append(_entry("backup", {}))
            await register.copy(copy)
            known = [(FILES + id, register.vault.path(id)) for id in await register.vault.ids()]
            seq, leaf = await register.ledger.head()
            stamp = await register.meta("stamp")
        finally:
            await register.close()
        files = await asyncio.to_thread(_present, known)
        told = {"state": node.state, "made_at": node.clock().astimezone(UTC).isoformat(), "stamp": stamp}
        manifest = {**told, "ledger": {"entries": seq, "leaf": leaf}, "files": len(files)}
        tools = await Tools.of(node.data / "graph", progress=progress)
        made = _Making(node, manifest, tools, [(REGISTER, copy), *files], progress)
        try:
            await asyncio.to_thread(made.write, to)
        except GraphUnavailable:
            # One that was not stopped in order is put in order by a start.
            await (await start_local(node.data / "graph", progress=progress)).stop()
            await asyncio.to_thread(made.write, to)
    size, digest = await asyncio.to_thread(_checksum, to)
    return Backup(to, size, digest, len(files), len(known) - len(files))


def checksum_beside(path: Path) -> Path:
    """Give the file with the SHA-256 of a backup."""
    return path.with_name(path.name + ".sha256")


def header_of(state: str, made_at: datetime | str) -> bytes:
    """Give the line that a backup begins with, to which all that follows is bound."""
    said = orjson.dumps({"state": state, "made_at": str(made_at)}, option=orjson.OPT_SORT_KEYS)
    return MARK + said + b"\n"


@dataclass(frozen=True)
class _Making:
    """A backup on its way out: members in order, the dump of the graph last."""

    node: Stores
    manifest: dict[str, Any]
    tools: Tools
    files: list[tuple[str, Path]]
    progress: Progress

    def write(self, to: Path) -> None:
        """Write the file whole, or leave nothing."""
        to.parent.mkdir(parents=True, exist_ok=True)
        part = to.with_name(f".{to.name}.part")
        part.unlink(missing_ok=True)
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                self._write(file)
                file.flush()
                os.fsync(file.fileno())
            part.rename(to)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _write(self, file: BinaryIO) -> None:
        header = header_of(self.node.state, self.manifest["made_at"])
        file.write(header)
        seal_stream(written(self._members()), file, self.node.keys.backups, header)

    def _members(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        store = self.tools.home / "data" / "databases"
        total = sum(path.stat().st_size for _, path in self.files) + size_of(store)
        done = 0
        yield MANIFEST, [orjson.dumps(self.manifest)]
        for name, path in self.files:
            yield name, _pieces(path)
            done += path.stat().st_size
            self.progress("backup", done, total)
        yield DUMP, self.tools.dump()
        self.progress("backup", total, total)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _refuse_present(to: Path) -> None:
    if to.exists():
        raise Refused("FILE_EXISTS", f"{to} is there already; name a file that is not.")


def _present(files: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """Give the files that there are: one that was lost keeps nobody from backing up the rest."""
    return [(name, path) for name, path in files if path.exists()]


def _checksum(path: Path) -> tuple[int, str]:
    """Write the SHA-256 of a file beside it, and give the file's length and the digest."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    checksum_beside(path).write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    return path.stat().st_size, digest


def _entry(operation: str, told: dict[str, Any]) -> Entry:
    return Entry(EntryKind.JOB, None, None, None, operation, told, (), "OK")
