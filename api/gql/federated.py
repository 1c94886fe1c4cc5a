"""One question to many states: each owner's rows as that owner gives them, and who spoke.

In order:
1. This node's own graph answers the document that peers answer, so that no row depends on who was asked.
2. An owner whose answer does not fit is as one that did not answer; nothing of it is shown.
3. A page is merged row by row in the one order of the question; its cursor knows where each owner stands.
4. A cursor stands still for an owner that did not answer: when it does, its rows come, and none twice.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Annotated, Any

import orjson
import strawberry
from graphql import FieldNode, GraphQLResolveInfo, GraphQLSchema, execute, validate

from api.gql import shaping
from api.gql.derived import AFTER, SHAPES, Derived, Shape, derived
from api.gql.enums import as_enum
from api.gql.executor import Executor
from api.gql.nodes import NodeFace
from api.gql.scalars import Day, Instant, instant
from api.gql.selection import Asked
from api.gql.selection import day as read_day
from api.gql.selection import moment as read_moment
from api.limits import DocumentRefused, measure
from desk import federating, finding
from desk.errors import BadInput, NotFound
from desk.federating import Question, Source
from desk.looking import Look, Stamp
from desk.paging import page_size, seal, unseal
from graph.connections import Kind
from schemas.errors import FieldProblem
from schemas.federated import ANSWERED, ReasonCode, SourceState
from schemas.ids import parse_urn

as_enum(SourceState)
as_enum(ReasonCode)


@strawberry.type(description="How one state took part in an answer.")
class SourceStatus:
    """A source."""

    state: str = strawberry.field(description="The state.")
    status: SourceState = strawberry.field(description="How it took part.")
    latency_ms: int = strawberry.field(description="How long it took, in milliseconds, in steps of 100.")
    returned: int = strawberry.field(description="How many of the rows are its own.")
    as_of: Instant | None = strawberry.field(description="When it answered, by its own clock.")
    reason: ReasonCode | None = strawberry.field(description="Why it did not answer, as far as is known here.")
    contact_desk: str | None = strawberry.field(description="Whom to call there, where it did not answer.")
    correlation_id: strawberry.ID = strawberry.field(
        description="Under which this question stands on the ledgers of all who were asked."
    )


@strawberry.type(description="Rows of several states, each whole and of its one owner, and who spoke.")
class FederatedResult:
    """An answer of many states."""

    nodes: list[NodeFace] = strawberry.field(description="The rows, in the order of the question.")
    sources: list[SourceStatus] = strawberry.field(description="Every member state, and how it took part.")
    complete: bool = strawberry.field(description="Whether every state that was asked has answered.")
    as_of: Instant = strawberry.field(description="When it was asked.")
    cursor: str | None = strawberry.field(
        description="What to give as `after` for the next page; none if no state that answered has more."
    )


@dataclass(frozen=True)
class _Row:
    """A row of one owner: where it stands in the order, its cursor there, what it says, and the ids that it tells."""

    place: tuple[Any, ...]
    cursor: str
    ready: shaping.Ready
    ids: frozenset[str]


@dataclass(frozen=True)
class _Part:
    """What one state gave: its rows in order, and whether it has more."""

    source: Source
    rows: Sequence[_Row] = ()
    more: bool = False


@strawberry.type(description="Questions to this state and to others at once; each owner decides again.")
class Federated:
    """All that can be asked of many."""

    states: strawberry.Private[list[str] | None]

    @strawberry.field(description="One box, over all: best first; ties stand in order of id.")
    async def find(
        self,
        info: strawberry.Info,
        text: Annotated[str, strawberry.argument(description="What to find.")],
        kinds: Annotated[list[Kind] | None, strawberry.argument(description="Only these kinds.")] = None,
        valid_at: Annotated[
            Day | None, strawberry.argument(description="Only what held true in the world on this day.")
        ] = None,
        known_at: Annotated[
            Instant | None, strawberry.argument(description="As it was known at this moment, by each state.")
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many rows of all states together.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="The cursor of the page before.")] = None,
    ) -> FederatedResult | None:
        look = info.context.look
        read_day(valid_at, "validAt")
        read_moment(look, known_at, "knownAt")
        page_size(look, first)
        asking = _Asking.of(info)
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
        asking = _Asking.of(info, record=str(id))
        parts = await asking.parts([owner], {}, 1)
        return asking.page(parts, 1, {})


async def many(
    info: strawberry.Info,
    states: Annotated[
        list[str] | None,
        strawberry.argument(description="Which states beside this one; without it, every member."),
    ] = None,
) -> Federated | None:
    """Begin a question to many; raise what refuses the officer here."""
    await federating.begin(info.context.look)
    return Federated(states=states)


@dataclass(frozen=True)
class _Asking:
    """One federated question of one document."""

    info: Any
    look: Look
    shape: Shape
    document: Derived
    question: Question
    variables: Mapping[str, Any]

    @classmethod
    def of(cls, info: strawberry.Info, record: str | None = None) -> "_Asking":
        raw, look = info._raw_info, info.context.look
        look.questions += 1
        if look.questions > MOST_QUESTIONS:
            raise BadInput([_problem(info, f"One request puts at most {MOST_QUESTIONS} questions to other states.")])
        if len(raw.field_nodes) != 1:
            raise BadInput([_problem(info, "A federated question stands once under its name.")])
        field = raw.field_nodes[0]
        try:
            document = _documents.of(raw, field)
        except ValueError as problem:
            raise BadInput([_problem(info, str(problem))]) from problem
        text = document.text if look.desk.stamp is not Stamp.LIVE else None
        sent: Mapping[str, Any] = raw.root_value or {}
        variables = {name: sent[name] for name in sorted(document.variables) if name in sent}
        name = field.name.value
        return cls(raw, look, SHAPES[name], document, Question(name, document.digest, text, record), variables)

    @property
    def bound(self) -> str:
        """Name the question, which a cursor is bound to."""
        said = orjson.dumps(self.variables, option=orjson.OPT_SORT_KEYS).decode()
        return f"federated {self.question.name} {self.document.digest} {said}"

    def stands(self, after: str | None) -> dict[str, str]:
        """Give where each owner stands by a cursor; raise BadInput for one that was not made for this question."""
        found = unseal(self.look, self.bound, after, dict)
        return {} if found is None else dict(found[0])

    async def parts(self, states: Iterable[str], stands: Mapping[str, Any], first: int) -> list[_Part]:
        """Ask these states, each from where it stands, and read what they said."""
        addressed = list(states)
        if strangers := [state for state in addressed if state not in federating.members(self.look)]:
            return [_Part(_no_member(state)) for state in strangers]
        asked = {
            state: {**self.variables, **({AFTER: stands.get(state, [None])[0]} if self.shape.paged else {})}
            for state in addressed
        }

        async def here() -> Mapping[str, Any]:
            return await self._here(asked[self.look.desk.state])

        sources = await federating.asked_everywhere(self.look, self.question, asked, here)
        return [self._part(source, first, stands.get(source.state)) for source in sources]

    async def _here(self, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer the document from this node's own graph, for the same request; raise what goes wrong in it."""
        result: Any = execute(
            self.info.schema,
            self.document.document,
            context_value=self.info.context,
            variable_values=dict(variables),
            executor_class=Executor,
        )
        if isawaitable(result):
            result = await result
        for error in result.errors or ():
            cause = error.original_error or error
            if not isinstance(cause, NotFound):
                raise cause
        return result.data or {}

    def _part(self, source: Source, first: int, stood: Any) -> _Part:
        if source.data is None:
            return _Part(source)
        try:
            return self._read(source, source.data.get(self.shape.root), first, stood)
        except shaping.Misshapen:
            return _Part(_incompatible(source, ReasonCode.ANSWER_NOT_UNDERSTOOD))
        except shaping.NotTheOwner:
            return _Part(_incompatible(source, ReasonCode.NOT_THE_OWNER))

    def _read(self, source: Source, sent: Any, first: int, stood: Any) -> _Part:
        if not self.shape.paged and sent is None:
            return _Part(source)
        if not self.shape.paged:
            if not isinstance(sent, dict) or sent.get("id") != self.question.record:
                raise shaping.Misshapen
            return _Part(source, [self._row(self._shaper(source), (), "", sent)])
        match sent:
            case {"edges": list(edges), "pageInfo": {"hasNextPage": bool(more)}}:
                if len(edges) > first:
                    raise shaping.Misshapen
                shaper = self._shaper(source)
                rows = [self._edge(shaper, edge) for edge in edges]
            case _:
                raise shaping.Misshapen
        places = [row.place for row in rows]
        if places != sorted(set(places)) or len({id for _, id in places}) < len(places):
            raise shaping.Misshapen
        if stood is not None and places and places[0] <= (stood[1], stood[2]):
            raise shaping.Misshapen
        return _Part(source, rows, more)

    def _edge(self, shaper: shaping.Shaper, edge: Any) -> _Row:
        match edge:
            case {"cursor": str(cursor), "score": float() | int() as score, "node": {"id": str(id)} as node} if (
                type(score) is not bool and 0 <= score <= 1 and len(cursor) <= _LONGEST_CURSOR
            ):
                return self._row(shaper, (-score, id), cursor, node)
        raise shaping.Misshapen

    @property
    def _asked(self) -> Asked:
        return Asked(self.info, self.look, tuple(self.info.field_nodes))

    def _shaper(self, source: Source) -> shaping.Shaper:
        return shaping.Shaper(self.info.schema, self._asked.fields_at, self._asked.page_of, source.state)

    def _row(self, shaper: shaping.Shaper, place: tuple[Any, ...], cursor: str, node: Any) -> _Row:
        shaper.ids = set()
        ready = shaper.row(self._asked.below("nodes").nodes, node)
        return _Row(place, cursor, ready, frozenset(shaper.ids))

    def page(self, parts: Sequence[_Part], first: int, stands: Mapping[str, str]) -> FederatedResult:
        """Give the first rows of all parts in the one order, and where the next page begins."""
        merged = sorted(((row.place, part.source.state, row) for part in parts for row in part.rows), key=_in_order)
        taken = merged[:first]
        federating.disclosed(self.look, {id for *_, row in taken for id in row.ids})
        shown = {part.source.state: [row for _, state, row in taken if state == part.source.state] for part in parts}
        more = any(part.more or len(shown[part.source.state]) < len(part.rows) for part in parts)
        moved = {state: [rows[-1].cursor, *rows[-1].place] for state, rows in shown.items() if rows}
        cursor = seal(self.look, self.bound, [{**stands, **moved}]) if more and self.shape.paged else None
        asked = {part.source.state: part.source for part in parts}
        return FederatedResult(
            nodes=[row.ready for *_, row in taken],  # type: ignore[misc]  # complete as they stand
            sources=[
                self._status(state, asked.get(state), len(shown.get(state, ())))
                for state in dict.fromkeys([*federating.members(self.look), *asked])
            ],
            complete=all(source.status in ANSWERED for source in asked.values()),
            as_of=instant(self.look.at) or Instant(""),
            cursor=cursor,
        )

    def _status(self, state: str, source: Source | None, returned: int) -> SourceStatus:
        source = source or Source(state, SourceState.NOT_ASKED, 0, None, None, None, None)
        return SourceStatus(
            state=state,
            status=source.status,
            latency_ms=source.latency_ms,
            returned=returned,
            as_of=instant(source.as_of),
            reason=source.reason,
            contact_desk=None if source.status in ANSWERED else source.contact_desk,
            correlation_id=strawberry.ID(self.look.correlation or ""),
        )


