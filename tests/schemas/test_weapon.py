"""Weapons: a number is read or gone, a blade has no rounds, and what is sought has not been found."""

import pytest

from schemas.weapon import WeaponContent
from tests.schemas.refusals import refusals

WEAPON = {"weapon_kind": "PISTOL", "weapon_status": "SOUGHT"}
WHOLE = {
    "weapon_kind": "PISTOL",
    "calibre": "9x19 mm",
    "make": "Example Arms",
    "serial_number": "ZZ-0042",
    "serial_obliterated": False,
    "origin": "unknown",
    "weapon_status": "FORENSIC",
    "recovered_on": "2025-03-04",
    "ballistics_reference": "FSL/0001/2025",
    "rounds_recovered": 7,
    "marks": ["a star on the grip"],
}
BLADE = "A blade has no calibre, no ballistics and no rounds."
NO_SHOT = {"calibre": None, "ballistics_reference": None, "rounds_recovered": None}


@pytest.mark.parametrize(
    "said",
    [
        WEAPON,
        WHOLE,
        WHOLE | {"serial_number": None, "serial_obliterated": True},
        # Fired rounds at the scene are examined long before the weapon is found.
        WEAPON | {"rounds_recovered": 3, "ballistics_reference": "FSL/0002/2025", "calibre": ".315 bore"},
        WHOLE | NO_SHOT | {"weapon_kind": "SWORD"},
        WHOLE | {"rounds_recovered": 0},
    ],
)
def test_a_weapon_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(WeaponContent, said) == []
    kept = WeaponContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        (
            {"serial_obliterated": True},
            "",
            "A serial number that is known, or was restored, is not recorded as obliterated.",
        ),
        ({"weapon_status": "SOUGHT"}, "", "What is still sought has not been recovered."),
        ({"weapon_kind": "KNIFE", "ballistics_reference": None, "rounds_recovered": None}, "", BLADE),
        ({"weapon_kind": "KNIFE", "calibre": None, "rounds_recovered": None}, "", BLADE),
        ({"weapon_kind": "SWORD", "calibre": None, "ballistics_reference": None, "rounds_recovered": 0}, "", BLADE),
        ({"rounds_recovered": -1}, "rounds_recovered", "greater_than_equal"),
        ({"rounds_recovered": 10**6 + 1}, "rounds_recovered", "less_than_equal"),
        ({"rounds_recovered": 7.0}, "rounds_recovered", "int_type"),
        ({"weapon_status": None}, "weapon_status", "enum"),
        ({"recovered_on": "2025-02-29"}, "recovered_on", "date_from_datetime_parsing"),
    ],
)
def test_a_weapon_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(WeaponContent, WHOLE | said) == [(where, why)]
