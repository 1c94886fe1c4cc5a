"""Joining the other states: what a node that has trusted a membership and has a certificate stands on toward them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from api.rest.federation import schema_digest
from api.settings import Settings
from auth.certificates import der_of, thumbprint
from auth.keys import KeyRing
from auth.tokens import Tokens
from desk.recalling import recall
from federation.connections import Connections, OwnCertificate, serving_context
from federation.fanout import PROBE_SECONDS, Fanout
from federation.hearing import hear
from federation.peers import Peer, Peers
from federation.standing import Federation
from register.ledger import Entry, EntryKind
from register.store import Register, RegisterUnavailable
from schemas.codes import states
from schemas.federated import SourceState
from schemas.hearing import Hearing
from schemas.membership import Membership

# An hour, within which every peer is to hear of the next key, has room for hundreds of these.
LISTEN_SECONDS = 10.0
# A register is not written every few seconds to say that all is as it was.
_KEPT_FOR = timedelta(minutes=1)

_log = logging.getLogger("sangam.federation")


class NotJoined(Exception):
    """The certificate and the membership do not fit each other."""


@asynccontextmanager
async def joined(
    settings: Settings, register: Register, tokens: Tokens, ring: KeyRing
) -> AsyncIterator[Federation | None]:
    """Give what a node asks its peers by, while the context lasts; None if it has no certificate or no membership.

    Raise NotJoined in one line for a certificate that is not this member's, or has not its key.
    """
    # Also without a certificate, and members that have left: old records still name them.
    states.adopt(await register.peers.known())
    signed = await register.peers.membership()
    own = own_certificate(settings)
    if signed is None or own is None:
        yield None
        return
    peers, mark = _peers(signed.membership, settings.state), _thumbprint(own.certificate)
    if mark not in {thumbprint(der_of(pem)) for pem in peers.own.certificates}:
        raise NotJoined(
            f"{own.certificate} is not a certificate of {settings.state} in the membership that is trusted."
        )
    await recall(register, tokens)
    try:
        serving = serving_context(own, peers.certificates)
    except OSError as fault:
        raise NotJoined(f"{own.key} cannot be used as the key of {own.certificate}.") from fault
    connections = Connections(own, register.clock)
    fanout = Fanout(connections, clock=register.clock, schema=schema_digest())
    federation = Federation(peers, fanout, tokens, mark, serving, lambda: ring.handovers)
    for hearing in (await register.peers.hearings()).values():
        federation.heard(hearing)
    tasks = [
        asyncio.create_task(_keep_up(federation, register)),
        asyncio.create_task(_listen(federation, register, connections, ring)),
    ]
    try:
        yield federation
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await federation.close()
        await connections.close()


def own_certificate(settings: Settings) -> OwnCertificate | None:
    """Give where this node's certificate lies, None if it has none; raise NotJoined for one without the other."""
    if settings.certificate is None and settings.certificate_key is None:
        return None
    if settings.certificate is None or settings.certificate_key is None:
        raise NotJoined("SANGAM_CERTIFICATE and SANGAM_CERTIFICATE_KEY are set both or neither.")
    return OwnCertificate(settings.certificate, settings.certificate_key)


def _peers(membership: Membership, own: str) -> Peers:
    states.adopt(states.Member(one.code, one.name, one.number) for one in membership.members)
    return Peers.of(membership, own)


def _thumbprint(path: Path) -> str:
    try:
        return thumbprint(der_of(path.read_text(encoding="ascii")))
    except (OSError, ValueError) as fault:
        raise NotJoined(f"{path} cannot be read as a certificate: {fault}") from fault


async def _keep_up(federation: Federation, register: Register) -> None:
    """See which peers are back, and take up a newer membership once it is trusted."""
    known = federation.peers.version
    while True:
        await asyncio.sleep(PROBE_SECONDS)
        await federation.fanout.probe(federation.peers)
        try:
            signed = await register.peers.membership()
        except RegisterUnavailable:
            continue
        if signed is not None and signed.membership.version > known:
            known = signed.membership.version
            try:
                federation.take_up(_peers(signed.membership, federation.peers.own.code))
            except (ValueError, OSError) as fault:
                _log.error("the membership of version %s is not taken up: %s", signed.membership.version, fault)
                continue
            _log.warning("the membership of version %s is in force", signed.membership.version)


async def _listen(federation: Federation, register: Register, connections: Connections, ring: KeyRing) -> None:
    """Hear every peer now and then, and forget a key of one's own whose time is over."""
    while True:
        try:
            await heard(federation, register, connections)
            ring.settle(register.clock())
        except (RegisterUnavailable, OSError) as fault:
            _log.warning("what peers say of themselves is not kept: %s", type(fault).__name__)
        await asyncio.sleep(LISTEN_SECONDS)


async def heard(federation: Federation, register: Register, connections: Connections) -> None:
    """Hear every peer once, and keep what has changed. Raises RegisterUnavailable."""

    async def one(peer: Peer) -> None:
        before = federation.hearings.get(peer.state)
        now = await hear(connections, peer, before, clock=register.clock, schema=schema_digest())
        if before is not None and now == before.model_copy(update={"at": now.at}) and now.at - before.at < _KEPT_FOR:
            return
        kept = await register.peers.hear(now, entry=_entry(now))
        if before is None or (before.status, before.reason) != (kept.status, kept.reason):
            level = logging.INFO if kept.status is SourceState.LIVE else logging.WARNING
            _log.log(level, "%s is %s%s", kept.state, kept.status, f": {kept.reason}" if kept.reason else "")
        federation.heard(kept)

    await asyncio.gather(*(one(peer) for peer in federation.peers))


def _entry(hearing: Hearing) -> Entry:
    said = {"state": hearing.state, "keys": [one.kid for one in hearing.handovers]}
    return Entry(EntryKind.PEERS, None, None, None, "peers keys", said, (), "OK")
