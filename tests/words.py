"""One of each record with every field said, as its word takes it: what tests record, read, refuse and hide."""

import base64
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any

from pydantic import ValidationError

from desk.revs import revised
from graph.connections import Kind
from sangam.spelling import camel, theirs
from schemas.ids import RecordType, ValueKind
from schemas.records import RECORDS, Content

_NAME = {"text": "Sukhdev Test", "script": "Latn", "kind": "ALIAS", "source": "A statement"}
_DAY, _LATER = date(1990, 5, 1), date(2020, 1, 1)
_AT = datetime.combine(date(2026, 5, 1), time(4, 30), UTC)
_SECTIONS = ("BNS 308(4)",)


def no_rev(type: RecordType) -> str:
    """Give a rev of this kind of record that no record has."""
    return base64.urlsafe_b64encode(bytes(8 * len(revised(Kind(type.value))))).decode()


SAID: dict[RecordType, dict[str, Any]] = {
    RecordType.PERSON: {
        "category": "SUSPECT",
        "names": (_NAME,),
        "parentage": "Ramesh Test",
        "birth_date": _DAY,
        "birth_precision": "DAY",
        "sex": "MALE",
        "marks": ("A scar",),
        "addresses": ({"text": "Jaipur", "valid_from": _LATER, "valid_to": date(2021, 1, 1)},),
        "languages": ("Marwari",),
        "custody": "AT_LARGE",
        "cautions": ("ARMED",),
        "shelter_evidence": "A statement of the landlord",
    },
    RecordType.GANG: {
        "names": (_NAME,),
        "formed": _DAY,
        "formed_precision": "YEAR",
        "standing": "ALLEGED",
        "areas": ("Jaipur",),
        "modus_operandi": ("HAWALA",),
        "designation_authority": "A court",
        "designation_evidence": "A judgment",
        "next_audit": date(2027, 1, 1),
    },
    RecordType.INCIDENT: {
        "title": "A call",
        "demand_at": _AT,
        "channel": "VOIP",
        "amount_rupees": 100,
        "payment_route": "CASH",
        "escalation": ({"step": "DEMAND", "at": _AT, "note": "By phone"},),
        "target_type": "HOTEL",
        "place": "Jaipur",
        "place_unit": "RJ-JPC",
        "latitude": 26.9,
        "longitude": 75.8,
        "sections": _SECTIONS,
        "summary": "A demand by phone",
    },
    RecordType.ACCOUNT: {
        "platform": "X",
        "account_id": "4711",
        "handle": "test",
        "earlier_handles": ({"handle": "tested", "first_seen": date(2024, 1, 1), "last_seen": date(2025, 1, 1)},),
        "url": "https://example.org/test",
        "first_seen": date(2025, 1, 1),
        "last_seen": date(2025, 2, 1),
        "takedown_requests": (
            {
                "requested_on": date(2025, 1, 10),
                "requested_by": "Cyber cell",
                "legal_basis": "IT Act 79(3)(b)",
                "reference": "TD/1",
                "outcome": "REFUSED",
                "decided_on": date(2025, 1, 20),
            },
        ),
    },
    RecordType.VEHICLE: {
        "registration": "RJ 14 CB 4711",
        "vehicle_kind": "SUV",
        "make": "A maker",
        "model": "A model",
        "colour": "White",
        "year_of_make": 2019,
        "chassis_number": "MA1TEST0000000001",
        "engine_number": "E-47-11",
        "marks": ("A dent in the left door",),
        "registered_owner": "Sukhdev Test",
        "vehicle_status": "SEIZED",
    },
    RecordType.BANK_ACCOUNT: {
        "account_kind": "SAVINGS",
        "bank_name": "A bank",
        "branch": "Mansarovar",
        "ifsc": "TEST0004711",
        "last_four": "4711",
        "holder": "Sukhdev Test",
        "opened_on": _DAY,
        "account_status": "FROZEN",
        "mule_suspected": True,
        "frozen_on": _LATER,
        "frozen_by": "Cyber cell",
    },
    RecordType.WEAPON: {
        "weapon_kind": "PISTOL",
        "calibre": "7.65 mm",
        "make": "A maker",
        "serial_number": "A 4711",
        "serial_obliterated": False,
        "origin": "Unknown",
        "weapon_status": "FORENSIC",
        "recovered_on": _LATER,
        "ballistics_reference": "FSL/47/2020",
        "rounds_recovered": 3,
        "marks": ("A worn stamp",),
    },
    RecordType.PLACE: {
        "name": "Old Fort Test",
        "place_kind": "SAFE_HOUSE",
        "address": "Behind the old fort",
        "place_unit": "RJ-JPC",
        "latitude": 26.9,
        "longitude": 75.8,
        "note": "Two gates",
    },
    RecordType.PRISON_STAY: {
        "prison": "Central Jail",
        "place_unit": "RJ-JPC",
        "ward": "4",
        "prisoner_number": "47/2019",
        "custody_reason": "JUDICIAL_CUSTODY",
        "admitted_on": date(2019, 3, 1),
        "expected_release": _LATER,
        "released_on": _LATER,
        "ended_by": "TRANSFER",
        "transferred_to": "District Jail",
        "note": "Moved at night",
    },
    RecordType.NOTICE: {
        "notice_kind": "REWARD",
        "reference": "RW/47",
        "issued_by": "IG Range",
        "issued_on": date(2025, 2, 1),
        "valid_until": date(2027, 2, 1),
        "reward_rupees": 25_000,
        "sections": _SECTIONS,
        "notice_status": "RECALLED",
        "ended_on": date(2026, 2, 1),
        "note": "Twice renewed",
    },
    RecordType.CASE: {
        "title": "A demand at a shop",
        "registered_on": date(2025, 2, 1),
        "station": "Mansarovar",
        "station_unit": "RJ-JPC",
        "fir_number": "0012/2025",
        "fir_kind": "REGULAR",
        "sections": _SECTIONS,
        "court": "Court of Session",
        "case_status": "TRIAL",
        "investigated_by": "SOG",
        "summary": "Two calls and a visit",
    },
    RecordType.CHARGE_SHEET: {
        "sheet_number": "47/2025",
        "sheet_kind": "MAIN",
        "filed_on": date(2025, 5, 1),
        "court": "Court of Session",
        "fir_number": "0012/2025",
        "sections": _SECTIONS,
        "cognizance_on": date(2025, 6, 1),
        "three_years_cognizable": True,
        "for_gang": True,
        "summary": "Demands for a gang",
    },
    RecordType.DOCUMENT: {
        "title": "A seizure memo",
        "document_kind": "SEIZURE_MEMO",
        "dated": date(2025, 3, 1),
        "reference": "SM/47",
        "office": "Mansarovar",
        "language": "Hindi",
        "pages": 3,
        "summary": "One pistol",
    },
    RecordType.ASSISTANCE: {
        "assistance_kind": "HARBOURING",
        "section": "BNS 249",
        "happened_on": date(2025, 3, 1),
        "happened_until": date(2025, 3, 4),
        "given": "A room for three nights",
        "amount_rupees": 100,
        "evidence": "The register of the house",
    },
}

