"""What a second officer approves is what was asked for; nobody undoes alone what took two, or opens what was shut."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from api import graphql_http
from desk.keeping import settle
from graph.driver import rows
from graph.local import LocalGraph
from register.pending import PendingChanges
from register.store import RegisterUnavailable
from schemas.ids import RecordType
from schemas.officer import Rank
from tests.desk.seconds import APPROVE, HELP, INBOX, KOTA, MOVE, ONE, READ, RECORD, Bench, emptied, planned
from tests.station import Caller, Station, marking, name, station
from tests.words import as_input

pytestmark = pytest.mark.anyio

REVISE = """mutation($id: ID!, $rev: String!, $c: PersonChange!) {
  revisePerson(id: $id, rev: $rev, change: $c, reason: "Told anew.") { person { id } problems { path code } } }"""
REVISE_HELP = """mutation($id: ID!, $rev: String!) {
  reviseAssistance(id: $id, rev: $rev, change: {given: "Forty rifles."}, reason: "Told anew.") {
    assistance { id } problems { path code } } }"""
REVISE_GANG = """mutation($id: ID!, $rev: String!, $m: MarkingChange) {
  reviseGang(id: $id, rev: $rev, change: {}, marking: $m, reason: "Told anew.") {
    gang { id provenance { rev } } problems { path code } } }"""
HELPED = "query($id: ID!) { assistance(id: $id) { given provenance { rev } } }"
GANG = "query($id: ID!) { gang(id: $id) { provenance { rev handling } } }"
ENDS = """mutation($k: LinkKind!, $from: ID!, $to: ID!, $m: MarkingInput!) {
  link(kind: $k, from: {id: $from}, to: {id: $to}, marking: $m, content: {}) {
    id waits { id says { field text } } problems { path code } } }"""
HISTORY = "query($id: ID!) { history(id: $id) { changes { fields { before after } } } }"
FIND = "query($t: String!) { find(text: $t) { edges { node { id } } } }"
PATHS = "query($a: ID!, $b: ID!) { paths(from: $a, to: $b) { paths { nodes { id } } } }"
MEMBERSHIPS = "MATCH (p:Person {id: $id})-[r:MEMBER_OF]->() RETURN r.id"


@pytest.fixture(scope="module")
async def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path_factory.mktemp("bound"), seconds=True) as made:
        for _ in range(6):
            with suppress(AssertionError, KeyError, TypeError):
                await planned(await emptied(made))
                break
        made.watch.move(minutes=1)
        await settle(made.desk)
        yield made


@pytest.fixture
async def bench(node: Station) -> Bench:
    return await emptied(node)


async def _rev(who: Caller, person: str) -> str:
    return str((await who.ask(READ, {"id": person}))["person"]["provenance"]["rev"])


async def _renamed(who: Caller, person: str, *names: str) -> None:
    change = {"names": [name(one) for one in names]}
    said = (await who.ask(REVISE, {"id": person, "rev": await _rev(who, person), "c": change}))["revisePerson"]
    assert said["problems"] == []


async def _helped(bench: Bench) -> str:
    """Have an act of help approved, and give its id."""
    given = {"p": as_input(RecordType.ASSISTANCE), "m": marking()}
    change = (await (await bench.author()).ask(HELP, given))["recordAssistance"]["waits"]["id"]
    made = (await (await bench.second()).ask(APPROVE, {"id": change}))["approve"]["change"]["made"]
    return str(made)


async def test_an_act_of_help_that_was_approved_is_not_rewritten_by_one(bench: Bench) -> None:
    author, help = await bench.author(), await _helped(bench)
    before = (await author.ask(HELPED, {"id": help}))["assistance"]
    said = await author.ask(REVISE_HELP, {"id": help, "rev": before["provenance"]["rev"]})
    assert said["reviseAssistance"]["problems"] == [{"path": "change", "code": "NEEDS_APPROVAL"}]
    assert (await author.ask(HELPED, {"id": help}))["assistance"] == before


async def test_who_gave_help_and_to_whom_is_said_by_two(bench: Bench) -> None:
    author, second, help = await bench.author(), await bench.second(), await _helped(bench)
    person, gang = (await bench.person())[0], await bench.gang()
    for kind, ends in (("GAVE", (person, help)), ("GIVEN_TO", (help, gang))):
        asked = {"k": kind, "from": ends[0], "to": ends[1], "m": marking()}
        made = (await author.ask(ENDS, asked))["link"]
        assert (made["id"], made["problems"]) == (None, [])
        says = {row["field"]: row["text"] for row in made["waits"]["says"]}
        assert (says["kind"], says["from"], says["to"]) == (kind.replace("_", " ").lower(), *ends)
        drawn = f"MATCH ({{id: $from}})-[r:{kind}]->({{id: $to}}) RETURN r.id"
        assert await rows(bench.node.driver, drawn, **{"from": ends[0], "to": ends[1]}) == []
        await second.ask(APPROVE, {"id": made["waits"]["id"]})
        assert await rows(bench.node.driver, drawn, **{"from": ends[0], "to": ends[1]}) != []


@pytest.mark.parametrize("what", ["membership", "move"])
async def test_what_was_revised_since_it_was_asked_for_is_not_approved(bench: Bench, what: str) -> None:
    author, second = await bench.author(), await bench.second()
    change, person, _ = await (bench.membership() if what == "membership" else bench.move("CONVICTED"))
    await _renamed(author, person, "Somebody Else")
    assert await second.code(APPROVE, {"id": change}) == "REFUSED"
    assert (await author.ask(ONE, {"id": change}))["pendingChange"]["state"] == "OPEN"
    assert (await author.ask(READ, {"id": person}))["person"]["category"] == "SUSPECT"
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []


async def test_nobody_who_became_a_victim_becomes_a_member(bench: Bench) -> None:
    author, second = await bench.author(), await bench.second()
    change, person, _ = await bench.membership()
    asked = {"id": person, "rev": await _rev(author, person), "to": "VICTIM"}
    assert (await author.ask(MOVE, asked))["setCategory"]["problems"] == []
    assert await second.code(APPROVE, {"id": change}) == "REFUSED"
    assert await rows(bench.node.driver, MEMBERSHIPS, id=person) == []


async def test_a_move_opens_nothing_that_was_nobodys(bench: Bench) -> None:
    author = await bench.author()
    person, _ = await bench.person()
    await _renamed(author, person, "Older Hidden", "Newer Shown")
    await _renamed(author, person, "Newer Shown")
    for text in (
        "MATCH (n:Record {id: $id})-[:WAS]->(v) WHERE v.nth = 2 SET v.class = null",
        "MATCH (n:Record {id: $id})-[k:KEYED]->() SET k.class = null",
    ):
        await rows(bench.node.driver, text, id=person)
    asked = {"id": person, "rev": await _rev(author, person), "to": "CONTACT"}
    assert (await author.ask(MOVE, asked))["setCategory"]["problems"] == []
    assert "Older Hidden" not in json.dumps(await author.ask(HISTORY, {"id": person}))
    assert (await author.ask(FIND, {"t": "Newer Shown"}))["find"]["edges"] == []


@pytest.mark.parametrize("to", ["VICTIM", "WITNESS", "COMPLAINANT", "SUSPECT"])
async def test_a_child_in_conflict_with_the_law_stays_one(bench: Bench, to: str) -> None:
    author = await bench.author()
    given = {"p": {**as_input(RecordType.PERSON), "category": "CHILD_IN_CONFLICT"}, "m": marking()}
    child = (await author.ask(RECORD, given))["recordPerson"]["person"]
    asked = {"id": child["id"], "rev": child["provenance"]["rev"], "to": to, "paper": await bench.paper()}
    said = (await author.ask(MOVE, asked))["setCategory"]
    assert [one["path"] for one in said["problems"]] == ["category"]


@pytest.mark.parametrize(
    ("given", "looser", "path"),
    [
        ({"handling": "H3", "handlingText": "Ask the handler."}, {"handling": "H0", "handlingText": None}, "handling"),
        ({"handling": "H2"}, {"handling": "H1"}, "handling"),
        ({"handling": "H3", "handlingText": "Ask the handler."}, {"handlingText": "Ask nobody."}, "handlingText"),
        ({"audience": ["IN-PB"]}, {"onward": ["IN-PB"]}, "onward"),
    ],
)
async def test_handling_is_only_made_stricter(
    bench: Bench, given: dict[str, Any], looser: dict[str, Any], path: str
) -> None:
    other, gang = await bench.officer("rj.other", KOTA, Rank.SI), await bench.gang(**given)
    before = (await other.ask(GANG, {"id": gang}))["gang"]["provenance"]
    said = (await other.ask(REVISE_GANG, {"id": gang, "rev": before["rev"], "m": looser}))["reviseGang"]
    assert [one["path"] for one in said["problems"]] == [f"marking.{path}"]
    assert (await other.ask(GANG, {"id": gang}))["gang"]["provenance"] == before
    stricter = {"handling": "H3", "handlingText": "Ask first."}
    if before["handling"] != "H3":
        said = (await other.ask(REVISE_GANG, {"id": gang, "rev": before["rev"], "m": stricter}))["reviseGang"]
        assert said["problems"] == []


async def test_two_approvals_under_one_key_are_two(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The register cannot be written after the graph was: what the keeper makes of it is what the graph has."""
    author, second = await bench.author(), await bench.second()
    asked = [await bench.membership() for _ in range(2)]
    with monkeypatch.context() as broken:

        async def gone(*_: object, **__: object) -> None:
            raise RegisterUnavailable("locked")

        broken.setattr(PendingChanges, "end", gone)
        broken.setattr(PendingChanges, "taken", gone)
        key = {"idempotency-key": "same"}
        await asyncio.gather(*(second.post(APPROVE, {"id": change}, **key) for change, _, _ in asked))
    bench.node.watch.move(minutes=2)
    await settle(bench.node.desk)
    for change, person, _ in asked:
        state = (await author.ask(ONE, {"id": change}))["pendingChange"]["state"]
        assert (state == "APPROVED") == bool(await rows(bench.node.driver, MEMBERSHIPS, id=person))


