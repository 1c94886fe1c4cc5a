"""Closed filters and orders of lists: one level, no text that reaches the database as anything but a parameter."""

from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from api.gql.scalars import Day
from api.gql.selection import day
from desk.asking import ListAsked, instant
from graph import projection
from graph.connections import Kind
from graph.picks import Pick
from graph.projection import Test
from sangam.spelling import camel
from schemas import case, fir, gang, incident, notice, person
from schemas.ids import Platform, RecordType


@strawberry.enum(description="In which order a list stands; ties stand in order of id.")
class Order(Enum):
    """An order."""

    NAME = strawberry.enum_value("NAME", description="By name, folded over scripts; incidents by time.")
    LATEST_FIRST = strawberry.enum_value("LATEST_FIRST", description="The latest recorded first; incidents by time.")


def _is(description: str) -> Any:
    return strawberry.field(description=description, default=None)


@strawberry.input(description="Which persons.")
class PersonWhere:
    """Conditions on persons; all must hold."""

    category: list[person.Category] | None = _is("One of these categories.")
    custody: list[person.Custody] | None = _is("One of these states of custody.")
    sex: list[person.Sex] | None = _is("One of these.")
    unit: str | None = _is("Recorded by this unit.")
    recorded_from: Day | None = _is("Recorded on this day or later.")
    recorded_before: Day | None = _is("Recorded before this day.")
    valid_at: Day | None = _is("Held true in the world on this day.")


@strawberry.input(description="Which gangs.")
class GangWhere:
    """Conditions on gangs; all must hold."""

    standing: list[gang.Standing] | None = _is("One of these standings.")
    unit: str | None = _is("Recorded by this unit.")
    recorded_from: Day | None = _is("Recorded on this day or later.")
    recorded_before: Day | None = _is("Recorded before this day.")
    valid_at: Day | None = _is("Held true in the world on this day.")


@strawberry.input(description="Which incidents.")
class IncidentWhere:
    """Conditions on incidents; all must hold."""

    channel: list[incident.Channel] | None = _is("The demand came by one of these.")
    target_type: list[incident.TargetType] | None = _is("One of these targets.")
    firing_for_extortion: bool | None = _is("Whether shots came with a demand.")
    demand_from: Day | None = _is("The demand came on this day or later.")
    demand_before: Day | None = _is("The demand came before this day.")
    unit: str | None = _is("Recorded by this unit.")
    recorded_from: Day | None = _is("Recorded on this day or later.")
    recorded_before: Day | None = _is("Recorded before this day.")
    valid_at: Day | None = _is("Held true in the world on this day.")


@strawberry.input(description="Which social accounts.")
class SocialAccountWhere:
    """Conditions on social accounts; all must hold."""

    platform: list[Platform] | None = _is("On one of these platforms.")
    unit: str | None = _is("Recorded by this unit.")
    recorded_from: Day | None = _is("Recorded on this day or later.")
    recorded_before: Day | None = _is("Recorded before this day.")
    valid_at: Day | None = _is("Held true in the world on this day.")


@strawberry.input(description="Which cases.")
class CaseWhere:
    """Conditions on cases; all must hold."""

    case_status: list[case.CaseStatus] | None = _is("How far it has come, one of these.")
    fir_kind: list[fir.FirKind] | None = _is("Its report was taken in one of these ways.")
    registered_from: Day | None = _is("Registered on this day or later.")
    registered_before: Day | None = _is("Registered before this day.")
    unit: str | None = _is("Recorded by this unit.")
    recorded_from: Day | None = _is("Recorded on this day or later.")
    recorded_before: Day | None = _is("Recorded before this day.")
    valid_at: Day | None = _is("Held true in the world on this day.")


@strawberry.input(description="Which notices.")
class NoticeWhere:
    """Conditions on notices; all must hold."""

    notice_kind: list[notice.NoticeKind] | None = _is("One of these kinds.")
    notice_status: list[notice.NoticeStatus] | None = _is("Whether it is in force, one of these.")
    issued_from: Day | None = _is("Issued on this day or later.")
    issued_before: Day | None = _is("Issued before this day.")
    unit: str | None = _is("Recorded by this unit.")
    recorded_from: Day | None = _is("Recorded on this day or later.")
    recorded_before: Day | None = _is("Recorded before this day.")
    valid_at: Day | None = _is("Held true in the world on this day.")


WHERE_OF: dict[RecordType, type[Any]] = {
    RecordType.PERSON: PersonWhere,
    RecordType.GANG: GangWhere,
    RecordType.INCIDENT: IncidentWhere,
    RecordType.ACCOUNT: SocialAccountWhere,
    RecordType.CASE: CaseWhere,
    RecordType.NOTICE: NoticeWhere,
}

_BOUNDS = {
    "recorded_from": [("recorded_at", "from")],
    "recorded_before": [("recorded_at", "before")],
    "demand_from": [("demand_at", "from")],
    "demand_before": [("demand_at", "before")],
    "registered_from": [("registered_on", "from")],
    "registered_before": [("registered_on", "before")],
    "issued_from": [("issued_on", "from")],
    "issued_before": [("issued_on", "before")],
    "valid_at": [("valid_from", "upto"), ("valid_to", "after")],
}


def list_asked(
    kind: Kind,
    pick: Pick,
    where: Any,
    order_by: Order,
    first: int,
    after: str | None,
    *,
    counted: bool,
    known_at: datetime | None,
) -> ListAsked:
    """Give a list as the desk asks it; raise BadInput for a day that is none."""
    return ListAsked(pick, tests_of(where), order_of(kind, order_by), first, after, counted, known_at)


def tests_of(where: Any) -> tuple[Test, ...]:
    """Give the conditions of a filter; raise BadInput for a day that is none."""
    conditions = vars(where).items() if where is not None else ()
    return tuple(test for name, value in conditions if value is not None for test in _tests(name, value))


def order_of(kind: Kind, order_by: Order) -> projection.Order:
    """Give what a list of a kind is ordered by."""
    latest = order_by is Order.LATEST_FIRST
    named, recorded = projection.SORT_KEYS[kind]
    # What has a time of its own stands in order of that, whichever way it is asked.
    return projection.Order(named if named == "sort_time" or not latest else recorded, descending=latest)


def _tests(name: str, value: Any) -> list[Test]:
    if name in _BOUNDS:
        at = instant(day(value, f"where.{camel(name)}"))
        return [Test(property, compare, at) for property, compare in _BOUNDS[name]]
    if isinstance(value, list):
        return [Test(name, "in", [one.value for one in value])]
    return [Test(name, "is", value)]
