"""Who sees what: a row for every field of every record, link and provenance, and a column for every kind of viewer.

Officers of other states do not ask over HTTP yet: all ask the schema itself, under the grant that policy gives them.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from api.context import Context
from api.gql.schema import SCHEMA
from auth.grant import Action, Grant, Mode
from auth.policy import decide
from desk.looking import Look
from graph.connections import Kind
from graph.local import LocalGraph
from graph.session import GraphSession
from graph.writing import NewLink, NewRecord, ValueRef
from schemas.account import AccountContent
from schemas.draft import Content
from schemas.enquiry import Enquiry
from schemas.envelope import Envelope
from schemas.gang import GangContent
from schemas.gradings import InfoGrade
from schemas.handling import Level, Purpose
from schemas.ids import ValueKind, make_urn, normal_form
from schemas.incident import IncidentContent
from schemas.link import LinkContent, LinkKind
from schemas.officer import Officer, PeerOfficer, Rank
from schemas.operation import SystemRandom
from schemas.person import Category, PersonContent
from tests.station import MORNING, TODAY, Station, station

pytestmark = pytest.mark.anyio

SEEN, ABSENT = "SEEN", "ABSENT"

# The columns: (level, own or other state, purpose). A peer's level is the lesser of what is asserted and its ceiling.
VIEWERS = [
    (1, "own", Purpose.INVESTIGATION),
    (0, "own", Purpose.INVESTIGATION),
    (1, "other", Purpose.INVESTIGATION),
    (0, "other", Purpose.INVESTIGATION),
    (1, "own", Purpose.FUGITIVE),
    (1, "own", Purpose.COURT),
    (1, "own", Purpose.CORRECTION),
    (1, "other", Purpose.CORRECTION),
    (3, "own", Purpose.AUDIT),
    (3, "own", Purpose.TRAINING),  # none of it is in the compartment of trainings
]
# What is of level 1 and for both states, and what leads to a victim: never to a peer, nor to who pursues.
OPEN = "SEEN ABSENT SEEN ABSENT SEEN SEEN SEEN ABSENT ABSENT ABSENT"
PROTECTED = "SEEN ABSENT ABSENT ABSENT ABSENT SEEN SEEN ABSENT ABSENT ABSENT"

FIELDS = {
    "Person": "id category names parentage birthDate birthPrecision sex marks addresses languages custody cautions "
    "provenance memberships accounts phones identifiers incidents associates",
    "Gang": "id names formed formedPrecision standing areas modusOperandi designationAuthority designationEvidence "
    "nextAudit provenance members rivals allies splitFrom splinters incidents accounts",
    "Incident": "id title demandAt channel amountRupees paymentRoute escalation firingForExtortion targetType place "
    "placeUnit latitude longitude sections summary provenance persons claimedBy attributedTo phones accounts firs",
    "SocialAccount": "id platform accountId handle url firstSeen lastSeen takedownRequests provenance persons gangs "
    "incidents identifiers",
    "Identifier": "id kind writings persons accounts incidents calls",
    "Link": "id kind from to role criteria basis weight asWritten note provenance",
    "Provenance": "owner unit recordedAt recordedBy legalBasis caseRef sourceGrade infoGrade handling handlingText "
    "onward validFrom validTo reviewOn expiresAt level compartment",
    "RecordedName": "text script kind source",
    "Address": "text validFrom validTo",
    "Escalation": "step at note",
    "TakedownRequest": "requestedOn requestedBy legalBasis reference outcome decidedOn",
    "Criterion": "text source",
}
TABLE: dict[str, str] = {f"{kind}.{field}": OPEN for kind, fields in FIELDS.items() for field in fields.split()}
TABLE["Incident.protected"] = PROTECTED

PERSONS = frozenset(Category)
VICTIMS = {Category.VICTIM, Category.WITNESS, Category.COMPLAINANT, Category.CHILD_IN_CONFLICT}
UNPURSUED = VICTIMS | {Category.CONTACT, Category.ACQUITTED_DISCHARGED}
NOBODY: frozenset[Category] = frozenset()
# Which categories each purpose reads: an officer of this state, and one of another.
READS: dict[Purpose, tuple[frozenset[Category], frozenset[Category]]] = {
    Purpose.INVESTIGATION: (PERSONS, PERSONS - VICTIMS),
    Purpose.PREVENTION_OF_NAMED_THREAT: (PERSONS, PERSONS - VICTIMS),
    Purpose.JOINT_OPERATION: (PERSONS, PERSONS - VICTIMS),
    Purpose.COURT: (PERSONS, PERSONS - VICTIMS),
    Purpose.FUGITIVE: (PERSONS - UNPURSUED, PERSONS - UNPURSUED),
    Purpose.PRISON_INTEL: (PERSONS - UNPURSUED, PERSONS - UNPURSUED),
    Purpose.CORRECTION: (PERSONS, NOBODY),
    Purpose.AUDIT: (NOBODY, NOBODY),
    Purpose.TRAINING: (NOBODY, NOBODY),
}

COMPARTMENT = "IN-RJ:ALPHA"
RANDOM = SystemRandom()


def _id(type: str) -> str:
    return make_urn("IN-RJ", type, RANDOM.uuid("tests"))


def grant_of(level: int, whose: str, purpose: Purpose, rank: Rank = Rank.SI) -> Grant:
    """Give the grant that policy makes for a viewer, who holds the one compartment there is."""
    who: Officer | PeerOfficer
    if whose == "own":
        who = Officer(
            id="rj.one", name="One", state="IN-RJ", rank=rank, unit="HQ", level=level, compartments=(COMPARTMENT,)
        )
    else:
        who = PeerOfficer(
            id="IN-PB:b.kaur",
            state="IN-PB",
            home="IN-RJ",
            rank=rank,
            asserted_level=Level.SOURCE_BEARING,
            asserted_compartments=(COMPARTMENT,),
            ceiling=Level(level),
            granted=(COMPARTMENT,),
            token_expires_at=MORNING + timedelta(seconds=120),
        )
    enquiry = Enquiry(
        id=make_urn("IN-RJ", "enquiry", RANDOM.uuid("tests")),
        officer=who.id,
        purpose=purpose,
        case_ref="FIR 0123/2026",
        legal_basis="BNSS 173",
        opened_at=MORNING,
        expires_at=MORNING + timedelta(days=1),
    )
    grant = decide(who, enquiry, at=MORNING)
    assert isinstance(grant, Grant)
    return grant


@dataclass
class Shown:
    """A node with one of everything, and the ids of what is asked."""

    node: Station
    ids: dict[str, str]
    officer: Officer

    async def ask(self, grant: Grant, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Ask the schema under a grant; what is not there is None."""
        look = Look(self.node.desk, self.officer, grant.enquiry, MORNING)
        look._session = GraphSession(grant, self.node.desk.graph)
        answer = await SCHEMA.execute(document, variable_values=variables, context_value=Context(look))
        assert all("nothing here" in error.message for error in answer.errors or ()), answer.errors
        return answer.data or {}


