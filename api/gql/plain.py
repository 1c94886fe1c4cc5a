"""Selections that ask only for what a value holds, completed at once instead of field by field.

In order:
1. A selection is plain where none of its fields has an argument, no directive stands in it, and each field is an
   attribute of its object or read by a resolver that looks at that object alone.
2. What such a selection meets and is not as it should be, the library completes once more: it says what is wrong, and
   what becomes null of it. So the answer is the library's own, only sooner.
3. What a plain selection comes to depends on the document alone, and is worked out once for each place in it.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from graphql import (
    Executor,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    InlineFragmentNode,
    SelectionSetNode,
    Undefined,
)

from api.gql.shaping import Ready

Read = Callable[[Any], Any]
"""Complete a value; raises whatever it raises for one that the library is to complete."""

_KEPT = 4_096
_DEFINITION = "strawberry-definition"
# What is decided before a field is completed, and so says nothing of how.
_BEFORE = frozenset({"skip", "include"})


class _Irregular(Exception):
    """A value is not what its place is for."""


class _NotPlain(Exception):
    """A selection asks for more than its objects hold."""


class Plain:
    """How the values of places are read, for the places met lately; None for one whose selection is not plain."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, ...], tuple[Any, Read | None]] = OrderedDict()

    def read(self, executor: Executor[Any], type_: Any, details: Sequence[Any]) -> Read | None:
        """Give how a value of this type is completed for these fields, if they are plain."""
        key = (id(type_), *[id(one.node) for one in details])
        held = self._kept.get(key)
        if held is None:
            # Held with its nodes, so that no others take their place in memory.
            held = ((type_, [one.node for one in details]), _made(executor, type_, details))
            self._kept[key] = held
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return held[1]


def _made(executor: Executor[Any], type_: Any, details: Sequence[Any]) -> Read | None:
    nodes: list[FieldNode] = [one.node for one in details]
    if any(one.name.value not in _BEFORE for node in nodes for one in node.directives or ()):
        return None
    if not all(_unconditional(node.selection_set, executor.fragment_definitions) for node in nodes):
        return None
    try:
        return _value(executor, type_, details)
    except _NotPlain:
        return None


def _unconditional(chosen: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]) -> bool:
    """Say whether no directive stands in a selection, nor in what it spreads; a document has no fragment in itself."""
    for one in chosen.selections if chosen is not None else ():
        if one.directives:
            return False
        inner: SelectionSetNode | None = None
        if isinstance(one, FieldNode | InlineFragmentNode):
            inner = one.selection_set
        elif isinstance(one, FragmentSpreadNode):
            inner = fragments[one.name.value].selection_set
        if not _unconditional(inner, fragments):
            return False
    return True


def _value(executor: Executor[Any], type_: Any, details: Sequence[Any]) -> Read:
    """Make what completes a value; of a type that may be null, null stays null."""
    if isinstance(type_, GraphQLNonNull):
        return _never_null(_some(executor, type_.of_type, details), type_.of_type)
    some = _some(executor, type_, details)
    return lambda value: None if value is None else some(value)


def _never_null(some: Read, type_: Any) -> Read:
    if isinstance(type_, GraphQLScalarType) and type_.name in _TEXT:
        return some

    def read(value: Any) -> Any:
        if value is None:
            raise _Irregular
        return some(value)

    return read


def _some(executor: Executor[Any], type_: Any, details: Sequence[Any]) -> Read:
    """Make what completes a value that is not null."""
    match type_:
        case GraphQLList():
            return _list(_value(executor, type_.of_type, details))
        case GraphQLEnumType():
            return _enum(type_)
        case GraphQLScalarType():
            return _scalar(type_)
        case GraphQLInterfaceType():
            return _interface(executor, type_, details)
        case GraphQLObjectType():
            return _object(executor, type_, details)
    raise _NotPlain


def _list(item: Read) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not list:
            raise _Irregular
        return [item(one) for one in value]

    return read


_TEXT = frozenset({"String", "ID", "StateCode"})


def _scalar(type_: GraphQLScalarType) -> Read:
    coerced = _coerced(type_)
    if type_.name in _TEXT:
        return lambda value: value if type(value) is str else coerced(value)
    return coerced


def _enum(type_: GraphQLEnumType) -> Read:
    coerced, kind = _coerced(type_), getattr(type_, "wrapped_cls", None)
    names = {member: type_.coerce_output_value(member) for member in kind or ()}
    return lambda value: names[value] if type(value) is kind else coerced(value)


def _coerced(type_: Any) -> Read:
    def read(value: Any) -> Any:
        if value is None or isinstance(value, Exception):
            raise _Irregular
        made = type_.coerce_output_value(value)
        if made is None or made is Undefined:
            raise _Irregular
        return made

    return read


def _interface(executor: Executor[Any], type_: GraphQLInterfaceType, details: Sequence[Any]) -> Read:
    """Make what completes whatever stands for an interface, by its class; all that may stand there are plain."""
    reads = {_class_of(one): _object(executor, one, details) for one in executor.schema.get_possible_types(type_)}

    def read(value: Any) -> Any:
        one = reads.get(type(value))
        return one(value) if one is not None else _ready(value)

    return read


def _object(executor: Executor[Any], type_: GraphQLObjectType, details: Sequence[Any]) -> Read:
    cls = _class_of(type_)
    below = executor.collect_subfields(type_, list(details)).grouped_field_set
    fields = [(key, *_field(executor, type_, asked)) for key, asked in below.items()]

    def read(value: Any) -> Any:
        if type(value) is not cls:
            return _ready(value)
        return {key: complete(get(value)) for key, get, complete in fields}

    return read


def _field(executor: Executor[Any], type_: GraphQLObjectType, details: Sequence[Any]) -> tuple[Read, Read]:
    """Make what gives a field of an object, and what completes it."""
    name = details[0].node.name.value
    if name == "__typename":
        return _itself, lambda _: type_.name
    field = type_.fields.get(name)
    if field is None:
        raise _NotPlain
    return _getter(field.extensions.get(_DEFINITION)), _value(executor, field.type, details)


def _itself(value: Any) -> Any:
    return value


def _getter(definition: Any) -> Read:
    if definition is None or definition.is_async or definition.extensions or definition.permission_classes:
        raise _NotPlain
    resolver = definition.base_resolver
    if resolver is None:
        got: Read = attrgetter(definition.python_name)
        return got
    takes = resolver.signature.parameters
    if resolver.self_parameter is None or len(takes) != 1:
        raise _NotPlain
    read: Read = resolver.wrapped_func
    return read


def _class_of(type_: GraphQLObjectType) -> type:
    definition = type_.extensions.get(_DEFINITION)
    if definition is None or definition.is_graphql_generic or definition.concrete_of is not None:
        raise _NotPlain
    cls: type = definition.origin
    return cls


def _ready(value: Any) -> Any:
    if type(value) is not Ready:
        raise _Irregular
    return value.value
