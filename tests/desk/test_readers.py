"""Who looked at a record is told to whoever supervises the unit that it is of, and to nobody else."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.gql.derived import SHAPES
from desk import readers
from graph.connections import Kind
from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.handling import Level, Purpose
from schemas.ids import RecordType
from schemas.officer import Rank
from tests.desk.seconds import GANG, Bench, emptied
from tests.desk.test_following import stored
from tests.station import Caller, Station, marking, station
from tests.words import as_input

pytestmark = pytest.mark.anyio

READERS = """query($id: ID!, $first: Int! = 50, $after: String) { readers(id: $id, first: $first, after: $after) {
  edges { node { at officer caseRef operation } } pageInfo { hasNextPage endCursor } } }"""
LOOK = "query($id: ID!) { gang(id: $id) { id } }"
BOTH = "query($id: ID!, $b: ID!) { gang(id: $id) { id } again: gang(id: $b) { id } history(id: $id) { more } }"
STATION, RANGE = "RJ-D-AJM", "RJ-R-AJM"
RIVAL = """mutation($a: ID!, $b: ID!, $m: MarkingInput!) {
  link(kind: RIVAL_OF, from: {id: $a}, to: {id: $b}, marking: $m) { id problems { message } } }"""
SAME = """mutation($a: ID!, $b: ID!, $m: MarkingInput!) {
  assertSame(from: $a, to: $b, marking: $m, evidence: [{text: "One flag.", source: "Diary 4"}]) {
    id problems { message } } }"""
REVISE = """mutation($id: ID!, $rev: String!, $says: Standing!) {
  reviseGang(id: $id, rev: $rev, change: {standing: $says}, reason: "The court.") {
    gang { id } problems { path code } } }"""


@pytest.fixture(scope="module")
async def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path_factory.mktemp("readers")) as made:
        yield made


@pytest.fixture
async def bench(node: Station) -> Bench:
    return await emptied(node)


async def recorded(bench: Bench, **marked: Any) -> str:
    """Record a gang of the station's unit by an officer who then has looked at it."""
    author = await bench.officer("rj.author", STATION, Rank.SI)
    given = {"p": as_input(RecordType.GANG), "m": marking(unit=STATION, **marked)}
    return str((await author.ask(GANG, given))["recordGang"]["gang"]["id"])


async def told(caller: Caller, id: str) -> list[tuple[str, str, str]] | None:
    page = (await caller.ask(READERS, {"id": id}))["readers"]
    return page and [(e["node"]["officer"], e["node"]["caseRef"], e["node"]["operation"]) for e in page["edges"]]


async def test_a_supervisor_is_told_who_looked_for_which_case_newest_first(bench: Bench) -> None:
    id, hidden = await recorded(bench), await recorded(bench, level=3)
    chief = await bench.officer("rj.chief", RANGE, Rank.INSPECTOR, level=Level.ANY_OFFICER)
    other = await bench.officer("rj.other", "RJ-JPC", Rank.SI)
    await other.ask(BOTH, {"id": id, "b": hidden})
    assert await chief.code(LOOK, {"id": hidden}) == "NOT_FOUND"
    case = "FIR 0123/2026"
    looked = [("rj.other", case, "record history")]
    assert await told(chief, id) == looked
    # The reading itself is a look.
    [last] = await bench.node.desk.register.ledger.search(first=1)
    assert (last.entry.kind, last.entry.operation, last.entry.ids) == (EntryKind.LOOK, "readers", (id,))
    assert await told(chief, id) == [("rj.chief", case, "readers"), *looked]
    for unseen in (hidden, "urn:sangam:IN-RJ:gang:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f", "no id"):
        assert await chief.code(READERS, {"id": unseen}) == "NOT_FOUND"


