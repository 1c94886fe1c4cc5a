"""A dry run: what a file would bring in, and what of it would be refused, without writing any of it to the node."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intake.mapping import Mapping
from intake.reading import Drafted, Progress, read
from intake.refused import refused_file
from intake.rows import RefusedRow, RepeatedRow
from schemas.draft import LinkDraft, RecordDraft


@dataclass
class Tally:
    """What a run gave: records by type, links by kind, and how many drafts were refused, repeated, or there already."""

    records: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    repeated: int = 0
    known: int = 0

    def count(self, drafted: Drafted) -> None:
        """Take one thing that was read into the tally."""
        match drafted:
            case RecordDraft():
                self.records[drafted.type.value] += 1
            case LinkDraft():
                self.links[drafted.kind.value] += 1
            case RefusedRow():
                self.refused += 1
            case RepeatedRow():
                self.repeated += 1

    def take(self, drafts: Sequence[Drafted], known: int, refused: Container[int]) -> None:
        """Take a batch in that was handed over, `known` of it there before and some refused by place."""
        for place, draft in enumerate(drafts):
            if place in refused:
                self.refused += 1
            else:
                self.count(draft)
        self.known += known

    @property
    def new(self) -> int:
        """Give how many records and links were not there before."""
        return self.records.total() + self.links.total() - self.known


def preview(source: Path, mapping: Mapping, refused: Path, *, progress: Progress | None = None) -> Tally:
    """Read a file to its end and count, with every refused row in a file of its own. Raises as `read` does."""
    tally = Tally()
    with refused_file(refused) as refuse:
        for drafted in read(source, mapping, progress=progress):
            tally.count(drafted)
            if isinstance(drafted, RefusedRow):
                refuse(drafted)
    return tally
