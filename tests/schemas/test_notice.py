"""Notices: a reward and nothing else has an amount, and what is in force has not ended."""

import pytest

from schemas.notice import NoticeContent, NoticeKind
from tests.schemas.refusals import refusals

NOTICE = {
    "notice_kind": "LOOK_OUT_CIRCULAR",
    "issued_by": "Example Bureau",
    "issued_on": "2025-03-04",
    "notice_status": "IN_FORCE",
}
WHOLE = NOTICE | {
    "notice_kind": "REWARD",
    "reference": "SP/JPR/0001/2025",
    "valid_until": "2025-03-04",
    "reward_rupees": 1,
    "sections": ["BNS 111(2)(b)", "ARMS 25(6)"],
    "notice_status": "EXECUTED",
    "ended_on": "2025-03-04",
    "note": "Paid to the team.",
}
REWARD = "A reward has its amount, and only a reward has one."


@pytest.mark.parametrize("said", [NOTICE, WHOLE, NOTICE | {"notice_status": "LAPSED"}])
def test_a_notice_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(NoticeContent, said) == []
    kept = NoticeContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ({"reward_rupees": 0}, "reward_rupees", "greater_than_equal"),
        ({"reward_rupees": 10**11}, "reward_rupees", "less_than"),
        ({"reward_rupees": 5000.5}, "reward_rupees", "int_type"),
        ({"valid_until": "2025-03-03"}, "", "It would lapse before it was issued."),
        ({"notice_status": "IN_FORCE"}, "", "What is in force has not ended."),
        ({"ended_on": "2025-03-03"}, "", "It ended before it was issued."),
        ({"issued_on": None}, "issued_on", "A day is written 2026-01-31."),
        ({"sections": ["BNS 111"] * 41}, "sections", "too_long"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(NoticeContent, WHOLE | said) == [(where, why)]


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("amount", [None, 50_000])
def test_a_reward_has_an_amount_and_nothing_else_has(kind: NoticeKind, amount: int | None) -> None:
    stands = (kind is NoticeKind.REWARD) == (amount is not None)
    said = NOTICE | {"notice_kind": kind, "reward_rupees": amount}
    assert refusals(NoticeContent, said) == ([] if stands else [("", REWARD)])
