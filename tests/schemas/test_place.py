"""Places: a name, a kind, and a whole point or none."""

import pytest

from schemas.place import PlaceContent
from tests.schemas.refusals import refusals

PLACE = {"name": "Old brick kiln", "place_kind": "SAFE_HOUSE"}
WHOLE = PLACE | {
    "address": "Example village, off the canal road",
    "place_unit": "RJ-D-DDU",
    "latitude": 26.9,
    "longitude": 75.8,
    "note": "Two rooms.\nOne gate.",
}
POINT = "A point has a latitude and a longitude."


@pytest.mark.parametrize("said", [PLACE, WHOLE, WHOLE | {"latitude": 0.0, "longitude": 0.0}])
def test_a_place_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(PlaceContent, said) == []
    kept = PlaceContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ({"latitude": None}, "", POINT),
        ({"longitude": None}, "", POINT),
        ({"latitude": None, "longitude": 0.0}, "", POINT),
        ({"latitude": 90.1}, "latitude", "less_than_equal"),
        ({"longitude": -180.1}, "longitude", "greater_than_equal"),
        ({"latitude": float("nan")}, "latitude", "finite_number"),
        ({"name": " "}, "name", "Text must not be empty."),
        ({"unit": "RJ-D-DDU"}, "unit", "extra_forbidden"),
    ],
)
def test_a_place_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(PlaceContent, WHOLE | said) == [(where, why)]
