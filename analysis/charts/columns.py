"""The columns that GraphML and CSV share: every node and every link as one row of texts and numbers."""

from collections.abc import Mapping

from analysis.charts.model import Link, Node, Said
from analysis.charts.shown import FACTS
from analysis.charts.words import Language, label
from schemas.ids import ValueKind

Cell = str | int | bool
Row = Mapping[str, Cell]

_SAID = (
    "owner",
    "unit",
    "source_grade",
    "info_grade",
    "handling",
    "valid_from",
    "valid_to",
    "recorded_on",
)
NODE_COLUMNS: tuple[str, ...] = (
    "id",
    "kind",
    "identifies",
    "label",
    "names",
    "start",
    "cluster",
    *FACTS,
    "protected",
    *_SAID,
    "disputed",
)
LINK_COLUMNS: tuple[str, ...] = (
    "id",
    "kind",
    "from",
    "to",
    "symmetric",
    "role",
    "basis",
    "weight",
    "as_written",
    *_SAID,
    "disputed",
)


def node_row(node: Node, *, start: bool, language: Language) -> Row:
    """Give what is said of a node, by column; a column that it says nothing of is left out."""
    value = isinstance(node.kind, ValueKind)
    row: dict[str, Cell] = {"id": node.id, "kind": "identifier" if value else node.kind.value}
    if value:
        row["identifies"] = node.kind.value
    names = [name.text for name in node.names] or node.writings
    row |= {"label": label(node, language), "names": " | ".join(names), "start": start}
    if node.cluster is not None:
        row["cluster"] = node.cluster
    row |= {fact.name: fact.value for fact in node.facts}
    row["protected"] = " ".join(node.protected)
    return _without_holes(row | _said(node.said))


def link_row(link: Link) -> Row:
    """Give what is said of a link, by column; a column that it says nothing of is left out."""
    row: dict[str, Cell] = {
        "id": link.id,
        "kind": link.kind.value,
        "from": link.from_id,
        "to": link.to_id,
        "symmetric": link.symmetric,
        "role": link.role.value if link.role else "",
        "basis": link.basis.value if link.basis else "",
        "as_written": link.as_written or "",
    }
    if link.weight is not None:
        row["weight"] = link.weight
    return _without_holes(row | _said(link.said))


def _said(said: Said | None) -> dict[str, Cell]:
    if said is None:
        return {}
    told: dict[str, Cell] = {name: str(getattr(said, name)) for name in _SAID}
    return told | {"disputed": "yes" if said.disputed else ""}


def _without_holes(row: dict[str, Cell]) -> Row:
    return {name: value for name, value in row.items() if value != ""}
