"""A follower: only acts that matter, no words about anybody, and stretches of time that a key outlives."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.follower import KEY_DAYS, FollowerActKind, FollowerAsked, FollowerContent, period_of

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize("act", ["FOLLOWING", "FOLLOWS", "LIKING", "LIKE", "COMMENT", "SHARE", "OTHER"])
def test_to_follow_or_to_like_is_no_act(act: str) -> None:
    with pytest.raises(ValidationError):
        FollowerContent.model_validate({"act": act, "happened_on": "2026-05-01", "section": "BNS 351(2)"})


@pytest.mark.parametrize("section", ["BNSS 170", "PASA-RJ 3", "BNS *"])
def test_an_act_names_a_section_that_punishes_it(section: str) -> None:
    given = {"act": "ARMS", "happened_on": "2026-05-01"}
    assert FollowerContent.model_validate(given | {"section": "Arms Act 25"})
    with pytest.raises(ValidationError, match="An act names"):
        FollowerContent.model_validate(given | {"section": section})


def test_what_is_kept_of_an_act_has_no_room_for_words_about_anybody() -> None:
    assert FollowerContent.model_fields.keys() == {"act", "happened_on", "section"}
    assert {"LIKE", "FOLLOW"}.isdisjoint(FollowerActKind)


def test_a_follower_is_written_as_a_platform_and_an_id_there() -> None:
    assert FollowerAsked(social_id=" instagram:17841400000000001 ").normal == "INSTAGRAM:17841400000000001"
    with pytest.raises(ValueError, match="platform"):
        _ = FollowerAsked(social_id="17841400000000001").normal


@settings(deadline=None)
@given(DAYS, DAYS, DAYS, DAYS)
def test_no_stretch_of_time_holds_two_quarters(act: date, recorded: date, other_act: date, other: date) -> None:
    if period_of(act, recorded) == period_of(other_act, other):
        for one, two in ((act, other_act), (recorded, other)):
            assert (one.year, (one.month - 1) // 3) == (two.year, (two.month - 1) // 3)


@settings(deadline=None)
@given(DAYS, st.integers(0, 400))
def test_no_stretch_of_time_is_longer_than_a_key_lives(first: date, days: int) -> None:
    later = first + timedelta(days=days)
    if period_of(first, first) == period_of(first, later):
        assert days < KEY_DAYS
