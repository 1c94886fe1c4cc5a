"""One question to many states: each owner's rows as that owner gives them, and who spoke."""

from typing import Annotated, Any

import strawberry

from api.gql.across import Across, asked_states, by_owner, numbers_of
from api.gql.arguments import Along, Hops, Identifiers, LinksOn, MostPaths, OneEnd, OtherEnd, Starts
from api.gql.filters import WHERE_OF, Order, order_of, tests_of
from api.gql.merging import Merging, by_moment, by_name, latest_first
from api.gql.scalars import Day, Instant, StateCode
from api.gql.selection import day as read_day
from api.gql.selection import moment as read_moment
from api.gql.sources import FederatedResult
from desk import asking, federating, finding, tracing
from desk.asking import NetworkAsked
from desk.paging import page_size
from desk.tracing import PathsAsked
from federation.joining import MOST_TOLD, Joined
from federation.trails import trails
from graph.connections import Kind, kind_of
from graph.network import MOST_HOPS
from schemas.ids import RecordType, parse_urn
from schemas.records import RECORDS

KnownAt = Annotated[Instant | None, strawberry.argument(description="As it was known at this moment, by each state.")]
First = Annotated[int, strawberry.argument(description="How many rows of all states together.")]
After = Annotated[str | None, strawberry.argument(description="The cursor of the page before.")]


def _list(record: RecordType) -> Any:
    """Make the question for a filtered list of a kind of record, over all."""
    word, where, kind = RECORDS[record], WHERE_OF[record], kind_of(record)
    usual = Order.LATEST_FIRST if word.timed_by else Order.NAME

    async def resolver(
        self: "Federated",
        info: strawberry.Info,
        which: Any = None,
        order_by: Annotated[Order, strawberry.argument(description="In which order.")] = usual,
        known_at: KnownAt = None,
        first: First = 20,
        after: After = None,
    ) -> FederatedResult | None:
        look = info.context.look
        read_moment(look, known_at, "knownAt")
        page_size(look, first)
        order = order_of(kind, order_by)
        place = by_name if order.property == "sort_name" else latest_first if order.descending else by_moment
        asking = Merging.of(info, place=place)
        stands = asking.stands(after)
        # Read here, so that what is wrong with it is said before anybody is asked.
        tests_of(which)
        parts = await asking.parts(federating.addressed(look, self.states), stands, first)
        return asking.page(parts, first, stands)

    resolver.__annotations__["which"] = Annotated[where | None, strawberry.argument(name="where", description="Which.")]
    return strawberry.field(
        resolver=resolver,
        description=f"{word.nouns.capitalize()} of all, filtered and ordered.",
        graphql_type=FederatedResult | None,
    )


@strawberry.type(description="Questions to this state and to others at once; each owner decides again.")
class Federated:
    """All that can be asked of many."""

    states: strawberry.Private[list[StateCode] | None]

    @strawberry.field(description="One box, over all: best first; ties stand in order of id.")
    async def find(
        self,
        info: strawberry.Info,
        text: Annotated[str, strawberry.argument(description="What to find.")],
        kinds: Annotated[list[Kind] | None, strawberry.argument(description="Only these kinds.")] = None,
        valid_at: Annotated[
            Day | None, strawberry.argument(description="Only what held true in the world on this day.")
        ] = None,
        known_at: KnownAt = None,
        first: First = 20,
        after: After = None,
    ) -> FederatedResult | None:
        look = info.context.look
        read_day(valid_at, "validAt")
        read_moment(look, known_at, "knownAt")
        page_size(look, first)
        asking = Merging.of(info)
        stands = asking.stands(after)
        finding.readable(text)
        parts = await asking.parts(federating.addressed(look, self.states), stands, first)
        return asking.page(parts, first, stands)

    @strawberry.field(description="A record of any state, as its owner gives it.")
    async def record(
        self,
        info: strawberry.Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id.")],
        valid_at: Annotated[
            Day | None, strawberry.argument(description="Only if it held true in the world on this day.")
        ] = None,
        known_at: Annotated[
            Instant | None, strawberry.argument(description="As its owner knew it at this moment.")
        ] = None,
    ) -> FederatedResult | None:
        look = info.context.look
        read_day(valid_at, "validAt")
        read_moment(look, known_at, "knownAt")
        urn = parse_urn(str(id))
        owner = look.desk.state if urn is None else urn.state
        asking = Merging.of(info, ids=[str(id)])
        parts = await asking.parts([owner], {}, 1)
        return asking.page(parts, 1, {})

    @strawberry.field(
        description="The network around some records of any state, or identifiers: what each owner shows, joined where "
        "two know one number. Nothing is told to a state that it may not be told: what was not asked is a gap."
    )
    async def network(
        self,
        info: strawberry.Info,
        from_: Starts,
        identifiers: Identifiers = None,
        hops: Hops = 1,
        along: Along = None,
        valid_at: LinksOn = None,
        known_at: KnownAt = None,
        limit: Annotated[
            int,
            strawberry.argument(description="How many nodes an owner gives each time it is asked, at most 500."),
        ] = 200,
    ) -> FederatedResult | None:
        look = info.context.look
        valid, known = read_day(valid_at, "validAt"), read_moment(look, known_at, "knownAt")
        ids, typed = [str(id) for id in from_], numbers_of(identifiers or ())
        relations = tuple(along) if along is not None else None
        asking.network_fits(NetworkAsked(tuple(ids), hops, relations, valid, known, limit, tuple(map(str, typed))))
        across, starts = Across.of(info, ids=ids, past=known is not None), by_owner(look, ids)
        states = asked_states(look, self.states, starts)
        joined = Joined(look.desk.state, states, hops, frozenset(typed), most_told=min(MOST_TOLD, limit))
        return across.network(await across.explored(joined, starts))

    @strawberry.field(
        description="How two records of any states are joined: the shortest paths, over at most three borders, through "
        "what is within three links of either end."
    )
    async def paths(
        self,
        info: strawberry.Info,
        from_: OneEnd,
        to: OtherEnd,
        max_hops: Annotated[int, strawberry.argument(description="How many links a path has at most, at most 6.")] = 6,
        k: MostPaths = 3,
        along: Along = None,
        valid_at: LinksOn = None,
        known_at: KnownAt = None,
    ) -> FederatedResult | None:
        look = info.context.look
        valid, known = read_day(valid_at, "validAt"), read_moment(look, known_at, "knownAt")
        relations = tuple(along) if along is not None else None
        ends = [str(from_), str(to)]
        tracing.paths_fit(PathsAsked(ends[0], ends[1], max_hops, k, relations, valid, known), longest=2 * MOST_HOPS)
        across, starts = Across.of(info, ids=ends, past=known is not None), by_owner(look, ends)
        joined = Joined(look.desk.state, asked_states(look, self.states, starts), (max_hops + 1) // 2)
        found = await across.explored(joined, starts)
        return across.paths(found, trails(joined, ends[0], ends[1], most=k, longest=max_hops))

    persons = _list(RecordType.PERSON)
    gangs = _list(RecordType.GANG)
    incidents = _list(RecordType.INCIDENT)
    social_accounts = _list(RecordType.ACCOUNT)
    cases = _list(RecordType.CASE)
    notices = _list(RecordType.NOTICE)


async def many(
    info: strawberry.Info,
    states: Annotated[
        list[StateCode] | None,
        strawberry.argument(description="Which states beside this one; without it, every member."),
    ] = None,
) -> Federated | None:
    """Begin a question to many; raise what refuses the officer here."""
    await federating.begin(info.context.look)
    return Federated(states=states)
