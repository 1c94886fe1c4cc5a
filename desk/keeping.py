"""The jobs that keep a node honest without anybody asking: each with a grant of its own, each run on the ledger."""

from collections.abc import Iterable
from datetime import date, timedelta

from auth.grant import Grant
from auth.policy import Job, decide_job
from desk.looking import Desk
from graph import keeping
from graph.session import GraphSession
from register.ledger import Entry, EntryKind
from register.store import Register

# Younger intents belong to requests that are still running: the longest takes the deadline and its retries.
SETTLE_AFTER = timedelta(seconds=30)


class Keeper:
    """What a node does by itself while it is up, turn by turn.

    It settles and ends what waited too long, and once a day it counts holes.
    """

    def __init__(self, desk: Desk) -> None:
        """Begin with a count at the first turn: nobody knows when the last was."""
        self._desk = desk
        self._counted: date | None = None

    async def turn(self) -> tuple[int, int, int] | None:
        """Take one turn, and give the holes if it is the day's first; what fails is tried again at the next."""
        await settle(self._desk)
        await expire(self._desk)
        day = self._desk.clock().date()
        if day == self._counted:
            return None
        holes = await count_holes(self._desk)
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


async def count_holes(desk: Desk) -> tuple[int, int, int]:
    """Count records, versions and links with a hole in their gate: they are nobody's, and somebody must mend them."""
    session = _session(desk, Job.COUNT_HOLES, await registered_compartments(desk.register))
    holes = await keeping.holes(session)
    records, versions, links = holes
    found = {"records": records, "versions": versions, "links": links}
    await desk.register.ledger.append(_entry(session.grant, EntryKind.JOB, "count holes", found, "OK"))
    return holes


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
    grant: Grant, kind: EntryKind, operation: str, found: dict[str, int], code: str, op_id: str | None = None
) -> Entry:
    return Entry(
        kind=kind,
        officer=grant.officer,
        enquiry=None,
        purpose=None,
        operation=operation,
        variables=dict(found),
        ids=(),
        code=code,
        op_id=op_id,
    )
