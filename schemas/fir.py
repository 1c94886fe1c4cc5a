"""First information reports: state, district, station, year, serial and kind, printed as `0123/2025`."""

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StrictInt, ValidationError

from schemas.codes.states import MEMBERS, StateCode
from schemas.codes.units import UnitKind, all_units
from schemas.identifier import BadIdentifier
from schemas.text import Line, has_aadhaar, plain
from schemas.word import Word

LONGEST, LONGEST_PLACE = 300, 80

_HOW = "Write an FIR as state, district, station and number, such as IN-RJ, Jaipur East, Vaishali Nagar, 0123/2025."
_AT_DISTRICT_LEVEL = frozenset({UnitKind.DISTRICT, UnitKind.POLICE_DISTRICT, UnitKind.COMMISSIONERATE})
_STATION_PREFIX = re.compile(r"(?:(?:PS|P S|POLICE STATION|THANA|थाना|ਥਾਣਾ|થાણા|تھانہ) )+(?=.)")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


class FirKind(StrEnum):
    """How a report was taken: REGULAR, ZERO (outside its station's area), or E_FIR (by electronic means)."""

    REGULAR = "REGULAR"
    ZERO = "ZERO"
    E_FIR = "E_FIR"


_KINDS = {
    "REGULAR": FirKind.REGULAR,
    "ZERO": FirKind.ZERO,
    "ZERO FIR": FirKind.ZERO,
    "E FIR": FirKind.E_FIR,
    "EFIR": FirKind.E_FIR,
}


def _folded(text: str) -> str:
    """Write a place in capitals, with one space for every row of spaces and marks."""
    seen = re.sub("[\u200c\u200d]", "", text)
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in seen.upper())
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _place(text: str) -> str:
    folded = _folded(text)
    if not folded or len(folded) > LONGEST_PLACE or has_aadhaar(folded):
        raise ValueError(f"A place has a name of at most {LONGEST_PLACE} characters.")
    return text


Place = Annotated[Line, AfterValidator(_place)]


class Fir(Word):
    """One report. `text` is what the paper says beside its number and is never read by a program."""

    state: StateCode
    district: Place
    station: Place
    year: Annotated[StrictInt, Field(ge=1900, le=2099)]
    serial: Annotated[StrictInt, Field(ge=1, le=999_999)]
    kind: FirKind = FirKind.REGULAR
    text: Line | None = None

    @property
    def printed(self) -> str:
        """Give the number as papers print it, such as '0123/2025'."""
        return f"{self.serial:04d}/{self.year}"

    def normal(self) -> str:
        """Give the one form under which every spelling of this report is found."""
        district = _district_code(self.state, self.district) or _folded(self.district)
        station = _STATION_PREFIX.sub("", _folded(self.station), count=1)
        return f"{self.state}/{district}/{station}/{self.year}/{self.serial:04d}/{self.kind}"

    @classmethod
    def parse(cls, raw: object) -> Self:
        """Read a report from its normal form or as officers write it. Raises BadIdentifier.

        The parts are parted by / or a comma. The number is `serial/year`, or `year/serial` with the kind after it.
        """
        try:
            text = plain(raw, LONGEST)
        except ValueError as problem:
            raise BadIdentifier(str(problem)) from problem
        parts = [part.strip() for part in re.split(r"[/,|]", text)]
        if len(parts) not in (5, 6):
            raise BadIdentifier(_HOW)
        kind = _kind(parts[5]) if len(parts) == 6 else FirKind.REGULAR
        year, serial = _number(parts[3], parts[4], year_first=len(parts) == 6)
        try:
            return cls(state=_state(parts[0]), district=parts[1], station=parts[2], year=year, serial=serial, kind=kind)
        except ValidationError as problem:
            raise BadIdentifier(_HOW) from problem


def fir_normal(raw: object) -> str:
    """Give `state/district/station/year/serial/kind` from an FIR as officers write it. Raises BadIdentifier.

    The district is written by its unit's code where the table knows it, and without a kind it is a regular one.
    """
    normal = Fir.parse(raw).normal()
    if has_aadhaar(normal):
        # A station in four digits, with the year and the serial: nobody could tell them from an Aadhaar number.
        raise BadIdentifier("Write the station by its name: in digits, this reads as an Aadhaar number.")
    return normal


def _state(text: str) -> str:
    """Read a member state by its code or its name."""
    wanted = text.upper()
    found = (member.code for member in MEMBERS.values() if wanted in (member.code, member.name.upper()))
    code = next(found, None)
    if code is None:
        raise BadIdentifier(f"The state of an FIR is one of {', '.join(MEMBERS)}.")
    return code


def _kind(text: str) -> FirKind:
    kind = _KINDS.get(_folded(text))
    if kind is None:
        raise BadIdentifier("The kind of an FIR is REGULAR, ZERO or E_FIR.")
    return kind


def _number(left: str, right: str, *, year_first: bool) -> tuple[int, int]:
    """Read (year, serial) from the two halves of a number; `year_first` decides where both could be the year."""
    numbers = [str(unicodedata.decimal(char, char)) for char in f"{left}/{right}"]
    left, _, right = "".join(numbers).partition("/")
    if not all(re.fullmatch(r"[0-9]{1,6}", half) for half in (left, right)):
        raise BadIdentifier("The number of an FIR is its serial and its year, such as 0123/2025.")
    left_may, right_may = bool(_YEAR.fullmatch(left)), bool(_YEAR.fullmatch(right))
    if not (left_may or right_may):
        raise BadIdentifier("The year of an FIR has four digits, such as 2025.")
    if left_may and (year_first or not right_may):
        return int(left), int(right)
    return int(right), int(left)


@cache
def _codes_by_name() -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for unit in all_units():
        if unit.kind in _AT_DISTRICT_LEVEL:
            for name in (_folded(unit.name), _folded(unit.code)):
                found.setdefault((unit.state, name), set()).add(unit.code)
    return found


def _district_code(state: str, text: str) -> str | None:
    """Give the code of the one unit of this name or code, so that both ways of writing it meet."""
    codes = _codes_by_name().get((state, _folded(text)), set())
    return next(iter(codes)) if len(codes) == 1 else None
