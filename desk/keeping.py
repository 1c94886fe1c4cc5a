"""The jobs that keep a node honest without anybody asking: each with a grant of its own, each run on the ledger."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from auth.grant import Grant
from auth.policy import Job, decide_job
from auth.sealing import StateKeys
from desk.looking import Desk
from graph import importing, keeping, writing
from graph.session import GraphSession
from register.ledger import Entry, EntryKind
from register.store import Register
from schemas.run import RunState

# Younger intents belong to requests that are still running: the longest takes the deadline and its retries.
SETTLE_AFTER = timedelta(seconds=30)


class Keeper:
    """What a node does by itself while it is up, turn by turn.

    It settles and ends what waited too long, takes away what came in in vain, and once a day it counts holes and sweeps
    the vault.
    """

    def __init__(self, desk: Desk) -> None:
        """Begin with a count at the first turn: nobody knows when the last was."""
        self._desk = desk
        self._counted: date | None = None

    async def turn(self) -> tuple[int, int, int] | None:
        """Take one turn, and give the holes if it is the day's first; what fails is tried again at the next."""
        await settle(self._desk)
        await expire(self._desk)
        await clear_imports(self._desk)
        day = self._desk.clock().date()
        if day == self._counted:
            return None
        holes = await count_holes(self._desk)
        await sweep_files(self._desk)
        self._counted = day
        return holes


async def settle(desk: Desk, *, all: bool = False) -> int:
    """Give every INTENT without OUTCOME its outcome, by looking its operation up in the graph; give their number.

    `all` are settled at the start of a node that alone writes to its database; else only those that no running
    request can still own.
    """
    at = desk.clock()
    waiting = [intent for intent in await desk.register.ledger.unsettled() if all or intent.at <= at - SETTLE_AFTER]
    if not waiting:
        return 0
    session = _session(desk, Job.SETTLE)
    done = await keeping.operations_done(session, [intent.op_id for intent in waiting])
    for intent in waiting:
        code = "DONE" if intent.op_id in done else "NOT_DONE"
        entry = _entry(
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


async def expire(desk: Desk) -> int:
    """End the changes that waited for a second officer for too long, in the graph first; give their number."""
    at = desk.clock()
    late = await desk.register.pending.expired(at=at)
    if late:
        session = _session(desk, Job.EXPIRE)
        await keeping.drop_changes(session, late)
        entry = _entry(session.grant, EntryKind.JOB, "expire", {"changes": len(late)}, "OK")
        await desk.register.pending.expire(late, at=at, entry=entry)
    return len(late)


async def clear_imports(desk: Desk) -> int:
    """Take away what was loaded of imports that came to nothing, or that nobody went on with; give their number."""
    at, register = desk.clock(), desk.register.imports
    for run in await register.broken_off(at=at):
        await register.end(run.id, RunState.GIVEN_UP, of=[RunState.LOADING], at=at)
    ended = await register.in_vain()
    if ended:
        session = _session(desk, Job.EXPIRE)
        for run in ended:
            ids = [id for made in await writing.made(session, import_body(desk.keys, run.id)) for id in made]
            await importing.drop(session, ids)
            entry = _entry(session.grant, EntryKind.JOB, "clear import", {"things": len(ids)}, "OK")
            await register.cleared(run.id, at=at, entry=entry)
    return len(ended)


def import_body(keys: StateKeys, run: str) -> str:
    """Give what all operations of a run carry as their body, so that what it made is found by it."""
    return keys.digest("operation body", "\x1f".join(("import", run)))


async def count_holes(desk: Desk) -> tuple[int, int, int]:
    """Count records, versions and links with a hole in their gate: they are nobody's, and somebody must mend them."""
    session = _session(desk, Job.COUNT_HOLES, await registered_compartments(desk.register))
    holes = await keeping.holes(session)
    records, versions, links = holes
    found = {"records": records, "versions": versions, "links": links}
    await desk.register.ledger.append(_entry(session.grant, EntryKind.JOB, "count holes", found, "OK"))
    return holes


async def sweep_files(desk: Desk) -> int:
    """Take away the files that a crash left in the vault and nobody knows of; give their number."""
    swept = await desk.register.vault.sweep()
    if swept:
        grant = _session(desk, Job.SWEEP).grant
        await desk.register.ledger.append(_entry(grant, EntryKind.JOB, "sweep files", {"files": swept}, "OK"))
    return swept


async def purge_files(desk: Desk, records: Sequence[str], *, by: Grant) -> int:
    """Destroy the files of purged records and what opens them, once and for ever; give their number.

    The purge calls it for each record whose tombstone stands; to call it again does no harm.
    """

    def entry(files: int) -> Entry:
        told = {"records": len(records), "files": files}
        return _entry(by, EntryKind.JOB, "purge files", told, "OK", ids=tuple(sorted(records)))

    return await desk.register.vault.destroy(records, at=desk.clock(), entry=entry, ever=True)


async def registered_compartments(register: Register) -> list[str]:
    """Give every compartment that there is: one that no officer holds is nobody's."""
    return sorted({name for officer in await register.officers.list() for name in officer.compartments})


async def answers(desk: Desk) -> None:
    """Raise GraphUnavailable or GraphDeadline unless the graph answers."""
    await keeping.answers(_session(desk, Job.COUNT_HOLES))


def _session(desk: Desk, job: Job, compartments: Iterable[str] = ()) -> GraphSession:
    at = desk.clock()
    run = str(desk.random.uuid(f"job:{job.value}"))
    return GraphSession(decide_job(job, run=run, state=desk.state, compartments=compartments, at=at), desk.graph)


def _entry(
    grant: Grant,
    kind: EntryKind,
    operation: str,
    found: dict[str, int],
    code: str,
    op_id: str | None = None,
    ids: tuple[str, ...] = (),
) -> Entry:
    return Entry(
        kind=kind,
        officer=grant.officer,
        enquiry=None,
        purpose=None,
        operation=operation,
        variables=dict(found),
        ids=ids,
        code=code,
        op_id=op_id,
    )
