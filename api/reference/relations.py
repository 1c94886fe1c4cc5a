"""The page of relations: what may join what, and what hangs on each kind of record and on an identifier."""

from collections.abc import Iterable, Iterator

from api.gql.selection import GRAPHQL_TYPE
from api.reference.markdown import code, codes, link, page, table
from graph.connections import CONNECTIONS, Connection, Direction, Kind
from sangam.spelling import camel
from schemas.ids import ValueKind
from schemas.link import ASSERTED, RELATIONS, End, LinkContent, Relation
from schemas.person import PROTECTED, Category
from schemas.records import RECORDS

_INTRODUCTION = f"""\
# Relations

What may be said to join what. A link is dated, graded and limited like a record, by an
[envelope](words.md#envelope) of its own; what it says beside that stands under [Link](words.md#link). `make schema`
writes this page from `schemas/link.py` and `graph/connections.py`.

A relation that goes either way means the same from both ends. One that is walked is followed by whatever goes on from
record to record: `network` and `paths`, which never come to a protected person. Protected are the categories
{codes(one for one in Category if one in PROTECTED)}. Every relation may also say a `note`.
{codes(ASSERTED)} say whether two records are of one thing: each is made by a change of its own
({codes(ASSERTED.values())}), never by `link` nor from a file, and nothing is merged by it."""

_CONNECTIONS = """\
What hangs on a record or an identifier, as a field of it in GraphQL: a page of links, each with what it leads to.
An arrow says how the relation is followed: → away from here, ← towards here, ↔ either way. A connection that leaves
the protected out leads to no such person, even where the purpose of an enquiry may read them."""

_ARROWS = {Direction.OUT: "→", Direction.IN: "←", Direction.BOTH: "↔"}


def relations() -> str:
    """Give the page."""
    return page(
        _INTRODUCTION,
        table(
            ("Relation", "From", "To", "Either way", "Walked", "Must say", "May say"),
            (row for relation in RELATIONS.values() for row in _relation(relation)),
        ),
        "## Connections",
        _CONNECTIONS,
        *(block for kind in Kind for block in (f"### {GRAPHQL_TYPE[kind]}", _connections(kind))),
    )


def end(of: End) -> str:
    """Give one end of a relation: a kind of record, or a bare identifier of some kind."""
    if isinstance(of, ValueKind):
        return link(of.value, "identifiers.md")
    return link(RECORDS[of].name, "words.md")


def either(ends: Iterable[str]) -> str:
    """Give several things of which it is one."""
    *rest, last = ends
    return f"{', '.join(rest)} or {last}" if rest else last


def _relation(row: Relation) -> Iterator[tuple[str, ...]]:
    """Give a line for all ends that lead to the same."""
    may = [camel(name) for name in LinkContent.model_fields if name in row.fields - row.required - {"note"}]
    must = [camel(name) for name in LinkContent.model_fields if name in row.required]
    leads: dict[End, list[End]] = {}
    for one, other in row.ends:
        leads.setdefault(one, []).append(other)
    alike: dict[tuple[End, ...], list[End]] = {}
    for one, others in leads.items():
        alike.setdefault(tuple(others), []).append(one)
    for common, ones in alike.items():
        ends = either(map(end, ones)), either(map(end, common))
        yield code(row.kind), *ends, _yes(row.symmetric), _yes(row.walked), codes(must), codes(may)


def _connections(kind: Kind) -> str:
    return table(
        ("Connection", "Leads to", "Along", "Leaves the protected out", "What it is"),
        (_connection(row) for row in CONNECTIONS[kind].values()),
    )


def _connection(row: Connection) -> tuple[str, ...]:
    along = "\n".join(f"{_ARROWS[row.direction]} {code(kind)}" for kind in row.kinds)
    left_out = _yes(row.walk) if row.far is Kind.PERSON else ""
    return code(camel(row.name)), link(GRAPHQL_TYPE[row.far]), along, left_out, row.leads_to


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
