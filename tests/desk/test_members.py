"""Members of a stream come back as they were, each whole and in order, or not at all."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from desk.members import MOST_PIECE, BadMembers, read, written

MEMBERS: list[tuple[str, list[bytes]]] = [
    ("manifest.json", [b"{}"]),
    ("register.db", [b"a" * MOST_PIECE, b"b" * (2 * MOST_PIECE + 5)]),
    ("vault/0a1b-2c", []),
    ("graph.dump", [b"", b"x"]),
]
RAW = b"".join(written(MEMBERS))


def cut(raw: bytes, length: int) -> Iterable[bytes]:
    return (raw[at : at + length] for at in range(0, len(raw), length))


@pytest.mark.parametrize("length", [1_000, 262_144, len(RAW)])
def test_members_come_back_however_the_stream_is_cut(length: int) -> None:
    found = [(name, b"".join(pieces)) for name, pieces in read(cut(RAW, length))]
    assert found == [(name, b"".join(pieces)) for name, pieces in MEMBERS]


def test_a_member_that_nobody_reads_is_read_over() -> None:
    assert [name for name, _ in read([RAW])] == [name for name, _ in MEMBERS]


SMALL = b"".join(written([("one", [b"content"]), ("two", [b"more"])]))
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda raw: raw[:-1],
    "cut in a piece": lambda raw: raw[:12],
    "more after its end": lambda raw: raw + b"M",
    "a byte of a piece": lambda raw: raw.replace(b"content", b"Content"),
    "a byte of a digest": lambda raw: raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:],
    "an unknown mark": lambda raw: b"X" + raw[1:],
    "a piece longer than any": lambda raw: raw.replace(b"P\0\0\0\7", b"P\xff\0\0\7"),
    "nothing": lambda raw: b"",
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_stream_that_is_not_as_it_was_is_refused(change: str) -> None:
    with pytest.raises(BadMembers):
        _ = [list(pieces) for _, pieces in read([BROKEN[change](SMALL)])]


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../up", "vault/../up", "a/..", "vault//x", "a\\b", "a b", "x" * 9 + "\0"]
)
def test_a_name_that_leads_elsewhere_is_refused_on_both_sides(name: str) -> None:
    with pytest.raises(BadMembers):
        list(written([(name, [])]))
    raw = SMALL.replace(b"\0\3one", len(name.encode()).to_bytes(2, "big") + name.encode())
    with pytest.raises(BadMembers):
        list(read([raw]))


def test_no_more_is_taken_in_than_a_piece_may_have() -> None:
    """A length that lies would have everything that follows it in memory."""
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b"M\0\3one" + b"P\xff\0\0\0"
        while taken < 64 * MOST_PIECE:
            taken += MOST_PIECE
            yield b"x" * MOST_PIECE

    with pytest.raises(BadMembers, match="longer than any"):
        _ = [list(pieces) for _, pieces in read(endless())]
    assert taken <= MOST_PIECE
