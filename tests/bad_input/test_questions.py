"""Every question refuses what cannot stand before it opens the database, and says nothing of what is hidden."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.local import LocalGraph
from schemas.handling import Purpose
from tests.bad_input.stand import Stand, stand
from tests.bad_input.values import ABSENT, UNREADABLE
from tests.faults.planning import planned
from tests.station import Caller, marking, name

PERSONS = """query($where: PersonWhere, $knownAt: DateTime, $first: Int! = 2, $after: String) {
  persons(where: $where, knownAt: $knownAt, first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { endCursor } } }"""
PERSON = """query($id: ID!, $first: Int! = 2, $after: String, $validAt: Date, $along: [LinkKind!]) { person(id: $id) {
  id incidents(first: $first, after: $after, validAt: $validAt, along: $along) { edges { node { id } } } } }"""
ON_A_DAY = """query($id: ID!, $validAt: Date, $knownAt: DateTime) {
  record(id: $id, validAt: $validAt, knownAt: $knownAt) { id } }"""
FIND = """query($text: String!, $validAt: Date, $knownAt: DateTime, $first: Int! = 2, $after: String) {
  find(text: $text, validAt: $validAt, knownAt: $knownAt, first: $first, after: $after) {
    edges { cursor node { id } } } }"""
NETWORK = """query(
  $from: [ID!]!, $hops: Int! = 1, $along: [LinkKind!], $validAt: Date, $knownAt: DateTime, $limit: Int! = 200
) {
  network(from: $from, hops: $hops, along: $along, validAt: $validAt, knownAt: $knownAt, limit: $limit) {
    nodes { id } } }"""
PATHS = """query(
  $from: ID!, $to: ID!, $maxHops: Int! = 6, $k: Int! = 3, $along: [LinkKind!], $validAt: Date, $knownAt: DateTime
) {
  paths(from: $from, to: $to, maxHops: $maxHops, k: $k, along: $along, validAt: $validAt, knownAt: $knownAt) {
    more } }"""
INBOX = """query($first: Int! = 2, $after: String) {
  inbox(kind: APPROVAL, first: $first, after: $after) { edges { cursor node { id } } } }"""
IDENTIFIER = """query($kind: ValueKind!, $value: String!, $knownAt: DateTime) {
  identifier(kind: $kind, value: $value, knownAt: $knownAt) { id } }"""
NOTHING = ABSENT.format("place")
READERS = f"""query($first: Int! = 2, $after: String) {{
  readers(id: "{NOTHING}", first: $first, after: $after) {{ edges {{ cursor }} }} }}"""
STATUTES = """query($on: Date! = "2026-06-01", $text: String! = "", $first: Int! = 2, $after: String) {
  statutes(on: $on, text: $text, first: $first, after: $after) { edges { cursor } } }"""
UNITS = """query($on: Date! = "2026-06-01", $under: String, $first: Int! = 2, $after: String) {
  units(on: $on, under: $under, first: $first, after: $after) { edges { cursor } } }"""
BY_ID = {
    "record": "query($id: ID!) { answer: record(id: $id) { ... on Person { id } } }",
    "person": "query($id: ID!) { answer: person(id: $id) { id } }",
    "gang": "query($id: ID!) { answer: gang(id: $id) { id } }",
    "incident": "query($id: ID!) { answer: incident(id: $id) { id } }",
    "socialAccount": "query($id: ID!) { answer: socialAccount(id: $id) { id } }",
    "enquiry": "query($id: ID!) { answer: enquiry(id: $id) { id } }",
    "pendingChange": "query($id: ID!) { answer: pendingChange(id: $id) { id } }",
    "readers": "query($id: ID!) { answer: readers(id: $id) { edges { cursor } } }",
    "explainAccess": "query($id: ID!) { answer: explainAccess(id: $id) { id } }",
    "network": "query($id: ID!) { answer: network(from: [$id]) { nodes { id } } }",
    "paths": f'query($id: ID!) {{ answer: paths(from: $id, to: "{NOTHING}") {{ more }} }}',
}
RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""

SOMEBODY = ABSENT.format("person")
TWO = {"from": SOMEBODY, "to": NOTHING}
MANY = [SOMEBODY[:-2] + f"{number:02}" for number in range(21)]
_DAYS = [
    "2026-02-30",
    "1767225600",
    "0001-01-01",
    "9999-12-31",
    "yesterday",
    "",
    "2026-01-01\x00",
    20260101,
    "٢٠٢٦-٠١-٠١",
]
# A moment needs its zone, and must have been: nobody knows what will be known.
_MOMENTS = ["2026-06-01T09:00:00", "2026-06-01", "2026-06-01T09:00:01Z", "2200-01-01T00:00:00Z", *_DAYS]
_PAGES = [0, 51, -1, 2**31 - 1, -(2**31), 2**31, 10**60, "2", 1.5, None, True]
_CURSORS = ["", "x", "\x00", "é" * 200, "A" * 20_000, "=" * 8, "a.b.c"]

# Each of these is refused whole, whoever asks: the document, its variables, and the path that is told.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    *[(PERSONS, {"first": first}, "first") for first in _PAGES],
    *[(FIND, {"text": "Kiran", "first": first}, "first") for first in _PAGES],
    *[(PERSON, {"id": SOMEBODY, "first": first}, "first") for first in _PAGES],
    *[(asked, {"first": first}, "first") for asked in (INBOX, READERS, STATUTES, UNITS) for first in _PAGES],
    *[(asked, {"after": after}, "after") for asked in (INBOX, READERS, STATUTES, UNITS) for after in _CURSORS],
    *[(asked, {"on": on}, "on") for asked in (STATUTES, UNITS) for on in ("2026-02-30", "soon", "")],
    (STATUTES, {"text": "x" * 101}, "text"),
    (UNITS, {"under": "x" * 101}, "under"),
    *[(PERSONS, {"after": after}, "after") for after in _CURSORS],
    *[(FIND, {"text": "Kiran", "after": after}, "after") for after in _CURSORS],
    *[(PERSON, {"id": SOMEBODY, "after": after}, "after") for after in _CURSORS],
    *[(PERSON, {"id": SOMEBODY, "validAt": day}, "validAt") for day in _DAYS],
    *[(NETWORK, {"from": [SOMEBODY], "validAt": day}, "validAt") for day in _DAYS],
    *[(FIND, {"text": "Kiran", "validAt": day}, "validAt") for day in _DAYS],
    *[(ON_A_DAY, {"id": SOMEBODY, "validAt": day}, "validAt") for day in _DAYS],
    *[(PERSONS, {"knownAt": moment}, "knownAt") for moment in _MOMENTS],
    *[(NETWORK, {"from": [SOMEBODY], "knownAt": moment}, "knownAt") for moment in _MOMENTS],
    *[(PATHS, {**TWO, "knownAt": moment}, "knownAt") for moment in _MOMENTS],
    *[(FIND, {"text": "Kiran", "knownAt": moment}, "knownAt") for moment in _MOMENTS],
    *[(ON_A_DAY, {"id": SOMEBODY, "knownAt": moment}, "knownAt") for moment in _MOMENTS],
    *[(IDENTIFIER, {"kind": "PHONE", "value": "+919829012345", "knownAt": moment}, "knownAt") for moment in _MOMENTS],
    *[(PERSONS, {"where": {"recordedFrom": day}}, "where.recordedFrom") for day in _DAYS],
    (PERSON, {"id": SOMEBODY, "along": ["RIVAL_OF"]}, "incidents.along"),
    (PERSON, {"id": SOMEBODY, "along": ["NO_SUCH"]}, "along"),
    *[(NETWORK, {"from": [SOMEBODY], "hops": hops}, "hops") for hops in (-1, 4, 2**31 - 1, 2**31, "1", 0.5)],
    *[(NETWORK, {"from": [SOMEBODY], "limit": limit}, "limit") for limit in (-1, 0, 501, 2**31 - 1, 10**60, "9")],
    (NETWORK, {"from": MANY[:3], "limit": 2}, "limit"),
    (NETWORK, {"from": []}, "from"),
    (NETWORK, {"from": MANY}, "from"),
    (NETWORK, {"from": [None]}, "from"),
    (NETWORK, {"from": [SOMEBODY], "along": ["VICTIM_OF"]}, "along"),
    (NETWORK, {"from": [SOMEBODY], "along": "MEMBER OF"}, "along"),
    # Malformed beside a bad argument: the argument is told first.
    (NETWORK, {"from": ["no id"], "hops": 9}, "hops"),
    *[(PATHS, {**TWO, "maxHops": hops}, "maxHops") for hops in (-1, 0, 9, 2**31 - 1, 2**31, "1", 0.5)],
    *[(PATHS, {**TWO, "k": number}, "k") for number in (-1, 0, 6, 2**31 - 1, 10**60, "3")],
    *[(PATHS, {**TWO, "validAt": day}, "validAt") for day in _DAYS],
    (PATHS, {"from": SOMEBODY, "to": SOMEBODY}, "to"),
    (PATHS, {"from": "no id", "to": "no id"}, "to"),
    (PATHS, {"from": SOMEBODY, "to": None}, "to"),
    (PATHS, {**TWO, "from": [SOMEBODY, MANY[0]]}, "from"),
    (PATHS, {**TWO, "along": ["WITNESS_OF"]}, "along"),
    (PATHS, {**TWO, "along": "MEMBER OF"}, "along"),
    (PATHS, {"from": "no id", "to": SOMEBODY, "k": 9}, "k"),
    *[(FIND, {"text": text}, "text") for text in ("", "   ", "\u3000", "x" * 201, "é" * 20_000, 7, None, ["a", "b"])],
    *[(IDENTIFIER, {"kind": "PHONE", "value": value}, "value") for value in ("", "12", "call", "9" * 500, 7, None)],
    *[(IDENTIFIER, {"kind": "FIR", "value": value}, "value") for value in ("", "0123", "a,b,c,d", "/" * 100)],
    *[(IDENTIFIER, {"kind": "SOCIAL_ID", "value": value}, "value") for value in ("", "X", "X:@him", ":", "Y:12")],
    *[(IDENTIFIER, {"kind": kind, "value": bad}, "value") for kind in ("PHONE", "FIR") for bad in UNREADABLE.values()],
    (IDENTIFIER, {"kind": "AADHAAR", "value": "234123412346"}, "kind"),
    (PERSONS, {"where": {"caste": "x"}}, "where"),
    (PERSONS, {"where": {"category": ["WANTED"]}}, "where.category"),
    (PERSONS, {"where": "SUSPECT"}, "where"),
]


@pytest.fixture(scope="module")
def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A node that counts how often it opens the database."""
    with stand(local_graph, tmp_path_factory.mktemp("questions")) as made:
        yield made


