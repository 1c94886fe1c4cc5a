"""A batch of an import: what is ready to be stored, in which parts, and what became of it, by place in the batch."""

from dataclasses import dataclass, field

from graph.writing import NewLink, NewRecord
from schemas.draft import LinkDraft, RecordDraft
from schemas.envelope import Marking
from schemas.errors import FieldProblem

Draft = RecordDraft | LinkDraft
Problems = list[FieldProblem]


@dataclass
class Stored:
    """What became of a batch, by place in it: known is what an earlier run brought, and brought is this run's.

    `new` counts what was stored just now; the rest of what this run brought was stored before it was broken off.
    """

    new: int = 0
    known: set[int] = field(default_factory=set)
    brought: set[int] = field(default_factory=set)
    refused: dict[int, Problems] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """What is ready to be stored, each with its place in the batch; what is held is drawn with the approval."""

    records: list[tuple[int, NewRecord]] = field(default_factory=list)
    links: list[tuple[int, NewLink]] = field(default_factory=list)
    held: list[tuple[int, NewLink, Marking]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [*(record.id for _, record in self.records), *(link.id for link in self.drawn)]

    @property
    def places(self) -> list[int]:
        return [
            *(place for place, _ in self.records),
            *(place for place, _ in self.links),
            *(n for n, _, _ in self.held),
        ]

    @property
    def drawn(self) -> list[NewLink]:
        """Give all links."""
        return [*(link for _, link in self.links), *(link for _, link, _ in self.held)]

    def parted(self) -> "tuple[Placed, Placed]":
        """Give two parts: records and links, or the two halves of whichever there are."""
        if self.records and (self.links or self.held):
            return Placed(self.records), Placed([], self.links, self.held)
        if self.links and self.held:
            return Placed([], self.links), Placed([], [], self.held)
        first, second, third = len(self.records) // 2, len(self.links) // 2, len(self.held) // 2
        return (
            Placed(self.records[:first], self.links[:second], self.held[:third]),
            Placed(self.records[first:], self.links[second:], self.held[third:]),
        )
