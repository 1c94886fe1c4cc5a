"""Arguments that several questions take."""

from typing import Annotated

import strawberry

from api.gql.inputs import IdentifierInput
from api.gql.scalars import Day, Instant
from schemas.link import LinkKind

ValidAt = Annotated[
    Day | None,
    strawberry.argument(
        description="Only what held true in the world on this day; links below it too, where they name no day."
    ),
]
KnownAt = Annotated[
    Instant | None,
    strawberry.argument(
        description="As it was known at this moment: what was recorded by then, all below it too. What you may see is "
        "judged as today."
    ),
]

# Of networks and paths.
Starts = Annotated[list[strawberry.ID], strawberry.argument(name="from", description="Where to start, at most 20.")]
Identifiers = Annotated[
    list[IdentifierInput] | None,
    strawberry.argument(
        description="Identifiers to start from as well, at most 200; those of which nothing is to be seen are left out."
    ),
]
Records = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description="Records of any state to start from as well, at most 200: one of another state stands for those "
        "here that are said to be one with it. Those of which nothing is to be seen are left out."
    ),
]
Hops = Annotated[int, strawberry.argument(description="How far, at most 3.")]
Along = Annotated[list[LinkKind] | None, strawberry.argument(description="Only along these relations.")]
LinksOn = Annotated[
    Day | None, strawberry.argument(description="Only links that held true on this day; below its nodes too.")
]
OneEnd = Annotated[strawberry.ID, strawberry.argument(name="from", description="One end.")]
OtherEnd = Annotated[strawberry.ID, strawberry.argument(description="The other end.")]
MostPaths = Annotated[int, strawberry.argument(description="How many paths, at most 5.")]
