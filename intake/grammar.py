"""The shape of a mapping file, before its values are compiled."""

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.ids import RecordType
from schemas.link import LinkKind
from schemas.word import Word

Section = Annotated[str, Field(min_length=1, max_length=200, validation_alias="from")]
# Where the rows of a format stand; those of an archive stand in files, named by what comes before `.csv`.
SECTIONS = {"csv": ("rows",), "graphml": ("nodes", "edges")}


class WhenText(Word):
    """Which rows a rule takes: by the text of a column, or by whether the file made a record of a ref."""

    column: str | None = None
    made: str | None = None
    is_: Annotated[tuple[str, ...] | str | None, Field(validation_alias="is")] = None
    is_not: tuple[str, ...] | str | None = None


class RecordText(Word):
    """One rule under `records`."""

    section: Section
    type: RecordType
    ref: str
    when: WhenText | None = None
    marking: dict[str, Any] = Field(default_factory=dict)
    fields: dict[str, Any]


class LinkText(Word):
    """One rule under `links`."""

    section: Section
    kind: LinkKind
    ref: str
    when: WhenText | None = None
    marking: dict[str, Any] = Field(default_factory=dict)
    from_: Any
    to: Any
    content: dict[str, Any] = Field(default_factory=dict)


class JoinText(Word):
    """A table that is read from rows of the source itself: from one column to another."""

    section: Section
    key: str
    value: str


class FileText(Word):
    """A whole mapping file."""

    mapping: Literal[1]
    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,59}$")]
    format: Literal["csv", "csv-zip", "graphml"]
    delimiter: Literal[",", ";", "\t", "|"] = ","
    marking: dict[str, Any]
    tables: dict[str, dict[str, str]] = Field(default_factory=dict)
    joins: dict[str, JoinText] = Field(default_factory=dict)
    records: tuple[RecordText, ...] = ()
    links: tuple[LinkText, ...] = ()
