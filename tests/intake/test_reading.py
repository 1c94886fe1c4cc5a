"""Files of other people: what can be used is drafted, what cannot is refused with its line, and nothing is lost."""

import contextlib
import csv
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.lines import BadMapping
from intake.mapping import Mapping, read_mapping
from intake.preview import preview
from intake.reading import bytes_to_read, read
from intake.rows import BadSource, RefusedRow, RepeatedRow
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.person import Category
from tests.intake.test_mapping import GOOD

ON = date(2026, 1, 15)
HEADER = "no,status,name,aliases,mobile\n"
GRAPHML = GOOD.replace("format: csv", "format: graphml").replace("from: rows", "from: nodes")
NAMESPACE = 'xmlns="http://graphml.graphdrawing.org/xmlns"'
KEYS = "".join(f'<key id="k{n}" for="node" attr.name="{n}"/>' for n in ("no", "status", "name", "aliases", "mobile"))


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return read_mapping(GOOD, on=ON)


def from_bytes(tmp_path: Path, mapping: Mapping, raw: bytes) -> list[object]:
    source = tmp_path / "source"
    source.write_bytes(raw)
    return list(read(source, mapping))


def refused(found: list[object]) -> list[tuple[int, str, str]]:
    rows = [row for row in found if isinstance(row, RefusedRow)]
    return [(row.line, problem.field, problem.reason) for row in rows for problem in row.problems]


