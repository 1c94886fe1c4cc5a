"""What a run of an import brought in, as its second officer is told, and what of it waits to be drawn."""

from typing import Annotated

from pydantic import Field

from schemas.envelope import Marking
from schemas.ids import Urn, ValueKind
from schemas.link import LinkContent, LinkKind
from schemas.word import Word

SAMPLED = 20
MOST_REASONS = 40

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Counted(Word):
    """How many there were of something."""

    what: str
    number: int


class Sampled(Word):
    """One thing that the run brought, chosen by nobody: the line of its row, its type or kind, and what it says."""

    line: int
    what: str
    says: str


class ImportReport(Word):
    """What a whole reading of a file came to.

    `rows` counts rows by where they stand; `refused` counts what was refused by reason, `untaken` the rows that no rule
    takes, and `unsaid` the cells that no rule reads, by column.
    """

    source: str
    file: Sha256
    mapping: Sha256
    rows: tuple[Counted, ...]
    records: tuple[Counted, ...]
    links: tuple[Counted, ...]
    known: int
    repeated: int
    refused: tuple[Counted, ...]
    untaken: tuple[Counted, ...]
    unsaid: tuple[Counted, ...]
    sample: Annotated[tuple[Sampled, ...], Field(max_length=SAMPLED)]


class HeldValue(Word):
    """A bare identifier by its keyed id and its kind."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    kind: ValueKind


class HeldLink(Word):
    """A link that no record of its run would hide: it is drawn when the run is approved."""

    id: Urn
    kind: LinkKind
    from_: Urn | HeldValue
    to: Urn | HeldValue
    marking: Marking
    content: LinkContent


class HeldLinks(Word):
    """Links of a run that wait with it."""

    links: tuple[HeldLink, ...]
