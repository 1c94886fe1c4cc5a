"""The one schema: a valid Apollo Federation 2.9 subgraph from the start."""

from typing import Any

import strawberry
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig

from api.gql import nodes
from api.gql.directives import page
from api.gql.entities import entities
from api.gql.executor import Executor
from api.gql.mutations import Mutation
from api.gql.queries import Query
from api.gql.scalars import SCALARS

__all__ = ["SCHEMA"]


class Subgraph(strawberry.federation.Schema):
    """The schema, with entities answered by the desk."""

    async def entities_resolver(  # type: ignore[override]  # Strawberry awaits what this gives
        self, info: strawberry.Info, representations: list[FederationAny]
    ) -> list[Any]:
        """Give the entities that a router names."""
        return await entities(info, representations)


SCHEMA = Subgraph(
    query=Query,
    mutation=Mutation,
    types=list(nodes.TYPE_OF.values()),
    directives=[page],  # type: ignore[list-item]  # what the decorator gives is what this takes
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
    federation_version="2.9",
    execution_context_class=Executor,
)
