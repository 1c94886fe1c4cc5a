"""Vehicles: known by little or by much, and never by the name of one who was robbed."""

import pytest

from schemas.vehicle import VehicleContent, VehicleStatus
from tests.schemas.refusals import refusals

VEHICLE = {"vehicle_kind": "SUV"}
WHOLE = VEHICLE | {
    "registration": "RJ 14 ZZ 0001",
    "make": "Example Motors",
    "model": "Traveller",
    "colour": "white",
    "year_of_make": 2019,
    "chassis_number": "MA1-ZZ9",
    "engine_number": "0042",
    "marks": ("dent over the left rear wheel",),
    "registered_owner": "Imaginary Roadlines",
    "vehicle_status": "SEIZED",
}
VICTIM = "The owner of a stolen vehicle or of a copied number is a victim, who is not named here."


@pytest.mark.parametrize(
    "said",
    [
        VEHICLE,
        WHOLE,
        VEHICLE | {"vehicle_status": "STOLEN", "registration": "22 BH 0001 AA"},
        VEHICLE | {"vehicle_status": "FAKE_PLATE_SUSPECTED", "registration": "RJ 14 ZZ"},
        VEHICLE | {"year_of_make": 1900},
        VEHICLE | {"year_of_make": 2099},
    ],
)
def test_a_vehicle_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(VehicleContent, said) == []
    kept = VehicleContent.model_validate(said)
    assert {name: getattr(kept, name) for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ({"vehicle_kind": "AEROPLANE"}, "vehicle_kind", "enum"),
        ({"year_of_make": 1899}, "year_of_make", "greater_than_equal"),
        ({"year_of_make": 2100}, "year_of_make", "less_than_equal"),
        ({"year_of_make": "2019"}, "year_of_make", "int_type"),
        ({"owner": "Imaginary Roadlines"}, "owner", "extra_forbidden"),
        (
            {"vehicle_status": "FAKE_PLATE_SUSPECTED", "registration": None, "registered_owner": None},
            "",
            "A plate that is suspected to be false is written down.",
        ),
    ],
)
def test_a_vehicle_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(VehicleContent, WHOLE | said) == [(where, why)]


@pytest.mark.parametrize("status", VehicleStatus)
def test_who_was_robbed_of_a_vehicle_or_its_number_is_not_named(status: VehicleStatus) -> None:
    robbed = status in {VehicleStatus.STOLEN, VehicleStatus.FAKE_PLATE_SUSPECTED}
    assert refusals(VehicleContent, WHOLE | {"vehicle_status": status}) == ([("", VICTIM)] if robbed else [])
