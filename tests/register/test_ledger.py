"""The ledger on a real file: one chain under many writers, and no tampering that is not found."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from register.ledger import EntryKind
from register.looks import TOGETHER
from register.store import Register
from tests.register.conftest import Watch
from tests.register.entries import look, step

pytestmark = pytest.mark.anyio


async def test_two_hundred_callers_at_once_share_one_chain_and_a_few_transactions(register: Register) -> None:
    before = register.transactions
    numbers = await asyncio.gather(*(register.ledger.append(look(number)) for number in range(200)))
    assert sorted(numbers) == list(range(1, 201))
    assert register.transactions - before <= 20
    assert await register.ledger.verify() == []
    assert (await register.ledger.head())[0] == 200


async def test_an_entry_comes_back_as_it_was_written(register: Register, watch: Watch) -> None:
    entry = look(7, ids=("b", "a"), enquiry="urn:one")
    seq = await register.ledger.append(entry)
    [written] = await register.ledger.search()
    assert (written.seq, written.at, written.entry) == (seq, watch.now, entry)


async def test_a_list_of_a_thousand_ids_is_packed_and_comes_back_whole(register: Register, url: str) -> None:
    ids = tuple(f"id-{number:04}" for number in range(1_000))
    await register.ledger.append(look(ids=ids))
    [written] = await register.ledger.search()
    assert written.entry.ids == ids
    [(body,)] = sqlite3.connect(path_of(url)).execute("SELECT body FROM ledger")
    assert len(body) < 1_000


async def test_entries_are_searched_by_officer_and_enquiry_newest_first_page_by_page(register: Register) -> None:
    for number in range(6):
        await register.ledger.append(look(number, officer=f"rj.{number % 2}", enquiry=f"urn:{number % 3}"))
    page = await register.ledger.search(officer="rj.1", first=2)
    assert [one.seq for one in page] == [6, 4]
    assert [one.seq for one in await register.ledger.search(officer="rj.1", first=2, before=4)] == [2]
    assert [one.seq for one in await register.ledger.search(officer="rj.1", enquiry="urn:0")] == [4]


async def test_an_intent_is_unsettled_until_its_outcome_is_written(register: Register, watch: Watch) -> None:
    first = await register.ledger.append(step(EntryKind.INTENT, "one"))
    await asyncio.gather(
        register.ledger.append(step(EntryKind.INTENT, "two")), register.ledger.append(step(EntryKind.OUTCOME, "two"))
    )
    [waiting] = await register.ledger.unsettled()
    assert (waiting.op_id, waiting.seq, waiting.at, waiting.officer) == ("one", first, watch.now, "rj.one")
    await register.ledger.append(step(EntryKind.OUTCOME, "one"))
    assert await register.ledger.unsettled() == []
    assert await register.ledger.verify() == []


async def test_an_outcome_settles_one_attempt_at_its_operation_and_no_other(register: Register) -> None:
    first, second, third = [await register.ledger.append(step(EntryKind.INTENT, "one")) for _ in range(3)]
    await register.ledger.append(step(EntryKind.OUTCOME, "one"))
    assert [intent.seq for intent in await register.ledger.unsettled()] == [second, third]
    await asyncio.gather(*(register.ledger.append(step(EntryKind.OUTCOME, "one")) for _ in range(2)))
    assert await register.ledger.unsettled() == []
    assert await register.ledger.verify() == []
    assert first < second


async def test_what_json_cannot_say_is_refused_and_stops_nobody_else(register: Register) -> None:
    bad = look()
    object.__setattr__(bad, "variables", {"number": float("nan")})
    answers = await asyncio.gather(
        register.ledger.append(look()),
        register.ledger.append(bad),
        register.ledger.append(look()),
        return_exceptions=True,
    )
    assert [answers[0], answers[2]] == [1, 2]
    assert isinstance(answers[1], ValueError)


async def test_a_fault_that_nobody_foresaw_is_told_and_keeps_nobody_waiting(register: Register) -> None:
    with pytest.raises(ValueError):
        await register._writer.join(lambda connection, items: [], "an item that gets no answer")
    assert await register.ledger.append(look()) == 1


async def test_a_register_opened_twice_keeps_one_chain(opened: Callable[[], "asyncio.Future[Register]"]) -> None:
    one, other = await opened(), await opened()
    await asyncio.gather(*(which.ledger.append(look(number)) for number in range(30) for which in (one, other)))
    assert await one.ledger.verify() == []
    assert await one.ledger.head() == await other.ledger.head()
    assert (await one.ledger.head())[0] == 60


SWAP = "UPDATE ledger SET seq = CASE seq WHEN 3 THEN -4 WHEN 4 THEN -3 END WHERE seq IN (3, 4)"
INSERT = (
    "INSERT INTO ledger (seq, prev, leaf, at, kind, body, officer) "
    "SELECT 4, prev, leaf, at, kind, body, officer FROM ledger WHERE seq = 3"
)


@pytest.mark.parametrize(
    ("tampering", "where"),
    [
        (["UPDATE ledger SET body = replace(body, '\"number\":2', '\"number\":9') WHERE seq = 3"], 3),
        (["UPDATE ledger SET body = body || ' ' WHERE seq = 3"], 3),
        (["UPDATE ledger SET body = 'broken' WHERE seq = 3"], 3),
        ([f"UPDATE ledger SET body = '{'[' * 100_000}' WHERE seq = 3"], 3),
        (["UPDATE ledger SET at = at + 1 WHERE seq = 3"], 3),
        (["UPDATE ledger SET at = 9223372036854775807 WHERE seq = 3"], 3),
        (["UPDATE ledger SET prev = x'00' WHERE seq = 3"], 3),
        (["UPDATE ledger SET kind = 'REFUSAL' WHERE seq = 3"], 3),
        (["UPDATE ledger SET officer = 'rj.other' WHERE seq = 3"], 3),
        (["UPDATE ledger SET enquiry = 'urn:other' WHERE seq = 3"], 3),
        (["UPDATE ledger SET op_id = 'other' WHERE seq = 3"], 3),
        (["UPDATE ledger SET leaf = prev WHERE seq = 3"], 3),
        (["UPDATE ledger SET packed_ids = x'00' WHERE seq = 3"], 3),
        (["UPDATE ledger SET packed_ids = x'00' WHERE seq = 5"], 5),
        (["UPDATE ledger SET packed_ids = NULL WHERE seq = 5"], 5),
        (["DELETE FROM ledger WHERE seq = 3"], 3),
        (["DELETE FROM ledger WHERE seq = 1"], 1),
        (["DELETE FROM ledger WHERE seq = 3", "UPDATE ledger SET seq = seq - 1 WHERE seq > 3"], 3),
        ([SWAP, "UPDATE ledger SET seq = -seq WHERE seq < 0"], 3),
        (["UPDATE ledger SET seq = -seq - 1 WHERE seq > 3", INSERT, "UPDATE ledger SET seq = -seq WHERE seq < 0"], 4),
        (["DELETE FROM ledger WHERE seq > 4"], 5),
        (["DELETE FROM ledger"], 1),
        (["UPDATE ledger_head SET seq = 5", "DELETE FROM ledger WHERE seq = 6"], 5),
        (["INSERT INTO open_intents (seq, op_id) VALUES (2, 'gone')"], 2),
        (["DELETE FROM open_intents"], 6),
    ],
)
async def test_tampering_in_the_file_is_found_where_it_was_done(
    register: Register, url: str, tampering: list[str], where: int
) -> None:
    for number in range(4):
        await register.ledger.append(look(number))
    await register.ledger.append(look(ids=tuple(map(str, range(300)))))
    await register.ledger.append(step(EntryKind.INTENT, "open"))
    assert await register.ledger.verify() == []
    with sqlite3.connect(path_of(url)) as file:
        for statement in tampering:
            assert file.execute(statement).rowcount > 0
    faults = await register.ledger.verify()
    assert faults
    assert min(fault.seq for fault in faults) == where


async def test_verifying_tells_how_far_it_is(register: Register) -> None:
    await asyncio.gather(*(register.ledger.append(look(number)) for number in range(2_100)))
    told: list[tuple[int, int]] = []
    assert await register.ledger.verify(lambda read, kept: told.append((read, kept))) == []
    assert told == [(1_000, 2_100), (2_000, 2_100), (2_100, 2_100)]


def path_of(url: str) -> str:
    """Give the file of a register."""
    return url.removeprefix("sqlite:///")


async def test_the_looks_at_a_record_are_found_newest_first_and_nothing_else(register: Register, watch: Watch) -> None:
    one, other = (f"urn:sangam:IN-RJ:{kind}:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f" for kind in ("person", "link"))
    many = tuple(f"urn:sangam:IN-RJ:gang:6f1c2d3e-4b5a-4c6d-8e7f-{number:012}" for number in range(300))
    seen = [await register.ledger.append(look(0, ids=(one, other), officer="rj.a"))]
    await register.ledger.append(look(1, ids=many))
    watch.move(seconds=1)
    seen += [await register.ledger.append(look(2, ids=(*many, one), officer=f"rj.{turn}")) for turn in range(3)]
    for kind in (EntryKind.REFUSAL, EntryKind.INTENT, EntryKind.INCIDENT, EntryKind.JOB):
        await register.ledger.append(replace(look(3, ids=(one,)), kind=kind, op_id="op"))
    for kind in (EntryKind.EXPORT, EntryKind.FILE):
        seen.append(await register.ledger.append(replace(look(4, ids=(one,)), kind=kind)))
    found = await register.ledger.looks(one, first=50, after=None)
    assert [written.seq for written in found] == seen[::-1]
    paged, after = [], None
    while page := await register.ledger.looks(one, first=2, after=after):
        paged += page
        at = page[-1].at
        after = (at, sum(written.at == at for written in paged))
    assert paged == found
    assert await register.ledger.looks(other, first=5, after=None) == []
    assert len(await register.ledger.looks(many[7], first=50, after=None)) == 4
    assert await register.ledger.verify() == []


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM ledger_looks WHERE record LIKE '%:person:%'",
        "UPDATE ledger_looks SET record = 'urn:sangam:IN-RJ:person:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e40'",
        "UPDATE ledger_looks SET at = at + 1",
        "INSERT INTO ledger_looks SELECT replace(record, 'person', 'gang'), at, seq FROM ledger_looks",
        "UPDATE meta SET value = '0' WHERE key = 'looks until'",
        "UPDATE meta SET value = '2' WHERE key = 'looks until'",
        "UPDATE meta SET value = 'all' WHERE key = 'looks until'",
        "DELETE FROM meta WHERE key = 'looks until'",
    ],
)
async def test_a_look_that_is_kept_wrongly_is_found(register: Register, url: str, tampering: str) -> None:
    record = "urn:sangam:IN-RJ:person:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f"
    await register.ledger.append(look(0, ids=(record,)))
    assert len(await register.ledger.looks(record, first=5, after=None)) == 1
    assert await register.ledger.verify() == []
    with sqlite3.connect(path_of(url)) as file:
        file.execute(tampering)
    [fault] = await register.ledger.verify()
    assert fault.what == "Which record was looked at in which entry is kept wrongly."


async def test_looks_are_kept_for_many_entries_at_once_and_before_anybody_asks_for_them(
    register: Register, url: str
) -> None:
    record, path = "urn:sangam:IN-RJ:person:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f", path_of(url)

    def kept() -> int:
        [(many,)] = sqlite3.connect(path).execute("SELECT count(*) FROM ledger_looks")
        return int(many)

    for number in range(1, TOGETHER):
        await register.ledger.append(look(number, ids=(record,)))
    await register.ledger.append(replace(look(0, ids=(record,)), kind=EntryKind.JOB))
    assert kept() == 0
    assert await register.ledger.verify() == []
    assert len(await register.ledger.looks(record, first=100, after=None)) == TOGETHER - 1
    await register.ledger.append(look(TOGETHER, ids=(record,)))
    assert kept() == TOGETHER
    assert len(await register.ledger.looks(record, first=100, after=None)) == TOGETHER
    assert await register.ledger.verify() == []


async def test_a_register_that_was_made_before_has_the_looks_of_all_its_entries(register: Register, url: str) -> None:
    record = "urn:sangam:IN-RJ:person:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f"
    seq = await register.ledger.append(look(1, ids=(record,)))
    with sqlite3.connect(path_of(url)) as file:
        # As it was when each look came with its entry.
        file.execute("DELETE FROM meta WHERE key = 'looks until'")
        file.execute("INSERT INTO ledger_looks SELECT ?, at, seq FROM ledger", (record,))
    again = await Register.open(
        url, state=register.state, keys=register.keys, clock=register.clock, random=register.random
    )
    try:
        later = await again.ledger.append(look(2, ids=(record,)))
        found = await again.ledger.looks(record, first=5, after=None)
        assert [one.seq for one in found] == [later, seq]
        assert await again.ledger.verify() == []
    finally:
        await again.close()
