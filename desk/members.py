"""Members: files of any length one after the other in one stream, each named and each with its digest.

A member is `M`, the length of its name (2 bytes) and its name; then pieces, each `P`, its length (4 bytes, big-endian)
and its bytes; then `D` and the SHA-256 of all of them. `Z` ends the stream. A dump has no length before it has ended,
which is why this is no tar.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

MOST_PIECE = 1024 * 1024

# No part of a name begins with a dot.
_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]*(?:/[a-z0-9][a-z0-9.\-]*){0,2}")
_DIGEST_BYTES = 32


class BadMembers(ValueError):
    """A stream that is not one of members, or of which a member is not as it was."""


def written(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Give the stream of members by name. Raises ValueError for a name that is none."""
    for name, pieces in members:
        raw = _checked(name).encode()
        yield b"M" + len(raw).to_bytes(2, "big") + raw
        digest = hashlib.sha256()
        for piece in pieces:
            for start in range(0, len(piece), MOST_PIECE):
                part = piece[start : start + MOST_PIECE]
                digest.update(part)
                yield b"P" + len(part).to_bytes(4, "big") + part
        yield b"D" + digest.digest()
    yield b"Z"


def read(stream: Iterable[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Give the members of a stream in order; each is read to its end before the next. Raises BadMembers."""
    source = _Source(stream)
    while (mark := source.take(1)) == b"M":
        name = source.take(int.from_bytes(source.take(2), "big")).decode("utf-8", errors="replace")
        pieces = _pieces(source)
        yield _checked(name), pieces
        for _ in pieces:
            pass
    if mark != b"Z" or not source.ended():
        raise BadMembers("The stream does not end as one of members does.")


def _pieces(source: "_Source") -> Iterator[bytes]:
    digest = hashlib.sha256()
    while (mark := source.take(1)) == b"P":
        length = int.from_bytes(source.take(4), "big")
        if length > MOST_PIECE:
            raise BadMembers("A piece is longer than any is.")
        piece = source.take(length)
        digest.update(piece)
        yield piece
    if mark != b"D" or source.take(_DIGEST_BYTES) != digest.digest():
        raise BadMembers("A member is not as it was.")


def _checked(name: str) -> str:
    """Give a name that leads nowhere but down. Raises BadMembers."""
    if _NAME.fullmatch(name) is None:
        raise BadMembers("A member has a name that is none.")
    return name


class _Source:
    """Bytes as they come, taken in the lengths that are asked."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = iter(stream)
        self._held = bytearray()

    def take(self, length: int) -> bytes:
        """Give so many bytes. Raises BadMembers if there are fewer."""
        while len(self._held) < length:
            if (more := next(self._stream, None)) is None:
                raise BadMembers("The stream is cut.")
            self._held += more
        taken = bytes(self._held[:length])
        del self._held[:length]
        return taken

    def ended(self) -> bool:
        """Say whether nothing is left."""
        return not self._held and next(self._stream, None) is None
