"""How a field reads what the graph said: from the node's values by property, from its pages by response key."""

from collections.abc import Callable
from typing import Any

import orjson
import strawberry

from api.gql.scalars import day, instant
from graph.stored import day_read, moment_read


def same(value: Any) -> Any:
    """Give a value as it is."""
    return value


def listed(value: Any) -> list[Any]:
    """Give a list; what was not stored is an empty one."""
    return list(value or ())


def as_day(value: int | None) -> Any:
    """Write a stored day."""
    return day(day_read(value))


def as_instant(value: int | None) -> Any:
    """Write a stored moment."""
    return instant(moment_read(value))


def order_key(value: str | int) -> str:
    """Write what a list orders by: a folded name as it is, a stored moment as one."""
    return value if isinstance(value, str) else str(as_instant(value))


def nested(make: Callable[..., Any]) -> Callable[[str | None], list[Any]]:
    """Read a list of small objects that is stored as JSON text."""
    return lambda text: [make(**item) for item in orjson.loads(text)] if text else []


def member(cls: Callable[[str], Any]) -> Callable[[str | None], Any]:
    """Read one word of an enum."""
    return lambda value: None if value is None else cls(value)


def members(cls: Callable[[str], Any]) -> Callable[[list[str] | None], list[Any]]:
    """Read a list of words of an enum."""
    return lambda values: [cls(value) for value in values or ()]


def said(property: str, type: object, description: str, read: Callable[[Any], Any] = same) -> Any:
    """Make a field of a node that gives one of its stored properties."""

    def resolver(self: Any) -> Any:
        return read(self.node.values[property])

    return strawberry.field(resolver=resolver, description=description, graphql_type=type)
