"""How a chart says our words, in English or Hindi."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from analysis.charts.model import Node
from schemas.person import NameKind, Script


class Language(StrEnum):
    """The languages that a chart is written in, by their ISO 639-1 code."""

    ENGLISH = "en"
    HINDI = "hi"


_SCRIPT = {Language.ENGLISH: Script.LATIN, Language.HINDI: Script.DEVANAGARI}


@cache
def table(language: Language) -> dict[str, Any]:
    """Give the table of a language."""
    return tomllib.loads(resources.files("analysis.charts").joinpath(f"{language}.toml").read_text(encoding="utf-8"))


def phrase(language: Language, name: str, **given: object) -> str:
    """Give a phrase of the chart with its numbers and names put in."""
    text: str = table(language)["phrases"][name]
    return text.format(**given)


def word(language: Language, part: str, code: str) -> str:
    """Give how one of our words is said; in English a word without a row is said as it is written."""
    rows: dict[str, str] = table(language).get(part, {})
    return rows[code] if code in rows else _plain(code)


def _plain(code: str) -> str:
    text = code.replace("_", " ").lower()
    return text[:1].upper() + text[1:]


def label(node: Node, language: Language) -> str:
    """Give what a node is called in a chart: its name in the language's script if it has one, else as recorded."""
    if node.names:
        legal = sorted(node.names, key=lambda name: name.kind is not NameKind.LEGAL)
        fitting = [name for name in legal if name.script is _SCRIPT[language]]
        return (fitting or legal)[0].text
    if node.said is None:
        return node.writings[0] if node.writings else phrase(language, "unwritten")
    told = [
        word(language, fact.name, fact.value) if fact.coded else fact.value
        for fact in node.facts
        if fact.name not in _ASIDE
    ]
    return " ".join(told[:2]) or word(language, "kind", node.kind.value)


# These stand in a line of their own, or say little by themselves.
_ASIDE = frozenset({"category", "custody", "standing", "firing_for_extortion", "account_id"})