def _types() -> Iterator[tuple[str, Any]]:
    for name in FIELDS:
        yield name, SCHEMA._schema.type_map[name]


def test_every_field_has_its_row() -> None:
    assert set(TABLE) == {f"{name}.{field}" for name, type in _types() for field in type.fields}
    faces = {name for name, type in SCHEMA._schema.type_map.items() if "provenance" in getattr(type, "fields", {})}
    assert faces - {"Record"} <= set(FIELDS)
    assert all(len(row.split()) == len(VIEWERS) for row in TABLE.values())


def test_what_a_field_gives_is_in_the_table_too() -> None:
    """A type that a record, link or provenance leads to has rows of its own, but for pages and their edges."""
    for _, type in _types():
        for field in type.fields.values():
            given = get_named_type(field.type)
            if isinstance(given, GraphQLObjectType) and not given.name.endswith("Connection"):
                assert given.name in FIELDS


def _given(row: str) -> Any:
    kind, field = row.split(".")
    type = SCHEMA._schema.type_map[kind]
    assert isinstance(type, GraphQLObjectType)
    return get_named_type(type.fields[field].type)


def question_of(row: str) -> str:
    """Name the question that a row is asked in: pages one by one, the other fields of a place at once."""
    kind, field = row.split(".")
    if kind == "Link":
        return f"Link {PAGES_OF_LINK.get(field, 'associates')}"
    return row if _given(row).name.endswith("Connection") else kind


