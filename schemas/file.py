"""File: a photo of a person or the file of a document, as it is kept beside its record."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from schemas.envelope import PastDay
from schemas.word import Word


class Media(StrEnum):
    """What a file can be, by its IANA media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


PICTURES = frozenset({Media.JPEG, Media.PNG})


class KeptFile(Word):
    """A file that is kept of a record; the digests are SHA-256 in hex."""

    id: str = Field(description="Its id.")
    record: str = Field(description="The record that it belongs to.")
    media: Media = Field(description="What it is.")
    bytes: int = Field(description="How many bytes it has.")
    sha256: str = Field(description="The digest of its bytes.")
    received_sha256: str = Field(
        description="The digest of the bytes as they were sent; a picture is drawn anew and has others."
    )
    taken_on: PastDay | None = Field(None, description="The day on which a picture was taken.")
    added_at: datetime = Field(description="When it was added.")
    added_by: str = Field(description="The officer who added it.")
