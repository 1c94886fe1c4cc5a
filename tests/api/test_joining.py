"""Joining the other states: under which certificate a node may speak, told in one line where it may not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.joining import NotJoined, joined
from api.settings import Settings
from auth.keys import KeyRing
from auth.sealing import StateKeys
from auth.tokens import Tokens
from desk.entering import tokens_of
from federation.connections import OwnCertificate
from federation.training import training_membership
from register.ledger import Entry, EntryKind
from register.store import Register
from schemas.membership import SignedMembership
from schemas.operation import SystemRandom
from tests.alone import kept
from tests.federation.peers import token_key
from tests.station import Watch

pytestmark = pytest.mark.anyio


@dataclass
class Place:
    """A register without a graph, a membership of two states, and the certificates of both."""

    folder: Path
    register: Register
    tokens: Tokens
    ring: KeyRing
    signed: SignedMembership
    own: OwnCertificate
    theirs: OwnCertificate

    async def trust(self) -> None:
        said = Entry(EntryKind.PEERS, "tests", None, None, "peers trust", {}, (), "OK")
        await self.register.peers.trust(self.signed, at=self.register.clock(), by="tests", entry=said)

    async def joins(self, certificate: Path | None, key: Path | None) -> list[str] | str | None:
        """Give the peers of a node with these settings, None for none, or why it does not join."""
        settings = Settings(state="IN-RJ", data=self.folder, certificate=certificate, certificate_key=key)
        try:
            async with joined(settings, self.register, self.tokens, self.ring) as federation:
                return None if federation is None else [peer.state for peer in federation.peers]
        except NotJoined as fault:
            return str(fault)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    watch, keys = Watch(), StateKeys.from_master(b"s" * 32)
    url = f"sqlite:///{tmp_path / 'register' / 'register.db'}"
    register = await Register.open(url, state="IN-RJ", keys=keys, clock=watch, random=SystemRandom())
    ring = KeyRing.open(tmp_path / "keys", at=watch())
    nobody = {state: (f"https://127.0.0.1:{n}", (token_key(),)) for n, state in enumerate(("IN-RJ", "IN-PB"), 1)}
    made = training_membership(nobody, datetime.now(UTC) - timedelta(minutes=1))
    own, theirs = (kept(made.issued[state], tmp_path / state) for state in nobody)
    yield Place(tmp_path, register, tokens_of(register, ring), ring, made.signed, own, theirs)
    await register.close()


async def test_a_node_has_peers_once_it_has_a_certificate_and_a_membership(place: Place) -> None:
    assert await place.joins(place.own.certificate, place.own.key) is None
    await place.trust()
    assert await place.joins(None, None) is None
    assert await place.joins(place.own.certificate, place.own.key) == ["IN-PB"]


async def test_a_state_that_is_alone_in_its_membership_has_no_peers_and_starts(place: Place) -> None:
    key = (token_key(),)
    made = training_membership({"IN-RJ": ("https://127.0.0.1:1", key)}, datetime.now(UTC) - timedelta(minutes=1))
    place.signed, place.own = made.signed, kept(made.issued["IN-RJ"], place.folder / "alone")
    await place.trust()
    assert await place.joins(place.own.certificate, place.own.key) == []


async def test_a_certificate_that_it_may_not_or_cannot_speak_under_is_said_in_one_line(place: Place) -> None:
    await place.trust()
    own, theirs, nowhere = place.own, place.theirs, place.folder / "nowhere"
    both = "SANGAM_CERTIFICATE and SANGAM_CERTIFICATE_KEY are set both or neither."
    strange = f"{theirs.certificate} is not a certificate of IN-RJ in the membership that is trusted."
    assert await place.joins(theirs.certificate, theirs.key) == strange
    for certificate, key in ((own.certificate, None), (None, own.key)):
        assert await place.joins(certificate, key) == both
    for key in (theirs.key, nowhere, own.certificate):
        assert await place.joins(own.certificate, key) == f"{key} cannot be used as the key of {own.certificate}."
    for certificate in (nowhere, own.key):
        said = await place.joins(certificate, own.key)
        assert isinstance(said, str)
        assert said.startswith(f"{certificate} cannot be read as a certificate: ")
