"""Compile what was asked of a record, at any depth and with pages inside, into one Cypher statement.

In order:
1. Only fragments keyed by our own tables are joined; every argument is a parameter, every alias stays outside.
2. Each hop gates its link, its far end and the version that is read, inside the subquery that matches them.
3. A page has a total order ending in ids, after the predicate; a total is counted to 1,001.
4. The links that a selection looks at are shared evenly among its pages; one that has more gives none and says so.
5. What comes back is lists, gates first; reading them decides every gate again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graph.compiled import RELATIONS, Compiled
from graph.connections import (
    CONTENT_FIELDS,
    DISPUTED,
    ENVELOPE_FIELDS,
    HISTORY_FIELDS,
    LABEL,
    LINK_FIELDS,
    SEARCHED,
    Direction,
    Kind,
)
from graph.errors import TooMuchAsked
from graph.fragments import (
    COUNT_STOPS_AT,
    REFERENCES,
    THRESHOLD,
    Writer,
    attached_page,
    charged,
    gate_list,
    references,
    stopped,
    version_list,
    within,
)
from graph.past import relation
from graph.picks import Drawn, Found, LinkPick, Node, Page, Pick
from schemas.records import RECORDS

WRITINGS = 20


def by_ids(wanted: Sequence[tuple[Pick, Sequence[str]]], *, valid_at: int | None = None) -> Compiled:
    """Compile the question "what of these records and identifiers?": those that are visible, of all kinds at once.

    With `valid_at`, an epoch second, records and a link that touches an identifier held true then.
    """
    writer = Writer([pick for pick, ids in wanted if ids])
    day = None if valid_at is None else writer.parameter(valid_at)
    plain = [(pick, ids) for pick, ids in wanted if _is_plain(pick)]
    asked = [_of_one_kind(writer, pick, ids, day) for pick, ids in wanted if not _is_plain(pick)]
    if plain:
        asked.append(_without_pages(writer, plain, day))

    def read(row: Any) -> Found:
        found = [reader(one) for (_, reader), rows in zip(asked, row, strict=True) for one in rows]
        return Found([(node.id, node) for node in found])

    return Compiled(", ".join(text for text, _ in asked), writer.parameters, read)


def _is_plain(pick: Pick) -> bool:
    """Say whether nothing but a record's own words is asked."""
    looked_for = {REFERENCES, THRESHOLD} & set(pick.fields)
    return pick.kind is not Kind.VALUE and not pick.links and not pick.attached and not looked_for


def _of_one_kind(writer: Writer, pick: Pick, ids: Sequence[str], day: str | None) -> tuple[str, Callable[[Any], Node]]:
    """Give the list of these nodes of one kind, and the reader of each."""
    these = writer.parameter(list(ids))
    if pick.kind is Kind.VALUE:
        match = f"MATCH (n:Value) WHERE n.id IN {these} AND TOUCHED(n)"
        if day is not None:
            match = f"{_saying('n:Value', 'h', 'o')} AND n.id IN {these}{_held('h', day)} WITH DISTINCT n"
        text, reader = _value(writer, pick, "n", max(1, len(ids)))
    else:
        match = f"{_standing(f'n:Record:{LABEL[pick.kind]}', these)}{_held('v', day)}"
        text, reader = _record(writer, pick, "n", "v", max(1, len(ids)))
    return f"COLLECT {{ {match} RETURN {text} AS row ORDER BY n.id }}", reader


def _without_pages(
    writer: Writer, wanted: Sequence[tuple[Pick, Sequence[str]]], day: str | None
) -> tuple[str, Callable[[Any], Node]]:
    """Give one list of records of several kinds, and the reader of each.

    A kind costs the database a third of a second to plan; all in one list cost as much as one.
    """
    known = {pick.kind: _known(pick) for pick, _ in wanted}
    pick_of = {id: pick for pick, ids in wanted for id in ids}
    names = sorted({name for said in known.values() for name in said})
    match = f"{_standing('n:Record', writer.parameter(list(pick_of)))}{_held('v', day)}"
    values = "".join(f", {_said('v', name)}" for name in names)

    def read(row: Any) -> Node:
        gate, version, *said = row
        pick = pick_of[gate[0]]
        of_all = dict(zip(names, said, strict=True))
        return _node(pick, gate, version, {name: of_all[name] for name in known[pick.kind]})

    return f"COLLECT {{ {match} RETURN [{gate_list('n')}, {version_list('v')}{values}] AS row ORDER BY n.id }}", read


