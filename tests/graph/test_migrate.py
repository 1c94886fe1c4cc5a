"""The schema is brought up to date once, by whoever comes first, and a database that knows more is refused."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from graph.driver import Driver, open_driver, rows
from graph.errors import DatabaseTooNew, GraphUnavailable
from graph.local import LocalGraph
from graph.migrate import migrate, migrations, parse

pytestmark = pytest.mark.anyio

NOTE = parse(
    1, b"// A note.\nMERGE (n:Tried {name: 'first'}) ON CREATE SET n.times = 1 ON MATCH SET n.times = n.times + 1;\n"
)
SECOND = parse(2, b"MERGE (n:Tried {name: 'second'});\nMERGE (n:Tried {name: 'third; not an end'});\n")


@pytest.fixture
async def driver(local_graph: LocalGraph) -> AsyncIterator[Driver]:
    """A driver to a database whose record of migrations is empty, put back as it was afterwards."""
    async with await open_driver(local_graph.uri, local_graph.user, local_graph.password) as driver:
        kept = await rows(driver, "MATCH (m:Migration) WHERE m.number > 0 RETURN properties(m)")
        await rows(driver, "MATCH (m:Migration|Tried) DELETE m")
        yield driver
        await rows(driver, "MATCH (m:Migration|Tried) DELETE m")
        await rows(driver, "UNWIND $kept AS one CREATE (m:Migration) SET m = one[0]", kept=kept)


async def _times(driver: Driver) -> list[list[object]]:
    return await rows(driver, "MATCH (n:Tried {name: 'first'}) RETURN n.times")


async def test_a_migration_is_applied_once_however_often_it_is_asked_for(driver: Driver) -> None:
    assert [await migrate(driver, [NOTE]), await migrate(driver, [NOTE])] == [1, 1]
    assert await _times(driver) == [[1]]


async def test_nodes_that_start_at_once_apply_each_migration_once(driver: Driver, local_graph: LocalGraph) -> None:
    async def node() -> int:
        async with await open_driver(local_graph.uri, local_graph.user, local_graph.password) as own:
            return await migrate(own, [NOTE, SECOND])

    assert await asyncio.gather(*(node() for _ in range(6))) == [2] * 6
    assert await _times(driver) == [[1]]
    assert await rows(driver, "MATCH (m:Migration) WHERE m.number > 0 RETURN m.number ORDER BY m.number") == [[1], [2]]


async def test_only_what_is_missing_is_applied(driver: Driver) -> None:
    await migrate(driver, [NOTE])
    assert await migrate(driver, [NOTE, SECOND]) == 2
    assert await _times(driver) == [[1]]
    said = await rows(driver, "MATCH (n:Tried) RETURN n.name ORDER BY n.name")
    assert said == [["first"], ["second"], ["third; not an end"]]


async def test_a_database_that_a_newer_release_migrated_is_refused(driver: Driver) -> None:
    await migrate(driver, [NOTE, SECOND])
    with pytest.raises(DatabaseTooNew, match="migration 2 and this release knows 1"):
        await migrate(driver, [NOTE])


async def test_a_migration_changed_after_it_was_applied_is_refused(driver: Driver) -> None:
    await migrate(driver, [NOTE])
    changed = parse(1, b"RETURN 1;\n")
    with pytest.raises(GraphUnavailable, match="0001 was changed"):
        await migrate(driver, [changed, SECOND])
    assert await rows(driver, "MATCH (n:Tried {name: 'second'}) RETURN n") == []


async def test_the_packaged_migrations_make_what_the_statements_lean_on(driver: Driver) -> None:
    assert await migrate(driver) == len(migrations())
    shown = "SHOW INDEXES YIELD labelsOrTypes AS label, properties AS of, state, type WHERE type = 'RANGE' "
    found = await rows(driver, shown + "RETURN label[0] + '.' + of[0], state")
    wanted = {"Record.id", "Value.id", "Key.id", "Operation.id", "Operation.body", "Version.op_id", "Migration.number"}
    assert wanted <= {name for name, state in found if state == "ONLINE"}
    unique = await rows(driver, "SHOW CONSTRAINTS YIELD labelsOrTypes, type RETURN labelsOrTypes[0], type")
    assert {"Record", "Value", "Key", "Migration"} <= {label for label, kind in unique if kind == "UNIQUENESS"}


async def test_what_was_recorded_before_a_migration_stands_in_lists_after_it(driver: Driver) -> None:
    await migrate(driver, migrations()[:3])
    await rows(
        driver,
        "CREATE (n:Record:Gang {id: 'g', kind: 'gang'})-[:HEAD]->(:Version {recorded_at: 1}) "
        "CREATE (w:Record:Gang {id: 'w', kind: 'gang'})-[:HEAD]->(:Version {recorded_at: 2, withdrawn_because: 'x'}) "
        "CREATE (w)-[:WAS]->(:Version {recorded_at: 1})",
    )
    await migrate(driver)
    listed = "MATCH (v:Version) USING INDEX v:Version(kind, recorded_at, record) WHERE v.kind = 'gang' "
    listed += "AND v.recorded_at IS NOT NULL AND v.record IS NOT NULL RETURN v.record"
    assert [row for row in await rows(driver, listed) if not row[0].startswith("urn:")] == [["g"]]
    await rows(driver, "MATCH (n) WHERE n.id IN ['g', 'w'] OPTIONAL MATCH (n)-->(v) DETACH DELETE n, v")


async def test_a_store_that_lists_already_loses_the_sort_names_that_it_orders_in_two_ways(driver: Driver) -> None:
    await migrate(driver, migrations()[:4])
    names = ["\ufb1e", "kiran \ue000", "kiran", "\U00011107"]
    await rows(driver, "UNWIND $names AS name CREATE (:Version:Tried {sort_name: name})", names=names)
    await migrate(driver)
    kept = await rows(driver, "MATCH (v:Tried) WHERE v.sort_name IS NOT NULL RETURN v.sort_name")
    assert sorted(name for (name,) in kept) == ["", "", "kiran", "\U00011107"]
    await rows(driver, "MATCH (v:Tried) DETACH DELETE v")


async def test_what_was_recorded_before_is_found_by_its_names_after_a_migration(driver: Driver) -> None:
    await migrate(driver, migrations()[:5])
    names = ['Teja "Kiran" Gill', "back\\slash", 'ends in "', "तेजा"]
    said = orjson.dumps([{"text": name, "script": "Zyyy", "source": '"text":"no","' + name} for name in names]).decode()
    for id, kind, has in (
        ("p", "person", {"names": said}),
        ("a", "account", {"handle": "[camel"}),
        ("i", "incident", {}),
    ):
        made = "CREATE (:Record:Tried {id: $id, kind: $kind})-[:HEAD]->(v:Version:Tried) SET v += $has"
        await rows(driver, made, id=id, kind=kind, has=has)
    await migrate(driver)
    found = await rows(driver, "MATCH (n:Record:Tried)-[:HEAD]->(v) RETURN n.id, v.called ORDER BY n.id")
    assert found == [["a", ["[camel"]], ["i", None], ["p", names]]
    await rows(driver, "MATCH (n:Tried) DETACH DELETE n")
