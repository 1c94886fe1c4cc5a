"""The client against a real node: what goes in comes out in the same words, pages come by themselves, and once."""

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
import stamina

from api.app import create_app
from desk.looking import Stamp
from desk.matching import put_matches
from graph.local import LocalGraph
from sangam import AsyncClient, Cluster, NodeKind, Refused, Unavailable
from sangam.exported import LARGEST, opened
from schemas.account import AccountContent, TakedownOutcome, TakedownRequest
from schemas.audience import AudienceAsked, AudienceCell, DistrictCount
from schemas.draft import ValueEnd
from schemas.enquiry import EnquiryContent
from schemas.envelope import Marking
from schemas.errors import ErrorCode
from schemas.federated import SourceState
from schemas.follower import FollowerActKind, FollowerAsked, FollowerContent
from schemas.gang import GangContent, Standing
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import TRAINING, Handling, Level, Purpose
from schemas.ids import Platform, ValueKind
from schemas.incident import Channel, Escalation, IncidentContent, Step
from schemas.link import Criterion, LinkContent, LinkKind, Role
from schemas.pending import InboxKind
from schemas.person import Category, Custody, NameKind, PersonContent, RecordedName, Script
from schemas.weapon import WeaponContent
from tests.station import MORNING, TODAY, Caller, Station, later, station

pytestmark = pytest.mark.anyio

MEMBER = LinkContent(role=Role.SHOOTER, criteria=(Criterion(text="Seen with the leader.", source="Diary 4"),))


class Flaky(httpx.ASGITransport):
    """The node, reached over a line that loses the answers to its first few requests after they were carried out."""

    lost = 0
    requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        self.requests += 1
        if self.lost > 0:
            self.lost -= 1
            raise httpx.ReadError("lost")
        return answer


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


