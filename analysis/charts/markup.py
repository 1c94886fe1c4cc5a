"""XML by the standard library: text is escaped, and what XML 1.0 cannot hold is replaced (its section 2.2)."""

import re
from xml.etree import ElementTree

Element = ElementTree.Element

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, text: str = "", /, **attributes: str | float) -> Element:
    """Make an element; `_` in an attribute's name stands for `-`, and one at its end for nothing."""
    given = {name.rstrip("_").replace("_", "-"): clean(str(value)) for name, value in attributes.items()}
    made = Element(tag, given)
    if text:
        made.text = clean(text)
    return made


def add(parent: Element, tag: str, text: str = "", /, **attributes: str | float) -> Element:
    """Make an element at the end of another."""
    made = element(tag, text, **attributes)
    parent.append(made)
    return made


def clean(text: str) -> str:
    """Put U+FFFD in place of each character that no XML document may hold."""
    return _NOT_XML.sub("\ufffd", text)


def written(root: Element) -> bytes:
    """Write a document in UTF-8, with its declaration."""
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
