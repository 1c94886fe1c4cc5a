"""The same person is alike across scripts, another person is not, and the reasons say why."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.names import Likeness, keys, likeness

SAME, OTHER = 0.70, 0.60
with (Path(__file__).parents[1] / "data" / "names.csv").open(encoding="utf-8", newline="") as sample:
    PAIRS = [tuple(row.values()) for row in csv.DictReader(sample)]


@pytest.mark.parametrize(("query", "name"), [pair[:2] for pair in PAIRS if pair[2] == "same"])
def test_one_person_is_alike_in_any_script_and_found(query, name):
    assert likeness(query, name).score >= SAME
    assert keys(query) & keys(name)


@pytest.mark.parametrize(("query", "name"), [pair[:2] for pair in PAIRS if pair[2] == "different"])
def test_another_person_is_less_alike(query, name):
    assert likeness(query, name).score < OTHER


def test_a_likeness_gives_its_reasons_the_weightiest_first():
    alike = likeness("Sukhdev Singh", "ਸੁਖਦੇਵ ਸਿੰਘ")
    assert alike == Likeness(1.0, ("same after folding: sukdev", "common word: sing"))
    assert likeness("Sukhdev", "سکھدیو").reasons == ("same consonants: skd",)
    assert likeness("Sukh Dev", "Sukhdev").reasons == ("same when run together: sukdev",)
    assert likeness("Harpreet", "Harjeet").reasons == ("sounds like: harprit, harjit",)


def test_a_common_word_makes_nobody_alike():
    assert likeness("Jaswant Singh", "Mukesh Singh").score < 0.3
    assert likeness("Mohammed Arif", "Mohd Salim").score < 0.3
    assert likeness("Jaswant Singh", "Jaswant Kaur").score > 0.8


def test_a_missing_surname_costs_less_than_another_one():
    left_out, other = likeness("Jaswant", "Jaswant Gill"), likeness("Jaswant Sidhu", "Jaswant Gill")
    assert left_out.score > SAME
    assert other.score < left_out.score


def test_a_finer_writing_decides_between_names_that_fold_alike():
    assert likeness("खड़क", "Kharak").score > likeness("खड़क", "Karak").score


def test_nothing_is_like_a_name_without_a_word():
    assert likeness("@", "Jaswant") == likeness("", "") == Likeness(0.0, ())


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_likeness_lies_between_nothing_and_the_same_either_way(one, other):
    alike = likeness(one, other)
    assert 0.0 <= alike.score <= 1.0
    assert alike.score == round(alike.score, 4)
    assert alike.score == pytest.approx(likeness(other, one).score, abs=0.02)


@given(st.text(max_size=80))
def test_a_name_is_like_itself(name):
    assert likeness(name, name).score == (1.0 if keys(name) else 0.0)


def test_two_hostile_names_are_compared_in_a_moment():
    letters = "bcdfghjklmnp"
    one = " ".join(letter + "abcdefghijklmnopqrstuvwxyz" * 2 for letter in letters)
    other = " ".join(letter + "zyxwvutsrqponmlkjihgfedcba" * 2 for letter in letters)
    likeness(one, other)
    started = time.process_time()
    likeness(one, other)
    assert time.process_time() - started < 0.2