def document(question: str, rows: list[str]) -> str:
    """Ask the fields of some rows where a thing of their kind is met first."""
    asked = []
    for row in rows:
        given = _given(row)
        below = "edges { node { id } }" if given.name.endswith("Connection") else None
        if isinstance(given, GraphQLObjectType):
            below = below or next(iter(given.fields))
        asked.append(row.split(".")[1] + (f" {{ {below} }}" if below else ""))
    kind, said = rows[0].split(".")[0], " ".join(asked)
    person, number = "found: person(id: $id)", f'found: identifier(kind: PHONE, value: "{PHONE}")'
    if rows == ["Identifier.accounts"]:
        number = f'found: identifier(kind: SOCIAL_ID, value: "{SOCIAL}")'
    places = {
        "Link": f"{person} {{ {question.split()[-1]} {{ edges {{ link {{ {said} }} }} }} }}",
        "Provenance": f"{person} {{ provenance {{ {said} }} }}",
        "RecordedName": f"{person} {{ names {{ {said} }} }}",
        "Address": f"{person} {{ addresses {{ {said} }} }}",
        "Escalation": f"found: incident(id: $id) {{ escalation {{ {said} }} }}",
        "TakedownRequest": f"found: socialAccount(id: $id) {{ takedownRequests {{ {said} }} }}",
        "Criterion": f"{person} {{ memberships {{ edges {{ link {{ criteria {{ {said} }} }} }} }} }}",
        "Identifier": f"{number} {{ {said} }}",
    }
    place = places.get(kind) or f"found: {kind[0].lower()}{kind[1:]}(id: $id) {{ {said} }}"
    return ("query($id: ID!) { " if "$id" in place else "{ ") + place + " }"


PHONE, OTHER_PHONE, SOCIAL = "+919829012345", "+919829012346", "X:4711"
FIR = "IN-RJ/Jaipur/Mansarovar/0012/2026"
# A page whose links say the field.
PAGES_OF_LINK = {"role": "memberships", "criteria": "memberships", "asWritten": "phones"}
QUESTIONS = {question: [row for row in TABLE if question_of(row) == question] for question in map(question_of, TABLE)}


def says(value: Any, field: str) -> bool:
    """Say whether an answer holds a field with anything but emptiness in it."""
    if isinstance(value, list):
        return any(says(one, field) for one in value)
    if isinstance(value, dict):
        return any(_full(one) if name == field else says(one, field) for name, one in value.items())
    return False


def _full(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_full(one) for one in value.values())
    if isinstance(value, list):
        return any(_full(one) for one in value)
    return value is not None


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_field_is_seen_by_whom_the_table_says(shown: Shown, question: str) -> None:
    rows = QUESTIONS[question]
    text, kind = document(question, rows), rows[0].split(".")[0]
    at = {"Gang": "gang", "Incident": "incident", "Escalation": "incident"}
    at |= {"SocialAccount": "socialAccount", "TakedownRequest": "socialAccount"}
    variables = {"id": shown.ids[at.get(kind, "person")]} if "$id" in text else {}
    for place, viewer in enumerate(VIEWERS):
        answer = await shown.ask(grant_of(*viewer), text, variables)
        for row in rows:
            expected = TABLE[row].split()[place]
            assert (SEEN if says(answer, row.split(".")[1]) else ABSENT) == expected, (row, viewer, answer)


async def test_a_category_is_read_for_the_purposes_that_read_it_and_is_met_on_walks_for_fewer(shown: Shown) -> None:
    person = "query($id: ID!) { person(id: $id) { category } }"
    associates = "query($id: ID!) { person(id: $id) { associates(first: 50) { edges { node { id } } } } }"
    members = "query($id: ID!) { gang(id: $id) { members(first: 50) { edges { node { id } } } } }"
    protected = "query($id: ID!) { incident(id: $id) { protected(first: 50) { edges { node { id } } } } }"
    network = "query($id: ID!) { network(from: [$id], hops: 2) { nodes { id } more { id } links { from to } } }"
    people = {category: shown.ids[category.value] for category in Category}
    assert set(READS) == set(Purpose)
    for purpose, (own, other) in READS.items():
        for whose, reads in (("own", own), ("other", other)):
            grant = grant_of(1, whose, purpose)
            for category, id in people.items():
                answer = await shown.ask(grant, person, {"id": id})
                assert (answer["person"] is not None) == (category in reads), (purpose, whose, category)
            walked = {people[category] for category in reads - VICTIMS}
            for text, start, kept in (
                (associates, "person", walked),
                (members, "gang", walked),
                (
                    protected,
                    "incident",
                    {people[category] for category in reads & (VICTIMS)} - {people[Category.CHILD_IN_CONFLICT]},
                ),
            ):
                answer = await shown.ask(grant, text, {"id": shown.ids[start]})
                assert met(answer) & set(people.values()) == kept, (purpose, whose, text)
            around = met(await shown.ask(grant, network, {"id": shown.ids["person"]}))
            assert around & set(people.values()) == walked, (purpose, whose)