@pytest.fixture(scope="module")
def officer(node: Stand) -> Caller:
    """An officer who may ask of everything below level 3."""
    return node.caller("rj.desk", level=2)


@pytest.fixture(scope="module")
def holder(node: Stand) -> Caller:
    """An officer of level 3, whose records the other does not see."""
    return node.caller("rj.holder", level=3)


def test_what_cannot_be_asked_is_told_with_its_path_before_the_database_is_opened(node: Stand, officer: Caller) -> None:
    with node.untouched():
        wrong = []
        for document, variables, path in REFUSED:
            answer = node.post(officer, document, variables).json()
            error = answer.get("errors", [{}])[0]
            problems = error.get("extensions", {}).get("problems", [])
            code = error.get("extensions", {}).get("code")
            if code != "BAD_INPUT" or not any(path.split(".")[0] in problem["path"] for problem in problems):
                wrong.append((document[:40], str(variables)[:80], str(answer)[:300]))
        assert wrong == []


@pytest.mark.parametrize("question", BY_ID)
def test_an_id_that_is_malformed_absent_or_hidden_is_not_found(
    node: Stand, officer: Caller, holder: Caller, question: str
) -> None:
    hidden = _recorded(node, holder, "Hidden One", level=3)
    kind = {"socialAccount": "account", "gang": "gang", "incident": "incident", "enquiry": "enquiry"}.get(question)
    ids = [
        hidden if kind is None else ABSENT.format(kind),
        ABSENT.format("person"),
        ABSENT.format("enquiry"),
        ABSENT.format("link"),
        holder.enquiry,
        "urn:sangam:IN-XX" + SOMEBODY[16:],
        SOMEBODY.upper(),
        f"{SOMEBODY}\n",
        f" {SOMEBODY}",
        "0" * 32,
        "0" * 31,
        "x" * 20_000,
        7,
        *[text[:2_000] for text in UNREADABLE.values()],
    ]
    for known in (SOMEBODY, "0" * 32):
        node.portal.call(planned, officer, BY_ID[question], {"id": known})
    answers = {id: node.post(officer, BY_ID[question], {"id": id}).content for id in ids}
    assert len(set(answers.values())) == 1, answers
    assert b'"NOT_FOUND"' in answers[SOMEBODY]


