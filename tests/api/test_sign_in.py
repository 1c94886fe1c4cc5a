"""Signing in over HTTP: whether somebody is an officer shows neither in the bytes of an answer nor in its time."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from auth.keys import KeyRing
from auth.passwords import hash_password
from auth.sealing import StateKeys
from desk.entering import tokens_of
from desk.looking import Desk, Stamp
from graph.driver import Driver
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.store import Register
from schemas.officer import Officer, Rank
from schemas.operation import SystemRandom
from tests.register.conftest import Watch

pytestmark = pytest.mark.anyio

OFFICER = Officer(id="rj.adg", name="A B", state="IN-RJ", rank=Rank.ADG_SPL_CP, unit="ATS")
ADDED = Entry(EntryKind.ACCOUNT, "admin", None, None, "account add", {}, (), "OK")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAIRS = 30
ROUNDS = 3
NEAR = 0.2


@dataclass
class Door:
    """The faces of a node without a graph, and how long each answer took, by the name that was tried."""

    client: httpx.AsyncClient
    watch: Watch
    took: dict[str, list[float]] = field(default_factory=dict)

    async def knock(self, officer: str) -> tuple[int, dict[str, str], bytes]:
        """Try a name with a wrong password, when nobody has to wait any more, and give all of the answer."""
        self.watch.move(hours=2)
        form = {"officer": officer, "password": "three lakes and no fort", "code": "000000"}
        begun = time.perf_counter()
        answer = await self.client.post("/sign-in", json=form)
        self.took.setdefault(officer, []).append(time.perf_counter() - begun)
        return answer.status_code, dict(answer.headers), answer.content


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    watch, keys = Watch(), StateKeys.from_master(b"e" * 32)
    url = f"sqlite:///{tmp_path / 'register' / 'register.db'}"
    register = await Register.open(url, state="IN-RJ", keys=keys, clock=watch, random=SystemRandom())
    account = NewAccount(OFFICER, hash_password("three lakes and a fort"), SECRET)
    await register.officers.add(account, at=watch.now, by="admin", entry=ADDED)
    tokens = tokens_of(register, KeyRing.open(tmp_path / "keys", at=watch.now))
    app = create_app(Desk("IN-RJ", Stamp.TRIAL, register, _no_graph, keys, watch, SystemRandom()), tokens, _nothing)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://node") as client:
        yield Door(client, watch)
    await register.close()


async def test_an_unknown_officer_and_a_wrong_password_are_answered_with_the_same_bytes(door: Door) -> None:
    answers = [await door.knock(officer) for officer in ("rj.adg", "rj.nobody")]
    assert answers[0][0] == 401
    assert answers[0] == answers[1]


async def test_an_unknown_officer_and_a_wrong_password_take_equally_long(door: Door) -> None:
    shares = []
    for number in range(ROUNDS):
        shares.append(await _share(door, OFFICER.id, f"rj.nobody{number}"))
        # A difference that is there shows in every round; what else the machine does, does not.
        if abs(shares[-1] - 0.5) < NEAR:
            return
    raise AssertionError(f"The known officer took longer in these shares of all pairs: {shares}")


async def _share(door: Door, known: str, unknown: str) -> float:
    """Give in which share of all pairs of answers the known name took longer: about a half if time tells nothing.

    The two are tried in turn and change places, so that both meet the same machine; only ranks count, so that one
    answer that was held up counts as one.
    """
    door.took.clear()
    for number in range(PAIRS):
        for officer in (known, unknown) if number % 2 else (unknown, known):
            await door.knock(officer)
    longer = sum(one > other for one in door.took[known] for other in door.took[unknown])
    return longer / PAIRS**2


def _no_graph() -> Driver:
    raise AssertionError("Nobody is asked about the graph here.")


async def _nothing() -> list[str]:
    return []
