"""What a node answers is read by a program that has never heard of one of its states."""

from io import StringIO
from typing import Any

from rich.console import Console

from api.cli.sources import everywhere_told
from sangam import reading
from sangam.spelling import camel
from schemas.codes.states import MEMBERS
from schemas.link import LinkContent

UP = "IN-UP"
NAME = {"text": "Arun Gular", "script": "LATIN", "kind": "LEGAL", "source": None}


def _id(type: str, number: int) -> str:
    return f"urn:sangam:{UP}:{type}:0000000{number}-0000-4000-8000-000000000000"


def test_what_a_state_answers_that_joined_by_a_membership_is_read_and_shown() -> None:
    assert UP not in MEMBERS
    people = [_id("person", n) for n in range(2)]
    said = dict.fromkeys(camel(name) for name in LinkContent.model_fields if name != "criteria")
    grading = {"owner": UP, "sourceGrade": "B", "infoGrade": "KNOWN_TO_SOURCE", "validFrom": None, "validTo": None}
    ends = {"from": people[0], "to": people[1]}
    link = {**said, "id": _id("link", 1), "kind": "MET_WITH", **ends, "provenance": grading}
    source = {"state": UP, "status": "LIVE", "latencyMs": 100, "returned": 2, "asOf": "2026-06-01T00:00:00Z"}
    answer: dict[str, Any] = {
        "nodes": [{"__typename": "Person", "id": id, "names": [NAME], "category": "SUSPECT"} for id in people],
        "links": [link],
        "assertions": [],
        "joins": [],
        "gaps": [{"at": people[0], "state": UP, "reason": "NOT_DISCLOSED"}],
        "paths": [{"steps": [{"link": link["id"], **ends}], "crossings": 0}],
        "sources": [{**source, "reason": None, "contactDesk": None, "correlationId": "c"}],
        "complete": False,
        "asOf": "2026-06-01T00:00:00Z",
        "cursor": None,
    }
    found = reading.across(answer)
    assert ([one.id for one in found.nodes], found.links[0].provenance.owner, found.gaps[0].state) == (people, UP, UP)
    shown = StringIO()
    Console(file=shown, width=200).print(everywhere_told(found))
    assert shown.getvalue().count(UP) > 3
