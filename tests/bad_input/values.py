"""Changes that can stand, read off the schema place by place, and what cannot stand at a place of each type."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)

from api.gql.schema import SCHEMA
from desk.revs import ENVELOPE
from sangam.spelling import camel
from schemas.ids import RecordType
from schemas.records import RECORDS
from tests.station import MORNING, marking
from tests.words import as_input, no_rev, whole_change_of

MISSING = object()
ABSENT = "urn:sangam:IN-RJ:{}:00000000-0000-4000-8000-000000000000"
AADHAAR = "2341 2341 2346"
LONG = "word " * 2_200  # longer than the longest prose, within the size of a request

mutation_type = SCHEMA._schema.mutation_type
assert isinstance(mutation_type, GraphQLObjectType)
MUTATIONS: dict[str, GraphQLField] = dict(mutation_type.fields)

MARKING = marking(
    validFrom="2026-01-01",
    validTo="2026-02-01",
    handling="H3",
    handlingText="Ask before use in court.",
    audience=["IN-PB", "IN-HR"],
    onward=["IN-PB"],
    compartment="IN-RJ:EAGLE",
)
_REVISED = {camel(name) for name in ENVELOPE}
PERSON_END, GANG_END = {"id": ABSENT.format("person")}, {"id": ABSENT.format("gang")}

# Every mutation with changes that can stand, which together fill every field. Records named in them are absent, so
# that what is refused here is refused before anybody looks for them.
GOOD: dict[str, list[dict[str, Any]]] = {
    "openEnquiry": [
        {
            "enquiry": {
                "purpose": "INVESTIGATION",
                "caseRef": "FIR 0123/2026",
                "legalBasis": "BNSS 173",
                "expiresAt": "2026-07-01T00:00:00Z",
            }
        }
    ],
    "closeEnquiry": [{"id": ABSENT.format("enquiry")}],
    **{f"record{word.name}": [{word.root: as_input(word.type), "marking": MARKING}] for word in RECORDS.values()},
    **{
        f"revise{word.name}": [
            {
                "id": ABSENT.format(word.type.value),
                "rev": no_rev(word.type),
                "change": whole_change_of(word.type),
                "marking": {name: said for name, said in MARKING.items() if name in _REVISED},
                "reason": "Read again.",
            }
        ]
        for word in RECORDS.values()
    },
    "link": [
        {
            "kind": "MEMBER_OF",
            "from": PERSON_END,
            "to": GANG_END,
            "marking": MARKING,
            "content": {
                "role": "SHOOTER",
                "criteria": [{"text": "Named by a witness", "source": "FIR 0123/2026"}],
                "note": "Since spring",
            },
        },
        {
            "kind": "ASSOCIATE_OF",
            "from": PERSON_END,
            "to": {"id": ABSENT.format("person").replace("-4000-", "-4001-")},
            "marking": MARKING,
            "content": {"basis": "CALLS", "weight": 3},
        },
        {
            "kind": "USES_PHONE",
            "from": PERSON_END,
            "to": {"kind": "PHONE", "value": "+91 94140 12345"},
            "marking": MARKING,
            "content": {"asWritten": "094140-12345"},
        },
        {
            "kind": "USED_IN",
            "from": {"kind": "PHONE", "value": "+91 94140 12345"},
            "to": {"id": ABSENT.format("incident")},
            "marking": MARKING,
            "content": None,
        },
    ],
    **{
        change: [
            {
                "from": ABSENT.format("person").replace("-4000-", "-4001-"),
                "to": ABSENT.format("person").replace("-4000-", "-4002-"),
                "marking": MARKING,
                "evidence": [{"text": "One scar, one father", "source": "FIR 0123/2026"}],
            }
        ]
        for change in ("assertSame", "assertNotSame", "assertUnsure")
    },
    "unlink": [{"from": ABSENT.format("person"), "id": ABSENT.format("link"), "reason": "Recorded twice."}],
    "setCategory": [
        {
            "id": ABSENT.format("person"),
            "rev": no_rev(RecordType.PERSON),
            "category": "CONVICTED",
            "reason": "The court convicted.",
            "document": ABSENT.format("document"),
            "marking": {name: said for name, said in MARKING.items() if name in _REVISED},
        }
    ],
    "recordFollowerAct": [
        {
            "account": ABSENT.format("account"),
            "follower": {"socialId": "X:4711", "handle": "follows"},
            "act": {"act": "PAYMENT", "happenedOn": "2026-05-01", "section": "BNS 111(3)"},
            "marking": MARKING,
        }
    ],
    "recordAudienceSnapshot": [
        {
            "account": ABSENT.format("account"),
            "audience": {"takenOn": "2026-05-01", "districts": [{"district": "RJ-D-AJM", "followers": 100}]},
            "marking": MARKING,
        }
    ],
    "approve": [{"id": ABSENT.format("change")}],
    "review": [{"id": ABSENT.format("person"), "newInformation": "Seen again.", "until": "2027-03-01"}],
    "reviewAll": [
        {"reviews": [{"id": ABSENT.format("person"), "newInformation": "Seen again.", "until": "2027-03-01"}]}
    ],
    "dispute": [{"id": ABSENT.format("person"), "statement": "It was his brother."}],
    "settleDispute": [{"id": ABSENT.format("person"), "upheld": True, "reason": "It was he."}],
    "decline": [{"id": ABSENT.format("change"), "reason": "Not borne out."}],
    "withdrawPending": [{"id": ABSENT.format("change")}],
    "withdraw": [{"id": ABSENT.format("person"), "reason": "Recorded twice."}],
}


def document(mutation: str) -> str:
    """Write a mutation with a variable for each argument, asking what was made and what is wrong."""
    field = MUTATIONS[mutation]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    made = " ".join(
        f"{key} {{ id }}" if isinstance(get_named_type(one.type), GraphQLObjectType) else key
        for key, one in payload.fields.items()
        if key != "problems"
    )
    variables = ", ".join(f"${key}: {arg.type}" for key, arg in field.args.items())
    given = ", ".join(f"{key}: ${key}" for key in field.args)
    return f"mutation({variables}) {{ {mutation}({given}) {{ {made} problems {{ path message code }} }} }}"


DOCUMENTS = {mutation: document(mutation) for mutation in MUTATIONS}


@dataclass(frozen=True)
class Place:
    """One place in a change: which mutation and which of its good changes, the keys that lead there, and its type."""

    mutation: str
    variant: int
    keys: tuple[str | int, ...]
    type: GraphQLInputType
    required: bool

    @property
    def path(self) -> str:
        return ".".join(map(str, self.keys))

    @property
    def bare(self) -> GraphQLInputType:
        return self.type.of_type if isinstance(self.type, GraphQLNonNull) else self.type


def places() -> list[Place]:
    """Give every place of every good change, from whole arguments down to elements of lists."""
    return [
        Place(mutation, variant, keys, type, required)
        for mutation, field in MUTATIONS.items()
        for variant, given in enumerate(GOOD.get(mutation, []))
        for key, arg in field.args.items()
        if given.get(key) is not None
        for keys, type, required in _below((key,), arg.type, is_required_argument(arg), given[key])
    ]


def _below(
    keys: tuple[str | int, ...], type: GraphQLInputType, required: bool, value: Any
) -> Iterator[tuple[tuple[str | int, ...], GraphQLInputType, bool]]:
    yield keys, type, required
    bare = type.of_type if isinstance(type, GraphQLNonNull) else type
    if isinstance(bare, GraphQLList):
        for index, item in enumerate(value):
            yield from _below((*keys, index), bare.of_type, False, item)
    if isinstance(bare, GraphQLInputObjectType):
        for key, field in bare.fields.items():
            if key in value:
                yield from _below((*keys, key), field.type, is_required_input_field(field), value[key])


def changed(place: Place, value: Any) -> dict[str, Any]:
    """Give the good change with another value, or none, at one place."""
    given = copy.deepcopy(GOOD[place.mutation][place.variant])
    put(given, place.keys, value)
    return given


def put(given: dict[str, Any], keys: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Set a value at a place, or take away what stands there."""
    at: Any = given
    for key in keys[:-1]:
        at = at[key]
    if value is MISSING:
        del at[keys[-1]]
    else:
        at[keys[-1]] = value
    return given


