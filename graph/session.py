"""The only way to the graph: every question carries a grant, every row that leaves is checked against it again.

In order:
1. A statement gets `$g` from the grant and its mode, and nothing of it from a caller.
2. Parameters are exactly those that the statement names; they go in one map, so that a text has one plan.
3. Each gate that comes back is decided again in Python; an extra row is an incident, and nothing leaves.
4. What was disclosed is collected, so that the ledger can say it before the answer leaves.
5. A failure of the database is one of four things in our words: unavailable, too late, too much, or an incident.
6. Asked as of a moment, every question of the session is asked of the record as it was known then; nothing is written.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import neo4j
import stamina
from neo4j.exceptions import (
    AuthError,
    ClientError,
    DatabaseUnavailable,
    DriverError,
    Neo4jError,
    TransientError,
)

from auth.grant import Grant, Mode
from graph.compiled import Compiled
from graph.errors import GraphUnavailable, TooMuchAsked
from graph.library import Statement
from graph.past import given, then
from graph.picks import Found, every, gates, ids, referred
from graph.visible import parameters, sees

Row = list[Any]
T = TypeVar("T")

DEADLINE_SECONDS = 5.0

PLANNING_SECONDS = 60.0

# Fewer than the thousand plans that the database keeps, so that whatever is remembered here is still planned there.
MOST_PLANS = 500

# Of what others hold or changed meanwhile: tried again, silently, for about a second, or four where each try is long.
_AGAIN: dict[str, Any] = {"attempts": 6, "timeout": 4.0, "wait_initial": 0.05, "wait_max": 0.4}

# By driver: another driver may mean another database, which has planned nothing yet.
_begun: "WeakKeyDictionary[neo4j.AsyncDriver, dict[str, asyncio.Task[None]]]" = WeakKeyDictionary()

_ASKED = "asked"
_PARAMETER = re.compile(r"\$(?!g\b)(\w+)")

_TOO_LATE = ("TransactionTimedOut", "Terminated")
# The most that one question may have; the pool that all share has another setting, and is full for a while.
_TOO_MUCH = " db.memory.transaction.max"
# The last two: what was to be linked was purged meanwhile, and is made anew; what was being read went meanwhile.
_BUSY = ("LockAcquisitionTimeout", "LockClientStopped", "DeadlockDetected", "EntityNotFound", "Outdated")


class GraphDeadline(Exception):
    """The database did not finish in the time that a question has."""


class GraphTaken(Exception):
    """Something with this id is there already, so nothing of the transaction was done."""


class GraphLeak(Exception):
    """A row came back that the grant does not open: an incident. Carries the statement's name and no data."""


class _Busy(GraphUnavailable):
    """Another writer holds what this one needs; it is worth trying again."""


@dataclass
class _Told:
    """What a request has asked and found out so far, of whatever moment."""

    asked: int = 0
    leaked: bool = False