# An identifier of each kind that has no list of its own.
WRITTEN: dict[ValueKind, str] = {
    ValueKind.IMEI: "49-015420-323751-8",
    ValueKind.VEHICLE: "RJ 14 CB 4711",
    ValueKind.PASSPORT: "A1234567",
    ValueKind.UPI: "test@bank",
    ValueKind.BANK_ACCOUNT: "TEST0004711/471100001",
    ValueKind.CNR: "RJJP01-004711-2025",
    ValueKind.PRISONER: "IN-RJ, Central Jail, 47/2019",
    ValueKind.LOC: "BOI/4711/2025",
    ValueKind.INTERPOL: "A-47/5-2025",
    ValueKind.CHARGE_SHEET: "IN-RJ, Jaipur East, Vaishali Nagar, 047/2025",
}


def content_of(type: RecordType, **otherwise: Any) -> Content:
    """Give the one record of a kind, with some of it said otherwise."""
    return RECORDS[type].content.model_validate(SAID[type] | otherwise)


def as_input(type: RecordType, **otherwise: Any) -> dict[str, Any]:
    """Give the same as GraphQL takes it."""
    content = content_of(type, **otherwise)
    given: dict[str, Any] = theirs(content.model_dump(mode="json", include=set(SAID[type])))
    return given


def change_of(type: RecordType) -> dict[str, Any]:
    """Give a change to that record, as GraphQL takes it: something that need not be said is cleared."""
    for name, info in RECORDS[type].content.model_fields.items():
        rest = {field: said for field, said in SAID[type].items() if field != name}
        if not info.is_required():
            with suppress(ValidationError):
                RECORDS[type].content.model_validate(rest)
                return {camel(name): None}
    raise AssertionError(f"every field of {type} is needed")


def whole_change_of(type: RecordType) -> dict[str, Any]:
    """Give all that a change to that record can name, said as it is."""
    return {name: said for name, said in as_input(type).items() if name != "category"}
