"""The page of identifiers: every kind of number or name by which the world knows a thing, and its normal form."""

import inspect
from collections.abc import Callable, Iterator

from api.reference.markdown import code, link, page, table
from api.reference.relations import either, end
from schemas.ids import NORMAL_FORMS, ValueKind
from schemas.link import RELATIONS, End

_INTRODUCTION = """\
# Identifiers

The numbers and names by which the world knows phones, accounts, vehicles and cases. One says nothing by itself: it is
found through the links that touch it, by its normal form, which is the same for every spelling. What cannot be one of
its kind is refused with a sentence that says why. `make schema` writes this page from `schemas/`.

In GraphQL an identifier is an [Identifier](relations.md#identifier), with its kind and how it was written. As the end
of a link it is a `kind` and a `value` as written."""

# As written, and its normal form; every number is invented.
EXAMPLES: dict[ValueKind, tuple[tuple[str, str], ...]] = {
    ValueKind.PHONE: (("094140-12345", "+919414012345"), ("+1 202 555 0123", "+12025550123")),
    ValueKind.SOCIAL_ID: (
        ("instagram: 17841400000000001", "INSTAGRAM:17841400000000001"),
        ("whatsapp:94140 12345", "WHATSAPP:+919414012345"),
        ("other:ShareChat/Ab.12", "OTHER:sharechat/Ab.12"),
    ),
    ValueKind.FIR: (
        ("IN-RJ, Jaipur East, PS Vaishali Nagar, 0123/2025", "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0123/REGULAR"),
        ("Rajasthan, Jaipur East, Vaishali Nagar, 7/2025, Zero FIR", "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/0007/ZERO"),
    ),
    ValueKind.IMEI: (("35-693803-564380", "356938035643809"),),
    ValueKind.VEHICLE: (("RJ 14 AB 1234", "RJ14AB1234"), ("22 BH 1234 AA", "22BH1234AA")),
    ValueKind.PASSPORT: (("A 1234567", "IND/A1234567"), ("NPL 01234567", "NPL/01234567")),
    ValueKind.UPI: (("Name.One@UPI", "name.one@upi"),),
    ValueKind.BANK_ACCOUNT: (("ABCD0123456 00123456789", "ABCD0123456/123456789"),),
    ValueKind.CNR: (("RJJP01-000123-2025", "RJJP01/000123/2025"),),
    ValueKind.PRISONER: (("IN-RJ, Central Jail Jaipur, UT 123, 2025", "IN-RJ/JAIPUR CENTRAL JAIL/UT-123/2025"),),
    ValueKind.LOC: (("LOC No. BOI/1234/2025", "BOI/1234/2025"),),
    ValueKind.INTERPOL: (("A 1234/05-2025", "A-1234/5-2025"),),
    ValueKind.CHARGE_SHEET: (
        (
            "IN-RJ, Jaipur East, Vaishali Nagar, 12/2025, 2nd supplementary",
            "IN-RJ/RJ-P-JPE/VAISHALI NAGAR/2025/012/SUPPLEMENTARY-2",
        ),
    ),
}


def identifiers() -> str:
    """Give the page."""
    return page(
        _INTRODUCTION,
        "\n".join(f"* {link(kind.value)}: {_first(kind)}" for kind in ValueKind),
        *(block for kind in ValueKind for block in _kind(kind)),
    )


def _kind(kind: ValueKind) -> Iterator[str]:
    yield f"## {kind}"
    yield f"{_first(kind)} {_told(NORMAL_FORMS[kind])}"
    yield table(("As written", "Normal form"), ((code(raw), code(normal)) for raw, normal in EXAMPLES[kind]))
    yield "\n".join(f"* {line}" for line in _joined(kind))


def _first(kind: ValueKind) -> str:
    """Give the sentence in which the module of a kind says what it is."""
    return (inspect.getdoc(inspect.getmodule(NORMAL_FORMS[kind])) or "").splitlines()[0]


def _told(normal: Callable[[object], str]) -> str:
    """Give what a function says of the normal form that it gives, without what only its caller must know."""
    text = (inspect.getdoc(normal) or "").removeprefix("Give ").replace(" Raises BadIdentifier.", "")
    return f"Normal form: {' '.join(text.split())}"


def _joined(kind: ValueKind) -> Iterator[str]:
    """Say of each relation of a kind what it joins to it."""
    for row in RELATIONS.values():
        from_ = [one for one, other in row.ends if other is kind]
        to = [other for one, other in row.ends if one is kind and other is not kind]
        if from_:
            yield f"{_names(from_)} → {code(row.kind)} → it"
        if to:
            yield f"it → {code(row.kind)} → {_names(to)}"


def _names(ends: list[End]) -> str:
    return either(map(end, dict.fromkeys(ends)))
