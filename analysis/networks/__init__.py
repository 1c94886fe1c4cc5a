"""Networks: what follows from who is joined to whom, on what was already granted."""

from analysis.networks.paths import k_shortest

__all__ = ["k_shortest"]
