"""Markdown: tables, links and the places that links lead to."""

from collections.abc import Iterable, Sequence


def page(*blocks: str) -> str:
    """Give a page of blocks; empty ones are left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table; a line of it may not break, so lines of a cell are parted by <br>."""
    lines = [heads, ["---"] * len(heads), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: object) -> str:
    """Give a text as it is typed."""
    return f"`{text}`"


def codes(texts: Iterable[object]) -> str:
    """Give several texts as they are typed."""
    return ", ".join(map(code, texts))


def link(heading: str, page: str = "", *, text: str | None = None) -> str:
    """Give a link to a heading, of this page or of another, that reads as the heading unless a text is given."""
    return f"[{text or heading}]({page}#{anchor(heading)})"


def anchor(heading: str) -> str:
    """Give the place of a heading that is written in letters, digits, spaces and underscores."""
    return heading.lower().replace(" ", "-")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
