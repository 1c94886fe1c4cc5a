"""Drafts: records and links on their way in, named by their own source until a node gives them ids."""

from typing import Annotated

from pydantic import Field

from schemas.envelope import Marking
from schemas.ids import RecordType, ValueKind
from schemas.link import LinkContent, LinkKind
from schemas.records import Content
from schemas.word import Word

Ref = Annotated[str, Field(min_length=1, max_length=200)]


class ValueEnd(Word):
    """A bare identifier as the end of a link: its kind, and the text as it was written."""

    kind: ValueKind
    value: Annotated[str, Field(min_length=1, max_length=200)]


class RecordDraft(Word):
    """A record to be, with the name that its source gives it. The same ref in the same source is the same record."""

    ref: Ref
    type: RecordType
    marking: Marking
    content: Content


class LinkDraft(Word):
    """A link to be; its record ends are refs of the same source."""

    ref: Ref
    kind: LinkKind
    from_: Ref | ValueEnd
    to: Ref | ValueEnd
    marking: Marking
    content: LinkContent = LinkContent()
