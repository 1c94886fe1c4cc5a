"""The register as a whole: opened, brought to this code's form, stamped with its state, and closed.

In order:
1. A register that others could read, one of another state, and one newer than this code, are refused.
2. Whoever opens it first makes it, under the write lock; two processes that start at once agree.
3. SQLite: write-ahead log, synchronous FULL, foreign keys, and a write lock from the first statement on; a file that
   was deleted or replaced is not written any more, and what is deleted is overwritten.
"""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from auth.sealing import StateKeys
from register.approvals import Approvals
from register.budgets import Budgets
from register.clockwork import Clockwork
from register.enquiries import Enquiries
from register.followers import FollowerKeys
from register.imports import ImportRuns
from register.ledger import Ledger
from register.migrate import RegisterTooNew, migrate
from register.officers import Officers
from register.peers import Peers
from register.pending import PendingChanges
from register.reader import Reader
from register.sessions import Sessions
from register.tables import meta
from register.tombstones import Tombstones
from register.vault import Vault
from register.writer import STORE_FAULTS, RegisterUnavailable, Writer
from schemas.operation import Clock, Random

__all__ = ["Clock", "Random", "Register", "RegisterOfAnotherState", "RegisterTooNew", "RegisterUnavailable"]

_READERS = 2
_WRITING, _READING = "BEGIN IMMEDIATE", "BEGIN"
_INODE = "inode"
_BUSY_SECONDS = 5


class RegisterOfAnotherState(Exception):
    """A register that was made for another state; the message says for which."""


class Register:
    """One state's registers. Every change in them is durable when its call returns."""

    def __init__(
        self, url: URL, *, state: str, keys: StateKeys, clock: Clock, random: Random, files: Path | None = None
    ) -> None:
        """Stand on a register that is already there; `open` makes sure of it."""
        self.state = state
        self.keys = keys
        self.clock = clock
        self.random = random
        self._writes = _engine(url, _WRITING, 1)
        self._reads = _engine(url, _READING, _READERS + 1)
        self._writer = Writer(self._writes)
        self._reader = Reader(self._reads, _READERS)
        self.ledger = Ledger(self._writer, self._reader, clock)
        self.sessions = Sessions(self._writer, self._reader, self.ledger, clock)
        self.officers = Officers(self._writer, self._reader, self.ledger, self.sessions, keys, state)
        self.enquiries = Enquiries(self._writer, self._reader, self.ledger, random, state)
        self.approvals = Approvals(self._writer, self._reader, self.ledger, keys, state)
        self.pending = PendingChanges(self._writer, self._reader, self.ledger, keys, state)
        self.imports = ImportRuns(self._writer, self._reader, self.ledger)
        self.budgets = Budgets(self._writer)
        folder = files or Path(str(url.database)).parent.parent / "vault"
        self.vault = Vault(self._writer, self._reader, self.ledger, keys, folder, clock, self.scrub)
        self.followers = FollowerKeys(self._writer, self.ledger, keys)
        self.clockwork = Clockwork(self._writer, self._reader, self.ledger)
        self.tombstones = Tombstones(self._writer, self._reader, self.ledger)
        self.peers = Peers(self._writer, self._reader, self.ledger)

    @classmethod
    async def open(
        cls, url: str, *, state: str, keys: StateKeys, clock: Clock, random: Random, files: Path | None = None
    ) -> "Register":
        """Open a register, made on first use. Raises RegisterUnavailable, RegisterTooNew, RegisterOfAnotherState.

        `files` is the folder of the vault; without it, `vault` beside the folder of an SQLite register.
        """
        parsed = make_url(url)
        _prepare_file(parsed)
        register = cls(parsed, state=state, keys=keys, clock=clock, random=random, files=files)
        try:
            await register._writer.run(lambda: migrate(register._writes))
            owner = await register.set_meta("state", state)
            if owner != state:
                raise RegisterOfAnotherState(f"This register belongs to {owner}, not to {state}.")
            await register._writer.do(register.ledger.begin)
        except DBAPIError as fault:
            await register.close()
            raise RegisterUnavailable("The register cannot be opened now.") from fault
        except BaseException:
            await register.close()
            raise
        return register

    async def close(self) -> None:
        """Finish what is being written, then let go of the database."""
        await self._writer.close()
        await self._reader.close()
        self._writes.dispose()
        self._reads.dispose()

    async def copy(self, to: Path) -> None:
        """Write what the register holds now into a new file, without what was deleted. Raises RegisterUnavailable.

        Only for a register in a file; a server has tools of its own.
        """
        await self._writer.run(lambda: _copied(self._writes, to))

    async def scrub(self) -> None:
        """Have nothing that was deleted left in the write-ahead log; a server keeps logs of its own."""
        await self._writer.run(lambda: _emptied(self._writes))

    @property
    def transactions(self) -> int:
        """How many write transactions this process has committed."""
        return self._writer.transactions

    async def meta(self, key: str) -> str | None:
        """Give a fact of the register, None if it was never set."""
        return await self._reader.do(lambda connection: _fact(connection, key))

    async def set_meta(self, key: str, value: str) -> str:
        """Set a fact for good and give what holds: the first value ever set."""
        return await self._writer.do(lambda connection: _settle_fact(connection, key, value))


