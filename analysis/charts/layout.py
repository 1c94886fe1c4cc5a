"""Where everything of a chart stands: a territory for each state, nodes that push apart and links that pull together.

In order:
1. An identifier, which no state owns, stands with the state that most of its neighbours are of.
2. In a territory nodes start on a spiral, those asked from inmost, and are moved by springs and repulsion (Fruchterman
   and Reingold 1991), each looking only at what is near.
3. Boxes that overlap are pushed apart, and everything is spread until none do.
4. Territories are set in rows.

No chance anywhere: the same chart is laid out the same.
"""

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.charts.model import Chart

Point = tuple[float, float]

_SPRING = 165.0
_NEAR = 2.2 * _SPRING
_TURNS = 140
_SPREAD = 1.08
_PUSHES = 10
_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))
_ASPECT = 1.5
_GAP = 22.0
NO_STATE = ""

# A state, the points of its nodes from its corner, its width and height.
_Part = tuple[str, dict[str, Point], float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """How far what is drawn of a node reaches from its point, in pixels."""

    left: float
    right: float
    up: float
    down: float


@dataclass(frozen=True, slots=True)
class Territory:
    """One state's part of the chart; '' holds identifiers that stand with no state."""

    state: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Points of the nodes by id, territories, and the size of all, in pixels from the upper left corner."""

    points: Mapping[str, Point]
    territories: Sequence[Territory]
    width: float
    height: float


def laid_out(chart: Chart, boxes: Mapping[str, Box], *, margin: float = 26.0, head: float = 34.0) -> Layout:
    """Lay a chart out; `margin` is kept within a territory, and `head` above its nodes for its name."""
    pairs = sorted({(min(a, b), max(a, b)) for a, b in ((link.from_id, link.to_id) for link in chart.links) if a != b})
    around: dict[str, list[str]] = defaultdict(list)
    for a, b in pairs:
        around[a].append(b)
        around[b].append(a)
    home = _homes(chart, around)
    far = _hops(chart, around)
    parts: dict[str, list[str]] = defaultdict(list)
    for node in sorted(chart.nodes, key=lambda node: (far.get(node.id, math.inf), -len(around[node.id]), node.id)):
        parts[home[node.id]].append(node.id)
    placed: list[_Part] = []
    for state in sorted(parts, key=lambda state: (far.get(parts[state][0], math.inf), -len(parts[state]), state)):
        inside = [(a, b) for a, b in pairs if home[a] == home[b] == state]
        points = _apart(_moved(parts[state], inside), boxes)
        placed.append((state, *_cornered(points, boxes, margin, head)))
    return _in_rows(placed)


def _homes(chart: Chart, around: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Give the territory of each node; an identifier of identifiers alone stands with those nearest that have one."""
    home = {node.id: node.said.owner for node in chart.nodes if node.said is not None}
    waiting = [node.id for node in chart.nodes if node.id not in home]
    while waiting:
        found = {}
        for id in waiting:
            states = [home[other] for other in around.get(id, ()) if other in home]
            if states:
                found[id] = min(states, key=lambda state: (-states.count(state), state))
        if not found:
            break
        home |= found
        waiting = [id for id in waiting if id not in home]
    return home | dict.fromkeys(waiting, NO_STATE)


def _hops(chart: Chart, around: Mapping[str, Sequence[str]]) -> dict[str, int]:
    known = {node.id for node in chart.nodes}
    far = {id: 0 for id in chart.starts if id in known}
    queue = deque(far)
    while queue:
        id = queue.popleft()
        for other in around.get(id, ()):
            if other not in far:
                far[other] = far[id] + 1
                queue.append(other)
    return far


def _moved(ids: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, Point]:
    """Start from a spiral and let springs and repulsion move the nodes, less and less."""
    number = {id: place for place, id in enumerate(ids)}
    xs = [0.62 * _SPRING * math.sqrt(i) * math.cos(i * _GOLDEN) * 1.25 for i in range(len(ids))]
    ys = [0.62 * _SPRING * math.sqrt(i) * math.sin(i * _GOLDEN) for i in range(len(ids))]
    ends = [(number[a], number[b]) for a, b in pairs]
    turns = _TURNS if len(ids) <= 150 else _TURNS // 3
    for turn in range(turns):
        dx, dy = _repelled(xs, ys)
        for a, b in ends:
            x, y = xs[b] - xs[a], ys[b] - ys[a]
            length = math.hypot(x, y) or 1.0
            pull = length / _SPRING
            dx[a], dy[a] = dx[a] + x * pull, dy[a] + y * pull
            dx[b], dy[b] = dx[b] - x * pull, dy[b] - y * pull
        most = 0.5 * _SPRING * (1.0 - turn / turns) + 1.0
        for i in range(len(ids)):
            x, y = dx[i] - 0.3 * xs[i], dy[i] - 0.42 * ys[i]
            length = math.hypot(x, y)
            step = min(1.0, most / length) if length else 0.0
            xs[i], ys[i] = xs[i] + x * step, ys[i] + y * step
    # Far below a pixel, so that no two nodes lie in one point.
    return {id: (xs[i] + i * 1e-6, ys[i] + i * 2e-6) for id, i in number.items()}


def _repelled(xs: Sequence[float], ys: Sequence[float]) -> tuple[list[float], list[float]]:
    """Give how each node is pushed by those near it."""
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        cells[int(x // _NEAR), int(y // _NEAR)].append(i)
    dx, dy = [0.0] * len(xs), [0.0] * len(xs)
    for (column, row), here in cells.items():
        for i in here:
            for beside in (-1, 0, 1):
                for below in (-1, 0, 1):
                    for j in cells.get((column + beside, row + below), ()):
                        if j <= i:
                            continue
                        x, y = xs[i] - xs[j], ys[i] - ys[j]
                        squared = x * x + y * y or 1.0
                        if squared > _NEAR * _NEAR:
                            continue
                        push = _SPRING * _SPRING / squared
                        dx[i], dy[i] = dx[i] + x * push, dy[i] + y * push
                        dx[j], dy[j] = dx[j] - x * push, dy[j] - y * push
    return dx, dy


def _apart(points: dict[str, Point], boxes: Mapping[str, Box]) -> dict[str, Point]:
    """Push boxes apart, and spread all of them where that does not do, until none overlaps another."""
    while True:
        for _ in range(_PUSHES):
            if not _pushed(points, boxes):
                return points
        points = {id: (x * _SPREAD, y * _SPREAD) for id, (x, y) in points.items()}


def _pushed(points: dict[str, Point], boxes: Mapping[str, Box]) -> bool:
    """Move each overlapping pair apart on the shorter way, and say whether there was one."""
    met = _meeting(points, boxes)
    for a, b in met:
        (ax, ay), (bx, by) = points[a], points[b]
        across = min(ax + boxes[a].right - bx + boxes[b].left, bx + boxes[b].right - ax + boxes[a].left)
        along = min(ay + boxes[a].down - by + boxes[b].up, by + boxes[b].down - ay + boxes[a].up)
        if across <= 0 or along <= 0:
            continue  # an earlier pair has moved one of them
        x = y = 0.0
        if across < along:
            x = (across / 2 + 0.5) * (1 if ax <= bx else -1)
        else:
            y = (along / 2 + 0.5) * (1 if ay <= by else -1)
        points[a], points[b] = (ax - x, ay - y), (bx + x, by + y)
    return bool(met)


def _meeting(points: Mapping[str, Point], boxes: Mapping[str, Box]) -> list[tuple[str, str]]:
    """Give the pairs of boxes that overlap, found from left to right."""
    spans = sorted((points[id][0] - box.left, points[id][0] + box.right, id) for id, box in _of(points, boxes))
    met: list[tuple[str, str]] = []
    open_: list[tuple[float, str, float, float]] = []
    for left, right, id in spans:
        up, down = points[id][1] - boxes[id].up, points[id][1] + boxes[id].down
        open_ = [one for one in open_ if one[0] > left]
        met += [(other, id) for _, other, above, below in open_ if above < down and up < below]
        open_.append((right, id, up, down))
    return met


def _of(points: Mapping[str, Point], boxes: Mapping[str, Box]) -> list[tuple[str, Box]]:
    return [(id, boxes[id]) for id in points]


def _cornered(
    points: Mapping[str, Point], boxes: Mapping[str, Box], margin: float, head: float
) -> tuple[dict[str, Point], float, float]:
    """Move the points so that their territory begins at the origin, in whole pixels; give its width and height too."""
    left = min(x - boxes[id].left for id, (x, _) in points.items()) - margin
    top = min(y - boxes[id].up for id, (_, y) in points.items()) - margin - head
    right = max(x + boxes[id].right for id, (x, _) in points.items()) + margin
    bottom = max(y + boxes[id].down for id, (_, y) in points.items()) + margin
    moved = {id: (float(round(x - left)), float(round(y - top))) for id, (x, y) in points.items()}
    return moved, float(math.ceil(right - left)), float(math.ceil(bottom - top))


def _in_rows(placed: Sequence[_Part]) -> Layout:
    """Set territories in rows, in their order, as many in each as bring all nearest to a sheet's form."""
    tried = [_rows(placed, placed[:count]) for count in range(1, len(placed) + 1)] or [_rows(placed, ())]
    return min(tried, key=lambda layout: max(layout.width, layout.height * _ASPECT))


def _rows(placed: Sequence[_Part], first: Sequence[_Part]) -> Layout:
    """Set territories in rows no wider than one of these, unless one alone is."""
    widest = sum(width + _GAP for _, _, width, _ in first)
    points: dict[str, Point] = {}
    territories: list[Territory] = []
    x = y = row = reached = 0.0
    for state, inside, width, height in placed:
        if x and x + width > widest:
            x, y, row = 0.0, y + row + _GAP, 0.0
        territories.append(Territory(state, x, y, width, height))
        points |= {id: (x + px, y + py) for id, (px, py) in inside.items()}
        reached, row = max(reached, x + width), max(row, height)
        x += width + _GAP
    return Layout(points, territories, reached, y + row)