async def test_no_change_is_told_as_a_look_whatever_it_drew_at_the_record(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.readers.BATCH", 2)
    id, other, hidden = await recorded(bench), await recorded(bench), await recorded(bench, level=3)
    author = bench.callers["rj.author"]
    chief = await bench.officer("rj.chief", RANGE, Rank.INSPECTOR, level=Level.ANY_OFFICER)
    await author.ask(LOOK, {"id": id})
    looked = [("rj.author", "FIR 0123/2026", "record")]
    assert await told(chief, id) == looked
    drawn = {"a": id, "b": hidden, "m": marking(level=3)}
    made = (await author.ask(RIVAL, drawn))["link"]
    assert made["problems"] == []
    assert (await author.ask(SAME, {"a": id, "b": other, "m": marking(level=3)}))["assertSame"]["problems"] == []
    closed = 'mutation($a: ID!, $id: ID!) { unlink(from: $a, id: $id, reason: "No.") { id } }'
    await author.ask(closed, {"a": id, "id": made["id"]})
    await author.ask(LOOK, {"id": id})
    page, after = [], None
    for _ in range(3):
        rows = (await chief.ask(READERS, {"id": id, "first": 1, "after": after}))["readers"]
        after = rows["pageInfo"]["endCursor"]
        page += [(edge["node"]["officer"], edge["node"]["operation"]) for edge in rows["edges"]]
    assert set(page) <= {("rj.author", "record"), ("rj.chief", "readers")}
    whole = await told(chief, id)
    assert whole is not None
    assert [one for one in whole if one[0] == "rj.author"] == looked * 2


async def test_what_a_conflict_told_of_the_record_is_a_look(bench: Bench) -> None:
    id = await recorded(bench)
    author, chief = bench.callers["rj.author"], await bench.officer("rj.chief", RANGE, Rank.INSPECTOR)
    rev = (await author.ask("query($id: ID!) { gang(id: $id) { provenance { rev } } }", {"id": id}))["gang"]
    given = {"id": id, "rev": rev["provenance"]["rev"]}
    assert (await author.ask(REVISE, {**given, "says": "UNDER_INVESTIGATION"}))["reviseGang"]["problems"] == []
    [problem] = (await author.ask(REVISE, {**given, "says": "ALLEGED"}))["reviseGang"]["problems"]
    assert problem["code"] == "CONFLICT"
    assert [one[2] for one in await told(chief, id) or ()] == ["conflict", "record"]


def test_every_act_of_the_desk_is_a_look_or_is_named_here_as_none() -> None:
    """An act that is neither named here nor among the questions would go untold to whoever supervises."""
    root = Path(readers.__file__).parent
    texts = [path.read_text() for path in sorted(root.glob("*.py"))]
    acts = {act for text in texts for act in re.findall(r'(?:\.note|_note)\((?:\s|look, )*f?"([^"]+)"', text)}
    changes = {
        "add file", "approve", "decline", "import", "record audience", "record follower act", "record {type}",
        "remove file", "revise {type}", "review", "set category", "undo import", "unlink", "withdraw",
        "withdraw pending",
    }  # fmt: skip
    many = {f"federated {question}" for question in SHAPES}
    named = readers.QUESTIONS - many - {f"list {kind}" for kind in Kind}
    assert acts - changes == named | {"list {asked.pick.kind}", "federated {question.name}"}
    assert many <= readers.LOOKS


async def test_nobody_else_is_told_anything(bench: Bench) -> None:
    id = await recorded(bench)
    await bench.callers["rj.author"].ask(LOOK, {"id": id})
    told_nothing = {
        "a rank below": await bench.officer("rj.si", STATION, Rank.SI),
        "a civil post": await bench.officer("rj.analyst", "RJ", Rank.ANALYST),
        "a unit below": await bench.officer("rj.below", "RJ-JPC"),
        "a unit beside": await bench.officer("rj.beside", "RJ-R-KTA"),
        "a unit unknown": await bench.officer("rj.nowhere", "HQ"),
    }
    for why, caller in told_nothing.items():
        assert await told(caller, id) is None, why
    for unit in (STATION, RANGE, "RJ"):
        assert await told(await bench.officer(f"rj.of.{unit.lower()}", unit, Rank.INSPECTOR), id), unit
    audit = await bench.officer("rj.audit", "RJ", purpose=Purpose.AUDIT)
    assert await audit.code(READERS, {"id": id}) == "NOT_FOUND"


async def test_a_unit_above_is_not_of_the_one_below(bench: Bench) -> None:
    author = await bench.officer("rj.author", RANGE, Rank.SI)
    given = {"p": as_input(RecordType.GANG), "m": marking(unit=RANGE)}
    id = (await author.ask(GANG, given))["recordGang"]["gang"]["id"]
    await author.ask(LOOK, {"id": id})
    assert await told(await bench.officer("rj.below", STATION), id) is None
    assert await told(await bench.officer("rj.level", RANGE), id)


async def test_who_supervised_a_unit_on_its_last_day_is_told_of_what_it_recorded(bench: Bench) -> None:
    id = await recorded(bench)
    await stored(bench.node, "MATCH (:Record {id: $id})-[:HEAD]->(v) SET v.unit = 'RJ-D-DDU'", id=id)
    await (await bench.officer("rj.other", "RJ-JPC", Rank.SI)).ask(LOOK, {"id": id})
    for unit in ("RJ-D-DDU", "RJ-R-JPR", "RJ"):
        assert await told(await bench.officer(f"rj.of.{unit.lower()}", unit), id), unit
    assert await told(await bench.officer("rj.beside", RANGE), id) is None


async def test_pages_hold_each_look_once_also_of_one_moment_and_while_others_look(bench: Bench) -> None:
    id = await recorded(bench)
    chief, other = await bench.officer("rj.chief", "RJ"), await bench.officer("rj.other", "RJ-JPC")
    for turn in range(7):
        if turn % 3 == 0:
            bench.node.watch.move(seconds=1)
        await other.ask(LOOK, {"id": id})
    found: list[tuple[str, str]] = []
    after, pages = None, 0
    while True:
        page = (await chief.ask(READERS, {"id": id, "first": 3, "after": after}))["readers"]
        found += [(edge["node"]["officer"], edge["node"]["at"]) for edge in page["edges"]]
        pages += 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        bench.node.watch.move(seconds=1)
        await other.ask(LOOK, {"id": id})
    assert [officer for officer, _ in found] == ["rj.other"] * 7
    assert [at for _, at in found] == sorted((at for _, at in found), reverse=True)
    assert pages == 3


async def test_a_cursor_is_good_for_its_own_record_alone(bench: Bench) -> None:
    one, two = await recorded(bench), await recorded(bench)
    chief = await bench.officer("rj.chief", "RJ")
    await chief.ask(LOOK, {"id": one})
    page = (await chief.ask(READERS, {"id": one, "first": 1}))["readers"]
    assert await chief.code(READERS, {"id": two, "after": page["pageInfo"]["endCursor"]}) == "BAD_INPUT"
