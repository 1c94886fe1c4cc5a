"""Restoring: a backup opened beside the stores that are there, proven to be whole, and put in their place at once.

In order:
1. Nobody else uses the stores meanwhile. A file that is not as it was written, another state's, or of other keys is
   refused before anything of it is used.
2. New stores are made of it in a folder of their own, and both are opened there.
3. **What has ended stays ended**: `end_again` is the one place where a restored node is told what was ended since its
   backup, by the tombstones of the stores that it replaces, before it is put in their place.
4. The ledger says that it was restored, from which backup, and where the ledger stood that it replaces.
5. The new stores take the place of the old ones whole, or the old ones stay.
"""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from auth.policy import Job, decide_job
from auth.sealing import SealBroken
from auth.streams import open_stream
from desk.backing import (
    DUMP,
    FILES,
    MANIFEST,
    MARK,
    MOST_HEADER,
    REGISTER,
    Progress,
    checksum_beside,
    header_of,
)
from desk.errors import Refused
from desk.members import BadMembers, read
from desk.stores import Stores, alone, making, switch
from graph import purging
from graph.driver import Driver, open_driver
from graph.local import start_local
from graph.migrate import migrate
from graph.offline import Tools
from graph.session import GraphSession
from register.ledger import Entry, EntryKind
from register.store import Register, RegisterOfAnotherState, RegisterTooNew, RegisterUnavailable
from register.tombstones import Tombstone

PURGED_AT_ONCE = 200

_NOT_WHOLE = "The file is no backup of this state under these keys, or it is not as it was written."


@dataclass(frozen=True)
class Ended:
    """What the stores that are replaced know to have ended, and where their ledger stood.

    `known` says that they could be asked at all.
    """

    known: bool = False
    files_of: tuple[str, ...] = ()
    purged: tuple[Tombstone, ...] = ()
    ledger: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Restored:
    """What was restored: when the backup was made, and how many files of the vault it had.

    `ended_known` says that the stores that were replaced could tell what had ended since.
    """

    made_at: str
    files: int
    ended_known: bool


async def restore(node: Stores, source: Path, *, progress: Progress) -> Restored:
    """Put the stores of a backup in the place of those that are there, if any.

    Raise Unavailable if the stores are in use, Refused for a file that is not this state's backup and whole.
    """
    with alone(node.data), making(node.data) as folder:
        digest = await asyncio.to_thread(_digest, source, node.state)
        ended = await _ended(node)
        tools = await Tools.of(folder / "graph", progress=progress)
        manifest = await asyncio.to_thread(_Unpacking(node, folder, tools, progress).unpack, source)
        register = await node.register(folder)
        try:
            await _opened_once(folder / "graph", progress, lambda graph: end_again(register, graph, ended, node))
            told = {"backup": digest, "made_at": manifest["made_at"], "replaced": ended.ledger}
            await register.ledger.append(Entry(EntryKind.JOB, None, None, None, "restore", told, (), "OK"))
        finally:
            await register.close()
        switch(node.data)
    return Restored(manifest["made_at"], manifest["files"], ended.known)


async def end_again(register: Register, graph: Driver, ended: Ended, node: Stores) -> None:
    """End in restored stores what ended after their backup: the one place where that is done again.

    It is known by the tombstones of what was purged, and by the records whose files were destroyed for good, as the
    stores that are replaced have them. A purge that was not at its end is judged again, and brought to it, by the next.
    """
    ids = tuple(one.id for one in ended.purged if one.signature is not None)
    await register.tombstones.put(ended.purged)
    if ids:
        grant = decide_job(
            Job.PURGE, run=str(node.random.uuid("job:PURGE")), state=node.state, compartments=(), at=node.clock()
        )
        session = GraphSession(grant, lambda: graph)
        for begin in range(0, len(ids), PURGED_AT_ONCE):
            await purging.purge_again(session, ids[begin : begin + PURGED_AT_ONCE])
        await purging.purge_untouched(session)
        told = {"records": len(ids)}
        await register.ledger.append(Entry(EntryKind.JOB, grant.officer, None, None, "purge again", told, ids, "OK"))
        await register.followers.forget(ids)
    files_of = tuple(sorted({*ended.files_of, *ids}))
    if files_of:

        def entry(files: int) -> Entry:
            told = {"records": len(files_of), "files": files}
            return Entry(EntryKind.JOB, None, None, None, "purge files", told, files_of, "OK")

        await register.vault.destroy(files_of, at=node.clock(), entry=entry, ever=True)


