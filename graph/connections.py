"""What hangs on what: each connection of a record or identifier, the links it follows and the kind at its far end."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from schemas.ids import RecordType
from schemas.link import LinkContent, LinkKind
from schemas.person import REFERRED, Category
from schemas.records import RECORDS


class Kind(StrEnum):
    """What a node of the graph can be: the records, and a bare identifier."""

    PERSON = "person"
    GANG = "gang"
    INCIDENT = "incident"
    ACCOUNT = "account"
    VEHICLE = "vehicle"
    BANK_ACCOUNT = "bankaccount"
    WEAPON = "weapon"
    PLACE = "place"
    PRISON_STAY = "prisonstay"
    NOTICE = "notice"
    CASE = "case"
    CHARGE_SHEET = "chargesheet"
    DOCUMENT = "document"
    ASSISTANCE = "assistance"
    VALUE = "value"


LABEL = {Kind(word.type.value): word.label for word in RECORDS.values()} | {Kind.VALUE: "Value"}


def kind_of(record: RecordType) -> Kind:
    """Give the kind of a record type."""
    return Kind(record.value)


class Direction(StrEnum):
    """Which way a connection follows its links."""

    OUT = "OUT"
    IN = "IN"
    BOTH = "BOTH"


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection, in a sentence what it leads to.

    `walk` keeps the protected out even where they may be read; `classes`, if there are any, are all that it leads to.
    """

    name: str
    kinds: tuple[LinkKind, ...]
    direction: Direction
    far: Kind
    leads_to: str
    walk: bool = False
    classes: tuple[str, ...] = ()


def _out(name: str, leads_to: str, far: Kind, kinds: str) -> Connection:
    return _row(name, leads_to, far, kinds, Direction.OUT)


def _in(name: str, leads_to: str, far: Kind, kinds: str) -> Connection:
    return _row(name, leads_to, far, kinds, Direction.IN)


def _both(name: str, leads_to: str, far: Kind, kinds: str) -> Connection:
    return _row(name, leads_to, far, kinds, Direction.BOTH)


def _row(
    name: str, leads_to: str, far: Kind, kinds: str, direction: Direction, *, protected: Iterable[str] = ()
) -> Connection:
    """Make a row; of those that lead to persons only one that says so leads to the protected too, of these classes."""
    classes = tuple(sorted(protected))
    walk = far is Kind.PERSON and not classes
    return Connection(name, tuple(map(LinkKind, kinds.split())), direction, far, leads_to, walk, classes)


# A child in conflict with the law is read by id; no list, number or name leads there.
SEARCHED = frozenset(Category) - {Category.CHILD_IN_CONFLICT}

_PURSUED = "SUSPECT_IN ACCUSED_IN CONVICTED_IN"
_PROTECTED_IN = "VICTIM_OF WITNESS_OF COMPLAINANT_OF"
_ASSERTED = "SAME_AS NOT_SAME_AS UNSURE"
_SOURCES = _out("documents", "Documents that it rests on.", Kind.DOCUMENT, "DERIVED_FROM")


def _asserted(kind: Kind) -> Iterable[Connection]:
    """Give what another record of the same kind is told by: nobody asserts what an identifier is."""
    if kind is not Kind.VALUE:
        yield _both("same_as", "Records said to be of the same, or not to be, or perhaps.", kind, _ASSERTED)


