"""The vault: photos and documents, sealed record by record.

In order:
1. A record has a data key of its own, sealed by the state's; its files lie sealed under it, each bound to its place.
2. A file lies on the disk whole, under a name that says nothing, before the register speaks of it; what a crash left
   behind in between is nobody's and is swept away. Row and ledger entry stand or fall together.
3. A file is opened only if all of it is as it was sealed: nobody is given half of one.
4. To destroy is to take key and rows in one transaction; the sealed bytes go after it, and are unreadable by then.
   For a record that was destroyed for good no file is kept again.
"""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from auth.sealing import SealBroken, StateKeys, data_key
from auth.streams import open_stream, seal_stream, sealed_bytes
from register.ledger import Entry, Ledger
from register.reader import Reader
from register.tables import micros, moment, vault_files, vault_keys
from register.writer import RegisterUnavailable, Writer
from schemas.file import KeptFile, Media
from schemas.operation import Clock

T = TypeVar("T")

# What is younger may be a file whose row is being written just now.
SWEPT_AFTER_SECONDS = 3600


class RecordDestroyed(Exception):
    """A record whose files were destroyed for good: no other is kept for it."""


class TooManyFiles(Exception):
    """A record that has as many files as one may."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file on its way in: id, record, media type, bytes as they are kept, and what is said of them.

    `received_sha256` is the digest of the bytes as they came, which a picture drawn anew no longer has.
    """

    id: str
    record: str
    media: Media
    plain: bytes
    received_sha256: str
    taken_on: date | None
    added_by: str


class Opened:
    """An open file that was found whole; it is read once, to its end or until `close`."""

    def __init__(self, kept: KeptFile, file: BinaryIO, key: bytes) -> None:
        """Read all of it once. Raises SealBroken."""
        self.kept = kept
        self._file = file
        self._key = key
        for _ in self._parts():
            pass

    def __iter__(self) -> Iterator[bytes]:
        """Give the file, part by part."""
        try:
            yield from self._parts()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _parts(self) -> Iterator[bytes]:
        self._file.seek(0)
        return open_stream(self._file, self._key, _place(self.kept.record, self.kept.id))


