"""The chain, without a database: whatever is done to it, checking it says that, and where."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.chain import GENESIS, JSON, Fault, Link, canonical, leaf, leaf_of, verify

Tamper = Callable[[list[Link], int], list[Link]]


def links(count: int) -> list[Link]:
    rows: list[Link] = []
    for seq in range(1, count + 1):
        rows.append(linked(Link(seq, rows[-1].leaf if rows else GENESIS, 1_000 * seq, "LOOK", {"ids": [seq]}, "")))
    return rows


def linked(row: Link) -> Link:
    entry: dict[str, JSON] = {"seq": row.seq, "prev": row.prev, "at": row.at, "kind": row.kind, "body": dict(row.body)}
    return dataclasses.replace(row, leaf=leaf(entry).hex())


def head_of(rows: list[Link]) -> tuple[int, str]:
    return (rows[-1].seq, rows[-1].leaf) if rows else (0, GENESIS)


def changed(**fields: Any) -> Tamper:
    def tamper(rows: list[Link], place: int) -> list[Link]:
        return [dataclasses.replace(row, **fields) if at == place else row for at, row in enumerate(rows)]

    return tamper


def changed_with_its_hash(rows: list[Link], place: int) -> list[Link]:
    forged = linked(dataclasses.replace(rows[place], body={"ids": []}))
    return [*rows[:place], forged, *rows[place + 1 :]]


def dropped(rows: list[Link], place: int) -> list[Link]:
    return [*rows[:place], *rows[place + 1 :]]


def dropped_and_renumbered(rows: list[Link], place: int) -> list[Link]:
    return [*rows[:place], *(dataclasses.replace(row, seq=row.seq - 1) for row in rows[place + 1 :])]


def moved(rows: list[Link], place: int) -> list[Link]:
    one, other = rows[place], rows[(place + 1) % len(rows)]
    said = {one.seq: other.body, other.seq: one.body}
    return [dataclasses.replace(row, body=said.get(row.seq, row.body)) for row in rows]


def inserted(rows: list[Link], place: int) -> list[Link]:
    forged = linked(dataclasses.replace(rows[place], body={"ids": []}))
    return [*rows[:place], forged, *(dataclasses.replace(row, seq=row.seq + 1) for row in rows[place:])]


def said_twice(rows: list[Link], place: int) -> list[Link]:
    return [*rows[: place + 1], *rows[place:]]


def cut_off(rows: list[Link], place: int) -> list[Link]:
    return rows[:place]


def written_anew_from_there_on(rows: list[Link], place: int) -> list[Link]:
    anew = rows[:place]
    for row in rows[place:]:
        prev = anew[-1].leaf if anew else GENESIS
        anew.append(linked(dataclasses.replace(row, prev=prev, body={"ids": ["forged"]})))
    return anew


def added_at_the_end(rows: list[Link], place: int) -> list[Link]:
    return [*rows, linked(Link(rows[-1].seq + 1, rows[-1].leaf, 9, "LOOK", {}, ""))]


TAMPERINGS: dict[str, Tamper] = {
    "its body": changed(body={"ids": [0]}),
    "its time": changed(at=7),
    "its kind": changed(kind="OUTCOME"),
    "its hash": changed(leaf="f" * 64),
    "what it follows": changed(prev="f" * 64),
    "its number": changed(seq=1_000),
    "its body and hash": changed_with_its_hash,
    "dropped": dropped,
    "dropped, the rest renumbered": dropped_and_renumbered,
    "moved": moved,
    "inserted": inserted,
    "said twice": said_twice,
    "cut off": cut_off,
    "written anew": written_anew_from_there_on,
    "added": added_at_the_end,
}
# Only the kept head shows these, and it cannot know where they began.
_SHOWN_AT_THE_END = {"written anew", "added"}


@pytest.mark.parametrize("tampering", TAMPERINGS)
@given(count=st.integers(2, 12), data=st.data())
def test_whatever_is_done_to_one_entry_is_found_there_or_at_the_next(
    tampering: str, count: int, data: st.DataObject
) -> None:
    rows = links(count)
    place = data.draw(st.integers(0, count - 1))
    faults = list(verify(TAMPERINGS[tampering](rows, place), head_of(rows)))
    assert faults
    where = min(fault.seq for fault in faults)
    if tampering in _SHOWN_AT_THE_END:
        assert where >= count
    else:
        first = min(place, (place + 1) % count) if tampering == "moved" else place
        assert first + 1 <= where <= first + 2


@given(st.integers(0, 12))
def test_an_untouched_chain_has_no_fault(count: int) -> None:
    rows = links(count)
    assert list(verify(rows, head_of(rows))) == []


def test_a_gap_is_named_from_its_first_entry_to_its_last() -> None:
    rows = links(6)
    faults = list(verify([*rows[:2], *rows[4:]], head_of(rows)))
    assert faults[0] == Fault(3, "Entries 3 to 4 are missing.")


def test_a_leaf_is_the_hash_of_a_zero_and_the_canonical_bytes() -> None:
    entry: dict[str, JSON] = {"seq": 1, "prev": GENESIS, "at": 0, "kind": "LOOK", "body": {"b": 1, "a": "अ"}}
    assert canonical(entry) == (
        b'{"at":0,"body":{"a":"\xe0\xa4\x85","b":1},"kind":"LOOK","prev":"' + b"0" * 64 + b'","seq":1}'
    )
    assert leaf(entry).hex() == "bd41b6a9a780cd4e81d0ff332975b276dd864e3ede22d4f1c1dee318cfdb9ba5"


@pytest.mark.parametrize("unwritable", [float("nan"), float("inf"), 2**60, "\ud800"])
def test_what_has_no_canonical_bytes_is_refused(unwritable: object) -> None:
    with pytest.raises(ValueError):
        canonical({"body": unwritable})  # type: ignore[dict-item]  # what a careless caller may hand in


@given(st.integers(1, 2**53 - 1), st.integers(-(2**53) + 1, 2**53 - 1), st.dictionaries(st.text(), st.text()))
def test_the_quick_way_to_a_leaf_gives_the_same_leaf(seq: int, at: int, body: dict[str, str]) -> None:
    slow = leaf({"seq": seq, "prev": GENESIS, "at": at, "kind": "LOOK", "body": dict(body)})
    assert leaf_of(seq, GENESIS, at, "LOOK", canonical(dict(body))) == slow
