"""The officer and his enquiries, as GraphQL types."""

import strawberry

from api.gql.scalars import Instant, StateCode, instant
from schemas import enquiry as words
from schemas import officer
from schemas.handling import Purpose


@strawberry.type(description="The officer who asks.")
class Me:
    """An officer."""

    id: str = strawberry.field(description="The officer's id at sign-in.")
    name: str = strawberry.field(description="The officer's name.")
    state: StateCode = strawberry.field(description="The officer's state.")
    rank: officer.Rank = strawberry.field(description="Rank; it gives the right to approve, never a wider view.")
    unit: str = strawberry.field(description="The officer's unit.")
    level: int = strawberry.field(description="The level of need-to-know that the officer holds.")
    compartments: list[str] = strawberry.field(description="Compartments granted by name.")

    @classmethod
    def of(cls, one: officer.Officer) -> "Me":
        """Give an officer as this type."""
        return cls(
            id=one.id,
            name=one.name,
            state=StateCode(one.state),
            rank=one.rank,
            unit=one.unit,
            level=int(one.level),
            compartments=list(one.compartments),
        )


@strawberry.type(description="Why an officer looks. No enquiry, no answer.")
class Enquiry:
    """An enquiry."""

    id: strawberry.ID = strawberry.field(description="What to send as Sangam-Enquiry.")
    purpose: Purpose = strawberry.field(description="Why.")
    case_ref: str = strawberry.field(description="The case that it serves.")
    legal_basis: str = strawberry.field(description="The law under which it is made.")
    opened_at: Instant = strawberry.field(description="When it was opened.")
    expires_at: Instant = strawberry.field(description="When it ends by itself.")
    closed_at: Instant | None = strawberry.field(description="When it was closed, if it was.")

    @classmethod
    def of(cls, one: words.Enquiry) -> "Enquiry":
        """Give an enquiry as this type."""
        opened, expires = instant(one.opened_at), instant(one.expires_at)
        assert opened is not None
        assert expires is not None
        return cls(
            id=strawberry.ID(one.id),
            purpose=one.purpose,
            case_ref=one.case_ref,
            legal_basis=one.legal_basis,
            opened_at=opened,
            expires_at=expires,
            closed_at=instant(one.closed_at),
        )
