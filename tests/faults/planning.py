"""Asking until the database has planned a question, which on a busy machine can outlast the question's time."""

from typing import Any

from tests.station import Caller


async def planned(caller: Caller, document: str, variables: dict[str, Any] | None = None) -> None:
    """Ask until the answer, whatever it is, is not that the time was up."""
    for _ in range(5):
        answer = (await caller.post(document, variables)).json()
        if not any(error["extensions"]["code"] == "DEADLINE" for error in answer.get("errors", ())):
            return
    raise AssertionError("The database does not plan this question.")
