"""The shape of a field of a word: what it holds, whether many of it, and whether it may be unsaid."""

import types
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Shape:
    """What a field holds: a plain type, an enum or a small word; one or many of it."""

    kind: type
    many: bool = False
    optional: bool = False


def shape_of(info: FieldInfo) -> Shape:
    """Give the shape of a field of a word."""
    return _shape(info.annotation)


def _shape(annotation: Any) -> Shape:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        [inner] = [part for part in get_args(annotation) if part is not types.NoneType]
        shape = _shape(inner)
        return Shape(shape.kind, shape.many, optional=True)
    if origin is tuple:
        return Shape(_shape(get_args(annotation)[0]).kind, many=True)
    return Shape(annotation)
