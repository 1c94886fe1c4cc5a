"""What the desk answers when it does not answer: each error knows its own code, status and sentence."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from auth.policy import STEP_UP
from schemas.errors import ErrorCode, FieldProblem


class DeskError(Exception):
    """Stand under every honest refusal; `more` is what leaves beside the code."""

    status: ClassVar[int]
    code: ClassVar[ErrorCode]
    sentence: ClassVar[str]

    def __init__(self, message: str | None = None) -> None:
        """Take the class's own sentence unless a better one is given."""
        self.message = message or self.sentence
        super().__init__(self.message)

    @property
    def more(self) -> Mapping[str, Any]:
        """Give the error's further extensions."""
        return {}

    @property
    def code_for_ledger(self) -> str:
        """Give the word under which the ledger has it."""
        return self.code.value


class Unauthenticated(DeskError):
    """Nobody has proved who asks. Every reason has the same bytes."""

    status = 401
    code = ErrorCode.UNAUTHENTICATED
    sentence = "Sign in first."


class EnquiryRequired(DeskError):
    """No open enquiry of this officer was named."""

    status = 403
    code = ErrorCode.ENQUIRY_REQUIRED
    sentence = "Name an open enquiry of yours: open one, then ask with its id."


class Refused(DeskError):
    """Policy refuses: `code_for_ledger` for the ledger, the reason for the officer."""

    status = 403
    code = ErrorCode.REFUSED
    sentence = "Refused."

    def __init__(self, code_for_ledger: str, reason: str) -> None:
        """Keep both of a refusal's words apart."""
        super().__init__(reason)
        self._code_for_ledger = code_for_ledger

    @property
    def code_for_ledger(self) -> str:
        """Give policy's own word, which the caller is not told."""
        return self._code_for_ledger

    @property
    def more(self) -> Mapping[str, Any]:
        """Say whether a fresh sign-in mends it: the one thing that another state's node must tell its officer."""
        return {"stepUp": True} if self._code_for_ledger == STEP_UP else {}


class NotFound(DeskError):
    """Absent, forbidden, expired, purged or malformed: one answer."""

    status = 404
    code = ErrorCode.NOT_FOUND
    sentence = "There is nothing here under this id."


class BadInput(DeskError):
    """Something that was sent cannot stand; each problem names its field."""

    status = 400
    code = ErrorCode.BAD_INPUT
    sentence = "Some of what was sent cannot stand."

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        """Take the first problem's sentence for the whole."""
        super().__init__(problems[0].message if problems else None)
        self.problems = tuple(problems)

    @property
    def code_for_ledger(self) -> str:
        """Give the code of the first problem: a conflict is told as one."""
        return self.problems[0].code.value if self.problems else self.code.value

    @property
    def more(self) -> Mapping[str, Any]:
        """Give every problem with its path."""
        return {"problems": [problem.model_dump(mode="json") for problem in self.problems]}


class Conflict(DeskError):
    """What was asked for does not fit what is there by now."""

    status = 409
    code = ErrorCode.CONFLICT
    sentence = "It has changed since you read it: read it again."


class LimitReached(DeskError):
    """More than one officer may have."""

    status = 429
    code = ErrorCode.LIMIT
    sentence = "That is more than one officer may have."


class DeadlinePassed(DeskError):
    """The question took too long."""

    status = 504
    code = ErrorCode.DEADLINE
    sentence = "The question took too long; ask for less."


class Unavailable(DeskError):
    """A store that the answer stands on is gone for now; nothing is half done."""

    status = 503
    code = ErrorCode.UNAVAILABLE
    sentence = "The node cannot answer now; try again soon."
