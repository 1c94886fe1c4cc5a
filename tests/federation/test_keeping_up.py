"""What a node does beside its requests to stay among its peers goes on whatever comes of one round."""

import asyncio
from typing import Any, cast

import pytest

from api import joining
from federation.peers import Peers
from federation.standing import Federation
from register.store import Register
from schemas.membership import SignedMembership
from tests.federation.peers import edited, world

pytestmark = pytest.mark.anyio


class _Fanout:
    """Counts the rounds of probes."""

    def __init__(self) -> None:
        self.rounds = 0

    async def probe(self, _peers: Peers) -> None:
        self.rounds += 1


class _Register:
    """A register that trusts one membership; it is its own part that has them."""

    def __init__(self, signed: SignedMembership) -> None:
        self.peers = self
        self._signed = signed

    async def membership(self) -> SignedMembership:
        return self._signed


async def _rounds(signed: SignedMembership, monkeypatch: pytest.MonkeyPatch) -> tuple[Federation, int]:
    """Keep up for a while under a membership that is trusted meanwhile."""
    monkeypatch.setattr(joining, "PROBE_SECONDS", 0.001)
    fanout = _Fanout()
    federation = Federation(Peers.of(world().signed.membership, "IN-RJ"), cast(Any, fanout), cast(Any, None), "-")
    task = asyncio.create_task(joining._keep_up(federation, cast(Register, _Register(signed))))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return federation, fanout.rounds


async def test_a_newer_membership_is_taken_up_and_probes_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = SignedMembership(membership=edited(lambda said: None), signatures=())
    federation, rounds = await _rounds(newer, monkeypatch)
    assert federation.peers.version == 2
    assert rounds > 5


async def test_a_membership_that_this_state_has_left_ends_no_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    left = edited(lambda said: said.update(members=[one for one in said["members"] if one["code"] != "IN-RJ"]))
    _, rounds = await _rounds(SignedMembership(membership=left, signatures=()), monkeypatch)
    assert rounds > 5
