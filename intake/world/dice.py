"""Chance that falls the same on every machine and every version of Python."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws of one seed for one purpose.

    Everything is made from `Random.random` alone: Python promises its numbers from version to version, and promises
    nothing of the kind for `choice`, `sample` or `shuffle`.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        digest = sha256(f"{seed}/{purpose}".encode()).digest()
        self._random = random.Random(int.from_bytes(digest, "big"))  # noqa: S311  # nothing secret hangs on it

    def below(self, bound: int) -> int:
        """Give a whole number from 0 to bound - 1."""
        return int(self._random.random() * bound)

    def between(self, low: int, high: int) -> int:
        """Give a whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, part: float) -> bool:
        """Say yes in this part of all cases."""
        return self._random.random() < part

    def pick(self, things: Sequence[T]) -> T:
        """Give one of these, each as likely as another."""
        return things[self.below(len(things))]

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """Give up to `count` different ones of these, in the order drawn."""
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def weighed(self, weights: Mapping[T, int]) -> T:
        """Give one key, as likely as its weight."""
        throw = self.below(sum(weights.values()))
        for thing, weight in weights.items():
            throw -= weight
            if throw < 0:
                return thing
        raise ValueError("Weights are whole numbers above nothing.")

    def day(self, first: date, last: date) -> date:
        """Give a day from first to last, both included; the last if they are the wrong way round."""
        return last - timedelta(days=self.below(max(0, (last - first).days) + 1))