@pytest.fixture
def quick() -> object:
    """Wait for nothing between attempts."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


def line(node: Station) -> Flaky:
    async def missing() -> list[str]:
        return []

    return Flaky(create_app(node.desk, node.tokens, missing))


def client(caller: Caller, transport: httpx.AsyncBaseTransport) -> AsyncClient:
    return AsyncClient("http://node", caller.token, caller.enquiry, transport=transport)


def marking(**given: object) -> Marking:
    plain = {
        "unit": "RJ-JPC",
        "legal_basis": "BNSS 173",
        "case_ref": "FIR 0123/2026",
        "source_grade": SourceGrade.B,
        "info_grade": InfoGrade.KNOWN_TO_SOURCE,
        "handling": Handling.H0,
        "level": Level.ANY_OFFICER,
        "audience": ("IN-PB",),
        "review_on": later(300),
        "expires_at": MORNING + timedelta(days=600),
    }
    return Marking.model_validate({**plain, **given})


TAKEDOWN = TakedownRequest(
    requested_on=date(2026, 1, 5),
    requested_by="Cyber cell",
    legal_basis="IT Act 79(3)(b)",
    outcome=TakedownOutcome.REMOVED,
    decided_on=date(2026, 1, 9),
)


def person(text: str, script: Script = Script.LATIN) -> PersonContent:
    return PersonContent(
        category=Category.SUSPECT,
        names=(RecordedName(text=text, script=script, kind=NameKind.LEGAL),),
        custody=Custody.AT_LARGE,
    )


async def test_what_is_recorded_is_read_back_in_the_same_words(node: Station) -> None:
    async with client(await node.caller(), line(node)) as asking:
        said = person("ਰਾਜਿੰਦਰ ਪਲਾਸ਼", Script.GURMUKHI)
        kept = await asking.put_on_record(said, marking())
        read = await asking.record(kept.id)
        assert (read.content, read.provenance.info_grade) == (said, InfoGrade.KNOWN_TO_SOURCE)
        incident = IncidentContent(
            title="Shots at a shop",
            demand_at=MORNING,
            channel=Channel.VOIP,
            amount_rupees=25_00_00_000,
            escalation=(Escalation(step=Step.DEMAND, at=MORNING), Escalation(step=Step.FIRING_AT_PREMISES)),
            latitude=26.0,
            longitude=75.8,
        )
        shots = await asking.put_on_record(incident, marking())
        assert (await asking.record(shots.id)).content == incident
        gang = GangContent(
            names=(RecordedName(text="Palash", script=Script.LATIN, kind=NameKind.ALIAS, source="A statement"),),
            standing=Standing.ALLEGED,
        )
        alleged = await asking.put_on_record(gang, marking())
        assert (await asking.record(alleged.id)).content == gang
        account = AccountContent(
            platform=Platform.TELEGRAM, account_id="12345678", handle="palash", takedown_requests=(TAKEDOWN,)
        )
        used = await asking.put_on_record(account, marking())
        assert (await asking.record(used.id)).content == account


async def test_what_is_asked_for_a_day_is_what_held_true_then(node: Station) -> None:
    day = MORNING.date()
    phone = "+919829012345"
    async with client(await node.caller(), line(node)) as asking:
        kept = await asking.put_on_record(person("Rajinder Palash", Script.LATIN), marking(valid_from=day))
        await asking.link(
            LinkKind.USES_PHONE, kept.id, ValueEnd(kind=ValueKind.PHONE, value=phone), marking(valid_from=day)
        )
        assert (await asking.record(kept.id, valid_at=day)).id == kept.id
        assert (await asking.identifier(ValueKind.PHONE, phone, valid_at=day)).writings == (phone,)
        found = [[hit.node.id async for hit in asking.find(text, valid_at=day)] for text in ("Palash", phone)]
        assert found[0] == [kept.id]
        assert kept.id in found[1]
        before = day - timedelta(days=1)
        for question in (
            asking.record(kept.id, valid_at=before),
            asking.identifier(ValueKind.PHONE, phone, valid_at=before),
        ):
            with pytest.raises(Refused) as refused:
                await question
            assert refused.value.code is ErrorCode.NOT_FOUND
        assert [(await asking.find_first(text, valid_at=before)).items for text in ("Palash", phone)] == [(), ()]


async def test_a_name_is_found_across_scripts_and_its_network_is_drawn(node: Station) -> None:
    async with client(await node.caller(), line(node)) as asking:
        kept = await asking.put_on_record(person("Rajinder Palash"), marking())
        phone = ValueEnd(kind=ValueKind.PHONE, value="+91 98290 00001")
        await asking.link(LinkKind.USES_PHONE, kept.id, phone, marking())
        [hit] = [one async for one in asking.find("राजिंदर पलाश")]
        assert (hit.node.id, hit.node.label, hit.node.kind) == (kept.id, "Rajinder Palash", NodeKind.PERSON)
        around = await asking.network(kept.id)
        assert {one.kind for one in around.nodes} == {NodeKind.PERSON, NodeKind.VALUE}
        [link] = around.links
        assert (link.kind, link.from_, link.content.as_written) == (LinkKind.USES_PHONE, kept.id, "+91 98290 00001")
        number = await asking.identifier(ValueKind.PHONE, "9829000001")
        assert number.id in {one.id for one in around.nodes}
        other = await asking.put_on_record(person("Pukhraj Palash"), marking())
        for _ in range(2):
            await asking.link(LinkKind.USES_PHONE, other.id, phone, marking(valid_from=date(2025, 1, 1)))
        found = await asking.paths(kept.id, other.id, max_hops=2, k=2, along=[LinkKind.USES_PHONE])
        [path] = found.paths
        assert [one.label for one in path.nodes] == ["Rajinder Palash", "+91 98290 00001", "Pukhraj Palash"]
        assert [(step.link.from_, step.others) for step in path.steps] == [(kept.id, 0), (other.id, 1)]
        assert (found.searched_hops, found.more, found.cut) == (2, False, False)
        assert (await asking.paths(kept.id, other.id, valid_at=date(2020, 1, 1))).paths == ()
        why = await asking.explain_access(kept.id)
        assert (why.owner, why.others) == ("IN-RJ", ("IN-PB",))


async def test_a_network_is_taken_away_whole_or_not_at_all(node: Station) -> None:
    """The files are those that the manifest names; what was changed on the way, or is another's, is no export."""
    await node.plan_the_walk()
    async with client(await node.caller(), line(node)) as asking:
        kept = await asking.put_on_record(person("Rajinder Palash"), marking())
        around = await asking.network(kept.id)
        exported = await asking.download(around.export_id, ["csv"], "hi")
        assert sorted(exported.files) == ["links.csv", "manifest.json", "nodes.csv"]
        assert exported.manifest["question"]["from"] == [kept.id]
        assert kept.id.encode() in exported.files["nodes.csv"]
        for id, formats, code in (
            (around.export_id + "x", ["csv"], ErrorCode.NOT_FOUND),
            (around.export_id, ["docx"], ErrorCode.BAD_INPUT),
        ):
            with pytest.raises(Refused) as refused:
                await asking.download(id, formats)
            assert refused.value.code is code


