"""Who sees what: a row for every field of every type, record by marking and mode, a column for every kind of viewer.

The rows are data, in `permissions.toml`. Officers of this state ask over HTTP.
"""

import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_composite_type, is_introspection_type

from api.context import Context
from api.gql.filters import WHERE_OF
from api.gql.schema import SCHEMA
from api.gql.selection import GRAPHQL_TYPE
from auth.grant import Action, Grant, Mode
from auth.policy import Job, decide, decide_job
from desk.errors import DeskError
from desk.looking import Look
from desk.matching import put_matches
from desk.standing import SECOND
from graph.connections import CONNECTIONS, Connection, Direction, Kind
from graph.local import LocalGraph
from graph.session import GraphSession
from graph.stored import Gate
from graph.writing import ForeignRef, NewLink, NewRecord, ValueRef
from register.ledger import Entry, EntryKind
from register.vault import NewFile
from sangam.spelling import camel
from schemas.agreement import Agreement
from schemas.codes.states import MEMBERS, mask
from schemas.enquiry import Enquiry
from schemas.envelope import Envelope
from schemas.file import Media
from schemas.gradings import InfoGrade
from schemas.handling import Level, Purpose, Status
from schemas.ids import RecordType, ValueKind, make_urn, normal_form
from schemas.link import RELATIONS, End, LinkContent, LinkKind
from schemas.officer import Officer, PeerOfficer, Rank
from schemas.operation import SystemRandom
from schemas.person import Category
from schemas.records import RECORDS, RecordWord
from tests import words
from tests.register.pictures import jpeg, png
from tests.station import MORNING, PLANNINGS, TODAY, Caller, Station, marking, station
from tests.words import SAID, as_input, change_of, content_of

pytestmark = pytest.mark.anyio

TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix("").with_name("permissions.toml").read_text("utf-8"))
SEEN, ABSENT, REFUSED, UNASKED = "S", ".", "R", "-"

HOME, ALPHA, BETA, TRAINING = "IN-RJ", "IN-RJ:ALPHA", "IN-RJ:BETA", "TRAINING"
RANDOM = SystemRandom()


@dataclass(frozen=True)
class Viewer:
    """A column: an officer of this state, or of another one with what this state allows him."""

    state: str
    level: int
    compartments: tuple[str, ...]
    purpose: Purpose
    asserted: int = 3

    @property
    def own(self) -> bool:
        return self.state == HOME

    def grant(self, rank: Rank = Rank.SI) -> Grant:
        """Give the grant that policy makes for this viewer."""
        who: Officer | PeerOfficer
        if self.own:
            given = {"level": self.level, "compartments": self.compartments}
            who = Officer.model_validate(
                {"id": "rj.one", "name": "One", "state": HOME, "rank": rank, "unit": "HQ", **given}
            )
        else:
            who = PeerOfficer(
                id=f"{self.state}:b.kaur",
                state=self.state,
                home=HOME,
                rank=rank,
                asserted_level=Level(self.asserted),
                asserted_compartments=(ALPHA, BETA),
                agreement=Agreement(
                    state=self.state,
                    purposes=tuple(Purpose),
                    ceiling=Level(self.level),
                    compartments=self.compartments,
                ),
                signed_in_at=MORNING,
                token_expires_at=MORNING + timedelta(seconds=120),
            )
        enquiry = Enquiry(
            id=_id("enquiry"),
            officer=who.id,
            purpose=self.purpose,
            case_ref="FIR 0123/2026",
            legal_basis="BNSS 173",
            opened_at=MORNING,
            expires_at=MORNING + timedelta(days=1),
        )
        grant = decide(who, enquiry, at=MORNING)
        assert isinstance(grant, Grant)
        return grant


def _id(type: str) -> str:
    return make_urn(HOME, type, RANDOM.uuid("tests"))


def _viewer(given: dict[str, Any]) -> Viewer:
    said = {**given, "compartments": tuple(given["compartments"]), "purpose": Purpose(given["purpose"])}
    return Viewer(**said)


VIEWERS = [_viewer(given) for given in TABLE["viewers"]]
FIELDS: dict[str, str] = {f"{kind}.{name}": row for kind, rows in TABLE["fields"].items() for name, row in rows.items()}
MARKINGS: dict[str, str] = TABLE["markings"]
PURPOSES = [Purpose(purpose) for purpose in TABLE["modes"]["purposes"]]
MODES = {mode: TABLE["modes"][mode] for mode in TABLE["modes"] if mode != "purposes"}


def cells(row: str) -> list[str]:
    """Give the cells of a row, which stand in groups."""
    return list("".join(row.split()))


def _types() -> Iterator[tuple[str, GraphQLObjectType | GraphQLInterfaceType]]:
    """Give every type that has fields, but for those by which a schema describes itself."""
    for name, type in SCHEMA._schema.type_map.items():
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(type):
            yield name, type


def test_every_field_of_every_type_has_its_row_and_every_row_a_cell_for_each_viewer() -> None:
    assert FIELDS.keys() == {f"{name}.{field}" for name, type in _types() for field in type.fields}
    for row in (*FIELDS.values(), *MARKINGS.values()):
        assert len(cells(row)) == len(VIEWERS), row
        assert set(cells(row)) <= {SEEN, ABSENT, REFUSED, UNASKED}
        assert UNASKED not in [cell for cell, viewer in zip(cells(row), VIEWERS, strict=True) if viewer.own], row


def test_the_viewers_are_of_every_level_every_purpose_with_and_without_compartments() -> None:
    for own in (True, False):
        here = [viewer for viewer in VIEWERS if viewer.own is own]
        assert {viewer.level for viewer in here} == set(Level)
        assert {viewer.purpose for viewer in here} == set(Purpose)
        assert () in {viewer.compartments for viewer in here}
    assert set(PURPOSES) == set(Purpose)
    assert {*MODES, *TABLE["jobs"]["modes"]} == set(Mode)
    classes = {*Category, "-", *Status} - {Status.LIVE}
    for rows in (*MODES.values(), TABLE["jobs"]["classes"]):
        assert set(rows) == classes


# How a field is asked, by its type or by itself: `SAID` is where it stands, `<…>` one of the world's ids.

PHONE, OTHER_PHONE = "+919829012345", "+919829012346"
WRITTEN = {
    **words.WRITTEN,
    ValueKind.PHONE: PHONE,
    ValueKind.SOCIAL_ID: "X:4711",
    ValueKind.FIR: "IN-RJ/Jaipur/Mansarovar/0012/2026",
}
BORNE_BY = {Kind(str(record)): ValueKind(str(value)) for record, value in RELATIONS[LinkKind.IDENTIFIED_BY].ends}
HERE = 'first: 1, where: {unit: "RJ-JPC"}'


