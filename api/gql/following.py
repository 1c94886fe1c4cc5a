"""Changes about those who follow an account: one act at a time, and an audience as it was counted."""

from typing import Annotated, Any

import strawberry

from api.gql import inputs
from api.gql.forms import input_type
from api.gql.payloads import ChangePayload, or_problems
from auth.grant import Action
from desk import following
from schemas.audience import AudienceAsked
from schemas.envelope import Marking
from schemas.follower import FollowerAsked, FollowerContent

_Follower = input_type(
    FollowerAsked, "FollowerInput", "Who is meant; it is kept under a pseudonym and sealed, and never given back."
)
_Act = input_type(FollowerContent, "FollowerActInput", "One act of one who follows an account.")
_Audience = input_type(AudienceAsked, "AudienceInput", "An audience as it was counted; only what is published is kept.")
Account = Annotated[strawberry.ID, strawberry.argument(description="The social account.")]
Marked = Annotated[inputs.MarkingInput, strawberry.argument(description="What must be said about it.")]


async def record_follower_act(
    info: strawberry.Info,
    account: Account,
    follower: Annotated[Any, strawberry.argument(description="Who is meant.")],
    act: Annotated[Any, strawberry.argument(description="What was done.")],
    marking: Marked,
) -> ChangePayload | None:
    """Read the arguments, call the desk, hand back the id."""

    async def recorded() -> ChangePayload:
        look, key = info.context.look, info.context.idempotency_key
        await look.may(Action.RECORD)
        who, content, marked = inputs.words(
            lambda: inputs.word(FollowerAsked, follower, "follower"),
            lambda: inputs.word(FollowerContent, act, "act"),
            lambda: inputs.word(Marking, marking, "marking"),
        )
        id = await following.record_act(look, account, who, content, marked, key=key)
        return ChangePayload(id=strawberry.ID(id))

    return await or_problems(info, ChangePayload, recorded)


async def record_audience_snapshot(
    info: strawberry.Info,
    account: Account,
    audience: Annotated[Any, strawberry.argument(description="What was counted.")],
    marking: Marked,
) -> ChangePayload | None:
    """Read the arguments, call the desk, hand back the id."""

    async def recorded() -> ChangePayload:
        look, key = info.context.look, info.context.idempotency_key
        await look.may(Action.RECORD)
        asked, marked = inputs.words(
            lambda: inputs.word(AudienceAsked, audience, "audience"),
            lambda: inputs.word(Marking, marking, "marking"),
        )
        id = await following.record_audience(look, account, asked, marked, key=key)
        return ChangePayload(id=strawberry.ID(id))

    return await or_problems(info, ChangePayload, recorded)


for _resolver, _types in (
    (record_follower_act, {"follower": _Follower, "act": _Act}),
    (record_audience_snapshot, {"audience": _Audience}),
):
    for _name, _type in _types.items():
        _told = _resolver.__annotations__[_name].__metadata__
        _resolver.__annotations__[_name] = Annotated[_type, *_told]