def test_an_archive_that_is_not_what_its_manifest_says_is_refused() -> None:
    content = b"a,b\r\n"
    told = {"files": [{"name": "a.csv", "sha256": hashlib.sha256(content).hexdigest()}]}
    manifest = json.dumps(told).encode()
    whole = zipped({"a.csv": content, "manifest.json": manifest})
    assert opened(whole).files["a.csv"] == content
    outside = {"files": [{"name": "../a.csv", "sha256": told["files"][0]["sha256"]}]}
    for broken in (
        b"",
        whole[:-30],
        zipped({"a.csv": content}),
        zipped({"a.csv": content + b"x", "manifest.json": manifest}),
        zipped({"a.csv": content, "b.csv": b"", "manifest.json": manifest}),
        zipped({"manifest.json": manifest}),
        zipped({"a.csv": content, "manifest.json": b"[]"}),
        zipped({"../a.csv": content, "manifest.json": json.dumps(outside).encode()}),
        zipped({"a.csv": content, "manifest.json": manifest, "big.csv": b"0" * (LARGEST + 1)}),
    ):
        with pytest.raises(Unavailable):
            opened(broken)


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for one, content in files.items():
            folder.writestr(one, content)
    return packed.getvalue()


async def test_what_follows_an_account_comes_in_our_words_and_names_nobody(node: Station) -> None:
    async with client(await node.caller(), line(node)) as asking:
        account = await asking.put_on_record(AccountContent(platform=Platform.X, account_id="4711"), marking())
        act = FollowerContent(act=FollowerActKind.PAYMENT, happened_on=date(2026, 5, 1), section="BNS 111(3)")
        who = FollowerAsked(social_id="X:4712", handle="follows")
        made = await asking.record_follower_act(account.id, who, act, marking())
        [found] = [one async for one in asking.follower_acts(account.id)]
        assert (found.id, found.content) == (made, act)
        assert not {"4712", "follows"} & set(found.model_dump_json().split('"'))
        counted = (DistrictCount(district="RJ-D-AJM", followers=104),)
        for day in (1, 8):
            await asking.record_audience(
                account.id, AudienceAsked(taken_on=date(2026, 5, day), districts=counted), marking()
            )
        later_one, first = [one async for one in asking.audience(account.id)]
        assert [one.total for one in (later_one, first)] == [100, 100]
        assert (later_one.growth, first.growth) == (0, None)
        assert first.cells == (AudienceCell(district="RJ-D-AJM", followers=100),)


async def test_records_that_are_said_to_be_one_come_with_their_cluster(node: Station) -> None:
    evidence = [Criterion(text="The same scar", source="Diary 4")]
    async with client(await node.caller(), line(node)) as asking:
        one, other, third = [await asking.put_on_record(person("Gulmohar"), marking()) for _ in range(3)]
        made = await asking.assert_that(LinkKind.SAME_AS, one.id, other.id, marking(), evidence)
        members = tuple(sorted((one.id, other.id)))
        hits = {hit.node.id: hit.cluster for hit in (await asking.find_first("Gulmohar")).items}
        assert hits[third.id] is None
        assert hits[one.id] == hits[other.id] == Cluster(mark=hits[one.id].mark, contested=False, members=members)
        around = await asking.network(one.id, other.id, hops=0)
        assert around.clusters == (hits[one.id],)
        [joined] = [row async for row in asking.joined(one.id, "same_as")]
        assert (joined.link.id, joined.link.content.criteria, joined.node.id) == (made, tuple(evidence), other.id)
        await asking.assert_that(LinkKind.UNSURE, one.id, third.id, marking(), evidence)
        await asking.assert_that(LinkKind.NOT_SAME_AS, other.id, one.id, marking(), evidence)
        assert {hit.cluster for hit in (await asking.find_first("Gulmohar")).items} == {None}


