"""The GraphQL face: types, what was asked of them, and resolvers of three lines."""
