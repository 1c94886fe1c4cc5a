"""What cannot stand in a marking or content when it is recorded, by hand or by a file; the graph is not asked.

In order:
1. Nobody writes what he could not read: level and compartment are the writer's own, and the category one that his
   purpose reads.
2. A day that is said to have been has been.
3. A unit stood, and a section was in force, in the state that records, on a day of the incident; a marking's unit
   stands on the day of writing.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from auth.grant import Grant, Mode
from schemas.account import AccountContent
from schemas.codes.statutes import all_statutes, in_force
from schemas.codes.units import units
from schemas.draft import Content
from schemas.envelope import Marking, day_in_india, life_problem
from schemas.errors import FieldProblem
from schemas.gang import GangContent
from schemas.incident import IncidentContent
from schemas.person import PersonContent


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
    if gone := _unit_problem(state, marking.unit, (day_in_india(at),)):
        problems.append(FieldProblem(path="marking.unit", message=gone))
    return problems


def category_problems(grant: Grant, content: Content) -> list[tuple[str, str]]:
    """Say, as (field, sentence), whether a person is of a category that the officer's purpose does not read."""
    if not isinstance(content, PersonContent) or content.category in grant.classes[Mode.READ]:
        return []
    return [("category", "The purpose of your enquiry does not read persons of this category, nor record them.")]


def content_problems(state: str, content: Content, at: datetime) -> list[tuple[str, str]]:
    """Say what of a record's content cannot be recorded in this state now, as (field, sentence)."""
    problems = _past_problems(content, at)
    if isinstance(content, IncidentContent):
        days = content.days() or (day_in_india(at),)
        if content.place_unit and (problem := _unit_problem(state, content.place_unit, days)):
            problems.append(("place_unit", problem))
        for number, section in enumerate(content.sections):
            if problem := _section_problem(state, section, days):
                problems.append((f"sections.{number}", problem))
    return problems


def _past_problems(content: Content, at: datetime) -> list[tuple[str, str]]:
    """Say which days of a record cannot have been yet. India is a day ahead of UTC in its first hours."""
    tomorrow = at.date() + timedelta(days=1)
    days = {name: getattr(content, name) for name in _BEEN[type(content)]}
    if isinstance(content, PersonContent):
        days |= {f"addresses.{number}.valid_from": one.valid_from for number, one in enumerate(content.addresses)}
    if isinstance(content, IncidentContent):
        days |= {f"escalation.{number}.at": rung.at for number, rung in enumerate(content.escalation)}
    if isinstance(content, AccountContent):
        for number, asked in enumerate(content.takedown_requests):
            days[f"takedown_requests.{number}.requested_on"] = asked.requested_on
            days[f"takedown_requests.{number}.decided_on"] = asked.decided_on
    return [
        (name, "This day has not been yet.")
        for name, day in days.items()
        if day is not None and (day.date() if isinstance(day, datetime) else day) > tomorrow
    ]


# The days of each kind of record that have been when it is recorded.
_BEEN: dict[type[Content], tuple[str, ...]] = {
    PersonContent: ("birth_date",),
    GangContent: ("formed",),
    IncidentContent: ("demand_at",),
    AccountContent: ("first_seen", "last_seen"),
}


def _unit_problem(state: str, code: str, days: tuple[date, ...]) -> str | None:
    if any(code in _units(state, day) for day in days):
        return None
    return f"No police unit of {state} has this code on {_said(days)}."


def _section_problem(state: str, section: str, days: tuple[date, ...]) -> str | None:
    if any(section in _sections(state, day) for day in days):
        return None
    begins = _beginnings().get(section)
    if begins is None:
        return "No section is cited so; write the short name of its act and its number, such as BNS 308(4)."
    if not any(begins):
        return "It cannot be chosen before the dated notification that brings it into force is entered."
    return f"It was not in force in {state} on {_said(days)}."


def _said(days: tuple[date, ...]) -> str:
    return str(days[0]) if len(days) == 1 else f"any day from {min(days)} to {max(days)}"


@lru_cache(maxsize=1024)
def _units(state: str, on: date) -> frozenset[str]:
    return frozenset(unit.code for unit in units(state, on))


@lru_cache(maxsize=1024)
def _sections(state: str, on: date) -> frozenset[str]:
    return frozenset(statute.key for statute in in_force(state, on))


@lru_cache(maxsize=1)
def _beginnings() -> dict[str, tuple[str, ...]]:
    """Give the beginnings of every section of the table, wherever it is in force."""
    found: dict[str, tuple[str, ...]] = {}
    for statute in all_statutes():
        found[statute.key] = (*found.get(statute.key, ()), statute.in_force_from)
    return found
