"""What answers a change: what was changed or waits, or what is wrong; and the arguments that many changes take."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from api.gql.forms import change_type
from api.gql.pending import PendingChange, waiting
from desk.errors import BadInput
from desk.pending import waits
from desk.revs import ENVELOPE
from sangam.spelling import camel
from schemas import errors
from schemas.envelope import Marking
from schemas.text import Prose
from schemas.word import Word


class Reason(Word):
    """Why something is closed, as an officer writes it."""

    reason: Prose


_strawberry_code = strawberry.enum(errors.ErrorCode, description="Why there is no answer.")


@strawberry.type(description="What is wrong with one field of a change.")
class FieldProblem:
    """A problem."""

    path: str = strawberry.field(description="Which field.")
    message: str = strawberry.field(description="What is wrong, in a sentence.")
    code: errors.ErrorCode = strawberry.field(description="Of which sort it is.")


PROBLEMS = "What is wrong, field by field; empty when it was done."


WAITS = "What was asked for, where it waits for a second officer."


@strawberry.type(description="The id of what was changed, or what waits, or what is wrong.")
class ChangePayload:
    """An answer."""

    id: strawberry.ID | None = strawberry.field(description="The record or link.", default=None)
    waits: PendingChange | None = strawberry.field(description=WAITS, default=None)
    problems: list[FieldProblem] = strawberry.field(description=PROBLEMS, default_factory=list)


ReasonArg = Annotated[str, strawberry.argument(description="Why, in words.")]
IdArg = Annotated[strawberry.ID, strawberry.argument(description="The id.")]
RevArg = Annotated[str, strawberry.argument(description="The rev of its provenance, as you read it.")]
MarkingChangeArg: Any = Annotated[
    change_type(
        Marking,
        "MarkingChange",
        "What a marking shall say instead; a field that is not given stays as it is, and null clears it.",
        frozenset(Marking.model_fields) - frozenset(ENVELOPE),
    )
    | None,
    strawberry.argument(name="marking", description="What its marking shall say instead."),
]


async def changed(info: strawberry.Info, id: str) -> ChangePayload:
    """Give the answer of a change by the id that it gave: of what was made, or of what waits."""
    return ChangePayload(waits=await waiting(info, id)) if waits(id) else ChangePayload(id=strawberry.ID(id))


async def or_problems(info: strawberry.Info, payload: Any, act: Callable[[], Awaitable[Any]]) -> Any:
    """Give the answer of a change, or what is wrong with it in a payload of its kind."""
    try:
        return await act()
    except BadInput as bad:
        # To the ledger it is what it is, though to the caller it is an answer.
        info.context.look.code = bad.code_for_ledger
        return payload(
            problems=[FieldProblem(path=camel(p.path), message=p.message, code=p.code) for p in bad.problems]
        )
