"""One owner fails in every way that a network and a hostile peer know: the others' rows stand, and it is said.

Two real nodes and an impostor in the third seat; IN-RJ asks.
"""

import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import insert

from auth.certificates import TrainingAuthority
from auth.keys import KeyRing
from auth.tokens import Tokens
from federation.breaker import FAILURES, Breaker
from federation.connections import OwnCertificate
from federation.fanout import PEER_SECONDS
from federation.joining import MOST_ROUNDS
from federation.peers import Peers
from graph.driver import connect
from graph.local import LocalGraph, start_local
from register.ledger import EntryKind
from register.tables import micros, sessions
from schemas.handling import Purpose
from schemas.officer import Rank
from tests.alone import kept
from tests.federation.circle import HOST, Node, circle_with_seats
from tests.federation.impostor import (
    FOREIGN,
    Impostor,
    Manner,
    babbling,
    dripping,
    failing,
    hung_after_headers,
    page,
    saying,
    sending,
)
from tests.station import MORNING, PLANNINGS, Caller

pytestmark = pytest.mark.anyio

NAME = "Harpreet Singh Dhurike"
SLACK = 1.1

FIND = """query F($text: String!, $first: Int! = 20, $after: String, $states: [StateCode!], $knownAt: DateTime) {
  federated(states: $states) { find(text: $text, first: $first, after: $after, knownAt: $knownAt) {
    nodes { __typename id ... on Person { names { text } category provenance { owner level } } }
    sources { state status returned reason contactDesk correlationId latencyMs asOf } complete asOf cursor } } }"""


@dataclass
class World:
    """Two nodes and an impostor, with one row of each, and an officer who asks."""

    nodes: dict[str, Node]
    impostor: Impostor
    caller: Caller
    own: str
    theirs: str
    folder: Path
    pace: float = 0.0
    honest: list[dict[str, Any]] = field(default_factory=list)

    @property
    def home(self) -> Node:
        return self.nodes["IN-RJ"]

    @property
    def owner(self) -> Node:
        return self.nodes["IN-PB"]

    def be_honest(self, *rows: dict[str, Any]) -> None:
        self.impostor.manner = saying(page(*(rows or self.honest)))

    async def ask(self, document: str = FIND, **variables: Any) -> tuple[dict[str, Any], float]:
        """Ask once and give the answer with the seconds that it took; nothing foreign may stand in it."""
        began = time.monotonic()
        response = await self.caller.post(document, {"text": NAME, **variables})
        took = time.monotonic() - began
        assert FOREIGN not in response.text
        assert "errors" not in response.json(), response.text
        [answer] = response.json()["data"]["federated"].values()
        found: dict[str, Any] = answer
        return found, took

    async def asked(self, document: str = FIND, **variables: Any) -> tuple[dict[str, Any], float]:
        """Ask, and ask again while a real database of a busy machine does not answer in time."""
        for _ in range(3 * PLANNINGS):
            made = self.impostor.connections
            answer, took = await self.ask(document, **variables)
            if all(statuses(answer)[state] not in _LATE for state in self.nodes):
                break
            self.forget()
            self.impostor.connections = made
        return answer, took

    def forget(self) -> None:
        for breaker in map(self.home.federation.fanout.breaker, ("IN-PB", "IN-HR")):
            breaker.answered()


_LATE = ("TIMEOUT", "BREAKER_OPEN")


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {source["state"]: source["status"] for source in answer["sources"]}


def source_of(answer: dict[str, Any], state: str = "IN-HR") -> tuple[str, str | None]:
    [source] = [one for one in answer["sources"] if one["state"] == state]
    return source["status"], source["reason"]


