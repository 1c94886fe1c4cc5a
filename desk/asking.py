"""What an officer asks: records, lists, identifiers, the network around someone, and why something is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from desk.clusters import Marked, marked
from desk.errors import BadInput, NotFound
from desk.looking import Look
from desk.paging import as_known, page_size, unseal
from graph import abroad, access, network, records
from graph.connections import Kind, kind_of
from graph.network import MOST_HOPS, MOST_NODES, NOTHING, Network, NetworkLink
from graph.picks import Node, Pick
from graph.projection import Order, Test
from graph.records import Listed
from graph.session import GraphSession
from schemas.errors import FieldProblem
from schemas.handling import Level
from schemas.ids import BadIdentifier, RecordType, ValueKind, normal_form, parse_urn
from schemas.link import WALKED, LinkKind

MOST_STARTS = 20
MOST_IDENTIFIERS = 200


def kind_of_id(id: str) -> Kind | None:
    """Say what an id of a record or identifier names by its form, or None if it can name neither."""
    urn = parse_urn(id)
    if urn is not None:
        return kind_of(RecordType(urn.type)) if urn.type in set(RecordType) else None
    return Kind.VALUE if len(id) == 32 and set(id) <= set("0123456789abcdef") else None


def instant(day: date | None) -> int | None:
    """Give the epoch second at which a day begins in UTC: what `validAt` compares with."""
    return None if day is None else int(datetime.combine(day, time.min, UTC).timestamp())


def written(day: date | None) -> str | None:
    """Write a day or a moment for the ledger."""
    return None if day is None else day.isoformat()


def second(known_at: datetime | None) -> int | None:
    """Give the epoch second of a moment: what `knownAt` compares with."""
    return None if known_at is None else int(known_at.timestamp())


async def record(
    look: Look, id: str, pick: Pick, *, valid_at: date | None = None, known_at: datetime | None = None
) -> Node:
    """Give one record as picked, as it was known at a moment if one is given.

    Raise NotFound if it is not there for this officer, did not hold true that day, or was not known then.
    """
    said = {"valid_at": written(valid_at), "known_at": written(known_at)}
    look.note("record", id=id if kind_of_id(id) else look.term(id), **said)
    graph = (await look.graph()).as_of(second(known_at))
    if kind_of_id(id) is not pick.kind:
        raise NotFound
    for node in await records.records(graph, [(pick, [id])], valid_at=instant(valid_at)):
        return node
    raise NotFound


async def entities(look: Look, ids: Sequence[str], picks: Sequence[Pick]) -> dict[str, Node]:
    """Give those of these records and identifiers that are there for this officer, by id, as picked."""
    look.note("entities", ids=[id if kind_of_id(id) else look.term(id) for id in ids])
    graph = await look.graph()
    kinds = [(id, kind_of_id(id)) for id in ids]
    return await picked(graph, [(id, kind) for id, kind in kinds if kind is not None], picks)


async def identifier(
    look: Look,
    kind: ValueKind,
    value: str,
    pick: Pick,
    *,
    valid_at: date | None = None,
    known_at: datetime | None = None,
) -> Node:
    """Give what visible links say of a phone, social id or FIR number, that day and as of that moment.

    Raise NotFound if there are none.
    """
    said = {"valid_at": written(valid_at), "known_at": written(known_at)}
    look.note("identifier", kind=kind.value, value=look.term(value), **said)
    graph = (await look.graph()).as_of(second(known_at))
    try:
        normal = normal_form(kind, value)
    except BadIdentifier as problem:
        raise BadInput([FieldProblem(path="value", message=str(problem))]) from problem
    wanted = [(pick, [look.desk.keys.value_id(kind.value, normal)])]
    for node in await records.records(graph, wanted, valid_at=instant(valid_at)):
        return node
    raise NotFound


@dataclass(frozen=True, slots=True)
class ListAsked:
    """A filtered list as asked: its conditions, order and page, what of it was asked, and as of which moment."""

    pick: Pick
    tests: tuple[Test, ...]
    order: Order
    first: int
    after: str | None
    counted: bool
    known_at: datetime | None

    @property
    def question(self) -> str:
        """Name the list, its order and its moment, which a cursor is bound to."""
        way = "-" if self.order.descending else "+"
        tests = sorted((test.property, test.compare, str(test.value)) for test in self.tests)
        return f"list {self.pick.kind} {way}{self.order.property} {tests}{as_known(second(self.known_at))}"


async def listing(look: Look, asked: ListAsked) -> Listed:
    """Give a page of one kind of record, filtered and ordered."""
    look.note(
        f"list {asked.pick.kind}",
        where=[[test.property, test.compare, _said(look, test.value)] for test in asked.tests],
        order=asked.order.property,
        first=asked.first,
        known_at=written(asked.known_at),
    )
    graph = (await look.graph()).as_of(second(asked.known_at))
    first = page_size(look, asked.first)
    after = unseal(look, asked.question, asked.after, object, str)
    return await records.listing(
        graph,
        asked.pick,
        asked.tests,
        asked.order,
        first=first,
        after=(after[0], after[1]) if after else None,
        counted=asked.counted,
    )


@dataclass(frozen=True, slots=True)
class NetworkAsked:
    """A network as asked: from whom, how far, along which relations, on which day, as of when, and how large.

    It starts from the identifiers `touched` and from `records` as well, of which those that are not there are left out;
    for a record of another state stands what is said here to be one with it.
    """

    from_: tuple[str, ...]
    hops: int
    along: tuple[LinkKind, ...] | None
    valid_at: date | None
    known_at: datetime | None
    limit: int
    touched: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkAnswered:
    """A network with its nodes as picked, in the order of the network, and the clusters that these are in.

    `asserted` is what is said of them and of records of other states, in order of id.
    """

    network: Network
    nodes: list[Node]
    clusters: Sequence[Marked] = ()
    asserted: Sequence[NetworkLink] = ()


async def around(
    look: Look, asked: NetworkAsked, picks: Sequence[Pick], *, clustered: bool = False, asserted: bool = False
) -> NetworkAnswered:
    """Give the network around some records or identifiers; raise NotFound if one of them is not there.

    Clusters, and what is said of records of other states, come if they are wanted.
    """
    look.note(
        "network",
        ids=[*(id if kind_of_id(id) else look.term(id) for id in (*asked.from_, *asked.records)), *asked.touched],
        hops=asked.hops,
        along=asked.along,
        valid_at=written(asked.valid_at),
        known_at=written(asked.known_at),
        limit=asked.limit,
    )
    graph = (await look.graph()).as_of(second(asked.known_at))
    network_fits(asked)
    if any(kind_of_id(id) is None for id in asked.from_):
        raise NotFound
    valid_at = instant(asked.valid_at)
    starts, cut = await _starts(look, graph, asked)
    found = NOTHING
    if starts:
        found = await network.around(
            graph,
            starts,
            hops=asked.hops,
            along=asked.along if asked.along is not None else WALKED,
            valid_at=valid_at,
            limit=asked.limit,
        )
    if not set(asked.from_) <= {id for id, _ in found.nodes}:
        raise NotFound
    nodes = await picked(graph, found.nodes, picks)
    of_others: Sequence[NetworkLink] = ()
    if asserted:
        ids = [id for id, kind in found.nodes if id in nodes and kind is not Kind.VALUE]
        of_others, more = await abroad.said(graph, ids, valid_at=valid_at)
        cut = cut or more
    # What was withdrawn meanwhile takes its links with it.
    found = Network(
        nodes=[(id, kind) for id, kind in found.nodes if id in nodes],
        hops=found.hops,
        links=[link for link in found.links if link.from_id in nodes and link.to_id in nodes],
        more=[left for left in found.more if left.id in nodes],
        links_cut=found.links_cut or cut,
    )
    clusters = await marked(look, graph, nodes, valid_at=valid_at) if clustered else []
    return NetworkAnswered(found, [nodes[id] for id, _ in found.nodes], clusters, of_others)


async def _starts(look: Look, graph: GraphSession, asked: NetworkAsked) -> tuple[Sequence[str], bool]:
    """Give where a network starts, as many as it may have nodes, and whether some starts were left out."""
    urns = {id: urn for id in asked.records if (urn := parse_urn(id)) is not None and urn.type in set(RecordType)}
    own = [id for id, urn in urns.items() if urn.state == look.desk.state]
    others = [id for id in urns if id not in own]
    same, cut = await abroad.joined(graph, others, valid_at=instant(asked.valid_at))
    starts = tuple(dict.fromkeys((*asked.from_, *asked.touched, *own, *same)))
    return starts[: asked.limit], cut or len(starts) > asked.limit


def _said(look: Look, value: object) -> str:
    """Give what a condition compares with: words of ours in clear, what somebody typed as its keyed digest."""
    return look.term(value) if isinstance(value, str) else str(value)


def network_fits(asked: NetworkAsked) -> None:
    """Raise BadInput for a network that is asked beyond its bounds."""
    problems = []
    if len(asked.from_) > MOST_STARTS or not asked.from_ + asked.touched + asked.records:
        message = f"Start from between 1 and {MOST_STARTS} records, or from identifiers."
        problems.append(FieldProblem(path="from", message=message))
    if len(asked.touched) > MOST_IDENTIFIERS:
        message = f"Start from at most {MOST_IDENTIFIERS} identifiers."
        problems.append(FieldProblem(path="identifiers", message=message))
    if len(asked.records) > MOST_IDENTIFIERS:
        message = f"Start from at most {MOST_IDENTIFIERS} records that may not be there."
        problems.append(FieldProblem(path="records", message=message))
    if not 0 <= asked.hops <= MOST_HOPS:
        problems.append(FieldProblem(path="hops", message=f"A network reaches between 0 and {MOST_HOPS} hops."))
    if not max(1, len({*asked.from_, *asked.touched, *asked.records})) <= asked.limit <= MOST_NODES:
        problems.append(
            FieldProblem(
                path="limit", message=f"A network has between 1 and {MOST_NODES} nodes, its starts among them."
            )
        )
    if asked.along is not None and not set(asked.along) <= set(WALKED):
        problems.append(FieldProblem(path="along", message="A network does not walk one of these relations."))
    if problems:
        raise BadInput(problems)


def touched(look: Look, identifiers: Sequence[tuple[ValueKind, str]]) -> tuple[str, ...]:
    """Give what identifiers are known by here, from their kinds and how they are written; raise BadInput."""
    found, problems = [], []
    for place, (kind, value) in enumerate(identifiers):
        try:
            found.append(look.desk.keys.value_id(kind.value, normal_form(kind, value)))
        except BadIdentifier as problem:
            problems.append(FieldProblem(path=f"identifiers.{place}.value", message=str(problem)))
    if problems:
        raise BadInput(problems)
    return tuple(dict.fromkeys(found))


async def picked(
    graph: GraphSession, nodes: Sequence[tuple[str, Kind]], picks: Sequence[Pick], *, valid_at: date | None = None
) -> dict[str, Node]:
    """Give these nodes as picked, by id: one statement, whatever their number and kinds."""
    if not nodes:
        return {}
    # A kind of which there is none is asked too: the text is the same for every answer, and planned once.
    wanted = [(pick, [id for id, kind in nodes if kind is pick.kind]) for pick in picks]
    return {node.id: node for node in await records.records(graph, wanted, valid_at=instant(valid_at))}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whose a record is, why the officer sees it, and which other states may (None for another state's record)."""

    id: str
    owner: str
    reasons: tuple[str, ...]
    others: tuple[str, ...] | None


async def explain_access(look: Look, id: str) -> Explanation:
    """Say why the officer sees a record; raise NotFound if he does not."""
    look.note("explainAccess", id=id if kind_of_id(id) else look.term(id))
    graph = await look.graph()
    urn = parse_urn(id)
    if urn is None or urn.type not in set(RecordType):
        raise NotFound
    gate = await access.explained(graph, id)
    if gate is None:
        raise NotFound
    grant = graph.grant
    own = urn.state == grant.state
    ends = datetime.fromtimestamp(gate.until, UTC).date()
    reasons = (
        f"{grant.state} owns it." if urn.state == grant.state else f"{urn.state} lets {grant.state} see it.",
        f"It is for level {gate.level} ({Level(gate.level).name}), and you hold level {grant.level}.",
        f"It is in compartment {gate.comp}, which your enquiry opens." if gate.comp else "It is in no compartment.",
        "Your enquiry's purpose reads records of this class.",
        f"It has not lapsed: it is to be reviewed or ends by {ends.isoformat()}.",
    )
    others = tuple(state for state in gate.audience if state != urn.state) if own else None
    return Explanation(id, urn.state, reasons, others)
