"""The words of a membership, and how a process comes to know states that its table lacks."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from schemas.codes.states import MEMBERS, Member, adopt, mask, newcomers
from schemas.membership import Membership
from tests.federation.peers import Edit, edited, world

UP = Member("IN-UP", "Uttar Pradesh", 6)


@pytest.fixture
def restored() -> Iterator[None]:
    """Forget afterwards what a test adopts."""
    before = dict(MEMBERS)
    yield
    MEMBERS.clear()
    MEMBERS.update(before)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda said: said["members"].reverse(), id="not in order of number"),
        pytest.param(lambda said: said["members"][1].update(number=0), id="one number twice"),
        pytest.param(lambda said: said["members"][1].update(code="IN-RJ"), id="one state twice"),
        pytest.param(lambda said: said["members"][5].update(number=62), id="a number outside the mask"),
        pytest.param(lambda said: said["members"][1].update(address="https://127.0.0.1:9000"), id="one address twice"),
        pytest.param(lambda said: said["members"][1].update(address="http://127.0.0.1:9001"), id="no TLS"),
        pytest.param(
            lambda said: said["members"][1].update(certificates=said["members"][0]["certificates"]),
            id="one certificate twice",
        ),
        pytest.param(lambda said: said["members"][1].update(certificates=[]), id="no certificate"),
        pytest.param(lambda said: said["members"][1].update(recovery=["no key"]), id="a key that is not PEM"),
        pytest.param(lambda said: said["members"][1].update(code="PB"), id="no code of a state"),
        pytest.param(lambda said: said["members"][1].update(more=1), id="what no word says"),
        pytest.param(lambda said: said["members"].clear(), id="no members"),
    ],
)
def test_a_membership_that_contradicts_itself_is_no_membership(edit: Edit) -> None:
    with pytest.raises(ValidationError):
        edited(edit)


def test_a_membership_comes_back_from_its_own_json() -> None:
    membership = world().signed.membership
    assert Membership.model_validate_json(membership.model_dump_json()) == membership


@pytest.mark.usefixtures("restored")
def test_a_state_that_is_adopted_has_its_bit_and_is_never_forgotten() -> None:
    adopt([*MEMBERS.values(), UP])
    assert mask(["IN-UP", "IN-RJ"]) == 2**6 + 1
    adopt([])
    adopt([UP])
    assert MEMBERS["IN-UP"] == UP


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(
    "wrong",
    [
        Member("IN-RJ", "Rajasthan", 6),
        Member("IN-RJ", "Rajputana", 0),
        Member("IN-UP", "Uttar Pradesh", 0),
        Member("IN-UP", "Punjab", 6),
        Member("IN-UP", "Uttar Pradesh", 62),
        Member("IN-UP", "Uttar Pradesh", -1),
        Member("UP", "Uttar Pradesh", 6),
    ],
)
def test_who_contradicts_what_is_known_is_not_adopted_nor_who_comes_beside(wrong: Member) -> None:
    before = dict(MEMBERS)
    with pytest.raises(ValueError):
        adopt([Member("IN-HP", "Himachal Pradesh", 7), wrong])
    assert before == MEMBERS


def test_two_newcomers_do_not_contradict_each_other_either() -> None:
    with pytest.raises(ValueError, match="IN-HP"):
        newcomers([UP, Member("IN-HP", "Himachal Pradesh", 6)])
    assert newcomers([UP, UP, MEMBERS["IN-RJ"]]) == {"IN-UP": UP}


def test_a_process_that_has_adopted_a_state_takes_its_code_and_its_ids() -> None:
    said = """
from pydantic import TypeAdapter
from schemas.codes.states import Member, StateCode, adopt
from schemas.ids import parse_urn
urn = "urn:sangam:IN-UP:person:00000000-0000-4000-8000-000000000001"
assert parse_urn(urn) is None
adopt([Member("IN-UP", "Uttar Pradesh", 6)])
assert TypeAdapter(StateCode).validate_python("IN-UP") == "IN-UP"
assert parse_urn(urn) is not None
"""
    subprocess.run([sys.executable, "-c", said], check=True)
