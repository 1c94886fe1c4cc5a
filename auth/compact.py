"""Compact: a token taken apart strictly, before any key is chosen and any library reads it.

In order:
1. ASCII text of at most 4,096 bytes, three parts, each in the one spelling that base64url has for its bytes.
2. A signature of 64 bytes: r and s, never DER.
3. Header and payload are JSON objects in UTF-8, no name twice, whole numbers only.
4. The header holds alg, typ and kid and nothing else: ES256, the expected typ, a thumbprint.
Whoever fails hears one sentence; the reason is for the log.
"""

import base64
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

LONGEST_TOKEN = 4096
ALGORITHM = "ES256"

_SIGNATURE_BYTES = 64
_KID = re.compile(r"[A-Za-z0-9_-]{43}")


class TokenRefused(Exception):
    """A token that opens nothing. `reason` is for the log only; the message is the same for every reason."""

    def __init__(self, reason: str) -> None:
        """Keep the reason apart from what may be shown."""
        super().__init__("The token is not valid.")
        self.reason = reason


@dataclass(frozen=True)
class Parts:
    """A token taken apart, nothing verified: the key it names, and its payload, a JSON object without traps."""

    token: str
    kid: str
    payload: bytes
    claims: dict[str, Any]


def bounded(token: object) -> str:
    """Give the token if it is text that a token could be. Raises TokenRefused."""
    if not isinstance(token, str) or not token.isascii() or len(token) > LONGEST_TOKEN:
        raise TokenRefused("not ASCII text of at most 4,096 bytes")
    return token


def take_apart(token: object, typ: str) -> Parts:
    """Take a token apart. Raises TokenRefused."""
    text = bounded(token)
    segments = text.split(".")
    if len(segments) != 3:
        raise TokenRefused("not three parts")
    header, payload, signature = map(_decoded, segments)
    if len(signature) != _SIGNATURE_BYTES:
        raise TokenRefused("a signature is 64 bytes")
    return Parts(text, _kid_of(_object(header), typ), payload, _object(payload))


def _kid_of(header: dict[str, Any], typ: str) -> str:
    if header.keys() != {"alg", "typ", "kid"}:
        raise TokenRefused("the header holds alg, typ and kid")
    if header["alg"] != ALGORITHM:
        raise TokenRefused("another algorithm")
    if header["typ"] != typ:
        raise TokenRefused("another typ")
    kid = header["kid"]
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise TokenRefused("kid is not a thumbprint")
    return kid


def _decoded(segment: str) -> bytes:
    try:
        raw = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise TokenRefused("a part is not base64url") from None
    # The decoder takes '+', '/', padding and spare bits; a token that can be spelled twice has two hashes.
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != segment:
        raise TokenRefused("a part is not in its one spelling")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once_each,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except (ValueError, RecursionError):
        raise TokenRefused("not JSON as we write it") from None
    if not isinstance(value, dict):
        raise TokenRefused("not a JSON object")
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a whole number")