def test_rows_become_records_and_then_links(tmp_path: Path, mapping: Mapping) -> None:
    raw = (HEADER + '7,s,"Kabir Neem","Topi, Chai",+91 61111 00001\n8,c,Sunil Imli,,\n').encode("utf-8-sig")
    first, second, link = from_bytes(tmp_path, mapping, raw)
    assert isinstance(first, RecordDraft)
    assert (first.ref, first.content.category) == ("p/7", Category.SUSPECT)
    assert [name.text for name in first.content.names] == ["Kabir Neem", "Topi", "Chai"]
    assert isinstance(second, RecordDraft)
    assert [name.text for name in second.content.names] == ["Sunil Imli"]
    assert isinstance(link, LinkDraft)
    assert isinstance(link.to, ValueEnd)
    assert (link.from_, link.to.value) == ("p/7", "+91 61111 00001")


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        (b"7,s,Kabir", "", "3 cells and the header has 5"),
        (b"7,s,Ka\xffbir,,", "", "not UTF-8"),
        (b"7,s,Ka\x00bir,,", "", "NUL"),
        (b"7,s," + b"x" * 200_000 + b",,", "", "more than 131,072 characters"),
        (b"7,s," + b"x" * 10_000_000 + b",,", "", "more than 1,048,576 bytes"),
        (b"7,s," + b"x" * 300 + b",,", "names.0.text", "at most 200 characters"),
        (b'7,s,"Ka"bir,,', "", "not CSV"),
        (b"7,z,Kabir Neem,,", "category", "does not know"),
        (b"7,,Kabir Neem,,", "category", "This is needed."),
        (b"7,s,,,", "names", "at least 1"),
        (b",s,Kabir Neem,,", "ref", "This is needed"),
        ("7,s,Kab\u202eir Neem,,".encode(), "names.0.text", "invisible characters"),
        ("7,s,K\u0430bir Neem,,".encode(), "names.0.text", "written in one script"),
        (b"7,s,Kabir 2345 6789 0124,,", "names.0.text", "Aadhaar"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_its_neighbours_come_in(
    tmp_path: Path, mapping: Mapping, row: bytes, field: str, said: str
) -> None:
    raw = HEADER.encode() + b"1,s,Kabir Neem,,\n" + row + b"\n\n9,s,Sunil Imli,,\n"
    found = from_bytes(tmp_path, mapping, raw)
    assert [draft.ref for draft in found if isinstance(draft, RecordDraft)] == ["p/1", "p/9"]
    assert [(line, at) for line, at, _ in refused(found)] == [(3, field)]
    assert said in refused(found)[0][2]
    assert "Kabir" not in refused(found)[0][2]


def test_a_quoted_cell_may_hold_line_breaks_and_lines_are_counted_through_them(
    tmp_path: Path, mapping: Mapping
) -> None:
    raw = HEADER.encode() + b'1,s,Kabir Neem,"Topi,\n\nChai",\n2,z,Sunil Imli,,\n'
    found = from_bytes(tmp_path, mapping, raw)
    assert [name.text for name in found[0].content.names] == ["Kabir Neem", "Topi", "Chai"]
    assert refused(found)[0][0] == 5


def test_an_open_quotation_mark_ends_the_reading_and_says_so(tmp_path: Path, mapping: Mapping) -> None:
    raw = HEADER.encode() + b'1,s,Kabir Neem,,\n2,s,"Sunil,,\n3,s,Arun Neem,,\n'
    found = from_bytes(tmp_path, mapping, raw)
    assert [draft.ref for draft in found if isinstance(draft, RecordDraft)] == ["p/1"]
    assert [(line, reason) for line, _, reason in refused(found)] == [
        (3, "A quotation mark is never closed; nothing from here on was read.")
    ]


def test_the_same_row_twice_is_repeated_and_the_same_ref_for_another_is_refused(
    tmp_path: Path, mapping: Mapping
) -> None:
    raw = HEADER.encode() + b"1,s,Kabir Neem,,\n1,s,Kabir Neem,,\n1,s,Sunil Imli,,\n"
    found = from_bytes(tmp_path, mapping, raw)
    assert [type(draft) for draft in found] == [RecordDraft, RepeatedRow, RefusedRow]
    assert refused(found) == [(4, "ref", "An earlier row has the same ref and says something else.")]


def test_a_link_with_a_bad_number_or_without_its_record_is_refused(tmp_path: Path, mapping: Mapping) -> None:
    raw = HEADER.encode() + b"1,s,Kabir Neem,,12\n2,z,Sunil Imli,,+91 61111 00001\n"
    found = from_bytes(tmp_path, mapping, raw)
    assert [(line, field) for line, field, _ in refused(found)] == [(3, "category"), (2, "to.value"), (3, "from_")]


def test_a_link_of_a_kind_that_does_not_join_its_ends_is_refused(tmp_path: Path) -> None:
    wrong = read_mapping(GOOD.replace("kind: USES_PHONE", "kind: CALLED"), on=ON)
    found = from_bytes(tmp_path, wrong, HEADER.encode() + b"1,s,Kabir Neem,,+91 61111 00001\n")
    assert refused(found) == [(2, "kind", "CALLED does not go from person to PHONE.")]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_formula_is_a_text_and_never_stands_alive_in_the_file_of_refused_rows(
    tmp_path: Path, mapping: Mapping, formula: str
) -> None:
    source = tmp_path / "list.csv"
    source.write_text(HEADER + f'1,"{formula}",Kabir Neem,,\n2,s,"{formula}",,\n', encoding="utf-8")
    preview(source, mapping, tmp_path / "refused.csv")
    with (tmp_path / "refused.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert cells[:3] == ["line", "field", "reason"]
    assert not any(cell.startswith(("=", "+", "-", "@")) or formula in cell for cell in cells)
    names = [draft.content.names[0].text for draft in read(source, mapping) if isinstance(draft, RecordDraft)]
    assert names == [formula]


def test_a_column_named_as_a_formula_is_made_inert(tmp_path: Path) -> None:
    source = tmp_path / "net.graphml"
    source.write_text(
        f'<graphml {NAMESPACE}><key id="k" for="node" attr.name="=x"/>{KEYS}<graph>'
        '<node id="1"><data key="k">a</data><data key="k">b</data></node></graph></graphml>'
    )
    preview(source, read_mapping(GRAPHML, on=ON), tmp_path / "refused.csv")
    assert "\n2" not in (tmp_path / "refused.csv").read_text()
    assert "'=x" in (tmp_path / "refused.csv").read_text()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"", "The file is empty."),
        (b"no,status,name,aliases,mobile,name\n", "Two columns"),
        (b"no,,status,name,aliases,mobile\n", "Every column"),
        ("no,status,name,aliases,mobile\n".encode("utf-16"), "not UTF-8"),
        ("no,status,name,aliases,mobile\n".encode("utf-16-le"), "NUL"),
        (b'"no,status\n', "never closed"),
        (b"x" * 2_000_000, "more than 1,048,576 bytes"),
    ],
)
def test_a_header_that_cannot_be_read_refuses_the_file(
    tmp_path: Path, mapping: Mapping, header: bytes, said: str
) -> None:
    with pytest.raises(BadSource, match=said):
        from_bytes(tmp_path, mapping, header)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path, mapping: Mapping) -> None:
    with pytest.raises(BadSource, match="cannot be read"):
        list(read(tmp_path / "none.csv", mapping))


def graphml(body: str, doctype: str = "", attributes: str = "") -> bytes:
    head = f'<?xml version="1.0"?>{doctype}<graphml {NAMESPACE}{attributes}>'
    return f"{head}\n{KEYS}\n<graph>{body}</graph></graphml>".encode()


def node(id: str, **data: str) -> str:
    return (
        f'<node id="{id}">' + "".join(f'<data key="k{key}">{text}</data>' for key, text in data.items()) + "</node>\n"
    )


