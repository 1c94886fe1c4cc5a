"""The only room that speaks Cypher: every question carries a grant, every row is checked against it again."""
