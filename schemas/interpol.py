"""Interpol notices: the control number, such as A-1234/5-2025."""

import re

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin

LONGEST = 40

_CONTROL = re.compile("([A-Z])[ -]*0*([1-9][0-9]{0,5}) */ *0?([1-9]|1[0-2]) *[/-] *((?:19|20)[0-9]{2})")


def interpol_normal(raw: object) -> str:
    """Give a control number as it is printed: series and serial, a slash, month and year. Raises BadIdentifier.

    The series is one letter, A for red notices; what the others mean is not asked. Numbers of files and of diffusions
    are no control numbers.
    """
    found = _CONTROL.fullmatch(in_latin(raw, LONGEST))
    if found is None:
        raise BadIdentifier("Write the control number as on the notice: letter, serial, month, year: A-1234/5-2025.")
    return f"{found[1]}-{found[2]}/{found[3]}-{found[4]}"
