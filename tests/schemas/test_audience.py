"""What is published of an audience, over whatever was counted week after week."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.audience import AudienceAsked, AudienceCell, DistrictCount, published, total_of

DISTRICTS = ("RJ-D-AJM", "RJ-D-ALW", "RJ-D-KOTA")
COUNTS = st.dictionaries(st.sampled_from(DISTRICTS), st.integers(0, 120) | st.integers(0, 10**9), min_size=1)


def counted(counts: dict[str, int]) -> list[DistrictCount]:
    return [DistrictCount(district=district, followers=number) for district, number in counts.items()]


def week_after_week(weeks: list[dict[str, int]]) -> list[dict[str, int | None]]:
    """Give what is published, each week from the one before."""
    said: list[dict[str, int | None]] = []
    for counts in weeks:
        cells = published(counted(counts), said[-1] if said else {})
        said.append({cell.district: cell.followers for cell in cells})
    return said


@settings(deadline=None)
@given(st.lists(COUNTS, max_size=8))
def test_a_cell_is_rounded_to_ten_and_nobody_is_told_apart_by_fewer_than_twenty(weeks: list[dict[str, int]]) -> None:
    for cells in week_after_week(weeks):
        assert all(said is None or (said % 10 == 0 and said >= 20) for said in cells.values())


@settings(deadline=None)
@given(st.lists(COUNTS, max_size=8))
def test_a_true_change_of_less_than_twenty_says_again_what_was_published(weeks: list[dict[str, int]]) -> None:
    said = week_after_week(weeks)
    for counts, before, after in zip(weeks[1:], said, said[1:], strict=False):
        for district, count in counts.items():
            last = before.get(district)
            if last is not None and abs(count - last) < 20:
                assert after[district] == last
            else:
                assert after[district] == (None if count < 20 else (count + 5) // 10 * 10)


@settings(deadline=None)
@given(COUNTS)
def test_a_total_is_the_sum_of_what_the_cells_say(counts: dict[str, int]) -> None:
    cells = published(counted(counts), {})
    assert total_of(cells) == sum(cell.followers for cell in cells if cell.followers is not None)
    assert [cell.district for cell in cells] == sorted(counts)


@pytest.mark.parametrize(
    ("count", "last", "said"),
    [
        (19, None, None),
        (20, None, 20),
        (24, None, 20),
        (25, None, 30),
        (39, 20, 20),
        (40, 20, 40),
        (1, 20, 20),
        (0, 20, None),
        (81, 100, 100),
        (80, 100, 80),
        (119, 100, 100),
        (120, 100, 120),
    ],
)
def test_examples(count: int, last: int | None, said: int | None) -> None:
    [cell] = published(counted({"RJ-D-AJM": count}), {"RJ-D-AJM": last})
    assert cell == AudienceCell(district="RJ-D-AJM", followers=said)


def test_a_district_is_counted_once_and_never_below_nobody() -> None:
    cell = {"district": "RJ-D-AJM", "followers": 5}
    for cells in ([cell, cell], [], [cell | {"followers": -1}], [cell | {"followers": 1.5}]):
        with pytest.raises(ValidationError):
            AudienceAsked.model_validate({"taken_on": "2026-05-01", "districts": cells})
