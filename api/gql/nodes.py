"""Records and identifiers, and the pages of links that hang on them, made of our words and the table of connections."""

import types
from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from api.gql import attached, references, threshold
from api.gql.filters import WHERE_OF
from api.gql.forms import answers
from api.gql.links import Link, Provenance
from api.gql.page_info import PageInfo
from api.gql.said import listed, member, said
from api.gql.scalars import Day
from api.gql.selection import GRAPHQL_TYPE
from graph.connections import ATTACHED, CONNECTIONS, Kind, kind_of
from graph.fragments import REFERENCES, THRESHOLD
from graph.picks import Drawn
from graph.picks import Node as Found
from schemas.ids import RecordType, ValueKind
from schemas.link import LinkKind
from schemas.records import RECORDS


@strawberry.interface(name="Node", description="Anything that has an id: a record or a bare identifier.")
class NodeFace:
    """What all nodes share."""

    node: strawberry.Private[Found]

    @strawberry.field(description="Its id, the same in every answer.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.node.id)


@strawberry.interface(description="A record: owned by one state, graded, and ending by itself.")
class Record(NodeFace):
    """What all records share."""

    @strawberry.field(description="Whose it is, how good it is and when it ends.")
    def provenance(self) -> Provenance:
        return Provenance(node=self.node)


def _page(type: object, description: str) -> Any:
    """Make a field that gives a page of links, which the graph has answered under the field's response key.

    It is null, with an error of its own, where a record has more links than the page may look at.
    """

    def resolver(
        self: NodeFace,
        info: strawberry.Info,
        first: Annotated[
            int,
            strawberry.argument(description="How many rows: at most 50, or as many as a trusted document declares."),
        ] = 20,
        after: Annotated[str | None, strawberry.argument(description="The end cursor of the page before.")] = None,
        valid_at: Annotated[
            Day | None, strawberry.argument(description="Only links that held true on this day.")
        ] = None,
        along: Annotated[
            list[LinkKind] | None, strawberry.argument(description="Only these of the connection's relations.")
        ] = None,
    ) -> Any:
        return info.context.page(self.node, info.path.key)

    return strawberry.field(resolver=resolver, description=description, graphql_type=type)


def _attached(type: object, description: str) -> Any:
    """Make a field that gives a page of what is attached, which the graph has answered under its response key."""

    def resolver(
        self: NodeFace,
        info: strawberry.Info,
        first: Annotated[
            int,
            strawberry.argument(description="How many rows: at most 50, or as many as a trusted document declares."),
        ] = 20,
        after: Annotated[str | None, strawberry.argument(description="The end cursor of the page before.")] = None,
    ) -> Any:
        return info.context.attached(self.node, info.path.key)

    return strawberry.field(resolver=resolver, description=description, graphql_type=type)


def _bare(name: str, face: type[NodeFace] | None = None) -> type[Any]:
    """Give a class that is filled later: nodes and pages name one another."""
    return type(name, (face,) if face else (), {"__module__": __name__, "__annotations__": {}, "__doc__": f"{name}."})


def _filled(cls: type[Any], fields: dict[str, Any], kinds: dict[str, Any]) -> None:
    cls.__annotations__.update(kinds)
    for name, field in fields.items():
        setattr(cls, name, field)


# What is asked in filtered lists.
LISTED = frozenset(kind_of(record) for record in WHERE_OF)

TYPE_OF: dict[Kind, type[Any]] = {
    kind: _bare(GRAPHQL_TYPE[kind], NodeFace if kind is Kind.VALUE else Record) for kind in Kind
}
EDGE_OF: dict[Kind, type[Any]] = {kind: _bare(f"{GRAPHQL_TYPE[kind]}Edge") for kind in Kind}
CONNECTION_OF: dict[Kind, type[Any]] = {kind: _bare(f"{GRAPHQL_TYPE[kind]}Connection") for kind in Kind}


def _node(kind: Kind, description: str, fields: dict[str, Any]) -> None:
    pages = {row.name: _page(CONNECTION_OF[row.far] | None, row.leads_to) for row in CONNECTIONS[kind].values()}
    beside = {row.name: _attached(attached.type_of(row.name) | None, row.leads_to) for row in ATTACHED[kind].values()}
    if kind is Kind.INCIDENT:
        beside[REFERENCES] = references.field()
    if kind is Kind.GANG:
        beside[THRESHOLD] = threshold.field()
    _filled(TYPE_OF[kind], fields | pages | beside, {})
    strawberry.federation.type(TYPE_OF[kind], keys=["id"], description=description)


def _connection(kind: Kind, noun: str, nouns: str) -> None:
    edge: dict[str, tuple[str, Any]] = {
        "cursor": ("Where this row stands.", str),
        "link": ("The link that leads here; none in a plain list.", Link | None),
        "node": (f"The {noun.partition(' ')[2]}.", TYPE_OF[kind]),
    }
    if kind in LISTED:
        edge["order_key"] = ("What a plain list orders by: the folded name, or the moment in UTC.", str | None)
    page: dict[str, tuple[str, Any]] = {
        "edges": ("The rows, in order.", types.GenericAlias(list, EDGE_OF[kind])),
        "page_info": ("Where the page ends.", PageInfo),
        "total_count": ("How many there are for this viewer; stops at 1,000.", int | None),
    }
    for cls, rows, description in (
        (EDGE_OF[kind], edge, f"One row of a page of {nouns}."),
        (CONNECTION_OF[kind], page, f"A page of {nouns}."),
    ):
        fields = {name: strawberry.field(description=told) for name, (told, _) in rows.items()}
        _filled(cls, fields, {name: type for name, (_, type) in rows.items()})
        strawberry.type(cls, description=description)


for _word in RECORDS.values():
    _node(Kind(_word.type.value), _word.told, answers(_word.content))
    _connection(Kind(_word.type.value), _word.noun, _word.nouns)
_node(
    Kind.VALUE,
    "A bare phone, plate, FIR number or other identifier: nothing but what visible links say of it.",
    {
        "kind": said("kind", ValueKind, "What it identifies.", member(ValueKind)),
        "writings": said(
            "writings", list[str], "How it was written, as visible links of any day say; at most 20.", listed
        ),
    },
)
_connection(Kind.VALUE, "an identifier", "identifiers")


def type_of(record: RecordType) -> type[Any]:
    """Give the GraphQL type of a kind of record."""
    return TYPE_OF[Kind(record.value)]


def face(node: Found) -> Any:
    """Give a node as its GraphQL type."""
    return TYPE_OF[node.kind](node=node)


def connection(kind: Kind, rows: Sequence[tuple[str, Drawn | None, Found]], *, more: bool, total: int | None) -> Any:
    """Give a page of links as its GraphQL type; rows are (cursor, link or None, node)."""
    ordered = {"order_key": None} if kind in LISTED else {}
    edges = [
        EDGE_OF[kind](cursor=cursor, link=Link(node=link) if link is not None else None, node=face(node), **ordered)
        for cursor, link, node in rows
    ]
    return _paged(kind, edges, more=more, total=total)


def plain_list(kind: Kind, rows: Sequence[tuple[str, str, Found]], *, more: bool, total: int | None) -> Any:
    """Give a page of a list as its GraphQL type; rows are (cursor, order key, node)."""
    edges = [EDGE_OF[kind](cursor=cursor, link=None, node=face(node), order_key=key) for cursor, key, node in rows]
    return _paged(kind, edges, more=more, total=total)


def _paged(kind: Kind, edges: Sequence[Any], *, more: bool, total: int | None) -> Any:
    end = PageInfo.of([edge.cursor for edge in edges], more=more)
    return CONNECTION_OF[kind](edges=edges, page_info=end, total_count=total)
