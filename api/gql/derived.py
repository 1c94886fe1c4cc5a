"""Documents for peers, derived from an officer's: the same question and selection, asked of one owner's own graph.

In order:
1. From `federated { find(…) { nodes { S } } }` comes `find(…) { edges { cursor score node { S } } }`, and so for each
   question; the officer's own arguments and fragments go along, `after` becomes the owner's own.
2. Every selection on something that has an id asks for it, and every one on an interface for its type's name: rows are
   checked by them before they leave here. No type of ours is a union.
3. It depends on the officer's document alone, so that a peer of the same release trusts what this one derives.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_composite_type,
    parse,
    print_ast,
    visit,
)

from api.documents import digest_of
from api.gql.filters import WHERE_OF
from graph.network import MOST_NODES
from schemas.records import RECORDS

ROOT = "federated"
AFTER, FROM, NUMBERS, HOPS = "afterOfOwner", "fromOfOwner", "identifiersOfOwner", "hopsOfOwner"
RECORDS_OF = "recordsOfOwner"
# What only the node that was asked reads.
_OURS = frozenset({"after", "from", "to", "identifiers", "hops", "maxHops", "k"})


class Rows(Enum):
    """How the rows of a question stand: by score, by what a list orders by, or one alone."""

    SCORED = "score"
    ORDERED = "orderKey"
    ALONE = ""
    AROUND = "hops"


@dataclass(frozen=True)
class Shape:
    """How one federated question is asked of one owner: the root field, how its rows stand below it, and their type."""

    root: str
    rows: Rows
    of: str = "Node"


SHAPES = {
    "find": Shape("find", Rows.SCORED),
    "record": Shape("record", Rows.ALONE),
    "network": Shape("network", Rows.AROUND),
    "paths": Shape("network", Rows.AROUND),
} | {RECORDS[listed].plural: Shape(RECORDS[listed].plural, Rows.ORDERED, RECORDS[listed].name) for listed in WHERE_OF}


@dataclass(frozen=True)
class Derived:
    """A document for peers, and the names of the officer's variables that go along; `rows` are those of its rows."""

    text: str
    digest: str
    document: DocumentNode
    variables: frozenset[str]
    rows: frozenset[str]


def derived(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    question: FieldNode,
) -> Derived:
    """Derive the document of one question below `federated`; raise ValueError if it asks for rows twice."""
    shape = SHAPES[question.name.value]
    rows = list(_fields_named(question.selection_set, fragments, "nodes"))
    if len(rows) > 1:
        raise ValueError("A federated question asks for its nodes once.")
    node_type = schema.get_type("Node")
    # Who asks for no rows asks who would speak, and how many rows they would have.
    wanted = rows[0].selection_set if rows and rows[0].selection_set is not None else _set()
    selection = _Selecting(schema, fragments).within(wanted, node_type)
    given = [one for one in question.arguments or () if one.name.value not in _OURS]
    defined: tuple[VariableDefinitionNode, ...] = ()
    match shape.rows:
        case Rows.ALONE:
            field = _alone(shape, given, selection, node_type)
        case Rows.AROUND:
            bonds, said = (_links(schema, question, fragments, name) for name in ("links", "assertions"))
            field, defined = _around(shape, question.name.value, given, selection, bonds, said), _AROUND_DEFINED
        case _:
            field, defined = _page(shape, given, selection, node_type), (_AFTER_DEFINED,)
    used = _spread(_set(field), fragments)
    asked = _variables((field, *(fragments[name] for name in used)))
    own = [one for one in operation.variable_definitions or () if one.variable.name.value in asked]
    definition = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=NameNode(value="Peer"),
        variable_definitions=(*own, *defined),
        directives=(),
        selection_set=SelectionSetNode(selections=(field,)),
    )
    selecting = _Selecting(schema, fragments)
    document = DocumentNode(definitions=(definition, *(selecting.fragment(fragments[name]) for name in used)))
    text = print_ast(document)
    below = _variables((field.selection_set, *(fragments[name] for name in used)))
    officers = frozenset(asked - {AFTER, FROM, NUMBERS, RECORDS_OF, HOPS})
    return Derived(text, digest_of(text), document, officers, frozenset(below))


