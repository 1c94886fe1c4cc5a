"""An owner whose port is real, whom two members and a stranger ask; and what of it none of them may ever read.

IN-PB answers. IN-RJ and IN-HR may ask it to level 1; IN-DL was a member and is none any more.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from api.app import finish
from api.cli.serving import served
from api.documents import TrustedDocuments, digest_of
from api.rest.federation import PeersFace, for_peers
from auth.certificates import der_of, thumbprint
from auth.tokens import Tokens
from federation.connections import OwnCertificate, serving_context
from federation.peers import Peers
from graph.local import LocalGraph
from schemas.handling import Level, Purpose
from schemas.officer import Rank
from tests.federation.circle import HOST, Node, Seat, circle_with_seats
from tests.fuzz.asking import Asking
from tests.station import MORNING, as_live

NAME = "Harpreet Singh Dhurike"
CANARY = "Qwertcanaryzxc"
STRANGER = "IN-DL"
FIND = """query Peer($text: String!, $first: Int! = 20, $afterOfOwner: String) {
  find(text: $text, first: $first, after: $afterOfOwner) {
    edges { cursor score node { __typename id ... on Person { names { text } category provenance { owner level } } } }
    totalCount pageInfo { hasNextPage } } }"""
RECORD = (
    "query Peer($id: ID!) { record(id: $id) { __typename ... on Node { __typename id } ... on Person { category } } }"
)
MANY = """query Many($text: String!) {
  federated { find(text: $text) { nodes { id ... on Person { category } } sources { state status } complete } } }"""


class NoAnswer(Exception):
    """The connection ended without an answer."""


@dataclass(frozen=True)
class Answer:
    """One answer as it came: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str | None:
        """Give the code of the first error; None for data, and for what is no JSON of ours."""
        with suppress(ValueError, KeyError, IndexError, TypeError, RecursionError):
            return str(json.loads(self.body)["errors"][0]["extensions"]["code"])
        return None

    @property
    def whole(self) -> tuple[object, ...]:
        """Give all of it but its times, and the media type, which is the asker's choice."""
        left = ("date", "sangam-time", "content-type", "connection")
        return self.status, sorted(one for one in self.headers.items() if one[0] not in left), self.body


class Heard(logging.Handler):
    """What the owner's log says, a line at a time."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append((record.levelname, f"{record.name}: {record.getMessage()}"))


@dataclass
class World:
    """The owner with its two ports, the seats of who asks, the record that they may see, and those they may not."""

    owner: Node
    seats: Mapping[str, Seat]
    ports: Mapping[str, int]
    seen: str
    hidden: frozenset[str]
    documents: tuple[str, ...]
    log: Heard
    open: dict[tuple[str, str], tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=dict)

    def mark(self, sender: str) -> str:
        """Give the name of a sender's certificate."""
        return thumbprint(der_of(self.seats[sender].own.certificate.read_text()))

    def token(self, sender: str, jti: UUID) -> str:
        """Mint a good token of a sender."""
        seat = self.seats[sender]
        return Tokens(seat.ring, state=sender, clock=self.owner.watch, revoked=lambda _: False).mint_peer(
            "adg.crime",
            jti=f"{jti}.1",
            audience="IN-PB",
            purpose=Purpose.INVESTIGATION,
            case_ref="FIR 0123/2026",
            rank=Rank.ADG_SPL_CP,
            unit=sender[3:],
            level=Level.SOURCE_BEARING,
            compartments=("IN-PB:LION",),
            enquiry=f"urn:sangam:{sender}:enquiry:{jti}",
            legal_basis="BNSS 173",
            enquiry_expires_at=MORNING + timedelta(days=30),
            certificate_thumbprint=self.mark(sender),
            signed_in_at=MORNING,
        )

    async def send(self, one: Asking, port: str) -> Answer:
        """Send a request on a connection that is kept, or a new one. Raises NoAnswer."""
        kept = self.open.pop((one.sender, port), None)
        if kept is not None:
            with suppress(NoAnswer):
                return await self._sent(kept, one, port)
        context = _client(self.seats[one.sender].own)
        return await self._sent(await asyncio.open_connection(HOST, self.ports[port], ssl=context), one, port)

    async def _sent(self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], one: Asking, port: str) -> Answer:
        reader, writer = streams
        body = one.body or b""
        lines = {"host": HOST, "content-length": str(len(body)), **one.whole}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        try:
            async with asyncio.timeout(30):
                writer.write(f"{one.method} {one.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + body)
                answer = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as fault:
            writer.close()
            raise NoAnswer(type(fault).__name__) from fault
        if answer.headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self.open[(one.sender, port)] = streams
        return answer

    def close(self) -> None:
        """Let go of every connection."""
        for _, writer in self.open.values():
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *pairs = head.strip().split("\r\n")
        status = int(line.split()[1])
        if status >= 200:
            break
    headers = {name.lower(): value for name, _, value in (pair.partition(": ") for pair in pairs)}
    length = headers.get("content-length")
    body = await reader.readexactly(int(length)) if length is not None else await reader.read()
    return Answer(status, headers, body)


def _client(own: OwnCertificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(own.certificate, own.key)
    return context


@contextmanager
def _listening() -> Iterator[Heard]:
    """Hear all that the program and its server log, for as long as the context lasts."""
    heard, loggers = Heard(), [logging.getLogger(name) for name in ("sangam", "uvicorn", "asyncio")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(heard)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
    try:
        yield heard
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(heard)
            logger.setLevel(level)
            logger.propagate = propagate


@asynccontextmanager
async def world(graph: LocalGraph, folder: Path) -> AsyncIterator[World]:
    """Open it while the context lasts: a port that takes any document, and one that takes a release's alone."""
    async with circle_with_seats({"IN-PB": graph}, folder, ["IN-RJ", "IN-HR", STRANGER]) as (nodes, seats):
        owner = nodes["IN-PB"]
        membership = owner.membership
        for state in ("IN-RJ", "IN-HR"):
            await owner.agree(state, ceiling=Level.ORGANISED_CRIME_UNITS)
        recorder = await owner.caller("adg.crime", compartments=("IN-PB:LION",))
        both = ["IN-HR", "IN-RJ"]
        seen = await owner.person(recorder, NAME, audience=both)
        hidden = [
            await owner.person(recorder, f"{NAME} {CANARY}", **{"audience": both, **marked})
            for marked in ({"audience": []}, {"level": 2}, {"level": 3}, {"compartment": "IN-PB:LION"})
        ]
        members = tuple(one for one in membership.members if one.code != STRANGER)
        owner.federation.peers = Peers.of(membership.model_copy(update={"members": members}), "IN-PB")
        trusted = TrustedDocuments({digest_of(MANY): MANY})
        with patch.object(TrustedDocuments, "packaged", lambda: trusted), as_live(owner.desk):
            face = PeersFace(owner.desk, owner.federation, finish, _nothing)
        derived = tuple(for_peers(trusted))
        certificates = [pem for member in membership.members for pem in member.certificates]
        with _listening() as log:
            async with served(face, HOST, 0, serving_context(owner.own, certificates)) as live:
                ports = {"any": owner.port, "live": int(live.rpartition(":")[2])}
                made = World(owner, seats, ports, seen, frozenset(hidden), derived, log)
                yield made
                made.close()


async def _nothing() -> list[str]:
    return []
