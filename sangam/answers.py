"""What a node answers, in the words of `schemas`: records with their content, links, hits, networks, pages.

A state that joined by a membership stands in it like any other, though no table of the program that asks has it.
"""

from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import SerializeAsAny

from schemas.audience import AudienceCell
from schemas.codes.statutes import StatuteKind
from schemas.codes.table import Certainty
from schemas.codes.units import UnitKind
from schemas.enquiry import EnquiryContent
from schemas.envelope import Day, Moment
from schemas.errors import FieldProblem
from schemas.federated import SourceStatus
from schemas.follower import FollowerContent
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling, Level
from schemas.ids import Urn, UrnOfAny, ValueKind
from schemas.link import LinkContent, LinkKind
from schemas.membership import MemberCode
from schemas.officer import Rank
from schemas.pending import PendingAct, PendingState
from schemas.person import RecordedName
from schemas.word import Word

Content = TypeVar("Content", bound=Word)
Item = TypeVar("Item", bound=Word)


class NodeKind(StrEnum):
    """What an answer can be about: the records, and the bare identifier."""

    PERSON = "PERSON"
    GANG = "GANG"
    INCIDENT = "INCIDENT"
    ACCOUNT = "ACCOUNT"
    VEHICLE = "VEHICLE"
    BANK_ACCOUNT = "BANK_ACCOUNT"
    WEAPON = "WEAPON"
    PLACE = "PLACE"
    PRISON_STAY = "PRISON_STAY"
    NOTICE = "NOTICE"
    CASE = "CASE"
    CHARGE_SHEET = "CHARGE_SHEET"
    DOCUMENT = "DOCUMENT"
    ASSISTANCE = "ASSISTANCE"
    VALUE = "VALUE"


class Grading(Word):
    """Whose a link is, how good it is, and when it held true."""

    owner: MemberCode
    source_grade: SourceGrade
    info_grade: InfoGrade
    valid_from: Day | None = None
    valid_to: Day | None = None


class Kept(Grading):
    """Whose something is, how good it is, how it may be used and when it ends."""

    unit: str
    recorded_at: Moment
    recorded_by: str | None
    legal_basis: str
    case_ref: str
    handling: Handling
    handling_text: str | None = None
    level: Level
    compartment: str | None = None
    onward: tuple[MemberCode, ...] = ()
    review_on: Day
    expires_at: Moment
    disputed: str | None = None


class Provenance(Kept):
    """Whose a record is, and what a revision of it names to say which reading it changes."""

    rev: str


class Link(Word):
    """A dated, graded statement that joins two nodes, as it was recorded from one to the other."""

    id: UrnOfAny
    kind: LinkKind
    from_: str
    to: str
    content: LinkContent
    provenance: Grading


class Brief(Word):
    """A node in a few words: of a record those of its content that tell it from others, of an identifier all."""

    id: str
    kind: NodeKind
    says: SerializeAsAny[Word]

    @property
    def names(self) -> tuple[RecordedName, ...]:
        """Give its names, if it is something that has names."""
        return getattr(self.says, "names", ())

    @property
    def label(self) -> str:
        """Give what a person would call it: the first that is said of it."""
        if self.names:
            return self.names[0].text
        said = (getattr(self.says, name) for name in type(self.says).model_fields)
        return next((one if isinstance(one, str) else str(one[0]) for one in said if one), self.id)


class Identifies(Word):
    """What an identifier says of itself: how visible links write it, and what it identifies."""

    writings: tuple[str, ...]
    identifies: ValueKind


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
    """A phone, plate, FIR number or other identifier: nothing but what visible links say of it."""

    id: str
    kind: ValueKind
    writings: tuple[str, ...]


class Cluster(Word):
    """Records that are said to be of one, by those of them that are in the answer; the mark is the same in any answer.

    `contested` says that it is also said of two of them that they are not.
    """

    mark: str
    contested: bool
    members: tuple[str, ...]


class Hit(Word):
    """What was found, how well it fits (0 to 1), why, and what it is said to be one with, if it is."""

    score: float
    reasons: tuple[str, ...]
    node: Brief
    cluster: Cluster | None = None


class Everywhere(Word):
    """What many states answered together: rows, each of its one owner, and how every state took part.

    `cursor` asks for the next page; None where no state that answered has more.
    """

    nodes: tuple[Brief, ...]
    sources: tuple[SourceStatus, ...]
    complete: bool
    as_of: Moment
    cursor: str | None


class Left(Word):
    """How many visible neighbours of a node are not shown; None of a hub, from which a network does not go on."""

    id: str
    not_shown: int | None
    hub: bool


