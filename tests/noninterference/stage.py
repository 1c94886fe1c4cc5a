"""A whole node over HTTP on which one world after the other is played: real graph, real register, scripted clock."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import httpx
import orjson
from fastapi import FastAPI
from sqlalchemy import Connection, insert, make_url, select
from starlette.routing import Route

from api.app import create_app
from api.graphql_http import GraphQLEndpoint
from api.rest import exports
from auth.keys import KeyRing
from auth.tokens import Tokens
from desk import federating
from desk.looking import Desk, Stamp
from desk.matching import put_matches
from federation.standing import Federation
from graph import fragments, matching, network, paths, session
from graph.connections import Kind
from graph.driver import Driver, open_driver
from graph.local import LocalGraph
from graph.migrate import migrate
from graph.session import let_go
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.store import Register
from register.tables import micros, pending_changes, vault_files, vault_keys
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from tests.alone import alone
from tests.noninterference import building
from tests.noninterference.low import ASKER, HOME, OTHER, UNITS, VIEWER, VIEWERS_RANK, Graph, Low, Named, Viewer, low
from tests.noninterference.observe import Heard, Observation, nonempty
from tests.noninterference.operations import EXPORT, FILES
from tests.noninterference.program import WAITING, Asked, Case, acted
from tests.noninterference.tape import Tape
from tests.noninterference.world import COMPARTMENTS, KEYS, NOW, World

UNHURRIED_SECONDS = 120.0
_TICK = timedelta(seconds=1)


@dataclass
class Played:
    """What one side showed, and what it held for the viewer at the end."""

    observations: list[Observation]
    ledger: list[Any]
    low: Low
    answered: list[bool]
    incidents: list[Any]


class Stage:
    """One node for many worlds; register, clock and tape are another for each of them."""

    def __init__(self, folder: Path, driver: Driver, ring: KeyRing) -> None:
        self.driver = driver
        self.now = NOW
        self.shared_tape = False
        self.plans_anew = False
        self._folder = folder
        self._templates: dict[Viewer, Path] = {}
        self._register: Register
        self.tokens = Tokens(ring, state=HOME, clock=self.clock, revoked=self._revoked)
        self.enquiries: dict[str, list[str]] = {}
        # One application serves all worlds: reading its documents anew for each would cost most of the time.
        self._desk = Desk(HOME, Stamp.TRIAL, None, lambda: driver, KEYS, self.clock, Tape("none"))  # type: ignore[arg-type]
        app = create_app(self._desk, self.tokens, self._missing)
        # It answers any document, and from now on what needs a second officer needs one.
        object.__setattr__(self._desk, "stamp", Stamp.LIVE)
        unhurried(app)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://node"
        )
        self._bearers = {id: self.tokens.mint_officer(id, id, jti=id) for id in (VIEWER, OTHER)}

    def clock(self) -> datetime:
        return self.now

    def _revoked(self, jti: str) -> bool:
        return self._register.sessions.is_revoked(jti)

    async def _missing(self) -> list[str]:
        return []

    @asynccontextmanager
    async def side(self, world: World, viewer: Viewer, seed: int) -> AsyncIterator[Register]:
        """Stand on one world with a register of its own for as long as the context lasts."""
        self.now = NOW
        self.plans_anew = bool(world.crowd)
        await building.build(self.driver, world)
        file = await self._copied(viewer)
        tape = Tape(f"side {seed}", shared=self.shared_tape)
        self._register = Register(make_url(f"sqlite:///{file}"), state=HOME, keys=KEYS, clock=self.clock, random=tape)
        object.__setattr__(self._desk, "register", self._register)
        object.__setattr__(self._desk, "random", tape)
        try:
            await self._keep(world)
            yield self._register
        finally:
            await self._register.close()
            shutil.rmtree(file.parent)
            if world.crowd:
                await building.clear(self.driver)

    async def play(self, world: World, case: Case, acts: bool) -> Played:
        """Build a world, run the case's program on it, and give all that the viewer could tell."""
        async with AsyncExitStack() as stack:
            register = await stack.enter_async_context(self.side(world, case.viewer, case.seed))
            if world.held:
                await stack.enter_async_context(self._holding(world.held))
            heard, observations, answered = Heard(), [], []
            for number, step in enumerate(case.steps):
                if acts:
                    await self._act(case, number, bool(world.held))
                if step.document.operation == "inbox":
                    await put_matches(self._desk)
                self.now += _TICK
                variables = heard.filled(step.variables)
                seen = Observation.of(await self.ask(VIEWER, step.document.text, variables, step.headers))
                if step.document.operation == EXPORT:
                    seen = await self._taken_away(seen, step.headers)
                elif step.document.operation == FILES:
                    seen = await self._files_of(str(variables["id"]), step.headers)
                heard.hear(step.document.operation, variables, seen.json)
                observations.append(seen)
                answered.append(nonempty(step.document.operation, seen.json))
            written = await register.ledger.search(officer=VIEWER, first=1000)
            entries = [(one.at, one.entry) for one in written]
            graph = await building.dump(self.driver)
            graph = Graph(graph.nodes, graph.edges, await self._named())
            after = low(graph, case.viewer, int(NOW.timestamp()))
            incidents = [entry for _, entry in entries if entry.kind is EntryKind.INCIDENT]
            return Played(observations, entries, after, answered, incidents)

    async def _keep(self, world: World) -> None:
        """Put what waits onto the register, as it lies there."""
        enquiries = dict(
            zip((VIEWER, OTHER, ASKER), (self.enquiries[of][0] for of in ("own", "others", "askers")), strict=True)
        )
        rows = [
            {
                "id": one.id,
                "act": "MEMBERSHIP",
                "digest": KEYS.digest("pending change", one.asked),
                "author": one.named.author,
                "enquiry": enquiries[one.named.author],
                "rank": one.named.rank,
                "level": one.named.level,
                "compartment": one.named.comp,
                "makes": one.makes,
                "state": one.named.state,
                "asked_at": micros(NOW - timedelta(days=1, seconds=int(one.id[-4:], 16))),
                "expires_at": one.named.expires_at * 1_000_000,
                "settled_by": one.named.settled_by,
                "settled_at": micros(NOW) if one.named.settled_by else None,
            }
            for one in world.waiting.values()
        ]
        # Every person has a photo, seen or not; only what the register says of it is asked for.
        people = sorted(id for id, one in world.records.items() if one.kind is Kind.PERSON)
        keys = [{"record": id, "sealed": b"-"} for id in people]
        files = [
            {
                "id": id.rsplit(":", 1)[1],
                "record": id,
                "media": "image/png",
                "bytes": 1,
                "sha256": KEYS.digest("file", id) * 2,
                "received_sha256": KEYS.digest("file", id) * 2,
                "added_at": micros(NOW),
                "added_by": OTHER,
            }
            for id in people
        ]

        def kept(connection: Connection) -> None:
            for table, lines in ((pending_changes, rows), (vault_keys, keys), (vault_files, files)):
                if lines:
                    connection.execute(insert(table), lines)

        await self._register._writer.do(kept)
        # Each record was looked at before, seen or not: its readers are asked for.
        for id in sorted(world.records):
            for who in (OTHER, ASKER):
                asked = {"asked": [{"act": "record", "id": id}]}
                entry = Entry(EntryKind.LOOK, who, enquiries[who], "INVESTIGATION", "record", asked, (id,), "OK")
                await self._register.ledger.append(entry)

    async def _named(self) -> dict[str, Named]:
        """Read what the register says of changes that wait."""
        of = pending_changes.c
        columns = (of.id, of.author, of.rank, of.level, of.compartment, of.expires_at, of.state, of.settled_by)
        rows = await self._register._reader.do(lambda connection: connection.execute(select(*columns)).all())
        return {
            id: Named(author, rank, level, comp, ends // 1_000_000, *told)
            for id, author, rank, level, comp, ends, *told in rows
        }

    async def _act(self, case: Case, number: int, held: bool) -> None:
        for act in case.acts:
            if act.before == number and not (held and act.name in WAITING):
                await self._others(acted(case, act))

    async def _others(self, asked: Asked) -> None:
        heard = Heard()
        for text, variables in asked:
            answer = await self.ask(OTHER, text, heard.filled(variables), {})
            heard.hear("", variables, orjson.loads(answer.content))

    async def ask(self, who: str, text: str, variables: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        """Send a document as one of the two officers, under his own enquiry unless the headers say another."""
        sent = {"content-type": "application/json", **self._sent(who, headers)}
        body = orjson.dumps({"query": text, "variables": variables})
        return await self.client.post("/graphql", content=body, headers=sent)

    async def _taken_away(self, seen: Observation, headers: dict[str, str]) -> Observation:
        """Give what the viewer gets who takes a network away that was just answered; no network, that answer."""
        network = (seen.json.get("data") or {}).get("network")
        if network is None:
            return seen
        self.now += _TICK
        reply = await self.client.get(f"/exports/{network['exportId']}", headers=self._sent(VIEWER, headers))
        return Observation.of(reply)

    async def _files_of(self, record: str, headers: dict[str, str]) -> Observation:
        """Give what the viewer gets who asks for the files of a record."""
        self.now += _TICK
        return Observation.of(
            await self.client.get(f"/records/{quote(record, safe='')}/files", headers=self._sent(VIEWER, headers))
        )

    def _sent(self, who: str, headers: dict[str, str]) -> dict[str, str]:
        own = self.enquiries["own" if who == VIEWER else "others"][0]
        return {"authorization": f"Bearer {self._bearers[who]}", "sangam-enquiry": own, **headers}

    @asynccontextmanager
    async def _holding(self, ids: tuple[str, ...]) -> AsyncIterator[None]:
        """Keep an open transaction that has written to these records, and take it back at the end."""
        async with self.driver.session() as session, await session.begin_transaction() as transaction:
            await (await transaction.run(building.HOLD, ids=list(ids))).consume()
            yield
            await transaction.rollback()

    def joins(self, federation: Federation) -> None:
        """Let questions be put to many."""
        object.__setattr__(self._desk, "federation", federation)

    async def _copied(self, viewer: Viewer) -> Path:
        """Give a register in which the viewer and the other officer have accounts and enquiries."""
        if viewer not in self._templates:
            self._templates[viewer] = await self._template(viewer, self._folder / f"template-{len(self._templates)}")
        folder = self._folder / "side"
        folder.mkdir(mode=0o700)
        return Path(shutil.copy2(self._templates[viewer], folder / "register.db"))

    async def _template(self, viewer: Viewer, folder: Path) -> Path:
        file = folder / "register.db"
        tape = Tape("accounts")
        register = await Register.open(f"sqlite:///{file}", state=HOME, keys=KEYS, clock=self.clock, random=tape)
        compartments = tuple(sorted(viewer.compartments))
        everything = (3, COMPARTMENTS)
        for id, (level, comps) in ((VIEWER, (viewer.level, compartments)), (OTHER, everything), (ASKER, everything)):
            held: dict[str, Any] = {"level": Level(level), "compartments": comps, "unit": UNITS[id]}
            officer = Officer(id=id, name="Officer", state=HOME, rank=Rank(VIEWERS_RANK), **held)
            entry = Entry(EntryKind.ACCOUNT, "tests", None, None, "open account", {"account": id}, (), "OK")
            await register.officers.add(NewAccount(officer, "-", "A" * 32), at=NOW, by="tests", entry=entry)
        purposes = [viewer.purpose, "INVESTIGATION", "FUGITIVE"]
        own = [await _opened(register, VIEWER, purpose, number) for number, purpose in enumerate(purposes)]
        others = [await _opened(register, OTHER, "INVESTIGATION", 9)]
        askers = [await _opened(register, ASKER, "INVESTIGATION", 9)]
        self.enquiries = {"own": own, "others": others, "askers": askers}
        await register.close()
        return file


def unhurried(app: FastAPI) -> None:
    """Lengthen the deadline of answers: response time is a declared release, and not what is proved here."""
    for route in app.router.routes:
        if isinstance(route, Route) and isinstance(route.endpoint, GraphQLEndpoint):
            route.endpoint._deadline = UNHURRIED_SECONDS


async def _opened(register: Register, officer: str, purpose: str, number: int) -> str:
    ends = NOW + timedelta(days=30)
    content = EnquiryContent(
        purpose=Purpose(purpose), case_ref=f"FIR 000{number}/2026", legal_basis="BNSS 173", expires_at=ends
    )
    return (await register.enquiries.open(officer, content, at=NOW - timedelta(minutes=number + 1))).id


@asynccontextmanager
async def stage(graph: LocalGraph, folder: Path) -> AsyncIterator[Stage]:
    """Open a node for the proof on a graph that it wipes; `folder` takes its registers."""
    driver = await open_driver(graph.uri, graph.user, graph.password)
    await migrate(driver)
    await building.clear(driver)
    sent = session.sent

    def kept(text: str) -> str:
        # Each world turns the statistics over, and planning every text anew for each would cost most of the time.
        return sent(text) if made.plans_anew else building.KEPT + sent(text)

    ring = KeyRing.open(folder / "keys", at=NOW)
    made = Stage(folder, driver, ring)
    # The ids of enquiries come from one tape, so that they are the same for every viewer.
    await made._copied(Viewer(0, (), "INVESTIGATION"))
    shutil.rmtree(folder / "side")
    async with alone(HOME, ring, made.tokens, made.clock, folder / "circle") as circle:
        made.joins(circle)
        with bounds(kept):
            yield made
    await made.client.aclose()
    await building.clear(driver)
    await let_go(driver)


@contextmanager
def bounds(kept: Callable[[str], str]) -> Iterator[None]:
    """Have texts planned once and waited for, and give the walks bounds that the small worlds reach."""
    with (
        patch.object(session, "sent", kept),
        patch.object(session, "DEADLINE_SECONDS", UNHURRIED_SECONDS),
        patch.object(exports, "DEADLINE", UNHURRIED_SECONDS),
        patch.object(federating, "PEER_SECONDS", UNHURRIED_SECONDS),
        patch.object(network, "LINKS_SHARED", 800),
        patch.object(network, "LINKS_OF_STARTS", 8),
        patch.object(network, "FEW_LINKS", 3),
        patch.object(network, "MOST_LINKS", 6),
        patch.object(paths, "MOST_LINKS", 40),
        patch.object(fragments, "LINKS_SHARED", 60),
        patch.object(matching, "MOST_BEARERS", 2),
    ):
        yield