def test_a_cursor_is_good_only_for_its_officer_enquiry_and_question(node: Stand, officer: Caller) -> None:
    for number in range(4):
        _recorded(node, officer, f"Kiran Mewada {'ABCD'[number]}")
    cursor = node.post(officer, PERSONS, {}).json()["data"]["persons"]["pageInfo"]["endCursor"]
    found = node.post(officer, FIND, {"text": "Kiran"}).json()["data"]["find"]["edges"][0]["cursor"]
    assert "errors" not in node.post(officer, PERSONS, {"after": cursor}).json()
    other = node.caller("rj.second", level=2)
    second = node.portal.call(node.node.enquiry, officer.officer.id, Purpose.INVESTIGATION)
    swapped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    with node.untouched():
        for asks, document, variables in [
            (other, PERSONS, {"after": cursor}),
            (officer, PERSONS, {"after": found}),
            (officer, PERSONS, {"after": cursor, "where": {"category": ["SUSPECT"]}}),
            (officer, PERSONS, {"after": cursor[: len(cursor) // 2]}),
            (officer, PERSONS, {"after": cursor[:-1]}),
            (officer, PERSONS, {"after": swapped}),
            (officer, PERSONS, {"after": cursor * 2}),
            (officer, FIND, {"text": "Kiran", "after": cursor}),
            (officer, FIND, {"text": "Mewada", "after": found}),
            (officer, PERSON, {"id": SOMEBODY, "after": cursor}),
        ]:
            answer = node.post(asks, document, variables).json()
            assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT", (variables, answer)
            assert answer["errors"][0]["extensions"]["problems"][0]["path"] == "after"
        again = replace(officer, enquiry=second)
        assert _code(node, again, PERSONS, {"after": cursor}) == "BAD_INPUT"


def test_half_a_character_is_refused_wherever_it_stands(node: Stand, officer: Caller) -> None:
    with node.untouched():
        for variables in ({"text": "\ud800"}, {"text": "Kiran \udfff"}, {"text": "a", "\ud83d": 1}):
            body = json.dumps({"query": FIND, "variables": variables})
            answer = node.send(officer, body)
            assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
        literal = '{ find(text: "\\ud800") { totalCount } }'
        assert _code(node, officer, literal, {}) == "BAD_INPUT"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=220))
def test_any_text_can_be_looked_for_or_is_told(node: Stand, officer: Caller, text: str) -> None:
    answer = node.post(officer, FIND, {"text": text}).json()
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    assert codes <= {"BAD_INPUT"}, answer


@pytest.mark.parametrize(
    "text", [*UNREADABLE.values(), "👮‍♀️🔫", "Kiranकिरणਕਿਰਨ", "کرن Kiran", "%_*\\'\"`$(){}", "‮narik"]
)
def test_odd_text_is_looked_for_without_harm(node: Stand, officer: Caller, text: str) -> None:
    answer = node.post(officer, FIND, {"text": text}).json()
    assert "errors" not in answer or answer["errors"][0]["extensions"]["code"] == "BAD_INPUT", answer


def _recorded(node: Stand, by: Caller, text: str, **marked: Any) -> str:
    given = {"p": {"category": "SUSPECT", "names": [name(text)]}, "m": marking(**marked)}
    for _ in range(3):
        answer = node.post(by, RECORD, given).json()
        if "errors" not in answer:
            return str(answer["data"]["recordPerson"]["person"]["id"])
    raise AssertionError(answer)


def _code(node: Stand, asks: Caller, document: str, variables: dict[str, Any]) -> str:
    answer = node.post(asks, document, variables).json()
    return str(answer["errors"][0]["extensions"]["code"] if "errors" in answer else answer)
