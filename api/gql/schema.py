"""The one schema: a valid Apollo Federation 2.9 subgraph from the start."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.gql import nodes
from api.gql.mutations import Mutation
from api.gql.queries import Query
from api.gql.scalars import SCALARS

__all__ = ["SCHEMA"]

SCHEMA = strawberry.federation.Schema(
    query=Query,
    mutation=Mutation,
    types=list(nodes.TYPE_OF.values()),
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
    federation_version="2.9",
)