class GraphSession:
    """One person's or job's view of the graph for one request.

    `driver` gives the driver of the moment, because a watchdog may have replaced it. `known_at` is the epoch second as
    of which it asks; None is now.
    """

    def __init__(self, grant: Grant, driver: Callable[[], neo4j.AsyncDriver]) -> None:
        self.grant = grant
        self.disclosed: set[str] = set()
        self.known_at: int | None = None
        self._told = _Told()
        self._driver = driver

    @property
    def asked(self) -> int:
        """Give how many statements were sent."""
        return self._told.asked

    @property
    def leaked(self) -> bool:
        """Say whether a row came back that the grant does not open."""
        return self._told.leaked

    def as_of(self, known_at: int | None) -> "GraphSession":
        """Give the same session, asking of the record as it was known at an epoch second; None is now."""
        view = copy(self)
        view.known_at = known_at
        return view

    async def read(self, statement: Statement, /, **params: object) -> list[Row]:
        """Give the rows of a question, columns in the order that its header names, `gates` checked and dropped."""

        async def once() -> list[Row]:
            return self._checked(statement, await self._rows(statement, params))

        return await self._twice(once)

    async def weigh(self, statement: Statement, gone: bool = False, /, **params: object) -> list[Row]:
        """Give checked rows with their `gates`, for a choice among them: what is chosen is disclosed by the caller.

        With `gone`, a row whose link, the first of its gates, was deleted after it was judged is left out: nothing of
        it is there to leak. Of thousands of links one is always being closed, and two closed in turn are no incident.
        """

        async def once() -> list[Row]:
            rows = await self._rows(statement, params)
            if gone:
                rows = [row for row in rows if not _is_gone(statement, row)]
            self._looked_at(statement, rows)
            return rows

        return await self._twice(once)

    async def project(self, compiled: Compiled) -> Found:
        """Give what a compiled selection brings back, read into nodes, every gate checked, every id disclosed."""

        async def once() -> Found:
            [[row]] = await self._rows(compiled.statement, compiled.parameters)
            return self._found(compiled, row)

        return await self._twice(once)

    def _found(self, compiled: Compiled, row: Any) -> Found:
        found = compiled.read(row)
        self.disclosed |= self.check(
            Mode.READ, (gate for _, node in found.rows for gate in gates(node)), of="projection"
        )
        referred_to = (gate for _, node in found.rows for gate in referred(node))
        self.disclosed |= self.check(Mode.REFERENCE, referred_to, of="projection")
        self.disclosed.update(id for _, node in found.rows for id in ids(node))
        if self.known_at is not None:
            for _, root in found.rows:
                for node in every(root):
                    node.known_at = self.known_at
        return found

    async def _twice(self, once: Callable[[], Awaitable[T]]) -> T:
        """Ask, and ask again if a row fails its second look; raise GraphLeak, an incident, if it fails then too.

        Reads are read-committed: a record that is closed while a statement runs may be judged open and come back with
        its new gate. Asked again it is gone; what is still there then is a hole in a statement.
        """
        try:
            return await once()
        except GraphLeak:
            pass
        try:
            return await once()
        except GraphLeak:
            self._told.leaked = True
            raise

    async def _rows(self, statement: Statement, params: dict[str, object]) -> list[Row]:
        if self.known_at is not None:
            statement, params = then(statement), given(params, self.known_at)
        bound, planning = self._bound(statement, params), sent(statement.planning)
        await _planned(self._driver(), planning, bound, anew=False)
        try:
            return await self._asked(statement, bound)
        except (GraphDeadline, asyncio.CancelledError):
            _forget(self._driver(), planning)
            raise

    async def _asked(self, statement: Statement, bound: dict[str, object]) -> list[Row]:
        try:
            return await self._asked_once(statement, bound)
        except _Busy:
            # Seldom: what waits and tries again costs more to set up than most questions take.
            pass
        async for attempt in stamina.retry_context(on=_Busy, **_AGAIN):
            with attempt:
                return await self._asked_once(statement, bound)
        raise AssertionError  # unreachable: the last attempt returns or raises

    async def _asked_once(self, statement: Statement, bound: dict[str, object]) -> list[Row]:
        async with _in_our_words(), self._open(neo4j.READ_ACCESS) as session:
            result = await session.run(_timed(statement.text), bound)
            return [record.values() async for record in result]

    async def plan(self, statement: Statement, params: dict[str, object], *, anew: bool = False) -> None:
        """Have the database plan a question, once; `anew` shows it a text again that it has planned before."""
        await _planned(self._driver(), sent(statement.planning), self._given(statement, params), anew=anew)

    async def write(self, act: "Callable[[GraphWriting], Awaitable[T]]", *, seconds: float = DEADLINE_SECONDS) -> T:
        """Run an act in one transaction; a deadlock or a held lock is tried again, silently, for about a second.

        Raises TypeError as of a moment: what was known then is not written any more.
        """
        if self.known_at is not None:
            raise TypeError("The past is not written.")
        return await self._twice(lambda: self._written(act, seconds))

    async def _written(self, act: "Callable[[GraphWriting], Awaitable[T]]", seconds: float) -> T:
        async for attempt in stamina.retry_context(on=_Busy, **_AGAIN):
            with attempt:
                async with _in_our_words(), self._open(neo4j.WRITE_ACCESS) as session:
                    transaction = await session.begin_transaction(timeout=seconds)
                    async with transaction:
                        made = await act(GraphWriting(self, transaction))
                        await transaction.commit()
                    return made
        raise AssertionError  # unreachable: the last attempt returns or raises

    @asynccontextmanager
    async def _open(self, access: str) -> AsyncIterator[neo4j.AsyncSession]:
        async with self._driver().session(default_access_mode=access) as session:
            yield session

    def _bound(self, statement: Statement, params: dict[str, object]) -> dict[str, object]:
        if params.keys() != statement.params:
            odd = sorted(params.keys() ^ statement.params)
            raise TypeError(f"{statement.name} does not fit these parameters: {odd}")
        self._told.asked += 1
        return self._given(statement, params)

    def _given(self, statement: Statement, params: dict[str, object]) -> dict[str, object]:
        return {_ASKED: params, "g": parameters(self.grant, statement.mode)}

    def _checked(self, statement: Statement, rows: list[Row]) -> list[Row]:
        self.disclosed |= self._looked_at(statement, rows)
        if "gates" in statement.returns:
            for row in rows:
                del row[statement.returns.index("gates")]
        return rows

    def _looked_at(self, statement: Statement, rows: list[Row]) -> set[str]:
        """Check every gate of every row and give the ids; without gates nothing is disclosed."""
        if "gates" not in statement.returns:
            return set()
        place = statement.returns.index("gates")
        return {id for row in rows for id in self.check(statement.mode, row[place], of=statement.name)}

    def check(self, mode: Mode, gates: Iterable[Sequence[Any]], *, of: str) -> set[str]:
        """Decide each gate [id, audience, level, comp, class, until] again; raise GraphLeak if one fails."""
        seen = set()
        for id, *gate in gates:
            if not sees(self.grant, mode, id, gate):
                raise GraphLeak(of)
            seen.add(id)
        return seen


