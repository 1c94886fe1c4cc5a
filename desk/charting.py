"""What of a network may leave in a file: the answer of the graph turned into a chart, the rest counted."""

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from itertools import count
from typing import Any, get_args

import orjson

from analysis.charts.model import Chart, Fact, Link, Missing, Node, Said
from analysis.charts.shown import SHOWN
from desk.asking import NetworkAnswered
from graph.clusters import Cluster
from graph.connections import CONNECTIONS, DISPUTED, Kind
from graph.network import NetworkLink
from graph.picks import LinkPick, Page, Pick, class_of
from graph.picks import Node as Found
from graph.stored import day_read, moment_read
from schemas.envelope import day_in_india
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling
from schemas.ids import RecordType, ValueKind
from schemas.link import Basis, LinkKind, Role
from schemas.person import PROTECTED, Category, RecordedName
from schemas.records import RECORDS

Leave = Mapping[bool, Set[Handling]]

_ENVELOPE = (
    "owner",
    "unit",
    "source_grade",
    "info_grade",
    "handling",
    "valid_from",
    "valid_to",
    "recorded_at",
    DISPUTED,
)
_PAGE = "protected"
_MOST_REFERENCES = 20
_LETTER = {LinkKind.VICTIM_OF: "V", LinkKind.WITNESS_OF: "W", LinkKind.COMPLAINANT_OF: "C"}
_REFERRED = PROTECTED - {Category.CHILD_IN_CONFLICT}


def _pick(kind: Kind) -> Pick:
    if kind is Kind.VALUE:
        return Pick(kind)
    links: tuple[LinkPick, ...] = ()
    if kind is Kind.INCIDENT:
        row = CONNECTIONS[kind][_PAGE]
        # Of a protected person only what decides whether even a reference may leave.
        person = Pick(Kind.PERSON, ("owner", "handling"))
        links = (LinkPick(_PAGE, row, person, row.kinds, _MOST_REFERENCES, fields=("owner", "handling")),)
    return Pick(kind, (*SHOWN[RecordType(kind.value)], *_ENVELOPE), links)


PICKS: tuple[Pick, ...] = tuple(map(_pick, Kind))


def going(answer: NetworkAnswered, *, own: str, leave: Leave) -> set[str]:
    """Give the records of a network that may leave: what `leave` lets go of this state's `own` and of other states'."""
    records = (node for node in answer.nodes if node.kind is not Kind.VALUE)
    return {node.id for node in records if _goes(node.values, own, leave) and not _is_protected(node)}


def chart_of(
    answer: NetworkAnswered, starts: Sequence[str], *, own: str, leave: Leave, clusters: Sequence[Cluster] = ()
) -> Chart:
    """Give the chart of a network: what may leave of it, and which of that is said to be one.

    A cluster that is contested is not told: a file could not tell by whom.
    """
    records = {node.id: node for node in answer.nodes if node.kind is not Kind.VALUE}
    leaving = going(answer, own=own, leave=leave)
    drawn = [link for link in answer.network.links if _goes(link.values, own, leave)]
    values = {node.id for node in answer.nodes if node.kind is Kind.VALUE}
    links = [link for link in drawn if {link.from_id, link.to_id} <= leaving | values]
    # An identifier says nothing of its own: it leaves if a link that leaves touches it, and as that link writes it.
    ends = {id for link in links for id in (link.from_id, link.to_id)}
    kept = leaving | (values & ends)
    writings = _writings(links, values)
    references = _References(own, leave)
    shown = [node for node in answer.nodes if node.id in kept]
    numbers = _numbered([node.id for node in shown], clusters)
    nodes = [_node(node, writings.get(node.id, ()), references, numbers.get(node.id)) for node in shown]
    left = [one for one in answer.network.more if one.id in kept]
    return Chart(
        starts=tuple(dict.fromkeys(starts)),
        nodes=tuple(nodes),
        links=tuple(map(_link, links)),
        missing=Missing(
            neighbours=sum(one.not_shown or 0 for one in left),
            at=sum(not one.hub for one in left),
            hubs=sum(one.hub for one in left),
            links_cut=answer.network.links_cut,
            records=len(records) - len(leaving),
            links=len(answer.network.links) - len(drawn),
            identifiers=len(values - ends),
            ends=len(drawn) - len(links),
            protected=references.more,
        ),
    )


def _numbered(ids: Sequence[str], clusters: Sequence[Cluster]) -> dict[str, int]:
    """Give each record that is said to be one with another of these the number of its cluster, as they come."""
    cluster_of = {id: one for one in clusters if not one.contested for id in one.members}
    numbers: dict[Cluster, int] = {}
    return {id: numbers.setdefault(cluster_of[id], len(numbers) + 1) for id in ids if id in cluster_of}


