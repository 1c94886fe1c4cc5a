"""What a document declares of itself: how long a page it may ask (`api/limits.py` reads it)."""

from typing import Annotated

import strawberry
from strawberry.directive import DirectiveLocation

from api.limits import MAX_DECLARED_PAGE

_SAID = "Pages longer than 50 rows, up to so many. Only a document that the node trusts may say so."
_MOST = f"The longest page, at most {MAX_DECLARED_PAGE:,} rows, written as a number."


@strawberry.directive(name="page", locations=[DirectiveLocation.QUERY], description=_SAID)
def page(most: Annotated[int, strawberry.argument(description=_MOST)]) -> None:
    """Declare longer pages; nothing runs, the document is read."""
