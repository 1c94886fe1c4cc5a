"""Grants that wait for a second officer."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from register.approvals import LIFETIME, Proposal, Settling
from register.store import Register
from schemas.handling import Level
from schemas.officer import Officer
from schemas.pending import PendingState
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
    return await settled(register, Settling(PendingState.APPROVED, second, watch.now), id)


async def settled(register: Register, settling: Settling, id: str = "p1") -> Officer | None:
    return await register.approvals.settle(id, settling, rule=lambda *_: None, entry=lambda _: ENTRY)


async def waiting(register: Register, watch: Watch) -> list[Proposal]:
    return [proposal for proposal, _ in await register.approvals.pending(at=watch.now)]


async def test_a_grant_counts_once_a_second_officer_confirms_it(station: Register, watch: Watch) -> None:
    proposal = await proposed(station, watch)
    assert await waiting(station, watch) == [proposal]
    assert await station.officers.get("rj.new") == officer("rj.new", Level.ORGANISED_CRIME_UNITS, "IN-RJ:LIMA")
    granted = officer("rj.new", Level.NAMED_DESK, KILO, "IN-RJ:LIMA")
    assert await confirmed(station, watch, "rj.second") == granted
    assert await station.officers.get("rj.new") == granted
    assert await waiting(station, watch) == []


@pytest.mark.parametrize("nobody", ["rj.first", "rj.new", "rj.unknown"])
async def test_nobody_confirms_their_own_proposal_or_their_own_gain(
    station: Register, watch: Watch, nobody: str
) -> None:
    await proposed(station, watch)
    entries = await station.ledger.head()
    assert await confirmed(station, watch, nobody) is None
    assert await station.ledger.head() == entries
    assert len(await waiting(station, watch)) == 1


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
    assert len(await waiting(station, watch)) == 1
    watch.move(microseconds=1)
    assert await waiting(station, watch) == []
    assert await confirmed(station, watch, "rj.second") is None


async def test_the_rule_sees_everybody_as_they_are_now_and_may_refuse(station: Register, watch: Watch) -> None:
    seen: list[tuple[Officer, ...]] = []

    def refuse(_: Proposal, *people: Officer) -> None:
        seen.append(people)
        raise PermissionError

    await proposed(station, watch)
    await station.officers.disable("rj.first", at=watch.now, entry=ENTRY)
    settling = Settling(PendingState.APPROVED, "rj.second", watch.now)
    with pytest.raises(PermissionError):
        await station.approvals.settle("p1", settling, rule=refuse, entry=lambda _: ENTRY)
    [(first, second, new)] = seen
    assert (first.id, first.active, second.id, new.id) == ("rj.first", False, "rj.second", "rj.new")
    assert await station.officers.get("rj.new") == new
    assert len(await waiting(station, watch)) == 1


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


# Who proposed it, whom it is for, and another who holds what it grants.
@pytest.mark.parametrize(
    ("becoming", "who", "settles"),
    [
        (PendingState.DECLINED, "rj.second", True),
        (PendingState.DECLINED, "rj.first", False),
        (PendingState.DECLINED, "rj.new", False),
        (PendingState.WITHDRAWN, "rj.first", True),
        (PendingState.WITHDRAWN, "rj.second", False),
        (PendingState.WITHDRAWN, "rj.new", False),
    ],
)
async def test_a_grant_is_declined_by_another_and_taken_back_by_its_grantor_alone(
    station: Register, watch: Watch, becoming: PendingState, who: str, settles: bool
) -> None:
    await proposed(station, watch)
    before = await station.officers.get("rj.new")
    assert (await settled(station, Settling(becoming, who, watch.now, "Not yet.")) == before) is settles
    assert await station.officers.get("rj.new") == before
    found = await station.approvals.get("p1", at=watch.now)
    assert found is not None
    one = found[0]
    told = (becoming, who, watch.now, "Not yet.") if settles else (PendingState.OPEN, None, None, None)
    assert (one.state, one.settled_by, one.settled_at, one.reason) == told
    assert (await confirmed(station, watch, "rj.third") is None) is settles


async def test_of_all_who_settle_a_grant_at_once_one_does(station: Register, watch: Watch, opened: Opener) -> None:
    other = await opened()
    for turn in range(8):
        await proposed(station, watch, f"p{turn}")
        tries = [
            Settling(PendingState.APPROVED, "rj.second", watch.now),
            Settling(PendingState.APPROVED, "rj.third", watch.now),
            Settling(PendingState.DECLINED, "rj.third", watch.now, "No."),
            Settling(PendingState.WITHDRAWN, "rj.first", watch.now),
        ]
        which = (station, other)
        done = await asyncio.gather(
            *(settled(which[place % 2], one, f"p{turn}") for place, one in enumerate(tries[turn % 4 :] + tries))
        )
        assert len([one for one in done if one]) == 1


async def test_the_keeper_ends_what_waited_too_long_and_says_so_once(station: Register, watch: Watch) -> None:
    await proposed(station, watch)
    entries, _ = await station.ledger.head()
    assert await station.approvals.expire(at=watch.now, entry=lambda _: ENTRY) == 0
    watch.now += LIFETIME
    assert [await station.approvals.expire(at=watch.now, entry=lambda _: ENTRY) for _ in range(2)] == [1, 0]
    assert (await station.ledger.head())[0] == entries + 1
    found = await station.approvals.get("p1", at=watch.now)
    assert found is not None
    assert found[0].state is PendingState.EXPIRED


async def test_what_is_lowered_is_gone_with_what_waits_for_it(station: Register, watch: Watch) -> None:
    await proposed(station, watch)
    given = {"level": Level.ANY_OFFICER, "without": ["IN-RJ:LIMA", "IN-RJ:MIKE"]}
    assert await station.officers.lower("rj.none", **given, rule=lambda _: None, entry=ENTRY) is None
    lowered = await station.officers.lower("rj.new", **given, rule=lambda _: None, entry=ENTRY)
    assert lowered == await station.officers.get("rj.new") == officer("rj.new")
    assert await waiting(station, watch) == []
    kept = await station.officers.lower("rj.first", level=Level(3), without=[], rule=lambda _: None, entry=ENTRY)
    assert kept == officer("rj.first", Level.SOURCE_BEARING, KILO)
