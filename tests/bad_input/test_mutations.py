"""Every change refuses what cannot stand, by a sentence and a path, before it opens the database."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from desk.looking import Stamp
from graph.local import LocalGraph
from schemas.handling import Purpose
from schemas.ids import RecordType
from schemas.officer import Rank
from schemas.text import Prose
from tests.bad_input.stand import Stand, stand
from tests.bad_input.values import (
    ABSENT,
    DOCUMENTS,
    GOOD,
    MARKING,
    MUTATIONS,
    TOGETHER,
    UNREADABLE,
    Place,
    bad_values,
    changed,
    places,
    put,
)
from tests.faults.planning import planned
from tests.station import MORNING, Caller, marking, name, station
from tests.words import as_input

PLACES = places()
_SENTENCE = re.compile(r"[A-Z].*[.]", re.DOTALL)
# What a program says to a programmer: names with underscores, types of Python, words of the libraries.
_JARGON = re.compile(r"[a-z]_[a-z]|Input should|pydantic|Value error|NoneType|\bstr\b|GraphQL|Traceback")


def _once(all: list[Place]) -> list[Place]:
    """Give each place once: what several records have in common is changed in one of them, and in links."""
    kept: dict[tuple[str, str], Place] = {}
    for place in all:
        first = str(place.keys[0])
        shared = (first == "marking" and place.mutation not in ("recordPerson", "link", "revisePerson")) or (
            # What a revision says is looked at by the same word as what is recorded.
            first == "change" and place.mutation != "revisePerson"
        )
        kept.setdefault((place.mutation, first if shared else place.path), place)
    return list(kept.values())


@pytest.fixture(scope="module")
def node(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A node that counts how often it opens the database."""
    with stand(local_graph, tmp_path_factory.mktemp("mutations")) as made:
        yield made


@pytest.fixture(scope="module")
def officer(node: Stand) -> Caller:
    """An officer of level 2 with one compartment."""
    return node.caller("rj.desk", level=2, compartments=("IN-RJ:EAGLE",))


def test_every_change_and_every_field_of_its_input_has_a_good_value() -> None:
    assert GOOD.keys() == MUTATIONS.keys()
    reached = {(place.mutation, _type_path(place)) for place in PLACES}
    for mutation, field in MUTATIONS.items():
        for arg, one in field.args.items():
            assert (mutation, (arg,)) in reached
            for path in _fields_below((arg,), get_named_type(one.type)):
                assert (mutation, path) in reached, f"{mutation} {path} has no good value"


def test_what_cannot_stand_at_a_place_is_told_with_its_path_and_a_sentence(node: Stand, officer: Caller) -> None:
    with node.untouched():
        wrong = [
            f"{place.mutation} {place.path} = {named}: {problem}"
            for place in _once(PLACES)
            for named, value in bad_values(place).items()
            if (problem := _not_refused(node, officer, place.mutation, changed(place, value), place.path))
        ]
        assert wrong == []


@pytest.mark.parametrize("named", TOGETHER)
def test_what_does_not_fit_together_is_told_at_its_place(node: Stand, officer: Caller, named: str) -> None:
    mutation, variant, changes, path = TOGETHER[named]
    given = copy.deepcopy(GOOD[mutation][variant])
    for keys, value in changes.items():
        put(given, keys, value)
    with node.untouched():
        answer = node.post(officer, DOCUMENTS[mutation], given).json()
        problems = answer["data"][mutation]["problems"]
    assert path in [problem["path"] for problem in problems], problems
    assert not [problem for problem in problems if _unsaid(problem)]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_a_change_with_several_things_wrong_is_refused(node: Stand, officer: Caller, data: st.DataObject) -> None:
    mutation = data.draw(st.sampled_from(sorted(MUTATIONS)))
    variant = data.draw(st.integers(0, len(GOOD[mutation]) - 1))
    here = [place for place in PLACES if (place.mutation, place.variant) == (mutation, variant) and bad_values(place)]
    chosen = data.draw(st.lists(st.sampled_from(here), min_size=1, max_size=4, unique_by=lambda place: place.keys))
    # Longest first, so that no place is changed inside what was taken away.
    sent = copy.deepcopy(GOOD[mutation][variant])
    for place in sorted(chosen, key=lambda place: -len(place.keys)):
        bad = bad_values(place)
        put(sent, place.keys, bad[data.draw(st.sampled_from(sorted(bad)))])
    opened = len(node.opened)
    assert _not_refused(node, officer, mutation, sent, "") is None
    assert len(node.opened) == opened


TEXTS = [place for place in _once(PLACES) if str(place.bare) == "String"]
# With this at its place a change is refused whatever else it says: a level above the officer's, an end that has come.
_NEVER = {("marking", "level"): 3, ("enquiry", "expiresAt"): MORNING.isoformat()}


