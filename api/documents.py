"""Trusted documents: the only texts that a node in production answers, named by their SHA-256.

Sources are `*.graphql` files, one operation each, and what follows from our words (`composed.py`). `build` compiles
them into `trusted.json`, which is packaged;
a caller names one by `extensions.persistedQuery = {"version": 1, "sha256Hash": "<hex>"}` and sends no text.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources

import orjson


class TrustedDocuments:
    """The texts that this node answers, by the hex SHA-256 of their UTF-8 bytes."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the compiled texts; raise ValueError if one does not have the digest it is filed under."""
        for digest, text in texts.items():
            if digest_of(text) != digest:
                raise ValueError(f"The trusted document filed as {digest} has been altered.")
        self._texts = dict(texts)

    @classmethod
    def packaged(cls) -> "TrustedDocuments":
        """Give the documents that this release was built with."""
        return cls(orjson.loads(resources.files("api").joinpath("documents", "trusted.json").read_bytes()))

    def text(self, digest: str) -> str | None:
        """Give the text of this digest, or None."""
        return self._texts.get(digest)

    def __iter__(self) -> Iterator[str]:
        """Give the texts in order of digest."""
        return (self._texts[digest] for digest in sorted(self._texts))


def digest_of(text: str) -> str:
    """Give the lower-case hex SHA-256 of a document's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def build(texts: Iterable[str]) -> bytes:
    """Compile documents into the bytes of `trusted.json`, in order of digest."""
    compiled = {digest_of(text): text for text in texts}
    return orjson.dumps(compiled, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
