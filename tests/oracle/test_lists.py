"""A list is what the seen records of its kind give, by every filter and in both orders, page by page to its end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.oracle.conftest import Stage, epoch
from tests.oracle.model import VIEWERS, Sight, Thing, World
from tests.station import TODAY, Caller

pytestmark = pytest.mark.anyio

WORLDS = range(200, 201)
FIRING = {"FIRING_IN_AIR", "FIRING_AT_PREMISES"}
EARLY, LATE = TODAY - timedelta(days=4), TODAY - timedelta(days=1)
Says = Callable[[Thing], bool]


def document(field: str, where: str) -> str:
    return (
        f"query($where: {where}, $order: Order!, $first: Int!, $after: String) "
        f"{{ {field}(where: $where, orderBy: $order, first: $first, after: $after) "
        "{ totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } } }"
    )


FIELDS = {
    "person": ("persons", document("persons", "PersonWhere")),
    "gang": ("gangs", document("gangs", "GangWhere")),
    "incident": ("incidents", document("incidents", "IncidentWhere")),
    "account": ("socialAccounts", document("socialAccounts", "SocialAccountWhere")),
}


def _said(name: str, *values: str) -> tuple[dict[str, Any], Says]:
    return {name: list(values)}, lambda thing: thing.says[name] in values


def _fired(thing: Thing) -> bool:
    return bool(FIRING & set(thing.says["steps"])) and bool({"DEMAND", "REMINDER"} & set(thing.says["steps"]))


def _demanded(thing: Thing) -> Any:
    return thing.says["demandAt"]


EVERY: list[tuple[dict[str, Any], Says]] = [
    ({}, lambda _: True),
    ({"unit": "RJ-JDP"}, lambda thing: thing.unit == "RJ-JDP"),
    ({"validAt": str(TODAY)}, lambda thing: thing.holds_on(TODAY)),
    ({"recordedFrom": str(EARLY)}, lambda thing: thing.recorded_at >= epoch(EARLY)),
    ({"recordedBefore": str(LATE)}, lambda thing: thing.recorded_at < epoch(LATE)),
    (
        {"recordedFrom": str(EARLY), "recordedBefore": str(LATE), "unit": "RJ-JPC"},
        lambda thing: epoch(EARLY) <= thing.recorded_at < epoch(LATE) and thing.unit == "RJ-JPC",
    ),
]
# A filter as GraphQL takes it, and what it means.
FILTERS: dict[str, list[tuple[dict[str, Any], Says]]] = {
    "person": [
        *EVERY,
        _said("category", "SUSPECT", "VICTIM"),
        _said("category", "CONTACT"),
        _said("custody", "UNKNOWN", "AT_LARGE"),
        _said("sex", "FEMALE"),
        _said("sex"),
    ],
    "gang": [*EVERY, _said("standing", "ALLEGED")],
    "incident": [
        *EVERY,
        _said("channel", "VOIP"),
        _said("targetType", "HOTEL", "JEWELLER"),
        ({"firingForExtortion": True}, _fired),
        ({"firingForExtortion": False}, lambda thing: not _fired(thing)),
        ({"demandFrom": str(EARLY)}, lambda thing: _demanded(thing) is not None and _demanded(thing) >= epoch(EARLY)),
        ({"demandBefore": str(EARLY)}, lambda thing: _demanded(thing) is not None and _demanded(thing) < epoch(EARLY)),
    ],
    "account": [*EVERY, _said("platform", "TELEGRAM")],
}


def listed(world: World, sight: Sight, kind: str, says: Says, latest: bool) -> list[str]:
    """Give the ids of a list in its order: by (what it is ordered by, id), all of it turned round for the latest."""

    def key(thing: Thing) -> Any:
        if kind == "incident":
            return _demanded(thing) or thing.recorded_at
        return thing.recorded_at if latest else thing.sort

    things = [world.things[id] for id in sight.things if world.kind(id) == kind and says(world.things[id])]
    return [thing.id for thing in sorted(things, key=lambda thing: (key(thing), thing.id), reverse=latest)]


async def whole(caller: Caller, kind: str, where: dict[str, Any], latest: bool, first: int) -> list[str]:
    """Ask page after page to the end; every page tells the same total, and how long the list is."""
    field, text = FIELDS[kind]
    asked = {"where": where or None, "order": "LATEST_FIRST" if latest else "NAME", "first": first}
    ids: list[str] = []
    after, totals = None, set()
    while True:
        page = (await caller.ask(text, {**asked, "after": after}))[field]
        ids += [edge["node"]["id"] for edge in page["edges"]]
        totals.add(page["totalCount"])
        after = page["pageInfo"]["endCursor"]
        assert not page["edges"] or after == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert totals == {len(ids)}
            return ids
        assert len(page["edges"]) == first


def test_every_filter_of_the_schema_is_tried() -> None:
    from api.gql.schema import SCHEMA

    for kind, name in (("person", "PersonWhere"), ("gang", "GangWhere"), ("incident", "IncidentWhere")):
        tried = {one for where, _ in FILTERS[kind] for one in where}
        assert tried == set(SCHEMA._schema.type_map[name].fields)  # type: ignore[attr-defined]  # an input type
    tried = {one for where, _ in FILTERS["account"] for one in where}
    assert tried == set(SCHEMA._schema.type_map["SocialAccountWhere"].fields)  # type: ignore[attr-defined]  # likewise


async def test_a_list_is_the_seen_records_that_its_filter_means(stage: Stage) -> None:
    told = 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for turn, viewer in enumerate(VIEWERS):
            sight = Sight(world, viewer)
            for kind, filters in FILTERS.items():
                for place, (where, says) in enumerate(filters):
                    # Each text costs its planning: both orders and pages of three for the whole list, one for a filter.
                    latest, first = bool((turn if place == 0 else place) % 2), 3 if place in {0, 5} else 50
                    expected = listed(world, sight, kind, says, latest)
                    got = await whole(stage.callers[viewer], kind, where, latest, first)
                    assert got == expected, (seed, viewer, kind, where, latest)
                    told += 0 < len(expected) < len(listed(world, sight, kind, lambda _: True, latest))
    assert told > 20, "the worlds are too thin to tell"
