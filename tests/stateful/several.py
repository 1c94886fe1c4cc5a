"""Several processes on one node's stores, and officers who ask now one and now another of them."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import delete

from api.node import Node, open_node
from auth.policy import Job
from desk.keeping import BEATS
from graph.driver import rows
from graph.local import LocalGraph
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.tables import enquiries, officers, pending_changes
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from tests.stateful.serving import clock_in, hand, settings
from tests.station import MORNING, as_live

PROCESSES = 2
ASKED_AGAIN = 8

Asked = tuple[str, dict[str, Any]]
"""A document and its variables."""


def _officer(id: str, rank: Rank, unit: str, level: int) -> Officer:
    return Officer(id=id, name="Officer of the model", state="IN-RJ", rank=rank, unit=unit, level=Level(level))


AUTHOR = _officer("rj.author", Rank.SI, "RJ-P-JPE", 1)
SECOND = _officer("rj.second", Rank.SP_DCP, "RJ-D-AJM", 3)
NEIGHBOUR = _officer("rj.neighbour", Rank.SP_DCP, "RJ-P-JPW", 1)
CLERK = _officer("rj.clerk", Rank.ASI, "RJ-P-KTC", 0)
OFFICERS = (AUTHOR, SECOND, NEIGHBOUR, CLERK)


@dataclass
class Several:
    """A node served by several processes; this one keeps it, moves its clock and looks behind it."""

    runner: asyncio.Runner
    node: Node
    clients: Sequence[httpx.Client]
    clock: Path
    enquiries: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Empty both stores of whatever an earlier run left, and let each officer open an enquiry."""
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        register, at = self.node.desk.register, self.node.desk.clock()
        await self.graph("MATCH (n) WHERE NOT n:Migration DETACH DELETE n")
        with register._writes.begin() as connection:
            for table in (pending_changes, enquiries, officers):
                connection.execute(delete(table))
        for one in OFFICERS:
            opened = Entry(EntryKind.ACCOUNT, "tests", None, None, "open account", {"account": one.id}, (), "OK")
            await register.officers.add(NewAccount(one, "-", "A" * 32), at=at, by="tests", entry=opened)
            content = EnquiryContent(
                purpose=Purpose.INVESTIGATION,
                case_ref="FIR 0123/2026",
                legal_basis="BNSS 173",
                expires_at=at + timedelta(days=3_650),
            )
            self.enquiries[one.id] = (await register.enquiries.open(one.id, content, at=at)).id

    def ask(self, who: Officer, asked: Asked, *, process: int = 0) -> dict[str, Any]:
        """Give the whole answer of one of the processes."""
        document, variables = asked
        token = self.node.tokens.mint_officer(who.id, str(uuid4()), jti=str(uuid4()))
        headers = {"authorization": f"Bearer {token}", "sangam-enquiry": self.enquiries[who.id]}
        for _ in range(ASKED_AGAIN):
            answer = self.clients[process % len(self.clients)].post(
                "/graphql", json={"query": document, "variables": variables}, headers=headers
            )
            # A busy machine may not have planned a new shape in time; nothing was done then, and the asker asks again.
            if b'"DEADLINE"' not in answer.content:
                break
        told: dict[str, Any] = answer.json()
        return told

    def at_once(self, *each: tuple[Officer, Asked]) -> list[dict[str, Any]]:
        """Give the answers to what is asked of different processes at the same time."""
        with ThreadPoolExecutor(len(each)) as callers:
            waits = [callers.submit(self.ask, who, asked, process=place) for place, (who, asked) in enumerate(each)]
            return [wait.result() for wait in waits]

    def keep(self) -> bool:
        """Let this process do what is due, and the purge whether due or not; False if another was purging."""
        return self.runner.run(self._keep())

    async def _keep(self) -> bool:
        await self.node.keeper.turn()
        return await self.node.keeper.run(BEATS[Job.PURGE].name) is not None

    def left(self) -> set[str]:
        """Give the ids of all records that are in the graph, past every grant."""
        return {id for (id,) in self.runner.run(self.graph("MATCH (n:Record) RETURN n.id"))}

    def move(self, **by: float) -> None:
        """Move the clock of all processes."""
        hand(self.clock, self.node.desk.clock() + timedelta(**by))

    async def graph(self, text: str, **given: Any) -> list[list[Any]]:
        """Look into the graph, past every grant."""
        return await rows(self.node.desk.graph(), text, **given)

    def seen(self, look: Callable[[], Any]) -> Any:
        """Run something asynchronous here."""
        return self.runner.run(look())


@contextmanager
def several(graph: LocalGraph, folder: Path) -> Iterator[Several]:
    """Serve a node by several processes, and open its stores here too."""
    clock, data = folder / "clock", folder / "node"
    hand(clock, MORNING)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        opened = settings(data, graph.uri, graph.password)
        node = runner.run(stack.enter_async_context(open_node(opened, clock=clock_in(clock))))
        served = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.stateful.serving", str(data), graph.uri, graph.password, str(clock)],
                stdout=subprocess.PIPE,
            )
            for _ in range(PROCESSES)
        ]
        try:
            told = [json.loads(one.stdout.readline()) for one in served if one.stdout is not None]
            clients = [httpx.Client(base_url=f"http://127.0.0.1:{one['port']}", timeout=30) for one in told]
            with as_live(node.desk):
                yield Several(runner, node, clients, clock)
            for client in clients:
                client.close()
        finally:
            for one in served:
                one.terminate()
            for one in served:
                one.communicate()
            runner.run(stack.aclose())
