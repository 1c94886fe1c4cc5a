"""Pieces of which the projection is compiled: names and shares, gates as lists, what is looked at within bounds.

What is attached to a record stands here too, page by page. As in the projection, only our own words are joined.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from graph.connections import AUDIENCE, ENVELOPE_FIELDS, FOLLOWER_ACTS
from graph.errors import TooMuchAsked
from graph.past import relation
from graph.picks import AttachedPage, AttachedPick, Attachment, Pick
from schemas.link import HARMED
from schemas.person import REFERRED

COUNT_STOPS_AT = 1_000

# So many visible links one selection looks at, in all its pages together (bench/pages.py).
LINKS_SHARED = 40_000


# Whom an incident refers to: a field that no version says.
REFERENCES = "references"
# Whether a gang's charge-sheets are as many as BNS 111 wants: another.
THRESHOLD = "bns111_threshold_met"


class Writer:
    """Hands out variable names, parameter names and shares of links while one statement is compiled."""

    def __init__(self, picks: Sequence[Pick]) -> None:
        self.parameters: dict[str, object] = {}
        self._numbers = count(1)
        self._a_page = LINKS_SHARED // max(1, sum(_pages(pick) for pick in picks))

    def number(self) -> int:
        return next(self._numbers)

    def parameter(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return "$" + name

    def share(self, nodes: int) -> int:
        """Give how many links a page may look at, at each of so many nodes."""
        return self._a_page // nodes


def _pages(pick: Pick) -> int:
    """Count what looks through many in a selection: its pages, those inside them, and the writings of identifiers."""
    return (
        ("writings" in pick.fields)
        + (REFERENCES in pick.fields)
        + (THRESHOLD in pick.fields)
        + len(pick.attached)
        + sum(1 + _pages(link.node) for link in pick.links)
    )


def gate_list(x: str) -> str:
    return f"[{x}.id, {x}.audience, {x}.level, {x}.comp, {x}.class, {x}.until]"


def version_list(v: str) -> str:
    return f"[{v}.audience, {v}.level, {v}.comp, {v}.class, {v}.until]"


def stopped(total: int | None) -> int | None:
    return None if total is None else min(total, COUNT_STOPS_AT)


def within(number: int, match: str, bound: Sequence[str], order: str, most: str, limit: str) -> str:
    """Give what binds the first of the links that a match finds, if it finds few enough, and how many it has looked at.

    Of more than `most` it takes any: none of them is given, whichever they are. What is looked at is counted and cut
    in a subquery of its own, because the database counts every row that is sorted with all that stands beside it.
    """
    names = ", ".join(bound)
    taken = ", ".join(f"s{number}[{place}]" for place in range(len(bound)))
    given = ", ".join(f"c{number}[{place}] AS {name}" for place, name in enumerate(bound, 1))
    return (
        f"UNWIND COLLECT {{ WITH COLLECT {{ {match} WITH {names} LIMIT {most} RETURN [{names}] AS seen {order} }} "
        f"AS k{number} UNWIND k{number}[..{limit}] AS s{number} RETURN [size(k{number}), {taken}] AS cut }} "
        f"AS c{number} WITH c{number}, {given}"
    )


# Which other one tells something of one that is attached, in which order the first is taken, and what it tells.
_BESIDE = {
    FOLLOWER_ACTS.name: ("x.pseudonym = {w}.pseudonym AND x.account = {w}.account", "x.recorded_at, b.id", "b.id"),
    AUDIENCE.name: ("x.account = {w}.account AND x.sort_time < {w}.sort_time", "x.sort_time DESC, b.id", "x.total"),
}


def attached_page(writer: Writer, pick: AttachedPick, n: str, nodes: int) -> tuple[str, Callable[[Any], AttachedPage]]:
    """Give the expression of one page of what is attached to a bound, gated node: [rows, total], and its reader.

    Each row begins with how many the page looked at, of its share and one more.
    """
    number, label = writer.number(), pick.attached.label
    a, w = f"a{number}", f"w{number}"
    match = f"MATCH ({a}:Record:{label})-[:HEAD]->({w}:Version) WHERE {w}.account = {n}.id AND "
    match += f"VISIBLE({a}) AND VISIBLE({w})"
    share = writer.share(nodes)
    total = "null"
    if pick.counted:
        stop = writer.parameter(min(COUNT_STOPS_AT, share) + 1)
        total = f"COUNT {{ {match} RETURN {a}.id LIMIT {stop} }}"
    page = ""
    if pick.after is not None:
        at, last = writer.parameter(pick.after[0]), writer.parameter(pick.after[1])
        page = f" AND ({w}.sort_time < {at} OR ({w}.sort_time = {at} AND {a}.id > {last}))"
    names = [name for name in pick.fields if name in pick.attached.fields or name in ENVELOPE_FIELDS]
    beside = "[]"
    if pick.attached.beside in pick.fields:
        where, first, told = _BESIDE[pick.attached.name]
        beside = (
            f"COLLECT {{ MATCH (b:Record:{label})-[:HEAD]->(x:Version) "
            f"WHERE {where.replace('{w}', w)} AND VISIBLE(b) AND VISIBLE(x) WITH b, x ORDER BY {first} LIMIT 1 "
            f"RETURN [{gate_list('b')}, {version_list('x')}, {told}] AS one ORDER BY b.id }}"
        )
    said = [f"{w}.sort_time", *(f"{w}.{name}" for name in names), beside]
    most, limit = writer.parameter(share + 1), writer.parameter(pick.first + 1)
    order = f"ORDER BY {w}.sort_time DESC, {a}.id"
    rows = (
        f"COLLECT {{ {within(number, match + page, [a, w], order, most, limit)} "
        f"RETURN [c{number}[0], {gate_list(a)}, {version_list(w)}, {', '.join(said)}] AS row {order} }}"
    )

    def read(raw: Any) -> AttachedPage:
        if (raw[0] and raw[0][0][0] > share) or (raw[1] or 0) > share:
            return AttachedPage(pick.attached, [], more=False, total=None, too_many=True)
        found = [_attachment(row, names) for _, *row in raw[0][: pick.first]]
        return AttachedPage(pick.attached, found, len(raw[0]) > pick.first, stopped(raw[1]))

    return f"[{rows}, {total}]", read


def _attachment(row: Any, names: list[str]) -> Attachment:
    gate, version, at, *said, beside = row
    values = dict(zip(names, said, strict=True))
    other = [(one, [one[0], *two], told) for one, two, told in beside]
    return Attachment(gate[0], at, gate, [gate[0], *version], values, next(iter(other), None))


MOST_REFERENCES = 50
_HARMED = "|".join(sorted(HARMED))


def references(writer: Writer, n: str, nodes: int) -> tuple[str, Callable[[Any], list[Any]]]:
    """Give the list of whom a bound, gated incident refers to, and its reader: [link gate, person gate, relation].

    Nothing is read of a person but whether they may be referred to.
    """
    number = writer.number()
    r, p, share = f"r{number}", f"p{number}", writer.share(nodes)
    match = f"MATCH ({n})<-[{r}:{_HARMED}]-({p}:Person) WHERE VISIBLE({r}) AND REFERRED({p})"
    match += f" AND {p}.class IN {writer.parameter(sorted(REFERRED))}"
    most, limit = writer.parameter(share + 1), writer.parameter(MOST_REFERENCES)
    order = f"ORDER BY {r}.id"
    text = (
        f"COLLECT {{ {within(number, match, [r, p], order, most, limit)} "
        f"RETURN [c{number}[0], {gate_list(r)}, {gate_list(p)}, type({r})] AS said {order} }}"
    )

    def read(raw: Any) -> list[Any]:
        if raw and raw[0][0] > share:
            raise TooMuchAsked
        return [[link, person, relation(type)] for _, link, person, type in raw]

    return text, read


MOST_CHARGED = 50
_MOST_NUMBERS = 20


def charged(writer: Writer, n: str, nodes: int, since: int) -> tuple[str, Callable[[Any], list[Any]]]:
    """Give the list of the charge-sheets of a bound, gated gang that BNS 111 counts, and its reader.

    Each is [link gate, sheet gate, version gate, numbers], a number [link gate, identifier]; at most 50 with 20 each.
    """
    number = writer.number()
    u, q, w, i, x = (f"{letter}{number}" for letter in "uqwix")
    match = f"MATCH ({n})-[{u}:CHARGED_BY]->({q}:Record:ChargeSheet)-[:HEAD]->({w}:Version) "
    match += f"WHERE VISIBLE({u}) AND VISIBLE({q}) AND VISIBLE({w}) AND {w}.counts_for_bns111 "
    match += f"AND {w}.filed_on >= {writer.parameter(since)}"
    share = writer.share(nodes)
    most, limit, few = (writer.parameter(bound) for bound in (share + 1, MOST_CHARGED, _MOST_NUMBERS))
    order = f"ORDER BY {q}.id, {u}.id"
    numbers = (
        f"COLLECT {{ MATCH ({q})-[{i}:IDENTIFIED_BY]->({x}:Value) WHERE VISIBLE({i}) "
        f"RETURN [{gate_list(i)}, {x}.id] AS one ORDER BY {i}.id LIMIT {few} }}"
    )
    text = (
        f"COLLECT {{ {within(number, match, [u, q, w], order, most, limit)} "
        f"RETURN [c{number}[0], {gate_list(u)}, {gate_list(q)}, {version_list(w)}, {numbers}] AS said {order} }}"
    )

    def read(raw: Any) -> list[Any]:
        if raw and raw[0][0] > share:
            raise TooMuchAsked
        return [row[1:] for row in raw]

    return text, read
