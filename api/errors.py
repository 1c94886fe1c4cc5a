"""What goes wrong, as the caller is told of it: a sentence, a code, and the field it belongs to; never a stack.

The one handler: an error of the desk knows its own answer, a refusal of ours too, bad variables are BAD_INPUT, and
whatever else it is becomes INTERNAL with a reference number, which the log has with the kind and place of the error
and nothing of its data.
"""

import logging
import re
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from api.limits import DocumentRefused
from api.wire import HttpRefused
from desk.errors import DeadlinePassed, DeskError, Unauthenticated, Unavailable
from graph.errors import GraphUnavailable, TooMuchAsked
from graph.session import GraphDeadline
from register.store import RegisterUnavailable
from schemas.errors import ErrorCode, FieldProblem

_log = logging.getLogger("sangam.api")

_AWAY = "The node cannot answer now; ask again in a moment."
_LATE = "The question took too long; ask for less."
_TOO_MUCH = "That is more than one question may look at; ask for fewer rows, or of fewer records, at once."
_SOMETHING = "Something went wrong. Give the reference number to whoever runs this node."
# graphql-core says which variable, where in it, and then the caller's value, which stays here.
_VARIABLE = re.compile(
    r"Variable '\$(?P<name>\w{1,128})' has invalid (?:default )?value(?: at (?P<path>[\w.\[\]]{1,200}))?:"
)


def new_reference() -> str:
    """Make a reference number that says nothing but which line of the log is meant."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as it leaves: `status` is for an answer that holds nothing else."""

    code: ErrorCode
    message: str
    status: int
    path: list[str | int] | None = None
    at: tuple[int, int] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    code_for_ledger: str | None = None

    def told(self) -> str:
        """Give the code as the ledger is told it."""
        return self.code_for_ledger or self.code.value

    def said(self) -> dict[str, Any]:
        """Give the error as GraphQL writes it."""
        said: dict[str, Any] = {"message": self.message, "extensions": {"code": self.code.value, **self.more}}
        if self.path is not None:
            said["path"] = self.path
        if self.at is not None:
            said["locations"] = [{"line": self.at[0], "column": self.at[1]}]
        return said


class Masker:
    """The one handler of errors; reference numbers are handed in."""

    def __init__(self, reference: Callable[[], str]) -> None:
        self._reference = reference

    def of(self, error: BaseException, path: list[str | int] | None = None) -> Problem:
        """Say what the caller is told of an error."""
        if isinstance(error, DeskError):
            return _of_desk(error, path)
        if (away := _of_store(error, path)) is not None:
            return away
        if isinstance(error, DocumentRefused):
            return Problem(error.code, error.message, 400, at=error.at)
        if isinstance(error, HttpRefused):
            return Problem(error.code, error.message, error.status)
        return self._unknown(error, path)

    def of_execution(self, error: GraphQLError) -> Problem:
        """Say what the caller is told of an error of one field, or of variables that do not fit."""
        cause = _cause(error)
        if isinstance(cause, DeskError):
            return _of_desk(cause, error.path)
        if (away := _of_store(cause, error.path)) is not None:
            return away
        if error.path is None and (variable := _VARIABLE.match(error.message)):
            where = variable["name"] + (variable["path"] or "")
            problem = FieldProblem(path=where, message=f"The variable {where} does not fit its type.")
            more = {"problems": [problem.model_dump(mode="json")]}
            return Problem(ErrorCode.BAD_INPUT, problem.message, 400, more=more)
        if cause is error:
            # The library's own: too many bad variables, or an argument that is null where it may not be.
            return Problem(ErrorCode.BAD_INPUT, "A value does not fit its place.", 400, error.path)
        return self._unknown(cause, error.path)

    def deadline(self) -> Problem:
        """Say that a question took too long."""
        return _of_desk(DeadlinePassed(), None)

    def _unknown(self, error: BaseException, path: list[str | int] | None) -> Problem:
        reference = self._reference()
        frames = traceback.extract_tb(error.__traceback__)
        places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        _log.error("%s %s.%s in %s", reference, type(error).__module__, type(error).__qualname__, places)
        return Problem(ErrorCode.INTERNAL, _SOMETHING, 500, path, more={"reference": reference})


def _cause(error: GraphQLError) -> BaseException:
    """Follow a GraphQL error to what was raised in the first place."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _of_store(error: BaseException, path: list[str | int] | None) -> Problem | None:
    """Say that a store is away or too slow, in the same words whichever it is, or that too much was asked of it."""
    if isinstance(error, GraphUnavailable | RegisterUnavailable):
        _tell(error)
        return Problem(ErrorCode.UNAVAILABLE, _AWAY, 503, path)
    if isinstance(error, GraphDeadline):
        return Problem(ErrorCode.DEADLINE, _LATE, 504, path)
    if isinstance(error, TooMuchAsked):
        return Problem(ErrorCode.LIMIT, _TOO_MUCH, 429, path)
    return None


def _tell(error: BaseException) -> None:
    """Say to who runs the node, and not to the caller, which store it is that fails, and by what."""
    cause = error.__cause__
    if isinstance(error, Unavailable) and isinstance(cause, GraphUnavailable | RegisterUnavailable):
        error, cause = cause, cause.__cause__
    _log.warning("%s", error if cause is None else f"{error} ({_by(cause)})")


def _by(cause: BaseException) -> str:
    """Name what a store failed by, in its own code and without its message, which may hold what was asked."""
    own = getattr(cause, "orig", cause)
    code = getattr(own, "sqlite_errorname", None) or getattr(own, "code", None)
    return " ".join([type(own).__name__, *([str(code)] if code else [])])


def _of_desk(error: DeskError, path: list[str | int] | None) -> Problem:
    if isinstance(error, Unavailable):
        _tell(error)
    # One sentence for every failure to prove who one is, whatever was raised with it.
    message = Unauthenticated.sentence if error.code is ErrorCode.UNAUTHENTICATED else error.message
    return Problem(error.code, message, error.status, path, more=error.more, code_for_ledger=error.code_for_ledger)
