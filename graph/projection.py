"""Compile what was asked of a record, at any depth and with pages inside, into one Cypher statement.

In order:
1. Only fragments keyed by our own tables are joined; every argument is a parameter, every alias stays outside.
2. Each hop gates its link, its far end and the version that is read, inside the subquery that matches them.
3. A page has a total order ending in ids, after the predicate; a total is counted to 1,001.
4. What comes back is lists, gates first; reading them decides every gate again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from auth.grant import Mode
from graph.connections import CONTENT_FIELDS, ENVELOPE_FIELDS, LABEL, LINK_FIELDS, Connection, Direction, Kind
from graph.library import Statement
from graph.visible import expand
from schemas.link import LinkKind

COUNT_STOPS_AT = 1_000
_RELATIONS = [kind.value for kind in LinkKind]


@dataclass(frozen=True, slots=True)
class Pick:
    """What was asked of one kind of node: content and envelope fields by name, and connections."""

    kind: Kind
    fields: tuple[str, ...] = ()
    links: "tuple[LinkPick, ...]" = ()


@dataclass(frozen=True, slots=True)
class LinkPick:
    """One asked connection: a page of `first` links after (far id, link id), and whether to count them all.

    `valid_at` is an epoch second or None; `kinds` narrows the connection's own.
    """

    key: str
    connection: Connection
    node: Pick
    kinds: tuple[LinkKind, ...]
    first: int
    after: tuple[str, str] | None = None
    valid_at: int | None = None
    fields: tuple[str, ...] = ()
    counted: bool = False


@dataclass(slots=True)
class Node:
    """One node as it came back: id, gate as returned, properties by name, and pages by their key."""

    id: str
    kind: Kind
    gate: Sequence[Any]
    values: dict[str, Any]
    pages: "dict[str, Page]" = field(default_factory=dict)


@dataclass(slots=True)
class Drawn:
    """One link as it came back, with its far node. `from_id` and `to_id` keep the direction as recorded."""

    id: str
    kind: str
    from_id: str
    to_id: str
    gate: Sequence[Any]
    values: dict[str, Any]
    node: Node


@dataclass(slots=True)
class Page:
    """One page of links in order of (far id, link id); `total` stops at 1,000 and is None where it was not asked."""

    connection: Connection
    links: list[Drawn]
    more: bool
    total: int | None


@dataclass(slots=True)
class Found:
    """What a compiled selection brought back: nodes, each with the key that orders it, and the total if it was asked.

    `more` says that others come after them. Asked by ids, nodes stand in order of the kinds asked and then of id,
    and that is all their order.
    """

    rows: list[tuple[Any, Node]]
    total: int | None = None
    more: bool = False


class Compiled:
    """A compiled selection: the text of one statement that gives one row, its parameters, and how to read that row.

    `source` is the text before the predicate is written out.
    """

    def __init__(self, row: str, parameters: dict[str, object], read: Callable[[Any], Found]) -> None:
        text = f"RETURN [{row}] AS row"
        self.source = text
        self.statement = Statement(
            name="projection",
            question="What was asked of these nodes?",
            mode=Mode.READ,
            params=frozenset(parameters),
            returns=("row",),
            text=expand(text, relations=_RELATIONS),
        )
        self.parameters = parameters
        self.read = read


class _Writer:
    """Hands out variable names and parameter names while one statement is compiled."""

    def __init__(self) -> None:
        self.parameters: dict[str, object] = {}
        self._numbers = count(1)

    def number(self) -> int:
        return next(self._numbers)

    def parameter(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return "$" + name


def by_ids(wanted: Sequence[tuple[Pick, Sequence[str]]], *, valid_at: int | None = None) -> Compiled:
    """Compile the question "what of these records and identifiers?": those that are visible, of all kinds at once.

    With `valid_at`, an epoch second, records and a link that touches an identifier held true then.
    """
    writer = _Writer()
    day = None if valid_at is None else writer.parameter(valid_at)
    lists: list[str] = []
    readers: list[Callable[[Any], Node]] = []
    for pick, ids in wanted:
        these = writer.parameter(list(ids))
        if pick.kind is Kind.VALUE:
            match = f"MATCH (n:Value) WHERE n.id IN {these} AND TOUCHED(n)"
            if day is not None:
                match = f"{_saying('n:Value', 'h', 'o')} AND n.id IN {these}{_held('h', day)} WITH DISTINCT n"
            text, reader = _value(writer, pick, "n")
        else:
            match = (
                f"MATCH (n:Record:{LABEL[pick.kind]})-[:HEAD]->(v:Version) "
                f"WHERE n.id IN {these} AND VISIBLE(n) AND VISIBLE(v){_held('v', day)}"
            )
            text, reader = _record(writer, pick, "n", "v")
        lists.append(f"COLLECT {{ {match} RETURN {text} AS row ORDER BY n.id }}")
        readers.append(reader)

    def read(row: Any) -> Found:
        found = [reader(one) for reader, rows in zip(readers, row, strict=True) for one in rows]
        return Found([(node.id, node) for node in found])

    return Compiled(", ".join(lists), writer.parameters, read)


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a filtered list on a property of the version: a value among several, or a bound."""

    property: str
    compare: str
    value: object


