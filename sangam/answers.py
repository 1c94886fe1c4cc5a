"""What a node answers, in the words of `schemas`: records with their content, links, hits, networks, pages."""

from enum import StrEnum
from typing import Generic, TypeVar

from schemas.account import AccountContent
from schemas.codes.states import StateCode
from schemas.enquiry import EnquiryContent
from schemas.envelope import Day, Moment
from schemas.gang import GangContent, Standing
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling, Level
from schemas.ids import Platform, Urn, ValueKind
from schemas.incident import IncidentContent
from schemas.link import LinkContent, LinkKind
from schemas.person import Category, Custody, PersonContent, RecordedName
from schemas.word import Word

Content = TypeVar("Content", PersonContent, GangContent, IncidentContent, AccountContent)
Item = TypeVar("Item", bound=Word)


class NodeKind(StrEnum):
    """What an answer can be about: the four records, and the bare identifier."""

    PERSON = "PERSON"
    GANG = "GANG"
    INCIDENT = "INCIDENT"
    ACCOUNT = "ACCOUNT"
    VALUE = "VALUE"


class Grading(Word):
    """Whose a link is, how good it is, and when it held true."""

    owner: StateCode
    source_grade: SourceGrade
    info_grade: InfoGrade
    valid_from: Day | None = None
    valid_to: Day | None = None


class Provenance(Grading):
    """Whose a record is, how good it is, how it may be used and when it ends."""

    unit: str
    recorded_at: Moment
    recorded_by: str
    legal_basis: str
    case_ref: str
    handling: Handling
    handling_text: str | None = None
    level: Level
    compartment: str | None = None
    onward: tuple[StateCode, ...] = ()
    review_on: Day
    expires_at: Moment


class Link(Word):
    """A dated, graded statement that joins two nodes, as it was recorded from one to the other."""

    id: Urn
    kind: LinkKind
    from_: str
    to: str
    content: LinkContent
    provenance: Grading


class Brief(Word):
    """A node in a few words: of its fields only those of its kind are filled."""

    id: str
    kind: NodeKind
    names: tuple[RecordedName, ...] = ()
    category: Category | None = None
    custody: Custody | None = None
    standing: Standing | None = None
    title: str | None = None
    demand_at: Moment | None = None
    place: str | None = None
    platform: Platform | None = None
    account_id: str | None = None
    handle: str | None = None
    identifies: ValueKind | None = None
    writings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Give what a person would call it."""
        if self.names:
            return self.names[0].text
        return self.title or self.handle or self.account_id or next(iter(self.writings), self.id)


class Joined(Word):
    """What hangs on a record, and the link that says so."""

    link: Link
    node: Brief


class Page(Word, Generic[Item]):
    """One page; `end` asks for the next if there is `more`."""

    items: tuple[Item, ...]
    more: bool
    end: str | None = None


class Record(Word, Generic[Content]):
    """A record: what it says, and whose it is. What hangs on it is asked for by connection."""

    id: Urn
    kind: NodeKind
    content: Content
    provenance: Provenance


class Identifier(Word):
    """A phone, social id or FIR number: nothing but what visible links say of it."""

    id: str
    kind: ValueKind
    writings: tuple[str, ...]


class Hit(Word):
    """What was found, how well it fits (0 to 1), and why."""

    score: float
    reasons: tuple[str, ...]
    node: Brief


class Left(Word):
    """How many visible neighbours of a node are not shown; None of a hub, from which a network does not go on."""

    id: str
    not_shown: int | None
    hub: bool


class Network(Word):
    """The network around some nodes: nodes in order of (hop, kind, id), links in order of id."""

    nodes: tuple[Brief, ...]
    links: tuple[Link, ...]
    links_cut: bool
    more: tuple[Left, ...]
    valid_at: Day | None = None


class Explanation(Word):
    """Whose a record is, why it is seen, and which other states may see it (None for another state's)."""

    id: Urn
    owner: StateCode
    reasons: tuple[str, ...]
    others: tuple[StateCode, ...] | None = None


class HeldEnquiry(EnquiryContent):
    """An enquiry of the officer who asks; its id goes with every question."""

    id: Urn
    opened_at: Moment
    closed_at: Moment | None = None


AnyRecord = Record[PersonContent] | Record[GangContent] | Record[IncidentContent] | Record[AccountContent]
