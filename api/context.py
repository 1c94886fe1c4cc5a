"""What a resolver knows of its request: the look, and the pages that the graph has answered."""

from dataclasses import dataclass
from typing import Any

from api.gql import attached
from api.gql.nodes import connection
from api.gql.selection import page_question
from auth.tokens import PeerClaims
from desk.looking import Look
from desk.paging import seal
from graph.errors import TooMuchAsked
from graph.picks import Node


@dataclass
class Context:
    """One request."""

    look: Look
    idempotency_key: str | None = None
    claims: PeerClaims | None = None

    def page(self, node: Node, key: str) -> Any:
        """Give a page of links as its GraphQL type, every row with its cursor; raise TooMuchAsked for too many."""
        page = node.pages[key]
        if page.too_many:
            raise TooMuchAsked
        question = page_question(node.kind, page.connection.name, node.known_at)
        rows = [(seal(self.look, question, (row.node.id, row.id)), row, row.node) for row in page.links]
        return connection(page.connection.far, rows, more=page.more, total=page.total)

    def attached(self, node: Node, key: str) -> Any:
        """Give a page of what is attached to a record as its GraphQL type; raise TooMuchAsked for too many."""
        page = node.attached[key]
        if page.too_many:
            raise TooMuchAsked
        question = page_question(node.kind, page.attached.name, node.known_at)
        return attached.page(page, [seal(self.look, question, (row.at, row.id)) for row in page.rows])
