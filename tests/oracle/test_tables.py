"""What the oracle writes down of relations and connections is what the node goes by: neither has a row of its own."""

from graph import connections
from sangam.spelling import camel
from schemas.ids import RecordType, ValueKind
from schemas.link import RELATIONS as ROWS
from tests.oracle.tables import CONNECTIONS, RECORDS, RELATIONS, VALUES, WALKED, Connection

WAYS = {"OUT": "->", "IN": "<-", "BOTH": "--"}


def _kind(kind: connections.Kind) -> str:
    return "VALUE" if kind is connections.Kind.VALUE else kind.value


def test_records_and_identifiers_are_those_of_the_node() -> None:
    assert list(RECORDS) == [type.value for type in RecordType]
    assert list(VALUES) == [kind.value for kind in ValueKind]


def test_relations_join_what_they_join_in_the_node() -> None:
    theirs = {kind.value: {(a.value, b.value) for a, b in row.ends} for kind, row in ROWS.items()}
    assert {relation: set(ends) for relation, ends in RELATIONS.items()} == theirs
    assert set(WALKED) == {kind.value for kind, row in ROWS.items() if row.walked}


def test_connections_lead_where_they_lead_in_the_node() -> None:
    theirs = {
        _kind(kind): {
            camel(name): Connection(
                WAYS[row.direction.value],
                _kind(row.far),
                frozenset(relation.value for relation in row.kinds),
                protected=row.far is connections.Kind.PERSON and not row.walk,
                classes=frozenset(row.classes),
            )
            for name, row in rows.items()
        }
        for kind, rows in connections.CONNECTIONS.items()
    }
    assert theirs == CONNECTIONS
