"""Phone numbers: what is dialled, written as E.164."""

import re
import unicodedata

import phonenumbers

from schemas.identifier import BadIdentifier
from schemas.text import legible

HOME_REGION = "IN"
LONGEST = 60

_NOT_A_PHONE = "This is not a phone number; write it as dialled, such as +91 94140 12345."


def phone_normal(raw: object) -> str:
    """Give the E.164 form of a phone number; without a country code it is Indian. Raises BadIdentifier."""
    try:
        text = legible(raw, LONGEST)
    except ValueError as problem:
        raise BadIdentifier(str(problem)) from problem
    dialled = _in_ascii(text.removeprefix("tel:").removeprefix("TEL:"))
    if not re.fullmatch(r"\(?\+?[0-9 ().\u2010-\u2015-]+", dialled):
        raise BadIdentifier("A phone number holds digits, spaces and + ( ) . - only.")
    try:
        number = phonenumbers.parse(dialled, HOME_REGION)
    except phonenumbers.NumberParseException as problem:
        raise BadIdentifier(_NOT_A_PHONE) from problem
    if not (phonenumbers.is_possible_number(number) and phonenumbers.is_valid_number(number)):
        raise BadIdentifier("No such phone number can exist; check its digits and its country code.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _in_ascii(text: str) -> str:
    """Write the digits and the plus of any script in ASCII."""
    digits = (str(unicodedata.decimal(char, char)) for char in text.replace("\uff0b", "+"))
    return "".join(digits).strip()