UNREADABLE = {
    "empty": "",
    "blank": " \u00a0\u3000",
    "NUL": "Kiran\x00Mewada",
    "control": "Kiran\x07Mewada",
    "escape": "Kiran\x1b[2JMewada",
    "override of direction": "Kiran \u202eadaweM",
    "isolate": "Kiran \u2066Mewada\u2069",
    "zero width": "Ki\u200bran",
    "joiner in Latin": "Ki\u200dran",
    "byte order mark": "\ufeffKiran",
    "tag characters": "Kiran\U000e0041",
    "private use": "Kiran \ue000",
    "unassigned": "Kiran \u0378",
    "noncharacter": "Kiran \uffff",
    "line separator": "Kiran\u2028Mewada",
    "Hangul filler": "Kiran\u3164",
    "too long": LONG,
    "Aadhaar": f"Card {AADHAAR}",
    "Aadhaar in Devanagari": "कार्ड २३४१ २३४१ २३४६",
    "Aadhaar in full width": "２３４１２３４１２３４６",
}
_NOT_TEXT: dict[str, Any] = {"number": 7, "truth": True, "list": ["a", "b"], "object": {"a": 1}}
_NOT_DAYS = {
    "words": "next spring",
    "empty": "",
    "30 February": "2026-02-30",
    "month 13": "2026-13-01",
    "day 0": "2026-01-00",
    "reversed": "31-01-2026",
    "short": "2026-1-1",
    "digits only": "20260101",
    "seconds": "1767225600",
    "zero": "0",
    "negative": "-86400",
    "long ago": "0001-01-01",
    "far ahead": "9999-12-31",
    "other digits": "२०२६-०१-०१",
    "NUL": "2026-01-01\x00",
    "blank before": " 2026-01-01",
    "too long": "2026-01-01" * 40,
    "number": 20260101,
    "object": {"year": 2026},
}
_NOT_MOMENTS = {
    **_NOT_DAYS,
    "no zone": "2026-06-20T10:00:00",
    "day only": "2026-06-20",
    "hour 25": "2026-06-20T25:00:00Z",
    "before the calendar": "0001-01-01T00:00:00+05:30",
    "after the calendar": "9999-12-31T23:59:59-05:30",
    "zone of two days": "2026-06-20T10:00:00+48:00",
    "milliseconds": "1767225600000",
}
_NOT_STATES = {
    **UNREADABLE,
    **_NOT_TEXT,
    "not here": "IN-TN",
    "small": "in-rj",
    "bare": "RJ",
    "name": "Rajasthan",
    "blank after": "IN-PB ",
    "other letters": "IN-\u0420\u0412",
    "too long": "IN-PB" * 40,
}
_BY_NAME: dict[str, dict[str, Any]] = {
    "String": {**UNREADABLE, **_NOT_TEXT},
    "Date": _NOT_DAYS,
    "DateTime": _NOT_MOMENTS,
    "StateCode": _NOT_STATES,
    "Int": {
        "text": "1",
        "half": 1.5,
        "truth": True,
        "too large": 2**31,
        "huge": 10**60,
        "negative": -1,
        "top": 2**31 - 1,
    },
    "Float": {"text": "1", "truth": True, "list": [1, 2], "beyond": 1e300, "below": -1e300},
    "Boolean": {"text": "true", "number": 1, "list": [True, False], "object": {"a": True}},
    "ID": {"truth": True, "half": 1.5, "list": ["a", "b"], "object": {"a": 1}},
}


