"""Hearing: what a node last heard of one peer, beside the questions that officers ask."""

from typing import Annotated

from pydantic import Field

from schemas.envelope import Moment
from schemas.federated import ReasonCode, SourceState
from schemas.membership import MOST_HANDOVERS, Handover, MemberCode
from schemas.word import Word


class Hearing(Word):
    """How a peer stood when it was last asked, and since when it does; its membership, and what it said of its keys.

    `status` is LIVE, TIMEOUT, UNREACHABLE, DENIED or INCOMPATIBLE; `version` is None before it was heard for the first
    time.
    """

    state: MemberCode
    status: SourceState
    reason: ReasonCode | None = None
    since: Moment
    at: Moment
    version: int | None = None
    handovers: Annotated[tuple[Handover, ...], Field(max_length=MOST_HANDOVERS)] = ()
