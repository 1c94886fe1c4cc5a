"""Keys of followers' pseudonyms: unlinkable across accounts and time, sealed, destroyed at 90 days."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from register.followers import KEY_BYTES
from register.ledger import Entry, EntryKind
from register.store import Register
from tests.register.conftest import MORNING, Watch

pytestmark = pytest.mark.anyio

ONE, OTHER = (f"urn:sangam:IN-RJ:account:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
WHO = "INSTAGRAM:17841400000000001"
Opener = Callable[[], Awaitable[Register]]


def drawn(sign: bytes) -> bytes:
    return sign * KEY_BYTES


def destroyed(number: int) -> Entry:
    return Entry(EntryKind.JOB, "job:KEYS", None, None, "destroy follower keys", {"keys": number}, (), "OK")


async def pseudonym(register: Register, account: str = ONE, period: str = "2026Q2 2026Q2", by: bytes = b"a") -> str:
    return (await register.followers.key(account, period, drawn(by), at=MORNING)).pseudonym(WHO)


async def test_one_follower_of_one_account_in_one_stretch_of_time_has_one_pseudonym(opened: Opener) -> None:
    one, other = await opened(), await opened()
    assert len({await pseudonym(one), await pseudonym(one, by=b"b"), await pseudonym(other, by=b"c")}) == 1


async def test_two_processes_that_ask_at_once_have_one_key(opened: Opener) -> None:
    both = [await opened(), await opened()]
    assert len(set(await asyncio.gather(*(pseudonym(one, by=bytes([n])) for n, one in enumerate(both * 5))))) == 1


async def test_nothing_joins_two_accounts_or_two_stretches_of_time(register: Register) -> None:
    of = [
        await pseudonym(register, account, period, by=by)
        for account, period, by in (
            (ONE, "2026Q2 2026Q2", b"a"),
            (OTHER, "2026Q2 2026Q2", b"b"),
            (ONE, "2026Q3 2026Q3", b"c"),
            (ONE, "2026Q2 2026Q3", b"d"),
        )
    ]
    assert len(set(of)) == 4


async def test_a_key_lies_sealed(register: Register, tmp_path: Path) -> None:
    await pseudonym(register, by=b"k")
    assert not any(drawn(b"k") in file.read_bytes() for file in (tmp_path / "register").iterdir())


async def test_a_key_is_destroyed_at_90_days_and_not_before(register: Register, watch: Watch) -> None:
    before = await pseudonym(register)
    assert await register.followers.destroy(at=watch.move(days=90, microseconds=-1), entry=destroyed) == 0
    assert await pseudonym(register, by=b"z") == before
    assert await register.followers.destroy(at=watch.move(microseconds=1), entry=destroyed) == 1
    assert await pseudonym(register, by=b"z") != before


async def test_what_was_destroyed_lies_in_no_file_of_the_register(
    register: Register, url: str, tmp_path: Path, watch: Watch
) -> None:
    await pseudonym(register)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
        [(sealed,)] = file.execute("SELECT key FROM follower_keys")
    file.close()
    files = [*(tmp_path / "register").iterdir()]
    assert any(sealed in one.read_bytes() for one in files)
    await register.followers.destroy(at=watch.move(days=90), entry=destroyed)
    assert not any(sealed in one.read_bytes() for one in files if one.exists())


async def test_destroying_stands_on_the_ledger_if_anything_was_destroyed(register: Register, watch: Watch) -> None:
    await pseudonym(register)
    begun = (await register.ledger.head())[0]
    await register.followers.destroy(at=watch(), entry=destroyed)
    assert (await register.ledger.head())[0] == begun
    await register.followers.destroy(at=watch.move(days=90), entry=destroyed)
    assert (await register.ledger.head())[0] == begun + 1
