"""What a reading of a file came to, counted; and a dry run, which writes none of it to the node."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from intake.mapping import Mapping
from intake.reading import Drafted, Progress, read_lines
from intake.refused import refused_file
from intake.rows import RefusedRow, RepeatedRow
from intake.unread import Unread
from schemas.draft import LinkDraft, RecordDraft
from schemas.imported import MOST_REASONS, Counted

_OTHER = "other"


@dataclass
class Tally:
    """What a run gave.

    `records` and `links` are by type and kind, of which `known` were there from an earlier run and `brought` are new
    with this one, by type and kind. `reasons` counts what was refused by field and reason, and `unread` what the
    mapping leaves of the file.
    """

    records: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    brought: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    repeated: int = 0
    known: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unread: Unread = field(default_factory=Unread)

    def count(self, drafted: Drafted) -> None:
        """Take one thing that was read into the tally."""
        match drafted:
            case RecordDraft():
                self.records[drafted.type.value] += 1
            case LinkDraft():
                self.links[drafted.kind.value] += 1
            case RefusedRow():
                self.refused += 1
                for problem in drafted.problems[:1]:
                    self.reasons[f"{problem.field}: {problem.reason}" if problem.field else problem.reason] += 1
            case RepeatedRow():
                self.repeated += 1

    def take(
        self,
        drafts: Sequence[RecordDraft | LinkDraft],
        known: Collection[int],
        brought: Collection[int],
        refused: Sequence[RefusedRow],
    ) -> None:
        """Take a batch in that was handed over: by place what was known and brought, and what was refused."""
        for place in (*known, *brought):
            self.count(drafts[place])
        for place in brought:
            draft = drafts[place]
            self.brought[draft.type.value if isinstance(draft, RecordDraft) else draft.kind.value] += 1
        self.known += len(known)
        for row in refused:
            self.count(row)

    @property
    def new(self) -> int:
        """Give how many records and links were not there before this run."""
        return self.brought.total()

    def report(self) -> dict[str, Any]:
        """Give the counts as the run's second officer is told them."""
        return {
            "rows": _all(self.unread.rows),
            "records": _all(self._brought_of(self.records)),
            "links": _all(self._brought_of(self.links)),
            "known": self.known,
            "repeated": self.repeated,
            "refused": _counted(self.reasons),
            "untaken": _all(self.unread.untaken),
            "unsaid": _all(self.unread.unsaid),
        }

    def _brought_of(self, among: Counter[str]) -> Counter[str]:
        return Counter({name: self.brought[name] for name in among if self.brought[name]})


def preview(source: Path, mapping: Mapping, refused: Path, *, progress: Progress | None = None) -> Tally:
    """Read a file to its end and count, with every refused row in a file of its own. Raises as `read` does."""
    tally = Tally()
    with refused_file(refused) as refuse:
        for _, drafted in read_lines(source, mapping, progress=progress, unread=tally.unread):
            tally.count(drafted)
            if isinstance(drafted, RefusedRow):
                refuse(drafted)
    return tally


def _all(found: Counter[str]) -> tuple[Counted, ...]:
    return tuple(Counted(what=what, number=number) for what, number in found.items())


def _counted(found: Counter[str]) -> tuple[Counted, ...]:
    """Give the greatest counts, and all others as one."""
    greatest = found.most_common(MOST_REASONS)
    rest = found.total() - sum(number for _, number in greatest)
    return tuple(Counted(what=what, number=number) for what, number in (*greatest, *([(_OTHER, rest)] if rest else [])))
