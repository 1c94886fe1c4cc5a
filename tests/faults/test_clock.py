"""A clock that is set back opens nothing, breaks nothing on the ledger, and all is well when it is right again."""

from pathlib import Path

import pytest

from graph.local import LocalGraph
from tests.faults.planning import planned
from tests.station import marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
PERSONS = "{ persons { edges { node { id } } } }"


async def test_a_clock_set_back_is_answered_honestly_and_the_ledger_stays_whole(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    given = {"p": {"category": "SUSPECT", "names": [name("Kiran Mewada")]}, "m": marking()}
    async with station(local_graph, tmp_path) as node:
        # The key that signs began in the morning.
        node.watch.move(hours=4)
        adg = await node.caller()
        await planned(adg, PERSONS)
        made = await adg.ask(RECORD, given, **{"idempotency-key": "before"})

        right = node.watch()
        node.watch.move(hours=-3)
        assert (await adg.post(PERSONS)).status_code == 401, "a token of the future is nobody's"

        # A token minted by the clock as it now stands: the enquiry is of the future, and opens nothing yet.
        adg.token = node.tokens.mint_officer(adg.officer.id, "set-back", jti="set-back")
        assert await adg.code(PERSONS) == "REFUSED"
        assert await adg.code(RECORD, given) == "REFUSED"
        assert await node.desk.register.ledger.verify() == []

        node.watch.now = right
        adg.token = node.tokens.mint_officer(adg.officer.id, "right", jti="right")
        again = await adg.ask(RECORD, given, **{"idempotency-key": "before"})
        assert again["recordPerson"]["person"] == made["recordPerson"]["person"]
        assert len((await adg.ask(PERSONS))["persons"]["edges"]) == 1
        assert await node.desk.register.ledger.verify() == []
        assert await node.desk.register.ledger.unsettled() == []


async def test_a_clock_set_back_within_the_day_does_not_lengthen_an_enquiry_that_was_closed(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller()
        await planned(adg, PERSONS)
        closed = adg.enquiry
        await adg.ask("mutation($id: ID!) { closeEnquiry(id: $id) { enquiry { id } } }", {"id": closed})
        assert await adg.code(PERSONS) == "REFUSED"
        node.watch.move(seconds=-2)
        assert await adg.code(PERSONS) == "REFUSED"
        assert await node.desk.register.ledger.verify() == []
