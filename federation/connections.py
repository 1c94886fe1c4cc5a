"""Connections between states: TLS 1.3, both ends known by a certificate that is pinned to a member, kept alive.

In order:
1. A certificate that stands in the membership is its own anchor; no authority's word is taken for one that does not.
2. The name in a certificate is not looked at: which member it is of, the membership says.
3. A connection to a peer trusts the certificates of that peer alone; one from a peer, those of all members.
4. No redirect is followed, no proxy of the environment is used, no cookie is kept, nothing is decompressed.
5. An answer longer than the bound is not read to its end.
6. A certificate that has ended is trusted no more, also over a connection that was made before.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from auth.certificates import ends_at
from federation.peers import Peer

LONGEST_ANSWER = 2 * 1024 * 1024
# More would make one officer's questions wait on a peer's accepting; fewer, wait on one another.
_CONNECTIONS_A_PEER = 20
_CHUNK = 65_536
# How long a connection is kept that nothing is asked over.
KEPT_SECONDS = 60


@dataclass(frozen=True)
class OwnCertificate:
    """Where this node's certificate and its private key lie, in PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Response:
    """What a peer sent back: status, headers by lower-case name, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TooLong(Exception):
    """An answer is longer than any that a node of ours gives."""


class BadCertificate(Exception):
    """The other end is not the peer, or does not take us for who we are."""


def serving_context(own: OwnCertificate, certificates: Iterable[str]) -> ssl.SSLContext:
    """Give the context of the port that peers ask at; `certificates` are all those of members, in PEM."""
    return _context(ssl.PROTOCOL_TLS_SERVER, own, certificates)


def _context(protocol: int, own: OwnCertificate, trusted: Iterable[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # A state that is alone yet lets nobody in.
    if pems := "".join(trusted):
        context.load_verify_locations(cadata=pems)
    context.load_cert_chain(own.certificate, own.key)
    return context


class Connections:
    """Kept-alive connections from this node to its peers, for one event loop."""

    def __init__(self, own: OwnCertificate, clock: Callable[[], datetime]) -> None:
        """Ask under this certificate; whether another's has ended since it was shaken hands with, the clock says."""
        self._own = own
        self._clock = clock
        self._contexts: dict[tuple[str, ...], ssl.SSLContext] = {}
        connector = aiohttp.TCPConnector(limit=0, limit_per_host=_CONNECTIONS_A_PEER, keepalive_timeout=KEPT_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(),
            skip_auto_headers=("accept-encoding", "user-agent"),
        )

    async def close(self) -> None:
        """Let go of every connection."""
        await self._session.close()

    async def ask(
        self,
        peer: Peer,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Response:
        """Send one request and read its answer; raise TimeoutError, BadCertificate, TooLong, or OSError."""
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.request(
                    method,
                    f"{peer.member.address}{path}",
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    ssl=self._context_for(peer),
                ) as answer,
            ):
                said = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status, said, await _read(answer))
        except (aiohttp.ClientSSLError, ssl.SSLError) as fault:
            raise BadCertificate from fault
        except aiohttp.ClientError as fault:
            # With TLS 1.3 a server that refuses our certificate says so only once we read.
            if isinstance(fault.__cause__, ssl.SSLError):
                raise BadCertificate from fault
            raise ConnectionError("The peer does not answer.") from fault
        except ValueError as fault:
            # An address may fit its pattern and still name no host.
            raise ConnectionError("The peer has no address.") from fault

    def _context_for(self, peer: Peer) -> ssl.SSLContext:
        at = self._clock()
        pinned = tuple(pem for pem in peer.member.certificates if ends_at(pem) > at)
        if pinned not in self._contexts:
            self._contexts[pinned] = _context(ssl.PROTOCOL_TLS_CLIENT, self._own, pinned)
        return self._contexts[pinned]


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > LONGEST_ANSWER:
            raise TooLong
    return bytes(body)
