"""What a node does by itself: what it counts, when, and that the count stands on the ledger."""

from pathlib import Path

import pytest

from desk.keeping import Keeper, registered_compartments
from graph.driver import rows
from graph.local import LocalGraph
from register.ledger import EntryKind
from tests.station import Station, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""


async def test_holes_are_counted_at_the_first_turn_of_each_day_and_the_ledger_has_totals_only(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller(compartments=("IN-RJ:KILO", "IN-RJ:ALFA"))
        await node.officer("rj.other", compartments=("IN-RJ:KILO",))
        assert await registered_compartments(node.desk.register) == ["IN-RJ:ALFA", "IN-RJ:KILO"]
        given = {"p": {"category": "SUSPECT", "names": [name("Kiran Mewada")]}, "m": marking()}
        made = await adg.ask(RECORD, given)
        id = made["recordPerson"]["person"]["id"]
        other = (await adg.ask(RECORD, given))["recordPerson"]["person"]["id"]
        keeper = Keeper(node.desk)
        assert await keeper.turn() == (0, 0, 0)
        holed = """MATCH (n:Record {id: $id})-[:HEAD]->(v), (n)-[k:KEYED]->()
            WITH n, v, collect(k)[0] AS k REMOVE n.comp, v.level, k.aud"""
        await rows(node.driver, holed, id=id)
        # What the second look reads alone is a part of the gate as well.
        await rows(node.driver, "MATCH (:Record {id: $id})-[:HEAD]->(v) REMOVE v.audience", id=other)
        node.watch.move(hours=1)
        assert await keeper.turn() is None, "it has counted today"
        node.watch.move(days=1)
        assert await keeper.turn() == (1, 2, 1)
        assert await keeper.turn() is None
        assert await _counts(node) == [
            {"records": 0, "versions": 0, "links": 0},
            {"records": 1, "versions": 2, "links": 1},
        ]


async def _counts(node: Station) -> list[object]:
    """Give what the counts on the ledger say, oldest first."""
    entries = [one.entry for one in reversed(await node.desk.register.ledger.search())]
    jobs = [one for one in entries if one.kind is EntryKind.JOB]
    assert all(one.officer and one.officer.startswith("job:COUNT_HOLES:") and one.ids == () for one in jobs)
    return [one.variables for one in jobs]