def test_every_change_that_takes_a_text_is_given_any_text() -> None:
    assert {place.mutation for place in TEXTS} == MUTATIONS.keys() - {"closeEnquiry", "approve", "withdrawPending"}


@pytest.mark.parametrize("mutation", sorted({place.mutation for place in TEXTS}))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), data=st.data())
def test_any_text_at_any_place_is_taken_or_told(
    node: Stand, officer: Caller, mutation: str, text: str, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from([place for place in TEXTS if place.mutation == mutation]))
    sent, before, opened = changed(place, text), node.stored(), len(node.opened)
    said = next((word for word in ("reason", "statement", "newInformation") if word in sent), None)
    if mutation == "reviewAll" and _can_stand(text):
        # Each is decided alone: what it names is absent, which is told beside it.
        assert node.post(officer, DOCUMENTS[mutation], sent).json()["data"][mutation]["problems"] == []
        assert node.stored() == before
        return
    if said is not None:
        # If nothing is wrong with the change, what it names is absent.
        stands = place.keys[0] == said and _can_stand(text)
        if stands or (place.keys[0] != said and _code(node, officer, mutation, sent) == "NOT_FOUND"):
            assert _code(node, officer, mutation, sent) == "NOT_FOUND"
            assert node.stored() == before
            return
    for keys, value in _NEVER.items():
        if keys[0] in sent and said is None:
            put(sent, keys, value)
    opened = len(node.opened)
    assert _not_refused(node, officer, mutation, sent, "") is None
    assert len(node.opened) == opened


def test_a_body_of_ten_megabytes_is_not_read(node: Stand, officer: Caller) -> None:
    with node.untouched():
        person = {**as_input(RecordType.PERSON), "marks": ["x" * 10_000_000]}
        answer = node.post(officer, DOCUMENTS["recordPerson"], {"person": person, "marking": MARKING})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "LIMIT"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('{"query": Q, "variables": {"id": "a", "id": "b", "reason": "Twice."}}', "A key stands twice"),
        ('{"query": Q, "variables": {"id": "\\ud800", "reason": "Half."}}', "half a character"),
        ('{"query": Q, "variables": {"id": "a", "reason": "\\udc00 b"}}', "half a character"),
        ('{"query": Q, "variables": {"id": NaN, "reason": "None."}}', "NaN"),
        ('{"query": Q, "variables": ["a"]}', "wrong type"),
        ('{"query": Q, "variables": {"id": "a"', "well-formed"),
    ],
)
def test_a_body_that_is_no_proper_json_is_refused(node: Stand, officer: Caller, written: str, says: str) -> None:
    body = written.replace("Q", '"mutation($id: ID!, $reason: String!) { withdraw(id: $id, reason: $reason) { id } }"')
    with node.untouched():
        answer = node.send(officer, body)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "BAD_INPUT")
    assert says in error["message"]


def test_a_number_in_the_document_that_stands_twice_is_refused(node: Stand, officer: Caller) -> None:
    twice = 'mutation { withdraw(id: "a", id: "b", reason: "Twice.") { id } }'
    with node.untouched():
        answer = node.post(officer, twice, {}).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


def test_an_id_that_is_malformed_absent_or_hidden_is_not_found_wherever_it_stands(node: Stand, officer: Caller) -> None:
    holder = node.caller("rj.holder", level=3, compartments=("IN-RJ:EAGLE",))
    hidden = {kind: _recorded(node, holder, kind, level=3) for kind in ("person", "gang")}
    theirs = node.portal.call(lambda: node.node.caller("rj.other")).enquiry
    for place in [*_once(PLACES)]:
        # Of many reviews each is answered beside the id that was sent: the ladder compares what is told of it.
        if str(place.bare) != "ID" or place.mutation == "reviewAll":
            continue
        kind = next((kind for kind in ("gang", "link", "enquiry") if f":{kind}:" in _good(place)), "person")
        ids = [
            ABSENT.format(kind),
            ABSENT.format(kind).replace("IN-RJ", "IN-PB"),
            ABSENT.format("officer"),
            hidden.get(kind, theirs),
            "",
            " ",
            "urn:sangam:IN-RJ:person:1",
            f"{ABSENT.format(kind)}\n",
            "urn:sangam:IN-XX" + ABSENT.format(kind)[16:],
            ABSENT.format(kind).upper(),
            "\x00",
            "' OR 1=1 //",
            "\u202e",
            "f" * 31,
            "x" * 20_000,
            7,
            UNREADABLE["tag characters"],
        ]
        before = node.stored()
        answers = {id: node.post(officer, DOCUMENTS[place.mutation], _fitting(place, id)).content for id in ids}
        assert len(set(answers.values())) == 1, (place.mutation, place.path, answers)
        assert b'"NOT_FOUND"' in answers[ids[0]], (place.mutation, place.path, answers[ids[0]])
        assert node.stored() == before
    assert node.portal.call(node.node.desk.register.ledger.unsettled) == []


