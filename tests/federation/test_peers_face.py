"""The face that peers ask at, by a raw client: who is let in, what is answered, and what stands on the ledger.

IN-PB answers; the seats of IN-RJ and IN-HR are empty, and who asks has what lies in them.
"""

import asyncio
import base64
import json
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from graphql import parse
from jose import jws

from api.app import finish
from api.cli.serving import served
from api.documents import TrustedDocuments, digest_of
from api.gql import derived
from api.gql.schema import SCHEMA
from api.limits import measure
from api.rest.federation import PeersFace, for_peers, schema_digest
from auth.certificates import TrainingAuthority, der_of, ends_at, thumbprint
from auth.keys import KeyRing
from auth.tokens import TokenRefused, Tokens
from desk import recalling
from desk.entering import tokens_of
from desk.recalling import recall
from federation.connections import OwnCertificate, serving_context
from federation.fanout import QUESTIONS, READY
from federation.peers import Peers
from federation.standing import Federation
from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.handling import Level, Purpose
from schemas.officer import Rank
from tests.alone import kept
from tests.federation.circle import HOST, Node, Seat, circle_with_seats
from tests.station import MORNING, PLANNINGS, Caller, Watch, as_live, marking, name

pytestmark = pytest.mark.anyio

NAME = "Harpreet Singh Dhurike"
FIND = """query Peer($text: String!, $first: Int! = 20, $afterOfOwner: String) {
  find(text: $text, first: $first, after: $afterOfOwner) {
    edges { cursor score node { __typename id ... on Person { names { text } category } } }
    totalCount pageInfo { hasNextPage } } }"""
RECORD = "query Peer($id: ID!) { record(id: $id) { __typename ... on Node { __typename id } } }"
FEDERATED = """query Many($text: String!) {
  federated { find(text: $text) { nodes { id ... on Person { category } } sources { state status } complete } } }"""


@dataclass(frozen=True)
class Answer:
    """One answer as it came: its first line, its headers but the date, its body."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.line.split()[1])

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def code(self) -> str | None:
        """Give the code of the first error, None if there is none."""
        return self.said["errors"][0]["extensions"]["code"] if "errors" in self.said else None


@dataclass
class Asker:
    """A raw client with what lies in a seat: it speaks under the certificate, and mints what it likes."""

    seat: Seat
    owner: Node
    port: int
    watch: Watch
    enquiry: str = field(default_factory=lambda: f"urn:sangam:IN-RJ:enquiry:{uuid4()}")

    @property
    def mark(self) -> str:
        return thumbprint(der_of(self.seat.own.certificate.read_text()))

    @property
    def ring_of(self) -> dict[str, KeyRing]:
        return {self.seat.state: self.seat.ring}

    def tokens(self, clock: Callable[[], datetime] | None = None) -> Tokens:
        return Tokens(self.seat.ring, state=self.seat.state, clock=clock or self.watch, revoked=lambda _: False)

    def token(self, *, clock: Callable[[], datetime] | None = None, **given: Any) -> str:
        """Mint a good token, but for what is given."""
        plain: dict[str, Any] = {
            "jti": f"{uuid4()}.1",
            "audience": "IN-PB",
            "purpose": Purpose.INVESTIGATION,
            "case_ref": "FIR 0123/2026",
            "rank": Rank.ADG_SPL_CP,
            "unit": "RJ-JPC",
            "level": Level.SOURCE_BEARING,
            "compartments": (),
            "enquiry": self.enquiry,
            "legal_basis": "BNSS 173",
            "enquiry_expires_at": MORNING + timedelta(days=30),
            "certificate_thumbprint": self.mark,
            "signed_in_at": MORNING,
        }
        return self.tokens(clock).mint_peer("adg.crime", **{**plain, **given})

    async def send(
        self,
        *,
        method: str = "POST",
        path: str = QUESTIONS,
        body: bytes = b"",
        own: OwnCertificate | None = None,
        pause: float = 0.0,
        **headers: str,
    ) -> Answer:
        """Send one request, its body after a pause, and give the answer; raise OSError where there is none."""
        context = _client(self.owner, own or self.seat.own)
        reader, writer = await asyncio.open_connection(HOST, self.port, ssl=context)
        try:
            said = {"host": HOST, "connection": "close", "content-length": str(len(body)), **headers}
            lines = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in said.items())
            writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
            if pause:
                await writer.drain()
                await asyncio.sleep(pause)
            writer.write(body)
            raw = await reader.read()
        finally:
            writer.close()
            with suppress(OSError, ssl.SSLError):
                await writer.wait_closed()
        if not raw:
            raise ConnectionError("Nothing came.")
        head, _, rest = raw.partition(b"\r\n\r\n")
        line, *pairs = head.decode().split("\r\n")
        found = dict(pair.lower().split(": ", 1) for pair in pairs)
        found.pop("date", None)
        return Answer(line, found, rest)

    async def ask(self, document: str = FIND, *, token: str | None = None, pause: float = 0.0, **given: Any) -> Answer:
        """Put a question, and put it again while the database of a busy machine does not answer in time."""
        variables = {"text": NAME, **given} if "$text" in document else given
        for _ in range(PLANNINGS):
            answer = await self.send(
                body=json.dumps({"query": document, "variables": variables}).encode(),
                authorization=f"Bearer {token or self.token()}",
                content_type="application/json",
                accept="application/graphql-response+json",
                pause=pause,
            )
            if answer.code != "DEADLINE" or token is not None:
                break
        return answer


def _client(owner: Node, own: OwnCertificate | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if own is not None:
        context.load_cert_chain(own.certificate, own.key)
    return context


@dataclass
class World:
    """The owner with its recorder, and two askers."""

    owner: Node
    recorder: Caller
    rj: Asker
    hr: Asker
    folder: Path

    async def person(self, text: str = NAME, category: str = "SUSPECT", **marked: Any) -> str:
        """Record a person of any category, for IN-RJ to see unless it is said otherwise."""
        said = marking(unit="PB", **{"audience": ["IN-RJ"], **marked})
        made = await self.recorder.ask(
            "mutation R($p: PersonInput!, $m: MarkingInput!) {"
            " recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }",
            {"p": {"category": category, "names": [name(text)]}, "m": said},
        )
        assert made["recordPerson"]["problems"] == []
        return str(made["recordPerson"]["person"]["id"])

    async def newest(self) -> Any:
        """Give the newest entry of the ledger that is of IN-RJ's officer."""
        [one] = await self.owner.desk.register.ledger.search(officer="IN-RJ:adg.crime", first=1)
        return one.entry