async def test_an_approval_that_was_taken_for_dead_is_still_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    author, second = await bench.author(), await bench.second()
    change, _, _ = await bench.membership()
    taken = PendingChanges.taken

    async def late(self: PendingChanges, id: str, step: Any, *, entry: Any) -> None:
        await self.end(step.op_id, done=False, entry=entry)
        await taken(self, id, step, entry=entry)

    with monkeypatch.context() as broken:
        broken.setattr(PendingChanges, "taken", late)
        await second.ask(APPROVE, {"id": change})
    told = (await author.ask(ONE, {"id": change}))["pendingChange"]
    assert (told["state"], told["settledBy"]) == ("APPROVED", "rj.second")


async def test_a_move_asked_again_under_its_key_is_answered_as_it_was(bench: Bench) -> None:
    author = await bench.author()
    person, rev = await bench.person()
    asked = {"id": person, "rev": rev, "to": "CONTACT"}
    said = [(await author.ask(MOVE, asked, **{"idempotency-key": "one"}))["setCategory"] for _ in range(2)]
    assert [one["problems"] for one in said] == [[], []]
    assert said[0] == said[1]


async def test_what_closed_while_a_body_came_is_closed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphql_http, "SLOW", 0.0)
    author, (person, _) = await bench.author(), await bench.person()
    body = json.dumps({"query": READ, "variables": {"id": person}}).encode()

    async def slowly() -> AsyncIterator[bytes]:
        yield body[:10]
        bench.node.watch.move(seconds=4)
        await bench.node.desk.register.enquiries.close(str(author.enquiry), "rj.author", bench.node.watch())
        yield body[10:]

    response = await author.client.post("/graphql", content=slowly(), headers=_headers(author))
    assert response.json()["errors"][0]["extensions"]["code"] == "REFUSED"


