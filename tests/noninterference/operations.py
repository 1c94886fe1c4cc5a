"""Everything in the schema as documents and arguments; what is new in the schema and unknown here fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    get_named_type,
)

from api.gql.derived import SHAPES
from api.gql.schema import SCHEMA
from api.gql.selection import GRAPHQL_TYPE
from graph.connections import CONNECTIONS, Kind
from schemas.link import ASSERTED
from schemas.records import RECORDS
from tests.noninterference.inputs import INPUTS, act, audience, follower, revising
from tests.noninterference.low import UNITS, VIEWER
from tests.noninterference.material import Earlier, Filling, UnknownArgument

_SCHEMA = SCHEMA._schema
_KIND_OF = {name: kind for kind, name in GRAPHQL_TYPE.items()}


@dataclass(frozen=True)
class Document:
    """One text for one operation.

    `pages` are the variables of nested pages (name, type, response key), `shape` the filters that may be given. `past`
    says that it is asked as of moments too: one of the variants is (of a list the whole), because each text of the past
    is planned as well.
    """

    operation: str
    text: str
    field: GraphQLField
    pages: tuple[tuple[str, str, str], ...]
    shape: tuple[str, ...] | None
    order: str | None
    past: bool = False


# What is done beside the schema, by the field that is asked first: the download of a network, the files of a record.
EXPORT, FILES = "export", "files"
READERS = "readers"
_FIRST = {EXPORT: "network", FILES: "person"}
# The questions that are put to other states too; of a node without peers its own rows are the whole answer.
FEDERATED = {f"federated{name[0].upper()}{name[1:]}": name for name in SHAPES}


def operations() -> dict[str, tuple[str, GraphQLField]]:
    """Give every field of Query and Mutation with the keyword of its operation; subscriptions are not served.

    Beside them stands what is done with an answer, with the field that gives it.
    """
    assert _SCHEMA.subscription_type is None, "Subscriptions are observed by ticks: teach the proof."
    assert _SCHEMA.query_type is not None
    assert _SCHEMA.mutation_type is not None
    found = {name: ("query", field) for name, field in _SCHEMA.query_type.fields.items()}
    found |= {name: ("mutation", field) for name, field in _SCHEMA.mutation_type.fields.items()}
    many = get_named_type(found.pop("federated")[1].type)
    assert isinstance(many, GraphQLObjectType)
    assert many.fields.keys() == set(FEDERATED.values()), "A question to many is an operation: teach the proof."
    found |= {name: ("query", many.fields[question]) for name, question in FEDERATED.items()}
    return found | {name: found[first] for name, first in _FIRST.items()}


VARIANTS, SMALL = 2, 2
ASKED_AT_ONCE, PAGES_AT_ONCE = 4, 2


def pool(seed: int, names: tuple[str, ...] | None = None) -> dict[str, list[Document]]:
    """Write the documents of a run: one for each operation and variant of what is asked of a kind of node.

    The database takes half a second to plan a new nested text, so all operations of a run share the variants, and with
    them the texts that reach the database.
    """
    made: dict[str, list[Document]] = {}
    for name, (keyword, field) in operations().items():
        if names is not None and name not in names:
            continue
        # A document for many kinds has no room for the full variants, and a list is planned for each order and page.
        small = _many(field.type) or "where" in field.args
        turns = range(VARIANTS, VARIANTS + SMALL) if small else range(VARIANTS)
        made[name] = list(
            {one.text: one for one in (_document(seed, name, keyword, field, turn) for turn in turns)}.values()
        )
    return made


def reading() -> Document:
    """Give the document that reads the rev of a record."""
    text = "query Q($id: ID!) { record(id: $id) { id provenance { rev } } }"
    return Document("record", text, operations()["record"][1], (), None, None)


def _many(type: Any, depth: int = 0) -> bool:
    named = get_named_type(type)
    if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
        return True
    if not isinstance(named, GraphQLObjectType) or depth > 2 or named.name in _KIND_OF:
        return False
    return any(_many(field.type, depth + 1) for field in named.fields.values())


def _asks(operation: str) -> str:
    """Give the field that an operation asks."""
    return FEDERATED.get(operation) or _FIRST.get(operation, operation)


def _document(seed: int, name: str, keyword: str, field: GraphQLField, turn: int) -> Document:
    rng = Random(f"{seed} {name} {turn}")
    writer = _Writer(seed, turn)
    selection = "{ id }" if name == FILES else writer.selection(field.type)
    declared = [f"${argument}: {one.type}" for argument, one in field.args.items()]
    declared += [f"${variable}: {type}" for variable, type, _ in writer.pages]
    given = ", ".join(f"{argument}: ${argument}" for argument in field.args)
    head = f"({', '.join(declared)})" if declared else ""
    if name == EXPORT:
        selection = selection.replace("{", "{ exportId", 1)
    asked = f"{_asks(name)}{f'({given})' if given else ''}{selection}"
    if name in FEDERATED:
        asked = f"federated {{ {name}: {asked} }}"
    text = f"{keyword} Q{head} {{ {asked} }}"
    shape: tuple[str, ...] | None = None
    order = None
    if "where" in field.args:
        where = get_named_type(field.args["where"].type)
        assert isinstance(where, GraphQLInputObjectType)
        shape = () if turn == VARIANTS else tuple(rng.sample(sorted(where.fields), rng.choice([1, 1, 2])))
        order = None if turn == VARIANTS else rng.choice(["NAME", "LATEST_FIRST"])
    return Document(name, text, field, tuple(writer.pages), shape, order, past=turn % 2 == ("where" not in field.args))


class _Writer:
    """Writes one selection; what it asks of a kind of node depends on the run's seed and the turn alone."""

    def __init__(self, seed: int, turn: int) -> None:
        self.pages: list[tuple[str, str, str]] = []
        self._seed = seed
        self._turn = turn
        self._rng = Random(f"{seed} {turn}")

    def selection(self, type: Any, depth: int = 0) -> str:
        """Write the braces of a type, nothing for a leaf; `depth` counts the nodes above."""
        named = get_named_type(type)
        if isinstance(named, GraphQLScalarType | GraphQLEnumType):
            return ""
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            every = list(_SCHEMA.get_possible_types(named))
            # A document for many kinds has no room for all that could be asked of each.
            asked = Random(f"{self._seed} {named.name} {self._turn}").sample(every, min(ASKED_AT_ONCE, len(every)))
            some = (f"... on {one.name}{self.selection(one, depth) if one in asked else ' { id }'}" for one in every)
            return f" {{ __typename {' '.join(some)} }}"
        assert isinstance(named, GraphQLObjectType)
        if named.name in _KIND_OF and depth == 0:
            self._rng = Random(f"{self._seed} {named.name} {self._turn}")
        return f" {{ {' '.join(self._fields(named, depth))} }}"

    def _fields(self, type: GraphQLObjectType, depth: int) -> Iterator[str]:
        rng, node = self._rng, type.name in _KIND_OF
        below = depth + 1 if node else depth
        plain = [name for name, field in type.fields.items() if not field.args]
        if not (self._turn == 0 and depth <= 1):
            often = 0.2 if depth > 1 or self._turn >= VARIANTS else 0.5
            plain = [name for name in plain if name in _ALWAYS or rng.random() < often] or plain[:1]
        for name in plain:
            yield name + self.selection(type.fields[name].type, below)
        connections = [name for name, field in type.fields.items() if field.args]
        if unknown := [name for name in connections if "first" not in type.fields[name].args]:
            raise UnknownArgument(f"{type.name}.{unknown[0]}")
        attached = [name for name in connections if "along" not in type.fields[name].args]
        linked = [name for name in connections if name not in attached]
        for name in (
            *self._turned(type.name, linked, depth),
            *(attached[self._turn :: VARIANTS] if depth == 0 else ()),
        ):
            yield self._page(type, name, below)

    def _turned(self, of: str, connections: list[str], depth: int) -> list[str]:
        """Give the connections whose turn it is: among the variants most of them, and some once more below others."""
        if not connections or depth > 1:
            return []
        if depth == 1:
            return [self._rng.choice(connections)] if 0 < self._turn < VARIANTS and self._rng.random() < 0.3 else []
        shuffled = Random(f"{self._seed} {of}").sample(connections, len(connections))
        if self._turn >= VARIANTS:
            return [self._rng.choice(connections)]
        return shuffled[self._turn :: VARIANTS][:PAGES_AT_ONCE]

    def _page(self, type: GraphQLObjectType, name: str, depth: int) -> str:
        rng, field = self._rng, type.fields[name]
        attached = set(field.args) == {"first", "after"}
        if not attached and set(field.args) != {"first", "after", "validAt", "along"}:
            raise UnknownArgument(f"{type.name}.{name}: {sorted(field.args)}")
        number = len(self.pages) + 1
        key = f"also{number}" if rng.random() < 0.2 else name
        given = [f"first: {self._variable(f'first{number}', 'Int!', key)}"]
        if rng.random() < 0.3:
            given.append(f"after: {self._variable(f'after{number}', 'String', key)}")
        alias = f"{key}: " if key != name else ""
        if attached:
            return f"{alias}{name}({', '.join(given)}){self.selection(field.type, depth)}"
        if rng.random() < 0.25:
            given.append(f"validAt: {self._variable(f'validAt{number}', 'Date', key)}")
        row = CONNECTIONS[_KIND_OF[type.name]]["".join(f"_{c.lower()}" if c.isupper() else c for c in name)]
        if rng.random() < 0.25:
            kinds = rng.sample(row.kinds, rng.randint(1, len(row.kinds)))
            given.append(f"along: [{', '.join(kind.value for kind in kinds)}]")
        return f"{alias}{name}({', '.join(given)}){self.selection(field.type, depth)}"

    def _variable(self, name: str, type: str, key: str) -> str:
        self.pages.append((name, type, key))
        return f"${name}"


