"""A world into the database and out again, by plain statements of our own and in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from graph import session
from graph.connections import LABEL
from graph.driver import Driver
from tests.noninterference.low import Edge, Graph, Node
from tests.noninterference.world import Record, World, change_nodes

KEPT = "CYPHER replan=skip "


@contextmanager
def keeping_plans() -> Iterator[None]:
    """Have the database keep what it has planned: each world turns its figures over, and planning costs most."""
    sent = session.sent
    with patch.object(session, "sent", lambda text: KEPT + sent(text)):
        yield


_WIPE = KEPT + "MATCH (n) WHERE NOT n:Migration DETACH DELETE n"
_CLEAR = "MATCH (n) WHERE NOT n:Migration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS"
_VALUES = KEPT + "UNWIND $rows AS row CREATE (:Value {id: row.id, kind: row.kind})"
_KEYS = KEPT + "UNWIND $rows AS row CREATE (:Key {id: row})"
_RECORDS = (
    KEPT
    + """
UNWIND $rows AS row
CREATE (n:Record:$(row.label)) SET n = row.node
CREATE (n)-[:HEAD]->(v:Version) SET v = row.head, v.kind = row.node.kind, v.record = row.node.id
FOREACH (old IN row.past | CREATE (n)-[:WAS]->(w:Version) SET w = old, w.record = row.node.id)
FOREACH (key IN row.keys | MERGE (k:Key {id: key}) CREATE (n)-[r:KEYED]->(k) SET r = row.key_gate, r.nth = row.since)
FOREACH (was IN row.former | MERGE (k:Key {id: was.key}) CREATE (n)-[r:WAS_KEYED]->(k)
  SET r = row.key_gate, r.nth = was.nth, r.until_nth = was.nth + 1)
"""
)
_CHANGES = (
    KEPT
    + """
UNWIND $rows AS row
CREATE (n:Record:Change) SET n = row.node
CREATE (n)-[:HEAD]->(v:Version) SET v = row.head
"""
)
_ABROAD = KEPT + "UNWIND $rows AS row CREATE (n:Record:Foreign) SET n = row"
_LINKS = (
    KEPT
    + """
UNWIND $rows AS row
OPTIONAL MATCH (ra:Record {id: row.start}) OPTIONAL MATCH (va:Value {id: row.start})
OPTIONAL MATCH (rb:Record {id: row.end}) OPTIONAL MATCH (vb:Value {id: row.end})
WITH row, coalesce(ra, va) AS a, coalesce(rb, vb) AS b
CREATE (a)-[r:$(row.kind)]->(b) SET r = row.properties
"""
)
_CROWD = """
UNWIND range(1, $count) AS i
CALL (i) {
  WITH {aud: 1, level: 3, comp: 'IN-RJ:NOBODY', class: 'SUSPECT', until: 9000000000} AS gate
  CREATE (n:Record:Person) SET n = gate, n.id = 'crowd ' + i, n.kind = 'person'
  CREATE (n)-[:HEAD]->(v:Version {nth: 1})
  SET v += gate, v.sort_name = 'a', v.recorded_at = i, v.kind = 'person', v.record = n.id
} IN TRANSACTIONS OF 2000 ROWS
"""
_NODES = (
    "MATCH (n) WHERE n:Record OR n:Value OPTIONAL MATCH (n)-[:HEAD]->(v) "
    "RETURN labels(n), properties(n), properties(v), "
    "COLLECT { MATCH (n)-[:WAS]->(w) RETURN properties(w) ORDER BY w.nth DESC }"
)
_EDGES = KEPT + "MATCH (a)-[r]->(b) WHERE r.id IS NOT NULL RETURN type(r), a.id, b.id, properties(r)"
_UNNAMED: dict[str, Any] = {"keys": [], "key_gate": {}, "since": None, "former": []}
HOLD = "UNWIND $ids AS id MATCH (n:Record {id: id}) SET n.kind = n.kind"


async def clear(driver: Driver) -> None:
    """Take out whatever is there, however much it is."""
    async with driver.session() as session:
        await (await session.run(_CLEAR)).consume()


async def build(driver: Driver, world: World) -> None:
    """Put a world in place of the one before."""
    async with driver.session() as session:
        if world.early is not None:
            async with await session.begin_transaction() as transaction:
                await (await transaction.run(_WIPE)).consume()
                await _create(transaction, world.early)
                await transaction.commit()
        async with await session.begin_transaction() as transaction:
            await (await transaction.run(_WIPE)).consume()
            await _create(transaction, world)
            await transaction.commit()
        if world.crowd:
            await (await session.run(_CROWD, count=world.crowd)).consume()


async def _create(transaction: Any, world: World) -> None:
    records = [
        {
            "label": LABEL[record.kind],
            "node": {"id": record.id, "kind": record.kind.value, **record.gate},
            "head": versions[0],
            "past": versions[1:],
            "keys": list(record.keys),
            "key_gate": record.key_gate,
            "since": len(record.versions) if record.former else None,
            "former": [
                {"key": key, "nth": one["nth"]} for one in versions[1:] for key in record.former.get(one["op_id"], ())
            ],
        }
        for record in world.records.values()
        for versions in [[{**one, "nth": place} for place, one in zip(_down(record), record.versions, strict=True)]]
    ]
    records += [
        {"label": one.label, "node": one.node(), "head": {**one.head, "nth": 1}, "past": [], **_UNNAMED}
        for one in world.attached.values()
    ]
    values = [{"id": id, "kind": kind} for id, kind in sorted(world.values.items())]
    links = [vars(link) for link in world.links.values()]
    changes = [
        dict(zip(("node", "head"), change_nodes(one), strict=True))
        for one in world.waiting.values()
        if one.named.state == "OPEN"
    ]
    if world.order is not None:
        for rows in (records, values, links, changes):
            Random(world.order).shuffle(rows)
    steps: list[tuple[str, dict[str, Any]]] = [(_VALUES, {"rows": values}), (_RECORDS, {"rows": records})]
    if world.order is not None and world.order % 2:
        steps.reverse()
    abroad = [one.node() for one in world.abroad.values()]
    steps += [
        (_CHANGES, {"rows": changes}),
        (_ABROAD, {"rows": abroad}),
        (_LINKS, {"rows": links}),
        (_KEYS, {"rows": sorted(world.orphan_keys)}),
    ]
    for text, parameters in steps:
        await (await transaction.run(text, parameters)).consume()


def _down(record: Record) -> range:
    return range(len(record.versions), 0, -1)


async def dump(driver: Driver) -> Graph:
    """Read everything that lies in the database, with all its properties."""
    async with driver.session() as session:
        nodes = [record.values() async for record in await session.run(_NODES)]
        edges = [record.values() async for record in await session.run(_EDGES)]
    return Graph(
        {
            properties["id"]: Node(next(iter(set(labels) - {"Record"})), properties, head, tuple(past))
            for labels, properties, head, past in nodes
        },
        tuple(Edge(*edge) for edge in edges),
    )
