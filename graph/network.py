"""The network around some records: layer by layer, kept by (hop, kind, id), with what is not shown counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connections import ENVELOPE_FIELDS, LINK_FIELDS, Kind
from graph.library import statement
from graph.session import GraphSession
from schemas.ids import parse_urn
from schemas.link import LinkKind

_AROUND = statement("network/around")

# What a record is stored as; an identifier is stored as what it identifies by.
_KINDS = {kind.value: kind for kind in Kind if kind is not Kind.VALUE}

MOST_NODES = 500
MOST_LINKS = 5_000
MOST_HOPS = 3


@dataclass(frozen=True, slots=True)
class NetworkLink:
    """A link between two nodes of a network, in its recorded direction, with what it says."""

    id: str
    kind: str
    from_id: str
    to_id: str
    gate: Sequence[Any]
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes as (id, kind) in order of (hop, kind, id); links in order of id; visible neighbours left out by node."""

    nodes: list[tuple[str, Kind]]
    links: list[NetworkLink]
    more: list[tuple[str, int]]
    links_cut: bool


async def around(
    graph: GraphSession,
    ids: Sequence[str],
    *,
    hops: int,
    along: Sequence[LinkKind],
    valid_at: int | None,
    limit: int,
) -> Network:
    """Give the network within `hops` (0–3) of these nodes; a start that the viewer may not see is not in it."""
    [(gates, nodes, links, more)] = await graph.weigh(
        _AROUND,
        records=[id for id in ids if parse_urn(id)],
        values=[id for id in ids if not parse_urn(id)],
        hops=hops,
        along=list(along),
        valid_at=valid_at,
        limit=limit,
        most_links=MOST_LINKS + 1,
    )
    of_links = gates[len(gates) - len(links) :]
    graph.disclosed.update(id for id, _ in nodes)
    graph.disclosed.update(gate[0] for gate in of_links[:MOST_LINKS])
    names = (*LINK_FIELDS, *ENVELOPE_FIELDS)
    return Network(
        nodes=[(id, _KINDS.get(kind, Kind.VALUE)) for id, kind in nodes],
        links=[
            NetworkLink(gate[0], kind, a, b, gate, dict(zip(names, said, strict=True)))
            for gate, (kind, a, b, *said) in zip(of_links[:MOST_LINKS], links[:MOST_LINKS], strict=True)
        ],
        more=[(id, left) for id, left in more],
        links_cut=len(links) > MOST_LINKS,
    )
