"""What takes two officers: it waits, seen by two alone, and is decided once by a second of another chain."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from desk.keeping import Keeper, settle
from graph.driver import rows
from graph.local import LocalGraph
from register.ledger import Entry, EntryKind, Ledger
from register.pending import LIFETIME
from schemas.handling import Level, Purpose
from schemas.ids import RecordType
from schemas.officer import Rank
from tests.desk.seconds import (
    AJMER,
    APPROVE,
    DECLINE,
    EAST,
    HELP,
    INBOX,
    KOTA,
    LINK,
    MOVE,
    ONE,
    READ,
    WEST,
    WITHDRAW,
    Bench,
    emptied,
    planned,
    waiting_ids,
)
from tests.station import Caller, Station, marking, station
from tests.words import as_input

pytestmark = pytest.mark.anyio

MEMBERSHIPS = "MATCH (p:Person {id: $id})-[r:MEMBER_OF]->() RETURN r.recorded_by, r.class"
LEFT = "MATCH (n:Change {id: $id})-[:HEAD]->(v) RETURN n.class, v.class"
ENDING = "MATCH (n:Change {id: $id})-[:HEAD]->(v) DETACH DELETE n, v"
BLOCKED = "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN status"
MEMBERS = "query($id: ID!) { person(id: $id) { memberships { totalCount edges { link { id } } } } }"
TOUCHING = "MATCH (n:Record {id: $id})-[r]-() RETURN type(r), count(r)"


@pytest.fixture(scope="module")
async def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path_factory.mktemp("second"), seconds=True) as made:
        # A change has its time only once the database has planned it, which takes longer where the machine is busy.
        for _ in range(6):
            with suppress(AssertionError, KeyError, TypeError):
                await planned(await emptied(made))
                break
        made.watch.move(minutes=1)
        await settle(made.desk)
        yield made


@pytest.fixture
async def bench(node: Station) -> Bench:
    """Give a bench on a node in which nobody and nothing is yet."""
    return await emptied(node)


async def test_a_membership_waits_unseen_and_stands_once_a_second_officer_approves_it(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    before = await bench.person(), await bench.gang()
    other = await bench.officer("rj.other", KOTA, Rank.SI)
    person, gang = before[0][0], before[1]
    unseen, touching = await other.post(MEMBERS, {"id": person}), await rows(bench.node.driver, TOUCHING, id=person)

    made = (await author.ask(LINK, {"from": person, "to": gang, "m": marking()}))["link"]
    change = made["waits"]["id"]
    assert (made["id"], made["waits"]["act"], made["waits"]["own"], made["waits"]["rank"]) == (
        None, "MEMBERSHIP", True, "DYSP_ACP",
    )  # fmt: skip
    assert await rows(bench.node.driver, LEFT, id=change) == [["PENDING", "PENDING"]]
    assert (await other.post(MEMBERS, {"id": person})).content == unseen.content
    assert await rows(bench.node.driver, TOUCHING, id=person) == touching
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []

    assert await waiting_ids(author) == await waiting_ids(second) == [change]
    [edge] = (await second.ask(INBOX))["inbox"]["edges"]
    assert sorted(edge["node"]["names"]) == sorted([person, gang])
    assert {"field": "role", "text": "shooter"} in edge["node"]["says"]
    assert {"field": "marking.caseRef", "text": "FIR 0123/2026"} in edge["node"]["says"]

    said = (await second.ask(APPROVE, {"id": change}))["approve"]
    assert (said["change"]["state"], said["change"]["settledBy"], said["change"]["says"]) == (
        "APPROVED",
        "rj.second",
        [],
    )
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == [["rj.author", "-"]]
    assert await rows(bench.node.driver, LEFT, id=change) == []
    assert (await other.ask(MEMBERS, {"id": person}))["person"]["memberships"]["totalCount"] == 1
    assert await waiting_ids(author) == await waiting_ids(second) == []
    assert (await author.ask(ONE, {"id": change}))["pendingChange"]["state"] == "APPROVED"
    entries = [one.entry for one in await bench.node.desk.register.ledger.search(officer="rj.second", first=20)]
    done = [one for one in entries if one.kind is EntryKind.OUTCOME]
    assert (done[0].operation, done[0].code, change in done[0].ids) == ("approve", "DONE", True)


async def test_an_act_of_help_waits_and_is_found_once_it_is_approved(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    made = (await author.ask(HELP, {"p": as_input(RecordType.ASSISTANCE), "m": marking()}))["recordAssistance"]
    change = made["waits"]["id"]
    assert made["assistance"] is None
    assert await rows(bench.node.driver, "MATCH (n:Assistance) RETURN count(n)") == [[0]]
    await second.ask(APPROVE, {"id": change})
    told = (await author.ask(ONE, {"id": change}))["pendingChange"]
    found = await author.ask(
        "query($id: ID!) { assistance(id: $id) { provenance { recordedBy } } }", {"id": told["made"]}
    )
    assert found["assistance"]["provenance"]["recordedBy"] == "rj.author"


@pytest.mark.parametrize(
    ("unit", "rank", "purpose", "level"),
    [
        (WEST, Rank.SP_DCP, Purpose.INVESTIGATION, 3),
        ("RJ-JPC", Rank.DG_CP, Purpose.INVESTIGATION, 3),
        (AJMER, Rank.INSPECTOR, Purpose.INVESTIGATION, 3),
        (AJMER, Rank.ANALYST, Purpose.INVESTIGATION, 3),
        ("The old fort", Rank.DG_CP, Purpose.INVESTIGATION, 3),
        (AJMER, Rank.DG_CP, Purpose.INVESTIGATION, 1),
        (AJMER, Rank.DG_CP, Purpose.AUDIT, 3),
    ],
)
async def test_nobody_else_sees_it_or_decides_it(
    bench: Bench, unit: str, rank: Rank, purpose: Purpose, level: int
) -> None:
    change, _, _ = await bench.membership(level=2)
    nobody = await bench.officer("rj.nobody", unit, rank, purpose=purpose, level=Level(level))
    assert await waiting_ids(nobody) == []
    assert await nobody.code(ONE, {"id": change}) == "NOT_FOUND"
    refused = "REFUSED" if purpose is Purpose.AUDIT else "NOT_FOUND"
    for act in (APPROVE, DECLINE, WITHDRAW):
        assert await nobody.code(act, {"id": change}) == refused
    assert await waiting_ids(await bench.author()) == [change]


async def test_the_headquarters_of_the_state_is_a_chain_of_its_own(bench: Bench) -> None:
    change, _, _ = await bench.membership()
    assert await waiting_ids(await bench.officer("rj.hq", "RJ", Rank.DYSP_ACP)) == [change]


async def test_whoever_does_not_see_all_that_it_names_does_not_see_it(bench: Bench) -> None:
    author, second = await bench.author(), await bench.officer("rj.low", KOTA, level=Level(1))
    person, gang = (await bench.person())[0], await bench.gang()
    change = (await author.ask(LINK, {"from": person, "to": gang, "m": marking()}))["link"]["waits"]["id"]
    assert await waiting_ids(second) == [change]
    # Narrowed since it was asked for.
    await rows(bench.node.driver, "MATCH (n:Record {id: $id})-[:HEAD]->(v) SET n.level = 2, v.level = 2", id=gang)
    assert await waiting_ids(second) == []
    assert await second.code(APPROVE, {"id": change}) == "NOT_FOUND"
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []


async def test_nobody_decides_their_own_change(bench: Bench) -> None:
    author = await bench.officer("rj.chief", EAST, Rank.DG_CP)
    bench.callers["rj.author"] = author
    change, person, _ = await bench.membership()
    for act in (APPROVE, DECLINE):
        assert await author.code(act, {"id": change}) == "REFUSED"
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []
    assert (await author.ask(ONE, {"id": change}))["pendingChange"]["state"] == "OPEN"


async def test_of_many_who_decide_at_once_one_does(bench: Bench) -> None:
    change, person, _ = await bench.membership()
    seconds = [await bench.officer(f"rj.second-{number}", AJMER if number % 2 else KOTA) for number in range(12)]
    acts = [APPROVE if number < 8 else DECLINE for number in range(12)]
    asked = [who.post(act, {"id": change}) for who, act in zip(seconds, acts, strict=True)]
    answers = await asyncio.gather(*asked, (await bench.author()).post(WITHDRAW, {"id": change}))
    codes = [_told(answer.json()) for answer in answers]
    done = [code for code in codes if code in ("APPROVED", "DECLINED", "WITHDRAWN")]
    assert len(done) == 1, Counter(codes)
    assert set(codes) - set(done) <= {"CONFLICT", "NOT_FOUND"}, Counter(codes)
    made = await rows(bench.node.driver, MEMBERSHIPS, id=person)
    assert len(made) == (done == ["APPROVED"])
    assert await rows(bench.node.driver, LEFT, id=change) == []
    assert await bench.node.desk.register.ledger.unsettled() == []


async def test_one_who_declines_says_why_and_nothing_is_left(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    change, person, _ = await bench.membership()
    empty = (await second.ask(DECLINE, {"id": change, "why": " "}))["decline"]
    assert [(one["path"], one["code"]) for one in empty["problems"]] == [("reason", "BAD_INPUT")]
    said = (await second.ask(DECLINE, {"id": change, "why": "Only hearsay."}))["decline"]["change"]
    assert (said["state"], said["reason"]) == ("DECLINED", "Only hearsay.")
    told = (await author.ask(ONE, {"id": change}))["pendingChange"]
    assert (told["state"], told["reason"], told["settledBy"], told["says"]) == (
        "DECLINED", "Only hearsay.", "rj.second", [],
    )  # fmt: skip
    third = await bench.officer("rj.third", KOTA)
    assert await third.code(ONE, {"id": change}) == "NOT_FOUND"
    assert await rows(bench.node.driver, LEFT, id=change) == []
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []


async def test_what_became_of_it_is_told_to_nobody_who_has_lost_what_it_needs(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    change, _, _ = await bench.membership(level=2)
    await second.ask(DECLINE, {"id": change})
    assert (await author.ask(ONE, {"id": change}))["pendingChange"]["state"] == "DECLINED"
    await _held(bench, "level = 1")
    assert await author.code(ONE, {"id": change}) == "NOT_FOUND"


async def test_an_author_takes_back_what_nobody_settled(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    change, _, _ = await bench.membership()
    assert await second.code(WITHDRAW, {"id": change}) == "NOT_FOUND"
    assert (await author.ask(WITHDRAW, {"id": change}))["withdrawPending"]["change"]["state"] == "WITHDRAWN"
    assert await second.code(APPROVE, {"id": change}) == "NOT_FOUND"
    assert await author.code(WITHDRAW, {"id": change}) == "NOT_FOUND"
    assert await rows(bench.node.driver, LEFT, id=change) == []


async def test_what_nobody_approved_in_seven_days_ends_and_is_taken_away(bench: Bench) -> None:
    change, _, _ = await bench.membership()
    bench.node.watch.now += LIFETIME - timedelta(seconds=1)
    author, second = [await _again(bench, who) for who in (await bench.author(), await bench.second())]
    assert await waiting_ids(second) == [change]
    bench.node.watch.move(seconds=1)
    assert await waiting_ids(second) == await waiting_ids(author) == []
    assert await second.code(APPROVE, {"id": change}) == "NOT_FOUND"
    assert await author.code(WITHDRAW, {"id": change}) == "NOT_FOUND"
    assert (await author.ask(ONE, {"id": change}))["pendingChange"]["state"] == "EXPIRED"
    assert await rows(bench.node.driver, LEFT, id=change) == [["PENDING", "PENDING"]]
    await Keeper(bench.node.desk, bench.node.ring).turn()
    assert await rows(bench.node.driver, LEFT, id=change) == []
    assert await bench.node.desk.register.pending.expired(at=bench.node.watch()) == []
    assert (await author.ask(ONE, {"id": change}))["pendingChange"]["state"] == "EXPIRED"


@pytest.mark.parametrize("lost", ["account", "enquiry", "level", "compartment"])
async def test_what_its_author_could_not_do_any_more_is_not_done(bench: Bench, lost: str) -> None:
    kilo = ("IN-RJ:KILO",)
    author = await bench.officer("rj.author", EAST, Rank.SI, compartments=kilo)
    second = await bench.officer("rj.second", AJMER, compartments=kilo)
    change, person, _ = await bench.membership(level=2, compartment="IN-RJ:KILO")
    register = bench.node.desk.register
    match lost:
        case "account":
            await register.officers.disable("rj.author", at=bench.node.watch(), entry=_entry())
        case "enquiry":
            assert author.enquiry is not None
            await register.enquiries.close(author.enquiry, "rj.author", bench.node.watch())
        case "level":
            await _held(bench, "level = 1")
        case "compartment":
            await _held(bench, "compartments = '[]'")
    assert await waiting_ids(second) == [change]
    assert await second.code(APPROVE, {"id": change}) == "REFUSED"
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []
    assert await rows(bench.node.driver, LEFT, id=change) == [["PENDING", "PENDING"]]
    # It still waits, and may still be declined.
    assert (await second.ask(DECLINE, {"id": change}))["decline"]["change"]["state"] == "DECLINED"


async def test_a_unit_that_the_table_does_not_know_can_ask_for_nothing(bench: Bench) -> None:
    stray = await bench.officer("rj.stray", "The old fort")
    person, gang = (await bench.person())[0], await bench.gang()
    assert await stray.code(LINK, {"from": person, "to": gang, "m": marking()}) == "REFUSED"
    absent = "urn:sangam:IN-RJ:gang:00000000-0000-4000-8000-000000000000"
    assert await stray.code(LINK, {"from": person, "to": absent, "m": marking()}) == "NOT_FOUND"
    assert await rows(bench.node.driver, "MATCH (n:Change) RETURN count(n)") == [[0]]


async def test_asked_again_under_one_key_it_is_one_change(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    person, gang = (await bench.person())[0], await bench.gang()
    asked, key = {"from": person, "to": gang, "m": marking()}, {"idempotency-key": "one"}
    [one, other] = [(await author.ask(LINK, asked, **key))["link"]["waits"] for _ in range(2)]
    assert one["id"] == other["id"]
    assert await waiting_ids(second) == [one["id"]]
    told = [(await second.ask(APPROVE, {"id": one["id"]}, **key))["approve"]["change"] for _ in range(2)]
    assert [change["state"] for change in told] == ["APPROVED", "APPROVED"]
    assert len(await rows(bench.node.driver, MEMBERSHIPS, id=person)) == 1
    assert (await author.ask(LINK, asked, **key))["link"]["waits"]["state"] == "APPROVED"


async def test_what_is_carried_out_is_what_was_asked_for(bench: Bench) -> None:
    second = await bench.second()
    change, person, _ = await bench.membership()
    forged = "MATCH (n:Change {id: $id})-[:HEAD]->(v) SET v.asked = replace(v.asked, 'SHOOTER', 'LEADER')"
    await rows(bench.node.driver, forged, id=change)
    assert await second.code(APPROVE, {"id": change}) == "REFUSED"
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []


@pytest.mark.parametrize("act", ["ask", "approve", "decline"])
@pytest.mark.parametrize("graph_done", [True, False])
async def test_a_crash_between_the_stores_is_settled_by_what_the_graph_knows(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, act: str, graph_done: bool
) -> None:
    author, second = await bench.author(), await bench.second()
    if act == "ask":
        person, gang = (await bench.person())[0], await bench.gang()
        asked: tuple[Caller, str, dict[str, Any]] = (author, LINK, {"from": person, "to": gang, "m": marking()})
    else:
        change, person, _ = await bench.membership()
        asked = (second, APPROVE if act == "approve" else DECLINE, {"id": change})
    with monkeypatch.context() as broken:
        _dies(broken, after_the_graph=graph_done)
        who, document, given = asked
        assert await who.code(document, given) in ("INTERNAL", "UNAVAILABLE")
    if act == "ask":
        assert await waiting_ids(author) == await waiting_ids(second) == []
    else:
        # While nobody knows what became of it, nobody decides it.
        assert await second.code(APPROVE, given) in ("CONFLICT", "NOT_FOUND")
    bench.node.watch.move(seconds=31)
    assert await settle(bench.node.desk) == 1
    if act == "ask":
        assert len(await waiting_ids(second)) == graph_done
        assert await rows(bench.node.driver, "MATCH (n:Change) RETURN count(n)") == [[int(graph_done)]]
        return
    ended = {"approve": "APPROVED", "decline": "DECLINED"}[act] if graph_done else "OPEN"
    assert (await author.ask(ONE, given))["pendingChange"]["state"] == ended
    assert len(await rows(bench.node.driver, LEFT, **given)) == (ended == "OPEN")
    assert len(await rows(bench.node.driver, MEMBERSHIPS, id=person)) == (ended == "APPROVED")
    if ended == "OPEN":
        assert (await second.ask(APPROVE, given))["approve"]["change"]["state"] == "APPROVED"


async def test_an_inbox_comes_in_pages_oldest_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.inbox.BATCH", 2)
    second, hidden = await bench.officer("rj.low", AJMER, level=Level(1)), []
    shown = []
    for number in range(5):
        bench.node.watch.move(seconds=1)
        change, _, _ = await bench.membership(level=2 if number in (1, 2) else 0)
        (hidden if number in (1, 2) else shown).append(change)
    page = (await second.ask(INBOX, {"first": 2}))["inbox"]
    assert [edge["node"]["id"] for edge in page["edges"]] == shown[:2]
    assert page["pageInfo"]["hasNextPage"]
    rest = (await second.ask(INBOX, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["inbox"]
    assert [edge["node"]["id"] for edge in rest["edges"]] == shown[2:]
    assert not rest["pageInfo"]["hasNextPage"]
    assert sorted(await waiting_ids(await bench.author())) == sorted(shown + hidden)


async def test_a_move_up_waits_for_a_superintendent_and_moves_every_gate(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    change, person, paper = await bench.move()
    deputy = await bench.officer("rj.deputy", AJMER, Rank.ADDL_SP)
    assert await waiting_ids(deputy) == []
    assert (await author.ask(READ, {"id": person}))["person"]["category"] == "SUSPECT"
    [edge] = (await second.ask(INBOX))["inbox"]["edges"]
    says = {row["field"]: row["text"] for row in edge["node"]["says"]}
    assert (says["before"], says["category"], says["document"]) == ("suspect", "accused charged", paper)

    told = (await second.ask(APPROVE, {"id": change}))["approve"]["change"]
    assert (told["state"], told["made"]) == ("APPROVED", person)
    assert (await author.ask(READ, {"id": person}))["person"]["category"] == "ACCUSED_CHARGED"
    gates = await rows(
        bench.node.driver,
        "MATCH (n:Record {id: $id}) RETURN n.class, COLLECT { MATCH (n)-[:HEAD|WAS]->(v) RETURN DISTINCT v.class }, "
        "COLLECT { MATCH (n)-[k:KEYED]->() RETURN DISTINCT k.class }",
        id=person,
    )
    assert gates == [["ACCUSED_CHARGED", ["ACCUSED_CHARGED"], ["ACCUSED_CHARGED"]]]
    past = await author.ask(
        "query($id: ID!) { history(id: $id) { changes { by reason fields { field before after } } } }", {"id": person}
    )
    assert past["history"]["changes"][0] == {
        "by": "rj.author",
        "reason": "The court took it up.",
        "fields": [{"field": "category", "before": "suspect", "after": "accused charged"}],
    }
    rests = "MATCH (n:Record {id: $id})-[r:DERIVED_FROM]->(d) RETURN d.id, r.recorded_by"
    assert await rows(bench.node.driver, rests, id=person) == [[paper, "rj.author"]]


async def test_a_move_down_is_done_at_once_and_every_move_stays_in_the_past(bench: Bench) -> None:
    author = await bench.author()
    person, rev = await bench.person()
    for to in ("CONTACT", "ACQUITTED_DISCHARGED"):
        said = (await author.ask(MOVE, {"id": person, "rev": rev, "to": to}))["setCategory"]
        assert (said["problems"], said["waits"], said["person"]["category"]) == ([], None, to)
        rev = said["person"]["provenance"]["rev"]
    past = await author.ask(
        "query($id: ID!) { history(id: $id) { changes { fields { before after } } } }", {"id": person}
    )
    assert [one["fields"] for one in past["history"]["changes"]] == [
        [{"before": "contact", "after": "acquitted discharged"}],
        [{"before": "suspect", "after": "contact"}],
        [],
    ]


@pytest.mark.parametrize(
    ("marked", "paper", "to", "change", "at"),
    [
        ({}, None, "CONVICTED", None, ["document"]),
        ({"sourceGrade": "X"}, {}, "CONVICTED", None, ["category"]),
        ({"infoGrade": "CANNOT_BE_JUDGED"}, {}, "CONVICTED", None, ["category"]),
        ({}, {"sourceGrade": "X"}, "CONVICTED", None, ["document"]),
        ({}, {"infoGrade": "CANNOT_BE_JUDGED"}, "CONVICTED", None, ["document"]),
        ({}, {}, "CONVICTED", {"sourceGrade": "X"}, ["category"]),
        ({}, {}, "SUSPECT", None, ["category"]),
    ],
)
async def test_what_cannot_carry_a_move_is_told(
    bench: Bench, marked: dict[str, str], paper: dict[str, str] | None, to: str, change: dict[str, str] | None,
    at: list[str],
) -> None:  # fmt: skip
    author = await bench.author()
    person, rev = await bench.person(**marked)
    document = None if paper is None else await bench.paper(**paper)
    said = (await author.ask(MOVE, {"id": person, "rev": rev, "to": to, "paper": document, "m": change}))["setCategory"]
    assert [(one["path"], one["code"]) for one in said["problems"]] == [(path, "BAD_INPUT") for path in at]
    assert await rows(bench.node.driver, "MATCH (n:Change) RETURN count(n)") == [[0]]


async def test_a_record_graded_anew_with_the_move_carries_it(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    person, rev = await bench.person(sourceGrade="X")
    given = {"id": person, "rev": rev, "to": "CONVICTED", "paper": await bench.paper(), "m": {"sourceGrade": "A"}}
    change = (await author.ask(MOVE, given))["setCategory"]["waits"]["id"]
    await second.ask(APPROVE, {"id": change})
    stands = "MATCH (n:Record {id: $id})-[:HEAD]->(v) RETURN n.class, v.source_grade"
    assert await rows(bench.node.driver, stands, id=person) == [["CONVICTED", "A"]]


async def test_the_protected_stay_what_they_are_in_their_record(bench: Bench) -> None:
    author = await bench.author()
    person, rev = await bench.person()
    moved = (await author.ask(MOVE, {"id": person, "rev": rev, "to": "VICTIM"}))["setCategory"]["person"]
    rev, paper = moved["provenance"]["rev"], await bench.paper()
    for to in ("SUSPECT", "ACQUITTED_DISCHARGED", "CHILD_IN_CONFLICT"):
        said = (await author.ask(MOVE, {"id": person, "rev": rev, "to": to, "paper": paper}))["setCategory"]
        assert [one["path"] for one in said["problems"]] == ["category"]
    assert (await author.ask(MOVE, {"id": person, "rev": rev, "to": "WITNESS"}))["setCategory"]["person"] is not None


async def test_a_category_that_moved_meanwhile_is_refused_to_the_second_and_a_conflict_to_the_author(
    bench: Bench,
) -> None:
    author, second = await bench.author(), await bench.second()
    change, person, paper = await bench.move()
    rev = (await author.ask(READ, {"id": person}))["person"]["provenance"]["rev"]
    await author.ask(MOVE, {"id": person, "rev": rev, "to": "CONTACT"})
    assert await second.code(APPROVE, {"id": change}) == "REFUSED"
    [said] = (await author.ask(MOVE, {"id": person, "rev": rev, "to": "CONVICTED", "paper": paper})).values()
    assert [(one["path"], one["code"]) for one in said["problems"]] == [("category", "CONFLICT")]
    assert (await author.ask(ONE, {"id": change}))["pendingChange"]["state"] == "OPEN"
    assert (await author.ask(READ, {"id": person}))["person"]["category"] == "CONTACT"


def _told(answer: dict[str, Any]) -> str:
    if answer.get("errors"):
        return str(answer["errors"][0]["extensions"]["code"])
    [said] = answer["data"].values()
    return str(said["change"]["state"])


def _dies(broken: pytest.MonkeyPatch, *, after_the_graph: bool) -> None:
    """Let the process stop right before or right after the graph's transaction."""
    if after_the_graph:
        enter = Ledger.enter

        def silent(self: Ledger, connection: Any, *entries: Any) -> None:
            if any(one.kind is EntryKind.OUTCOME for one in entries):
                raise RuntimeError("gone")
            enter(self, connection, *entries)

        broken.setattr(Ledger, "enter", silent)
    else:

        async def gone(*_: object) -> None:
            raise RuntimeError("gone")

        broken.setattr("graph.session.GraphSession.write", gone)


