"""Rehearsing: a session that has the database plan each question that it is handed, and asks it none.

In order:
1. A text is planned exactly as it is before a question asks it, so that the plan that is kept is that question's.
2. Nothing is read. What leads from one question to the next is made up; of every other nothing came back.
3. A text that is planned already is shown to the database again, which plans it anew if its figures have changed.
"""

from collections.abc import Callable
from typing import Any

from graph.abroad import MOST_ASSERTIONS, SAID, SAID_OF
from graph.compiled import Compiled
from graph.connections import Kind
from graph.library import Statement
from graph.picks import Found
from graph.session import GraphSession, Row

# The row that a statement on the way gives, by what it was asked: what was looked for is there, and alone.
_MADE_UP: dict[str, Callable[[dict[str, Any]], Row]] = {
    "find/search": lambda asked: [[], asked["values"], [], []],
    "network/around": lambda asked: [[], [[id, Kind.PERSON.value] for id in asked["records"]], [[0]], [], [], []],
}


class Rehearsal(GraphSession):
    """A session that only plans: identifiers that are looked for are found, and records from which a network starts."""

    async def project(self, compiled: Compiled) -> Found:
        """Plan what a compiled selection asks; nothing is there."""
        await self.plan(compiled.statement, compiled.parameters, anew=True)
        return Found([])

    async def said_of_others(self) -> None:
        """Plan what is asked of what is said of others' records, to which nothing that is made up leads."""
        for one in (SAID, SAID_OF):
            await self.plan(one, {"ids": [], "valid_at": None, "most": MOST_ASSERTIONS + 1}, anew=True)

    async def _rows(self, statement: Statement, params: dict[str, object]) -> list[Row]:
        await self.plan(statement, params, anew=True)
        made_up = _MADE_UP.get(statement.name)
        return [made_up(params)] if made_up is not None else []