def _at(kind: str) -> str:
    return f'{{ {kind}(id: "<{kind}>") {{ SAID }} }}'


def _page(of: str, name: str) -> str:
    return f'{{ {of}(id: "<{of}>") {{ {name}(first: 1) {{ SAID }} }} }}'


def _link(of: str, name: str) -> str:
    return f'{{ {of}(id: "<{of}>") {{ {name} {{ edges {{ link {{ SAID }} }} }} }} }}'


# What is recorded by a question, and what is asked but cannot stand.
CONTENTS: dict[str, dict[str, Any]] = {}


def _made(word: RecordWord, content: dict[str, Any], said: str) -> str:
    text = (
        f"mutation($c: {word.name}Input!, $m: MarkingInput!) "
        f"{{ record{word.name}({word.root}: $c, marking: $m) {said} }}"
    )
    CONTENTS[text] = content
    return text


def _revised(word: RecordWord) -> str:
    """Write a revision that comes to nothing, because what it names as read was never read."""
    rev = words.no_rev(word.type)
    text = (
        f"mutation($c: {word.name}Change!) {{ revise{word.name}"
        f'(id: "<{word.root}>", rev: "{rev}", change: $c, reason: "Twice.") {{ problems {{ path }} }} }}'
    )
    CONTENTS[text] = change_of(word.type)
    return text


def _empty_somewhere(type: RecordType) -> dict[str, Any]:
    """Give a record in which one text is empty, which cannot stand."""
    texts = (name for name, said in SAID[type].items() if isinstance(said, str) and not _enum(type, name))
    return {**as_input(type), camel(next(texts)): ""}


def _enum(type: RecordType, name: str) -> bool:
    return isinstance(getattr(content_of(type), name), Enum)


NETWORK = '{ network(from: ["<person>"], hops: 1, validAt: "2026-06-01", knownAt: "2026-06-01T09:00:00Z") { SAID } }'
NETWORK_LINKS = NETWORK.replace("SAID", "links { SAID }")
PATHS = '{ paths(from: "<person>", to: "<gang>", validAt: "2026-06-01", knownAt: "2026-06-01T09:00:00Z") { SAID } }'
FIND = f'{{ find(text: "{PHONE}", first: 1) {{ SAID }} }}'
FEDERATED = f'{{ federated {{ find(text: "{PHONE}", first: 1) {{ SAID }} }} }}'
FEDERATED_NETWORK = '{ federated { network(from: ["<person>"], limit: 2) { SAID } } }'
FEDERATED_PATHS = '{ federated { paths(from: "<person>", to: "<gang>") { SAID } } }'
OPENED = (
    'mutation { openEnquiry(enquiry: {purpose: COURT, caseRef: "FIR 1", legalBasis: "BNSS 173", '
    'expiresAt: "2026-06-20T00:00:00Z"}) { enquiry { id } } }'
)
LINKED = (
    'mutation($m: MarkingInput!) { link(kind: MET_WITH, from: {id: "<person>"}, to: {id: "<SUSPECT>"}, marking: $m) '
    "{ id } }"
)
# A membership, an act of help and a move up wait for a second officer here, as on a live node.
MEMBER = (
    'mutation($m: MarkingInput!) { link(kind: MEMBER_OF, from: {id: "<person>"}, to: {id: "<gang>"}, marking: $m, '
    'content: {role: DRIVER, criteria: [{text: "Drove", source: "A statement"}]}) { waits { id } } }'
)
SAID_TO_BE_ONE = (
    'mutation($m: MarkingInput!) { CHANGE(from: "<gang>", to: "<other gang>", marking: $m, '
    'evidence: [{text: "One scar", source: "A statement"}]) { id } }'
)
UNREASONED = 'mutation { withdraw(id: "<person>", reason: "") { problems { path message code } } }'

STATUTES = '{ statutes(on: "2026-06-01", first: 1) { SAID } }'
UNITS = '{ units(on: "2026-06-01", under: "RJ-JPC", first: 1) { SAID } }'
READERS = '{ readers(id: "<gang of Ajmer>", first: 1) { SAID } }'
INBOX = "{ inbox(kind: APPROVAL, first: 1) { SAID } }"
CHANGE = '{ pendingChange(id: "<change>") { SAID } }'
MOVE = 'mutation { setCategory(id: "<mover>", rev: "<mover rev>", category: ASSOCIATE, reason: "Seen.") { SAID } }'
MOVE_UP = (
    'mutation { setCategory(id: "<SUSPECT>", rev: "<rev>", category: CONVICTED, reason: "The court said so.", '
    'document: "<document>") { SAID } }'
)
UNREAD = MOVE.replace("<mover rev>", words.no_rev(RecordType.PERSON))

MATCHES = "{ inbox(kind: MATCH, first: 1) { SAID } }"
DUTIES = "{ inbox(kind: DISPUTE, first: 1) { SAID } }"
REVIEW = 'mutation { review(id: "<person>", newInformation: "Seen again.", until: "2027-03-01") { id } }'
REVIEW_ALL = (
    'mutation { reviewAll(reviews: [{id: "<person>", newInformation: "Seen again.", until: "2027-03-01"}]) { SAID } }'
)
DISPUTE = 'mutation { dispute(id: "<spare to dispute>", statement: "It was his brother.") { id } }'

HISTORY = '{ history(id: "<gang>") { changes { SAID } } }'
REVISE = """mutation($id: ID!, $rev: String!) {
  reviseGang(id: $id, rev: $rev, change: {areas: ["Alwar"]}, reason: "Seen there.") { gang { id } } }"""

ATTACHED = '{ socialAccount(id: "<socialAccount>") { PAGE(first: 1) { SAID } } }'
ACTS, AUDIENCES = (ATTACHED.replace("PAGE", page) for page in ("followerActs", "audience"))
ACT = """mutation($m: MarkingInput!) {
  recordFollowerAct(account: "<socialAccount>", follower: {socialId: "X:4712", handle: "follows"}, marking: $m,
    act: {act: PAYMENT, happenedOn: "2026-05-01", section: "BNS 111(3)"}) { id } }"""
AUDIENCE = """mutation($m: MarkingInput!) {
  recordAudienceSnapshot(account: "<spare account>", marking: $m,
    audience: {takenOn: "2026-05-01", districts: [{district: "RJ-D-AJM", followers: 100}]}) { id } }"""

ENTITY = '{ _entities(representations: [{__typename: "Person", id: "<person>"}]) { ... on Person { id } } }'

