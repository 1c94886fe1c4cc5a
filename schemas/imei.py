"""Handsets: the IMEI, fifteen digits of which the last is Luhn's check of the others."""

import re

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin

LONGEST = 60

# 3GPP TS 23.003, clause 6: eight digits of type and six of serial, then a check digit (IMEI), two digits of software
# version (IMEISV), or nothing.
_NAMED = 14
_LENGTHS = (_NAMED, _NAMED + 1, _NAMED + 2)


def imei_normal(raw: object) -> str:
    """Give the fifteen digits of an IMEI. Raises BadIdentifier.

    Fourteen digits get their check digit. Of sixteen the last two are the software version, which changes while the
    handset stays the same: a check digit takes their place. Neither is believed where a last digit stands alone, since
    that is how a check digit is written, and so another digit was lost or added.
    """
    # Legible is enough: in groups as they are printed (2, 6, 6, 1), one IMEI in ten passes for an Aadhaar number.
    text = in_latin(raw, LONGEST)
    if not re.fullmatch(r"[0-9][0-9 ./-]*", text):
        raise BadIdentifier("An IMEI holds digits, spaces, dashes and slashes only.")
    groups = re.findall("[0-9]+", text)
    digits = "".join(groups)
    stands_alone = len(groups) > 1 and len(groups[-1]) == 1
    if len(digits) not in _LENGTHS or (stands_alone and len(digits) != _NAMED + 1):
        raise BadIdentifier("An IMEI has 15 digits, as the handset shows for *#06#; check for one lost or added.")
    named = digits[:_NAMED]
    if not named.strip("0"):
        raise BadIdentifier("An IMEI of zeros names no handset.")
    whole = named + _check_digit(named)
    if len(digits) == len(whole) and digits != whole:
        raise BadIdentifier(
            "The last digit of this IMEI does not fit the others; leave it out if a record of calls has 0 in its place."
        )
    return whole


def _check_digit(digits: str) -> str:
    """Give the digit that makes a row pass Luhn's check (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        weighed = int(digit) * (1 if place % 2 else 2)
        total += weighed // 10 + weighed % 10
    return str(-total % 10)
