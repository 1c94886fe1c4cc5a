"""The answers that are not answers: codes an officer's program can rely on, and the problems of a field."""

from enum import StrEnum

from schemas.word import Word


class ErrorCode(StrEnum):
    """Every `extensions.code` that can leave a node."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    ENQUIRY_REQUIRED = "ENQUIRY_REQUIRED"
    REFUSED = "REFUSED"
    NOT_FOUND = "NOT_FOUND"
    BAD_INPUT = "BAD_INPUT"
    CONFLICT = "CONFLICT"
    NEEDS_APPROVAL = "NEEDS_APPROVAL"
    LIMIT = "LIMIT"
    DEADLINE = "DEADLINE"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class FieldProblem(Word):
    """What is wrong with one field of a change, in the officer's words."""

    path: str
    message: str
    code: ErrorCode = ErrorCode.BAD_INPUT