ASKED: dict[str, tuple[str, ...]] = {
    "Query._entities": (ENTITY,),
    "Query._service": ("{ _service { sdl } }",),
    "Query.me": ("{ me { id } }",),
    "Query.enquiry": ('{ enquiry(id: "<enquiry>") { id } }',),
    "Query.enquiries": ("{ enquiries { id } }",),
    "Query.record": ('{ record(id: "<person>") { id } }',),
    "Query.identifier": (f'{{ identifier(kind: PHONE, value: "{PHONE}") {{ id }} }}',),
    "Query.find": (FIND.replace("SAID", "edges { cursor }"),),
    "Query.federated": (FEDERATED.replace("SAID", "asOf"),),
    "Federated.find": (FEDERATED.replace("SAID", "asOf"),),
    "Federated.record": ('{ federated { record(id: "<person>") { asOf } } }',),
    "Federated.network": (FEDERATED_NETWORK.replace("SAID", "asOf"),),
    "Federated.paths": (FEDERATED_PATHS.replace("SAID", "asOf"),),
    "FederatedResult": (FEDERATED,),
    "FederatedResult.links": (FEDERATED_NETWORK.replace("SAID", "links { id }"),),
    "FederatedResult.assertions": (FEDERATED_NETWORK.replace("SAID", "assertions { id }"),),
    "FederatedResult.joins": (FEDERATED_NETWORK.replace("SAID", "joins { kind }"),),
    "FederatedResult.gaps": (FEDERATED_NETWORK.replace("SAID", "gaps { at }"),),
    "FederatedResult.paths": (FEDERATED_PATHS.replace("SAID", "paths { crossings }"),),
    "Gap": (FEDERATED_NETWORK.replace("SAID", "gaps { SAID }"),),
    "Join": (FEDERATED_NETWORK.replace("SAID", "joins { SAID }"),),
    "FederatedPath": (FEDERATED_PATHS.replace("SAID", "paths { SAID }"),),
    "FederatedStep": (FEDERATED_PATHS.replace("SAID", "paths { steps { SAID } }"),),
    "FederatedResult.nodes": (FEDERATED.replace("SAID", "nodes { id }"),),
    "FederatedResult.sources": (FEDERATED.replace("SAID", "sources { state }"),),
    "SourceStatus": (FEDERATED.replace("SAID", "sources { SAID }"),),
    "Query.network": (NETWORK.replace("SAID", "nodes { id }"),),
    "Query.history": (HISTORY.replace("SAID", "at"),),
    "History": (HISTORY.replace("changes { SAID }", "SAID"),),
    "Change": (HISTORY,),
    "FieldChange": (HISTORY.replace("SAID", "fields { SAID }"),),
    "Query.paths": (PATHS.replace("SAID", "paths { nodes { id } }"),),
    "Query.statutes": (STATUTES.replace("SAID", "edges { cursor }"),),
    "StatuteConnection": (STATUTES,),
    "StatuteEdge": (STATUTES.replace("SAID", "edges { SAID }"),),
    "Statute": (STATUTES.replace("SAID", "edges { node { SAID } }"),),
    "Query.units": (UNITS.replace("SAID", "edges { cursor }"),),
    "UnitConnection": (UNITS,),
    "UnitEdge": (UNITS.replace("SAID", "edges { SAID }"),),
    "Unit": (UNITS.replace("SAID", "edges { node { SAID } }"),),
    "Query.readers": (READERS.replace("SAID", "edges { cursor }"),),
    "ReaderConnection": (READERS,),
    "ReaderEdge": (READERS.replace("SAID", "edges { SAID }"),),
    "Reader": (READERS.replace("SAID", "edges { node { SAID } }"),),
    "Query.inbox": (INBOX.replace("SAID", "edges { cursor }"),),
    "Query.pendingChange": (CHANGE.replace("SAID", "id"),),
    "InboxConnection": (INBOX,),
    "InboxEdge": (INBOX.replace("SAID", "edges { SAID }"),),
    "PendingChange": (CHANGE,),
    "PendingChange.settledBy": (CHANGE.replace("change>", "declined>"),),
    "PendingChange.settledAt": (CHANGE.replace("change>", "declined>"),),
    "PendingChange.reason": (CHANGE.replace("change>", "declined>"),),
    "PendingChange.made": (CHANGE.replace("change>", "approved>"),),
    "Said": (CHANGE.replace("SAID", "says { SAID }"),),
    "Mutation.setCategory": (UNREAD.replace("SAID", "problems { path }"),),
    "CategoryPayload.person": (MOVE,),
    "CategoryPayload.waits": (MOVE_UP,),
    "CategoryPayload.problems": (UNREAD,),
    "Mutation.review": (REVIEW,),
    "Mutation.reviewAll": (REVIEW_ALL.replace("SAID", "reviews { id }"),),
    "ReviewsPayload": (REVIEW_ALL,),
    "ReviewsPayload.problems": (REVIEW_ALL.replace("Seen again.", ""),),
    "Renewed": (REVIEW_ALL.replace("SAID", "reviews { SAID }"),),
    "Renewed.problems": (REVIEW_ALL.replace("SAID", "reviews { SAID }").replace("2027-03-01", "2020-01-01"),),
    "Mutation.dispute": (DISPUTE,),
    "Mutation.settleDispute": ('mutation { settleDispute(id: "<disputed>", upheld: true, reason: "No.") { id } }',),
    "InboxEdge.record": (DUTIES.replace("SAID", "edges { SAID }"),),
    "InboxEdge.match": (MATCHES.replace("SAID", "edges { SAID }"),),
    "Match": (MATCHES.replace("SAID", "edges { match { SAID } }"),),
    "MatchedRecord": (MATCHES.replace("SAID", "edges { match { records { SAID } } }"),),
    "Duty": (DUTIES.replace("SAID", "edges { record { SAID } }"),),
    "Mutation.approve": ('mutation { approve(id: "<to approve>") { change { id } } }',),
    "Mutation.decline": ('mutation { decline(id: "<to decline>", reason: "No.") { change { id } } }',),
    "Mutation.withdrawPending": ('mutation { withdrawPending(id: "<own change>") { change { id } } }',),
    "PendingPayload.change": ('mutation { withdrawPending(id: "<other own change>") { SAID } }',),
    "PendingPayload.problems": ('mutation { decline(id: "<change>", reason: "") { SAID } }',),
    "ChangePayload.waits": (MEMBER,),
    "Mutation.recordFollowerAct": (ACT,),
    "Mutation.recordAudienceSnapshot": (AUDIENCE,),
    "FollowerActConnection": (ACTS,),
    "FollowerActEdge": (ACTS.replace("SAID", "edges { SAID }"),),
    "FollowerAct": (ACTS.replace("SAID", "edges { node { SAID } }"),),
    "AudienceSnapshotConnection": (AUDIENCES,),
    "AudienceSnapshotEdge": (AUDIENCES.replace("SAID", "edges { SAID }"),),
    "AudienceSnapshot": (AUDIENCES.replace("SAID", "edges { node { SAID } }"),),
    "AudienceCell": (AUDIENCES.replace("SAID", "edges { node { cells { SAID } } }"),),
    "Query.explainAccess": ('{ explainAccess(id: "<person>") { id } }',),
    "_Service": ("{ _service { SAID } }",),
    "Me": ("{ me { SAID } }",),
    "Enquiry": ("{ enquiries { SAID } }",),
    "Node": (FIND.replace("SAID", "edges { node { SAID } }"), NETWORK.replace("SAID", "nodes { SAID }")),
    "Record": ('{ record(id: "<person>") { SAID } }',),
    "Identifier": (f'{{ identifier(kind: PHONE, value: "{PHONE}") {{ SAID }} }}',),
    "Link": (_link("person", "associates"), NETWORK_LINKS),
    "Link.role": (_link("person", "memberships"), NETWORK_LINKS),
    "Link.criteria": (_link("person", "memberships"), NETWORK_LINKS),
    "Link.asWritten": (_link("person", "phones"), NETWORK_LINKS),
    "Provenance": (
        *(_at(word.root).replace("SAID", "provenance { SAID }") for word in RECORDS.values()),
        _link("person", "associates").replace("SAID", "provenance { SAID }"),
        NETWORK_LINKS.replace("SAID", "provenance { SAID }"),
    ),
    # What is disputed is the gang.
    "Provenance.disputed": (_at("gang").replace("SAID", "provenance { SAID }"),),
    # A link is not revised: it has no rev.
    "Provenance.rev": tuple(_at(word.root).replace("SAID", "provenance { SAID }") for word in RECORDS.values()),
    "RecordedName": tuple(_at(kind).replace("SAID", "names { SAID }") for kind in ("person", "gang")),
    "Address": (_at("person").replace("SAID", "addresses { SAID }"),),
    "Reference": (_at("incident").replace("SAID", "references { SAID }"),),
    "Escalation": (_at("incident").replace("SAID", "escalation { SAID }"),),
    "EarlierHandle": (_at("socialAccount").replace("SAID", "earlierHandles { SAID }"),),
    "TakedownRequest": (_at("socialAccount").replace("SAID", "takedownRequests { SAID }"),),
    "Criterion": (_link("person", "memberships").replace("SAID", "criteria { SAID }"),),
    "IdentifierConnection": (_page("person", "phones"),),
    "IdentifierEdge": (_page("person", "phones").replace("SAID", "edges { SAID }"),),
    "PageInfo": (f"{{ persons({HERE}) {{ pageInfo {{ SAID }} }} }}", FIND.replace("SAID", "pageInfo { SAID }")),
    "FindConnection": (FIND,),
    "FindEdge": (FIND.replace("SAID", "edges { SAID }"),),
    # Of a phone nothing is said to be one with another; of who uses it, it is.
    "FindEdge.cluster": (FIND.replace("first: 1", "first: 50, kinds: [PERSON]").replace("SAID", "edges { SAID }"),),
    "Network": (NETWORK,),
    "Cluster": (NETWORK.replace("SAID", "clusters { SAID }"),),
    "More": ('{ network(from: ["<person>"], limit: 2) { more { SAID } } }',),
    "Paths": (PATHS,),
    "Path": (PATHS.replace("SAID", "paths { SAID }"),),
    "PathStep": (PATHS.replace("SAID", "paths { steps { SAID } }"),),
    "AccessExplanation": ('{ explainAccess(id: "<person>") { SAID } }',),
    "Mutation.openEnquiry": (OPENED,),
    "Mutation.closeEnquiry": ('mutation { closeEnquiry(id: "<spare enquiry>") { enquiry { id } } }',),
    "Mutation.link": (LINKED,),
    **{
        f"Mutation.{change}": (SAID_TO_BE_ONE.replace("CHANGE", change),)
        for change in ("assertSame", "assertNotSame", "assertUnsure")
    },
    "Mutation.unlink": ('mutation { unlink(from: "<gang>", id: "<spare link>", reason: "Twice.") { id } }',),
    "Mutation.withdraw": ('mutation { withdraw(id: "<spare>", reason: "Twice.") { id } }',),
    "EnquiryPayload.enquiry": (OPENED,),
    "EnquiryPayload.problems": (OPENED.replace('"FIR 1"', '""').replace("enquiry { id }", "problems { path }"),),
    "ChangePayload.id": (LINKED,),
    "ChangePayload.problems": (UNREASONED,),
    "FieldProblem": (UNREASONED,),
}
for _type, _word in RECORDS.items():
    _root = _word.root
    ASKED[f"Query.{_root}"] = (_at(_root).replace("SAID", "id"),)
    ASKED[_word.name] = (_at(_root),)
    ASKED[f"Mutation.record{_word.name}"] = (_made(_word, as_input(_type), f"{{ {_root} {{ id }} }}"),)
    ASKED[f"Mutation.revise{_word.name}"] = (_revised(_word),)
    if _type in SECOND:
        ASKED[f"Mutation.record{_word.name}"] = (_made(_word, as_input(_type), "{ waits { id } }"),)
        ASKED[f"{_word.name}Payload.waits"] = ASKED[f"Mutation.record{_word.name}"]
    ASKED[f"{_word.name}Payload.{_root}"] = (_made(_word, as_input(_type), f"{{ {_root} {{ id }} }}"),)
    ASKED[f"{_word.name}Payload.problems"] = (_made(_word, _empty_somewhere(_type), "{ problems { path } }"),)
    _of, _row = next(
        (RECORDS[RecordType(kind)].root, row.name)
        for kind, rows in CONNECTIONS.items()
        if kind is not Kind.VALUE
        for row in rows.values()
        if row.far is Kind(_type.value) and row.name != "protected"
    )
    _pages = (_page(_of, camel(_row)),)
    if _type in WHERE_OF:
        ASKED[f"Query.{_word.plural}"] = (f"{{ {_word.plural}({HERE}) {{ edges {{ cursor }} }} }}",)
        _pages += (f"{{ {_word.plural}({HERE}) {{ SAID }} }}",)
        ASKED[f"{_word.name}Edge.orderKey"] = (f"{{ {_word.plural}({HERE}) {{ edges {{ orderKey }} }} }}",)
        ASKED[f"Federated.{_word.plural}"] = (f"{{ federated {{ {_word.plural}({HERE}) {{ asOf }} }} }}",)
    ASKED[f"{_word.name}Connection"] = _pages
    ASKED[f"{_word.name}Edge"] = (_pages[0].replace("SAID", "edges { SAID }"),)
