"""Keys bring together whatever may be one person, and do not bring together everyone called Singh."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.names import fold, keys
from analysis.names.fold import _tokens


def test_the_writings_of_a_name_share_a_key():
    names = ["Sukhdev Singh", "ਸੁਖਦੇਵ ਸਿੰਘ", "સુખદેવ સિંહ", "سکھدیو سنگھ", "Sukh Dev", "Shri Sukhdeo Singh @ Sukha"]
    assert frozenset.intersection(*map(keys, names))


def test_a_universal_word_is_a_key_only_where_nothing_else_is():
    assert not keys("Sukhdev Singh") & keys("Harpreet Singh")
    assert not keys("Singh") & keys("Harpreet Singh")
    assert keys("Singh") == keys("ਸਿੰਘ") != frozenset()
    assert keys("Mohd Singh") == keys("Mohammed") | keys("Singh")


def test_a_retroflex_is_found_under_d_and_under_r():
    assert keys("Rathod") == keys("राठौड़") == keys("Rathore")


@given(st.text(max_size=200))
def test_keys_are_the_same_each_time_and_few(text):
    found = keys(text)
    assert len(found) <= 2 * len(fold(text))
    assert all(found) or not found
    _tokens.cache_clear()
    assert keys(text) == found


@given(st.text(max_size=200))
def test_every_name_with_a_word_has_a_key(text):
    assert bool(keys(text)) == bool(fold(text))
