"""What a file brings waits unseen for a second officer, is there in one step, and can be undone."""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from desk.errors import Conflict, NotFound, Refused
from desk.importing import begin_import
from desk.keeping import clear_imports, expire, settle
from desk.looking import Look
from desk.undoing import Undone, undo_import
from graph.driver import rows
from graph.local import LocalGraph
from graph.session import GraphDeadline
from graph.undoing import Kept
from intake.mapping import Mapping, read_mapping
from intake.run import Ended, run_import
from register.imports import LIFETIME
from register.ledger import EntryKind
from register.tables import enquiries, import_runs, officers, pending_changes
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.envelope import Marking
from schemas.handling import Level, Purpose
from schemas.ids import RecordType, ValueKind
from schemas.imported import ImportReport
from schemas.link import LinkContent, LinkKind
from schemas.officer import Rank
from schemas.person import Category, NameKind, PersonContent, RecordedName, Script
from schemas.run import RunState
from tests.desk.seconds import AJMER, APPROVE, DECLINE, EAST, INBOX, KOTA, ONE, READ, WEST, WITHDRAW, waiting_ids
from tests.intake.test_mapping import GOOD
from tests.station import MORNING, TODAY, Caller, Station, marking, station

pytestmark = pytest.mark.anyio

HEADER = "no,status,name,aliases,mobile,colour\n"
LISTED = "1,s,Kabir Neem,,+91 61111 00001,red\n2,s,Sunil Imli,,,\n3,z,Arun Gular,,61111 00003,blue\n"
PHONE = "+916111100001"
ASKED = (
    ("query { persons(first: 50) { totalCount edges { node { id names { text } } } } }", {}),
    ('query { find(text: "Kabir Neem", first: 10) { edges { node { id } } } }', {}),
    (f'query {{ find(text: "{PHONE}", first: 10) {{ edges {{ node {{ id }} }} }} }}', {}),
    (f'query {{ identifier(kind: PHONE, value: "{PHONE}") {{ id persons {{ totalCount }} }} }}', {}),
)


@dataclass
class Bench:
    """A node with an author who brings files in, and officers of other chains."""

    node: Station
    folder: Path
    author: Caller
    second: Caller
    other: Caller

    def look(self, caller: Caller | None = None) -> Look:
        """Give a request of an officer on their enquiry."""
        who = caller or self.author
        return Look(self.node.desk, who.officer, who.enquiry, self.node.watch())

    async def bring(self, text: str = LISTED, *, mapping: Mapping | None = None) -> Ended:
        """Bring a list in."""
        source = self.folder / "list.csv"
        source.write_text(HEADER + text, encoding="utf-8")
        look = self.look()
        ended = await run_import(look, source, mapping or the_mapping(), self.folder / "refused.csv")
        await look.close(document="import")
        return ended

    async def brought(self, text: str = LISTED) -> Ended:
        """Bring a list in and have it approved."""
        ended = await self.bring(text)
        assert (await self.approve(ended))["change"]["state"] == "APPROVED"
        return ended

    async def approve(self, ended: Ended) -> dict[str, Any]:
        """Have the second officer approve a run."""
        said: dict[str, Any] = (await self.second.ask(APPROVE, {"id": ended.change}))["approve"]
        return said

    async def undo(self, ended: Ended, caller: Caller | None = None) -> Undone:
        look = self.look(caller)
        done = await undo_import(look, ended.run, "The list was of another town.")
        await look.close(document="undo import")
        return done

    async def answers(self) -> list[bytes]:
        """Give what everybody is answered who could see the list if it were there."""
        return [
            (await caller.post(text, given)).content
            for caller in (self.author, self.second, self.other)
            for text, given in ASKED
        ]

    async def state(self, ended: Ended) -> RunState:
        run = await self.node.desk.register.imports.get(ended.run)
        assert run is not None
        return run.state

    async def count(self, text: str) -> int:
        [[number]] = await rows(self.node.driver, text)
        return int(number)


def the_mapping() -> Mapping:
    return read_mapping(GOOD, on=TODAY)


