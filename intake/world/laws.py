"""Sections of law as a file of some day could cite them."""

from collections.abc import Iterable
from datetime import date

from schemas.codes.statutes import statute


def standing(sections: Iterable[str], state: str, on: date) -> tuple[str, ...]:
    """Give those of these sections that were in force in a state on a day, in their order."""
    return tuple(section for section in sections if statute(section, state, on))
