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
    """A node with its kind of label, its properties, and for a record its current version."""

    label: str
    properties: Properties
    head: Properties | None = None


@dataclass(frozen=True)
class Edge:
    """A relationship between two nodes by their keys."""

    kind: str
    start: str
    end: str
    properties: Properties


@dataclass(frozen=True)
class Graph:
    """Everything that lies in the database but keys and operations."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]


@dataclass
class Low:
    """All that a viewer may see."""

    records: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    links: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


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
        if node.label != "Value" and open_to(viewer, node.properties, at):
            head = node.head if node.head is not None and open_to(viewer, node.head, at) else None
            seen.records[key] = (_said(node.properties), head and _said(head))
    for edge in graph.edges:
        if edge.kind.startswith("WAS_") or not open_to(viewer, edge.properties, at):
            continue
        ends = (edge.start, edge.end)
        if all(end in seen.records or graph.nodes[end].label == "Value" for end in ends):
            seen.links[str(edge.properties["id"])] = (edge.kind, *ends, _said(edge.properties))
            seen.values.update(
                (end, str(graph.nodes[end].properties["kind"])) for end in ends if graph.nodes[end].label == "Value"
            )
    return seen


def differences(one: Low, other: Low) -> list[str]:
    """Name what is in one low and not, or otherwise, in the other."""
    return [
        f"{part} {key}: {mine.get(key)} / {theirs.get(key)}"
        for part, mine, theirs in (
            ("record", one.records, other.records),
            ("link", one.links, other.links),
            ("value", one.values, other.values),
        )
        for key in sorted(mine.keys() | theirs.keys())
        if mine.get(key) != theirs.get(key)
    ]


def _said(properties: Properties) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