@pytest.fixture(scope="module")
async def opened(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("face")
    async with circle_with_seats({"IN-PB": local_graph}, folder, ["IN-RJ", "IN-HR"]) as (nodes, seats):
        owner = nodes["IN-PB"]
        recorder = await owner.caller("adg.crime", compartments=("IN-PB:LION",))
        rj, hr = (Asker(seats[state], owner, owner.port, owner.watch) for state in ("IN-RJ", "IN-HR"))
        yield World(owner, recorder, rj, hr, folder)


@pytest.fixture
async def world(opened: World) -> AsyncIterator[World]:
    await opened.owner.wipe()
    before = opened.owner.federation.peers
    yield opened
    opened.owner.watch.now = MORNING
    opened.owner.federation.peers = before
    for state in ("IN-RJ", "IN-HR"):
        await opened.owner.agree(state)


def ids(answer: Answer) -> set[str]:
    assert answer.code is None, answer.said
    return {edge["node"]["id"] for edge in answer.said["data"]["find"]["edges"]}


# --- Who is let in ----------------------------------------------------------------------------------------------


async def test_a_member_with_a_good_token_is_answered(world: World) -> None:
    seen = await world.person()
    answer = await world.rj.ask()
    assert ids(answer) == {seen}
    assert answer.headers["sangam-schema"] == schema_digest()
    assert answer.headers["sangam-time"] == str(int(MORNING.timestamp()))
    assert answer.headers["cache-control"] == "no-store"


async def test_who_brings_no_certificate_or_a_strangers_gets_no_word(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    issued = TrainingAuthority.generate(now).issue("IN-RJ", [HOST], at=now, days=9)
    stranger = kept(issued, world.folder / "stranger")
    caplog.set_level(logging.DEBUG, logger="sangam")
    for context in (_client(world.owner, None), _client(world.owner, stranger)):
        assert await _heard(world.owner.port, context) == b""
    assert [one for one in caplog.records if one.name.startswith("sangam")] == []


async def _heard(port: int, context: ssl.SSLContext) -> bytes:
    """Give all that is said to a caller, whether it is let in or not."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port, ssl=context)
    except OSError:
        return b""
    try:
        writer.write(f"GET {READY} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        return await reader.read()
    except OSError:
        return b""
    finally:
        writer.close()


async def test_who_is_a_member_no_more_is_a_stranger_on_any_path(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    membership = world.owner.membership
    left = tuple(one for one in membership.members if one.code != "IN-RJ")
    world.owner.federation.peers = Peers.of(membership.model_copy(update={"members": left}), "IN-PB")
    caplog.set_level(logging.DEBUG, logger="sangam")
    asked = [await world.rj.ask(), await world.rj.send(method="GET", path=READY), await world.rj.send(path="/x")]
    assert len({(one.line, one.body, tuple(one.headers.items())) for one in asked}) == 1
    assert (asked[0].status, asked[0].code) == (401, "UNAUTHENTICATED")
    assert "sangam-schema" not in asked[0].headers
    assert [one for one in caplog.records if one.name.startswith("sangam")] == []


@pytest.mark.parametrize("wanted", ["websocket", "h2c"])
async def test_who_wants_another_protocol_is_answered_by_this_one_and_stands_in_no_log(
    world: World, caplog: pytest.LogCaptureFixture, wanted: str
) -> None:
    caplog.set_level(logging.WARNING)
    upgrade = {"connection": "upgrade, close", "upgrade": wanted}
    assert (await world.rj.send(method="GET", path=READY, **upgrade)).status == 200
    assert [one for one in caplog.records if one.name.startswith(("sangam", "uvicorn"))] == []


async def test_who_comes_under_a_certificate_that_has_ended_since_is_a_stranger(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Over a connection that is kept nobody looks at it any more."""
    ends = ends_at(world.rj.seat.own.certificate.read_text())
    caplog.set_level(logging.DEBUG, logger="sangam")
    for at, status in ((ends - timedelta(seconds=1), 200), (ends, 401)):
        world.owner.watch.now = at
        answer = await world.rj.send(method="GET", path=READY)
        assert (answer.status, "sangam-schema" in answer.headers) == (status, status == 200)
    assert [one for one in caplog.records if one.name.startswith("sangam")] == []


def _signed(asker: Asker, typ: str = "fed+jwt", **claims: Any) -> str:
    """Sign claims as no node of ours would."""
    good = json.loads(_payload(asker.token()))
    key = asker.seat.ring.current
    said = json.dumps({**good, **claims}).encode()
    return jws.sign(said, key.private_pem(), headers={"typ": typ, "kid": key.kid}, algorithm="ES256")


def _payload(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _minted_at(world: World, off: float) -> str:
    """Mint a token by a clock that is so many seconds off the owner's."""
    if off > 0:
        return world.rj.token(clock=Watch(MORNING + timedelta(seconds=off)))
    token = world.rj.token()
    world.owner.watch.move(seconds=-off)
    return token


# The first second that is no moment of our words.
BEYOND = 7_258_118_400

REFUSED: dict[str, tuple[Callable[[World], str | None], str]] = {
    "no token": (lambda w: None, "no bearer token"),
    "garbage": (lambda w: "Bearer garbage", "not three parts"),
    "another scheme": (lambda w: f"Basic {w.rj.token()}", "no bearer token"),
    "an officer's token": (
        lambda w: f"Bearer {w.rj.tokens().mint_officer('adg.crime', 'session', jti='j')}",
        "another typ",
    ),
    "an officer's token of the owner": (lambda w: f"Bearer {w.recorder.token}", "another typ"),
    "another audience": (lambda w: f"Bearer {w.rj.token(audience='IN-HR')}", "meant for another state"),
    "another state's token": (lambda w: f"Bearer {w.hr.token()}", "iss is not a peer"),
    "another certificate": (
        lambda w: f"Bearer {w.rj.token(certificate_thumbprint=w.hr.mark)}",
        "came under another certificate",
    ),
    "ended": (lambda w: f"Bearer {_minted_at(w, -151)}", "ended"),
    "from the future": (lambda w: f"Bearer {_minted_at(w, 31)}", "from the future"),
    "too long a life": (
        lambda w: f"Bearer {_signed(w.rj, exp=int(MORNING.timestamp()) + 121)}",
        "lives too long, or ends before it begins",
    ),
    "another state's officer": (lambda w: f"Bearer {_signed(w.rj, sub='IN-HR:adg')}", "asserts another"),
    "an enquiry of the owner": (
        lambda w: f"Bearer {_signed(w.rj, enquiry=w.recorder.enquiry)}",
        "the enquiry is not one of that state",
    ),
    "a claim more": (lambda w: f"Bearer {_signed(w.rj, **{'eyJ of another': True})}", "claims: another"),
    "a rank that is none": (lambda w: f"Bearer {_signed(w.rj, rank='GOD')}", "claims"),
    "a level above all": (lambda w: f"Bearer {_signed(w.rj, level=4)}", "claims: level"),
    "an enquiry without an end": (lambda w: f"Bearer {_signed(w.rj, enquiry_exp=BEYOND)}", "claims"),
    "a sign-in that will be": (lambda w: f"Bearer {_signed(w.rj, auth_time=BEYOND)}", "claims"),
    "an officer by an Aadhaar number": (lambda w: f"Bearer {_signed(w.rj, sub='IN-RJ:234567890124')}", "claims"),
    "a signature of another": (lambda w: f"Bearer {w.rj.token()[:-8]}AAAAAAAA", "the signature does not hold"),
}


def _whole(answer: Answer) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
    """Give all of an answer but its times."""
    return answer.line, tuple(sorted(one for one in answer.headers.items() if one[0] != "sangam-time")), answer.body


async def _sent(world: World, header: str | None) -> Answer:
    given = {} if header is None else {"authorization": header}
    body = json.dumps({"query": FIND, "variables": {"text": NAME}}).encode()
    return await world.rj.send(body=body, content_type="application/json", **given)


@pytest.mark.parametrize("case", REFUSED)
async def test_a_token_that_is_not_good_gets_the_one_401_and_one_line_of_the_log(
    world: World, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    making, _ = REFUSED[case]
    one_401 = _whole(await _sent(world, "Bearer x.y.z"))
    caplog.clear()
    caplog.set_level(logging.WARNING, logger="sangam")
    answer = await _sent(world, making(world))
    assert answer.status == 401
    assert _whole(answer) == one_401
    [line] = [one.getMessage() for one in caplog.records if one.name.startswith("sangam")]
    assert line.startswith("a token from IN-RJ is refused")
    assert "eyJ" not in line


@pytest.mark.parametrize("case", REFUSED)
async def test_the_log_says_why_a_token_was_refused(world: World, caplog: pytest.LogCaptureFixture, case: str) -> None:
    making, why = REFUSED[case]
    caplog.set_level(logging.WARNING, logger="sangam")
    await _sent(world, making(world))
    [line] = [one.getMessage() for one in caplog.records if one.name.startswith("sangam")]
    assert why in line


async def test_a_token_is_good_once(world: World) -> None:
    token = world.rj.token()
    assert (await world.rj.ask(token=token)).code in (None, "DEADLINE")
    assert _whole(await _sent(world, f"Bearer {token}")) == _whole(await _sent(world, None))


async def test_a_token_that_another_member_saw_is_neither_good_for_it_nor_used_up_by_it(world: World) -> None:
    token = world.rj.token()
    assert (await world.hr.ask(token=token)).status == 401
    assert (await world.rj.ask(token=token)).code in (None, "DEADLINE")


@pytest.mark.parametrize(("off", "good"), [(-149, True), (-151, False), (29, True), (31, False)])
async def test_a_token_lives_two_minutes_and_clocks_may_differ_by_half_a_one(
    world: World, off: int, good: bool
) -> None:
    answer = await world.rj.ask(token=_minted_at(world, off))
    # Between its end and the leeway it proves who asks, and policy refuses what has ended.
    assert (answer.status != 401) is good


async def test_a_key_that_was_retired_before_signs_nothing(world: World) -> None:
    membership = world.owner.membership
    members = tuple(
        one.model_copy(
            update={
                "keys": tuple(
                    key.model_copy(update={"retired_at": MORNING - timedelta(seconds=1), "not_before": MORNING - _DAY})
                    for key in one.keys
                )
            }
        )
        if one.code == "IN-RJ"
        else one
        for one in membership.members
    )
    world.owner.federation.peers = Peers.of(membership.model_copy(update={"members": members}), "IN-PB")
    assert _whole(await _sent(world, f"Bearer {world.rj.token()}")) == _whole(await _sent(world, None))


_DAY = timedelta(days=1)


async def test_a_question_that_arrives_slowly_is_answered(world: World) -> None:
    answer = await world.rj.ask(token=world.rj.token(), pause=0.3)
    assert answer.status != 401


# --- What is answered -------------------------------------------------------------------------------------------

NOT_ANSWERED = {
    "me": "{ me { id } }",
    "enquiries": "{ enquiries { id } }",
    "federated": '{ federated { find(text: "x") { complete } } }',
    "_entities": '{ _entities(representations: [{__typename: "Person", id: "x"}]) { __typename } }',
    "_service": "{ _service { sdl } }",
    "explainAccess": '{ explainAccess(id: "x") { id } }',
    "history": '{ history(id: "x") { more } }',
    "vehicle": '{ vehicle(id: "x") { id } }',
    "person": '{ person(id: "x") { id } }',
    "beside what is answered": '{ find(text: "x") { totalCount } me { id } }',
    "through a fragment": 'query Q { ...F } fragment F on Query { record(id: "x") { id } me { id } }',
    "under another's name": "{ find: me { id } }",
    "the type's name": "{ __typename }",
    "introspection": "{ __schema { queryType { name } } }",
    "introspection of a type": '{ __type(name: "Person") { name } }',
    "a mutation": 'mutation { closeEnquiry(id: "x") { problems { message } } }',
    "a subscription": "subscription { x }",
}


async def _without_graph(world: World, asking: Callable[[], Any]) -> Answer:
    """Ask, and hold that nothing was asked of the graph."""
    touched = 0
    before = world.owner.desk.graph

    def counting() -> Any:
        nonlocal touched
        touched += 1
        return before()

    object.__setattr__(world.owner.desk, "graph", counting)
    try:
        answer: Answer = await asking()
    finally:
        object.__setattr__(world.owner.desk, "graph", before)
    assert touched == 0
    return answer


@pytest.mark.parametrize("case", NOT_ANSWERED)
async def test_what_is_not_for_peers_is_refused_before_the_graph_is_touched(world: World, case: str) -> None:
    answer = await _without_graph(world, lambda: world.rj.ask(NOT_ANSWERED[case]))
    assert (answer.status, answer.code) == (400, "BAD_INPUT")
    assert "data" not in answer.said
    entry = await world.newest()
    assert (entry.code, entry.ids) == ("BAD_INPUT", ())


PATHS = [
    ("GET", QUESTIONS),
    ("HEAD", QUESTIONS),
    ("PUT", QUESTIONS),
    ("OPTIONS", QUESTIONS),
    ("POST", QUESTIONS + "/"),
    ("POST", QUESTIONS.upper()),
    ("POST", "//federation/v1/graphql"),
    ("POST", "/graphql"),
    ("GET", "/graphiql"),
    ("POST", "/sign-in"),
    ("GET", "/exports/x"),
    ("POST", "/files"),
    ("GET", "/health/ready"),
    ("POST", READY),
    ("GET", "/"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_there_is_nothing_on_any_other_path(world: World, method: str, path: str) -> None:
    answer = await _without_graph(
        world, lambda: world.rj.send(method=method, path=path, authorization=f"Bearer {world.rj.token()}")
    )
    assert answer.status == 404
    assert method == "HEAD" or answer.code == "NOT_FOUND"


async def test_readiness_says_no_more_than_whether(world: World) -> None:
    answer = await world.rj.send(method="GET", path=READY)
    assert (answer.status, answer.said) == (200, {"ready": True})
    world.owner.missing.append("the graph, and why")
    try:
        answer = await world.rj.send(method="GET", path=READY)
    finally:
        world.owner.missing.clear()
    assert (answer.status, answer.said) == (503, {"ready": False})


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"query": 7}', b"\xff", b"[" * 5_000, b'[{"query": "{ me { id } }"}]', b"x" * 70_000],
)
async def test_a_body_that_is_no_question_is_refused_before_the_graph_is_touched(world: World, body: bytes) -> None:
    given = {"authorization": f"Bearer {world.rj.token()}", "content_type": "application/json"}
    answer = await _without_graph(world, lambda: world.rj.send(body=body, **given))
    assert answer.status in (400, 413)
    assert answer.code in ("BAD_INPUT", "LIMIT")


@pytest.fixture
async def live(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asker]:
    """The same owner as a live node whose release trusts one question to many."""
    trusted = TrustedDocuments({digest_of(FEDERATED): FEDERATED, digest_of(_MINE): _MINE})
    monkeypatch.setattr(TrustedDocuments, "packaged", classmethod(lambda _: trusted))
    certificates = [pem for member in world.owner.membership.members for pem in member.certificates]

    async def nothing() -> list[str]:
        return []

    with as_live(world.owner.desk):
        face = PeersFace(world.owner.desk, world.owner.federation, finish, nothing)
        async with served(face, HOST, 0, serving_context(world.owner.own, certificates)) as address:
            yield Asker(world.rj.seat, world.owner, int(address.rpartition(":")[2]), world.owner.watch)


_MINE = "query Mine { me { id } }"


def _derived(text: str) -> Iterable[derived.Derived]:
    taken = measure(parse(text, no_location=True), introspection=False)
    return derived.every(SCHEMA._schema, taken.operation, taken.fragments)


def _by_digest(digest: str, **more: Any) -> bytes:
    named = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    return json.dumps({"extensions": named, "variables": {"text": NAME}, **more}).encode()


async def test_a_live_node_answers_derived_documents_by_their_digest_alone(world: World, live: Asker) -> None:
    seen = await world.person()
    [document] = _derived(FEDERATED)

    async def ask(body: bytes) -> Answer:
        given = {"authorization": f"Bearer {live.token()}", "content_type": "application/json"}
        return await live.send(body=body, accept="application/graphql-response+json", **given)

    for _ in range(PLANNINGS):
        answer = await ask(_by_digest(document.digest))
        if answer.code != "DEADLINE":
            break
    assert ids(answer) == {seen}
    others = {
        "its text": json.dumps({"query": document.text, "variables": {"text": NAME}}).encode(),
        "its text beside its digest": _by_digest(document.digest, query=document.text),
        "the officer's own": _by_digest(digest_of(FEDERATED)),
        "one that is not for peers": _by_digest(digest_of(_MINE)),
        "one that nobody knows": _by_digest("0" * 64),
        "its digest in capitals": _by_digest(document.digest.upper()),
    }
    for case, body in others.items():
        answer = await _without_graph(world, lambda body=body: ask(body))
        assert (answer.status, answer.code) == (400, "BAD_INPUT"), case


def test_of_the_documents_of_a_release_only_those_that_ask_many_are_for_peers() -> None:
    mine = TrustedDocuments({digest_of(_MINE): _MINE, digest_of(FEDERATED): FEDERATED})
    assert list(for_peers(mine)) == [one.text for one in _derived(FEDERATED)]
    for text in for_peers(TrustedDocuments.packaged()):
        assert text.startswith("query Peer")


async def test_a_token_that_was_used_up_before_a_restart_is_used_up_after_it(world: World) -> None:
    token, refused, fresh = world.rj.token(), world.rj.token(enquiry_expires_at=MORNING), world.rj.token()
    await world.rj.ask(token=token)
    assert (await world.rj.ask(token=refused)).code == "REFUSED"
    async with _begun_anew(world) as anew:
        for used in (token, refused):
            assert (await anew.ask(token=used)).status == 401
        assert (await anew.ask(token=fresh)).status != 401


@pytest.mark.parametrize("ahead", [-29, 0, 29])
async def test_a_token_is_known_for_as_long_as_it_could_pass(world: World, ahead: int) -> None:
    """Whatever the other state's clock says within the leeway, and if nothing was written to the ledger meanwhile."""
    begun = world.owner.watch.move(minutes=1)
    token = world.rj.token(clock=lambda: begun + timedelta(seconds=ahead))
    await world.rj.ask(token=token)
    for seconds in (0, 60, 118 + ahead, 149 + ahead):
        world.owner.watch.now = begun + timedelta(seconds=seconds)
        tokens = tokens_of(world.owner.desk.register, world.owner.ring)
        await recall(world.owner.desk.register, tokens)
        with pytest.raises(TokenRefused) as refused:
            tokens.verify_peer(token, ring_of=world.rj.ring_of, certificate_thumbprint=world.rj.mark)
        assert refused.value.reason == "used before", seconds


async def test_as_many_entries_as_there_are_are_read_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = world.rj.token()
    await world.rj.ask(token=token)
    for _ in range(3):
        await world.rj.ask(token=world.rj.token(enquiry_expires_at=MORNING))
    monkeypatch.setattr(recalling, "LONGEST_PAGE", 2)
    async with _begun_anew(world) as anew:
        assert (await anew.ask(token=token)).status == 401


@asynccontextmanager
async def _begun_anew(world: World) -> AsyncIterator[Asker]:
    """Serve the owner as a process that has just begun would, on its register and keys, and give who asks it."""
    owner = world.owner
    tokens = tokens_of(owner.desk.register, KeyRing.open(owner.own.key.parent / "keys", at=owner.watch()))
    await recall(owner.desk.register, tokens)
    federation = Federation(owner.federation.peers, owner.federation.fanout, tokens, owner.federation.thumbprint)

    async def ready() -> list[str]:
        return []

    face = PeersFace(owner.desk, federation, finish, ready)
    certificates = [pem for member in owner.membership.members for pem in member.certificates]
    async with served(face, HOST, 0, serving_context(owner.own, certificates)) as address:
        yield Asker(world.rj.seat, owner, int(address.rpartition(":")[2]), owner.watch, world.rj.enquiry)


# --- The ledger -------------------------------------------------------------------------------------------------


async def test_an_answer_stands_on_the_owners_ledger_under_the_askers_names(world: World) -> None:
    seen = await world.person()
    correlation = str(uuid4())
    for n in range(PLANNINGS):
        answer = await world.rj.ask(token=world.rj.token(jti=f"{correlation}.{n}"))
        if answer.code != "DEADLINE":
            break
    assert ids(answer) == {seen}
    entry = await world.newest()
    assert (entry.kind, entry.officer, entry.ids) == (EntryKind.LOOK, "IN-RJ:adg.crime", (seen,))
    assert (entry.enquiry, entry.purpose) == (world.rj.enquiry, "INVESTIGATION")
    assert entry.variables["correlation"] == correlation
    assert NAME not in str(entry.variables)


@pytest.mark.parametrize(
    ("agreed", "given", "code"),
    [
        ({"purposes": ()}, {}, "PURPOSE_NOT_AGREED"),
        ({"purposes": (Purpose.COURT,)}, {}, "PURPOSE_NOT_AGREED"),
        ({"step_up": (Purpose.INVESTIGATION,)}, {"signed_in_at": MORNING - timedelta(minutes=16)}, "STEP_UP_REQUIRED"),
        ({}, {"rank": Rank.AUDITOR}, "POST_READS_NO_RECORDS"),
        ({}, {"rank": Rank.NODE_ADMIN}, "POST_READS_NO_RECORDS"),
        ({}, {"enquiry_expires_at": MORNING}, "ENQUIRY_ENDED"),
    ],
)
async def test_a_denied_question_is_a_refusal_on_the_owners_ledger(
    world: World, agreed: dict[str, Any], given: dict[str, Any], code: str
) -> None:
    await world.person()
    await world.owner.agree("IN-RJ", **agreed)
    correlation = str(uuid4())
    token = world.rj.token(jti=f"{correlation}.1", **given)
    answer = await _without_graph(world, lambda: world.rj.ask(token=token))
    assert (answer.status, answer.code) == (403, "REFUSED")
    assert answer.said["errors"][0]["extensions"].get("stepUp", False) is (code == "STEP_UP_REQUIRED")
    entry = await world.newest()
    assert (entry.kind, entry.code, entry.ids) == (EntryKind.REFUSAL, code, ())
    assert entry.variables["correlation"] == correlation


# --- What is seen -----------------------------------------------------------------------------------------------


async def test_the_lesser_of_what_is_asserted_and_what_was_agreed_is_seen(world: World) -> None:
    by_level = {level: await world.person(level=level) for level in range(4)}
    for ceiling in (0, 1, 3):
        await world.owner.agree("IN-RJ", ceiling=Level(ceiling))
        for asserted in (0, 2, 3):
            for _ in range(PLANNINGS):
                answer = await world.rj.ask(token=world.rj.token(level=Level(asserted)))
                if answer.code != "DEADLINE":
                    break
            assert ids(answer) == {by_level[n] for n in range(min(ceiling, asserted) + 1)}


async def test_a_compartment_is_seen_by_whom_both_states_name_it_for(world: World) -> None:
    lion = await world.person(compartment="IN-PB:LION")
    for agreed, asserted, seen in (
        (("IN-PB:LION",), ("IN-PB:LION",), {lion}),
        (("IN-PB:LION",), (), set()),
        ((), ("IN-PB:LION",), set()),
        (("IN-PB:LION",), ("IN-PB:TIGER",), set()),
    ):
        await world.owner.agree("IN-RJ", compartments=agreed)
        for _ in range(PLANNINGS):
            answer = await world.rj.ask(token=world.rj.token(compartments=asserted))
            if answer.code != "DEADLINE":
                break
        assert ids(answer) == seen


PROTECTED = ("VICTIM", "WITNESS", "COMPLAINANT")


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_protected_persons_never_reach_a_peer(world: World, purpose: Purpose) -> None:
    hidden = [await world.person(category=category) for category in PROTECTED]
    hidden.append(await world.person(category="CHILD_IN_CONFLICT", audience=[]))
    suspect = await world.person()
    token = [lambda: world.rj.token(purpose=purpose)] * PLANNINGS
    for mint in token:
        answer = await world.rj.ask(token=mint())
        if answer.code != "DEADLINE":
            break
    assert not ids(answer) & set(hidden)
    assert answer.said["data"]["find"]["totalCount"] == len(ids(answer)) <= 1
    assert ids(answer) <= {suspect}
    absent = await world.rj.ask(RECORD, token=world.rj.token(purpose=purpose), id=f"urn:sangam:IN-PB:person:{uuid4()}")
    for id in hidden:
        answer = await world.rj.ask(RECORD, token=world.rj.token(purpose=purpose), id=id)
        assert _whole(answer) == _whole(absent)


HIDDEN: dict[str, dict[str, Any]] = {
    "kept at home": {"audience": []},
    "for another": {"audience": ["IN-HR"]},
    "above the ceiling": {"level": 3},
    "in a compartment": {"compartment": "IN-PB:LION"},
    "a victim": {"category": "VICTIM"},
    "a witness": {"category": "WITNESS"},
    "a child": {"category": "CHILD_IN_CONFLICT", "audience": []},
}


async def test_what_is_hidden_moves_no_byte_of_any_page(world: World) -> None:
    await world.owner.agree("IN-RJ", ceiling=Level(1))
    for _ in range(3):
        await world.person()

    async def pages() -> list[Any]:
        found, after = [], None
        for _ in range(4):
            answer = await world.rj.ask(first=2, afterOfOwner=after)
            assert answer.code is None, answer.said
            found.append(_whole(answer))
            page = answer.said["data"]["find"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["edges"][-1]["cursor"]
        return found

    before = await pages()
    assert len(before) == 2
    hidden = {case: await world.person(**given) for case, given in HIDDEN.items()}
    assert await pages() == before
    absent = _whole(await world.rj.ask(RECORD, id=f"urn:sangam:IN-PB:person:{uuid4()}"))
    for case, id in hidden.items():
        assert _whole(await world.rj.ask(RECORD, id=id)) == absent, case


async def test_a_cursor_of_one_peers_officer_opens_no_page_of_anothers(world: World) -> None:
    for _ in range(3):
        await world.person(audience=["IN-RJ", "IN-HR"])
    answer = await world.rj.ask(first=2)
    cursor = answer.said["data"]["find"]["edges"][-1]["cursor"]
    world.hr.enquiry = f"urn:sangam:IN-HR:enquiry:{uuid4()}"
    assert (await world.hr.ask(first=2, afterOfOwner=cursor)).code == "BAD_INPUT"
    assert (await world.rj.ask(first=2, afterOfOwner=cursor)).code is None
