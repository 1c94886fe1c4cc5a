"""The tables of this room, written by us and read once: scripts to sounds, Latin writings, words that say little."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from unicodedata import normalize


@dataclass(frozen=True)
class Script:
    """How one script is heard: letters and signs, each to its sounds or to the word that sounds.py settles it by."""

    consonants: dict[str, str]
    vowels: dict[str, str]
    matras: dict[str, str]
    marks: dict[str, str]


@dataclass(frozen=True)
class Words:
    """Words that are dropped, split off, or say little: these as (weight, writings), the first giving the fold."""

    separators: tuple[str, ...]
    honorifics: tuple[str, ...]
    attached: tuple[str, ...]
    common: tuple[tuple[float, tuple[str, ...]], ...]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("analysis.names").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def script(name: str) -> Script:
    """Give the table of a script: 'devanagari', 'gurmukhi', 'gujarati' or 'urdu'."""
    table = _read(name)
    parts = ({normalize("NFC", k): v for k, v in table.get(part, {}).items()} for part in Script.__dataclass_fields__)
    return Script(*parts)


@cache
def latin() -> tuple[dict[str, str], dict[str, str]]:
    """Give the Latin writings of sounds, and the letters that each sound is folded to."""
    table = _read("latin")
    return table["writings"], table["folded"]


@cache
def words() -> Words:
    """Give the words that are dropped and the words that say little."""
    table = _read("words")
    common = tuple((float(row["weight"]), tuple(row["writings"])) for row in table["common"])
    attached = (normalize("NFC", writing) for writing in table["attached"])
    return Words(tuple(table["separators"]), tuple(table["honorifics"]), tuple(attached), common)


@cache
def costs() -> dict[str, Any]:
    """Give what it costs to hear one sound for another, and to miss one; from 0 (nothing) to 1 (another consonant)."""
    return _read("costs")
