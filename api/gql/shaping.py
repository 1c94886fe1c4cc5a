"""What an owner sent, made into what was asked: checked against the schema value by value, and nothing beside it.

In order:
1. A row is of a type of ours that stands in its place, and every value fits the type of its field.
2. Only what the officer asked is kept, under the names that the officer gave.
3. Whatever bears an id is told, so that the ledger can say it; the rows themselves are the sender's own.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from api.gql.scalars import day_of, moment_of
from schemas.ids import parse_urn

_LONGEST_TEXT, _LONGEST_MOMENT = 20_000, 40
# More than any node of ours gives; a peer's answer is shaped on the loop, where everybody waits.
MOST_VALUES = 50_000
_IDENTIFIER = re.compile(r"[0-9a-f]{32}")


class Misshapen(Exception):
    """What was sent does not fit what was asked."""


class NotTheOwner(Exception):
    """A row is of another state than the one that sent it."""


@dataclass(frozen=True)
class Ready:
    """A value that is complete as it stands: the executor hands it on as it is."""

    value: Any


@dataclass
class Shaper:
    """Reads what one owner sent for the selections of one place; `fields_of` merges selections as they apply."""

    schema: GraphQLSchema
    fields_of: Callable[[Sequence[FieldNode], str], Mapping[str, Sequence[FieldNode]]]
    most_of: Callable[[str, FieldNode], int | None]
    owner: str
    ids: set[str] = field(default_factory=set)
    values: int = 0
    _known: dict[tuple[object, ...], Mapping[str, Sequence[FieldNode]]] = field(default_factory=dict)

    def row(self, nodes: Sequence[FieldNode], sent: Any, of: str = "Node") -> Ready:
        """Give a row of a type as it was asked; raise Misshapen, or NotTheOwner for one that has what is another's."""
        if isinstance(self.schema.get_type(of), GraphQLObjectType) and _typename(sent) != of:
            raise Misshapen
        return Ready(self._composite(self.schema.get_type("Node"), nodes, sent))

    def link(self, nodes: Sequence[FieldNode], sent: Any) -> Ready:
        """Give a link as it was asked; raise as `row` does."""
        return Ready(self._composite(self.schema.get_type("Link"), nodes, sent))

    def _value(self, type_: Any, nodes: Sequence[FieldNode], sent: Any, most: int | None = None) -> Any:
        self.values += 1
        if self.values > MOST_VALUES:
            raise Misshapen
        if is_non_null_type(type_):
            if sent is None:
                raise Misshapen
            return self._value(type_.of_type, nodes, sent, most)
        if sent is None:
            return None
        if is_list_type(type_):
            if not isinstance(sent, list) or (most is not None and len(sent) > most):
                raise Misshapen
            return [self._value(type_.of_type, nodes, one) for one in sent]
        if is_leaf_type(type_):
            return _leaf(type_, sent)
        return self._composite(type_, nodes, sent, most)

    def _composite(self, type_: Any, nodes: Sequence[FieldNode], sent: Any, most: int | None = None) -> dict[str, Any]:
        if not isinstance(sent, dict):
            raise Misshapen
        own = self._object_type(type_, sent)
        if "id" in own.fields:
            self._owned(own.name, sent.get("id"))
        made = {}
        for key, asked in self._fields(nodes, own.name).items():
            name = asked[0].name.value
            if key not in sent:
                raise Misshapen
            if name == "__typename":
                made[key] = own.name
                continue
            below = self.most_of(own.name, asked[0]) if "first" in own.fields[name].args else most
            made[key] = self._value(own.fields[name].type, asked, sent[key], below)
            if (own.name, name) in _OWNERS and made[key] != self.owner:
                raise NotTheOwner
            if (own.name, name) in _ENDS:
                self._owned("Identifier", made[key])
        return made

    def _fields(self, nodes: Sequence[FieldNode], type_name: str) -> Mapping[str, Sequence[FieldNode]]:
        """Give the merged selections, worked out once for all rows: the document is held as long as this is."""
        place = (type_name, *map(id, nodes))
        if place not in self._known:
            self._known[place] = self.fields_of(nodes, type_name)
        return self._known[place]

    def _object_type(self, type_: Any, sent: Mapping[str, Any]) -> GraphQLObjectType:
        if isinstance(type_, GraphQLInterfaceType):
            name = sent.get("__typename")
            own = self.schema.get_type(name) if isinstance(name, str) else None
            if not isinstance(own, GraphQLObjectType) or not self.schema.is_sub_type(type_, own):
                raise Misshapen
            return own
        if not is_object_type(type_):
            raise Misshapen
        return type_

    def _owned(self, name: str, id: Any) -> None:
        """Remember an id; what has an owner must be the sender's, for a state answers with nothing but its own."""
        if not isinstance(id, str) or len(id) > 100:
            raise Misshapen
        urn = parse_urn(id)
        if urn is None and (name != "Identifier" or not _IDENTIFIER.fullmatch(id)):
            raise Misshapen
        if urn is not None and urn.state != self.owner:
            raise NotTheOwner
        self.ids.add(id)


def _typename(sent: Any) -> Any:
    return sent.get("__typename") if isinstance(sent, dict) else None


# What says whose a record is, and what a link binds: ids that are not called so.
_OWNERS = frozenset({("Provenance", "owner")})
_ENDS = frozenset({("Link", "from"), ("Link", "to")})


def _leaf(type_: Any, sent: Any) -> Any:
    if isinstance(type_, GraphQLEnumType):
        fits = isinstance(sent, str) and sent in type_.values
    elif isinstance(type_, GraphQLScalarType):
        fits = _SCALARS.get(type_.name, _is_text)(sent)
    else:
        fits = False
    if not fits:
        raise Misshapen
    return sent


def _is_text(sent: Any) -> bool:
    return isinstance(sent, str) and len(sent) <= _LONGEST_TEXT


def _is_int(sent: Any) -> bool:
    return type(sent) is int and -(2**31) <= sent < 2**31


def _is_float(sent: Any) -> bool:
    return type(sent) in (int, float) and math.isfinite(sent)


def _reads(read: Callable[[str], object]) -> Callable[[Any], bool]:
    """Give what says whether a text can be read; of the same few days and moments most rows are."""

    @lru_cache(maxsize=4_096)
    def fits(sent: str) -> bool:
        try:
            read(sent)
        except ValueError:
            return False
        return True

    return lambda sent: isinstance(sent, str) and len(sent) <= _LONGEST_MOMENT and fits(sent)


_SCALARS: dict[str, Callable[[Any], bool]] = {
    "Int": _is_int,
    "Float": _is_float,
    "Boolean": lambda sent: isinstance(sent, bool),
    "Date": _reads(day_of),
    "DateTime": _reads(moment_of),
}
