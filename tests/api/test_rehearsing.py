"""What is trusted is planned before anybody asks it, and the rehearsal of it learns and tells nothing."""

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.documents import TrustedDocuments, digest_of
from api.rehearsing import rehearse
from api.rest.federation import for_peers
from desk.rehearsing import rehearsal
from graph import session as rooms
from graph.connections import CONNECTIONS, Kind
from graph.local import LocalGraph, start_local
from graph.picks import LinkPick, Pick
from graph.projection import by_ids
from schemas.ids import RecordType
from tests.federation.circle import circle
from tests.federation.questions import asked, statuses
from tests.station import Station, marking, name, station

pytestmark = pytest.mark.anyio

NAME = "Harpreet Singh Dhurike"
PEERS = for_peers(TrustedDocuments.packaged())


def root_of(text: str) -> str:
    """Give what a document asks first."""
    found = re.search(r"\)\s*\{\s*(\w+)", text)
    assert found is not None
    return found[1]


def only(*roots: str) -> TrustedDocuments:
    """Give those of the documents for peers that ask these."""
    return TrustedDocuments({digest_of(text): text for text in PEERS if root_of(text) in roots})


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as opened:
        yield opened


async def test_what_was_rehearsed_is_asked_without_a_text_that_is_new(node: Station) -> None:
    caller = await node.caller()
    made = await caller.ask(
        "mutation R($p: PersonInput!, $m: MarkingInput!) { recordPerson(person: $p, marking: $m) { person { id } } }",
        {"p": {"category": "SUSPECT", "names": [name(NAME, "LATIN")]}, "m": marking()},
    )
    id = made["recordPerson"]["person"]["id"]
    await rehearse(node.desk, only("find", "persons"))
    planned = set(rooms._begun[node.driver])
    given = {"find": {"text": NAME}, "persons": {}}
    for text in only(*given):
        answer = await caller.ask(text, given[root_of(text)])
        assert id in str(answer), text
    assert set(rooms._begun[node.driver]) == planned


async def test_every_document_for_peers_can_be_rehearsed(node: Station, caplog: pytest.LogCaptureFixture) -> None:
    """Without a database to plan by: what is proven is that each leads to a selection."""
    handed = []

    async def plan(driver: Any, text: str, bound: dict[str, object], *, anew: bool) -> None:
        handed.append(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "_planned", plan)
        for text in PEERS:
            before = len(handed)
            await rehearse(node.desk, TrustedDocuments({digest_of(text): text}))
            selected = {one for one in handed[before:] if one.startswith("EXPLAIN RETURN [")}
            assert selected, text
            if root_of(text) == "record":
                # Who asks for nothing but whose it is asks the same of all kinds but one.
                some = len(RecordType) if "PlaceBrief" in text else 2
                assert len(selected) == some, "one for each kind"
    assert caplog.messages == []


async def test_a_rehearsal_reads_nothing_and_stands_on_no_ledger(node: Station) -> None:
    caller = await node.caller()
    made = await caller.ask(
        "mutation R($p: PersonInput!, $m: MarkingInput!) { recordPerson(person: $p, marking: $m) { person { id } } }",
        {"p": {"category": "SUSPECT", "names": [name(NAME, "LATIN")]}, "m": marking()},
    )
    id = made["recordPerson"]["person"]["id"]
    head = await node.desk.register.ledger.head()
    _, session = rehearsal(node.desk)
    compiled = by_ids([(Pick(Kind.PERSON, ("names",)), [id])])
    assert (await session.project(compiled)).rows == []
    assert (session.disclosed, session.asked) == (set(), 0)
    assert await node.desk.register.ledger.head() == head
    # And if it did ask, its grant would open nothing.
    assert (await rooms.GraphSession(session.grant, node.desk.graph).project(compiled)).rows == []


async def test_a_question_is_asked_by_the_plan_that_was_made_ahead(node: Station) -> None:
    rows = list(CONNECTIONS[Kind.GANG].values())[:3]
    links = tuple(LinkPick(row.name, row, Pick(row.far), row.kinds, first=3) for row in rows)
    compiled = by_ids([(Pick(Kind.GANG, ("names", "areas"), links), ["urn:none"])])
    async with node.driver.session() as own:
        await (await own.run("CALL db.clearQueryCaches()")).consume()
    _, session = rehearsal(node.desk)
    times = []
    for one in (session, rooms.GraphSession(session.grant, node.desk.graph)):
        began = time.monotonic()
        await one.project(compiled)
        times.append(time.monotonic() - began)
    assert times[1] < times[0] / 2, times


@pytest.mark.deep
async def test_no_first_question_of_an_officer_or_a_peer_is_new_to_a_database(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    """Of a fresh database, and of one that others have used: each trusted question to other states, whole."""
    graphs = {"IN-RJ": local_graph, "IN-PB": await start_local(tmp_path / "IN-PB")}
    try:
        async with circle(graphs, tmp_path) as nodes:
            home, other = nodes["IN-RJ"], nodes["IN-PB"]
            caller = await home.caller("adg.crime")
            id = await other.person(await other.caller("adg.crime"), NAME, audience=["IN-RJ"])
            for one in nodes.values():
                await rehearse(one.desk, PEERS)
            planned = {state: set(rooms._begun[one.driver]) for state, one in nodes.items()}
            given: dict[str, dict[str, Any]] = {"find": {"text": NAME}, "record": {"id": id}, "network": {"from": [id]}}
            given["paths"] = {"from": id, "to": f"urn:sangam:IN-RJ:{id.partition('IN-PB:')[2]}"}
            for text in TrustedDocuments.packaged():
                if (root := re.search(r"\bfederated[^{]*\{\s*(\w+)", text)) is not None:
                    answer = await asked(home, caller, text, **given.get(root[1], {}))
                    assert statuses(answer)["IN-PB"] == "LIVE", (root[1], answer["sources"])
            assert {state: set(rooms._begun[one.driver]) for state, one in nodes.items()} == planned
    finally:
        await graphs["IN-PB"].stop()
