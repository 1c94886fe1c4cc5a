"""The network around some nodes, and the paths between two."""

from typing import Annotated

import strawberry

from api.gql import nodes
from api.gql.arguments import Along, Hops, Identifiers, KnownAt, LinksOn, MostPaths, OneEnd, OtherEnd, Records, Starts
from api.gql.clusters import Cluster
from api.gql.links import Link
from api.gql.nodes import NodeFace
from api.gql.scalars import Day, Instant, day, instant
from api.gql.selection import Asked
from api.gql.selection import day as read_day
from api.gql.selection import moment as read_moment
from desk import asking, exporting, tracing
from desk.asking import NetworkAnswered, NetworkAsked
from desk.tracing import PathsAnswered, PathsAsked


@strawberry.type(description="Visible neighbours of a node that the network does not show.")
class More:
    """What is left out at one node."""

    id: strawberry.ID = strawberry.field(description="The node.")
    not_shown: int | None = strawberry.field(
        description="How many visible neighbours are not shown; null for a hub, whose neighbours are not all counted."
    )
    hub: bool = strawberry.field(
        description="Whether it has more visible neighbours, along any relation and on any day, than its share of "
        "60,000, parted among as many nodes as were asked for, or of 20,000 parted among the starts if it is one. The "
        "network does not go on from a hub."
    )


@strawberry.type(description="The network around some nodes, under the viewer's grant.")
class Network:
    """A network."""

    nodes: list[NodeFace] = strawberry.field(description="Nodes in order of (hop, kind, id).")
    hops: list[int] = strawberry.field(
        description="How many links each is away from the nearest start, in the order of the nodes."
    )
    links: list[Link] = strawberry.field(
        description="Links between them, in order of id; between two hubs none is drawn."
    )
    links_cut: bool = strawberry.field(description="Whether links were left out because there are over 5,000.")
    more: list[More] = strawberry.field(description="Where visible neighbours are not shown.")
    clusters: list[Cluster] = strawberry.field(
        description="Which of its records are said to be one, in order of the first; assertions are not walked, and "
        "are no links of it."
    )
    assertions: list[Link] = strawberry.field(
        description="What is said of its records and of records of other states, in order of id: each goes to the "
        "other record by its id there. They are not walked."
    )
    valid_at: Day | None = strawberry.field(description="The day that was asked for, if one was.")
    known_at: Instant | None = strawberry.field(description="The moment as of which it was asked for, if one was.")
    asked: strawberry.Private[NetworkAsked]

    @strawberry.field(
        description="Where it can be taken away as files, for this enquiry: GET /exports/{exportId}. They are made "
        "then, of what is seen then."
    )
    def export_id(self, info: strawberry.Info) -> strawberry.ID:
        return strawberry.ID(exporting.export_id(info.context.look, self.asked))

    @classmethod
    def of(cls, answer: NetworkAnswered, asked: NetworkAsked) -> "Network":
        """Give a network as GraphQL does."""
        found = answer.network
        return cls(
            nodes=[nodes.face(node) for node in answer.nodes],
            hops=[found.hops[node.id] for node in answer.nodes],
            links=[Link(node=link) for link in found.links],
            links_cut=found.links_cut,
            more=[More(id=strawberry.ID(left.id), not_shown=left.not_shown, hub=left.hub) for left in found.more],
            clusters=[Cluster.of(one) for one in answer.clusters],
            assertions=[Link(node=link) for link in answer.asserted],
            valid_at=day(asked.valid_at),
            known_at=instant(asked.known_at),
            asked=asked,
        )


@strawberry.type(description="One link of a path.")
class PathStep:
    """A step of a path."""

    link: Link = strawberry.field(
        description="The link, in its recorded direction; of several between two, that with the smallest id."
    )
    others: int = strawberry.field(description="How many other such links join the same two.")


@strawberry.type(description="One path between two nodes; it meets no node twice.")
class Path:
    """A path."""

    nodes: list[NodeFace] = strawberry.field(description="Its nodes, from end to end.")
    steps: list[PathStep] = strawberry.field(description="Its links, from end to end: one less than its nodes.")


@strawberry.type(description="The shortest paths between two nodes, under the viewer's grant.")
class Paths:
    """Some paths."""

    paths: list[Path] = strawberry.field(
        description="Paths in order of (number of links, ids of their nodes); no two have the same nodes."
    )
    searched_hops: int = strawberry.field(
        description="Of up to how many links paths were looked for: there was no need to look farther, or it was cut."
    )
    more: bool = strawberry.field(description="Whether there are other paths of no more links than that.")
    cut: bool = strawberry.field(
        description="Whether longer paths were not looked for because over 10,000 links would have been looked at."
    )
    valid_at: Day | None = strawberry.field(description="The day that was asked for, if one was.")
    known_at: Instant | None = strawberry.field(description="The moment as of which it was asked for, if one was.")

    @classmethod
    def of(cls, answer: PathsAnswered, asked: PathsAsked) -> "Paths":
        """Give paths as GraphQL does."""
        return cls(
            paths=[
                Path(
                    nodes=[nodes.face(node) for node in one.nodes],
                    steps=[PathStep(link=Link(node=step.link), others=step.others) for step in one.steps],
                )
                for one in answer.paths
            ],
            searched_hops=answer.searched_hops,
            more=answer.more,
            cut=answer.cut,
            valid_at=day(asked.valid_at),
            known_at=instant(asked.known_at),
        )


async def network(
    info: strawberry.Info,
    from_: Starts,
    identifiers: Identifiers = None,
    records: Records = None,
    hops: Hops = 1,
    along: Along = None,
    valid_at: LinksOn = None,
    known_at: KnownAt = None,
    limit: Annotated[int, strawberry.argument(description="How many nodes, at most 500.")] = 200,
) -> Network | None:
    """Give the network around some records or identifiers."""
    look, valid, known = (
        info.context.look,
        read_day(valid_at, "validAt"),
        read_moment(info.context.look, known_at, "knownAt"),
    )
    touched = asking.touched(look, [(one.kind, one.value) for one in identifiers or ()])
    relations = tuple(along) if along is not None else None
    starts, others = (tuple(str(id) for id in ids or ()) for ids in (from_, records))
    wanted = NetworkAsked(starts, hops, relations, valid, known, limit, touched, others)
    asked = Asked.of(info, valid, known)
    picks, clustered, asserted = asked.below("nodes").picks(), asked.has("clusters"), asked.has("assertions")
    return Network.of(await asking.around(look, wanted, picks, clustered=clustered, asserted=asserted), wanted)


async def paths(
    info: strawberry.Info,
    from_: OneEnd,
    to: OtherEnd,
    max_hops: Annotated[int, strawberry.argument(description="How many links a path has at most, at most 8.")] = 6,
    k: MostPaths = 3,
    along: Along = None,
    valid_at: LinksOn = None,
    known_at: KnownAt = None,
) -> Paths | None:
    """Give the shortest paths between two records or identifiers."""
    look, valid, known = (
        info.context.look,
        read_day(valid_at, "validAt"),
        read_moment(info.context.look, known_at, "knownAt"),
    )
    relations = tuple(along) if along is not None else None
    wanted = PathsAsked(str(from_), str(to), max_hops, k, relations, valid, known)
    picks = Asked.of(info, valid, known).below("paths", "nodes").picks()
    return Paths.of(await tracing.between(look, wanted, picks), wanted)