@pytest.fixture(scope="module")
async def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    folder = tmp_path_factory.mktemp("runs")
    async with station(local_graph, folder, seconds=True) as made:
        # What is asked has its time only once the database has planned it.
        for _ in range(6):
            with suppress(AssertionError, KeyError, GraphDeadline):
                bench = await emptied(made, folder)
                ended = await bench.brought()
                await bench.answers()
                await bench.undo(ended)
                break
        made.watch.move(minutes=1)
        await settle(made.desk)
        yield made


@pytest.fixture
async def bench(node: Station, tmp_path: Path) -> Bench:
    """Give a node in which nobody and nothing is yet but three officers."""
    return await emptied(node, tmp_path)


async def emptied(node: Station, folder: Path) -> Bench:
    node.watch.now = MORNING
    await node.wipe()
    with node.desk.register._writes.begin() as connection:
        for table in (import_runs, pending_changes, enquiries, officers):
            connection.execute(delete(table))
    author = await node.caller("rj.author", rank=Rank.SI, unit=EAST)
    second = await node.caller("rj.second", rank=Rank.SP_DCP, unit=AJMER)
    other = await node.caller("rj.other", rank=Rank.SI, unit=KOTA)
    return Bench(node, folder, author, second, other)


async def test_what_a_file_brings_is_unseen_until_a_second_officer_approves_it(bench: Bench) -> None:
    before = await bench.answers()
    ended = await bench.bring()
    assert (ended.tally.records, ended.tally.links, ended.tally.refused) == ({"person": 2}, {"USES_PHONE": 1}, 2)
    # The records alone are hidden: what hangs on them is as it is to be.
    assert await bench.count("MATCH (n:Person {class: 'PENDING'}) RETURN count(n)") == 2
    assert await bench.count("MATCH (v:Version {class: 'SUSPECT'})<-[:HEAD]-(:Person) RETURN count(v)") == 2
    assert await bench.count("MATCH ()-[r:USES_PHONE {class: '-'}]->() RETURN count(r)") == 1
    assert await bench.answers() == before
    assert await waiting_ids(bench.second) == [ended.change]
    assert (await bench.approve(ended))["problems"] == []
    assert await bench.state(ended) is RunState.VISIBLE
    seen = await bench.other.ask(*ASKED[0])
    assert seen["persons"]["totalCount"] == 2
    assert (await bench.other.ask(*ASKED[3]))["identifier"]["persons"]["totalCount"] == 1
    assert await bench.count("MATCH (n:Record) WHERE n.class = 'PENDING' RETURN count(n)") == 0
    assert await bench.node.desk.register.ledger.unsettled() == []


async def test_the_second_officer_is_told_every_count_the_hash_of_the_file_and_rows_drawn_by_lot(bench: Bench) -> None:
    many = "".join(f"{n},{'s' if n % 10 else 'z'},Kabir Neem {n},,,grey\n" for n in range(1, 101))
    await bench.bring(many)
    [edge] = (await bench.second.ask(INBOX))["inbox"]["edges"]
    change = edge["node"]
    says = [(one["field"], one["text"]) for one in change["says"]]
    assert (change["act"], change["rank"], change["own"]) == ("IMPORT", "SP_DCP", False)
    digest = hashlib.sha256((HEADER + many).encode()).hexdigest()
    assert {
        ("source", "station-list"), ("file", f"SHA-256 {digest}"), ("rows.rows", "100"), ("records.person", "90"),
        ("refused", "10"), ("refused", "10 x category: The table `statuses` does not know what stands here."),
        ("unsaid", "100 x rows.colour"), ("repeated", "0"), ("known", "0"), ("held", "0"),
    } <= set(says)  # fmt: skip
    sample = [text for field, text in says if field == "sample"]
    assert len(sample) == 20
    assert all("names Kabir Neem" in text and "level 1" in text for text in sample)
    assert len({text.split(",")[0] for text in sample}) == 20, "each is of a line of its own"
    assert [change["id"]] == await waiting_ids(bench.author)


