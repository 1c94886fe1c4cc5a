"""A node for tests: the real app over the real graph and a register of its own, with a clock that the test moves."""

import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx

from api.app import create_app
from auth.grant import Grant, Mode
from auth.keys import KeyRing
from auth.policy import Job, decide_job
from auth.sealing import StateKeys
from auth.tokens import Tokens
from desk import federating
from desk.entering import tokens_of
from desk.looking import RECORDS_A_DAY, Desk, Stamp
from graph.driver import Driver, open_driver
from graph.errors import GraphUnavailable
from graph.library import statement
from graph.local import LocalGraph
from graph.migrate import migrate
from graph.session import GraphDeadline, GraphSession, let_go, sent
from graph.visible import parameters
from graph.writing import NewLink, NewRecord, Operation, store
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.store import Register
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from schemas.operation import Random, SystemRandom
from tests.alone import alone

MORNING = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = MORNING.date()
PLANNINGS = 8
UNHURRIED = 60.0
WALK = statement("network/around")


@dataclass
class Watch:
    """A clock that stands still until it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@dataclass
class Caller:
    """One officer with a token and an open enquiry, asking over HTTP."""

    client: httpx.AsyncClient
    officer: Officer
    token: str
    enquiry: str | None

    async def post(self, document: str, variables: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Send a document and give the whole response."""
        sent = {"authorization": f"Bearer {self.token}", "accept": "application/json", **headers}
        if self.enquiry is not None:
            sent.setdefault("sangam-enquiry", self.enquiry)
        body = {"query": document, "variables": variables or {}}
        for _ in range(PLANNINGS):
            response = await self.client.post("/graphql", json=body, headers=sent)
            # A busy machine may not have planned a new shape in time; it goes on planning, so the asker asks again.
            if b'"DEADLINE"' not in response.content or document.lstrip().startswith("mutation"):
                break
        return response

    async def ask(self, document: str, variables: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """Give the data of an answer that must be without errors."""
        answer = (await self.post(document, variables, **headers)).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def code(self, document: str, variables: dict[str, Any] | None = None, **headers: str) -> str:
        """Give the code of an answer that must be an error."""
        answer = (await self.post(document, variables, **headers)).json()
        return str(answer["errors"][0]["extensions"]["code"])


@dataclass
class Station:
    """A node under test."""

    desk: Desk
    tokens: Tokens
    client: httpx.AsyncClient
    driver: Driver
    watch: Watch
    ring: KeyRing
    missing: list[str] = field(default_factory=list)

    async def officer(self, id: str = "rj.adg", *, rank: Rank = Rank.ADG_SPL_CP, **given: Any) -> Officer:
        """Put an officer into the register as the register itself stores one."""
        held = {"level": Level.SOURCE_BEARING, "compartments": (), "unit": "HQ", **given}
        officer = Officer(id=id, name="Officer of the tests", state="IN-RJ", rank=rank, **held)
        await self._account(officer)
        return officer

    async def _account(self, officer: Officer) -> None:
        opened = Entry(EntryKind.ACCOUNT, "tests", None, None, "open account", {"account": officer.id}, (), "OK")
        account = NewAccount(officer, "-", "A" * 32)
        await self.desk.register.officers.add(account, at=self.watch(), by="tests", entry=opened)

    async def caller(
        self, id: str = "rj.adg", *, purpose: Purpose | None = Purpose.INVESTIGATION, **given: Any
    ) -> Caller:
        """Put an officer into the register, and give him a token and an enquiry."""
        officer = await self.officer(id, **given)
        token = self.tokens.mint_officer(officer.id, str(uuid4()), jti=str(uuid4()))
        caller = Caller(self.client, officer, token, None)
        if purpose is not None:
            caller.enquiry = await self.enquiry(officer.id, purpose)
        return caller

    async def enquiry(self, officer: str, purpose: Purpose, *, days: float = 30) -> str:
        """Open an enquiry straight in the register."""
        ends = self.watch() + timedelta(days=days)
        content = EnquiryContent(purpose=purpose, case_ref="FIR 0123/2026", legal_basis="BNSS 173", expires_at=ends)
        return (await self.desk.register.enquiries.open(officer, content, at=self.watch())).id

    async def plan_the_walk(self) -> None:
        """Have the walk of a network planned, which takes longer than a question has where the machine is busy."""
        grant = decide_job(Job.MATCH, run="tests", state="IN-RJ", compartments=(), at=self.watch())
        nothing: dict[str, Any] = dict.fromkeys(WALK.params)
        given = {
            "asked": {**nothing, "limit": 1, "most": 1, "most_links": 1, "hub": 1, "start_hub": 1},
            "g": parameters(grant, Mode.MATCH),
        }
        async with self.driver.session() as session:
            await (await session.run(sent(WALK.text), given)).consume()

    async def load(self, grant: Grant, records: Sequence[NewRecord], links: Sequence[NewLink]) -> None:
        """Store a world in one transaction, tried again where planning its statements took the transaction's time."""
        graph = GraphSession(grant, lambda: self.driver)
        for _ in range(6):
            with suppress(GraphDeadline, GraphUnavailable):
                await store(graph, Operation(str(uuid4()), self.watch(), "-"), records, links)
                break
        else:
            raise AssertionError("The database does not plan this in time.")
        await self.plan_the_walk()  # now that the database has other figures to plan by

    async def wipe(self) -> None:
        """Take everything but the migrations out of the graph."""
        async with self.driver.session() as session:
            await (await session.run("MATCH (n) WHERE NOT n:Migration DETACH DELETE n")).consume()


@contextmanager
def as_live(desk: Desk) -> Iterator[None]:
    """Have what needs a second officer need one, as on a live node, for as long as the context lasts."""
    stamp = desk.stamp
    object.__setattr__(desk, "stamp", Stamp.LIVE)
    try:
        yield
    finally:
        object.__setattr__(desk, "stamp", stamp)


def marking(**given: Any) -> dict[str, Any]:
    """Give a marking as GraphQL takes it."""
    plain = {
        "unit": "RJ-JPC",
        "legalBasis": "BNSS 173",
        "caseRef": "FIR 0123/2026",
        "sourceGrade": "B",
        "infoGrade": "KNOWN_TO_SOURCE",
        "handling": "H0",
        "level": 0,
        "audience": [],
        "reviewOn": str(TODAY + timedelta(days=300)),
        "expiresAt": (MORNING + timedelta(days=600)).isoformat(),
    }
    return {**plain, **given}


def name(text: str, script: str = "LATIN") -> dict[str, str]:
    """Give a name as GraphQL takes it."""
    return {"text": text, "script": script, "kind": "LEGAL"}


@asynccontextmanager
async def station(
    graph: LocalGraph,
    folder: Path,
    *,
    stamp: Stamp = Stamp.TRIAL,
    random: Random | None = None,
    records_a_day: int = RECORDS_A_DAY,
    seconds: bool = False,
) -> AsyncIterator[Station]:
    """Open a node on an empty graph with a new register in a folder; both are closed with the context.

    With `seconds` it answers any document, and what needs a second officer needs one as on a live node.
    """
    watch, random = Watch(), random or SystemRandom()
    home = folder / f"station-{uuid4().hex}"
    keys = StateKeys.from_master(b"s" * 32)
    register = await Register.open(
        f"sqlite:///{home / 'register' / 'register.db'}", state="IN-RJ", keys=keys, clock=watch, random=random
    )
    driver = await open_driver(graph.uri, graph.user, graph.password)
    await migrate(driver)
    ring = KeyRing.open(home / "keys", at=watch())
    tokens = tokens_of(register, ring)
    circle = AsyncExitStack()
    federation = await circle.enter_async_context(alone("IN-RJ", ring, tokens, watch, home / "circle"))
    desk = Desk("IN-RJ", stamp, register, lambda: driver, keys, watch, random, records_a_day, federation)
    lacking: list[str] = []

    async def missing() -> list[str]:
        return lacking

    transport = httpx.ASGITransport(create_app(desk, tokens, missing), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
        made = Station(desk, tokens, client, driver, watch, ring, lacking)
        await made.wipe()
        # What it answers of its own is waited for, as all its other answers are, until the database has planned it.
        with patch.object(federating, "PEER_SECONDS", UNHURRIED), as_live(desk) if seconds else nullcontext():
            yield made
    await circle.aclose()
    await let_go(driver)
    await register.close()
    shutil.rmtree(home, ignore_errors=True)


def later(days: int) -> date:
    """Give the day so many days after the tests' today."""
    return TODAY + timedelta(days=days)
