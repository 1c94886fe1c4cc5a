"""The writer: one thread that carries every change, all that wait at one moment in one durable transaction.

In order:
1. A transaction begins with the register's write lock, across processes.
2. What waits is done in the order in which it came; entries of one lane are handed to it together.
3. One act that fails is undone alone; a store that fails undoes all, and each caller is told.
4. A caller is answered after the commit, never before.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from register.tables import ledger_head

T = TypeVar("T")
Item = TypeVar("Item")

# How many acts share a commit at most: the lock is not held much longer than one fsync takes.
_TOGETHER = 500

LOCK = select(ledger_head.c.id).with_for_update()


class RegisterUnavailable(Exception):
    """The register cannot be read or written now: locked, full, broken or gone. Nothing of the act was written."""


# What a database, its driver and its file raise when they cannot.
STORE_FAULTS = (DBAPIError, PoolTimeout, OSError, RegisterUnavailable)


@dataclass(eq=False, slots=True)
class _Act:
    lane: Callable[[Connection, list[Any]], Sequence[Any]]
    item: Any
    answered: asyncio.Future[Any]
    answer: Any = None
    fault: Exception | None = None


class Writer:
    """Carry changes to a database, for the callers of one event loop."""

    def __init__(self, engine: Engine) -> None:
        """Write through an engine whose transactions begin with the write lock."""
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="register-writer")
        self._waiting: list[_Act] = []
        self._busy = False
        self._lock = Lock()
        self._loop = asyncio.get_running_loop()
        self.transactions = 0

    async def do(self, act: Callable[[Connection], T]) -> T:
        """Carry out one act in a transaction; give what it gives, raise what it raises. Raises RegisterUnavailable."""
        return await self.join(lambda connection, _: [act(connection)], None)

    async def join(self, lane: Callable[[Connection, list[Item]], Sequence[T]], item: Item) -> T:
        """Hand an item to a lane, which does all that wait together. Raises RegisterUnavailable."""
        act = _Act(lane, item, self._loop.create_future())
        with self._lock:
            self._waiting.append(act)
            asleep, self._busy = not self._busy, True
        if asleep:
            self._thread.submit(self._work)
        answer: T = await act.answered
        return answer

    def run(self, act: Callable[[], T]) -> "asyncio.Future[T]":
        """Run something that brings its own transaction, such as a migration, on the writing thread."""
        return asyncio.wrap_future(self._thread.submit(act))

    async def settle_file(self) -> None:
        """Bring SQLite's log into its file and empty it, so that what was deleted lies in neither.

        While somebody reads what was before, the log keeps it until the next time.
        """
        if self._engine.dialect.name == "sqlite":
            await self.run(self._empty_log)

    def _empty_log(self) -> None:
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            connection.close()

    async def close(self) -> None:
        """Finish what waits, then stop the thread."""
        await asyncio.to_thread(self._thread.shutdown)

    def _work(self) -> None:
        while True:
            with self._lock:
                together, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
                self._busy = bool(together)
            if not together:
                return
            try:
                self._commit(together)
            except Exception as fault:
                # Whatever it was: nobody waits for ever, and a connection that saw the disk fail is not trusted again.
                self._engine.dispose()
                for act in together:
                    act.fault = _unavailable(fault) if isinstance(fault, STORE_FAULTS) else fault
            self._loop.call_soon_threadsafe(_answer, together)

    def _commit(self, together: list[_Act]) -> None:
        with self._engine.begin() as connection:
            connection.execute(LOCK)
            for lane, acts in groupby(together, key=lambda act: act.lane):
                _carry_out(connection, lane, list(acts))
        self.transactions += 1


def _carry_out(
    connection: Connection, lane: Callable[[Connection, list[Any]], Sequence[Any]], acts: list[_Act]
) -> None:
    try:
        with connection.begin_nested():
            answers = lane(connection, [act.item for act in acts])
    except (IntegrityError, DataError) as fault:
        for act in acts:
            act.fault = _unavailable(fault)
        return
    except DBAPIError:
        raise
    except Exception as fault:
        for act in acts:
            act.fault = fault
        return
    for act, answer in zip(acts, answers, strict=True):
        act.answer = answer


def _unavailable(cause: Exception) -> RegisterUnavailable:
    fault = RegisterUnavailable("The register cannot be written now.")
    fault.__cause__ = cause
    return fault


def _answer(acts: list[_Act]) -> None:
    for act in acts:
        if act.answered.done():
            continue
        if act.fault is not None:
            act.answered.set_exception(act.fault)
        else:
            act.answered.set_result(act.answer)
