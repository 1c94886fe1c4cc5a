"""The legend of a drawing: what is there of kinds, states, custody, lines and grades, and what each means."""

from collections.abc import Callable
from functools import partial

from analysis.charts.figures import badge, custody_of, shape
from analysis.charts.looks import ACROSS, DASHES, LINE, RINGS, START
from analysis.charts.markup import Element, add, element
from analysis.charts.model import Chart
from analysis.charts.text import lines
from analysis.charts.words import Language, phrase, word
from schemas.gradings import InfoGrade, SourceGrade
from schemas.ids import RecordType, ValueKind
from schemas.person import Custody

WIDTH = 268.0
_SIZE, _STEP, _INDENT = 11.5, 19.0, 34.0


class _Column:
    """Writes entries below one another."""

    def __init__(self, x: float, y: float) -> None:
        self.group = element("g", class_="key")
        self.x, self.y = x, y

    def heading(self, text: str) -> None:
        self.y += 12.0
        add(self.group, "text", text, x=self.x, y=self.y + 12.0, class_="heading")
        self.y += _STEP

    def entry(self, text: str, draw: Callable[[Element, float, float], object] | None = None) -> None:
        """Write one entry, with its sign before it if there is one."""
        indent = _INDENT if draw is not None else 0.0
        if draw is not None:
            draw(self.group, self.x + 12.0, self.y + 9.0)
        for line in lines(text, _SIZE, WIDTH - indent, 3):
            add(self.group, "text", line, x=self.x + indent, y=self.y + 13.0, class_="legend")
            self.y += _STEP - 3.0
        self.y += 7.0 if draw is not None else 3.0


def legend(chart: Chart, language: Language, x: float, y: float) -> tuple[Element, float]:
    """Draw the legend of what the chart holds, and give where it ends."""
    column = _Column(x, y)
    _kinds(column, chart, language)
    _states(column, chart, language)
    _custody(column, chart, language)
    _sources(column, chart, language)
    _information(column, chart, language)
    return column.group, column.y


def _kinds(column: _Column, chart: Chart, language: Language) -> None:
    column.heading(phrase(language, "nodes"))
    for code, count in chart.by_kind().items():
        kind = RecordType(code) if code in set(RecordType) else ValueKind(code)
        column.entry(f"{word(language, 'kind', code)} · {count}", partial(_symbol, kind))
    if set(chart.starts) & {node.id for node in chart.nodes}:
        column.entry(phrase(language, "start"), _start)
    if any(node.cluster is not None for node in chart.nodes):
        column.entry(phrase(language, "one"))
    if any(node.protected for node in chart.nodes):
        column.entry(phrase(language, "references"))


def _states(column: _Column, chart: Chart, language: Language) -> None:
    if chart.by_owner():
        column.heading(phrase(language, "states"))
    for state, count in chart.by_owner().items():
        column.entry(f"{word(language, 'state', state)} · {count}", partial(_badge, state))


def _custody(column: _Column, chart: Chart, language: Language) -> None:
    there = {custody for node in chart.nodes if (custody := custody_of(node)) is not None}
    if there:
        column.heading(phrase(language, "custody"))
    for custody in (one for one in Custody if one in there):
        column.entry(word(language, "custody", custody.value), partial(_ring, custody))


def _information(column: _Column, chart: Chart, language: Language) -> None:
    there = {said.info_grade for said in chart.all_said()}
    if there:
        column.heading(phrase(language, "information"))
    for grade in (one for one in InfoGrade if one in there):
        text = f"{grade.value}: {word(language, 'info_grade', grade.value)}"
        column.entry(text, partial(_stroke, LINE, DASHES[grade]))
    home = {node.id: node.said.owner for node in chart.nodes if node.said is not None}
    if any(len({home[id] for id in (link.from_id, link.to_id) if id in home}) > 1 for link in chart.links):
        column.entry(phrase(language, "between"), partial(_stroke, ACROSS, ""))
    if chart.links:
        column.entry(phrase(language, "thickness"))


def _sources(column: _Column, chart: Chart, language: Language) -> None:
    there = {said.source_grade for said in chart.all_said()}
    if there:
        column.heading(phrase(language, "source"))
    for grade in (one for one in SourceGrade if one in there):
        column.entry(f"{grade.value}: {word(language, 'source_grade', grade.value)}")


def _symbol(kind: RecordType | ValueKind, group: Element, x: float, y: float) -> None:
    group.append(shape(kind, None, x, y, 9.0))


def _start(group: Element, x: float, y: float) -> None:
    add(group, "circle", cx=x, cy=y, r=8, fill="none", stroke=START, stroke_width=4)


def _badge(state: str, group: Element, x: float, y: float) -> None:
    badge(group, state, x - 8.0, y + 2.0)


def _ring(custody: Custody, group: Element, x: float, y: float) -> None:
    colour, dashes, thick = RINGS[custody]
    _dashed(add(group, "circle", cx=x, cy=y, r=7.5, fill="none", stroke=colour, stroke_width=thick), dashes)


def _stroke(colour: str, dashes: str, group: Element, x: float, y: float) -> None:
    _dashed(add(group, "line", x1=x - 12, y1=y, x2=x + 16, y2=y, stroke=colour, stroke_width=2.2), dashes)


def _dashed(made: Element, dashes: str) -> None:
    if dashes:
        made.set("stroke-dasharray", dashes)