@pytest.mark.parametrize(
    ("id", "unit", "rank", "level"),
    [
        ("rj.same.chain", WEST, Rank.SP_DCP, Level.SOURCE_BEARING),
        ("rj.low.rank", AJMER, Rank.DYSP_ACP, Level.SOURCE_BEARING),
        ("rj.low.level", KOTA, Rank.DIG_ADDL_CP, Level.ANY_OFFICER),
    ],
)
async def test_nobody_else_decides_a_run_nor_learns_of_it(
    bench: Bench, id: str, unit: str, rank: Rank, level: Level
) -> None:
    ended = await bench.bring()
    stranger = await bench.node.caller(id, rank=rank, unit=unit, level=level)
    assert await waiting_ids(stranger) == []
    for document in (ONE, APPROVE, DECLINE, WITHDRAW):
        assert await stranger.code(document, {"id": ended.change}) == "NOT_FOUND"
    assert await bench.author.code(APPROVE, {"id": ended.change}) == "REFUSED"
    assert await bench.state(ended) is RunState.WAITING


async def test_an_approver_who_reads_not_all_of_a_run_approves_none_of_it(bench: Bench) -> None:
    victims = read_mapping(GOOD.replace("{s: SUSPECT, c: CONTACT}", "{s: SUSPECT, c: VICTIM}"), on=TODAY)
    ended = await bench.bring("1,s,Kabir Neem,,,\n2,c,Sunil Imli,,,\n", mapping=victims)
    bench.second.enquiry = await bench.node.enquiry("rj.second", Purpose.FUGITIVE)
    assert await bench.second.code(APPROVE, {"id": ended.change}) == "REFUSED"
    assert await bench.count("MATCH (n:Person {class: 'PENDING'}) RETURN count(n)") == 2
    bench.second.enquiry = await bench.node.enquiry("rj.second", Purpose.INVESTIGATION)
    assert (await bench.approve(ended))["change"]["state"] == "APPROVED"


async def test_an_author_who_has_lost_the_level_of_a_run_brings_nothing_in(bench: Bench) -> None:
    ended = await bench.bring()
    await lowered(bench.node, "rj.author", Level.ANY_OFFICER)
    assert await bench.second.code(APPROVE, {"id": ended.change}) == "REFUSED"
    assert await bench.count("MATCH (n:Person {class: 'PENDING'}) RETURN count(n)") == 2


async def test_the_level_of_a_run_is_that_of_its_strictest_link(bench: Bench) -> None:
    begun = await begin_import(bench.look(), "station-list", "a" * 64, "b" * 64)
    link = LinkDraft(
        ref="phone", kind=LinkKind.USES_PHONE, from_="1", to=ValueEnd(kind=ValueKind.PHONE, value=PHONE),
        marking=marked().model_copy(update={"level": Level.SOURCE_BEARING}), content=LinkContent(),
    )  # fmt: skip
    await begun.store([person("1"), link])
    change = await begun.ask(REPORT)
    low = await bench.node.caller("rj.low", rank=Rank.SP_DCP, unit=AJMER, level=Level.NAMED_DESK)
    assert await waiting_ids(low) == []
    await lowered(bench.node, "rj.author", Level.NAMED_DESK)
    assert await bench.second.code(APPROVE, {"id": change}) == "REFUSED"


async def test_what_was_loaded_after_the_asking_is_not_what_was_asked_for(bench: Bench) -> None:
    ended = await bench.bring()
    await rows(bench.node.driver, "MATCH (o:Operation) WHERE size(o.made) = 3 SET o.made = o.made[..2]")
    assert await bench.second.code(APPROVE, {"id": ended.change}) == "REFUSED"
    assert await bench.state(ended) is RunState.WAITING


