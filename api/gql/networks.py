"""The network around some nodes, and the paths between two."""

import strawberry

from api.gql import nodes
from api.gql.clusters import Cluster
from api.gql.links import Link
from api.gql.nodes import NodeFace
from api.gql.scalars import Day, Instant, day, instant
from desk import exporting
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
    links: list[Link] = strawberry.field(
        description="Links between them, in order of id; between two hubs none is drawn."
    )
    links_cut: bool = strawberry.field(description="Whether links were left out because there are over 5,000.")
    more: list[More] = strawberry.field(description="Where visible neighbours are not shown.")
    clusters: list[Cluster] = strawberry.field(
        description="Which of its records are said to be one, in order of the first; assertions are not walked, and "
        "are no links of it."
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
            links=[Link(node=link) for link in found.links],
            links_cut=found.links_cut,
            more=[More(id=strawberry.ID(left.id), not_shown=left.not_shown, hub=left.hub) for left in found.more],
            clusters=[Cluster.of(one) for one in answer.clusters],
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