def _standing(n: str, ids: str) -> str:
    """Give the match of those of these records that are visible, with what they say."""
    return f"MATCH ({n})-[:HEAD]->(v:Version) WHERE n.id IN {ids} AND VISIBLE(n) AND VISIBLE(v)"


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


def versions(pick: Pick, id: str, *, most: int) -> Compiled:
    """Compile the question "what did this record say, version by version?": the newest that are visible, newest first.

    The key of each is its place in the record's past; one version beyond the most is asked for.
    """
    writer = Writer([pick])
    match = (
        f"MATCH (n:Record:{LABEL[pick.kind]})-[:HEAD|WAS]->(v:Version) "
        f"WHERE n.id = {writer.parameter(id)} AND VISIBLE(n) AND VISIBLE(v)"
    )
    text, read_node = _record(writer, pick, "n", "v", 1)
    limit = writer.parameter(most + 1)
    rows = (
        f"COLLECT {{ {match} WITH n, v ORDER BY v.nth DESC, v.record LIMIT {limit} "
        f"RETURN [v.nth, {text}] AS row ORDER BY v.nth DESC, v.record }}"
    )

    def read(row: Any) -> Found:
        found = [(nth, read_node(one)) for nth, one in row[0][:most]]
        return Found(found, more=len(row[0]) > most)

    return Compiled(rows, writer.parameters, read)


# What may order a list, by kind; each is written with every version.
SORT_KEYS: dict[Kind, tuple[str, ...]] = {
    Kind(word.type.value): (word.sort_key, "recorded_at") for word in RECORDS.values()
}


def listed(
    pick: Pick,
    tests: Sequence[Test],
    order: Order,
    *,
    first: int,
    after: tuple[Any, str] | None,
    counted: bool = False,
    past: bool = False,
) -> Compiled:
    """Compile a filtered, ordered page of one kind: `first` rows after (sort key, id), and the total if `counted`.

    The total is counted to 1,001; one row beyond the page is asked for, and it tells only that there is more. A list
    to be asked of the `past` looks at all records of the kind: the index has heads alone.
    """
    if order.property not in SORT_KEYS[pick.kind]:
        raise ValueError("no such order")
    writer = Writer([pick])
    key = f"v.{order.property}"
    # In the order of the index, so that a page looks no further than its end.
    index = f"USING INDEX v:Version(kind, {order.property}, record) WHERE v.kind = '{pick.kind.value}' AND"
    match = (
        f"MATCH (v:Version)<-[:HEAD]-(n:Record:{LABEL[pick.kind]}) {'WHERE' if past else index} "
        f"{key} IS NOT NULL AND v.record IS NOT NULL AND VISIBLE(n) AND VISIBLE(v)"
    )
    if pick.kind is Kind.PERSON:
        match += f" AND n.class IN {writer.parameter(sorted(SEARCHED))}"
    match += _tests(writer, pick.kind, tests, past)
    total = f"COUNT {{ {match} RETURN n.id LIMIT {COUNT_STOPS_AT + 1} }}" if counted else "null"
    page = ""
    if after is not None:
        last, last_id = writer.parameter(after[0]), writer.parameter(after[1])
        beyond = "<" if order.descending else ">"
        page = f" AND {key} {beyond}= {last} AND ({key} {beyond} {last} OR v.record {beyond} {last_id})"
    way = " DESC" if order.descending else ""
    text, read_node = _record(writer, pick, "n", "v", first)
    limit = writer.parameter(first + 1)
    kind = "" if past else f"v.kind{way}, "
    rows = (
        f"COLLECT {{ {match}{page} WITH n, v ORDER BY {kind}{key}{way}, v.record{way} LIMIT {limit} "
        f"RETURN [{key}, {text}] AS row ORDER BY {key}{way}, n.id{way} }}"
    )

    def read(row: Any) -> Found:
        page = [(key, read_node(one)) for key, one in row[0][:first]]
        return Found(page, stopped(row[1]), more=len(row[0]) > first)

    return Compiled(f"{rows}, {total}", writer.parameters, read)


