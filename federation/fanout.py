"""One question to many peers at once: who answered, what, and why somebody did not.

In order:
1. A peer whose breaker is open is not asked; a probe off the request path finds out when it is back.
2. One that was heard to speak another schema, or by another clock, is parked: it is asked nothing.
3. Each peer has so many seconds of its own, whatever the others take.
4. An answer is read only from a peer of our schema, whose clock goes as ours does.
5. No peer's failure touches what another said.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from auth.tokens import LEEWAY
from federation.breaker import Breaker
from federation.connections import BadCertificate, Connections, Response, TooLong
from federation.peers import Peer, Peers
from schemas.errors import ErrorCode
from schemas.federated import ReasonCode, SourceState

_log = logging.getLogger("sangam.federation")

PEER_SECONDS = 1.5
PROBE_SECONDS = 2.0
_LATENCY_STEP_MS = 100

QUESTIONS, READY = "/federation/v1/graphql", "/federation/v1/ready"
SCHEMA_HEADER, TIME_HEADER = "sangam-schema", "sangam-time"


@dataclass(frozen=True)
class Ask:
    """What one peer is asked: the body of a GraphQL request, and the token of the officer for whom it is."""

    body: bytes
    token: str


@dataclass(frozen=True)
class Heard:
    """How one peer took part, and the data of its answer where it is LIVE.

    `latency_ms` comes in steps of 100, so that it tells nothing of how much was looked at.
    """

    peer: Peer
    status: SourceState
    latency_ms: int = 0
    data: Mapping[str, Any] | None = None
    reason: ReasonCode | None = None
    as_of: datetime | None = None


class NotUnderstood(Exception):
    """An answer is not one that a node of ours gives."""


class Fanout:
    """Ask peers, and know which of them answer."""

    def __init__(self, connections: Connections, *, clock: Callable[[], datetime], schema: str) -> None:
        """Ask over these connections; `schema` is the digest of the schema that answers are read by."""
        self._connections = connections
        self._clock = clock
        self._schema = schema
        self._breakers: dict[str, Breaker] = {}
        self._parked: dict[str, ReasonCode] = {}

    def breaker(self, state: str) -> Breaker:
        """Give the breaker of one peer."""
        return self._breakers.setdefault(state, Breaker())

    def park(self, state: str, reason: ReasonCode | None) -> None:
        """Ask a peer nothing as long as it is known to be INCOMPATIBLE for this reason; None ends it."""
        if reason is None:
            self._parked.pop(state, None)
        else:
            self._parked[state] = reason

    async def ask(self, asks: Sequence[tuple[Peer, Ask]]) -> list[Heard]:
        """Ask all of them at once and give what came of each, in their order, within `PEER_SECONDS`."""
        return list(await asyncio.gather(*(self._one(peer, ask) for peer, ask in asks)))

    async def probe(self, peers: Peers) -> None:
        """Ask every peer that is left alone whether it is ready, and close the breaker of each that is."""
        away = [peer for peer in peers if self.breaker(peer.state).open]
        await asyncio.gather(*(self._probe(peer) for peer in away))

    async def _probe(self, peer: Peer) -> None:
        try:
            answer = await self._connections.ask(peer, "GET", READY, headers={}, seconds=PEER_SECONDS)
        except (TimeoutError, BadCertificate, TooLong, OSError):
            return
        if answer.status == 200:
            self.breaker(peer.state).answered()

    async def _one(self, peer: Peer, ask: Ask) -> Heard:
        if (parked := self._parked.get(peer.state)) is not None:
            return Heard(peer, SourceState.INCOMPATIBLE, reason=parked)
        breaker = self.breaker(peer.state)
        if breaker.open:
            return Heard(peer, SourceState.BREAKER_OPEN, reason=ReasonCode.FAILED_BEFORE)
        began = time.monotonic()
        heard = await self._heard(peer, ask)
        # What one officer asked too much of says nothing of how the peer fares.
        if heard.status in _AWAY and heard.reason is not ReasonCode.TOO_MUCH_ASKED:
            breaker.failed()
            _log.warning("%s does not answer: %s", peer.state, heard.reason)
        else:
            breaker.answered()
        return Heard(peer, heard.status, _latency(began), heard.data, heard.reason, heard.as_of)

    async def _heard(self, peer: Peer, ask: Ask) -> Heard:
        headers = {
            "authorization": f"Bearer {ask.token}",
            "content-type": "application/json",
            "accept": "application/graphql-response+json",
        }
        try:
            answer = await self._connections.ask(
                peer, "POST", QUESTIONS, body=ask.body, headers=headers, seconds=PEER_SECONDS
            )
        except TimeoutError:
            return Heard(peer, SourceState.TIMEOUT, reason=ReasonCode.NO_ANSWER_IN_TIME)
        except BadCertificate:
            return Heard(peer, SourceState.UNREACHABLE, reason=ReasonCode.CERTIFICATE)
        except OSError:
            return Heard(peer, SourceState.UNREACHABLE, reason=ReasonCode.NO_CONNECTION)
        except TooLong:
            return Heard(peer, SourceState.INCOMPATIBLE, reason=ReasonCode.ANSWER_NOT_UNDERSTOOD)
        try:
            return self._read(peer, answer)
        except NotUnderstood:
            return Heard(peer, SourceState.INCOMPATIBLE, reason=ReasonCode.ANSWER_NOT_UNDERSTOOD)

    def _read(self, peer: Peer, answer: Response) -> Heard:
        """Read an answer; raise NotUnderstood for what no node of ours says."""
        if answer.headers.get(SCHEMA_HEADER) != self._schema:
            known = SCHEMA_HEADER in answer.headers
            reason = ReasonCode.SCHEMA if known else ReasonCode.ANSWER_NOT_UNDERSTOOD
            return Heard(peer, SourceState.INCOMPATIBLE, reason=reason)
        as_of = _moment(answer.headers.get(TIME_HEADER))
        if abs(self._clock() - as_of) > LEEWAY:
            return Heard(peer, SourceState.INCOMPATIBLE, reason=ReasonCode.CLOCK, as_of=as_of)
        said = _json(answer.body)
        code = _code(said)
        if code is None and answer.status == 200 and isinstance(said.get("data"), dict):
            return Heard(peer, SourceState.LIVE, data=said["data"], as_of=as_of)
        if code == ErrorCode.NOT_FOUND and _says_nothing(said.get("data")):
            return Heard(peer, SourceState.LIVE, data=said["data"], as_of=as_of)
        status, reason = _INSTEAD.get(code or "", (SourceState.INCOMPATIBLE, ReasonCode.ANSWER_NOT_UNDERSTOOD))
        if code == ErrorCode.REFUSED and _steps_up(said):
            status, reason = SourceState.STEP_UP_REQUIRED, ReasonCode.SIGN_IN_ANEW
        return Heard(peer, status, reason=reason, as_of=as_of)


_AWAY = frozenset({SourceState.TIMEOUT, SourceState.UNREACHABLE})
_INSTEAD = {
    ErrorCode.REFUSED.value: (SourceState.DENIED, ReasonCode.REFUSED_BY_OWNER),
    ErrorCode.ENQUIRY_REQUIRED.value: (SourceState.DENIED, ReasonCode.REFUSED_BY_OWNER),
    ErrorCode.UNAUTHENTICATED.value: (SourceState.DENIED, ReasonCode.NOT_RECOGNISED),
    ErrorCode.DEADLINE.value: (SourceState.TIMEOUT, ReasonCode.NO_ANSWER_IN_TIME),
    ErrorCode.UNAVAILABLE.value: (SourceState.UNREACHABLE, ReasonCode.NODE_NOT_READY),
    ErrorCode.INTERNAL.value: (SourceState.UNREACHABLE, ReasonCode.NODE_NOT_READY),
    ErrorCode.LIMIT.value: (SourceState.UNREACHABLE, ReasonCode.TOO_MUCH_ASKED),
}


def _latency(began: float) -> int:
    """Give the milliseconds since then, rounded up to a step."""
    return -(-int((time.monotonic() - began) * 1000) // _LATENCY_STEP_MS) * _LATENCY_STEP_MS


def _moment(text: str | None) -> datetime:
    try:
        return datetime.fromtimestamp(int(text or ""), UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise NotUnderstood from fault


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except ValueError as fault:
        raise NotUnderstood from fault
    if not isinstance(said, dict):
        raise NotUnderstood
    return said


def _code(said: Mapping[str, Any]) -> str | None:
    """Give the code of the first error, None if there is no error."""
    if "errors" not in said:
        return None
    match said["errors"]:
        case [{"extensions": {"code": str(code)}}, *_]:
            return code
    raise NotUnderstood


def _says_nothing(data: Any) -> bool:
    """Say whether whatever was asked is null, as it is where something is not there."""
    return isinstance(data, dict) and not any(value is not None for value in data.values())


def _steps_up(said: Mapping[str, Any]) -> bool:
    match said["errors"]:
        case [{"extensions": {"stepUp": True}}, *_]:
            return True
    return False
