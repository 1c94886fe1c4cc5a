"""What a node does beside its requests to stay among its peers goes on whatever comes of one round."""

import asyncio
import ssl
from typing import Any, cast

import pytest

from api import joining
from federation.peers import Peers
from federation.standing import Federation
from register.store import Register
from schemas.membership import SignedMembership
from tests.federation.peers import edited, spoiled, world

pytestmark = pytest.mark.anyio


ROUNDS = 5


class _Fanout:
    """Counts the rounds of probes, and tells when there were some."""

    def __init__(self) -> None:
        self.rounds = 0
        self.some = asyncio.Event()

    async def probe(self, _peers: Peers) -> None:
        self.rounds += 1
        if self.rounds > ROUNDS:
            self.some.set()


class _Register:
    """A register that trusts one membership; it is its own part that has them."""

    def __init__(self, signed: SignedMembership) -> None:
        self.peers = self
        self._signed = signed

    async def membership(self) -> SignedMembership:
        return self._signed


async def _kept_up(signed: SignedMembership, monkeypatch: pytest.MonkeyPatch) -> Federation:
    """Keep up for some rounds under a membership that is trusted meanwhile."""
    monkeypatch.setattr(joining, "PROBE_SECONDS", 0.001)
    fanout = _Fanout()
    peers, serving = Peers.of(world().signed.membership, "IN-RJ"), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    federation = Federation(peers, cast(Any, fanout), cast(Any, None), "-", serving)
    task = asyncio.create_task(joining._keep_up(federation, cast(Register, _Register(signed))))
    try:
        async with asyncio.timeout(30):
            await fanout.some.wait()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return federation


async def test_a_newer_membership_is_taken_up_and_probes_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = SignedMembership(membership=edited(lambda said: None), signatures=())
    federation = await _kept_up(newer, monkeypatch)
    assert federation.peers.version == 2


async def test_a_membership_in_which_no_other_state_is_left_is_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = edited(lambda said: said.update(members=said["members"][:1]))
    federation = await _kept_up(SignedMembership(membership=alone, signatures=()), monkeypatch)
    assert list(federation.peers) == []


async def test_a_membership_with_a_certificate_that_tls_does_not_take_ends_no_probes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["members"][1]["certificates"] = [spoiled(said["members"][1]["certificates"][0])]

    federation = await _kept_up(SignedMembership(membership=edited(spoil), signatures=()), monkeypatch)
    assert federation.peers.version == 1


async def test_a_membership_that_this_state_has_left_ends_no_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    left = edited(lambda said: said.update(members=[one for one in said["members"] if one["code"] != "IN-RJ"]))
    federation = await _kept_up(SignedMembership(membership=left, signatures=()), monkeypatch)
    assert federation.peers.version == 1
