"""A state changes the key of its tokens while its officers ask; and how peers stand, heard beside all questions.

IN-RJ asks and changes its key, IN-PB answers, an impostor sits in the seat of IN-HR.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from api import joining
from api.cli.serving import served
from api.rest.federation import schema_digest
from auth.certificates import TrainingAuthority, der_of, thumbprint
from auth.keys import KeyRing, SigningKey, handed_over, holds
from auth.tokens import TokenRefused, Tokens
from desk import signing
from desk.errors import BadInput, Refused
from federation.connections import Connections, OwnCertificate, serving_context
from federation.drafting import draft, with_certificate, with_newest
from federation.fanout import PEER_SECONDS, Fanout
from federation.hearing import KEYS
from federation.peers import Peers
from graph.local import LocalGraph, start_local
from register.ledger import EntryKind
from schemas.federated import ReasonCode, SourceState
from schemas.handling import Level, Purpose
from schemas.membership import MOST_HANDOVERS, Membership, MemberState
from schemas.officer import Rank
from tests.alone import kept
from tests.federation.circle import HOST, Node, circle_with_seats
from tests.federation.impostor import Impostor, Manner, hung_after_headers, page, saying, sending
from tests.station import MORNING, PLANNINGS, Caller

pytestmark = pytest.mark.anyio

NAME = "Harpreet Singh Dhurike"
FIND = """query F($text: String!, $states: [StateCode!]) {
  federated(states: $states) { find(text: $text) { nodes { id } sources { state status reason } complete } } }"""
MINUTE = timedelta(minutes=1)


@dataclass
class World:
    """Two nodes and an impostor, and an officer who asks."""

    nodes: dict[str, Node]
    impostor: Impostor
    caller: Caller
    admin: Any
    folder: Path

    @property
    def home(self) -> Node:
        return self.nodes["IN-RJ"]

    @property
    def owner(self) -> Node:
        return self.nodes["IN-PB"]

    def move(self, by: timedelta) -> None:
        for node in self.nodes.values():
            node.watch.move(seconds=by.total_seconds())

    async def ask(self, state: str = "IN-PB") -> tuple[str, str | None]:
        """Ask one owner and say how it took part; asked again while a busy machine does not answer in time."""
        for _ in range(3 * PLANNINGS):
            answer = await self.caller.ask(FIND, {"text": NAME, "states": [state]})
            [source] = [one for one in answer["federated"]["find"]["sources"] if one["state"] == state]
            if source["status"] not in ("TIMEOUT", "BREAKER_OPEN"):
                break
            for node in self.nodes.values():
                node.federation.fanout.breaker(state).answered()
        return source["status"], source["reason"]

    async def hand_over(self, minutes: int = 2) -> str:
        at = self.home.watch()
        return await signing.hand_over(
            self.home.desk.register, self.home.ring, self.admin, at=at, begins=at + minutes * MINUTE
        )


@pytest.fixture(scope="module")
async def other(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalGraph]:
    graph = await start_local(tmp_path_factory.mktemp("rotating") / "IN-PB")
    yield graph
    await graph.stop()


@pytest.fixture
async def world(local_graph: LocalGraph, other: LocalGraph, tmp_path: Path) -> AsyncIterator[World]:
    graphs = {"IN-RJ": local_graph, "IN-PB": other}
    async with circle_with_seats(graphs, tmp_path, ["IN-HR"]) as (nodes, seats):
        home = nodes["IN-RJ"]
        certificates = tuple(pem for member in home.membership.members for pem in member.certificates)
        impostor = Impostor(seats["IN-HR"], certificates, home.watch, saying(page()))
        await impostor.open()
        caller, admin = await home.caller("adg.crime"), await home.officer("rj.admin", rank=Rank.NODE_ADMIN)
        yield World(nodes, impostor, caller, admin, tmp_path)
        await impostor.close()


# --- Changing the key -------------------------------------------------------------------------------------------


async def test_a_key_is_changed_while_questions_are_asked_and_none_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "LISTEN_SECONDS", 0.02)
    listening = [
        asyncio.create_task(joining._listen(node.federation, node.desk.register, node.connections, node.ring))
        for node in world.nodes.values()
    ]
    old, new, signed, came = world.home.ring.current.kid, "", [], []
    for n in range(24):
        if n == 4:
            new = await world.hand_over()
            await _until(lambda: world.owner.federation.peers.by_state["IN-RJ"].keys.handovers)
        signed.append(world.home.ring.signing_at(world.home.watch()).kid)
        came.append(await world.ask())
        world.move(timedelta(seconds=10))
    assert came == [("LIVE", None)] * 24
    assert (set(signed), signed[0], signed[-1]) == ({old, new}, old, new)
    await _until(lambda: world.home.ring.current.kid == new)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    kept = [one.entry for one in await world.owner.desk.register.ledger.search() if one.entry.operation == "peers keys"]
    assert [(one.kind, one.variables) for one in kept] == [(EntryKind.PEERS, {"state": "IN-RJ", "keys": [new]})]


async def _until(said: Any) -> None:
    for _ in range(3_000):
        if said():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("It does not come.")


async def test_an_owner_that_has_not_heard_of_a_key_does_not_know_it_until_it_has(world: World) -> None:
    await world.hand_over()
    assert await world.ask() == ("LIVE", None)
    world.move(3 * MINUTE)
    assert await world.ask() == ("DENIED", "NOT_RECOGNISED")
    await world.owner.hear()
    assert await world.ask() == ("LIVE", None)


async def test_an_owner_that_starts_anew_knows_what_it_has_heard(world: World) -> None:
    await world.hand_over()
    await world.owner.hear()
    world.owner.federation.hearings.clear()
    world.owner.federation.peers = world.owner.federation.peers.having({"IN-RJ": ()})
    for hearing in (await world.owner.desk.register.peers.hearings()).values():
        world.owner.federation.heard(hearing)
    world.move(3 * MINUTE)
    assert await world.ask() == ("LIVE", None)


async def test_a_key_whose_time_is_over_vouches_for_what_it_signed_before_and_for_nothing_newer(world: World) -> None:
    thief = KeyRing(stolen(world))
    tokens = Tokens(thief, state="IN-RJ", clock=world.home.watch, revoked=lambda _: False)
    await world.hand_over()
    await world.owner.hear()
    world.move(2 * MINUTE - timedelta(seconds=1))
    before = minted(world, tokens)
    world.move(timedelta(seconds=1))
    at = minted(world, tokens)
    world.move(timedelta(seconds=1))
    after = minted(world, tokens)
    world.move(MINUTE)
    assert [verified(world, token) for token in (before, at)] == ["", ""]
    assert verified(world, after) == "no key of this name at that time"
    assert verified(world, minted(world, world.home.tokens)) == ""


def stolen(world: World) -> Any:
    """Copy the ring as it is, as whoever steals it would."""
    ring = world.home.ring
    shutil.copytree(ring._safe.directory, world.folder / "stolen")
    return type(ring._safe)(world.folder / "stolen")


def minted(world: World, tokens: Tokens) -> str:
    at = world.home.watch()
    return tokens.mint_peer(
        "adg.crime",
        jti=f"{uuid4()}.1",
        audience="IN-PB",
        purpose=Purpose.INVESTIGATION,
        case_ref="FIR 0123/2026",
        rank=Rank.ADG_SPL_CP,
        unit="RJ",
        level=Level.ANY_OFFICER,
        compartments=(),
        enquiry=f"urn:sangam:IN-RJ:enquiry:{uuid4()}",
        legal_basis="BNSS 173",
        enquiry_expires_at=at + timedelta(days=1),
        certificate_thumbprint=world.home.federation.thumbprint,
        signed_in_at=at,
    )


def verified(world: World, token: str) -> str:
    """Give why the owner refuses a token, nothing if it does not."""
    peer = world.owner.federation.peers.by_state["IN-RJ"]
    try:
        world.owner.tokens.verify_peer(
            token, ring_of={"IN-RJ": peer.keys}, certificate_thumbprint=world.home.federation.thumbprint
        )
    except TokenRefused as fault:
        return fault.reason
    return ""


async def test_what_a_peer_said_of_its_keys_is_not_unsaid(world: World) -> None:
    ring, key = world.impostor.seat.ring, world.impostor.seat.ring.current
    first = handed_over(key, KeyRing.open(world.folder / "a", at=MORNING).current, begins=MORNING + MINUTE)
    theft = handed_over(key, KeyRing.open(world.folder / "b", at=MORNING).current, begins=MORNING)
    heard: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = [((), ()), ((first,), (first,))]
    heard += [(said, (first,)) for said in ((theft,), (), (theft, first))]
    for said, known in heard:
        world.impostor.manner = publishing(*said)
        await world.home.hear()
        assert world.home.federation.peers.by_state["IN-HR"].keys.handovers == known
        assert (await world.home.desk.register.peers.hearings())["IN-HR"].handovers == known
    assert ring.handovers == ()


async def test_a_peer_that_hands_over_without_end_is_still_heard(world: World) -> None:
    keys = [world.impostor.seat.ring.current, *(SigningKey.generate() for _ in range(MOST_HANDOVERS + 1))]
    said = [handed_over(old, new, begins=MORNING) for old, new in pairwise(keys)]
    for part, looked_at in ((said[:-1], MOST_HANDOVERS), (said[2:], 0)):
        world.impostor.manner, before = publishing(*part), holds.cache_info().misses
        await world.home.hear()
        heard = world.home.federation.hearings["IN-HR"]
        assert (heard.status, heard.handovers) == (SourceState.LIVE, tuple(said[:MOST_HANDOVERS]))
        assert holds.cache_info().misses - before == looked_at


async def test_nobody_but_the_pinned_member_is_heard(world: World) -> None:
    key = world.impostor.seat.ring.current
    said = handed_over(key, KeyRing.open(world.folder / "a", at=MORNING).current, begins=MORNING + MINUTE)
    world.impostor.manner = publishing(said)
    await world.impostor.close()
    await world.impostor.open(world.owner.own)
    await world.home.hear()
    heard = world.home.federation.hearings["IN-HR"]
    assert (heard.status, heard.reason, heard.handovers) == (SourceState.UNREACHABLE, ReasonCode.CERTIFICATE, ())
    assert world.impostor.asked == []


async def test_a_key_is_handed_over_by_an_admin_ahead_of_time_and_once(world: World) -> None:
    for minutes in (0, 24 * 60 + 1):
        with pytest.raises(BadInput):
            await world.hand_over(minutes)
    admin, world.admin = world.admin, world.caller.officer
    with pytest.raises(Refused, match="NODE_ADMIN"):
        await world.hand_over()
    world.admin = admin
    await world.hand_over()
    for change in (world.hand_over(), signing.rotate(*_rotating(world), at=world.home.watch())):
        with pytest.raises(Refused, match="next key"):
            await change
    world.move(3 * MINUTE)
    await world.hand_over()
    assert len(world.home.ring.handovers) == 2


def _rotating(world: World) -> tuple[Any, KeyRing, Any]:
    return world.home.desk.register, world.home.ring, world.admin


# --- How peers stand --------------------------------------------------------------------------------------------


def publishing(*handovers: Any, version: int = 1, **headers: str) -> Manner:
    """Say of oneself what a node of ours says."""
    said = {"version": version, "handovers": [one.model_dump(mode="json") for one in handovers]}
    return sending(orjson.dumps(said), **headers)


async def test_a_node_says_of_itself_what_its_peers_may_know(world: World) -> None:
    await world.home.hear()
    heard = world.home.federation.hearings["IN-PB"]
    assert (heard.status, heard.reason, heard.version, heard.since) == (SourceState.LIVE, None, 1, MORNING)


NOT_LIVE: dict[str, tuple[Manner, SourceState, ReasonCode]] = {
    "another schema": (publishing(sangam_schema="0" * 64), SourceState.INCOMPATIBLE, ReasonCode.SCHEMA),
    "another schema, and words that we do not know": (
        sending(b'{"version":1,"more":2}', sangam_schema="0" * 64),
        SourceState.INCOMPATIBLE,
        ReasonCode.SCHEMA,
    ),
    "another clock": (
        publishing(sangam_time=str(int(MORNING.timestamp()) + 31)),
        SourceState.INCOMPATIBLE,
        ReasonCode.CLOCK,
    ),
    "no schema": (publishing(sangam_schema=""), SourceState.INCOMPATIBLE, ReasonCode.ANSWER_NOT_UNDERSTOOD),
    "no time": (publishing(sangam_time=""), SourceState.INCOMPATIBLE, ReasonCode.ANSWER_NOT_UNDERSTOOD),
    "garbage": (sending(b"\xff{"), SourceState.INCOMPATIBLE, ReasonCode.ANSWER_NOT_UNDERSTOOD),
    "not found": (sending(b"{}", "404 Not Found"), SourceState.INCOMPATIBLE, ReasonCode.ANSWER_NOT_UNDERSTOOD),
    "9 MB": (sending(b" " * 9_000_000), SourceState.INCOMPATIBLE, ReasonCode.ANSWER_NOT_UNDERSTOOD),
    "nothing wrong with it": (sending(b"", "503 Busy"), SourceState.UNREACHABLE, ReasonCode.NODE_NOT_READY),
    "who are you": (sending(b"{}", "401 Who"), SourceState.DENIED, ReasonCode.NOT_RECOGNISED),
    "no word": (hung_after_headers(), SourceState.TIMEOUT, ReasonCode.NO_ANSWER_IN_TIME),
}


async def test_a_peer_is_heard_as_it_is_and_one_that_is_incompatible_is_asked_nothing_until_it_is_not(
    world: World,
) -> None:
    world.impostor.manner = publishing()
    await world.home.hear()
    for case, (manner, status, reason) in NOT_LIVE.items():
        world.move(timedelta(seconds=7))
        since, world.impostor.manner = world.home.watch(), manner
        if "clock" in case:
            world.impostor.manner = publishing(sangam_time=str(int(since.timestamp()) + 31))
        await world.home.hear()
        world.home.watch.move(seconds=3)
        world.impostor.asked.clear()
        kept = (await world.home.desk.register.peers.hearings())["IN-HR"]
        assert (kept.status, kept.reason) == (status, reason), case
        assert kept.since <= since
        if status is SourceState.INCOMPATIBLE:
            assert await world.ask("IN-HR") == (status, reason), case
            assert world.impostor.asked == [], case
    world.impostor.manner = publishing(version=2)
    await world.home.hear()
    kept = (await world.home.desk.register.peers.hearings())["IN-HR"]
    assert (kept.status, kept.reason, kept.version, kept.since) == (SourceState.LIVE, None, 2, world.home.watch())
    world.impostor.manner = saying(page())
    assert await world.ask("IN-HR") == ("LIVE", None)


async def test_since_when_is_kept_while_nothing_changes(world: World) -> None:
    world.impostor.manner = publishing(sangam_schema="0" * 64)
    await world.home.hear()
    for _ in range(3):
        world.move(MINUTE)
        await world.home.hear()
    kept = (await world.home.desk.register.peers.hearings())["IN-HR"]
    assert (kept.since, kept.at) == (MORNING, MORNING + 3 * MINUTE)
    assert {one.line for one in world.impostor.asked} == {f"GET {KEYS} HTTP/1.1"}
    assert PEER_SECONDS < joining.LISTEN_SECONDS


# --- Changing the certificate -----------------------------------------------------------------------------------


async def test_a_certificate_is_changed_by_two_memberships_and_only_a_restart_is_noticed(world: World) -> None:
    """IN-PB, which is asked and asks, speaks under the old one, begins anew under the next, and gives up the old."""
    home, owner = world.home, world.owner
    theirs = await owner.caller("adg.two")
    now = datetime.now(UTC) - MINUTE
    issued = TrainingAuthority.generate(now).issue("IN-PB", [HOST], at=now, days=9)
    old, new = owner.own, kept(issued, world.folder / "next")
    first = home.membership
    member = next(one for one in first.members if one.code == "IN-PB")
    both = _next(first, with_certificate(member, issued.certificate_pem))
    alone = _next(both, with_newest(with_certificate(member, issued.certificate_pem)))

    async def of_each() -> list[tuple[str, str | None]]:
        asked = World(world.nodes, world.impostor, theirs, world.admin, world.folder)
        return [await world.ask("IN-PB"), await asked.ask("IN-RJ")]

    async with _watched(home), AsyncExitStack() as stack:
        assert await of_each() == [("LIVE", None)] * 2
        for membership in (both, alone):
            for node in world.nodes.values():
                node.federation.take_up(Peers.of(membership, node.state))
            if membership is both:
                assert await of_each() == [("LIVE", None)] * 2, "under the old one, as nothing had to begin anew for it"
                await owner.shut()
                assert await world.ask() == ("UNREACHABLE", "NO_CONNECTION")
                await _speak_under(owner, new, stack)
                home.federation.fanout.breaker("IN-PB").answered()
            assert await of_each() == [("LIVE", None)] * 2
        await owner.shut()
        await _speak_under(owner, old, stack)
        home.federation.fanout.breaker("IN-PB").answered()
        assert await world.ask() == ("UNREACHABLE", "CERTIFICATE"), "who has the old one is nobody any more"
        asked = World(world.nodes, world.impostor, theirs, world.admin, world.folder)
        assert await asked.ask("IN-RJ") == ("INCOMPATIBLE", "ANSWER_NOT_UNDERSTOOD"), "nor is told by which schema"


def _next(membership: Membership, member: MemberState) -> Membership:
    return draft(membership, put=[member], without=(), at=MORNING).membership


@asynccontextmanager
async def _watched(node: Node) -> AsyncIterator[None]:
    """Let peers in by a context that grows with the membership, as a node that runs does."""
    await node.shut()
    certificates = [pem for member in node.membership.members for pem in member.certificates]
    node.federation.serving = serving_context(node.own, certificates)
    async with served(node.face, HOST, node.port, node.federation.serving):
        yield


async def _speak_under(node: Node, own: OwnCertificate, stack: AsyncExitStack) -> None:
    """Serve and ask under a certificate, as a node that begins anew does."""
    node.own = own
    await node.open()
    connections = Connections(own, node.watch)
    stack.push_async_callback(connections.close)
    node.federation.fanout = Fanout(connections, clock=node.watch, schema=schema_digest())
    node.federation.thumbprint = thumbprint(der_of(own.certificate.read_text()))
