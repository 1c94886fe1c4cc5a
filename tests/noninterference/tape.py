"""Randomness from a seed, one tape per actor: what one actor draws never shifts what another draws next."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Tape:
    """The randomness of one world. With `shared` all actors draw from one tape, which is a weakening."""

    seed: str
    shared: bool = False
    drawn: Counter[str] = field(default_factory=Counter)

    def uuid(self, actor: str) -> UUID:
        return UUID(bytes=self.token(actor, 16), version=4)

    def token(self, actor: str, n: int) -> bytes:
        whose = "" if self.shared else actor
        self.drawn[whose] += 1
        text = f"{self.seed}\x1f{whose}\x1f{self.drawn[whose]}".encode()
        return hashlib.shake_256(text).digest(n)
