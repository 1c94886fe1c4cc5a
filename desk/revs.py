"""The rev of a record: one opaque string of keyed digests, one for each field that a revision may change.

It tells whether a field has moved since it was read, and nothing of what it holds nor of how often it changed.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson

from auth.sealing import StateKeys
from graph.connections import Kind
from schemas.ids import RecordType
from schemas.records import RECORDS

# What of an envelope a revision may change: neither who may see the record nor when it must be reviewed.
ENVELOPE = (
    "unit",
    "valid_from",
    "valid_to",
    "legal_basis",
    "case_ref",
    "source_grade",
    "info_grade",
    "handling",
    "handling_text",
    "onward",
)
_BYTES = 8


def revised(kind: Kind) -> tuple[str, ...]:
    """Give the fields of a kind of record that a revision may change, in the order in which a rev has them."""
    return (*RECORDS[RecordType(kind.value)].content.model_fields, *ENVELOPE)


def rev_of(keys: StateKeys, id: str, kind: Kind, values: Mapping[str, Any]) -> str:
    """Give the rev of a record whose fields lie as these values."""
    digests = (bytes.fromhex(_digest(keys, id, name, values[name])) for name in revised(kind))
    return base64.urlsafe_b64encode(b"".join(digests)).decode()


def moved(keys: StateKeys, id: str, kind: Kind, values: Mapping[str, Any], rev: str) -> set[str] | None:
    """Give the fields that do not lie as they did when the rev was read; None for what is no rev of this kind."""
    names, read = revised(kind), _read(kind, rev)
    if read is None:
        return None
    parts = (read[place * _BYTES : (place + 1) * _BYTES].hex() for place in range(len(names)))
    return {name for name, part in zip(names, parts, strict=True) if part != _digest(keys, id, name, values[name])}


def is_rev(kind: Kind, rev: str) -> bool:
    """Say whether a text has the form of a rev of this kind of record, whatever it was read from."""
    return _read(kind, rev) is not None


def _read(kind: Kind, rev: str) -> bytes | None:
    try:
        read = base64.b64decode(rev.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return read if len(read) == _BYTES * len(revised(kind)) else None


def _digest(keys: StateKeys, id: str, name: str, value: Any) -> str:
    said = orjson.dumps([id, name, value]).decode()
    return keys.digest("rev", said)[: 2 * _BYTES]
