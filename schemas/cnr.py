"""Court cases: the CNR, sixteen letters and digits that a case keeps for life."""

import re

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin

LONGEST = 40

# State, district or high court, and establishment; the Calcutta High Court writes its sides in letters (WBCHCA).
_CNR = re.compile("([A-Z]{2}[A-Z0-9]{2}(?:[0-9]{2}|[A-Z]{2}))((?!0{6})[0-9]{6})((?:19|20)[0-9]{2})")


def cnr_normal(raw: object) -> str:
    """Give `RJJP01/000123/2025`: establishment, serial and year of filing. Raises BadIdentifier.

    Courts print the sixteen in one piece. Here two slashes part them, because one CNR in ten would else end with twelve
    digits that pass for an Aadhaar number, and could be kept nowhere. Which establishments there are is not asked.
    """
    found = _CNR.fullmatch(re.sub("[ ./-]", "", in_latin(raw, LONGEST)))
    if found is None:
        raise BadIdentifier(
            "A CNR has 16 letters and digits: court, six digits of serial and the year, such as RJJP010001232025."
        )
    return f"{found[1]}/{found[2]}/{found[3]}"
