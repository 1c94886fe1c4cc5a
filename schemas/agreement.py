"""Agreement: what this state lets the officers of one other state ask."""

from typing import Annotated

from pydantic import Field

from schemas.handling import Compartment, Level, Purpose
from schemas.membership import MemberCode
from schemas.word import Word

_DAY_IN_MINUTES = 24 * 60


class Agreement(Word):
    """What one other state's officers may ask here: for which purposes, up to which level, in which compartments.

    For the purposes in `step_up` an officer must have signed in with a one-time code within `step_up_minutes`. Without
    purposes it is no agreement: that state is answered nothing.
    """

    state: MemberCode
    purposes: Annotated[tuple[Purpose, ...], Field(max_length=len(Purpose))] = ()
    ceiling: Level = Level.ANY_OFFICER
    compartments: Annotated[tuple[Compartment, ...], Field(max_length=50)] = ()
    step_up: Annotated[tuple[Purpose, ...], Field(max_length=len(Purpose))] = ()
    step_up_minutes: Annotated[int, Field(ge=1, le=_DAY_IN_MINUTES)] = 15
