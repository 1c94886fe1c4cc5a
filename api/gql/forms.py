"""Our words as GraphQL types: each field's type, its default and its description are read off the model itself.

A field of a word is plain (text, number, yes or no, day, moment, state, enum), or many of a plain type, or many of a
small word whose own fields are plain. Days come and go as text, so that a bad one gets a sentence and a path.
"""

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry
from pydantic.fields import FieldInfo

from api.gql.enums import as_enum
from api.gql.said import as_day, as_instant, listed, member, members, nested, said, same
from api.gql.scalars import Day, Instant, StateCode
from schemas.codes import states
from schemas.person import RecordedName
from schemas.word import Word

# GraphQL's Int ends here; what may be larger travels as Float.
_LARGEST_INT = 2**31 - 1
# What every state of a word is checked by.
_MEMBER = get_args(states.StateCode)[-1]
_INPUTS_NAMED: dict[type[Word], str] = {RecordedName: "NameInput"}


@dataclass(frozen=True)
class _Form:
    """How a type of ours stands in GraphQL: in answers, in inputs, and how a stored value is read.

    `within` reads it where it stands in a small word, which is stored as JSON.
    """

    said: Any
    given: Any
    read: Callable[[Any], Any]
    within: Callable[[Any], Any] = same


def answers(word: type[Word]) -> dict[str, Any]:
    """Give the fields of a node for each field of a word and each that is derived from them, by name."""
    made = {name: said(name, _form(info).said, _told(info), _form(info).read) for name, info in _fields(word)}
    for name, derived in word.model_computed_fields.items():
        form = _plain(derived.return_type)
        made[name] = said(name, form.said, derived.description or "", form.read)
    return made


@cache
def small_answer(word: type[Word]) -> type[Any]:
    """Give the type of a small word in answers."""
    fields = {name: strawberry.field(description=_told(info)) for name, info in _fields(word)}
    kinds = {name: _form(info).said for name, info in _fields(word)}
    return strawberry.type(_class(word.__name__, word, fields, kinds), description=_first_line(word))


@cache
def input_type(word: type[Word], name: str, description: str) -> type[Any]:
    """Give the type under which a word comes in."""
    fields, kinds = {}, {}
    for field, info in _fields(word):
        kinds[field] = _form(info).given
        fields[field] = strawberry.field(description=_told(info), **_default(info))
    return strawberry.input(_class(name, word, fields, kinds), description=description)


@cache
def change_type(word: type[Word], name: str, description: str, without: frozenset[str] = frozenset()) -> type[Any]:
    """Give the type under which changes to a word come in: a field that is not given stays as it is."""
    fields, kinds = {}, {}
    for field, info in _fields(word):
        if field not in without:
            kinds[field] = _form(info).given | None
            fields[field] = strawberry.field(description=_told(info), default=strawberry.UNSET)
    return strawberry.input(_class(name, word, fields, kinds), description=description)


def _class(name: str, word: type[Word], fields: dict[str, Any], kinds: dict[str, Any]) -> type[Any]:
    return type(name, (), {"__doc__": word.__doc__, "__module__": __name__, "__annotations__": kinds, **fields})


def _fields(word: type[Word]) -> Iterator[tuple[str, FieldInfo]]:
    yield from word.model_fields.items()


def _told(info: FieldInfo) -> str:
    return info.description or ""


def _first_line(word: type[Word]) -> str:
    return (word.__doc__ or "").splitlines()[0]


def _default(info: FieldInfo) -> dict[str, Any]:
    if info.is_required():
        return {}
    return {"default_factory": list} if info.default == () else {"default": info.default}


def _form(info: FieldInfo) -> _Form:
    """Give the form of a field of a word."""
    annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return _plain(annotation)


def _plain(annotation: Any) -> _Form:
    kind, bounds = _unwrapped(annotation)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        [inner] = [part for part in get_args(kind) if part is not types.NoneType]
        form = _plain(Annotated[inner, *bounds] if bounds else inner)
        return _Form(form.said | None, form.given | None, form.read, lambda value: value and form.within(value))
    if origin is tuple:
        return _many(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        made = as_enum(kind)
        return _Form(made, made, member(made), member(made))
    if kind is int:
        most = min((bound for bound in map(_most, bounds) if bound is not None), default=_LARGEST_INT)
        number: type = int if most <= _LARGEST_INT else float
        return _Form(number, number, same)
    if _MEMBER in bounds:
        return _Form(StateCode, StateCode, same)
    return _PLAIN[kind]


_PLAIN = {
    datetime: _Form(Instant, Instant, as_instant),
    date: _Form(Day, Day, as_day),
    str: _Form(str, str, same),
    bool: _Form(bool, bool, same),
    float: _Form(float, float, same),
}


def _many(item: Any) -> _Form:
    kind, _ = _unwrapped(item)
    if isinstance(kind, type) and issubclass(kind, Word):
        made = small_answer(kind)
        given = input_type(kind, _INPUTS_NAMED.get(kind, f"{kind.__name__}Input"), _first_line(kind))
        inner = {name: _form(info).within for name, info in _fields(kind)}
        return _Form(
            types.GenericAlias(list, made),
            types.GenericAlias(list, given),
            nested(lambda **stored: made(**{name: read(stored.get(name)) for name, read in inner.items()})),
        )
    form = _plain(item)
    read = members(form.said) if isinstance(kind, type) and issubclass(kind, Enum) else listed
    return _Form(types.GenericAlias(list, form.said), types.GenericAlias(list, form.given), read)


def _unwrapped(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """Give a type without what is annotated to it, and that."""
    bounds: tuple[Any, ...] = ()
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        bounds += tuple(more)
    return annotation, bounds


def _most(bound: Any) -> float | None:
    """Give the upper bound that a piece of an annotation sets, if it does."""
    if isinstance(bound, FieldInfo):
        return min((most for most in map(_most, bound.metadata) if most is not None), default=None)
    return getattr(bound, "le", getattr(bound, "lt", None))
