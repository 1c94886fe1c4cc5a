"""Reviewing: a record is kept longer only because there is something new, by its clock, and never past its stop.

In order:
1. The grant must allow it; new information and day must stand by themselves before the graph is opened.
2. An id that is malformed, absent, hidden or another state's is NOT_FOUND; what has lapsed is seen until it is purged.
3. Until when it may be kept says the clock of what it is now; past its stop nothing is renewed.
4. What it says stays as it is: a review says only why it is kept, and until when. An edit is no review.
5. Of many reviews each names its own new information, and each is decided alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from auth.grant import Action
from desk.crossing import carried_out, operation_of
from desk.errors import BadInput, NotFound
from desk.looking import Look
from graph import reviewing
from graph.connections import Kind
from graph.reviewing import Judged, Renewal
from schemas.clocks import clock_of
from schemas.errors import ErrorCode, FieldProblem
from schemas.gradings import InfoGrade, SourceGrade
from schemas.ids import RecordType, parse_urn
from schemas.person import Category


@dataclass(frozen=True, slots=True)
class Review:
    """A review as asked: of which record, on what new information, and until when it shall stand."""

    id: str
    new_information: str
    until: date


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of one review of many: the record's id as asked, and what was wrong."""

    id: str
    problems: tuple[FieldProblem, ...] = ()


async def review(look: Look, asked: Review, *, key: str | None, on: str = "") -> str:
    """Renew a record of this state and give its id; raise BadInput for what cannot stand, or NotFound.

    `on` is the record's id where one key is of many reviews.
    """
    graph = await look.may(Action.REVIEW)
    urn = parse_urn(asked.id)
    look.note("review", id=asked.id if urn else look.term(asked.id), until=asked.until.isoformat())
    if asked.until <= look.at.date():
        raise BadInput([FieldProblem(path="until", message="It is renewed until a day that is still to come.")])
    if urn is None or urn.type not in set(RecordType) or urn.state != look.desk.state:
        raise NotFound
    operation = operation_of(look, "review", key, asked.id, asked.new_information, asked.until, on=on)

    def judge(now: Judged) -> Renewal:
        return _renewal(look, asked, now)

    async def act() -> None:
        await reviewing.renew(graph, operation, asked.id, look.desk.state, judge)

    return await carried_out(look, operation, [asked.id], act, replayable=key is not None)


async def review_all(look: Look, asked: Sequence[Review], *, key: str | None) -> list[Reviewed]:
    """Decide each of these reviews alone, in their order; raise BadInput for the whole if two are alike.

    A key is one of each of them, so that asked again each is answered as it was.
    """
    await look.may(Action.REVIEW)
    if problems := _alike(asked):
        raise BadInput(problems)
    done = []
    for one in asked:
        try:
            done.append(Reviewed(await review(look, one, key=key, on=one.id)))
        except BadInput as bad:
            done.append(Reviewed(one.id, tuple(bad.problems)))
        except NotFound as gone:
            done.append(Reviewed(one.id, (FieldProblem(path="id", message=gone.message, code=ErrorCode.NOT_FOUND),)))
    return done


def _renewal(look: Look, asked: Review, now: Judged) -> Renewal:
    """Give until when a record is renewed, by what it is now; raise BadInput for longer than its clock lets it."""
    category = Category(now.cls) if now.kind == Kind.PERSON else None
    grades = SourceGrade(now.source_grade), InfoGrade(now.info_grade)
    clock = clock_of(category, *grades, designated=now.authority is not None)
    today, recorded = look.at.date(), datetime.fromtimestamp(now.since, UTC).date()
    last = clock.last_day(today, recorded)
    if last <= today:
        message = f"It was first recorded {clock.stop} months ago, and is renewed no more."
        raise BadInput([FieldProblem(path="id", message=message)])
    if asked.until > last:
        message = f"By what it is and how it is graded, it is renewed until {last.isoformat()} at most."
        raise BadInput([FieldProblem(path="until", message=message)])
    until = int(datetime.combine(asked.until, time.min, UTC).timestamp())
    said = {
        "review_on": until,
        "expires_at": max(until, now.expires_at),
        "recorded_at": int(look.at.timestamp()),
        "recorded_by": look.officer.id,
        "because": asked.new_information,
        "for_enquiry": look.enquiry.id if look.enquiry else "",
    }
    return Renewal(until, said)


def _alike(asked: Sequence[Review]) -> list[FieldProblem]:
    """Say where reviews name one record twice, or rest on the same words."""
    problems: list[FieldProblem] = []
    ids: set[str] = set()
    told: set[str] = set()
    for place, one in enumerate(asked):
        words = " ".join(one.new_information.casefold().split())
        if one.id in ids:
            problems.append(FieldProblem(path=f"reviews.{place}.id", message="Each record is reviewed once."))
        if words in told:
            problems.append(FieldProblem(path=f"reviews.{place}.newInformation", message=_ITS_OWN))
        ids.add(one.id)
        told.add(words)
    return problems


_ITS_OWN = "Each record is renewed on new information of its own; this was said of another."
