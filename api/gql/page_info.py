"""Where a page ends."""

from collections.abc import Sequence

import strawberry


@strawberry.type(description="Where a page ends and how to ask the next.")
class PageInfo:
    """One page's end."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    end_cursor: str | None = strawberry.field(description="What to give as `after` for the next page.")

    @classmethod
    def of(cls, cursors: Sequence[str], *, more: bool) -> "PageInfo":
        """Give the end of a page of which these are the cursors, in order."""
        return cls(has_next_page=more, end_cursor=cursors[-1] if cursors else None)
