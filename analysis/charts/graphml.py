"""A chart as GraphML 1.0 (http://graphml.graphdrawing.org/specification.html): real ids, typed attributes.

Every edge is directed, because readers refuse a mixture; `symmetric` says where the direction means nothing.
"""

from analysis.charts.columns import LINK_COLUMNS, NODE_COLUMNS, Row, link_row, node_row
from analysis.charts.markup import Element, add, element, written
from analysis.charts.model import Chart
from analysis.charts.words import Language

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = f"{_NAMESPACE} http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"

# What an element says by attributes of its own.
_OWN = frozenset({"id", "from", "to"})
_TYPES = {"start": "boolean", "cluster": "long", "symmetric": "boolean", "weight": "long"}


def graphml(chart: Chart, language: Language) -> bytes:
    """Write a chart; nodes and edges in its order."""
    root = element("graphml", xmlns=_NAMESPACE)
    root.set("xmlns:xsi", _INSTANCE)
    root.set("xsi:schemaLocation", _SCHEMA)
    for what, columns in (("node", NODE_COLUMNS), ("edge", LINK_COLUMNS)):
        for name in columns:
            if name not in _OWN:
                key = add(root, "key", id=f"{what}.{name}", for_=what)
                key.set("attr.name", name)
                key.set("attr.type", _TYPES.get(name, "string"))
    graph = add(root, "graph", id="network", edgedefault="directed")
    starts = set(chart.starts)
    for node in chart.nodes:
        row = node_row(node, start=node.id in starts, language=language)
        _said(add(graph, "node", id=node.id), "node", row)
    for link in chart.links:
        edge = add(graph, "edge", id=link.id, source=link.from_id, target=link.to_id)
        _said(edge, "edge", link_row(link))
    return written(root)


def _said(parent: Element, what: str, row: Row) -> None:
    for name, value in row.items():
        if name not in _OWN:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            add(parent, "data", text, key=f"{what}.{name}")
