"""The fold joins five scripts, and stands still under anything that can be typed."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.names import fold, skeleton
from analysis.names.fold import _tokens

SCRIPTS = "".join(map(chr, [*range(0x0900, 0x0980), *range(0x0A00, 0x0B00), *range(0x0600, 0x0700)]))
WRITTEN = st.text(SCRIPTS + "abcdefghijklmnopqrstuvwxyz @.'-\u200d", max_size=60)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Sukhdev Singh", ("sukdev", "sing")),
        ("सुखदेव सिंह", ("sukdev", "sing")),
        ("ਸੁਖਦੇਵ ਸਿੰਘ", ("sukdev", "sing")),
        ("સુખદેવ સિંહ", ("sukdev", "sing")),
        ("سکھدیو سنگھ", ("skdiv", "sing")),
        ("ਹਰਪ੍ਰੀਤ", ("harprit",)),
        ("चन्द्र मित्र", ("chandra", "mitra")),
        ("Mohd. Yousuf", ("mohamed", "yusuf")),
        ("محمد", ("mohamed",)),
        ("ज्ञानेश्वर", ("gyanesvar",)),
        ("रमेशभाई", ("rames", "be")),
        ("Jignaben", ("jigna", "ben")),
        ("Vijay", fold("विजय")),
    ],
)
def test_a_name_folds_to_the_same_words_in_every_script(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize("separator", ["@", "urf", "alias", "उर्फ़", "ਉਰਫ਼", "ઉર્ફે", "عرف"])
def test_a_separator_is_no_part_of_a_name(separator):
    assert fold(f"Balwant {separator} Bablu") == ("balvant", "bablu")


@pytest.mark.parametrize("title", ["Shri", "Mr.", "Late", "श्री", "ਸ੍ਰੀ", "શ્રી", "شری"])
def test_a_title_is_dropped_where_a_name_is_left(title):
    assert fold(f"{title} Ramesh") == ("rames",)
    assert len(fold(title)) == 1


def test_accents_case_and_joiners_change_nothing():
    assert fold("SÚKHDEV") == fold("sukh\u200ddev") == fold("Sukhdev")


def test_vowels_and_what_urdu_does_not_write_are_no_part_of_a_skeleton():
    assert skeleton("sukdev") == skeleton("skdiv") == "skd"
    assert skeleton("asok") == skeleton("isok")
    assert skeleton("bikram") == skeleton("vikram")
    assert skeleton("ram") != skeleton("rag")


@given(st.text(max_size=300) | WRITTEN)
@example("kalabhen")
@example("شہر")
@example("ǅ ﷺ ½ ẞ İ")
def test_a_fold_is_bounded_and_folding_again_changes_nothing(text):
    folded = fold(text)
    assert len(folded) <= 12
    assert all(1 <= len(token) <= 40 and not token.isspace() for token in folded)
    assert fold(" ".join(folded)) == folded


@given(WRITTEN)
def test_the_cache_changes_no_answer(text):
    before = fold(text)
    _tokens.cache_clear()
    assert fold(text) == before


@pytest.mark.parametrize("letter", ["a", "w", "x", "अ", "क्", "ੰ", "ا", "ھ", "\u0301", "ﷺ", "க", "bhai"])
def test_ten_thousand_characters_fold_at_once(letter):
    started = time.process_time()
    fold(letter * (10_000 // len(letter)))
    fold((letter + " ") * 5_000)
    assert time.process_time() - started < 0.25


def test_a_number_in_a_name_keeps_all_its_digits() -> None:
    assert fold("Montagna 118") == ("montagna", "118")
    assert fold("Montagna 118") != fold("Montagna 18")
