"""Bank branches: the IFSC, four letters of the bank, a zero and six signs of the branch."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin

LENGTH, LONGEST = 11, 30

_CODE = re.compile("([A-Z]{4})[0O]([A-Z0-9]{6})")


def ifsc_normal(raw: object) -> str:
    """Give an IFSC in capitals and without gaps. Raises BadIdentifier.

    Its fifth sign is always zero, so that a letter O in that place can be nothing else.
    """
    found = _CODE.fullmatch(re.sub("[ ./-]", "", in_latin(raw, LONGEST)))
    if found is None:
        raise BadIdentifier("An IFSC is four letters, a zero and six letters or digits, such as ABCD0123456.")
    return f"{found[1]}0{found[2]}"


Ifsc = Annotated[str, Field(min_length=LENGTH, max_length=LENGTH), BeforeValidator(ifsc_normal)]
