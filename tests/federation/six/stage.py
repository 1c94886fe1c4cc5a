"""Six states' nodes on graphs of their own, each asked by the others through a way of its own; one world after another.

The faces of the peers stand on the land; what sits in an owner's seat instead stands beside it, on loopback.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
from sqlalchemy import insert

from api.cli.serving import served
from auth.keys import KeyRing
from auth.tokens import PeerClaims, Tokens, _Spent
from desk.looking import Stamp
from federation.connections import serving_context
from federation.fanout import PEER_SECONDS, READY
from federation.peers import Peers
from federation.training import training_membership
from graph.driver import open_driver
from graph.local import LocalGraph, start_local
from graph.session import let_go
from register.tables import micros, sessions
from schemas.handling import Level, Purpose
from schemas.ids import ValueKind, normal_form
from tests.alone import kept
from tests.federation.circle import HOST, Node, joining
from tests.federation.six.land import Land, laid_out
from tests.federation.six.model import NOON, STEP_UP_MINUTES, Officer, Six, compartments_of, make
from tests.federation.six.seats import expired, taken, through
from tests.federation.six.ways import Way
from tests.federation.six.weather import Fault
from tests.noninterference.building import keeping_plans
from tests.oracle.conftest import Stage as Loading
from tests.oracle.conftest import abroad
from tests.station import MORNING, Caller

_PORT = 7443
# How long a token could pass, with clocks that differ.
_PASSES = timedelta(seconds=150)
_READY_SECONDS = 60.0


@dataclass
class Tampering:
    """The tokens of a node; for the peers that have such a fault they are not as they must be."""

    own: Tokens
    others: Tokens
    faults: dict[str, Fault] = field(default_factory=dict)
    spent: dict[str, str] = field(default_factory=dict)
    keeps: bool = False

    def verify_peer(self, token: str, **given: Any) -> PeerClaims:
        """Read what another state says, as `Tokens` does."""
        return self.own.verify_peer(token, **given)

    def mint_peer(self, officer: str, *, audience: str, **given: Any) -> str:
        """Mint a token, as `Tokens` does."""
        match self.faults.get(audience):
            case Fault.ANOTHERS_TOKEN:
                return self.others.mint_peer(officer, audience=audience, **given)
            case Fault.OTHER_AUDIENCE:
                another = min(self.faults.keys() - {audience})
                return self.own.mint_peer(officer, audience=another, **given)
            case Fault.REPLAYED:
                return self.spent[audience]
        token = self.own.mint_peer(officer, audience=audience, **given)
        if self.keeps:
            self.spent[audience] = token
        return token


@dataclass
class Stage:
    """The nodes with all that stands between them."""

    nodes: dict[str, Node]
    graphs: dict[str, LocalGraph]
    land: Land
    folder: Path
    ways: dict[tuple[str, str], Way] = field(default_factory=dict)
    tokens: dict[str, Tampering] = field(default_factory=dict)
    spent: dict[str, _Spent] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    entered: int = 0

    @property
    def states(self) -> tuple[str, ...]:
        """Give the states, in order of number."""
        return tuple(self.nodes)

    def value_id(self, state: str) -> Any:
        """Give how a state names an identifier."""
        return lambda kind, text: self.nodes[state].desk.keys.value_id(kind, normal_form(ValueKind(kind), text))

    async def put(self, seed: int) -> Six:
        """Put the worlds, agreements and officers of a seed in place of whatever is there."""
        six = make(seed, {state: self.value_id(state) for state in self.states})
        for node in self.nodes.values():
            node.watch.now = MORNING
        two = asyncio.Semaphore(2)

        async def load(state: str) -> None:
            named = (*compartments_of(state), "TRAINING")
            async with two:
                also = [abroad(one.tie, one.there) for one in six.said[state]]
                await Loading(self.nodes[state], {}).load(six.worlds[state], by=state, compartments=named, also=also)

        await asyncio.gather(*map(load, self.states))
        for (owner, asker), agreed in six.agreements.items():
            await self.nodes[owner].agree(
                asker,
                purposes=tuple(map(Purpose, agreed.purposes)),
                ceiling=Level(agreed.ceiling),
                compartments=agreed.compartments,
                step_up=tuple(map(Purpose, agreed.step_up)),
                step_up_minutes=STEP_UP_MINUTES,
            )
        self.callers.clear()
        for officer in six.officers:
            await self.enter(officer)
        for node in self.nodes.values():
            node.watch.now = NOON
        return six

    async def enter(self, officer: Officer) -> None:
        """Put an officer into the register of their state, with an enquiry, and a session if they signed in."""
        node = self.nodes[officer.state]
        # A seed may be put on the stage again: to the register this is somebody else, of whom nothing is known.
        self.entered += 1
        known = f"{officer.id}.{self.entered}"
        held: dict[str, Any] = {"level": Level(officer.level), "compartments": officer.compartments}
        self.callers[officer.id] = await node.caller(known, purpose=Purpose(officer.purpose), **held)
        self.sessions[officer.id] = id = str(uuid4())
        if officer.signed_in_at is not None:
            at = micros(officer.signed_in_at)
            begun = insert(sessions).values(id=id, officer=known, opened_at=at, renewed_at=at)
            await node.desk.register.sessions._writer.do(lambda connection: connection.execute(begun))

    async def ask(self, officer: Officer, document: str, variables: Mapping[str, Any]) -> tuple[int, bytes]:
        """Put one question for an officer at home and give what came: status and body."""
        answer = await self.heard(officer, document, variables)
        return answer.status_code, answer.content

    async def heard(self, officer: Officer, document: str, variables: Mapping[str, Any]) -> httpx.Response:
        """Put one question and give the whole answer."""
        node, caller = self.nodes[officer.state], self.callers[officer.id]
        token = node.tokens.mint_officer(caller.officer.id, self.sessions[officer.id], jti=str(uuid4()))
        headers = {"authorization": f"Bearer {token}", "sangam-enquiry": str(caller.enquiry)}
        headers |= {"content-type": "application/json", "accept": "application/json"}
        body = orjson.dumps({"query": document, "variables": variables})
        return await node.client.post("/graphql", content=body, headers=headers)

    async def befall(self, weather: Mapping[tuple[str, str], Fault], skews: Mapping[str, int], seed: int) -> None:
        """Let each way have its fault, and each clock go wrong by so many seconds; nobody is left alone any more."""
        mended = []
        for number, (pair, way) in enumerate(self.ways.items()):
            fault = weather.get(pair, Fault.NONE)
            if fault is Fault.NONE and way.fault is not fault:
                mended.append(way)
            if way.fault is not fault or fault is not Fault.NONE:
                await way.befall(fault, seed * 1000 + number)
            self.tokens[way.asker].faults[way.owner] = fault
        for state, node in self.nodes.items():
            skew = timedelta(seconds=skews.get(state, 0))
            node.watch.now = NOON + skew
            # After a clock went so far back a node refuses what it may have forgotten; here each began with its clock.
            node.tokens._spent = self.spent[state] if abs(skew) < _PASSES else _Spent()
        self.forget()
        await asyncio.gather(*(self._reached(way) for way in mended))

    async def _reached(self, way: Way) -> None:
        """Wait until an owner is reached that nothing keeps an asker from."""
        fanout = self.nodes[way.asker].federation.fanout
        peer = self.nodes[way.asker].federation.peers.by_state[way.owner]
        async with asyncio.timeout(_READY_SECONDS):
            while True:
                try:
                    await fanout._connections.ask(peer, "GET", READY, headers={}, seconds=PEER_SECONDS)
                    return
                except OSError:
                    await asyncio.sleep(0.05)

    def forget(self, asker: str | None = None) -> None:
        """Close breakers, as an answered probe does."""
        for way in self.ways.values():
            if asker in (None, way.asker):
                self.nodes[way.asker].federation.fanout.breaker(way.owner).answered()

    @asynccontextmanager
    async def without_database(self, state: str) -> AsyncIterator[None]:
        """Have a state's database killed, and another begun on what it left when the context ends."""
        node, graph = self.nodes[state], self.graphs[state]
        os.kill(graph.pid, signal.SIGKILL)
        await graph.kill()
        try:
            yield
        finally:
            await let_go(node.driver)
            self.graphs[state] = graph = await start_local(graph.home)
            node.driver = driver = await open_driver(graph.uri, graph.user, graph.password)
            object.__setattr__(node.desk, "graph", lambda: driver)

    @asynccontextmanager
    async def beside(self, state: str) -> AsyncIterator[Process]:
        """Have a process of its own answer for a state too, to be killed; ways lead there whose fault is KILLED."""
        graph = self.graphs[state]
        told = {
            "state": state,
            "home": str(self.folder / state),
            "graph": [graph.uri, graph.user, graph.password],
            "membership": self.nodes[state].membership.model_dump_json(),
            "at": NOON.isoformat(),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.federation.six.serving", stdin=PIPE, stdout=PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        line = await process.stdout.readline()
        for way in self.ways.values():
            if way.owner == state:
                way.exits[Fault.KILLED] = (HOST, int(line))
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def stage(graphs: Mapping[str, LocalGraph], folder: Path) -> AsyncIterator[Stage]:
    """Open a node for each state on its graph, and a way between each two."""
    async with AsyncExitStack() as stack:
        states = tuple(graphs)
        land = laid_out(states)
        stack.callback(land.close)
        stack.enter_context(keeping_plans())
        rings = {state: KeyRing.open(folder / state / "keys", at=MORNING) for state in states}
        addresses = {state: (f"https://{land.addresses[state]}:{_PORT}", rings[state].public()) for state in states}
        training = training_membership(addresses, datetime.now(UTC) - timedelta(minutes=1))
        membership, nodes = training.signed.membership, {}
        for state, graph in graphs.items():
            own, home = kept(training.issued[state], folder / state), folder / state
            nodes[state] = await joining(stack, state, graph, home, rings[state], own, membership, _PORT, Stamp.TRIAL)
        made = Stage(nodes, dict(graphs), land, folder)
        old = expired(states)
        for number, (state, node) in enumerate(nodes.items()):
            another = nodes[states[number - 1]]
            context = serving_context(node.own, [pem for one in membership.members for pem in one.certificates])
            with land.inside(state):
                await stack.enter_async_context(served(node.face, land.addresses[state], _PORT, context))
            seats = await taken(stack, node, rings[state], another, old[state], folder)
            seats[None] = (land.addresses[state], _PORT)
            for asker in states:
                if asker != state:
                    made.ways[asker, state] = way = Way(asker, state, land, dict(seats))
                    await way.open()
                    stack.push_async_callback(way.close)
            made.tokens[state] = Tampering(node.tokens, another.tokens)
            made.spent[state] = node.tokens._spent
        for state, node in nodes.items():
            entrances = {owner: way.entrance for (asker, owner), way in made.ways.items() if asker == state}
            node.federation.tokens = made.tokens[state]  # type: ignore[assignment]
            node.federation.peers = Peers.of(through(membership, old, entrances), state)
        yield made
