"""What a marking says of its ends: within five years, to the day."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.envelope import Marking, life_problem
from schemas.gradings import InfoGrade, SourceGrade
from schemas.handling import Compartment, Handling, Level
from schemas.officer import OfficerId, PeerOfficerId

AADHAAR = "234123412346"


def marking(review: datetime, end: datetime) -> Marking:
    return Marking(
        unit="RJ-D-DDU",
        legal_basis="BNSS 94",
        case_ref="FIR 12/2026",
        source_grade=SourceGrade.B,
        info_grade=InfoGrade.KNOWN_TO_SOURCE,
        handling=Handling.H0,
        level=Level.ANY_OFFICER,
        audience=(),
        review_on=review.date(),
        expires_at=end,
    )


@pytest.mark.parametrize(
    ("at", "last"),
    [
        (datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2031, 11, 27, 9, tzinfo=UTC)),
        (datetime(2028, 2, 29, 9, tzinfo=UTC), datetime(2033, 2, 28, 9, tzinfo=UTC)),
    ],
)
def test_both_ends_lie_within_five_years_to_the_day(at: datetime, last: datetime) -> None:
    assert life_problem(marking(last, last), at) is None
    late = life_problem(marking(last + timedelta(days=1), last), at)
    assert late == ("review_on", "The review date lies more than five years ahead.")
    late = life_problem(marking(last, last + timedelta(seconds=1)), at)
    assert late == ("expires_at", "The expiry lies more than five years ahead.")


@pytest.mark.parametrize(
    ("kind", "text"),
    [(OfficerId, AADHAAR), (PeerOfficerId, f"IN-PB:{AADHAAR}"), (Compartment, f"IN-RJ:{AADHAAR}")],
)
def test_no_name_of_ours_is_an_aadhaar_number(kind: object, text: str) -> None:
    with pytest.raises(ValidationError, match="Aadhaar"):
        TypeAdapter(kind).validate_python(text)
    assert TypeAdapter(kind).validate_python(text[:-1] + "7")
