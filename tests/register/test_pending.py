"""Changes that wait, in the register: one step at a time, whoever else tries, from however many processes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from register.ledger import Entry, EntryKind
from register.pending import LIFETIME, Pending, Rule, Step
from register.store import Register
from register.tables import pending_changes
from schemas.enquiry import EnquiryContent
from schemas.handling import Purpose
from schemas.officer import Rank
from schemas.pending import PendingAct, PendingState
from tests.register.conftest import Watch
from tests.register.people import add, officer

pytestmark = pytest.mark.anyio

Opener = Callable[[], Awaitable[Register]]
CHANGE = "urn:sangam:IN-RJ:change:00000000-0000-4000-8000-000000000001"


def entry(kind: EntryKind, op_id: str) -> Entry:
    return Entry(kind, "rj.author", None, None, "approve", {}, (), "OK", op_id)


@pytest.fixture
async def station(register: Register, watch: Watch) -> Register:
    await add(register, *(officer(id) for id in ("rj.author", "rj.second", "rj.third")), at=watch.now)
    return register


async def asked(register: Register, watch: Watch, id: str = CHANGE) -> Pending:
    content = EnquiryContent(
        purpose=Purpose.INVESTIGATION, case_ref="FIR 1/2026", legal_basis="BNSS 173",
        expires_at=watch.now + timedelta(days=30),
    )  # fmt: skip
    enquiry = await register.enquiries.open("rj.author", content, at=watch.now)
    change = Pending(
        id=id,
        act=PendingAct.MEMBERSHIP,
        digest="d" * 32,
        author="rj.author",
        enquiry=enquiry.id,
        rank=Rank.DYSP_ACP,
        level=1,
        compartment="",
        makes="urn:sangam:IN-RJ:link:00000000-0000-4000-8000-000000000002",
        asked_at=watch.now,
        expires_at=watch.now + LIFETIME,
    )
    await register.pending.ask(change, "asking", entry=entry(EntryKind.INTENT, "asking"))
    return change


async def waiting(register: Register, watch: Watch) -> Pending:
    change = await asked(register, watch)
    await register.pending.end("asking", done=True, entry=entry(EntryKind.OUTCOME, "asking"))
    return change


async def begun(
    register: Register, watch: Watch, op_id: str, becoming: PendingState = PendingState.APPROVED,
    by: str = "rj.second", rule: Rule = lambda *_: None,
) -> bool:  # fmt: skip
    step = Step(op_id, becoming, by, watch.now, "Hearsay about X." if becoming is PendingState.DECLINED else None)
    return await register.pending.begin(CHANGE, step, rule=rule, entry=entry(EntryKind.INTENT, op_id))


async def ended(register: Register, op_id: str, *, done: bool) -> None:
    await register.pending.end(op_id, done=done, entry=entry(EntryKind.OUTCOME, op_id))


async def test_a_change_waits_once_the_graph_has_it(station: Register, watch: Watch) -> None:
    change = await asked(station, watch)
    assert await station.pending.get(CHANGE, at=watch.now) is None
    assert await station.pending.waiting(at=watch.now, after=None, first=10) == []
    assert not await begun(station, watch, "early")
    await ended(station, "asking", done=True)
    standing = await station.pending.get(CHANGE, at=watch.now)
    assert standing is not None
    assert (standing.change, standing.author.id) == (change, "rj.author")
    assert [one.change for one in await station.pending.waiting(at=watch.now, after=None, first=10)] == [change]
    assert await station.ledger.unsettled() == []


async def test_what_never_came_into_the_graph_never_waited(station: Register, watch: Watch) -> None:
    await asked(station, watch)
    await ended(station, "asking", done=False)
    assert await station.pending.get(CHANGE, at=watch.now) is None
    await asked(station, watch)


async def test_one_of_many_begins_whichever_process_they_ask_through(
    station: Register, watch: Watch, opened: Opener
) -> None:
    others = [station, *[await opened() for _ in range(3)]]
    await waiting(station, watch)
    tries = [begun(others[number % 4], watch, f"op {number}") for number in range(40)]
    assert sum(await asyncio.gather(*tries)) == 1
    [intent] = await station.ledger.unsettled()
    await ended(others[2], intent.op_id, done=True)
    standing = await station.pending.get(CHANGE, at=watch.now)
    assert standing is not None
    assert (standing.change.state, standing.change.settled_by) == (PendingState.APPROVED, "rj.second")
    assert not await begun(station, watch, "late")


async def test_a_step_that_was_not_taken_leaves_it_waiting_and_nothing_of_itself(
    station: Register, watch: Watch
) -> None:
    change = await waiting(station, watch)
    assert await begun(station, watch, "one", PendingState.DECLINED)
    standing = await station.pending.get(CHANGE, at=watch.now)
    assert standing is not None
    assert standing.change == change, "what is only being settled is not settled"
    await ended(station, "one", done=False)
    assert await begun(station, watch, "two", by="rj.third")
    await ended(station, "two", done=True)
    standing = await station.pending.get(CHANGE, at=watch.now)
    assert standing is not None
    assert (standing.change.settled_by, standing.change.reason) == ("rj.third", None)


async def test_an_end_moves_only_the_change_that_it_names(station: Register, watch: Watch) -> None:
    """Two requests under one key are one operation, each with a change of its own."""
    other = CHANGE.replace("00001", "00009")
    await asked(station, watch)
    await asked(station, watch, other)
    await station.pending.end("asking", done=False, entry=entry(EntryKind.OUTCOME, "asking"), id=other)
    await station.pending.end("asking", done=True, entry=entry(EntryKind.OUTCOME, "asking"), id=CHANGE)
    assert [one.change.id for one in await station.pending.waiting(at=watch.now, after=None, first=10)] == [CHANGE]


async def test_the_rule_sees_all_as_they_are_now_and_may_refuse(station: Register, watch: Watch) -> None:
    change = await waiting(station, watch)
    seen = []

    def refuse(*given: object) -> None:
        seen.append(given)
        raise PermissionError

    await station.officers.disable("rj.author", at=watch.now, entry=entry(EntryKind.ACCOUNT, "x"))
    await station.enquiries.close(change.enquiry, "rj.author", watch.now)
    entries = await station.ledger.head()
    with pytest.raises(PermissionError):
        await begun(station, watch, "one", rule=refuse)
    [(of, author, enquiry, who)] = seen
    assert of == change
    assert (author.active, enquiry.closed_at, who.id) == (False, watch.now, "rj.second")
    assert await station.ledger.head() == entries
    assert await begun(station, watch, "two")


async def test_what_waited_too_long_is_decided_no_more(station: Register, watch: Watch) -> None:
    await waiting(station, watch)
    watch.now += LIFETIME - timedelta(microseconds=1)
    assert await station.pending.expired(at=watch.now) == []
    watch.move(microseconds=1)
    assert not await begun(station, watch, "late")
    assert await station.pending.waiting(at=watch.now, after=None, first=10) == []
    assert await station.pending.expired(at=watch.now) == [CHANGE]
    for _ in range(2):
        standing = await station.pending.get(CHANGE, at=watch.now)
        assert standing is not None
        assert standing.change.state is PendingState.EXPIRED
        await station.pending.expire([CHANGE], at=watch.now, entry=entry(EntryKind.JOB, "x"))
    assert await station.pending.expired(at=watch.now) == []


async def test_what_is_being_settled_does_not_expire_meanwhile(station: Register, watch: Watch) -> None:
    await waiting(station, watch)
    assert await begun(station, watch, "one")
    watch.now += LIFETIME
    assert await station.pending.expired(at=watch.now) == []
    await station.pending.expire([CHANGE], at=watch.now, entry=entry(EntryKind.JOB, "x"))
    await ended(station, "one", done=True)
    standing = await station.pending.get(CHANGE, at=watch.now)
    assert standing is not None
    assert standing.change.state is PendingState.APPROVED


async def test_a_reason_lies_sealed(station: Register, watch: Watch) -> None:
    await waiting(station, watch)
    await begun(station, watch, "one", PendingState.DECLINED)
    await ended(station, "one", done=True)
    standing = await station.pending.get(CHANGE, at=watch.now)
    assert standing is not None
    assert standing.change.reason == "Hearsay about X."
    [(sealed,)] = await station._reader.do(
        lambda connection: connection.execute(select(pending_changes.c.reason)).all()
    )
    assert b"Hearsay" not in sealed
