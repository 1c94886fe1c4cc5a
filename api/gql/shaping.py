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

from api.gql.scalars import day_of, moment_of, state_of
from schemas.ids import parse_urn

_LONGEST_TEXT, _LONGEST_MOMENT = 20_000, 40
# More than any node of ours gives; a peer's answer is shaped on the loop, where everybody waits.
MOST_VALUES = 50_000
_IDENTIFIER = re.compile(r"[0-9a-f]{32}")
# A link's end, which may be either.
_END = "end"
_WITHOUT_OWNER = frozenset({"Identifier", _END})


class Misshapen(Exception):
    """What was sent does not fit what was asked."""


class NotTheOwner(Exception):
    """A row is of another state than the one that sent it."""


@dataclass(frozen=True)
class Ready:
    """A value that is complete as it stands: the executor hands it on as it is."""

    value: Any


Check = Callable[[Any, "Shaper"], Any]
"""Read one value as it was asked, for a shaper; raises Misshapen or NotTheOwner."""

Known = dict[tuple[object, ...], Check]
"""Checks by the place that they are of: the name of a type, and the fields that ask for it."""

Fields = Callable[[Sequence[FieldNode], str], Mapping[str, Sequence[FieldNode]]]
Most = Callable[[str, FieldNode], int | None]


@dataclass
class Shaper:
    """Reads what one owner sent for the selections of one place; `fields_of` merges selections as they apply.

    `known` holds what was worked out for places before, of the same document asked with the same variables.
    """

    schema: GraphQLSchema
    fields_of: Fields
    most_of: Most
    owner: str
    known: Known = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    values: int = 0
    _abroad: bool = False

    def row(self, nodes: Sequence[FieldNode], sent: Any, of: str = "Node") -> Ready:
        """Give a row of a type as it was asked; raise Misshapen, or NotTheOwner for one that has what is another's."""
        if of != "Node" and isinstance(self.schema.get_type(of), GraphQLObjectType) and _typename(sent) != of:
            raise Misshapen
        return Ready(self._check("Node", nodes)(sent, self))

    def link(self, nodes: Sequence[FieldNode], sent: Any) -> Ready:
        """Give a link as it was asked; raise as `row` does."""
        return Ready(self._check("Link", nodes)(sent, self))

    def assertion(self, nodes: Sequence[FieldNode], sent: Any) -> Ready:
        """Give an assertion that leads to a record of another state; raise as `row` does."""
        self._abroad = True
        try:
            return self.link(nodes, sent)
        finally:
            self._abroad = False

    def count(self, values: int) -> None:
        """Count values that were sent; raise Misshapen for more than any node of ours gives."""
        self.values += values
        if self.values > MOST_VALUES:
            raise Misshapen

    def _check(self, type_name: str, nodes: Sequence[FieldNode]) -> Check:
        """Give how values of a type are read at a place, worked out once: the document is held as long as this is."""
        place = (type_name, *map(id, nodes))
        check = self.known.get(place)
        if check is None:
            making = _Making(self.schema, self.fields_of, self.most_of)
            check = self.known[place] = making.composite(self.schema.get_type(type_name), nodes, None)
        return check

    def _owned(self, name: str, id: Any) -> None:
        """Remember an id; what has an owner must be the sender's, for a state answers with nothing but its own.

        An identifier alone has none.
        """
        if not isinstance(id, str) or len(id) > 100:
            raise Misshapen
        urn = parse_urn(id)
        if urn is None and (name not in _WITHOUT_OWNER or not _IDENTIFIER.fullmatch(id)):
            raise Misshapen
        if urn is not None and name == "Identifier":
            raise Misshapen
        if urn is not None and urn.state != self.owner:
            raise NotTheOwner
        self.ids.add(id)

    def _ended(self, name: str, id: Any) -> None:
        """Remember what a link binds; an assertion leads to a record of another than the sender."""
        if not self._abroad or name != "to":
            self._owned(_END, id)
            return
        urn = parse_urn(id)
        if urn is None or urn.state == self.owner:
            raise Misshapen
        self.ids.add(id)


