"""Questions. Each resolver reads its arguments, calls the desk and hands back a type."""

from typing import Annotated, Any

import strawberry

from api.gql import nodes
from api.gql.arguments import KnownAt, ValidAt
from api.gql.clusters import Cluster
from api.gql.enquiries import Enquiry, Me
from api.gql.federated import many
from api.gql.filters import WHERE_OF, Order, list_asked
from api.gql.networks import network, paths
from api.gql.offered import StatuteConnection, UnitConnection
from api.gql.page_info import PageInfo
from api.gql.pending import InboxConnection, PendingChange, waiting
from api.gql.readers import ReaderConnection
from api.gql.said import as_instant, order_key
from api.gql.scalars import Day, Instant, StateCode
from api.gql.selection import Asked
from api.gql.selection import day as read_day
from api.gql.selection import moment as read_moment
from desk import asking, duties, enquiring, finding, matching, offering
from desk import history as told
from desk import inbox as waiting_for
from desk import readers as reading
from desk.paging import seal
from graph.connections import Kind, kind_of
from sangam.spelling import camel
from schemas.ids import RecordType, ValueKind
from schemas.pending import InboxKind
from schemas.records import RECORDS

First = Annotated[
    int, strawberry.argument(description="How many rows: at most 50, or as many as a trusted document declares.")
]
After = Annotated[str | None, strawberry.argument(description="The end cursor of the page before.")]
Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]
OnDay = Annotated[Day, strawberry.argument(description="The day.")]


@strawberry.type(description="One hit of a search, with how well it fits and why.")
class FindEdge:
    """A hit."""

    cursor: str = strawberry.field(description="Where this hit stands.")
    score: float = strawberry.field(description="How well it fits, from 0 to 1.")
    reasons: list[str] = strawberry.field(description="Why it was found.")
    node: nodes.NodeFace = strawberry.field(description="What was found.")
    cluster: Cluster | None = strawberry.field(
        description="What it is said to be one with; null where nothing is said. Of a protected person nothing is.",
        default=None,
    )


@strawberry.type(description="A page of hits, best first; ties stand in order of id.")
class FindConnection:
    """A page of hits."""

    edges: list[FindEdge] = strawberry.field(description="The hits, best first.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are for this viewer; stops at 1,000.")


@strawberry.type(description="Why an officer sees a record.")
class AccessExplanation:
    """An explanation."""

    id: strawberry.ID = strawberry.field(description="The record.")
    owner: StateCode = strawberry.field(description="The state that owns it.")
    reasons: list[str] = strawberry.field(description="Why you see it, condition by condition.")
    others: list[StateCode] | None = strawberry.field(
        description="Which other states may see it; only for a record of this state."
    )


@strawberry.type(description="One field that a change moved.")
class FieldChange:
    """A field."""

    field: str = strawberry.field(description="Which field.")
    before: str | None = strawberry.field(description="What it said before, in plain words.")
    after: str | None = strawberry.field(description="What it said then, in plain words.")


@strawberry.type(description="One change of a record, beside what you may see of it before.")
class Change:
    """A change."""

    at: Instant = strawberry.field(description="When it was recorded.")
    by: str | None = strawberry.field(description="Who recorded it; told to officers of the owner's state.")
    reason: str | None = strawberry.field(description="Why; a record's first version has none.")
    enquiry: strawberry.ID | None = strawberry.field(
        description="For which enquiry; told to officers of the owner's state."
    )
    fields: list[FieldChange] = strawberry.field(description="What it moved; none of a record's first version.")


@strawberry.type(description="What became of a record.")
class History:
    """A past."""

    changes: list[Change] = strawberry.field(description="The changes, newest first, at most 200.")
    more: bool = strawberry.field(description="Whether there are older ones.")


async def _one(info: strawberry.Info, id: str, kind: Kind, valid_at: str | None, known_at: str | None) -> Any:
    look, day = info.context.look, read_day(valid_at, "validAt")
    known = read_moment(look, known_at, "knownAt")
    pick = Asked.of(info, day, known).pick(kind)
    return nodes.face(await asking.record(look, id, pick, valid_at=day, known_at=known))


def _by_id(record: RecordType) -> Any:
    """Make the question for one record of a kind by its id."""
    word = RECORDS[record]
    kind = kind_of(record)

    async def resolver(info: strawberry.Info, id: Id, valid_at: ValidAt = None, known_at: KnownAt = None) -> Any:
        return await _one(info, id, kind, valid_at, known_at)

    return strawberry.field(
        resolver=resolver, description=f"{word.noun.capitalize()}.", graphql_type=nodes.TYPE_OF[kind] | None
    )