@pytest.mark.parametrize("end", ["declined", "taken back", "undone", "expired"])
async def test_a_run_that_comes_to_nothing_leaves_nothing_and_can_be_brought_in_again(bench: Bench, end: str) -> None:
    before = await bench.answers()
    ended = await bench.bring()
    match end:
        case "declined":
            await bench.second.ask(DECLINE, {"id": ended.change})
        case "taken back":
            await bench.author.ask(WITHDRAW, {"id": ended.change})
        case "undone":
            assert (await bench.undo(ended)).state is RunState.WITHDRAWN
        case "expired":
            bench.node.watch.now += LIFETIME
            await expire(bench.node.desk)
    await clear_imports(bench.node.desk)
    assert await bench.count("MATCH (n:Record|Version) RETURN count(n)") == 0
    assert await bench.count("MATCH ()-[r]->() RETURN count(r)") == 0
    assert await clear_imports(bench.node.desk) == 0, "it is cleared once"
    if end != "expired":
        assert await bench.answers() == before
    bench.node.watch.now = MORNING
    again = await bench.bring()
    assert (again.run != ended.run, again.tally.new) == (True, 3)


async def test_of_one_source_one_run_is_under_way(bench: Bench) -> None:
    await bench.bring()
    for text in (LISTED, LISTED + "4,s,Mohan Tamarind,,,\n"):
        with pytest.raises(Conflict, match="waits for a second officer"):
            await bench.bring(text)
    assert await bench.count("MATCH (n:Person) RETURN count(n)") == 2


async def test_a_longer_list_waits_with_what_is_longer_alone(bench: Bench) -> None:
    first = await bench.brought()
    longer = await bench.bring(LISTED + "4,s,Mohan Tamarind,,+91 61111 00001,\n")
    assert (longer.run != first.run, longer.tally.known, longer.tally.brought) == (
        True, 3, {"person": 1, "USES_PHONE": 1},
    )  # fmt: skip
    assert (await bench.other.ask(*ASKED[3]))["identifier"]["persons"]["totalCount"] == 1
    await bench.approve(longer)
    assert (await bench.other.ask(*ASKED[3]))["identifier"]["persons"]["totalCount"] == 2
    nothing = await bench.bring(LISTED)
    assert (nothing.change, await bench.state(nothing)) == (None, RunState.EMPTY)


async def test_links_that_nothing_would_hide_are_drawn_with_the_approval(bench: Bench) -> None:
    await bench.brought()
    called = LinkDraft(
        ref="call", kind=LinkKind.CALLED, from_=ValueEnd(kind=ValueKind.PHONE, value=PHONE),
        to=ValueEnd(kind=ValueKind.PHONE, value="+91 61111 00009"), marking=marked(), content=LinkContent(weight=3),
    )  # fmt: skip
    known = LinkDraft(ref="met", kind=LinkKind.MET_WITH, from_="p/1", to="p/2", marking=marked(), content=LinkContent())
    before = await bench.answers()
    begun = await begin_import(bench.look(), "station-list", "a" * 64, "b" * 64)
    stored = await begun.store([called, known])
    assert (stored.brought, stored.refused) == ({0, 1}, {})
    change = await begun.ask(REPORT)
    assert await bench.count("MATCH ()-[r:CALLED|MET_WITH]->() RETURN count(r)") == 0
    assert await bench.answers() == before
    said = (await bench.second.ask(ONE, {"id": change}))["pendingChange"]["says"]
    assert {"field": "held", "text": "2"} in said
    await bench.second.ask(APPROVE, {"id": change})
    assert await bench.count("MATCH ()-[r:CALLED|MET_WITH]->() RETURN count(r)") == 2
    assert await bench.count("MATCH (n:Change) RETURN count(n)") == 0
    # Their content is known from the approval on, in its author's name.
    [[by, weight]] = await rows(bench.node.driver, "MATCH ()-[r:CALLED]->() RETURN r.recorded_by, r.weight")
    assert (by, weight) == ("rj.author", 3)
    done = await bench.undo(Ended(begun.run.id, None, None))  # type: ignore[arg-type]
    assert (done.closed, done.withdrawn) == (2, 0)
    assert await bench.count("MATCH ()-[r:CALLED|MET_WITH]->() RETURN count(r)") == 0
    assert await bench.count("MATCH ()-[r:WAS_CALLED|WAS_MET_WITH]->() RETURN count(r)") == 2


