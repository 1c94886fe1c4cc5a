"""European 4x4 grading: how reliable the source is, and how sure the information."""

from enum import StrEnum


class SourceGrade(StrEnum):
    """Reliability of the source, best first; X cannot be judged.

    A has always been reliable, B mostly has, and C mostly has not.
    """

    A = "A"
    B = "B"
    C = "C"
    X = "X"


class InfoGrade(StrEnum):
    """Certainty of the information, best first; 4 cannot be judged.

    1 is known without reservation, 2 is known to the source but not to the officer who passes it on, and 3 is not known
    to the source but borne out by what is recorded already.
    """

    KNOWN = "1"
    KNOWN_TO_SOURCE = "2"
    CORROBORATED = "3"
    CANNOT_BE_JUDGED = "4"
