"""From letters to sounds: one character is one sound, whatever the script.

Small letters are plain sounds, capitals their breathed or long partners (K = kh, A = aa). Four more stand for what a
script does not write: "*" a vowel that may be there, "@" a vowel of unknown colour, "~" a nasal that may go unheard,
"W" and "Y" the Urdu waw and yeh that may be vowel or consonant.
"""

import re
from collections.abc import Callable
from functools import cache

from analysis.names import tables

VOWELS = frozenset("aAiIuUeEoO@WY*")
_SCHWA = "ə"  # the inherent vowel, until it is known whether it is heard
_SPOKEN = VOWELS - {"*"} | {_SCHWA}
_RUNS = re.compile(
    r"(?P<devanagari>[\u0900-\u097f]+)|(?P<gurmukhi>[\u0a00-\u0a7f]+)|(?P<gujarati>[\u0a80-\u0aff]+)"
    r"|(?P<urdu>[\u0600-\u06ff]+)|(?P<latin>[a-z]+)|(?P<other>.)",
    re.DOTALL,
)
_BREATHABLE = frozenset("kgcjtdpb")
_UNWRITTEN = re.compile(r"(?<=[^aAiIuUeEoO@WY~])(?=[^aAiIuUeEoO@WY~])")
_SOUNDING_END = re.compile(r"[kKgGcCjJtTdDpPbBsSqXzfh][rlvymn]$")


def sounds(word: str) -> str:
    """Give the sounds of one lower-case word; letters of other scripts stand for themselves."""
    heard = "".join(_HEAR[run.lastgroup or "other"](run.group()) for run in _RUNS.finditer(word))
    return _settle(heard)


def _settle(heard: str) -> str:
    """Nasals take the place of what follows, doubles are single, and a y that closes a syllable is a vowel."""
    heard = re.sub(r"~(?=[pPbBm])", "m", heard)
    heard = re.sub(r"~(?=[^aAiIuUeEoO@WY*~])", "n", heard)
    heard = re.sub(r"[aA]y(?=[^aAiIuUeEoO@WY*y]|$)", "E", heard)
    single: list[str] = []
    for sound in heard:
        # 118 is not 18: only a sound can be drawn out.
        if single and sound.lower() == single[-1].lower() and not sound.isdigit():
            single[-1] = min(sound, single[-1])
        else:
            single.append(sound)
    return "".join(single)


def _hear_indic(name: str) -> Callable[[str], str]:
    def hear(run: str) -> str:
        return _drop_schwas(_spell_out(run, tables.script(name)))

    return hear


def _spell_out(run: str, script: tables.Script) -> list[str]:
    heard: list[str] = []
    place = 0
    while place < len(run):
        length = next((n for n in (3, 2) if run[place : place + n] in script.consonants), 1)
        letter = run[place : place + length]
        place += length
        if letter in script.consonants:
            heard += [*script.consonants[letter], _SCHWA]
        elif letter in script.vowels:
            heard += script.vowels[letter]
        elif letter in script.matras:
            if heard and heard[-1] in _SPOKEN:  # a matra takes the place of the inherent vowel, or of a bare carrier
                heard.pop()
            heard += script.matras[letter]
        elif script.marks.get(letter) == "virama" and heard and heard[-1] == _SCHWA:
            heard.pop()
        elif script.marks.get(letter) == "nasal":
            heard.append("~")
    return heard


def _drop_schwas(heard: list[str]) -> str:
    """An inherent vowel is silent at the end, and between VC and CV, counted from the right; else it is an 'a'."""
    last = len(heard) - 1
    if last > 0 and heard[last] == _SCHWA and any(sound in _SPOKEN for sound in heard[:last]):
        # "mitra", "surya": a word does not end in a stop and a liquid.
        heard[last] = "a" if _SOUNDING_END.search("".join(heard[:last])) else "*"
    for place in range(last - 2, 1, -1):
        if heard[place] == _SCHWA and _between_syllables(heard, place):
            heard[place] = "*"
    return "".join(heard).replace(_SCHWA, "a")


def _between_syllables(heard: list[str], place: int) -> bool:
    before, onset, coda, after = heard[place - 2], heard[place - 1], heard[place + 1], heard[place + 2]
    if after == "r" and place + 3 < len(heard):  # har-preet: a stop and its r open one syllable
        after = heard[place + 3]
    return before in _SPOKEN and after in _SPOKEN and onset not in _SPOKEN and coda not in _SPOKEN and coda != "~"


def _hear_urdu(run: str) -> str:
    script = tables.script("urdu")
    letters = [found for letter in run if (found := script.consonants.get(letter) or script.vowels.get(letter))]
    heard: list[str] = []
    for place, letter in enumerate(letters):
        before = letters[place - 1] if place else ""
        after = letters[place + 1] if place + 1 < len(letters) else ""
        if letter == "breathed":
            if heard and heard[-1] in _BREATHABLE:
                heard[-1] = heard[-1].upper()
        elif letter in ("alif", "ain"):
            heard.append(_hear_alif(letter, before, after))
        elif letter == "waw":
            heard.append(_hear_waw(place, before, after))
        elif letter == "yeh":
            heard.append(_hear_yeh(before, after))
        elif letter == "h" and not after and before not in ("", "alif", "waw", "yeh", "A"):
            heard.append("A")  # a he that ends a word after a consonant is its vowel
        else:
            heard += letter
    return _UNWRITTEN.sub("*", "".join(heard))


def _hear_alif(letter: str, before: str, after: str) -> str:
    if before:
        return "A" if letter == "alif" else "*"
    return "" if after in ("waw", "yeh", "alif", "A") else "@"


def _hear_waw(place: int, before: str, after: str) -> str:
    if before == "alif" and place == 1:
        return "o"
    after_vowel = before in ("alif", "A") or (before == "yeh" and place > 1)
    return "v" if not before or after_vowel or after in ("alif", "A", "yeh", "e", "I") else "W"


def _hear_yeh(before: str, after: str) -> str:
    if not after:
        return "I"
    return "y" if not before or after in ("alif", "A") else "Y"


@cache
def _writings() -> re.Pattern[str]:
    writings = sorted(tables.latin()[0], key=lambda writing: (-len(writing), writing))
    return re.compile("|".join(writings))


def _hear_latin(run: str) -> str:
    heard = _writings().sub(lambda found: tables.latin()[0][found.group()], run)
    return re.sub(r"(?<=[^aAiIuUeEoOy])y(?![aAiIuUeEoOy])", "I", heard)


_HEAR: dict[str, Callable[[str], str]] = {
    "devanagari": _hear_indic("devanagari"),
    "gurmukhi": _hear_indic("gurmukhi"),
    "gujarati": _hear_indic("gujarati"),
    "urdu": _hear_urdu,
    "latin": _hear_latin,
    "other": str,
}
