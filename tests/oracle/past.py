"""Random pasts of a world as plain lists, and what one viewer sees of it as it was known at a moment.

In order:
1. The record itself must be seen today; what it said is the newest of what the viewer sees that was recorded by then.
2. A record of which nothing seen was recorded by then was not there, nor was any link to it.
3. A link was there if it was recorded by then and closed only later.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.oracle.model import NAMES, PLACES, Gate, Thing, Viewer, World
from tests.station import MORNING

_MOMENTS = [timedelta(days=days) for days in (0, 1, 2, 5, 9, 20)]


@dataclass
class Past:
    """A world with what its records said before, oldest first, and from when to when its links stood."""

    world: World
    earlier: dict[str, list[Thing]] = field(default_factory=dict)
    opened: dict[str, datetime] = field(default_factory=dict)
    closed: dict[str, datetime] = field(default_factory=dict)

    def then(self, viewer: Viewer, known: datetime) -> World:
        """Give what there was of the world at a moment for a viewer; who may see a record is what the record says."""
        there = World(values=self.world.values)
        for id, thing in self.world.things.items():
            said = [one for one in (*self.earlier.get(id, ()), thing) if one.recorded_at <= known]
            seen = [one for one in said if viewer.sees(one.gate)]
            if seen and viewer.sees(thing.gate):
                there.things[id] = replace(seen[-1], gate=thing.gate)
        for id, tie in self.world.ties.items():
            records = {end for end in (tie.a, tie.b) if end in self.world.things}
            stood = self.opened[id] <= known and (id not in self.closed or known < self.closed[id])
            if stood and records <= there.things.keys():
                there.ties[id] = replace(tie, recorded_at=self.opened[id])
        return there

    def moments(self, dice: Random, count: int) -> list[datetime]:
        """Give moments at the bounds of what was recorded and closed, a second before them, long ago, and now."""
        times = {one.recorded_at for said in self.earlier.values() for one in said}
        times |= {thing.recorded_at for thing in self.world.things.values()} | {*self.closed.values()}
        second = timedelta(seconds=1)
        bounds = sorted({at - late for at in times for late in (second * 0, second) if at - late <= MORNING})
        return [MORNING, datetime(1980, 1, 1, tzinfo=MORNING.tzinfo), *dice.sample(bounds, count)]


def make(seed: int, world: World) -> Past:
    """Make a past of a world: some records said something else, some of it for fewer eyes; some links are over."""
    dice = Random(f"past {seed}")
    past = Past(world)
    for id, thing in world.things.items():
        said: list[Thing] = []
        before = thing.recorded_at
        for _ in range(dice.choice([0, 1, 2, 2, 3])):
            # Of two that were recorded in one second the later is the newer.
            before -= dice.choice([timedelta(0), timedelta(days=1), timedelta(days=3, seconds=7)])
            said.insert(0, _otherwise(dice, replace(thing, recorded_at=before)))
        past.earlier[id] = said
    for id, tie in world.ties.items():
        since = [past.earlier[end][0].recorded_at if past.earlier[end] else world.things[end].recorded_at
                 for end in (tie.a, tie.b) if end in world.things]  # fmt: skip
        past.opened[id] = max([*since, MORNING - dice.choice(_MOMENTS)])
        if dice.random() < 0.35:
            past.closed[id] = min(MORNING, past.opened[id] + dice.choice(_MOMENTS))
    return past


def _otherwise(dice: Random, thing: Thing) -> Thing:
    says: dict[str, Any] = dict(thing.says)
    if "name" in says:
        says["name"] = dice.choice(PLACES if thing.kind == "place" else NAMES)
    if "custody" in says:
        says["custody"] = dice.choice(["AT_LARGE", "IN_CUSTODY", "UNKNOWN"])
    if thing.kind == "person":
        says["category"] = dice.choice(["SUSPECT", "CONVICTED", thing.says["category"]])
    stricter = [thing.gate, Gate(thing.gate.states, 3, "", thing.gate.kind_of_thing, thing.gate.until)]
    return replace(
        thing,
        says=says,
        gate=dice.choice(stricter),
        unit=dice.choice(["RJ-JPC", "RJ-JDP"]),
        sort=dice.choice(["", "anil", "bina", "chand"]),
    )
