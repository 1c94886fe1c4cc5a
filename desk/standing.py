"""What cannot stand in a marking or content when it is recorded, by hand or by a file; the graph is not asked.

In order:
1. Nobody writes what he could not read: level and compartment are the writer's own, and the category one that his
   purpose reads.
2. A day that is said to have been has been.
3. A unit stood on a day of what the record is about, and a marking's on the day of writing. A section was in force in
   the state that records: of an incident or an act of help on one of its days, of what is about one by then.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from auth.grant import Grant, Mode
from desk.looking import Stamp
from schemas.assistance import AssistanceContent
from schemas.clocks import clock_for
from schemas.codes.states import MEMBERS
from schemas.codes.statutes import all_statutes, in_force
from schemas.codes.units import units
from schemas.envelope import Marking, been, day_in_india, life_problem
from schemas.errors import ErrorCode, FieldProblem
from schemas.follower import FollowerContent
from schemas.handling import TRAINING, Handling
from schemas.ids import RecordType
from schemas.incident import IncidentContent
from schemas.link import ASSERTED, LinkKind
from schemas.pending import PendingAct
from schemas.person import Category, PersonContent
from schemas.records import WORD_OF, Content
from schemas.word import Word


def marking_problems(state: str, grant: Grant, marking: Marking, at: datetime) -> list[FieldProblem]:
    """Say what of a marking this officer cannot write here and now."""
    problems = []
    if problem := life_problem(marking, at):
        problems.append(FieldProblem(path=f"marking.{problem[0]}", message=problem[1]))
    if marking.level > grant.level:
        problems.append(FieldProblem(path="marking.level", message="You cannot record above your own level."))
    if (marking.compartment or "") not in grant.comps:
        inside = " or ".join(name or "no compartment" for name in grant.comps)
        message = f"For this enquiry you record in {inside}."
        problems.append(FieldProblem(path="marking.compartment", message=message))
    if state in marking.audience:
        message = "The audience names other states; your own sees it anyway."
        problems.append(FieldProblem(path="marking.audience", message=message))
    if gone := _unit_problem((state,), marking.unit, (day_in_india(at),)):
        problems.append(FieldProblem(path="marking.unit", message=gone))
    return problems


def clock_problems(content: Content, marking: Marking, at: datetime) -> list[FieldProblem]:
    """Say whether a new record would stand longer than its clock lets it before somebody reviews it."""
    last = clock_for(content, marking).last_day(at.date(), at.date())
    if marking.review_on <= last:
        return []
    message = f"By what it is and how it is graded, it must be reviewed by {last.isoformat()}."
    return [FieldProblem(path="marking.review_on", message=message)]


def loosened(before: Marking, after: Marking) -> list[FieldProblem]:
    """Say by which fields a marking lets a record be used more freely than it was given for: nobody revises that."""
    stricter = list(Handling).index(after.handling) - list(Handling).index(before.handling)
    looser = {
        "handling": stricter < 0,
        "handlingText": stricter == 0 and after.handling_text != before.handling_text,
        "onward": not set(after.onward) <= set(before.onward),
    }
    return [FieldProblem(path=f"marking.{name}", message=_LOOSER) for name, looses in looser.items() if looses]


_LOOSER = (
    "Its handling was set by whom it comes from, and a revision only makes it stricter; what is given more freely is "
    "recorded anew by them."
)


def needs_second(stamp: Stamp, compartment: str | None) -> bool:
    """Say whether what needs a second officer needs one here: not where all is invented."""
    return stamp is not Stamp.TRIAL and compartment != TRAINING


def file_problem(stamp: Stamp, marking: Marking, what: RecordType | LinkKind) -> FieldProblem | None:
    """Say that a file cannot bring in what an officer asserts, or what a second one must approve."""
    if what in ASSERTED:
        return FieldProblem(path="kind", message="That two records are one, or are not, is asserted by hand.")
    if what not in SECOND or not needs_second(stamp, marking.compartment):
        return None
    message = f"{_CALLED[SECOND[what]]} waits for a second officer: it is recorded by hand."
    path = "type" if isinstance(what, RecordType) else "kind"
    return FieldProblem(path=path, message=message, code=ErrorCode.NEEDS_APPROVAL)


SECOND: dict[RecordType | LinkKind, PendingAct] = {
    LinkKind.MEMBER_OF: PendingAct.MEMBERSHIP,
    RecordType.ASSISTANCE: PendingAct.ASSISTANCE,
    LinkKind.GAVE: PendingAct.ASSISTANCE_LINK,
    LinkKind.GIVEN_TO: PendingAct.ASSISTANCE_LINK,
}
_CALLED = {
    PendingAct.MEMBERSHIP: "A membership",
    PendingAct.ASSISTANCE: "An act of help",
    PendingAct.ASSISTANCE_LINK: "Who gave help, or to whom,",
}


def category_problems(grant: Grant, content: Content) -> list[tuple[str, str]]:
    """Say, as (field, sentence), whether a person is of a category that the officer's purpose does not read."""
    return unread(grant, content.category) if isinstance(content, PersonContent) else []


def unread(grant: Grant, category: Category) -> list[tuple[str, str]]:
    """Say, as (field, sentence), whether the officer's purpose does not read persons of a category."""
    if category in grant.classes[Mode.READ]:
        return []
    return [("category", "The purpose of your enquiry does not read persons of this category, nor record them.")]


