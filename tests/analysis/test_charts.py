"""A chart as files: nothing overlaps, every word has its Hindi, text stays text, and equal charts have equal bytes."""

import csv
import io
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import networkx
import pytest
from lxml import etree

from analysis.charts.figures import Figure, figures, joined, label_lines
from analysis.charts.files import Format, archive, files
from analysis.charts.graphml import graphml
from analysis.charts.layout import laid_out
from analysis.charts.model import Chart, Link, Missing, Node
from analysis.charts.shown import SHOWN
from analysis.charts.svg import missing, moment, svg
from analysis.charts.tables import links_csv, nodes_csv
from analysis.charts.text import cut, letters, lines, width
from analysis.charts.words import Language, label, phrase, table, word
from schemas.codes.states import MEMBERS
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Handling, Purpose
from schemas.ids import RecordType, ValueKind
from schemas.link import WALKED, Basis, LinkKind, Role
from schemas.person import PROTECTED, Category
from schemas.records import RECORDS
from tests.analysis.charts import MADE, chart, names, said, urn

SCHEMA = etree.XMLSchema(file=str(Path(__file__).parent.parent / "data" / "graphml_subset.xsd"))
SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<b>\"&'</b> =1+1 \u0939\u093f\u0902\u0926\u0940"


def of_words() -> dict[str, list[str]]:
    """Give every word that a chart can show, by the part of the table that says it."""
    parts: dict[str, list[str]] = {
        "kind": [*RecordType, *ValueKind],
        "relation": [kind.value for kind in WALKED],
        "role": [*Role],
        "basis": [*Basis],
        "state": [*MEMBERS],
        "purpose": [*Purpose],
        "handling": [*Handling],
        "source_grade": [*SourceGrade],
        "info_grade": [*InfoGrade],
    }
    for kind, shown in SHOWN.items():
        for name in shown:
            info = RECORDS[kind].content.model_fields.get(name)
            parts[name] = parts.get(name, []) + (_codes(info.annotation) if info else [])
    parts["category"] = [one for one in Category if one not in PROTECTED]
    return parts


def _codes(annotation: object) -> list[str]:
    if isinstance(annotation, type):
        return list(annotation) if issubclass(annotation, StrEnum) else []
    return [code for part in get_args(annotation) for code in _codes(part)]


def test_every_word_that_a_chart_can_show_has_its_hindi() -> None:
    rows = table(Language.HINDI)
    assert {part: set(codes) - rows.get(part, {}).keys() for part, codes in of_words().items()} == {
        part: set() for part in of_words()
    }
    assert table(Language.ENGLISH)["phrases"].keys() == rows["phrases"].keys()
    for part, said_ in rows.items():
        for code, text in said_.items():
            assert text == unicodedata.normalize("NFC", text)
            assert any("\u0900" <= char <= "\u097f" for char in text) or code in {"X"}, (part, code)


def test_no_row_of_a_table_is_left_over() -> None:
    known = of_words()
    for language in Language:
        for part, rows in table(language).items():
            if part != "phrases":
                assert set(rows) <= set(known[part]), (language, part)


def test_phrases_take_the_same_numbers_and_names_in_both_languages() -> None:
    for name, text in table(Language.ENGLISH)["phrases"].items():
        fields = dict.fromkeys(_fields(text), "1")
        assert _fields(table(Language.HINDI)["phrases"][name]) == set(fields)
        assert phrase(Language.HINDI, name, **fields)