async def test_reviews_and_disputes_come_in_our_words(node: Station) -> None:
    async with client(await node.caller(unit="RJ-JPC"), line(node)) as asking:
        soon = await asking.put_on_record(person("Soon Over"), marking(review_on=TODAY + timedelta(days=9)))
        [duty] = [one async for one in asking.duties(InboxKind.REVIEW_DUE)]
        assert (duty.id, duty.kind, duty.called, duty.lapsed) == (soon.id, NodeKind.PERSON, ("Soon Over",), False)
        until = TODAY + timedelta(days=200)
        assert await asking.review(soon.id, "Seen on 20 May.", until) == soon.id
        assert (await asking.record(soon.id)).provenance.review_on == until
        absent = f"{soon.id[:-4]}0000"
        done = await asking.review_all([(soon.id, "Seen on 21 May.", until), (absent, "Seen too.", until)])
        assert [(one.id, [problem.code for problem in one.problems]) for one in done] == [
            (soon.id, []),
            (absent, [ErrorCode.NOT_FOUND]),
        ]
        assert await asking.dispute(soon.id, "It was his brother.") == soon.id
        assert (await asking.record(soon.id)).provenance.disputed == "It was his brother."
        [duty] = [one async for one in asking.duties(InboxKind.DISPUTE)]
        assert duty.disputed == "It was his brother."
    async with client(await node.caller("rj.other"), line(node)) as asking:
        assert await asking.settle_dispute(soon.id, "The toll records place him.", upheld=False) == soon.id
        assert (await asking.record(soon.id)).provenance.disputed is None


async def test_matches_come_in_our_words(node: Station) -> None:
    async with client(await node.caller(unit="RJ-JPC"), line(node)) as asking:
        two = [await asking.put_on_record(person(text), marking()) for text in ("Ramu Test", "Rama Test")]
        for one in two:
            await asking.link(
                LinkKind.IDENTIFIED_BY, one.id, ValueEnd(kind=ValueKind.PASSPORT, value="P1234567"), marking()
            )
        assert [one async for one in asking.matches()] == []
        await put_matches(node.desk)
        [match] = [one async for one in asking.matches()]
        assert (match.kind, match.bears) == (NodeKind.PERSON, ValueKind.PASSPORT)
        names = {one.id: name for one, name in zip(two, ("Ramu Test", "Rama Test"), strict=True)}
        assert [(one.id, one.called) for one in match.records] == [(id, (names[id],)) for id in sorted(names)]


async def test_more_than_a_page_comes_by_itself(node: Station) -> None:
    async with client(await node.caller(), line(node)) as asking:
        content = GangContent(
            names=(RecordedName(text="Kachnar", script=Script.LATIN, kind=NameKind.LEGAL),), standing=Standing.ALLEGED
        )
        gang = await asking.put_on_record(content, marking())
        made = set()
        for place in range(51):
            member = await asking.put_on_record(person(f"Member {place}"), marking())
            await asking.link(LinkKind.MEMBER_OF, member.id, gang.id, marking(), MEMBER)
            made.add(member.id)
        assert {one.id async for one in asking.records(PersonContent, {"custody": ["AT_LARGE"]})} == made
        members = [one async for one in asking.joined(gang.id, "members")]
        assert {one.node.id for one in members} == made
        assert members[0].link.content == MEMBER
        with pytest.raises(ValueError, match="no connection"):
            [one async for one in asking.joined(gang.id, "memberships")]


async def test_what_cannot_stand_is_raised_with_its_field(node: Station) -> None:
    async with client(await node.caller(), line(node)) as asking:
        with pytest.raises(Refused) as refused:
            await asking.put_on_record(person("Somebody"), marking(audience=("IN-RJ",)))
        assert refused.value.code is ErrorCode.BAD_INPUT
        assert [one.path for one in refused.value.problems] == ["marking.audience"]
        for id in ("urn:sangam:IN-RJ:gang:00000000-0000-4000-8000-000000000000", "nonsense"):
            with pytest.raises(Refused) as refused:
                await asking.record(id)
            assert refused.value.code is ErrorCode.NOT_FOUND
    async with AsyncClient("http://node", "no token", transport=line(node)) as stranger:
        with pytest.raises(Refused) as refused:
            await stranger.me()
        assert refused.value.code is ErrorCode.UNAUTHENTICATED


