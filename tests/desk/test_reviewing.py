"""Reviews and disputes, over HTTP: what lapses is hidden at once, what is renewed names what is new, by its clock."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from desk.keeping import Keeper
from graph.library import Statement
from graph.local import LocalGraph
from graph.session import GraphWriting
from schemas.clocks import Clock, clock_of, months_after
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Level, Purpose
from schemas.officer import Rank
from schemas.person import Category
from tests.desk.test_following import stored
from tests.station import MORNING, TODAY, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

PERSON = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id provenance { rev } } problems { path message } } }"""
READ = "query($id: ID!) { person(id: $id) { id names { text } provenance { reviewOn expiresAt disputed rev } } }"
REVIEW = """mutation($id: ID!, $why: String! = "Seen with the leader last week.", $until: Date!) {
  review(id: $id, newInformation: $why, until: $until) { id problems { path message code } } }"""
ALL = """mutation($r: [ReviewInput!]!) { reviewAll(reviews: $r) {
  reviews { id problems { path code } } problems { path } } }"""
REVISE = """mutation($id: ID!, $rev: String!) {
  revisePerson(id: $id, rev: $rev, change: {parentage: "Ramesh Test"}, reason: "Told.") {
    person { id provenance { reviewOn disputed rev } } problems { path } } }"""
DISPUTE = """mutation($id: ID!, $said: String! = "His brother says that he was in Ajmer.") {
  dispute(id: $id, statement: $said) { id problems { path code } } }"""
SETTLE = """mutation($id: ID!, $upheld: Boolean! = false) {
  settleDispute(id: $id, upheld: $upheld, reason: "The toll records place him here.") { id problems { path } } }"""
INBOX = """query($kind: InboxKind!, $first: Int! = 50, $after: String) {
  inbox(kind: $kind, first: $first, after: $after) { pageInfo { hasNextPage endCursor }
    edges { node { id } record { id kind called reviewBy lapsed disputed } } } }"""
HISTORY = "query($id: ID!) { history(id: $id) { changes { reason } } }"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


@pytest.fixture
async def officer(node: Station) -> Caller:
    return await node.caller(unit="RJ-JPC")


async def person(officer: Caller, text: str = "Kiran Mewada", category: str = "SUSPECT", **marked: Any) -> str:
    given = {"p": {"category": category, "names": [name(text)]}, "m": marking(**marked)}
    made = (await officer.ask(PERSON, given))["recordPerson"]
    assert made["problems"] == []
    return str(made["person"]["id"])


async def entered(node: Station, officer: Caller) -> Caller:
    """Give the officer a token and an enquiry of this day."""
    token = node.tokens.mint_officer(officer.officer.id, "session", jti=str(uuid4()))
    fresh = Caller(officer.client, officer.officer, token, None)
    fresh.enquiry = await node.enquiry(officer.officer.id, Purpose.INVESTIGATION)
    return fresh


async def later(node: Station, officer: Caller, days: float) -> Caller:
    node.watch.now = MORNING + timedelta(days=days)
    return await entered(node, officer)


async def due(officer: Caller, kind: str = "REVIEW_DUE") -> list[dict[str, Any]]:
    return [edge["record"] for edge in (await officer.ask(INBOX, {"kind": kind}))["inbox"]["edges"]]


async def test_what_nobody_reviewed_is_hidden_at_once_and_its_unit_can_still_renew_it(
    node: Station, officer: Caller
) -> None:
    id = await person(officer, reviewOn="2026-07-01")
    officer = await later(node, officer, 30)
    assert await officer.code(READ, {"id": id}) == "NOT_FOUND"
    [row] = await due(officer)
    assert (row["id"], row["called"], row["lapsed"]) == (id, ["Kiran Mewada"], True)
    done = (await officer.ask(REVIEW, {"id": id, "until": "2027-06-01"}))["review"]
    assert done == {"id": id, "problems": []}
    said = (await officer.ask(READ, {"id": id}))["person"]["provenance"]
    assert said["reviewOn"] == "2027-06-01"
    assert await due(officer) == []
    found = await officer.ask("query($t: String!) { find(text: $t) { totalCount } }", {"t": "Kiran Mewada"})
    assert found["find"]["totalCount"] == 1, "its name keys live as long"
    changes = (await officer.ask(HISTORY, {"id": id}))["history"]["changes"]
    assert [one["reason"] for one in changes] == ["Seen with the leader last week.", None]
    gates = "MATCH (n:Record {id: $id})-[r:HEAD|WAS|KEYED]->(v) RETURN DISTINCT coalesce(v.until, r.until) = n.until"
    assert await stored(node, gates, id=id) == [[True]]


