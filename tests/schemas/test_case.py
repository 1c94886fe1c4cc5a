"""Cases: what was registered, when, and how far it has come."""

import pytest

from schemas.case import CaseContent
from tests.schemas.refusals import refusals

CASE = {"title": "Shots at a showroom", "registered_on": "2025-03-04", "case_status": "UNDER_INVESTIGATION"}
WHOLE = CASE | {
    "station": "Example Nagar",
    "station_unit": "RJ-D-DDU",
    "fir_number": "0042/2025",
    "fir_kind": "ZERO",
    "sections": ["BNS 308(4)", "ARMS 25(6)"],
    "court": "Example Sessions Court",
    "case_status": "TRIAL",
    "investigated_by": "Anti-Gangster Task Force",
    "summary": "A call, then shots.",
}


@pytest.mark.parametrize("said", [CASE, WHOLE, CASE | {"fir_number": "मु.अ.सं. 42/2025"}])
def test_a_case_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(CaseContent, said) == []
    kept = CaseContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ({"fir_number": None}, "", "How a report was taken is said of a report with its number."),
        ({"registered_on": None}, "registered_on", "A day is written 2026-01-31."),
        ({"case_status": "PENDING"}, "case_status", "enum"),
        ({"fir_kind": "HALF"}, "fir_kind", "enum"),
        (
            {"sections": ["BNS ३०८"]},
            "sections.0",
            "A reference holds Latin letters, digits, spaces and . _ / ( ) : - only.",
        ),
        ({"victim": "somebody"}, "victim", "extra_forbidden"),
    ],
)
def test_a_case_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(CaseContent, WHOLE | said) == [(where, why)]