@pytest.fixture(scope="module")
async def opened(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("faults")
    other = await start_local(folder / "IN-PB")
    graphs = {"IN-RJ": local_graph, "IN-PB": other}
    async with circle_with_seats(graphs, folder, ["IN-HR"]) as (nodes, seats):
        home, owner = nodes["IN-RJ"], nodes["IN-PB"]
        certificates = tuple(pem for member in home.membership.members for pem in member.certificates)
        impostor = Impostor(seats["IN-HR"], certificates, home.watch)
        caller = await home.caller("adg.crime")
        own = await home.person(caller, NAME)
        theirs = await owner.person(await owner.caller("adg.crime"), NAME, audience=["IN-RJ"])
        world = World(nodes, impostor, caller, own, theirs, folder)
        world.honest = [impostor.row(NAME)]
        world.be_honest()
        await impostor.open()
        await world.asked()
        yield world
        await impostor.close()
    await other.stop()


@pytest.fixture
async def world(opened: World) -> AsyncIterator[World]:
    """The same world with everybody honest, in time and on speaking terms, and how long it takes then."""
    for node in opened.nodes.values():
        node.watch.now = MORNING
    await opened.impostor.close()
    await opened.impostor.open()
    opened.be_honest()
    opened.forget()
    answer, opened.pace = await opened.asked()
    assert answer["complete"], answer["sources"]
    opened.impostor.connections = 0
    opened.impostor.asked.clear()
    yield opened
    for node in opened.nodes.values():
        node.watch.now = MORNING
    for state in ("IN-RJ", "IN-HR"):
        await opened.owner.agree(state)


def holds(world: World, answer: dict[str, Any], took: float, status: str, reason: str, state: str = "IN-HR") -> None:
    """Hold an answer in which one owner failed against what the others and it must look like."""
    rows = {"IN-RJ": world.own, "IN-PB": world.theirs, "IN-HR": world.honest[0]["id"]}
    assert [row["id"] for row in answer["nodes"]] == sorted(id for of, id in rows.items() if of != state)
    assert source_of(answer, state) == (status, reason)
    assert not answer["complete"]
    for source in answer["sources"]:
        failed = source["state"] == state
        assert source["returned"] == (0 if failed else 1)
        if source["status"] != "INCOMPATIBLE":
            assert (source["contactDesk"] is not None) is (failed and state != "IN-RJ")
        assert source["latencyMs"] % 100 == 0
        assert failed or source["status"] in ("LIVE", "LOCAL")
        assert failed or source["reason"] is None
    assert took <= PEER_SECONDS * SLACK + world.pace, (took, world.pace)


Telling = Callable[[Impostor], Manner]


def _edge(one: Impostor, **given: Any) -> dict[str, Any]:
    return {"cursor": "c", "score": 1.0, "node": one.row(NAME), **given}


def _edges(*edges: dict[str, Any], **info: Any) -> Manner:
    return saying({"find": {"edges": list(edges), "pageInfo": {"hasNextPage": False, **info}}})


def _out_of_order(one: Impostor) -> Manner:
    return saying(page(one.row(NAME), one.row(NAME), scores=(0.5, 0.9)))


def _twice(one: Impostor, *scores: float) -> Manner:
    row = one.row(NAME)
    return saying(page(row, row, scores=scores))


def _lacking(one: Impostor, name: str) -> Manner:
    return saying(page({key: value for key, value in one.row(NAME).items() if key != name}))


_NOT_UNDERSTOOD = ("INCOMPATIBLE", "ANSWER_NOT_UNDERSTOOD")
_LIES: dict[str, tuple[Telling, tuple[str, str]]] = {
    "no JSON": (lambda one: sending(FOREIGN.encode()), _NOT_UNDERSTOOD),
    "JSON of another shape": (lambda one: sending(b"[1,2]"), _NOT_UNDERSTOOD),
    "deep JSON": (lambda one: sending(b"[" * 100_000 + b"]" * 100_000), _NOT_UNDERSTOOD),
    "data that is text": (lambda one: saying(FOREIGN), _NOT_UNDERSTOOD),
    "no edges": (lambda one: saying({"find": {"pageInfo": {"hasNextPage": False}}}), _NOT_UNDERSTOOD),
    "edges that are no list": (lambda one: saying({"find": {"edges": {}, "pageInfo": {}}}), _NOT_UNDERSTOOD),
    "an edge that is null": (lambda one: _edges(None), _NOT_UNDERSTOOD),  # type: ignore[arg-type]
    "a cursor that is a number": (lambda one: _edges(_edge(one, cursor=7)), _NOT_UNDERSTOOD),
    "a score that is text": (lambda one: _edges(_edge(one, score="1")), _NOT_UNDERSTOOD),
    "more that is text": (lambda one: _edges(_edge(one), hasNextPage="no"), _NOT_UNDERSTOOD),
    "a field lacking": (lambda one: _lacking(one, "names"), _NOT_UNDERSTOOD),
    "a type lacking": (lambda one: _lacking(one, "__typename"), _NOT_UNDERSTOOD),
    "an id lacking": (lambda one: _lacking(one, "id"), _NOT_UNDERSTOOD),
    "null where nothing may be": (lambda one: saying(page(one.row(NAME, names=None))), _NOT_UNDERSTOOD),
    "text where a list stands": (lambda one: saying(page(one.row(NAME, names=FOREIGN))), _NOT_UNDERSTOOD),
    "an object where text stands": (lambda one: saying(page(one.row(NAME, names=[{"text": {}}]))), _NOT_UNDERSTOOD),
    "text of no end": (lambda one: saying(page(one.row("x" * 20_001))), _NOT_UNDERSTOOD),
    "an unknown type": (lambda one: saying(page(one.row(NAME, __typename="Query"))), _NOT_UNDERSTOOD),
    "a type that is no node": (lambda one: saying(page(one.row(NAME, __typename="Link"))), _NOT_UNDERSTOOD),
    "an unknown word of an enum": (lambda one: saying(page(one.row(NAME, category=FOREIGN))), _NOT_UNDERSTOOD),
    "true for a number": (
        lambda one: saying(page(one.row(NAME, provenance={"owner": "IN-HR", "level": True}))),
        _NOT_UNDERSTOOD,
    ),
    "an id of no state": (lambda one: saying(page(one.row(NAME, id=FOREIGN))), _NOT_UNDERSTOOD),
    "rows out of order": (_out_of_order, _NOT_UNDERSTOOD),
    "one row twice": (lambda one: _twice(one, 0.9, 0.9), _NOT_UNDERSTOOD),
    "a row of another owner": (
        lambda one: saying(page(one.row(NAME, owner="IN-PB"))),
        ("INCOMPATIBLE", "NOT_THE_OWNER"),
    ),
    "a row of the asker": (lambda one: saying(page(one.row(NAME, owner="IN-RJ"))), ("INCOMPATIBLE", "NOT_THE_OWNER")),
    "a row of another owner among its own": (
        lambda one: saying(page(one.row(NAME), one.row(NAME, owner="IN-PB"))),
        ("INCOMPATIBLE", "NOT_THE_OWNER"),
    ),
    "9 MB": (
        lambda one: sending(orjson.dumps({"data": page(one.row(NAME))}) + b" " * 9 * 1024 * 1024),
        _NOT_UNDERSTOOD,
    ),
    "9 MB that say no length": (
        lambda one: babbling(one.head() + orjson.dumps({"data": page(one.row(NAME))}) + b" " * 9 * 1024 * 1024),
        _NOT_UNDERSTOOD,
    ),
    "a redirect": (lambda one: sending(b"", "302 Found", location=f"https://{HOST}:1/{FOREIGN}"), _NOT_UNDERSTOOD),
    "a 500 in HTML": (
        lambda one: sending(f"<h1>{FOREIGN}</h1>".encode(), "500 Oops", content_type="text/html", sangam_schema=""),
        _NOT_UNDERSTOOD,
    ),
    "another schema": (lambda one: saying(page(*[one.row(NAME)]), sangam_schema="0" * 64), ("INCOMPATIBLE", "SCHEMA")),
    "no schema": (lambda one: saying(page(one.row(NAME)), sangam_schema=""), _NOT_UNDERSTOOD),
    "no time": (lambda one: saying(page(one.row(NAME)), sangam_time=""), _NOT_UNDERSTOOD),
    "a time of no calendar": (lambda one: saying(page(one.row(NAME)), sangam_time="9" * 30), _NOT_UNDERSTOOD),
    "an error without a code": (lambda one: sending(b'{"errors":[{"message":"x"}],"data":{}}'), _NOT_UNDERSTOOD),
    "an error that we do not know": (lambda one: failing(FOREIGN), _NOT_UNDERSTOOD),
    "an empty list of errors": (lambda one: sending(b'{"errors":[],"data":{"find":null}}'), _NOT_UNDERSTOOD),
    "its database away": (lambda one: failing("UNAVAILABLE"), ("UNREACHABLE", "NODE_NOT_READY")),
    "something wrong": (lambda one: failing("INTERNAL"), ("UNREACHABLE", "NODE_NOT_READY")),
    "too much": (lambda one: failing("LIMIT"), ("UNREACHABLE", "TOO_MUCH_ASKED")),
    "too late": (lambda one: failing("DEADLINE"), ("TIMEOUT", "NO_ANSWER_IN_TIME")),
    "no": (lambda one: failing("REFUSED"), ("DENIED", "REFUSED_BY_OWNER")),
    "who are you": (lambda one: failing("UNAUTHENTICATED"), ("DENIED", "NOT_RECOGNISED")),
    "sign in anew": (lambda one: failing("REFUSED", stepUp=True), ("STEP_UP_REQUIRED", "SIGN_IN_ANEW")),
    "a body that never comes": (lambda one: hung_after_headers(), ("TIMEOUT", "NO_ANSWER_IN_TIME")),
    "bytes that drip": (lambda one: dripping(b" " * 1000), ("TIMEOUT", "NO_ANSWER_IN_TIME")),
    "a body cut short": (
        lambda one: babbling(one.head(length=1000) + b"{"),
        ("UNREACHABLE", "NO_CONNECTION"),
    ),
    "no HTTP": (lambda one: babbling(f"{FOREIGN}\r\n\r\n".encode()), ("UNREACHABLE", "NO_CONNECTION")),
    "nothing at all": (lambda one: babbling(b""), ("UNREACHABLE", "NO_CONNECTION")),
}


@pytest.mark.parametrize("lie", _LIES)
async def test_what_a_peer_says_wrongly_is_not_shown_and_touches_no_other_answer(world: World, lie: str) -> None:
    telling, expected = _LIES[lie]
    world.impostor.manner = telling(world.impostor)
    answer, took = await world.asked()
    holds(world, answer, took, *expected)


async def test_an_honest_impostor_is_a_peer_like_any_other(world: World) -> None:
    answer, _ = await world.asked()
    assert {row["id"] for row in answer["nodes"]} == {world.own, world.theirs, world.honest[0]["id"]}
    assert answer["complete"]


async def test_a_peer_that_refuses_connections_is_unreachable(world: World) -> None:
    await world.impostor.close()
    answer, took = await world.asked()
    holds(world, answer, took, "UNREACHABLE", "NO_CONNECTION")


async def test_a_peer_that_accepts_and_says_nothing_costs_its_deadline_alone(world: World) -> None:
    await world.impostor.close()
    await world.impostor.open(tls=False)
    answer, took = await world.asked()
    holds(world, answer, took, "TIMEOUT", "NO_ANSWER_IN_TIME")
    [source] = [one for one in answer["sources"] if one["state"] == "IN-HR"]
    assert 1500 <= source["latencyMs"] <= 1000 * (PEER_SECONDS * SLACK + world.pace) + 100


async def test_another_certificate_of_the_same_authority_is_not_the_peer(world: World) -> None:
    await world.impostor.close()
    await world.impostor.open(world.owner.own)
    answer, took = await world.asked()
    holds(world, answer, took, "UNREACHABLE", "CERTIFICATE")
    assert world.impostor.asked == [], "and it is told nothing"


async def test_a_certificate_that_has_expired_is_no_certificate(world: World) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=10)
    issued = TrainingAuthority.generate(long_ago).issue("IN-HR", [HOST], at=long_ago, days=1)
    own: OwnCertificate = kept(issued, world.folder / f"expired-{uuid4().hex}")
    world.home.federation.peers, before = _with_certificate(world, issued.certificate_pem), world.home.federation.peers
    await world.impostor.close()
    await world.impostor.open(own)
    try:
        answer, took = await world.asked()
    finally:
        world.home.federation.peers = before
    holds(world, answer, took, "UNREACHABLE", "CERTIFICATE")
    assert world.impostor.asked == []


