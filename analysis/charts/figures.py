"""How much room each node of a drawing takes, and how it and the links are drawn."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.charts.layout import Box, Point
from analysis.charts.looks import (
    ACROSS,
    DASHES,
    INK,
    LINE,
    LINK_SIZE,
    META_SIZE,
    NAME_SIZE,
    PAPER,
    RINGS,
    START,
    SYMBOLS,
    state_colour,
)
from analysis.charts.markup import Element, add, element
from analysis.charts.model import Chart, Link, Node
from analysis.charts.text import cut, lines, width
from analysis.charts.words import Language, label, word
from schemas.ids import RecordType, ValueKind
from schemas.person import Custody

_NAME_STEP, _META_STEP = 16.0, 13.5
_NAME_MOST, _META_MOST, _LINK_MOST = 132.0, 146.0, 150.0
_TOGETHER = "\u00a0"
# More labels than this are read by nobody.
_MOST_LABELS = 400
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8)

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One node as it will be drawn: its radius, the lines below it, and all that it covers."""

    node: Node
    start: bool
    radius: float
    name: Sequence[str]
    meta: Sequence[str]
    box: Box

    def covers(self, at: Point) -> Rectangle:
        """Give what it covers where it stands, as left, top, right, bottom."""
        x, y = at
        return x - self.box.left + 4, y - self.box.up + 4, x + self.box.right - 4, y + self.box.down - 4


def figures(chart: Chart, language: Language) -> dict[str, Figure]:
    """Measure every node."""
    starts = set(chart.starts)
    return {node.id: _figure(node, node.id in starts, language) for node in chart.nodes}


def _figure(node: Node, start: bool, language: Language) -> Figure:
    radius = 19.0 if node.kind in (RecordType.PERSON, RecordType.GANG) else 16.0
    radius += 6.0 if start else 0.0
    name = lines(label(node, language), NAME_SIZE * 1.06, _NAME_MOST, 2)
    meta = lines(_meta(node, language), META_SIZE, _META_MOST, 2) + list(
        node.protected[:1] and [cut(" ".join(node.protected), META_SIZE, _META_MOST)]
    )
    widest = max(
        [width(line, NAME_SIZE * 1.06) for line in name] + [width(line, META_SIZE) for line in meta], default=0.0
    )
    half = max(widest / 2, radius + 15.0) + 7.0
    down = radius + 6.0 + _NAME_STEP * len(name) + _META_STEP * len(meta) + 8.0
    return Figure(node, start, radius, name, meta, Box(half, half, radius + 11.0, down))


def _meta(node: Node, language: Language) -> str:
    """Give what stands below a node's name: its grade, and what must be known of a person or a gang at once."""
    if node.said is None:
        return word(language, "kind", node.kind.value)
    told = [node.said.grade] if node.cluster is None else [f"{node.said.grade}{_TOGETHER}· ≡{node.cluster}"]
    for name in ("category", "standing", "custody"):
        fact = node.fact(name)
        if fact is not None and fact.value != Custody.UNKNOWN:
            told.append(word(language, name, fact.value).replace(" ", _TOGETHER))
    return f"{_TOGETHER}· ".join(told)


def draw_node(figure: Figure, at: Point, language: Language) -> Element:
    """Draw one node: its symbol in a shape, the badge of its state, its name, grade and standing."""
    x, y = at
    node, radius = figure.node, figure.radius
    group = element("g", class_="node")
    add(group, "title", f"{label(node, language)} — {word(language, 'kind', node.kind.value)} — {node.id}")
    if figure.start:
        add(group, "circle", cx=x, cy=y, r=radius + 5, fill="none", stroke=START, stroke_width=4)
    group.append(shape(node.kind, custody_of(node), x, y, radius))
    if node.said is not None:
        badge(group, node.said.owner, x + radius * 0.72, y - radius * 0.82)
    below = y + radius + 6.0
    for line in figure.name:
        below += _NAME_STEP
        add(group, "text", line, x=x, y=round(below - 3.0, 1), class_="name")
    for line in figure.meta:
        below += _META_STEP
        add(group, "text", line, x=x, y=round(below - 2.5, 1), class_="meta")
    return group


def custody_of(node: Node) -> Custody | None:
    """Give where a person is, as last recorded; None for whatever is none."""
    fact = node.fact("custody")
    return Custody(fact.value) if fact is not None else None