_COMPARE = {"in": "IN", "from": ">=", "before": "<", "upto": "<=", "after": ">", "is": "="}


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: by a property of the version that is never null, then by id."""

    property: str
    descending: bool = False


# What may order a list, by kind; each is written with every version.
SORT_KEYS: dict[Kind, tuple[str, ...]] = {
    Kind.PERSON: ("sort_name", "recorded_at"),
    Kind.GANG: ("sort_name", "recorded_at"),
    Kind.INCIDENT: ("sort_time", "recorded_at"),
    Kind.ACCOUNT: ("sort_name", "recorded_at"),
}


def listed(
    pick: Pick,
    tests: Sequence[Test],
    order: Order,
    *,
    first: int,
    after: tuple[Any, str] | None,
    counted: bool = False,
) -> Compiled:
    """Compile a filtered, ordered page of one kind: `first` rows after (sort key, id), and the total if `counted`.

    The total is counted to 1,001; one row beyond the page is asked for, and it tells only that there is more.
    """
    if order.property not in SORT_KEYS[pick.kind]:
        raise ValueError("no such order")
    writer = _Writer()
    match = f"MATCH (n:Record:{LABEL[pick.kind]})-[:HEAD]->(v:Version) WHERE VISIBLE(n) AND VISIBLE(v)"
    match += _tests(writer, pick.kind, tests)
    total = f"COUNT {{ {match} RETURN n.id LIMIT {COUNT_STOPS_AT + 1} }}" if counted else "null"
    key = f"v.{order.property}"
    beyond = "<" if order.descending else ">"
    page = ""
    if after is not None:
        last, last_id = writer.parameter(after[0]), writer.parameter(after[1])
        page = f" AND ({key} {beyond} {last} OR ({key} = {last} AND n.id {beyond} {last_id}))"
    way = " DESC" if order.descending else ""
    text, read_node = _record(writer, pick, "n", "v")
    limit = writer.parameter(first + 1)
    rows = (
        f"COLLECT {{ {match}{page} WITH n, v ORDER BY {key}{way}, n.id{way} LIMIT {limit} "
        f"RETURN [{key}, {text}] AS row ORDER BY {key}{way}, n.id{way} }}"
    )

    def read(row: Any) -> Found:
        page = [(key, read_node(one)) for key, one in row[0][:first]]
        return Found(page, _stopped(row[1]), more=len(row[0]) > first)

    return Compiled(f"{rows}, {total}", writer.parameters, read)


def _stopped(total: int | None) -> int | None:
    return None if total is None else min(total, COUNT_STOPS_AT)


def _tests(writer: _Writer, kind: Kind, tests: Sequence[Test]) -> str:
    known = {*CONTENT_FIELDS[kind], *ENVELOPE_FIELDS, *SORT_KEYS[kind]}
    text = ""
    for test in tests:
        if test.property not in known:
            raise ValueError("no such property")
        name = "class" if test.property == "category" else test.property
        text += f" AND v.{name} {_COMPARE[test.compare]} {writer.parameter(test.value)}"
    return text


def _gate(x: str) -> str:
    return f"[{x}.id, {x}.audience, {x}.level, {x}.comp, {x}.class, {x}.until]"


def _record(writer: _Writer, pick: Pick, n: str, v: str) -> tuple[str, Callable[[Any], Node]]:
    """Give the list expression of a record whose node and version are bound and gated, and its reader."""
    known = (*CONTENT_FIELDS[pick.kind], *ENVELOPE_FIELDS)
    names = [name for name in pick.fields if name in known]
    version = f"[{v}.audience, {v}.level, {v}.comp, {v}.class, {v}.until]"
    parts = [_gate(n), version, *(f"{v}.class" if name == "category" else f"{v}.{name}" for name in names)]
    readers: list[tuple[str, Callable[[Any], Page]]] = []
    for link in pick.links:
        text, reader = _page(writer, link, n)
        parts.append(text)
        readers.append((link.key, reader))

    def read(row: Any) -> Node:
        gate = row[0]
        values = dict(zip(names, row[2 : 2 + len(names)], strict=True))
        node = Node(gate[0], pick.kind, gate, values)
        node.values["__version"] = [gate[0], *row[1]]
        for (key, page), raw in zip(readers, row[2 + len(names) :], strict=True):
            node.pages[key] = page(raw)
        return node

    return "[" + ", ".join(parts) + "]", read


def _held(x: str, day: str | None) -> str:
    """Give the condition that a version or link held true on a day, if there is one."""
    return "" if day is None else f" AND {x}.valid_from <= {day} AND {day} < {x}.valid_to"


def _saying(n: str, link: str, far: str) -> str:
    """Give the match of all links that say something of an identifier."""
    return f"MATCH ({n})-[{link}:{'|'.join(_RELATIONS)}]-({far}) WHERE VISIBLE({link}) AND REACHED({far})"


def _value(writer: _Writer, pick: Pick, n: str) -> tuple[str, Callable[[Any], Node]]:
    """Give the list expression of a bare identifier that a visible link touches, and its reader."""
    parts = [f"{n}.id", f"{n}.kind"]
    said = "writings" in pick.fields
    if said:
        t, m = f"t{writer.number()}", f"m{writer.number()}"
        parts.append(
            f"COLLECT {{ {_saying(n, t, m)} "
            f"AND {t}.as_written IS NOT NULL RETURN DISTINCT {t}.as_written AS said ORDER BY said LIMIT 20 }}"
        )
    readers: list[tuple[str, Callable[[Any], Page]]] = []
    for link in pick.links:
        text, reader = _page(writer, link, n)
        parts.append(text)
        readers.append((link.key, reader))
    start = 3 if said else 2

    def read(row: Any) -> Node:
        values = {"kind": row[1], **({"writings": row[2]} if said else {})}
        node = Node(row[0], Kind.VALUE, (), values)
        for (key, page), raw in zip(readers, row[start:], strict=True):
            node.pages[key] = page(raw)
        return node

    return "[" + ", ".join(parts) + "]", read


def _pattern(n: str, link: str, far: str, pick: LinkPick) -> str:
    kinds = "|".join(kind.value for kind in pick.kinds)
    left = "<-" if pick.connection.direction is Direction.IN else "-"
    right = "->" if pick.connection.direction is Direction.OUT else "-"
    return f"({n}){left}[{link}:{kinds}]{right}({far}:{LABEL[pick.connection.far]})"


def _page(writer: _Writer, pick: LinkPick, n: str) -> tuple[str, Callable[[Any], Page]]:
    """Give the expression of one page of links at a bound, gated node: [rows, total], and its reader."""
    number = writer.number()
    link, far, version = f"l{number}", f"n{number}", f"v{number}"
    match = "MATCH " + _pattern(n, link, far, pick)
    if pick.connection.far is Kind.VALUE:
        where = f" WHERE VISIBLE({link})"
        text, read_node = _value(writer, pick.node, far)
    else:
        match += f"-[:HEAD]->({version}:Version)"
        where = f" WHERE VISIBLE({link}) AND VISIBLE({far}) AND VISIBLE({version})"
        text, read_node = _record(writer, pick.node, far, version)
    if pick.connection.walk:
        where += f" AND {far}.class IN $g.walk"
    if pick.valid_at is not None:
        where += _held(link, writer.parameter(pick.valid_at))
    total = "null"
    if pick.counted:
        total = f"COUNT {{ {match}{where} RETURN {link}.id LIMIT {COUNT_STOPS_AT + 1} }}"
    page = ""
    if pick.after is not None:
        last, last_link = writer.parameter(pick.after[0]), writer.parameter(pick.after[1])
        page = f" AND ({far}.id > {last} OR ({far}.id = {last} AND {link}.id > {last_link}))"
    names = [name for name in pick.fields if name in LINK_FIELDS or name in ENVELOPE_FIELDS]
    said = [f"type({link})", f"startNode({link}).id", f"endNode({link}).id", *(f"{link}.{name}" for name in names)]
    limit = writer.parameter(pick.first + 1)
    rows = (
        f"COLLECT {{ {match}{where}{page} WITH {', '.join(_bound(pick, n, link, far, version))} "
        f"ORDER BY {far}.id, {link}.id LIMIT {limit} "
        f"RETURN [{_gate(link)}, {', '.join(said)}, {text}] AS row ORDER BY {far}.id, {link}.id }}"
    )

    def read(raw: Any) -> Page:
        drawn = [_drawn(row, names, read_node) for row in raw[0][: pick.first]]
        return Page(pick.connection, drawn, len(raw[0]) > pick.first, _stopped(raw[1]))

    return f"[{rows}, {total}]", read


def _bound(pick: LinkPick, n: str, link: str, far: str, version: str) -> Iterator[str]:
    yield from (link, far)
    if pick.connection.far is not Kind.VALUE:
        yield version


def _drawn(row: Any, names: list[str], read_node: Callable[[Any], Node]) -> Drawn:
    gate, kind, from_id, to_id = row[:4]
    values = dict(zip(names, row[4:-1], strict=True))
    return Drawn(gate[0], kind, from_id, to_id, gate, values, read_node(row[-1]))


def gates(node: Node) -> Iterator[Sequence[Any]]:
    """Give every gate in a node and below it, for the check that each gets before it leaves."""
    if node.kind is not Kind.VALUE:
        yield node.gate
        yield node.values.pop("__version")
    for page in node.pages.values():
        for drawn in page.links:
            yield drawn.gate
            yield from gates(drawn.node)


def ids(node: Node) -> Iterator[str]:
    """Give the ids of a node, its links and all below it, identifiers included."""
    yield node.id
    for page in node.pages.values():
        for drawn in page.links:
            yield drawn.id
            yield from ids(drawn.node)
