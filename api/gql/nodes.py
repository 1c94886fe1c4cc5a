"""Records and identifiers, and the pages of links that hang on them."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import strawberry

from api.gql.links import Link, Provenance
from api.gql.said import as_day, as_instant, listed, member, members, nested, said
from api.gql.scalars import Day, Instant
from graph.connections import Kind
from graph.picks import Drawn
from graph.picks import Node as Found
from schemas import account, gang, incident, person
from schemas.ids import Platform, ValueKind
from schemas.link import LinkKind


@strawberry.type(description="A name in the script that it was recorded in.")
class RecordedName:
    """One recorded name."""

    text: str = strawberry.field(description="The name.")
    script: person.Script = strawberry.field(description="Its script.")
    kind: person.NameKind = strawberry.field(description="How it is used.")
    source: str | None = strawberry.field(description="Where it was learnt, if that was said.")


@strawberry.type(description="Where a person was said to live, and when.")
class Address:
    """One recorded address."""

    text: str = strawberry.field(description="The address.")
    valid_from: Day | None = strawberry.field(description="From which day.")
    valid_to: Day | None = strawberry.field(description="Until which day.")


@strawberry.type(description="One rung of an escalation.")
class Escalation:
    """One rung."""

    step: incident.Step = strawberry.field(description="What was done.")
    at: Instant | None = strawberry.field(description="When.")
    note: str | None = strawberry.field(description="What was said of it.")


@strawberry.type(description="A request to a platform to take an account or something on it down.")
class TakedownRequest:
    """One request."""

    requested_on: Day = strawberry.field(description="When the platform was asked.")
    requested_by: str = strawberry.field(description="Which authority asked.")
    legal_basis: str = strawberry.field(description="The law under which it asked.")
    reference: str | None = strawberry.field(description="The number of the request.")
    outcome: account.TakedownOutcome = strawberry.field(description="What the platform did.")
    decided_on: Day | None = strawberry.field(description="When it did so.")


@strawberry.type(description="Where a page ends and how to ask the next.")
class PageInfo:
    """One page's end."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    end_cursor: str | None = strawberry.field(description="What to give as `after` for the next page.")


def _name(text: str, script: str, kind: str, source: str | None = None) -> RecordedName:
    return RecordedName(text=text, script=person.Script(script), kind=person.NameKind(kind), source=source)


def _rung(step: str, at: Any, note: str | None) -> Escalation:
    return Escalation(step=incident.Step(step), at=at, note=note)


def _request(outcome: str, **given: Any) -> TakedownRequest:
    return TakedownRequest(outcome=account.TakedownOutcome(outcome), **given)


_names = nested(_name)