class Network(Word):
    """The network around some nodes: nodes in order of (hop, kind, id), links in order of id.

    `assertions` are of its records and records of other states, to which they lead by their ids there. By `export_id`
    it can be taken away as files, for the same enquiry.
    """

    nodes: tuple[Brief, ...]
    links: tuple[Link, ...]
    links_cut: bool
    more: tuple[Left, ...]
    clusters: tuple[Cluster, ...] = ()
    assertions: tuple[Link, ...] = ()
    valid_at: Day | None = None
    known_at: Moment | None = None
    export_id: str


class Step(Word):
    """One link of a path, and how many others join the same two nodes."""

    link: Link
    others: int


class Path(Word):
    """One path: its nodes from end to end, and the link between each two."""

    nodes: tuple[Brief, ...]
    steps: tuple[Step, ...]


class Paths(Word):
    """The shortest paths between two nodes, in order of (number of links, ids of their nodes).

    They were looked for up to `searched_hops` links; `more` says that there are others of no more links than that,
    `cut` that longer ones were not looked for because too many links lie between.
    """

    paths: tuple[Path, ...]
    searched_hops: int
    more: bool
    cut: bool
    valid_at: Day | None = None
    known_at: Moment | None = None


class Explanation(Word):
    """Whose a record is, why it is seen, and which other states may see it (None for another state's)."""

    id: Urn
    owner: MemberCode
    reasons: tuple[str, ...]
    others: tuple[MemberCode, ...] | None = None


class FieldChange(Word):
    """One field that a change moved, named as in our words, and what it said before and after, in plain words."""

    field: str
    before: str | None = None
    after: str | None = None


class Change(Word):
    """One change of a record; `by` and `enquiry` are told to officers of the owner's state."""

    at: Moment
    by: str | None = None
    reason: str | None = None
    enquiry: str | None = None
    fields: tuple[FieldChange, ...] = ()


class History(Word):
    """The changes of a record, newest first, and whether there are older ones."""

    changes: tuple[Change, ...]
    more: bool


class Reader(Word):
    """One look at a record: who, when, for which case, and what was asked, by the names that the ledger has for it."""

    at: Moment
    officer: str
    case_ref: str | None = None
    operation: str


class OfferedStatute(Word):
    """A section of law in force on a day: `key` is what a record takes."""

    key: str
    act: str
    title: str
    kind: StatuteKind
    certainty: Certainty


class OfferedUnit(Word):
    """A unit that stands on a day: `code` is what a record takes."""

    code: str
    name: str
    kind: UnitKind
    parent: str | None = None
    certainty: Certainty


class SaidField(Word):
    """One field of a change that waits, named as in our words, and what it would say, in plain words."""

    field: str
    text: str


class PendingChange(Word):
    """A change that waits, or waited, for a second officer.

    `says` and `names` are given while it waits; `made` is the record that it made or changed, once approved.
    """

    id: Urn
    act: PendingAct
    state: PendingState
    own: bool
    author: str
    rank: Rank
    asked_at: Moment
    expires_at: Moment
    says: tuple[SaidField, ...] = ()
    names: tuple[Urn, ...] = ()
    settled_by: str | None = None
    settled_at: Moment | None = None
    reason: str | None = None
    made: Urn | None = None


class Duty(Word):
    """A record that the officer's unit must review, or that is disputed; `called` is what it is called by."""

    id: Urn
    kind: NodeKind
    called: tuple[str, ...] = ()
    review_by: Moment
    lapsed: bool
    disputed: str | None = None


class MatchedRecord(Word):
    """One of two records that bear one identifier; `called` is what it is called by."""

    id: Urn
    called: tuple[str, ...] = ()


class Match(Word):
    """Two records of a kind that bear one identifier, of which nothing is asserted yet, in order of id."""

    kind: NodeKind
    bears: ValueKind
    records: tuple[MatchedRecord, MatchedRecord]


class Renewed(Word):
    """What became of one review of many: nothing is wrong with one that was done."""

    id: str
    problems: tuple[FieldProblem, ...] = ()


class FollowerAct(Word):
    """One act of one who follows an account; `follower` is a sign that acts of the same one share in a quarter."""

    id: Urn
    follower: str
    content: FollowerContent
    provenance: Kept


class AudienceSnapshot(Word):
    """How many followed an account on a day, as published; `growth` is from the one before, None for the first."""

    id: Urn
    taken_on: Day
    total: int
    growth: int | None = None
    cells: tuple[AudienceCell, ...]
    provenance: Kept


class HeldEnquiry(EnquiryContent):
    """An enquiry of the officer who asks; its id goes with every question."""

    id: Urn
    opened_at: Moment
    closed_at: Moment | None = None


AnyRecord: TypeAlias = Record[Any]
