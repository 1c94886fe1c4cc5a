"""What a federated answer is: rows of several states, how they hang together, and who spoke."""

from collections.abc import Mapping, Sequence

import strawberry

from api.gql.enums import as_enum
from api.gql.links import Link
from api.gql.nodes import NodeFace
from api.gql.scalars import Instant, StateCode, instant
from desk import federating
from desk.federating import Source
from desk.looking import Look
from federation import fragments
from schemas.federated import ANSWERED, ReasonCode, SourceState
from schemas.ids import ValueKind

as_enum(SourceState)
as_enum(ReasonCode)


@strawberry.type(description="How one state took part in an answer.")
class SourceStatus:
    """A source."""

    state: StateCode = strawberry.field(description="The state.")
    status: SourceState = strawberry.field(description="How it took part.")
    latency_ms: int = strawberry.field(description="How long it took, in milliseconds, in steps of 100.")
    returned: int = strawberry.field(description="How many of the rows are its own.")
    as_of: Instant | None = strawberry.field(description="When it answered, by its own clock.")
    reason: ReasonCode | None = strawberry.field(description="Why it did not answer, as far as is known here.")
    contact_desk: str | None = strawberry.field(description="Whom to call there, where it did not answer.")
    correlation_id: strawberry.ID = strawberry.field(
        description="Under which this question stands on the ledgers of all who were asked."
    )

    @classmethod
    def of(cls, look: Look, source: Source, returned: int) -> "SourceStatus":
        """Tell how a state took part in what this request asked."""
        return cls(
            state=StateCode(source.state),
            status=source.status,
            latency_ms=source.latency_ms,
            returned=returned,
            as_of=instant(source.as_of),
            reason=source.reason,
            contact_desk=None if source.status in ANSWERED else source.contact_desk,
            correlation_id=strawberry.ID(look.correlation or ""),
        )


@strawberry.type(description="Something that was not asked of a state, or not shown by it.")
class Gap:
    """A gap."""

    at: strawberry.ID = strawberry.field(description="At which record or identifier.")
    state: StateCode = strawberry.field(description="Of which state.")
    reason: ReasonCode = strawberry.field(description="Why.")

    @classmethod
    def of(cls, gap: fragments.Gap) -> "Gap":
        """Tell of a gap."""
        return cls(at=strawberry.ID(gap.at), state=StateCode(gap.state), reason=gap.reason)


@strawberry.type(description="An identifier that several states know, each under an id of its own.")
class Join:
    """A join."""

    kind: ValueKind = strawberry.field(description="What it identifies.")
    ids: list[strawberry.ID] = strawberry.field(description="Its ids, in order.")

    @classmethod
    def of(cls, kind: ValueKind, ids: Sequence[str]) -> "Join":
        """Tell of a join."""
        return cls(kind=kind, ids=[strawberry.ID(id) for id in ids])


@strawberry.type(description="One link of a path, in the direction that the path goes.")
class FederatedStep:
    """A step."""

    link: strawberry.ID = strawberry.field(description="The link.")
    from_: strawberry.ID = strawberry.field(name="from", description="The node that it is left by.")
    to: strawberry.ID = strawberry.field(description="The node that it leads to.")


@strawberry.type(description="One path over states; it meets no node twice.")
class FederatedPath:
    """A path."""

    steps: list[FederatedStep] = strawberry.field(
        description="Its links from end to end; where one ends and the next begins at two ids, these are joined."
    )
    crossings: int = strawberry.field(description="How many borders it crosses.")


@strawberry.type(description="Rows of several states, each whole and of its one owner, and who spoke.")
class FederatedResult:
    """An answer of many states."""

    nodes: list[NodeFace] = strawberry.field(description="The rows, in the order of the question.")
    links: list[Link] = strawberry.field(description="Links between them, each of its one owner, in order of id.")
    assertions: list[Link] = strawberry.field(
        description="What each owner says of a record of its own among them and of another's, in order of id: those "
        "that count and say that two are one join them."
    )
    joins: list[Join] = strawberry.field(description="Which of the identifiers among them are one.")
    paths: list[FederatedPath] = strawberry.field(description="Paths, in order of (number of links, what they meet).")
    gaps: list[Gap] = strawberry.field(description="What was not asked of a state, or not shown by it.")
    sources: list[SourceStatus] = strawberry.field(description="Every member state, and how it took part.")
    complete: bool = strawberry.field(
        description="Whether every state that was asked has answered, and there is no gap."
    )
    as_of: Instant = strawberry.field(description="When it was asked.")
    cursor: str | None = strawberry.field(
        description="What to give as `after` for the next page; none if no state that answered has more."
    )


def told(look: Look, asked: Mapping[str, Source], returned: Mapping[str, int]) -> list[SourceStatus]:
    """Tell of every member, and of whom else was asked, in order of number; who was not asked is told so."""
    return [
        SourceStatus.of(look, asked.get(state) or _not_asked(state), returned.get(state, 0))
        for state in dict.fromkeys([*federating.members(look), *asked])
    ]


def _not_asked(state: str) -> Source:
    return Source(state, SourceState.NOT_ASKED, 0, None, None, None, None)
