"""The purge, over a real graph: what goes and what stays, and that a crash at any step is taken up by the next run."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from desk import purging as desk_purging
from desk.keeping import Keeper, Run, settle
from desk.restoring import Ended, end_again
from desk.stores import Stores
from graph import purging
from graph.local import LocalGraph
from register.clockwork import Outcome
from register.ledger import Entry, EntryKind
from register.tombstones import Because, Tombstone
from schemas.handling import Level
from tests.desk.test_following import ONE, account, act, stored
from tests.register.pictures import jpeg
from tests.station import MORNING, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

PERSON = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
PHONE = """mutation($id: ID!, $n: String!, $m: MarkingInput!) {
  link(kind: USES_PHONE, from: {id: $id}, to: {kind: PHONE, value: $n}, marking: $m) { id problems { message } } }"""
MET = """mutation($a: ID!, $b: ID!, $m: MarkingInput!) {
  link(kind: MET_WITH, from: {id: $a}, to: {id: $b}, marking: $m) { id problems { message } } }"""
UNLINK = 'mutation($f: ID!, $id: ID!) { unlink(from: $f, id: $id, reason: "Mistaken.") { id } }'
WITHDRAW = 'mutation($id: ID!) { withdraw(id: $id, reason: "Recorded twice.") { id problems { path } } }'
LEFT = """MATCH (n) WHERE NOT n:Migration AND NOT n:Operation RETURN labels(n)[0], count(n) ORDER BY labels(n)[0]"""
FIRST, SECOND = "+919800000001", "+919800000002"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


async def person(officer: Caller, text: str, **marked: Any) -> str:
    made = await officer.ask(PERSON, {"p": {"category": "SUSPECT", "names": [name(text)]}, "m": marking(**marked)})
    return str(made["recordPerson"]["person"]["id"])


async def linked(officer: Caller, text: str, **ends: str) -> str:
    made = (await officer.ask(text, {**ends, "m": marking()}))["link"]
    assert made["problems"] == []
    return str(made["id"])


def signed(pem: str, said: bytes, signature: bytes) -> bool:
    """Say whether these bytes were signed by the private half of a key, as another state would check it."""
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    try:
        key.verify(signature, said, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


async def purged(node: Station) -> Run:
    run = await Keeper(node.desk, node.ring).run("purge")
    assert run is not None
    return run


async def left(node: Station) -> dict[str, int]:
    return {str(label): int(number) for label, number in await stored(node, LEFT)}


async def world(node: Station) -> tuple[str, str]:
    """Record a person who will lapse and one who will not, with all that hangs on the first; give both."""
    officer = await node.caller()
    goes = await person(officer, "Kiran Qvanish", reviewOn="2026-06-11")
    stays = await person(officer, "Ramesh Staywell")
    await linked(officer, PHONE, id=goes, n=FIRST)
    await linked(officer, PHONE, id=goes, n=SECOND)
    await linked(officer, PHONE, id=stays, n=SECOND)
    met = await linked(officer, MET, a=goes, b=stays)
    await officer.ask(UNLINK, {"f": goes, "id": met})
    headers = {"authorization": f"Bearer {officer.token}", "sangam-enquiry": str(officer.enquiry)}
    reply = await officer.client.post(f"/records/{goes}/files", content=jpeg(), headers=headers)
    assert reply.status_code == 201
    return goes, stays


async def test_thirty_days_after_it_lapsed_nothing_of_a_record_is_left_but_its_tombstone(node: Station) -> None:
    goes, stays = await world(node)
    keys = (await left(node))["Key"]
    node.watch.now = MORNING.replace(month=7, day=10)
    assert (await purged(node)).found == {"records": 0}, "it lapsed on the 11th, thirty days are not over"
    node.watch.now = MORNING.replace(month=7, day=11)
    assert (await purged(node)).found == {"records": 1}
    now = await left(node)
    assert (now["Person"] if "Person" in now else now["Record"]) == 1
    assert (now["Version"], now["Value"]) == (1, 1)
    assert 0 < now["Key"] < keys
    assert await stored(node, "MATCH (n:Record) RETURN n.id") == [[stays]]
    assert await stored(node, "MATCH ()-[r]->() WHERE r.id IS NOT NULL RETURN type(r)") == [["USES_PHONE"]]
    vault = node.desk.register.vault
    assert (await vault.files(goes), await vault.destroyed()) == ([], [goes])
    assert [path for path in vault.folder.rglob("*") if path.is_file()] == []
    [stone] = await node.desk.register.tombstones.all()
    assert (stone.id, stone.because, stone.purged_at) == (goes, Because.LAPSED, node.watch())
    assert stone.kid is not None
    assert stone.signature is not None
    assert stone.purged_at is not None
    pem = node.ring.public_pem(stone.kid, node.watch())
    assert pem is not None
    assert signed(pem, stone.signed_bytes(stone.purged_at), stone.signature)
    assert not signed(pem, stone.signed_bytes(stone.purged_at + timedelta(seconds=1)), stone.signature)
    entries = [one.entry for one in reversed(await node.desk.register.ledger.search(first=6))]
    told = [(one.kind, one.operation, one.code, one.ids) for one in entries if one.operation.startswith("purge")]
    assert told[-4:] == [
        (EntryKind.INTENT, "purge", "INTENT", (goes,)),
        (EntryKind.JOB, "purge files", "OK", (goes,)),
        (EntryKind.OUTCOME, "purge", "DONE", (goes,)),
        (EntryKind.JOB, "purge", "OK", ()),
    ]
    assert await node.desk.register.ledger.unsettled() == []
    assert (await purged(node)).found == {"records": 0}


async def test_what_was_withdrawn_goes_thirty_days_after_and_what_lives_stays(node: Station) -> None:
    officer = await node.caller()
    gone, stays = await person(officer, "Kiran Gone"), await person(officer, "Ramesh Stays")
    node.watch.move(minutes=5)
    await officer.ask(WITHDRAW, {"id": gone})
    node.watch.move(days=30, seconds=-1)
    assert (await purged(node)).found == {"records": 0}
    node.watch.move(seconds=1)
    assert (await purged(node)).found == {"records": 1}
    assert await stored(node, "MATCH (n:Record) RETURN n.id") == [[stays]]
    assert [(one.id, one.because) for one in await node.desk.register.tombstones.all()] == [(gone, Because.WITHDRAWN)]


async def test_acts_of_followers_audiences_and_keys_go_with_their_account(node: Station) -> None:
    officer = await node.caller()
    goes, stays = await account(officer), await account(officer, 2)
    acts = [(await act(officer, of, m=marking(reviewOn="2027-01-01")))["id"] for of in (goes, stays)]
    assert ONE
    await officer.ask(WITHDRAW, {"id": goes})
    node.watch.move(days=31)
    assert (await purged(node)).found == {"records": 2}
    assert sorted(id for (id,) in await stored(node, "MATCH (n:Record) RETURN n.id")) == sorted([stays, acts[1]])
    found = {one.id: one.because for one in await node.desk.register.tombstones.all()}
    assert found == {goes: Because.WITHDRAWN, acts[0]: Because.ATTACHED}
    with node.desk.register._reads.begin() as connection:
        assert connection.exec_driver_sql("SELECT account FROM follower_keys").all() == [(stays,)]


async def test_identifiers_and_keys_that_nothing_touches_go_and_a_closed_link_keeps_its_own(node: Station) -> None:
    officer = await node.caller()
    one = await person(officer, "Kiran Stays")
    link = await linked(officer, PHONE, id=one, n=FIRST)
    await officer.ask(UNLINK, {"f": one, "id": link})
    await stored(node, "CREATE (:Value {id: 'v', kind: 'PHONE'}), (:Key {id: 'k'})")
    await purged(node)
    assert await stored(node, "MATCH (v:Value) RETURN count(v)") == [[1]]
    assert await stored(node, "MATCH (k:Key {id: 'k'}) RETURN count(k)") == [[0]]
    assert await stored(node, "MATCH (o:Operation) RETURN count(o) > 0") == [[True]]


async def test_a_link_goes_thirty_days_after_its_own_end(node: Station) -> None:
    officer = await node.caller()
    one, other = await person(officer, "Kiran One"), await person(officer, "Ramesh Two")
    given = {"a": one, "b": other, "m": marking(reviewOn="2026-06-11")}
    await officer.ask(MET, given)
    node.watch.move(days=39)
    await purged(node)
    assert await stored(node, "MATCH ()-[r:MET_WITH]->() RETURN count(r)") == [[1]]
    node.watch.move(days=1)
    await purged(node)
    assert await stored(node, "MATCH ()-[r:MET_WITH]->() RETURN count(r)") == [[0]]


async def test_a_change_that_waits_and_names_what_is_purged_goes_with_it(node: Station) -> None:
    officer = await node.caller()
    goes = await person(officer, "Kiran Gone")
    await officer.ask(WITHDRAW, {"id": goes})
    await stored(
        node,
        "UNWIND [[$id], ['another']] AS names CREATE (:Record:Change {id: names[0] + 'c', until: 4000000000})"
        "-[:HEAD]->(:Version {names: names})",
        id=goes,
    )
    node.watch.move(days=31)
    await purged(node)
    assert await stored(node, "MATCH (n:Change)-[:HEAD]->(v) RETURN v.names") == [[["another"]]]


class Killed(Exception):
    """The process dies here, as far as the stores can tell."""


def dying(act: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """Have an act end the process before or after it is carried out."""

    async def once(*given: Any, **named: Any) -> Any:
        if after:
            await act(*given, **named)
        raise Killed

    return once


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["begin", "purge", "purge_untouched", "destroy", "forget", "sign"])
async def test_a_purge_that_was_broken_off_at_any_step_is_brought_to_its_end_by_the_next_run(
    node: Station, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    goes, stays = await world(node)
    node.watch.now = MORNING.replace(month=7, day=11)
    register = node.desk.register
    place: Any = {
        "begin": register.tombstones,
        "purge": purging,
        "purge_untouched": purging,
        "destroy": register.vault,
        "forget": register.followers,
        "sign": register.tombstones,
    }[step]
    monkeypatch.setattr(place, step, dying(getattr(place, step), after=after))
    with pytest.raises(Killed):
        await purged(node)
    monkeypatch.undo()
    node.watch.move(hours=2)
    for run in await Keeper(node.desk, node.ring).turn():
        assert run.outcome is Outcome.DONE
    assert await stored(node, "MATCH (n:Record) RETURN n.id") == [[stays]]
    assert await stored(node, "MATCH (v:Value) RETURN count(v)") == [[1]]
    assert (await register.vault.files(goes), await register.vault.destroyed()) == ([], [goes])
    [stone] = await register.tombstones.all()
    assert stone.signature is not None
    assert await register.tombstones.unsigned() == []
    assert await register.ledger.unsettled() == []
    assert await register.ledger.verify() == []


async def test_a_record_that_was_renewed_between_being_found_and_being_held_stays(
    node: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes, stays = await world(node)
    node.watch.now = MORNING.replace(month=7, day=11)
    begin = node.desk.register.tombstones.begin

    async def renewed(stones: Any, *, entry: Entry) -> None:
        await begin(stones, entry=entry)
        await stored(node, "MATCH (n:Record {id: $id}) SET n.until = 2000000000", id=goes)

    monkeypatch.setattr(node.desk.register.tombstones, "begin", renewed)
    assert (await purged(node)).found == {"records": 0}
    assert sorted(id for (id,) in await stored(node, "MATCH (n:Record) RETURN n.id")) == sorted([goes, stays])
    assert len(await node.desk.register.vault.files(goes)) == 1
    assert await node.desk.register.tombstones.all() == []


async def test_more_than_one_transaction_takes_go_in_turn(node: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_purging, "AT_ONCE", 2)
    officer = await node.caller()
    for number in range(5):
        await officer.ask(WITHDRAW, {"id": await person(officer, f"Kiran Number{number}")})
    node.watch.move(days=31)
    assert (await purged(node)).found == {"records": 5}
    assert len({one.op_id for one in await node.desk.register.tombstones.all()}) == 3


@pytest.mark.parametrize("all", [False, True])
async def test_a_purge_that_was_broken_off_is_not_settled_but_brought_to_its_end(
    node: Station, monkeypatch: pytest.MonkeyPatch, all: bool
) -> None:
    goes, _ = await world(node)
    node.watch.now = MORNING.replace(month=7, day=11)
    monkeypatch.setattr(purging, "purge", dying(purging.purge, after=False))
    with pytest.raises(Killed):
        await purged(node)
    monkeypatch.undo()
    node.watch.move(hours=2)
    assert await settle(node.desk, all=all) == 0
    assert (await purged(node)).found == {"records": 1}
    [outcome] = [
        one.entry
        for one in await node.desk.register.ledger.search(first=20)
        if one.entry.kind is EntryKind.OUTCOME and goes in one.entry.ids
    ]
    assert outcome.code == "DONE"


async def test_what_lies_in_a_compartment_that_nobody_holds_is_purged_like_all_else(node: Station) -> None:
    officer = await node.caller(compartments=("IN-RJ:ALPHA",))
    id = await person(officer, "Kiran Mewada", compartment="IN-RJ:ALPHA")
    lowered = Entry(EntryKind.ACCOUNT, "tests", None, None, "lower", {}, (), "OK")
    await node.desk.register.officers.lower(
        officer.officer.id, level=Level.ANY_OFFICER, without=("IN-RJ:ALPHA",), rule=lambda _: None, entry=lowered
    )
    node.watch.now = MORNING + timedelta(days=900)
    assert (await purged(node)).found == {"records": 1}
    assert [one.id for one in await node.desk.register.tombstones.all()] == [id]


async def test_a_restore_purges_again_what_was_purged_to_its_end_and_no_other(node: Station, tmp_path: Path) -> None:
    officer = await node.caller()
    begun, ended = [await person(officer, text) for text in ("Kiran Mewada", "Arun Gular")]
    open_one = Tombstone(begun, Because.LAPSED, str(uuid4()), MORNING)
    kid, signature = node.ring.sign(open_one.signed_bytes(MORNING), MORNING)
    at_its_end = Tombstone(ended, Because.LAPSED, str(uuid4()), MORNING, MORNING, kid, signature)
    stores = Stores("IN-RJ", tmp_path, node.desk.keys, node.watch, node.desk.random)
    await end_again(node.desk.register, node.driver, Ended(True, (), (open_one, at_its_end), {}), stores)
    assert await stored(node, "MATCH (n:Person) RETURN n.id") == [[begun]]
    assert [one.id for one in await node.desk.register.tombstones.unsigned()] == [begun]
    # The next run judges it anew: nothing is due.
    assert (await purged(node)).found == {"records": 0}
    assert [one.id for one in await node.desk.register.tombstones.all()] == [ended]
