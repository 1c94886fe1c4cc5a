"""Accounts, what is kept of their secrets, and how long a guessed name waits."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from auth.sealing import SealBroken
from register.approvals import Settling
from register.attempts import FIRST_WAIT, FREE_FAILURES, LONGEST_WAIT
from register.officers import OfficerExists
from register.sessions import SignIn
from register.store import Register
from schemas.handling import Level
from schemas.pending import PendingState
from tests.register.conftest import Watch
from tests.register.people import ENTRY, account, add, officer

pytestmark = pytest.mark.anyio

Opener = Callable[[], Awaitable[Register]]


async def begin(register: Register, watch: Watch, id: str, password: str, session: str) -> None:
    """Begin a session under this name for an officer whose stored password this is."""
    sign_in = SignIn(id, id, password, 1, session, f"renewal of {session}")
    assert await register.sessions.open(sign_in, at=watch.now, entry=ENTRY)


def file_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


async def test_an_officer_comes_back_as_registered(register: Register, watch: Watch) -> None:
    one, other = officer("rj.one", Level.NAMED_DESK, "IN-RJ:KILO", "TRAINING"), officer("rj.other")
    await add(register, other, one, at=watch.now)
    assert await register.officers.get("rj.one") == one
    assert await register.officers.get("rj.nobody") is None
    assert await register.officers.list() == [one, other]


async def test_an_id_is_given_once_and_an_account_that_is_refused_leaves_no_entry(
    register: Register, watch: Watch
) -> None:
    await add(register, officer("rj.one"), at=watch.now)
    with pytest.raises(OfficerExists):
        await add(register, officer("rj.one", Level.NAMED_DESK), at=watch.now)
    assert await register.officers.list() == [officer("rj.one")]
    assert (await register.ledger.head())[0] == 1


async def test_the_first_accounts_are_made_together_once(register: Register, watch: Watch, opened: Opener) -> None:
    other = await opened()
    founded = await asyncio.gather(
        *(
            which.officers.found([account(officer(id)) for id in ids], at=watch.now, by="x", entries=[ENTRY, ENTRY])
            for which, ids in ((register, ("rj.one", "rj.two")), (other, ("rj.three", "rj.four")))
        )
    )
    assert sorted(founded) == [False, True]
    assert len(await register.officers.list()) == 2
    assert (await register.ledger.head())[0] == 2


async def test_an_officer_of_another_state_has_no_account_here(register: Register, watch: Watch) -> None:
    stranger = officer("rj.one").model_copy(update={"state": "IN-PB"})
    with pytest.raises(ValueError):
        await add(register, stranger, at=watch.now)


async def test_a_one_time_secret_lies_sealed_and_opens_only_for_its_officer(
    register: Register, watch: Watch, url: str
) -> None:
    await add(register, officer("rj.one"), officer("rj.two"), at=watch.now)
    secret = account(officer("rj.one")).totp_secret
    assert (await register.officers.credentials("rj.one")).totp_secret == secret
    with sqlite3.connect(file_of(url)) as file:
        assert all(secret.encode() not in sealed for (sealed,) in file.execute("SELECT totp_secret FROM officers"))
        two = "(SELECT totp_secret FROM officers WHERE id = 'rj.two')"
        file.execute(f"UPDATE officers SET totp_secret = {two} WHERE id = 'rj.one'")
    with pytest.raises(SealBroken):
        await register.officers.credentials("rj.one")


async def test_a_name_that_nobody_has_is_judged_by_credentials_that_are_never_good(register: Register) -> None:
    held = await register.officers.credentials("rj.nobody")
    assert (held.password, held.active) == (None, False)


async def test_a_closed_account_opens_again_only_if_the_rule_lets_it(register: Register, watch: Watch) -> None:
    def never(_: object) -> None:
        raise PermissionError

    await add(register, officer("rj.one"), at=watch.now)
    assert await register.officers.disable("rj.one", at=watch.now, entry=ENTRY)
    assert not await register.officers.disable("rj.one", at=watch.now, entry=ENTRY)
    with pytest.raises(PermissionError):
        await register.officers.enable("rj.one", rule=never, entry=ENTRY)
    assert (await register.officers.credentials("rj.one")).active is False
    assert await register.officers.enable("rj.one", rule=lambda _: None, entry=ENTRY)
    assert await register.officers.get("rj.one") == officer("rj.one")
    assert not await register.officers.enable("rj.one", rule=never, entry=ENTRY)


async def test_secrets_are_an_officer_s_own_until_another_sets_them(register: Register, watch: Watch) -> None:
    new = officer("rj.one")
    await add(register, new, officer("rj.two"), at=watch.now)
    assert await register.officers.with_own_secrets() == frozenset()
    await begin(register, watch, "rj.one", "hash", "session")
    assert await register.officers.make_own(account(new, "own"), session="session", at=watch.now, entry=ENTRY)
    assert (await register.officers.credentials("rj.one")).password == "own"
    assert await register.officers.with_own_secrets() == {"rj.one"}
    await register.officers.disable("rj.one", at=watch.now, entry=ENTRY)
    await register.officers.enable("rj.one", rule=lambda _: None, entry=ENTRY)
    assert await register.officers.with_own_secrets() == {"rj.one"}
    await register.officers.reset(account(new), at=watch.now, rule=lambda _: None, entry=ENTRY)
    assert await register.officers.with_own_secrets() == frozenset()


async def test_a_session_that_ended_or_is_another_s_makes_no_secrets_own(register: Register, watch: Watch) -> None:
    new, other = officer("rj.one"), officer("rj.two")
    await add(register, new, other, at=watch.now)
    await begin(register, watch, "rj.one", "hash", "first")
    await begin(register, watch, "rj.two", "hash", "another")
    await register.officers.reset(account(new, "reset"), at=watch.now, rule=lambda _: None, entry=ENTRY)
    entries = await register.ledger.head()
    for session in ("first", "another", "none"):
        assert not await register.officers.make_own(account(new, "own"), session=session, at=watch.now, entry=ENTRY)
    assert (await register.officers.credentials("rj.one")).password == "reset"
    assert await register.officers.with_own_secrets() == frozenset()
    assert await register.ledger.head() == entries


async def test_a_reset_takes_back_what_waits_for_its_account_and_nothing_else(
    register: Register, watch: Watch, url: str
) -> None:
    new, other, holder = officer("rj.one"), officer("rj.two"), officer("rj.first", Level.NAMED_DESK)
    await add(register, new, other, holder, officer("rj.second", Level.NAMED_DESK), at=watch.now)
    for id, to, level in (("p1", "rj.one", 1), ("p2", "rj.two", 1), ("p3", "rj.one", 2)):
        await register.approvals.propose(
            id, grantor="rj.first", officer=to, level=Level(level), compartments=(), at=watch.now, entry=ENTRY
        )
    settling = Settling(PendingState.APPROVED, "rj.second", watch.now)
    given = await register.approvals.settle("p1", settling, rule=lambda *_: None, entry=lambda _: ENTRY)
    await register.officers.reset(account(new), at=watch.now, rule=lambda _: None, entry=ENTRY)
    assert [waits.id for waits, _ in await register.approvals.pending(at=watch.now)] == ["p2"]
    assert await register.officers.get("rj.one") == given
    with sqlite3.connect(file_of(url)) as file:
        states = list(file.execute("SELECT id, state FROM grants ORDER BY id"))
    assert states == [("p1", "APPROVED"), ("p2", "OPEN"), ("p3", "WITHDRAWN")]


async def test_after_five_failures_a_name_waits_each_time_twice_as_long(register: Register, watch: Watch) -> None:
    for _ in range(FREE_FAILURES):
        assert await register.officers.begin_attempt("name", watch.now)
    wait = FIRST_WAIT
    for _ in range(9):
        watch.now += wait - timedelta(microseconds=1)
        assert not await register.officers.begin_attempt("name", watch.now)
        watch.now += timedelta(microseconds=1)
        assert await register.officers.begin_attempt("name", watch.now)
        wait = min(2 * wait, LONGEST_WAIT)
    assert wait == LONGEST_WAIT
    assert await register.officers.begin_attempt("another name", watch.now)


async def test_many_guesses_at_once_are_no_more_than_one_after_another(register: Register, watch: Watch) -> None:
    allowed = await asyncio.gather(*(register.officers.begin_attempt("name", watch.now) for _ in range(40)))
    assert sum(allowed) == FREE_FAILURES


async def test_failures_are_forgotten_after_a_day_without_one(register: Register, watch: Watch) -> None:
    for _ in range(FREE_FAILURES):
        await register.officers.begin_attempt("name", watch.now)
    watch.move(hours=24, seconds=1)
    allowed = [await register.officers.begin_attempt("name", watch.now) for _ in range(FREE_FAILURES + 1)]
    assert allowed == [True] * FREE_FAILURES + [False]
