"""On a live node a membership and an act of help wait for a second officer; in a file their rows are refused."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from desk.importing import begin_import
from desk.looking import Look, Stamp
from graph.driver import rows
from graph.local import LocalGraph
from sangam import AsyncClient, Refused, Waits
from schemas.draft import LinkDraft, RecordDraft
from schemas.envelope import Marking
from schemas.errors import ErrorCode
from schemas.gang import GangContent, Standing
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import TRAINING, Handling, Level, Purpose
from schemas.ids import RecordType
from schemas.link import ASSERTED, Criterion, LinkContent, LinkKind, Role
from schemas.officer import Rank
from schemas.pending import PendingAct, PendingState
from schemas.person import Category, NameKind, PersonContent, RecordedName, Script
from tests.station import MORNING, Caller, Station, later, station
from tests.words import content_of

pytestmark = pytest.mark.anyio

MEMBER = LinkContent(role=Role.SHOOTER, criteria=(Criterion(text="Seen with the leader.", source="Diary 4"),))
PERSON = PersonContent(
    category=Category.SUSPECT, names=(RecordedName(text="Kabir Neem", script=Script.LATIN, kind=NameKind.LEGAL),)
)
GANG = GangContent(
    names=(RecordedName(text="Black Camel", script=Script.LATIN, kind=NameKind.LEGAL),), standing=Standing.ALLEGED
)
ABSENT = "urn:sangam:IN-RJ:gang:00000000-0000-4000-8000-000000000000"
FILE = "f" * 64
MEMBERSHIPS = "MATCH ()-[r:MEMBER_OF]->() RETURN count(r)"


@pytest.fixture
async def live(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path, stamp=Stamp.LIVE) as made:
        yield made


def marking(compartment: str | None = None) -> Marking:
    return Marking(
        unit="RJ-JPC",
        legal_basis="BNSS 173",
        case_ref="FIR 0123/2026",
        source_grade=SourceGrade.B,
        info_grade=InfoGrade.KNOWN_TO_SOURCE,
        handling=Handling.H0,
        level=Level.ANY_OFFICER,
        audience=(),
        compartment=compartment,
        review_on=later(300),
        expires_at=MORNING + timedelta(days=600),
    )


async def test_a_membership_between_two_visible_ends_waits_and_joins_nothing_yet(live: Station) -> None:
    author = await live.caller("rj.si", rank=Rank.SI, unit="RJ-P-JPE")
    second = await live.caller("rj.dysp", rank=Rank.DYSP_ACP, unit="RJ-D-AJM")
    async with _client(live, author) as asking, _client(live, second) as answering:
        person = await asking.put_on_record(PERSON, marking())
        gang = await asking.put_on_record(GANG, marking())
        with pytest.raises(Waits) as waits:
            await asking.link(LinkKind.MEMBER_OF, person.id, gang.id, marking(), MEMBER)
        # What is not there for the officer waits for nobody.
        with pytest.raises(Refused) as missed:
            await asking.link(LinkKind.MEMBER_OF, person.id, ABSENT, marking(), MEMBER)
        assert missed.value.code is ErrorCode.NOT_FOUND
        assert await rows(live.driver, MEMBERSHIPS) == [[0]]

        change = waits.value.change
        assert (change.act, change.state, change.own) == (PendingAct.MEMBERSHIP, PendingState.OPEN, True)
        [seen] = [one async for one in answering.inbox()]
        assert (seen.id, seen.own, set(seen.names)) == (change.id, False, {person.id, gang.id})
        assert {"role": "shooter", "marking.case_ref": "FIR 0123/2026"}.items() <= {
            row.field: row.text for row in seen.says
        }.items()
        approved = await answering.approve(change.id)
        assert (approved.state, approved.settled_by) == (PendingState.APPROVED, "rj.dysp")
        assert await asking.pending_change(change.id) == approved.model_copy(update={"own": True})
    assert await rows(live.driver, MEMBERSHIPS) == [[1]]
    assert await live.desk.register.ledger.unsettled() == []


async def test_an_act_of_help_waits_and_is_taken_back_or_declined(live: Station) -> None:
    author = await live.caller("rj.si", rank=Rank.SI, unit="RJ-P-JPE")
    second = await live.caller("rj.dysp", rank=Rank.DYSP_ACP, unit="RJ-D-AJM")
    async with _client(live, author) as asking, _client(live, second) as answering:
        changes = []
        for _ in range(2):
            with pytest.raises(Waits) as waits:
                await asking.put_on_record(content_of(RecordType.ASSISTANCE), marking())
            changes.append(waits.value.change.id)
        assert (await asking.withdraw_pending(changes[0])).state is PendingState.WITHDRAWN
        declined = await answering.decline(changes[1], "Hearsay.")
        assert (declined.state, declined.reason) == (PendingState.DECLINED, "Hearsay.")
    assert await rows(live.driver, "MATCH (n:Assistance|Change) RETURN count(n)") == [[0]]


async def test_a_move_up_waits_and_a_move_down_does_not(live: Station) -> None:
    author = await live.caller("rj.si", rank=Rank.SI, unit="RJ-P-JPE")
    async with _client(live, author) as asking:
        person = await asking.put_on_record(PERSON, marking())
        paper = await asking.put_on_record(content_of(RecordType.DOCUMENT), marking())
        with pytest.raises(Waits) as waits:
            await asking.set_category(person, Category.CONVICTED, "The court convicted.", document=paper.id)
        assert {row.field: row.text for row in waits.value.change.says}["category"] == "convicted"
        moved = await asking.set_category(person, Category.CONTACT, "Cleared.", marking={"case_ref": "FIR 0009/2026"})
        assert (moved.content.category, moved.provenance.case_ref) == (Category.CONTACT, "FIR 0009/2026")


async def test_a_file_asserts_nothing(local_graph: LocalGraph, tmp_path: Path) -> None:
    said = LinkContent(criteria=MEMBER.criteria)
    drafts = [
        *(RecordDraft(ref=ref, type=RecordType.PERSON, marking=marking(), content=PERSON) for ref in ("one", "other")),
        *(
            LinkDraft(ref=kind, kind=kind, from_="one", to="other", marking=marking(), content=said)
            for kind in ASSERTED
        ),
    ]
    async with station(local_graph, tmp_path) as node:
        look = Look(
            node.desk, await node.officer(unit="RJ"), await node.enquiry("rj.adg", Purpose.INVESTIGATION), node.watch()
        )
        stored = await (await begin_import(look, "station-list", FILE, FILE)).store(drafts)
        refused = {place: [(one.path, one.code) for one in problems] for place, problems in stored.refused.items()}
        assert refused == {place: [("kind", ErrorCode.BAD_INPUT)] for place in (2, 3, 4)}


async def test_other_links_need_no_approval(live: Station) -> None:
    async with _client(live, await live.caller()) as asking:
        gangs = [await asking.put_on_record(GANG, marking()) for _ in range(2)]
        await asking.link(LinkKind.RIVAL_OF, gangs[0].id, gangs[1].id, marking())
    assert await rows(live.driver, "MATCH ()-[r:RIVAL_OF]->() RETURN count(r)") == [[1]]


@pytest.mark.parametrize("stamp", [Stamp.LIVE, Stamp.TRAINING])
async def test_a_file_brings_in_no_membership_nor_act_of_help_but_in_a_training(
    local_graph: LocalGraph, tmp_path: Path, stamp: Stamp
) -> None:
    training = stamp is Stamp.TRAINING
    said = marking(TRAINING if training else None)
    drafts = [
        RecordDraft(ref="person", type=RecordType.PERSON, marking=said, content=PERSON),
        RecordDraft(ref="gang", type=RecordType.GANG, marking=said, content=GANG),
        RecordDraft(ref="help", type=RecordType.ASSISTANCE, marking=said, content=content_of(RecordType.ASSISTANCE)),
        LinkDraft(ref="member", kind=LinkKind.MEMBER_OF, from_="person", to="gang", marking=said, content=MEMBER),
    ]
    async with station(local_graph, tmp_path, stamp=stamp) as node:
        officer = await node.officer(unit="RJ", compartments=(TRAINING,))
        enquiry = await node.enquiry(officer.id, Purpose.TRAINING if training else Purpose.INVESTIGATION)
        begun = await begin_import(Look(node.desk, officer, enquiry, node.watch()), "station-list", FILE, FILE)
        stored = await begun.store(drafts)
        refused = {place: [(one.path, one.code) for one in problems] for place, problems in stored.refused.items()}
        assert refused == (
            {}
            if training
            else {place: [(path, ErrorCode.NEEDS_APPROVAL)] for place, path in ((2, "type"), (3, "kind"))}
        )
        assert await rows(node.driver, "MATCH (n:Record) RETURN count(n)") == [[3 if training else 2]]
        # Between records that wait a membership is drawn, and hidden with them.
        assert await rows(node.driver, MEMBERSHIPS) == [[1 if training else 0]]


def _client(node: Station, caller: Caller) -> AsyncClient:
    async def missing() -> list[str]:
        return []

    transport = httpx.ASGITransport(create_app(node.desk, node.tokens, missing))
    return AsyncClient("http://node", caller.token, caller.enquiry, transport=transport)
