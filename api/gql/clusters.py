"""Clusters of an answer, and the assertions that they come from."""

from typing import Annotated, Any

import strawberry

from api.gql import abroad, inputs
from api.gql.payloads import ChangePayload, or_problems
from auth.grant import Action
from desk import asserting
from desk.clusters import Marked
from schemas.envelope import Marking
from schemas.link import Evidence, LinkKind


@strawberry.type(description="Records that are said to be of one; each stays a record of its own.")
class Cluster:
    """A cluster."""

    mark: str = strawberry.field(
        description="A sign that is the same for all its records, in every answer to whoever sees the same."
    )
    contested: bool = strawberry.field(description="Whether it is also said of two of its records that they are not.")
    members: list[strawberry.ID] = strawberry.field(
        description="Those of its records that are in this answer, in order of id."
    )

    @classmethod
    def of(cls, one: Marked) -> "Cluster":
        """Give a cluster as GraphQL does."""
        return cls(mark=one.mark, contested=one.contested, members=[strawberry.ID(id) for id in one.members])


_SAYS = {
    LinkKind.SAME_AS: "Say that two records of a kind are of one and the same; `unlink` takes it back.",
    LinkKind.NOT_SAME_AS: "Say that two records of a kind are not of one and the same; `unlink` takes it back.",
    LinkKind.UNSURE: "Say that it cannot be told whether two records of a kind are of one; `unlink` takes it back.",
}


def asserts(kind: LinkKind) -> Any:
    """Make the change that makes one kind of assertion."""

    async def resolver(
        info: strawberry.Info,
        from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="One record.")],
        to: Annotated[
            strawberry.ID,
            strawberry.argument(description="The other, of the same kind. One of the two may be another state's."),
        ],
        marking: Annotated[inputs.MarkingInput, strawberry.argument(description="What must be said about it.")],
        evidence: Annotated[
            list[inputs.CriterionInput], strawberry.argument(description="What it rests on, at least one.")
        ],
    ) -> ChangePayload | None:
        async def act() -> ChangePayload:
            look, key = info.context.look, info.context.idempotency_key
            await look.may(Action.RECORD)
            said, marked = inputs.words(
                lambda: inputs.word(Evidence, inputs.EvidenceInput(evidence), ""),
                lambda: inputs.word(Marking, marking, "marking"),
            )
            ask = abroad.asked(info)
            id = await asserting.asserted(look, kind, from_, to, marked, said, key=key, abroad=ask)
            return ChangePayload(id=strawberry.ID(id))

        return await or_problems(info, ChangePayload, act)

    return strawberry.mutation(resolver, description=_SAYS[kind])
