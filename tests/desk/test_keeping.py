"""What a node does by itself: what it counts, when, and that the count stands on the ledger."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from auth.policy import Job
from desk.errors import BadInput
from desk.keeping import Keeper, Run
from desk.keeping import standing as standing_of
from desk.working import every_compartment
from graph.driver import Driver, rows
from graph.errors import GraphUnavailable
from graph.local import LocalGraph
from register.clockwork import Outcome
from register.ledger import EntryKind
from schemas.handling import Purpose
from tests.station import MORNING, Station, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""


async def test_holes_are_counted_at_the_first_turn_of_each_day_and_the_ledger_has_totals_only(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller(compartments=("IN-RJ:KILO", "IN-RJ:ALFA"))
        await node.officer("rj.other", compartments=("IN-RJ:KILO",))
        assert await every_compartment(node.desk, Job.PURGE) == ["IN-RJ:ALFA", "IN-RJ:KILO"]
        given = {"p": {"category": "SUSPECT", "names": [name("Kiran Mewada")]}, "m": marking()}
        made = await adg.ask(RECORD, given)
        id = made["recordPerson"]["person"]["id"]
        other = (await adg.ask(RECORD, given))["recordPerson"]["person"]["id"]
        keeper = Keeper(node.desk, node.ring)
        assert holes(await keeper.turn()) == (0, 0, 0)
        holed = """MATCH (n:Record {id: $id})-[:HEAD]->(v), (n)-[k:KEYED]->()
            WITH n, v, collect(k)[0] AS k REMOVE n.comp, v.level, k.aud"""
        await rows(node.driver, holed, id=id)
        # What the second look reads alone is a part of the gate as well.
        await rows(node.driver, "MATCH (:Record {id: $id})-[:HEAD]->(v) REMOVE v.audience", id=other)
        node.watch.move(hours=1)
        assert holes(await keeper.turn()) is None, "it has counted today"
        node.watch.move(days=1)
        assert holes(await keeper.turn()) == (1, 2, 1)
        assert holes(await keeper.turn()) is None
        assert await _counts(node) == [
            {"records": 0, "versions": 0, "links": 0},
            {"records": 1, "versions": 2, "links": 1},
        ]


def holes(runs: list[Run]) -> tuple[int, ...] | None:
    """Give what was counted, if it was."""
    return next((tuple(run.found.values()) for run in runs if run.name == "count-holes"), None)


async def _counts(node: Station) -> list[object]:
    """Give what the counts on the ledger say, oldest first."""
    entries = [one.entry for one in reversed(await node.desk.register.ledger.search())]
    jobs = [one for one in entries if one.operation == "count holes" and one.kind is EntryKind.JOB]
    assert all(one.officer and one.officer.startswith("job:COUNT_HOLES:") and one.ids == () for one in jobs)
    return [one.variables for one in jobs]


async def test_an_enquiry_that_has_ended_is_closed_as_of_its_end_and_the_ledger_says_so(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:
        officer = await node.officer()
        ended = await node.enquiry(officer.id, Purpose.INVESTIGATION, days=1)
        going_on = await node.enquiry(officer.id, Purpose.INVESTIGATION, days=9)
        node.watch.move(days=2)
        await Keeper(node.desk, node.ring).turn()
        enquiries = {one.id: one.closed_at for one in await node.desk.register.enquiries.of(officer.id)}
        assert enquiries == {ended: MORNING + timedelta(days=1), going_on: None}
        [entry] = [one.entry for one in await node.desk.register.ledger.search() if one.entry.enquiry == ended]
        assert (entry.kind, entry.operation) == (EntryKind.ENQUIRY_CLOSED, "enquiry ended")
        assert str(entry.officer).startswith("job:ENQUIRIES:")
        node.watch.move(minutes=1)
        before = await node.desk.register.ledger.head()
        runs = await Keeper(node.desk, node.ring).turn()
        assert [run.name for run in runs] == ["settle", "expire", "clear-imports", "close-enquiries"]
        assert await node.desk.register.ledger.head() == before, "nothing was to be done each minute"


async def test_keys_of_followers_are_destroyed_at_ninety_days(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with station(local_graph, tmp_path) as node:
        await node.desk.register.followers.key("an account", "2026-Q2", b"k" * 32, at=node.watch())
        node.watch.move(days=89)
        await Keeper(node.desk, node.ring).turn()
        with node.desk.register._reads.begin() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM follower_keys").scalar() == 1
        node.watch.move(days=1)
        runs = await Keeper(node.desk, node.ring).turn()
        assert [run.found for run in runs if run.name == "follower-keys"] == [{"keys": 1}]
        with node.desk.register._reads.begin() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM follower_keys").scalar() == 0


async def test_a_job_that_fails_is_on_the_ledger_is_tried_again_and_keeps_no_other_from_running(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:

        def away() -> Driver:
            raise GraphUnavailable("The database does not answer.")

        keeper = Keeper(replace(node.desk, graph=away), node.ring)
        outcomes = {run.name: (run.outcome, run.fault) for run in await keeper.turn()}
        assert outcomes["count-holes"] == outcomes["purge"] == (Outcome.FAILED, "GraphUnavailable")
        assert outcomes["close-enquiries"] == outcomes["sweep-files"] == (Outcome.DONE, "")
        failed = [one.entry for one in await node.desk.register.ledger.search() if one.entry.code == "FAILED"]
        assert {one.operation for one in failed} == {"count holes", "match", "purge"}
        standing = {one.name: one for one in await standing_of(node.desk.register)}
        assert standing["purge"].due_at == MORNING + timedelta(minutes=5)
        node.watch.move(minutes=5)
        again = {run.name: run.outcome for run in await Keeper(node.desk, node.ring).turn()}
        assert again["count-holes"] is again["purge"] is Outcome.DONE
        assert "sweep-files" not in again


async def test_a_job_is_run_when_it_is_asked_for_by_its_name(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with station(local_graph, tmp_path) as node:
        keeper = Keeper(node.desk, node.ring)
        for _ in range(2):
            run = await keeper.run("count-holes")
            assert run is not None
            assert run.outcome is Outcome.DONE
        with pytest.raises(BadInput):
            await keeper.run("nothing of ours")


async def test_a_job_that_meets_a_record_whose_gate_contradicts_itself_fails_and_keeps_no_other_from_running(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    """The second look finds a row that the grant does not open: an incident, and not the end of all keeping."""
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller()
        given = {"p": {"category": "SUSPECT", "names": [name("Kiran Mewada")]}, "m": marking()}
        id = (await adg.ask(RECORD, given))["recordPerson"]["person"]["id"]
        theirs = id.replace("IN-RJ", "IN-PB")
        await rows(
            node.driver, "MATCH (n {id: $id}) SET n.id = $theirs, n.audience = [], n.until = 1", id=id, theirs=theirs
        )
        runs = {run.name: run for run in await Keeper(node.desk, node.ring).turn()}
        assert (runs["purge"].outcome, runs["purge"].fault) == (Outcome.FAILED, "GraphLeak")
        assert {run.outcome for job, run in runs.items() if job != "purge"} == {Outcome.DONE}
        assert await rows(node.driver, "MATCH (n {id: $id}) RETURN count(n)", id=theirs) == [[1]]
        [entry] = [one.entry for one in await node.desk.register.ledger.search() if one.entry.operation == "purge"]
        assert (entry.code, entry.variables) == ("FAILED", {"fault": "GraphLeak"})
