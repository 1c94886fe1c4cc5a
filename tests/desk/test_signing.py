"""Changing the key that signs: by whom, what it leaves good, and what stands on the ledger."""

from pathlib import Path

import pytest

from auth.keys import KeyRing
from desk.entering import recognise
from desk.errors import Refused
from desk.signing import rotate
from register.ledger import EntryKind
from tests.desk.conftest import ADMIN, FIRST, Station

pytestmark = pytest.mark.anyio


@pytest.fixture
def ring(station: Station, tmp_path: Path) -> KeyRing:
    """The station's own keys, as another process opens them."""
    return KeyRing.open(tmp_path / "keys", at=station.watch.now)


async def test_a_new_key_signs_at_once_and_what_the_old_one_signed_stays_good(station: Station, ring: KeyRing) -> None:
    signed = await station.enter("rj.first")
    old = ring.current.kid
    new = await rotate(station.register, ring, ADMIN, at=station.watch.move(seconds=30))
    assert (await recognise(station.register, station.tokens, signed.access_token))[0] == FIRST
    fresh = await station.enter("rj.first")
    assert (await recognise(station.register, station.tokens, fresh.access_token))[0] == FIRST
    entries = [one.entry for one in await station.register.ledger.search() if one.entry.kind is EntryKind.KEYS]
    assert [(entry.officer, entry.code, entry.variables) for entry in entries] == [
        ("rj.admin", "OK", {"retired": old, "signs": new}),
        ("rj.admin", "BEGUN", {"retiring": old}),
    ]


async def test_only_an_admin_changes_the_key_and_only_forward_in_time(station: Station, ring: KeyRing) -> None:
    before = ring.current.kid
    with pytest.raises(Refused):
        await rotate(station.register, ring, FIRST, at=station.watch.now)
    with pytest.raises(Refused, match="clock"):
        await rotate(station.register, ring, ADMIN, at=station.watch.move(hours=-1))
    assert ring.current.kid == before
    found = [one.entry for one in await station.register.ledger.search() if one.entry.kind is EntryKind.REFUSAL]
    assert [(one.officer, one.code) for one in found] == [("rj.admin", "CLOCK_SET_BACK"), ("rj.first", "NOT_AN_ADMIN")]
