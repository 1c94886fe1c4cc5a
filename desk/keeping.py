"""The jobs that keep a node honest without anybody asking: each with a grant of its own, each run on the ledger."""

from collections.abc import Sequence
from datetime import timedelta

from auth.grant import Grant
from auth.policy import Job, decide_job
from desk.looking import Desk
from graph import keeping
from graph.session import GraphSession
from register.ledger import Entry, EntryKind

# Younger intents belong to requests that are still running: the longest takes the deadline and its retries.
SETTLE_AFTER = timedelta(seconds=30)


async def settle(desk: Desk, *, all: bool = False) -> int:
    """Give every INTENT without OUTCOME its outcome, by looking its operation up in the graph; give their number.

    At start `all` are settled, since nobody else is writing for this node's crashed past; later only those that no
    running request can still own.
    """
    at = desk.clock()
    waiting = [intent for intent in await desk.register.ledger.unsettled() if all or intent.at <= at - SETTLE_AFTER]
    if not waiting:
        return 0
    session = _session(desk, Job.SETTLE)
    done = await keeping.operations_done(session, [intent.op_id for intent in waiting])
    for intent in waiting:
        code = "DONE" if intent.op_id in done else "NOT_DONE"
        await desk.register.ledger.append(
            _entry(
                session.grant,
                EntryKind.OUTCOME,
                f"settle {intent.operation}",
                {"intent": intent.seq},
                code,
                intent.op_id,
            )
        )
    return len(waiting)


async def count_holes(desk: Desk) -> tuple[int, int, int]:
    """Count records, versions and links with a hole in their gate: they are nobody's, and somebody must mend them."""
    session = _session(desk, Job.COUNT_HOLES)
    holes = await keeping.holes(session)
    records, versions, links = holes
    found = {"records": records, "versions": versions, "links": links}
    await desk.register.ledger.append(_entry(session.grant, EntryKind.JOB, "count holes", found, "OK"))
    return holes


async def answers(desk: Desk) -> None:
    """Raise GraphUnavailable or GraphDeadline unless the graph answers."""
    await keeping.answers(_session(desk, Job.COUNT_HOLES))


def _session(desk: Desk, job: Job, compartments: Sequence[str] = ()) -> GraphSession:
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
