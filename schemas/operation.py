"""What an operation is handed instead of reaching for it: the time, and randomness of its actor's own."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

Clock = Callable[[], datetime]

_UUID_BYTES = 16


class Random(Protocol):
    """Randomness by actor: what one actor draws never shifts what another draws next."""

    def uuid(self, actor: str) -> UUID:
        """Give a new UUID of version 4."""

    def token(self, actor: str, n: int) -> bytes:
        """Give `n` random bytes."""


class SystemRandom:
    """The system's own randomness, in which actors cannot be told apart anyway."""

    def uuid(self, actor: str) -> UUID:
        """Give a new UUID of version 4."""
        return UUID(bytes=secrets.token_bytes(_UUID_BYTES), version=4)

    def token(self, actor: str, n: int) -> bytes:
        """Give `n` random bytes."""
        return secrets.token_bytes(n)


def system_clock() -> datetime:
    """Give the time of this machine in UTC."""
    return datetime.now(UTC)
