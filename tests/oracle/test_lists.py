"""A list is what the seen records of its kind give, by every filter and in both orders, page by page to its end."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.oracle.conftest import Stage, epoch
from tests.oracle.model import VIEWERS, Sight, Thing, World
from tests.station import TODAY, Caller

pytestmark = pytest.mark.anyio

WORLDS = range(282, 283)
FIRING = {"FIRING_IN_AIR", "FIRING_AT_PREMISES"}
EARLY, LATE = TODAY - timedelta(days=4), TODAY - timedelta(days=1)
Says = Callable[[Thing], bool]


def document(field: str, where: str) -> str:
    return (
        f"query($where: {where}, $order: Order!, $known: DateTime, $first: Int!, $after: String) "
        f"{{ {field}(where: $where, orderBy: $order, knownAt: $known, first: $first, after: $after) "
        "{ totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } } }"
    )


# Kind → the field that lists it, and how its filter is called.
FIELDS = {
    "person": ("persons", "PersonWhere"),
    "gang": ("gangs", "GangWhere"),
    "incident": ("incidents", "IncidentWhere"),
    "account": ("socialAccounts", "SocialAccountWhere"),
    "case": ("cases", "CaseWhere"),
    "notice": ("notices", "NoticeWhere"),
}
# What has a time of its own stands in order of that.
TIMED = {"incident": "demandAt", "case": "registeredOn", "notice": "issuedOn"}


def _said(name: str, *values: str) -> tuple[dict[str, Any], Says]:
    return {name: list(values)}, lambda thing: thing.says[name] in values


def _fired(thing: Thing) -> bool:
    return bool(FIRING & set(thing.says["steps"])) and bool({"DEMAND", "REMINDER"} & set(thing.says["steps"]))


def time_of(thing: Thing) -> datetime | None:
    """Give the time that a thing says of itself; a day begins at midnight."""
    said = thing.says[TIMED[thing.kind]]
    return said if said is None or isinstance(said, datetime) else epoch(said)


def _from(name: str) -> tuple[dict[str, Any], Says]:
    return {name: str(EARLY)}, lambda thing: (at := time_of(thing)) is not None and at >= epoch(EARLY)


def _before(name: str, day: date) -> tuple[dict[str, Any], Says]:
    return {name: str(day)}, lambda thing: (at := time_of(thing)) is not None and at < epoch(day)


def _all(*filters: tuple[dict[str, Any], Says]) -> tuple[dict[str, Any], Says]:
    """Give the filter in which all of these stand."""
    where = {name: value for one, _ in filters for name, value in one.items()}
    return where, lambda thing: all(says(thing) for _, says in filters)


# Each text costs its planning: conditions that every kind knows stand two and two in one filter.
EVERY: list[tuple[dict[str, Any], Says]] = [
    ({}, lambda _: True),
    (
        {"validAt": str(TODAY), "unit": "RJ-JDP"},
        lambda thing: thing.holds_on(TODAY) and thing.unit == "RJ-JDP",
    ),
    (
        {"recordedFrom": str(EARLY), "recordedBefore": str(LATE)},
        lambda thing: epoch(EARLY) <= thing.recorded_at < epoch(LATE),
    ),
]
NOTHING = _said("sex")
# A filter as GraphQL takes it, and what it means.
FILTERS: dict[str, list[tuple[dict[str, Any], Says]]] = {
    "person": [
        *EVERY,
        _said("category", "SUSPECT", "VICTIM"),
        _said("category", "CONTACT"),
        _said("custody", "UNKNOWN", "AT_LARGE"),
        _said("sex", "FEMALE"),
        NOTHING,
    ],
    "gang": [*EVERY, _said("standing", "ALLEGED")],
    "incident": [
        *EVERY,
        _said("channel", "VOIP"),
        _said("targetType", "HOTEL", "JEWELLER"),
        ({"firingForExtortion": True}, _fired),
        ({"firingForExtortion": False}, lambda thing: not _fired(thing)),
        _from("demandFrom"),
        _before("demandBefore", EARLY),
    ],
    "account": [*EVERY, _said("platform", "TELEGRAM")],
    "case": [
        *EVERY,
        _all(_said("caseStatus", "TRIAL", "CONVICTED"), _before("registeredBefore", LATE)),
        _all(_said("firKind", "REGULAR", "ZERO"), _from("registeredFrom")),
    ],
    "notice": [
        *EVERY,
        _all(_said("noticeKind", "REWARD", "INTERPOL_RED"), _before("issuedBefore", LATE)),
        _all(_said("noticeStatus", "IN_FORCE"), _from("issuedFrom")),
    ],
}


def listed(world: World, sight: Sight, kind: str, says: Says, latest: bool) -> list[str]:
    """Give the ids of a list in its order: by (what it is ordered by, id), all of it turned round for the latest."""

    def key(thing: Thing) -> Any:
        if kind in TIMED:
            return time_of(thing) or thing.recorded_at
        return thing.recorded_at if latest else thing.sort

    things = [world.things[id] for id in sight.searched if world.kind(id) == kind and says(world.things[id])]
    return [thing.id for thing in sorted(things, key=lambda thing: (key(thing), thing.id), reverse=latest)]


async def whole(
    caller: Caller, kind: str, where: dict[str, Any], latest: bool, first: int, known: str | None = None
) -> list[str]:
    """Ask page after page to the end; every page tells the same total, and how long the list is."""
    field, where_type = FIELDS[kind]
    text = document(field, where_type)
    asked = {"where": where or None, "order": "LATEST_FIRST" if latest else "NAME", "known": known, "first": first}
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

    known = SCHEMA._schema.type_map
    tried = {FIELDS[kind][1]: {one for where, _ in filters for one in where} for kind, filters in FILTERS.items()}
    assert tried == {name: set(type.fields) for name, type in known.items() if name.endswith("Where")}  # type: ignore[attr-defined]  # input types


async def test_a_list_is_the_seen_records_that_its_filter_means(stage: Stage) -> None:
    told = set()
    for seed in WORLDS:
        world = await stage.put(seed)
        for turn, viewer in enumerate(VIEWERS):
            sight = Sight(world, viewer)
            for kind, filters in FILTERS.items():
                for place, (where, says) in enumerate(filters):
                    # Likewise both orders and pages of three for the whole list, one for a filter.
                    latest, first = bool((turn if place == 0 else place) % 2), 50 if place else 3
                    expected = listed(world, sight, kind, says, latest)
                    got = await whole(stage.callers[viewer], kind, where, latest, first)
                    assert got == expected, (seed, viewer, kind, where, latest)
                    if 0 < len(expected) < len(listed(world, sight, kind, lambda _: True, latest)):
                        told.add((kind, place))
    every = {(kind, place) for kind, filters in FILTERS.items() for place, (where, _) in enumerate(filters) if where}
    assert every - told == {("person", FILTERS["person"].index(NOTHING))}, "the worlds are too thin to tell"
