"""A grant of level and compartments in the inbox: shown to whom it is for, and settled there as at the command line."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import insert

from desk import granting
from desk.errors import NotFound
from desk.keeping import expire
from graph.local import LocalGraph
from register.approvals import LIFETIME, Proposal
from register.ledger import EntryKind
from register.tables import grants, own_secrets
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from tests.desk.seconds import (
    AJMER,
    APPROVE,
    DECLINE,
    EAST,
    INBOX,
    KOTA,
    ONE,
    WEST,
    WITHDRAW,
    Bench,
    emptied,
    waiting_ids,
)
from tests.station import Station, station

pytestmark = pytest.mark.anyio

ALPHA = "IN-RJ:ALPHA"
HOLDS = {"level": Level.SOURCE_BEARING, "compartments": (ALPHA,)}


@pytest.fixture(scope="module")
async def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path_factory.mktemp("granting"), seconds=True) as made:
        yield made


@pytest.fixture
async def bench(node: Station) -> Bench:
    """Give a bench with a grantor, whom they would grant to, and a second, all with secrets of their own."""
    with node.desk.register._writes.begin() as connection:
        for table in (grants, own_secrets):
            connection.execute(table.delete())
    bench = await emptied(node)
    await bench.officer("rj.grantor", EAST, Rank.SI, **HOLDS)
    await bench.officer("rj.new", WEST, Rank.SI, level=Level.ANY_OFFICER)
    await bench.officer("rj.second", AJMER, **HOLDS)
    with node.desk.register._writes.begin() as connection:
        connection.execute(insert(own_secrets), [{"officer": id} for id in ("rj.grantor", "rj.new", "rj.second")])
    return bench


async def known(bench: Bench, id: str) -> Officer:
    found = await bench.node.desk.register.officers.get(id)
    assert found is not None
    return found


async def proposed(bench: Bench, level: Level = Level.NAMED_DESK, *compartments: str) -> Proposal:
    actor = await known(bench, "rj.grantor")
    at = bench.node.watch.now
    return await granting.grant(bench.node.desk.register, actor, "rj.new", level, compartments, at=at)


async def test_a_grant_stands_in_the_inbox_of_whom_it_is_for_and_counts_once_approved(bench: Bench) -> None:
    made = await proposed(bench, Level.NAMED_DESK, ALPHA)
    second, grantor = bench.callers["rj.second"], bench.callers["rj.grantor"]
    [edge] = (await second.ask(INBOX))["inbox"]["edges"]
    node = edge["node"]
    assert (node["id"], node["act"], node["state"], node["own"]) == (made.id, "GRANT", "OPEN", False)
    assert (node["author"], node["rank"], node["names"]) == ("rj.grantor", "SP_DCP", [])
    assert node["says"] == [
        {"field": "officer", "text": "rj.new"},
        {"field": "level", "text": "2"},
        {"field": "compartment", "text": ALPHA},
    ]
    assert (await grantor.ask(ONE, {"id": made.id}))["pendingChange"]["own"] is True
    said = (await second.ask(APPROVE, {"id": made.id}))["approve"]["change"]
    assert (said["state"], said["settledBy"], said["says"]) == ("APPROVED", "rj.second", [])
    new = await known(bench, "rj.new")
    assert (new.level, new.compartments) == (Level.NAMED_DESK, (ALPHA,))
    assert await waiting_ids(second) == await waiting_ids(grantor) == []
    entries = [one.entry for one in await bench.node.desk.register.ledger.search(officer="rj.second", first=9)]
    [done] = [one for one in entries if one.kind is EntryKind.ACCOUNT]
    assert (done.operation, done.variables["grantor"]) == ("account confirm", "rj.grantor")
    assert any(one.kind is EntryKind.LOOK and made.id in one.ids for one in entries)


async def test_a_grant_is_not_there_for_whom_it_is_not_for(bench: Bench) -> None:
    made = await proposed(bench, Level.NAMED_DESK, ALPHA)
    others = {
        "whom it is for": bench.callers["rj.new"],
        "of the same chain": await bench.officer("rj.west", WEST, **HOLDS),
        "of no rank": await bench.officer("rj.low", KOTA, Rank.ADDL_SP, **HOLDS),
        "without the level": await bench.officer("rj.one", KOTA, level=Level(1), compartments=(ALPHA,)),
        "without the compartment": await bench.officer("rj.two", KOTA, level=Level(3)),
        "in training": await bench.officer("rj.three", KOTA, purpose=Purpose.TRAINING, **HOLDS),
        "an auditor's purpose": await bench.officer("rj.four", KOTA, purpose=Purpose.AUDIT, **HOLDS),
    }
    for why, caller in others.items():
        assert await waiting_ids(caller) == [], why
        assert await caller.code(ONE, {"id": made.id}) == "NOT_FOUND", why
        if why != "an auditor's purpose":
            for settle in (APPROVE, DECLINE, WITHDRAW):
                assert await caller.code(settle, {"id": made.id}) == "NOT_FOUND", why
    assert await waiting_ids(bench.callers["rj.second"]) == [made.id]
    assert (await known(bench, "rj.new")).level is Level.ANY_OFFICER


async def test_nobody_approves_their_own_grant_and_only_they_take_it_back(bench: Bench) -> None:
    made = await proposed(bench)
    grantor, second = bench.callers["rj.grantor"], bench.callers["rj.second"]
    for settle in (APPROVE, DECLINE):
        assert await grantor.code(settle, {"id": made.id}) == "REFUSED"
    assert await second.code(WITHDRAW, {"id": made.id}) == "NOT_FOUND"
    said = (await grantor.ask(WITHDRAW, {"id": made.id}))["withdrawPending"]["change"]
    assert (said["state"], said["settledBy"]) == ("WITHDRAWN", "rj.grantor")
    assert await second.code(APPROVE, {"id": made.id}) == "NOT_FOUND"
    assert await grantor.code(WITHDRAW, {"id": made.id}) == "NOT_FOUND"


async def test_a_declined_grant_tells_its_grantor_why(bench: Bench) -> None:
    made = await proposed(bench)
    await bench.callers["rj.second"].ask(DECLINE, {"id": made.id, "why": "Not in that desk."})
    told = (await bench.callers["rj.grantor"].ask(ONE, {"id": made.id}))["pendingChange"]
    assert (told["state"], told["settledBy"], told["reason"]) == ("DECLINED", "rj.second", "Not in that desk.")


async def test_of_two_who_approve_at_once_one_does(bench: Bench) -> None:
    other = await bench.officer("rj.other", KOTA, **HOLDS)
    with bench.node.desk.register._writes.begin() as connection:
        connection.execute(insert(own_secrets), [{"officer": "rj.other"}])
    for _ in range(4):
        made = await proposed(bench, Level.NAMED_DESK, ALPHA)
        tries = await asyncio.gather(
            *(caller.post(APPROVE, {"id": made.id}) for caller in (bench.callers["rj.second"], other) * 2)
        )
        codes = [one["extensions"]["code"] for answer in tries for one in answer.json().get("errors", ())]
        assert len(codes) == 3
        assert set(codes) <= {"CONFLICT", "NOT_FOUND"}
        actor, at = await known(bench, "rj.second"), bench.node.watch.now
        await granting.lower(bench.node.desk.register, actor, "rj.new", Level(0), [ALPHA], at=at)


async def test_a_second_whose_secrets_another_knows_approves_nothing(bench: Bench) -> None:
    made = await proposed(bench)
    with bench.node.desk.register._writes.begin() as connection:
        connection.execute(own_secrets.delete().where(own_secrets.c.officer == "rj.second"))
    assert await bench.callers["rj.second"].code(APPROVE, {"id": made.id}) == "REFUSED"
    assert (await known(bench, "rj.new")).level is Level.ANY_OFFICER


async def test_grants_and_changes_stand_in_one_inbox_oldest_first_page_by_page(bench: Bench) -> None:
    author = await bench.author()
    wanted = []
    for turn in range(5):
        bench.node.watch.now += timedelta(seconds=1)
        wanted.append((await proposed(bench)).id if turn % 2 else (await bench.membership(by=author))[0])
    second, found, after = bench.callers["rj.second"], [], None
    while True:
        page = (await second.ask(INBOX, {"first": 2, "after": after}))["inbox"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == wanted


@pytest.mark.parametrize("unseen", [0, 1, 2, 3])
async def test_a_grant_stands_in_the_inbox_however_much_waits_that_is_not_for_whom_it_is_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, unseen: int
) -> None:
    monkeypatch.setattr("desk.inbox.BATCH", 2)
    made = await proposed(bench)
    # What is of the chain of the second of the grant waits for another.
    low = await bench.officer("rj.plain", KOTA, level=Level.ANY_OFFICER)
    other = await bench.officer("rj.of.ajmer", AJMER, Rank.SI, level=Level.SOURCE_BEARING)
    for _ in range(unseen):
        bench.node.watch.move(seconds=1)
        await bench.membership(by=other)
    assert await waiting_ids(bench.callers["rj.second"]) == [made.id]
    bench.node.watch.move(seconds=1)
    change = (await bench.membership())[0]
    assert await waiting_ids(bench.callers["rj.second"]) == [made.id, change]
    assert made.id not in await waiting_ids(low)


async def test_a_grant_ends_after_seven_days_and_the_keeper_says_so(bench: Bench) -> None:
    made = await proposed(bench)
    bench.node.watch.now += LIFETIME
    register, second, at = bench.node.desk.register, await known(bench, "rj.second"), bench.node.watch.now
    assert await granting.pending(register, second, at=at) == []
    with pytest.raises(NotFound):
        await granting.confirm(register, second, made.id, at=at)
    assert await expire(bench.node.desk) == 1
    [last] = await bench.node.desk.register.ledger.search(first=1)
    assert (last.entry.kind, last.entry.operation, last.entry.variables) == (EntryKind.JOB, "expire", {"grants": 1})
    assert await expire(bench.node.desk) == 0


async def test_whom_a_grant_is_for_never_settles_it_whatever_they_hold_by_then(bench: Bench) -> None:
    new = await bench.officer("rj.sp", KOTA, level=Level.ANY_OFFICER)
    register, at = bench.node.desk.register, bench.node.watch.now
    with register._writes.begin() as connection:
        connection.execute(insert(own_secrets), [{"officer": "rj.sp"}])
    actor = await known(bench, "rj.grantor")
    first, second = [await granting.grant(register, actor, "rj.sp", Level(2), [], at=at) for _ in range(2)]
    await bench.callers["rj.second"].ask(APPROVE, {"id": first.id})
    assert (await known(bench, "rj.sp")).level is Level.NAMED_DESK
    assert await waiting_ids(new) == []
    assert await new.code(APPROVE, {"id": second.id}) == "NOT_FOUND"
