"""The gate that is written: never wider than what was said, and never wider than what it joins."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from auth.grant import Mode
from graph.connections import CONTENT_FIELDS, ENVELOPE_FIELDS, LINK_FIELDS, Kind
from graph.stored import (
    OPEN_FUTURE,
    OPEN_PAST,
    CompartmentsDiffer,
    Gate,
    content_properties,
    day_read,
    envelope_properties,
    gate_of,
    meet,
    moment_read,
)
from graph.visible import GATE, sees
from schemas.codes.states import MEMBERS, mask
from schemas.envelope import Envelope
from schemas.handling import Level, Purpose, Status
from schemas.link import LinkContent
from schemas.person import Category, PersonContent
from schemas.records import RECORDS
from tests.graph.test_visible import NOW, RJ_ID, grant_for

STATES = sorted(MEMBERS)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    owner = draw(st.sampled_from(STATES))
    return Envelope(
        unit="CB-1",
        legal_basis="BNSS s.94",
        case_ref="FIR 12/2026",
        source_grade="A",
        info_grade="1",
        handling="H0",
        level=draw(st.sampled_from(Level)),
        audience=tuple(sorted(draw(st.sets(st.sampled_from(STATES), max_size=4)) - {owner})),
        compartment=draw(st.sampled_from([None, "IN-RJ:ALPHA", "TRAINING"])),
        review_on=draw(st.dates(date(2026, 1, 1), date(2027, 1, 1))),
        expires_at=draw(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
        owner=owner,
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        recorded_by="a.singh",
        status=draw(st.sampled_from(Status)),
    )


CATEGORIES = st.none() | st.sampled_from([category.value for category in Category])


@st.composite
def gates(draw: st.DrawFn, comps: tuple[str, ...] = ("", "IN-RJ:ALPHA")) -> Gate:
    audience = tuple(sorted(draw(st.sets(st.sampled_from(STATES)))))
    return Gate(
        aud=mask(audience),
        level=draw(st.integers(0, 3)),
        comp=draw(st.sampled_from(comps)),
        cls=draw(st.sampled_from(["-", "SUSPECT", "VICTIM", "WITHDRAWN"])),
        until=draw(st.integers(NOW - 3, NOW + 3)),
        audience=audience,
    )


@given(envelopes(), CATEGORIES)
def test_a_gate_says_what_its_envelope_says(envelope: Envelope, category: str | None) -> None:
    gate = gate_of(envelope, category=category)
    for state, member in MEMBERS.items():
        assert (gate.aud >> member.bit) % 2 == (state == envelope.owner or state in envelope.audience)
    assert gate.level == envelope.level
    assert gate.comp == (envelope.compartment or "")
    assert gate.cls == ((category or "-") if envelope.status is Status.LIVE else envelope.status.value)
    assert gate.audience == tuple(sorted({envelope.owner, *envelope.audience}))


@given(envelopes())
def test_a_gate_ends_with_the_review_or_the_expiry_whichever_is_first(envelope: Envelope) -> None:
    until = gate_of(envelope).until
    review = datetime(envelope.review_on.year, envelope.review_on.month, envelope.review_on.day, tzinfo=UTC)
    assert until <= envelope.expires_at.timestamp()
    assert until <= review.timestamp()
    assert min(envelope.expires_at, review).timestamp() - until < 1


@given(envelopes(), CATEGORIES)
def test_what_is_written_is_whole_and_its_tested_part_comes_first(envelope: Envelope, category: str | None) -> None:
    properties = gate_of(envelope, category=category).properties()
    assert list(properties) == [*GATE, "audience"]
    assert [type(properties[name]) for name in GATE] == [int, int, str, str, int]
    assert 0 < properties["aud"] < 2**62


def seen(gate: Gate, state: str, level: int, at: int) -> bool:
    """Read a gate as the database does."""
    return bool(gate.aud >> MEMBERS[state].bit & 1) and gate.level <= level and gate.until > at


@given(gates(), st.lists(gates(), max_size=4), st.sampled_from(STATES), st.integers(0, 3))
def test_a_meet_is_seen_exactly_where_every_one_of_its_parts_is(
    gate: Gate, others: list[Gate], state: str, level: int
) -> None:
    met = meet(gate, others)
    assert seen(met, state, level, NOW) == all(seen(part, state, level, NOW) for part in (gate, *others))
    assert met.cls == gate.cls
    assert met.comp == max(part.comp for part in (gate, *others))
    assert mask(met.audience) == met.aud


@given(gates(), gates(), gates())
def test_a_meet_does_not_depend_on_the_order_of_what_it_joins(a: Gate, b: Gate, c: Gate) -> None:
    def but_class(gate: Gate) -> list[Any]:
        return [value for name, value in gate.properties().items() if name != "class"]

    met = [meet(one, list(rest)) for one, *rest in permutations((a, b, c))]
    assert all(but_class(other) == but_class(met[0]) for other in met)
    assert but_class(reduce(lambda one, other: meet(one, [other]), (a, b, c))) == but_class(met[0])
    assert meet(a, [a]) == meet(a, []) == a


def test_two_named_compartments_have_no_meet() -> None:
    def gate(comp: str) -> Gate:
        return Gate(1, 0, comp, "-", NOW, ("IN-RJ",))

    for first, rest in (("IN-RJ:A", ["IN-RJ:B"]), ("", ["IN-RJ:A", "IN-RJ:B"]), ("TRAINING", ["", "IN-RJ:A"])):
        with pytest.raises(CompartmentsDiffer):
            meet(gate(first), [gate(comp) for comp in rest])
    assert meet(gate(""), [gate("IN-RJ:A"), gate("")]).comp == "IN-RJ:A"
    assert meet(gate("IN-RJ:A"), [gate("")]).comp == "IN-RJ:A"


@given(envelopes(), CATEGORIES)
def test_the_second_look_agrees_with_the_gate_that_was_written(envelope: Envelope, category: str | None) -> None:
    gate = gate_of(envelope, category=category)
    id = RJ_ID.replace("IN-RJ", envelope.owner)
    for state in ("IN-RJ", "IN-PB"):
        grant = grant_for(state, Purpose.INVESTIGATION, 1)
        expected = seen(gate, state, 1, NOW) and gate.comp in grant.comps and gate.cls in grant.classes[Mode.READ]
        written = [list(gate.audience), gate.level, gate.comp, gate.cls, gate.until]
        assert sees(grant, Mode.READ, id, written) == expected


# What is said beside a gate never writes over it.

OURS = {*GATE, "audience", "id", "kind", "op_id", "recorded_until", "record", "sort_name", "sort_time", "called"}
CONTENTS: dict[Kind, type[BaseModel]] = {Kind(word.type.value): word.content for word in RECORDS.values()}


@given(envelopes())
def test_no_property_of_an_envelope_has_the_name_of_a_gate_or_an_identity(envelope: Envelope) -> None:
    assert not OURS & envelope_properties(envelope).keys()
    assert set(envelope_properties(envelope)) == set(ENVELOPE_FIELDS)


@pytest.mark.parametrize("model", [*CONTENTS.values(), LinkContent])
def test_no_field_of_a_content_has_the_name_of_a_gate_or_of_the_envelope(model: type[BaseModel]) -> None:
    assert not (OURS | set(ENVELOPE_FIELDS)) & model.model_fields.keys()


@pytest.mark.parametrize("kind", CONTENTS)
def test_every_field_of_a_content_can_be_asked_for(kind: Kind) -> None:
    stored = set(CONTENTS[kind].model_fields)
    assert stored <= set(CONTENT_FIELDS[kind])


def test_every_field_of_a_link_can_be_asked_for() -> None:
    assert set(LinkContent.model_fields) == set(LINK_FIELDS)


def test_what_the_database_cannot_nest_is_text_that_reads_back() -> None:
    person = PersonContent.model_validate(
        {
            "category": "SUSPECT",
            "names": [{"text": "Test Person", "script": "Latn", "kind": "LEGAL"}],
            "birth_date": "1990-01-01",
            "birth_precision": "YEAR",
            "languages": ["hi", "pa"],
        }
    )
    properties = content_properties(person)
    name = {"text": "Test Person", "script": "Latn", "kind": "LEGAL", "source": None}
    assert orjson.loads(properties["names"]) == [name]
    assert day_read(properties["birth_date"]) == date(1990, 1, 1)
    assert properties["languages"] == ["hi", "pa"]
    assert properties["marks"] is None
    for value in properties.values():
        assert value is None or type(value) in (int, float, str, bool) or all(type(item) is str for item in value)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_reads_back_to_the_second(moment: datetime) -> None:
    assert moment_read(int(moment.timestamp())) == moment.replace(microsecond=0)
    assert moment - moment_read(int(moment.timestamp())) < timedelta(seconds=1)  # type: ignore[operator]  # not None


def test_an_open_end_is_no_day() -> None:
    assert day_read(OPEN_PAST) is day_read(OPEN_FUTURE) is day_read(None) is moment_read(None) is None
    assert OPEN_PAST < -(2**61) < 2**61 < OPEN_FUTURE < 2**63