async def test_undoing_withdraws_just_what_the_run_brought(bench: Bench) -> None:
    before = await bench.answers()
    ended = await bench.brought()
    with pytest.raises(NotFound):
        await bench.undo(ended, bench.other)
    done = await bench.undo(ended)
    assert (done.state, done.withdrawn, done.kept, done.gone) == (RunState.UNDONE, 2, {}, 0)
    assert await bench.answers() == before
    assert await bench.state(ended) is RunState.UNDONE
    classes = "MATCH (n:Person) UNWIND n.class + COLLECT { MATCH (n)-[:HEAD|WAS]->(v) RETURN v.class } AS c "
    assert await rows(bench.node.driver, classes + "RETURN DISTINCT c") == [["WITHDRAWN"]]
    with pytest.raises(Conflict):
        await bench.undo(ended)
    # What was undone comes in again, as records of its own.
    again = await bench.brought()
    assert again.tally.new == 3
    assert (await bench.other.ask(*ASKED[0]))["persons"]["totalCount"] == 2
    [entry, *_] = [
        one.entry
        for one in await bench.node.desk.register.ledger.search(first=200)
        if one.entry.kind is EntryKind.IMPORT and one.entry.code == "UNDONE"
    ]
    assert entry.officer == "rj.author"
    assert await bench.node.desk.register.ledger.unsettled() == []


async def test_the_approver_may_undo_too(bench: Bench) -> None:
    ended = await bench.brought()
    assert (await bench.undo(ended, bench.second)).withdrawn == 2


async def test_undoing_keeps_and_names_what_was_changed_or_built_on_since(bench: Bench) -> None:
    ended = await bench.brought(LISTED.replace("3,z", "3,s"))
    people = {
        edge["node"]["names"][0]["text"]: edge["node"]["id"]
        for edge in (await bench.other.ask(*ASKED[0]))["persons"]["edges"]
    }
    linked = {
        "from": {"id": people["Sunil Imli"]}, "to": {"kind": "PHONE", "value": "+91 61111 00007"}, "m": marking()
    }  # fmt: skip
    assert (await bench.other.ask(LINK_PHONE, linked))["link"]["id"]
    asked = {"id": people["Kabir Neem"]}
    rev = (await bench.other.ask(READ, asked))["person"]["provenance"]["rev"]
    assert (await bench.other.ask(REVISE, {**asked, "rev": rev}))["revisePerson"]["problems"] == []
    done = await bench.undo(ended)
    assert done.kept == {people["Sunil Imli"]: Kept.BUILT_ON, people["Kabir Neem"]: Kept.REVISED}
    assert (done.withdrawn, done.closed) == (1, 1)
    assert await bench.count("MATCH ()-[r:USES_PHONE]->(:Value) WHERE r.note IS NULL RETURN count(r)") == 1
    seen = (await bench.other.ask(*ASKED[0]))["persons"]
    assert {edge["node"]["id"] for edge in seen["edges"]} == set(done.kept)


async def test_a_record_withdrawn_by_hand_stays_so_and_is_counted(bench: Bench) -> None:
    ended = await bench.brought()
    [edge, _] = (await bench.other.ask(*ASKED[0]))["persons"]["edges"]
    await bench.other.ask(
        'mutation($id: ID!) { withdraw(id: $id, reason: "Twice") { id } }', {"id": edge["node"]["id"]}
    )
    done = await bench.undo(ended)
    assert (done.withdrawn, done.gone) == (1, 1)


async def test_a_run_that_nobody_can_second_is_not_begun(bench: Bench) -> None:
    nowhere = await bench.node.caller("rj.nowhere", rank=Rank.SI, unit="RJ-NOWHERE")
    with pytest.raises(Refused):
        await begin_import(bench.look(nowhere), "station-list", "a" * 64, "b" * 64)


async def test_a_run_that_nobody_went_on_with_is_given_up_after_a_week(bench: Bench) -> None:
    begun = await begin_import(bench.look(), "station-list", "a" * 64, "b" * 64)
    await begun.store([person("1")])
    bench.node.watch.now += LIFETIME - timedelta(seconds=1)
    assert await clear_imports(bench.node.desk) == 0
    bench.node.watch.now += timedelta(seconds=1)
    assert await clear_imports(bench.node.desk) == 1
    assert await bench.count("MATCH (n:Record) RETURN count(n)") == 0


