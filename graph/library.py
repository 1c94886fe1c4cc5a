"""The packaged Cypher: each question in a file of its own, read once, with the predicate written out."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from auth.grant import Mode
from graph.visible import expand
from schemas.link import WALKED, LinkKind

_HEADER = re.compile(r"//\s*(scope|params|returns|past):\s*(.*)")
KEEPING = "keeping/"


@dataclass(frozen=True, slots=True)
class Statement:
    """A question to the graph: what it asks in plain words, in which mode, with which parameters and columns.

    A statement that reads returns a column `gates`: a list of [id, audience, level, comp, class, until], one for
    each record or link that its row discloses. `body` is the text before the predicate is written out; `past` says that
    it may be asked of the record as it was known at a moment.
    """

    name: str
    question: str
    mode: Mode
    params: frozenset[str]
    returns: tuple[str, ...]
    text: str
    body: str = ""
    past: bool = False

    @property
    def planning(self) -> str:
        """Give the text that has the database plan the question and not ask it."""
        return "EXPLAIN " + self.text


class BadStatement(ValueError):
    """A packaged statement lacks its header or says something else than its place does."""


@cache
def statement(name: str) -> Statement:
    """Give the statement in `graph/cypher/<name>.cypher`; raise BadStatement if its header is not whole."""
    raw = (files("graph") / "cypher" / f"{name}.cypher").read_text(encoding="utf-8")
    return parse(name, raw)


def parse(name: str, raw: str) -> Statement:
    """Read header and body of one statement."""
    lines = raw.splitlines()
    question: list[str] = []
    header: dict[str, str] = {}
    for line in lines:
        if not line.startswith("//"):
            break
        if found := _HEADER.match(line):
            header[found[1]] = found[2].strip()
        elif not header:
            question.append(line.removeprefix("//").strip())
    if header.keys() - {"past"} != {"scope", "params", "returns"} or not question:
        raise BadStatement(f"{name}: the header needs a question, scope, params and returns.")
    if header.get("past", "yes") != "yes":
        raise BadStatement(f"{name}: a statement may be asked of the past, or says nothing of it.")
    mode = Mode(header["scope"])
    if (mode is Mode.KEEP) != name.startswith(KEEPING):
        raise BadStatement(f"{name}: only statements under {KEEPING} keep, and they do nothing else.")
    body = "\n".join(line for line in lines if not line.startswith("//"))
    return Statement(
        name=name,
        question=" ".join(question),
        mode=mode,
        params=frozenset(_names(header["params"])),
        returns=tuple(_names(header["returns"])),
        text=expand(body, relations=list(LinkKind), walked=WALKED).strip(),
        body=body,
        past="past" in header,
    )


def names() -> list[str]:
    """Give the names of all packaged statements, in order."""
    root = files("graph") / "cypher"
    return sorted(
        f"{noun.name}/{file.name.removesuffix('.cypher')}"
        for noun in root.iterdir()
        for file in noun.iterdir()
        if file.name.endswith(".cypher")
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip() and name.strip() != "-"]