CONNECTIONS: dict[Kind, dict[str, Connection]] = {
    kind: {row.name: row for row in (*rows, *_asserted(kind))}
    for kind, rows in {
        Kind.PERSON: (
            _out("memberships", "Gangs that the person is said to belong to.", Kind.GANG, "MEMBER_OF"),
            _out("accounts", "Social accounts that the person uses or runs.", Kind.ACCOUNT, "USES_ACCOUNT CONTROLS"),
            _out("phones", "Phones that the person uses.", Kind.VALUE, "USES_PHONE"),
            _out("identifiers", "Other identifiers of the person.", Kind.VALUE, "IDENTIFIED_BY"),
            _out("incidents", "Incidents that the person has a part in.", Kind.INCIDENT, f"{_PURSUED} {_PROTECTED_IN}"),
            _both(
                "associates",
                "Persons associated with this one; never a victim, witness or complainant.",
                Kind.PERSON,
                "ASSOCIATE_OF MET_WITH",
            ),
            _out("vehicles", "Vehicles that the person uses.", Kind.VEHICLE, "USES_VEHICLE"),
            _out(
                "bank_accounts",
                "Bank accounts that the person uses or controls.",
                Kind.BANK_ACCOUNT,
                "USES_ACCOUNT CONTROLS",
            ),
            _out("cases", "Cases that the person has a part in.", Kind.CASE, f"CO_ACCUSED_IN {_PURSUED}"),
            _out("charge_sheets", "Charge-sheets that name the person.", Kind.CHARGE_SHEET, "CHARGED_BY"),
            _out("notices", "Notices that look for the person.", Kind.NOTICE, "SUBJECT_OF"),
            _out("prison_stays", "Stays of the person in prison.", Kind.PRISON_STAY, "LODGED_IN"),
            _out("places", "Places where the person lives or was seen.", Kind.PLACE, "ADDRESS_AT SEEN_AT"),
            _out("assisted", "Acts by which the person is said to have helped.", Kind.ASSISTANCE, "GAVE"),
            _in("helped_by", "Acts by which the person is said to have been helped.", Kind.ASSISTANCE, "GIVEN_TO"),
            _SOURCES,
        ),
        Kind.GANG: (
            _in("members", "Persons said to belong to it.", Kind.PERSON, "MEMBER_OF"),
            _both("rivals", "Gangs that it fights.", Kind.GANG, "RIVAL_OF"),
            _both("allies", "Gangs that it works with.", Kind.GANG, "ALLIED_WITH"),
            _out("split_from", "Gangs that it split from.", Kind.GANG, "SPLIT_FROM"),
            _in("splinters", "Gangs that split from it.", Kind.GANG, "SPLIT_FROM"),
            _in(
                "incidents",
                "Incidents that it claimed or that are attributed to it.",
                Kind.INCIDENT,
                "CLAIMED_BY ATTRIBUTED_TO",
            ),
            _out("accounts", "Social accounts that it controls.", Kind.ACCOUNT, "CONTROLS"),
            _out("bank_accounts", "Bank accounts that it controls.", Kind.BANK_ACCOUNT, "CONTROLS"),
            _out("charge_sheets", "Charge-sheets for its acts.", Kind.CHARGE_SHEET, "CHARGED_BY"),
            _in("helped_by", "Acts by which it is said to have been helped.", Kind.ASSISTANCE, "GIVEN_TO"),
            _SOURCES,
        ),
        Kind.INCIDENT: (
            _in("persons", "Persons suspected, accused or convicted in it.", Kind.PERSON, _PURSUED),
            _row(
                "protected",
                "Victims, witnesses and complainants, where the purpose may read them.",
                Kind.PERSON,
                _PROTECTED_IN,
                Direction.IN,
                protected=REFERRED,
            ),
            _out("claimed_by", "Gangs said to have claimed it.", Kind.GANG, "CLAIMED_BY"),
            _out("attributed_to", "Gangs that the police attribute it to.", Kind.GANG, "ATTRIBUTED_TO"),
            _in("phones", "Phones used in it.", Kind.VALUE, "USED_IN"),
            _in("accounts", "Social accounts used in it.", Kind.ACCOUNT, "USED_IN"),
            _in("bank_accounts", "Bank accounts used in it.", Kind.BANK_ACCOUNT, "USED_IN"),
            _in("vehicles", "Vehicles used in it.", Kind.VEHICLE, "USED_IN"),
            _in("weapons", "Weapons used in it.", Kind.WEAPON, "USED_IN"),
            _out("places", "Where it happened.", Kind.PLACE, "OCCURRED_AT"),
            _out("cases", "Cases that it is recorded in.", Kind.CASE, "RECORDED_IN"),
            _out("firs", "First information reports of it.", Kind.VALUE, "IDENTIFIED_BY"),
            _SOURCES,
        ),
        Kind.ACCOUNT: (
            _in("persons", "Persons said to use or control it.", Kind.PERSON, "USES_ACCOUNT CONTROLS"),
            _in("gangs", "Gangs said to control it.", Kind.GANG, "CONTROLS"),
            _out("incidents", "Incidents that it was used in.", Kind.INCIDENT, "USED_IN"),
            _out(
                "identifiers",
                "Its identifier, shared by all records of the same account.",
                Kind.VALUE,
                "IDENTIFIED_BY",
            ),
            _SOURCES,
        ),
        Kind.VEHICLE: (
            _in("persons", "Persons said to use it.", Kind.PERSON, "USES_VEHICLE"),
            _out("incidents", "Incidents that it was used in.", Kind.INCIDENT, "USED_IN"),
            _out("places", "Where it was seen.", Kind.PLACE, "SEEN_AT"),
            _out("notices", "Notices that look for it.", Kind.NOTICE, "SUBJECT_OF"),
            _out("identifiers", "Its plates, shared by all records of the same vehicle.", Kind.VALUE, "IDENTIFIED_BY"),
            _SOURCES,
        ),
        Kind.BANK_ACCOUNT: (
            _in("persons", "Persons said to use or control it.", Kind.PERSON, "USES_ACCOUNT CONTROLS"),
            _in("gangs", "Gangs said to control it.", Kind.GANG, "CONTROLS"),
            _out("incidents", "Incidents that it was used in.", Kind.INCIDENT, "USED_IN"),
            _out("identifiers", "Its number and payment addresses.", Kind.VALUE, "IDENTIFIED_BY"),
            _SOURCES,
        ),
        Kind.WEAPON: (
            _out("incidents", "Incidents that it was used in.", Kind.INCIDENT, "USED_IN"),
            _SOURCES,
        ),
        Kind.PLACE: (
            _in("persons", "Persons who live there or were seen there.", Kind.PERSON, "ADDRESS_AT SEEN_AT"),
            _in("vehicles", "Vehicles that were seen there.", Kind.VEHICLE, "SEEN_AT"),
            _in("incidents", "Incidents that happened there.", Kind.INCIDENT, "OCCURRED_AT"),
            _SOURCES,
        ),
        Kind.PRISON_STAY: (
            _in("persons", "The person who was held.", Kind.PERSON, "LODGED_IN"),
            _out("identifiers", "The number of the prisoner.", Kind.VALUE, "IDENTIFIED_BY"),
            _SOURCES,
        ),
        Kind.NOTICE: (
            _in("persons", "Persons that it looks for.", Kind.PERSON, "SUBJECT_OF"),
            _in("vehicles", "Vehicles that it looks for.", Kind.VEHICLE, "SUBJECT_OF"),
            _out("identifiers", "The numbers under which it was issued.", Kind.VALUE, "IDENTIFIED_BY"),
            _SOURCES,
        ),
        Kind.CASE: (
            _in("persons", "Persons suspected, accused or convicted in it.", Kind.PERSON, f"CO_ACCUSED_IN {_PURSUED}"),
            _in("incidents", "Incidents that are recorded in it.", Kind.INCIDENT, "RECORDED_IN"),
            _out("identifiers", "Its FIR and CNR numbers.", Kind.VALUE, "IDENTIFIED_BY"),
            _SOURCES,
        ),
        Kind.CHARGE_SHEET: (
            _in("persons", "Persons that it names.", Kind.PERSON, "CHARGED_BY"),
            _in("gangs", "Gangs for whose acts it is.", Kind.GANG, "CHARGED_BY"),
            _out("identifiers", "Its number, and the FIR that it is filed in.", Kind.VALUE, "IDENTIFIED_BY"),
            _SOURCES,
        ),
        Kind.DOCUMENT: (
            _in("persons", "Persons whose record rests on it.", Kind.PERSON, "DERIVED_FROM"),
            _in("gangs", "Gangs whose record rests on it.", Kind.GANG, "DERIVED_FROM"),
            _in("incidents", "Incidents whose record rests on it.", Kind.INCIDENT, "DERIVED_FROM"),
            _in("cases", "Cases whose record rests on it.", Kind.CASE, "DERIVED_FROM"),
            _in("assistances", "Acts of help whose record rests on it.", Kind.ASSISTANCE, "DERIVED_FROM"),
        ),
        Kind.ASSISTANCE: (
            _in("persons", "Persons said to have given the help.", Kind.PERSON, "GAVE"),
            _out("given_to", "Persons said to have been helped.", Kind.PERSON, "GIVEN_TO"),
            _out("given_to_gangs", "Gangs said to have been helped.", Kind.GANG, "GIVEN_TO"),
            _SOURCES,
        ),
        Kind.VALUE: (
            _row(
                "persons",
                "Persons recorded as using it.",
                Kind.PERSON,
                "USES_PHONE IDENTIFIED_BY",
                Direction.IN,
                protected=SEARCHED,
            ),
            _in("accounts", "Social accounts that it identifies.", Kind.ACCOUNT, "IDENTIFIED_BY"),
            _both(
                "incidents",
                "Incidents that it was used in or that it numbers.",
                Kind.INCIDENT,
                "USED_IN IDENTIFIED_BY",
            ),
            _both("calls", "Phones that it called or that called it.", Kind.VALUE, "CALLED"),
            _in("vehicles", "Vehicles that bear it.", Kind.VEHICLE, "IDENTIFIED_BY"),
            _in("bank_accounts", "Bank accounts that it identifies.", Kind.BANK_ACCOUNT, "IDENTIFIED_BY"),
            _in("cases", "Cases that it numbers.", Kind.CASE, "IDENTIFIED_BY"),
            _in("charge_sheets", "Charge-sheets that it numbers.", Kind.CHARGE_SHEET, "IDENTIFIED_BY"),
            _in("notices", "Notices that it numbers.", Kind.NOTICE, "IDENTIFIED_BY"),
            _in("prison_stays", "Stays in prison that it numbers.", Kind.PRISON_STAY, "IDENTIFIED_BY"),
        ),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Attached:
    """What names a record in a property, and is joined to nothing: its field, its label and what it says.

    `beside` is what another one tells of it: of an act the first of the same follower, of an audience the one before.
    """

    name: str
    label: str
    leads_to: str
    fields: tuple[str, ...]
    beside: str


FOLLOWER_ACTS = Attached(
    "follower_acts",
    "Follower",
    "Acts that matter of those who follow it, newest first: under pseudonyms, and leading to nobody.",
    ("act", "happened_on", "section"),
    "follower",
)
AUDIENCE = Attached(
    "audience",
    "Audience",
    "How many follow it, as published week by week, newest first.",
    ("taken_on", "total", "cells"),
    "growth",
)
ATTACHED: dict[Kind, dict[str, Attached]] = {
    kind: {one.name: one for one in (FOLLOWER_ACTS, AUDIENCE) if kind is Kind.ACCOUNT} for kind in Kind
}

# What a version says beyond its gate, by kind, as the properties are named.
ENVELOPE_FIELDS = [
    "owner",
    "unit",
    "valid_from",
    "valid_to",
    "recorded_at",
    "recorded_by",
    "legal_basis",
    "case_ref",
    "source_grade",
    "info_grade",
    "handling",
    "handling_text",
    "onward",
    "review_on",
    "expires_at",
]

# What a record's version says of it where somebody disputes it; a link says nothing of the kind.
DISPUTED = "disputed"

# Why a version was written, and for which enquiry: for the history of a record.
HISTORY_FIELDS = ("because", "for_enquiry")

CONTENT_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind(word.type.value): (*word.content.model_fields, *word.content.model_computed_fields)
    for word in RECORDS.values()
} | {Kind.VALUE: ("writings",)}

LINK_FIELDS = tuple(LinkContent.model_fields)