def every(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[Derived]:
    """Give what a document derives to, question by question; nothing of one that asks nothing of peers."""
    for root in _fields_named(operation.selection_set, fragments, ROOT):
        for question in _fields(root.selection_set, fragments):
            if question.name.value in SHAPES:
                yield derived(schema, operation, fragments, question)


def _page(shape: Shape, given: Sequence[ArgumentNode], selection: SelectionSetNode, node_type: Any) -> FieldNode:
    after = ArgumentNode(name=NameNode(value="after"), value=VariableNode(name=NameNode(value=AFTER)))
    node = _field("node", selection=_widened(selection, node_type))
    edges = _field("edges", selection=_set(_field("cursor"), _field(shape.rows.value), node))
    end = _field("pageInfo", selection=_set(_field("hasNextPage")))
    return _field(shape.root, (*given, after), _set(edges, end))


def _links(
    schema: GraphQLSchema, question: FieldNode, fragments: Mapping[str, FragmentDefinitionNode], name: str
) -> SelectionSetNode:
    """Give what is asked of the links of one field; raise ValueError if it stands twice."""
    asked = list(_fields_named(question.selection_set, fragments, name))
    if len(asked) > 1:
        raise ValueError(f"A federated question asks for its {name} once.")
    drawn = asked[0].selection_set if asked and asked[0].selection_set is not None else _set()
    return _Selecting(schema, fragments).within(drawn, schema.get_type("Link"))


def _around(
    shape: Shape,
    question: str,
    given: Sequence[ArgumentNode],
    nodes: SelectionSetNode,
    links: SelectionSetNode,
    said: SelectionSetNode,
) -> FieldNode:
    """Ask for a fragment, with what joins it to others beside what the officer asked of it."""
    ours = [("from", FROM), ("identifiers", NUMBERS), ("records", RECORDS_OF), ("hops", HOPS)]
    arguments = [
        ArgumentNode(name=NameNode(value=name), value=VariableNode(name=NameNode(value=variable)))
        for name, variable in ours
    ]
    if question == "paths":
        most = IntValueNode(value=str(MOST_NODES))
        arguments.append(ArgumentNode(name=NameNode(value="limit"), value=most))
    asked = _set(
        _field("nodes", selection=_set(*_OF_NODES.selections, *nodes.selections)),
        _field("hops"),
        _field("links", selection=_set(*_OF_LINKS.selections, *links.selections)),
        _field("assertions", selection=_set(*_OF_ASSERTIONS.selections, *said.selections)),
        _field("linksCut"),
        _field("more", selection=_set(_field("id"))),
    )
    return _field(shape.root, (*given, *arguments), asked)


def _alone(shape: Shape, given: Sequence[ArgumentNode], selection: SelectionSetNode, node_type: Any) -> FieldNode:
    return _field(shape.root, given, _widened(selection, node_type))


def _widened(selection: SelectionSetNode, node_type: Any) -> SelectionSetNode:
    """Give what is selected of any node where the question gives rows of a narrower type."""
    wide = InlineFragmentNode(
        type_condition=NamedTypeNode(name=NameNode(value=node_type.name)), directives=(), selection_set=selection
    )
    return _set(_TYPENAME, wide)


class _Selecting:
    """Writes selections with what the check of rows needs beside what was asked."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments

    def fragment(self, one: FragmentDefinitionNode) -> FragmentDefinitionNode:
        """Give a fragment that selects so."""
        on = self._schema.get_type(one.type_condition.name.value)
        return FragmentDefinitionNode(
            name=one.name,
            variable_definitions=(),
            type_condition=one.type_condition,
            directives=one.directives,
            selection_set=self._as_it_is(one.selection_set, on),
        )

    def within(self, chosen: SelectionSetNode, on: Any) -> SelectionSetNode:
        """Give the selection of a field of a type, with what the check needs; fragments in it need not say it again."""
        beside: list[FieldNode] = []
        if isinstance(on, GraphQLInterfaceType):
            beside.append(_TYPENAME)
        if isinstance(on, GraphQLInterfaceType | GraphQLObjectType) and "id" in on.fields:
            beside.append(_field("id"))
        there = {one.name.value for one in chosen.selections if isinstance(one, FieldNode) and _for_sure(one)}
        missing = [one for one in beside if one.name.value not in there]
        return _set(*missing, *self._as_it_is(chosen, on).selections)

    def _as_it_is(self, chosen: SelectionSetNode, on: Any) -> SelectionSetNode:
        return _set(*(self._one(selection, on) for selection in chosen.selections))

    def _one(self, selection: SelectionNode, on: Any) -> SelectionNode:
        if isinstance(selection, InlineFragmentNode):
            narrowed = self._schema.get_type(selection.type_condition.name.value) if selection.type_condition else on
            return InlineFragmentNode(
                type_condition=selection.type_condition,
                directives=selection.directives,
                selection_set=self._as_it_is(selection.selection_set, narrowed),
            )
        if isinstance(selection, FieldNode) and selection.selection_set is not None:
            below = get_named_type(on.fields[selection.name.value].type)
            if is_composite_type(below):
                return FieldNode(
                    alias=selection.alias,
                    name=selection.name,
                    arguments=selection.arguments,
                    directives=selection.directives,
                    selection_set=self.within(selection.selection_set, below),
                )
        return selection


def _for_sure(field: FieldNode) -> bool:
    """Say whether a field stands under its own name whatever the variables are."""
    return field.alias is None and not field.directives


def _fields(chosen: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    for selection in chosen.selections if chosen is not None else ():
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)


def _fields_named(
    chosen: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode], name: str
) -> Iterator[FieldNode]:
    return (field for field in _fields(chosen, fragments) if field.name.value == name)


class _Names(Visitor):
    """Collects the variables and the fragments that a text names."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.spread: list[str] = []

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.spread.append(node.name.value)


def _variables(nodes: Iterable[Any]) -> set[str]:
    names = _Names()
    for node in nodes:
        visit(node, names)
    return names.variables


def _spread(selection: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> list[str]:
    """Name the fragments that a selection comes to, each once, in order of meeting; none reaches itself by now."""
    met: dict[str, None] = {}
    waiting: list[Any] = [selection]
    while waiting:
        names = _Names()
        visit(waiting.pop(0), names)
        for name in names.spread:
            if name not in met:
                met[name] = None
                waiting.append(fragments[name])
    return list(met)


def _field(name: str, given: Sequence[ArgumentNode] = (), selection: SelectionSetNode | None = None) -> FieldNode:
    return FieldNode(name=NameNode(value=name), arguments=tuple(given), directives=(), selection_set=selection)


def _set(*selections: SelectionNode) -> SelectionSetNode:
    return SelectionSetNode(selections=selections)


def _parsed(text: str) -> SelectionSetNode:
    [definition] = parse(text, no_location=True).definitions
    if not isinstance(definition, OperationDefinitionNode):
        raise TypeError(text)
    return definition.selection_set


def _variables_of(text: str) -> tuple[VariableDefinitionNode, ...]:
    [definition] = parse(text, no_location=True).definitions
    if not isinstance(definition, OperationDefinitionNode):
        raise TypeError(text)
    return tuple(definition.variable_definitions or ())


# By what the node that was asked joins fragments; each name is told apart from what an officer may ask.
_OF_NODES = _parsed(
    "{ ... on Identifier { kindOfOwner: kind } ... on Record { provenanceOfOwner: provenance { onward audience } } }"
)
_OF_LINKS = _parsed(
    "{ kindOfOwner: kind fromOfOwner: from toOfOwner: to writtenOfOwner: asWritten "
    "provenanceOfOwner: provenance { onward audience } }"
)
_OF_ASSERTIONS = _parsed(
    "{ kindOfOwner: kind fromOfOwner: from toOfOwner: to provenanceOfOwner: provenance { recordedAt onward audience } }"
)
_TYPENAME = _field("__typename")
_AFTER_DEFINED = VariableDefinitionNode(
    variable=VariableNode(name=NameNode(value=AFTER)),
    type=NamedTypeNode(name=NameNode(value="String")),
    directives=(),
)
_AROUND_DEFINED = _variables_of(
    f"query(${FROM}: [ID!]!, ${NUMBERS}: [IdentifierInput!]!, ${RECORDS_OF}: [ID!]!, ${HOPS}: Int!) {{ id }}"
)