def act_problems(state: str, content: FollowerContent, at: datetime) -> list[tuple[str, str]]:
    """Say what of an act of a follower cannot be recorded in this state now, as (field, sentence)."""
    problems = _past_problems(content, at)
    if problem := _section_problem(state, content.section, (content.happened_on,), of_the_day=True):
        problems.append(("section", problem))
    return problems


def content_problems(state: str, content: Content, at: datetime) -> list[tuple[str, str]]:
    """Say what of a record's content cannot be recorded in this state now, as (field, sentence)."""
    problems = [*_past_problems(content, at), *minor_problems(content, at)]
    days = _days(content) or (day_in_india(at),)
    # What happened here is this state's; a case, a prison or a place may be another's.
    states = (state,) if isinstance(content, IncidentContent) else tuple(MEMBERS)
    for name in _UNITS & type(content).model_fields.keys():
        code = getattr(content, name)
        if code is not None and (problem := _unit_problem(states, code, days)):
            problems.append((name, problem))
    # Of an act the day is known, and the law of that day; a paper can be about an act of years before.
    of_the_day = isinstance(content, IncidentContent | AssistanceContent)
    for path, section in _sections_of(content):
        if problem := _section_problem(state, section, days, of_the_day=of_the_day):
            problems.append((path, problem))
    return problems


def minor_problems(content: Content, at: datetime) -> list[tuple[str, str]]:
    """Say, as (field, sentence), whether a minor would be recorded for whom they know alone."""
    if isinstance(content, PersonContent) and content.is_minor_without_evidence(day_in_india(at)):
        return [("shelter_evidence", "A minor is no associate or contact without evidence of shelter.")]
    return []


def child_problems(content: Content, marking: Marking) -> list[FieldProblem]:
    """Say where a child in conflict with the law would be shared."""
    if not isinstance(content, PersonContent) or content.category is not Category.CHILD_IN_CONFLICT:
        return []
    shared = [name for name in ("audience", "onward") if getattr(marking, name)]
    message = "A record of a child in conflict with the law is shared with nobody."
    return [FieldProblem(path=f"marking.{name}", message=message) for name in shared]


_UNITS = {"place_unit", "station_unit"}


def _days(content: Content) -> tuple[date, ...]:
    """Give the days of what a record is about, as far as they are known."""
    match content:
        case IncidentContent():
            return content.days()
        case AssistanceContent():
            return tuple(day for day in (content.happened_on, content.happened_until) if day is not None)
    timed_by = WORD_OF[type(content)].timed_by
    day = getattr(content, timed_by) if timed_by else None
    return () if day is None else (day,)


def _sections_of(content: Content) -> list[tuple[str, str]]:
    """Give every section that a record cites, by where it stands."""
    if isinstance(content, AssistanceContent):
        return [("section", content.section)]
    return [(f"sections.{number}", section) for number, section in enumerate(getattr(content, "sections", ()))]


def _past_problems(content: Word, at: datetime) -> list[tuple[str, str]]:
    """Say which days of a record cannot have been yet. India is a day ahead of UTC in its first hours."""
    tomorrow = at.date() + timedelta(days=1)
    return [
        (path, "This day has not been yet.")
        for path, day in been(content)
        if (day.date() if isinstance(day, datetime) else day) > tomorrow
    ]


def _unit_problem(states: tuple[str, ...], code: str, days: tuple[date, ...]) -> str | None:
    if any(code in _units(state, day) for state in states for day in days):
        return None
    of = f" of {states[0]}" if len(states) == 1 else ""
    return f"No police unit{of} has this code on {_said(days)}."


def _section_problem(state: str, section: str, days: tuple[date, ...], *, of_the_day: bool) -> str | None:
    known = _sections if of_the_day else _sections_until
    if any(section in known(state, day) for day in days):
        return None
    begins = _beginnings().get(section)
    if begins is None:
        return "No section is cited so; write the short name of its act and its number, such as BNS 308(4)."
    if not any(begins):
        return "It cannot be chosen before the dated notification that brings it into force is entered."
    return f"It was not {'' if of_the_day else 'yet '}in force in {state} on {_said(days)}."


def _said(days: tuple[date, ...]) -> str:
    return str(days[0]) if len(days) == 1 else f"any day from {min(days)} to {max(days)}"


@lru_cache(maxsize=1024)
def _units(state: str, on: date) -> frozenset[str]:
    return frozenset(unit.code for unit in units(state, on))


@lru_cache(maxsize=1024)
def _sections(state: str, on: date) -> frozenset[str]:
    return frozenset(statute.key for statute in in_force(state, on))


@lru_cache(maxsize=1024)
def _sections_until(state: str, on: date) -> frozenset[str]:
    return frozenset(statute.key for statute in all_statutes() if statute.has_begun(state, on))


@lru_cache(maxsize=1)
def _beginnings() -> dict[str, tuple[str, ...]]:
    """Give the beginnings of every section of the table, wherever it is in force."""
    found: dict[str, tuple[str, ...]] = {}
    for statute in all_statutes():
        found[statute.key] = (*found.get(statute.key, ()), statute.in_force_from)
    return found
