"""A mapping file is refused with a line and a sentence for everything that is wrong with it."""

from datetime import date
from pathlib import Path

import pytest

from intake.lines import BadMapping
from intake.mapping import read_mapping
from intake.reading import read

ON = date(2026, 1, 15)
GOOD = """\
mapping: 1
source: station-list
format: csv
marking:
  unit: RJ-D-SKR
  legal_basis: Training
  case_ref: TRN/1
  source_grade: B
  info_grade: "2"
  handling: H0
  level: 1
  audience: []
  review_after_days: 180
  expires_after_days: 900
tables:
  statuses: {s: SUSPECT, c: CONTACT}
records:
  - from: rows
    type: person
    ref: "p/{no}"
    fields:
      category: {column: status, as: lookup, table: statuses}
      names:
        - {text: "{name}", script: Latn, kind: LEGAL}
        - for_each: {column: aliases, as: split, by: ","}
          give: {text: "{item}", script: Latn, kind: URF}
links:
  - from: rows
    when: {column: mobile, is_not: ""}
    kind: USES_PHONE
    ref: "phone/{no}"
    from_: "p/{no}"
    to: {kind: PHONE, value: "{mobile}"}
"""


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadMapping) as refused:
        read_mapping(text, on=ON)
    return [(problem.line, problem.message) for problem in refused.value.problems]


def line_of(part: str, text: str = GOOD) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_good_mapping_names_the_columns_that_it_reads_with_their_lines() -> None:
    mapping = read_mapping(GOOD, on=ON)
    assert ("rows", "status", line_of("column: status")) in mapping.used
    assert {column for _, column, _ in mapping.used} == {"no", "status", "name", "aliases", "mobile"}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("category:", "catgory:", "catgory", "There is no field `catgory` here"),
        ("script: Latn, kind: LEGAL", "scrip: Latn, kind: LEGAL", "scrip:", "There is no field `scrip` here"),
        ("kind: URF}", "kind: URFF}", "URFF", "This must be one of"),
        ('    ref: "p/{no}"\n', "", "from: rows", "`ref` is needed here."),
        ("format: csv", "format: xlsx", "xlsx", "This must be one of"),
        ("type: person", "type: human", "human", "`type`: This must be one of"),
        ("kind: USES_PHONE", "kind: OWNS_PHONE", "OWNS_PHONE", "`kind`: This must be one of"),
        ("as: lookup, table: statuses", "as: lookup, table: status", "column: status", "There is no table `status`"),
        ("as: lookup, table: statuses", "as: lookup", "column: status", "`as: lookup` needs its `table`."),
        ('as: split, by: ","}', 'as: split, by: ",", zone: Z}', "zone: Z", "`as: split` has no `zone`."),
        ("as: lookup, table: statuses", "as: eval", "as: eval", "This must be one of"),
        ('p/{no}"\n    fields', 'p/{no"\n    fields', 'p/{no"', "A brace that stands for itself is doubled"),
        ("unit: RJ-D-SKR", "unit: rj", "unit: rj", "This is not written as its kind is."),
        ("level: 1", "level: 9", "level: 9", "This must be one of"),
        ("  audience: []\n", "", "marking:", "The marking needs its `audience`."),
        ("audience: []", "audience: [IN-XX]", "IN-XX", "A state is one of"),
        ("audience: []", "audience: []\n  colour: red", "colour", "There is no field `colour` here"),
        ("review_after_days: 180", "review_after_days: 9000", "9000", "a number of days from 1 to 1825"),
        ("review_after_days: 180", "review_on: 2020-01-01", "2020", "The review date must lie in the future."),
        ('when: {column: mobile, is_not: ""}', "when: {column: mobile}", "mobile}", "either `is` or `is_not`"),
        ("kind: PHONE,", "kind: FAX,", "FAX", "This must be one of"),
        ('to: {kind: PHONE, value: "{mobile}"}', "to: 5", "to: 5", "An end is a record's ref"),
        ("  - from: rows\n    type", "  - from: nodes\n    type", "nodes", "Rules of a csv file are from `rows`."),
        ("mapping: 1", "mapping: 2", "mapping: 2", "This must be one of 1"),
        ("source: station-list", "source: Station List", "Station", "This is not written as its kind is."),
        ("source: station-list", "source: station-list\nsource: other", "other", "`source` stands here twice"),
        ("source: station-list", "source: &a station-list", "&a", "no anchors and no aliases"),
        ("source: station-list", "source: !!python/object:os.system x", "!!python", "no tags"),
        ("source: station-list", 'source: "a\\ud800b"', "ud800", "Write this between quotation marks"),
        ("marking:\n", "marking: [\n", "unit", "This is not YAML"),
        ("tables:\n  statuses: {s: SUSPECT, c: CONTACT}", "tables: 5", "tables: 5", "a dictionary of fields"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(old: str, new: str, line: str, said: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    found = problems(text)
    assert any(said in message for _, message in found), found
    if said != "This is not YAML":
        assert (line_of(line, text), said) in [(number, said) for number, message in found if said in message]


def test_all_problems_come_at_once() -> None:
    text = GOOD.replace("category:", "catgory:").replace("level: 1", "level: 9").replace("kind: URF}", "kind: X}")
    assert len(problems(text)) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "- 1",
        "5",
        "a: b: c",
        "\x00",
        "{",
        "mapping: 1\n---\nmapping: 1",
        "[" * 5000,
        "{a: " * 5000,
        "? [1]\n: 2",
        "mapping: 0x",
        "mapping: .inf",
        "a: *b",
        "\t- x",
        "\ufeffmapping: 1",
        "x" * 300_000,
    ],
)
def test_what_is_no_mapping_at_all_is_refused_in_words(text: str) -> None:
    assert all(message.endswith(".") or "This is not YAML" in message for _, message in problems(text))


def test_a_bomb_of_aliases_is_refused_before_it_is_built() -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(20)
    )
    assert "anchors" in problems(bomb)[0][1]


def test_a_column_that_the_file_lacks_is_named_with_the_line_of_the_mapping(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("no,status,nmae,aliases,mobile\n", encoding="utf-8")
    with pytest.raises(BadMapping) as refused:
        list(read(source, read_mapping(GOOD, on=ON)))
    assert [problem.line for problem in refused.value.problems] == [line_of('text: "{name}"')]
    assert "`name`" in refused.value.problems[0].message