class Vault:
    """The files of one state's records, in a folder of their own."""

    def __init__(
        self,
        writer: Writer,
        reader: Reader,
        ledger: Ledger,
        keys: StateKeys,
        folder: Path,
        clock: Clock,
        scrub: Callable[[], Awaitable[None]],
    ) -> None:
        """Stand on a register's writer, reader and ledger; the folder is made with the first file.

        `scrub` has what was deleted leave the register's own files.
        """
        self._writer = writer
        self._reader = reader
        self._ledger = ledger
        self._keys = keys
        self._clock = clock
        self._scrub = scrub
        self.folder = folder

    async def keep(self, new: NewFile, *, most: int, entry: Callable[[KeptFile], Entry]) -> KeptFile:
        """Keep a file with its entry and give it; one that the record has already is given as it is, without another.

        Raises RecordDestroyed, TooManyFiles where the record has `most`, RegisterUnavailable.
        """
        kept = KeptFile(
            id=new.id,
            record=new.record,
            media=new.media,
            bytes=len(new.plain),
            sha256=hashlib.sha256(new.plain).hexdigest(),
            received_sha256=new.received_sha256,
            taken_on=new.taken_on,
            added_at=self._clock(),
            added_by=new.added_by,
        )
        sealed = await self._writer.do(lambda connection: self._key_of(connection, new.record))
        key = self._keys.unseal(sealed, _key_place(new.record))

        def act(connection: Connection) -> KeptFile:
            # Asked again: it may have been destroyed while its file was being sealed.
            if self._key_of(connection, new.record) != sealed:
                raise RecordDestroyed
            same = (vault_files.c.record == new.record, vault_files.c.received_sha256 == new.received_sha256)
            if (row := connection.execute(ALL.where(*same)).one_or_none()) is not None:
                return _kept(row)
            if connection.execute(_COUNT.where(vault_files.c.record == new.record)).scalar_one() >= most:
                raise TooManyFiles
            connection.execute(insert(vault_files).values(**_row(kept)))
            self._ledger.enter(connection, entry(kept))
            return kept

        await self._beside(lambda: self._write(kept, new.plain, key))
        try:
            stands = await self._writer.do(act)
        except (RecordDestroyed, TooManyFiles):
            # After any other failure nobody knows whether the row stands: the sweep looks again.
            self._unlink([new.id])
            raise
        if stands.id != new.id:
            self._unlink([new.id])
        return stands

    async def files(self, record: str) -> list[KeptFile]:
        """Give the files of a record, newest first."""
        of = ALL.where(vault_files.c.record == record).order_by(vault_files.c.added_at.desc(), vault_files.c.id)
        return [_kept(row) for row in await self._reader.do(lambda connection: connection.execute(of).all())]

    async def open(self, record: str, id: str) -> Opened | None:
        """Open a file of a record, None if there is no such one. Raises RegisterUnavailable if it is not as it was."""

        def look(connection: Connection) -> tuple[Row[Any] | None, bytes | None]:
            row = connection.execute(ALL.where(vault_files.c.record == record, vault_files.c.id == id)).one_or_none()
            return row, None if row is None else connection.execute(_KEY.where(vault_keys.c.record == record)).scalar()

        row, sealed = await self._reader.do(look)
        if row is None or sealed is None:
            return None
        return await self._beside(lambda: self._opened(_kept(row), self._keys.unseal(sealed, _key_place(record))))

    async def remove(self, record: str, id: str, *, entry: Entry) -> bool:
        """Take one file of a record away for good, with its entry; False if there is no such one."""

        def act(connection: Connection) -> bool:
            of = (vault_files.c.record == record, vault_files.c.id == id)
            if connection.execute(delete(vault_files).where(*of)).rowcount != 1:
                return False
            self._ledger.enter(connection, entry)
            return True

        removed = await self._writer.do(act)
        if removed:
            self._unlink([id])
        return removed

    async def destroy(self, records: Sequence[str], *, at: datetime, entry: Callable[[int], Entry], ever: bool) -> int:
        """Destroy the files of records and what opens them, with an entry that is told their number; give it.

        With `ever` no file is kept for one of these records again, whether it had any or not.
        """

        def act(connection: Connection) -> list[str]:
            gone = connection.execute(_IDS.where(vault_files.c.record.in_(records))).scalars().all()
            connection.execute(delete(vault_files).where(vault_files.c.record.in_(records)))
            if ever:
                changed = _forget(connection, records, micros(at))
            else:
                of = (vault_keys.c.record.in_(records), _ALIVE)
                changed = connection.execute(delete(vault_keys).where(*of)).rowcount > 0
            if changed:
                self._ledger.enter(connection, entry(len(gone)))
            return list(gone)

        gone = await self._writer.do(act)
        await self._scrub()
        self._unlink(gone)
        return len(gone)

    async def ids(self) -> list[str]:
        """Give the ids of all files, in order."""
        every = _IDS.order_by(vault_files.c.id)
        return list(await self._reader.do(lambda connection: connection.execute(every).scalars().all()))

    async def destroyed(self) -> list[str]:
        """Give the records whose files were destroyed for good, in order."""
        ever = select(vault_keys.c.record).where(vault_keys.c.destroyed_at.is_not(None)).order_by(vault_keys.c.record)
        return list(await self._reader.do(lambda connection: connection.execute(ever).scalars().all()))

    async def sweep(self, *, older: int = SWEPT_AFTER_SECONDS) -> int:
        """Take away what lies in the folder for longer than so many seconds and that the register does not know."""
        known = set(await self.ids())
        before = self._clock().timestamp() - older
        lost = [
            path.name for path in self.folder.glob("??/*") if path.name not in known and path.stat().st_mtime <= before
        ]
        self._unlink(lost)
        return len(lost)

    def path(self, id: str) -> Path:
        """Give the place of a sealed file."""
        return self.folder / id[:2] / id

    def _key_of(self, connection: Connection, record: str) -> bytes:
        """Give a record's sealed key, made at first. Raises RecordDestroyed."""
        row = connection.execute(select(vault_keys.c.sealed).where(vault_keys.c.record == record)).one_or_none()
        if row is None:
            made = self._keys.seal(data_key(), _key_place(record))
            connection.execute(insert(vault_keys).values(record=record, sealed=made))
            return made
        if row.sealed is None:
            raise RecordDestroyed
        sealed: bytes = row.sealed
        return sealed

    def _write(self, kept: KeptFile, plain: bytes, key: bytes) -> None:
        """Write a file whole and durable, or leave nothing."""
        path = self.path(kept.id)
        for folder in (self.folder, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            seal_stream([plain], file, key, _place(kept.record, kept.id))
            file.flush()
            os.fsync(descriptor)
        for folder in (path.parent, self.folder):
            _settle(folder)

    def _opened(self, kept: KeptFile, key: bytes) -> Opened:
        file = self.path(kept.id).open("rb")
        try:
            if os.fstat(file.fileno()).st_size != sealed_bytes(kept.bytes):
                raise SealBroken("The file is of another length.")
            return Opened(kept, file, key)
        except BaseException:
            file.close()
            raise

    async def _beside(self, act: Callable[[], T]) -> T:
        """Do what takes a disk its time beside the loop. Raises RegisterUnavailable."""
        try:
            return await asyncio.to_thread(act)
        except (OSError, SealBroken) as fault:
            raise RegisterUnavailable("A file of the vault cannot be read or written now.") from fault

    def _unlink(self, ids: Iterable[str]) -> None:
        """Take sealed bytes away that nothing opens any more; what cannot be taken now is swept later."""
        for id in ids:
            with suppress(OSError):
                self.path(id).unlink()


ALL = select(vault_files)
_IDS = select(vault_files.c.id)
_KEY = select(vault_keys.c.sealed)
_COUNT = select(func.count()).select_from(vault_files)
_ALIVE = vault_keys.c.destroyed_at.is_(None)


def _forget(connection: Connection, records: Sequence[str], at: int) -> bool:
    """Take the keys of records and mark that they never get another; say whether that is news of any of them."""
    known = set(connection.execute(select(vault_keys.c.record).where(vault_keys.c.record.in_(records))).scalars())
    gone = update(vault_keys).where(vault_keys.c.record.in_(records), _ALIVE)
    taken = connection.execute(gone.values(sealed=None, destroyed_at=at)).rowcount
    if rows := [{"record": record, "destroyed_at": at} for record in sorted(set(records) - known)]:
        connection.execute(insert(vault_keys), rows)
    return bool(taken or rows)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(record: str, id: str) -> bytes:
    return f"file {id} of {record}".encode()


def _key_place(record: str) -> bytes:
    return f"data key of {record}".encode()


def _row(kept: KeptFile) -> dict[str, Any]:
    return {
        "id": kept.id,
        "record": kept.record,
        "media": kept.media.value,
        "bytes": kept.bytes,
        "sha256": kept.sha256,
        "received_sha256": kept.received_sha256,
        "taken_on": kept.taken_on.isoformat() if kept.taken_on else None,
        "added_at": micros(kept.added_at),
        "added_by": kept.added_by,
    }


def _kept(row: Row[Any]) -> KeptFile:
    return KeptFile(
        id=row.id,
        record=row.record,
        media=Media(row.media),
        bytes=row.bytes,
        sha256=row.sha256,
        received_sha256=row.received_sha256,
        taken_on=date.fromisoformat(row.taken_on) if row.taken_on else None,
        added_at=moment(row.added_at),
        added_by=row.added_by,
    )