def _goes(values: Mapping[str, Any], own: str, leave: Leave) -> bool:
    return Handling(values["handling"]) in leave[values["owner"] == own]


def _is_protected(node: Found) -> bool:
    """Say whether a person became protected between the walk, which never comes to one, and the reading.

    That is decided by the gate: as of a moment, the category is the one that was said then.
    """
    return node.kind is Kind.PERSON and class_of(node) in PROTECTED


class _References:
    """Numbers the protected of a chart as they come, each the same wherever it stands."""

    def __init__(self, own: str, leave: Leave) -> None:
        self.more = False
        self._own, self._leave = own, leave
        self._given: dict[tuple[str, str], str] = {}
        self._numbers = {letter: count(1) for letter in _LETTER.values()}

    def of(self, page: Page | None) -> tuple[str, ...]:
        """Give the references of an incident; a child in conflict with the law has none."""
        if page is None:
            return ()
        self.more |= page.more or page.too_many
        given = []
        for drawn in page.links:
            both = (drawn.values, drawn.node.values)
            if not all(_goes(values, self._own, self._leave) for values in both):
                self.more = True
            elif class_of(drawn.node) in _REFERRED:
                given.append(self._reference(_LETTER[LinkKind(drawn.kind)], drawn.node.id))
        return tuple(dict.fromkeys(given))

    def _reference(self, letter: str, id: str) -> str:
        if (letter, id) not in self._given:
            self._given[letter, id] = f"{letter}-{next(self._numbers[letter])}"
        return self._given[letter, id]


def _writings(links: Sequence[NetworkLink], values: Set[str]) -> dict[str, tuple[str, ...]]:
    """Give how the links write the identifiers that they touch; one between two writes the one that it begins at."""
    found: dict[str, set[str]] = {}
    for link in links:
        if written := link.values["as_written"]:
            found.setdefault(link.from_id if link.from_id in values else link.to_id, set()).add(written)
    return {id: tuple(sorted(some)) for id, some in found.items()}


def _node(node: Found, writings: tuple[str, ...], references: _References, cluster: int | None) -> Node:
    if node.kind is Kind.VALUE:
        return Node(node.id, ValueKind(node.values["kind"]), None, writings=writings)
    kind = RecordType(node.kind.value)
    return Node(
        node.id,
        kind,
        _said(node.values),
        names=_names(node.values.get("names")),
        facts=tuple(_facts(kind, node.values)),
        protected=references.of(node.pages.get(_PAGE)),
        cluster=cluster,
    )


def _names(text: str | None) -> tuple[RecordedName, ...]:
    return tuple(RecordedName.model_validate(one) for one in orjson.loads(text)) if text else ()


def _facts(kind: RecordType, values: Mapping[str, Any]) -> list[Fact]:
    facts = []
    for name in SHOWN[kind]:
        value = values[name]
        if name != "names" and value is not None:
            facts.append(Fact(name, _read(kind, name, value), coded=_form(kind, name) is StrEnum))
    return facts


def _read(kind: RecordType, name: str, value: Any) -> str:
    """Write a stored value: a day as ISO 8601 has it, of a moment the day in India, yes and no as true and false."""
    form = _form(kind, name)
    if form is datetime:
        moment = moment_read(value)
        return day_in_india(moment).isoformat() if moment else ""
    if form is date:
        return _day(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def _form(kind: RecordType, name: str) -> type | None:
    """Give what a field holds if that is a word of ours, a moment or a day; None for anything else."""
    info = RECORDS[kind].content.model_fields.get(name)
    inside = _types(info.annotation) if info is not None else set()
    return next((form for form in (StrEnum, datetime, date) if any(issubclass(one, form) for one in inside)), None)


def _types(annotation: object) -> set[type]:
    if isinstance(annotation, type):
        return {annotation}
    return {one for part in get_args(annotation) for one in _types(part)}


def _day(epoch: int | None) -> str:
    day = day_read(epoch)
    return day.isoformat() if day else ""


def _said(values: Mapping[str, Any]) -> Said:
    recorded = moment_read(values["recorded_at"])
    return Said(
        owner=values["owner"],
        unit=values["unit"],
        source_grade=SourceGrade(values["source_grade"]),
        info_grade=InfoGrade(values["info_grade"]),
        handling=Handling(values["handling"]),
        valid_from=_day(values["valid_from"]),
        valid_to=_day(values["valid_to"]),
        recorded_on=day_in_india(recorded).isoformat() if recorded else "",
        disputed=values.get(DISPUTED) is not None,
    )


def _link(link: NetworkLink) -> Link:
    values = link.values
    return Link(
        link.id,
        LinkKind(link.kind),
        link.from_id,
        link.to_id,
        _said(values),
        role=Role(values["role"]) if values["role"] else None,
        basis=Basis(values["basis"]) if values["basis"] else None,
        weight=values["weight"],
        as_written=values["as_written"],
    )
