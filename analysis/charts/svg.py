"""A chart as one drawing that needs nothing beside it: no script, no picture, no font, no address to load from.

Letters are shaped by whoever shows it, so that Devanagari is set as it should be wherever a font for it is.
"""

from datetime import datetime

from analysis.charts.figures import Figure, draw_line, draw_node, figures, joined, label_lines
from analysis.charts.layout import Layout, laid_out
from analysis.charts.legend import WIDTH, legend
from analysis.charts.looks import ACROSS, LINE, PAPER, STYLE, state_colour
from analysis.charts.markup import Element, add, element, written
from analysis.charts.model import Chart, Made
from analysis.charts.text import lines
from analysis.charts.words import Language, label, phrase, word
from schemas.envelope import INDIA
from schemas.handling import Purpose

_PAD = 24.0
_LEAST = 640.0
_STEP = 18.0


def svg(chart: Chart, made: Made, language: Language) -> bytes:
    """Draw a chart: what it is, the network by states, the legend, and the lines of what is missing."""
    drawn = figures(chart, language)
    layout = laid_out(chart, {id: figure.box for id, figure in drawn.items()})
    body = max(layout.width, _LEAST)
    total = _PAD + body + _PAD + WIDTH + _PAD
    root = element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    root.set("xml:lang", language.value)
    add(root, "title", title(chart, language))
    add(root, "desc", said(chart, made, language))
    add(root, "style", STYLE)
    _arrows(root)
    paper = add(root, "rect", x=0, y=0, width=total, fill=PAPER)
    top = _head(root, chart, made, language, total - 2 * _PAD)
    network, unlabelled = _network(chart, layout, drawn, language)
    network.set("transform", f"translate({_PAD} {top})")
    root.append(network)
    key, ends = legend(chart, language, _PAD + body + _PAD, top - 12.0)
    root.append(key)
    bottom = max(top + layout.height, ends) + _PAD
    _mark(root, made, _PAD + body / 2, top + layout.height / 2)
    for sentence in missing(chart, made, language, unlabelled):
        for line in lines(sentence, 12.0, total - 2 * _PAD, 4):
            add(root, "text", line, x=_PAD, y=bottom, class_="said")
            bottom += _STEP
    height = bottom + _PAD / 2
    paper.set("height", str(height))
    root.set("viewBox", f"0 0 {total} {height}")
    root.set("width", str(total))
    root.set("height", str(height))
    return written(root)


def title(chart: Chart, language: Language) -> str:
    """Say around whom the network is."""
    labels = {node.id: label(node, language) for node in chart.nodes}
    around = [labels[id] for id in chart.starts if id in labels]
    if not around:
        return phrase(language, "nobody")
    named = around[0]
    if len(around) > 1:
        named = phrase(language, "and_more", first=named, count=len(around) - 1)
    return phrase(language, "title", around=named)


def said(chart: Chart, made: Made, language: Language) -> str:
    """Say how much is shown, and that only this node was asked."""
    return phrase(
        language,
        "shown",
        nodes=len(chart.nodes),
        links=len(chart.links),
        node=word(language, "state", made.node),
    )


def missing(chart: Chart, made: Made, language: Language, unlabelled: int) -> list[str]:
    """Say what the viewer sees and the chart does not show, a sentence for each reason."""
    gone = chart.missing
    told = []
    if gone.neighbours:
        told.append(phrase(language, "neighbours", count=gone.neighbours, at=gone.at))
    if gone.hubs:
        told.append(phrase(language, "hubs", count=gone.hubs))
    if gone.links_cut:
        told.append(phrase(language, "links_cut"))
    if gone.records or gone.links:
        counts = {
            "records": gone.records,
            "links": gone.links,
            "identifiers": gone.identifiers,
            "ends": gone.ends,
        }
        told.append(phrase(language, "handling_left", **counts))
    if gone.protected:
        told.append(phrase(language, "protected_more"))
    complete = [] if told else [phrase(language, "complete")]
    if unlabelled:
        told.append(phrase(language, "labels_left", count=unlabelled))
    return [said(chart, made, language), *complete, *told, phrase(language, "free_text")]


def moment(at: str) -> str:
    """Write a moment as it is read in India."""
    return datetime.fromisoformat(at).astimezone(INDIA).strftime("%d-%m-%Y %H:%M IST")


def _head(root: Element, chart: Chart, made: Made, language: Language, most: float) -> float:
    y = _PAD + 16.0
    for line in lines(title(chart, language), 22.0, most, 2):
        add(root, "text", line, x=_PAD, y=y, class_="title")
        y += 27.0
    purpose = word(language, "purpose", made.purpose)
    why = phrase(language, "made", case=made.case_ref, purpose=purpose, at=moment(made.at), officer=made.officer)
    nature = phrase(
        language,
        "nature",
        handling=chart.handling.value,
        meaning=word(language, "handling", chart.handling.value),
    )
    if made.purpose == Purpose.TRAINING:
        nature = f"{phrase(language, 'training')} {nature}"
    for sentence, looks in ((why, "said"), (nature, "nature")):
        for line in lines(sentence, 12.5, most, 3):
            add(root, "text", line, x=_PAD, y=y, class_=looks)
            y += _STEP
    return y + 8.0


def _network(chart: Chart, layout: Layout, drawn: dict[str, Figure], language: Language) -> tuple[Element, int]:
    """Draw territories, then lines, then nodes, then what the lines say; give how many lines say nothing."""
    group = element("g", class_="network")
    for place in layout.territories:
        colour = state_colour(place.state)
        box = {"x": place.x, "y": place.y, "width": place.width, "height": place.height}
        add(group, "rect", **box, rx=14, fill=colour, fill_opacity=0.06, stroke=colour, stroke_opacity=0.45)
        if place.state:
            named = word(language, "state", place.state)
            add(group, "text", named, x=place.x + 16, y=place.y + 24, class_="territory", style=f"fill: {colour}")
    owner = {node.id: node.said.owner if node.said else None for node in chart.nodes}
    found = joined(chart)
    for line in found:
        ends = {owner[line.a], owner[line.b]} - {None}
        group.append(draw_line(line, layout.points, drawn, across=len(ends) > 1))
    for node in chart.nodes:
        group.append(draw_node(drawn[node.id], layout.points[node.id], language))
    texts, unlabelled = label_lines(found, layout.points, drawn, language)
    group.extend(texts)
    return group, unlabelled


def _arrows(root: Element) -> None:
    """Define the heads of arrows; a marker does not take its line's colour in every viewer."""
    defs = add(root, "defs")
    for name, colour in (("arrow", LINE), ("across", ACROSS)):
        marker = add(defs, "marker", id=name, viewBox="0 0 8 8", refX=6, refY=4)
        for side in ("markerWidth", "markerHeight"):
            marker.set(side, "8")
        marker.set("markerUnits", "userSpaceOnUse")
        marker.set("orient", "auto")
        add(marker, "path", d="M0 0.5L8 4L0 7.5z", fill=colour)


def _mark(root: Element, made: Made, x: float, y: float) -> None:
    """Write faintly over the chart who took it away, and when."""
    text = f"{made.officer} · {moment(made.at)}"
    turned = f"rotate(-20 {round(x, 1)} {round(y, 1)})"
    add(root, "text", text, x=round(x, 1), y=round(y, 1), class_="mark", transform=turned)
