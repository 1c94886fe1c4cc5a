"""Changes that wait for a second officer: what they are, where they stand, and which may be decided how."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from schemas.assistance import AssistanceContent
from schemas.envelope import Marking
from schemas.ids import Urn
from schemas.imported import ImportReport
from schemas.link import LinkContent, LinkKind
from schemas.person import PROTECTED, Category
from schemas.text import Prose
from schemas.word import Word


class PendingAct(StrEnum):
    """What a change that waits would do."""

    MEMBERSHIP = "MEMBERSHIP"
    ASSISTANCE = "ASSISTANCE"
    ASSISTANCE_LINK = "ASSISTANCE_LINK"
    CATEGORY = "CATEGORY"
    IMPORT = "IMPORT"
    GRANT = "GRANT"


class PendingState(StrEnum):
    """Where a change stands: OPEN waits, and every other state is its end."""

    OPEN = "OPEN"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class InboxKind(StrEnum):
    """What waits in an officer's inbox."""

    APPROVAL = "APPROVAL"
    MATCH = "MATCH"
    REVIEW_DUE = "REVIEW_DUE"
    DISPUTE = "DISPUTE"


Stood = dict[Urn, str]
"""At which version each record stood that a change names, when it was asked for."""


class LinkAsked(Word):
    """A membership, or who gave or got an act of help, as it was asked for; `makes` is the id of the link."""

    makes: Urn
    kind: LinkKind
    from_: Urn
    to: Urn
    marking: Marking
    content: LinkContent
    stood: Stood = Field(default_factory=dict)


class AssistanceAsked(Word):
    """An act of help as it was asked for; `makes` is the id of its record."""

    makes: Urn
    marking: Marking
    content: AssistanceContent
    stood: Stood = Field(default_factory=dict)


class CategoryAsked(Word):
    """A move up in category as it was asked for of the person `makes`, as they were read with `rev`.

    `marking` holds what some fields of the marking shall say; `link` is the id of the link to the document.
    """

    makes: Urn
    rev: str
    before: Category
    category: Category
    marking: dict[str, Any]
    reason: Prose
    document: Urn
    link: Urn
    stood: Stood = Field(default_factory=dict)


class ImportAsked(Word):
    """A run of an import as it was asked for, whose id is `makes`.

    `things` counts its records and links, `held` those of the links that are drawn with its approval, and `ids` is the
    keyed digest of all their ids.
    """

    makes: Urn
    things: int
    held: int
    ids: str
    report: ImportReport
    stood: Stood = Field(default_factory=dict)


Asked = LinkAsked | AssistanceAsked | CategoryAsked | ImportAsked

# A grant of level and compartments lies in the register alone, as nothing of it is intelligence.
ASKED: dict[PendingAct, type[Asked]] = {
    PendingAct.MEMBERSHIP: LinkAsked,
    PendingAct.ASSISTANCE: AssistanceAsked,
    PendingAct.ASSISTANCE_LINK: LinkAsked,
    PendingAct.CATEGORY: CategoryAsked,
    PendingAct.IMPORT: ImportAsked,
}

# The graver what a record says of a person, the further on. What is protected stands before all of it.
_LADDER = (
    Category.ACQUITTED_DISCHARGED,
    Category.CONTACT,
    Category.ASSOCIATE,
    Category.SUSPECT,
    Category.ACCUSED_CHARGED,
    Category.PROCLAIMED,
    Category.CONVICTED,
)


def moves_up(before: Category, after: Category) -> bool:
    """Say whether a record says something graver of its person afterwards."""
    return _step(after) > _step(before)


def may_move(before: Category, after: Category) -> bool:
    """Say whether one record may go from a category to another: what is protected is not led out of it.

    What a victim, witness, complainant or child is in another case is another record. Other protection than a child's
    is weaker, and is not a child's either.
    """
    if before not in PROTECTED or before is after:
        return True
    return after in PROTECTED and Category.CHILD_IN_CONFLICT not in (before, after)


def _step(category: Category) -> int:
    return -1 if category in PROTECTED else _LADDER.index(category)
