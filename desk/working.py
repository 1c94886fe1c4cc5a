"""A job at work: the grant of its run, its view of the graph, and what it writes on the ledger."""

from collections.abc import Iterable, Mapping

from auth.grant import Grant
from auth.policy import Job, decide_job
from desk.looking import Desk
from graph import keeping
from graph.session import GraphSession
from register.chain import JSON
from register.ledger import Entry, EntryKind


def session_of(desk: Desk, job: Job, compartments: Iterable[str] = (), *, run: str | None = None) -> GraphSession:
    """Give the view of the graph that a run of a job has; without a run of the clockwork it is one of its own."""
    run = run or str(desk.random.uuid(f"job:{job.value}"))
    grant = decide_job(job, run=run, state=desk.state, compartments=compartments, at=desk.clock())
    return GraphSession(grant, desk.graph)


async def every_compartment(desk: Desk, job: Job) -> list[str]:
    """Give every compartment that there is: those that officers hold, and those in which something lies still."""
    held = {name for officer in await desk.register.officers.list() for name in officer.compartments}
    return sorted((held | await keeping.compartments(session_of(desk, job))) - {""})


def entry_of(
    grant: Grant,
    kind: EntryKind,
    operation: str,
    found: Mapping[str, JSON],
    code: str,
    op_id: str | None = None,
    ids: tuple[str, ...] = (),
) -> Entry:
    """Give what a run of a job writes on the ledger."""
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
