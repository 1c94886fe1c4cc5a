"""Questions. Each resolver reads its arguments, calls the desk and hands back a type."""

from typing import Annotated, Any

import strawberry

from api.gql import nodes
from api.gql.enquiries import Enquiry, Me
from api.gql.filters import WHERE_OF, Order, list_asked
from api.gql.links import Link
from api.gql.nodes import NodeFace
from api.gql.scalars import Day, day
from api.gql.selection import Asked
from api.gql.selection import day as read_day
from desk import asking, enquiring, finding
from desk.paging import seal
from graph.connections import Kind, kind_of
from schemas.ids import RecordType, ValueKind
from schemas.link import LinkKind
from schemas.records import RECORDS

First = Annotated[
    int, strawberry.argument(description="How many rows: at most 50, or as many as a trusted document declares.")
]
After = Annotated[str | None, strawberry.argument(description="The end cursor of the page before.")]
Id = Annotated[strawberry.ID, strawberry.argument(description="The id.")]
ValidAt = Annotated[
    Day | None,
    strawberry.argument(
        description="Only what held true in the world on this day; links below it too, where they name no day."
    ),
]


@strawberry.type(description="One hit of a search, with how well it fits and why.")
class FindEdge:
    """A hit."""

    cursor: str = strawberry.field(description="Where this hit stands.")
    score: float = strawberry.field(description="How well it fits, from 0 to 1.")
    reasons: list[str] = strawberry.field(description="Why it was found.")
    node: nodes.NodeFace = strawberry.field(description="What was found.")


@strawberry.type(description="A page of hits, best first; ties stand in order of id.")
class FindConnection:
    """A page of hits."""

    edges: list[FindEdge] = strawberry.field(description="The hits, best first.")
    page_info: nodes.PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are for this viewer; stops at 1,000.")


@strawberry.type(description="Visible neighbours of a node that the network does not show.")
class More:
    """What is left out at one node."""

    id: strawberry.ID = strawberry.field(description="The node.")
    not_shown: int | None = strawberry.field(
        description="How many visible neighbours are not shown; null for a hub, whose neighbours are not all counted."
    )
    hub: bool = strawberry.field(
        description="Whether it has more visible neighbours, along any relation and on any day, than its share of "
        "60,000, parted among as many nodes as were asked for, or of 20,000 parted among the starts if it is one. The "
        "network does not go on from a hub."
    )


@strawberry.type(description="The network around some nodes, under the viewer's grant.")
class Network:
    """A network."""

    nodes: list[NodeFace] = strawberry.field(description="Nodes in order of (hop, kind, id).")
    links: list[Link] = strawberry.field(
        description="Links between them, in order of id; between two hubs none is drawn."
    )
    links_cut: bool = strawberry.field(description="Whether links were left out because there are over 5,000.")
    more: list[More] = strawberry.field(description="Where visible neighbours are not shown.")
    valid_at: Day | None = strawberry.field(description="The day that was asked for, if one was.")


@strawberry.type(description="Why an officer sees a record.")
class AccessExplanation:
    """An explanation."""

    id: strawberry.ID = strawberry.field(description="The record.")
    owner: str = strawberry.field(description="The state that owns it.")
    reasons: list[str] = strawberry.field(description="Why you see it, condition by condition.")
    others: list[str] | None = strawberry.field(
        description="Which other states may see it; only for a record of this state."
    )


async def _one(info: strawberry.Info, id: str, kind: Kind, valid_at: str | None) -> Any:
    day = read_day(valid_at, "validAt")
    return nodes.face(await asking.record(info.context.look, id, Asked.of(info, day).pick(kind), valid_at=day))


def _by_id(record: RecordType) -> Any:
    """Make the question for one record of a kind by its id."""
    word = RECORDS[record]
    kind = kind_of(record)

    async def resolver(info: strawberry.Info, id: Id, valid_at: ValidAt = None) -> Any:
        return await _one(info, id, kind, valid_at)

    return strawberry.field(
        resolver=resolver, description=f"{word.noun.capitalize()}.", graphql_type=nodes.TYPE_OF[kind] | None
    )


async def _record(info: strawberry.Info, id: str, valid_at: str | None) -> Any:
    kind = asking.kind_of_id(id)
    # An identifier is no record: its id is answered as one that is not there.
    return await _one(info, id, Kind.PERSON if kind is None or kind is Kind.VALUE else kind, valid_at)


