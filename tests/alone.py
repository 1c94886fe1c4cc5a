"""A circle of one: a node that could ask peers and has none, so that what it answers of its own is all."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from api.rest.federation import schema_digest
from auth.certificates import Issued, der_of, thumbprint
from auth.keys import KeyRing
from auth.tokens import Tokens
from federation.connections import Connections, OwnCertificate
from federation.fanout import Fanout
from federation.peers import Peers
from federation.standing import Federation
from federation.training import training_membership

NOBODY = "https://127.0.0.1:1"


@asynccontextmanager
async def alone(
    state: str, ring: KeyRing, tokens: Tokens, clock: Callable[[], datetime], folder: Path
) -> AsyncIterator[Federation]:
    """Give what such a node stands on, for as long as the context lasts."""
    training = training_membership({state: (NOBODY, ring.public())}, clock())
    own = kept(training.issued[state], folder)
    connections = Connections(own, clock)
    try:
        mark = thumbprint(der_of(training.issued[state].certificate_pem))
        fanout = Fanout(connections, clock=clock, schema=schema_digest())
        federation = Federation(Peers.of(training.signed.membership, state), fanout, tokens, mark)
        yield federation
        await federation.close()
    finally:
        await connections.close()


def kept(issued: Issued, folder: Path) -> OwnCertificate:
    """Write a certificate and its key into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    own = OwnCertificate(folder / "tls.pem", folder / "tls-key.pem")
    own.certificate.write_text(issued.certificate_pem)
    own.key.write_text(issued.private_key_pem)
    return own
