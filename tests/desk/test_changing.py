"""Changing: what is asked again, what nobody could read back, and two who change the same thing at the same time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.driver import holding, rows
from graph.local import LocalGraph
from register.ledger import EntryKind
from schemas.handling import Purpose
from tests.station import Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
LINK = """mutation($from: EndInput!, $m: MarkingInput!) {
  link(kind: USES_PHONE, from: $from, to: {kind: PHONE, value: "+919829012345"}, marking: $m) {
    id problems { path message } } }"""
UNLINK = 'mutation($from: ID!, $id: ID!) { unlink(from: $from, id: $id, reason: "Entered twice") { id } }'
WITHDRAW = 'mutation($id: ID!) { withdraw(id: $id, reason: "Entered twice") { id } }'
KEY = {"idempotency-key": "one"}
WAITING = "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN status"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


async def test_a_link_asked_again_is_told_on_the_ledger_and_only_while_it_is_there(node: Station) -> None:
    adg = await node.caller()
    person = await _recorded(adg)
    given = {"from": {"id": person}, "m": marking()}
    made = (await adg.ask(LINK, given, **KEY))["link"]["id"]

    assert (await adg.ask(LINK, given, **KEY))["link"] == {"id": made, "problems": []}
    [last] = await node.desk.register.ledger.search(first=1)
    assert made in last.entry.ids

    await adg.ask(UNLINK, {"from": person, "id": made})
    assert await adg.code(LINK, given, **KEY) == "NOT_FOUND"


@pytest.mark.parametrize("category", ["VICTIM", "CONTACT"])
async def test_whom_a_purpose_does_not_read_it_does_not_record(node: Station, category: str) -> None:
    pursuer = await node.caller(purpose=Purpose.FUGITIVE)
    made = (await pursuer.ask(RECORD, _person(category)))["recordPerson"]
    assert (made["person"], [problem["path"] for problem in made["problems"]]) == (None, ["person.category"])
    assert await rows(node.driver, "MATCH (n:Record) RETURN count(n)") == [[0]]


async def test_of_two_who_withdraw_a_record_at_once_the_second_finds_nothing(node: Station) -> None:
    adg = await node.caller()
    person = await _recorded(adg)
    codes = await _at_once(node, adg, "MATCH (n:Record) SET n.kind = n.kind", WITHDRAW, {"id": person})
    heads = await rows(node.driver, "MATCH (:Record)-[h:HEAD]->() RETURN count(h)")
    assert (codes, heads) == ({"OK": 1, "NOT_FOUND": 1}, [[1]])


async def test_of_two_who_close_a_link_at_once_the_second_finds_nothing(node: Station) -> None:
    adg = await node.caller()
    person = await _recorded(adg)
    link = (await adg.ask(LINK, {"from": {"id": person}, "m": marking()}))["link"]["id"]
    given = {"from": person, "id": link}
    answers = [(await one).json() for one in [asyncio.create_task(adg.post(UNLINK, given)) for _ in range(6)]]
    codes = Counter(answer["errors"][0]["extensions"]["code"] if "errors" in answer else "OK" for answer in answers)
    closed = await rows(node.driver, "MATCH ()-[w:WAS_USES_PHONE]->() RETURN count(w)")
    assert (codes, closed) == ({"OK": 1, "NOT_FOUND": 5}, [[1]])


async def test_a_record_that_is_withdrawn_while_a_link_waits_for_it_is_not_found(node: Station) -> None:
    adg = await node.caller()
    person = await _recorded(adg)
    async with holding(node.driver, "MATCH (n:Record) SET n.class = 'WITHDRAWN'"):
        asked = asyncio.create_task(adg.code(LINK, {"from": {"id": person}, "m": marking()}))
        await _waiting(node, 1)
    assert await asked == "NOT_FOUND"
    assert await rows(node.driver, "MATCH ()-[r:USES_PHONE]->() RETURN count(r)") == [[0]]
    assert EntryKind.INCIDENT not in {one.entry.kind for one in await node.desk.register.ledger.search()}


async def test_of_many_who_link_unlink_and_withdraw_at_once_one_withdraws_and_nothing_is_half_done(
    node: Station,
) -> None:
    adg = await node.caller()
    for _ in range(4):
        person = await _recorded(adg)
        draw = (LINK, {"from": {"id": person}, "m": marking()})
        link = (await adg.ask(*draw))["link"]["id"]
        changes = [(WITHDRAW, {"id": person}), (UNLINK, {"from": person, "id": link}), draw] * 4
        answers = [answer.json() for answer in await asyncio.gather(*(adg.post(*change) for change in changes))]
        codes = [answer["errors"][0]["extensions"]["code"] if "errors" in answer else "OK" for answer in answers]
        assert set(codes) <= {"OK", "NOT_FOUND", "UNAVAILABLE"}  # who waits for a lock too long is told so
        assert codes[0::3].count("OK") == 1
        assert codes[1::3].count("OK") <= 1
    heads = "MATCH (n:Record)-[:HEAD]->(v) RETURN count(n), collect(DISTINCT n.class), collect(DISTINCT v.class)"
    assert await rows(node.driver, heads) == [[4, ["WITHDRAWN"], ["WITHDRAWN"]]]
    ledger = node.desk.register.ledger
    assert (await ledger.unsettled(), await ledger.verify()) == ([], [])
    assert EntryKind.INCIDENT not in {one.entry.kind for one in await ledger.search(first=1_000)}


async def _at_once(node: Station, caller: Caller, held: str, document: str, given: dict[str, Any]) -> Counter[str]:
    """Ask twice while a lock holds both back, and give how often each code came."""
    async with holding(node.driver, held):
        asked = [asyncio.create_task(caller.post(document, given)) for _ in range(2)]
        await _waiting(node, len(asked))
    answers = [(await one).json() for one in asked]
    return Counter(answer["errors"][0]["extensions"]["code"] if "errors" in answer else "OK" for answer in answers)


async def _waiting(node: Station, number: int) -> None:
    """Wait until so many changes wait for a lock."""
    async with asyncio.timeout(10):
        while len(await rows(node.driver, WAITING)) < number:
            continue


def _person(category: str = "SUSPECT") -> dict[str, Any]:
    return {"p": {"category": category, "names": [name("Kiran Mewada")]}, "m": marking(reviewOn="2026-08-20")}


async def _recorded(caller: Caller) -> str:
    return str((await caller.ask(RECORD, _person()))["recordPerson"]["person"]["id"])
