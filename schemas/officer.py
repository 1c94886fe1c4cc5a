"""Officer: who asks. Rank grants the right to approve, never a wider view."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from schemas.aadhaar import has_aadhaar
from schemas.agreement import Agreement
from schemas.codes.states import StateCode
from schemas.envelope import Moment
from schemas.handling import Compartment, Level
from schemas.text import Line, NameText
from schemas.word import Word


class Rank(StrEnum):
    """Police ranks from constable to director general, then the civil posts."""

    CT = "CT"
    HC = "HC"
    ASI = "ASI"
    SI = "SI"
    INSPECTOR = "INSPECTOR"
    DYSP_ACP = "DYSP_ACP"
    ADDL_SP = "ADDL_SP"
    SP_DCP = "SP_DCP"
    SSP = "SSP"
    DIG_ADDL_CP = "DIG_ADDL_CP"
    IG_JT_CP = "IG_JT_CP"
    ADG_SPL_CP = "ADG_SPL_CP"
    DG_CP = "DG_CP"
    ANALYST = "ANALYST"
    AUDITOR = "AUDITOR"
    NODE_ADMIN = "NODE_ADMIN"
    SERVICE = "SERVICE"


def _no_aadhaar(text: str) -> str:
    if has_aadhaar(text):
        raise ValueError("An officer's id holds no number of twelve digits that could be an Aadhaar number.")
    return text


OfficerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{2,39}$"), AfterValidator(_no_aadhaar)]


PeerOfficerId = Annotated[
    str, StringConstraints(pattern=r"^IN-[A-Z]{2}:[a-z0-9][a-z0-9.-]{2,39}$"), AfterValidator(_no_aadhaar)
]


class Officer(Word):
    """An officer of this state, as the register knows them now."""

    id: OfficerId
    name: NameText
    state: StateCode
    rank: Rank
    unit: Line
    level: Level = Level.ANY_OFFICER
    compartments: tuple[Compartment, ...] = ()
    active: bool = True


class PeerOfficer(Word):
    """An officer as another state asserts them, beside what this register has agreed with that state.

    `id` names the state too, so that no officer of another state can be taken for one of ours. `asserted_*` is
    what the other state says, and the agreement is ours; policy takes the lesser of each. `signed_in_at` is when the
    other state last saw a one-time code of this officer.
    """

    id: PeerOfficerId
    state: StateCode
    home: StateCode
    rank: Rank
    asserted_level: Level
    asserted_compartments: tuple[Compartment, ...]
    agreement: Agreement
    signed_in_at: Moment
    token_expires_at: Moment

    @model_validator(mode="after")
    def _is_of_its_state(self) -> Self:
        if not self.id.startswith(f"{self.state}:"):
            raise ValueError("An officer of another state is named with that state.")
        if self.agreement.state != self.state:
            raise ValueError("What was agreed with one state says nothing of another's officers.")
        return self