LAUGHS = (
    '<!DOCTYPE graphml [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    ("doctype", "inside", "attributes"),
    [
        (LAUGHS, "&j;", ""),
        (LAUGHS, "x", ' about="&j;"'),
        (LAUGHS, "x", ""),
        ('<!DOCTYPE graphml [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;", ""),
        ('<!DOCTYPE graphml SYSTEM "http://127.0.0.1:1/g.dtd">', "x", ""),
        ('<!DOCTYPE graphml [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]>', "x", ""),
        ("<!DOCTYPE graphml>", "x", ""),
    ],
)
def test_entities_are_never_followed(tmp_path: Path, doctype: str, inside: str, attributes: str) -> None:
    raw = graphml(node("1", no="1", status="s", name=inside), doctype, attributes)
    with pytest.raises(BadSource, match=r"document type|not XML"):
        from_bytes(tmp_path, read_mapping(GRAPHML, on=ON), raw)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ('<node><data key="kno">1</data></node>', "A node has an id."),
        ('<node id="1"><data key="kzz">1</data></node>', "does not declare"),
        ('<node id="1"><data key="kno">1</data><data key="kno">2</data></node>', "two values"),
        (f'<node id="1"><data key="kno">{"x" * 200_000}</data></node>', "more than 131,072 characters"),
        ("<hyperedge/>", "more than two nodes"),
    ],
)
def test_a_bad_node_is_refused_and_its_neighbours_come_in(tmp_path: Path, bad: str, said: str) -> None:
    good = node("7", no="7", status="s", name="Kabir Neem"), node("8", no="8", status="s", name="Sunil Imli")
    found = from_bytes(tmp_path, read_mapping(GRAPHML, on=ON), graphml(good[0] + bad + good[1]))
    assert [draft.ref for draft in found if isinstance(draft, RecordDraft)] == ["p/7", "p/8"]
    assert [said in reason for _, _, reason in refused(found)] == [True]


@pytest.mark.parametrize("broken", ["<node", "</graph>", "\x00", f"<node id='1'>{'x' * 11_000_000}</node>"])
def test_where_xml_breaks_the_reading_ends_and_says_so(tmp_path: Path, broken: str) -> None:
    good = node("7", no="7", status="s", name="Kabir Neem")
    found = from_bytes(tmp_path, read_mapping(GRAPHML, on=ON), graphml(good + broken))
    assert [draft.ref for draft in found if isinstance(draft, RecordDraft)] == ["p/7"]
    assert len(refused(found)) == 1
    assert "nothing from here on was read" in refused(found)[0][2]


@pytest.mark.parametrize(
    "raw", [b"", b"not xml", b"<a/>", f"<graphml {NAMESPACE}/>".encode(), b"\xff\xfe<", b"PK\x03\x04"]
)
def test_what_is_no_graphml_is_refused_as_a_whole(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(BadSource):
        from_bytes(tmp_path, read_mapping(GRAPHML, on=ON), raw)


def test_lines_are_right_far_down_a_long_file_and_memory_does_not_grow_with_its_rows(tmp_path: Path) -> None:
    rules = read_mapping(
        GRAPHML.partition("links:")[0].replace("type: person", "type: person\n    when: {column: no, is: x}"), on=ON
    )
    source = tmp_path / "long.graphml"
    source.write_bytes(
        graphml(
            "\n" * 70_000
            + "".join(node(str(n), no="1", status="s") for n in range(10_000))
            + node("z", no="x", status="?", name="Kabir Neem")
        )
    )
    tracemalloc.start()
    found = list(read(source, rules))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [line for line, _, _ in refused(found)] == [80_003]
    assert peak < 1_500_000


def test_progress_ends_at_the_bytes_that_were_promised(tmp_path: Path, mapping: Mapping) -> None:
    source = tmp_path / "list.csv"
    source.write_text(HEADER + "".join(f"{n},s,Kabir Neem,,\n" for n in range(1200)), encoding="utf-8")
    seen: list[int] = []
    assert sum(1 for _ in read(source, mapping, progress=seen.append)) == 1200
    assert seen == sorted(seen)
    assert seen[-1] == bytes_to_read(source, mapping)
    assert len(seen) > 4


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_csv(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    found = from_bytes(tmp_path_factory.getbasetemp(), read_mapping(GOOD, on=ON), HEADER.encode() + raw)
    assert all(isinstance(thing, RecordDraft | LinkDraft | RefusedRow | RepeatedRow) for thing in found)


PIECES = [*"{}[]:,-\"'&*!|>%@` \n#?ab1", "from", "{no}", "column: ", "for_each: "]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_text_breaks_the_reading_of_a_mapping(text: str) -> None:
    for raw in (text, GOOD + text, GOOD.replace("Training", text)):
        with contextlib.suppress(BadMapping):
            assert read_mapping(raw, on=ON).source
