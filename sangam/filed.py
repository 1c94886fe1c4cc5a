"""Calls about the files of a record: what is sent, and what its reply means. No waiting and no socket here."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from sangam.errors import Unavailable
from sangam.exchange import answered, data_of
from schemas.file import KeptFile

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class FileCall(Generic[Answer]):
    """One request: how it is sent, whether it may be sent twice, and what reads its reply."""

    method: str
    path: str
    read: Callable[[httpx.Response], Answer]
    params: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    repeatable: bool = True


def files(record: str) -> FileCall[list[KeptFile]]:
    """Ask which files a record has."""

    def read(reply: httpx.Response) -> list[KeptFile]:
        return [KeptFile.model_validate(one) for one in _said(reply, 200)["files"]]

    return FileCall("GET", _path(record), read)


def add(record: str, content: bytes, taken_on: date | None) -> FileCall[KeptFile]:
    """Send a file; a record has the same file once, however often it is sent."""

    def read(reply: httpx.Response) -> KeptFile:
        return KeptFile.model_validate(_said(reply, 201)["file"])

    params = {} if taken_on is None else {"takenOn": taken_on.isoformat()}
    return FileCall("POST", _path(record), read, params, content)


def fetch(record: str, file: str) -> FileCall[bytes]:
    """Ask for a file itself."""

    def read(reply: httpx.Response) -> bytes:
        if reply.status_code != 200:
            data_of(answered(reply))
        digest = base64.b64encode(hashlib.sha256(reply.content).digest()).decode()
        if reply.headers.get("repr-digest") != f"sha-256=:{digest}:":
            raise Unavailable("The file did not come whole.")
        return reply.content

    return FileCall("GET", _path(record, file), read)


def remove(record: str, file: str) -> FileCall[None]:
    """Take a file away for good."""

    def read(reply: httpx.Response) -> None:
        _said(reply, 200)

    return FileCall("DELETE", _path(record, file), read, repeatable=False)


def _path(record: str, *file: str) -> str:
    return "/".join(["/records", quote(record, safe=""), "files", *(quote(one, safe="") for one in file)])


def _said(reply: httpx.Response, status: int) -> Mapping[str, Any]:
    """Read a reply's JSON; raise Refused or Unavailable for its error."""
    said = answered(reply)
    if reply.status_code != status:
        data_of(said)
        raise Unavailable(f"The address does not answer as a node does (HTTP {reply.status_code}).")
    return said
