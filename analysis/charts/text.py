"""Text in a drawing: how wide it will be, about, and where it may be broken.

Nothing is shaped here. Whoever shows the drawing shapes its letters; widths are estimates on the safe side, of a
common sans-serif, and a word is cut only between what a reader takes for one letter.
"""

import unicodedata

_ZWJ, _ZWNJ = "\u200d", "\u200c"
_VIRAMA = 9  # the canonical combining class of every Indic virama


def letters(text: str) -> list[str]:
    """Part a text between letters: marks, joiners, and a consonant after a virama stay with what is before them."""
    parts: list[str] = []
    for char in text:
        joined = bool(parts) and (
            unicodedata.category(char)[0] == "M"
            or char in (_ZWJ, _ZWNJ)
            or unicodedata.combining(parts[-1][-1]) == _VIRAMA
            or parts[-1][-1] == _ZWJ
        )
        if joined:
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def width(text: str, size: float) -> float:
    """Give about how wide a text is at a font size, in the same unit."""
    return size * sum(_wide(char) for char in text)


def _wide(char: str) -> float:
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    if category == "Mc":
        return 0.36
    if ord(char) > 0x2FFF:
        return 1.05
    if ord(char) > 0x590:
        return 0.68
    if char in " .,:;'|!ijlI()-/":
        return 0.34
    if char.isupper() or char in "mwMW@%":
        return 0.72
    return 0.58


def cut(text: str, size: float, most: float) -> str:
    """Give a text, or as much of it as fits, ended by an ellipsis."""
    if width(text, size) <= most:
        return text
    kept = letters(text)
    while kept and width("".join(kept) + "…", size) > most:
        kept.pop()
    return "".join(kept).rstrip() + "…"


def lines(text: str, size: float, most: float, number: int) -> list[str]:
    """Break a text at spaces, but not at U+00A0, into at most so many lines that fit; what is left over is cut."""
    made: list[str] = []
    for word in text.replace("\n", " ").split(" "):
        longer = f"{made[-1]} {word}" if made else word
        if made and (width(longer, size) <= most or len(made) == number):
            made[-1] = longer
        else:
            made.append(word)
    return [cut(line, size, most) for line in made]
