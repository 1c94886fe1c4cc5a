"""Who looked at a record, as GraphQL types."""

import strawberry

from api.gql.page_info import PageInfo
from api.gql.scalars import Instant, instant
from desk import readers


@strawberry.type(description="One look at a record, as the ledger tells it.")
class Reader:
    """A look."""

    at: Instant = strawberry.field(description="When.")
    officer: str = strawberry.field(description="Who.")
    case_ref: str | None = strawberry.field(description="The case of the enquiry that it was for.")
    operation: str = strawberry.field(description="What was asked, by the names that the ledger has for it.")

    @classmethod
    def of(cls, one: readers.Reader) -> "Reader":
        """Give a look as this type."""
        at = instant(one.at)
        assert at is not None
        return cls(at=at, officer=one.officer, case_ref=one.case_ref, operation=one.operation)


@strawberry.type(description="One row of a page of looks.")
class ReaderEdge:
    """A row."""

    cursor: str = strawberry.field(description="Where this row stands.")
    node: Reader = strawberry.field(description="The look.")


@strawberry.type(description="A page of looks at a record, newest first.")
class ReaderConnection:
    """A page."""

    edges: list[ReaderEdge] = strawberry.field(description="The rows, newest first.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")

    @classmethod
    def of(cls, page: readers.Readers) -> "ReaderConnection":
        """Give a page as this type."""
        edges = [ReaderEdge(cursor=cursor, node=Reader.of(one)) for cursor, one in page.rows]
        return cls(edges=edges, page_info=PageInfo.of([cursor for cursor, _ in page.rows], more=page.more))