def bad_values(place: Place) -> dict[str, Any]:
    """Give what cannot stand at a place, each by a name."""
    bare = place.bare
    bad: dict[str, Any] = {}
    if isinstance(place.type, GraphQLNonNull):
        bad["null"] = None
    if place.required:
        bad["missing"] = MISSING
    match bare:
        case GraphQLScalarType():
            bad |= _BY_NAME[bare.name]
        case GraphQLEnumType():
            first = next(iter(bare.values))
            bad |= {
                "unknown": "NO_SUCH_WORD",
                "lower case": first.lower(),
                "blank": f"{first} ",
                "number": 1,
                "empty": "",
            }
        case GraphQLList():
            good = _at(place)
            bad |= {"too many": [good[0]] * 70, "object": {"0": "a"}, "nulls": [None]}
        case GraphQLInputObjectType():
            bad |= {"text": "a", "number": 1, "list": [1, 2], "caste": {**_at(place), "caste": "x"}}
    if isinstance(place.keys[-1], int):
        # A list that stands where one element is awaited is refused like any other wrong type.
        bad.pop("list", None)
    return bad


def _at(place: Place) -> Any:
    at: Any = GOOD[place.mutation][place.variant]
    for key in place.keys:
        at = at[key]
    return at


_PHONE = {"kind": "PHONE", "value": "+91 94140 12345"}