def _tests(writer: Writer, kind: Kind, tests: Sequence[Test], past: bool) -> str:
    known = {*CONTENT_FIELDS[kind], *ENVELOPE_FIELDS, *SORT_KEYS[kind]}
    text = ""
    for test in tests:
        if test.property not in known:
            raise ValueError("no such property")
        # The head of a person has the category that it says as its class.
        heads = test.property == "category" and not past
        said = "v.class" if heads else _said("v", test.property)
        text += f" AND {said} {_COMPARE[test.compare]} {writer.parameter(test.value)}"
    return text


def _record(writer: Writer, pick: Pick, n: str, v: str, nodes: int) -> tuple[str, Callable[[Any], Node]]:
    """Give the list expression of a record whose node and version are bound and gated, and its reader.

    `nodes` is the most of them that there are where it stands.
    """
    names = _known(pick)
    parts = [gate_list(n), version_list(v), *(_said(v, name) for name in names)]
    readers: list[tuple[str, Callable[[Any], Page]]] = []
    for link in pick.links:
        text, reader = _page(writer, link, n, nodes)
        parts.append(text)
        readers.append((link.key, reader))
    attached = [(one.key, *attached_page(writer, one, n, nodes)) for one in pick.attached]
    parts.extend(text for _, text, _ in attached)
    referring = REFERENCES in pick.fields and pick.kind is Kind.INCIDENT
    if referring:
        text, read_references = references(writer, n, nodes)
        parts.append(text)
    counting = THRESHOLD in pick.fields and pick.kind is Kind.GANG
    if counting:
        text, read_charged = charged(writer, n, nodes, pick.since)
        parts.append(text)

    def read(row: Any) -> Node:
        node = _node(pick, row[0], row[1], dict(zip(names, row[2 : 2 + len(names)], strict=True)))
        pages = iter(row[2 + len(names) :])
        for key, page in readers:
            node.pages[key] = page(next(pages))
        for key, _, attachments in attached:
            node.attached[key] = attachments(next(pages))
        if referring:
            node.values[REFERENCES] = read_references(next(pages))
        if counting:
            node.values[THRESHOLD] = read_charged(next(pages))
        return node

    return "[" + ", ".join(parts) + "]", read


def _known(pick: Pick) -> list[str]:
    """Give the fields of a pick that a version says."""
    known = (*CONTENT_FIELDS[pick.kind], *ENVELOPE_FIELDS, DISPUTED, *HISTORY_FIELDS)
    return [name for name in pick.fields if name in known]


def _said(v: str, name: str) -> str:
    """Give what a version says; of a person who was of another category, it kept what it said then."""
    return f"coalesce({v}.category, {v}.class)" if name == "category" else f"{v}.{name}"


def _node(pick: Pick, gate: Sequence[Any], version: Sequence[Any], values: dict[str, Any]) -> Node:
    return Node(gate[0], pick.kind, gate, {**values, "__version": [gate[0], *version]})


def _held(x: str, day: str | None) -> str:
    """Give the condition that a version or link held true on a day, if there is one."""
    return "" if day is None else f" AND {x}.valid_from <= {day} AND {day} < {x}.valid_to"


def _saying(n: str, link: str, far: str) -> str:
    """Give the match of all links that say something of an identifier."""
    return f"MATCH ({n})-[{link}:{'|'.join(RELATIONS)}]-({far}) WHERE VISIBLE({link}) AND REACHED({far})"


def _value(writer: Writer, pick: Pick, n: str, nodes: int) -> tuple[str, Callable[[Any], Node]]:
    """Give the list expression of a bare identifier that a visible link touches, and its reader."""
    parts = [f"{n}.id", f"{n}.kind"]
    said = "writings" in pick.fields
    share = writer.share(nodes)
    if said:
        number = writer.number()
        t, m, most = f"t{number}", f"m{number}", writer.parameter(share + 1)
        match = f"{_saying(n, t, m)} AND {t}.as_written IS NOT NULL"
        parts.append(
            f"COLLECT {{ {within(number, match, [t], f'ORDER BY {t}.id', most, most)} "
            f"RETURN [c{number}[0], {gate_list(t)}, {t}.as_written] AS said ORDER BY {t}.id }}"
        )
    readers: list[tuple[str, Callable[[Any], Page]]] = []
    for link in pick.links:
        text, reader = _page(writer, link, n, nodes)
        parts.append(text)
        readers.append((link.key, reader))
    start = 3 if said else 2

    def read(row: Any) -> Node:
        node = Node(row[0], Kind.VALUE, (), {"kind": row[1]})
        if said:
            if row[2] and row[2][0][0] > share:
                raise TooMuchAsked
            first = {writing: gate for _, gate, writing in reversed(row[2])}
            node.values["writings"] = sorted(first)[:WRITINGS]
            node.values["__said_by"] = [first[writing] for writing in node.values["writings"]]
        for (key, page), raw in zip(readers, row[start:], strict=True):
            node.pages[key] = page(raw)
        return node

    return "[" + ", ".join(parts) + "]", read


