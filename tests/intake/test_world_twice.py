"""What the training world has twice: said to be one, to be two, or left for a node to match."""

from collections import defaultdict
from datetime import UTC, datetime, time

import pytest

from desk.standing import content_problems
from intake.world import StateWorld, World
from schemas.draft import RecordDraft, ValueEnd
from schemas.envelope import life_problem
from schemas.gradings import InfoGrade, SourceGrade
from schemas.ids import RecordType, normal_form
from schemas.link import ASSERTED, BORNE_BY_ONE, LinkKind, relation_problem
from schemas.person import PROTECTED, PersonContent
from tests.intake.worlds import ON

AT = datetime.combine(ON, time(3), UTC)


@pytest.fixture(scope="module")
def rajasthan(whole: World) -> StateWorld:
    return whole.states["IN-RJ"]


def by_ref(state: StateWorld) -> dict[str, RecordDraft]:
    return {record.ref: record for record in (*state.records, *state.again)}


def borne(state: StateWorld) -> dict[str, set[str]]:
    """Give what each record bears that one thing alone bears, in its normal form."""
    known, found = by_ref(state), defaultdict(set)
    for link in (*state.links, *state.again_links):
        if link.kind is not LinkKind.IDENTIFIED_BY or not isinstance(link.to, ValueEnd):
            continue
        if (known[str(link.from_)].type, link.to.kind) in BORNE_BY_ONE:
            found[str(link.from_)].add(normal_form(link.to.kind, link.to.value))
    return found


def test_each_assertion_is_made_of_records_of_each_type(rajasthan: StateWorld) -> None:
    known = by_ref(rajasthan)
    found = {(draft.kind, known[str(draft.from_)].type, known[str(draft.to)].type) for draft in rajasthan.asserted}
    assert found == {(kind, type_, type_) for kind in ASSERTED for type_ in RecordType}


def test_what_is_said_to_be_one_is_the_same_thing_written_down_again(rajasthan: StateWorld) -> None:
    known, numbers, again = by_ref(rajasthan), borne(rajasthan), {record.ref for record in rajasthan.again}
    for draft in rajasthan.asserted:
        one, other = known[str(draft.from_)], known[str(draft.to)]
        if draft.kind is LinkKind.SAME_AS:
            assert (one.ref in again, other.ref in again) == (False, True)
            assert numbers[one.ref] == numbers[other.ref]
        else:
            assert not {one.ref, other.ref} & again


def test_assertions_could_be_made_by_hand(whole: World) -> None:
    for state in whole.states.values():
        known = by_ref(state)
        assert len({draft.ref for draft in (*state.drafts, *state.asserted)}) == len(state.drafts) + len(state.asserted)
        for draft in state.asserted:
            ends = known[str(draft.from_)], known[str(draft.to)]
            assert relation_problem(draft.kind, ends[0].type, ends[1].type, draft.content) is None
            assert draft.marking.source_grade is not SourceGrade.X
            assert draft.marking.info_grade is not InfoGrade.CANNOT_BE_JUDGED
            assert life_problem(draft.marking, AT) is None
            for end in ends:
                assert draft.marking.level >= end.marking.level
                assert set(draft.marking.audience) <= set(end.marking.audience)
                assert draft.marking.compartment == end.marking.compartment == "TRAINING"


def test_a_desk_refuses_nothing_of_what_was_written_twice(whole: World) -> None:
    for code, state in whole.states.items():
        for record in state.again:
            assert content_problems(code, record.content, AT) == []
            assert life_problem(record.marking, AT) is None


def test_nobody_protected_is_written_down_twice_or_said_to_be_another(whole: World) -> None:
    for state in whole.states.values():
        known = by_ref(state)
        ends = {known[str(end)].ref for draft in state.asserted for end in (draft.from_, draft.to)}
        people = [known[ref].content for ref in ends | {record.ref for record in state.again}]
        categories = {person.category for person in people if isinstance(person, PersonContent)}
        assert categories
        assert not categories & PROTECTED


def test_each_type_that_bears_a_number_alone_has_two_of_one_number_of_which_nothing_is_said(
    rajasthan: StateWorld,
) -> None:
    known = by_ref(rajasthan)
    of_number = defaultdict(set)
    for ref, numbers in borne(rajasthan).items():
        for number in numbers:
            of_number[known[ref].type, number].add(ref)
    said = {frozenset({str(draft.from_), str(draft.to)}) for draft in rajasthan.asserted}
    unsaid = {type_ for (type_, _), refs in of_number.items() if len(refs) > 1 and frozenset(refs) not in said}
    assert unsaid == {type_ for type_, _ in BORNE_BY_ONE}
