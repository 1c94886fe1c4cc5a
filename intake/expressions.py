"""The values of the mapping language: constants, templates, converted columns, and lists and dictionaries of them."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Cells = Mapping[str, str]
_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")
ITEM = "item"


class BadCell(ValueError):
    """A cell that cannot be what the mapping wants; `path` names the field, the message says why."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(message)


class Absent(Exception):
    """A column that the value stands on is empty, so there is no value."""


class Expression(ABC):
    """One value to be; `columns` are the columns that it reads."""

    columns: frozenset[str]

    @abstractmethod
    def value(self, cells: Cells, path: str) -> Any:
        """Give the value for a row. Raises Absent or BadCell."""


@dataclass(frozen=True)
class Constant(Expression):
    """The same value for every row."""

    constant: Any
    columns: frozenset[str] = frozenset()

    def value(self, cells: Cells, path: str) -> Any:
        """Give the constant."""
        return self.constant


@dataclass(frozen=True)
class Template(Expression):
    """Text with columns in braces; absent as soon as one of them is empty. `parts` alternates text and columns."""

    parts: tuple[str, ...]
    columns: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> "Template | Constant":
        """Read a template; doubled braces stand for themselves. Raises ValueError with a sentence."""
        parts = [""]
        end = 0
        for found in _PLACE.finditer(text):
            parts[-1] += text[end : found.start()]
            end = found.end()
            if found[1] is not None:
                parts += [found[1].strip(), ""]
            elif len(found[0]) == 2:
                parts[-1] += found[0][0]
            else:
                raise ValueError("A brace that stands for itself is doubled; a column stands between two.")
        parts[-1] += text[end:]
        return Constant(parts[0]) if len(parts) == 1 else cls(tuple(parts), frozenset(parts[1::2]))

    def value(self, cells: Cells, path: str) -> str:
        """Give the text with the cells in their places."""
        found = list(self.parts)
        for place in range(1, len(found), 2):
            found[place] = cells[found[place]]
            if not found[place]:
                raise Absent
        return "".join(found)


@dataclass(frozen=True)
class Converted(Expression):
    """One column through a converter; absent if it is empty."""

    column: str
    convert: Callable[[str], Any]
    columns: frozenset[str]

    def value(self, cells: Cells, path: str) -> Any:
        """Give the converted cell."""
        text = cells[self.column]
        if not text:
            raise Absent
        try:
            return self.convert(text)
        except ValueError as problem:
            raise BadCell(path, str(problem)) from problem


@dataclass(frozen=True)
class Items(Expression):
    """A list; absent values are left out, and it may end up empty."""

    items: tuple[Expression, ...]
    columns: frozenset[str]

    def value(self, cells: Cells, path: str) -> list[Any]:
        """Give the list of what is there; what a `for_each` gives is put in piece by piece."""
        found: list[Any] = []
        for place, item in enumerate(self.items):
            inside = f"{path}.{place}"
            if isinstance(item, ForEach):
                found.extend(item.values(cells, inside))
            else:
                found.extend(value for value in _there(item, cells, inside) if not _bare(item, value))
        return found


@dataclass(frozen=True)
class ForEach(Expression):
    """One value for each piece of a split column; inside, `{item}` is the piece. Stands in lists only."""

    pieces: Converted
    give: Expression
    columns: frozenset[str]

    def values(self, cells: Cells, path: str) -> Iterator[Any]:
        """Give the values of the pieces in order."""
        for pieces in _there(self.pieces, cells, path):
            for piece in pieces:
                yield from _there(self.give, {**cells, ITEM: piece}, path)

    def value(self, cells: Cells, path: str) -> list[Any]:
        """Give all values as a list."""
        return list(self.values(cells, path))


@dataclass(frozen=True)
class Fields(Expression):
    """A dictionary; a field whose value is absent is left out."""

    fields: Mapping[str, Expression]
    columns: frozenset[str]

    def value(self, cells: Cells, path: str) -> dict[str, Any]:
        """Give the fields that are there."""
        return {
            name: value
            for name, field in self.fields.items()
            for value in _there(field, cells, f"{path}.{name}" if path else name)
        }


def _bare(item: Expression, value: Any) -> bool:
    """Say whether nothing but constants is left of an item that reads columns: a name's script alone is no name."""
    if not isinstance(item, Fields) or not item.columns:
        return False
    return not any(item.fields[name].columns for name in value)


def _there(expression: Expression, cells: Cells, path: str) -> Iterator[Any]:
    """Give the value, or nothing if it is absent."""
    try:
        yield expression.value(cells, path)
    except Absent:
        return
