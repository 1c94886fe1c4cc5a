"""Runs of an import: of which officer, source and file each is, and where it stands.

In order:
1. Of one officer and source one run is under way at a time, until it is approved, ends or has been undone.
2. A run that was broken off is gone on with the same file and mapping alone.
3. Where a run stands is told by the change that asks for it, also while that is only being asked for.
4. An edition counts the runs of a source that were undone before: what comes in again is not what was withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from register.ledger import Entry, Ledger
from register.reader import Reader
from register.tables import import_runs, micros, moment, pending_changes
from register.writer import Writer
from schemas.pending import PendingState
from schemas.run import IN_VAIN, RunState

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Run:
    """A run; `file` and `mapping` are SHA-256, and `change` is what asks for it, with who settled that."""

    id: str
    officer: str
    source: str
    file: str
    mapping: str
    edition: int
    begun_at: datetime
    state: RunState = RunState.LOADING
    change: str | None = None
    settled_by: str | None = None


@dataclass(frozen=True)
class Begun:
    """A run as it was begun or is gone on with, and the runs of its source whose records are there."""

    run: Run
    standing: tuple[Run, ...]


class RunUnderWay(Exception):
    """Another run of the source is not over; `run` is that one."""

    def __init__(self, run: Run) -> None:
        super().__init__(run.id)
        self.run = run


class ImportRuns:
    """The runs of one state's officers."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger) -> None:
        """Stand on a register's writer, reader and ledger."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger

    async def begin(self, id: str, *, officer: str, source: str, file: str, mapping: str, at: datetime) -> Begun:
        """Begin a run under an id, or go on with the one that was broken off. Raises RunUnderWay."""

        def act(connection: Connection) -> Begun:
            of = (import_runs.c.officer == officer, import_runs.c.source == source)
            earlier = [_run(row) for row in connection.execute(_ALL.where(*of))]
            standing = tuple(run for run in earlier if run.state is RunState.VISIBLE)
            for run in earlier:
                if run.state is RunState.LOADING and (run.file, run.mapping) == (file, mapping):
                    return Begun(run, standing)
                if run.state in _UNDER_WAY:
                    raise RunUnderWay(run)
            edition = sum(run.state is RunState.UNDONE for run in earlier)
            run = Run(id, officer, source, file, mapping, edition, at)
            connection.execute(insert(import_runs).values(**_row(run)))
            return Begun(run, standing)

        return await self._writer.do(act)

    async def get(self, id: str) -> Run | None:
        """Give a run, None if there is none of this id."""

        def look(connection: Connection) -> Run | None:
            row = connection.execute(_ALL.where(import_runs.c.id == id)).one_or_none()
            return None if row is None else _run(row)

        return await self._reader.do(look)

    async def of(self, officer: str) -> list[Run]:
        """Give an officer's runs, newest first."""

        def look(connection: Connection) -> list[Run]:
            rows = connection.execute(_ALL.where(import_runs.c.officer == officer)).all()
            return [_run(row) for row in reversed(rows)]

        return await self._reader.do(look)

    async def end(
        self, id: str, ending: RunState, *, of: Sequence[RunState], at: datetime, entry: Entry | None = None
    ) -> bool:
        """Let a run that stands in one of some states end, with its entry; False if it does not stand so."""

        def act(connection: Connection) -> bool:
            row = connection.execute(_ALL.where(import_runs.c.id == id)).one_or_none()
            if row is None or _run(row).state not in of:
                return False
            ended = {"ended": ending.value, "ended_at": micros(at)}
            connection.execute(update(import_runs).where(import_runs.c.id == id).values(**ended))
            if entry is not None:
                self._ledger.enter(connection, entry)
            return True

        return await self._writer.do(act)

    async def broken_off(self, *, at: datetime) -> list[Run]:
        """Give the runs that began long ago and were never asked for."""

        def look(connection: Connection) -> list[Run]:
            late = (import_runs.c.begun_at <= micros(at - LIFETIME), import_runs.c.ended.is_(None))
            runs = [_run(row) for row in connection.execute(_ALL.where(*late))]
            return [run for run in runs if run.state is RunState.LOADING]

        return await self._reader.do(look)

    async def in_vain(self) -> list[Run]:
        """Give the runs that came to nothing and of which something may still wait."""

        def look(connection: Connection) -> list[Run]:
            ended = or_(import_runs.c.ended.is_not(None), pending_changes.c.state.in_(_SETTLED))
            rows = connection.execute(_ALL.where(import_runs.c.cleared_at.is_(None), ended))
            return [run for row in rows if (run := _run(row)).state in IN_VAIN]

        return await self._reader.do(look)

    async def cleared(self, id: str, *, at: datetime, entry: Entry) -> None:
        """Note that nothing of a run waits any more."""

        def act(connection: Connection) -> None:
            connection.execute(update(import_runs).where(import_runs.c.id == id).values(cleared_at=micros(at)))
            self._ledger.enter(connection, entry)

        await self._writer.do(act)


_ALL = (
    select(
        import_runs,
        pending_changes.c.id.label("change"),
        pending_changes.c.state,
        pending_changes.c.settled_by,
    )
    .select_from(import_runs.outerjoin(pending_changes, pending_changes.c.makes == import_runs.c.id))
    .order_by(import_runs.c.begun_at, import_runs.c.id)
)
_STATE = {
    PendingState.OPEN: RunState.WAITING,
    PendingState.APPROVED: RunState.VISIBLE,
    PendingState.DECLINED: RunState.DECLINED,
    PendingState.WITHDRAWN: RunState.WITHDRAWN,
    PendingState.EXPIRED: RunState.EXPIRED,
}
_SETTLED = [PendingState.DECLINED.value, PendingState.WITHDRAWN.value, PendingState.EXPIRED.value]
_UNDER_WAY = frozenset({RunState.LOADING, RunState.WAITING, RunState.UNDOING})


def _run(row: Row[Any]) -> Run:
    state = RunState.LOADING
    if row.ended is not None:
        state = RunState(row.ended)
    elif row.change is not None:
        state = _STATE[PendingState(row.state)]
    return Run(
        id=row.id,
        officer=row.officer,
        source=row.source,
        file=row.file,
        mapping=row.mapping,
        edition=row.edition,
        begun_at=moment(row.begun_at),
        state=state,
        change=row.change,
        settled_by=row.settled_by if state in _DECIDED else None,
    )


_DECIDED = frozenset({RunState.VISIBLE, RunState.UNDOING, RunState.UNDONE, RunState.DECLINED})


def _row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "officer": run.officer,
        "source": run.source,
        "file": run.file,
        "mapping": run.mapping,
        "edition": run.edition,
        "begun_at": micros(run.begun_at),
    }
