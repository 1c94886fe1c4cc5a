"""Grants that wait for a second officer."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from register.approvals import LIFETIME, Proposal
from register.store import Register
from schemas.handling import Level
from schemas.officer import Officer
from tests.register.conftest import Watch
from tests.register.people import ENTRY, add, officer

pytestmark = pytest.mark.anyio

KILO = "IN-RJ:KILO"
Opener = Callable[[], Awaitable[Register]]


@pytest.fixture
async def station(register: Register, watch: Watch) -> Register:
    holders = [officer(id, Level.SOURCE_BEARING, KILO) for id in ("rj.first", "rj.second", "rj.third")]
    await add(register, officer("rj.new", Level.ORGANISED_CRIME_UNITS, "IN-RJ:LIMA"), *holders, at=watch.now)
    return register


async def proposed(register: Register, watch: Watch, id: str = "p1") -> Proposal:
    return await register.approvals.propose(
        id,
        grantor="rj.first",
        officer="rj.new",
        level=Level.NAMED_DESK,
        compartments=[KILO, KILO],
        at=watch.now,
        entry=ENTRY,
    )


async def confirmed(register: Register, watch: Watch, second: str, id: str = "p1") -> Officer | None:
    return await register.approvals.confirm(
        id, second=second, at=watch.now, rule=lambda *_: None, entry=lambda _: ENTRY
    )


async def test_a_grant_counts_once_a_second_officer_confirms_it(station: Register, watch: Watch) -> None:
    proposal = await proposed(station, watch)
    assert await station.approvals.pending(at=watch.now) == [proposal]
    assert await station.officers.get("rj.new") == officer("rj.new", Level.ORGANISED_CRIME_UNITS, "IN-RJ:LIMA")
    granted = officer("rj.new", Level.NAMED_DESK, KILO, "IN-RJ:LIMA")
    assert await confirmed(station, watch, "rj.second") == granted
    assert await station.officers.get("rj.new") == granted
    assert await station.approvals.pending(at=watch.now) == []


@pytest.mark.parametrize("nobody", ["rj.first", "rj.new", "rj.unknown"])
async def test_nobody_confirms_their_own_proposal_or_their_own_gain(
    station: Register, watch: Watch, nobody: str
) -> None:
    await proposed(station, watch)
    entries = await station.ledger.head()
    assert await confirmed(station, watch, nobody) is None
    assert await station.ledger.head() == entries
    assert len(await station.approvals.pending(at=watch.now)) == 1


async def test_a_grant_is_confirmed_once_whoever_else_tries_at_once(
    station: Register, watch: Watch, opened: Opener
) -> None:
    other = await opened()
    await proposed(station, watch)
    tries = await asyncio.gather(
        *(confirmed(which, watch, second) for which in (station, other) for second in ("rj.second", "rj.third"))
    )
    assert len([one for one in tries if one]) == 1


async def test_a_grant_that_waited_seven_days_is_gone(station: Register, watch: Watch) -> None:
    await proposed(station, watch)
    watch.now += LIFETIME - timedelta(microseconds=1)
    assert len(await station.approvals.pending(at=watch.now)) == 1
    watch.move(microseconds=1)
    assert await station.approvals.pending(at=watch.now) == []
    assert await confirmed(station, watch, "rj.second") is None


async def test_the_rule_sees_everybody_as_they_are_now_and_may_refuse(station: Register, watch: Watch) -> None:
    seen: list[tuple[Officer, ...]] = []

    def refuse(_: Proposal, *people: Officer) -> None:
        seen.append(people)
        raise PermissionError

    await proposed(station, watch)
    await station.officers.disable("rj.first", at=watch.now, entry=ENTRY)
    with pytest.raises(PermissionError):
        await station.approvals.confirm("p1", second="rj.second", at=watch.now, rule=refuse, entry=lambda _: ENTRY)
    [(first, second, new)] = seen
    assert (first.id, first.active, second.id, new.id) == ("rj.first", False, "rj.second", "rj.new")
    assert await station.officers.get("rj.new") == new
    assert len(await station.approvals.pending(at=watch.now)) == 1


async def test_a_lower_grant_takes_no_level_away(station: Register, watch: Watch) -> None:
    await station.approvals.propose(
        "p1",
        grantor="rj.first",
        officer="rj.third",
        level=Level.ANY_OFFICER,
        compartments=["IN-RJ:LIMA"],
        at=watch.now,
        entry=ENTRY,
    )
    held = await confirmed(station, watch, "rj.second")
    assert held == officer("rj.third", Level.SOURCE_BEARING, KILO, "IN-RJ:LIMA")
