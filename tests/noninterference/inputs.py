"""The inputs of changes, mostly so that their fields agree; `INPUTS` says which fields each is known to have."""

from collections.abc import Callable
from typing import Any

from tests.noninterference.material import Filling
from tests.noninterference.world import SOCIAL_IDS


def _person(filling: Filling) -> dict[str, Any]:
    rng = filling.rng
    readable = sorted(filling.of.viewer.classes - {"-"}) or ["SUSPECT"]
    given: dict[str, Any] = {
        "category": rng.choice(readable),
        "names": filling.names(),
        "sex": rng.choice(["MALE", "UNKNOWN"]),
        "custody": rng.choice(["AT_LARGE", "UNKNOWN"]),
        "cautions": rng.sample(["ARMED", "VIOLENT"], rng.randint(0, 2)),
        "marks": rng.choice([[], ["Scar"]]),
        "languages": rng.choice([[], ["Marwari"]]),
        "addresses": rng.choice([[], [{"text": "Behind the old fort", "validFrom": "2020-01-01"}]]),
        "parentage": rng.choice([None, "Ram Thoriya"]),
    }
    if rng.random() < 0.3:
        given |= {"birthDate": filling.day(), "birthPrecision": "YEAR"}
    if rng.random() < 0.08:
        given |= rng.choice([{"birthPrecision": "DAY", "birthDate": None}, {"parentage": "\u202e"}, {"names": []}])
    return given


def _gang(filling: Filling) -> dict[str, Any]:
    rng = filling.rng
    return {
        "names": filling.names(),
        "standing": rng.choice(["ALLEGED", "UNDER_INVESTIGATION"]),
        "areas": rng.choice([[], ["Jaipur", "Alwar"]]),
        "modusOperandi": rng.choice([[], ["EXTORTION_CALLS"]]),
        "formed": rng.choice([None, "2019-05-01"]),
        "formedPrecision": rng.choice([None, "YEAR"]),
        "designationAuthority": rng.choice([None, "IG Crime"]),
        "designationEvidence": rng.choice([None, "A statement"]),
        "nextAudit": rng.choice([None, "2027-01-01"]),
    }


def _incident(filling: Filling) -> dict[str, Any]:
    rng = filling.rng
    given: dict[str, Any] = {
        "title": rng.choice(["A call", "Shots at a shop", ""] if rng.random() < 0.1 else ["A call"]),
        "demandAt": rng.choice([None, filling.moment(-30, 0 if rng.random() < 0.9 else 5)]),
        "channel": rng.choice([None, "LETTER"]),
        "amountRupees": rng.choice([None, 5, 1e13, 1.5] if rng.random() < 0.2 else [None, 500000]),
        "paymentRoute": rng.choice([None, "HAWALA"]),
        "escalation": rng.choice([[], [{"step": "DEMAND"}, {"step": "FIRING_AT_PREMISES", "note": "At night"}]]),
        "targetType": rng.choice([None, "JEWELLER"]),
        "place": rng.choice([None, "Sitapura"]),
        "placeUnit": rng.choice([None, "RJ-JPC", "RJ-P-JPE"]),
        "sections": rng.choice([[], ["BNS 308(4)"], ["RCOCA *"]] if rng.random() < 0.1 else [[], ["BNS 308(4)"]]),
        "summary": rng.choice([None, "Told by a neighbour."]),
    }
    if rng.random() < 0.3:
        given |= {"latitude": 26.9, "longitude": 75.8} if rng.random() < 0.8 else {"latitude": 100.0}
    return given


def _account(filling: Filling) -> dict[str, Any]:
    rng = filling.rng
    account = rng.choice(SOCIAL_IDS).partition(":")[2]
    return {
        "platform": "INSTAGRAM",
        "accountId": account if rng.random() < 0.92 else "not a number",
        "handle": rng.choice([None, "kiran.mewada", "black.camel"]),
        "url": rng.choice([None, "https://example.org/black.camel"]),
        "firstSeen": rng.choice([None, "2025-01-01"]),
        "lastSeen": rng.choice([None, "2025-06-01"]),
        "takedownRequests": _takedowns(filling),
    }


def _takedowns(filling: Filling) -> list[dict[str, Any]]:
    rng = filling.rng
    request = {"requestedOn": filling.day(), "requestedBy": "Cyber cell", "legalBasis": "IT Act 79(3)(b)"}
    refused = {**request, "reference": "TD/1", "outcome": "REFUSED", "decidedOn": filling.day()}
    return rng.choice([[], [], [request], [refused]])


def _enquiry(filling: Filling) -> dict[str, Any]:
    rng = filling.rng
    purposes = ["INVESTIGATION", "FUGITIVE", "COURT", "AUDIT", "TRAINING"]
    given = {"purpose": rng.choice(purposes), "caseRef": "FIR 0123/2026", "legalBasis": "BNSS 173"}
    return {**given, "expiresAt": "2026-06-20T00:00:00Z" if rng.random() < 0.9 else filling.moment(-5, 120)}


INPUTS: dict[str, tuple[set[str], Callable[[Filling], dict[str, Any]]]] = {
    "PersonInput": (
        {"category", "names", "parentage", "birthDate", "birthPrecision", "sex", "marks", "addresses", "languages"}
        | {"custody", "cautions"},
        _person,
    ),
    "GangInput": (
        {"names", "standing", "formed", "formedPrecision", "areas", "modusOperandi", "designationAuthority"}
        | {"designationEvidence", "nextAudit"},
        _gang,
    ),
    "IncidentInput": (
        {"title", "demandAt", "channel", "amountRupees", "paymentRoute", "escalation", "targetType", "place"}
        | {"placeUnit", "latitude", "longitude", "sections", "summary"},
        _incident,
    ),
    "SocialAccountInput": (
        {"platform", "accountId", "handle", "url", "firstSeen", "lastSeen", "takedownRequests"},
        _account,
    ),
    "EnquiryInput": ({"purpose", "caseRef", "legalBasis", "expiresAt"}, _enquiry),
    "MarkingInput": (
        {"unit", "legalBasis", "caseRef", "sourceGrade", "infoGrade", "handling", "level", "audience", "reviewOn"}
        | {"expiresAt", "validFrom", "validTo", "handlingText", "compartment", "onward"},
        lambda filling: filling.marking(),
    ),
}
