"""What other rooms read off the words: descriptions, shapes, and names that mean one thing everywhere."""

import inspect
import pkgutil
import types
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from importlib import import_module
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from annotated_types import Le, Lt, MaxLen
from pydantic.fields import FieldInfo

import schemas
from schemas.enquiry import EnquiryContent
from schemas.envelope import Envelope
from schemas.word import Word

# An enquiry is no record: it has no envelope, and no relation leads to it.
NO_RECORD = {EnquiryContent}
# What the graph writes beside a content, on the same node.
BESIDE = {"id", "kind", "aud", "comp", "class", "until", "op_id", "recorded_until"} | Envelope.model_fields.keys()
PLAIN = (str, int, float, bool, date, datetime)


def contents() -> list[type[Word]]:
    """Give the content of every record and of links."""
    found = {
        model
        for module in pkgutil.walk_packages(schemas.__path__, "schemas.")
        for name, model in inspect.getmembers(import_module(module.name), inspect.isclass)
        if issubclass(model, Word) and name.endswith("Content")
    }
    return sorted(found - NO_RECORD, key=lambda model: model.__name__)


def inside(annotation: Any) -> Iterator[type]:
    """Give every class that stands in an annotation."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from inside(part)


def words() -> list[type[Word]]:
    """Give every content, the envelope, and every word inside them."""
    found: list[type[Word]] = []
    waiting = [*contents(), Envelope]
    while waiting:
        model = waiting.pop(0)
        if model in found:
            continue
        found.append(model)
        for field in model.model_fields.values():
            waiting += [part for part in inside(field.annotation) if issubclass(part, Word)]
    return found


def enums() -> set[type[Enum]]:
    """Give every enum that a field of a word can take."""
    return {
        part
        for model in words()
        for field in model.model_fields.values()
        for part in inside(field.annotation)
        if issubclass(part, Enum)
    }


def is_sentence(text: str | None) -> bool:
    """Say whether a text is one line of more than one word, with a capital and a full stop."""
    return bool(text) and text[0].isupper() and text.endswith(".") and len(text.split()) > 1 and "\n" not in text


def shape(annotation: Any) -> str:
    """Say what is stored of a field, whatever bounds it has: `str`, `str?`, `[Address]`."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape(parts[0])
    if origin in (Union, types.UnionType):
        rest = [part for part in parts if part is not type(None)]
        assert (len(parts), len(rest)) == (2, 1), annotation
        return f"{shape(rest[0])}?"
    if origin is tuple:
        assert parts[1:] == (Ellipsis,), annotation
        return f"[{shape(parts[0])}]"
    assert annotation in PLAIN or issubclass(annotation, Enum | Word), annotation
    return annotation.__name__


def bounds(annotation: Any, metadata: list[Any]) -> list[Any]:
    """Give the bounds that stand anywhere in a field, but for those of the items of a tuple."""
    found = [one for part in metadata for one in (part.metadata if isinstance(part, FieldInfo) else [part])]
    if get_origin(annotation) is Annotated:
        found += bounds(get_args(annotation)[0], list(annotation.__metadata__))
    elif get_origin(annotation) in (Union, types.UnionType):
        found += [bound for part in get_args(annotation) for bound in bounds(part, [])]
    return found


def test_all_words_are_read_here() -> None:
    names = {model.__name__ for model in words()}
    assert len(contents()) == 16
    assert names >= {"RecordedName", "Address", "Escalation", "TakedownRequest", "Criterion", "Envelope"}


@pytest.mark.parametrize("model", words(), ids=lambda model: model.__name__)
def test_every_field_is_described(model: type[Word]) -> None:
    told = {name: field.description for name, field in model.model_fields.items()}
    told |= {name: field.description for name, field in model.model_computed_fields.items()}
    assert {name: text for name, text in told.items() if not is_sentence(text)} == {}


def test_every_word_and_every_enum_says_in_its_first_line_what_it_is() -> None:
    kinds = [*words(), *enums()]
    assert [kind for kind in kinds if not is_sentence((vars(kind).get("__doc__") or "").splitlines()[0])] == []


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Its script.", True),
        ("Father's or husband's name.", True),
        ("Script.", False),
        ("its script.", False),
        ("Its script", False),
        ("Its\nscript.", False),
        ("", False),
        (None, False),
    ],
)
def test_a_description_is_a_line_with_a_full_stop(text: str | None, stands: bool) -> None:
    assert is_sentence(text) is stands


def test_a_name_stands_for_one_thing_in_every_content() -> None:
    # One question reads records of several kinds, and GraphQL refuses it where one name has two types.
    shapes: dict[str, dict[str, str]] = {}
    for model in contents():
        for name, field in model.model_fields.items():
            shapes.setdefault(name, {}).setdefault(shape(field.annotation), model.__name__)
    assert {name: found for name, found in shapes.items() if len(found) > 1} == {}


def test_a_word_inside_a_content_holds_no_list() -> None:
    nested = set(words()) - set(contents()) - {Envelope}
    flat = [shape(field.annotation) for model in nested for field in model.model_fields.values()]
    assert len(flat) > 10
    assert [one for one in flat if one.startswith("[")] == []


@pytest.mark.parametrize("model", contents(), ids=lambda model: model.__name__)
def test_no_field_has_a_name_that_stands_beside_it_in_the_graph(model: type[Word]) -> None:
    assert BESIDE.isdisjoint(model.model_fields.keys() | model.model_computed_fields.keys())


@pytest.mark.parametrize("model", contents(), ids=lambda model: model.__name__)
def test_every_number_and_every_list_has_an_end(model: type[Word]) -> None:
    for name, field in model.model_fields.items():
        found = bounds(field.annotation, field.metadata)
        match shape(field.annotation).rstrip("?"):
            case "int" | "float":
                assert any(isinstance(one, Le | Lt) for one in found), name
            case text if text.startswith("["):
                assert any(isinstance(one, MaxLen) for one in found), name


@pytest.mark.parametrize("model", contents(), ids=lambda model: model.__name__)
def test_a_content_is_frozen_and_closed(model: type[Word]) -> None:
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"
