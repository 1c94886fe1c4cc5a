"""Bank accounts: the IFSC of the branch, and the number that the branch gave."""

import re

from schemas.identifier import BadIdentifier
from schemas.ifsc import ifsc_normal
from schemas.spelling import in_latin, without_aadhaar

LONGEST = 80
SHORTEST_NUMBER = 6

_PARTS = re.compile("([A-Z]{4}[ -]?[0O][ -]?[A-Z0-9]{6})[ /:,|-]+([A-Z0-9][A-Z0-9 .-]*)")
_DIGITS = re.compile("[0-9]{6,18}")
# The account field of a payment message has 34 places (ISO 20022).
_WITH_LETTERS = re.compile("(?=.*[0-9])(?=.*[A-Z])[A-Z0-9]{6,34}")


def bank_account_normal(raw: object) -> str:
    """Give `IFSC/number` from an IFSC, a gap or mark, and an account number. Raises BadIdentifier.

    Numbers have 6 to 18 digits. Letters are taken too: collection accounts begin with those of the company that
    collects. Zeros before digits are left out down to six digits, since spreadsheets lose them and passbooks add them;
    no branch is known to give out both numbers.
    """
    found = _PARTS.fullmatch(in_latin(raw, LONGEST))
    if found is None:
        raise BadIdentifier("Write an account as the IFSC of its branch and its number, such as ABCD0123456/001234567.")
    number = re.sub("[ .-]", "", found[2])
    if not (_DIGITS.fullmatch(number) or _WITH_LETTERS.fullmatch(number)):
        raise BadIdentifier(
            "An account number has 6 to 18 digits; one with letters has a digit too, and at most 34 of both."
        )
    if not number.strip("0"):
        raise BadIdentifier("An account number of zeros names no account.")
    if number.isdecimal():
        number = number.lstrip("0").zfill(SHORTEST_NUMBER)
    # The whole number decides, not its groups. One in ten of twelve digits is refused although it is an account: sealed
    # or not, it is kept as text and shown to people, and nobody could tell it from an Aadhaar number put in its place.
    return without_aadhaar(f"{ifsc_normal(found[1])}/{number}")
