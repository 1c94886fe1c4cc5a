"""Entering: who gets in, what everybody else is told, and what the ledger knows of it."""

import asyncio
import json
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from pyotp import TOTP

from auth.keys import KeyRing
from auth.passwords import hash_password
from auth.sealing import StateKeys
from auth.tokens import Tokens
from desk import entering
from desk.entering import SignedIn, SignInRefused
from desk.errors import Unauthenticated, Unavailable
from register import store
from register.attempts import FREE_FAILURES
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.store import Register
from schemas.officer import Officer, Rank
from schemas.operation import SystemRandom
from tests.register.conftest import Watch

pytestmark = pytest.mark.anyio

PASSWORD = "three lakes and a fort"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADG = Officer(id="rj.adg", name="A B", state="IN-RJ", rank=Rank.ADG_SPL_CP, unit="ATS")
ADDED = Entry(EntryKind.ACCOUNT, "admin", None, None, "account add", {}, (), "OK")


@cache
def hashed() -> str:
    return hash_password(PASSWORD)


@dataclass
class Station:
    register: Register
    tokens: Tokens
    watch: Watch
    file: Path

    def code(self) -> str:
        return TOTP(SECRET).at(self.watch.now)

    async def sign_in(self, officer: str = "rj.adg", password: str = PASSWORD, code: str | None = None) -> SignedIn:
        typed = self.code() if code is None else code
        return await entering.sign_in(self.register, self.tokens, officer, password, typed, at=self.watch.now)

    async def renew(self, renewal: str) -> SignedIn:
        return await entering.renew(self.register, self.tokens, renewal, at=self.watch.now)

    async def recognise(self, token: str) -> Officer:
        return (await entering.recognise(self.register, self.tokens, token))[0]

    async def written(self) -> list[Entry]:
        return [one.entry for one in reversed(await self.register.ledger.search())]

    async def refused(self, attempt: Awaitable[object]) -> tuple[object, ...]:
        with pytest.raises(Unauthenticated) as fault:
            await attempt
        return fault.value.status, fault.value.code, fault.value.message, dict(fault.value.more), fault.value.args


@pytest.fixture
async def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Station]:
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.1)
    watch, keys, file = Watch(), StateKeys.from_master(b"e" * 32), tmp_path / "register" / "register.db"
    register = await Register.open(f"sqlite:///{file}", state="IN-RJ", keys=keys, clock=watch, random=SystemRandom())
    await register.officers.add(NewAccount(ADG, hashed(), SECRET), at=watch.now, by="admin", entry=ADDED)
    ring = KeyRing.open(tmp_path / "keys", at=watch.now)
    yield Station(register, entering.tokens_of(register, ring), watch, file)
    await register.close()


async def test_password_and_code_open_a_session_whose_token_stands_for_the_officer(station: Station) -> None:
    signed_in = await station.sign_in()
    assert await station.recognise(signed_in.access_token) == ADG
    assert signed_in.expires_in == 15 * 60
    last = (await station.written())[-1]
    assert (last.kind, last.officer, last.code) == (EntryKind.SIGNED_IN, "rj.adg", "OK")


FAILURES: dict[str, dict[str, str]] = {
    "unknown officer": {"officer": "rj.nobody"},
    "wrong password": {"password": "three lakes and no fort"},
    "short password": {"password": "x"},
    "password with a broken character": {"password": "three lakes \ud800 and a fort"},
    "wrong code": {"code": "000000"},
    "code in other digits": {"code": "१२३४५६"},
    "no code": {"code": ""},
    "name in capitals": {"officer": "RJ.ADG"},
    "empty name": {"officer": ""},
    "broken name": {"officer": "\ud800"},
    "name of a megabyte": {"officer": "a" * 1_000_000},
    "name with a line end": {"officer": "rj.adg\n"},
}


async def test_every_failure_is_told_alike_and_no_failure_opens_a_session(station: Station) -> None:
    answers = set()
    for typed in FAILURES.values():
        answers.add(repr(await station.refused(station.sign_in(**typed))))
        station.watch.move(hours=2)
    await station.register.officers.disable("rj.adg", at=station.watch.now, entry=ADDED)
    answers.add(repr(await station.refused(station.sign_in())))
    assert len(answers) == 1
    kinds = [entry.kind for entry in await station.written()]
    assert kinds.count(EntryKind.SIGN_IN_FAILED) == len(FAILURES) + 1
    assert EntryKind.SIGNED_IN not in kinds


async def test_the_ledger_knows_an_unknown_name_by_its_digest_alone(station: Station) -> None:
    await station.refused(station.sign_in("rj.nobody"))
    last = (await station.written())[-1]
    assert last.officer is None
    assert "nobody" not in json.dumps(last.variables)
    assert last.variables == {"name": station.register.keys.digest("sign-in name", "rj.nobody")}


async def test_an_unknown_officer_takes_as_long_as_a_wrong_password(station: Station) -> None:
    async def taken(officer: str) -> float:
        station.watch.move(hours=2)
        begun = time.perf_counter()
        await station.refused(station.sign_in(officer, "three lakes and no fort"))
        return time.perf_counter() - begun

    known: list[float] = []
    unknown: list[float] = []
    for number in range(15):
        pair = [("rj.adg", known), (f"rj.nobody{number}", unknown)]
        for officer, times in pair if number % 2 else reversed(pair):
            times.append(await taken(officer))
    # A name that skipped the hash would take a tenth.
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


