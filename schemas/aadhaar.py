"""Aadhaar numbers, which this system never holds: how to find one in a text."""

import re
import unicodedata

import phonenumbers

LENGTH = 12

# Verhoeff's check runs in the dihedral group D5: 0 to 4 are turns, 5 to 9 are turns of the mirrored pentagon.
_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _times(left: int, right: int) -> int:
    """Multiply two elements of D5."""
    turn = (left % 5 + (right if left < 5 else -right)) % 5
    return turn + (5 if (left < 5) != (right < 5) else 0)


def _powers() -> tuple[tuple[int, ...], ...]:
    """Give the first eight powers of the permutation; the eighth is the identity again."""
    rows = [tuple(range(10))]
    while len(rows) < 8:
        rows.append(tuple(_PERMUTATION[digit] for digit in rows[-1]))
    return tuple(rows)


_PRODUCT = tuple(tuple(_times(left, right) for right in range(10)) for left in range(10))
_POWERS = _powers()

_DIGITS = re.compile(r"\d+")
_GAP = re.compile(r"[\s\u2010-\u2015\u2212-]{1,3}")
# The ids of our own records are mostly digits, and no person has chosen them.
_OWN_ID = re.compile(r"urn:sangam:[A-Z-]+:[a-z]+:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])")
# A written date beside another number is not the first part of a longer one.
_DATE = re.compile(
    r"(?<!\d)(?:[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])-(?:0[1-9]|1[0-2])-[12]\d{3})(?!\d)"
)


def passes_verhoeff(digits: str) -> bool:
    """Say whether a row of ASCII digits, the last of them the check digit, passes Verhoeff's check."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _PRODUCT[check][_POWERS[place % 8][int(digit)]]
    return check == 0


def has_aadhaar(text: str) -> bool:
    """Say whether twelve digits that pass Verhoeff's check stand in a text, in any script, in one piece or in groups.

    Groups are parted by spaces or dashes. A number with a plus before it that is a phone somewhere is a phone: Indian
    mobiles have twelve digits with their country code, and one in ten of them passes the check.
    """
    folded = _DATE.sub("|", _OWN_ID.sub("|", unicodedata.normalize("NFKC", text)))
    groups = [(found.start(), found.end(), _ascii(found.group())) for found in _DIGITS.finditer(folded)]
    return any(_starts_aadhaar(folded, groups, first) for first in range(len(groups)))


def _starts_aadhaar(text: str, groups: list[tuple[int, int, str]], first: int) -> bool:
    digits = ""
    for place in range(first, len(groups)):
        start, _, group = groups[place]
        if place > first and not _GAP.fullmatch(text, groups[place - 1][1], start):
            return False
        digits += group
        if len(digits) >= LENGTH:
            break
    if len(digits) != LENGTH or not passes_verhoeff(digits):
        return False
    start = groups[first][0]
    return not (text[start - 1 : start] == "+" and _is_phone(digits))


def _is_phone(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits))
    except phonenumbers.NumberParseException:
        return False


def _ascii(digits: str) -> str:
    return "".join(str(unicodedata.decimal(digit)) for digit in digits)
