"""Prisoners: state, prison, number and year of admission."""

import re

from schemas.codes.states import MEMBERS
from schemas.fir import LONGEST_PLACE
from schemas.identifier import BadIdentifier
from schemas.spelling import folded, spelt, without_aadhaar

LONGEST = 200

_HOW = "Write a prisoner as state, prison, number and year, such as IN-RJ, Jaipur Central Jail, 1234/2025."
_KIND = "(?:CENTRAL|DISTRICT|SUB|OPEN|SPECIAL|WOMEN|BORSTAL)"
_PRISON = re.compile(rf"\b({_KIND}) PRISON\b")
_KIND_FIRST = re.compile(rf"^({_KIND} JAIL) (?!{_KIND} JAIL\b)(.+)")
_NUMBER = re.compile("([A-Za-z]{0,8})0*([1-9][0-9]{0,9})([A-Za-z]?)")


def prisoner_normal(raw: object) -> str:
    """Give `STATE/PRISON/NUMBER/YEAR` from these four parted by / or a comma. Raises BadIdentifier.

    There is no table of prisons: one is found under one name or code, but "Central Jail Jaipur" and "Jaipur Central
    Prison" meet. A number may say in letters which register it is from (`UT-123`), and that is another prisoner than
    the same number without.
    """
    parts = [part.strip() for part in re.split("[/,|]", spelt(raw, LONGEST))]
    if len(parts) != 4:
        raise BadIdentifier(_HOW)
    if not re.fullmatch("(?:19|20)[0-9]{2}", parts[3]):
        raise BadIdentifier("The year of admission has four digits and stands last, such as 1234/2025.")
    return without_aadhaar(f"{_state(parts[0])}/{_prison(parts[1])}/{_number(parts[2])}/{parts[3]}")


def _state(text: str) -> str:
    """Read a member state by its code or its name."""
    wanted = text.upper()
    for member in MEMBERS.values():
        if wanted in (member.code, member.name.upper()):
            return member.code
    raise BadIdentifier(f"The state of a prison is one of {', '.join(MEMBERS)}.")


def _prison(text: str) -> str:
    name = _PRISON.sub(r"\1 JAIL", folded(text))
    if not name or len(name) > LONGEST_PLACE:
        raise BadIdentifier(f"A prison has a name or code of at most {LONGEST_PLACE} characters.")
    return _KIND_FIRST.sub(r"\2 \1", name)


def _number(text: str) -> str:
    found = _NUMBER.fullmatch(re.sub("[ .-]", "", text))
    if found is None:
        raise BadIdentifier("The number of a prisoner is digits, with the letters of its register before them if any.")
    register = re.sub("(?:NO)+$", "", found[1].upper())
    return f"{register}{'-' if register else ''}{found[2]}{found[3].upper()}"
