"""Connections between states over real TLS: its version, the pinned certificates, and that they are kept."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auth.certificates import Issued, TrainingAuthority, der_of, ends_at, thumbprint
from federation.connections import BadCertificate, Connections, OwnCertificate, serving_context
from federation.peers import Peer, PublishedKeys
from schemas.membership import MemberState
from schemas.operation import Clock, system_clock
from tests.alone import kept
from tests.federation.peers import world
from tests.station import Watch

pytestmark = pytest.mark.anyio

HOST = "127.0.0.1"


class Line:
    """A server that answers each request alike, and counts the connections over which they came."""

    def __init__(self) -> None:
        self.connections, self.requests = 0, 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


class Two:
    """Two members of one authority: one that asks, one that answers, and what each is known by."""

    def __init__(self, folder: Path) -> None:
        at = datetime.now(UTC) - timedelta(minutes=1)
        authority = TrainingAuthority.generate(at)
        self._issued = {name: authority.issue(name, [HOST], at=at, days=9) for name in ("asker", "owner", "other")}
        self._kept = {name: kept(one, folder / name) for name, one in self._issued.items()}

    def issued(self, name: str) -> Issued:
        return self._issued[name]

    def own(self, name: str) -> OwnCertificate:
        return self._kept[name]

    def context(self, own: str, *trusted: str) -> ssl.SSLContext:
        return serving_context(self.own(own), [self.issued(name).certificate_pem for name in trusted])

    def peer(self, name: str, port: int) -> Peer:
        known = world().signed.membership.members[1].model_dump()
        said = {"address": f"https://{HOST}:{port}", "certificates": (self.issued(name).certificate_pem,)}
        return Peer(MemberState.model_validate({**known, **said}), PublishedKeys(()))


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


@asynccontextmanager
async def listening(context: ssl.SSLContext) -> AsyncIterator[tuple[int, Line]]:
    """Answer on a port for as long as the context lasts."""
    line = Line()
    server = await asyncio.start_server(line, HOST, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], line
    finally:
        server.close()


async def ask(connections: Connections, peer: Peer) -> bytes:
    return (await connections.ask(peer, "GET", "/", headers={}, seconds=5)).body


@asynccontextmanager
async def asking(own: OwnCertificate, clock: Clock = system_clock) -> AsyncIterator[Connections]:
    connections = Connections(own, clock)
    try:
        yield connections
    finally:
        await connections.close()


async def test_questions_one_after_another_go_over_one_connection(two: Two) -> None:
    async with listening(two.context("owner", "asker")) as (port, line), asking(two.own("asker")) as connections:
        assert [await ask(connections, two.peer("owner", port)) for _ in range(5)] == [b"hi"] * 5
        assert (line.connections, line.requests) == (1, 5)


async def test_a_certificate_that_ends_while_its_connection_is_kept_is_trusted_no_more(two: Two) -> None:
    ends = ends_at(two.issued("owner").certificate_pem)
    watch = Watch(ends - timedelta(seconds=1))
    async with (
        listening(two.context("owner", "asker")) as (port, line),
        asking(two.own("asker"), watch) as connections,
    ):
        assert await ask(connections, two.peer("owner", port)) == b"hi"
        watch.now = ends
        with pytest.raises(BadCertificate):
            await ask(connections, two.peer("owner", port))
        assert line.requests == 1


@pytest.mark.parametrize(("version", "spoken"), [(ssl.TLSVersion.TLSv1_2, False), (ssl.TLSVersion.TLSv1_3, True)])
async def test_an_owner_is_asked_over_tls_1_3_alone(two: Two, version: ssl.TLSVersion, spoken: bool) -> None:
    context = two.context("owner", "asker")
    context.minimum_version = context.maximum_version = version
    async with listening(context) as (port, line), asking(two.own("asker")) as connections:
        if spoken:
            assert await ask(connections, two.peer("owner", port)) == b"hi"
        else:
            with pytest.raises((BadCertificate, OSError)):
                await ask(connections, two.peer("owner", port))
        assert line.requests == int(spoken)


@pytest.mark.parametrize(("version", "spoken"), [(ssl.TLSVersion.TLSv1_2, False), (ssl.TLSVersion.TLSv1_3, True)])
async def test_a_member_that_asks_is_answered_over_tls_1_3_alone(
    two: Two, version: ssl.TLSVersion, spoken: bool
) -> None:
    """It has the certificate of a member, and speaks the older version as no node of ours does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=two.issued("owner").certificate_pem)
    context.load_cert_chain(two.own("asker").certificate, two.own("asker").key)
    context.minimum_version = context.maximum_version = version
    async with listening(two.context("owner", "asker")) as (port, line):
        said = b""
        try:
            reader, writer = await asyncio.open_connection(HOST, port, ssl=context)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            said = await reader.readexactly(15)
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            pass
        assert (said, line.requests) == ((b"HTTP/1.1 200 OK", 1) if spoken else (b"", 0))


async def test_either_end_is_the_pinned_certificate_and_no_other_of_its_authority(two: Two) -> None:
    assert len({thumbprint(der_of(two.issued(name).certificate_pem)) for name in ("asker", "owner", "other")}) == 3
    async with listening(two.context("other", "asker")) as (port, line), asking(two.own("asker")) as connections:
        with pytest.raises(BadCertificate):
            await ask(connections, two.peer("owner", port))
        assert line.requests == 0
    async with listening(two.context("owner", "asker")) as (port, line), asking(two.own("other")) as connections:
        # The word that refuses a certificate comes late in TLS 1.3, and may be overtaken by the end of the connection.
        with pytest.raises((BadCertificate, OSError)):
            await ask(connections, two.peer("owner", port))
        assert line.requests == 0