# Without these an answer would hardly tell anything apart.
_ALWAYS = {"id", "edges", "node", "nodes", "link", "links", "problems", "pageInfo", "endCursor", "totalCount", "cursor"}
_ALWAYS |= {
    "waits",
    "record",
    "reviews",
    "lapsed",
    "disputed",
    "change",
    "state",
    "paths",
    "steps",
    "others",
    "searchedHops",
    "cut",
    "enquiry",
    "more",
    "notShown",
    "hub",
    "cluster",
    "clusters",
    "mark",
    "contested",
    "follower",
    "growth",
    "references",
    "bns111ThresholdMet",
    *(word.root for word in RECORDS.values()),
}


def arguments(document: Document, filling: Filling) -> dict[str, Any]:
    """Fill all variables of a document."""
    name, args = document.operation, document.field.args
    if name in _TOGETHER:
        known = {"knownAt": _known(filling, document)} if "knownAt" in args else {}
        given = _TOGETHER[name](filling) | known
        if given.keys() != args.keys():
            raise UnknownArgument(f"{name}: {sorted(given.keys() ^ args.keys())}")
    else:
        given = {argument: _value(filling, document, argument, one.type) for argument, one in args.items()}
    for variable, type, key in document.pages:
        given[variable] = _page_value(filling, type, key)
    return given


