"""What an officer's unit has to look at: records that must be reviewed, and records that are disputed.

In order:
1. Of records of this state, those that the officer's unit, or one below it, recorded. The unit only narrows: whether
   the officer sees one decides the grant alone. A unit that stands no more is below those that it was below last.
2. To be reviewed is what ends within thirty days, or has ended and is not yet purged.
3. A child in conflict with the law is named by no list, and stands here by its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from auth.grant import Action, Mode
from desk.looking import Look
from desk.paging import page_size, seal, unseal
from desk.purging import PURGED_AFTER
from graph import disputing, reviewing
from graph.disputing import Disputed
from graph.reviewing import Due
from graph.session import GraphSession
from schemas.codes.units import units_below
from schemas.envelope import day_in_india
from schemas.ids import RecordType
from schemas.person import Category

AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Duty:
    """A record to look at: what it is called, when it must be reviewed, since when it lapsed, what is disputed."""

    id: str
    kind: RecordType
    called: tuple[str, ...]
    review_by: datetime
    lapsed: bool
    disputed: str | None = None


@dataclass(frozen=True, slots=True)
class Duties:
    """A page, most urgent first, each row with its cursor."""

    rows: list[tuple[str, Duty]]
    more: bool


async def to_review(look: Look, *, first: int, after: str | None) -> Duties:
    """Give what must be reviewed soon or has lapsed, soonest first."""
    graph = await look.may(Action.REVIEW)
    look.note("inbox REVIEW_DUE", first=first)
    first = page_size(look, first)
    last = unseal(look, _REVIEW_DUE, after, int, str)
    at = look.at.timestamp()
    found = await reviewing.due(
        graph,
        owner=look.desk.state,
        units=own_units(look),
        kinds=_KINDS,
        before=int(at + AHEAD.total_seconds()),
        after=(int(last[0]), str(last[1])) if last else (int(at - PURGED_AFTER.total_seconds()) + 1, ""),
        first=first + 1,
    )
    rows = [(seal(look, _REVIEW_DUE, (one.until, one.id)), _duty(look, one)) for one in found[:first]]
    _disclosed(graph, Mode.REVIEW, found[:first])
    return Duties(rows, len(found) > first)


async def disputes(look: Look, *, first: int, after: str | None) -> Duties:
    """Give what is disputed, longest disputed first."""
    graph = await look.graph()
    look.note("inbox DISPUTE", first=first)
    first = page_size(look, first)
    last = unseal(look, _DISPUTE, after, int, str)
    begin = (int(last[0]), str(last[1])) if last else (0, "")
    found = await disputing.disputed(
        graph, owner=look.desk.state, units=own_units(look), kinds=_KINDS, after=begin, first=first + 1
    )
    rows = [(seal(look, _DISPUTE, (one.since, one.id)), _duty(look, one)) for one in found[:first]]
    _disclosed(graph, Mode.READ, found[:first])
    return Duties(rows, len(found) > first)


def own_units(look: Look) -> list[str]:
    """Give the officer's unit and those below it, abolished ones too; a unit that the table does not know is alone."""
    own = look.officer.unit
    return sorted({own, *units_below(own, look.desk.state, day_in_india(look.at))})


def _duty(look: Look, one: Due | Disputed) -> Duty:
    ends = datetime.fromtimestamp(one.until, UTC)
    called = () if one.cls == Category.CHILD_IN_CONFLICT else one.called
    said = one.statement if isinstance(one, Disputed) else None
    return Duty(one.id, RecordType(one.kind), called, ends, ends <= look.at, said)


def _disclosed(graph: GraphSession, mode: Mode, told: Sequence[Due | Disputed]) -> None:
    for one in told:
        graph.disclosed |= graph.check(mode, one.gates, of="inbox")


_REVIEW_DUE, _DISPUTE = "inbox REVIEW_DUE", "inbox DISPUTE"
_KINDS = sorted(type.value for type in RecordType)
