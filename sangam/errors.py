"""What a client raises: a node's own words for why there is no answer, or that no node answered."""

from collections.abc import Mapping
from typing import Any

from sangam.answers import PendingChange
from schemas.errors import ErrorCode, FieldProblem


class SangamError(Exception):
    """Stand under everything that a client raises."""


class Unavailable(SangamError):
    """No node answered, or a store that it stands on is gone for now; nothing is known to be done."""


class Refused(SangamError):
    """The node answered that there is no answer: `code` says why, `problems` which fields are at fault.

    `data` is what was answered beside the error, if anything was.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        problems: tuple[FieldProblem, ...] = (),
        *,
        reference: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep the code, the sentence and the problems as the node gave them."""
        super().__init__(message)
        self.code = code
        self.problems = problems
        self.reference = reference
        self.data = data


class Waits(SangamError):
    """What was asked for is not done: it waits for a second officer, as `change`."""

    def __init__(self, change: PendingChange) -> None:
        """Keep the change that waits."""
        super().__init__("This waits for a second officer.")
        self.change = change