def _page_value(filling: Filling, type: str, key: str) -> Any:
    rng = filling.rng
    match type:
        case "Int!":
            return filling.whole([1, 2, 3, 20, 50], [0, 51, -1], odd_often=0.01)
        case "String":
            return None if rng.random() < 0.8 else Earlier("cursor", key, None)
        case "Date":
            return filling.day(odd_often=0.02)
    raise UnknownArgument(type)


def _value(filling: Filling, document: Document, argument: str, type: Any) -> Any:
    """Fill one argument by its place, else by its type."""
    rng = filling.rng
    if isinstance(type, GraphQLNonNull):
        return _value(filling, document, argument, type.of_type)
    place = f"{_asks(document.operation)}.{argument}"
    for key in (place, argument):
        if key in _BY_PLACE:
            return _BY_PLACE[key](filling, document)
    if isinstance(type, GraphQLList):
        return [_value(filling, document, argument, type.of_type) for _ in range(rng.randint(0, 2))]
    if isinstance(type, GraphQLEnumType):
        return rng.choice(list(type.values))
    if isinstance(type, GraphQLInputObjectType):
        return _object(filling, type)
    raise UnknownArgument(f"{place}: {type}")


def _object(filling: Filling, type: GraphQLInputObjectType) -> dict[str, Any]:
    """Fill an input, mostly so that its fields agree with one another."""
    if type.name not in INPUTS:
        raise UnknownArgument(type.name)
    known, make = INPUTS[type.name]
    if known != type.fields.keys():
        raise UnknownArgument(f"{type.name}: {sorted(known ^ type.fields.keys())}")
    given = make(filling)
    assert given.keys() <= known
    return given


