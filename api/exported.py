"""What is written into the sources from the sources: schema, trusted documents, client's copy, reference."""

from collections.abc import Mapping
from pathlib import Path

import orjson

from api.composed import composed
from api.documents import build
from api.reference import pages

_ROOT = Path(__file__).parents[1]
_DOCUMENTS = _ROOT / "api" / "documents"


def schema_text() -> str:
    """Give the one schema as text."""
    from api.gql.schema import SCHEMA

    return SCHEMA.as_str() + "\n"


def exported() -> dict[Path, bytes]:
    """Give every exported file with the bytes that it must have."""
    written = {path.stem: path.read_text(encoding="utf-8") for path in _DOCUMENTS.glob("*.graphql")}
    texts = written | composed()
    return {
        _ROOT / "api" / "schema.graphql": schema_text().encode(),
        _DOCUMENTS / "trusted.json": build(texts.values()),
        _ROOT / "sangam" / "documents.json": _for_the_client(texts),
    } | {_ROOT / "docs" / "reference" / name: text.encode() for name, text in pages().items()}


def _for_the_client(texts: Mapping[str, str]) -> bytes:
    return orjson.dumps(texts, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