def _pattern(n: str, link: str, far: str, pick: LinkPick) -> str:
    kinds = "|".join(kind.value for kind in pick.kinds)
    left = "<-" if pick.connection.direction is Direction.IN else "-"
    right = "->" if pick.connection.direction is Direction.OUT else "-"
    return f"({n}){left}[{link}:{kinds}]{right}({far}:{LABEL[pick.connection.far]})"


def _page(writer: Writer, pick: LinkPick, n: str, nodes: int) -> tuple[str, Callable[[Any], Page]]:
    """Give the expression of one page of links at a bound, gated node: [rows, total], and its reader.

    Each row begins with how many links the page looked at, of its share and one more.
    """
    number = writer.number()
    link, far, version = f"l{number}", f"n{number}", f"v{number}"
    match = "MATCH " + _pattern(n, link, far, pick)
    if pick.connection.far is Kind.VALUE:
        where = f" WHERE VISIBLE({link})"
        text, read_node = _value(writer, pick.node, far, nodes * pick.first)
    else:
        match += f"-[:HEAD]->({version}:Version)"
        where = f" WHERE VISIBLE({link}) AND VISIBLE({far}) AND VISIBLE({version})"
        text, read_node = _record(writer, pick.node, far, version, nodes * pick.first)
    if pick.connection.walk:
        where += f" AND {far}.class IN $g.walk"
    if pick.connection.classes:
        where += f" AND {far}.class IN {writer.parameter(list(pick.connection.classes))}"
    if pick.valid_at is not None:
        where += _held(link, writer.parameter(pick.valid_at))
    share = writer.share(nodes)
    total = "null"
    if pick.counted:
        stop = writer.parameter(min(COUNT_STOPS_AT, share) + 1)
        total = f"COUNT {{ {match}{where} RETURN {link}.id LIMIT {stop} }}"
    page = ""
    if pick.after is not None:
        last, last_link = writer.parameter(pick.after[0]), writer.parameter(pick.after[1])
        page = f" AND ({far}.id > {last} OR ({far}.id = {last} AND {link}.id > {last_link}))"
    names = [name for name in pick.fields if name in LINK_FIELDS or name in ENVELOPE_FIELDS]
    said = [f"type({link})", f"startNode({link}).id", f"endNode({link}).id", *(f"{link}.{name}" for name in names)]
    most, limit = writer.parameter(share + 1), writer.parameter(pick.first + 1)
    bound = [link, far] if pick.connection.far is Kind.VALUE else [link, far, version]
    order = f"ORDER BY {far}.id, {link}.id"
    rows = (
        f"COLLECT {{ {within(number, f'{match}{where}{page}', bound, order, most, limit)} "
        f"RETURN [c{number}[0], {gate_list(link)}, {', '.join(said)}, {text}] AS row {order} }}"
    )

    def read(raw: Any) -> Page:
        if (raw[0] and raw[0][0][0] > share) or (raw[1] or 0) > share:
            return Page(pick.connection, [], more=False, total=None, too_many=True)
        drawn = [_drawn(row, names, read_node) for _, *row in raw[0][: pick.first]]
        return Page(pick.connection, drawn, len(raw[0]) > pick.first, stopped(raw[1]))

    return f"[{rows}, {total}]", read


def _drawn(row: Any, names: list[str], read_node: Callable[[Any], Node]) -> Drawn:
    gate, kind, from_id, to_id = row[:4]
    values = dict(zip(names, row[4:-1], strict=True))
    return Drawn(gate[0], relation(kind), from_id, to_id, gate, values, read_node(row[-1]))
