"""Enquiry: why an officer may look. No enquiry, no answer."""

from schemas.envelope import Moment
from schemas.handling import Purpose
from schemas.ids import Urn
from schemas.text import Code, Line
from schemas.word import Word


class EnquiryContent(Word):
    """What an officer states to open an enquiry."""

    purpose: Purpose
    case_ref: Code
    legal_basis: Line
    expires_at: Moment


class Enquiry(EnquiryContent):
    """An enquiry as the register holds it; it limits purpose and time, not subjects."""

    id: Urn
    officer: str
    opened_at: Moment
    closed_at: Moment | None = None