def _fields(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_what_leaves_is_a_field_of_its_record_and_no_free_text() -> None:
    free = {"title", "summary", "note", "notes", "place", "address", "marks", "given", "evidence", "escalation", "ward"}
    for kind, shown in SHOWN.items():
        content = RECORDS[kind].content
        assert set(shown) <= {*content.model_fields, *content.model_computed_fields}
        assert not set(shown) & free
    assert set(SHOWN) == set(RecordType)


@pytest.mark.parametrize(("size", "seed"), [(1, 1), (2, 1), (12, 2), (60, 3), (200, 4)])
@pytest.mark.parametrize("language", list(Language))
def test_no_two_nodes_overlap_and_each_lies_in_its_territory(size: int, seed: int, language: Language) -> None:
    one = chart(size, seed)
    drawn = figures(one, language)
    layout = laid_out(one, {id: figure.box for id, figure in drawn.items()})
    covers = {id: figure.covers(layout.points[id]) for id, figure in drawn.items()}
    for (_, a), (_, b) in combinations(covers.items(), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    for node in one.nodes:
        left, up, right, down = covers[node.id]
        inside = [
            place.state
            for place in layout.territories
            if place.x <= left and place.y <= up and right <= place.x + place.width and down <= place.y + place.height
        ]
        assert len(inside) == 1
        assert node.said is None or inside == [node.said.owner]


def test_the_words_of_a_link_cover_no_node_nor_one_another() -> None:
    one = chart(40, 6)
    drawn = figures(one, Language.ENGLISH)
    points = laid_out(one, {id: figure.box for id, figure in drawn.items()}).points
    found = joined(one)
    texts, unlabelled = label_lines(found, points, drawn, Language.ENGLISH)
    assert len(texts) + unlabelled == len(found)
    assert texts
    covers = [figure.covers(points[id]) for id, figure in drawn.items()]
    for text in texts:
        half, x, y = width(text.text or "", 9.5) / 2, float(text.get("x", 0)), float(text.get("y", 0)) - 3
        here = (x - half, y - 5, x + half, y + 5)
        assert not [a for a in covers if a[0] < here[2] and here[0] < a[2] and a[1] < here[3] and here[1] < a[3]]
        covers.append(here)


def test_links_between_two_nodes_are_one_line_as_sure_as_the_surest() -> None:
    a, b, c = (Node(urn("person", n), RecordType.PERSON, said(), names("Teja Gill")) for n in range(3))
    ties = [
        (LinkKind.MEMBER_OF, b, a, InfoGrade.CANNOT_BE_JUDGED),
        (LinkKind.ASSOCIATE_OF, a, b, InfoGrade.KNOWN),
        (LinkKind.MET_WITH, b, c, InfoGrade.KNOWN),
    ]
    links = [Link(urn("link", n), k, x.id, y.id, said(info=g)) for n, (k, x, y, g) in enumerate(ties)]
    one = Chart((a.id,), (a, b, c), tuple(links), Missing())
    assert [(line.a, line.b, len(line.links), line.arrow) for line in joined(one)] == [
        (b.id, a.id, 2, True),
        (b.id, c.id, 1, False),
    ]
    root = ElementTree.fromstring(svg(one, MADE, Language.ENGLISH))
    dashes = [line.get("stroke-dasharray") for line in root.iter(f"{SVG}line") if line.get("marker-end")]
    assert dashes == [None]


def test_an_identifier_stands_with_the_state_of_most_of_its_neighbours() -> None:
    people = [
        Node(urn("person", n, s), RecordType.PERSON, said(s), names("Teja Gill"))
        for n, s in enumerate(("IN-PB", "IN-RJ", "IN-PB"))
    ]
    phones = [Node(f"{n:032x}", ValueKind.PHONE, None) for n in range(3)]
    links = [Link(urn("link", n), LinkKind.USES_PHONE, one.id, phones[0].id, said()) for n, one in enumerate(people)]
    links.append(Link(urn("link", 9), LinkKind.CALLED, phones[0].id, phones[1].id, said()))
    one = Chart((people[1].id,), (*people, *phones), tuple(links), Missing())
    drawn = figures(one, Language.ENGLISH)
    layout = laid_out(one, {id: figure.box for id, figure in drawn.items()})
    home = {place.state: place for place in layout.territories}
    assert [place.state for place in layout.territories] == ["IN-RJ", "IN-PB", ""]
    for phone, state in zip(phones, ("IN-PB", "IN-PB", ""), strict=True):
        x, y = layout.points[phone.id]
        assert home[state].x < x < home[state].x + home[state].width
        assert home[state].y < y < home[state].y + home[state].height


def test_graphml_is_valid_and_reads_back_as_the_same_network() -> None:
    one = chart(60, 5)
    content = graphml(one, Language.HINDI)
    SCHEMA.assertValid(etree.fromstring(content))
    read = networkx.read_graphml(io.BytesIO(content), force_multigraph=True)
    assert list(read) == [node.id for node in one.nodes]
    assert {(a, b, key) for a, b, key in read.edges(keys=True)} == {(x.from_id, x.to_id, x.id) for x in one.links}
    for link in one.links:
        data = read.edges[link.from_id, link.to_id, link.id]
        assert (data["kind"], data["symmetric"], data.get("weight")) == (link.kind.value, link.symmetric, link.weight)


def test_the_schema_refuses_what_is_no_graphml() -> None:
    content = graphml(chart(5), Language.ENGLISH)
    for good, bad in ((b'for="node"', b'for="knot"'), (b"<node id=", b"<knot id="), (b'key="node.kind"', b'key="no"')):
        broken = content.replace(good, bad).replace(b"</node>", b"</knot>" if b"knot id" in bad else b"</node>")
        assert not SCHEMA.validate(etree.fromstring(broken))


@pytest.mark.parametrize("text", [NASTY, "]]>", "a\x00b\x0bc\ufffe", "\ud800", "&amp;&#x0;"])
def test_text_is_escaped_and_what_xml_cannot_hold_is_replaced(text: str) -> None:
    node = Node("a" * 32, ValueKind.PHONE, None, writings=(text,))
    one = Chart((node.id,), (node,), (), Missing())
    kept = "".join("\ufffd" if char in "\x00\x0b\ufffe\ud800" else char for char in text)
    for content in (graphml(one, Language.ENGLISH), svg(one, MADE, Language.ENGLISH)):
        root = ElementTree.fromstring(content)
        assert any(kept in (part.text or "") for part in root.iter())


@pytest.mark.parametrize(
    "text", ["=1", "+91 98", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", '=cmd|"/c calc"!A0']
)
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    node = Node("a" * 32, ValueKind.PHONE, None, writings=(text,))
    link = Link(urn("link", 1), LinkKind.USES_PHONE, node.id, node.id, said(), as_written=text)
    one = Chart((node.id,), (node,), (link,), Missing())
    for content, column in ((nodes_csv(one, Language.ENGLISH), "label"), (links_csv(one), "as_written")):
        assert content.startswith(b"\xef\xbb\xbf")
        [row] = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        assert row[column] == "'" + text


def test_a_name_is_said_in_the_script_of_the_chart_if_it_is_recorded_so() -> None:
    both = Node(urn("person", 1), RecordType.PERSON, said(), names("Kiran Mewada", "किरण मेवाड़ा"))
    latin = Node(urn("person", 2), RecordType.PERSON, said(), names("Teja Gill"))
    assert [label(both, language) for language in Language] == ["Kiran Mewada", "किरण मेवाड़ा"]
    assert label(latin, Language.HINDI) == "Teja Gill"


def test_letters_are_never_parted_from_their_signs() -> None:
    assert letters("क्षत्रिय") == ["क्ष", "त्रि", "य"]
    assert letters("ਸਿੰਘ") == ["ਸਿੰ", "ਘ"]
    for most in range(10, 80, 5):
        shown = cut("विक्रमादित्य चंद्रशेखर", 12, most)
        assert "विक्रमादित्य चंद्रशेखर".startswith(shown.removesuffix("…"))
        assert width(shown, 12) <= most
        rest = "विक्रमादित्य चंद्रशेखर"[len(shown.removesuffix("…")) :]
        assert shown == "विक्रमादित्य चंद्रशेखर" or unicodedata.category(rest[0])[0] != "M"


def test_lines_break_at_spaces_and_the_last_is_cut() -> None:
    most = width("one two", 10)
    assert lines("one two three four", 10, most, 3) == ["one two", "three", "four"]
    first, last = lines("one two three four", 10, most, 2)
    assert (first, last[-1]) == ("one two", "…")
    assert width(last, 10) <= most
    assert lines("a\u00a0b c", 10, width("a\u00a0b", 10), 3) == ["a\u00a0b", "c"]


def test_a_drawing_needs_nothing_beside_it_and_runs_nothing() -> None:
    one = chart(30, 7)
    root = ElementTree.fromstring(svg(one, MADE, Language.HINDI))
    tags = {part.tag.removeprefix(SVG) for part in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "circle", "line", "text"}
    for part in root.iter():
        assert not [key for key in part.attrib if key.startswith("on") or key.rpartition("}")[2] == "href"]
    [style] = root.iter(f"{SVG}style")
    assert "url" not in (style.text or "")
    assert "@" not in (style.text or "")


@pytest.mark.parametrize("language", list(Language))
def test_what_is_missing_is_said_reason_by_reason(language: Language) -> None:
    one = chart(5)
    told = missing(one, MADE, language, 2)
    numbers = {"neighbours": {"count": 3, "at": 2}, "hubs": {"count": 1}, "labels_left": {"count": 2}}
    for name, given in numbers.items():
        assert phrase(language, name, **given) in told
    for name in ("links_cut", "protected_more", "free_text"):
        assert phrase(language, name) in told
    assert phrase(language, "complete") not in told
    nothing = Chart(one.starts, one.nodes, one.links, Missing())
    assert phrase(language, "complete") in missing(nothing, MADE, language, 0)
    words = "".join(part.text or "" for part in ElementTree.fromstring(svg(one, MADE, language)).iter(f"{SVG}text"))
    assert word(language, "handling", "H0") in words
    assert moment(MADE.at) == "01-06-2026 14:30 IST"
    assert moment(MADE.at) in words


def test_equal_charts_have_equal_bytes_and_another_has_not() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    made = [archive(files(chart(25, seed), MADE, list(Format), Language.ENGLISH), at) for seed in (3, 3, 4)]
    assert made[0] == made[1] != made[2]


def test_the_handling_of_a_chart_is_the_strictest_of_all_that_it_holds() -> None:
    node = Node(urn("person", 1), RecordType.PERSON, said(), names("Teja Gill"))
    link = Link(urn("link", 1), LinkKind.MET_WITH, node.id, node.id, said(handling=Handling.H2))
    assert Chart((node.id,), (node,), (link,), Missing()).handling is Handling.H2
    assert Chart((node.id,), (node,), (), Missing()).handling is Handling.H0


@pytest.mark.parametrize("language", list(Language))
def test_records_that_are_said_to_be_one_share_a_number_and_stay_apart(language: Language) -> None:
    some = [
        Node(urn("person", n), RecordType.PERSON, said(), names("Teja Gill"), cluster=c)
        for n, c in ((1, 1), (2, 1), (3, None))
    ]
    for nodes, there in ((some, True), (some[2:], False)):
        one = Chart((), tuple(nodes), (), Missing())
        drawn = svg(one, MADE, language).decode()
        assert (drawn.count("≡1"), phrase(language, "one")[:12] in drawn) == ((3, True) if there else (0, False))
        rows = csv.DictReader(io.StringIO(nodes_csv(one, language).decode("utf-8-sig"), newline=""))
        assert [row["cluster"] for row in rows] == (["1", "1", ""] if there else [""])
        read = networkx.read_graphml(io.BytesIO(graphml(one, language)))
        assert [read.nodes[node.id].get("cluster") for node in nodes] == ([1, 1, None] if there else [None])


def test_an_empty_chart_says_so() -> None:
    nothing = Chart((urn("person", 1),), (), (), Missing(records=1))
    made = files(nothing, MADE, list(Format), Language.HINDI)
    assert phrase(Language.HINDI, "nobody") in made["chart.svg"].decode()
    assert not networkx.read_graphml(io.BytesIO(made["chart.graphml"]))


def test_a_figure_covers_its_lines() -> None:
    for figure in figures(chart(40, 8), Language.HINDI).values():
        assert isinstance(figure, Figure)
        assert figure.box.down > figure.radius + 14 * len(figure.name)
        for line in figure.name:
            assert width(line, 12) / 2 <= figure.box.right
