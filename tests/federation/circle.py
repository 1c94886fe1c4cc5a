"""Several states' nodes on one machine: real databases, real TLS between them, clocks that the test moves."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from api.app import create_app, finish
from api.cli.serving import served
from api.joining import heard
from api.rest.federation import PeersFace, schema_digest
from auth.certificates import der_of, thumbprint
from auth.keys import KeyRing, SigningKey
from auth.sealing import StateKeys
from desk.entering import tokens_of
from desk.looking import Desk, Stamp
from federation.connections import Connections, OwnCertificate, serving_context
from federation.fanout import Fanout
from federation.peers import Peers
from federation.standing import Federation
from federation.training import training_membership
from graph.driver import open_driver
from graph.local import LocalGraph
from graph.migrate import migrate
from graph.session import let_go
from register.ledger import Entry, EntryKind
from register.store import Register
from schemas.agreement import Agreement
from schemas.handling import Level, Purpose
from schemas.membership import Membership
from schemas.officer import Officer, Rank
from schemas.operation import SystemRandom
from tests.alone import kept
from tests.ports import free_ports
from tests.station import Caller, Station, Watch, marking, name

HOST = "127.0.0.1"


@dataclass
class Node(Station):
    """One state's node, whose peers ask it over TLS."""

    state: str = "IN-RJ"
    federation: Federation = field(kw_only=True)
    own: OwnCertificate = field(kw_only=True)
    port: int = field(kw_only=True)
    app: FastAPI = field(kw_only=True)
    face: PeersFace = field(kw_only=True)
    membership: Membership = field(kw_only=True)
    connections: Connections = field(kw_only=True)
    recovery: SigningKey | None = None
    serving: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def officer(self, id: str = "adg.crime", *, rank: Rank = Rank.ADG_SPL_CP, **given: Any) -> Officer:
        """Put an officer of this state into its register."""
        held = {"level": Level.SOURCE_BEARING, "compartments": (), "unit": self.state[3:], **given}
        officer = Officer(id=id, name="Officer of the tests", state=self.state, rank=rank, **held)
        await self._account(officer)
        return officer

    async def agree(self, with_: str, **given: Any) -> None:
        """Let another state's officers ask here."""
        held: dict[str, Any] = {"purposes": tuple(Purpose), "ceiling": Level.SOURCE_BEARING, **given}
        said = Entry(EntryKind.PEERS, "tests", None, None, "peers agree", {"state": with_}, (), "OK")
        agreement = Agreement(state=with_, **held)
        await self.desk.register.peers.agree(agreement, at=self.watch(), by="tests", entry=said)

    async def open(self) -> None:
        """Let peers ask."""
        certificates = [pem for member in self.membership.members for pem in member.certificates]
        # What grows with the membership, as in a node that runs.
        context = self.federation.serving = serving_context(self.own, certificates)
        await self.serving.enter_async_context(served(self.face, HOST, self.port, context))

    async def hear(self) -> None:
        """Hear every peer once."""
        await heard(self.federation, self.desk.register, self.connections)

    async def shut(self) -> None:
        """Let nobody in any more."""
        await self.serving.aclose()

    async def person(self, by: Caller, text: str, script: str = "LATIN", **marked: Any) -> str:
        """Record a person and give the id."""
        said = marking(unit=self.state[3:], **{"audience": [], **marked})
        made = await by.ask(
            "mutation R($p: PersonInput!, $m: MarkingInput!) {"
            " recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }",
            {"p": {"category": "SUSPECT", "names": [name(text, script)]}, "m": said},
        )
        assert made["recordPerson"]["problems"] == []
        return str(made["recordPerson"]["person"]["id"])


@dataclass(frozen=True)
class Seat:
    """A member's place without a node: whoever takes it has its port, its certificate and the keys of its tokens."""

    state: str
    port: int
    own: OwnCertificate
    ring: KeyRing


@asynccontextmanager
async def circle(
    graphs: Mapping[str, LocalGraph], folder: Path, *, stamp: Stamp = Stamp.TRIAL
) -> AsyncIterator[dict[str, Node]]:
    """Open a node for each state on its graph, members of one circle that trust each other; all ask each other."""
    async with circle_with_seats(graphs, folder, (), stamp=stamp) as (nodes, _):
        yield nodes


@asynccontextmanager
async def circle_with_seats(
    graphs: Mapping[str, LocalGraph], folder: Path, empty: Sequence[str], *, stamp: Stamp = Stamp.TRIAL
) -> AsyncIterator[tuple[dict[str, Node], dict[str, Seat]]]:
    """Open such a circle in which some members have no node: their seats are for a test to take."""
    async with AsyncExitStack() as stack:
        watch, home = Watch(), folder / f"circle-{uuid4().hex}"
        states = (*graphs, *empty)
        rings = {state: KeyRing.open(home / state / "keys", at=watch()) for state in states}
        ports = dict(zip(states, free_ports(len(states)), strict=True))
        places = {state: (f"https://{HOST}:{ports[state]}", rings[state].public()) for state in states}
        # Certificates are looked at by the machine's clock, not by the test's.
        training = training_membership(places, datetime.now(UTC) - timedelta(minutes=1))
        membership = training.signed.membership
        nodes = {}
        for state, graph in graphs.items():
            own = kept(training.issued[state], home / state)
            nodes[state] = await joining(
                stack, state, graph, home / state, rings[state], own, membership, ports[state], stamp
            )
            nodes[state].recovery = training.recovery[state]
            await nodes[state].wipe()
        for node in nodes.values():
            for other in sorted({*states} - {node.state}):
                await node.agree(other)
            await node.open()
            stack.push_async_callback(node.shut)
        seats = {
            state: Seat(state, ports[state], kept(training.issued[state], home / state), rings[state])
            for state in empty
        }
        yield nodes, seats


async def joining(
    stack: AsyncExitStack,
    state: str,
    graph: LocalGraph,
    home: Path,
    ring: KeyRing,
    own: OwnCertificate,
    membership: Membership,
    port: int,
    stamp: Stamp,
) -> Node:
    """Open one state's node, whose peers are let in by `Node.open`; it is closed with the stack."""
    watch, random = Watch(), SystemRandom()
    keys = StateKeys.from_master(state.encode().ljust(32, b"s"))
    url = f"sqlite:///{home / 'register' / 'register.db'}"
    register = await Register.open(url, state=state, keys=keys, clock=watch, random=random)
    stack.push_async_callback(register.close)
    driver = await open_driver(graph.uri, graph.user, graph.password)
    stack.push_async_callback(let_go, driver)
    await migrate(driver)
    tokens = tokens_of(register, ring)
    connections = Connections(own, watch)
    stack.push_async_callback(connections.close)
    mark = thumbprint(der_of(own.certificate.read_text()))
    fanout = Fanout(connections, clock=watch, schema=schema_digest())
    federation = Federation(Peers.of(membership, state), fanout, tokens, mark, handovers=lambda: ring.handovers)
    stack.push_async_callback(federation.close)
    desk = Desk(state, stamp, register, lambda: driver, keys, watch, random, federation=federation)
    lacking: list[str] = []

    async def missing() -> list[str]:
        return lacking

    app = create_app(desk, tokens, missing)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://node"))
    face = PeersFace(desk, federation, finish, missing)
    return Node(
        desk,
        tokens,
        client,
        driver,
        watch,
        ring,
        lacking,
        state,
        federation=federation,
        own=own,
        port=port,
        app=app,
        face=face,
        membership=membership,
        connections=connections,
    )
