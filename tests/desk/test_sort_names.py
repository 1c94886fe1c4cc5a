"""A name sorts by a text that an index of the database can hold and that it orders in one way only."""

from hypothesis import example, given
from hypothesis import strategies as st

from analysis.names.fold import fold
from desk.recording import _sortable

# An entry of an index holds some 8,100 bytes, of which kind and id take a hundred.
MOST_BYTES = 7_000


@given(st.text(max_size=200))
@example("\ufa0e\ufb1e\ufe20")
@example("\U00011107" * 200)
@example("\ufdfa" * 200)
def test_a_sort_name_is_short_and_has_one_order(text: str) -> None:
    sort_name = _sortable(" ".join(fold(text)))
    assert len(sort_name.encode()) < MOST_BYTES
    units = [sort_name.encode("utf-16-be")[at : at + 2] for at in range(0, 2 * len(sort_name), 2)]
    assert all(unit < b"\xe0\x00" for unit in units)
