"""The jobs that keep a node honest without anybody asking: each with a grant of its own, each run on the ledger.

In order:
1. When a job is due, and who runs it, says the clockwork; what the jobs are is the closed list here.
2. A run that fails is tried again soon, and keeps no other from running.
3. What a job changed it enters with the change. Of one that is due every minute no more is written; of any other, and
   of a failure, the run itself.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from auth.grant import Grant
from auth.keys import KeyRing
from auth.policy import Job
from auth.sealing import StateKeys
from desk.errors import BadInput
from desk.looking import Desk
from desk.matching import put_matches
from desk.purging import purge
from desk.working import entry_of, session_of
from graph import importing, keeping, writing
from graph.errors import GraphUnavailable, TooMuchAsked
from graph.session import GraphDeadline, GraphLeak, GraphTaken
from register.clockwork import Beat, Outcome, Standing
from register.ledger import Entry, EntryKind
from register.store import Register
from schemas.enquiry import Enquiry
from schemas.errors import FieldProblem
from schemas.run import RunState

# Younger intents belong to requests that are still running: the longest takes the deadline and its retries.
SETTLE_AFTER = timedelta(seconds=30)

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_FAULTS = (GraphUnavailable, GraphDeadline, GraphLeak, GraphTaken, TooMuchAsked)

HOLES = "count-holes"

BEATS = {
    Job.SETTLE: Beat("settle", _MINUTE),
    Job.EXPIRE: Beat("expire", _MINUTE),
    Job.CLEAR: Beat("clear-imports", _MINUTE),
    Job.ENQUIRIES: Beat("close-enquiries", _MINUTE),
    Job.FOLLOWER_KEYS: Beat("follower-keys", _HOUR),
    Job.COUNT_HOLES: Beat(HOLES, _DAY),
    Job.SWEEP: Beat("sweep-files", _DAY),
    Job.MATCH: Beat("match", _HOUR, lease=_HOUR),
    Job.PURGE: Beat("purge", _DAY, lease=_HOUR),
}

ENQUIRIES_AT_ONCE = 1_000


@dataclass(frozen=True)
class Task:
    """One job of the list: when it is due, what it does, and whether its run is entered when it went well."""

    job: Job
    act: Callable[[str], Awaitable[Mapping[str, int]]]
    entered: bool = True

    @property
    def beat(self) -> Beat:
        """Say when it is due."""
        return BEATS[self.job]


@dataclass(frozen=True)
class Run:
    """A run that was taken: how it came out, what it found, and what kept it from its end."""

    name: str
    outcome: Outcome
    found: Mapping[str, int]
    fault: str = ""


class Keeper:
    """What a node does by itself while it is up: the jobs that are due, one after the other, in their order here."""

    def __init__(self, desk: Desk, ring: KeyRing) -> None:
        """Keep a desk; tombstones are signed by the ring's key of the moment."""
        self._desk = desk
        self.tasks = (
            Task(Job.SETTLE, self._settle, entered=False),
            Task(Job.EXPIRE, self._expire, entered=False),
            Task(Job.CLEAR, self._clear, entered=False),
            Task(Job.ENQUIRIES, self._enquiries, entered=False),
            Task(Job.FOLLOWER_KEYS, self._follower_keys),
            Task(Job.COUNT_HOLES, self._holes),
            Task(Job.SWEEP, self._sweep),
            Task(Job.MATCH, self._match),
            Task(Job.PURGE, self._purge),
        )
        self._ring = ring

    async def turn(self) -> list[Run]:
        """Run what is due, and give the runs that were taken. Raises RegisterUnavailable."""
        return [run for task in self.tasks if (run := await self._run(task)) is not None]

    async def run(self, name: str) -> Run | None:
        """Run a job now, due or not; None if another process runs it. Raises BadInput for what is no job."""
        task = next((task for task in self.tasks if task.beat.name == name), None)
        if task is None:
            known = ", ".join(task.beat.name for task in self.tasks)
            raise BadInput([FieldProblem(path="name", message=f"There is no such job. The jobs are {known}.")])
        return await self._run(task, asked=True)

    async def _run(self, task: Task, *, asked: bool = False) -> Run | None:
        desk, clockwork = self._desk, self._desk.register.clockwork
        run = str(desk.random.uuid(f"job:{task.job.value}"))
        if not await clockwork.take(task.beat, run, at=desk.clock(), asked=asked):
            return None
        grant = session_of(desk, task.job, run=run).grant
        try:
            done = Run(task.beat.name, Outcome.DONE, await task.act(run))
        except _FAULTS as problem:
            done = Run(task.beat.name, Outcome.FAILED, {}, type(problem).__name__)
        entry = _run_entry(grant, done) if task.entered or done.fault else None
        await clockwork.end(task.beat, run, done.outcome, at=desk.clock(), entry=entry)
        return done

    async def _settle(self, run: str) -> dict[str, int]:
        return {"intents": await settle(self._desk, run=run)}

    async def _expire(self, run: str) -> dict[str, int]:
        return {"changes": await expire(self._desk, run=run)}

    async def _clear(self, run: str) -> dict[str, int]:
        return {"imports": await clear_imports(self._desk, run=run)}

    async def _enquiries(self, run: str) -> dict[str, int]:
        return {"enquiries": await close_enquiries(self._desk, run=run)}

    async def _follower_keys(self, run: str) -> dict[str, int]:
        return {"keys": await destroy_follower_keys(self._desk, run=run)}

    async def _holes(self, run: str) -> dict[str, int]:
        records, versions, links = await count_holes(self._desk, run=run)
        return {"records": records, "versions": versions, "links": links}

    async def _sweep(self, run: str) -> dict[str, int]:
        return {"files": await self._desk.register.vault.sweep()}

    async def _match(self, run: str) -> Mapping[str, int]:
        return await put_matches(self._desk, run=run)

    async def _purge(self, run: str) -> dict[str, int]:
        return await purge(self._desk, lambda said: self._ring.sign(said, self._desk.clock()), run=run)