async def test_a_hole_in_an_old_version_is_not_filled_by_a_review(node: Station, officer: Caller) -> None:
    id = await person(officer)
    await officer.ask(REVIEW, {"id": id, "until": "2027-05-01"})
    await stored(node, "MATCH (:Record {id: $id})-[:WAS]->(v) REMOVE v.until", id=id)
    await officer.ask(REVIEW, {"id": id, "until": "2027-05-02", "why": "Seen once more."})
    assert await stored(node, "MATCH (:Record {id: $id})-[:WAS]->(v) RETURN v.until IS NULL ORDER BY v.nth", id=id) == [
        [True],
        [False],
    ]


async def test_an_edit_is_no_review(officer: Caller) -> None:
    id = await person(officer, reviewOn="2026-07-01")
    rev = (await officer.ask(READ, {"id": id}))["person"]["provenance"]["rev"]
    revised = (await officer.ask(REVISE, {"id": id, "rev": rev}))["revisePerson"]
    assert revised["person"]["provenance"]["reviewOn"] == "2026-07-01"


@pytest.mark.parametrize(
    ("category", "grades", "last"),
    [
        ("SUSPECT", {}, date(2027, 6, 1)),
        ("ASSOCIATE", {}, date(2027, 6, 1)),
        ("CONTACT", {}, date(2026, 12, 1)),
        ("SUSPECT", {"sourceGrade": "X"}, date(2026, 9, 1)),
        ("SUSPECT", {"infoGrade": "CANNOT_BE_JUDGED"}, date(2026, 9, 1)),
        ("CONVICTED", {}, date(2031, 6, 1)),
    ],
)
async def test_a_review_lasts_as_long_as_the_clock_of_the_record_lets_it(
    officer: Caller, category: str, grades: dict[str, str], last: date
) -> None:
    id = await person(officer, category=category, reviewOn="2026-08-15", **grades)
    [problem] = (await officer.ask(REVIEW, {"id": id, "until": str(last + timedelta(days=1))}))["review"]["problems"]
    assert problem["path"] == "until"
    assert last.isoformat() in problem["message"]
    assert (await officer.ask(REVIEW, {"id": id, "until": str(last)}))["review"]["problems"] == []


@pytest.mark.parametrize(
    ("category", "grades", "clock"),
    [
        (Category.SUSPECT, (SourceGrade.A, InfoGrade.KNOWN_TO_SOURCE), Clock(12, 60)),
        (Category.ASSOCIATE, (SourceGrade.A, InfoGrade.KNOWN_TO_SOURCE), Clock(12, 36)),
        (Category.CONTACT, (SourceGrade.A, InfoGrade.KNOWN_TO_SOURCE), Clock(6, 12)),
        (Category.CONTACT, (SourceGrade.X, InfoGrade.KNOWN_TO_SOURCE), Clock(3, 6)),
        (Category.SUSPECT, (SourceGrade.A, InfoGrade.CANNOT_BE_JUDGED), Clock(3, 6)),
        (Category.CONVICTED, (SourceGrade.A, InfoGrade.KNOWN_TO_SOURCE), Clock(60)),
        (None, (SourceGrade.A, InfoGrade.KNOWN_TO_SOURCE), Clock(60)),
    ],
)
def test_the_clocks_are_those_of_the_safeguards(
    category: Category | None, grades: tuple[SourceGrade, InfoGrade], clock: Clock
) -> None:
    assert clock_of(category, *grades, designated=False) == clock


