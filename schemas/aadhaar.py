"""Aadhaar numbers, which this system never holds: how to find one in a text."""

import re
import unicodedata
from collections.abc import Iterator

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
# As it is printed, four and four and four, whatever mark parts them: the same one twice. Looked for at every place,
# so that a group before it does not use it up.
_PRINTED = re.compile(r"(?<!\d)(?=(\d{4})((?:[^\w]|_){1,7})(\d{4})\2(\d{4})(?!\d))")
_YEARS = re.compile(r"(?:(?:19|20)\d\d){3}")
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

    Groups are parted by spaces or dashes, three groups of four also by any mark twice, but for three years. A number
    with a plus before it that is a phone somewhere is a phone: Indian mobiles have twelve digits with their country
    code, and one in ten of them passes the check.
    """
    # Both as written and folded: folding finds digits in disguise, but can also join a footnote's mark to a number.
    return any(_shows_aadhaar(form) for form in {text, unicodedata.normalize("NFKC", text)})


def _shows_aadhaar(text: str) -> bool:
    kept = _DATE.sub("|", _OWN_ID.sub("|", text))
    return any(_is_aadhaar(digits) for chain in _chains(kept) for digits in _windows(chain)) or any(
        _is_aadhaar(digits) and not _YEARS.fullmatch(digits) for digits in _printed(kept)
    )


def _chains(text: str) -> list[list[str]]:
    """Give the rows of groups of digits that only gaps part; a plus stays with the group that it stands before."""
    chains: list[list[str]] = []
    end = 0
    for found in _DIGITS.finditer(text):
        if not (chains and _GAP.fullmatch(text, end, found.start())):
            chains.append([])
        plus = "+" if text.startswith("+", found.start() - 1, found.start()) else ""
        chains[-1].append(plus + "".join(str(unicodedata.decimal(digit)) for digit in found.group()))
        end = found.end()
    return chains


def _printed(text: str) -> Iterator[str]:
    """Give the digits of every three groups of four."""
    for found in _PRINTED.finditer(text):
        yield "".join(str(unicodedata.decimal(digit)) for digit in found[1] + found[3] + found[4])


def _windows(chain: list[str]) -> Iterator[str]:
    """Give every row of whole groups that has twelve digits; a plus can stand before the first group only."""
    for first in range(len(chain)):
        digits = ""
        for group in chain[first : first + LENGTH]:
            digits += group
            if len(digits.lstrip("+")) >= LENGTH:
                break
        if len(digits.lstrip("+")) == LENGTH:
            yield digits


def _is_aadhaar(digits: str) -> bool:
    return passes_verhoeff(digits.lstrip("+")) and not (digits.startswith("+") and _is_phone(digits))


def _is_phone(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
