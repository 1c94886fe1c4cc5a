"""What policy decides, against a table written from the rules and not from the code."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from auth.grant import Action, Grant, Mode, Refusal
from auth.policy import Job, decide, decide_job, exported
from schemas.agreement import Agreement
from schemas.enquiry import Enquiry
from schemas.handling import Handling, Level, Purpose, Status
from schemas.officer import Officer, PeerOfficer, Rank
from schemas.person import Category

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)

OWN = Officer(id="a.singh", name="A Singh", state="IN-RJ", rank=Rank.SI, unit="Crime Branch", level=Level(2))
PEER = PeerOfficer(
    id="IN-PB:b.kaur",
    state="IN-PB",
    home="IN-RJ",
    rank=Rank.SI,
    asserted_level=Level(2),
    asserted_compartments=(),
    agreement=Agreement(state="IN-PB", purposes=tuple(Purpose), ceiling=Level(2)),
    signed_in_at=AT - timedelta(hours=3),
    token_expires_at=AT + timedelta(seconds=120),
)


def agreed(**changes: Any) -> PeerOfficer:
    """Give the peer under an agreement that differs in these points."""
    return PEER.model_copy(update={"agreement": PEER.agreement.model_copy(update=changes)})


def enquiry_of(who: Officer | PeerOfficer, purpose: Purpose = Purpose.INVESTIGATION, **changes: Any) -> Enquiry:
    enquiry = Enquiry(
        id="urn:sangam:IN-RJ:enquiry:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f",
        officer=who.id,
        purpose=purpose,
        case_ref="FIR 12/2026",
        legal_basis="BNSS s.94",
        opened_at=AT - timedelta(hours=1),
        expires_at=AT + timedelta(hours=1),
    )
    return enquiry.model_copy(update=changes)


def granted(who: Officer | PeerOfficer, purpose: Purpose = Purpose.INVESTIGATION) -> Grant:
    grant = decide(who, enquiry_of(who, purpose), at=AT)
    assert isinstance(grant, Grant)
    return grant


# Who sees what: purposes, who, mode, and every class that is read there. Whatever is not listed is not seen.

PLAIN = "SUSPECT ACCUSED_CHARGED CONVICTED PROCLAIMED ASSOCIATE"
BESIDE = "ACQUITTED_DISCHARGED CONTACT"
HURT = "VICTIM WITNESS COMPLAINANT"
CHILD = "CHILD_IN_CONFLICT"
WIDE = "INVESTIGATION PREVENTION_OF_NAMED_THREAT JOINT_OPERATION COURT TRAINING"
PURSUIT = "FUGITIVE PRISON_INTEL"

TABLE: list[tuple[str, str, str, str]] = [
    (WIDE, "own", "read", f"- {PLAIN} {BESIDE} {HURT} {CHILD}"),
    (WIDE, "own", "walk", f"- {PLAIN} {BESIDE}"),
    (WIDE, "own", "reference", f"- {PLAIN} {BESIDE} {HURT} {CHILD}"),
    (WIDE, "own", "approve", f"- {PLAIN} {BESIDE} {HURT} {CHILD} PENDING"),
    (WIDE, "own", "review", f"- {PLAIN} {BESIDE} {HURT} {CHILD}"),
    (WIDE, "peer", "read walk", f"- {PLAIN} {BESIDE}"),
    (WIDE, "peer", "reference", f"- {PLAIN} {BESIDE} {HURT}"),
    (PURSUIT, "own peer", "read walk reference", f"- {PLAIN}"),
    (PURSUIT, "own", "review", f"- {PLAIN}"),
    (PURSUIT, "own", "approve", f"- {PLAIN} PENDING"),
    ("CORRECTION", "own", "read reference review", f"- {PLAIN} {BESIDE} {HURT} {CHILD}"),
    ("CORRECTION", "own", "walk", f"- {PLAIN} {BESIDE}"),
    ("CORRECTION", "own", "approve", f"- {PLAIN} {BESIDE} {HURT} {CHILD} PENDING"),
]

EXPECTED: dict[tuple[str, str, str], set[str]] = {
    (purpose, who, mode): set(classes.split())
    for purposes, whose, modes, classes in TABLE
    for purpose in purposes.split()
    for who in whose.split()
    for mode in modes.split()
}


def test_the_table_speaks_of_every_category_purpose_and_mode_there_is() -> None:
    assert set(f"{PLAIN} {BESIDE} {HURT} {CHILD}".split()) == set(Category)
    assert set(f"{WIDE} {PURSUIT} AUDIT CORRECTION".split()) == set(Purpose)
    assert set(Mode) == {"read", "walk", "reference", "approve", "review", "purge", "match", "release", "keep"}
    assert set(Status) == {"LIVE", "PENDING", "WITHDRAWN", "PURGED"}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("who", ["own", "peer"])
@pytest.mark.parametrize("purpose", Purpose)
def test_each_purpose_reads_these_classes_and_no_other(purpose: Purpose, who: str, mode: Mode) -> None:
    grant = granted(OWN if who == "own" else PEER, purpose)
    listed = grant.classes.get(mode, ())
    assert len(listed) == len(set(listed))
    for cls in [*Category, *Status, "-", ""]:
        assert (cls in listed) == (cls in EXPECTED.get((purpose, who, mode), set())), cls


@pytest.mark.parametrize("who", [OWN, PEER], ids=["own", "peer"])
def test_an_audit_sees_nothing_not_even_what_has_no_category(who: Officer | PeerOfficer) -> None:
    assert all(not classes for classes in granted(who, Purpose.AUDIT).classes.values())


def test_a_person_has_a_list_for_each_mode_of_persons_and_none_for_one_of_a_job() -> None:
    for purpose in Purpose:
        for who in (OWN, PEER):
            assert set(granted(who, purpose).classes) == {"read", "walk", "reference", "approve", "review"}


# Refusals, in the order in which they are made.

Fault = tuple[str, Callable[[Any, Enquiry], tuple[Any, Enquiry]]]


def _who(code: str, **changes: Any) -> Fault:
    return code, lambda who, enquiry: (who.model_copy(update=changes), enquiry)


def _enquiry(code: str, **changes: Any) -> Fault:
    return code, lambda who, enquiry: (who, enquiry.model_copy(update=changes))


def _agreed(code: str, **changes: Any) -> Fault:
    def at_fault(who: Any, enquiry: Enquiry) -> tuple[Any, Enquiry]:
        return who.model_copy(update={"agreement": who.agreement.model_copy(update=changes)}), enquiry

    return code, at_fault


ENQUIRY_FAULTS = [
    _enquiry("NOT_YOUR_ENQUIRY", officer="somebody.else"),
    _enquiry("NO_CASE", case_ref=""),
    _enquiry("ENQUIRY_CLOSED", closed_at=AT),
    _enquiry("ENQUIRY_NOT_OPEN", opened_at=AT + TICK),
    _enquiry("ENQUIRY_ENDED", expires_at=AT),
]
OWN_FAULTS = [
    _who("ACCOUNT_CLOSED", active=False),
    _who("POST_READS_NO_RECORDS", rank=Rank.AUDITOR),
    *ENQUIRY_FAULTS,
]
PEER_FAULTS = [
    _who("NOT_A_PEER", home="IN-PB"),
    _who("TOKEN_ENDED", token_expires_at=AT),
    _agreed("PURPOSE_NOT_AGREED", purposes=tuple(set(Purpose) - {Purpose.INVESTIGATION})),
    _agreed("STEP_UP_REQUIRED", step_up=(Purpose.INVESTIGATION,), step_up_minutes=179),
    _who("POST_READS_NO_RECORDS", rank=Rank.NODE_ADMIN),
    *ENQUIRY_FAULTS,
]
FAULTS = {"own": (OWN, OWN_FAULTS), "peer": (PEER, PEER_FAULTS)}
PAIRS = [
    (side, i, j) for side, (_, faults) in FAULTS.items() for i in range(len(faults)) for j in range(i, len(faults))
]


@pytest.mark.parametrize(("side", "first", "second"), PAIRS)
def test_of_two_faults_the_earlier_one_is_named(side: str, first: int, second: int) -> None:
    who: Any = FAULTS[side][0]
    faults = FAULTS[side][1]
    enquiry = enquiry_of(who)
    for place in (second, first):
        who, enquiry = faults[place][1](who, enquiry)
    answer = decide(who, enquiry, at=AT)
    assert isinstance(answer, Refusal)
    assert answer.code == faults[first][0]
    assert answer.reason.endswith(".")


@pytest.mark.parametrize("rank", [Rank.AUDITOR, Rank.NODE_ADMIN])
@pytest.mark.parametrize("who", [OWN, PEER], ids=["own", "peer"])
def test_posts_without_records_are_refused_for_every_purpose(who: Any, rank: Rank) -> None:
    who = who.model_copy(update={"rank": rank})
    for purpose in Purpose:
        answer = decide(who, enquiry_of(who, purpose), at=AT)
        assert isinstance(answer, Refusal)
        assert answer.code == "POST_READS_NO_RECORDS"


@pytest.mark.parametrize(
    "last_moment",
    [{"expires_at": AT + TICK}, {"closed_at": AT + TICK}, {"opened_at": AT}, {"closed_at": None}],
    ids=["just before the end", "just before the closing", "just opened", "never closed"],
)
def test_an_enquiry_holds_until_its_very_end(last_moment: dict[str, Any]) -> None:
    for who in (OWN, PEER):
        assert isinstance(decide(who, enquiry_of(who, **last_moment), at=AT), Grant)


def test_the_word_of_another_state_holds_until_its_very_end() -> None:
    who = PEER.model_copy(update={"token_expires_at": AT + TICK})
    assert isinstance(decide(who, enquiry_of(who), at=AT), Grant)


def test_without_an_agreement_another_state_is_answered_nothing_whatever_it_asserts() -> None:
    who = PEER.model_copy(update={"agreement": Agreement(state="IN-PB")})
    for purpose in Purpose:
        answer = decide(who, enquiry_of(who, purpose), at=AT)
        assert isinstance(answer, Refusal)
        assert answer.code == "PURPOSE_NOT_AGREED"


@pytest.mark.parametrize("purpose", Purpose)
def test_a_purpose_opens_to_a_peer_only_if_it_was_agreed(purpose: Purpose) -> None:
    only = agreed(purposes=(purpose,))
    for asked in Purpose:
        assert isinstance(decide(only, enquiry_of(only, asked), at=AT), Grant) is (asked is purpose)


def test_a_purpose_that_needs_it_opens_for_so_many_minutes_after_a_code_and_others_are_as_before() -> None:
    who = agreed(step_up=(Purpose.COURT,), step_up_minutes=15)
    last = AT - timedelta(minutes=15)
    for signed_in, opens in ((last, True), (last - TICK, False), (AT, True)):
        fresh = who.model_copy(update={"signed_in_at": signed_in})
        assert isinstance(decide(fresh, enquiry_of(fresh, Purpose.COURT), at=AT), Grant) is opens
        assert isinstance(decide(fresh, enquiry_of(fresh), at=AT), Grant)


def test_what_was_agreed_with_one_state_says_nothing_of_anothers_officers() -> None:
    with pytest.raises(ValidationError, match="another's officers"):
        PeerOfficer(**{**PEER.model_dump(), "agreement": Agreement(state="IN-GJ", purposes=tuple(Purpose))})


def test_an_enquiry_at_its_end_opens_nothing_whatever_was_closed_later() -> None:
    late = enquiry_of(OWN, expires_at=AT - TICK, closed_at=AT + TICK)
    answer = decide(OWN, late, at=AT)
    assert isinstance(answer, Refusal)
    assert answer.code == "ENQUIRY_ENDED"


# What a grant carries.

BITS = {"IN-RJ": 1, "IN-PB": 2, "IN-HR": 4, "IN-DL": 8, "IN-GJ": 16, "IN-CH": 32}


@pytest.mark.parametrize(("state", "bit"), BITS.items())
def test_a_grant_carries_the_bit_of_the_viewers_own_state(state: str, bit: int) -> None:
    own = granted(OWN.model_copy(update={"state": state}))
    assert (own.state, own.bit) == (state, bit)
    home = "IN-RJ" if state != "IN-RJ" else "IN-CH"
    peer = granted(PEER.model_copy(update={"state": state, "home": home}))
    assert (peer.state, peer.bit) == (state, bit)
    assert decide_job(Job.MATCH, run="r1", state=state, compartments=(), at=AT).bit == bit


def test_a_grant_names_who_asked_why_and_when() -> None:
    grant = granted(OWN)
    assert (grant.officer, grant.enquiry, grant.at) == (OWN.id, enquiry_of(OWN).id, AT)


@pytest.mark.parametrize("level", Level)
def test_an_own_officer_has_the_level_of_the_register(level: Level) -> None:
    grant = granted(OWN.model_copy(update={"level": level}))
    assert grant.level == int(level)
    assert type(grant.level) is int


@pytest.mark.parametrize("ceiling", Level)
@pytest.mark.parametrize("asserted", Level)
def test_a_peer_has_the_lesser_of_the_word_of_its_state_and_our_ceiling(asserted: Level, ceiling: Level) -> None:
    grant = granted(agreed(ceiling=ceiling).model_copy(update={"asserted_level": asserted}))
    assert grant.level == min(int(asserted), int(ceiling))
    assert type(grant.level) is int


NAMES = st.lists(st.sampled_from(["IN-RJ:ALPHA", "IN-RJ:BETA", "IN-PB:GAMMA", "TRAINING"]), unique=True).map(tuple)
PURPOSES = st.sampled_from(Purpose)


@given(NAMES, PURPOSES)
def test_compartments_are_none_and_the_granted_ones_and_training_stands_alone(
    names: tuple[str, ...], purpose: Purpose
) -> None:
    comps = granted(OWN.model_copy(update={"compartments": names}), purpose).comps
    expected = {"TRAINING"} if purpose is Purpose.TRAINING else {"", *names} - {"TRAINING"}
    assert set(comps) == expected
    assert len(comps) == len(expected)
    assert ("" in comps) == (purpose is not Purpose.TRAINING)


@given(NAMES, NAMES, PURPOSES)
def test_a_peer_has_a_compartment_only_if_its_state_says_so_and_we_grant_it(
    asserted: tuple[str, ...], ours: tuple[str, ...], purpose: Purpose
) -> None:
    comps = granted(agreed(compartments=ours).model_copy(update={"asserted_compartments": asserted}), purpose).comps
    both = {name for name in asserted if name in ours and name != "TRAINING"}
    assert set(comps) == ({"TRAINING"} if purpose is Purpose.TRAINING else {"", *both})


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("who", [OWN, PEER], ids=["own", "peer"])
def test_rank_and_unit_never_change_what_is_seen(who: Officer | PeerOfficer, purpose: Purpose) -> None:
    constable = granted(who.model_copy(update={"rank": Rank.CT}), purpose)
    for rank in set(Rank) - {Rank.AUDITOR, Rank.NODE_ADMIN}:
        assert granted(who.model_copy(update={"rank": rank, "unit": "Another unit"}), purpose) == constable


@pytest.mark.parametrize("purpose", Purpose)
def test_a_peer_asks_and_never_writes_approves_or_reviews(purpose: Purpose) -> None:
    grant = granted(PEER, purpose)
    assert grant.may == {"ASK"}
    assert grant.classes[Mode.APPROVE] == grant.classes[Mode.REVIEW] == ()


@pytest.mark.parametrize("purpose", Purpose)
def test_an_own_officer_writes_for_every_purpose_but_audit_and_court(purpose: Purpose) -> None:
    asks_only = purpose in {"AUDIT", "COURT"}
    assert granted(OWN, purpose).may == ({"ASK"} if asks_only else {"ASK", "RECORD", "WITHDRAW", "APPROVE", "REVIEW"})
    assert Action.KEEP not in granted(OWN, purpose).may


ALL = set(f"{PLAIN} {BESIDE} {HURT} {CHILD}".split())
JOBS = {
    "SETTLE": ("keep", set[str]()),
    "COUNT_HOLES": ("keep", set[str]()),
    "EXPIRE": ("keep", set[str]()),
    "CLEAR": ("keep", set[str]()),
    "SWEEP": ("keep", set[str]()),
    "FOLLOWER_KEYS": ("keep", set[str]()),
    "ENQUIRIES": ("keep", set[str]()),
    "MATCH": ("match", ALL | {"-"}),
    "RELEASE": ("release", ALL | {"-"}),
    "PURGE": ("purge", ALL | {"-", "PENDING", "WITHDRAWN", "PURGED"}),
}


@pytest.mark.parametrize("job", Job)
def test_a_job_has_one_mode_level_three_every_compartment_and_no_enquiry(job: Job) -> None:
    grant = decide_job(job, run="r1", state="IN-PB", compartments=["IN-PB:B", "IN-PB:A", "TRAINING", ""], at=AT)
    mode, classes = JOBS[job]
    assert {name: set(listed) for name, listed in grant.classes.items()} == {mode: classes}
    assert grant.comps == ("", "TRAINING", "IN-PB:A", "IN-PB:B")
    assert (grant.level, grant.enquiry, grant.may, grant.at) == (3, None, frozenset({Action.KEEP}), AT)
    assert grant.officer == f"job:{job}:r1"


def test_a_grant_cannot_be_changed() -> None:
    for grant in (
        granted(OWN),
        granted(OWN, Purpose.AUDIT),
        decide_job(Job.PURGE, run="r", state="IN-RJ", compartments=(), at=AT),
    ):
        for field in fields(grant):
            with pytest.raises(FrozenInstanceError):
                setattr(grant, field.name, None)
        with pytest.raises(TypeError):
            grant.classes[Mode.READ] = ("VICTIM",)  # type: ignore[index]  # the very thing that must fail
        assert isinstance(grant.may, frozenset)
        assert isinstance(grant.comps, tuple)
        assert all(isinstance(listed, tuple) for listed in grant.classes.values())
    with pytest.raises(FrozenInstanceError):
        Refusal("A", "B").code = "C"  # type: ignore[misc]  # the very thing that must fail


def test_the_same_question_at_the_same_moment_has_the_same_answer() -> None:
    assert granted(OWN) == granted(OWN)


def test_an_officer_of_another_state_is_never_taken_for_one_of_ours() -> None:
    with pytest.raises(ValidationError):
        PeerOfficer(**{**PEER.model_dump(), "id": OWN.id})
    with pytest.raises(ValidationError):
        PeerOfficer(**{**PEER.model_dump(), "id": "IN-GJ:b.kaur"})


@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_leaves_in_a_file_is_what_its_handling_lets_go(purpose: Purpose) -> None:
    court = purpose is Purpose.COURT
    for own, leaves in ((True, "H0" if court else "H0 H1 H2"), (False, "H0" if court else "H0 H1")):
        assert exported(purpose, own=own) == {Handling(code) for code in leaves.split()}
