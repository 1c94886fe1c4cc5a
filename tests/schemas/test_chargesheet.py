"""Charge-sheets: which of them the threshold of BNS 111 counts."""

from datetime import date
from itertools import product

import pytest

from schemas.chargesheet import ChargeSheetContent, counted_since, more_than_one
from tests.schemas.refusals import refusals

SHEET = {"sheet_number": "12/2025", "sheet_kind": "MAIN", "filed_on": "2025-06-01", "sections": ["BNS 308(4)"]}
COUNTED = SHEET | {
    "court": "Example Sessions Court",
    "fir_number": "0042/2025",
    "cognizance_on": "2025-06-01",
    "three_years_cognizable": True,
    "for_gang": True,
    "summary": "Two accused.",
}


@pytest.mark.parametrize("said", [SHEET, COUNTED, SHEET | {"three_years_cognizable": False, "for_gang": False}])
def test_a_charge_sheet_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(ChargeSheetContent, said) == []
    kept = ChargeSheetContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        (
            {"cognizance_on": "2025-05-31"},
            "",
            "A court takes cognizance of a charge-sheet on the day of its filing or later.",
        ),
        ({"court": None}, "", "Cognizance is taken by a court, which is named."),
        ({"sections": []}, "sections", "too_short"),
        ({"sheet_kind": None}, "sheet_kind", "enum"),
        ({"for_gang": "perhaps"}, "for_gang", "bool_parsing"),
        ({"counts_for_bns111": True}, "counts_for_bns111", "extra_forbidden"),
    ],
)
def test_a_charge_sheet_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(ChargeSheetContent, COUNTED | said) == [(where, why)]


@pytest.mark.parametrize(
    ("kind", "cognizance", "grave", "gang"),
    list(product(("MAIN", "SUPPLEMENTARY"), ("2025-06-01", None), (True, False, None), (True, False, None))),
)
def test_it_counts_only_if_every_condition_is_said_to_be_met(
    kind: str, cognizance: str | None, grave: bool | None, gang: bool | None
) -> None:
    said = {"sheet_kind": kind, "cognizance_on": cognizance, "three_years_cognizable": grave, "for_gang": gang}
    sheet = ChargeSheetContent.model_validate(COUNTED | said)
    assert sheet.counts_for_bns111 is ((kind, cognizance, grave, gang) == ("MAIN", "2025-06-01", True, True))


@pytest.mark.parametrize(
    ("day", "since"),
    [("2026-06-01", "2016-06-01"), ("2028-02-29", "2018-02-28"), ("2024-12-31", "2014-12-31")],
)
def test_the_ten_years_begin_on_the_same_day_of_the_year(day: str, since: str) -> None:
    assert counted_since(date.fromisoformat(day)) == date.fromisoformat(since)


@pytest.mark.parametrize(
    ("numbers", "met"),
    [
        ([], False),
        (["a"], False),
        (["a", "b"], True),
        (["a", "a"], False),
        (["a", "ab", "b"], True),
        (["ab", "b", "a c", "a"], True),
        (["ab", "bc", "ac"], False),
        (["", ""], True),
        (["", "a"], True),
    ],
)
def test_two_charge_sheets_are_more_than_one_if_they_share_no_number(numbers: list[str], met: bool) -> None:
    assert more_than_one(map(frozenset, numbers)) is met