async def _again(bench: Bench, caller: Caller) -> Caller:
    """Give an officer a new token and enquiry after a long time."""
    token = bench.node.tokens.mint_officer(caller.officer.id, "s", jti=str(uuid4()))
    enquiry = await bench.node.enquiry(caller.officer.id, Purpose.INVESTIGATION)
    return Caller(caller.client, caller.officer, token, enquiry)


def _entry() -> Entry:
    return Entry(EntryKind.ACCOUNT, "tests", None, None, "change", {}, (), "OK")


async def _held(bench: Bench, what: str) -> None:
    """Take something that the author holds away, as no act of ours does yet."""
    with bench.node.desk.register._writes.begin() as connection:
        connection.execute(text(f"UPDATE officers SET {what} WHERE id = 'rj.author'"))


@pytest.mark.parametrize("settle", [APPROVE, DECLINE], ids=["approve", "decline"])
async def test_a_change_that_ends_while_it_is_being_settled_is_not_there(bench: Bench, settle: str) -> None:
    change, person, _ = await bench.membership()
    second = await bench.second()
    async with bench.node.driver.session() as session, await session.begin_transaction() as ending:
        await (await ending.run(ENDING, id=change)).consume()
        settling = asyncio.create_task(second.post(settle, {"id": change}))
        async with asyncio.timeout(20):
            while not await rows(bench.node.driver, BLOCKED):
                continue
        await ending.commit()
    [error] = (await settling).json()["errors"]
    assert error["extensions"]["code"] == "NOT_FOUND"
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []
