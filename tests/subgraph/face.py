"""A face for routers, in tests and training: one owner's questions under its own prefix, none of them shared.

In order:
1. Every type that an answer is made of is the owner's own (`RjPerson`): a router has nothing to merge.
2. Every question is the owner's own and may be null (`rj_find`): an owner that is away nulls its own answer alone.
3. Only questions are fronted. What changes something is asked at home.
"""

import json
from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldDefinitionNode,
    FieldNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    NameNode,
    Node,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    UnionTypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from graphql.language.visitor import REMOVE
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANSWERS = (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode, UnionTypeDefinitionNode)
_OF_ANY_SUBGRAPH = frozenset({"_Any", "_Entity", "_Service"})


class Face:
    """How one owner stands in a supergraph: its name there, and its SDL."""

    def __init__(self, state: str, sdl: str) -> None:
        """Read the SDL that a node gives of itself."""
        self.name = state[3:].lower()
        document = parse(sdl)
        answers = {one.name.value for one in document.definitions if isinstance(one, _ANSWERS)}
        self._own = answers - _OF_ANY_SUBGRAPH - {"Query", "Mutation"}
        self._told = {name: self.name.capitalize() + name for name in self._own}
        self._meant = {told: name for name, told in self._told.items()}
        self.sdl = print_ast(visit(document, _Prefixing(self.name, self._told)))

    def inward(self, query: str) -> tuple[str, frozenset[str]]:
        """Give a router's document as the node understands it, and under which keys its answer names types."""
        reading = _Reading(self.name, self._meant)
        return print_ast(visit(parse(query), reading)), frozenset(reading.typenames)

    def outward(self, answer: Any, typenames: frozenset[str]) -> Any:
        """Give the node's answer as the router understands it."""
        if isinstance(answer, list):
            return [self.outward(one, typenames) for one in answer]
        if not isinstance(answer, dict):
            return answer
        return {
            key: self._told.get(value, value) if key in typenames else self.outward(value, typenames)
            for key, value in answer.items()
        }

    def of(self, app: ASGIApp) -> ASGIApp:
        """Put this face before a node's own."""

        async def fronted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            body = json.loads(await _read(receive))
            query, typenames = self.inward(body["query"])
            asked = json.dumps({**body, "query": query}).encode()
            kept = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
            inner = {**scope, "headers": [*kept, (b"content-length", str(len(asked)).encode())]}
            answered = await _answered(app, inner, asked)
            said = json.dumps(self.outward(json.loads(answered.body), typenames)).encode()
            await answered.send(said, send)

        return fronted


class _Prefixing(Visitor):
    """Turns a node's SDL into its owner's share of a supergraph."""

    def __init__(self, prefix: str, told: Mapping[str, str]) -> None:
        super().__init__()
        self._prefix = prefix
        self._told = told

    def enter_object_type_definition(self, node: ObjectTypeDefinitionNode, *_: Any) -> Any:
        if node.name.value in {"Mutation", "_Service"}:
            return REMOVE
        if node.name.value != "Query":
            return None
        fields = [self._question(field) for field in node.fields or () if not field.name.value.startswith("_")]
        return _changed(node, fields=tuple(fields))

    def enter_union_type_definition(self, node: UnionTypeDefinitionNode, *_: Any) -> Any:
        return REMOVE if node.name.value == "_Entity" else None

    def enter_scalar_type_definition(self, node: ScalarTypeDefinitionNode, *_: Any) -> Any:
        return REMOVE if node.name.value == "_Any" else None

    def enter_schema_definition(self, node: SchemaDefinitionNode, *_: Any) -> Any:
        return _changed(node, operation_types=tuple(node.operation_types[:1]))

    def leave_object_type_definition(self, node: ObjectTypeDefinitionNode, *_: Any) -> Any:
        return self._named(node)

    def leave_interface_type_definition(self, node: InterfaceTypeDefinitionNode, *_: Any) -> Any:
        return self._named(node)

    def leave_union_type_definition(self, node: UnionTypeDefinitionNode, *_: Any) -> Any:
        return self._named(node)

    def leave_named_type(self, node: NamedTypeNode, *_: Any) -> Any:
        return self._named(node)

    def _named(self, node: Any) -> Any:
        return _renamed(node, self._told.get(node.name.value, node.name.value))

    def _question(self, field: FieldDefinitionNode) -> FieldDefinitionNode:
        kind = field.type.type if isinstance(field.type, NonNullTypeNode) else field.type
        return _changed(_renamed(field, f"{self._prefix}_{field.name.value}"), type=kind)


class _Reading(Visitor):
    """Turns a router's document into the node's words; no field of a node begins with the prefix."""

    def __init__(self, prefix: str, meant: Mapping[str, str]) -> None:
        super().__init__()
        self._prefix = f"{prefix}_"
        self._meant = meant
        self.typenames: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        name = node.name.value
        if name == "__typename":
            self.typenames.add((node.alias or node.name).value)
        if not name.startswith(self._prefix):
            return None
        meant = _renamed(node, name.removeprefix(self._prefix))
        return _changed(meant, alias=node.alias or NameNode(value=name))

    def leave_named_type(self, node: NamedTypeNode, *_: Any) -> Any:
        return _renamed(node, self._meant.get(node.name.value, node.name.value))


def _renamed(node: Any, name: str) -> Any:
    return _changed(node, name=NameNode(value=name))


def _changed(node: Node, **given: Any) -> Any:
    return type(node)(**{key: getattr(node, key) for key in node.keys if key != "loc"} | given)


class _Answered:
    """A whole answer of the application behind."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    async def send(self, body: bytes, send: Send) -> None:
        kept = [pair for pair in self.start["headers"] if pair[0] != b"content-length"]
        await send({**self.start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


async def _answered(app: ASGIApp, scope: Scope, asked: bytes) -> _Answered:
    whole: list[Message] = [{"type": "http.request", "body": asked, "more_body": False}]

    async def receive() -> Message:
        return whole.pop() if whole else {"type": "http.disconnect"}

    answered = _Answered()
    await app(scope, receive, answered.take)
    return answered


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
