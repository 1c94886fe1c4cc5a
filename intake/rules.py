"""The rules of a mapping file that was found good: which rows they take, and what these become."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from intake.expressions import Absent, Cells, Expression, Fields
from intake.rows import Row
from schemas.ids import RecordType
from schemas.link import LinkKind

Made = Callable[[str], bool]
"""Says whether the file has made a record of a ref."""


@dataclass(frozen=True)
class When:
    """Which rows a rule takes: those whose column is, or is not, one of these texts, or whose record was made."""

    column: str
    texts: frozenset[str]
    wanted: bool
    ref: Expression | None = None

    @property
    def columns(self) -> frozenset[str]:
        """Give what it reads."""
        return self.ref.columns if self.ref is not None else frozenset({self.column})

    def holds(self, cells: Cells, made: Made) -> bool:
        """Say whether the rule takes a row."""
        if self.ref is None:
            return (cells[self.column] in self.texts) is self.wanted
        try:
            return made(str(self.ref.value(cells, "when"))) is self.wanted
        except Absent:
            return not self.wanted


@dataclass(frozen=True)
class Join:
    """A table that is read from the rows of a section, from a key to a value; `table` is filled by the reading."""

    section: str
    key: str
    value: str
    table: dict[str, str]


@dataclass(frozen=True)
class _Rule:
    section: str
    when: When | None
    ref: Expression
    marking: Fields
    content: Expression

    def takes(self, row: Row, made: Made) -> bool:
        """Say whether the rule takes a row."""
        return self.section == row.section and (self.when is None or self.when.holds(row.cells, made))

    @cached_property
    def columns(self) -> frozenset[str]:
        """Give every column that the rule reads."""
        return frozenset().union(*(part.columns for part in self._parts()), self.when.columns if self.when else ())

    def _parts(self) -> tuple[Expression, ...]:
        return (self.ref, self.marking, self.content)


@dataclass(frozen=True)
class RecordRule(_Rule):
    """What becomes a record: the section it comes from, its type, and expressions for the rest."""

    type: RecordType


@dataclass(frozen=True)
class LinkRule(_Rule):
    """What becomes a link; an end is a record's ref, or gives the kind and text of an identifier."""

    kind: LinkKind
    from_: Expression
    to: Expression

    def _parts(self) -> tuple[Expression, ...]:
        return (*super()._parts(), self.from_, self.to)