def _fact(connection: Connection, key: str) -> str | None:
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def _settle_fact(connection: Connection, key: str, value: str) -> str:
    held = _fact(connection, key)
    if held is None:
        connection.execute(insert(meta).values(key=key, value=value))
    return value if held is None else held


def _copied(engine: Engine, to: Path) -> None:
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    _by_itself(engine, "VACUUM INTO ?", str(to))


def _emptied(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        _by_itself(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def _by_itself(engine: Engine, statement: str, *given: str) -> None:
    """Run what SQLite does outside of every transaction. Raises RegisterUnavailable."""
    try:
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(statement, given)
    except (*STORE_FAULTS, sqlite3.Error) as fault:
        raise RegisterUnavailable("The register cannot be written now.") from fault


def _prepare_file(url: URL) -> None:
    """Make the file and its directory, closed to others. Raises RegisterUnavailable."""
    if url.get_backend_name() != "sqlite":
        return
    if not url.database or url.database == ":memory:":
        raise ValueError("A register is kept in a file or a database server.")
    path = Path(url.database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        for place in (path.parent, path):
            if stat.S_IMODE(place.stat().st_mode) & 0o077:
                raise RegisterUnavailable(f"{place} could be read by others: take their rights away.")
    except OSError as fault:
        raise RegisterUnavailable(f"{path} cannot be opened: {fault.strerror}.") from fault


def _engine(url: URL, begin: str, connections: int) -> Engine:
    """Give an engine that holds so many connections; what `begin` says is SQLite's way to begin a transaction."""
    if url.get_backend_name() != "sqlite":
        # A reader sees one state of the whole; a writer reads the head anew once it holds the lock.
        isolation = "READ COMMITTED" if begin == _WRITING else "REPEATABLE READ"
        return create_engine(url, pool_size=connections, max_overflow=0, isolation_level=isolation)
    path = Path(str(url.database)).absolute()

    def connect() -> sqlite3.Connection:
        # Never made anew: what was lost is not replaced by an empty register.
        there = f"{path.as_uri()}?mode=rw"
        return sqlite3.connect(there, uri=True, timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None)

    def settle(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info[_INODE] = path.stat().st_ino
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    def begin_here(connection: Connection) -> None:
        # SQLite goes on writing to a file that was deleted or replaced, where nobody will ever read it.
        if not path.exists() or path.stat().st_ino != connection.info[_INODE]:
            raise RegisterUnavailable("The register's file was taken away.")
        # The driver's own transactions begin too late: at the first write, after the head was read.
        connection.exec_driver_sql(begin)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=connections, max_overflow=0)
    event.listen(engine, "connect", settle)
    event.listen(engine, "begin", begin_here)
    return engine
