"""Streams: what is too long to be sealed at once, sealed in parts that are read one after the other.

In order:
1. A stream has a cipher of its own, from its key, a random salt that it begins with, and the place it is bound to.
2. Each part is sealed under its number and whether it is the last: none can be changed, moved, repeated or left out,
   and a stream that was cut is found out. The method is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015).
3. A part is given only after it was opened; whoever must not begin with half a stream reads it whole first.
"""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from auth.sealing import PartCipher, SealBroken

PART_BYTES = 256 * 1024

_SALT_BYTES = 32
_TAG_BYTES = 16


def seal_stream(plain: Iterable[bytes], file: BinaryIO, key: bytes, context: bytes) -> None:
    """Write a stream, sealed under a key of 32 bytes for the place that `context` names."""
    salt = os.urandom(_SALT_BYTES)
    cipher = PartCipher(key, salt, context)
    file.write(salt)
    for number, (part, last) in enumerate(_parts(plain)):
        file.write(cipher.seal(part, number, last=last))


def open_stream(file: BinaryIO, key: bytes, context: bytes) -> Iterator[bytes]:
    """Give the parts of a stream in order, each once it is known to be whole. Raises SealBroken."""
    salt = file.read(_SALT_BYTES)
    if len(salt) != _SALT_BYTES:
        raise SealBroken("The stream is cut.")
    cipher = PartCipher(key, salt, context)
    number, part = 0, file.read(PART_BYTES + _TAG_BYTES)
    while True:
        following = file.read(PART_BYTES + _TAG_BYTES)
        yield cipher.open(part, number, last=not following)
        if not following:
            return
        number, part = number + 1, following


def sealed_bytes(plain: int) -> int:
    """Say how long a stream of so many bytes is when it is sealed."""
    parts = max(1, -(-plain // PART_BYTES))
    return _SALT_BYTES + plain + parts * _TAG_BYTES


def _parts(plain: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Cut pieces into full parts and a last one, which alone may be shorter."""
    held = bytearray()
    for piece in plain:
        held += piece
        while len(held) > PART_BYTES:
            yield bytes(held[:PART_BYTES]), False
            del held[:PART_BYTES]
    yield bytes(held), True
