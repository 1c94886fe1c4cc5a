"""Member states, police units and statutes, by the day that is asked for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.codes import states
from schemas.codes.states import MEMBERS, VERSION, StateCode, mask, read_members
from schemas.codes.statutes import StatuteKind, all_statutes, in_force, statute
from schemas.codes.table import Certainty, first_day, last_day, text_of
from schemas.codes.units import all_units, last_line_of, line_of, unit, units, units_below

days = st.dates(date(1990, 1, 1), date(2030, 12, 31))
members = st.sampled_from(sorted(MEMBERS))


def test_the_numbers_of_version_one_never_change():
    assert {code: member.bit for code, member in MEMBERS.items()} == {
        "IN-RJ": 0,
        "IN-PB": 1,
        "IN-HR": 2,
        "IN-DL": 3,
        "IN-GJ": 4,
        "IN-CH": 5,
    }
    assert VERSION == 1


@given(st.lists(members))
def test_a_mask_has_the_bit_of_each_state_once(codes):
    assert mask(codes) == sum(2 ** MEMBERS[code].bit for code in set(codes))


def test_a_state_that_is_no_member_has_no_bit_and_no_code():
    with pytest.raises(ValueError, match="IN-RJ"):
        mask(["IN-RJ", "IN-UP"])
    codes = TypeAdapter[str](StateCode)
    assert codes.validate_python("IN-CH") == "IN-CH"
    for wrong in ("IN-UP", "in-rj", "IN-RJ ", "", "RJ", None, 1):
        with pytest.raises(ValidationError):
            codes.validate_python(wrong)


def _table(*rows: tuple[str, int]) -> str:
    parts = [f'[[member]]\ncode = "{code}"\nname = "A state"\nnumber = {number}\n' for code, number in rows]
    return "version = 7\n" + "".join(parts)


def test_a_seventh_state_joins_by_the_table_alone():
    version, found = read_members(_table(("IN-RJ", 0), ("IN-UP", 61)))
    assert version == 7
    assert found["IN-UP"].bit == states.LAST_NUMBER


@pytest.mark.parametrize(
    "rows",
    [
        [("IN-RJ", 0), ("IN-PB", 0)],
        [("IN-RJ", 0), ("IN-RJ", 1)],
        [("IN-RJ", 62)],
        [("IN-RJ", -1)],
        [("in-rj", 0)],
        [("RJ", 0)],
    ],
)
def test_a_table_with_a_wrong_or_repeated_number_or_code_is_refused(rows):
    with pytest.raises(ValueError):
        read_members(_table(*rows))


@pytest.mark.parametrize(
    ("reduced", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-08-07", date(2023, 8, 7), date(2023, 8, 7)),
    ],
)
def test_a_reduced_date_has_a_first_and_a_last_day(reduced, first, last):
    assert (first_day(reduced), last_day(reduced)) == (first, last)


@pytest.mark.parametrize("wrong", ["", "25", "2025-13", "2025-02-30", "2025-1", "20250101x", "abcd"])
def test_what_is_no_date_is_no_edge(wrong):
    for edge in (first_day, last_day):
        with pytest.raises(ValueError):
            edge(wrong)


def test_the_tables_are_whole_and_their_dates_can_be_read():
    assert len(all_units()) == 280
    assert len(all_statutes()) == 558
    assert len({(row.code, row.valid_from) for row in all_units()}) == 280
    assert len({(row.short, row.section, row.jurisdiction, row.in_force_from) for row in all_statutes()}) == 558
    for edge in {text for row in all_units() for text in (row.valid_from, row.valid_to)} - {""}:
        assert first_day(edge) <= last_day(edge)
    for edge in {text for row in all_statutes() for text in (row.in_force_from, row.in_force_to)} - {""}:
        assert first_day(edge) <= last_day(edge)
    for name in ("police_units.csv", "statutes.csv", "states.toml"):
        assert text_of(name).isascii()


def test_every_unit_belongs_to_a_member_and_stands_under_a_unit_of_the_same_state():
    home = {row.code: row.state for row in all_units()}
    for row in all_units():
        assert row.state in MEMBERS
        assert home.get(row.parent) == (row.state if row.parent else None)


@pytest.mark.parametrize(
    ("code", "on", "parent"),
    [
        ("RJ-D-SKR", date(2022, 12, 31), "RJ-R-JPR"),
        ("RJ-D-SKR", date(2023, 1, 1), "RJ-R-SKR"),  # unclear year: the newer
        ("RJ-D-SKR", date(2023, 12, 31), "RJ-R-SKR"),
        ("RJ-D-SKR", date(2024, 12, 31), "RJ-R-SKR"),
        ("RJ-D-SKR", date(2025, 1, 1), "RJ-R-JPR"),  # unclear month: the newer
        ("RJ-D-SKR", date(2025, 2, 1), "RJ-R-JPR"),
        ("RJ-R-SKR", date(2022, 12, 31), None),
        ("RJ-R-SKR", date(2023, 1, 1), "RJ"),
        ("RJ-R-SKR", date(2025, 1, 31), "RJ"),
        ("RJ-R-SKR", date(2025, 2, 1), None),
        ("RJ-D-DDU", date(2023, 8, 6), None),
        ("RJ-D-DDU", date(2023, 8, 7), "RJ-R-JPR"),
        ("RJ-D-DDU", date(2024, 12, 28), "RJ-R-JPR"),
        ("RJ-D-DDU", date(2024, 12, 29), None),
        ("DL-R-CEN", date(2021, 9, 24), "DL"),
        ("DL-R-CEN", date(2021, 9, 25), "DL-Z-1"),
        ("RJ-D-XXX", date(2025, 1, 1), None),
        ("", date(2025, 1, 1), None),
    ],
)
def test_a_unit_stands_under_its_parent_of_that_day(code, on, parent):
    found = unit(code, on)
    assert (found and found.parent) == parent


@given(members, days)
def test_the_units_of_a_day_are_each_there_once_and_as_asked_singly(state, on):
    found = units(state, on)
    assert len({row.code for row in found}) == len(found)
    assert all(row.state == state and row.may_stand(on) and unit(row.code, on) == row for row in found)
    standing = {row.code for row in all_units() if row.state == state and row.may_stand(on)}
    assert {row.code for row in found} == standing


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("RJ-D-DDU", ("RJ-D-DDU", "RJ-R-JPR", "RJ")),
        ("RJ-R-SKR", ("RJ-R-SKR", "RJ")),
        ("RJ-D-SKR", ("RJ-D-SKR", "RJ-R-JPR", "RJ")),
        ("RJ-D-XXX", ()),
    ],
)
def test_a_unit_that_stands_no_more_keeps_the_line_of_its_last_day(code, line):
    on = date(2026, 6, 1)
    assert tuple(row.code for row in last_line_of(code, on)) == line
    assert all(code in units_below(one, "IN-RJ", on) for one in line)


@given(days)
def test_a_unit_that_stands_is_under_no_other_than_on_that_day(on):
    for row in units("IN-RJ", on):
        assert last_line_of(row.code, on) == line_of(row.code, on)


def test_a_doubtful_unit_says_so():
    assert {row.certainty for row in all_units()} == set(Certainty)


LAST_OLD, FIRST_NEW = date(2024, 6, 30), date(2024, 7, 1)


@pytest.mark.parametrize(
    ("key", "state", "on", "there"),
    [
        ("IPC 387", "IN-RJ", LAST_OLD, True),
        ("IPC 387", "IN-RJ", FIRST_NEW, False),
        ("BNS 308(4)", "IN-RJ", LAST_OLD, False),
        ("BNS 308(4)", "IN-RJ", FIRST_NEW, True),
        ("BNS 308(4)", "IN-CH", FIRST_NEW, True),
        ("BNS 106(2)", "IN-RJ", date(2026, 1, 1), False),
        ("IPC 108A", "IN-DL", date(1898, 6, 1), False),  # its year alone is known: not before its last day
        ("IPC 108A", "IN-DL", date(1898, 12, 31), True),
        ("PASA-GJ *", "IN-GJ", date(1985, 12, 30), False),
        ("PASA-GJ *", "IN-GJ", date(1985, 12, 31), True),
        ("PASA-GJ *", "IN-RJ", date(2025, 1, 1), False),
        ("BNS 9999", "IN-RJ", FIRST_NEW, False),
        ("", "IN-RJ", FIRST_NEW, False),
    ],
)
def test_a_section_is_in_force_from_its_first_sure_day_to_its_last(key, state, on, there):
    found = statute(key, state, on)
    assert (found is not None) == there
    assert found is None or found.key == key


NEVER = {"RCOCA", "HCOCA", "PCOCA", "PRISONS-RJ", "HABITUAL-RJ"}


@given(members, days)
def test_what_is_in_force_is_dated_and_of_that_state_or_of_all_india(state, on):
    found = in_force(state, on)
    assert all(row.in_force_from for row in found)
    assert {row.jurisdiction for row in found} <= {"IN", state}
    assert not {row.short for row in found} & NEVER
    assert all(statute(row.key, state, on) == row for row in found)


def test_a_bill_or_an_undated_section_is_in_the_table_and_never_selectable():
    undated = [row for row in all_statutes() if not row.in_force_from]
    assert {row.short for row in undated} >= NEVER
    for row in undated:
        for state in MEMBERS:
            assert not any(row.holds(state, date(1850, 1, 1) + timedelta(days=900 * step)) for step in range(80))


def test_the_acts_of_one_state_hold_there_alone():
    today = date(2026, 1, 1)
    holding = {
        short: {s for s in MEMBERS if any(r.short == short for r in in_force(s, today))}
        for short in ("MCOCA", "GUJCTOC")
    }
    assert holding == {"MCOCA": {"IN-DL"}, "GUJCTOC": {"IN-GJ"}}
    mcoca = next(row for row in all_statutes() if row.short == "MCOCA")
    assert not mcoca.holds("IN-DL", date(2002, 1, 1))
    assert mcoca.holds("IN-DL", date(2002, 1, 2))


def test_an_unclear_end_counts_from_its_first_day():
    row = next(row for row in all_statutes() if row.key == "BNS 308(4)")
    ending = type(row)(**{**vars(row), "in_force_to": "2025-03"})
    assert ending.holds("IN-RJ", date(2025, 3, 1))
    assert not ending.holds("IN-RJ", date(2025, 3, 2))


def test_extortion_does_not_keep_the_order_of_the_penal_code():
    order = {f"308({n})": statute(f"BNS 308({n})", "IN-RJ", FIRST_NEW).replaces for n in (4, 5, 6, 7)}
    assert order == {"308(4)": "IPC 387", "308(5)": "IPC 386", "308(6)": "IPC 389", "308(7)": "IPC 388"}
    assert {row.kind for row in all_statutes()} == set(StatuteKind)
