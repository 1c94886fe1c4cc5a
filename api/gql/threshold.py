"""Whether a gang's acts are charged as often as BNS 111 wants, as far as this viewer sees."""

from typing import Any

import strawberry

from graph.fragments import THRESHOLD
from schemas.chargesheet import more_than_one


def _met(self: Any) -> bool:
    numbers = {
        sheet[0]: frozenset(identifier for _, identifier in bears) for _, sheet, _, bears in self.node.values[THRESHOLD]
    }
    return more_than_one(numbers.values())


def field() -> Any:
    """Make the field of a gang."""
    return strawberry.field(
        resolver=_met,
        graphql_type=bool,
        description="Whether you see two charge-sheets for its acts that BNS 111 counts, filed within ten years of "
        "today: main ones of which a court took cognizance, for a gang's act that is grave enough. Two with a number "
        "in common, their own or that of their FIR, are one. What the police allege is `standing`.",
    )