# What only shows when fields are seen together, or beside the officer and the clock: where to put what, and the path
# that is told. The officer holds level 2 and compartment IN-RJ:EAGLE.
TOGETHER: dict[str, tuple[str, int, dict[tuple[str | int, ...], Any], str]] = {
    "level above one's own": ("recordGang", 0, {("marking", "level"): 3}, "marking.level"),
    "another's compartment": ("recordGang", 0, {("marking", "compartment"): "IN-RJ:OTHER"}, "marking.compartment"),
    "compartment of training": ("recordGang", 0, {("marking", "compartment"): "TRAINING"}, "marking.compartment"),
    "own state in audience": ("recordGang", 0, {("marking", "audience", 1): "IN-RJ"}, "marking.audience"),
    "unknown state": ("recordGang", 0, {("marking", "audience", 1): "IN-XX"}, "marking.audience.1"),
    "state in small letters": ("recordGang", 0, {("marking", "audience", 1): "in-pb"}, "marking.audience.1"),
    "state named twice": ("recordGang", 0, {("marking", "audience", 1): "IN-PB"}, "marking"),
    "onward beyond audience": ("recordGang", 0, {("marking", "onward", 0): "IN-DL"}, "marking"),
    "review in the past": ("recordGang", 0, {("marking", "reviewOn"): "2026-06-01"}, "marking.reviewOn"),
    "review in six years": ("recordGang", 0, {("marking", "reviewOn"): "2032-06-01"}, "marking.reviewOn"),
    "expiry in the past": ("recordGang", 0, {("marking", "expiresAt"): MORNING.isoformat()}, "marking.expiresAt"),
    "expiry in six years": ("recordGang", 0, {("marking", "expiresAt"): "2032-06-01T00:00:00Z"}, "marking.expiresAt"),
    "ends before it begins": ("recordGang", 0, {("marking", "validTo"): "2025-12-31"}, "marking"),
    "H3 without text": ("recordGang", 0, {("marking", "handlingText"): None}, "marking"),
    "text without H3": ("recordGang", 0, {("marking", "handling"): "H1"}, "marking"),
    "no case": ("recordGang", 0, {("marking", "caseRef"): "…"}, "marking.caseRef"),
    "unit that nobody knows": ("recordGang", 0, {("marking", "unit"): "RJ-NOWHERE"}, "marking.unit"),
    "unit of another state": ("recordGang", 0, {("marking", "unit"): "PB-LDHC"}, "marking.unit"),
    "unit that has gone": ("recordGang", 0, {("marking", "unit"): "RJ-D-DDU"}, "marking.unit"),
    "link of a unit that nobody knows": ("link", 0, {("marking", "unit"): "RJ-NOWHERE"}, "marking.unit"),
    "unit that is an Aadhaar number": ("recordGang", 0, {("marking", "unit"): "234123412346"}, "marking.unit"),
    "no name": ("recordPerson", 0, {("person", "names"): []}, "person.names"),
    "name in another script": ("recordPerson", 0, {("person", "names", 0, "script"): "DEVANAGARI"}, "person.names.0"),
    "Cyrillic said to be Latin": ("recordPerson", 0, {("person", "names", 0, "text"): "Киран"}, "person.names.0"),
    "one Cyrillic letter": ("recordPerson", 0, {("person", "names", 0, "text"): "Kir\u0430n"}, "person.names.0.text"),
    "one Greek letter": ("recordPerson", 0, {("person", "names", 0, "text"): "Kir\u03b1n"}, "person.names.0.text"),
    "mathematical letters": ("recordPerson", 0, {("person", "names", 0, "text"): "𝐊iran"}, "person.names.0.text"),
    "two Indic scripts in a word": ("recordPerson", 0, {("person", "parentage"): "किਰਨ"}, "person.parentage"),
    "birth without precision": ("recordPerson", 0, {("person", "birthPrecision"): None}, "person"),
    "birth to come": ("recordPerson", 0, {("person", "birthDate"): "2026-06-03"}, "person.birthDate"),
    "left before coming": (
        "recordPerson",
        0,
        {("person", "addresses", 0, "validTo"): "2019-01-01"},
        "person.addresses.0",
    ),
    "a minor for a contact": (
        "recordPerson",
        0,
        {
            ("person", "category"): "CONTACT",
            ("person", "birthDate"): "2010-01-01",
            ("person", "shelterEvidence"): None,
            ("person", "addresses"): [],
        },
        "person.shelterEvidence",
    ),
    "a child that is shared": (
        "recordPerson",
        0,
        {("person", "category"): "CHILD_IN_CONFLICT"},
        "marking.audience",
    ),
    "a review until today": ("review", 0, {("until",): "2026-06-01"}, "until"),
    "an act to come": ("recordFollowerAct", 0, {("act", "happenedOn"): "2026-06-03"}, "act.happenedOn"),
    "an act that no section punishes": ("recordFollowerAct", 0, {("act", "section"): "BNSS 170"}, "act.section"),
    "a follower without a platform": ("recordFollowerAct", 0, {("follower", "socialId"): "4711"}, "follower.socialId"),
    "a follower in the marking": ("recordFollowerAct", 0, {("marking", "caseRef"): "4711"}, "marking.caseRef"),
    "a count to come": ("recordAudienceSnapshot", 0, {("audience", "takenOn"): "2026-06-03"}, "audience.takenOn"),
    "a count of no district": (
        "recordAudienceSnapshot",
        0,
        {("audience", "districts", 0, "district"): "RJ-JPC-EAST"},
        "audience.districts.0.district",
    ),
    "a district counted twice": (
        "recordAudienceSnapshot",
        0,
        {("audience", "districts"): [{"district": "RJ-D-AJM", "followers": 1}] * 2},
        "audience",
    ),
    "a gang to come": ("recordGang", 0, {("gang", "formed"): "2027-01-01"}, "gang.formed"),
    "alias from nowhere": ("recordGang", 0, {("gang", "names", 0, "source"): None}, "gang"),
    "half a rupee": ("recordIncident", 0, {("incident", "amountRupees"): 0.5}, "incident.amountRupees"),
    "less than nothing": ("recordIncident", 0, {("incident", "amountRupees"): -1}, "incident.amountRupees"),
    "half a point": ("recordIncident", 0, {("incident", "latitude"): None}, "incident"),
    "north of the pole": ("recordIncident", 0, {("incident", "latitude"): 90.1}, "incident.latitude"),
    "place in no unit": ("recordIncident", 0, {("incident", "placeUnit"): "Jaipur"}, "incident.placeUnit"),
    "place in a unit that had gone": (
        "recordIncident",
        0,
        {("incident", "placeUnit"): "RJ-D-DDU"},
        "incident.placeUnit",
    ),
    "section cited otherwise": ("recordIncident", 0, {("incident", "sections", 0): "308(4)"}, "incident.sections.0"),
    "section of an act no longer in force": (
        "recordIncident",
        0,
        {("incident", "sections", 0): "IPC 387"},
        "incident.sections.0",
    ),
    "act that was never notified": (
        "recordIncident",
        0,
        {("incident", "sections", 0): "RCOCA *"},
        "incident.sections.0",
    ),
    "act of another state": ("recordIncident", 0, {("incident", "sections", 0): "GUJCTOC 3"}, "incident.sections.0"),
    "a demand to come": ("recordIncident", 0, {("incident", "demandAt"): "2026-07-01T00:00:00Z"}, "incident.demandAt"),
    "handle for an id": ("recordSocialAccount", 0, {("socialAccount", "accountId"): "@camel"}, "socialAccount"),
    "seen last before first": (
        "recordSocialAccount",
        0,
        {("socialAccount", "lastSeen"): "2024-01-01"},
        "socialAccount",
    ),
    "seen first in time to come": (
        "recordSocialAccount",
        0,
        {("socialAccount", "firstSeen"): "2027-01-01", ("socialAccount", "lastSeen"): None},
        "socialAccount.firstSeen",
    ),
    "takedown asked in time to come": (
        "recordSocialAccount",
        0,
        {
            ("socialAccount", "takedownRequests", 0, "requestedOn"): "2027-01-01",
            ("socialAccount", "takedownRequests", 0, "decidedOn"): None,
        },
        "socialAccount.takedownRequests.0.requestedOn",
    ),
    "takedown decided before it was asked": (
        "recordSocialAccount",
        0,
        {("socialAccount", "takedownRequests", 0, "decidedOn"): "2025-01-01"},
        "socialAccount.takedownRequests.0",
    ),
    "awaited and decided": (
        "recordSocialAccount",
        0,
        {("socialAccount", "takedownRequests", 0, "outcome"): "AWAITED"},
        "socialAccount.takedownRequests.0",
    ),
    "address that runs a program": (
        "recordSocialAccount",
        0,
        {("socialAccount", "url"): "javascript:alert(1)"},
        "socialAccount.url",
    ),
    "address with an Aadhaar number": (
        "recordSocialAccount",
        0,
        {("socialAccount", "url"): "https://example.org/234123412346"},
        "socialAccount.url",
    ),
    "relation between wrong ends": ("link", 0, {("to",): PERSON_END}, "kind"),
    "member without criteria": ("link", 0, {("content", "criteria"): []}, "content.criteria"),
    "member without role": ("link", 0, {("content",): None}, "content.criteria"),
    "member with a weight": ("link", 0, {("content", "weight"): 1}, "content.weight"),
    "weight of nothing": ("link", 1, {("content", "weight"): 0}, "content.weight"),
    "an assertion as a link": ("link", 1, {("kind",): "SAME_AS"}, "kind"),
    "one record with itself": ("assertSame", 0, {("to",): ABSENT.format("person").replace("-4000-", "-4001-")}, "to"),
    "one with what is of another kind": ("assertNotSame", 0, {("to",): ABSENT.format("gang")}, "to"),
    "said on nothing": ("assertUnsure", 0, {("evidence",): []}, "evidence"),
    "said by a source that cannot be judged": (
        "assertSame",
        0,
        {("marking", "sourceGrade"): "X"},
        "marking.sourceGrade",
    ),
    "said on what cannot be judged": (
        "assertNotSame",
        0,
        {("marking", "infoGrade"): "CANNOT_BE_JUDGED"},
        "marking.infoGrade",
    ),
    "one thing with itself": ("link", 1, {("to",): PERSON_END}, "to"),
    "an end that is nothing": ("link", 0, {("to",): {}}, "to"),
    "an end that is two things": ("link", 2, {("to",): {**PERSON_END, **_PHONE}}, "to"),
    "an id with a kind": ("link", 0, {("to",): {**GANG_END, "kind": "PHONE"}}, "to"),
    "a kind without a value": ("link", 2, {("to",): {"kind": "PHONE"}}, "to"),
    "no phone": ("link", 2, {("to", "value"): "12345"}, "to.value"),
    "letters for a phone": ("link", 2, {("to", "value"): "call me"}, "to.value"),
    "no FIR": ("link", 2, {("to",): {"kind": "FIR", "value": "0123"}}, "to.value"),
    "written with a field it lacks": ("link", 0, {("content", "asWritten"): "12"}, "content.asWritten"),
    "enquiry of a year": ("openEnquiry", 0, {("enquiry", "expiresAt"): "2027-06-01T00:00:00Z"}, "enquiry.expiresAt"),
    "enquiry that has ended": ("openEnquiry", 0, {("enquiry", "expiresAt"): MORNING.isoformat()}, "enquiry.expiresAt"),
}