async def test_a_code_signs_in_once_however_many_try(station: Station) -> None:
    answers = await asyncio.gather(*(station.sign_in() for _ in range(FREE_FAILURES - 1)), return_exceptions=True)
    assert len([answer for answer in answers if isinstance(answer, SignedIn)]) == 1
    await station.refused(station.sign_in())
    station.watch.move(seconds=30)
    assert await station.sign_in()


async def test_an_older_code_than_the_last_is_not_taken(station: Station) -> None:
    older = station.code()
    station.watch.move(seconds=30)
    await station.sign_in()
    await station.refused(station.sign_in(code=older))


@pytest.mark.parametrize("officer", ["rj.adg", "rj.nobody"])
async def test_a_name_waits_after_five_failures_known_or_not(station: Station, officer: str) -> None:
    for _ in range(FREE_FAILURES):
        await station.refused(station.sign_in(officer, "three lakes and no fort"))
    await station.refused(station.sign_in(officer))
    assert [entry.code for entry in (await station.written())[1:]] == ["REFUSED"] * FREE_FAILURES + ["LOCKED_OUT"]


async def test_the_right_password_opens_again_once_the_wait_is_over(station: Station) -> None:
    for _ in range(FREE_FAILURES):
        await station.refused(station.sign_in(password="three lakes and no fort"))
    station.watch.move(seconds=29)
    await station.refused(station.sign_in())
    station.watch.move(seconds=1)
    await station.sign_in()
    station.watch.move(seconds=30)
    await station.refused(station.sign_in(password="three lakes and no fort"))
    assert await station.sign_in()


async def test_many_guesses_at_once_are_no_more_guesses(station: Station) -> None:
    guesses = (station.refused(station.sign_in(password=f"a wrong guess, number {n}")) for n in range(12))
    await asyncio.gather(*guesses)
    codes = [entry.code for entry in (await station.written())[1:]]
    assert codes.count("REFUSED") == FREE_FAILURES


async def test_a_renewal_carries_on_and_works_once(station: Station) -> None:
    first = await station.sign_in()
    second = await station.renew(first.renewal)
    assert await station.recognise(second.access_token) == ADG
    await station.refused(station.renew(first.renewal))
    for token in (first.access_token, second.access_token):
        await station.refused(station.recognise(token))
    await station.refused(station.renew(second.renewal))
    assert [entry.code for entry in (await station.written())[1:]] == ["OK", "OK", "RENEWAL_REUSED", "SESSION_ENDED"]


async def test_a_made_up_renewal_is_told_like_a_wrong_password(station: Station) -> None:
    wrong = await station.refused(station.sign_in(password="three lakes and no fort"))
    for renewal in ("", "made up", "\ud800", "x" * 100_000):
        assert await station.refused(station.renew(renewal)) == wrong
    assert (await station.written())[-1].code == "UNKNOWN_RENEWAL"


async def test_the_last_token_of_a_session_ends_with_it(station: Station) -> None:
    signed_in = await station.sign_in()
    for _ in range(23):
        station.watch.move(minutes=20)
        signed_in = await station.renew(signed_in.renewal)
    station.watch.move(minutes=19, seconds=58)
    signed_in = await station.renew(signed_in.renewal)
    assert signed_in.expires_in == 2
    station.watch.move(seconds=1.5)
    await station.refused(station.renew(signed_in.renewal))
    assert (await station.written())[-1].code == "SESSION_OVER"


async def test_signing_out_ends_every_token_of_the_session_and_of_no_other(station: Station) -> None:
    one = await station.sign_in()
    station.watch.move(seconds=30)
    other = await station.sign_in()
    renewed = await station.renew(one.renewal)
    _, claims = await entering.recognise(station.register, station.tokens, one.access_token)
    await entering.sign_out(station.register, claims, at=station.watch.now)
    for token in (one.access_token, renewed.access_token):
        await station.refused(station.recognise(token))
    assert await station.recognise(other.access_token) == ADG
    assert (await station.written())[-1].kind is EntryKind.SIGNED_OUT


async def test_a_closed_account_is_out_at_once(station: Station) -> None:
    signed_in = await station.sign_in()
    await station.register.officers.disable("rj.adg", at=station.watch.now, entry=ADDED)
    await station.refused(station.recognise(signed_in.access_token))
    await station.refused(station.renew(signed_in.renewal))


async def test_a_locked_register_lets_nobody_in_and_nothing_is_half_done(station: Station) -> None:
    signed_in = await station.sign_in()
    station.watch.move(seconds=30)
    _, claims = await entering.recognise(station.register, station.tokens, signed_in.access_token)
    holder = sqlite3.connect(station.file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    attempts: list[Callable[[], Awaitable[object]]] = [
        station.sign_in,
        lambda: station.renew(signed_in.renewal),
        lambda: entering.sign_out(station.register, claims, at=station.watch.now),
    ]
    for attempt in attempts:
        with pytest.raises(Unavailable):
            await attempt()
    holder.execute("ROLLBACK")
    holder.close()
    assert await station.renew(signed_in.renewal)
    assert await station.sign_in()


async def test_a_clock_set_back_before_the_signing_key_is_unavailable_and_costs_nothing(station: Station) -> None:
    signed_in = await station.sign_in()
    station.watch.now -= timedelta(days=1)
    with pytest.raises(Unavailable):
        await station.renew(signed_in.renewal)
    station.watch.now += timedelta(days=1)
    assert await station.renew(signed_in.renewal)


async def test_a_token_that_is_none_is_told_like_any_other(station: Station) -> None:
    for token in ("", "x", "a.b.c", "\ud800"):
        with pytest.raises(Unauthenticated):
            await station.recognise(token)
    with pytest.raises(SignInRefused):
        await station.renew("")
