"""What a forger can do: sign anything with any key, and spell any header, payload and signature."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

Json = dict[str, Any]


def spell(raw: bytes) -> str:
    """Give base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unspell(text: str) -> bytes:
    """Give the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def raw_signature(private: ec.EllipticCurvePrivateKey, signed: str) -> bytes:
    """Give r and s, each of 32 bytes."""
    r, s = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def text_of(value: object) -> str:
    """Give JSON as we write it; a string is taken to be JSON already."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def forge(header: Json | str | bytes, payload: Json | str | bytes, private: ec.EllipticCurvePrivateKey) -> str:
    """Give a token with exactly this header and payload under a good signature."""
    parts = (part if isinstance(part, bytes) else text_of(part).encode() for part in (header, payload))
    signed = ".".join(map(spell, parts))
    return f"{signed}.{spell(raw_signature(private, signed))}"


def body_of(token: str) -> Json:
    """Give the payload of a token."""
    payload: Json = json.loads(unspell(token.split(".")[1]))
    return payload


def header_of(token: str) -> Json:
    """Give the header of a token."""
    header: Json = json.loads(unspell(token.split(".")[0]))
    return header


def doubled(value: Json, name: str, second: object) -> str:
    """Give JSON in which a name stands twice, the second time with another value."""
    return f"{json.dumps(value)[:-1]}, {json.dumps(name)}: {json.dumps(second)}}}"