for _row_of_value in CONNECTIONS[Kind.VALUE].values():
    if (_value := BORNE_BY.get(_row_of_value.far)) and _row_of_value.far not in (Kind.PERSON, Kind.INCIDENT):
        ASKED[f"Identifier.{camel(_row_of_value.name)}"] = (
            f'{{ identifier(kind: {_value}, value: "{WRITTEN[_value]}") {{ SAID }} }}',
        )
# Of these, nothing at all is as good as not there; of other fields null, or what is made of nulls alone.
COUNTED = {"totalCount", "hasNextPage", "notShown"}
SHOWN_BY = {"PageInfo": "endCursor"}


def _given(row: str) -> Any:
    kind, name = row.split(".")
    return get_named_type(dict(_types())[kind].fields[name].type)


def _questions() -> dict[str, tuple[str, list[str]]]:
    """Give each question by a name, with its text and its rows: pages four by four, other fields of a place at once."""
    questions: dict[str, tuple[str, list[str]]] = {}
    pages: dict[str, int] = {}
    for row in FIELDS:
        kind = row.split(".")[0]
        alone = row if row in ASKED else kind
        if row not in ASKED and kind in KINDS and _given(row).name.endswith("Connection"):
            # Each page has its time to be planned; four in one text have less than four texts.
            pages[kind] = pages.get(kind, -1) + 1
            alone = f"{kind}, pages {pages[kind] // 4 + 1}"
        for place, text in enumerate(ASKED.get(row) or ASKED[kind]):
            questions.setdefault(f"{alone} ({place + 1})" if place else alone, (text, []))[1].append(row)
    return questions


