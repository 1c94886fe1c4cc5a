"""What waits for an officer, as GraphQL types: changes of two, records to look at, and records that may be one."""

import strawberry

from api.gql.page_info import PageInfo
from api.gql.scalars import Instant, instant
from desk import duties, inbox, matching
from graph.connections import Kind, kind_of
from graph.matching import Matched
from sangam.spelling import camel
from schemas.ids import RecordType, ValueKind
from schemas.officer import Rank
from schemas.pending import PendingAct, PendingState


@strawberry.type(description="One field of a change that waits.")
class Said:
    """A field."""

    field: str = strawberry.field(description="Which field.")
    text: str = strawberry.field(description="What it would say, in plain words.")


@strawberry.type(
    description="A change that waits, or waited, for a second officer; seen by its author and by whom it is for."
)
class PendingChange:
    """A change."""

    id: strawberry.ID = strawberry.field(description="What to approve, decline or withdraw it by.")
    act: PendingAct = strawberry.field(description="What it would do.")
    state: PendingState = strawberry.field(description="Where it stands.")
    own: bool = strawberry.field(description="Whether you asked for it.")
    author: str = strawberry.field(description="The officer who asked for it.")
    rank: Rank = strawberry.field(description="The least rank that may approve it.")
    asked_at: Instant = strawberry.field(description="When it was asked for.")
    expires_at: Instant = strawberry.field(description="When it ends if nobody approves it.")
    says: list[Said] = strawberry.field(description="What it asks for, field by field, while it waits.")
    names: list[strawberry.ID] = strawberry.field(description="The records that it names, while it waits.")
    settled_by: str | None = strawberry.field(description="The officer who settled it, if one did.")
    settled_at: Instant | None = strawberry.field(description="When it was settled.")
    reason: str | None = strawberry.field(description="Why it was declined.")
    made: strawberry.ID | None = strawberry.field(
        description="The record that it made or changed, once approved; none for a link."
    )

    @classmethod
    def of(cls, one: inbox.Shown) -> "PendingChange":
        """Give a change as this type."""
        change = one.change
        asked, expires = instant(change.asked_at), instant(change.expires_at)
        assert asked is not None
        assert expires is not None
        return cls(
            id=strawberry.ID(change.id),
            act=change.act,
            state=change.state,
            own=one.own,
            author=change.author,
            rank=change.rank,
            asked_at=asked,
            expires_at=expires,
            says=[Said(field=camel(field), text=text) for field, text in one.says],
            names=[strawberry.ID(name) for name in one.names],
            settled_by=change.settled_by,
            settled_at=instant(change.settled_at),
            reason=change.reason,
            made=strawberry.ID(one.made) if one.made else None,
        )


@strawberry.type(description="A record that the officer's unit has to look at.")
class Duty:
    """A record."""

    id: strawberry.ID = strawberry.field(description="The record.")
    kind: Kind = strawberry.field(description="What it is.")
    called: list[str] = strawberry.field(description="What it is called; nothing for a child.")
    review_by: Instant = strawberry.field(description="When it lapses, or lapsed, unless it is reviewed.")
    lapsed: bool = strawberry.field(description="Whether it has lapsed: it is hidden, and purged after 30 days.")
    disputed: str | None = strawberry.field(description="What is disputed about it.")

    @classmethod
    def of(cls, one: duties.Duty) -> "Duty":
        """Give a record to look at as this type."""
        ends = instant(one.review_by)
        assert ends is not None
        return cls(
            id=strawberry.ID(one.id),
            kind=kind_of(one.kind),
            called=list(one.called),
            review_by=ends,
            lapsed=one.lapsed,
            disputed=one.disputed,
        )


@strawberry.type(description="One of two records that bear one identifier.")
class MatchedRecord:
    """A record."""

    id: strawberry.ID = strawberry.field(description="The record.")
    called: list[str] = strawberry.field(description="What it is called.")


@strawberry.type(
    description="Two records of a kind that bear an identifier which one thing of that kind bears alone; until it is "
    "asserted that they are one, that they are not, or that it cannot be told."
)
class Match:
    """A match."""

    kind: Kind = strawberry.field(description="What they are.")
    bears: ValueKind = strawberry.field(description="What identifier they share.")
    records: list[MatchedRecord] = strawberry.field(description="The two, in order of id.")

    @classmethod
    def of(cls, one: Matched) -> "Match":
        """Give a match as this type."""
        records = [MatchedRecord(id=strawberry.ID(id), called=list(called)) for id, called in one.records]
        return cls(kind=kind_of(RecordType(one.kind)), bears=ValueKind(one.bears), records=records)


@strawberry.type(description="One row of an inbox.")
class InboxEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    node: PendingChange | None = strawberry.field(description="The change that waits, of kind APPROVAL.", default=None)
    record: Duty | None = strawberry.field(
        description="The record to look at, of kinds REVIEW_DUE and DISPUTE.", default=None
    )
    match: Match | None = strawberry.field(description="The two records to judge, of kind MATCH.", default=None)


@strawberry.type(description="A page of an inbox, oldest or most urgent first; matches in an order that says nothing.")
class InboxConnection:
    """A page."""

    edges: list[InboxEdge] = strawberry.field(description="The rows, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")

    @classmethod
    def of(cls, page: inbox.Inbox) -> "InboxConnection":
        """Give a page as this type."""
        return cls._page([InboxEdge(cursor=cursor, node=PendingChange.of(one)) for cursor, one in page.rows], page.more)

    @classmethod
    def of_duties(cls, page: duties.Duties) -> "InboxConnection":
        """Give a page of records to look at as this type."""
        return cls._page([InboxEdge(cursor=cursor, record=Duty.of(one)) for cursor, one in page.rows], page.more)

    @classmethod
    def of_matches(cls, page: matching.Matches) -> "InboxConnection":
        """Give a page of matches as this type."""
        return cls._page([InboxEdge(cursor=cursor, match=Match.of(one)) for cursor, one in page.rows], page.more)

    @classmethod
    def _page(cls, edges: list[InboxEdge], more: bool) -> "InboxConnection":
        return cls(edges=edges, page_info=PageInfo.of([edge.cursor for edge in edges], more=more))


async def waiting(info: strawberry.Info, id: str) -> PendingChange:
    """Give a change as its officer sees it now."""
    return PendingChange.of(await inbox.pending_change(info.context.look, id))
