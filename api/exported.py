"""What is written into the sources from the sources: the schema, the trusted documents, the client's copy of them."""

from pathlib import Path

import orjson

from api.documents import build

_ROOT = Path(__file__).parents[1]
_DOCUMENTS = _ROOT / "api" / "documents"


def schema_text() -> str:
    """Give the one schema as text."""
    from api.gql.schema import SCHEMA

    return SCHEMA.as_str() + "\n"


def exported() -> dict[Path, bytes]:
    """Give every exported file with the bytes that it must have."""
    return {
        _ROOT / "api" / "schema.graphql": schema_text().encode(),
        _DOCUMENTS / "trusted.json": build(_DOCUMENTS),
        _ROOT / "sangam" / "documents.json": _for_the_client(),
    }


def _for_the_client() -> bytes:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in _DOCUMENTS.glob("*.graphql")}
    return orjson.dumps(texts, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
