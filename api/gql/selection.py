"""From what a document asks to what the graph picks: fragments merged, arguments read, pages opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import strawberry
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    VariableValues,
    get_argument_values,
    get_directive_values,
)
from pydantic import TypeAdapter, ValidationError

from api.limits import declared_page
from auth.tokens import LEEWAY
from desk.asking import instant, second
from desk.errors import BadInput
from desk.looking import LONGEST_PAGE, Look
from desk.paging import as_known, page_size, unseal
from desk.revs import revised
from graph.connections import (
    ATTACHED,
    CONNECTIONS,
    CONTENT_FIELDS,
    DISPUTED,
    ENVELOPE_FIELDS,
    LINK_FIELDS,
    Attached,
    Connection,
    Kind,
)
from graph.fragments import REFERENCES, THRESHOLD
from graph.picks import AttachedPick, LinkPick, Pick
from schemas.chargesheet import counted_since
from schemas.envelope import Day, Moment, day_in_india
from schemas.errors import FieldProblem
from schemas.link import LinkKind
from schemas.officer import PeerOfficer
from schemas.records import RECORDS

_DAY: TypeAdapter[Any] = TypeAdapter(Day)
_MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)

# Fields that no version says, and the kinds that have them.
_LOOKED_FOR = {(Kind.INCIDENT, REFERENCES), (Kind.GANG, THRESHOLD)}

GRAPHQL_TYPE = {Kind(word.type.value): word.name for word in RECORDS.values()} | {Kind.VALUE: "Identifier"}


def day(text: str | None, path: str) -> Any:
    """Read a day; raise BadInput for one that is none."""
    if text is None:
        return None
    try:
        return _DAY.validate_python(text)
    except ValidationError as problem:
        raise BadInput(
            [FieldProblem(path=path, message="A day is written 2026-01-31, between 1850 and 2200.")]
        ) from problem


def moment(look: Look, text: str | None, path: str) -> datetime | None:
    """Read a moment as of which something is asked; raise BadInput for one that is none, or has not been."""
    if text is None:
        return None
    try:
        at: datetime = _MOMENT.validate_python(text)
    except ValidationError as problem:
        said = "A moment is written 2026-01-31T10:00:00+05:30, with its zone."
        raise BadInput([FieldProblem(path=path, message=said)]) from problem
    # Another state's clock may be ahead of this one by as much as its token's.
    if at > look.at + (LEEWAY if isinstance(look.who, PeerOfficer) else timedelta()):
        raise BadInput([FieldProblem(path=path, message="That moment has not been: nothing is known as of it.")])
    # Of whoever's clock it is: by another, a cursor would be of another moment on each page.
    return at.replace(microsecond=0)


@dataclass(frozen=True)
class Asked:
    """The fields of one place in a document, with what is needed to read them.

    `valid_at`, an epoch second, is the day that connections take which name none; `known_at`, one too, is the moment as
    of which all is asked.
    """

    info: GraphQLResolveInfo[Any]
    look: Look
    nodes: tuple[FieldNode, ...]
    valid_at: int | None = None
    known_at: int | None = None

    @classmethod
    def of(cls, info: strawberry.Info, valid_at: date | None = None, known_at: datetime | None = None) -> "Asked":
        """Start at the field that is being resolved; day and moment are those that this field was asked for."""
        raw = info._raw_info
        info.context.look.longest_page = declared_page(raw.operation) or LONGEST_PAGE
        return cls(raw, info.context.look, tuple(raw.field_nodes), instant(valid_at), second(known_at))

    def below(self, *names: str) -> "Asked":
        """Go down through fields by name, over all types and aliases."""
        nodes = self.nodes
        for name in names:
            nodes = tuple(
                node for fields in self.fields_at(nodes, None).values() for node in fields if node.name.value == name
            )
        return self._with(nodes)

    def _with(self, nodes: tuple[FieldNode, ...]) -> "Asked":
        return Asked(self.info, self.look, nodes, self.valid_at, self.known_at)

    def has(self, *names: str) -> bool:
        """Say whether a field below is asked."""
        return bool(self.below(*names).nodes)

    def picks(self) -> list[Pick]:
        """Give the pick of every kind of node, as the place's selections ask of each."""
        return [self.pick(kind) for kind in Kind]

    def pick(self, kind: Kind) -> Pick:
        """Give what is asked of one kind of node here."""
        fields: list[str] = []
        links: list[LinkPick] = []
        attached: list[AttachedPick] = []
        for key, nodes in self.fields_at(self.nodes, GRAPHQL_TYPE[kind]).items():
            name = _snake(nodes[0].name.value)
            if name in CONNECTIONS[kind]:
                links.append(self._link(kind, key, tuple(nodes), CONNECTIONS[kind][name]))
            elif name in ATTACHED[kind]:
                attached.append(self._attached(kind, key, tuple(nodes), ATTACHED[kind][name]))
            elif name in CONTENT_FIELDS[kind] or (kind, name) in _LOOKED_FOR:
                fields.append(name)
            elif name == "provenance":
                fields.extend(self._with(tuple(nodes)).envelope())
                if self._with(tuple(nodes)).has("rev"):
                    fields.extend(revised(kind))
        since = counted_since(day_in_india(self.look.at)) if THRESHOLD in fields else None
        return Pick(kind, tuple(dict.fromkeys(fields)), tuple(links), tuple(attached), instant(since) or 0)

    def envelope(self) -> Iterator[str]:
        """Give the envelope properties that this place's selections ask."""
        for nodes in self.fields_at(self.nodes, None).values():
            name = _snake(nodes[0].name.value)
            if name in ENVELOPE_FIELDS or name == DISPUTED:
                yield name

    def _link(self, kind: Kind, key: str, nodes: tuple[FieldNode, ...], row: Connection) -> LinkPick:
        here = self._with(nodes)
        given = self._arguments(GRAPHQL_TYPE[kind], nodes[0])
        along = tuple(LinkKind(_plain(one)) for one in given["along"]) if given.get("along") is not None else row.kinds
        if not set(along) <= set(row.kinds):
            raise BadInput([FieldProblem(path=f"{key}.along", message="This connection follows other relations.")])
        link = here.below("edges", "link")
        said = [_snake(fields[0].name.value) for fields in self.fields_at(link.nodes, None).values()]
        asked = [*(name for name in said if name in LINK_FIELDS), *link.below("provenance").envelope()]
        after = unseal(self.look, page_question(kind, row.name, self.known_at), given.get("after"), str, str)
        own = instant(day(given.get("validAt", given.get("valid_at")), f"{key}.validAt"))
        return LinkPick(
            key=key,
            connection=row,
            node=here.below("edges", "node").pick(row.far),
            kinds=along,
            first=page_size(self.look, given["first"]),
            after=(after[0], after[1]) if after else None,
            valid_at=self.valid_at if own is None else own,
            fields=tuple(dict.fromkeys(asked)),
            counted=here.has("totalCount"),
        )

    def _attached(self, kind: Kind, key: str, nodes: tuple[FieldNode, ...], row: Attached) -> AttachedPick:
        here = self._with(nodes)
        given = self._arguments(GRAPHQL_TYPE[kind], nodes[0])
        after = unseal(self.look, page_question(kind, row.name, self.known_at), given.get("after"), int, str)
        node = here.below("edges", "node")
        said = [_snake(fields[0].name.value) for fields in self.fields_at(node.nodes, None).values()]
        # What another one tells is told beside what this one says.
        asked = [*said, *(row.fields if row.beside in said else ()), *node.below("provenance").envelope()]
        return AttachedPick(
            key=key,
            attached=row,
            fields=tuple(dict.fromkeys(asked)),
            first=page_size(self.look, given["first"]),
            after=(after[0], after[1]) if after else None,
            counted=here.has("totalCount"),
        )

    def page_of(self, type_name: str, node: FieldNode) -> int | None:
        """Give how many rows a page below is asked for."""
        most: int | None = self._arguments(type_name, node).get("first")
        return most

    def _arguments(self, type_name: str, node: FieldNode) -> dict[str, Any]:
        parent = self.info.schema.get_type(type_name)
        if not isinstance(parent, GraphQLObjectType):
            raise TypeError(type_name)
        return get_argument_values(parent.fields[node.name.value], node, self._variables)

    @property
    def _variables(self) -> VariableValues:
        # Strawberry hands resolvers the bare values; graphql-core's own readers want them with where they came from.
        values: Any = self.info.variable_values
        return VariableValues({}, getattr(values, "coerced", values))

    def fields_at(self, nodes: Sequence[FieldNode], type_name: str | None) -> dict[str, list[FieldNode]]:
        """Give the fields below by response key, for one object type or for all."""
        fields: dict[str, list[FieldNode]] = {}
        for node in nodes:
            if node.selection_set is not None:
                for field in self._walk(node.selection_set, type_name):
                    key = field.alias.value if field.alias else field.name.value
                    fields.setdefault(key, []).append(field)
        return fields

    def _walk(self, selections: SelectionSetNode, type_name: str | None) -> Iterator[FieldNode]:
        for one in selections.selections:
            if not self._included(one):
                continue
            match one:
                case FieldNode():
                    yield one
                case InlineFragmentNode():
                    if self._applies(one.type_condition.name.value if one.type_condition else None, type_name):
                        yield from self._walk(one.selection_set, type_name)
                case FragmentSpreadNode():
                    fragment = self.info.fragments[one.name.value]
                    if self._applies(fragment.type_condition.name.value, type_name):
                        yield from self._walk(fragment.selection_set, type_name)

    def _applies(self, condition: str | None, type_name: str | None) -> bool:
        if condition is None or type_name is None or condition == type_name:
            return True
        abstract, concrete = self.info.schema.get_type(condition), self.info.schema.get_type(type_name)
        if not isinstance(concrete, GraphQLObjectType) or isinstance(abstract, GraphQLObjectType):
            return False
        return abstract in concrete.interfaces

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        values = self._variables
        skip = get_directive_values(GraphQLSkipDirective, node, values)
        include = get_directive_values(GraphQLIncludeDirective, node, values)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))


def page_question(kind: Kind, connection: str, known_at: int | None) -> str:
    """Name a connection and the moment as of which it is asked, which its cursors are bound to."""
    return f"page {kind}.{connection}{as_known(known_at)}"


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
