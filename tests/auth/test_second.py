"""Who may be the second officer: of rank, of another chain on that day, and never the author."""

from datetime import date

import pytest

from auth.second import NEEDED, chain_of, holds_rank, may_second
from schemas.officer import Officer, Rank
from schemas.pending import PendingAct, may_move, moves_up
from schemas.person import PROTECTED, Category

ON = date(2026, 6, 1)


def officer(id: str, unit: str, rank: Rank = Rank.SP_DCP, state: str = "IN-RJ") -> Officer:
    return Officer(id=id, name="A B", state=state, rank=rank, unit=unit)


@pytest.mark.parametrize(
    ("state", "unit", "on", "chain"),
    [
        ("IN-RJ", "RJ-P-JPE", ON, "RJ-JPC"),
        ("IN-RJ", "RJ-JPC", ON, "RJ-JPC"),
        ("IN-RJ", "RJ", ON, "RJ"),
        ("IN-RJ", "RJ-P-GRA", ON, "RJ-P-GRA"),
        ("IN-RJ", "RJ-D-SKR", ON, "RJ-R-JPR"),
        ("IN-RJ", "RJ-D-SKR", date(2024, 6, 1), "RJ-R-SKR"),
        ("IN-RJ", "RJ-R-SKR", ON, None),
        ("IN-RJ", "The old fort", ON, None),
        ("IN-PB", "RJ-P-JPE", ON, None),
        ("IN-DL", "DL-D-CEN", ON, "DL-Z-1"),
        ("IN-CH", "CH-D-CHD", ON, "CH-D-CHD"),
    ],
)
def test_a_chain_is_the_unit_below_the_state_on_that_day(state: str, unit: str, on: date, chain: str | None) -> None:
    assert chain_of(officer("a.b.c", unit, state=state), on) == chain


@pytest.mark.parametrize(
    ("unit", "rank", "may"),
    [
        ("RJ-D-AJM", Rank.DYSP_ACP, True),
        ("RJ-D-AJM", Rank.DG_CP, True),
        ("RJ", Rank.DYSP_ACP, True),
        ("RJ-D-AJM", Rank.INSPECTOR, False),
        ("RJ-D-AJM", Rank.ANALYST, False),
        ("RJ-D-AJM", Rank.SERVICE, False),
        ("RJ-P-JPW", Rank.DG_CP, False),
        ("RJ-JPC", Rank.DG_CP, False),
        ("The old fort", Rank.DG_CP, False),
    ],
)
def test_a_second_is_of_rank_and_of_another_chain(unit: str, rank: Rank, may: bool) -> None:
    author = officer("rj.author", "RJ-P-JPE", Rank.SI)
    assert may_second(officer("rj.second", unit, rank), author, Rank.DYSP_ACP, ON) is may


def test_nobody_seconds_themselves_nor_one_of_no_chain() -> None:
    one = officer("rj.author", "RJ-P-JPE", Rank.DG_CP)
    moved = officer("rj.author", "RJ-D-AJM", Rank.DG_CP)
    assert not may_second(moved, one, Rank.CT, ON)
    assert not may_second(moved, officer("rj.other", "nowhere"), Rank.CT, ON)


@pytest.mark.parametrize("rank", Rank)
def test_a_rank_holds_itself_and_all_below_and_a_civil_post_none(rank: Rank) -> None:
    order = [Rank.CT, Rank.HC, Rank.ASI, Rank.SI, Rank.INSPECTOR, Rank.DYSP_ACP, Rank.ADDL_SP, Rank.SP_DCP, Rank.SSP]
    order += [Rank.DIG_ADDL_CP, Rank.IG_JT_CP, Rank.ADG_SPL_CP, Rank.DG_CP]
    held = {least for least in order if holds_rank(officer("a.b.c", "RJ", rank), least)}
    assert held == (set(order[: order.index(rank) + 1]) if rank in order else set())


def test_every_act_says_which_rank_and_why() -> None:
    assert NEEDED.keys() == set(PendingAct)
    assert all(
        needed.reason and holds_rank(officer("a.b.c", "RJ", needed.rank), Rank.DYSP_ACP) for needed in NEEDED.values()
    )


UP = ["ACQUITTED_DISCHARGED", "CONTACT", "ASSOCIATE", "SUSPECT", "ACCUSED_CHARGED", "PROCLAIMED", "CONVICTED"]


def test_what_says_graver_things_is_up_and_protection_is_down() -> None:
    for place, before in enumerate(UP):
        for other, after in enumerate(UP):
            assert moves_up(Category(before), Category(after)) is (other > place)
        assert not any(moves_up(Category(before), after) for after in PROTECTED)


def test_the_protected_are_not_led_out_of_protection() -> None:
    for before in Category:
        for after in Category:
            child = Category.CHILD_IN_CONFLICT in (before, after)
            led_out = before in PROTECTED and before is not after and (after not in PROTECTED or child)
            assert may_move(before, after) is not led_out