@strawberry.interface(name="Node", description="Anything that has an id: a record or a bare identifier.")
class NodeFace:
    """What all nodes share."""

    node: strawberry.Private[Found]

    @strawberry.field(description="Its id, the same in every answer.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.node.id)


@strawberry.interface(description="A record: owned by one state, graded, and ending by itself.")
class Record(NodeFace):
    """What all records share."""

    @strawberry.field(description="Whose it is, how good it is and when it ends.")
    def provenance(self) -> Provenance:
        return Provenance(node=self.node)


PersonLinks: TypeAlias = Annotated["PersonConnection", strawberry.lazy("api.gql.nodes")] | None
GangLinks: TypeAlias = Annotated["GangConnection", strawberry.lazy("api.gql.nodes")] | None
IncidentLinks: TypeAlias = Annotated["IncidentConnection", strawberry.lazy("api.gql.nodes")] | None
AccountLinks: TypeAlias = Annotated["SocialAccountConnection", strawberry.lazy("api.gql.nodes")] | None
IdentifierLinks: TypeAlias = Annotated["IdentifierConnection", strawberry.lazy("api.gql.nodes")] | None


def _page(type: object, description: str) -> Any:
    """Make a field that gives a page of links, which the graph has answered under the field's response key.

    It is null, with an error of its own, where a record has more links than the page may look at.
    """

    def resolver(
        self: NodeFace,
        info: strawberry.Info,
        first: Annotated[
            int,
            strawberry.argument(description="How many rows: at most 50, or as many as a trusted document declares."),
        ] = 20,
        after: Annotated[str | None, strawberry.argument(description="The end cursor of the page before.")] = None,
        valid_at: Annotated[
            Day | None, strawberry.argument(description="Only links that held true on this day.")
        ] = None,
        along: Annotated[
            list[LinkKind] | None, strawberry.argument(description="Only these of the connection's relations.")
        ] = None,
    ) -> Any:
        return info.context.page(self.node, info.path.key)

    return strawberry.field(resolver=resolver, description=description, graphql_type=type)


@strawberry.federation.type(keys=["id"], description="A person as one state's police know them.")
class Person(Record):
    """Reads a person."""

    category = said(
        "category", person.Category, "What the person is to the police, in this record.", member(person.Category)
    )
    names = said("names", list[RecordedName], "Names as recorded.", _names)
    parentage = said("parentage", str | None, "Father's or husband's name.")
    birth_date = said("birth_date", Day | None, "Date of birth, as far as it is known.", as_day)
    birth_precision = said(
        "birth_precision", person.DatePrecision | None, "How much of the date is known.", member(person.DatePrecision)
    )
    sex = said("sex", person.Sex, "Sex as recorded.", member(person.Sex))
    marks = said("marks", list[str], "Marks on the body.", listed)
    addresses = said("addresses", list[Address], "Where the person was said to live.", nested(Address))
    languages = said("languages", list[str], "Languages spoken.", listed)
    custody = said("custody", person.Custody, "Where the person is, as last recorded.", member(person.Custody))
    cautions = said(
        "cautions", list[person.Caution], "What to know before meeting the person.", members(person.Caution)
    )
    memberships = _page(GangLinks, "Gangs that the person is said to belong to.")
    accounts = _page(AccountLinks, "Social accounts that the person uses or controls.")
    phones = _page(IdentifierLinks, "Phones that the person uses.")
    identifiers = _page(IdentifierLinks, "Other identifiers of the person.")
    incidents = _page(IncidentLinks, "Incidents that the person has a part in.")
    associates = _page(PersonLinks, "Persons associated with this one; never a victim, witness or complainant.")


@strawberry.federation.type(keys=["id"], description="A gang as one state's police allege it.")
class Gang(Record):
    """Reads a gang."""

    names = said("names", list[RecordedName], "Names as recorded.", _names)
    formed = said("formed", Day | None, "When it formed, as far as that is known.", as_day)
    formed_precision = said(
        "formed_precision", person.DatePrecision | None, "How much of that date is known.", member(person.DatePrecision)
    )
    standing = said("standing", gang.Standing, "How far the claim that this is a gang has come.", member(gang.Standing))
    areas = said("areas", list[str], "Where it is active.", listed)
    modus_operandi = said("modus_operandi", list[gang.ModusOperandi], "How it works.", members(gang.ModusOperandi))
    designation_authority = said("designation_authority", str | None, "Who designated it.")
    designation_evidence = said("designation_evidence", str | None, "On what evidence.")
    next_audit = said("next_audit", Day | None, "When its designation is audited next.", as_day)
    members = _page(PersonLinks, "Persons said to belong to it.")
    rivals = _page(GangLinks, "Gangs that it fights.")
    allies = _page(GangLinks, "Gangs that it works with.")
    split_from = _page(GangLinks, "Gangs that it split from.")
    splinters = _page(GangLinks, "Gangs that split from it.")
    incidents = _page(IncidentLinks, "Incidents that it claimed or that are attributed to it.")
    accounts = _page(AccountLinks, "Social accounts that it controls.")


@strawberry.federation.type(keys=["id"], description="Something that happened, extortion first.")
class Incident(Record):
    """Reads an incident."""

    title = said("title", str, "What happened, in a line.")
    demand_at = said("demand_at", Instant | None, "When the demand was made.", as_instant)
    channel = said("channel", incident.Channel | None, "How the demand came.", member(incident.Channel))
    amount_rupees = said("amount_rupees", float | None, "What was demanded, in whole rupees.")
    payment_route = said(
        "payment_route", incident.PaymentRoute | None, "How the money was to move.", member(incident.PaymentRoute)
    )
    escalation = said("escalation", list[Escalation], "From the demand to what followed.", nested(_rung))
    firing_for_extortion = said("firing_for_extortion", bool, "Whether shots came with a demand; derived.")
    target_type = said("target_type", incident.TargetType | None, "What kind of target.", member(incident.TargetType))
    place = said("place", str | None, "Where, in words.")
    place_unit = said("place_unit", str | None, "The police unit of the place.")
    latitude = said("latitude", float | None, "Latitude of the place in degrees.")
    longitude = said("longitude", float | None, "Longitude of the place in degrees.")
    sections = said("sections", list[str], "Sections of law.", listed)
    summary = said("summary", str | None, "What is known, in words.")
    persons = _page(PersonLinks, "Persons suspected, accused or convicted in it.")
    protected = _page(PersonLinks, "Victims, witnesses and complainants, where the purpose may read them.")
    claimed_by = _page(GangLinks, "Gangs said to have claimed it.")
    attributed_to = _page(GangLinks, "Gangs that the police attribute it to.")
    phones = _page(IdentifierLinks, "Phones used in it.")
    accounts = _page(AccountLinks, "Social accounts used in it.")
    firs = _page(IdentifierLinks, "First information reports of it.")


@strawberry.federation.type(keys=["id"], description="A social-media account, by the platform's immutable id.")
class SocialAccount(Record):
    """Reads a social account."""

    platform = said("platform", Platform, "The platform.", member(Platform))
    account_id = said("account_id", str, "The platform's immutable id of the account.")
    handle = said("handle", str | None, "The handle as last recorded.")
    url = said("url", str | None, "Its address.")
    first_seen = said("first_seen", Day | None, "When it was first seen.", as_day)
    last_seen = said("last_seen", Day | None, "When it was last seen.", as_day)
    takedown_requests = said(
        "takedown_requests", list[TakedownRequest], "What the platform was asked to take down.", nested(_request)
    )
    persons = _page(PersonLinks, "Persons said to use or control it.")
    gangs = _page(GangLinks, "Gangs said to control it.")
    incidents = _page(IncidentLinks, "Incidents that it was used in.")
    identifiers = _page(IdentifierLinks, "Its identifier, shared by all records of the same account.")


@strawberry.federation.type(
    keys=["id"], description="A bare phone, social id or FIR number: nothing but what visible links say of it."
)
class Identifier(NodeFace):
    """Reads an identifier."""

    kind = said("kind", ValueKind, "What it identifies.", member(ValueKind))
    writings = said("writings", list[str], "How it was written, as visible links of any day say; at most 20.", listed)
    persons = _page(PersonLinks, "Persons recorded as using it.")
    accounts = _page(AccountLinks, "Social accounts that it identifies.")
    incidents = _page(IncidentLinks, "Incidents that it was used in or that it numbers.")
    calls = _page(IdentifierLinks, "Phones that it called or that called it.")


TYPE_OF: dict[Kind, type[NodeFace]] = {
    Kind.PERSON: Person,
    Kind.GANG: Gang,
    Kind.INCIDENT: Incident,
    Kind.ACCOUNT: SocialAccount,
    Kind.VALUE: Identifier,
}


def face(node: Found) -> Any:
    """Give a node as its GraphQL type."""
    return TYPE_OF[node.kind](node=node)


@strawberry.type(description="One row of a page of persons.")
class PersonEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    link: Link | None = strawberry.field(description="The link that leads here; none in a plain list.")
    node: Person = strawberry.field(description="The person.")


@strawberry.type(description="One row of a page of gangs.")
class GangEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    link: Link | None = strawberry.field(description="The link that leads here; none in a plain list.")
    node: Gang = strawberry.field(description="The gang.")


@strawberry.type(description="One row of a page of incidents.")
class IncidentEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    link: Link | None = strawberry.field(description="The link that leads here; none in a plain list.")
    node: Incident = strawberry.field(description="The incident.")


@strawberry.type(description="One row of a page of social accounts.")
class SocialAccountEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    link: Link | None = strawberry.field(description="The link that leads here; none in a plain list.")
    node: SocialAccount = strawberry.field(description="The account.")


@strawberry.type(description="One row of a page of identifiers.")
class IdentifierEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    link: Link | None = strawberry.field(description="The link that leads here.")
    node: Identifier = strawberry.field(description="The identifier.")


_EDGES = "The rows, in order."
_PAGE = "Where the page ends."
_TOTAL = "How many there are for this viewer; stops at 1,000."


@strawberry.type(description="A page of persons.")
class PersonConnection:
    """A page."""

    edges: list[PersonEdge] = strawberry.field(description=_EDGES)
    page_info: PageInfo = strawberry.field(description=_PAGE)
    total_count: int | None = strawberry.field(description=_TOTAL)


@strawberry.type(description="A page of gangs.")
class GangConnection:
    """A page."""

    edges: list[GangEdge] = strawberry.field(description=_EDGES)
    page_info: PageInfo = strawberry.field(description=_PAGE)
    total_count: int | None = strawberry.field(description=_TOTAL)


@strawberry.type(description="A page of incidents.")
class IncidentConnection:
    """A page."""

    edges: list[IncidentEdge] = strawberry.field(description=_EDGES)
    page_info: PageInfo = strawberry.field(description=_PAGE)
    total_count: int | None = strawberry.field(description=_TOTAL)


@strawberry.type(description="A page of social accounts.")
class SocialAccountConnection:
    """A page."""

    edges: list[SocialAccountEdge] = strawberry.field(description=_EDGES)
    page_info: PageInfo = strawberry.field(description=_PAGE)
    total_count: int | None = strawberry.field(description=_TOTAL)


@strawberry.type(description="A page of identifiers.")
class IdentifierConnection:
    """A page."""

    edges: list[IdentifierEdge] = strawberry.field(description=_EDGES)
    page_info: PageInfo = strawberry.field(description=_PAGE)
    total_count: int | None = strawberry.field(description=_TOTAL)


CONNECTION_OF: dict[Kind, tuple[Any, Any]] = {
    Kind.PERSON: (PersonConnection, PersonEdge),
    Kind.GANG: (GangConnection, GangEdge),
    Kind.INCIDENT: (IncidentConnection, IncidentEdge),
    Kind.ACCOUNT: (SocialAccountConnection, SocialAccountEdge),
    Kind.VALUE: (IdentifierConnection, IdentifierEdge),
}


def connection(kind: Kind, rows: Sequence[tuple[str, Drawn | None, Found]], *, more: bool, total: int | None) -> Any:
    """Give a page as its GraphQL type; rows are (cursor, link or None, node)."""
    page, edge = CONNECTION_OF[kind]
    edges = [
        edge(cursor=cursor, link=Link(node=link) if link is not None else None, node=face(node))
        for cursor, link, node in rows
    ]
    end = rows[-1][0] if rows else None
    return page(edges=edges, page_info=PageInfo(has_next_page=more, end_cursor=end), total_count=total)