def _with_certificate(world: World, pem: str) -> Peers:
    """Give the asker's peers with another certificate of the impostor."""
    members = tuple(
        one.model_copy(update={"certificates": (pem,)}) if one.code == "IN-HR" else one
        for one in world.home.membership.members
    )
    return Peers.of(world.home.membership.model_copy(update={"members": members}), "IN-RJ")


@pytest.mark.parametrize("off", [31, -31])
async def test_a_clock_that_is_31_seconds_off_is_not_believed(world: World, off: int) -> None:
    world.owner.watch.move(seconds=off)
    answer, took = await world.asked()
    holds(world, answer, took, "INCOMPATIBLE", "CLOCK", "IN-PB")


@pytest.mark.parametrize("off", [29, -29])
async def test_a_clock_that_is_29_seconds_off_is_borne(world: World, off: int) -> None:
    world.owner.watch.move(seconds=off)
    answer, _ = await world.asked()
    assert answer["complete"], answer["sources"]
    assert world.theirs in {row["id"] for row in answer["nodes"]}


async def test_as_of_this_moment_is_answered_by_an_owner_whose_clock_is_behind(world: World) -> None:
    world.owner.watch.move(seconds=-20)
    answer, _ = await world.asked(knownAt=world.home.watch().isoformat())
    assert source_of(answer, "IN-PB") == ("LIVE", None)


