"""What hangs on what: each connection of a record or identifier, the links it follows and the kind at its far end."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.ids import RecordType
from schemas.link import LinkKind


class Kind(StrEnum):
    """What a node of the graph can be: the four records, and a bare identifier."""

    PERSON = "person"
    GANG = "gang"
    INCIDENT = "incident"
    ACCOUNT = "account"
    VALUE = "value"


LABEL = {
    Kind.PERSON: "Person",
    Kind.GANG: "Gang",
    Kind.INCIDENT: "Incident",
    Kind.ACCOUNT: "SocialAccount",
    Kind.VALUE: "Value",
}


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
    """One connection. `walk` keeps the protected out even where the purpose may read them."""

    name: str
    kinds: tuple[LinkKind, ...]
    direction: Direction
    far: Kind
    walk: bool = False


_IN, _OUT, _BOTH = Direction.IN, Direction.OUT, Direction.BOTH
_PURSUED = (LinkKind.SUSPECT_IN, LinkKind.ACCUSED_IN, LinkKind.CONVICTED_IN)
_PROTECTED_IN = (LinkKind.VICTIM_OF, LinkKind.WITNESS_OF, LinkKind.COMPLAINANT_OF)

CONNECTIONS: dict[Kind, dict[str, Connection]] = {
    kind: {row.name: row for row in rows}
    for kind, rows in {
        Kind.PERSON: (
            Connection("memberships", (LinkKind.MEMBER_OF,), _OUT, Kind.GANG),
            Connection("accounts", (LinkKind.USES_ACCOUNT, LinkKind.CONTROLS), _OUT, Kind.ACCOUNT),
            Connection("phones", (LinkKind.USES_PHONE,), _OUT, Kind.VALUE),
            Connection("identifiers", (LinkKind.IDENTIFIED_BY,), _OUT, Kind.VALUE),
            Connection("incidents", _PURSUED + _PROTECTED_IN, _OUT, Kind.INCIDENT),
            Connection("associates", (LinkKind.ASSOCIATE_OF, LinkKind.MET_WITH), _BOTH, Kind.PERSON, walk=True),
        ),
        Kind.GANG: (
            Connection("members", (LinkKind.MEMBER_OF,), _IN, Kind.PERSON, walk=True),
            Connection("rivals", (LinkKind.RIVAL_OF,), _BOTH, Kind.GANG),
            Connection("allies", (LinkKind.ALLIED_WITH,), _BOTH, Kind.GANG),
            Connection("split_from", (LinkKind.SPLIT_FROM,), _OUT, Kind.GANG),
            Connection("splinters", (LinkKind.SPLIT_FROM,), _IN, Kind.GANG),
            Connection("incidents", (LinkKind.CLAIMED_BY, LinkKind.ATTRIBUTED_TO), _IN, Kind.INCIDENT),
            Connection("accounts", (LinkKind.CONTROLS,), _OUT, Kind.ACCOUNT),
        ),
        Kind.INCIDENT: (
            Connection("persons", _PURSUED, _IN, Kind.PERSON, walk=True),
            Connection("protected", _PROTECTED_IN, _IN, Kind.PERSON),
            Connection("claimed_by", (LinkKind.CLAIMED_BY,), _OUT, Kind.GANG),
            Connection("attributed_to", (LinkKind.ATTRIBUTED_TO,), _OUT, Kind.GANG),
            Connection("phones", (LinkKind.USED_IN,), _IN, Kind.VALUE),
            Connection("accounts", (LinkKind.USED_IN,), _IN, Kind.ACCOUNT),
            Connection("firs", (LinkKind.IDENTIFIED_BY,), _OUT, Kind.VALUE),
        ),
        Kind.ACCOUNT: (
            Connection("persons", (LinkKind.USES_ACCOUNT, LinkKind.CONTROLS), _IN, Kind.PERSON, walk=True),
            Connection("gangs", (LinkKind.CONTROLS,), _IN, Kind.GANG),
            Connection("incidents", (LinkKind.USED_IN,), _OUT, Kind.INCIDENT),
            Connection("identifiers", (LinkKind.IDENTIFIED_BY,), _OUT, Kind.VALUE),
        ),
        Kind.VALUE: (
            Connection("persons", (LinkKind.USES_PHONE, LinkKind.IDENTIFIED_BY), _IN, Kind.PERSON),
            Connection("accounts", (LinkKind.IDENTIFIED_BY,), _IN, Kind.ACCOUNT),
            Connection("incidents", (LinkKind.USED_IN, LinkKind.IDENTIFIED_BY), _BOTH, Kind.INCIDENT),
            Connection("calls", (LinkKind.CALLED,), _BOTH, Kind.VALUE),
        ),
    }.items()
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

CONTENT_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.PERSON: (
        "category",
        "names",
        "parentage",
        "birth_date",
        "birth_precision",
        "sex",
        "marks",
        "addresses",
        "languages",
        "custody",
        "cautions",
    ),
    Kind.GANG: (
        "names",
        "formed",
        "formed_precision",
        "standing",
        "areas",
        "modus_operandi",
        "designation_authority",
        "designation_evidence",
        "next_audit",
    ),
    Kind.INCIDENT: (
        "title",
        "demand_at",
        "channel",
        "amount_rupees",
        "payment_route",
        "escalation",
        "target_type",
        "place",
        "place_unit",
        "latitude",
        "longitude",
        "sections",
        "summary",
        "firing_for_extortion",
    ),
    Kind.ACCOUNT: ("platform", "account_id", "handle", "url", "first_seen", "last_seen", "takedown_requests"),
    Kind.VALUE: ("writings",),
}

LINK_FIELDS = ("role", "criteria", "basis", "weight", "as_written", "note")
