"""Document: a paper, picture or recording that records rest on; what it is, and not the file itself."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictInt

from schemas.envelope import PastDay
from schemas.text import Code, Line, Prose
from schemas.word import Word


class DocumentKind(StrEnum):
    """What kind of document it is."""

    FIR_COPY = "FIR_COPY"
    CHARGE_SHEET = "CHARGE_SHEET"
    COURT_ORDER = "COURT_ORDER"
    WARRANT = "WARRANT"
    STATEMENT = "STATEMENT"
    SEIZURE_MEMO = "SEIZURE_MEMO"
    ARREST_MEMO = "ARREST_MEMO"
    INTERROGATION_REPORT = "INTERROGATION_REPORT"
    FORENSIC_REPORT = "FORENSIC_REPORT"
    MEDICAL_REPORT = "MEDICAL_REPORT"
    SURVEILLANCE_REPORT = "SURVEILLANCE_REPORT"
    CALL_RECORDS = "CALL_RECORDS"
    BANK_STATEMENT = "BANK_STATEMENT"
    PHOTO = "PHOTO"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    OTHER = "OTHER"


class DocumentContent(Word):
    """What a document record says, without its envelope. What it supports is said where it is named."""

    title: Line = Field(description="What it is, in a line.")
    document_kind: DocumentKind = Field(description="What kind of document.")
    dated: PastDay | None = Field(None, description="The day that it bears.")
    reference: Code | None = Field(None, description="The number under which it was issued.")
    office: Line | None = Field(None, description="Which office issued it; never the person whose words it holds.")
    language: Line | None = Field(None, description="The language that it is in.")
    pages: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = Field(None, description="How many pages it has.")
    summary: Prose | None = Field(None, description="What it says, in short.")
