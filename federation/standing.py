"""Standing among the states: who the peers are now, how they are asked, and what this node says of its officers."""

import ssl
from dataclasses import dataclass

from auth.tokens import Tokens
from federation.fanout import Fanout
from federation.peers import Peers


@dataclass
class Federation:
    """What a node's acts toward its peers stand on; `peers` is replaced when a newer membership is trusted.

    `serving` lets in whoever has a certificate of a member; a certificate that left the membership is let in and known
    as nobody's.
    """

    peers: Peers
    fanout: Fanout
    tokens: Tokens
    thumbprint: str
    serving: ssl.SSLContext | None = None

    def take_up(self, peers: Peers) -> None:
        """Know the peers of a newer membership, and let them in."""
        if self.serving is not None:
            self.serving.load_verify_locations(cadata="".join(peers.certificates))
        self.peers = peers