class GraphWriting:
    """One open write transaction of a session."""

    def __init__(self, session: GraphSession, transaction: neo4j.AsyncTransaction) -> None:
        self.grant = session.grant
        self._session = session
        self._transaction = transaction

    async def run(self, statement: Statement, /, **params: object) -> list[Row]:
        """Run one statement in the transaction and give its checked rows."""
        result = await self._transaction.run(sent(statement.text), self._session._bound(statement, params))
        rows = [record.values() async for record in result]
        return self._session._checked(statement, rows)

    def under(self, session: GraphSession) -> "GraphWriting":
        """Give the same transaction under the grant of another session."""
        return GraphWriting(session, self._transaction)

    async def project(self, compiled: Compiled) -> Found:
        """Give what a compiled selection brings back within the transaction, every gate checked."""
        result = await self._transaction.run(
            sent(compiled.statement.text), self._session._bound(compiled.statement, compiled.parameters)
        )
        [[row]] = [record.values() async for record in result]
        return self._session._found(compiled, row)


def _is_gone(statement: Statement, row: Row) -> bool:
    [[_, audience, *_], *_] = row[statement.returns.index("gates")]
    return audience is None


@lru_cache(maxsize=512)
def sent(text: str) -> str:
    """Write a statement's parameters as members of one map.

    Neo4j plans a text anew for every size class of every list and text among its parameters, which takes seconds for
    the walk of a network; it does not look into a map.
    """
    return _PARAMETER.sub(rf"${_ASKED}.\1", text)


def _timed(text: str) -> neo4j.Query:
    return neo4j.Query(sent(text), timeout=DEADLINE_SECONDS)


async def _planned(driver: neo4j.AsyncDriver, text: str, bound: dict[str, object], *, anew: bool) -> None:
    """Wait until the database has planned a text; the planning goes on if the waiting is given up.

    A nested selection takes it up to seconds, once: it keeps the plan by the text. Lost with a question whose time
    ends meanwhile, the same question would fail every time.
    """
    begun = _begun.setdefault(driver, {})
    planning = begun.pop(text, None)
    if planning is None or (anew and planning.done()):
        planning = asyncio.create_task(_plan(driver, text, bound))
    begun[text] = planning  # the latest asked stands last
    oldest = next(iter(begun))
    if len(begun) > MOST_PLANS and begun[oldest].done():
        del begun[oldest]
    if not planning.done():
        # Neither ends the other: where the planning is given up with its driver, the question goes on to the next.
        await asyncio.wait([planning])


def _forget(driver: neo4j.AsyncDriver, text: str) -> None:
    """Have a text planned before it is asked again, since its question came too late.

    The database plans a text anew once its figures have changed; that is lost with the question, as the first time.
    """
    begun = _begun.get(driver, {})
    if text in begun and begun[text].done():
        del begun[text]


async def let_go(driver: neo4j.AsyncDriver) -> None:
    """Give up what is being planned, then close the driver: a plan that outlived it would open a connection anew."""
    planning = list(_begun.pop(driver, {}).values())
    for task in planning:
        task.cancel()
    await asyncio.gather(*planning, return_exceptions=True)
    await driver.close()


async def _plan(driver: neo4j.AsyncDriver, text: str, bound: dict[str, object]) -> None:
    """Plan a text; what goes wrong is said by the question itself, which is asked next."""
    with suppress(Neo4jError, DriverError, OSError):
        async with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            result = await session.run(neo4j.Query(text, timeout=PLANNING_SECONDS), bound)
            await result.consume()


@asynccontextmanager
async def _in_our_words() -> AsyncIterator[None]:
    """Turn the driver's errors into ours, with nothing of the database in them."""
    try:
        yield
    except AuthError as problem:
        raise GraphUnavailable("The database refuses our password.") from problem
    except (TransientError, ClientError, DatabaseUnavailable) as problem:
        code = problem.code or ""
        if any(word in code for word in _BUSY):
            raise _Busy("Others are changing the same records; ask again.") from problem
        if any(word in code for word in _TOO_LATE):
            raise GraphDeadline from problem
        if _TOO_MUCH in f" {problem.message}":
            raise TooMuchAsked from problem
        if "ConstraintValidationFailed" in code:
            raise GraphTaken from problem
        if isinstance(problem, ClientError):
            raise
        raise GraphUnavailable("The database is not ready.") from problem
    except (DriverError, Neo4jError, OSError) as problem:
        raise GraphUnavailable("The database does not answer.") from problem