def test_a_designation_is_looked_at_again_after_three_years() -> None:
    assert clock_of(None, SourceGrade.A, InfoGrade.KNOWN_TO_SOURCE, designated=True) == Clock(36)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)


async def test_past_its_stop_a_record_is_renewed_no_more(node: Station, officer: Caller) -> None:
    id = await person(officer, category="CONTACT", reviewOn="2026-11-01")
    officer = await later(node, officer, 150)
    assert (await officer.ask(REVIEW, {"id": id, "until": "2027-04-20"}))["review"]["problems"] == []
    officer = await later(node, officer, 300)
    [problem] = (await officer.ask(REVIEW, {"id": id, "until": "2027-06-02"}))["review"]["problems"]
    assert "2027-06-01" in problem["message"], "twelve months after it was first recorded, whoever renewed it since"
    assert (await officer.ask(REVIEW, {"id": id, "until": "2027-06-01"}))["review"]["problems"] == []
    officer = await later(node, officer, 366)
    [problem] = (await officer.ask(REVIEW, {"id": id, "until": "2027-07-01"}))["review"]["problems"]
    assert problem["path"] == "id"
    assert "12 months" in problem["message"]


async def test_a_review_names_what_is_new_and_a_day_to_come(officer: Caller) -> None:
    id = await person(officer)
    for why, until, path in (
        ("", "2027-01-01", "newInformation"),
        ("His number is 2345 6789 0124.", "2027-01-01", "newInformation"),
        ("Seen.", str(TODAY), "until"),
        ("Seen.", "soon", "until"),
    ):
        [problem] = (await officer.ask(REVIEW, {"id": id, "until": until, "why": why}))["review"]["problems"]
        assert problem["path"] == path


async def test_what_is_hidden_for_another_reason_is_not_renewed(node: Station, officer: Caller) -> None:
    low = await node.caller("rj.low", level=Level(0), rank=Rank.SI)
    hidden = await person(officer, level=2, reviewOn="2026-07-01")
    gone = await person(officer)
    await officer.ask('mutation($id: ID!) { withdraw(id: $id, reason: "Twice.") { id } }', {"id": gone})
    for id in (hidden, gone, "urn:sangam:IN-PB:person:11111111-2222-4333-8444-555555555555", "no id"):
        assert await low.code(REVIEW, {"id": id, "until": "2027-01-01"}) == "NOT_FOUND"
    assert await officer.code(REVIEW, {"id": gone, "until": "2027-01-01"}) == "NOT_FOUND"
    node.watch.move(days=31)
    low = await entered(node, low)
    assert await low.code(REVIEW, {"id": hidden, "until": "2027-01-01"}) == "NOT_FOUND"


async def test_a_lapsed_record_of_another_state_is_not_renewed(node: Station, officer: Caller) -> None:
    id = await person(officer)
    theirs = id.replace("IN-RJ", "IN-PB")
    await stored(
        node,
        "MATCH (n:Record {id: $id})-[:HEAD]->(v) SET n.id = $theirs, v.record = $theirs, v.owner = 'IN-PB', "
        "n.until = 1, v.until = 1, n.audience = ['IN-PB', 'IN-RJ'], v.audience = n.audience",
        id=id,
        theirs=theirs,
    )
    assert await officer.code(REVIEW, {"id": theirs, "until": "2027-01-01"}) == "NOT_FOUND"
    assert await due(officer) == []


