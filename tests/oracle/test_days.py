"""A record, an identifier and what hangs on them, asked for a day, are what held true on that day, and nothing else."""

from datetime import date, timedelta

import pytest

from tests.oracle.conftest import Stage
from tests.oracle.model import VIEWERS, Sight
from tests.oracle.tables import CONNECTIONS
from tests.station import TODAY

pytestmark = pytest.mark.anyio

# Some connections of a person: to records and to identifiers, along relations that are walked and that are not.
PAGES = ["memberships", "accounts", "phones", "identifiers", "cases", "places"]
_PAGES = " ".join(f"{page}(first: 50) {{ totalCount edges {{ link {{ id }} }} }}" for page in PAGES)
PERSON = f"query($id: ID!, $day: Date) {{ person(id: $id, validAt: $day) {{ id {_PAGES} }} }}"
RECORD = "query($id: ID!, $day: Date) { record(id: $id, validAt: $day) { id } }"
IDENTIFIER = """query($kind: ValueKind!, $value: String!, $day: Date) {
  identifier(kind: $kind, value: $value, validAt: $day) { id writings } }"""
DAYS = (None, TODAY, TODAY - timedelta(days=200), TODAY - timedelta(days=20_000))
WORLDS = range(300, 302)


def hanging(sight: Sight, person: str, day: date | None) -> dict[str, set[str]]:
    """Give the links of each page of a person that held true on a day."""
    return {page: {tie.id for _, tie in sight.page(person, CONNECTIONS["person"][page], day)} for page in PAGES}


async def test_a_record_asked_for_a_day_is_there_if_it_held_true_then(stage: Stage) -> None:
    there = gone = apart = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            sight, caller = Sight(world, viewer), stage.callers[viewer]
            for place, (id, thing) in enumerate(sorted(world.things.items())):
                day = DAYS[place % 4]
                asked = {"id": id, "day": day and str(day)}
                text = PERSON if thing.kind == "person" else RECORD
                if id not in sight.things or not (day is None or thing.holds_on(day)):
                    assert await caller.code(text, asked) == "NOT_FOUND", (seed, viewer, asked)
                    gone += id in sight.things
                    continue
                [answer] = (await caller.ask(text, asked)).values()
                there += 1
                if thing.kind == "person":
                    told = {page: {edge["link"]["id"] for edge in answer[page]["edges"]} for page in PAGES}
                    assert told == hanging(sight, id, day), (seed, viewer, asked)
                    assert all(answer[page]["totalCount"] == len(told[page]) for page in PAGES)
                    apart += told != hanging(sight, id, None)
    assert min(there, gone) > 20, "the worlds are too thin to tell"
    assert apart > 3, "the worlds are too thin to tell"


async def test_an_identifier_asked_for_a_day_is_there_if_a_seen_link_to_it_held_true_then(stage: Stage) -> None:
    there = gone = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            sight, caller = Sight(world, viewer), stage.callers[viewer]
            for place, (id, (kind, text)) in enumerate(sorted(world.values.items())):
                for day in (DAYS[place % 2], DAYS[2 + place % 2]):
                    asked = {"kind": kind, "value": text, "day": day and str(day)}
                    ties = [tie for tie in sight.ties if id in (tie.a, tie.b)]
                    if not any(tie.holds_on(day) for tie in ties):
                        assert await caller.code(IDENTIFIER, asked) == "NOT_FOUND", (seed, viewer, asked)
                        gone += bool(ties)
                        continue
                    assert (await caller.ask(IDENTIFIER, asked))["identifier"]["id"] == id
                    there += 1
    assert min(there, gone) > 5, "the worlds are too thin to tell"
