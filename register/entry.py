"""Entries: what the ledger tells, and how long lists of ids lie beside it."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from register.chain import JSON
from register.tables import moment
from schemas.ids import RecordType, parse_urn

LONGEST_LIST = 200


class EntryKind(StrEnum):
    """What an entry tells."""

    LOOK = "LOOK"
    REFUSAL = "REFUSAL"
    INTENT = "INTENT"
    OUTCOME = "OUTCOME"
    SIGNED_IN = "SIGNED_IN"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    SIGNED_OUT = "SIGNED_OUT"
    ENQUIRY_OPENED = "ENQUIRY_OPENED"
    ENQUIRY_CLOSED = "ENQUIRY_CLOSED"
    ACCOUNT = "ACCOUNT"
    KEYS = "KEYS"
    IMPORT = "IMPORT"
    JOB = "JOB"
    EXPORT = "EXPORT"
    FILE = "FILE"
    INCIDENT = "INCIDENT"
    PEERS = "PEERS"


@dataclass(frozen=True)
class Entry:
    """What is to be written: who, for which enquiry and purpose, what was asked, which ids were disclosed."""

    kind: EntryKind
    officer: str | None
    enquiry: str | None
    purpose: str | None
    operation: str
    variables: JSON
    ids: tuple[str, ...]
    code: str
    op_id: str | None = None


@dataclass(frozen=True)
class Written:
    """An entry as it stands on the ledger."""

    seq: int
    at: datetime
    entry: Entry


@dataclass(frozen=True)
class UnsettledIntent:
    """A change that was begun and whose outcome nobody wrote."""

    op_id: str
    seq: int
    at: datetime
    officer: str | None
    enquiry: str | None
    operation: str


def packed(ids: tuple[str, ...]) -> tuple[bytes | None, JSON]:
    """Give a list of ids as the entry holds it, with the packed list if it is long."""
    if len(ids) <= LONGEST_LIST:
        return None, list(ids)
    plain = "\n".join(sorted(ids)).encode()
    small = zlib.compress(plain, 1)
    return small, {
        "count": len(ids),
        "sha256": hashlib.sha256(plain).hexdigest(),
        "packed_sha256": hashlib.sha256(small).hexdigest(),
    }


_LOOKS = frozenset({EntryKind.LOOK, EntryKind.EXPORT, EntryKind.FILE})
_RECORDS = frozenset(RecordType)


def tells_of_a_look(kind: str) -> bool:
    """Say whether entries of a kind tell who looked at the records that they name."""
    return kind in _LOOKS


def looked_at(kind: str, ids: Iterable[str]) -> set[str]:
    """Give the records among the ids of an entry that tells of a look; of any other entry none."""
    if not tells_of_a_look(kind):
        return set()
    return {id for id in ids if (urn := parse_urn(id)) is not None and urn.type in _RECORDS}


def said(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """Give the body of a stored entry."""
    body: dict[str, Any] = json.loads(row.body)
    return body


def written(row: Row[Any]) -> Written:
    """Give a stored entry as it was handed in."""
    body = said(row)
    ids = ids_of(row, body)
    return Written(row.seq, moment(row.at), Entry(**{**body, "kind": EntryKind(row.kind), "ids": tuple(ids)}))


def ids_of(row: Row[Any], body: Mapping[str, Any]) -> list[str]:
    """Give the ids of a stored entry, whose body this is."""
    if row.packed_ids is not None:
        return zlib.decompress(row.packed_ids).decode().split("\n")
    return list(body["ids"])
