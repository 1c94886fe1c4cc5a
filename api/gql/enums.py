"""Our enums as GraphQL enums, each with the first line of its own description."""

from enum import Enum
from typing import TypeVar

import strawberry

from graph.connections import Kind
from schemas import account, gang, gradings, handling, ids, incident, link, officer, person

_E = TypeVar("_E", bound=type[Enum])


def _enum(cls: _E, name: str | None = None, description: str | None = None) -> _E:
    return strawberry.enum(cls, name=name, description=description or (cls.__doc__ or "").splitlines()[0])


for _cls in (
    person.Category,
    person.NameKind,
    person.Script,
    person.Sex,
    person.DatePrecision,
    person.Custody,
    person.Caution,
    account.TakedownOutcome,
    gang.Standing,
    gang.ModusOperandi,
    incident.Channel,
    incident.PaymentRoute,
    incident.Step,
    incident.TargetType,
    link.LinkKind,
    link.Role,
    link.Basis,
    gradings.SourceGrade,
    gradings.InfoGrade,
    handling.Handling,
    handling.Purpose,
    officer.Rank,
    ids.ValueKind,
    ids.Platform,
):
    _enum(_cls)
_enum(Kind, "NodeKind", "The kinds of nodes: four records, and the bare identifier (VALUE).")
