"""What is attached to a social account: acts of those who follow it, and its audience as published."""

from collections.abc import Sequence
from typing import Any

import strawberry

from api.gql.enums import as_enum
from api.gql.forms import small_answer
from api.gql.links import Provenance
from api.gql.page_info import PageInfo
from api.gql.said import as_day, member, nested, said
from api.gql.scalars import Day
from graph.connections import AUDIENCE, FOLLOWER_ACTS
from graph.picks import AttachedPage, Attachment
from schemas.audience import AudienceCell
from schemas.follower import FollowerActKind

_LONGEST_NAME = 12
_Kind = as_enum(FollowerActKind)
_Cell = small_answer(AudienceCell)


@strawberry.type(description="One act of one who follows an account. A follower is no suspect, and leads to nobody.")
class FollowerAct:
    """Reads one act."""

    node: strawberry.Private[Attachment]

    @strawberry.field(description="The act's own id, by which it can be withdrawn and nothing else.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.node.id)

    @strawberry.field(
        description="A sign that acts of one follower of this account share, as you see them, in one quarter; in "
        "another quarter, and of another account, the same follower has another."
    )
    def follower(self, info: strawberry.Info) -> str:
        first = self.node.beside[2] if self.node.beside else self.node.id
        return str(info.context.look.desk.keys.digest("follower sign", first)[:_LONGEST_NAME])

    act = said("act", _Kind, "What was done.", member(FollowerActKind))
    happened_on = said("happened_on", Day, "When it was done.", as_day)
    section = said("section", str, "The section of law that makes the act an offence.")

    @strawberry.field(description="Whose it is, how good it is and when it ends.")
    def provenance(self) -> Provenance:
        return Provenance(node=self.node)


@strawberry.type(description="How many followed an account on a day, as published: by district, rounded.")
class AudienceSnapshot:
    """Reads one audience."""

    node: strawberry.Private[Attachment]

    @strawberry.field(description="Its own id, by which it can be withdrawn and nothing else.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.node.id)

    taken_on = said("taken_on", Day, "The day of the count.", as_day)
    total = said("total", int, "The sum of what the districts say.")
    cells = said("cells", list[_Cell], "The districts, in order of their codes.", nested(_Cell))  # type: ignore[valid-type]  # made of the words

    @strawberry.field(description="By how much the total differs from the one published before; null for the first.")
    def growth(self) -> int | None:
        return None if self.node.beside is None else self.node.values["total"] - self.node.beside[2]

    @strawberry.field(description="Whose it is, how good it is and when it ends.")
    def provenance(self) -> Provenance:
        return Provenance(node=self.node)


@strawberry.type(description="One row of a page of followers' acts.")
class FollowerActEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    node: FollowerAct = strawberry.field(description="The act.")


@strawberry.type(description="A page of followers' acts.")
class FollowerActConnection:
    """A page."""

    edges: list[FollowerActEdge] = strawberry.field(description="The rows, newest first.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int | None = strawberry.field(description="How many there are for this viewer; stops at 1,000.")


@strawberry.type(description="One row of a page of audiences.")
class AudienceSnapshotEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    node: AudienceSnapshot = strawberry.field(description="The audience.")


@strawberry.type(description="A page of audiences.")
class AudienceSnapshotConnection:
    """A page."""

    edges: list[AudienceSnapshotEdge] = strawberry.field(description="The rows, newest first.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int | None = strawberry.field(description="How many there are for this viewer; stops at 1,000.")


_TYPES: dict[str, tuple[Any, Any, Any]] = {
    FOLLOWER_ACTS.name: (FollowerActConnection, FollowerActEdge, FollowerAct),
    AUDIENCE.name: (AudienceSnapshotConnection, AudienceSnapshotEdge, AudienceSnapshot),
}


def type_of(name: str) -> Any:
    """Give the type of the page of one kind of what is attached."""
    return _TYPES[name][0]


def page(found: AttachedPage, cursors: Sequence[str]) -> Any:
    """Give a page as its GraphQL type, with the cursor of each row."""
    connection, edge, one = _TYPES[found.attached.name]
    edges = [edge(cursor=cursor, node=one(node=row)) for cursor, row in zip(cursors, found.rows, strict=True)]
    return connection(edges=edges, page_info=PageInfo.of(cursors, more=found.more), total_count=found.total)
