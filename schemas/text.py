"""Text as people may write it here.

Every text is NFC, without surrounding space, not empty, and holds nothing that a reader cannot see: no control or
formatting character, no override of direction, no zero-width trick, no code point without a meaning, no Aadhaar number.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas.aadhaar import has_aadhaar

__all__ = ["Code", "Line", "NameText", "Prose", "has_aadhaar", "legible", "plain", "script_of"]

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_VIRAMA = 9  # the canonical combining class of every Indic virama
_EMOJI_STYLE = "\ufe0f"
# Blank or joining, though Unicode counts them as letters, marks or symbols.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(point) for span in (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for point in span
}
_SENTENCES = {
    "Cc": "Text holds no control characters.",
    "Cf": "Text holds no invisible characters or changes of direction.",
    "Cs": "Text holds no broken characters.",
    "Co": "Text holds no private characters: nobody else can read them.",
    "Cn": "Text holds no unassigned characters.",
    "Zl": "Lines are ended by a plain line break.",
    "Zp": "Lines are ended by a plain line break.",
}
_SPACES = re.compile(r"[^\S\n\r\t\v\f\x1c-\x1f\x85\u2028\u2029]")
# Letters that look alike across these scripts are told apart by nobody; the last two are dressed-up Latin.
_LOOK_ALIKE = frozenset(
    {"LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU", "DESERET", "MATHEMATICAL", "FULLWIDTH"}
)
_INDIC = frozenset(
    {"DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"}
)
_SHARED_MARKS = frozenset("\u0951\u0952")
_WHOLE = " *"


def plain(raw: object, longest: int, *, lines: bool = False) -> str:
    """Give a legible text that names no Aadhaar number, of at most `longest` characters. Raises ValueError."""
    text = legible(raw, longest, lines=lines)
    if has_aadhaar(text):
        raise ValueError("Text holds no Aadhaar number, nor a number of twelve digits that could be one.")
    return text


def legible(raw: object, longest: int, *, lines: bool = False) -> str:
    """Give a text of which all can be seen, of at most `longest` characters. Raises ValueError with a sentence."""
    if not isinstance(raw, str):
        raise ValueError("This must be text.")
    # NFC can shorten; no honest text shrinks to a quarter, and what is longer is not worth the work.
    if len(raw) > 4 * longest:
        raise ValueError(f"Text is at most {longest} characters long.")
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", raw.replace("\r\n", "\n") if lines else raw))
    _refuse_unseen(text, lines)
    text = text.strip()
    if not text:
        raise ValueError("Text must not be empty.")
    if len(text) > longest:
        raise ValueError(f"Text is at most {longest} characters long.")
    return text


def _refuse_unseen(text: str, lines: bool) -> None:
    if text.isascii() and text.isprintable():
        return
    for place, char in enumerate(text):
        if char in (_ZWNJ, _ZWJ):
            if not _joins(text, place):
                raise ValueError(_SENTENCES["Cf"])
        elif char == _EMOJI_STYLE and place and unicodedata.category(text[place - 1]) == "So":
            continue
        elif char in _INVISIBLE:
            raise ValueError(_SENTENCES["Cf"])
        elif not (lines and char == "\n") and (sentence := _SENTENCES.get(unicodedata.category(char))):
            raise ValueError(sentence)


def _joins(text: str, place: int) -> bool:
    """Say whether a zero-width joiner or non-joiner stands where an Indic script writes it.

    It shapes a conjunct, between a virama and a letter; Bengali also writes ya-phalaa as letter, joiner, virama.
    """
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not before or not after or script_of(before) != script_of(after) or script_of(after) not in _INDIC:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after) == "Lo"
    return text[place] == _ZWJ and script_of(before) == "BENGALI" and unicodedata.combining(after) == _VIRAMA


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """Give the script of a letter or of a mark on one, by its Unicode name ('DEVANAGARI'); '' for anything else."""
    if unicodedata.category(char)[0] not in "LM" or char in _SHARED_MARKS:
        return ""
    return unicodedata.name(char, "").partition(" ")[0]


def _name(raw: object) -> str:
    """Refuse names in which one word mixes scripts that look alike, or two Indic scripts."""
    text = plain(raw, 200)
    for word in text.split():
        scripts = {script_of(char) for char in word}
        if len(scripts & _LOOK_ALIKE) > 1 or len(scripts & _INDIC) > 1:
            raise ValueError("One word of a name is written in one script; write the same name in another as its own.")
    return text


def _code(raw: object) -> str:
    text = plain(raw, 60)
    if not re.fullmatch(r"[A-Za-z0-9 ._/():-]+", text):
        raise ValueError("A reference holds Latin letters, digits, spaces and . _ / ( ) : - only.")
    return text


def _section(raw: object) -> str:
    """Give a section as it is cited; a star in place of its number is the whole Act."""
    text = plain(raw, 60)
    return f"{_code(text.removesuffix(_WHOLE))}{_WHOLE}" if text.endswith(_WHOLE) else _code(text)


def _at_most(longest: int, *, lines: bool = False) -> Callable[[object], str]:
    def check(raw: object) -> str:
        return plain(raw, longest, lines=lines)

    return check


Line = Annotated[str, Field(max_length=200), BeforeValidator(_at_most(200))]
Prose = Annotated[str, Field(max_length=10_000), BeforeValidator(_at_most(10_000, lines=True))]
NameText = Annotated[str, Field(max_length=200), BeforeValidator(_name)]
Code = Annotated[str, Field(max_length=60), BeforeValidator(_code)]
Section = Annotated[str, Field(max_length=60), BeforeValidator(_section)]
