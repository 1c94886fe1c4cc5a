"""Links: the whitelist of relations, their ends, and what each may say of itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictInt

from schemas.ids import RecordType, ValueKind
from schemas.text import Line, Prose
from schemas.word import Word


class LinkKind(StrEnum):
    """The relations that this node records. Rows that need words not yet here wait for them."""

    MEMBER_OF = "MEMBER_OF"
    RIVAL_OF = "RIVAL_OF"
    ALLIED_WITH = "ALLIED_WITH"
    SPLIT_FROM = "SPLIT_FROM"
    ASSOCIATE_OF = "ASSOCIATE_OF"
    MET_WITH = "MET_WITH"
    CO_ACCUSED_IN = "CO_ACCUSED_IN"
    CALLED = "CALLED"
    USES_PHONE = "USES_PHONE"
    USES_ACCOUNT = "USES_ACCOUNT"
    USES_VEHICLE = "USES_VEHICLE"
    CONTROLS = "CONTROLS"
    SUSPECT_IN = "SUSPECT_IN"
    ACCUSED_IN = "ACCUSED_IN"
    CONVICTED_IN = "CONVICTED_IN"
    USED_IN = "USED_IN"
    CLAIMED_BY = "CLAIMED_BY"
    ATTRIBUTED_TO = "ATTRIBUTED_TO"
    SEEN_AT = "SEEN_AT"
    LODGED_IN = "LODGED_IN"
    GAVE = "GAVE"
    GIVEN_TO = "GIVEN_TO"
    IDENTIFIED_BY = "IDENTIFIED_BY"
    VICTIM_OF = "VICTIM_OF"
    WITNESS_OF = "WITNESS_OF"
    COMPLAINANT_OF = "COMPLAINANT_OF"
    OCCURRED_AT = "OCCURRED_AT"
    ADDRESS_AT = "ADDRESS_AT"
    RECORDED_IN = "RECORDED_IN"
    CHARGED_BY = "CHARGED_BY"
    SUBJECT_OF = "SUBJECT_OF"
    DERIVED_FROM = "DERIVED_FROM"
    SAME_AS = "SAME_AS"
    NOT_SAME_AS = "NOT_SAME_AS"
    UNSURE = "UNSURE"


class Role(StrEnum):
    """What a member does in a gang."""

    LEADER = "LEADER"
    LEADER_IN_CUSTODY = "LEADER_IN_CUSTODY"
    HANDLER_ABROAD = "HANDLER_ABROAD"
    REGIONAL_HEAD = "REGIONAL_HEAD"
    RECRUITER = "RECRUITER"
    SHOOTER = "SHOOTER"
    RECCE = "RECCE"
    DRIVER = "DRIVER"
    ARMS_SUPPLIER = "ARMS_SUPPLIER"
    LOGISTICS = "LOGISTICS"
    SHELTER = "SHELTER"
    FINANCIER = "FINANCIER"
    HAWALA = "HAWALA"
    COLLECTOR = "COLLECTOR"
    TIPSTER = "TIPSTER"
    SIM_OR_ACCOUNT_MULE = "SIM_OR_ACCOUNT_MULE"
    DOCUMENT_FORGER = "DOCUMENT_FORGER"
    SOCIAL_MEDIA_HANDLER = "SOCIAL_MEDIA_HANDLER"
    PRISON_CONTACT = "PRISON_CONTACT"


class Basis(StrEnum):
    """What an association rests on."""

    CALLS = "CALLS"
    MEETINGS = "MEETINGS"
    CO_ACCUSED = "CO_ACCUSED"
    MONEY = "MONEY"
    OBSERVED = "OBSERVED"


class Criterion(Word):
    """One reason why a person counts as a member, or for an assertion, with its source as text."""

    text: Prose = Field(description="What speaks for it.")
    source: Line = Field(description="Where that was learnt.")


class Evidence(Word):
    """What an assertion rests on."""

    evidence: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=20)]


class LinkContent(Word):
    """What a link says of itself; which fields a kind takes stands in `RELATIONS`."""

    role: Role | None = Field(None, description="What the member does in the gang.")
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=20)] = Field(
        (), description="Why the person counts as a member, or what an assertion rests on."
    )
    basis: Basis | None = Field(None, description="What an association rests on.")
    weight: Annotated[StrictInt, Field(ge=1, le=10**9)] | None = Field(
        None, description="How many calls, meetings or the like."
    )
    as_written: Line | None = Field(None, description="The number or handle as it was written.")
    note: Prose | None = Field(None, description="What else was noted.")


PERSON, GANG, INCIDENT, ACCOUNT = RecordType.PERSON, RecordType.GANG, RecordType.INCIDENT, RecordType.ACCOUNT
VEHICLE, BANK_ACCOUNT, WEAPON, PLACE = (
    RecordType.VEHICLE,
    RecordType.BANK_ACCOUNT,
    RecordType.WEAPON,
    RecordType.PLACE,
)
PRISON_STAY, NOTICE, CASE, CHARGE_SHEET = (
    RecordType.PRISON_STAY,
    RecordType.NOTICE,
    RecordType.CASE,
    RecordType.CHARGE_SHEET,
)
DOCUMENT, ASSISTANCE = RecordType.DOCUMENT, RecordType.ASSISTANCE
PHONE, SOCIAL_ID, FIR = ValueKind.PHONE, ValueKind.SOCIAL_ID, ValueKind.FIR
End = RecordType | ValueKind


@dataclass(frozen=True)
class Relation:
    """One row of the whitelist: which ends, whether direction means anything, whether `network` walks it."""

    kind: LinkKind
    ends: tuple[tuple[End, End], ...]
    symmetric: bool = False
    walked: bool = True
    fields: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


def _row(
    kind: LinkKind,
    *ends: tuple[End, End],
    symmetric: bool = False,
    walked: bool = True,
    fields: str = "",
    must: str = "",
) -> Relation:
    required = frozenset(must.split())
    return Relation(kind, ends, symmetric, walked, frozenset(fields.split()) | required | {"note"}, required)


# What identifies what. A phone is used, not borne; it stands at the other end of USES_PHONE, CALLED and USED_IN.
_BEARS: dict[RecordType, tuple[ValueKind, ...]] = {
    PERSON: (
        ValueKind.SOCIAL_ID,
        ValueKind.IMEI,
        ValueKind.PASSPORT,
        ValueKind.UPI,
        ValueKind.BANK_ACCOUNT,
        ValueKind.PRISONER,
    ),
    ACCOUNT: (ValueKind.SOCIAL_ID,),
    INCIDENT: (ValueKind.FIR,),
    VEHICLE: (ValueKind.VEHICLE,),
    BANK_ACCOUNT: (ValueKind.BANK_ACCOUNT, ValueKind.UPI),
    PRISON_STAY: (ValueKind.PRISONER,),
    NOTICE: (ValueKind.LOC, ValueKind.INTERPOL),
    CASE: (ValueKind.FIR, ValueKind.CNR),
    CHARGE_SHEET: (ValueKind.CHARGE_SHEET, ValueKind.FIR),
}

# Of what is borne, what one thing of its kind bears alone: who shares it may be recorded twice. Phones, devices, bank
# accounts and handles pass from hand to hand; one FIR names many incidents.
BORNE_BY_ONE: tuple[tuple[RecordType, ValueKind], ...] = (
    (PERSON, ValueKind.PASSPORT),
    (PERSON, ValueKind.PRISONER),
    (ACCOUNT, ValueKind.SOCIAL_ID),
    (VEHICLE, ValueKind.VEHICLE),
    (BANK_ACCOUNT, ValueKind.BANK_ACCOUNT),
    (BANK_ACCOUNT, ValueKind.UPI),
    (NOTICE, ValueKind.LOC),
    (NOTICE, ValueKind.INTERPOL),
    (CASE, ValueKind.FIR),
    (CASE, ValueKind.CNR),
    (CHARGE_SHEET, ValueKind.CHARGE_SHEET),
)

# TARGET_OF and TASKED_IN wait for joint operations.
RELATIONS: dict[LinkKind, Relation] = {
    row.kind: row
    for row in (
        _row(LinkKind.MEMBER_OF, (PERSON, GANG), must="role criteria"),
        _row(LinkKind.RIVAL_OF, (GANG, GANG), symmetric=True),
        _row(LinkKind.ALLIED_WITH, (GANG, GANG), symmetric=True),
        _row(LinkKind.SPLIT_FROM, (GANG, GANG)),
        _row(LinkKind.ASSOCIATE_OF, (PERSON, PERSON), symmetric=True, fields="weight", must="basis"),
        _row(LinkKind.MET_WITH, (PERSON, PERSON), symmetric=True, fields="weight"),
        _row(LinkKind.CO_ACCUSED_IN, (PERSON, CASE)),
        _row(LinkKind.CALLED, (PHONE, PHONE), fields="weight"),
        _row(LinkKind.USES_PHONE, (PERSON, PHONE), fields="as_written"),
        _row(LinkKind.USES_ACCOUNT, (PERSON, ACCOUNT), (PERSON, BANK_ACCOUNT)),
        _row(LinkKind.USES_VEHICLE, (PERSON, VEHICLE)),
        _row(
            LinkKind.CONTROLS,
            *((who, what) for who in (PERSON, GANG) for what in (ACCOUNT, BANK_ACCOUNT)),
        ),
        *(
            _row(kind, (PERSON, INCIDENT), (PERSON, CASE))
            for kind in (LinkKind.SUSPECT_IN, LinkKind.ACCUSED_IN, LinkKind.CONVICTED_IN)
        ),
        _row(
            LinkKind.USED_IN,
            *((what, INCIDENT) for what in (PHONE, ACCOUNT, BANK_ACCOUNT, VEHICLE, WEAPON)),
            fields="as_written",
        ),
        _row(LinkKind.CLAIMED_BY, (INCIDENT, GANG)),
        _row(LinkKind.ATTRIBUTED_TO, (INCIDENT, GANG)),
        _row(LinkKind.SEEN_AT, (PERSON, PLACE), (VEHICLE, PLACE)),
        _row(LinkKind.LODGED_IN, (PERSON, PRISON_STAY)),
        _row(LinkKind.GAVE, (PERSON, ASSISTANCE)),
        _row(LinkKind.GIVEN_TO, (ASSISTANCE, PERSON), (ASSISTANCE, GANG)),
        _row(
            LinkKind.IDENTIFIED_BY,
            *((record, value) for record, values in _BEARS.items() for value in values),
            fields="as_written",
        ),
        _row(LinkKind.VICTIM_OF, (PERSON, INCIDENT), walked=False),
        _row(LinkKind.WITNESS_OF, (PERSON, INCIDENT), walked=False),
        _row(LinkKind.COMPLAINANT_OF, (PERSON, INCIDENT), walked=False),
        _row(LinkKind.OCCURRED_AT, (INCIDENT, PLACE), walked=False),
        _row(LinkKind.ADDRESS_AT, (PERSON, PLACE), walked=False),
        _row(LinkKind.RECORDED_IN, (INCIDENT, CASE), walked=False),
        _row(LinkKind.CHARGED_BY, (PERSON, CHARGE_SHEET), (GANG, CHARGE_SHEET), walked=False),
        _row(LinkKind.SUBJECT_OF, (PERSON, NOTICE), (VEHICLE, NOTICE), walked=False),
        _row(
            LinkKind.DERIVED_FROM,
            *((record, DOCUMENT) for record in RecordType if record is not DOCUMENT),
            walked=False,
        ),
        *(
            _row(
                kind,
                *((record, record) for record in RecordType),
                symmetric=True,
                walked=False,
                must="criteria",
            )
            for kind in (LinkKind.SAME_AS, LinkKind.NOT_SAME_AS, LinkKind.UNSURE)
        ),
    )
}

# That two records are of one thing, or are not, or that it cannot be told: each made by a change of its own.
ASSERTED = {
    LinkKind.SAME_AS: "assertSame",
    LinkKind.NOT_SAME_AS: "assertNotSame",
    LinkKind.UNSURE: "assertUnsure",
}

# What joins the protected to an incident, and what joins persons for knowing one another.
HARMED = frozenset({LinkKind.VICTIM_OF, LinkKind.WITNESS_OF, LinkKind.COMPLAINANT_OF})
RELATED = frozenset({LinkKind.ASSOCIATE_OF, LinkKind.MET_WITH})

WALKED: tuple[LinkKind, ...] = tuple(kind for kind, row in RELATIONS.items() if row.walked)


def relation_problem(kind: LinkKind, from_: End, to: End, content: LinkContent) -> tuple[str, str] | None:
    """Say what is wrong with a link of this kind between these ends, as (field, sentence), or None."""
    row = RELATIONS[kind]
    if (from_, to) not in row.ends:
        return "kind", f"{kind} does not go from {from_} to {to}."
    given = {name for name in LinkContent.model_fields if getattr(content, name) not in (None, ())}
    if unknown := sorted(given - row.fields):
        return unknown[0], f"{kind} does not say its {unknown[0].replace('_', ' ')}."
    if missing := sorted(row.required - given):
        return missing[0], f"{kind} needs its {missing[0].replace('_', ' ')}."
    return None