async def test_pages_as_of_this_moment_go_on_at_an_owner_whose_clock_is_behind(world: World) -> None:
    for node, seconds in ((world.home, 60), (world.owner, 40)):
        node.watch.move(seconds=seconds)
    at = world.home.watch().isoformat()
    answer, _ = await world.asked(knownAt=at, first=2)
    assert world.theirs in {row["id"] for row in answer["nodes"]}
    for node in (world.home, world.owner):
        node.watch.move(seconds=5)
    answer, _ = await world.asked(knownAt=at, first=2, after=answer["cursor"])
    assert source_of(answer, "IN-PB") == ("LIVE", None)
    assert world.theirs not in {row["id"] for row in answer["nodes"]}


async def test_an_asker_whose_clock_stands_before_its_key_says_so_and_asks_nobody(world: World) -> None:
    ring = KeyRing.open(world.folder / f"later-{uuid4().hex}", at=MORNING + timedelta(seconds=20))
    tokens = Tokens(ring, state="IN-RJ", clock=world.home.watch, revoked=lambda _: False)
    world.home.federation.tokens, before = tokens, world.home.federation.tokens
    try:
        assert await world.caller.code(FIND, {"text": NAME}) == "UNAVAILABLE"
    finally:
        world.home.federation.tokens = before
    assert world.impostor.asked == []