KINDS = set(GRAPHQL_TYPE.values())
EACH_THEIR_OWN = ("spare", "spare link", "spare account", "spare to dispute", "disputed")
QUESTIONS = _questions()


def _said(row: str) -> str:
    """Write a field as it is asked, with one field of what it gives."""
    name, given = row.split(".")[1], _given(row)
    if not is_composite_type(given):
        return name
    if given.name.endswith("Connection"):
        return f"{name} {{ edges {{ node {{ id }} }} }}"
    below = SHOWN_BY.get(given.name) or next(iter(given.fields))
    return f"{name} {{ {_said(f'{given.name}.{below}')} }}"


def says(value: Any, name: str) -> bool:
    """Say whether an answer holds a field with anything but emptiness in it."""
    if isinstance(value, list):
        return any(says(one, name) for one in value)
    if isinstance(value, dict):
        return any(
            (bool(one) if name in COUNTED else _full(one)) if key == name else says(one, name)
            for key, one in value.items()
        )
    return False


def _full(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_full(one) for one in value.values())
    if isinstance(value, list):
        return any(_full(one) for one in value)
    return value is not None


@dataclass
class Shown:
    """A node with one of everything, the ids of what is asked, and the officers who ask."""

    node: Station
    ids: dict[str, str]
    stranger: Officer
    author: Caller
    callers: dict[Viewer, Caller] = field(default_factory=dict)
    theirs: dict[Viewer, dict[str, str]] = field(default_factory=dict)

    async def caller(self, viewer: Viewer) -> Caller:
        """Give the officer of a column, who has an enquiry, a spare one and a closed one."""
        if viewer not in self.callers:
            name, held = f"rj.viewer.{len(self.callers)}", {"level": viewer.level, "compartments": viewer.compartments}
            caller = await self.node.caller(name, purpose=viewer.purpose, unit="RJ-D-AJM", **held)
            spare, closed = [await self.node.enquiry(name, viewer.purpose) for _ in range(2)]
            await self.node.desk.register.enquiries.close(closed, name, MORNING)
            self.callers[viewer] = caller
            self.theirs[viewer] = {"enquiry": str(caller.enquiry), "spare enquiry": spare}
            self.theirs[viewer] |= await self._waiting(caller, VIEWERS.index(viewer) if viewer in VIEWERS else 0)
        return self.callers[viewer]

    async def _waiting(self, caller: Caller, turn: int) -> dict[str, str]:
        """Give what waits for a viewer, what they have settled and asked for, and the revs that they read."""
        ids = {
            name: await self.help(self.author) or "" for name in ("to approve", "to decline", "approved", "declined")
        }
        await caller.post("mutation($id: ID!) { approve(id: $id) { change { id } } }", {"id": ids["approved"]})
        await caller.post(
            'mutation($id: ID!) { decline(id: $id, reason: "No.") { change { id } } }', {"id": ids["declined"]}
        )
        for name in ("own change", "other own change"):
            ids[name] = await self.help(caller) or ids["to approve"]
        ids["mover"] = self.ids[f"mover {turn}"]
        for name, id in (("rev", self.ids["SUSPECT"]), ("mover rev", ids["mover"])):
            answer = (
                await caller.post("query($id: ID!) { person(id: $id) { provenance { rev } } }", {"id": id})
            ).json()
            person = (answer.get("data") or {}).get("person")
            ids[name] = person["provenance"]["rev"] if person else words.no_rev(RecordType.PERSON)
        return ids

    async def member(self, caller: Caller) -> str:
        """Ask for a membership, and give the id under which it waits."""
        made = await caller.ask(self._named(VIEWERS[0], MEMBER), {"m": marking(level=1, compartment=ALPHA)})
        return str(made["link"]["waits"]["id"])

    async def help(self, caller: Caller) -> str | None:
        """Ask for an act of help, and give the id under which it waits, if it does."""
        given = {"c": as_input(RecordType.ASSISTANCE), "m": marking(level=1, compartment=ALPHA)}
        answer = (await caller.post(ASKED["Mutation.recordAssistance"][0], given)).json()
        waits = ((answer.get("data") or {}).get("recordAssistance") or {}).get("waits")
        return str(waits["id"]) if waits else None

    async def ask(self, viewer: Viewer, text: str) -> tuple[dict[str, Any], set[str]]:
        """Ask as a viewer, and give the data and the codes of the errors."""
        given: dict[str, Any] = {"m": marking(level=1, compartment=ALPHA)} if "$m" in text else {}
        if text in CONTENTS:
            given["c"] = CONTENTS[text]
        for _ in range(PLANNINGS):
            data, codes = await (self._as_officer if viewer.own else self._as_peer)(viewer, text, given)
            if "DEADLINE" not in codes:  # a change too is asked again until the database has planned it
                break
        return data, codes

    async def _as_officer(self, viewer: Viewer, text: str, given: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
        caller = await self.caller(viewer)
        said = (await caller.post(self._named(viewer, text), given)).json()
        return said.get("data") or {}, {error["extensions"]["code"] for error in said.get("errors", ())}

    async def _as_peer(self, viewer: Viewer, text: str, given: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
        """Ask the schema itself, under the grant that policy gives: officers of other states cannot sign in yet."""
        grant = viewer.grant()
        look = Look(self.node.desk, self.stranger, grant.enquiry, MORNING)
        look._session = GraphSession(grant, self.node.desk.graph)
        answer = await SCHEMA.execute(self._named(viewer, text), variable_values=given, context_value=Context(look))
        return answer.data or {}, {self._code(error.original_error) for error in answer.errors or ()}

    def _named(self, viewer: Viewer, text: str) -> str:
        """Write the ids into a question."""
        turn = VIEWERS.index(viewer) if viewer in VIEWERS else 0
        ids = self.ids | {name: self.ids[f"{name} {turn}"] for name in EACH_THEIR_OWN}
        for name, id in (ids | self.theirs.get(viewer, {})).items():
            text = text.replace(f"<{name}>", id)
        return text

    @staticmethod
    def _code(error: Exception | None) -> str:
        assert isinstance(error, DeskError), error
        return error.code.value


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_field_is_seen_by_whom_the_table_says(shown: Shown, question: str) -> None:
    text, rows = QUESTIONS[question]
    asked = text.replace("SAID", " ".join(map(_said, rows))) if "SAID" in text else text
    wrong = []
    for place, viewer in enumerate(VIEWERS):
        expected = {row: cells(FIELDS[row])[place] for row in rows}
        if set(expected.values()) == {UNASKED}:
            continue
        data, codes = await shown.ask(viewer, asked)
        assert codes <= {"NOT_FOUND", "REFUSED"}, (viewer, codes)
        for row, cell in expected.items():
            given = REFUSED if "REFUSED" in codes else SEEN if says(data, row.split(".")[1]) else ABSENT
            if given != cell:
                wrong.append(f"{row} is {given} and not {cell} for {viewer}")
    assert wrong == []


async def test_a_record_is_seen_by_whom_its_marking_says(shown: Shown) -> None:
    named = " ".join(f'{{__typename: "Person", id: "<{marked}>"}}' for marked in MARKINGS)
    wrong = []
    for place, viewer in enumerate(VIEWERS):
        data, _ = await shown.ask(viewer, f"{{ _entities(representations: [{named}]) {{ ... on Person {{ id }} }} }}")
        for (marked, row), given in zip(MARKINGS.items(), data["_entities"], strict=True):
            if (SEEN if given else ABSENT) != cells(row)[place]:
                wrong.append(f"{marked} is not {cells(row)[place]} for {viewer}")
    assert wrong == []


def viewer_of(own: bool, purpose: Purpose, level: int = 1) -> Viewer:
    """Give an officer who holds what the world is made of."""
    return Viewer(HOME if own else "IN-PB", level, (ALPHA,), purpose)


def reads(mode: str, own: bool, purpose: Purpose) -> set[str]:
    """Give the classes that the table says are read."""
    place = PURPOSES.index(purpose) + (0 if own else len(PURPOSES))
    return {cls for cls, row in MODES[mode].items() if cells(row)[place] == SEEN}


@pytest.mark.parametrize("mode", MODES)
def test_a_grant_reads_in_each_mode_what_the_table_says(mode: str) -> None:
    for own in (True, False):
        for purpose in PURPOSES:
            classes = viewer_of(own, purpose).grant().classes
            assert set(classes[Mode(mode)]) == reads(mode, own, purpose), (own, purpose)


@pytest.mark.parametrize("job", Job)
def test_a_job_reads_what_the_table_says(job: Job) -> None:
    jobs = TABLE["jobs"]
    place = jobs["jobs"].index(job)
    grant = decide_job(job, run="tests", state=HOME, compartments=(ALPHA,), at=MORNING)
    read = {cls for cls, row in jobs["classes"].items() if cells(row)[place] == SEEN}
    assert {mode: set(classes) for mode, classes in grant.classes.items()} == {Mode(jobs["modes"][place]): read}


# A page, a network and paths, and what mode each of them looks in.
PERSON = '{ person(id: "<SUSPECT>") { category } }'
JOINED = "{ paths { nodes { id } } }"
WALKS = {
    "associates": '{ person(id: "<person>") { associates(first: 50) { edges { node { id } } } } }',
    "members": '{ gang(id: "<gang>") { members(first: 50) { edges { node { id } } } } }',
    "persons": '{ incident(id: "<incident>") { persons(first: 50) { edges { node { id } } } } }',
    "network": '{ network(from: ["<person>"], hops: 2) { nodes { id } more { id } links { from to } } }',
    "paths": "{ "
    + " ".join(f'{one}: paths(from: "<person>", to: "<{one}>", maxHops: 1) {JOINED}' for one in Category)
    + " }",
}
PROTECTED = '{ incident(id: "<incident>") { protected(first: 50) { edges { node { id } } } } }'
WAYS = {Category.VICTIM: "VICTIM_OF", Category.WITNESS: "WITNESS_OF", Category.COMPLAINANT: "COMPLAINANT_OF"}


REFERENCES = '{ incident(id: "<incident>") { references { reference kind } } }'


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_an_incident_refers_to_the_protected_without_a_word_of_who_they_are(
    shown: Shown, purpose: Purpose
) -> None:
    world = " in training" if purpose is Purpose.TRAINING else ""
    told = []
    for own in (True, False):
        data, _ = await shown.ask(viewer_of(own, purpose), REFERENCES.replace(">", f"{world}>"))
        said = (data["incident"] or {}).get("references") or []
        allowed = {category for category, kind in WAYS.items() if category in reads("reference", own, purpose)}
        assert {one["kind"] for one in said} == {WAYS[category] for category in allowed}
        assert all(re.fullmatch("[VWC]-[0-9a-f]{12}", one["reference"]) for one in said)
        assert all(one["reference"][0] == one["kind"][0] for one in said)
        assert not {shown.ids[category.value + world] for category in Category} & met(data)
        told.append({one["reference"] for one in said})
    assert not told[0] & told[1], "no reference means the same in two states"


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_category_is_read_and_met_in_the_modes_that_the_table_says(
    shown: Shown, purpose: Purpose, own: bool
) -> None:
    viewer, world = viewer_of(own, purpose), " in training" if purpose is Purpose.TRAINING else ""
    people = {shown.ids[category.value + world]: category for category in Category}

    async def asked(text: str) -> Any:
        return (await shown.ask(viewer, text.replace(">", f"{world}>")))[0]

    read = {category for category in Category if (await asked(PERSON.replace("SUSPECT", category)))["person"]}
    assert read == reads("read", own, purpose) & set(Category)
    walked = reads("walk", own, purpose) & set(Category)
    for way, text in WALKS.items():
        assert {people[id] for id in met(await asked(text)) & people.keys()} == walked, way
    assert {people[id] for id in met(await asked(PROTECTED)) & people.keys()} == read & WAYS.keys()


FILED = ("SUSPECT", "document")
ANSWER = {200: SEEN, 201: SEEN, 403: REFUSED, 404: ABSENT}


async def _filed(shown: Shown, record: str) -> str:
    """Give the id of a record's one file, kept anew if the last was taken away."""
    vault, raw = shown.node.desk.register.vault, png()
    new = NewFile(str(RANDOM.uuid("tests")), record, Media.PNG, raw, "0" * 64, None, "rj.author")
    entry = Entry(EntryKind.FILE, "rj.author", None, None, "add file", {}, (record,), "DONE")
    return (await vault.keep(new, most=20, entry=lambda kept: entry)).id


async def _about_files(shown: Shown, viewer: Viewer, act: str, record: str) -> httpx.Response:
    """List, fetch, add or remove as a viewer, again where a busy machine has not planned in time."""
    caller = await shown.caller(viewer)
    file = await _filed(shown, record)
    method = {"list": "GET", "fetch": "GET", "add": "POST", "remove": "DELETE"}[act]
    path = f"/records/{record}/files" + ("" if act in ("list", "add") else f"/{file}")
    headers = {"authorization": f"Bearer {caller.token}", "sangam-enquiry": caller.enquiry or ""}
    for _ in range(PLANNINGS):
        given = {"content": jpeg()} if act == "add" else {}
        reply = await shown.node.client.request(method, path, headers=headers, **given)
        if b'"DEADLINE"' not in reply.content:
            break
    return reply


@pytest.mark.parametrize("act", TABLE["files"])
async def test_a_file_is_seen_and_changed_by_whom_the_table_says(shown: Shown, act: str) -> None:
    row, wrong = cells(TABLE["files"][act]), []
    assert len(row) == len(VIEWERS)
    for viewer, cell in zip(VIEWERS, row, strict=True):
        assert (cell == UNASKED) is not viewer.own
        for name in FILED if viewer.own else ():
            given = ANSWER[(await _about_files(shown, viewer, act, shown.ids[name])).status_code]
            if given != cell:
                wrong.append(f"{act} of {name} is {given} and not {cell} for {viewer}")
    assert wrong == []


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_photo_is_seen_where_its_person_is_read_and_of_a_child_never(shown: Shown, purpose: Purpose) -> None:
    viewer, world = viewer_of(True, purpose), " in training" if purpose is Purpose.TRAINING else ""
    seen = set()
    for category in Category:
        reply = await _about_files(shown, viewer, "list", shown.ids[category.value + world])
        if reply.status_code == 200 and reply.json()["files"]:
            seen.add(category.value)
    assert seen == (reads("read", True, purpose) & set(Category)) - {Category.CHILD_IN_CONFLICT}


async def test_who_else_may_see_a_record_is_told_to_officers_of_its_own_state(shown: Shown) -> None:
    text = '{ explainAccess(id: "<person>") { owner others } }'
    for own, others in ((True, ["IN-PB"]), (False, None)):
        answer, _ = await shown.ask(viewer_of(own, Purpose.INVESTIGATION), text)
        assert answer["explainAccess"] == {"owner": "IN-RJ", "others": others}, own


def met(value: Any) -> set[str]:
    """Give every id in an answer."""
    if isinstance(value, dict):
        return set().union(*(met(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(met(one) for one in value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_rank_is_in_no_row(own: bool) -> None:
    views = set()
    for rank in set(Rank) - {Rank.NODE_ADMIN, Rank.AUDITOR}:
        grant = viewer_of(own, Purpose.INVESTIGATION).grant(rank)
        views.add((grant.bit, grant.level, grant.comps, tuple(grant.classes.items()), grant.may))
    assert len(views) == 1


@pytest.fixture(scope="module")
async def shown(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shown]:
    async with station(local_graph, tmp_path_factory.mktemp("permissions"), seconds=True) as node:
        world = World(node)
        world.build()
        for purpose, compartments in ((Purpose.INVESTIGATION, (ALPHA, BETA)), (Purpose.TRAINING, ())):
            writer = Viewer(HOME, 3, compartments, purpose).grant()
            assert Action.RECORD in writer.may
            await node.load(
                writer,
                [one for one in world.records if (one.envelope.compartment or "") in writer.comps],
                [one for one in world.links if (one.envelope.compartment or "") in writer.comps],
            )
        reviser = await node.caller("rj.writer", compartments=(ALPHA,))
        gang = {"id": world.ids["gang"]}
        read = await reviser.ask("query($id: ID!) { gang(id: $id) { provenance { rev } } }", gang)
        await reviser.ask(REVISE, gang | {"rev": read["gang"]["provenance"]["rev"]})
        await reviser.ask("query($id: ID!) { gang(id: $id) { id } }", {"id": world.ids["gang of Ajmer"]})
        for one in ("gang", "disputed in their unit", *(f"disputed {turn}" for turn, _ in enumerate(VIEWERS))):
            disputed = await reviser.ask(DISPUTE.replace("<spare to dispute>", world.ids[one]))
            assert disputed["dispute"]["id"] == world.ids[one]
        marked = {"m": marking(level=1, compartment=ALPHA, audience=["IN-PB"])}
        for text in (ACT, AUDIENCE, AUDIENCE.replace("05-01", "05-08")):
            asked = text.replace("spare account", "socialAccount").replace(
                "<socialAccount>", world.ids["socialAccount"]
            )
            made = await reviser.ask(asked, marked)
            assert all(one["id"] for one in made.values())
        author = await node.caller("rj.author", rank=Rank.SI, unit="RJ-P-JPE", compartments=(ALPHA,))
        await put_matches(node.desk)
        made = Shown(node, world.ids, await node.officer("rj.stranger"), author)
        made.ids["change"] = await made.member(author)
        yield made


def _envelope(
    level: int = 1, *, compartment: str | None = ALPHA, audience: tuple[str, ...] = ("IN-PB",), unit: str = "RJ-JPC"
) -> Envelope:
    return Envelope.model_validate(
        {
            "unit": unit,
            "valid_from": date(2026, 1, 1),
            "valid_to": date(2026, 12, 31),
            "legal_basis": "BNSS 173",
            "case_ref": "FIR 0123/2026",
            "source_grade": "B",
            "info_grade": InfoGrade.KNOWN,
            "handling": "H3",
            "handling_text": "Ask first",
            "level": level,
            "audience": audience,
            "compartment": compartment,
            "onward": audience,
            "review_on": TODAY + timedelta(days=300),
            "expires_at": MORNING + timedelta(days=300),
            "owner": "IN-RJ",
            "recorded_at": MORNING,
            "recorded_by": "tests",
        }
    )


_MEMBER = {"role": "DRIVER", "criteria": ({"text": "Drove", "source": "A statement"},), "note": "Seen twice"}
_FRIEND = {"basis": "CALLS", "weight": 3, "note": "Calls"}
SAYS: dict[str, dict[str, Any]] = {
    "MEMBER_OF": _MEMBER,
    "ASSOCIATE_OF": _FRIEND,
    "USES_PHONE": {"as_written": "098290 12345"},
}


def _kind(end: End) -> Kind:
    return Kind.VALUE if isinstance(end, ValueKind) else Kind(end.value)


@dataclass
class World:
    """One of everything, each field said, for each viewer something to take away, and a person of each marking."""

    node: Station
    records: list[NewRecord] = field(default_factory=list)
    links: list[NewLink] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    def build(self) -> None:
        """Make it all."""
        for type, word in RECORDS.items():
            if type not in (RecordType.PERSON, RecordType.GANG, RecordType.INCIDENT):
                self._make(type, word.root, _envelope())
        for type, word in RECORDS.items():
            if type is not RecordType.PERSON:
                self._make(type, f"other {word.root}", _envelope())
        # Of the unit in which the viewers stand, who are told its readers.
        self._make(RecordType.GANG, "gang of Ajmer", _envelope(unit="RJ-D-AJM"))
        self._people("", _envelope())
        # Of another unit, so that a list can leave out what is here for other rows.
        self._people(" in training", _envelope(compartment=TRAINING, unit="RJ-D-KOTA"))
        for marked in MARKINGS:
            level, compartment, audience = marked.split()
            envelope = _envelope(
                int(level),
                compartment=None if compartment == "-" else compartment,
                audience=() if audience == "-" else (audience,),
                unit="RJ-D-KOTA",
            )
            self._person(marked, Category.SUSPECT, envelope)
        self._rows()
        self._person("disputed in their unit", Category.SUSPECT, _envelope(unit="RJ-D-AJM"))
        for one in ("matched in their unit", "matched with it"):
            self._person(one, Category.SUSPECT, _envelope(unit="RJ-D-AJM"))
            self._link("IDENTIFIED_BY", self.ids[one], self._value(ValueKind.PASSPORT, "Z7654321"))
        for turn, _ in enumerate(VIEWERS):
            self._person(f"spare {turn}", Category.SUSPECT, _envelope())
            self._person(f"mover {turn}", Category.SUSPECT, _envelope())
            self._person(f"spare to dispute {turn}", Category.SUSPECT, _envelope())
            self._person(f"disputed {turn}", Category.SUSPECT, _envelope())
            self._make(RecordType.ACCOUNT, f"spare account {turn}", _envelope(audience=(), unit="RJ-D-KOTA"))
            self.ids[f"spare link {turn}"] = self._link("RIVAL_OF", self.ids["gang"], self.ids["other gang"])

    def _people(self, world: str, envelope: Envelope) -> None:
        """Make a person, a gang and an incident, and a person of each category beside them."""
        person = self._person(f"person{world}", Category.SUSPECT, envelope)
        gang = self._make(RecordType.GANG, f"gang{world}", envelope)
        incident = self._make(RecordType.INCIDENT, f"incident{world}", envelope)
        # What stands for a record of Gujarat, which lets all see it; the assertion is as strict as the person here.
        theirs = f"urn:sangam:IN-GJ:person:{RANDOM.uuid('tests')}"
        until = int((MORNING + timedelta(days=900)).timestamp())
        stands = ForeignRef(theirs, Gate(mask(MEMBERS), 0, "", "-", until, tuple(MEMBERS)), _id("foreign"))
        self._link("SAME_AS", person, stands, {"criteria": _MEMBER["criteria"]}, envelope)
        for category in Category:
            one = self._person(category.value + world, category, envelope)
            self._link("ASSOCIATE_OF", person, one, _FRIEND, envelope)
            self._link("MEMBER_OF", one, gang, _MEMBER, envelope)
            self._link("SUSPECT_IN", one, incident, {}, envelope)
            if category in WAYS:
                self._link(WAYS[category], one, incident, {}, envelope)

    def _rows(self) -> None:
        """Draw a link for every page that there is."""
        self._link("CALLED", self._value(ValueKind.PHONE, PHONE), self._value(ValueKind.PHONE, OTHER_PHONE), {})
        drawn = set()
        for kind, rows in CONNECTIONS.items():
            for row in rows.values():
                if row.name != "protected" and LinkKind.CALLED not in row.kinds:
                    drawn |= set(self._ends(kind, row))
        for name, one, other in sorted(drawn, key=str):
            self._link(name, one, other, SAYS.get(name, {}))

    def _ends(self, kind: Kind, row: Connection) -> Iterator[tuple[str, str | ValueRef, str | ValueRef]]:
        """Give, for each way in which a page can be filled, a relation and its two ends."""
        for name in row.kinds:
            if name in WAYS.values() or name is LinkKind.NOT_SAME_AS:
                continue  # drawn from the protected, in `_people`; and two that are said to be one are not denied
            for first, second in RELATIONS[name].ends:
                here, there = (second, first) if row.direction is Direction.IN else (first, second)
                if _kind(here) is kind and _kind(there) is row.far:
                    # A thing is not linked to itself: the other one stands where the page does not.
                    alike, inward = first is second, row.direction is Direction.IN
                    yield (
                        name.value,
                        self._end(first, other=alike and inward),
                        self._end(second, other=alike and not inward),
                    )

    def _end(self, end: End, *, other: bool = False) -> str | ValueRef:
        if isinstance(end, ValueKind):
            return self._value(end, WRITTEN[end])
        if not other:
            return self.ids[RECORDS[end].root]
        return self.ids["SUSPECT" if end is RecordType.PERSON else f"other {RECORDS[end].root}"]

    def _person(self, name: str, category: Category, envelope: Envelope) -> str:
        return self._make(RecordType.PERSON, name, envelope, category=category)

    def _make(self, type: RecordType, name: str, envelope: Envelope, **otherwise: Any) -> str:
        self.ids[name] = id = _id(type.value)
        content = content_of(type, **otherwise)
        self.records.append(NewRecord(id, Kind(type.value), envelope, content, (), ""))
        return id

    def _value(self, kind: ValueKind, text: str) -> ValueRef:
        return ValueRef(self.node.desk.keys.value_id(kind.value, normal_form(kind, text)), kind.value)

    def _link(
        self, kind: str, a: Any, b: Any, says: dict[str, Any] | None = None, envelope: Envelope | None = None
    ) -> str:
        # A link is of level 0 by itself and as strict as its ends; a call has no end that could be strict.
        envelope = (envelope or _envelope()).model_copy(update={"level": Level(int(kind == "CALLED"))})
        content, id = LinkContent.model_validate(says or {}), _id("link")
        self.links.append(NewLink(id, LinkKind(kind), a, b, envelope, content))
        return id