def shape(kind: RecordType | ValueKind, custody: Custody | None, x: float, y: float, radius: float) -> Element:
    """Draw a kind's shape with its symbol: a person in a ring of custody, anything else in a square."""
    group = element("g")
    if kind is RecordType.PERSON:
        colour, dashes, thick = RINGS[custody or Custody.UNKNOWN]
        ring = add(group, "circle", cx=x, cy=y, r=radius, fill=PAPER, stroke=colour, stroke_width=thick)
        if dashes:
            ring.set("stroke-dasharray", dashes)
    else:
        side = 2 * radius
        square = {"x": x - radius, "y": y - radius, "width": side, "height": side, "rx": radius * 0.34}
        add(group, "rect", **square, fill=PAPER, stroke=INK, stroke_width=1.6)
    scale = radius * 1.16 / 24.0
    place = f"translate({round(x - 12 * scale, 2)} {round(y - 12 * scale, 2)}) scale({round(scale, 4)})"
    add(group, "path", d=SYMBOLS[kind], fill=INK, fill_rule="evenodd", transform=place)
    return group


def badge(group: Element, state: str, x: float, y: float) -> None:
    """Draw the badge of a state: its two letters on its colour."""
    add(group, "rect", x=round(x - 2, 1), y=round(y - 8, 1), width=20, height=13, rx=6.5, fill=state_colour(state))
    add(group, "text", state[-2:], x=round(x + 8, 1), y=round(y + 1.8, 1), class_="badge")


@dataclass(frozen=True, slots=True)
class Line:
    """All links between two nodes as one line, from `a` to `b`; `arrow` if all that have a direction point there."""

    a: str
    b: str
    links: Sequence[Link]
    arrow: bool


def joined(chart: Chart) -> list[Line]:
    """Bring the links between the same two nodes together, in order of the nodes' ids."""
    between: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in chart.links:
        if link.from_id != link.to_id:
            between[min(link.from_id, link.to_id), max(link.from_id, link.to_id)].append(link)
    made = []
    for (a, b), links in sorted(between.items()):
        ways = {link.from_id for link in links if not link.symmetric}
        back = ways == {b}
        made.append(Line(b if back else a, a if back else b, links, arrow=len(ways) == 1))
    return made


def draw_line(line: Line, points: Mapping[str, Point], drawn: Mapping[str, Figure], *, across: bool) -> Element:
    """Draw a line between two nodes, from edge to edge, as sure as the surest of its links and thicker for more."""
    (ax, ay), (bx, by) = points[line.a], points[line.b]
    length = math.hypot(bx - ax, by - ay) or 1.0
    ux, uy = (bx - ax) / length, (by - ay) / length
    start, end = drawn[line.a].radius + 5.0, drawn[line.b].radius + (9.0 if line.arrow else 5.0)
    strength = sum(link.weight or 1 for link in line.links)
    made = element(
        "line",
        x1=round(ax + ux * start, 1),
        y1=round(ay + uy * start, 1),
        x2=round(bx - ux * end, 1),
        y2=round(by - uy * end, 1),
        stroke=ACROSS if across else LINE,
        stroke_width=round(1.3 + min(2.7, 0.55 * math.log2(strength)), 2),
    )
    dashes = DASHES[min(link.said.info_grade for link in line.links)]
    if dashes:
        made.set("stroke-dasharray", dashes)
    if line.arrow:
        made.set("marker-end", "url(#across)" if across else "url(#arrow)")
    return made


def label_lines(
    found: Sequence[Line], points: Mapping[str, Point], drawn: Mapping[str, Figure], language: Language
) -> tuple[list[Element], int]:
    """Write beside each line what its links say, where there is room; give how many found none."""
    if len(found) > _MOST_LABELS:
        return [], len(found)
    taken = [figure.covers(points[id]) for id, figure in drawn.items()]
    made: list[Element] = []
    for line in found:
        text = cut(_saying(line, language), LINK_SIZE, _LINK_MOST)
        (ax, ay), (bx, by) = points[line.a], points[line.b]
        wide = width(text, LINK_SIZE) + 6.0
        for part in _PLACES:
            x, y = ax + (bx - ax) * part, ay + (by - ay) * part
            here = (x - wide / 2, y - 6.5, x + wide / 2, y + 6.5)
            if not any(_meet(here, other) for other in taken):
                taken.append(here)
                made.append(element("text", text, x=round(x, 1), y=round(y + 3.0, 1), class_="link"))
                break
    return made, len(found) - len(made)


def _saying(line: Line, language: Language) -> str:
    told = []
    for link in line.links:
        text = word(language, "relation", link.kind.value)
        detail = word(language, "role", link.role.value) if link.role else None
        if link.basis:
            detail = word(language, "basis", link.basis.value)
        if link.weight is not None:
            detail = f"{detail} {link.weight}" if detail else str(link.weight)
        told.append(f"{text}: {detail}" if detail else text)
    return " · ".join(dict.fromkeys(told))


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
