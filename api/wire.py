"""From the socket to four checked parameters, and from an answer back to bytes.

The rules, in order:

1. Only UTF-8 JSON is read, unpacked, and at most 64 KiB of it.
2. Nesting and the count of values are taken by one scan before a parser sees the bytes.
3. A key that stands twice, NaN, Infinity, a number of more than 64 digits and half a surrogate pair are refused.
4. Only `query`, `operationName`, `variables` and `extensions` are known, each of its own type; a list is refused.
5. Every answer is JSON in UTF-8 that no one may store.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson
from starlette.types import Receive, Scope, Send

from schemas.errors import ErrorCode

MAX_BODY = 65_536
MAX_NESTING = 32
MAX_VALUES = 4_096
MAX_DIGITS = 64

GRAPHQL_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"

# Where a server puts what it knows of the caller's certificate into the scope of a request.
TLS = "tls"

_KNOWN = frozenset({"query", "operationName", "variables", "extensions"})
# A text may lack its end, so that one that is never closed is read once, not once per quote mark.
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]|,', re.DOTALL)
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
_LONE = re.compile(r"[\ud800-\udfff]")


class HttpRefused(Exception):
    """A request that is refused before it is understood as GraphQL: a status, a code and a sentence."""

    def __init__(self, status: int, code: ErrorCode, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is known of a request before its body: method, path, headers by lower-case name, the caller's address.

    `certificate` is that under which the caller came, in DER, where the port asks for one.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    client: str | None
    certificate: bytes | None = None

    @classmethod
    def of(cls, scope: Scope) -> "HttpRequest":
        """Read an ASGI scope; a header that came twice is joined by a comma, so that neither alone is believed."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        peer = scope.get("client")
        certificate = scope.get("extensions", {}).get(TLS, {}).get("client_certificate")
        return cls(scope["method"], scope["path"], headers, peer[0] if peer else None, certificate)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The four parameters of GraphQL over HTTP, each of its own type."""

    query: str | None
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer ready to be sent."""

    status: int
    body: bytes
    media: str = PLAIN_JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, send: Send) -> None:
        """Send the answer; no one may store it."""
        head = {
            "content-type": f"{self.media}; charset=utf-8",
            "content-length": str(len(self.body)),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            **self.headers,
        }
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


def negotiate(accept: str | None) -> str | None:
    """Choose the media type of the answer: plain JSON when anything will do, None when neither will."""
    if accept is None or not accept.strip():
        return PLAIN_JSON
    weights: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights[media] = max(_weight(parameters), weights.get(media, 0.0))
    anything = weights.get("application/*", weights.get("*/*", 0.0))
    plain, graphql = weights.get(PLAIN_JSON, anything), weights.get(GRAPHQL_JSON, 0.0)
    if graphql > 0 and graphql >= plain:
        return GRAPHQL_JSON
    return PLAIN_JSON if plain > 0 else None


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def check_content(request: HttpRequest) -> None:
    """Refuse a body that is not plain JSON in UTF-8, or is said to be too long."""
    media, *parameters = (piece.strip().lower() for piece in request.headers.get("content-type", "").split(";"))
    charsets = [value.strip('"') for value in (p[8:] for p in parameters if p.startswith("charset="))]
    if media != PLAIN_JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise HttpRefused(415, ErrorCode.BAD_INPUT, "Send application/json in UTF-8.")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HttpRefused(415, ErrorCode.BAD_INPUT, "Send the body without compression.")
    length = request.headers.get("content-length", "0").strip()
    if not (length.isascii() and length.isdigit()):
        raise HttpRefused(400, ErrorCode.BAD_INPUT, "The length of the body is not a number.")
    if len(length) > 9 or int(length) > MAX_BODY:
        raise _too_long()


async def read_body(receive: Receive) -> bytes | None:
    """Read at most 64 KiB, or None when the caller has gone; raise HttpRefused as soon as there is more."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _too_long()
        if not message.get("more_body", False):
            return bytes(body)


def _too_long() -> HttpRefused:
    # The rest of the body is not worth reading, so the connection ends with this answer.
    return HttpRefused(413, ErrorCode.LIMIT, "A request has at most 64 KiB.", {"connection": "close"})


def read_parameters(body: bytes) -> Parameters:
    """Turn a body into the four parameters; raise HttpRefused with 400 for whatever else it is."""
    scan_structure(body)
    value = _parse(body)
    if not isinstance(value, dict):
        _refuse("A request is one JSON object; lists of requests are not answered.")
    if not value.keys() <= _KNOWN:
        _refuse("A request holds query, operationName, variables and extensions, and nothing else.")
    asked = Parameters(
        _optional(value, "query", str, None),
        _optional(value, "operationName", str, None),
        _optional(value, "variables", dict, {}),
        _optional(value, "extensions", dict, {}),
    )
    if asked.query is None and "persistedQuery" not in asked.extensions:
        _refuse("The parameter query is missing.")
    return asked


def scan_structure(body: bytes) -> None:
    """Count nesting and values in one pass over the bytes, before anything parses them."""
    nesting = values = 0
    for match in _STRUCTURE.finditer(body):
        mark = body[match.start()]
        if mark in b"[{":
            nesting += 1
            if nesting > MAX_NESTING:
                raise HttpRefused(400, ErrorCode.LIMIT, f"JSON is nested at most {MAX_NESTING} levels deep.")
        elif mark in b"]}":
            nesting -= 1
        elif mark in b",":
            values += 1
            if values > MAX_VALUES:
                raise HttpRefused(400, ErrorCode.LIMIT, f"A request holds at most {MAX_VALUES} values.")


def _parse(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_decimal
        )
    except ValueError:
        _refuse("The body is not well-formed JSON in UTF-8.")
    if _HALF_PAIR.search(text) and _holds_lone_surrogate(value):
        _refuse("A text in the body holds half a character.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse("A key stands twice in one JSON object.")
    return members


def _constant(_name: str) -> NoReturn:
    _refuse("NaN and Infinity are not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        _refuse("A number in the body is too long.")
    return int(digits)


def _decimal(digits: str) -> float:
    value = float(digits) if len(digits) <= MAX_DIGITS else float("inf")
    if value in (float("inf"), float("-inf")):
        _refuse("A number in the body is too large or too long.")
    return value


def _holds_lone_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return _LONE.search(value) is not None
    if isinstance(value, dict):
        return any(_holds_lone_surrogate(part) for item in value.items() for part in item)
    return isinstance(value, list) and any(map(_holds_lone_surrogate, value))


def _optional(members: dict[str, Any], name: str, kind: type, absent: Any) -> Any:
    value = members.get(name)
    if value is None:
        return absent
    if not isinstance(value, kind):
        _refuse(f"The parameter {name} has the wrong type.")
    return value


def _refuse(message: str) -> NoReturn:
    raise HttpRefused(400, ErrorCode.BAD_INPUT, message)


def dump(answer: Mapping[str, Any]) -> bytes:
    """Write an answer as JSON; raise TypeError for what JSON cannot say."""
    return orjson.dumps(answer)
