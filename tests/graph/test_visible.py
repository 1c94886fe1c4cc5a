"""The predicate: what it expands to, and what it decides in Python, against an oracle that shares no code with it."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auth.grant import Grant, Mode
from auth.policy import Job, decide, decide_job
from graph.visible import GATE, expand, parameters, sees
from schemas.agreement import Agreement
from schemas.enquiry import Enquiry
from schemas.handling import Level, Purpose
from schemas.officer import Officer, PeerOfficer, Rank

NOW = 1_772_366_400  # 2026-03-01 12:00 UTC
AT = datetime.fromtimestamp(NOW, UTC)

FIVE = (
    "(n.aud / $g.bit) % 2 = 1 AND n.level <= $g.level AND n.comp IN $g.comps "
    "AND n.class IN $g.classes AND n.until > $g.at"
)


def grant_for(state: str = "IN-RJ", purpose: Purpose = Purpose.INVESTIGATION, level: int = 1) -> Grant:
    who: Officer | PeerOfficer
    if state == "IN-RJ":
        who = Officer(
            id="a.singh",
            name="A",
            state=state,
            rank=Rank.SI,
            unit="U",
            level=Level(level),
            compartments=("IN-RJ:ALPHA",),
        )
    else:
        who = PeerOfficer(
            id=f"{state}:b.kaur",
            state=state,
            home="IN-RJ",
            rank=Rank.SI,
            asserted_level=Level(level),
            asserted_compartments=("IN-RJ:ALPHA",),
            agreement=Agreement(state=state, purposes=tuple(Purpose), ceiling=Level(3), compartments=("IN-RJ:ALPHA",)),
            signed_in_at=datetime(2026, 1, 1, tzinfo=UTC),
            token_expires_at=datetime(2027, 1, 1, tzinfo=UTC),
        )
    enquiry = Enquiry(
        id="urn:sangam:IN-RJ:enquiry:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f",
        officer=who.id,
        purpose=purpose,
        case_ref="FIR 12/2026",
        legal_basis="BNSS s.94",
        opened_at=datetime(2026, 1, 1, tzinfo=UTC),
        expires_at=datetime(2026, 12, 1, tzinfo=UTC),
    )
    grant = decide(who, enquiry, at=AT)
    assert isinstance(grant, Grant)
    return grant


# The text.


def test_visible_is_five_conjuncts_and_false_for_a_hole() -> None:
    assert expand("WHERE VISIBLE(n)", relations=[]) == f"WHERE coalesce({FIVE}, false)"


def test_reached_is_the_same_five_and_a_hole_passes_on_an_identifier_alone() -> None:
    assert expand("REACHED(n)", relations=[]) == f"coalesce({FIVE}, n:Value)"


def test_touched_is_a_visible_link_of_the_whitelist_to_a_reached_end() -> None:
    link, end = FIVE.replace("n.", "v_touch."), FIVE.replace("n.", "v_toucher.")
    assert expand("TOUCHED(v)", relations=["A", "B"]) == (
        f"EXISTS {{ (v)-[v_touch:A|B]-(v_toucher) WHERE coalesce({link}, false) AND coalesce({end}, v_toucher:Value) }}"
    )


def test_each_variable_gets_its_own_predicate() -> None:
    text = expand("VISIBLE(n) AND VISIBLE(link_2) AND REACHED(n)", relations=["A"])
    assert text == (
        f"coalesce({FIVE}, false) AND coalesce({FIVE.replace('n.', 'link_2.')}, false) AND coalesce({FIVE}, n:Value)"
    )


@pytest.mark.parametrize(
    "other", ["INVISIBLE(n)", "visible(n)", "VISIBLE (n)", "VISIBLE(n.x)", "VISIBLE", ":WALKED|X]"]
)
def test_what_is_not_the_predicate_is_left_for_the_database_to_refuse(other: str) -> None:
    assert expand(other, relations=["A"], walked=["B"]) == other


def test_walked_is_written_out_as_the_walked_relations() -> None:
    assert expand("-[r:WALKED]-(m)", relations=["A"], walked=["B", "C"]) == "-[r:B|C]-(m)"


def test_linked_is_written_out_as_the_whitelist() -> None:
    assert expand("-[r:LINKED]-(m)", relations=["A", "D"], walked=["B"]) == "-[r:A|D]-(m)"


def test_who_is_referred_to_is_judged_by_the_classes_of_references() -> None:
    assert expand("REFERRED(n)", relations=["A"]) == f"coalesce({FIVE}, false)".replace("classes", "reference")


# The text of what was known at a moment, which stands beside the predicate.

EVER_AFTER = 4611686018427387904
SAID_BY_THEN = "(n)-[:HEAD|WAS]->(n_said:Version) WHERE coalesce({}, false) AND n_said.recorded_at <= $known_at"


def then(cypher: str, relations: tuple[str, ...] = ("A", "B")) -> str:
    return expand(cypher, relations=relations, walked=relations[:1], then=True)


def of(x: str) -> str:
    return FIVE.replace("n.", f"{x}.")


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("STOOD(n)", f"n.recorded_at <= $known_at AND $known_at < coalesce(n.recorded_until, {EVER_AFTER})"),
        ("KNOWN(n)", f"(n:Value OR n:Foreign OR EXISTS {{ {SAID_BY_THEN.format(of('n_said'))} }})"),
        ("RECALLED(n)", f"EXISTS {{ {SAID_BY_THEN.format(of('n_said')).replace('classes', 'reference')} }}"),
        (
            "LATEST(n, v)",
            "v.recorded_at <= $known_at AND COUNT { "
            f"{SAID_BY_THEN.format(of('n_said'))} AND n_said.nth > v.nth }} = 0",
        ),
        ("BORNE(k, v)", f"coalesce(k.nth, 1) <= v.nth AND v.nth < coalesce(k.until_nth, {EVER_AFTER})"),
        ("STOOD(n) AND STOOD(m)", None),
    ],
)
def test_what_was_known_then_is_written_out_where_a_moment_is_asked_of_and_left_elsewhere(
    asked: str, written: str | None
) -> None:
    stood = "{0}.recorded_at <= $known_at AND $known_at < coalesce({0}.recorded_until, " + f"{EVER_AFTER})"
    assert then(asked) == (written or f"{stood.format('n')} AND {stood.format('m')}")
    assert expand(asked, relations=["A"]) == asked


@pytest.mark.parametrize(
    "other", ["UNKNOWN(n)", "known(n)", "KNOWN (n)", "KNOWN(n.x)", "KNOWN", "LATEST(n,v)", "STOOD(n"]
)
def test_what_is_not_known_then_is_left_for_the_database_to_refuse(other: str) -> None:
    assert then(other) == other


def test_a_latest_of_no_version_is_no_cypher() -> None:
    assert then("LATEST(n)").startswith(".recorded_at <= ")


def test_links_that_are_over_are_matched_then_beside_those_that_stand() -> None:
    assert then("-[r:LINKED|WAS_LINKED]-(m)") == "-[r:A|B|WAS_A|WAS_B]-(m)"
    assert then("-[r:WALKED|WAS_WALKED]-(m)") == "-[r:A|WAS_A]-(m)"
    assert then("-[r:LINKED]-(m)") == "-[r:A|B]-(m)"


def test_what_touched_an_identifier_then_stood_and_was_known_then() -> None:
    link, end = of("n_touch"), of("n_toucher")
    stood = f"n_touch.recorded_at <= $known_at AND $known_at < coalesce(n_touch.recorded_until, {EVER_AFTER})"
    known = (
        "(n_toucher:Value OR n_toucher:Foreign OR EXISTS { (n_toucher)-[:HEAD|WAS]->(n_toucher_said:Version) "
        f"WHERE coalesce({of('n_toucher_said')}, false) AND n_toucher_said.recorded_at <= $known_at }})"
    )
    assert then("TOUCHED(n)") == (
        "EXISTS { (n)-[n_touch:A|B|WAS_A|WAS_B]-(n_toucher) "
        f"WHERE coalesce({link}, false) AND coalesce({end}, n_toucher:Value) AND {stood} AND {known} }}"
    )


def test_the_gate_is_five_properties() -> None:
    assert GATE == ("aud", "level", "comp", "class", "until")


# The parameters.


def test_the_parameters_are_the_grants_and_of_the_mode_alone() -> None:
    grant = grant_for()
    assert parameters(grant, Mode.REFERENCE) == {
        "bit": 1,
        "level": 1,
        "comps": ["", "IN-RJ:ALPHA"],
        "classes": list(grant.classes[Mode.REFERENCE]),
        "walk": list(grant.classes[Mode.WALK]),
        "reference": list(grant.classes[Mode.REFERENCE]),
        "at": NOW,
    }


@pytest.mark.parametrize("mode", Mode)
def test_a_mode_that_the_grant_has_not_reads_nothing(mode: Mode) -> None:
    keeping = decide_job(Job.SETTLE, run="r", state="IN-RJ", compartments=(), at=AT)
    assert parameters(keeping, mode)["classes"] == []
    assert parameters(keeping, mode)["walk"] == []
    assert not sees(keeping, mode, RJ_ID, [["IN-RJ"], 0, "", "-", NOW + 9])


def test_what_has_lapsed_is_reviewed_by_its_owner_and_purged_and_met_in_no_other_mode() -> None:
    purging = decide_job(Job.PURGE, run="r", state="IN-RJ", compartments=("IN-RJ:ALPHA",), at=AT)
    for mode in Mode:
        lifted = mode in {Mode.REVIEW, Mode.PURGE}
        assert parameters(grant_for(), mode)["at"] == (-(2**62) if lifted else NOW)
        assert sees(grant_for(), mode, RJ_ID, [["IN-RJ"], 0, "", "-", NOW]) is (mode is Mode.REVIEW)
        assert sees(purging, mode, RJ_ID, [["IN-RJ"], 0, "", "-", NOW]) is (mode is Mode.PURGE)
    assert not sees(grant_for(), Mode.REVIEW, PB_ID, [["IN-RJ"], 0, "", "-", NOW])
    assert not sees(grant_for("IN-PB"), Mode.REVIEW, PB_ID, [["IN-PB"], 0, "", "-", NOW])
    assert sees(purging, Mode.PURGE, PB_ID, [["IN-RJ"], 0, "", "WITHDRAWN", 0])


def test_a_part_of_a_second_does_not_count() -> None:
    grant = grant_for()
    late = Grant(**{name: getattr(grant, name) for name in Grant.__slots__} | {"at": AT.replace(microsecond=999_999)})
    assert parameters(late, Mode.READ)["at"] == NOW
    assert not sees(late, Mode.READ, RJ_ID, [["IN-RJ"], 0, "", "-", NOW])
    assert sees(late, Mode.READ, RJ_ID, [["IN-RJ"], 0, "", "-", NOW + 1])


# The decision in Python.

RJ_ID = "urn:sangam:IN-RJ:person:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f"
PB_ID = RJ_ID.replace("IN-RJ", "IN-PB")

WHOLE: list[Any] = [["IN-RJ", "IN-PB"], 1, "IN-RJ:ALPHA", "SUSPECT", NOW + 1]


@pytest.mark.parametrize("state", ["IN-RJ", "IN-PB"])
def test_a_whole_gate_within_the_grant_is_seen(state: str) -> None:
    assert sees(grant_for(state), Mode.READ, RJ_ID, WHOLE)
    assert sees(grant_for(state), Mode.READ, RJ_ID, tuple(WHOLE))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, ["IN-HR"]),
        (0, []),
        (0, ["IN-XX"]),
        (1, 2),
        (1, 3),
        (2, "IN-RJ:BETA"),
        (2, "TRAINING"),
        (3, "VICTIM"),
        (3, "PENDING"),
        (3, "WITHDRAWN"),
        (3, "PURGED"),
        (3, ""),
        (4, NOW),
        (4, NOW - 1),
        (4, 0),
    ],
)
def test_one_condition_that_fails_closes_it(place: int, value: object) -> None:
    gate = [*WHOLE]
    gate[place] = value
    assert not sees(grant_for("IN-PB"), Mode.READ, RJ_ID, gate)


def test_the_owner_sees_its_own_whatever_the_audience_says() -> None:
    gate = [[], 0, "", "-", NOW + 1]
    assert sees(grant_for("IN-RJ"), Mode.READ, RJ_ID, gate)
    assert sees(grant_for("IN-PB"), Mode.READ, PB_ID, gate)
    assert not sees(grant_for("IN-RJ"), Mode.READ, PB_ID, gate)
    assert not sees(grant_for("IN-PB"), Mode.READ, RJ_ID, gate)


WRONG: list[object] = [
    None,
    True,
    False,
    1.0,
    0.5,
    "1",
    "",
    b"",
    [],
    {},
    float("nan"),
    float("inf"),
    [["IN-PB"]],
    object(),
]


@pytest.mark.parametrize(("place", "wrong"), list(product(range(5), WRONG)))
def test_a_hole_or_a_wrong_type_is_nobodys(place: int, wrong: object) -> None:
    gate: list[Any] = [["IN-RJ", "IN-PB"], 0, "", "-", NOW + 1]
    if (place, wrong) in ((0, []), (2, "")):
        return  # an audience of none and the compartment '' are whole
    gate[place] = wrong
    assert sees(grant_for("IN-PB"), Mode.READ, PB_ID, gate) is False


@pytest.mark.parametrize(
    "gate",
    [[], WHOLE[:4], [*WHOLE, 1], [RJ_ID, *WHOLE], WHOLE[::-1]],
    ids=["none", "short", "long", "shifted", "reversed"],
)
def test_a_gate_of_another_shape_is_nobodys(gate: list[Any]) -> None:
    assert sees(grant_for(), Mode.READ, RJ_ID, gate) is False


@pytest.mark.parametrize("id", ["", "x", "urn:sangam", "urn:sangam:", "urn:other:IN-RJ:person:1", None, 7, "a" * 64])
def test_what_is_not_an_id_of_ours_has_no_owner(id: Any) -> None:
    assert sees(grant_for(), Mode.READ, id, [["IN-HR"], 0, "", "-", NOW + 1]) is False


STATES = {"IN-RJ": 0, "IN-PB": 1, "IN-HR": 2, "IN-DL": 3, "IN-GJ": 4, "IN-CH": 5}
ODD: st.SearchStrategy[object] = st.sampled_from([None, True, False, 1.5, "0", [], {}])
AUDIENCES = st.lists(st.sampled_from([*STATES, "IN-XX", ""]), max_size=4)
LEVELS = st.integers(-1, 4)
COMPS = st.sampled_from(["", "IN-RJ:ALPHA", "IN-RJ:BETA", "TRAINING"])
CLASSES = st.sampled_from(
    ["-", "SUSPECT", "CONTACT", "VICTIM", "CHILD_IN_CONFLICT", "PENDING", "WITHDRAWN", "PURGED", ""]
)
UNTILS = st.integers(NOW - 2, NOW + 2)


def oracle(number: int, at: float, level: int, comps: set[str], classes: set[str], owner: str, gate: list[Any]) -> bool:
    audience, gate_level, comp, cls, until = gate
    if type(audience) is not list or type(gate_level) is not int or type(until) is not int:
        return False
    reasons = []
    if number not in [STATES.get(state) for state in [owner, *audience] if type(state) is str]:
        reasons.append("not for this state")
    if gate_level > level:
        reasons.append("too high")
    if not any(comp == mine for mine in comps) or not any(cls == mine for mine in classes):
        reasons.append("not in it")
    if not until > at:
        reasons.append("over")
    return not reasons


@given(
    st.sampled_from(list(STATES)),
    st.sampled_from(Purpose),
    st.sampled_from([Mode.READ, Mode.WALK, Mode.REFERENCE, Mode.APPROVE, Mode.REVIEW, Mode.PURGE]),
    st.integers(0, 3),
    st.sampled_from(list(STATES)),
    st.tuples(AUDIENCES, LEVELS, COMPS, CLASSES, UNTILS),
    st.none() | st.tuples(st.integers(0, 4), ODD),
)
@example("IN-RJ", Purpose.INVESTIGATION, Mode.READ, 1, "IN-RJ", ([], 0, "", "-", NOW + 1), (1, True))
@example("IN-RJ", Purpose.INVESTIGATION, Mode.READ, 1, "IN-RJ", ([], 0, "", "-", NOW + 1), (1, False))
def test_the_decision_agrees_with_a_plain_reading_of_the_rules(
    viewer: str,
    purpose: Purpose,
    mode: Mode,
    level: int,
    owner: str,
    gate: tuple[Any, ...],
    odd: tuple[int, Any] | None,
) -> None:
    grant = grant_for(viewer, purpose, level)
    values = list(gate)
    if odd is not None:
        values[odd[0]] = odd[1]
    id = RJ_ID.replace("IN-RJ", owner)
    at = float("-inf") if mode in {Mode.REVIEW, Mode.PURGE} else NOW
    expected = oracle(STATES[viewer], at, level, set(grant.comps), set(grant.classes.get(mode, ())), owner, values)
    if mode is Mode.REVIEW and owner != viewer:
        expected = False
    assert sees(grant, mode, id, values) is expected
