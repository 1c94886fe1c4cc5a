"""Spellings: what two ways of writing the same identifier may differ by."""

import re
import unicodedata

from schemas.identifier import BadIdentifier
from schemas.text import has_aadhaar, legible

_DASH = re.compile("[\u2010-\u2015\u2212\uff0d]")


def spelt(raw: object, longest: int) -> str:
    """Give a legible text with digits and dashes in ASCII. Raises BadIdentifier."""
    try:
        return in_ascii(legible(raw, longest))
    except ValueError as problem:
        raise BadIdentifier(str(problem)) from problem


def in_latin(raw: object, longest: int) -> str:
    """Give a text in Latin capitals, digits and marks, for what is never written otherwise. Raises BadIdentifier."""
    text = spelt(raw, longest)
    # Asked before the case changes, which would make Latin capitals of other letters: of ß and of a dotless i.
    if not text.isascii():
        raise BadIdentifier("This is written in Latin letters, digits and plain marks only.")
    return text.upper()


def in_ascii(text: str) -> str:
    """Write the digits of every script, and dashes of every length, in ASCII."""
    return "".join(str(unicodedata.decimal(char, char)) for char in _DASH.sub("-", text))


def folded(text: str) -> str:
    """Write a name in capitals, with one space for every row of spaces and marks."""
    seen = re.sub("[\u200c\u200d]", "", text)
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in seen.upper())
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def without_aadhaar(text: str) -> str:
    """Give a text back in which no Aadhaar number can be read. Raises BadIdentifier for any other."""
    if has_aadhaar(text):
        raise BadIdentifier("This holds twelve digits that could be an Aadhaar number, which is never recorded.")
    return text
