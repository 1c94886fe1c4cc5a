"""Person: a human as one state's police knows them, with exactly one category."""

import unicodedata
from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.envelope import Day, PastDay
from schemas.text import Line, NameText, Prose, script_of
from schemas.word import Word


class Category(StrEnum):
    """What the person is to us, in this record. Never computed from links."""

    SUSPECT = "SUSPECT"
    ACCUSED_CHARGED = "ACCUSED_CHARGED"
    CONVICTED = "CONVICTED"
    ACQUITTED_DISCHARGED = "ACQUITTED_DISCHARGED"
    PROCLAIMED = "PROCLAIMED"
    ASSOCIATE = "ASSOCIATE"
    CONTACT = "CONTACT"
    VICTIM = "VICTIM"
    WITNESS = "WITNESS"
    COMPLAINANT = "COMPLAINANT"
    CHILD_IN_CONFLICT = "CHILD_IN_CONFLICT"


PROTECTED = frozenset({Category.VICTIM, Category.WITNESS, Category.COMPLAINANT, Category.CHILD_IN_CONFLICT})
# Whom an incident may name as harmed by it, or as having seen or reported it.
REFERRED = PROTECTED - {Category.CHILD_IN_CONFLICT}
# Who stands in a record for whom they know, and not for what they did.
_CONNECTED = frozenset({Category.ASSOCIATE, Category.CONTACT})
_ADULT_YEARS = 18


class NameKind(StrEnum):
    """How a name is used: LEGAL on papers, ALIAS, URF (written with "@"), SPELLING for a variant of another."""

    LEGAL = "LEGAL"
    ALIAS = "ALIAS"
    URF = "URF"
    SPELLING = "SPELLING"


class Script(StrEnum):
    """The script that a name was recorded in, by its ISO 15924 code."""

    LATIN = "Latn"
    DEVANAGARI = "Deva"
    GURMUKHI = "Guru"
    GUJARATI = "Gujr"
    ARABIC = "Arab"
    OTHER = "Zyyy"


class Sex(StrEnum):
    """As recorded."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    TRANSGENDER = "TRANSGENDER"
    UNKNOWN = "UNKNOWN"


class DatePrecision(StrEnum):
    """How much of a date is known; the rest of it stands for nothing."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    DECADE = "DECADE"


class Custody(StrEnum):
    """Where the person is, as last recorded."""

    AT_LARGE = "AT_LARGE"
    ABROAD = "ABROAD"
    IN_CUSTODY = "IN_CUSTODY"
    ON_BAIL = "ON_BAIL"
    ON_PAROLE = "ON_PAROLE"
    RELEASED = "RELEASED"
    DECEASED = "DECEASED"
    UNKNOWN = "UNKNOWN"


class Caution(StrEnum):
    """What an officer who meets the person must know first."""

    ARMED = "ARMED"
    VIOLENT = "VIOLENT"
    ESCAPE_RISK = "ESCAPE_RISK"
    SELF_HARM_RISK = "SELF_HARM_RISK"
    MEDICAL = "MEDICAL"


# Modifier letters belong to no script of their own.
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lo"})


class RecordedName(Word):
    """A name in the script that it was recorded in, with where it was learnt."""

    text: NameText = Field(description="The name.")
    script: Script = Field(description="Its script.")
    kind: NameKind = Field(description="How it is used.")
    source: Line | None = Field(None, description="Where it was learnt, if that was said.")

    @model_validator(mode="after")
    def _is_in_its_script(self) -> Self:
        letters = (char for char in self.text if unicodedata.category(char) in _LETTERS)
        if self.script is not Script.OTHER and any(script_of(char) != self.script.name for char in letters):
            raise ValueError("The name is not written in the script that is given with it.")
        return self


class Address(Word):
    """Where a person was said to live, and when."""

    text: Line = Field(description="The address.")
    valid_from: PastDay | None = Field(None, description="From which day.")
    valid_to: Day | None = Field(None, description="Until which day.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("The person would leave before coming: the last day lies before the first.")
        return self


def may_be_minor(born: date | None, precision: DatePrecision | None, on: date) -> bool:
    """Say whether somebody may be under 18 on a day, by the latest birth that is meant; nobody is by no date at all."""
    if born is None:
        return False
    match precision:
        case DatePrecision.DECADE:
            latest = date(born.year // 10 * 10 + 9, 12, 31)
        case DatePrecision.YEAR:
            latest = date(born.year, 12, 31)
        case DatePrecision.MONTH:
            latest = born.replace(day=monthrange(born.year, born.month)[1])
        case _:
            latest = born
    return (latest.year + _ADULT_YEARS, latest.month, latest.day) > (on.year, on.month, on.day)


class PersonContent(Word):
    """What a person record says, without its envelope."""

    category: Category = Field(description="What the person is to the police, in this record.")
    names: Annotated[tuple[RecordedName, ...], Field(min_length=1, max_length=40)] = Field(
        description="Names as recorded."
    )
    parentage: NameText | None = Field(None, description="Father's or husband's name.")
    birth_date: PastDay | None = Field(None, description="Date of birth, as far as it is known.")
    birth_precision: DatePrecision | None = Field(None, description="How much of the date is known.")
    sex: Sex = Field(Sex.UNKNOWN, description="Sex as recorded.")
    marks: Annotated[tuple[Prose, ...], Field(max_length=40)] = Field((), description="Marks on the body.")
    addresses: Annotated[tuple[Address, ...], Field(max_length=40)] = Field(
        (), description="Where the person was said to live."
    )
    languages: Annotated[tuple[Line, ...], Field(max_length=20)] = Field((), description="Languages spoken.")
    custody: Custody = Field(Custody.UNKNOWN, description="Where the person is, as last recorded.")
    cautions: Annotated[tuple[Caution, ...], Field(max_length=10)] = Field(
        (), description="What to know before meeting the person."
    )
    shelter_evidence: Prose | None = Field(
        None,
        description="What shows that the person sheltered an offender; without it no minor is in a record for being "
        "somebody's relative, associate or contact.",
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.birth_date is None) != (self.birth_precision is None):
            raise ValueError("A date of birth comes with its precision, and neither without the other.")
        return self

    def is_minor_without_evidence(self, on: date) -> bool:
        """Say whether somebody who may be a minor would stand here for whom they know, with nothing that shows more."""
        connected = self.category in _CONNECTED and self.shelter_evidence is None
        return connected and may_be_minor(self.birth_date, self.birth_precision, on)