@pytest.mark.usefixtures("quick")
async def test_a_question_and_a_change_with_a_key_are_sent_again_and_done_once(node: Station) -> None:
    lossy = line(node)
    async with client(await node.caller(), lossy) as asking:
        await asking.me()
        lossy.lost = 3
        kept = await asking.put_on_record(person("Once Only"), marking())
        lossy.lost = 1
        assert [one.id async for one in asking.records(PersonContent)] == [kept.id]


@pytest.mark.usefixtures("quick")
async def test_what_has_no_key_is_sent_once(node: Station) -> None:
    lossy = line(node)
    async with client(await node.caller(purpose=None), lossy) as asking:
        await asking.me()
        before, lossy.lost = lossy.requests, 1
        content = EnquiryContent(
            purpose=Purpose.INVESTIGATION,
            case_ref="FIR 0123/2026",
            legal_basis="BNSS 173",
            expires_at=MORNING + timedelta(days=1),
        )
        with pytest.raises(Unavailable):
            await asking.open_enquiry(content)
        assert lossy.requests == before + 1
        opened = await asking.open_enquiry(content)
        assert asking.enquiry == opened.id
        assert (await asking.close_enquiry(opened.id)).closed_at == MORNING


async def test_in_production_the_clients_documents_are_trusted_and_no_others(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with (
        station(local_graph, tmp_path, stamp=Stamp.LIVE) as live,
        client(await live.caller(), line(live)) as asking,
    ):
        assert (await asking.me()).id == "rj.adg"
        assert [one async for one in asking.find("Nobody Atall")] == []
        with pytest.raises(Refused) as refused:
            await asking.ask("{ me { name } }")
        assert refused.value.code is ErrorCode.BAD_INPUT


async def test_a_training_node_takes_texts_as_well(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with station(local_graph, tmp_path, stamp=Stamp.TRAINING) as training:
        caller = await training.caller(purpose=Purpose.TRAINING)
        async with client(caller, line(training)) as asking:
            await asking.put_on_record(person("In Training"), marking(compartment=TRAINING))
            data = await asking.ask("query ($first: Int!) { persons(first: $first) { totalCount } }", {"first": 1})
            assert data["persons"]["totalCount"] == 1


async def test_a_question_to_many_states_comes_back_with_who_spoke(node: Station) -> None:
    async with client(await node.caller(), line(node)) as asking:
        kept = await asking.put_on_record(person("Rajinder Palash"), marking())
        page = await asking.find_everywhere("Rajinder Palash", [NodeKind.PERSON], 5, states=["IN-RJ"])
        one = await asking.record_anywhere(kept.id)
        nothing = await asking.record_anywhere(f"{kept.id[:-12]}000000000000")
        listed = await asking.records_everywhere(PersonContent, {"category": ["SUSPECT"]}, "LATEST_FIRST", 5)
        for answer, found in ((page, [kept.id]), (one, [kept.id]), (nothing, []), (listed, [kept.id])):
            assert [row.id for row in answer.nodes] == found
            [source] = answer.sources
            assert (source.state, source.status, source.returned) == ("IN-RJ", SourceState.LOCAL, len(found))
            assert (answer.complete, answer.cursor) == (True, None)
        phone, typed = ValueEnd(kind=ValueKind.PHONE, value="98290 77777"), [(ValueKind.PHONE, "+91 98290 77777")]
        other = await asking.put_on_record(person("Rajinder Jamun"), marking())
        for one in (kept, other):
            await asking.link(LinkKind.USES_PHONE, one.id, phone, marking())
        around = await asking.network_everywhere(kept.id, identifiers=typed, hops=2, limit=50)
        assert {row.id for row in around.nodes if row.kind is NodeKind.PERSON} == {kept.id, other.id}
        assert (len(around.links), around.joins, around.gaps, around.complete) == (2, (), (), True)
        way = await asking.paths_everywhere(kept.id, other.id)
        [path] = way.paths
        assert (path.steps[0].from_, path.steps[-1].to, path.crossings) == (kept.id, other.id, 0)
        assert {step.link for step in path.steps} == {link.id for link in way.links}
        with pytest.raises(Refused) as refused:
            await asking.find_everywhere("Rajinder Palash", states=["IN-PB"])
        assert refused.value.code is ErrorCode.BAD_INPUT
        with pytest.raises(ValueError, match="no list of"):
            await asking.records_everywhere(WeaponContent)
