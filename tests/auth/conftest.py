"""Rajasthan and Punjab, each with a ring of its own."""

from datetime import timedelta

import pytest

from auth.keys import KeyRing
from tests.auth.stations import NOON, Border, Station


@pytest.fixture(scope="session")
def rings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, KeyRing]:
    return {
        state: KeyRing.open(tmp_path_factory.mktemp(state), at=NOON - timedelta(days=1)) for state in ("IN-RJ", "IN-PB")
    }


@pytest.fixture
def station(rings: dict[str, KeyRing]) -> Station:
    return Station(rings["IN-RJ"], "IN-RJ")


@pytest.fixture
def border(rings: dict[str, KeyRing]) -> Border:
    return Border(Station(rings["IN-RJ"], "IN-RJ"), Station(rings["IN-PB"], "IN-PB"))


@pytest.fixture(scope="session")
def standing(rings: dict[str, KeyRing]) -> Station:
    return Station(rings["IN-RJ"], "IN-RJ")
