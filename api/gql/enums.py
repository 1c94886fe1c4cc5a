"""Our enums as GraphQL enums, each with the first line of its own description."""

from collections.abc import Iterator
from enum import Enum, StrEnum
from typing import TypeVar, get_args

import strawberry

from graph.connections import Kind
from schemas import handling, ids, link, officer, pending
from schemas.codes.statutes import StatuteKind
from schemas.codes.table import Certainty
from schemas.codes.units import UnitKind
from schemas.envelope import Marking
from schemas.follower import FollowerContent
from schemas.records import RECORDS
from schemas.word import Word

_E = TypeVar("_E", bound=type[Enum])
_SEEN: set[type[Enum]] = set()


def as_enum(cls: _E, name: str | None = None, description: str | None = None) -> _E:
    """Give one of our enums as GraphQL's, made so when it is first met."""
    if cls not in _SEEN:
        _SEEN.add(cls)
        strawberry.enum(cls, name=name, description=description or (cls.__doc__ or "").splitlines()[0])
    return cls


def _enums(annotation: object) -> Iterator[type[Enum]]:
    """Give every enum that a word or an annotation names, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, Word):
        for info in annotation.model_fields.values():
            yield from _enums(info.annotation)
    elif isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield annotation
    for part in get_args(annotation):
        yield from _enums(part)


# Before any type names them: Strawberry takes an enum as it finds it.
_OTHERS: tuple[type[Enum], ...] = (
    handling.Purpose,
    officer.Rank,
    ids.ValueKind,
    link.LinkKind,
    pending.PendingAct,
    pending.PendingState,
    pending.InboxKind,
    StatuteKind,
    UnitKind,
    Certainty,
)
for _cls in _OTHERS:
    as_enum(_cls)
for _word in (Marking, link.LinkContent, FollowerContent, *(word.content for word in RECORDS.values())):
    for _cls in _enums(_word):
        as_enum(_cls)
as_enum(Kind, "NodeKind", "The kinds of nodes: the records, and the bare identifier (VALUE).")
