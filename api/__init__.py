"""HTTP, GraphQL and the command line: wires the rooms, and no room imports it."""