async def test_the_ledger_names_what_a_page_of_the_inbox_told(bench: Bench) -> None:
    second = await bench.second()
    for _ in range(3):
        await bench.membership()
    [edge] = (await second.ask(INBOX, {"first": 1}))["inbox"]["edges"]
    [entry] = await bench.node.desk.register.ledger.search(officer="rj.second", first=1)
    assert set(entry.entry.ids) == {edge["node"]["id"], *edge["node"]["names"]}


async def test_the_ledger_names_both_ends_of_a_path_that_there_is_not(bench: Bench) -> None:
    author = await bench.author()
    ends = [(await bench.person())[0] for _ in range(2)]
    assert (await author.ask(PATHS, {"a": ends[0], "b": ends[1]}))["paths"]["paths"] == []
    [entry] = await bench.node.desk.register.ledger.search(officer="rj.author", first=1)
    assert set(entry.entry.ids) == set(ends)


async def test_a_form_of_file_that_there_is_not_leaves_no_text_on_the_ledger(bench: Bench) -> None:
    author = await bench.author()
    response = await author.client.get("/exports/x", params={"as": "Kiran Mewada 98290"}, headers=_headers(author))
    assert response.status_code == 400
    [entry] = await bench.node.desk.register.ledger.search(officer="rj.author", first=1)
    assert "Mewada" not in json.dumps(entry.entry.variables)


def _headers(who: Caller) -> dict[str, str]:
    return {
        "authorization": f"Bearer {who.token}",
        "accept": "application/json",
        "sangam-enquiry": str(who.enquiry),
        "content-type": "application/json",
    }
