"""Figures for who runs the node, in Prometheus' text: about the node and its peers, never about records or officers.

In order:
1. They have a port of their own, closed unless it is set: no path of the ports at which officers and peers ask.
2. Nothing in them depends on what the graph or the ledger holds.
3. There is `GET /metrics` and nothing else.
"""

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.types import Receive, Scope, Send

from api.wire import Reply
from desk.looking import Desk
from federation.peers import ending, good_until
from schemas.federated import SourceState

_DAY = timedelta(days=1)


class Metrics:
    """The ASGI application of the port for figures."""

    def __init__(self, desk: Desk) -> None:
        """Stand on a node."""
        self._registry = CollectorRegistry()
        self._registry.register(_Figures(desk))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if (scope["method"], scope["path"]) != ("GET", "/metrics"):
            await Reply(404, b"").send(send)
            return
        media = CONTENT_TYPE_PLAIN_0_0_4.partition("; charset")[0]
        await Reply(200, generate_latest(self._registry), media).send(send)


class _Figures(Collector):
    """What is told, read anew each time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def describe(self) -> list[GaugeMetricFamily]:
        """Say nothing beforehand: the names are ours alone."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give each figure with the states that it is of."""
        federation, at = self._desk.federation, self._desk.clock()
        if federation is None:
            return
        peers = federation.peers
        yield GaugeMetricFamily(
            "sangam_membership_version", "The membership that this node has trusted.", value=peers.version
        )
        under = federation.thumbprint
        yield _of_states(
            "sangam_certificate_days",
            "Days until a member's last certificate ends, and that under which this node speaks; below 0 once it has.",
            {member.code: (good_until(member, under) - at) / _DAY for member in peers.members},
        )
        yield _of_states(
            "sangam_certificate_warning",
            "1 from thirty days before that certificate ends.",
            {member.code: ending(member, at, under) is not None for member in peers.members},
        )
        yield _of_states(
            "sangam_peer_breaker_open",
            "1 while a peer is not asked because it failed several times in turn.",
            {peer.state: federation.fanout.breaker(peer.state).open for peer in peers},
        )
        heard = {state: one.status for state, one in federation.hearings.items() if state in peers.by_state}
        yield _of_states(
            "sangam_peer_live",
            "1 if a peer answered as a node of this release when it was last heard.",
            {state: status is SourceState.LIVE for state, status in heard.items()},
        )
        yield _of_states(
            "sangam_peer_incompatible",
            "1 while a peer is parked, for another schema or another clock.",
            {state: status is SourceState.INCOMPATIBLE for state, status in heard.items()},
        )


def _of_states(name: str, meaning: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=["state"])
    for state, value in values.items():
        family.add_metric([state], float(value))
    return family