async def test_many_reviews_are_each_decided_alone_and_no_two_on_the_same_words(officer: Caller) -> None:
    one, other = await person(officer), await person(officer, category="CONTACT", reviewOn="2026-10-01")
    absent = f"{one[:-4]}0000"

    def asked(*rows: tuple[str, str, str]) -> dict[str, Any]:
        return {"r": [{"id": id, "newInformation": why, "until": until} for id, why, until in rows]}

    rows = (one, "Seen on 1 May.", "2027-05-01"), (other, "Called on 2 May.", "2027-05-01")
    done = (await officer.ask(ALL, asked(*rows, (absent, "Seen too.", "2027-01-01"))))["reviewAll"]
    assert done == {
        "reviews": [
            {"id": one, "problems": []},
            {"id": other, "problems": [{"path": "until", "code": "BAD_INPUT"}]},
            {"id": absent, "problems": [{"path": "id", "code": "NOT_FOUND"}]},
        ],
        "problems": [],
    }
    assert (await officer.ask(READ, {"id": one}))["person"]["provenance"]["reviewOn"] == "2027-05-01"
    alike = (one, "No change.", "2027-05-02"), (other, "no  CHANGE.", "2026-11-01")
    refused = (await officer.ask(ALL, asked(*alike)))["reviewAll"]
    assert refused == {"reviews": [], "problems": [{"path": "reviews.1.newInformation"}]}
    twice = (one, "Seen again.", "2027-05-02"), (one, "And again.", "2027-05-03")
    assert (await officer.ask(ALL, asked(*twice)))["reviewAll"]["problems"] == [{"path": "reviews.1.id"}]
    assert (await officer.ask(ALL, {"r": []}))["reviewAll"]["problems"] == [{"path": "reviews"}]