def _where(filling: Filling, document: Document) -> dict[str, Any] | None:
    """Fill those filters that the document's turn gives, so that few texts are planned."""
    if not document.shape:
        return None
    type = get_named_type(document.field.args["where"].type)
    assert isinstance(type, GraphQLInputObjectType)
    given: dict[str, Any] = {}
    for name in document.shape:
        wanted = get_named_type(type.fields[name].type)
        if isinstance(wanted, GraphQLEnumType):
            values = list(wanted.values)
            given[name] = filling.rng.sample(values, filling.rng.randint(1, len(values)))
        elif name in _FILTERS:
            given[name] = _FILTERS[name](filling)
        else:
            raise UnknownArgument(f"{type.name}.{name}")
    return given


_FILTERS: dict[str, Callable[[Filling], Any]] = {
    "unit": lambda f: f.rng.choice(["RJ-JPC", UNITS[VIEWER], "RJ-JDC", "nowhere"]),
    "recordedFrom": lambda f: f.rng.choice(["2025-11-01", "2026-02-01", f.day()]),
    "recordedBefore": lambda f: f.rng.choice(["2026-06-02", "2026-05-01", f.day()]),
    "demandFrom": lambda f: f.rng.choice(["2026-05-01", "2026-05-30", f.day()]),
    "demandBefore": lambda f: f.rng.choice(["2026-06-02", "2026-05-30", f.day()]),
    "registeredFrom": lambda f: f.rng.choice(["2024-01-01", "2025-03-01", f.day()]),
    "registeredBefore": lambda f: f.rng.choice(["2026-06-02", "2025-01-01", f.day()]),
    "issuedFrom": lambda f: f.rng.choice(["2024-01-01", "2025-03-01", f.day()]),
    "issuedBefore": lambda f: f.rng.choice(["2026-06-02", "2025-01-01", f.day()]),
    "validAt": lambda f: f.day(),
    "firingForExtortion": lambda f: f.rng.random() < 0.4,
}


def _after(filling: Filling, document: Document) -> Any:
    return filling.one(
        (86, lambda: None),
        (10, lambda: Earlier("cursor", document.operation, None)),
        (2, lambda: Earlier("cursor", "", None)),
        (2, lambda: "not-a-cursor"),
    )


def _representation(filling: Filling) -> dict[str, Any]:
    """Give what a gateway asks an entity by: mostly a type with an id of its own kind."""
    rng = filling.rng
    seen = [type for type, kind in _KIND_OF.items() if filling.of.seen.get(kind.value)]
    type = rng.choice(seen if seen and rng.random() < 0.8 else [*_KIND_OF])
    if rng.random() < 0.06:
        return rng.choice([{"__typename": "Nothing", "id": filling.record()}, {"__typename": type}, {"id": "x"}])
    kind = _KIND_OF[type]
    return {"__typename": type, "id": filling.start() if kind is Kind.VALUE else filling.record(kind.value)}


def _known(filling: Filling, document: Document) -> str | None:
    return filling.known() if document.past and filling.rng.random() < 0.6 else None


def _maybe(often: float, make: Callable[[Filling], Any]) -> Callable[[Filling, Document], Any]:
    return lambda filling, _: make(filling) if filling.rng.random() < often else None


