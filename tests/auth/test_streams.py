"""A stream opens only as it was sealed: whole, in order, and in its own place."""

import io
import os
from collections.abc import Callable

import pytest

from auth.sealing import SealBroken, data_key
from auth.streams import PART_BYTES, open_stream, seal_stream, sealed_bytes

KEY, PLACE = b"k" * 32, b"here"
SALT, SEALED_PART = 32, PART_BYTES + 16
PLAIN = os.urandom(2 * PART_BYTES + 100)


def sealed(plain: bytes = PLAIN, key: bytes = KEY, place: bytes = PLACE) -> bytes:
    file = io.BytesIO()
    seal_stream([plain[:7], plain[7:]], file, key, place)
    return file.getvalue()


def opened(raw: bytes, key: bytes = KEY, place: bytes = PLACE) -> bytes:
    return b"".join(open_stream(io.BytesIO(raw), key, place))


@pytest.mark.parametrize("length", [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES])
def test_a_stream_of_any_length_comes_back_and_is_as_long_as_was_said(length: int) -> None:
    raw = sealed(PLAIN[:length])
    assert opened(raw) == PLAIN[:length]
    assert len(raw) == sealed_bytes(length)


def test_equal_streams_do_not_show_as_equal() -> None:
    assert sealed() != sealed()
    assert PLAIN[:64] not in sealed()


def parts(raw: bytes) -> list[bytes]:
    return [raw[at : at + SEALED_PART] for at in range(SALT, len(raw), SEALED_PART)]


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "a bit of the salt": lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
    "a bit of the first part": lambda raw: raw[:SALT] + bytes([raw[SALT] ^ 1]) + raw[SALT + 1 :],
    "a bit of the end": lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
    "the last part is gone": lambda raw: raw[: SALT + 2 * SEALED_PART],
    "the last part is cut": lambda raw: raw[:-1],
    "two parts are exchanged": lambda raw: raw[:SALT] + b"".join([parts(raw)[1], parts(raw)[0], parts(raw)[2]]),
    "a part is repeated": lambda raw: raw[:SALT] + b"".join([parts(raw)[0], *parts(raw)]),
    "a part is left out": lambda raw: raw[:SALT] + b"".join(parts(raw)[1:]),
    "something hangs on": lambda raw: raw + b"more",
    "only the salt": lambda raw: raw[:SALT],
    "not even the salt": lambda raw: raw[: SALT - 1],
    "nothing": lambda raw: b"",
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_stream_that_was_changed_is_refused(change: str) -> None:
    with pytest.raises(SealBroken):
        opened(BROKEN[change](sealed()))


def test_a_stream_opens_under_its_own_key_in_its_own_place_and_nowhere_else() -> None:
    for key, place in ((data_key(), PLACE), (KEY, b"there")):
        with pytest.raises(SealBroken):
            opened(sealed(), key, place)


def test_no_part_is_given_before_it_is_known_to_be_whole() -> None:
    raw = sealed()
    given = open_stream(io.BytesIO(raw[:-1] + bytes([raw[-1] ^ 1])), KEY, PLACE)
    assert next(given) + next(given) == PLAIN[: 2 * PART_BYTES]
    with pytest.raises(SealBroken):
        next(given)
