"""What a federated answer is: rows of several states, how they hang together, and who spoke."""

import strawberry

from api.gql.enums import as_enum
from api.gql.nodes import NodeFace
from api.gql.scalars import Instant, instant
from desk import federating
from desk.federating import Source
from desk.looking import Look
from schemas.federated import ANSWERED, ReasonCode, SourceState

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

    @classmethod
    def of(cls, look: Look, source: Source, returned: int) -> "SourceStatus":
        """Tell how a state took part in what this request asked."""
        return cls(
            state=source.state,
            status=source.status,
            latency_ms=source.latency_ms,
            returned=returned,
            as_of=instant(source.as_of),
            reason=source.reason,
            contact_desk=None if source.status in ANSWERED else source.contact_desk,
            correlation_id=strawberry.ID(look.correlation or ""),
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


def told(look: Look, asked: dict[str, Source], returned: dict[str, int]) -> list[SourceStatus]:
    """Tell of every member, and of whom else was asked, in order of number; who was not asked is told so."""
    return [
        SourceStatus.of(look, asked.get(state) or _not_asked(state), returned.get(state, 0))
        for state in dict.fromkeys([*federating.members(look), *asked])
    ]


def _not_asked(state: str) -> Source:
    return Source(state, SourceState.NOT_ASKED, 0, None, None, None, None)
