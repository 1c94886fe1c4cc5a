"""Passwords and one-time codes.

In order:
1. A password is 12 to 256 characters after NFC, with nothing in it that no keyboard writes.
2. It is kept as argon2id (19 MiB, 2 passes, 1 lane: the OWASP profile for servers with little memory).
3. An officer whom nobody knows costs the same work as a wrong password.
4. A one-time code is checked against every step of its window without stopping at the first that fits.
"""

import base64
import hmac
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError
from pyotp import TOTP

SHORTEST, LONGEST = 12, 256

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
# A hash of our cost whose digest is all zeros: no password is known that gives it, and none was hashed to make it.
_NOBODY = f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}${'A' * 22}${'A' * 43}"

_SECRET_BYTES = 20
_STEP_SECONDS = 30
_CODE = re.compile(r"[0-9]{6}")


class PasswordRefused(ValueError):
    """A password that cannot be set; the message is for the officer."""


def hash_password(password: str) -> str:
    """Give the argon2id form of a new password. Raises PasswordRefused."""
    return _HASHER.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Say whether this is the password; None stands for an unknown officer and is never right.

    Takes as long for None as for a wrong password. Raises argon2's InvalidHashError if the register's text is damaged.
    """
    try:
        offered = _normal(password)
    except PasswordRefused:
        return False
    try:
        matches = _HASHER.verify(_NOBODY if stored is None else stored, offered)
    except VerificationError:
        return False
    return matches and stored is not None


def new_totp_secret(random: Callable[[int], bytes]) -> str:
    """Give a new secret of 160 bits in base32; `random` gives that many random bytes."""
    return base64.b32encode(random(_SECRET_BYTES)).decode()


def totp_step(secret: str, code: str, at: datetime, window: int = 1) -> int | None:
    """Give the newest step within the window whose code this is, else None.

    Steps are 30 s since 1970. The caller accepts only a step newer than the last that it accepted.
    """
    if not _CODE.fullmatch(code):
        return None
    totp, now = TOTP(secret), int(at.timestamp()) // _STEP_SECONDS
    steps = range(max(0, now - window), now + window + 1)
    return max((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), default=None)


def _normal(password: str) -> str:
    # Normalising costs time in proportion: no honest password is four times too long.
    text = unicodedata.normalize("NFC", password) if len(password) <= 4 * LONGEST else password
    if not SHORTEST <= len(text) <= LONGEST:
        raise PasswordRefused(f"A password is {SHORTEST} to {LONGEST} characters long.")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise PasswordRefused("A password holds no control characters and no broken characters.")
    return text
