"""The chain: every entry holds the hash of the one before it, so that none can be changed, dropped or moved unseen.

In order:
1. A leaf is SHA-256(0x00 ‖ RFC 8785 bytes of {seq, prev, at, kind, body}): the leaf of the Merkle tree of later.
2. `prev` is the leaf before, in hex; the first entry has 64 zeros.
3. Whoever checks recomputes every leaf from what is stored and believes no stored hash.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import rfc8785

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as stored: `at` in microseconds since 1970, `leaf` the hash stored beside it."""

    seq: int
    prev: str
    at: int
    kind: str
    body: Mapping[str, JSON]
    leaf: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the chain, and at which entry."""

    seq: int
    what: str


def canonical(value: Mapping[str, JSON]) -> bytes:
    """Give the RFC 8785 bytes of a value. Raises ValueError for what has none, such as NaN or half a surrogate."""
    return rfc8785.dumps(dict(value))


def leaf(entry: Mapping[str, JSON]) -> bytes:
    """Give the hash of an entry with seq, prev, at, kind and body: 32 bytes."""
    return hashlib.sha256(b"\x00" + canonical(entry)).digest()


def leaf_of(seq: int, prev: str, at: int, kind: str, body: bytes) -> bytes:
    """Give the hash of an entry whose body is canonical already: what `leaf` gives, without spelling the body again."""
    # The names of its members in order, as RFC 8785 sorts them; prev and kind are ours and hold nothing to escape.
    entry = b'{"at":%d,"body":%b,"kind":"%b","prev":"%b","seq":%d}' % (at, body, kind.encode(), prev.encode(), seq)
    return hashlib.sha256(b"\x00" + entry).digest()


def verify(rows: Iterable[Link], head: tuple[int, str] | None = None) -> Iterator[Fault]:
    """Say what is wrong with a chain from its first entry on, given in order of seq, and against a kept head."""
    seq, last = 0, GENESIS
    for row in rows:
        if row.seq > seq + 1:
            yield Fault(seq + 1, f"Entries {seq + 1} to {row.seq - 1} are missing.")
        elif row.seq <= seq:
            yield Fault(row.seq, "An entry stands where none was written.")
        if row.prev != last:
            yield Fault(row.seq, "It does not follow the entry before it: one was inserted, dropped, moved or changed.")
        found = _leaf_of(row)
        if found != row.leaf:
            yield Fault(row.seq, "It was changed after it was written.")
        # The recomputed leaf goes on: a hash changed along with its entry still breaks the next one.
        seq, last = row.seq, found
    if head is not None:
        yield from _against_head(seq, last, head)


def _leaf_of(row: Link) -> str:
    try:
        return leaf({"seq": row.seq, "prev": row.prev, "at": row.at, "kind": row.kind, "body": dict(row.body)}).hex()
    except ValueError:
        # What has no canonical bytes, such as a time beyond all numbers, was never written by us.
        return ""


def _against_head(seq: int, last: str, head: tuple[int, str]) -> Iterator[Fault]:
    kept_seq, kept_leaf = head
    if seq < kept_seq:
        yield Fault(seq + 1, f"The ledger ends at entry {seq}, and {kept_seq} were written: its end was cut off.")
    elif seq > kept_seq:
        yield Fault(kept_seq + 1, f"Entries {kept_seq + 1} to {seq} were added behind the ledger's back.")
    elif last != kept_leaf:
        yield Fault(seq, "The last entry is not the one that was written last.")
