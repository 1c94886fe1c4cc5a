"""The reference: pages in Markdown that say what can be recorded, read off the words and tables that decide it."""

from api.reference.identifiers import identifiers
from api.reference.relations import relations
from api.reference.words import words


def pages() -> dict[str, str]:
    """Give each page by the name of its file."""
    return {"words.md": words(), "relations.md": relations(), "identifiers.md": identifiers()}