_BY_PLACE: dict[str, Callable[[Filling, Document], Any]] = {
    "record.id": lambda f, _: f.record(),
    **{f"{word.root}.id": lambda f, _, kind=word.type.value: f.record(kind) for word in RECORDS.values()},
    "history.id": lambda f, _: f.record(),
    "on": lambda f, _: f.day(),
    "statutes.text": lambda f, _: f.rng.choice(["", "BNS", "extortion", "308(4)", "no such law"]),
    "units.under": lambda f, _: f.rng.choice([None, "RJ-JPC", "RJ", "nowhere"]),
    "readers.id": lambda f, _: f.supervised(),
    "explainAccess.id": lambda f, _: f.record(),
    "pendingChange.id": lambda f, _: f.change(own=0.4),
    "approve.id": lambda f, _: f.change(own=0.1),
    "decline.id": lambda f, _: f.change(own=0.1),
    "withdrawPending.id": lambda f, _: f.change(own=0.9),
    "withdraw.id": lambda f, _: f.record(own=True),
    "dispute.id": lambda f, _: f.disputing(),
    "dispute.statement": lambda f, _: f.reason(),
    "enquiry.id": lambda f, _: f.enquiry(),
    "closeEnquiry.id": lambda f, _: f.enquiry(),
    "network.from": lambda f, _: [f.start() for _ in range(f.whole([1, 1, 1, 1, 2, 3], [0, 21], odd_often=0.04))],
    "network.hops": lambda f, _: f.whole([1, 2, 2, 3, 3, 0], [-1, 4], odd_often=0.04),
    "network.limit": lambda f, _: f.whole([1, 2, 3, 5, 8, 200, 500], [0, 501], odd_often=0.03),
    "network.along": _maybe(0.25, lambda f: f.along()),
    "knownAt": _known,
    "validAt": _maybe(0.25, lambda f: f.day()),
    "find.text": lambda f, _: f.text(),
    "find.kinds": _maybe(0.15, lambda f: f.rng.sample([kind.name for kind in Kind], 4)),
    "first": lambda f, _: f.whole([1, 2, 3, 20, 50], [0, -1, 51, 2**31 - 1, 2**31], odd_often=0.04),
    "after": _after,
    "where": _where,
    "orderBy": lambda f, d: d.order or f.rng.choice(["NAME", "LATEST_FIRST"]),
    "reason": lambda f, _: f.reason(),
    "network.records": _maybe(0.4, lambda f: [f.of_any_state() for _ in range(f.rng.randint(1, 3))]),
    "network.identifiers": _maybe(0.2, lambda f: [f.identified() for _ in range(f.rng.randint(1, 3))]),
    "_entities.representations": lambda f, _: [_representation(f) for _ in range(f.rng.choice([0, 1, 1, 2, 3]))],
}

_TOGETHER: dict[str, Callable[[Filling], dict[str, Any]]] = {
    **{f"revise{word.name}": partial(revising, word) for word in RECORDS.values()},
    "review": lambda f: f.reviewing(),
    "settleDispute": lambda f: f.settling(),
    "link": lambda f: f.linking(),
    **dict.fromkeys(ASSERTED.values(), lambda f: f.asserting()),
    "setCategory": lambda f: f.moving(),
    "recordFollowerAct": lambda f: f.counting() | {"follower": follower(f), "act": act(f)},
    "recordAudienceSnapshot": lambda f: f.counting() | {"audience": audience(f)},
    "unlink": lambda f: f.unlinking(),
    "identifier": lambda f: f.identifying(),
    "paths": lambda f: f.joining(),
    "federatedPaths": lambda f: f.joining() | {"maxHops": f.whole([1, 2, 3, 4, 6], [0, -1, 7], odd_often=0.03)},
}

OF_EACH_KIND = {
    operation: what
    for word in RECORDS.values()
    for operation, what in (
        (f"record{word.name}", "a record made"),
        (f"revise{word.name}", "a record revised"),
        (word.root, "a record"),
        (word.plural, "a list"),
        (f"federated{word.plural[0].upper()}{word.plural[1:]}", "a list over states"),
    )
}
"""What operations there are for each kind of record, and what they are together."""