async def test_the_inbox_has_what_the_unit_must_review_soonest_first_page_by_page(
    node: Station, officer: Caller
) -> None:
    days = ("2026-06-20", "2026-06-10", "2026-06-15")
    made = [await person(officer, f"Kiran Number{at}", reviewOn=day) for at, day in enumerate(days)]
    await person(officer, "Not Yet", reviewOn="2026-07-05")
    child = await person(officer, "Chhota", category="CHILD_IN_CONFLICT", reviewOn="2026-06-25")
    elsewhere = await node.caller("rj.ajmer", unit="RJ-D-AJM")
    state = await node.caller("rj.state", unit="RJ")
    assert [row["id"] for row in await due(officer)] == [made[1], made[2], made[0], child]
    assert [row["id"] for row in await due(state)] == [made[1], made[2], made[0], child]
    assert (await due(officer))[-1]["called"] == []
    assert await due(elsewhere) == []
    met: list[str] = []
    after = None
    while True:
        page = (await officer.ask(INBOX, {"kind": "REVIEW_DUE", "first": 1, "after": after}))["inbox"]
        met += [edge["record"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert met == [made[1], made[2], made[0], child]
    officer = await later(node, officer, 45)
    assert made[1] not in [row["id"] for row in await due(officer)], "thirty days after it lapsed it is purged"


async def test_a_lapsed_record_is_renewed_until_it_is_purged(node: Station, officer: Caller) -> None:
    id = await person(officer, reviewOn="2026-06-10")
    officer = await later(node, officer, 40)
    await Keeper(node.desk, node.ring).run("purge")
    assert await officer.code(REVIEW, {"id": id, "until": "2027-01-01"}) == "NOT_FOUND"


async def test_a_dispute_shows_on_every_view_of_the_record_and_stays_through_what_is_changed(
    node: Station, officer: Caller
) -> None:
    id = await person(officer)
    assert (await officer.ask(DISPUTE, {"id": id}))["dispute"]["problems"] == []
    said = "His brother says that he was in Ajmer."

    async def shown() -> set[Any]:
        by_id = (await officer.ask(READ, {"id": id}))["person"]["provenance"]["disputed"]
        find = """{ find(text: "Kiran Mewada") { edges { node { ... on Person { provenance { disputed } } } } } }"""
        [edge] = (await officer.ask(find))["find"]["edges"]
        net = "query($id: ID!) { network(from: [$id]) { nodes { ... on Person { provenance { disputed } } } } }"
        [met] = (await officer.ask(net, {"id": id}))["network"]["nodes"]
        listed = "{ persons { edges { node { provenance { disputed } } } } }"
        [row] = (await officer.ask(listed))["persons"]["edges"]
        return {by_id, *(one["provenance"]["disputed"] for one in (edge["node"], met, row["node"]))}

    assert await shown() == {said}
    assert [row["disputed"] for row in await due(officer, "DISPUTE")] == [said]
    rev = (await officer.ask(READ, {"id": id}))["person"]["provenance"]["rev"]
    revised = (await officer.ask(REVISE, {"id": id, "rev": rev}))["revisePerson"]
    assert revised["person"]["provenance"]["disputed"] == said
    await officer.ask(REVIEW, {"id": id, "until": "2027-05-01"})
    move = """mutation($id: ID!, $rev: String!) {
      setCategory(id: $id, rev: $rev, category: ASSOCIATE, reason: "Less.") { person { id } problems { message } } }"""
    rev = (await officer.ask(READ, {"id": id}))["person"]["provenance"]["rev"]
    assert (await officer.ask(move, {"id": id, "rev": rev}))["setCategory"]["problems"] == []
    assert await shown() == {said}
    [problem] = (await officer.ask(DISPUTE, {"id": id}))["dispute"]["problems"]
    assert problem["code"] == "CONFLICT"
    assert await officer.code(SETTLE, {"id": id}) == "REFUSED", "who disputes it does not settle it"
    other = await node.caller("rj.other", unit="RJ-JPC")
    assert (await other.ask(SETTLE, {"id": id}))["settleDispute"]["problems"] == []
    assert await shown() == {None}
    assert await due(officer, "DISPUTE") == []
    assert [problem["path"] for problem in (await other.ask(SETTLE, {"id": id}))["settleDispute"]["problems"]] == ["id"]


async def test_a_dispute_has_the_gate_of_its_record(node: Station, officer: Caller) -> None:
    hidden = await person(officer, level=2)
    await officer.ask(DISPUTE, {"id": hidden})
    low = await node.caller("rj.low", level=Level(0), unit="RJ-JPC")
    assert await due(low, "DISPUTE") == []
    assert await low.code(DISPUTE, {"id": hidden}) == "NOT_FOUND"
    assert await low.code(SETTLE, {"id": hidden}) == "NOT_FOUND"
    elsewhere = await node.caller("rj.ajmer", unit="RJ-D-AJM")
    assert await due(elsewhere, "DISPUTE") == []


async def test_a_purpose_that_only_reads_reviews_and_disputes_nothing(node: Station, officer: Caller) -> None:
    id = await person(officer)
    court = await node.caller("rj.court", purpose=Purpose.COURT)
    for text, given in ((REVIEW, {"id": id, "until": "2027-01-01"}), (DISPUTE, {"id": id}), (SETTLE, {"id": id})):
        assert await court.code(text, given) == "REFUSED"
    assert await court.code(INBOX, {"kind": "REVIEW_DUE"}) == "REFUSED"


async def test_of_many_reviews_what_is_hidden_absent_or_malformed_is_told_alike(node: Station, officer: Caller) -> None:
    low = await node.caller("rj.low", level=Level.ANY_OFFICER, unit="RJ-JPC")
    hidden = await person(officer, level=2)
    ids = (hidden, f"{hidden[:-4]}0000", hidden.replace("IN-RJ", "IN-PB"), "x", "", f"{hidden}\n")
    reviews = [{"id": id, "newInformation": f"Seen on day {day}.", "until": "2027-01-01"} for day, id in enumerate(ids)]
    done = (await low.ask(ALL, {"r": reviews}))["reviewAll"]
    assert done["problems"] == []
    assert [one["problems"] for one in done["reviews"]] == [[{"path": "id", "code": "NOT_FOUND"}]] * len(ids)


async def test_what_a_unit_recorded_that_stands_no_more_is_looked_at_by_those_that_it_was_under(
    node: Station, officer: Caller
) -> None:
    """Dudu was a police district under Jaipur Range until the end of 2024."""
    id = await person(officer, reviewOn="2026-06-20")
    await stored(node, "MATCH (:Record {id: $id})-[:HEAD]->(v) SET v.unit = 'RJ-D-DDU'", id=id)
    await officer.ask(DISPUTE, {"id": id})
    for unit, told in (("RJ-R-JPR", [id]), ("RJ", [id]), ("RJ-D-DDU", [id]), ("RJ-R-AJM", []), ("RJ-JPC", [])):
        caller = await node.caller(f"rj.of.{unit.lower()}", unit=unit)
        for kind in ("REVIEW_DUE", "DISPUTE"):
            assert [row["id"] for row in await due(caller, kind)] == told, (unit, kind)


async def test_many_reviews_asked_again_under_one_key_are_each_carried_out_once(officer: Caller) -> None:
    ids = [await person(officer), await person(officer, "Kiran Other")]
    reviews = [{"id": id, "newInformation": f"Seen by {id}.", "until": "2027-05-01"} for id in ids]
    for _ in range(2):
        done = (await officer.ask(ALL, {"r": reviews}, **{"idempotency-key": "one"}))["reviewAll"]
        assert done["reviews"] == [{"id": id, "problems": []} for id in ids]
    for id in ids:
        assert len((await officer.ask(HISTORY, {"id": id}))["history"]["changes"]) == 2, "recorded, and reviewed once"
    other = [{**one, "until": "2027-05-02"} for one in reviews]
    done = (await officer.ask(ALL, {"r": other}, **{"idempotency-key": "one"}))["reviewAll"]["reviews"]
    assert [one["problems"][0]["path"] for one in done] == ["idempotencyKey"] * 2


def held_open(monkeypatch: pytest.MonkeyPatch, name: str, goes_on: asyncio.Event) -> asyncio.Event:
    """Have the first transaction that runs a statement stay open after it, and tell when it has come there."""
    there, run = asyncio.Event(), GraphWriting.run

    async def stays(self: GraphWriting, statement: Statement, /, **params: Any) -> Any:
        rows = await run(self, statement, **params)
        if statement.name == name and not there.is_set():
            there.set()
            await goes_on.wait()
        return rows

    monkeypatch.setattr(GraphWriting, "run", stays)
    return there


async def blocked(node: Station) -> None:
    """Wait until a transaction of the graph waits for what another holds."""
    waits = "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN status"
    while not await stored(node, waits):
        pass


async def test_of_two_disputes_at_once_the_second_is_told_of_the_first(
    node: Station, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, id = await node.caller("rj.second", unit="RJ-JPC"), await person(officer)
    goes_on = asyncio.Event()
    there = held_open(monkeypatch, "dispute/say", goes_on)
    first = asyncio.create_task(officer.ask(DISPUTE, {"id": id, "said": "The first."}))
    await there.wait()
    late = asyncio.create_task(second.ask(DISPUTE, {"id": id, "said": "The second."}))
    await blocked(node)
    goes_on.set()
    assert (await first)["dispute"]["problems"] == []
    assert (await late)["dispute"]["problems"] != []
    assert (await officer.ask(READ, {"id": id}))["person"]["provenance"]["disputed"] == "The first."


async def test_what_is_being_renewed_while_it_is_due_is_not_purged(
    node: Station, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await person(officer, reviewOn="2026-06-10")
    node.watch.now = MORNING.replace(month=7, day=11)
    officer, goes_on = await entered(node, officer), asyncio.Event()
    there = held_open(monkeypatch, "review/renew", goes_on)
    renewing = asyncio.create_task(officer.ask(REVIEW, {"id": id, "until": "2026-12-01"}))
    await there.wait()
    purging = asyncio.create_task(Keeper(node.desk, node.ring).run("purge"))
    await blocked(node)
    goes_on.set()
    assert (await renewing)["review"]["problems"] == []
    run = await purging
    assert run is not None
    assert run.found == {"records": 0}
    assert (await officer.ask(READ, {"id": id}))["person"]["id"] == id
    assert await node.desk.register.tombstones.all() == []
