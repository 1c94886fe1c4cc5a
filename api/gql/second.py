"""Changes that take two officers, and the second officer's answer to them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from api.gql import inputs, nodes
from api.gql.payloads import (
    PROBLEMS,
    FieldProblem,
    IdArg,
    MarkingChangeArg,
    Reason,
    ReasonArg,
    RevArg,
    or_problems,
)
from api.gql.pending import PendingChange, waiting
from api.gql.selection import Asked
from auth.grant import Action
from desk import approving, asking, categories
from desk.pending import waits
from graph.connections import Kind
from schemas.envelope import Marking
from schemas.ids import RecordType
from schemas.person import Category

_Person = nodes.type_of(RecordType.PERSON)


@strawberry.type(description="The person in the new category, or the move that waits, or what is wrong.")
class CategoryPayload:
    """An answer."""

    person: _Person | None = strawberry.field(description="The person.", default=None)  # type: ignore[valid-type]  # made of the words
    waits: PendingChange | None = strawberry.field(description="The move up that waits.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=PROBLEMS, default_factory=list)


@strawberry.type(description="The change as it stands now, or what is wrong.")
class PendingPayload:
    """An answer."""

    change: PendingChange | None = strawberry.field(description="The change.", default=None)
    problems: list[FieldProblem] = strawberry.field(description=PROBLEMS, default_factory=list)


async def set_category(
    info: strawberry.Info,
    id: IdArg,
    rev: RevArg,
    category: Annotated[Category, strawberry.argument(description="What the person is to be in this record.")],
    reason: ReasonArg,
    document: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="The record of the document that it rests on; a move up needs one."),
    ] = None,
    marking: MarkingChangeArg = None,
) -> CategoryPayload | None:
    """Read the arguments, call the desk, hand back the person or what waits."""

    async def act() -> CategoryPayload:
        await info.context.look.may(Action.RECORD)
        envelope, why = inputs.words(
            lambda: inputs.change(Marking, marking, "marking") if marking is not None else {},
            lambda: inputs.word(Reason, inputs.ReasonInput(reason=reason), "").reason,
        )
        pick = Asked.of(info).below("person").pick(Kind.PERSON)
        look, key = info.context.look, info.context.idempotency_key
        made = await categories.set_category(look, id, rev, category, envelope, why, document, key=key)
        if waits(made):
            return CategoryPayload(waits=await waiting(info, made))
        return CategoryPayload(person=nodes.face(await asking.record(look, made, pick)))

    return await or_problems(info, CategoryPayload, act)


async def approve(info: strawberry.Info, id: IdArg) -> PendingPayload | None:
    """Read the arguments, call the desk, hand back the change."""
    look, key = info.context.look, info.context.idempotency_key
    return await _settled(info, Action.APPROVE, lambda: approving.approve(look, id, key=key))


async def decline(info: strawberry.Info, id: IdArg, reason: ReasonArg) -> PendingPayload | None:
    """Read the arguments, call the desk, hand back the change."""

    async def act() -> str:
        why = inputs.word(Reason, inputs.ReasonInput(reason=reason), "").reason
        return await approving.decline(info.context.look, id, why, key=info.context.idempotency_key)

    return await _settled(info, Action.APPROVE, act)


async def withdraw_pending(info: strawberry.Info, id: IdArg) -> PendingPayload | None:
    """Read the arguments, call the desk, hand back the change."""
    look, key = info.context.look, info.context.idempotency_key
    return await _settled(info, Action.RECORD, lambda: approving.withdraw_pending(look, id, key=key))


async def _settled(info: strawberry.Info, action: Action, settle: Callable[[], Awaitable[str]]) -> Any:
    async def act() -> PendingPayload:
        await info.context.look.may(action)
        return PendingPayload(change=await waiting(info, await settle()))

    return await or_problems(info, PendingPayload, act)