async def test_who_else_may_see_a_record_is_told_to_officers_of_its_own_state(shown: Shown) -> None:
    text = "query($id: ID!) { explainAccess(id: $id) { owner others } }"
    for whose, others in (("own", ["IN-PB"]), ("other", None)):
        answer = await shown.ask(grant_of(1, whose, Purpose.INVESTIGATION), text, {"id": shown.ids["person"]})
        assert answer["explainAccess"] == {"owner": "IN-RJ", "others": others}, whose


def met(value: Any) -> set[str]:
    """Give every id in an answer."""
    if isinstance(value, dict):
        return set().union(*(met(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(met(one) for one in value))
    return {value} if isinstance(value, str) else set()


def test_a_peer_meets_victims_witnesses_and_complainants_only_by_reference_and_children_never() -> None:
    for purpose, (_, other) in READS.items():
        classes = set(grant_of(3, "other", purpose).classes[Mode.REFERENCE]) & {one.value for one in VICTIMS}
        wide = Category.CONTACT in other or purpose is Purpose.TRAINING
        assert classes == ({"VICTIM", "WITNESS", "COMPLAINANT"} if wide else set()), purpose


@pytest.mark.parametrize("whose", ["own", "other"])
def test_rank_is_in_no_row(whose: str) -> None:
    views = set()
    for rank in set(Rank) - {Rank.NODE_ADMIN, Rank.AUDITOR}:
        grant = grant_of(1, whose, Purpose.INVESTIGATION, rank)
        views.add((grant.bit, grant.level, grant.comps, tuple(grant.classes.items()), grant.may))
    assert len(views) == 1


@pytest.fixture(scope="module")
async def shown(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shown]:
    async with station(local_graph, tmp_path_factory.mktemp("permissions")) as node:
        records, links, ids = _world(node)
        writer = grant_of(3, "own", Purpose.INVESTIGATION)
        assert Action.RECORD in writer.may
        await node.load(writer, records, links)
        yield Shown(node, ids, await node.officer("rj.one"))


def _envelope(level: int = 1) -> Envelope:
    return Envelope.model_validate(
        {
            "unit": "RJ-JPC",
            "valid_from": date(2026, 1, 1),
            "valid_to": date(2026, 12, 31),
            "legal_basis": "BNSS 173",
            "case_ref": "FIR 0123/2026",
            "source_grade": "B",
            "info_grade": InfoGrade.KNOWN,
            "handling": "H3",
            "handling_text": "Ask first",
            "level": level,
            "audience": ("IN-PB",),
            "compartment": COMPARTMENT,
            "onward": ("IN-PB",),
            "review_on": TODAY + timedelta(days=300),
            "expires_at": MORNING + timedelta(days=300),
            "owner": "IN-RJ",
            "recorded_at": MORNING,
            "recorded_by": "tests",
        }
    )


def _world(node: Station) -> tuple[list[NewRecord], list[NewLink], dict[str, str]]:
    """Make one of everything, each field said, and a person of each category beside the first person and gang."""
    name = ({"text": "Sukhdev Test", "script": "Latn", "kind": "LEGAL", "source": "A statement"},)
    day = date(1990, 5, 1)
    person: dict[str, Any] = {
        "category": "SUSPECT",
        "names": name,
        "parentage": "Ramesh Test",
        "birth_date": day,
        "birth_precision": "DAY",
        "sex": "MALE",
        "marks": ("A scar",),
        "addresses": ({"text": "Jaipur", "valid_from": day, "valid_to": date(2020, 1, 1)},),
        "languages": ("Marwari",),
        "custody": "AT_LARGE",
        "cautions": ("ARMED",),
    }
    gang: dict[str, Any] = {
        "names": name,
        "formed": day,
        "formed_precision": "YEAR",
        "standing": "ALLEGED",
        "areas": ("Jaipur",),
        "modus_operandi": ("HAWALA",),
        "designation_authority": "A court",
        "designation_evidence": "A judgment",
        "next_audit": date(2027, 1, 1),
    }
    incident: dict[str, Any] = {
        "title": "A call",
        "demand_at": MORNING,
        "channel": "VOIP",
        "amount_rupees": 100,
        "payment_route": "CASH",
        "escalation": ({"step": "DEMAND", "at": MORNING, "note": "By phone"},),
        "target_type": "HOTEL",
        "place": "Jaipur",
        "place_unit": "RJ-JPC",
        "latitude": 26.9,
        "longitude": 75.8,
        "sections": ("BNS 308(4)",),
        "summary": "A demand by phone",
    }
    account: dict[str, Any] = {
        "platform": "X",
        "account_id": "4711",
        "handle": "test",
        "url": "https://x.com/test",
        "first_seen": day,
        "last_seen": day,
        "takedown_requests": (
            {
                "requested_on": day,
                "requested_by": "Cyber cell",
                "legal_basis": "IT Act 79(3)(b)",
                "reference": "TD/1",
                "outcome": "REMOVED",
                "decided_on": day,
            },
        ),
    }
    records: list[NewRecord] = []

    def record(kind: Kind, content: Content) -> str:
        id = _id(kind.value)
        records.append(NewRecord(id, kind, _envelope(), content, (), ""))
        return id

    ids = {
        "person": record(Kind.PERSON, PersonContent.model_validate(person)),
        "gang": record(Kind.GANG, GangContent.model_validate(gang)),
        "incident": record(Kind.INCIDENT, IncidentContent.model_validate(incident)),
        "socialAccount": record(Kind.ACCOUNT, AccountContent.model_validate(account)),
        "other gang": record(Kind.GANG, GangContent.model_validate(gang)),
    }
    for category in Category:
        ids[category.value] = record(Kind.PERSON, PersonContent.model_validate({**person, "category": category.value}))
    return records, list(_links(node, ids)), ids


def _links(node: Station, ids: dict[str, str]) -> Iterator[NewLink]:
    """Draw every link that a page of the first records shows, both ways where both are shown."""

    def value(kind: ValueKind, text: str) -> ValueRef:
        return ValueRef(node.desk.keys.value_id(kind.value, normal_form(kind, text)), kind.value)

    phone, other = value(ValueKind.PHONE, PHONE), value(ValueKind.PHONE, OTHER_PHONE)
    social, fir = value(ValueKind.SOCIAL_ID, SOCIAL), value(ValueKind.FIR, FIR)
    person, gang, rival, incident, account = (
        ids[one] for one in ("person", "gang", "other gang", "incident", "socialAccount")
    )
    member = {"role": "DRIVER", "criteria": ({"text": "Drove", "source": "A statement"},), "note": "Seen twice"}
    friend = {"basis": "CALLS", "weight": 3, "note": "Calls"}
    written = {"as_written": "098290 12345"}
    rows: list[tuple[str, Any, Any, dict[str, Any]]] = [
        ("MEMBER_OF", person, gang, member),
        ("RIVAL_OF", gang, rival, {}),
        ("ALLIED_WITH", gang, rival, {}),
        ("SPLIT_FROM", gang, rival, {}),
        ("SPLIT_FROM", rival, gang, {}),
        ("CALLED", phone, other, {}),
        ("USES_PHONE", person, phone, written),
        ("USES_ACCOUNT", person, account, {}),
        ("CONTROLS", gang, account, {}),
        ("SUSPECT_IN", person, incident, {}),
        ("USED_IN", phone, incident, {}),
        ("USED_IN", account, incident, {}),
        ("CLAIMED_BY", incident, gang, {}),
        ("ATTRIBUTED_TO", incident, gang, {}),
        ("IDENTIFIED_BY", account, social, {}),
        ("IDENTIFIED_BY", incident, fir, {}),
        ("IDENTIFIED_BY", person, social, {}),
        ("VICTIM_OF", ids["VICTIM"], incident, {}),
        ("WITNESS_OF", ids["WITNESS"], incident, {}),
        ("COMPLAINANT_OF", ids["COMPLAINANT"], incident, {}),
        ("SUSPECT_IN", ids["CHILD_IN_CONFLICT"], incident, {}),
    ]
    for category in Category:
        rows += [
            ("ASSOCIATE_OF", person, ids[category.value], friend),
            ("MEMBER_OF", ids[category.value], gang, member),
        ]
    for kind, a, b, says in rows:
        content = LinkContent.model_validate(says)
        # A link is of level 0 by itself and as strict as its ends; a call has no end that could be strict.
        yield NewLink(_id("link"), LinkKind(kind), a, b, _envelope(level=int(kind == "CALLED")), content)