async def test_an_owner_whose_database_is_away_says_so_and_hides_nobody_else(world: World) -> None:
    away = await _driver_away(world.owner)
    try:
        answer, took = await world.asked()
    finally:
        away()
    holds(world, answer, took, "UNREACHABLE", "NODE_NOT_READY", "IN-PB")


async def test_an_asker_whose_own_database_is_away_still_shows_what_others_say(world: World) -> None:
    away = await _driver_away(world.home)
    try:
        answer, took = await world.asked()
    finally:
        away()
    holds(world, answer, took, "UNREACHABLE", "NODE_NOT_READY", "IN-RJ")


AROUND = """query A($from: [ID!]!, $typed: [IdentifierInput!]) { federated {
  network(from: $from, identifiers: $typed, hops: 2, limit: 500) {
    nodes { id } gaps { state reason } sources { state status returned reason } complete } } }"""


def _numbers_of(one: Impostor, person: str, many: int) -> Manner:
    """Have the impostor give a person who uses so many phones."""
    free = {"provenanceOfOwner": {"onward": [], "audience": None}}
    phones = {f"{n:032x}": f"98290{n:05d}" for n in range(many)}
    nodes = [{"__typename": "Identifier", "id": id, "kindOfOwner": "PHONE"} for id in phones]
    ends = {"kindOfOwner": "USES_PHONE", "fromOfOwner": person}
    links = [
        {"id": f"urn:sangam:IN-HR:link:{uuid4()}", **ends, "toOfOwner": id, "writtenOfOwner": text, **free}
        for id, text in phones.items()
    ]
    given = {"nodes": [{"__typename": "Person", "id": person, **free}, *nodes], "hops": [0, *[1] * many]}
    return saying({"network": {**given, "links": links, "assertions": [], "more": [], "linksCut": False}})