async def test_a_run_that_was_broken_off_is_gone_on_with_by_its_own_file_or_given_up(bench: Bench) -> None:
    first = await begin_import(bench.look(), "station-list", "a" * 64, "b" * 64)
    await first.store([person("1")])
    again = await begin_import(bench.look(), "station-list", "a" * 64, "b" * 64)
    assert again.run == first.run
    for file, mapping in (("c" * 64, "b" * 64), ("a" * 64, "c" * 64)):
        with pytest.raises(Conflict, match="broken off"):
            await begin_import(bench.look(), "station-list", file, mapping)
    assert (await bench.undo(Ended(first.run.id, None, None))).state is RunState.GIVEN_UP  # type: ignore[arg-type]
    assert await bench.count("MATCH (n:Record) RETURN count(n)") == 0
    fresh = await begin_import(bench.look(), "station-list", "c" * 64, "b" * 64)
    assert (fresh.run.id != first.run.id, (await fresh.store([person("1")])).new) == (True, 1)


async def test_a_run_stays_in_one_compartment(bench: Bench) -> None:
    author = await bench.node.caller("rj.two", rank=Rank.SI, unit=EAST, compartments=("IN-RJ:ONE", "IN-RJ:TWO"))
    begun = await begin_import(bench.look(author), "station-list", "a" * 64, "b" * 64)
    inside = [person(name, compartment=name) for name in ("IN-RJ:ONE", "IN-RJ:TWO")]
    stored = await begun.store(inside)
    later = await begun.store(inside[1:])
    assert (stored.brought, list(stored.refused), list(later.refused)) == ({0}, [1], [0])


async def test_a_file_that_changes_under_the_reading_is_not_asked_for(bench: Bench) -> None:
    source = bench.folder / "list.csv"

    def meddle(_: int) -> None:
        source.write_text(HEADER + LISTED + "9,s,Late Comer,,,\n", encoding="utf-8")

    source.write_text(HEADER + LISTED, encoding="utf-8")
    with pytest.raises(Conflict, match="changed while it was read"):
        await run_import(bench.look(), source, the_mapping(), bench.folder / "refused.csv", progress=meddle)
    assert await waiting_ids(bench.second) == []


def marked(compartment: str | None = None) -> Marking:
    said = marking(compartment=compartment)
    snake = {re.sub("([A-Z])", lambda letter: "_" + letter[1].lower(), name): value for name, value in said.items()}
    return Marking.model_validate({**snake, "info_grade": "2"})


def person(ref: str, **said: Any) -> RecordDraft:
    name = RecordedName(text="Kabir Neem", script=Script.LATIN, kind=NameKind.LEGAL)
    content = PersonContent(category=Category.SUSPECT, names=(name,))
    return RecordDraft(ref=ref, type=RecordType.PERSON, marking=marked(**said), content=content)


async def lowered(node: Station, officer: str, level: Level) -> None:
    """Take an officer's level away, straight in the register."""
    with node.desk.register._writes.begin() as connection:
        connection.execute(update(officers).where(officers.c.id == officer).values(level=int(level)))


REPORT = ImportReport(
    source="station-list", file="a" * 64, mapping="b" * 64, rows=(), records=(), links=(), known=0, repeated=0,
    refused=(), untaken=(), unsaid=(), sample=(),
)  # fmt: skip
LINK_PHONE = """mutation($from: EndInput!, $to: EndInput!, $m: MarkingInput!) {
  link(kind: USES_PHONE, from: $from, to: $to, marking: $m, content: {note: "by hand"}) { id problems { message } } }"""
REVISE = """mutation($id: ID!, $rev: String!) {
  revisePerson(id: $id, rev: $rev, change: {parentage: "Ramesh Neem"}, reason: "Said so.") {
    problems { path message } } }"""
