"""European 4x4 grading: how reliable the source is, and how sure the information."""

from enum import StrEnum


class SourceGrade(StrEnum):
    """Reliability of the source, best first; X cannot be judged."""

    A = "A"
    B = "B"
    C = "C"
    X = "X"


class InfoGrade(StrEnum):
    """Certainty of the information, best first; 4 cannot be judged."""

    KNOWN = "1"
    KNOWN_TO_SOURCE = "2"
    CORROBORATED = "3"
    CANNOT_BE_JUDGED = "4"
