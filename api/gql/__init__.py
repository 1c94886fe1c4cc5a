"""The GraphQL face: types, what was asked of them, and resolvers of three lines."""

# Before any type that names one of them: an enum must be known to Strawberry when it is first met.
from api.gql import enums

__all__ = ["enums"]