def test_a_refusal_comes_before_bad_input_and_bad_input_before_not_found(node: Stand) -> None:
    reader = node.caller("rj.court", purpose=Purpose.COURT)
    nobody = node.caller("rj.none", purpose=None)
    auditor = node.caller("rj.auditor", rank=Rank.AUDITOR)
    with node.untouched():
        for mutation in [one for one in MUTATIONS if one not in ("openEnquiry", "closeEnquiry")]:
            for variant in GOOD[mutation]:
                bad = {**variant, "reason": ""} if "reason" in variant else {**variant, "marking": marking(unit="?")}
                codes = [_code(node, asks, mutation, bad) for asks in (nobody, reader, auditor)]
                assert codes == ["ENQUIRY_REQUIRED", "REFUSED", "REFUSED"], mutation
        bad = put(copy.deepcopy(GOOD["openEnquiry"][0]), ("enquiry", "caseRef"), "")
        assert _code(node, auditor, "openEnquiry", bad) == "REFUSED"


@pytest.mark.anyio
async def test_a_membership_of_somebody_who_is_not_there_waits_for_nobody(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    async with station(local_graph, tmp_path, stamp=Stamp.TRAINING) as training:
        adg = await training.caller()
        given = {**GOOD["link"][0], "marking": marking()}
        await planned(adg, DOCUMENTS["link"], given)
        absent = (await adg.post(DOCUMENTS["link"], given)).content
        malformed = (await adg.post(DOCUMENTS["link"], {**given, "from": {"id": "x"}})).content
        assert absent == malformed
        assert b'"NOT_FOUND"' in absent


def _recorded(node: Stand, by: Caller, kind: str, **marked: Any) -> str:
    mutation = f"record{kind.capitalize()}"
    content = {"person": {"category": "SUSPECT"}, "gang": {"standing": "ALLEGED"}}[kind]
    given = {kind: {**content, "names": [name("Hidden One")]}, "marking": marking(**marked)}
    for _ in range(3):
        answer = node.post(by, DOCUMENTS[mutation], given).json()
        if "errors" not in answer:
            return str(answer["data"][mutation][kind]["id"])
    raise AssertionError(answer)


def _code(node: Stand, asks: Caller, mutation: str, given: dict[str, Any]) -> str:
    answer = node.post(asks, DOCUMENTS[mutation], given).json()
    return str(answer["errors"][0]["extensions"]["code"] if "errors" in answer else answer)


def _not_refused(node: Stand, asks: Caller, mutation: str, given: dict[str, Any], path: str) -> str | None:
    """Say in which way an answer is not a proper refusal at a path; None if it is one."""
    answer = node.post(asks, DOCUMENTS[mutation], given).json()
    if errors := answer.get("errors"):
        if {error["extensions"]["code"] for error in errors} != {"BAD_INPUT"}:
            return str(errors)
        problems = [problem for error in errors for problem in error["extensions"].get("problems", ())]
    else:
        problems = answer["data"][mutation]["problems"]
    if not problems:
        return f"no problem is told: {answer}"
    told = [re.sub(r"\[(\d+)\]", r".\1", problem["path"]) for problem in problems]
    if path and not any(path.startswith(one) or one.startswith(path) for one in told):
        return f"told at {told}"
    return next((f"said so: {problem}" for problem in problems if _unsaid(problem)), None)


def _can_stand(text: str) -> bool:
    """Say whether a text is prose by itself."""
    try:
        TypeAdapter(Prose).validate_python(text)
    except ValidationError:
        return False
    return True


def _unsaid(problem: dict[str, Any]) -> bool:
    said = problem["message"]
    return not _SENTENCE.fullmatch(said) or _JARGON.search(said) is not None or len(said) > 300


def _good(place: Place) -> str:
    at: Any = GOOD[place.mutation][place.variant]
    for key in place.keys:
        at = at[key]
    return str(at)


def _fitting(place: Place, id: object) -> dict[str, Any]:
    """Give a change with an id at a place and without what only its officer's compartment allows."""
    sent = changed(place, id)
    if "compartment" in (sent.get("marking") or {}):
        sent["marking"] = marking()
    return sent


def _type_path(place: Place) -> tuple[str, ...]:
    return tuple(key for key in place.keys if isinstance(key, str))


def _fields_below(path: tuple[str, ...], type: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(type, GraphQLInputObjectType):
        for key, field in type.fields.items():
            yield (*path, key)
            yield from _fields_below((*path, key), get_named_type(field.type))
