"""What a mapping leaves of a file: rows that no rule takes, and cells that no rule reads, counted by column."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.rows import Row


@dataclass
class Unread:
    """Counts by section, and of cells by section and column."""

    rows: Counter[str] = field(default_factory=Counter)
    untaken: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)

    def see(self, row: Row, read: Sequence[frozenset[str]]) -> None:
        """Count a row of which each rule that takes it reads these columns; an empty cell says nothing to be lost."""
        self.rows[row.section] += 1
        if not read:
            self.untaken[row.section] += 1
        columns = frozenset[str]().union(*read)
        for column, text in row.cells.items():
            if text and column not in columns:
                self.unsaid[f"{row.section}.{column}"] += 1
