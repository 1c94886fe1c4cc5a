"""Inputs of changes, and how they become our words: a bad field comes back with its path and a sentence."""

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

import strawberry
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.gql.scalars import Day, Instant, StateCode
from desk.errors import BadInput
from sangam.spelling import camel
from schemas import gradings
from schemas.errors import FieldProblem
from schemas.handling import Handling, Purpose
from schemas.ids import ValueKind
from schemas.link import Basis, Role

_Word = TypeVar("_Word", bound=BaseModel)


def _is(description: str, default: Any = dataclasses.MISSING) -> Any:
    if default is dataclasses.MISSING:
        return strawberry.field(description=description)
    if isinstance(default, list):
        return strawberry.field(description=description, default_factory=list)
    return strawberry.field(description=description, default=default)


@strawberry.input(description="What the writer must say about a record or link beside its content.")
class MarkingInput:
    """A marking as it comes in."""

    unit: str = _is("The police unit that records it, by its code.")
    legal_basis: str = _is("The law under which it is kept.")
    case_ref: str = _is("The case that it is recorded for.")
    source_grade: gradings.SourceGrade = _is("How reliable the source is.")
    info_grade: gradings.InfoGrade = _is("How sure the information is.")
    handling: Handling = _is("How it may be used.")
    level: int = _is("From which level of need-to-know it may be seen, 0 to 3.")
    audience: list[StateCode] = _is("The other states that may see it; may be empty, but is always said.")
    review_on: Day = _is("When it must be reviewed; at most five years ahead.")
    expires_at: Instant = _is("When it ends; at most five years ahead.")
    valid_from: Day | None = _is("From which day it holds true in the world.", None)
    valid_to: Day | None = _is("Until which day it holds true in the world.", None)
    handling_text: str | None = _is("The conditions of handling H3, in words.", None)
    compartment: str | None = _is("The named compartment, if it is kept in one.", None)
    onward: list[StateCode] = _is("States to which it may be passed on.", [])


@strawberry.input(description="One end of a link: a record's id, or an identifier's kind and value.")
class EndInput:
    """An end as it comes in."""

    id: strawberry.ID | None = _is("The id of a record.", None)
    kind: ValueKind | None = _is("The kind of a bare identifier.", None)
    value: str | None = _is("The identifier as written.", None)


@strawberry.input(description="A bare identifier, as somebody wrote it.")
class IdentifierInput:
    """An identifier as it comes in."""

    kind: ValueKind = _is("What it identifies.")
    value: str = _is("The number or id as written.")


@strawberry.input(description="One reason why a person counts as a member, or for an assertion.")
class CriterionInput:
    """A criterion as it comes in."""

    text: str = _is("What speaks for it.")
    source: str = _is("Where that was learnt.")


@strawberry.input(description="What a link says of itself.")
class LinkContentInput:
    """A link's content as it comes in."""

    role: Role | None = _is("What the member does in the gang.", None)
    criteria: list[CriterionInput] = _is("Why the person counts as a member, or what an assertion rests on.", [])
    basis: Basis | None = _is("What an association rests on.", None)
    weight: int | None = _is("How many calls, meetings or the like.", None)
    as_written: str | None = _is("The number or handle as it was written.", None)
    note: str | None = _is("What else was noted.", None)


@strawberry.input(description="Why an officer looks.")
class EnquiryInput:
    """An enquiry as it comes in."""

    purpose: Purpose = _is("Why.")
    case_ref: str = _is("The case that it serves.")
    legal_basis: str = _is("The law under which it is made.")
    expires_at: Instant = _is("When it ends.")


@dataclasses.dataclass(frozen=True)
class EvidenceInput:
    """Evidence as it comes in."""

    evidence: list[CriterionInput]


@dataclasses.dataclass(frozen=True)
class ReasonInput:
    """A reason as it comes in."""

    reason: str


def word(cls: type[_Word], given: object, path: str) -> _Word:
    """Make one of our words of an input; raise BadInput with the path and a sentence for each bad field."""
    fields = {name: _plain(getattr(given, name)) for name in (f.name for f in dataclasses.fields(given))}  # type: ignore[arg-type]
    try:
        return cls.model_validate(fields)
    except ValidationError as problem:
        raise BadInput(_problems(problem, path)) from None


def change(cls: type[BaseModel], given: object, path: str) -> dict[str, Any]:
    """Give what a change says of the fields that it names, each valid by itself; None where one is cleared.

    Raise BadInput with the path and a sentence for each bad field.
    """
    said: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for field in dataclasses.fields(given):  # type: ignore[arg-type]
        value = getattr(given, field.name)
        if value is strawberry.UNSET:
            continue
        info = cls.model_fields[field.name]
        if value is None:
            if info.is_required():
                problems.append(FieldProblem(path=f"{path}.{camel(field.name)}", message="This cannot be left out."))
            said[field.name] = None
            continue
        try:
            said[field.name] = _adapter(cls, field.name).validate_python(_plain(value))
        except ValidationError as problem:
            problems += _problems(problem, f"{path}.{camel(field.name)}")
    if problems:
        raise BadInput(problems)
    return said


@cache
def _adapter(cls: type[BaseModel], name: str) -> TypeAdapter[Any]:
    info = cls.model_fields[name]
    annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(annotation)


def _problems(problem: ValidationError, path: str) -> list[FieldProblem]:
    """Give each bad field once; a list is not also too short because of what is wrong inside it."""
    errors = problem.errors(include_url=False, include_input=False)
    inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [_problem(error, path) for error in errors if error["type"] != "too_short" or error["loc"] not in inside]


def words(*makers: Any) -> tuple[Any, ...]:
    """Make several words, each a call without arguments; raise BadInput with the problems of all of them."""
    made: list[Any] = []
    problems: list[FieldProblem] = []
    for make in makers:
        try:
            made.append(make())
        except BadInput as bad:
            problems.extend(bad.problems)
    if problems:
        raise BadInput(problems)
    return tuple(made)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_SENTENCES = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "int_type": "This is a whole number.",
    "int_from_float": "This is a whole number.",
    "string_type": "This is text.",
    "too_short": "At least one is needed.",
    "too_long": "These are too many.",
    "string_pattern_mismatch": "This is not written in the form that is needed here.",
    "string_too_long": "This is too long.",
    "finite_number": "This is a number.",
    "enum": "This is one of {expected}.",
    "greater_than_equal": "This is at least {ge}.",
    "less_than_equal": "This is at most {le}.",
}


def _problem(error: Mapping[str, Any], path: str) -> FieldProblem:
    where = ".".join([*([path] if path else []), *(camel(str(part)) for part in error["loc"])])
    kind = error["type"]
    if kind == "value_error":
        return FieldProblem(path=where, message=str(error["ctx"]["error"]))
    if kind.startswith(("date", "timezone", "time")):
        return FieldProblem(
            path=where, message="This is not a date that exists, written 2026-01-31 or 2026-01-31T10:00:00+05:30."
        )
    sentence = _SENTENCES.get(kind, "This value cannot be used here.")
    return FieldProblem(path=where, message=sentence.format(**error.get("ctx", {})))
