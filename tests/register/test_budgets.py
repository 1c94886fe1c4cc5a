"""How many distinct records an officer has seen in a day."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from register import budgets
from register.store import Register

pytestmark = pytest.mark.anyio

DAY = date(2026, 5, 4)
Opener = Callable[[], Awaitable[Register]]


async def test_a_record_counts_once_a_day(register: Register) -> None:
    for _ in range(3):
        assert await register.budgets.spend("rj.one", DAY, ["a", "b", "b"], most=2)
    assert not await register.budgets.spend("rj.one", DAY, ["c"], most=2)
    assert await register.budgets.spend("rj.one", DAY, ["a"], most=2)


async def test_what_goes_over_the_budget_is_not_counted_at_all(register: Register) -> None:
    await register.budgets.spend("rj.one", DAY, ["a", "b"], most=3)
    assert not await register.budgets.spend("rj.one", DAY, ["c", "d"], most=3)
    assert await register.budgets.spend("rj.one", DAY, ["e"], most=3)


async def test_every_officer_and_every_day_has_its_own(register: Register) -> None:
    assert await register.budgets.spend("rj.one", DAY, ["a"], most=1)
    assert await register.budgets.spend("rj.two", DAY, ["b"], most=1)
    assert await register.budgets.spend("rj.one", DAY + timedelta(days=1), ["b"], most=1)


async def test_processes_count_together(opened: Opener) -> None:
    one, other = await opened(), await opened()
    spent = await asyncio.gather(
        *(
            which.budgets.spend("rj.one", DAY, [f"{number} {which is one}"], most=10)
            for number in range(10)
            for which in (one, other)
        )
    )
    assert sum(spent) == 10


async def test_a_day_counts_on_after_a_restart(opened: Opener) -> None:
    await (await opened()).budgets.spend("rj.one", DAY, ["a", "b"], most=2)
    anew = await opened()
    assert await anew.budgets.spend("rj.one", DAY, ["b"], most=2)
    assert not await anew.budgets.spend("rj.one", DAY, ["c"], most=2)


async def test_of_as_many_officers_as_other_states_name_only_some_are_kept_in_mind(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "_OFFICERS_KNOWN", 3)
    named = [f"IN-PB:officer.{n}" for n in range(9)]
    for officer in named:
        assert await register.budgets.spend(officer, DAY, ["a", "b"], most=2)
    assert list(register.budgets._known) == named[-3:]
    # And whoever is forgotten is counted all the same.
    assert await register.budgets.spend(named[0], DAY, ["a"], most=2)
    assert not await register.budgets.spend(named[0], DAY, ["c"], most=2)


async def test_days_gone_by_leave_the_register(register: Register, url: str) -> None:
    for days in range(5):
        await register.budgets.spend("rj.one", DAY + timedelta(days=days), ["a"], most=1)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
        [(kept,)] = file.execute("SELECT count(DISTINCT day) FROM seen_records")
    assert kept <= 2
