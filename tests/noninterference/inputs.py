"""The inputs of changes, mostly so that their fields agree; `INPUTS` says which fields each is known to have."""

from collections.abc import Callable
from functools import partial
from typing import Any

from desk.revs import ENVELOPE
from sangam.spelling import camel
from schemas.ids import RecordType
from schemas.records import RECORDS, RecordWord
from tests.noninterference.material import Earlier, Filling
from tests.noninterference.world import NAMES, SOCIAL_IDS
from tests.words import SAID, as_input


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
        "earlierHandles": rng.choice([[], [], [{"handle": "kiran.mewada"}]]),
    }


def _takedowns(filling: Filling) -> list[dict[str, Any]]:
    rng = filling.rng
    request = {"requestedOn": filling.day(), "requestedBy": "Cyber cell", "legalBasis": "IT Act 79(3)(b)"}
    refused = {**request, "reference": "TD/1", "outcome": "REFUSED", "decidedOn": filling.day()}
    return rng.choice([[], [], [request], [refused]])


def _some(word: RecordWord, filling: Filling) -> dict[str, Any]:
    """Give some of all that a record can say; now and then what was left out belonged to what was kept."""
    needed = {name for name, info in word.content.model_fields.items() if info.is_required()}
    often = filling.rng.choice([0.6, 1.0, 1.0])
    kept = [name for name in SAID[word.type] if name in needed or filling.rng.random() < often]
    given = as_input(word.type)
    if word.type is RecordType.PLACE:
        given["name"] = filling.rng.choice(NAMES)[0]
    return {camel(name): given[camel(name)] for name in kept}


_MADE: dict[RecordType, Callable[[Filling], dict[str, Any]]] = {
    RecordType.PERSON: _person,
    RecordType.GANG: _gang,
    RecordType.INCIDENT: _incident,
    RecordType.ACCOUNT: _account,
}


def _change(word: RecordWord, filling: Filling) -> dict[str, Any]:
    """Give a change of one or two fields; now and then one is cleared."""
    given = INPUTS[f"{word.name}Input"][1](filling)
    given.pop("category", None)
    names = filling.rng.sample(sorted(given), min(len(given), filling.rng.choice([1, 1, 2])))
    return {name: None if filling.rng.random() < 0.1 else given[name] for name in names}


def _marking_change(filling: Filling) -> dict[str, Any]:
    given = {name: said for name, said in filling.marking().items() if name in _REVISED}
    given["caseRef"] = f"FIR {filling.rng.randint(1, 9999):04}/2026"
    return {name: given[name] for name in {"caseRef", filling.rng.choice(sorted(given))}}


_REVISED = {camel(name) for name in ENVELOPE}


def revising(word: RecordWord, filling: Filling) -> dict[str, Any]:
    """Give the arguments of a revision, mostly of what was read just before."""
    id = filling.record(word.type.value, own=True)
    rev = Earlier("rev", id, "none") if isinstance(id, str) and filling.rng.random() < 0.95 else "none"
    marking = _marking_change(filling) if filling.rng.random() < 0.6 else None
    return {"id": id, "rev": rev, "change": _change(word, filling), "marking": marking, "reason": filling.reason()}


def follower(filling: Filling) -> dict[str, Any]:
    """Give who follows an account."""
    rng = filling.rng
    who = rng.choice(SOCIAL_IDS) if rng.random() < 0.95 else "X:nobody"
    return {"socialId": who, "handle": rng.choice([None, "follows.camel"])}


def act(filling: Filling) -> dict[str, Any]:
    """Give an act of a follower, mostly a recent one."""
    section = "BNS 111(3)" if filling.rng.random() < 0.95 else "BNSS 170"
    day = filling.rng.choice(["2026-05-20", "2026-05-31"]) if filling.rng.random() < 0.8 else filling.day()
    return {"act": filling.rng.choice(["PAYMENT", "ARMS"]), "happenedOn": day, "section": section}


def audience(filling: Filling) -> dict[str, Any]:
    """Give an audience as it was counted."""
    district = "RJ-D-AJM" if filling.rng.random() < 0.95 else "nowhere"
    cell = {"district": district, "followers": filling.rng.choice([5, 38, 160])}
    return {"takenOn": filling.rng.choice(["2026-05-25", "2026-06-01"]), "districts": [cell]}


def _review(filling: Filling) -> dict[str, Any]:
    given = filling.reviewing()
    return given | {"newInformation": f"Seen on day {filling.rng.randint(1, 10_000)}."}


def _enquiry(filling: Filling) -> dict[str, Any]:
    rng = filling.rng
    purposes = ["INVESTIGATION", "FUGITIVE", "COURT", "AUDIT", "TRAINING"]
    given = {"purpose": rng.choice(purposes), "caseRef": "FIR 0123/2026", "legalBasis": "BNSS 173"}
    return {**given, "expiresAt": "2026-06-20T00:00:00Z" if rng.random() < 0.9 else filling.moment(-5, 120)}


INPUTS: dict[str, tuple[set[str], Callable[[Filling], dict[str, Any]]]] = {
    **{
        f"{word.name}Input": ({camel(name) for name in SAID[word.type]}, _MADE.get(word.type) or partial(_some, word))
        for word in RECORDS.values()
    },
    **{
        f"{word.name}Change": ({camel(name) for name in SAID[word.type]} - {"category"}, partial(_change, word))
        for word in RECORDS.values()
    },
    "FollowerInput": ({"socialId", "handle"}, follower),
    "FollowerActInput": ({"act", "happenedOn", "section"}, act),
    "MarkingChange": (_REVISED, _marking_change),
    "ReviewInput": ({"id", "newInformation", "until"}, _review),
    "EnquiryInput": ({"purpose", "caseRef", "legalBasis", "expiresAt"}, _enquiry),
    "MarkingInput": (
        {"unit", "legalBasis", "caseRef", "sourceGrade", "infoGrade", "handling", "level", "audience", "reviewOn"}
        | {"expiresAt", "validFrom", "validTo", "handlingText", "compartment", "onward"},
        lambda filling: filling.marking(),
    ),
}
