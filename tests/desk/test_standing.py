"""A unit and a section are those of the state that records, on their day; a day said to have been has been."""

from datetime import UTC, date, datetime, timedelta

import pytest

from desk.standing import content_problems
from schemas.incident import Escalation, IncidentContent, Step
from schemas.person import Address, Category, NameKind, PersonContent, RecordedName, Script

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
LATE = datetime(2024, 6, 20, 12, tzinfo=UTC)
NEXT_MONTH = datetime(2024, 7, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "section", "when", "stands"),
    [
        ("IN-RJ", "BNS 308(4)", AT, True),
        ("IN-RJ", "BNS 308(4)", LATE, False),
        ("IN-RJ", "IPC 387", LATE, True),
        ("IN-RJ", "IPC 387", AT, False),
        ("IN-GJ", "GUJCTOC 3", AT, True),
        ("IN-RJ", "GUJCTOC 3", AT, False),
        ("IN-RJ", "RCOCA *", AT, False),
        ("IN-HR", "HCOCA *", AT, False),
        ("IN-RJ", "BNS 308 (4)", AT, False),
    ],
)
def test_a_section_stands_where_and_when_it_is_in_force(state: str, section: str, when: datetime, stands: bool) -> None:
    told = IncidentContent(title="A call", demand_at=when, sections=("ARMS 27(1)", section))
    assert [field for field, _ in content_problems(state, told, AT)] == ([] if stands else ["sections.1"])


def test_an_incident_that_runs_over_a_change_of_law_takes_sections_of_both() -> None:
    rungs = tuple(Escalation(step=Step.REMINDER, at=at) for at in (LATE, NEXT_MONTH))
    both = ("IPC 387", "BNS 308(4)")
    assert content_problems("IN-RJ", IncidentContent(title="Calls", escalation=rungs, sections=both), AT) == []
    early = IncidentContent(title="A call", escalation=rungs[:1], sections=both)
    assert [field for field, _ in content_problems("IN-RJ", early, AT)] == ["sections.1"]


def test_an_incident_without_a_time_is_judged_by_the_day_of_recording() -> None:
    told = IncidentContent(title="A call", sections=("IPC 387",), place_unit="RJ-D-DDU")
    assert content_problems("IN-RJ", told, AT) == [
        ("place_unit", "No police unit of IN-RJ has this code on 2026-06-01."),
        ("sections.0", "It was not in force in IN-RJ on 2026-06-01."),
    ]


def test_a_unit_that_has_gone_stands_where_it_stood() -> None:
    told = IncidentContent(title="A call", demand_at=LATE, place_unit="RJ-D-DDU")
    assert content_problems("IN-RJ", told, AT) == []
    assert [field for field, _ in content_problems("IN-PB", told, AT)] == ["place_unit"]


def test_a_rung_or_an_address_of_a_day_that_has_not_been_is_refused_by_its_place() -> None:
    soon = AT + timedelta(days=2)
    rungs = (Escalation(step=Step.DEMAND, at=AT), Escalation(step=Step.REMINDER, at=soon))
    told = IncidentContent(title="A call", escalation=rungs)
    assert content_problems("IN-RJ", told, AT) == [("escalation.1.at", "This day has not been yet.")]
    homes = (
        Address(text="Here", valid_from=AT.date(), valid_to=date(2190, 1, 1)),
        Address(text="There", valid_from=soon.date()),
    )
    name = RecordedName(text="Kiran Mewada", script=Script.LATIN, kind=NameKind.LEGAL)
    person = PersonContent(names=(name,), category=Category.SUSPECT, addresses=homes)
    assert content_problems("IN-RJ", person, AT) == [("addresses.1.valid_from", "This day has not been yet.")]
