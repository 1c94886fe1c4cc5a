"""Standing among the states: who the peers are now, how they are asked, and what this node says of its officers."""

from dataclasses import dataclass

from auth.tokens import Tokens
from federation.fanout import Fanout
from federation.peers import Peers


@dataclass
class Federation:
    """What a node's acts toward its peers stand on; `peers` is replaced when a newer membership is trusted."""

    peers: Peers
    fanout: Fanout
    tokens: Tokens
    thumbprint: str
