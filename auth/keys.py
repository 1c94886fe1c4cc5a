"""Keys that sign a state's tokens (ES256), and the ring that says which key spoke for which time.

In order:
1. A key is P-256; its `kid` is its RFC 7638 thumbprint, so that nobody can give one key another's name.
2. One key signs at a time. The private half of the old one is forgotten once its time is over, the public half kept.
3. A key vouches only for what was issued between its beginning and its end.
4. The next key is handed over to by a word that the old one signs: when the one ends and the other begins.
5. Ring and private halves are one file, replaced whole: no process ever sees half a rotation.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import rfc8785
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
from schemas.membership import Handover, TokenKey

_FILE = "signing-keys.json"
_VERSION = 1

# A key signs tokens and tombstones too; nothing signed as one of them ever hands over to another key.
_SAID = b"Sangam handover\n"


class HandoverWaits(ValueError):
    """The next key is known already and has not begun; until then none is made beside it."""


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


def handed_over(old: SigningKey, new: SigningKey, *, begins: datetime) -> Handover:
    """Give a key's word that another signs from a moment on, and itself no more."""
    plain = Handover(by=old.kid, kid=new.kid, public_pem=new.public_pem(), begins=begins, signature="-" * 86)
    return plain.model_copy(update={"signature": _base64url(old.sign(_handover_said(plain)))})


# Every few seconds each peer says all that it has said before.
@lru_cache(maxsize=8_192)
def holds(handover: Handover, public_pem: str) -> bool:
    """Say whether the key that hands over, of which this is the public half, said so, and names the new one truly."""
    try:
        signature = base64.urlsafe_b64decode(handover.signature + "=" * (-len(handover.signature) % 4))
        named = kid_of(handover.public_pem) == handover.kid and kid_of(public_pem) == handover.by
    except ValueError:
        return False
    return named and verify(public_pem, _handover_said(handover), signature)


def _handover_said(handover: Handover) -> bytes:
    return _SAID + rfc8785.dumps(handover.model_dump(mode="json", exclude={"signature"}))


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
    handovers: tuple[Handover, ...] = ()
    following: SigningKey | None = None

    def signing_at(self, moment: datetime) -> SigningKey:
        if self.following is not None and moment >= self.entries[self.following.kid].not_before:
            return self.following
        return self.current

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
        following = SigningKey.from_pem(stored["following"].encode()) if stored.get("following") else None
        if (entries[current.kid].retired_at is not None) != (following is not None):
            raise ValueError("The signing key ends only where another begins.")
        if following is not None and entries[following.kid].retired_at is not None:
            raise ValueError("The next key is retired.")
        handovers = tuple(Handover.model_validate(row) for row in stored.get("handovers", ()))
        return cls(current, entries, handovers, following)

    def bytes(self) -> bytes:
        rows = {
            kid: {
                "public": entry.public_pem,
                "not_before": entry.not_before.isoformat(),
                "retired_at": entry.retired_at and entry.retired_at.isoformat(),
            }
            for kid, entry in self.entries.items()
        }
        stored = {
            "version": _VERSION,
            "signing": self.current.private_pem().decode(),
            "following": self.following and self.following.private_pem().decode(),
            "keys": rows,
            "handovers": [one.model_dump(mode="json") for one in self.handovers],
        }
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
                safe.replace(_FILE, _first(at).bytes())
        return cls(safe)

    @property
    def current(self) -> SigningKey:
        """The key that signs until the next one begins, also when another process has rotated."""
        return self._fresh().current

    def signing_at(self, moment: datetime) -> SigningKey:
        """Give the key that signs at a moment from now on."""
        return self._fresh().signing_at(moment)

    @property
    def handovers(self) -> tuple[Handover, ...]:
        """Every handover from one key to the next, in order of their beginning."""
        return self._fresh().handovers

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

    def sign(self, said: bytes, at: datetime) -> tuple[str, bytes]:
        """Give the name of the key that signs at this moment, and its signature of these bytes."""
        key = self.signing_at(at)
        return key.kid, key.sign(said)

    def rotate(self, at: datetime) -> SigningKey:
        """Retire the signing key and begin a new one at once. Raises ValueError as `hand_over` does."""
        with self._safe.locked():
            self._keep(_next(self._settled(at), at, begins=at))
            self._keep(_begun(self._fresh(), at))
        return self.current

    def hand_over(self, at: datetime, *, begins: datetime) -> Handover:
        """Make the next key, which signs from `begins` on; until then the old one does.

        Raises HandoverWaits if one waits for its beginning, ValueError if the clock stands before the old key.
        """
        with self._safe.locked():
            self._keep(_next(self._settled(at), at, begins=begins))
        return self.handovers[-1]

    def settle(self, at: datetime) -> None:
        """Forget the private half of a key whose time is over."""
        if self._fresh().signing_at(at) is not self._fresh().current:
            with self._safe.locked():
                self._keep(self._settled(at))

    def _settled(self, at: datetime) -> _Content:
        return _begun(self._fresh(), at)

    def _keep(self, content: _Content) -> None:
        if content != self._fresh():
            self._safe.replace(_FILE, content.bytes())

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


def _first(at: datetime) -> _Content:
    key = SigningKey.generate()
    return _Content(key, {key.kid: RingEntry(key.public_pem(), at.replace(microsecond=0))})


def _next(old: _Content, at: datetime, *, begins: datetime) -> _Content:
    """Give a ring in which the signing key hands over to a new one. Raises HandoverWaits, ValueError."""
    if old.following is not None:
        begun = old.entries[old.following.kid].not_before
        raise HandoverWaits(f"The next key signs from {begun:%Y-%m-%d %H:%M:%S} UTC on: none is made before.")
    entry, begins = old.entries[old.current.kid], begins.replace(microsecond=0)
    if min(at.replace(microsecond=0), begins) < entry.not_before:
        raise ValueError("The clock stands before the beginning of the key that signs now.")
    key = SigningKey.generate()
    entries = {
        **old.entries,
        old.current.kid: RingEntry(entry.public_pem, entry.not_before, begins),
        key.kid: RingEntry(key.public_pem(), begins),
    }
    return _Content(old.current, entries, (*old.handovers, handed_over(old.current, key, begins=begins)), key)


def _begun(content: _Content, at: datetime) -> _Content:
    """Give the ring as it stands at a moment: with the next key alone once it has begun."""
    if content.signing_at(at) is content.current:
        return content
    return _Content(content.signing_at(at), content.entries, content.handovers)


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
