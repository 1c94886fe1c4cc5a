"""Grant: what one person may see and do for one enquiry, at one moment. Only `auth.policy` makes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    """How a statement looks: each mode has its own list of classes in a grant."""

    READ = "read"
    WALK = "walk"
    REFERENCE = "reference"
    APPROVE = "approve"
    REVIEW = "review"
    PURGE = "purge"
    MATCH = "match"
    RELEASE = "release"
    KEEP = "keep"


class Action(StrEnum):
    """What a grant allows beyond seeing."""

    ASK = "ASK"
    RECORD = "RECORD"
    WITHDRAW = "WITHDRAW"
    APPROVE = "APPROVE"
    REVIEW = "REVIEW"
    KEEP = "KEEP"


@dataclass(frozen=True, slots=True)
class Grant:
    """One decision, carried by every question.

    `bit` is 2**number of the viewer's state. `comps` holds '' explicitly where records without a compartment may be
    seen. `classes` maps a mode to its list, already worked out for category, purpose and own or foreign officer.
    `enquiry` is None for a job, whose run stands on the ledger instead.
    """

    officer: str
    state: str
    bit: int
    level: int
    comps: tuple[str, ...]
    classes: Mapping[Mode, tuple[str, ...]]
    enquiry: str | None
    may: frozenset[Action]
    at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing may be seen: the reason for the officer, the code for the ledger."""

    code: str
    reason: str
