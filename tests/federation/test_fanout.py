"""What cannot even be tried of one peer is that peer's failure, and nobody else's."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from api.cli import serving
from federation.connections import KEPT_SECONDS, Connections
from federation.fanout import Ask, Fanout
from federation.peers import Peers
from schemas.federated import ReasonCode, SourceState
from schemas.operation import system_clock
from tests.alone import kept
from tests.federation.peers import edited, world

pytestmark = pytest.mark.anyio

# A host that fits the pattern of an address, and is none.
NOWHERE = "https://a..b:443"


@pytest.fixture
async def fanout(tmp_path: Path) -> AsyncIterator[Fanout]:
    connections = Connections(kept(world().issued["IN-RJ"], tmp_path), system_clock)
    yield Fanout(connections, clock=lambda: datetime.now(UTC), schema="-")
    await connections.close()


def _peers() -> Peers:
    return Peers.of(edited(lambda said: said["members"][1].update(address=NOWHERE)), "IN-RJ")


async def test_an_address_that_is_none_fails_alone(fanout: Fanout) -> None:
    peers = list(_peers())
    heard = await fanout.ask([(peer, Ask(b"{}", "token")) for peer in peers])
    assert [one.peer for one in heard] == peers
    assert {one.status for one in heard} == {SourceState.UNREACHABLE}
    assert {one.reason for one in heard} == {ReasonCode.NO_CONNECTION}


async def test_a_probe_of_an_address_that_is_none_is_not_answered(fanout: Fanout) -> None:
    peers = _peers()
    for peer in peers:
        for _ in range(3):
            fanout.breaker(peer.state).failed()
    await fanout.probe(peers)
    assert all(fanout.breaker(peer.state).open for peer in peers)


async def test_an_owner_keeps_a_connection_longer_than_who_asks_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[uvicorn.Config] = []

    class Noted(uvicorn.Config):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            made.append(self)

    async def app(_scope: object, _receive: object, _send: object) -> None:
        """Answer nobody."""

    monkeypatch.setattr(uvicorn, "Config", Noted)
    async with serving.served(app, "127.0.0.1", 0, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)):
        [config] = made
    assert config.timeout_keep_alive > KEPT_SECONDS
