"""A node for bad input: the real one, counting each way that it goes to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from api.app import create_app
from graph.driver import Driver, rows
from graph.local import LocalGraph
from register.ledger import EntryKind
from tests.station import Caller, Station, station

_EVERYTHING = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n), count(r)"


@dataclass
class Stand:
    """A node, the officers who ask it, and how often it opened the database."""

    node: Station
    portal: BlockingPortal
    client: httpx.AsyncClient
    opened: list[int] = field(default_factory=list)

    def caller(self, id: str, **given: Any) -> Caller:
        """Put an officer into the register who asks this node."""
        caller = self.portal.call(lambda: self.node.caller(id, **given))
        caller.client = self.client
        return caller

    def post(self, caller: Caller, document: str, variables: dict[str, Any], **headers: str) -> httpx.Response:
        """Send one request and give its answer, after its entry stands on the ledger."""
        return self.portal.call(lambda: caller.post(document, variables, **headers))

    def send(self, caller: Caller, body: str) -> httpx.Response:
        """Send a body as it is written and give its answer."""
        headers = {
            "authorization": f"Bearer {caller.token}",
            "content-type": "application/json",
            "sangam-enquiry": caller.enquiry or "",
        }
        return self.portal.call(lambda: self.client.post("/graphql", content=body, headers=headers))

    def stored(self) -> tuple[int, ...]:
        """Count the nodes and relationships of the graph."""
        ((nodes, relationships),) = self.portal.call(rows, self.node.driver, _EVERYTHING)
        return nodes, relationships

    def head(self) -> int:
        """Give the number of entries on the ledger."""
        return self.portal.call(self.node.desk.register.ledger.head)[0]

    def begun(self, after: int) -> list[int]:
        """Give the numbers of the changes that were begun after so many entries."""
        ledger, found, last = self.node.desk.register.ledger, [], self.head() + 1
        while last > after + 1:
            page = self.portal.call(lambda before=last: ledger.search(first=1_000, before=before))
            found += [one.seq for one in page if one.entry.kind is EntryKind.INTENT and one.seq > after]
            last = page[-1].seq if page else after
        return found

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Hold that what is asked inside opens no database, begins no change and stores nothing."""
        before, entries, opened = self.stored(), self.head(), len(self.opened)
        yield
        assert len(self.opened) == opened, "the database was opened"
        assert (self.stored(), self.begun(entries)) == (before, []), "something was begun or stored"
        assert self.portal.call(self.node.desk.register.ledger.unsettled) == []


@contextmanager
def stand(graph: LocalGraph, folder: Path) -> Iterator[Stand]:
    """Open the node for as long as the context lasts; tests that draw their own input are synchronous."""
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(station(graph, folder)) as node:
        opened: list[int] = []

        def driver() -> Driver:
            opened.append(1)
            return node.driver

        async def ready() -> list[str]:
            return []

        app = create_app(replace(node.desk, graph=driver), node.tokens, ready)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://node")
        yield Stand(node, portal, client, opened)
        portal.call(client.aclose)
