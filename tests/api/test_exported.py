"""What is generated from the sources is as the sources would make it now, and says all that they say."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType
from pydantic import BaseModel, Field, StrictInt, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from api.composed import composed
from api.documents import TrustedDocuments
from api.exported import exported
from api.gql.schema import SCHEMA
from api.prepared import DocumentShelf
from api.reference import pages
from api.reference.forms import FORMS, bounds_of, type_of
from api.reference.identifiers import EXAMPLES
from graph.connections import CONNECTIONS, Kind
from sangam.documents import packaged
from sangam.spelling import camel
from schemas.aadhaar import has_aadhaar
from schemas.envelope import Envelope, PastDay
from schemas.gradings import SourceGrade
from schemas.ids import ValueKind, normal_form
from schemas.link import RELATIONS, LinkContent
from schemas.person import Address, Caution
from schemas.records import RECORDS
from schemas.text import Line, Prose

ROOT = Path(__file__).parents[2]
PAGES = pages()
TYPES = SCHEMA._schema.type_map

# Every word and every closed list, as pydantic finds them: what stands inside a word comes with it.
_WORDS: list[type[BaseModel]] = [*(word.content for word in RECORDS.values()), Envelope, LinkContent]
DEFINED: dict[str, dict[str, Any]] = models_json_schema([(word, "serialization") for word in _WORDS])[1]["$defs"]
HEADINGS = {word.content.__name__: word.name for word in RECORDS.values()} | {"LinkContent": "Link"}
# An answer gives the envelope under a name of its own, and keeps this back.
KEPT_BACK = {"status"}


def sections(page: str) -> dict[str, str]:
    """Give the text under each heading, up to the next."""
    _, *parts = re.split(r"^#+ (.+)\n", PAGES[page], flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def rows(text: str) -> Iterator[dict[str, str]]:
    """Give the rows of every table of a text, each cell by the head above it."""
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        heads, _, *lines = ([cell.strip() for cell in line[1:-1].split("|")] for line in table.splitlines())
        yield from (dict(zip(heads, line, strict=True)) for line in lines)


def typed(text: str) -> set[str]:
    """Give what a text marks as typed."""
    return set(re.findall(r"`([^`]+)`", text))


def said_of(name: str) -> dict[str, dict[str, str]]:
    """Give the row of each field under the heading of a word."""
    return {row["Field"].strip("`"): row for row in rows(sections("words.md")[HEADINGS.get(name, name)])}


def defined(key: str) -> list[str]:
    """Give the classes that have fields (`properties`) or values (`enum`)."""
    return sorted(name for name, one in DEFINED.items() if key in one)


def test_no_exported_file_differs_from_its_source() -> None:
    stale = [path.name for path, content in exported().items() if path.read_bytes() != content]
    assert stale == [], "run `make schema`"


def test_every_page_is_exported_and_no_other_stands_beside_them() -> None:
    folder = ROOT / "docs" / "reference"
    assert {path for path in exported() if path.parent == folder} == set(folder.iterdir())
    assert {path.name for path in folder.iterdir()} == PAGES.keys()


def test_every_document_of_the_client_is_one_that_a_node_in_production_answers() -> None:
    trusted = TrustedDocuments.packaged()
    DocumentShelf(SCHEMA._schema, trusted, training=False)
    assert all(trusted.text(one.digest) == one.text for one in packaged().values())
    written = {path.stem for path in (ROOT / "api" / "documents").glob("*.graphql")}
    assert written.isdisjoint(composed()), "what follows from our words is not written by hand as well"
    assert packaged().keys() == written | composed().keys()


def test_words_and_closed_lists_are_found() -> None:
    assert set(defined("properties")) >= {"PersonContent", "AssistanceContent", "Address", "Criterion", "Envelope"}
    assert set(defined("enum")) >= {"Category", "Level", "InfoGrade", "Role", "Status"}


@pytest.mark.parametrize("name", defined("properties"))
def test_every_field_of_every_word_appears_with_what_it_is(name: str) -> None:
    said, fields = said_of(name), DEFINED[name]["properties"]
    assert said.keys() == set(map(camel, fields))
    for field, shape in fields.items():
        # Where a field says the same as its closed list, pydantic says it once.
        told = shape.get("description") or DEFINED[shape["$ref"].rpartition("/")[2]]["description"]
        assert said[camel(field)]["What it is"] == told


@pytest.mark.parametrize("word", RECORDS.values(), ids=lambda word: word.name)
def test_a_record_says_what_is_needed_and_what_is_derived(word: Any) -> None:
    needed = {name: row["Needed"] for name, row in said_of(word.content.__name__).items()}
    fields = word.content.model_fields.items()
    assert needed == {camel(name): "yes" if info.is_required() else "no" for name, info in fields} | {
        camel(name): "derived" for name in word.content.model_computed_fields
    }
    assert {word.type.value, word.name, word.root} <= typed(sections("words.md")[word.name])


@pytest.mark.parametrize("name", defined("properties"))
def test_every_field_has_its_name_in_graphql(name: str) -> None:
    heading = HEADINGS.get(name, name)
    type = TYPES["Provenance" if heading == "Envelope" else heading]
    assert isinstance(type, GraphQLObjectType)
    assert said_of(name).keys() - type.fields.keys() == (KEPT_BACK if heading == "Envelope" else set())


@pytest.mark.parametrize("name", defined("enum"))
def test_every_closed_list_appears_with_its_values(name: str) -> None:
    text, type = sections("words.md")[name], TYPES.get(name)
    assert set(map(str, DEFINED[name]["enum"])) <= typed(text)
    assert DEFINED[name]["description"].splitlines()[0] in text
    if isinstance(type, GraphQLEnumType):
        assert type.values.keys() <= typed(text)
    else:
        assert name in {"Level", "Status"}


@pytest.mark.parametrize("page", PAGES)
def test_no_description_is_empty(page: str) -> None:
    for heading, text in sections(page).items():
        assert text.strip(), heading
        for row in rows(text):
            assert row.get("What it is", "A sentence.").endswith("."), (heading, row)
            # Only a bound, or what a relation says of itself, may be nothing at all.
            empty = {head for head, cell in row.items() if not cell}
            assert empty <= {"Bounds", "Must say", "May say", "Leaves the protected out"}, (heading, row)


def test_every_relation_appears_with_its_ends() -> None:
    said = {
        (row["Relation"].strip("`"), from_, to)
        for row in rows(sections("relations.md")["Relations"])
        for from_ in re.findall(r"\[(\w+)\]", row["From"])
        for to in re.findall(r"\[(\w+)\]", row["To"])
    }
    name = {word.type: word.name for word in RECORDS.values()} | {kind: kind.value for kind in ValueKind}
    assert said == {(kind.value, name[a], name[b]) for kind, row in RELATIONS.items() for a, b in row.ends}


def test_a_relation_says_what_stands_in_its_row() -> None:
    for row in rows(sections("relations.md")["Relations"]):
        relation = next(one for one in RELATIONS.values() if one.kind.value == row["Relation"].strip("`"))
        assert (row["Either way"] == "yes", row["Walked"] == "yes") == (relation.symmetric, relation.walked)
        assert typed(row["Must say"]) == set(map(camel, relation.required))
        assert typed(row["May say"]) | {"note"} == set(map(camel, relation.fields - relation.required))


@pytest.mark.parametrize("kind", Kind)
def test_every_connection_appears_and_says_whether_it_leaves_the_protected_out(kind: Kind) -> None:
    heading = next((word.name for word in RECORDS.values() if word.type.value == kind), "Identifier")
    said = {row["Connection"].strip("`"): row for row in rows(sections("relations.md")[heading])}
    assert said.keys() == {camel(name) for name in CONNECTIONS[kind]}
    for name, one in CONNECTIONS[kind].items():
        row = said[camel(name)]
        assert row["What it is"] == one.leads_to
        assert typed(row["Along"]) == {link.value for link in one.kinds}
        assert (row["Leaves the protected out"] == "yes") is one.walk


@pytest.mark.parametrize("kind", ValueKind)
def test_every_identifier_has_an_example_that_comes_to_its_normal_form(kind: ValueKind) -> None:
    text = sections("identifiers.md")[kind.value]
    assert EXAMPLES[kind]
    for raw, normal in EXAMPLES[kind]:
        assert raw != normal
        assert (normal_form(kind, raw), normal_form(kind, normal)) == (normal, normal)
        assert {raw, normal} <= typed(text)


@pytest.mark.parametrize(("type", "form"), FORMS.items(), ids=lambda one: getattr(one, "one", ""))
def test_every_way_of_writing_has_an_example_that_is_taken(type: Any, form: Any) -> None:
    TypeAdapter(type).validate_python(form.example)


@pytest.mark.parametrize(
    ("annotation", "default", "type", "bounds"),
    [
        (Line, ..., "line of text", "at most 200 characters"),
        (Prose | None, None, "text", "at most 10,000 characters"),
        (PastDay | None, None, "day", "not in the future"),
        (bool, False, "yes or no", "no if not said"),
        (Annotated[StrictInt, Field(ge=1900, le=2099)] | None, None, "whole number", "1900 to 2099"),
        (Annotated[StrictInt, Field(ge=0, lt=10**5)], ..., "whole number", "0 to 99,999"),
        (SourceGrade, SourceGrade.X, "one of [SourceGrade](#sourcegrade): `A`, `B`, `C`, `X`", "`X` if not said"),
        (Annotated[tuple[Caution, ...], Field(max_length=10)], (), "list of [Caution](#caution)", "at most 10 items"),
        (
            Annotated[tuple[Address, ...], Field(min_length=1, max_length=40)],
            ...,
            "list of [Address](#address)",
            "1 to 40 items",
        ),
        (
            Annotated[tuple[Line, ...], Field(max_length=60)],
            (),
            "list of lines of text",
            "at most 60 items; each at most 200 characters",
        ),
    ],
)
def test_a_type_and_its_bounds_are_said_in_plain_words(annotation: Any, default: Any, type: str, bounds: str) -> None:
    assert type_of(annotation) == type
    assert bounds_of(FieldInfo.from_annotated_attribute(annotation, default)) == bounds


def test_every_link_of_the_pages_leads_to_a_heading() -> None:
    there = {
        f"{page}#{heading.lower().replace(' ', '-')}" for page in PAGES for heading in sections(page)
    } | PAGES.keys()
    mapping = (ROOT / "docs" / "import-mapping.md").read_text(encoding="utf-8")
    leads = set(re.findall(r"\(reference/([^)]+)\)", mapping))
    for page, text in PAGES.items():
        headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
        assert len(headings) == len({heading.lower() for heading in headings}), page
        leads |= {page + to if to.startswith("#") else to for to in re.findall(r"\]\(([^)]+)\)", text)}
    assert len(leads) > 50
    assert leads - there == set()


def test_no_page_shows_what_could_be_an_aadhaar_number() -> None:
    assert not any(has_aadhaar(line) for text in PAGES.values() for line in text.splitlines())
