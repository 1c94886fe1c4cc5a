"""The network around some records: layer by layer, kept by (hop, kind, id), with what is not shown counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graph.connections import ENVELOPE_FIELDS, LINK_FIELDS, Kind
from graph.library import Statement, statement
from graph.past import relation
from graph.session import GraphSession
from schemas.ids import parse_urn
from schemas.link import WALKED, LinkKind

_AROUND = statement("network/around")
_FROM = {"records": statement("network/links_from_records"), "values": statement("network/links_from_values")}
_TO = {"records": statement("network/links_to_records"), "values": statement("network/links_to_values")}
_LEFT = statement("network/left")

# What a record is stored as; an identifier is stored as what it identifies by.
_KINDS = {kind.value: kind for kind in Kind if kind is not Kind.VALUE}

MOST_NODES = 500
MOST_LINKS = 5_000
MOST_HOPS = 3

# So many links come with the nodes; of more a statement of their own brings all. While links are sorted, the database
# counts each with all that its statement still knows: thousands would need more memory than a question may have.
FEW_LINKS = 200

# The links that a network looks at are shared evenly among the nodes that it may have, and those at its starts among
# these, so that what may be seen does not by itself take a question its whole time (bench/hubs.py).
LINKS_SHARED = 60_000
LINKS_OF_STARTS = 20_000


@dataclass(frozen=True, slots=True)
class NetworkLink:
    """A link between two nodes of a network, in its recorded direction, with what it says."""

    id: str
    kind: str
    from_id: str
    to_id: str
    gate: Sequence[Any]
    values: dict[str, Any]

    @classmethod
    def of(cls, gate: Sequence[Any], row: Sequence[Any]) -> "NetworkLink":
        """Read a link from its gate and a row: kind, from, to, what it says, its envelope."""
        kind, a, b, *said = row
        return cls(gate[0], relation(kind), a, b, gate, dict(zip((*LINK_FIELDS, *ENVELOPE_FIELDS), said, strict=True)))


@dataclass(frozen=True, slots=True)
class Left:
    """Visible neighbours of a node that are not in the network; of a hub, None: more than are counted."""

    id: str
    not_shown: int | None

    @property
    def hub(self) -> bool:
        """Say whether the node has more visible neighbours than its share, whatever was asked along."""
        return self.not_shown is None


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes as (id, kind) in order of (hop, kind, id); links in order of id; what is left out, in order of id.

    `hops` says how many links each is away from the nearest start. Between two hubs no link is drawn.
    """

    nodes: list[tuple[str, Kind]]
    hops: Mapping[str, int]
    links: list[NetworkLink]
    more: list[Left]
    links_cut: bool


NOTHING = Network([], {}, [], [], links_cut=False)


async def around(
    graph: GraphSession,
    ids: Sequence[str],
    *,
    hops: int,
    along: Sequence[LinkKind],
    valid_at: int | None,
    limit: int,
) -> Network:
    """Give the network within `hops` (0–3) of these nodes; a start that the viewer may not see is not in it.

    A hub has more visible neighbours, along any relation and on any day, than its share of the links that are looked
    at. It is shown and not walked on.
    """
    walked = {"along": list(along), "valid_at": valid_at}
    narrowed = valid_at is not None or not set(along) >= set(WALKED)
    hub, start_hub = LINKS_SHARED // limit + 1, LINKS_OF_STARTS // len(set(ids)) + 1
    [(gates, nodes, by_hop, hubs, narrow, links)] = await graph.weigh(
        _AROUND,
        **parted(ids),
        **walked,
        narrowed=narrowed,
        hops=hops,
        limit=limit,
        most=max(hub, start_hub),
        most_links=FEW_LINKS + 1,
        hub=hub,
        start_hub=start_hub,
    )
    kept = [id for id, _ in nodes]
    others = [id for id in kept if id not in hubs]
    plain = parted(others)
    if narrowed:
        degrees = dict(zip(sorted(others), narrow, strict=True))
    else:
        hops_kept = iter(kept)
        degrees = {
            id: degree
            for of_hop in by_hop
            for id, degree in zip(sorted(islice(hops_kept, len(of_hop))), of_hop, strict=True)
        }
    drawn: list[Any] = [([gate], link) for gate, link in zip(gates[len(gates) - len(links) :], links, strict=True)]
    if len(drawn) > FEW_LINKS:
        drawn = await _links(graph, _FROM, plain, others=kept, **walked)
    if hubs:  # theirs are looked for at the other ends
        drawn += await _links(graph, _TO, plain, others=hubs, **walked)
    drawn.sort(key=lambda row: row[0][0][0])
    links_cut = len(drawn) > MOST_LINKS
    exactly: dict[str, int] = {}
    if links_cut:  # what is drawn of them does not tell how many neighbours are shown
        [[pairs]] = await graph.read(_LEFT, **plain, **walked, others=kept, most=max(hub, start_hub))
        exactly = dict(pairs)
    graph.disclosed.update(kept)
    graph.disclosed.update(gate[0] for [gate], _ in drawn[:MOST_LINKS])
    return Network(
        nodes=[(id, _KINDS.get(kind, Kind.VALUE)) for id, kind in nodes],
        hops=dict(zip(kept, (hop for hop, of_hop in enumerate(by_hop) for _ in of_hop), strict=True)),
        links=[NetworkLink.of(gate, link) for [gate], link in drawn[:MOST_LINKS]],
        more=_left(degrees, hubs, _met([link[1:3] for _, link in drawn]), exactly),
        links_cut=links_cut,
    )


async def _links(
    graph: GraphSession, asked: Mapping[str, Statement], plain: Mapping[str, list[str]], **given: object
) -> list[Any]:
    """Give the links at records and at identifiers, each as [gates, link], the first of each in order of id."""
    drawn = []
    for part, ids in plain.items():
        if ids:
            drawn += await graph.weigh(asked[part], True, ids=ids, most_links=MOST_LINKS + 1, **given)
    return drawn


def parted(ids: Sequence[str]) -> dict[str, list[str]]:
    """Part the ids of records from those of identifiers."""
    return {"records": [id for id in ids if parse_urn(id)], "values": [id for id in ids if not parse_urn(id)]}


def _met(ends: Sequence[Sequence[str]]) -> dict[str, set[str]]:
    """Give the other ends of the drawn links, by node."""
    met: dict[str, set[str]] = {}
    for a, b in ends:
        met.setdefault(a, set()).add(b)
        met.setdefault(b, set()).add(a)
    return met


def _left(
    degrees: Mapping[str, int], hubs: Sequence[str], met: Mapping[str, set[str]], exactly: Mapping[str, int]
) -> list[Left]:
    """Give what is left out at each node, where something is; `exactly` goes before what is drawn."""
    left: dict[str, int | None] = dict.fromkeys(hubs)
    for id in degrees.keys() - left.keys():
        if not_shown := exactly.get(id, max(0, degrees[id] - len(met.get(id, ())))):
            left[id] = not_shown
    return [Left(id, not_shown) for id, not_shown in sorted(left.items())]