async def standing(register: Register) -> list[Standing]:
    """Say of each job where it stands, in the order of the list."""
    return await register.clockwork.standing([beat.name for beat in BEATS.values()], at=register.clock())


def _run_entry(grant: Grant, run: Run) -> Entry:
    operation = run.name.replace("-", " ")
    if run.fault:
        return entry_of(grant, EntryKind.JOB, operation, {"fault": run.fault}, run.outcome.value)
    return entry_of(grant, EntryKind.JOB, operation, run.found, "OK")


async def settle(desk: Desk, *, all: bool = False, run: str | None = None) -> int:
    """Give every INTENT without OUTCOME its outcome, by looking its operation up in the graph; give their number.

    `all` are settled at the start of a node that alone writes to its database; else only those that no running
    request can still own. A purge is never settled here: the next one brings it to its end.
    """
    at = desk.clock()
    purges = {stone.op_id for stone in await desk.register.tombstones.unsigned()}
    waiting = [
        intent
        for intent in await desk.register.ledger.unsettled()
        if intent.op_id not in purges and (all or intent.at <= at - SETTLE_AFTER)
    ]
    if not waiting:
        return 0
    session = session_of(desk, Job.SETTLE, run=run)
    done = await keeping.operations_done(session, [intent.op_id for intent in waiting])
    for intent in waiting:
        code = "DONE" if intent.op_id in done else "NOT_DONE"
        entry = entry_of(
            session.grant,
            EntryKind.OUTCOME,
            f"settle {intent.operation}",
            {"intent": intent.seq},
            code,
            intent.op_id,
        )
        # What waits for a second officer has its step settled with it.
        await desk.register.pending.end(intent.op_id, done=intent.op_id in done, entry=entry)
    return len(waiting)


async def expire(desk: Desk, *, run: str | None = None) -> int:
    """End the changes and grants that waited for a second officer for too long; give their number.

    What lies in the graph ends there first.
    """
    at = desk.clock()

    def ended(number: int) -> Entry:
        return entry_of(session_of(desk, Job.EXPIRE, run=run).grant, EntryKind.JOB, "expire", {"grants": number}, "OK")

    grants = await desk.register.approvals.expire(at=at, entry=ended)
    late = await desk.register.pending.expired(at=at)
    if late:
        session = session_of(desk, Job.EXPIRE, run=run)
        await keeping.drop_changes(session, late)
        entry = entry_of(session.grant, EntryKind.JOB, "expire", {"changes": len(late)}, "OK")
        await desk.register.pending.expire(late, at=at, entry=entry)
    return len(late) + grants


async def clear_imports(desk: Desk, *, run: str | None = None) -> int:
    """Take away what was loaded of imports that came to nothing, or that nobody went on with; give their number."""
    at, register = desk.clock(), desk.register.imports
    for one in await register.broken_off(at=at):
        await register.end(one.id, RunState.GIVEN_UP, of=[RunState.LOADING], at=at)
    ended = await register.in_vain()
    if ended:
        session = session_of(desk, Job.CLEAR, run=run)
        for one in ended:
            ids = [id for made in await writing.made(session, import_body(desk.keys, one.id)) for id in made]
            await importing.drop(session, ids)
            entry = entry_of(session.grant, EntryKind.JOB, "clear import", {"things": len(ids)}, "OK")
            await register.cleared(one.id, at=at, entry=entry)
    return len(ended)


def import_body(keys: StateKeys, run: str) -> str:
    """Give what all operations of a run carry as their body, so that what it made is found by it."""
    return keys.digest("operation body", "\x1f".join(("import", run)))


async def close_enquiries(desk: Desk, *, run: str | None = None) -> int:
    """Close the enquiries that have ended, as of their end, each on the ledger; give their number."""
    grant, number, closed = session_of(desk, Job.ENQUIRIES, run=run).grant, 0, ENQUIRIES_AT_ONCE

    def entry(enquiry: Enquiry) -> Entry:
        return Entry(
            kind=EntryKind.ENQUIRY_CLOSED,
            officer=grant.officer,
            enquiry=enquiry.id,
            purpose=enquiry.purpose.value,
            operation="enquiry ended",
            variables={"officer": enquiry.officer},
            ids=(),
            code="OK",
        )

    while closed == ENQUIRIES_AT_ONCE:
        closed = await desk.register.enquiries.close_ended(at=desk.clock(), first=ENQUIRIES_AT_ONCE, entry=entry)
        number += closed
    return number


async def destroy_follower_keys(desk: Desk, *, run: str | None = None) -> int:
    """Destroy the keys of pseudonyms that are 90 days old; give their number."""
    grant = session_of(desk, Job.FOLLOWER_KEYS, run=run).grant

    def entry(keys: int) -> Entry:
        return entry_of(grant, EntryKind.JOB, "destroy follower keys", {"keys": keys}, "OK")

    return await desk.register.followers.destroy(at=desk.clock(), entry=entry)


async def count_holes(desk: Desk, *, run: str | None = None) -> tuple[int, int, int]:
    """Count records, versions and links with a hole in their gate: they are nobody's, and somebody must mend them."""
    return await keeping.holes(session_of(desk, Job.COUNT_HOLES, run=run))


async def answers(desk: Desk) -> None:
    """Raise GraphUnavailable or GraphDeadline unless the graph answers."""
    await keeping.answers(session_of(desk, Job.COUNT_HOLES))