async def _record(info: strawberry.Info, id: str, valid_at: str | None, known_at: str | None) -> Any:
    kind = asking.kind_of_id(id)
    # An identifier is no record: its id is answered as one that is not there.
    known_as = Kind.PERSON if kind is None or kind is Kind.VALUE else kind
    return await _one(info, id, known_as, valid_at, known_at)


async def _identifier(
    info: strawberry.Info,
    kind: Annotated[ValueKind, strawberry.argument(description="What it is.")],
    value: Annotated[str, strawberry.argument(description="The number or id as written.")],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> Any:
    look, day = info.context.look, read_day(valid_at, "validAt")
    known = read_moment(look, known_at, "knownAt")
    pick = Asked.of(info, day, known).pick(Kind.VALUE)
    return nodes.face(await asking.identifier(look, kind, value, pick, valid_at=day, known_at=known))


def _list(record: RecordType) -> Any:
    """Make the question for a filtered list of a kind of record."""
    word, where, kind = RECORDS[record], WHERE_OF[record], kind_of(record)
    usual = Order.LATEST_FIRST if word.timed_by else Order.NAME

    async def resolver(
        info: strawberry.Info,
        which: Any = None,
        order_by: Annotated[Order, strawberry.argument(description="In which order.")] = usual,
        known_at: KnownAt = None,
        first: First = 20,
        after: After = None,
    ) -> Any:
        look = info.context.look
        known = read_moment(look, known_at, "knownAt")
        asked = Asked.of(info, known_at=known)
        pick = asked.below("edges", "node").pick(kind)
        counted = asked.has("totalCount")
        wanted = list_asked(kind, pick, which, order_by, first, after, counted=counted, known_at=known)
        answer = await asking.listing(look, wanted)
        rows = [(seal(look, wanted.question, (key, node.id)), order_key(key), node) for key, node in answer.rows]
        return nodes.plain_list(kind, rows, more=answer.more, total=answer.total)

    resolver.__annotations__["which"] = Annotated[where | None, strawberry.argument(name="where", description="Which.")]
    return strawberry.field(
        resolver=resolver,
        description=f"{word.nouns.capitalize()}, filtered and ordered.",
        graphql_type=nodes.CONNECTION_OF[kind] | None,
    )


def _change(one: told.Changed) -> Change:
    fields = [FieldChange(field=camel(row.field), before=row.before, after=row.after) for row in one.fields]
    enquiry = strawberry.ID(one.enquiry) if one.enquiry else None
    return Change(at=as_instant(one.at), by=one.recorded_by, reason=one.reason, enquiry=enquiry, fields=fields)


@strawberry.type(description="Questions.")
class Query:
    """All that can be asked."""

    @strawberry.field(description="The officer who asks.")
    async def me(self, info: strawberry.Info) -> Me:
        return Me.of(info.context.look.officer)

    @strawberry.field(description="One of your own enquiries.")
    async def enquiry(self, info: strawberry.Info, id: Id) -> Enquiry | None:
        return Enquiry.of(await enquiring.enquiry_of(info.context.look, id))

    @strawberry.field(description="Your own enquiries, newest first.")
    async def enquiries(self, info: strawberry.Info) -> list[Enquiry]:
        return [Enquiry.of(one) for one in await enquiring.enquiries(info.context.look)]

    @strawberry.field(description="A record of any kind.")
    async def record(
        self, info: strawberry.Info, id: Id, valid_at: ValidAt = None, known_at: KnownAt = None
    ) -> nodes.Record | None:
        return await _record(info, id, valid_at, known_at)

    person = _by_id(RecordType.PERSON)
    gang = _by_id(RecordType.GANG)
    incident = _by_id(RecordType.INCIDENT)
    social_account = _by_id(RecordType.ACCOUNT)
    vehicle = _by_id(RecordType.VEHICLE)
    bank_account = _by_id(RecordType.BANK_ACCOUNT)
    weapon = _by_id(RecordType.WEAPON)
    place = _by_id(RecordType.PLACE)
    prison_stay = _by_id(RecordType.PRISON_STAY)
    notice = _by_id(RecordType.NOTICE)
    case = _by_id(RecordType.CASE)
    charge_sheet = _by_id(RecordType.CHARGE_SHEET)
    document = _by_id(RecordType.DOCUMENT)
    assistance = _by_id(RecordType.ASSISTANCE)

    identifier = strawberry.field(
        resolver=_identifier,
        description="What visible links say of a phone, plate, FIR number or other identifier.",
        graphql_type=nodes.TYPE_OF[Kind.VALUE] | None,
    )
    persons = _list(RecordType.PERSON)
    gangs = _list(RecordType.GANG)
    incidents = _list(RecordType.INCIDENT)
    social_accounts = _list(RecordType.ACCOUNT)
    cases = _list(RecordType.CASE)
    notices = _list(RecordType.NOTICE)
    federated = strawberry.field(
        resolver=many, description="The same questions, put to other states too; each answers by its own rules."
    )

    @strawberry.field(description="One box: a name in any script, or a phone, plate, FIR number or other identifier.")
    async def find(
        self,
        info: strawberry.Info,
        text: Annotated[str, strawberry.argument(description="What to find.")],
        kinds: Annotated[list[Kind] | None, strawberry.argument(description="Only these kinds.")] = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        first: First = 20,
        after: After = None,
    ) -> FindConnection | None:
        look, wanted = info.context.look, list(Kind) if kinds is None else kinds
        valid, known = read_day(valid_at, "validAt"), read_moment(look, known_at, "knownAt")
        edges_asked = Asked.of(info, valid, known).below("edges")
        picks = edges_asked.below("node").picks()
        clustered = edges_asked.has("cluster")
        page = await finding.find(
            look, text, wanted, picks, valid_at=valid, known_at=known, first=first, after=after, clustered=clustered
        )
        question = finding.question(text, wanted, valid, known)
        edges = [
            FindEdge(
                cursor=seal(look, question, (hit.score, hit.id)),
                score=hit.score,
                reasons=list(hit.reasons),
                node=nodes.face(node),
                cluster=Cluster.of(page.clusters[hit.id]) if hit.id in page.clusters else None,
            )
            for hit, node in page.hits
        ]
        end = PageInfo.of([edge.cursor for edge in edges], more=page.more)
        return FindConnection(edges=edges, page_info=end, total_count=page.total)

    network = strawberry.field(resolver=network, description="The network around some records or identifiers.")
    paths = strawberry.field(
        resolver=paths, description="How two records or identifiers are joined: the shortest paths between them."
    )

    @strawberry.field(description="What became of a record: what was changed, by whom, when, why, for which enquiry.")
    async def history(self, info: strawberry.Info, id: Id) -> History | None:
        past = await told.history(info.context.look, id)
        return History(changes=[_change(one) for one in past.changes], more=past.more)

    @strawberry.field(description="Whose a record is, why you see it, and who else may.")
    async def explain_access(self, info: strawberry.Info, id: Id) -> AccessExplanation | None:
        one = await asking.explain_access(info.context.look, id)
        others = list(map(StateCode, one.others)) if one.others is not None else None
        return AccessExplanation(
            id=strawberry.ID(one.id), owner=StateCode(one.owner), reasons=list(one.reasons), others=others
        )

    @strawberry.field(
        description="Who looked at a record, when and for which case; null unless you supervise the unit that it is of."
    )
    async def readers(
        self, info: strawberry.Info, id: Id, first: First = 20, after: After = None
    ) -> ReaderConnection | None:
        page = await reading.readers(info.context.look, id, first=first, after=after)
        return None if page is None else ReaderConnection.of(page)

    @strawberry.field(description="Sections of law in force here on a day, which a record of that day may name.")
    async def statutes(
        self,
        info: strawberry.Info,
        on: OnDay,
        text: Annotated[str, strawberry.argument(description="What its number, title or Act has in it.")] = "",
        first: First = 20,
        after: After = None,
    ) -> StatuteConnection | None:
        day = read_day(on, "on")
        return StatuteConnection.of(await offering.statutes(info.context.look, day, text, first=first, after=after))

    @strawberry.field(description="Units that stand here on a day, which a record of that day may name.")
    async def units(
        self,
        info: strawberry.Info,
        on: OnDay,
        under: Annotated[str | None, strawberry.argument(description="Only this unit and those under it.")] = None,
        first: First = 20,
        after: After = None,
    ) -> UnitConnection | None:
        day = read_day(on, "on")
        return UnitConnection.of(await offering.units(info.context.look, day, under, first=first, after=after))

    @strawberry.field(
        description="What waits for you, and what of your own waits for another officer; what your unit must review, "
        "what of it is disputed, and which two records may be of one thing."
    )
    async def inbox(
        self,
        info: strawberry.Info,
        kind: Annotated[InboxKind, strawberry.argument(description="What kind of it.")],
        first: First = 20,
        after: After = None,
    ) -> InboxConnection | None:
        look = info.context.look
        match kind:
            case InboxKind.APPROVAL:
                return InboxConnection.of(await waiting_for.inbox(look, first=first, after=after))
            case InboxKind.MATCH:
                return InboxConnection.of_matches(await matching.matches(look, first=first, after=after))
            case InboxKind.REVIEW_DUE:
                return InboxConnection.of_duties(await duties.to_review(look, first=first, after=after))
            case InboxKind.DISPUTE:
                return InboxConnection.of_duties(await duties.disputes(look, first=first, after=after))

    @strawberry.field(description="A change that waits or waited for a second officer, by its id.")
    async def pending_change(self, info: strawberry.Info, id: Id) -> PendingChange | None:
        return await waiting(info, id)
