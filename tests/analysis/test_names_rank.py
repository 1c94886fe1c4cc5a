"""Names are ranked by likeness, ties by id, and the right romanisation comes first in published word lists."""

from collections import defaultdict
from pathlib import Path

import pytest

from analysis.names import keys, rank

WORDS = Path(__file__).parents[3] / "shared" / "data" / "names"


def test_the_likest_come_first_and_ties_go_by_id():
    named = [
        ("p3", ["ਸੁਖਦੇਵ ਸਿੰਘ"]),
        ("p2", ["Sukhdev Singh Gill"]),
        ("p1", ["Balwant", "सुखदेव सिंह"]),
        ("p4", ["Balwant Singh"]),
        ("p5", []),
    ]
    assert [id_ for id_, _ in rank("Sukhdev Singh", named)] == ["p1", "p3", "p2"]
    assert rank("Sukhdev Singh", reversed(named)) == rank("Sukhdev Singh", named)


def test_what_is_below_the_floor_is_left_out():
    named = [("p1", ["Sukhdeep Singh"])]
    assert rank("Sukhdev Singh", named) == []
    assert [id_ for id_, _ in rank("Sukhdev Singh", named, floor=0.3)] == ["p1"]


def test_no_other_record_changes_a_score():
    alone = rank("Sukhdev Singh", [("p1", ["Sukhdeo Singh"])])
    among = rank("Sukhdev Singh", [("p1", ["Sukhdeo Singh"]), *((f"q{n}", ["Sukhdev"]) for n in range(50))])
    assert alone[0] in among


@pytest.mark.parametrize(("language", "least"), [("hi", 0.90), ("pa", 0.92), ("gu", 0.93), ("ur", 0.88)])
def test_a_right_romanisation_is_found_by_its_key_and_ranked_first(language, least):
    path = WORDS / f"{language}.translit.sampled.dev.tsv"
    if not path.exists():
        pytest.skip(f"The data folder holds no {path.name}.")
    right, by_key = defaultdict(set), defaultdict(set)
    for line in path.read_text(encoding="utf-8").splitlines():
        word, written, _ = line.split("\t")
        right[word].add(written)
        for key in keys(written):
            by_key[key].add(written)
    asked = sorted(right)[::5]
    first = 0
    for word in asked:
        found = set().union(*(by_key[key] for key in keys(word)))
        ranked = rank(word, [(written, [written]) for written in found], floor=0.0)
        first += bool(ranked) and ranked[0][0] in right[word]
    assert first / len(asked) >= least
