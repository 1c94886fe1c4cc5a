"""How a record may be used and who may see it: handling, level, compartment, purpose, status."""

from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from schemas.aadhaar import has_aadhaar

TRAINING = "TRAINING"


class Handling(StrEnum):
    """Limits on use. Handling never hides: it limits export, court and onward use.

    H0 is for police use, H1 is not for a court without the owner, H2 is not passed on, and H3 is as stated in text.
    """

    H0 = "H0"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"


class Level(IntEnum):
    """Who may know, from any officer with an enquiry (0) to source-bearing (3)."""

    ANY_OFFICER = 0
    ORGANISED_CRIME_UNITS = 1
    NAMED_DESK = 2
    SOURCE_BEARING = 3


class Status(StrEnum):
    """Where a record or link stands in its life."""

    LIVE = "LIVE"
    PENDING = "PENDING"
    WITHDRAWN = "WITHDRAWN"
    PURGED = "PURGED"


class Purpose(StrEnum):
    """Why an officer asks. An enquiry has exactly one."""

    INVESTIGATION = "INVESTIGATION"
    PREVENTION_OF_NAMED_THREAT = "PREVENTION_OF_NAMED_THREAT"
    FUGITIVE = "FUGITIVE"
    PRISON_INTEL = "PRISON_INTEL"
    JOINT_OPERATION = "JOINT_OPERATION"
    COURT = "COURT"
    AUDIT = "AUDIT"
    CORRECTION = "CORRECTION"
    TRAINING = "TRAINING"


def _no_aadhaar(name: str) -> str:
    if has_aadhaar(name):
        raise ValueError("A compartment's name holds no number of twelve digits that could be an Aadhaar number.")
    return name


# A named compartment is `<STATE>:<name>`; what a training node loads is TRAINING.
Compartment = Annotated[
    str,
    StringConstraints(pattern=r"^(TRAINING|IN-[A-Z]{2}:[A-Z0-9][A-Z0-9_-]{1,39})$"),
    AfterValidator(_no_aadhaar),
]
