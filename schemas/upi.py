"""UPI addresses: a name, an at sign and the handle of a payment service."""

import re

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin, without_aadhaar

LONGEST = 255

_NAME = re.compile("(?=[._-]*[a-z0-9])[a-z0-9._-]{2,}")
_SERVICE = re.compile("[a-z][a-z0-9]{1,63}")


def upi_normal(raw: object) -> str:
    """Give a UPI address in small letters, which mean the same as capitals there. Raises BadIdentifier.

    Names are taken as payment apps take them: letters, digits, dots, dashes and underscores. Which handles exist
    changes by the month and is not asked. A dot after the at sign makes an e-mail address, or one of the addresses
    at npci that only wrap another number.
    """
    # An address made of twelve digits, a mobile with 91 before it included, is refused if it could be an Aadhaar
    # number: the plus that tells the two apart elsewhere cannot be written here.
    text = without_aadhaar(in_latin(raw, LONGEST)).lower()
    name, at, service = (part.strip() for part in text.partition("@"))
    if service.endswith(".npci"):
        raise BadIdentifier("An address at npci wraps an account or a mobile number; record that number itself.")
    if "." in service:
        raise BadIdentifier("This is an e-mail address; a UPI address has no dot after the @, such as name@upi.")
    if not at or not _NAME.fullmatch(name) or not _SERVICE.fullmatch(service):
        raise BadIdentifier("Write a UPI address as a name, an @ and a handle, such as name@upi.")
    return f"{name}@{service}"