async def test_an_asker_whose_own_database_hangs_waits_for_it_once_and_shows_what_others_say(
    world: World, local_graph: LocalGraph
) -> None:
    """There is much that it would be asked after that: a state that knows many numbers could use up all the time."""
    person = f"urn:sangam:IN-HR:person:{uuid4()}"
    world.impostor.manner = _numbers_of(world.impostor, person, 499)
    typed = [{"kind": "PHONE", "value": "98290 00000"}]
    os.kill(local_graph.pid, signal.SIGSTOP)
    try:
        answer, took = await world.ask(AROUND, **{"from": [person], "typed": typed})
    finally:
        os.kill(local_graph.pid, signal.SIGCONT)
    assert source_of(answer, "IN-RJ") == ("TIMEOUT", "NO_ANSWER_IN_TIME")
    assert (source_of(answer), len(answer["nodes"]), answer["complete"]) == (("LIVE", None), 500, False)
    assert {"state": "IN-RJ", "reason": "NO_ANSWER_IN_TIME"} in answer["gaps"]
    assert took <= MOST_ROUNDS * PEER_SECONDS * SLACK + world.pace, (took, world.pace)


async def _driver_away(node: Node) -> Callable[[], None]:
    """Have a node ask over a closed driver until what is given is called."""
    dead = connect("bolt://127.0.0.1:1", "neo4j", "nobody")
    await dead.close()
    before = node.desk.graph
    object.__setattr__(node.desk, "graph", lambda: dead)
    return lambda: object.__setattr__(node.desk, "graph", before)


async def test_an_owner_that_agreed_on_nothing_denies_and_writes_it_down(world: World) -> None:
    await world.owner.agree("IN-RJ", purposes=())
    answer, took = await world.asked()
    holds(world, answer, took, "DENIED", "REFUSED_BY_OWNER", "IN-PB")
    [entry] = [one.entry for one in await world.owner.desk.register.ledger.search(officer="IN-RJ:adg.crime", first=1)]
    assert (entry.kind, entry.code, entry.ids) == (EntryKind.REFUSAL, "PURPOSE_NOT_AGREED", ())
    assert entry.variables["correlation"] == answer["sources"][0]["correlationId"]


async def test_a_purpose_that_was_not_agreed_is_denied(world: World) -> None:
    await world.owner.agree("IN-RJ", purposes=(Purpose.COURT,))
    answer, took = await world.asked()
    holds(world, answer, took, "DENIED", "REFUSED_BY_OWNER", "IN-PB")


async def test_what_needs_a_fresh_sign_in_is_told_and_mended_by_one(world: World) -> None:
    await world.owner.agree("IN-RJ", step_up=(Purpose.INVESTIGATION,), step_up_minutes=10)
    answer, took = await world.asked()
    holds(world, answer, took, "STEP_UP_REQUIRED", "SIGN_IN_ANEW", "IN-PB")
    stale = await _session(world, minutes_ago=11)
    answer, took = await _asked_as(world, stale)
    holds(world, answer, took, "STEP_UP_REQUIRED", "SIGN_IN_ANEW", "IN-PB")
    answer, _ = await _asked_as(world, await _session(world, minutes_ago=1))
    assert answer["complete"], answer["sources"]


