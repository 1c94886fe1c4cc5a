"""Vehicles: the registration mark on an Indian plate."""

import re

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin

LONGEST = 40

# S.O. 444(E) of 12 June 1989 and its amendments; OR, TS and UA were followed by OD, TG and UK and are still on the
# road, where each means another vehicle than the same number under the newer letters.
_STATE = (
    "(?P<state>AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TG|TN|"
    "TR|TS|UA|UK|UP|WB)"
)
_DISTRICT = "(?P<district>0?[1-9]|[1-9][0-9])"
_NUMBER = "(?P<number>(?=0*[1-9])[0-9]{1,4})"
# The same order leaves out I and O, which would be read as 1 and 0.
_LETTER = "[A-HJ-NP-Z]"
_GAP = "[ ./:-]*"

# How a mark is read once nothing parts it, and how it is written then.
_FORMS = (
    (rf"{_STATE}{_DISTRICT}(?P<series>{_LETTER}{{1,3}}){_NUMBER}", "{state}{district:0>2}{series}{number:0>4}"),
    # Bharat series, rule 51B of the Central Motor Vehicles Rules: the year of first registration stands first.
    (rf"(?P<year>[0-9]{{2}})BH(?P<number>[0-9]{{4}})(?P<series>{_LETTER}{{1,2}})", "{year}BH{number}{series}"),
    # Vintage series of 15 July 2021.
    (rf"{_STATE}VA(?P<series>{_LETTER}{{2}}){_NUMBER}", "{state}VA{series}{number:0>4}"),
    # Temporary marks as they are everywhere since 2021: month and year of sale, state, number.
    (
        rf"T(?P<month>0[1-9]|1[0-2])(?P<year>[0-9]{{2}}){_STATE}(?P<number>[0-9]{{4}})(?P<series>[A-Z]{{1,2}})",
        "T{month}{year}{state}{number}{series}",
    ),
    # Missions: the number of the country or organisation, diplomatic, consular or of the United Nations.
    (
        "0{0,2}(?P<country>[1-9][0-9]{0,2})(?P<corps>CD|CC|UN)0{0,3}(?P<number>[1-9][0-9]{0,3})",
        "{country}{corps}{number}",
    ),
)
_READ = tuple((re.compile(form), write) for form, write in _FORMS)
# Without a series only a gap, or every zero in its place, tells where the district ends.
_NO_SERIES = re.compile(rf"{_STATE}{_GAP}{_DISTRICT}(?:{_GAP}(?<=[ ./:-])|(?<=[0-9]{{2}})(?=[0-9]{{4}}$)){_NUMBER}")


def vehicle_normal(raw: object) -> str:
    """Give a mark without gaps, the district with two digits and the number with four: `RJ14AB1234`, `22BH1234AA`.

    Read are marks under the Motor Vehicles Act of 1988, with its Bharat, vintage and temporary series, and those of
    missions. Not read are plates of the defence forces and of dealers, and those from before July 1989, since any three
    letters and four digits would pass for one. Raises BadIdentifier.
    """
    text = in_latin(raw, LONGEST)
    if not re.fullmatch("[A-Z0-9 ./:-]+", text):
        raise BadIdentifier("A registration holds Latin letters, digits, spaces, dots and dashes only.")
    mark = re.sub(f"^{_GAP}(?:IND{_GAP})?|{_GAP}$", "", text)
    if found := _NO_SERIES.fullmatch(mark):
        return "{state}{district:0>2}{number:0>4}".format(**found.groupdict())
    whole = re.sub(_GAP, "", mark)
    for form, write in _READ:
        if found := form.fullmatch(whole):
            return write.format(**found.groupdict())
    if re.fullmatch(f"{_STATE}[0-9]{{3,}}", whole):
        raise BadIdentifier("Without a series, part the district from the number, such as RJ 14 0123.")
    raise BadIdentifier(
        "Write a registration as it is on the plate, such as RJ14 AB 1234 or 22 BH 1234 AA; no series has I or O."
    )
