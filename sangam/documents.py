"""The documents that this client asks, by name: the same texts that a node of this release trusts."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Document:
    """One GraphQL document and its digest, the lower-case hex SHA-256 of its UTF-8 bytes."""

    text: str
    digest: str

    @classmethod
    def of(cls, text: str) -> "Document":
        """Give a text with its digest."""
        return cls(text, hashlib.sha256(text.encode()).hexdigest())


@cache
def packaged() -> dict[str, Document]:
    """Give the client's own documents by name."""
    texts = json.loads((files("sangam") / "documents.json").read_bytes())
    return {name: Document.of(text) for name, text in texts.items()}
