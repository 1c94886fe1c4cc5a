"""The reader: questions to the register, on a few threads of their own, each on one view of the whole."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from register.writer import STORE_FAULTS, RegisterUnavailable

T = TypeVar("T")


class Reader:
    """Ask a database, for the callers of one event loop."""

    def __init__(self, engine: Engine, threads: int) -> None:
        """Read through an engine that holds as many connections as there are threads, and one for `now`."""
        self._engine = engine
        self._near = engine.dialect.name == "sqlite"
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="register-reader")

    async def do(self, question: Callable[[Connection], T]) -> T:
        """Ask in a transaction that sees one state of the register. Raises RegisterUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.now, question)

    async def one(self, question: Callable[[Connection], T]) -> T:
        """Ask for what stands under one key, as `do` does; of a file at once. Raises RegisterUnavailable.

        To hand it to a thread and to be woken by it costs more than to read three pages, and no writer holds a reader
        of a file up.
        """
        return self.now(question) if self._near else await self.do(question)

    def now(self, question: Callable[[Connection], T]) -> T:
        """Ask on the calling thread, for what must be known at once and is small. Raises RegisterUnavailable."""
        try:
            with self._engine.connect() as connection:
                return question(connection)
        except STORE_FAULTS as fault:
            self._engine.dispose()
            raise RegisterUnavailable("The register cannot be read now.") from fault

    async def close(self) -> None:
        """Let the questions under way finish, then stop the threads."""
        await asyncio.to_thread(self._threads.shutdown)
