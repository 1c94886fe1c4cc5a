"""Charge sheets: state, district, station, year and serial, printed as `012/2025`, and which one of its case."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from schemas.codes.states import StateCode
from schemas.fir import LONGEST, Fir, FirKind, Place
from schemas.identifier import BadIdentifier
from schemas.spelling import folded, in_ascii, without_aadhaar
from schemas.text import plain
from schemas.word import Word

_HOW = (
    "Write a charge sheet as state, district, station and number, with its kind unless it is the main one, such as "
    "IN-RJ, Jaipur East, Vaishali Nagar, 012/2025, Supplementary 1."
)
_PAPER = re.compile(" ?(?:CHARGE ?SHEET|CHALLAN)")
_COUNTED = ("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH", "TENTH")
_ORDINALS = {word: str(place) for place, word in enumerate(_COUNTED, 1)}
_WORD = "SUPP(?:L|LEMENTARY)?"
_SUPPLEMENTARY = re.compile(f"([0-9]+)(?:ST|ND|RD|TH)? {_WORD}|{_WORD} (?:NO )?([0-9]+)")


class ChargeSheetKind(StrEnum):
    """The MAIN charge sheet of a case, or a SUPPLEMENTARY one after further investigation."""

    MAIN = "MAIN"
    SUPPLEMENTARY = "SUPPLEMENTARY"


class ChargeSheetNumber(Word):
    """One charge sheet; `ordinal` says which of the supplementary ones it is."""

    state: StateCode
    district: Place
    station: Place
    year: Annotated[StrictInt, Field(ge=1900, le=2099)]
    serial: Annotated[StrictInt, Field(ge=1, le=999_999)]
    kind: ChargeSheetKind = ChargeSheetKind.MAIN
    ordinal: Annotated[StrictInt, Field(ge=1, le=99)] | None = None

    @model_validator(mode="after")
    def _is_counted_if_supplementary(self) -> Self:
        if (self.kind is ChargeSheetKind.SUPPLEMENTARY) != (self.ordinal is not None):
            raise ValueError("A supplementary charge sheet says which one it is, and the main one does not.")
        return self

    @property
    def printed(self) -> str:
        """Give the number as papers print it, such as '012/2025'."""
        return f"{self.serial:03d}/{self.year}"

    def normal(self) -> str:
        """Give the one form under which every spelling of this charge sheet is found."""
        # A station is written as in the numbers of its reports, so that both are found under one place.
        report = Fir(state=self.state, district=self.district, station=self.station, year=self.year, serial=self.serial)
        place = report.normal().rsplit("/", 3)[0]
        which = self.kind if self.ordinal is None else f"{self.kind}-{self.ordinal}"
        return f"{place}/{self.year}/{self.serial:03d}/{which}"

    @classmethod
    def parse(cls, raw: object) -> Self:
        """Read a charge sheet from its normal form or as officers write it. Raises BadIdentifier.

        Place and number are read as those of a report are; the kind follows, such as `Supplementary 1` or `2nd suppl.`.
        """
        try:
            text = plain(raw, LONGEST)
        except ValueError as problem:
            raise BadIdentifier(str(problem)) from problem
        parts = [part.strip() for part in re.split("[/,|]", text)]
        if len(parts) not in (5, 6):
            raise BadIdentifier(_HOW)
        kind, ordinal = _kind(parts[5]) if len(parts) == 6 else (ChargeSheetKind.MAIN, None)
        try:
            report = Fir.parse("/".join([*parts[:5], FirKind.REGULAR][: len(parts)]))
        except BadIdentifier as problem:
            raise BadIdentifier(_HOW) from problem
        return cls(
            state=report.state,
            district=report.district,
            station=report.station,
            year=report.year,
            serial=report.serial,
            kind=kind,
            ordinal=ordinal,
        )


def charge_sheet_normal(raw: object) -> str:
    """Give `state/district/station/year/serial/kind` from a charge sheet as officers write it. Raises BadIdentifier.

    State, district and station are written as those of an FIR are; without a kind it is the main one.
    """
    return without_aadhaar(ChargeSheetNumber.parse(raw).normal())


def _kind(text: str) -> tuple[ChargeSheetKind, int | None]:
    """Read the kind, and which one it is, from words, figures or both."""
    words = _PAPER.sub("", folded(in_ascii(text))).split()
    said = " ".join(_ORDINALS.get(word, word) for word in words)
    if said == ChargeSheetKind.MAIN:
        return ChargeSheetKind.MAIN, None
    found = _SUPPLEMENTARY.fullmatch(said)
    ordinal = (found[1] or found[2]) if found else None
    if ordinal is None or not re.fullmatch("0?[1-9]|[1-9][0-9]", ordinal):
        raise BadIdentifier("A charge sheet is MAIN, or says which supplementary one it is, such as Supplementary 1.")
    return ChargeSheetKind.SUPPLEMENTARY, int(ordinal)
