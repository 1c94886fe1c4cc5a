"""A selection as it is sent: one statement written for it, and how to read its row."""

from collections.abc import Callable
from typing import Any

from auth.grant import Mode
from graph.library import Statement
from graph.picks import Found
from graph.visible import expand
from schemas.link import LinkKind

RELATIONS = [kind.value for kind in LinkKind]


class Compiled:
    """A compiled selection: the text of one statement that gives one row, its parameters, and how to read that row.

    `source` is the text before the predicate is written out.
    """

    def __init__(self, row: str, parameters: dict[str, object], read: Callable[[Any], Found]) -> None:
        text = f"RETURN [{row}] AS row"
        self.source = text
        self.statement = Statement(
            name="projection",
            question="What was asked of these nodes?",
            mode=Mode.READ,
            params=frozenset(parameters),
            returns=("row",),
            text=expand(text, relations=RELATIONS),
            body=text,
            past=True,
        )
        self.parameters = parameters
        self.read = read
