"""Keys that sign a state's tokens (ES256), and the ring that says which key spoke for which time.

In order:
1. A key is P-256; its `kid` is its RFC 7638 thumbprint, so that nobody can give one key another's name.
2. One key signs at a time. Rotation forgets the private half of the old one at once and keeps the public half.
3. A key vouches only for what was issued between its beginning and its end.
4. Ring and private half are one file, replaced whole: no process ever sees half a rotation.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from auth.safe import Safe, SafeBroken
from schemas.membership import TokenKey

_FILE = "signing-keys.json"
_VERSION = 1


class PublicKeys(Protocol):
    """A state's set of public keys: our own ring, or what a peer has published."""

    def public_pem(self, kid: str, issued_at: datetime) -> str | None:
        """Give the key of this name if it could have signed then."""


def is_p256(pem: str) -> bool:
    """Say whether this is a public P-256 key."""
    try:
        _public(pem)
    except ValueError:
        return False
    return True


def kid_of(public_pem: str) -> str:
    """Give the RFC 7638 thumbprint of a public key. Raises ValueError if it is not a P-256 key."""
    return _thumbprint(_public(public_pem))


def verify(public_pem: str, said: bytes, signature: bytes) -> bool:
    """Say whether a P-256 key signed these bytes, by ECDSA over SHA-256 in DER; False also for what is no such key."""
    try:
        _public(public_pem).verify(signature, said, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class SigningKey:
    """One private P-256 key."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key from the system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Read a private key. Raises ValueError if it is not an unencrypted P-256 key."""
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("A signing key is a P-256 key.")
        return cls(key)

    @cached_property
    def kid(self) -> str:
        """The RFC 7638 thumbprint of the public half, 43 characters of base64url."""
        return _thumbprint(self.private.public_key())

    def sign(self, said: bytes) -> bytes:
        """Give the signature of some bytes: ECDSA over SHA-256, in DER."""
        return self.private.sign(said, ec.ECDSA(SHA256()))

    def private_pem(self) -> bytes:
        """Give the private key as PKCS 8."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def public_pem(self) -> str:
        """Give the public key as SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True)
class RingEntry:
    """A public key and its time; `retired_at` is None while it signs. Times are whole seconds, as in a token."""

    public_pem: str
    not_before: datetime
    retired_at: datetime | None = None

    def spoke_at(self, moment: datetime) -> bool:
        """Say whether this key was the one that signed at that moment, both ends included."""
        return self.not_before <= moment and (self.retired_at is None or moment <= self.retired_at)


@dataclass(frozen=True)
class _Content:
    current: SigningKey
    entries: dict[str, RingEntry]

    @classmethod
    def of(cls, raw: bytes) -> "_Content":
        stored: dict[str, Any] = json.loads(raw)
        if stored["version"] != _VERSION:
            raise ValueError("The key ring was written by another version.")
        current = SigningKey.from_pem(stored["signing"].encode())
        entries = {
            kid: RingEntry(row["public"], _moment(row["not_before"]), row["retired_at"] and _moment(row["retired_at"]))
            for kid, row in stored["keys"].items()
        }
        if entries[current.kid].retired_at is not None:
            raise ValueError("The signing key is retired.")
        return cls(current, entries)

    def bytes(self) -> bytes:
        rows = {
            kid: {
                "public": entry.public_pem,
                "not_before": entry.not_before.isoformat(),
                "retired_at": entry.retired_at and entry.retired_at.isoformat(),
            }
            for kid, entry in self.entries.items()
        }
        stored = {"version": _VERSION, "signing": self.current.private_pem().decode(), "keys": rows}
        return json.dumps(stored, indent=1).encode()


class KeyRing:
    """This state's signing keys, shared by every process that opens the same directory."""

    def __init__(self, safe: Safe) -> None:
        """Stand on a safe that already holds a ring; `open` makes one on first use."""
        self._safe = safe
        self._stamp = (0, 0)
        self._content = self._fresh()

    @classmethod
    def open(cls, directory: Path, *, at: datetime) -> "KeyRing":
        """Open the ring kept in a directory, with a first key valid from `at` if there is none. Raises OSError."""
        safe = Safe.open(directory)
        with safe.locked():
            if safe.read(_FILE) is None:
                safe.replace(_FILE, _begun(at, {}).bytes())
        return cls(safe)

    @property
    def current(self) -> SigningKey:
        """The key that signs now, also when another process has rotated."""
        return self._fresh().current

    def public_pem(self, kid: str, issued_at: datetime) -> str | None:
        """Give the key of this name if it could have signed then, else None."""
        entry = self._fresh().entries.get(kid)
        return entry.public_pem if entry is not None and entry.spoke_at(issued_at) else None

    def public(self) -> tuple[TokenKey, ...]:
        """Give all public keys of the ring with their times, in order of their beginning."""
        entries = self._fresh().entries.items()
        keys = (
            TokenKey(kid=kid, public_pem=one.public_pem, not_before=one.not_before, retired_at=one.retired_at)
            for kid, one in entries
        )
        # Two keys that began in one second: the one that ended is the older.
        return tuple(sorted(keys, key=lambda key: (key.not_before, key.retired_at is None, key.kid)))

    def sign(self, said: bytes) -> tuple[str, bytes]:
        """Give the name of the key that signs now, and its signature of these bytes."""
        key = self.current
        return key.kid, key.sign(said)

    def rotate(self, at: datetime) -> SigningKey:
        """Retire the signing key and begin a new one. Raises ValueError if the clock stands before the old key."""
        with self._safe.locked():
            old = self._fresh()
            entry = old.entries[old.current.kid]
            end = at.replace(microsecond=0)
            if end < entry.not_before:
                raise ValueError("The clock stands before the beginning of the key that signs now.")
            kept = {**old.entries, old.current.kid: RingEntry(entry.public_pem, entry.not_before, end)}
            self._safe.replace(_FILE, _begun(at, kept).bytes())
        return self.current

    def _fresh(self) -> _Content:
        # A stat costs microseconds; a process that signs with a key retired elsewhere locks its officers out.
        stamp = self._safe.stamp(_FILE)
        if stamp != self._stamp:
            raw = self._safe.read(_FILE)
            try:
                self._content = _Content.of(raw or b"")
            except (ValueError, KeyError, TypeError, AttributeError) as fault:
                raise SafeBroken(f"{self._safe.directory / _FILE} is not a key ring.") from fault
            self._stamp = stamp
        return self._content


def _begun(at: datetime, kept: dict[str, RingEntry]) -> _Content:
    key = SigningKey.generate()
    return _Content(key, {**kept, key.kid: RingEntry(key.public_pem(), at.replace(microsecond=0))})


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("A time in the key ring has no zone.")
    return moment


def _public(pem: str) -> ec.EllipticCurvePublicKey:
    # Of several keys the first would be read here, and perhaps another elsewhere.
    if pem.count("-----BEGIN") != 1:
        raise ValueError("This is not one public key.")
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise ValueError("This is no public key.") from fault
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("The public key is not a P-256 key.")
    return key


def _thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    point = key.public_numbers()
    members = {"crv": "P-256", "kty": "EC", "x": _coordinate(point.x), "y": _coordinate(point.y)}
    return _base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def _coordinate(number: int) -> str:
    return _base64url(number.to_bytes(32, "big"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
