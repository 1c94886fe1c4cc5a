"""Which of what was asserted counts: of what is said about two records, the newest."""

from dataclasses import dataclass, field

from schemas.link import LinkKind

Pair = frozenset[str]


@dataclass(slots=True)
class Asserted:
    """When each two records were last said to be one, and last said not to be, in epoch seconds.

    Of two as new as one another, the one that parts them counts.
    """

    same: dict[Pair, int] = field(default_factory=dict)
    apart: dict[Pair, int] = field(default_factory=dict)

    def note(self, kind: LinkKind, at: int, pair: Pair) -> None:
        """Take in an assertion; one that it cannot be told joins and parts nothing."""
        if kind in {LinkKind.SAME_AS, LinkKind.NOT_SAME_AS}:
            told = self.same if kind is LinkKind.SAME_AS else self.apart
            told[pair] = max(at, told.get(pair, at))

    def joins(self, pair: Pair) -> bool:
        """Say whether two are joined."""
        return pair in self.same and (pair not in self.apart or self.same[pair] > self.apart[pair])

    def joined(self) -> list[Pair]:
        """Give all that are joined, in the order that they were first said to be."""
        return [pair for pair in self.same if self.joins(pair)]

    def parted(self) -> list[Pair]:
        """Give all that are parted, in the order that they were first said to be."""
        return [pair for pair in self.apart if not self.joins(pair)]
