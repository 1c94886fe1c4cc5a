"""What a viewer may see of a graph, in plain Python: the rules read anew, without the product's Cypher or policy.

A graph here is nodes by key and edges, with all their properties as they lie in the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROTECTED = {"VICTIM", "WITNESS", "COMPLAINANT", "CHILD_IN_CONFLICT"}
OTHERS = {"SUSPECT", "ACCUSED_CHARGED", "CONVICTED", "ACQUITTED_DISCHARGED", "PROCLAIMED", "ASSOCIATE", "CONTACT"}
NUMBER = {"IN-RJ": 0, "IN-PB": 1, "IN-HR": 2, "IN-DL": 3, "IN-GJ": 4, "IN-CH": 5}
HOME = "IN-RJ"
RANKS = ["CT", "HC", "ASI", "SI", "INSPECTOR", "DYSP_ACP", "ADDL_SP", "SP_DCP", "SSP", "DIG_ADDL_CP", "IG_JT_CP"]
RANKS += ["ADG_SPL_CP", "DG_CP"]

# The viewer, an officer of the same commissionerate, and one of a range: who they are to one another.
VIEWER, OTHER, ASKER = "rj.viewer", "rj.other", "rj.asker"
UNITS = {VIEWER: "RJ-P-JPE", OTHER: "RJ-P-JPW", ASKER: "RJ-D-AJM"}
CHAINS = {VIEWER: "RJ-JPC", OTHER: "RJ-JPC", ASKER: "RJ-R-AJM"}
VIEWERS_RANK = "SP_DCP"

# What names an account and is joined to nothing; and all that names records, and is seen only with them.
ATTACHED = ("Follower", "Audience")
NAMING = ("Change", "Match", "Foreign", *ATTACHED)

EVER = -(2**62)

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Viewer:
    """Who looks: an officer of Rajasthan with a level and compartments, for one purpose."""

    level: int
    compartments: tuple[str, ...]
    purpose: str

    @property
    def comps(self) -> frozenset[str]:
        """Give '' and the granted names; for training only what is TRAINING."""
        return frozenset({"TRAINING"}) if self.purpose == "TRAINING" else frozenset({"", *self.compartments})

    @property
    def classes(self) -> frozenset[str]:
        """Give the classes that an officer of the own state reads for the purpose."""
        match self.purpose:
            case "AUDIT":
                return frozenset()
            case "FUGITIVE" | "PRISON_INTEL":
                return frozenset({"-"} | OTHERS - {"CONTACT", "ACQUITTED_DISCHARGED"})
        return frozenset({"-"} | OTHERS | PROTECTED)

    @property
    def writes(self) -> bool:
        return self.purpose not in ("AUDIT", "COURT")


@dataclass(frozen=True)
class Node:
    """A node with its label and properties, and for a record its current version and those before, newest first."""

    label: str
    properties: Properties
    head: Properties | None = None
    past: tuple[Properties, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A relationship between two nodes by their keys."""

    kind: str
    start: str
    end: str
    properties: Properties


@dataclass(frozen=True)
class Named:
    """What the register says of a change that waits: whose it is, who may decide it, until when, and how it ended."""

    author: str
    rank: str
    level: int
    comp: str
    expires_at: int
    state: str
    settled_by: str | None = None


@dataclass(frozen=True)
class Graph:
    """Everything that lies in the database but keys and operations; and the register's changes that wait, by id."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    named: Mapping[str, Named] = field(default_factory=dict)


@dataclass
class Low:
    """All that a viewer may see."""

    records: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict)
    links: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    lapsed: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)
    attached: dict[str, Any] = field(default_factory=dict)
    matches: dict[str, Any] = field(default_factory=dict)


def open_to(viewer: Viewer, gate: Properties, at: int) -> bool:
    """Say whether a gate is open: a missing or odd part closes it."""
    aud, level, until = gate.get("aud"), gate.get("level"), gate.get("until")
    if not all(isinstance(part, int) for part in (aud, level, until)):
        return False
    return bool(
        aud >> NUMBER[HOME] & 1
        and level <= viewer.level
        and gate.get("comp") in viewer.comps
        and gate.get("class") in viewer.classes
        and until > at
    )


def low(graph: Graph, viewer: Viewer, at: int) -> Low:
    """Give the part of a graph that is the viewer's at an epoch second."""
    seen = Low()
    for key, node in graph.nodes.items():
        if node.label not in ("Value", *NAMING) and open_to(viewer, node.properties, at):
            head = node.head if node.head is not None and open_to(viewer, node.head, at) else None
            past = [_said(version) for version in node.past if open_to(viewer, version, at)]
            seen.records[key] = (_said(node.properties), head and _said(head), past)
        elif node.label not in ("Value", *NAMING) and viewer.writes and f":{HOME}:" in key:
            # Its own state's officers review what has lapsed.
            gates = [node.properties, *([node.head] if node.head else []), *node.past]
            seen_by = [open_to(viewer, gate, EVER) for gate in gates]
            if seen_by[0] and node.head is not None and seen_by[1]:
                past = [_said(gate) for gate, seen_ in zip(gates[2:], seen_by[2:], strict=True) if seen_]
                seen.lapsed[key] = (_said(node.properties), _said(node.head), past)
    # What is over is there for whoever asks of the past, by the gate that it kept.
    for edge in graph.edges:
        if not open_to(viewer, edge.properties, at):
            continue
        ends = (edge.start, edge.end)
        if all(
            end in seen.records or graph.nodes[end].label == "Value" or _abroad(graph, end, viewer, at) for end in ends
        ):
            far = graph.nodes[edge.end].properties.get("of", edge.end)
            seen.links[str(edge.properties["id"])] = (edge.kind, edge.start, far, _said(edge.properties))
            seen.values.update(
                (end, str(graph.nodes[end].properties["kind"])) for end in ends if graph.nodes[end].label == "Value"
            )
    seen.attached = _attached(graph, viewer, seen, at)
    seen.matches = _matches(graph, viewer, seen, at)
    for id, named in graph.named.items():
        if (said := _waits(graph, viewer, seen, id, named, at)) is not None:
            seen.waiting[id] = said
    return seen


