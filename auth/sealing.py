"""Sealing: what a state names, digests and encrypts with a secret of its own.

In order:
1. One master of 32 bytes, in a file that only the node reads; every use has a subkey of its own (HKDF-SHA-256).
2. Names of Values and Keys, and digests, are HMACs: without the key nobody can try phone numbers out.
3. A cursor is deterministic: its nonce is an HMAC of what it holds and is bound to, so that equal answers have equal
   bytes; it is opened only by whom and for what it was made, and in exactly one spelling.
4. What lies at rest is sealed with a random nonce and bound to its place.
5. What is long is sealed in parts under a key of its own: a data key that is sealed in turn, or the key of backups.
"""

import base64
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from auth.safe import Safe, SafeBroken

MASTER = "state.key"
_MASTER_BYTES = 32
_NONCE_BYTES = 12
_BETWEEN = "\x1f"
_NAME_CHARACTERS = 32


class CursorRefused(ValueError):
    """A cursor that we did not make for this officer, enquiry, statement and order."""


class SealBroken(ValueError):
    """Sealed bytes that were changed, moved, or made under another master."""


@dataclass(frozen=True, repr=False)
class StateKeys:
    """The subkeys of one state's master; none can be worked out from another."""

    _value: bytes
    _key: bytes
    _digest: bytes
    _nonce: bytes
    _cursor: AESGCMSIV
    _rest: AESGCMSIV
    backups: bytes

    @classmethod
    def open(cls, directory: Path) -> "StateKeys":
        """Open the master kept in a directory, made on first use. Raises OSError."""
        safe = Safe.open(directory)
        with safe.locked():
            if safe.read(MASTER) is None:
                safe.replace(MASTER, os.urandom(_MASTER_BYTES))
            master = safe.read(MASTER)
        if master is None or len(master) != _MASTER_BYTES:
            raise SafeBroken(f"{directory / MASTER} does not hold {_MASTER_BYTES} bytes. Bring it back from a copy.")
        return cls.from_master(master)

    @classmethod
    def from_master(cls, master: bytes) -> "StateKeys":
        """Derive every subkey from a master. Raises ValueError unless it is 32 bytes."""
        if len(master) != _MASTER_BYTES:
            raise ValueError(f"A master key is {_MASTER_BYTES} bytes.")
        value, key, digest, nonce, cursor, rest, backups = (
            _derived(master, None, use)
            for use in (b"value", b"key", b"digest", b"cursor-nonce", b"cursor", b"rest", b"backup")
        )
        return cls(value, key, digest, nonce, AESGCMSIV(cursor), AESGCMSIV(rest), backups)

    def value_id(self, kind: str, normal: str) -> str:
        """Give the id of a Value from its kind and normal form: 32 hex characters."""
        return _name(self._value, kind, normal)

    def key_id(self, kind: str, text: str) -> str:
        """Give the id of a name Key: 32 hex characters."""
        return _name(self._key, kind, text)

    def digest(self, purpose: str, text: str) -> str:
        """Give the keyed digest of a text, 32 hex characters; equal texts under two purposes do not show as equal."""
        return _name(self._digest, purpose, text)

    def seal_cursor(self, payload: bytes, bound_to: bytes) -> str:
        """Seal where a page ended, as base64url; equal input gives equal text."""
        nonce = self._nonce_of(payload, bound_to)
        return _spell(nonce + self._cursor.encrypt(nonce, payload, bound_to))

    def open_cursor(self, text: str, bound_to: bytes) -> bytes:
        """Give back where a page ended. Raises CursorRefused."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            payload = self._cursor.decrypt(nonce, sealed, bound_to)
        except (InvalidTag, TypeError, ValueError):
            raise CursorRefused("The cursor is not one of this list.") from None
        # Spelled again it must be the same: base64 has spare bits, and its decoder takes '+' and '/' too.
        if not hmac.compare_digest(self.seal_cursor(payload, bound_to), text):
            raise CursorRefused("The cursor is not one of this list.")
        return payload

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Seal what lies at rest; `context` names its place, so that it opens nowhere else."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._rest.encrypt(nonce, plain, context)

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        """Open what `seal` made for this place. Raises SealBroken."""
        try:
            return self._rest.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise SealBroken("The sealed bytes do not belong here.") from None

    def _nonce_of(self, payload: bytes, bound_to: bytes) -> bytes:
        # The length stands first: otherwise bytes could move from the binding into the payload unseen.
        return hmac.digest(self._nonce, len(bound_to).to_bytes(8, "big") + bound_to + payload, "sha256")[:_NONCE_BYTES]


def data_key() -> bytes:
    """Make a new data key, 32 bytes."""
    return os.urandom(_MASTER_BYTES)


class PartCipher:
    """The cipher of one stream, which seals its parts by number."""

    def __init__(self, key: bytes, salt: bytes, context: bytes) -> None:
        """Derive it from a data key, the stream's own salt, and the place to which it is bound."""
        self._cipher = AESGCMSIV(_derived(key, salt, b"stream/" + context))

    def seal(self, plain: bytes, number: int, *, last: bool) -> bytes:
        """Seal one part; no two parts of a stream have the same number."""
        return self._cipher.encrypt(_nonce(number, last=last), plain, None)

    def open(self, sealed: bytes, number: int, *, last: bool) -> bytes:
        """Open the part of this number. Raises SealBroken."""
        try:
            return self._cipher.decrypt(_nonce(number, last=last), sealed, None)
        except (InvalidTag, ValueError):
            raise SealBroken("The sealed bytes do not belong here.") from None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1, "big") + bytes([last])


def _derived(secret: bytes, salt: bytes | None, use: bytes) -> bytes:
    return HKDF(SHA256(), _MASTER_BYTES, salt=salt, info=b"sangam/1/" + use).derive(secret)


def _name(subkey: bytes, kind: str, text: str) -> str:
    if _BETWEEN in kind:
        raise ValueError("A kind does not hold the mark that ends it.")
    return hmac.digest(subkey, f"{kind}{_BETWEEN}{text}".encode(), "sha256").hex()[:_NAME_CHARACTERS]


def _spell(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
