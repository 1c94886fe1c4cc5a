"""Disputes: what is held against a record, and how that was settled."""

from typing import Annotated

import strawberry

from api.gql import inputs
from api.gql.payloads import ChangePayload, IdArg, Reason, ReasonArg, or_problems
from auth.grant import Action
from desk import disputing


async def dispute(
    info: strawberry.Info,
    id: IdArg,
    statement: Annotated[str, strawberry.argument(description="What is disputed, and by whom, in words.")],
) -> ChangePayload | None:
    """Read the arguments, call the desk, hand back the id."""

    async def act() -> ChangePayload:
        await info.context.look.may(Action.RECORD)
        said = inputs.word(disputing.Statement, disputing.Said(statement), "").statement
        key = info.context.idempotency_key
        return ChangePayload(id=strawberry.ID(await disputing.dispute(info.context.look, id, said, key=key)))

    return await or_problems(info, ChangePayload, act)


async def settle_dispute(
    info: strawberry.Info,
    id: IdArg,
    upheld: Annotated[bool, strawberry.argument(description="Whether the dispute was right.")],
    reason: ReasonArg,
) -> ChangePayload | None:
    """Read the arguments, call the desk, hand back the id."""

    async def act() -> ChangePayload:
        look, key = info.context.look, info.context.idempotency_key
        await look.may(Action.RECORD)
        why = inputs.word(Reason, inputs.ReasonInput(reason=reason), "").reason
        return ChangePayload(id=strawberry.ID(await disputing.settle_dispute(look, id, why, upheld=upheld, key=key)))

    return await or_problems(info, ChangePayload, act)
