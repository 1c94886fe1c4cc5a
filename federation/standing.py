"""Standing among the states: who the peers are now, how they are asked, and what this node says of its officers."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from auth.tokens import Tokens
from federation.fanout import Fanout
from federation.peers import Peers
from schemas.federated import SourceState
from schemas.hearing import Hearing
from schemas.membership import Handover


@dataclass
class Federation:
    """What a node's acts toward its peers stand on; `peers` is replaced when a newer membership is trusted.

    `serving` lets in whoever has a certificate of a member; a certificate that left the membership is let in and known
    as nobody's. `handovers` gives those of this state's own keys, `hearings` what was last heard of each peer.
    """

    peers: Peers
    fanout: Fanout
    tokens: Tokens
    thumbprint: str
    serving: ssl.SSLContext | None = None
    handovers: Callable[[], tuple[Handover, ...]] = tuple
    hearings: dict[str, Hearing] = field(default_factory=dict)
    _late: set[asyncio.Future[Any]] = field(default_factory=set, init=False)

    def leave(self, answering: asyncio.Future[Any]) -> None:
        """Let this node's own part of a question come to its end, though the question was answered without it."""
        self._late.add(answering)
        answering.add_done_callback(self._ended)

    def _ended(self, answering: asyncio.Future[Any]) -> None:
        self._late.discard(answering)
        if not answering.cancelled():
            answering.exception()  # nobody waits for it any more

    async def close(self) -> None:
        """Give up what was left to come to its end: what it stands on is about to be closed."""
        late = list(self._late)
        for answering in late:
            answering.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def heard(self, hearing: Hearing) -> None:
        """Know a peer as it was last heard: its keys, and whether it is asked at all."""
        self.hearings[hearing.state] = hearing
        parked = hearing.reason if hearing.status is SourceState.INCOMPATIBLE else None
        self.fanout.park(hearing.state, parked)
        self.peers = self.peers.having({hearing.state: hearing.handovers})

    def take_up(self, peers: Peers) -> None:
        """Know the peers of a newer membership, and let them in."""
        if self.serving is not None and peers.certificates:
            self.serving.load_verify_locations(cadata="".join(peers.certificates))
        self.peers = peers.having({state: one.handovers for state, one in self.hearings.items()})