def _abroad(graph: Graph, end: str, viewer: Viewer, at: int) -> bool:
    """Say whether an end stands for a record of another state; nothing leads there but what is said of that."""
    node = graph.nodes[end]
    return node.label == "Foreign" and open_to(viewer, node.properties, at)


def _attached(graph: Graph, viewer: Viewer, seen: Low, at: int) -> dict[str, Any]:
    """Give what is attached to records that a viewer reads. Of a pseudonym it is told which acts share one, no more."""
    found: dict[str, Any] = {}
    first: dict[tuple[Any, Any], str] = {}
    shown = [
        (node.head["recorded_at"], key, node.properties, node.head)
        for key, node in graph.nodes.items()
        if node.label in ATTACHED and node.head is not None
        if open_to(viewer, node.properties, at) and open_to(viewer, node.head, at)
        if any((seen.records.get(node.head["account"]) or ())[1:])
    ]
    for _, key, properties, head in sorted(shown, key=lambda one: one[:2]):
        sign = first.setdefault((head["account"], head.get("pseudonym", key)), key)
        kept = {name: value for name, value in _said(head).items() if name not in ("pseudonym", "sealed_handle")}
        found[key] = (_said(properties), kept, sign)
    return found


def _matches(graph: Graph, viewer: Viewer, seen: Low, at: int) -> dict[str, Any]:
    """Give the matches of which a viewer sees both records, and nobody protected."""
    heads = {key: head for key, (_, head, _) in seen.records.items() if head is not None}
    return {
        key: (_said(node.properties), _said(node.head))
        for key, node in graph.nodes.items()
        if node.label == "Match" and node.head is not None
        if open_to(viewer, node.properties, at) and open_to(viewer, node.head, at)
        if all(name in heads and heads[name]["class"] not in PROTECTED for name in node.head["names"])
    }


def _waits(graph: Graph, viewer: Viewer, seen: Low, id: str, named: Named, at: int) -> Any:
    """Give what a viewer may see of a change that waits or waited, None for nothing."""
    if not viewer.classes or named.level > viewer.level or named.comp not in viewer.comps:
        return None
    if named.state != "OPEN" or named.expires_at <= at:
        return (named.state, named.settled_by) if VIEWER in (named.author, named.settled_by) else None
    second = RANKS.index(VIEWERS_RANK) >= RANKS.index(named.rank) and CHAINS[named.author] != CHAINS[VIEWER]
    node = graph.nodes.get(id)
    if not (named.author == VIEWER or second) or node is None or node.head is None:
        return None
    gates = [
        {**gate, "class": "-" if gate.get("class") == "PENDING" else None} for gate in (node.properties, node.head)
    ]
    heads = {name: said[1] for name, said in seen.records.items()}
    if not all(open_to(viewer, gate, at) for gate in gates) or not all(heads.get(one) for one in node.head["names"]):
        return None
    return named, _said(node.properties), _said(node.head)


def differences(one: Low, other: Low) -> list[str]:
    """Name what is in one low and not, or otherwise, in the other."""
    return [
        f"{part} {key}: {mine.get(key)} / {theirs.get(key)}"
        for part, mine, theirs in (
            ("record", one.records, other.records),
            ("link", one.links, other.links),
            ("value", one.values, other.values),
            ("lapsed", one.lapsed, other.lapsed),
            ("waiting", one.waiting, other.waiting),
            ("attached", one.attached, other.attached),
            ("match", one.matches, other.matches),
        )
        for key in sorted(mine.keys() | theirs.keys())
        if mine.get(key) != theirs.get(key)
    ]


def _said(properties: Properties) -> dict[str, Any]:
    """Give what a node or link says; where a version stands among those that are hidden is nobody's to see."""
    return {name: value for name, value in properties.items() if value is not None and name != "nth"}
