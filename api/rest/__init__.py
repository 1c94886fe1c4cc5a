"""What a node answers over HTTP beside GraphQL."""