class _Documents:
    """Documents derived lately, by the place in the officer's document; a document that is kept is parsed once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[FieldNode, Derived]] = OrderedDict()

    def of(self, info: GraphQLResolveInfo[Any], field: FieldNode) -> Derived:
        """Give what a question derives to; raise ValueError for one that cannot be put to others."""
        held = self._kept.get(id(field))
        if held is None:
            # Held with its node, so that no other takes its place in memory.
            made = derived(info.schema, info.operation, info.fragments, field)
            _refuse_unfit(info.schema, made)
            held = (field, made)
            self._kept[id(field)] = held
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return held[1]


_KEPT = 256
# A cursor of ours is a tenth of it; those of all members go back in one request.
_LONGEST_CURSOR = 1_000
MOST_QUESTIONS = 5
_documents = _Documents()


def _refuse_unfit(schema: GraphQLSchema, made: Derived) -> None:
    """Raise ValueError for a document that no peer takes: one too long, or with names that conflict."""
    try:
        measure(made.document, introspection=False)
    except DocumentRefused as refused:
        raise ValueError(f"As other states are asked it, this is too much. {refused.message}") from refused
    if validate(schema, made.document, max_errors=1, hide_suggestions=True):
        raise ValueError("A name in this question is one that the question to other states needs for itself.")


def _in_order(row: tuple[tuple[Any, ...], str, _Row]) -> tuple[Any, ...]:
    place, state, _ = row
    return (*place, state)


def _no_member(state: str) -> Source:
    return Source(state, SourceState.NOT_ASKED, 0, None, None, ReasonCode.NO_MEMBER, None)


def _incompatible(source: Source, reason: ReasonCode) -> Source:
    return Source(
        source.state, SourceState.INCOMPATIBLE, source.latency_ms, None, source.as_of, reason, source.contact_desk
    )


def _problem(info: strawberry.Info, message: str) -> FieldProblem:
    return FieldProblem(path=".".join(str(part) for part in info.path.as_list()), message=message)
