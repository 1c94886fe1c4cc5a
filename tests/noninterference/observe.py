"""What a viewer can tell: status, headers, bytes, cursors; and what of earlier answers a later question uses."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from schemas.ids import parse_urn
from tests.noninterference.material import Earlier
from tests.noninterference.operations import FEDERATED

_APART = {"date", "x-request-id"}


@dataclass(frozen=True)
class Observation:
    """One answer as it left."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, answer: httpx.Response) -> "Observation":
        kept = sorted((name, value) for name, value in answer.headers.items() if name not in _APART)
        return cls(answer.status_code, tuple(kept), answer.content)

    @property
    def json(self) -> Any:
        """Give the answer; of an export, its manifest in its place, and of a record's files as what was asked."""
        if ("content-type", "application/zip") not in self.headers:
            said = orjson.loads(self.body)
            return {"data": said} if "files" in said else said
        with zipfile.ZipFile(io.BytesIO(self.body)) as files:
            return {"data": {"export": orjson.loads(files.read("manifest.json"))}}

    @property
    def codes(self) -> list[str]:
        """Give the codes of its errors."""
        return [error["extensions"]["code"] for error in self.json.get("errors", ())]


@dataclass
class Heard:
    """What one side has answered so far, as far as later questions build on it."""

    cursors: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    revs: dict[str, str] = field(default_factory=dict)
    start: str | None = None

    def filled(self, value: Any) -> Any:
        """Put what was answered in place of what stands for it."""
        match value:
            case Earlier("cursor", key, otherwise):
                return self.cursors.get(key or next(iter(self.cursors), ""), otherwise)
            case Earlier("id", kind, otherwise):
                return self.ids.get(kind, otherwise)
            case Earlier("rev", id, otherwise):
                return self.revs.get(id, otherwise)
            case Earlier("from", _, otherwise):
                return self.start or otherwise
            case dict():
                return {name: self.filled(one) for name, one in value.items()}
            case list():
                return [self.filled(one) for one in value]
        return value

    def hear(self, operation: str, variables: dict[str, Any], answer: Any) -> None:
        """Remember cursors by the key they stand under, revs by the record, and the id of what was made."""
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            return
        for key, cursor in _cursors(data, ""):
            self.cursors[key] = cursor
        self.revs.update(_revs(data))
        for name, payload in data.items():
            if (name.startswith("record") and name != "record") or name == "link":
                for id in _ids(payload):
                    if (urn := parse_urn(id)) is not None:
                        self.ids[urn.type] = self.ids[""] = id
                        if name == "link" and isinstance(variables.get("from"), dict):
                            self.start = variables["from"].get("id")
                    break


def _cursors(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, below in value.items():
            if (name == "endCursor" or (name == "cursor" and key in FEDERATED)) and isinstance(below, str):
                yield key, below
            else:
                yield from _cursors(below, key if name in ("pageInfo", "edges", "node") else name)
    elif isinstance(value, list):
        for one in value:
            yield from _cursors(one, key)


def _revs(value: Any) -> Iterator[tuple[str, str]]:
    """Give the rev of each record in an answer."""
    if isinstance(value, dict):
        match value:
            case {"id": str(id), "provenance": {"rev": str(rev)}}:
                yield id, rev
        for below in value.values():
            yield from _revs(below)
    elif isinstance(value, list):
        for one in value:
            yield from _revs(one)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for below in value.values():
            yield from _ids(below)


def nonempty(operation: str, answer: Any) -> bool:
    """Say whether an answer says anything: a record, a row, a node, a thing that was done."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if operation in FEDERATED:
        data = data.get("federated") if isinstance(data, dict) else None
    given = data.get(operation) if isinstance(data, dict) else None
    if isinstance(given, dict):
        for rows in ("edges", "nodes", "paths"):
            if rows in given:
                return bool(given[rows])
        if "problems" in given:
            return not given["problems"]
    if isinstance(given, list):
        return any(one is not None for one in given)
    return bool(given)
