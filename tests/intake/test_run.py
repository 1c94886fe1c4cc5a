"""An import stores each thing once, goes on after a crash, and loses nothing of what it refuses."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from desk.batches import Stored
from desk.errors import Conflict, Refused, Unavailable
from desk.importing import Import, begin_import
from desk.matching import matches, put_matches
from graph import importing
from graph.driver import rows
from graph.errors import TooMuchAsked
from graph.session import GraphDeadline, GraphSession
from intake.mapping import Mapping, packaged_mapping, read_mapping
from intake.preview import Tally
from intake.reading import read
from intake.run import BATCH, load_world, run_import, say_by_hand
from intake.world import world
from intake.world.followers import ActSeen
from register.ledger import Entry, EntryKind
from register.store import RegisterUnavailable
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.handling import Level
from schemas.ids import RecordType, normal_form
from schemas.incident import IncidentContent
from schemas.link import ASSERTED, BORNE_BY_ONE, LinkKind
from schemas.officer import Officer
from tests.intake.conftest import APPROVER, LOADER, SECOND, Loading
from tests.intake.test_mapping import GOOD
from tests.station import TODAY

pytestmark = pytest.mark.anyio

ON = TODAY
DATA = Path(__file__).parent.parent / "data"
RECORDS = "MATCH (n:Record) WHERE NOT n:Change RETURN count(n)"
LINKS = "MATCH ()-[r]->() WHERE r.id IS NOT NULL RETURN count(r)"
LINK_IDS = "MATCH ()-[r]->() WHERE r.id IS NOT NULL RETURN count(DISTINCT r.id)"
FILE = "f" * 64
TRAINING_LIST = GOOD.replace("audience: []", "audience: []\n  compartment: TRAINING")
HEADER = "no,status,name,aliases,mobile\n"


def training_list() -> Mapping:
    return read_mapping(TRAINING_LIST, on=ON)


async def montagna(station: Loading, name: str, refused: Path, officer: Officer = LOADER) -> Tally:
    look = station.look(officer)
    ended = await run_import(
        look, DATA / f"montagna_{name}.graphml", packaged_mapping(f"montagna_{name}", on=ON), refused
    )
    await look.close(document="import")
    await station.approve(ended.change)
    return ended.tally


async def bring(station: Loading, tmp_path: Path, text: str, officer: Officer = LOADER) -> Tally:
    source = tmp_path / "list.csv"
    source.write_text(HEADER + text, encoding="utf-8")
    look = station.look(officer)
    ended = await run_import(look, source, training_list(), tmp_path / "refused.csv")
    await look.close(document="import")
    await station.approve(ended.change)
    return ended.tally


async def test_both_networks_come_in_with_the_counts_of_their_files_and_share_their_people(
    station: Loading, tmp_path: Path
) -> None:
    calls = await montagna(station, "calls", tmp_path / "refused.csv")
    meetings = await montagna(station, "meetings", tmp_path / "refused.csv")
    assert (calls.records["person"], calls.links["ASSOCIATE_OF"], calls.known) == (100, 124, 0)
    assert (meetings.records["person"], meetings.links["ASSOCIATE_OF"], meetings.known) == (101, 256, 47)
    assert await station.count(RECORDS) == 154
    assert await station.count(LINKS) == 124 + 256
    by_basis = await rows(station.driver, "MATCH ()-[r:ASSOCIATE_OF]->() RETURN r.basis, count(r) ORDER BY r.basis")
    assert by_basis == [["CALLS", 124], ["MEETINGS", 256]]


async def test_a_second_run_stores_nothing_new(station: Loading, tmp_path: Path) -> None:
    await montagna(station, "calls", tmp_path / "refused.csv")
    again = await montagna(station, "calls", tmp_path / "refused.csv")
    assert (again.new, again.known, again.refused) == (0, 224, 0)
    assert (await station.count(RECORDS), await station.count(LINKS)) == (100, 124)


async def test_a_longer_file_brings_in_only_what_is_longer(station: Loading, tmp_path: Path) -> None:
    await bring(station, tmp_path, "1,s,Kabir Neem,,+91 61111 00001\n2,s,Sunil Imli,,\n")
    more = await bring(
        station, tmp_path, "0,s,Arun Gular,,\n1,s,Kabir Neem,,+91 61111 00001\n2,s,Sunil Imli,,61111 00001\n"
    )
    assert (more.new, more.known) == (2, 3)
    assert (await station.count(RECORDS), await station.count(LINKS)) == (3, 2)
    assert await station.count("MATCH (v:Value) RETURN count(v)") == 1


async def test_a_broken_off_run_is_taken_up_where_it_was(
    station: Loading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world(3, 0.15, on=ON, only="IN-RJ").states["IN-RJ"]
    assert len(made.drafts) > BATCH
    ledger, append = station.desk.register.ledger, station.desk.register.ledger.append
    outcomes = 0

    async def append_once(entry: Entry) -> object:
        """Let the process die, as far as the import can tell, between a transaction and its outcome."""
        nonlocal outcomes
        if entry.kind is EntryKind.OUTCOME and entry.code == "DONE":
            outcomes += 1
        if outcomes == 1:
            raise ConnectionAbortedError
        return await append(entry)

    monkeypatch.setattr(ledger, "append", append_once)
    with pytest.raises(ConnectionAbortedError):
        await load_world(station.look(LOADER), "training-world-3", made)
    monkeypatch.undo()
    half = await station.count(RECORDS) + await station.count(LINKS)
    assert 0 < half <= BATCH
    # Another turn of the clock would settle what was broken off; the run itself goes on without waiting for that.
    ended = await load_world(station.look(LOADER), "training-world-3", made)
    await station.approve(ended.change)
    rest = ended.tally
    assert (rest.known, rest.new) == (0, len(made.drafts))
    assert await station.count(RECORDS) == len(made.records) + len(made.again)
    assert await station.count(LINKS) == await station.count(LINK_IDS) == len(made.links) + len(made.again_links)


async def test_every_change_is_on_the_ledger_before_and_after(station: Loading, tmp_path: Path) -> None:
    await montagna(station, "calls", tmp_path / "refused.csv")
    assert await station.desk.register.ledger.unsettled() == []
    written = await station.desk.register.ledger.search(officer=LOADER.id)
    entries = [one.entry for one in reversed(written)]
    *crossings, asked = entries
    assert [entry.kind for entry in crossings] == [EntryKind.INTENT, EntryKind.OUTCOME] * (len(crossings) // 2)
    # What a busy machine has no time or room for goes in by parts, each between entries of its own.
    outcomes = [entry for entry in crossings[1::2] if entry.code not in ("DEADLINE", "LIMIT")]
    *brought, waits = outcomes
    assert {entry.code for entry in outcomes} == {"DONE"}
    assert len({id for entry in brought for id in entry.ids}) == 224
    assert set(waits.ids).isdisjoint(id for entry in brought for id in entry.ids)
    assert (asked.kind, asked.ids) == (EntryKind.LOOK, ())
    operations = await rows(station.driver, "MATCH (o:Operation) RETURN o.id")
    assert {entry.op_id for entry in entries} - {None} < {id for (id,) in operations}


async def test_without_a_ledger_nothing_is_stored(
    station: Loading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(entry: Entry) -> object:
        raise RegisterUnavailable

    monkeypatch.setattr(station.desk.register.ledger, "append", gone)
    with pytest.raises(Unavailable):
        await run_import(
            station.look(LOADER),
            DATA / "montagna_calls.graphml",
            packaged_mapping("montagna_calls", on=ON),
            tmp_path / "refused.csv",
        )
    assert await station.count(RECORDS) == 0


async def test_what_the_desk_refuses_goes_to_the_file_with_its_line(station: Loading, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text(HEADER + "1,s,Kabir Neem,,\n2,z,Sunil Imli,,\n", encoding="utf-8")
    open_list = read_mapping(GOOD, on=ON)
    ended = await run_import(station.look(LOADER), source, open_list, tmp_path / "refused.csv")
    tally = ended.tally
    assert (tally.new, tally.refused) == (0, 2)
    refused = (tmp_path / "refused.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert sorted(refused) == [
        "2,marking.compartment,For this enquiry you record in TRAINING.",
        "3,category,The table `statuses` does not know what stands here.",
    ]
    assert await station.count(RECORDS) == 0


async def test_a_file_cites_only_units_that_stood_and_sections_that_were_in_force(
    station: Loading, tmp_path: Path
) -> None:
    (person,), _ = drafts(tmp_path, "1,s,Kabir Neem,,\n")
    told = [
        IncidentContent(title="A call", demand_at=datetime(2024, 6, 30, 19, tzinfo=UTC), sections=(section,))
        for section in ("BNS 308(4)", "IPC 387", "RCOCA *", "387")
    ]
    incidents = [
        RecordDraft(ref=f"i{number}", type=RecordType.INCIDENT, marking=person.marking, content=content)
        for number, content in enumerate(told)
    ]
    nowhere = person.marking.model_copy(update={"unit": "RJ-NOWHERE"})
    incidents.append(incidents[0].model_copy(update={"ref": "i4", "marking": nowhere}))
    begun = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    stored = await begun.store(incidents)
    assert stored.new == await station.count(RECORDS) == 1
    assert {place: (problem.path, problem.message) for place, (problem,) in stored.refused.items()} == {
        # In India it was the first of July, the day on which the one law gave way to the other.
        1: ("sections.0", "It was not in force in IN-RJ on 2024-07-01."),
        2: (
            "sections.0",
            "It cannot be chosen before the dated notification that brings it into force is entered.",
        ),
        3: (
            "sections.0",
            "No section is cited so; write the short name of its act and its number, such as BNS 308(4).",
        ),
        4: ("marking.unit", "No police unit of IN-RJ has this code on 2026-06-01."),
    }


async def test_nobody_records_above_his_level_by_a_file(station: Loading, tmp_path: Path) -> None:
    second = SECOND.model_copy(update={"level": Level.ANY_OFFICER})
    tally = await bring(station, tmp_path, "1,s,Kabir Neem,,\n", second)
    assert (tally.new, tally.refused) == (0, 1)


async def test_of_two_runs_at_once_one_is_refused_and_nothing_comes_in_twice(station: Loading, tmp_path: Path) -> None:
    records, links = drafts(tmp_path, "".join(f"{n},s,Kabir Neem,,61111 0000{n}\n" for n in range(8)))
    everything = [*records, *links]
    begun = [await begin_import(station.look(LOADER), "station-list", FILE, FILE) for _ in range(3)]
    ended = await asyncio.gather(*(run.store(everything) for run in begun), return_exceptions=True)
    (stored,) = [end for end in ended if isinstance(end, Stored)]
    refused = [end for end in ended if isinstance(end, Conflict)]
    assert (stored.new, len(refused)) == (16, 2)
    assert "Another run is bringing this source in." in str(refused[0])
    assert (await station.count(RECORDS), await station.count(LINKS)) == (8, 8)
    assert await station.count("MATCH (o:Operation) RETURN count(o)") == 1
    assert await station.desk.register.ledger.unsettled() == []
    again = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    assert await again.store(everything) == Stored(0, set(), set(range(16)))


async def test_a_run_that_another_has_overtaken_draws_no_link_twice(station: Loading, tmp_path: Path) -> None:
    records, links = drafts(tmp_path, "".join(f"{n},s,Kabir Neem,,61111 0000{n}\n" for n in range(8)))
    slow, quick = [await begin_import(station.look(LOADER), "station-list", FILE, FILE) for _ in range(2)]
    await slow.store(records)
    overtaking = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    await overtaking.store([*records, *links])
    for late in (slow, quick):
        with pytest.raises(Conflict):
            await late.store([*records, *links])
    assert await station.count(LINKS) == await station.count(LINK_IDS) == 8


async def test_what_earlier_runs_did_is_one_question(station: Loading, tmp_path: Path) -> None:
    records, _ = drafts(tmp_path, "".join(f"{n},s,Kabir Neem,,\n" for n in range(5)))
    begun = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    for record in records:
        await begun.store([record])
    look = station.look(LOADER)
    again = await begin_import(look, "station-list", FILE, FILE)
    assert (await look.graph()).asked == 1
    assert (await again.store(records)).brought == set(range(5))


async def test_another_officer_learns_nothing_of_what_the_first_brought_in(station: Loading, tmp_path: Path) -> None:
    first = await bring(station, tmp_path, "1,s,Kabir Neem,,\n")
    second = await bring(station, tmp_path, "1,s,Kabir Neem,,\n", SECOND)
    assert (first.new, first.known) == (second.new, second.known) == (1, 0)


def drafts(tmp_path: Path, text: str) -> tuple[list[RecordDraft], list[LinkDraft]]:
    source = tmp_path / "drafts.csv"
    source.write_text(HEADER + text, encoding="utf-8")
    found = list(read(source, training_list()))
    return [d for d in found if isinstance(d, RecordDraft)], [d for d in found if isinstance(d, LinkDraft)]


async def test_a_link_to_a_record_that_is_gone_is_refused_alone(station: Loading, tmp_path: Path) -> None:
    records, links = drafts(tmp_path, "".join(f"{n},s,Kabir Neem,,61111 0000{n}\n" for n in range(8)))
    begun = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    await begun.store(records)
    await rows(
        station.driver,
        "MATCH (n:Record)-[:HEAD]->(v) WITH n, v ORDER BY n.id LIMIT 1 "
        "SET n.class = 'WITHDRAWN', v.class = 'WITHDRAWN'",
    )
    stored = await begun.store(links)
    assert (stored.new, len(stored.refused)) == (7, 1)
    assert await station.count(LINKS) == 7
    assert await station.desk.register.ledger.unsettled() == []


async def test_a_withdrawn_record_does_not_come_back(station: Loading, tmp_path: Path) -> None:
    await bring(station, tmp_path, "1,s,Kabir Neem,,\n")
    await rows(station.driver, "MATCH (n:Record)-[:HEAD]->(v) SET n.class = 'WITHDRAWN', v.class = 'WITHDRAWN'")
    again = await bring(station, tmp_path, "1,s,Kabir Neem,,\n")
    assert (again.new, again.known) == (0, 1)
    assert await station.count(RECORDS) == 1


async def test_a_batch_goes_in_around_the_link_that_cannot_be_drawn(station: Loading, tmp_path: Path) -> None:
    await bring(station, tmp_path, "1,s,Kabir Neem,,\n")
    await rows(station.driver, "MATCH (n:Record)-[:HEAD]->(v) SET n.class = 'WITHDRAWN', v.class = 'WITHDRAWN'")
    again = await bring(station, tmp_path, "1,s,Kabir Neem,,61111 00001\n2,s,Sunil Imli,,61111 00002\n")
    assert (again.new, again.known, again.refused) == (2, 1, 1)
    assert "2,to,One of its ends is not there for you any more." in (tmp_path / "refused.csv").read_text()
    assert (await station.count(RECORDS), await station.count(LINKS)) == (2, 1)


@pytest.mark.parametrize("too_much", [GraphDeadline, TooMuchAsked])
async def test_a_batch_that_has_not_time_or_room_enough_goes_in_by_parts(
    station: Loading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, too_much: type[Exception]
) -> None:
    records, links = drafts(tmp_path, "".join(f"{n},s,Kabir Neem,,61111 0000{n}\n" for n in range(6)))
    begun = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    store = importing.store

    async def slow(
        graph: GraphSession, operation: object, new: list[object], drawn: list[object], *more: Any, **by: Any
    ) -> None:
        """Stand in for a database that has time or room for three things only."""
        if len(new) + len(drawn) > 3:
            raise too_much
        await store(graph, operation, new, drawn, *more, **by)

    monkeypatch.setattr(importing, "store", slow)
    stored = await begun.store([*records, *links])
    assert (stored.new, stored.refused) == (12, {})
    assert (await station.count(RECORDS), await station.count(LINKS)) == (6, 6)
    again = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    assert (await again.store([*records, *links])).brought == set(range(12))


async def test_a_link_to_a_record_that_nobody_brought_in_is_refused(station: Loading, tmp_path: Path) -> None:
    _, links = drafts(tmp_path, "1,s,Kabir Neem,,61111 00001\n")
    begun = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    stored = await begun.store(links)
    assert [problem.path for problems in stored.refused.values() for problem in problems] == ["from_"]


async def test_a_closed_account_imports_nothing(station: Loading) -> None:
    closed = LOADER.model_copy(update={"active": False})
    with pytest.raises(Refused):
        await begin_import(station.look(closed), "station-list", FILE, FILE)
    [written] = await station.desk.register.ledger.search(first=1)
    said = written.entry
    assert (said.kind, said.operation, said.code) == (EntryKind.REFUSAL, "import", "ACCOUNT_CLOSED")
    assert (said.enquiry, said.purpose) == (station.enquiries[LOADER.id], "TRAINING")


async def test_a_batch_has_its_bound(station: Loading, tmp_path: Path) -> None:
    (record,), _ = drafts(tmp_path, "1,s,Kabir Neem,,\n")
    begun: Import = await begin_import(station.look(LOADER), "station-list", FILE, FILE)
    with pytest.raises(ValueError, match="at most 1000"):
        await begun.store([record] * 1_001)


async def test_a_small_training_world_goes_in_whole(station: Loading) -> None:
    made = world(5, 0.1, on=ON, only="IN-RJ").states["IN-RJ"]
    seen: list[int] = []
    look = station.look(LOADER)
    ended = await load_world(look, "training-world-5", made, progress=seen.append)
    await look.close(document="import")
    await station.approve(ended.change)
    tally = ended.tally
    assert (tally.refused, tally.known) == (0, 0)
    assert tally.new == len(made.drafts) == seen[-1]
    assert await station.count(RECORDS) == len(made.records) + len(made.again)
    assert await station.count(LINKS) == len(made.links) + len(made.again_links)
    assert await station.count("MATCH (n:Record) WHERE n.comp <> 'TRAINING' RETURN count(n)") == 0


async def test_what_is_said_by_hand_of_a_world_is_said_once_and_what_it_has_twice_is_matched(station: Loading) -> None:
    made = world(5, 0.1, on=ON, only="IN-RJ").states["IN-RJ"]
    look = station.look(LOADER)
    ended = await load_world(look, "training-world-5", made)
    await look.close(document="import")
    await station.approve(ended.change)
    for _ in range(2):
        await say_by_hand(station.look(LOADER), "training-world-5", made, ended.ids)
    said = await rows(
        station.driver,
        "MATCH (a:Record)-[r:SAME_AS|NOT_SAME_AS|UNSURE]->(b:Record) RETURN type(r), a.id, b.id",
    )
    wanted = [[draft.kind.value, ended.ids[str(draft.from_)], ended.ids[str(draft.to)]] for draft in made.asserted]
    assert sorted(said) == sorted(wanted)
    assert {kind for kind, _, _ in said} == set(ASSERTED)

    bearers = defaultdict(set)
    for link in (*made.links, *made.again_links):
        ref = str(link.from_)
        if link.kind is not LinkKind.IDENTIFIED_BY or not isinstance(link.to, ValueEnd):
            continue
        if (RecordType(ref.split("/")[-2]), link.to.kind) in BORNE_BY_ONE:
            bearers[ref.split("/")[-2], normal_form(link.to.kind, link.to.value)].add(ended.ids[ref])
    of_one_number = {frozenset(pair) for ids in bearers.values() for pair in combinations(sorted(ids), 2)}
    await put_matches(station.desk)
    look = station.look(APPROVER)
    told = await matches(look, first=50, after=None)
    assert not told.more
    assert {frozenset(id for id, _ in one.records) for _, one in told.rows} == of_one_number - {
        frozenset((one, other)) for _, one, other in said
    }
    assert len(told.rows) > 10

    # As many audiences as were counted, and acts that are held by no name; both by hand, and both once.
    acts = sum(isinstance(seen, ActSeen) for seen in made.seen)
    assert await station.count("MATCH (n:Follower) RETURN count(n)") == acts > 0
    assert await station.count("MATCH (n:Audience) RETURN count(n)") == len(made.seen) - acts > 0
