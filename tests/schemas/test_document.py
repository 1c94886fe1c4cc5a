"""Documents: what a paper, picture or recording is, with none of its file."""

import pytest

from schemas.document import DocumentContent
from tests.schemas.refusals import refusals

DOCUMENT = {"title": "Order on remand", "document_kind": "COURT_ORDER"}
WHOLE = DOCUMENT | {
    "dated": "2025-03-04",
    "reference": "CC/0001/2025",
    "office": "Example Sessions Court",
    "language": "Hindi",
    "pages": 3,
    "summary": "Remand until the 18th.",
}


@pytest.mark.parametrize("said", [DOCUMENT, WHOLE])
def test_a_document_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(DocumentContent, said) == []
    kept = DocumentContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ({"pages": 0}, "pages", "greater_than_equal"),
        ({"pages": 100_001}, "pages", "less_than_equal"),
    ],
)
def test_a_document_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(DocumentContent, WHOLE | said) == [(where, why)]