async def _ended(node: Stores) -> Ended:
    """Ask the register that is there what has ended, if it is there and can be read."""
    if not await asyncio.to_thread((node.data / "register" / REGISTER).exists):
        return Ended()
    with suppress(RegisterUnavailable, RegisterTooNew, RegisterOfAnotherState):
        register = await node.register(node.data)
        try:
            seq, leaf = await register.ledger.head()
            files_of, purged = await register.vault.destroyed(), await register.tombstones.all()
            return Ended(True, tuple(files_of), tuple(purged), {"entries": seq, "leaf": leaf})
        finally:
            await register.close()
    return Ended()


async def _opened_once(home: Path, progress: Progress, act: Callable[[Driver], Awaitable[None]]) -> None:
    """Prove that a restored database opens and has, or gets, the schema of this code, and act on it.

    Raise GraphUnavailable.
    """
    local = await start_local(home, progress=progress)
    try:
        async with await open_driver(local.uri, local.user, local.password) as driver:
            await migrate(driver)
            await act(driver)
    finally:
        await local.stop()


@dataclass(frozen=True)
class _Unpacking:
    """New stores in a folder, made from a backup."""

    node: Stores
    folder: Path
    tools: Tools
    progress: Progress

    def unpack(self, source: Path) -> dict[str, Any]:
        """Make the stores and give the manifest. Raise Refused if the file is not whole."""
        for name in ("register", "vault"):
            (self.folder / name).mkdir(mode=0o700)
        seen: dict[str, Any] = {}
        try:
            with source.open("rb") as file:
                header = _header(file, self.node.state)
                for name, pieces in read(self._parts(file, header)):
                    seen[name] = self._take(name, pieces)
        except (SealBroken, BadMembers, OSError) as problem:
            raise Refused("NO_BACKUP", _NOT_WHOLE) from problem
        manifest = seen.get(MANIFEST)
        if not isinstance(manifest, dict) or not {DUMP, REGISTER} <= seen.keys():
            raise Refused("NO_BACKUP", _NOT_WHOLE)
        return manifest

    def _parts(self, file: BinaryIO, header: bytes) -> Iterator[bytes]:
        total = os.fstat(file.fileno()).st_size
        for part in open_stream(file, self.node.keys.backups, header):
            yield part
            self.progress("restore", file.tell(), total)

    def _take(self, name: str, pieces: Iterator[bytes]) -> Any:
        if name == MANIFEST:
            return orjson.loads(b"".join(pieces))
        if name == DUMP:
            return self.tools.load(pieces)
        if name == REGISTER:
            return _write(self.folder / "register" / REGISTER, pieces)
        id = name.removeprefix(FILES)
        return _write(self.folder / "vault" / id[:2] / id, pieces)


def _header(file: BinaryIO, state: str) -> bytes:
    """Read the line that a backup begins with. Raise Refused for another state's, or what is no backup."""
    line = file.readline(MOST_HEADER)
    try:
        said = orjson.loads(line.removeprefix(MARK)) if line.startswith(MARK) else {}
        whose, made_at = said["state"], said["made_at"]
    except (ValueError, KeyError, TypeError):
        raise Refused("NO_BACKUP", _NOT_WHOLE) from None
    if whose != state:
        raise Refused("ANOTHER_STATE", f"This is a backup of {str(whose)[:20]}, not of {state}.")
    if header_of(whose, made_at) != line:
        raise Refused("NO_BACKUP", _NOT_WHOLE)
    return line


def _digest(source: Path, state: str) -> str:
    """Give the SHA-256 of a backup; raise Refused if it is another state's, or not the one that lies beside it."""
    try:
        with source.open("rb") as file:
            _header(file, state)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise Refused("NO_BACKUP", f"{source} cannot be read: {problem.strerror}.") from problem
    beside = checksum_beside(source)
    if beside.exists() and beside.read_text(encoding="utf-8").split()[:1] != [digest]:
        message = f"{source} does not have the SHA-256 that {beside.name} says; take another copy."
        raise Refused("NOT_AS_WRITTEN", message)
    return digest


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
