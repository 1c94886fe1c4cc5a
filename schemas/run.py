"""Where a run of an import stands."""

from enum import StrEnum


class RunState(StrEnum):
    """LOADING is being read or was broken off, WAITING is for the second officer to decide, VISIBLE was approved.

    UNDOING is being withdrawn, UNDONE was; EMPTY brought nothing new. The others came to nothing.
    """

    LOADING = "LOADING"
    WAITING = "WAITING"
    VISIBLE = "VISIBLE"
    UNDOING = "UNDOING"
    UNDONE = "UNDONE"
    EMPTY = "EMPTY"
    GIVEN_UP = "GIVEN_UP"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


# What was loaded of these was never there for anybody, and is taken away.
IN_VAIN = frozenset({RunState.GIVEN_UP, RunState.DECLINED, RunState.WITHDRAWN, RunState.EXPIRED})
