"""Whether a gang's charge-sheets are as many as BNS 111 wants is worked out of those alone that the viewer sees."""

from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest

from tests.oracle.conftest import Stage
from tests.oracle.model import HOME, MORNING, VIEWERS, Sight, Thing, World, _gate, _tie, _urn
from tests.oracle.tables import CONNECTIONS
from tests.station import TODAY

pytestmark = pytest.mark.anyio

WORLDS = range(410, 414)
GANG = "query($id: ID!) { gang(id: $id) { id bns111ThresholdMet } }"
# The day ten years ago is still within them, the day before is not.
FIRST = date(TODAY.year - 10, TODAY.month, TODAY.day)
NUMBERS = ("CHARGE_SHEET", "FIR")


def charged(dice: Random, world: World) -> None:
    """Make charge-sheets that count or fail by one condition, for gangs, some of them with a number in common."""
    made = [_sheet(dice) for _ in range(24)]
    world.things |= {sheet.id: sheet for sheet in made}
    gangs = [id for id, thing in world.things.items() if thing.kind == "gang"]
    numbers = [id for id, (kind, _) in world.values.items() if kind in NUMBERS]
    for sheet in made:
        ties = [_tie(dice, world, "CHARGED_BY", dice.choice(gangs), sheet.id) for _ in range(dice.choice([1, 1, 2]))]
        ties += [_tie(dice, world, "IDENTIFIED_BY", sheet.id, dice.choice(numbers)) for _ in range(dice.choice([0, 1]))]
        world.ties |= {tie.id: tie for tie in ties if tie is not None}


def _sheet(dice: Random) -> Thing:
    says = {
        "sheetKind": dice.choice(["MAIN"] * 8 + ["SUPPLEMENTARY"]),
        "filedOn": dice.choice([TODAY - timedelta(days=30), FIRST, FIRST, FIRST - timedelta(days=1)]),
        "cognizanceOn": dice.choice([TODAY - timedelta(days=3)] * 8 + [None]),
        "threeYearsCognizable": dice.choice([True] * 8 + [False, None]),
        "forGang": dice.choice([True] * 8 + [False, None]),
    }
    gate = _gate(dice, HOME, "-")
    return Thing(_urn(dice, HOME, "chargesheet"), "chargesheet", HOME, gate, MORNING, "RJ-JPC", "", says, None, None)


def counts(thing: Thing) -> bool:
    """Say whether a charge-sheet is one of those that the section counts today."""
    # One of the world itself says what the example of its kind does, and that counts.
    if not (says := thing.says):
        return True
    taken = says["cognizanceOn"] is not None and says["threeYearsCognizable"] and says["forGang"]
    return bool(says["sheetKind"] == "MAIN" and taken and says["filedOn"] >= FIRST)


def is_met(sight: Sight, gang: str) -> bool:
    """Say whether two that are seen count and have no seen number in common."""
    things, page = sight.world.things, sight.page(gang, CONNECTIONS["gang"]["chargeSheets"])
    sheets = sorted({far for far, _ in page if counts(things[far])})
    borne = {id: {far for far, _ in sight.around(id, ["IDENTIFIED_BY"])} for id in sheets}
    return any(not borne[one] & borne[other] for one, other in combinations(sheets, 2))


async def test_a_gang_meets_the_threshold_by_the_charge_sheets_that_are_seen(stage: Stage) -> None:
    met = missed = apart = 0
    for seed in WORLDS:
        world = await stage.put(seed, lambda world, seed=seed: charged(Random(seed), world))  # type: ignore[misc]
        for gang in sorted(id for id, thing in world.things.items() if thing.kind == "gang"):
            told = set()
            for viewer in VIEWERS:
                sight = Sight(world, viewer)
                if gang in sight.things:
                    answer = (await stage.callers[viewer].ask(GANG, {"id": gang}))["gang"]["bns111ThresholdMet"]
                    assert answer == is_met(sight, gang), (seed, viewer, gang)
                    met += answer
                    missed += not answer
                    told.add(answer)
            apart += len(told) > 1
    assert min(met, missed) > 5, (met, missed)
    assert apart > 1, "the worlds are too thin to tell"


async def test_what_a_gang_was_counted_by_stands_on_the_ledger(stage: Stage) -> None:
    told = 0
    world = await stage.put(WORLDS[0], lambda world: charged(Random(WORLDS[0]), world))
    viewer = VIEWERS[1]
    for gang in sorted(id for id in Sight(world, viewer).things if world.kind(id) == "gang"):
        answer = (await stage.callers[viewer].ask(GANG, {"id": gang}))["gang"]
        [kept] = await stage.node.desk.register.ledger.search(first=1)
        sheets = {id for id in kept.entry.ids if id in world.things and world.kind(id) == "chargesheet"}
        assert sheets <= Sight(world, viewer).things
        assert len(sheets) >= 2 or not answer["bns111ThresholdMet"]
        told += len(sheets)
    assert told > 2
