"""The kinds, relations and connections that the design names, written down beside the node's own tables of them.

A kind is written in small letters if it is a record's, as ids have it, and in capitals if it is an identifier's.
"""

from dataclasses import dataclass

# Kind of record → its name among those of nodes, the field that asks for one by its id.
RECORDS = {
    "person": ("PERSON", "person"),
    "gang": ("GANG", "gang"),
    "incident": ("INCIDENT", "incident"),
    "account": ("ACCOUNT", "socialAccount"),
    "vehicle": ("VEHICLE", "vehicle"),
    "bankaccount": ("BANK_ACCOUNT", "bankAccount"),
    "weapon": ("WEAPON", "weapon"),
    "place": ("PLACE", "place"),
    "prisonstay": ("PRISON_STAY", "prisonStay"),
    "notice": ("NOTICE", "notice"),
    "case": ("CASE", "case"),
    "chargesheet": ("CHARGE_SHEET", "chargeSheet"),
    "document": ("DOCUMENT", "document"),
    "assistance": ("ASSISTANCE", "assistance"),
}
# What an identifier of any kind is called among the kinds of nodes.
VALUE = "VALUE"

# Relation → from what to what: those that a network, a path and a distance follow …
_WALKED = {
    "MEMBER_OF": [("person", "gang")],
    "RIVAL_OF": [("gang", "gang")],
    "ALLIED_WITH": [("gang", "gang")],
    "SPLIT_FROM": [("gang", "gang")],
    "CO_ACCUSED_IN": [("person", "case")],
    "CALLED": [("PHONE", "PHONE")],
    "ASSOCIATE_OF": [("person", "person")],
    "MET_WITH": [("person", "person")],
    "USES_ACCOUNT": [("person", "account bankaccount")],
    "USES_PHONE": [("person", "PHONE")],
    "USES_VEHICLE": [("person", "vehicle")],
    "CONTROLS": [("person gang", "account bankaccount")],
    "SUSPECT_IN": [("person", "incident case")],
    "ACCUSED_IN": [("person", "incident case")],
    "CONVICTED_IN": [("person", "incident case")],
    "USED_IN": [("PHONE account bankaccount vehicle weapon", "incident")],
    "CLAIMED_BY": [("incident", "gang")],
    "ATTRIBUTED_TO": [("incident", "gang")],
    "SEEN_AT": [("person vehicle", "place")],
    "LODGED_IN": [("person", "prisonstay")],
    "GAVE": [("person", "assistance")],
    "GIVEN_TO": [("assistance", "person gang")],
    "IDENTIFIED_BY": [
        ("person", "SOCIAL_ID IMEI PASSPORT UPI BANK_ACCOUNT PRISONER"),
        ("account", "SOCIAL_ID"),
        ("incident", "FIR"),
        ("vehicle", "VEHICLE"),
        ("bankaccount", "BANK_ACCOUNT UPI"),
        ("prisonstay", "PRISONER"),
        ("notice", "LOC INTERPOL"),
        ("case", "FIR CNR"),
        ("chargesheet", "CHARGE_SHEET FIR"),
    ],
}
# … and those that they never do.
_NEVER_WALKED = {
    "VICTIM_OF": [("person", "incident")],
    "WITNESS_OF": [("person", "incident")],
    "COMPLAINANT_OF": [("person", "incident")],
    "OCCURRED_AT": [("incident", "place")],
    "ADDRESS_AT": [("person", "place")],
    "RECORDED_IN": [("incident", "case")],
    "CHARGED_BY": [("person gang", "chargesheet")],
    "SUBJECT_OF": [("person vehicle", "notice")],
    "DERIVED_FROM": [(" ".join(kind for kind in RECORDS if kind != "document"), "document")],
}
# What is said of two records of one kind.
ASSERTED = ("SAME_AS", "NOT_SAME_AS", "UNSURE")
RELATIONS: dict[str, list[tuple[str, str]]] = {
    relation: [(a, b) for froms, tos in rows for a in froms.split() for b in tos.split()]
    for relation, rows in (_WALKED | _NEVER_WALKED).items()
} | {relation: [(kind, kind) for kind in RECORDS] for relation in ASSERTED}
WALKED = sorted(_WALKED)

OUT, IN, BOTH = "->", "<-", "--"


