"""The reference: pages in Markdown that say what can be recorded and set, read off the code that decides it."""

from api.reference.identifiers import identifiers
from api.reference.relations import relations
from api.reference.settings import settings
from api.reference.words import words


def pages() -> dict[str, str]:
    """Give each page by the name of its file."""
    said = {"words.md": words(), "relations.md": relations(), "identifiers.md": identifiers()}
    return said | {"settings.md": settings()}
