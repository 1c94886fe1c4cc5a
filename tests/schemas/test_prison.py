"""Prison stays: they begin before they end, and end in a way that their reason allows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.prison import CustodyReason, PrisonStayContent, StayEnd
from tests.schemas.refusals import refusals

STAY = {"prison": "Example Central Jail"}
WHOLE = STAY | {
    "place_unit": "RJ-D-DDU",
    "ward": "Barrack 4",
    "prisoner_number": "UT-0042/2025",
    "custody_reason": "JUDICIAL_CUSTODY",
    "admitted_on": "2025-01-10",
    "expected_release": "2025-01-10",
    "released_on": "2025-01-10",
    "ended_by": "TRANSFER",
    "transferred_to": "Example District Jail",
    "note": "Moved for his safety.",
}
BACKWARDS = "The person would go out before coming in: the last day lies before the first."
UNCHARGED = "A preventive detention has no charge and no sentence that could end."
DETAINED = "Only a preventive detention ends in this way."
UNCHARGED_ENDS = {"ACQUITTAL", "DISCHARGE", "SENTENCE_SERVED", "REMISSION"}


@pytest.mark.parametrize(
    "said",
    [
        STAY,
        WHOLE,
        STAY | {"released_on": "2025-01-10"},
        STAY | {"ended_by": "TRANSFER"},
        # He may be let out earlier, or later, than was expected.
        WHOLE | {"expected_release": "2025-06-01", "released_on": "2025-02-01"},
        WHOLE | {"expected_release": "2025-02-01", "released_on": "2025-06-01"},
    ],
)
def test_a_stay_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(PrisonStayContent, said) == []
    kept = PrisonStayContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ({"released_on": "2025-01-09"}, "", BACKWARDS),
        ({"expected_release": "2025-01-09"}, "", "The person cannot be expected to go out before coming in."),
        ({"ended_by": "BAIL"}, "", "Only a stay that ended by transfer names the next prison."),
        ({"ended_by": None}, "", "Only a stay that ended by transfer names the next prison."),
        ({"prison": None}, "prison", "This must be text."),
        ({"admitted_on": 20250110}, "admitted_on", "A day is written 2026-01-31."),
    ],
)
def test_a_stay_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(PrisonStayContent, WHOLE | said) == [(where, why)]


@pytest.mark.parametrize("end", StayEnd)
@pytest.mark.parametrize("reason", [None, *CustodyReason])
def test_a_preventive_detention_ends_without_a_charge_and_it_alone_ends_as_one(
    reason: CustodyReason | None, end: StayEnd
) -> None:
    preventive = reason is CustodyReason.PREVENTIVE_DETENTION
    why = None
    if preventive and end.value in UNCHARGED_ENDS:
        why = UNCHARGED
    elif not preventive and end is StayEnd.DETENTION_ENDED:
        why = DETAINED
    assert refusals(PrisonStayContent, STAY | {"custody_reason": reason, "ended_by": end}) == (
        [("", why)] if why else []
    )


days = st.dates(date(1850, 1, 1), date(2200, 1, 1))


@given(days, days)
def test_nobody_goes_out_before_coming_in(admitted: date, released: date) -> None:
    found = refusals(PrisonStayContent, STAY | {"admitted_on": admitted, "released_on": released})
    assert found == ([("", BACKWARDS)] if released < admitted else [])
