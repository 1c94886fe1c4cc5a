"""The clockwork: one process runs a job, a dead one's lease lapses, and everybody reckons the same ticks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from register.clockwork import RUNS_KEPT, Beat, Outcome
from register.ledger import Entry, EntryKind
from register.store import Register
from tests.register.conftest import MORNING, Watch

pytestmark = pytest.mark.anyio

Opener = Callable[[], Awaitable[Register]]
HOURLY = Beat("count", timedelta(hours=1))


def entry() -> Entry:
    return Entry(EntryKind.JOB, "job:COUNT_HOLES:r", None, None, "count", {}, (), "OK")


def name() -> str:
    return str(uuid4())


async def ran(register: Register, watch: Watch, outcome: Outcome = Outcome.DONE) -> bool:
    """Run the job if it is due, and say whether it was."""
    run = name()
    if not await register.clockwork.take(HOURLY, run, at=watch()):
        return False
    await register.clockwork.end(HOURLY, run, outcome, at=watch(), entry=entry())
    return True


async def test_a_job_that_never_ran_is_due_at_once_and_then_at_the_next_tick(register: Register, watch: Watch) -> None:
    watch.move(minutes=20)
    assert await ran(register, watch)
    assert not await ran(register, watch)
    watch.move(minutes=39)
    assert not await ran(register, watch)
    watch.move(minutes=1)
    assert await ran(register, watch), "the ticks are whole hours, whenever it ran last"
    watch.move(hours=5, minutes=10)
    assert await ran(register, watch)
    assert not await ran(register, watch), "what was missed is not made up for"


async def test_of_many_processes_that_come_at_once_one_runs_the_job(opened: Opener, watch: Watch) -> None:
    registers = [await opened() for _ in range(4)]
    taken = await asyncio.gather(*(one.clockwork.take(HOURLY, name(), at=watch()) for one in registers))
    assert sorted(taken) == [False, False, False, True]


async def test_a_job_that_is_held_is_not_run_even_if_it_is_asked_for(register: Register, watch: Watch) -> None:
    assert await register.clockwork.take(HOURLY, name(), at=watch())
    assert not await register.clockwork.take(HOURLY, name(), at=watch(), asked=True)
    [standing] = await register.clockwork.standing(["count"], at=watch())
    assert (standing.running, standing.overdue) == (True, False)


async def test_a_job_that_is_asked_for_runs_before_it_is_due(register: Register, watch: Watch) -> None:
    assert await ran(register, watch)
    assert await register.clockwork.take(HOURLY, name(), at=watch(), asked=True)


async def test_a_dead_process_holds_a_job_until_its_lease_ends_and_its_run_is_lost(
    register: Register, watch: Watch
) -> None:
    dead, living = name(), name()
    assert await register.clockwork.take(HOURLY, dead, at=watch())
    watch.move(minutes=9, seconds=59)
    assert not await register.clockwork.take(HOURLY, living, at=watch())
    watch.move(seconds=1)
    [standing] = await register.clockwork.standing(["count"], at=watch())
    assert (standing.running, standing.overdue) == (False, True)
    assert await register.clockwork.take(HOURLY, living, at=watch())
    # The dead one was only slow: what it says of itself does not free the job that another runs.
    await register.clockwork.end(HOURLY, dead, Outcome.DONE, at=watch(), entry=entry())
    assert not await register.clockwork.take(HOURLY, name(), at=watch(), asked=True)
    await register.clockwork.end(HOURLY, living, Outcome.DONE, at=watch(), entry=entry())
    [standing] = await register.clockwork.standing(["count"], at=watch())
    assert (standing.outcome, standing.started_at) == (Outcome.DONE, watch())


async def test_a_lost_run_says_so(register: Register, watch: Watch) -> None:
    assert await register.clockwork.take(HOURLY, name(), at=watch())
    watch.move(minutes=11)
    assert await register.clockwork.take(HOURLY, name(), at=watch())
    with register._reads.begin() as connection:
        rows = connection.exec_driver_sql("SELECT outcome FROM job_runs ORDER BY started_at").all()
    assert [outcome for (outcome,) in rows] == ["LOST", None]


async def test_a_run_that_failed_is_tried_again_soon_and_never_later_than_it_was_due(
    register: Register, watch: Watch
) -> None:
    assert await ran(register, watch, Outcome.FAILED)
    [standing] = await register.clockwork.standing(["count"], at=watch())
    assert (standing.outcome, standing.due_at) == (Outcome.FAILED, MORNING + timedelta(minutes=5))
    watch.move(minutes=57)
    assert await ran(register, watch, Outcome.FAILED)
    [standing] = await register.clockwork.standing(["count"], at=watch())
    assert standing.due_at == MORNING + timedelta(hours=1)


async def test_every_run_has_its_entry_and_the_oldest_are_forgotten_here(register: Register, watch: Watch) -> None:
    for _ in range(RUNS_KEPT + 3):
        assert await ran(register, watch)
        watch.move(hours=1)
    with register._reads.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM job_runs").scalar() == RUNS_KEPT
    assert len(await register.ledger.search(first=1000)) == RUNS_KEPT + 3


async def test_a_job_that_never_ran_is_overdue(register: Register, watch: Watch) -> None:
    [standing] = await register.clockwork.standing(["count"], at=watch())
    assert (standing.started_at, standing.due_at, standing.overdue) == (None, None, True)
