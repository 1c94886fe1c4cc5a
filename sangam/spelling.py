"""Between our words and GraphQL's spelling: names of fields, and the two enums whose names are not their values."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from schemas.gradings import InfoGrade
from schemas.person import Script

_NAMED: dict[str, type[StrEnum]] = {"script": Script, "info_grade": InfoGrade}
_HUMP = re.compile(r"[A-Z]")


def ours(value: Any) -> Any:
    """Give an answer's JSON with the fields named as in our words; the type of a node is dropped."""
    if isinstance(value, Mapping):
        return {snake(key): _ours_at(snake(key), part) for key, part in value.items() if key != "__typename"}
    if isinstance(value, list):
        return [ours(part) for part in value]
    return value


def theirs(value: Any) -> Any:
    """Give plain data of our words as GraphQL's input types name it; what is None is left out."""
    if isinstance(value, Mapping):
        return {camel(key): _theirs_at(key, part) for key, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [theirs(part) for part in value]
    return value


def changes(value: Mapping[str, Any]) -> dict[str, Any]:
    """Give changes by field as GraphQL's inputs name them; None clears a field, so it is kept."""
    return {camel(name): _theirs_at(name, part) for name, part in value.items()}


def snake(name: str) -> str:
    """Write a field's name as Python does."""
    return "from_" if name == "from" else _HUMP.sub(lambda hump: f"_{hump[0].lower()}", name)


def camel(name: str) -> str:
    """Write a field's name as GraphQL does."""
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


def _ours_at(key: str, value: Any) -> Any:
    if key in _NAMED and isinstance(value, str):
        return _NAMED[key][value].value
    if key == "amount_rupees" and isinstance(value, float):
        return int(value)  # GraphQL's Int ends at 2³¹, so rupees travel as Float
    return ours(value)


def _theirs_at(key: str, value: Any) -> Any:
    if key in _NAMED and isinstance(value, str):
        return _NAMED[key](value).name
    return theirs(value)