class _Making:
    """Makes checks of selections, down to the leaves; what it makes knows nothing of the request that it was made for.

    `most` is how many rows a page was asked for, above the list that holds them.
    """

    def __init__(self, schema: GraphQLSchema, fields_of: Fields, most_of: Most) -> None:
        self._schema = schema
        self._fields_of = fields_of
        self._most_of = most_of

    def composite(self, type_: Any, nodes: Sequence[FieldNode], most: int | None) -> Check:
        """Make the check of an object, or of whatever stands for an interface, by the name that it gives itself."""
        if not isinstance(type_, GraphQLInterfaceType):
            return self._object(type_, nodes, most) if is_object_type(type_) else _misshapen
        checks = {one.name: self._object(one, nodes, most) for one in self._schema.get_possible_types(type_)}

        def check(sent: Any, shaper: Shaper) -> Any:
            name = _typename(sent)
            return (checks.get(name, _misshapen) if isinstance(name, str) else _misshapen)(sent, shaper)

        return check

    def _object(self, own: GraphQLObjectType, nodes: Sequence[FieldNode], most: int | None) -> Check:
        name, has_id = own.name, "id" in own.fields
        wanted = self._fields_of(nodes, name)
        fields = [(key, self._field(own, asked, most)) for key, asked in wanted.items()]
        named = [(key, asked[0].name.value) for key, asked in wanted.items()]
        # By whatever name it is asked: an id is the one that was checked, and a link is drawn as it is joined.
        alike = [(key, "id") for key, field in named if field == "id"]
        alike += [(key, f"{field}OfOwner") for key, field in named if (name, field) in _ENDS]
        values = len(fields)

        def check(sent: Any, shaper: Shaper) -> Any:
            if not isinstance(sent, dict):
                raise Misshapen
            shaper.count(values)
            if has_id:
                shaper._owned(name, sent.get("id"))
            try:
                made = {key: read(sent[key], shaper) for key, read in fields}
            except KeyError:
                raise Misshapen from None
            for key, other in alike:
                if made[key] != sent.get(other, made[key]):
                    raise Misshapen
            return made

        return check

    def _field(self, own: GraphQLObjectType, asked: Sequence[FieldNode], most: int | None) -> Check:
        name = asked[0].name.value
        if name == "__typename":
            return lambda _, __: own.name
        field = own.fields[name]
        check = self._value(field.type, asked, self._most_of(own.name, asked[0]) if "first" in field.args else most)
        if (own.name, name) in _OWNERS:
            return _of_the_owner(check)
        return _at_the_end(check, name) if (own.name, name) in _ENDS else check

    def _value(self, type_: Any, nodes: Sequence[FieldNode], most: int | None) -> Check:
        if is_non_null_type(type_):
            return self._some(type_.of_type, nodes, most)
        some = self._some(type_, nodes, most)
        return lambda sent, shaper: None if sent is None else some(sent, shaper)

    def _some(self, type_: Any, nodes: Sequence[FieldNode], most: int | None) -> Check:
        """Make the check of a value that is not null; null fits none of them."""
        if is_list_type(type_):
            return _list(self._value(type_.of_type, nodes, None), most)
        if is_leaf_type(type_):
            return _leaf(type_)
        return self.composite(type_, nodes, most)


def _misshapen(_: Any, __: Shaper) -> Any:
    raise Misshapen


def _of_the_owner(check: Check) -> Check:
    def read(sent: Any, shaper: Shaper) -> Any:
        made = check(sent, shaper)
        if made != shaper.owner:
            raise NotTheOwner
        return made

    return read


def _at_the_end(check: Check, name: str) -> Check:
    def read(sent: Any, shaper: Shaper) -> Any:
        made = check(sent, shaper)
        shaper._ended(name, made)
        return made

    return read


def _list(item: Check, most: int | None) -> Check:
    def read(sent: Any, shaper: Shaper) -> Any:
        if not isinstance(sent, list) or (most is not None and len(sent) > most):
            raise Misshapen
        shaper.count(len(sent))
        return [item(one, shaper) for one in sent]

    return read


def _typename(sent: Any) -> Any:
    return sent.get("__typename") if isinstance(sent, dict) else None


# What says whose a record is, and what a link binds: ids that are not called so.
_OWNERS = frozenset({("Provenance", "owner")})
_ENDS = frozenset({("Link", "from"), ("Link", "to")})


def _leaf(type_: Any) -> Check:
    if isinstance(type_, GraphQLEnumType):
        names = frozenset(type_.values)
        return _fitting(lambda sent: isinstance(sent, str) and sent in names)
    if not isinstance(type_, GraphQLScalarType):
        return _misshapen
    fits = _SCALARS.get(type_.name)
    return _text if fits is None else _fitting(fits)


def _fitting(fits: Callable[[Any], bool]) -> Check:
    def read(sent: Any, _: Shaper) -> Any:
        if not fits(sent):
            raise Misshapen
        return sent

    return read


def _text(sent: Any, _: Shaper) -> Any:
    if not isinstance(sent, str) or len(sent) > _LONGEST_TEXT:
        raise Misshapen
    return sent


def _is_int(sent: Any) -> bool:
    return type(sent) is int and -(2**31) <= sent < 2**31


def _is_float(sent: Any) -> bool:
    return type(sent) in (int, float) and math.isfinite(sent)


def _reads(read: Callable[[str], object]) -> Callable[[Any], bool]:
    """Give what says whether a text can be read; of the same few days, moments and states most rows are."""

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
    "StateCode": _reads(state_of),
}
