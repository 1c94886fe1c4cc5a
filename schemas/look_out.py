"""Look-out circulars: the reference, with who issued it."""

import re

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin, without_aadhaar

LONGEST = 80

_INITIAL = re.compile(r"\b([A-Z])\.(?=[A-Z]\b)")
_LABEL = re.compile("^(?:(?:LOC|LOOK-?OUT-CIRCULAR)[/-](?:(?:NO|NUMBER)[/-])?)+")


def look_out_normal(raw: object) -> str:
    """Give a reference in capitals, its parts parted by / where it is written and by - elsewhere. Raises BadIdentifier.

    Issuers number as they please, so nothing in it is read. It names its issuer in letters and has a digit, or it
    would name no one circular.
    """
    text = in_latin(raw, LONGEST)
    if not re.fullmatch(r"[A-Z0-9 ./(),:&-]+", text):
        raise BadIdentifier("A reference holds Latin letters, digits, spaces and / - . , : & ( ) only.")
    parted = re.sub("[^A-Z0-9/]+", "-", _INITIAL.sub(r"\1", text))
    reference = _LABEL.sub("", re.sub("-*/[/-]*", "/", parted).strip("/-"))
    if not re.search("[A-Z]{2}", reference) or not re.search("[0-9]", reference):
        raise BadIdentifier("Write a circular with who issued it and its number, such as BOI/1234/2025.")
    return without_aadhaar(reference)