async def _session(world: World, *, minutes_ago: int) -> str:
    """Begin a session of the officer so long ago, and give a token of it."""
    id, at = str(uuid4()), world.home.watch() - timedelta(minutes=minutes_ago)
    row = {"id": id, "officer": "adg.crime", "opened_at": micros(at), "renewed_at": micros(at)}
    begun = insert(sessions).values(row)
    await world.home.desk.register.sessions._writer.do(lambda connection: connection.execute(begun))
    return world.home.tokens.mint_officer("adg.crime", id, jti=str(uuid4()))


async def _asked_as(world: World, token: str) -> tuple[dict[str, Any], float]:
    world.caller.token, before = token, world.caller.token
    try:
        return await world.asked()
    finally:
        world.caller.token = before


async def test_an_officer_whose_post_reads_no_records_asks_nobody(world: World) -> None:
    auditor = await world.home.caller(f"auditor.{uuid4().hex[:6]}", rank=Rank.AUDITOR, level=0)
    assert await auditor.code(FIND, {"text": NAME}) == "REFUSED"
    assert world.impostor.connections == 0


async def test_a_post_that_reads_no_records_is_denied_whatever_its_state_says(world: World) -> None:
    """A state that lets such an officer ask is not believed: the owner knows the post too."""
    node = world.home
    before = node.federation.tokens.mint_peer
    object.__setattr__(node.federation.tokens, "mint_peer", lambda *a, **k: before(*a, **{**k, "rank": Rank.AUDITOR}))
    try:
        answer, took = await world.asked()
    finally:
        object.__delattr__(node.federation.tokens, "mint_peer")
    holds(world, answer, took, "DENIED", "REFUSED_BY_OWNER", "IN-PB")


async def test_an_answer_that_is_not_understood_says_whom_to_call(world: World) -> None:
    world.impostor.manner = _lacking(world.impostor, "names")
    answer, _ = await world.asked()
    [source] = [one for one in answer["sources"] if one["state"] == "IN-HR"]
    assert source["contactDesk"] == "Training desk of Haryana"


async def test_after_three_failures_a_peer_is_left_alone_until_a_probe_finds_it_back(world: World) -> None:
    world.impostor.manner = failing("UNAVAILABLE")
    for _ in range(FAILURES):
        answer, took = await world.ask()
        assert source_of(answer) == ("UNREACHABLE", "NODE_NOT_READY")
    made = world.impostor.connections
    assert made == FAILURES
    world.be_honest()
    answer, took = await world.ask()
    holds(world, answer, took, "BREAKER_OPEN", "FAILED_BEFORE")
    assert world.impostor.connections == made
    world.impostor.manner = sending(b'{"ready":false}', "503 Service Unavailable")
    await world.home.federation.fanout.probe(world.home.federation.peers)
    answer, _ = await world.ask()
    assert source_of(answer) == ("BREAKER_OPEN", "FAILED_BEFORE")
    world.impostor.manner = sending(b'{"ready":true}')
    await world.home.federation.fanout.probe(world.home.federation.peers)
    assert world.impostor.asked[-1].line.startswith("GET /federation/v1/ready")
    assert "authorization" not in world.impostor.asked[-1].headers
    world.be_honest()
    answer, _ = await world.asked()
    assert answer["complete"]


async def test_one_answer_closes_the_count_of_failures(world: World) -> None:
    for _ in range(FAILURES):
        world.impostor.manner = failing("UNAVAILABLE")
        for _ in range(FAILURES - 1):
            await world.ask()
        world.be_honest()
        answer, _ = await world.ask()
        assert source_of(answer) == ("LIVE", None)


def test_a_breaker_opens_at_three_and_closes_at_one() -> None:
    breaker = Breaker()
    said = []
    for _ in range(FAILURES):
        said.append(breaker.open)
        breaker.failed()
    assert (said, breaker.open) == ([False] * FAILURES, True)
    breaker.answered()
    assert not breaker.open
