"""The clockwork: when each job is due, who runs it now, and how its runs came out. What the jobs do is handed in.

In order:
1. A run is taken under the write lock: it is due, or asked for, and nobody else holds the job. One process runs a job.
2. Whoever takes a job holds it until the lease ends; a process that died holds it no longer, and its run is lost.
3. A job is due on a tick that all processes reckon alike, whenever it ran last; one that failed is due again sooner.
4. How a run came out, when the job is due next and its entry on the ledger are written together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from register.ledger import Entry, Ledger
from register.reader import Reader
from register.tables import job_runs, jobs, micros, moment
from register.writer import Writer

# So many runs of each job are kept here; the ledger has them all.
RUNS_KEPT = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GRACE = timedelta(minutes=5)


class Outcome(StrEnum):
    """How a run came out."""

    DONE = "DONE"
    FAILED = "FAILED"
    LOST = "LOST"


@dataclass(frozen=True)
class Beat:
    """A job by its name: how often it is due, how long a run may hold it, and how soon one that failed is due again."""

    name: str
    every: timedelta
    lease: timedelta = timedelta(minutes=10)
    again: timedelta = timedelta(minutes=5)

    def after(self, at: datetime) -> datetime:
        """Give the first tick after a moment."""
        return _EPOCH + ((at - _EPOCH) // self.every + 1) * self.every


@dataclass(frozen=True)
class Standing:
    """Where a job stands: its last run and how that came out, when it is due, and whether somebody runs it now.

    `due_at` is None for a job that never ran, which is due at once.
    """

    name: str
    started_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    due_at: datetime | None
    running: bool
    overdue: bool


class Clockwork:
    """The jobs of one state's node, in however many processes it runs."""

    def __init__(self, writer: Writer, reader: Reader, ledger: Ledger) -> None:
        """Stand on a register's writer, reader and ledger."""
        self._writer = writer
        self._reader = reader
        self._ledger = ledger

    async def take(self, beat: Beat, run: str, *, at: datetime, asked: bool = False) -> bool:
        """Take a job for a run of its own; False if it is not due, unless `asked` for, or another run holds it."""

        def act(connection: Connection) -> bool:
            row = connection.execute(_JOB.where(jobs.c.name == beat.name)).one_or_none()
            due = micros(at) if row is None else row.due_at
            if row is not None and row.run is not None and row.held_until > micros(at):
                return False
            if due > micros(at) and not asked:
                return False
            if row is None:
                connection.execute(insert(jobs).values(name=beat.name, due_at=due))
            elif row.run is not None:
                lost = {"ended_at": row.held_until, "outcome": Outcome.LOST.value}
                connection.execute(update(job_runs).where(job_runs.c.id == row.run).values(**lost))
            held = {"run": run, "held_until": micros(at + beat.lease)}
            connection.execute(update(jobs).where(jobs.c.name == beat.name).values(**held))
            begun = {"id": run, "job": beat.name, "due_at": due, "started_at": micros(at)}
            connection.execute(insert(job_runs).values(**begun))
            return True

        return await self._writer.do(act)

    async def end(self, beat: Beat, run: str, outcome: Outcome, *, at: datetime, entry: Entry | None) -> None:
        """Say how a run came out, with its entry; the job is free unless another has taken it for dead meanwhile."""
        due = beat.after(at)
        if outcome is Outcome.FAILED:
            due = min(due, at + beat.again)

        def act(connection: Connection) -> None:
            ended = {"ended_at": micros(at), "outcome": outcome.value}
            connection.execute(update(job_runs).where(job_runs.c.id == run).values(**ended))
            free = {"run": None, "held_until": None, "due_at": micros(due)}
            connection.execute(update(jobs).where(jobs.c.name == beat.name, jobs.c.run == run).values(**free))
            of = job_runs.c.job == beat.name
            kept = select(job_runs.c.id).where(of).order_by(*_NEWEST).limit(RUNS_KEPT)
            connection.execute(delete(job_runs).where(of, job_runs.c.id.not_in(kept)))
            if entry is not None:
                self._ledger.enter(connection, entry)

        await self._writer.do(act)

    async def standing(self, names: Sequence[str], *, at: datetime) -> list[Standing]:
        """Say of each of these jobs where it stands, in their order."""

        def look(connection: Connection) -> list[Standing]:
            known = {row.name: row for row in connection.execute(_JOB)}
            return [_standing(connection, name, known.get(name), at) for name in names]

        return await self._reader.do(look)


_JOB = select(jobs)
_NEWEST = (job_runs.c.started_at.desc(), job_runs.c.id)
_LAST = select(job_runs).order_by(*_NEWEST).limit(1)


def _standing(connection: Connection, name: str, job: Any, at: datetime) -> Standing:
    last = connection.execute(_LAST.where(job_runs.c.job == name)).one_or_none()
    running = job is not None and job.run is not None and job.held_until > micros(at)
    due_at = None if job is None else moment(job.due_at)
    return Standing(
        name=name,
        started_at=None if last is None else moment(last.started_at),
        ended_at=None if last is None or last.ended_at is None else moment(last.ended_at),
        outcome=None if last is None or last.outcome is None else Outcome(last.outcome),
        due_at=due_at,
        running=running,
        overdue=not running and (due_at is None or due_at + _GRACE < at),
    )
