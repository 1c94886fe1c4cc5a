"""Federated answers: who was asked, who spoke, and why somebody did not."""

from enum import StrEnum

from schemas.envelope import Moment
from schemas.membership import MemberCode
from schemas.text import Line
from schemas.word import Word


class SourceState(StrEnum):
    """How one state took part in an answer. LOCAL is the node that was asked, LIVE an owner that answered now.

    Only with every addressed owner LOCAL or LIVE is an answer complete.
    """

    LOCAL = "LOCAL"
    LIVE = "LIVE"
    TIMEOUT = "TIMEOUT"
    UNREACHABLE = "UNREACHABLE"
    DENIED = "DENIED"
    STEP_UP_REQUIRED = "STEP_UP_REQUIRED"
    BREAKER_OPEN = "BREAKER_OPEN"
    INCOMPATIBLE = "INCOMPATIBLE"
    NOT_ASKED = "NOT_ASKED"


ANSWERED = frozenset({SourceState.LOCAL, SourceState.LIVE})


class ReasonCode(StrEnum):
    """Why a state did not answer, or was not asked something, as far as the node that asked can tell.

    None of them depends on what that state holds that may not be seen.
    """

    NO_ANSWER_IN_TIME = "NO_ANSWER_IN_TIME"
    NO_CONNECTION = "NO_CONNECTION"
    CERTIFICATE = "CERTIFICATE"
    NODE_NOT_READY = "NODE_NOT_READY"
    TOO_MUCH_ASKED = "TOO_MUCH_ASKED"
    REFUSED_BY_OWNER = "REFUSED_BY_OWNER"
    NOT_RECOGNISED = "NOT_RECOGNISED"
    SIGN_IN_ANEW = "SIGN_IN_ANEW"
    FAILED_BEFORE = "FAILED_BEFORE"
    CLOCK = "CLOCK"
    SCHEMA = "SCHEMA"
    ANSWER_NOT_UNDERSTOOD = "ANSWER_NOT_UNDERSTOOD"
    NOT_THE_OWNER = "NOT_THE_OWNER"
    NO_MEMBER = "NO_MEMBER"
    NOT_DISCLOSED = "NOT_DISCLOSED"
    NOT_WRITTEN = "NOT_WRITTEN"
    TOO_MANY = "TOO_MANY"
    NO_MORE_ROUNDS = "NO_MORE_ROUNDS"
    NOT_ALL_SHOWN = "NOT_ALL_SHOWN"


class SourceStatus(Word):
    """How one state took part: `latency_ms` in steps of 100, `returned` its rows, `as_of` by its own clock."""

    state: MemberCode
    status: SourceState
    latency_ms: int
    returned: int
    as_of: Moment | None
    reason: ReasonCode | None
    contact_desk: Line | None
    correlation_id: str
