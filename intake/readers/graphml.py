"""GraphML, node by node and edge by edge, whatever the size of the file.

A document type is refused: with it go entities, whether they are to swell the file or to fetch another. The network is
never asked, and text longer than the parser's own bound ends the reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from intake.rows import LONGEST_CELL, BadSource, RefusedRow, Row

SECTIONS = {"node": "nodes", "edge": "edges"}
_OWN = {"nodes": ("id",), "edges": ("id", "source", "target")}
_NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
_NO_DOCTYPE = "A GraphML file here has no document type and no entities."


@dataclass(frozen=True, slots=True)
class _Key:
    column: str
    default: str


class _Keys:
    """The declared attributes by section and id, each with its column."""

    def __init__(self) -> None:
        self.by_id: dict[str, dict[str, _Key]] = {"nodes": {}, "edges": {}}

    def columns(self, section: str) -> tuple[str, ...]:
        """Give the declared columns of a section in their order."""
        return tuple(key.column for key in self.by_id[section].values())

    def declare(self, key: etree._Element) -> None:
        """Take a `key` in; an attribute named like one of the file's own columns is read as `data:<name>`."""
        wanted = key.get("for", "all")
        id = key.get("id") or ""
        name = key.get("attr.name") or id
        found = key.find(f"{_NAMESPACE}default")
        default = "" if found is None else (found.text or "").strip()
        for element, section in SECTIONS.items():
            if wanted in ("all", element):
                column = f"data:{name}" if name in _OWN[section] else name
                taken = {other.column for other in self.by_id[section].values()}
                if not id or column in taken or id in self.by_id[section]:
                    raise BadSource(f"Line {_line(key)}: two attributes of {section} have one name or id, or none.")
                self.by_id[section][id] = _Key(column, default)


def columns(file: BinaryIO, delimiter: str = "") -> dict[str, tuple[str, ...]]:
    """Give the columns of nodes and edges by what the file declares before its first graph. Raises BadSource."""
    keys = _Keys()
    try:
        for event, element in _events(file):
            if event == "start" and element.tag == f"{_NAMESPACE}graph":
                return {section: (*own, *keys.columns(section)) for section, own in _OWN.items()}
            if event == "end" and element.tag == f"{_NAMESPACE}key":
                keys.declare(element)
    except etree.XMLSyntaxError as problem:
        raise BadSource(f"The file is not XML: it breaks on line {problem.lineno or 1}.") from problem
    raise BadSource("The file holds no graph.")


def rows(file: BinaryIO, delimiter: str = "") -> Iterator[Row | RefusedRow]:
    """Give nodes and edges in the order of the file. Raises BadSource for a file that is no GraphML at all."""
    keys = _Keys()
    line = 1
    try:
        for event, element in _events(file):
            line = _line(element)
            if event == "start":
                continue
            name = str(element.tag).removeprefix(_NAMESPACE)
            if name == "key":
                keys.declare(element)
            elif name in SECTIONS:
                yield _row(element, SECTIONS[name], keys.by_id[SECTIONS[name]])
                _forget(element)
            elif name == "hyperedge":
                yield RefusedRow.because(line, "An edge between more than two nodes is not read.")
                _forget(element)
    except etree.XMLSyntaxError as problem:
        yield RefusedRow.because(problem.lineno or line, "The XML is broken here; nothing from here on was read.")


def _events(file: BinaryIO) -> Iterator[tuple[str, etree._Element]]:
    context = etree.iterparse(
        file,
        events=("start", "end"),
        tag=[f"{_NAMESPACE}{name}" for name in ("graphml", "graph", "key", "node", "edge", "hyperedge")],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    root = next(iter(context), None)
    if root is None:
        return
    # Anything that could declare an entity stands before the root element begins.
    if root[1].getroottree().docinfo.doctype:
        raise BadSource(_NO_DOCTYPE)
    yield root
    yield from context


def _row(element: etree._Element, section: str, keys: dict[str, _Key]) -> Row | RefusedRow:
    line = _line(element)
    cells = {key.column: key.default for key in keys.values()}
    for name in _OWN[section]:
        cells[name] = (element.get(name) or "").strip()
        if not cells[name] and name != "id":
            return RefusedRow.because(line, "An edge has a source and a target.", name)
    if section == "nodes" and not cells["id"]:
        return RefusedRow.because(line, "A node has an id.", "id")
    seen = set()
    for data in element.iterfind(f"{_NAMESPACE}data"):
        key = keys.get(data.get("key", ""))
        if key is None:
            return RefusedRow.because(line, "It has data under a key that the file does not declare.")
        if key.column in seen:
            return RefusedRow.because(line, "It has two values for one attribute.", key.column)
        text = "".join(str(piece) for piece in data.itertext())
        if len(text) > LONGEST_CELL:
            return RefusedRow.because(line, f"A value has more than {LONGEST_CELL:,} characters.", key.column)
        seen.add(key.column)
        cells[key.column] = text.strip()
    return Row(line, section, cells)


def _line(element: Any) -> int:
    """Give the line of an element; the type stubs do not know that it is a number."""
    return int(element.sourceline or 1)


def _forget(element: etree._Element) -> None:
    """Drop an element that has been read and all before it, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