@dataclass(frozen=True)
class Connection:
    """Where a page of links leads, along which relations and which way; few that lead to persons show the protected."""

    way: str
    far: str
    relations: frozenset[str]
    protected: bool = False
    classes: frozenset[str] = frozenset()


def _row(way: str, far: str, relations: str, *, classes: str = "") -> Connection:
    shown = frozenset(classes.split())
    return Connection(way, far, frozenset(relations.split()), bool(shown), shown)


_PURSUED = "SUSPECT_IN ACCUSED_IN CONVICTED_IN"
_PROTECTED = "VICTIM_OF WITNESS_OF COMPLAINANT_OF"
_HARMED = "VICTIM WITNESS COMPLAINANT"
_OTHERS = "SUSPECT ACCUSED_CHARGED CONVICTED ACQUITTED_DISCHARGED PROCLAIMED ASSOCIATE CONTACT"
_RESTS_ON = {"documents": _row(OUT, "document", "DERIVED_FROM")}

# Kind → its connections, as GraphQL names them.
CONNECTIONS: dict[str, dict[str, Connection]] = {
    "person": {
        "memberships": _row(OUT, "gang", "MEMBER_OF"),
        "accounts": _row(OUT, "account", "USES_ACCOUNT CONTROLS"),
        "phones": _row(OUT, VALUE, "USES_PHONE"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        "incidents": _row(OUT, "incident", f"{_PURSUED} {_PROTECTED}"),
        "associates": _row(BOTH, "person", "ASSOCIATE_OF MET_WITH"),
        "vehicles": _row(OUT, "vehicle", "USES_VEHICLE"),
        "bankAccounts": _row(OUT, "bankaccount", "USES_ACCOUNT CONTROLS"),
        "cases": _row(OUT, "case", f"{_PURSUED} CO_ACCUSED_IN"),
        "chargeSheets": _row(OUT, "chargesheet", "CHARGED_BY"),
        "notices": _row(OUT, "notice", "SUBJECT_OF"),
        "prisonStays": _row(OUT, "prisonstay", "LODGED_IN"),
        "places": _row(OUT, "place", "ADDRESS_AT SEEN_AT"),
        "assisted": _row(OUT, "assistance", "GAVE"),
        "helpedBy": _row(IN, "assistance", "GIVEN_TO"),
        **_RESTS_ON,
    },
    "gang": {
        "members": _row(IN, "person", "MEMBER_OF"),
        "rivals": _row(BOTH, "gang", "RIVAL_OF"),
        "allies": _row(BOTH, "gang", "ALLIED_WITH"),
        "splitFrom": _row(OUT, "gang", "SPLIT_FROM"),
        "splinters": _row(IN, "gang", "SPLIT_FROM"),
        "incidents": _row(IN, "incident", "CLAIMED_BY ATTRIBUTED_TO"),
        "accounts": _row(OUT, "account", "CONTROLS"),
        "bankAccounts": _row(OUT, "bankaccount", "CONTROLS"),
        "chargeSheets": _row(OUT, "chargesheet", "CHARGED_BY"),
        "helpedBy": _row(IN, "assistance", "GIVEN_TO"),
        **_RESTS_ON,
    },
    "incident": {
        "persons": _row(IN, "person", _PURSUED),
        "protected": _row(IN, "person", _PROTECTED, classes=_HARMED),
        "claimedBy": _row(OUT, "gang", "CLAIMED_BY"),
        "attributedTo": _row(OUT, "gang", "ATTRIBUTED_TO"),
        "phones": _row(IN, VALUE, "USED_IN"),
        "accounts": _row(IN, "account", "USED_IN"),
        "bankAccounts": _row(IN, "bankaccount", "USED_IN"),
        "vehicles": _row(IN, "vehicle", "USED_IN"),
        "weapons": _row(IN, "weapon", "USED_IN"),
        "places": _row(OUT, "place", "OCCURRED_AT"),
        "cases": _row(OUT, "case", "RECORDED_IN"),
        "firs": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "account": {
        "persons": _row(IN, "person", "USES_ACCOUNT CONTROLS"),
        "gangs": _row(IN, "gang", "CONTROLS"),
        "incidents": _row(OUT, "incident", "USED_IN"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "vehicle": {
        "persons": _row(IN, "person", "USES_VEHICLE"),
        "incidents": _row(OUT, "incident", "USED_IN"),
        "places": _row(OUT, "place", "SEEN_AT"),
        "notices": _row(OUT, "notice", "SUBJECT_OF"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "bankaccount": {
        "persons": _row(IN, "person", "USES_ACCOUNT CONTROLS"),
        "gangs": _row(IN, "gang", "CONTROLS"),
        "incidents": _row(OUT, "incident", "USED_IN"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "weapon": {"incidents": _row(OUT, "incident", "USED_IN"), **_RESTS_ON},
    "place": {
        "persons": _row(IN, "person", "ADDRESS_AT SEEN_AT"),
        "vehicles": _row(IN, "vehicle", "SEEN_AT"),
        "incidents": _row(IN, "incident", "OCCURRED_AT"),
        **_RESTS_ON,
    },
    "prisonstay": {
        "persons": _row(IN, "person", "LODGED_IN"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "notice": {
        "persons": _row(IN, "person", "SUBJECT_OF"),
        "vehicles": _row(IN, "vehicle", "SUBJECT_OF"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "case": {
        "persons": _row(IN, "person", f"{_PURSUED} CO_ACCUSED_IN"),
        "incidents": _row(IN, "incident", "RECORDED_IN"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "chargesheet": {
        "persons": _row(IN, "person", "CHARGED_BY"),
        "gangs": _row(IN, "gang", "CHARGED_BY"),
        "identifiers": _row(OUT, VALUE, "IDENTIFIED_BY"),
        **_RESTS_ON,
    },
    "document": {
        "persons": _row(IN, "person", "DERIVED_FROM"),
        "gangs": _row(IN, "gang", "DERIVED_FROM"),
        "incidents": _row(IN, "incident", "DERIVED_FROM"),
        "cases": _row(IN, "case", "DERIVED_FROM"),
        "assistances": _row(IN, "assistance", "DERIVED_FROM"),
    },
    "assistance": {
        "persons": _row(IN, "person", "GAVE"),
        "givenTo": _row(OUT, "person", "GIVEN_TO"),
        "givenToGangs": _row(OUT, "gang", "GIVEN_TO"),
        **_RESTS_ON,
    },
    VALUE: {
        "persons": _row(IN, "person", "USES_PHONE IDENTIFIED_BY", classes=f"{_HARMED} {_OTHERS}"),
        "accounts": _row(IN, "account", "IDENTIFIED_BY"),
        "incidents": _row(BOTH, "incident", "USED_IN IDENTIFIED_BY"),
        "calls": _row(BOTH, VALUE, "CALLED"),
        "vehicles": _row(IN, "vehicle", "IDENTIFIED_BY"),
        "bankAccounts": _row(IN, "bankaccount", "IDENTIFIED_BY"),
        "cases": _row(IN, "case", "IDENTIFIED_BY"),
        "chargeSheets": _row(IN, "chargesheet", "IDENTIFIED_BY"),
        "notices": _row(IN, "notice", "IDENTIFIED_BY"),
        "prisonStays": _row(IN, "prisonstay", "IDENTIFIED_BY"),
    },
}

for _kind in RECORDS:
    CONNECTIONS[_kind]["sameAs"] = _row(BOTH, _kind, " ".join(ASSERTED))

# Some of each kind of identifier, of which two things of a world may bear one.
VALUES = {
    "PHONE": [f"+9198290123{n:02}" for n in range(8)],
    "SOCIAL_ID": ["X:101", "X:102", "TELEGRAM:103"],
    "FIR": ["IN-RJ/Jaipur/Mansarovar/0012/2026", "IN-RJ/Jaipur/Mansarovar/0013/2026"],
    "IMEI": ["49-015420-323751-8", "35-209900-176148-1"],
    "VEHICLE": ["RJ 14 CB 4711", "22 BH 4711 AA"],
    "PASSPORT": ["A1234567", "A4752025"],
    "UPI": ["test@bank", "other@bank"],
    "BANK_ACCOUNT": ["TEST0004711/471100001", "TEST0004711/471100002"],
    "CNR": ["RJJP01-004711-2025", "RJJP01-004712-2025"],
    "PRISONER": ["IN-RJ, Central Jail, 47/2019", "IN-RJ, Central Jail, 48/2019"],
    "LOC": ["BOI/47/2025", "BOI/48/2025"],
    "INTERPOL": ["A-47/5-2025", "A-48/5-2025"],
    "CHARGE_SHEET": ["IN-RJ/Jaipur/Mansarovar/0012/2026", "IN-RJ/Jaipur/Mansarovar/0014/2026"],
}