async def _identifier(
    info: strawberry.Info,
    kind: Annotated[ValueKind, strawberry.argument(description="What it is.")],
    value: Annotated[str, strawberry.argument(description="The number or id as written.")],
    valid_at: ValidAt = None,
) -> Any:
    day = read_day(valid_at, "validAt")
    pick = Asked.of(info, day).pick(Kind.VALUE)
    return nodes.face(await asking.identifier(info.context.look, kind, value, pick, valid_at=day))


def _list(record: RecordType) -> Any:
    """Make the question for a filtered list of a kind of record."""
    word, where, kind = RECORDS[record], WHERE_OF[record], kind_of(record)
    usual = Order.LATEST_FIRST if word.timed_by else Order.NAME

    async def resolver(
        info: strawberry.Info,
        which: Any = None,
        order_by: Annotated[Order, strawberry.argument(description="In which order.")] = usual,
        first: First = 20,
        after: After = None,
    ) -> Any:
        look, asked = info.context.look, Asked.of(info)
        pick = asked.below("edges", "node").pick(kind)
        wanted = list_asked(kind, pick, which, order_by, first, after, counted=asked.has("totalCount"))
        answer = await asking.listing(look, wanted)
        rows = [(seal(look, wanted.question, (key, node.id)), None, node) for key, node in answer.rows]
        return nodes.connection(kind, rows, more=answer.more, total=answer.total)

    resolver.__annotations__["which"] = Annotated[where | None, strawberry.argument(name="where", description="Which.")]
    return strawberry.field(
        resolver=resolver,
        description=f"{word.nouns.capitalize()}, filtered and ordered.",
        graphql_type=nodes.CONNECTION_OF[kind] | None,
    )


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
    async def record(self, info: strawberry.Info, id: Id, valid_at: ValidAt = None) -> nodes.Record | None:
        return await _record(info, id, valid_at)

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

    @strawberry.field(description="One box: a name in any script, or a phone, plate, FIR number or other identifier.")
    async def find(
        self,
        info: strawberry.Info,
        text: Annotated[str, strawberry.argument(description="What to find.")],
        kinds: Annotated[list[Kind] | None, strawberry.argument(description="Only these kinds.")] = None,
        valid_at: ValidAt = None,
        first: First = 20,
        after: After = None,
    ) -> FindConnection | None:
        look, wanted = info.context.look, list(Kind) if kinds is None else kinds
        valid = read_day(valid_at, "validAt")
        picks = Asked.of(info, valid).below("edges", "node").picks()
        page = await finding.find(look, text, wanted, picks, valid_at=valid, first=first, after=after)
        edges = [
            FindEdge(
                cursor=seal(look, finding.question(text, wanted, valid), (hit.score, hit.id)),
                score=hit.score,
                reasons=list(hit.reasons),
                node=nodes.face(node),
            )
            for hit, node in page.hits
        ]
        end = edges[-1].cursor if edges else None
        return FindConnection(
            edges=edges, page_info=nodes.PageInfo(has_next_page=page.more, end_cursor=end), total_count=page.total
        )

    @strawberry.field(description="The network around some records or identifiers.")
    async def network(
        self,
        info: strawberry.Info,
        from_: Annotated[
            list[strawberry.ID], strawberry.argument(name="from", description="Where to start, at most 20.")
        ],
        hops: Annotated[int, strawberry.argument(description="How far, at most 3.")] = 1,
        along: Annotated[list[LinkKind] | None, strawberry.argument(description="Only along these relations.")] = None,
        valid_at: Annotated[
            Day | None,
            strawberry.argument(description="Only links that held true on this day; below its nodes too."),
        ] = None,
        limit: Annotated[int, strawberry.argument(description="How many nodes, at most 500.")] = 200,
    ) -> Network | None:
        valid = read_day(valid_at, "validAt")
        wanted = asking.NetworkAsked(
            tuple(str(id) for id in from_), hops, tuple(along) if along is not None else None, valid, limit
        )
        answer = await asking.around(info.context.look, wanted, Asked.of(info, valid).below("nodes").picks())
        return Network(
            nodes=[nodes.face(node) for node in answer.nodes],
            links=[Link(node=link) for link in answer.network.links],
            links_cut=answer.network.links_cut,
            more=[
                More(id=strawberry.ID(left.id), not_shown=left.not_shown, hub=left.hub) for left in answer.network.more
            ],
            valid_at=day(valid),
        )

    @strawberry.field(description="Whose a record is, why you see it, and who else may.")
    async def explain_access(self, info: strawberry.Info, id: Id) -> AccessExplanation | None:
        one = await asking.explain_access(info.context.look, id)
        others = list(one.others) if one.others is not None else None
        return AccessExplanation(id=strawberry.ID(one.id), owner=one.owner, reasons=list(one.reasons), others=others)
