"""Figures: what who runs the node is told of certificates, breakers, peers and the membership, and nobody else."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.cli.serving import served
from api.rest.metrics import Metrics
from auth.certificates import TrainingAuthority, der_of, thumbprint
from federation.breaker import FAILURES
from federation.drafting import with_certificate
from federation.peers import Peers, good_until
from graph.local import LocalGraph
from schemas.federated import ReasonCode, SourceState
from schemas.hearing import Hearing
from tests.federation.peers import SIX, world
from tests.station import MORNING, Station, station

pytestmark = pytest.mark.anyio


async def read(node: Station) -> dict[tuple[str, str], float]:
    """Read the figures over HTTP, by name and state."""
    async with served(Metrics(node.desk), "127.0.0.1", 0) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/metrics")
        for method, path in (("POST", "/metrics"), ("GET", "/"), ("GET", "/metrics/"), ("GET", "/health/live")):
            assert (await client.request(method, path)).status_code == 404
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = text_string_to_metric_families(answer.text)
    return {(one.name, one.labels.get("state", "")): one.value for family in families for one in family.samples}


async def test_certificates_breakers_and_peers_are_told_and_nothing_else(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:
        federation = node.desk.federation
        assert federation is not None
        federation.peers = Peers.of(world().signed.membership, "IN-RJ")
        for _ in range(FAILURES):
            federation.fanout.breaker("IN-PB").failed()
        for state, status, reason in (
            ("IN-HR", SourceState.INCOMPATIBLE, ReasonCode.SCHEMA),
            ("IN-DL", SourceState.LIVE, None),
            ("IN-GJ", SourceState.UNREACHABLE, ReasonCode.NO_CONNECTION),
        ):
            federation.heard(Hearing(state=state, status=status, reason=reason, since=MORNING, at=MORNING))
        told = await read(node)
        ends = good_until(federation.peers.own)
        node.watch.now = ends + timedelta(days=2)
        later = await read(node)
    peers = SIX[1:]
    expected = {("sangam_membership_version", ""): 1.0}
    expected |= {
        ("sangam_certificate_days", state): pytest.approx((ends - MORNING) / timedelta(days=1)) for state in SIX
    }
    expected |= {("sangam_certificate_warning", state): 0.0 for state in SIX}
    expected |= {("sangam_peer_breaker_open", state): float(state == "IN-PB") for state in peers}
    expected |= {("sangam_peer_live", state): float(state == "IN-DL") for state in ("IN-HR", "IN-DL", "IN-GJ")}
    expected |= {("sangam_peer_incompatible", state): float(state == "IN-HR") for state in ("IN-HR", "IN-DL", "IN-GJ")}
    assert told == expected
    assert later[("sangam_certificate_days", "IN-RJ")] == -2.0
    assert later[("sangam_certificate_warning", "IN-RJ")] == 1.0


async def test_readiness_and_figures_warn_of_a_certificate_thirty_days_before_it_ends(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    """The node speaks under a certificate that ends first; the next one, which the membership names too, ends later."""
    async with station(local_graph, tmp_path) as node:
        federation = node.desk.federation
        assert federation is not None
        first = world().signed.membership
        own = first.members[0]
        issued = TrainingAuthority.generate(MORNING).issue("IN-RJ", ["127.0.0.1"], at=MORNING, days=730)
        both = with_certificate(own, issued.certificate_pem)
        federation.peers = Peers.of(first.model_copy(update={"members": (both, *first.members[1:3])}), "IN-RJ")
        federation.thumbprint, ends = thumbprint(der_of(own.certificates[0])), good_until(own)
        for days, warned in ((31, set()), (30, set(SIX[:3])), (-1, set(SIX[:3]))):
            node.watch.now = ends - timedelta(days=days)
            answer = await node.client.get("/health/ready")
            said = answer.json()
            assert (answer.status_code, said["ready"], said["missing"]) == (200, True, [])
            assert {one[:5] for one in said.get("warnings", [])} == warned
            told = await read(node)
            assert {state for state in SIX[:3] if told["sangam_certificate_warning", state]} == warned


async def test_there_are_none_at_the_ports_of_officers(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with station(local_graph, tmp_path) as node:
        assert (await node.client.get("/metrics")).status_code == 404
