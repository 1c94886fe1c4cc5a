"""Where a page ends."""

import strawberry


@strawberry.type(description="Where a page ends and how to ask the next.")
class PageInfo:
    """One page's end."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    end_cursor: str | None = strawberry.field(description="What to give as `after` for the next page.")
