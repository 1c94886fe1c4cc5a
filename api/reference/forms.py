"""How a field is written: the plain words for its type, and the bounds that its values keep."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, IntEnum
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Le, Lt, MaxLen, MinLen
from pydantic.fields import FieldInfo

from api.reference.markdown import codes, link
from schemas.account import Url
from schemas.assistance import Offence
from schemas.bank import LastFour
from schemas.codes.states import MEMBERS, StateCode
from schemas.envelope import Been, Day, Moment, Unit
from schemas.handling import Compartment
from schemas.ifsc import Ifsc
from schemas.text import Code, Line, NameText, Prose, Section
from schemas.word import Word

# A list that is no longer than this is read at a glance, and stands in the table itself.
_AT_A_GLANCE = 5
_SMALLEST_GROUPED = 10_000


@dataclass(frozen=True)
class Form:
    """One way of writing a value: what one and many are called, how it is written, and an example that is taken.

    `fixed` ones say of themselves how long they are.
    """

    one: str
    many: str
    told: str
    example: str
    fixed: bool = False


# By the type as the fields of words name it; the last check of a type tells it from others.
FORMS: dict[Any, Form] = {
    Line: Form("line of text", "lines of text", "Text without a line break.", "Near the old bus stand"),
    Prose: Form("text", "texts", "Text that may have several lines.", "Came twice. Left on foot."),
    NameText: Form("name", "names", "Text in one line; each word of it is written in one script.", "Rakesh Kumar"),
    Code: Form("reference", "references", "Latin letters, digits, spaces and `. _ / ( ) : -` only.", "123/2026 (SIT)"),
    Section: Form(
        "section of law",
        "sections of law",
        "As the table of statutes has it; a star in place of its number is the whole Act.",
        "BNS 308(4)",
    ),
    Offence: Form("offence", "offences", "One section that makes an act an offence; not a whole Act.", "BNS 249"),
    Day: Form("day", "days", "Year, month and day, between 1850 and 2200.", "2026-01-31"),
    Moment: Form(
        "moment", "moments", "Day and time with their zone; answers give them in UTC.", "2026-01-31T10:00:00+05:30"
    ),
    int: Form("whole number", "whole numbers", "Digits without a point; money is in rupees.", "500000"),
    float: Form("number", "numbers", "Digits, with a point where one is needed.", "26.9124"),
    bool: Form("yes or no", "answers of yes or no", "`true` or `false`.", "true"),
    StateCode: Form("state", "states", f"The code of a member state: {codes(MEMBERS)}.", "IN-RJ"),
    Unit: Form("unit", "units", "The code of a police unit: 2 to 20 capitals, digits and dashes.", "RJ-D-SKR"),
    Compartment: Form(
        "compartment", "compartments", "`TRAINING`, or a state, a colon and a name in capitals.", "IN-RJ:NIGHT-WATCH"
    ),
    Url: Form("web address", "web addresses", "Begins with `http://` or `https://`.", "https://social.example/account"),
    Ifsc: Form("IFSC", "IFSCs", "Four letters, a zero, and six letters or digits.", "ABCD0123456", fixed=True),
    LastFour: Form("four digits", "fours of digits", "The end of a number, and no more of it.", "0042", fixed=True),
}
_BY_CHECK = [(get_args(type)[-1], form) for type, form in FORMS.items() if get_origin(type) is Annotated]
_BY_TYPE = {str: FORMS[Prose], date: FORMS[Day], datetime: FORMS[Moment]} | FORMS


def type_of(annotation: Any) -> str:
    """Give the type of a field in plain words, with a link where what it takes stands under a heading of its own."""
    kind, marks = _unwrapped(annotation)
    if get_origin(kind) is tuple:
        inner, inner_marks = _unwrapped(get_args(kind)[0])
        own = isinstance(inner, type) and issubclass(inner, Enum | Word)
        return f"list of {link(inner.__name__) if own else _form(inner, inner_marks).many}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        values = spellings(kind)
        return f"one of {link(kind.__name__)}" + (f": {codes(values)}" if len(values) <= _AT_A_GLANCE else "")
    return _form(kind, marks).one


def bounds_of(info: FieldInfo) -> str:
    """Give the bounds of a field, and what stands in it when nothing was said, as phrases parted by semicolons."""
    kind, marks = _unwrapped(annotation_of(info))
    phrases = list(_bounds(kind, marks))
    if get_origin(kind) is tuple:
        phrases += [f"each {phrase}" for phrase in _bounds(*_unwrapped(get_args(kind)[0]))]
    if isinstance(info.default, bool | Enum):
        phrases.append(f"{_default(info.default)} if not said")
    return "; ".join(phrases)


def annotation_of(info: FieldInfo) -> Any:
    """Give the whole annotation of a field, which the model keeps in two parts."""
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def spellings(enum: type[Enum]) -> list[str]:
    """Give the values of a closed list as GraphQL writes them: by name, but numbers as numbers."""
    return [str(one.value) if issubclass(enum, IntEnum) else one.name for one in enum]


def inside(annotation: Any) -> Iterator[type]:
    """Give every class that stands in an annotation."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from inside(part)


def _form(kind: Any, marks: list[Any]) -> Form:
    """Give the form of a plain type by the last check on it that is known, else by the type alone."""
    checked = (form for mark in reversed(marks) for check, form in _BY_CHECK if mark == check)
    return next(checked, _BY_TYPE[kind])


def _unwrapped(annotation: Any) -> tuple[Any, list[Any]]:
    """Give a type without None and without what is annotated to it, and that, each bound by itself."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        kind, marks = _unwrapped(parts[0])
        said = (part.metadata if isinstance(part, FieldInfo) else [part] for part in parts[1:])
        return kind, [*marks, *(mark for one in said for mark in one)]
    if origin in (Union, types.UnionType):
        [inner] = [part for part in parts if part is not types.NoneType]
        return _unwrapped(inner)
    return annotation, []


def _bounds(kind: Any, marks: list[Any]) -> Iterator[str]:
    if any(isinstance(mark, Been) for mark in marks):
        yield "not in the future"
    longest = [mark.max_length for mark in marks if isinstance(mark, MaxLen)]
    if longest and not (kind is str and _form(kind, marks).fixed):
        shortest = [mark.min_length for mark in marks if isinstance(mark, MinLen)]
        yield f"{_range(shortest, longest)} {'characters' if kind is str else 'items'}"
    highest = [mark.le if isinstance(mark, Le) else _below(mark) for mark in marks if isinstance(mark, Le | Lt)]
    if highest:
        yield _range([mark.ge for mark in marks if isinstance(mark, Ge)], highest)


def _below(mark: Lt) -> Any:
    """Give the highest whole number below a bound."""
    bound: Any = mark.lt
    return bound - 1


def _range(least: list[Any], most: list[Any]) -> str:
    """Give the narrowest range within several bounds of each end."""
    top = _number(min(most))
    return f"{_number(max(least))} to {top}" if least else f"at most {top}"


def _number(value: Any) -> str:
    return f"{value:,}" if abs(value) >= _SMALLEST_GROUPED else f"{value}"


def _default(value: bool | Enum) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return codes([value.name])
