"""Sessions: what begins one, what carries it on, and what ends it for every process."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from register.ledger import Entry, EntryKind
from register.sessions import IDLE, LONGEST, Session, SignIn
from register.store import Register
from tests.register.conftest import Watch
from tests.register.people import ENTRY, account, add, officer

pytestmark = pytest.mark.anyio

Opener = Callable[[], Awaitable[Register]]


@pytest.fixture
async def station(register: Register, watch: Watch) -> Register:
    await add(register, officer("rj.one"), officer("rj.two"), at=watch.now)
    return register


def entry(who: str | None, code: str) -> Entry:
    return Entry(EntryKind.SIGNED_IN, who, None, None, "renew", {}, (), code)


async def begun(register: Register, watch: Watch, *, step: int = 1, session: str = "s1") -> bool:
    begin = SignIn("rj.one", "digest", "hash", step, session, f"{session}-first")
    return await register.sessions.open(begin, at=watch.now, entry=ENTRY)


async def renewed(register: Register, watch: Watch, old: str, fresh: str) -> bool:
    return await register.sessions.renew(old, fresh, at=watch.now, entry=entry)


async def last_code(register: Register) -> str:
    [last] = await register.ledger.search(first=1)
    return last.entry.code


async def test_a_codes_step_begins_one_session_whoever_else_tries_at_once(station: Register, watch: Watch) -> None:
    tries = await asyncio.gather(*(begun(station, watch, step=7, session=f"s{number}") for number in range(10)))
    assert sum(tries) == 1
    assert not await begun(station, watch, step=6, session="older")
    assert await begun(station, watch, step=8, session="newer")


async def test_a_code_is_used_once_across_processes(station: Register, watch: Watch, opened: Opener) -> None:
    other = await opened()
    tries = await asyncio.gather(begun(station, watch, session="s1"), begun(other, watch, session="s2"))
    assert sum(tries) == 1


async def test_a_closed_account_begins_no_session(station: Register, watch: Watch) -> None:
    await station.officers.disable("rj.one", at=watch.now, entry=ENTRY)
    assert not await begun(station, watch)


async def test_secrets_that_were_reset_since_they_were_judged_begin_no_session(station: Register, watch: Watch) -> None:
    fresh = account(officer("rj.one"), "another hash")
    assert await station.officers.reset(fresh, at=watch.now, rule=lambda _: None, entry=ENTRY)
    assert not await begun(station, watch)


async def test_a_sign_in_forgets_the_failures_before_it(station: Register, watch: Watch) -> None:
    for _ in range(4):
        await station.officers.begin_attempt("digest", watch.now)
    await begun(station, watch)
    assert all([await station.officers.begin_attempt("digest", watch.now) for _ in range(5)])


async def test_a_secret_renews_once_and_only_its_hash_is_kept(station: Register, watch: Watch, url: str) -> None:
    await begun(station, watch)
    assert await station.sessions.of("s1-first") == Session("s1", "rj.one", watch.now + LONGEST)
    assert await renewed(station, watch, "s1-first", "s1-second")
    with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
        assert not [row for row in file.execute("SELECT * FROM renewals") if "s1-first" in row or "s1-second" in row]
    assert await last_code(station) == "OK"


async def test_a_secret_used_twice_ends_the_session_for_whoever_holds_the_newest(
    station: Register, watch: Watch
) -> None:
    await begun(station, watch)
    await renewed(station, watch, "s1-first", "s1-second")
    assert not await renewed(station, watch, "s1-first", "s1-thief")
    assert await last_code(station) == "RENEWAL_REUSED"
    assert station.sessions.is_revoked("any", "s1")
    assert not await renewed(station, watch, "s1-second", "s1-third")
    assert not await renewed(station, watch, "s1-thief", "s1-third")


async def test_of_two_at_once_with_one_secret_one_renews_and_the_session_ends(station: Register, watch: Watch) -> None:
    await begun(station, watch)
    tries = await asyncio.gather(*(renewed(station, watch, "s1-first", f"fresh-{number}") for number in range(5)))
    assert sum(tries) == 1
    assert station.sessions.is_revoked("any", "s1")


async def test_a_session_left_alone_for_thirty_minutes_ends(station: Register, watch: Watch) -> None:
    await begun(station, watch)
    watch.now += IDLE - timedelta(microseconds=1)
    assert await renewed(station, watch, "s1-first", "s1-second")
    watch.now += IDLE
    assert not await renewed(station, watch, "s1-second", "s1-third")
    assert await last_code(station) == "SESSION_IDLE"


async def test_a_session_ends_after_eight_hours_however_often_it_was_renewed(station: Register, watch: Watch) -> None:
    await begun(station, watch)
    ends, secret = watch.now + LONGEST, "s1-first"
    while (watch.now + timedelta(minutes=20)) < ends:
        watch.move(minutes=20)
        assert await renewed(station, watch, secret, secret := f"at {watch.now}")
    watch.now = ends
    assert not await renewed(station, watch, secret, "last")
    assert await last_code(station) == "SESSION_OVER"


async def test_an_unknown_secret_is_written_down_and_ends_nothing(station: Register, watch: Watch) -> None:
    await begun(station, watch)
    assert not await renewed(station, watch, "made up", "fresh")
    assert await last_code(station) == "UNKNOWN_RENEWAL"
    assert await renewed(station, watch, "s1-first", "s1-second")


async def test_a_closed_account_ends_its_sessions_at_once(station: Register, watch: Watch) -> None:
    await begun(station, watch)
    await station.officers.disable("rj.one", at=watch.now, entry=ENTRY)
    assert station.sessions.is_revoked("any", "s1")
    assert not await renewed(station, watch, "s1-first", "s1-second")


async def test_what_one_process_revokes_another_knows_within_a_second(
    station: Register, watch: Watch, opened: Opener
) -> None:
    other = await opened()
    assert not other.sessions.is_revoked("jti")
    await station.sessions.revoke("jti", at=watch.now, entry=ENTRY)
    assert station.sessions.is_revoked("jti")
    assert not station.sessions.is_revoked("another")
    watch.move(seconds=1)
    assert other.sessions.is_revoked("jti")


async def test_a_token_and_a_session_of_one_name_are_revoked_apart(station: Register, watch: Watch) -> None:
    await station.sessions.revoke("s1", at=watch.now, entry=ENTRY)
    assert not station.sessions.is_revoked("any", "s1")


async def test_a_session_ends_once(station: Register, watch: Watch) -> None:
    await begun(station, watch)
    assert await station.sessions.end("s1", at=watch.now, entry=ENTRY)
    assert not await station.sessions.end("s1", at=watch.now, entry=ENTRY)
    assert not await station.sessions.end("unknown", at=watch.now, entry=ENTRY)


async def test_old_sessions_leave_the_register(station: Register, watch: Watch, url: str) -> None:
    await begun(station, watch)
    await station.sessions.end("s1", at=watch.now, entry=ENTRY)
    watch.move(days=3)
    await begun(station, watch, step=2, session="s2")
    with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
        assert list(file.execute("SELECT id FROM sessions")) == [("s2",)]
        assert list(file.execute("SELECT name FROM revocations")) == []
        assert list(file.execute("SELECT session FROM renewals")) == [("s2",)]
