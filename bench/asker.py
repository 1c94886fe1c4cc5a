"""The node that asks in the races: a real one, with its graph, register, ledger and the face that officers ask at."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvloop

from api.app import create_app
from api.cli.serving import served
from api.rest.federation import schema_digest
from auth.certificates import der_of, thumbprint
from auth.keys import KeyRing
from auth.sealing import StateKeys
from bench.circle import FIND, HOME, HOST, TEXT
from desk.entering import tokens_of
from desk.looking import Desk, Stamp
from federation.connections import Connections, OwnCertificate
from federation.fanout import PROBE_SECONDS, Fanout
from federation.peers import Peers
from federation.standing import Federation
from graph.driver import open_driver
from graph.local import start_local
from graph.migrate import migrate
from graph.session import let_go
from register.ledger import Entry, EntryKind
from register.officers import NewAccount
from register.store import Register
from schemas.codes import states
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.membership import SignedMembership
from schemas.officer import Officer, Rank
from schemas.operation import SystemRandom, system_clock

_RECORD = """mutation R($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""


async def main() -> None:
    """Open the node that the first line of input tells of, say where it is, and end when input ends."""
    lines = await _lines()
    given = json.loads(await lines.readline())
    folder = Path(given["folder"])
    async with AsyncExitStack() as stack:
        said, federation = await _open(stack, folder, given["rows"])
        probing = asyncio.create_task(_probe(federation))
        print(json.dumps(said), flush=True)
        while await lines.readline():
            # The one thing that it is told: to forget who failed.
            for peer in federation.peers:
                federation.fanout.breaker(peer.state).answered()
            print(flush=True)
        probing.cancel()
        with suppress(asyncio.CancelledError):
            await probing


async def _open(stack: AsyncExitStack, folder: Path, rows: int) -> tuple[dict[str, Any], Federation]:
    membership = SignedMembership.model_validate_json((folder / "membership.json").read_bytes()).membership
    states.adopt(states.Member(one.code, one.name, one.number) for one in membership.members)
    keys = StateKeys.from_master(b"r" * 32)
    url = f"sqlite:///{folder / 'register' / 'register.db'}"
    clock, random = system_clock, SystemRandom()
    register = await Register.open(url, state=HOME, keys=keys, clock=clock, random=random)
    stack.push_async_callback(register.close)
    graph = await start_local(folder / "graph")
    stack.push_async_callback(graph.stop)
    driver = await open_driver(graph.uri, graph.user, graph.password)
    stack.push_async_callback(let_go, driver)
    await migrate(driver)
    ring = KeyRing.open(folder / "keys", at=clock())
    tokens = tokens_of(register, ring)
    own = OwnCertificate(folder / f"{HOME}.pem", folder / f"{HOME}-key.pem")
    connections = Connections(own, clock)
    stack.push_async_callback(connections.close)
    fanout = Fanout(connections, clock=clock, schema=schema_digest())
    federation = Federation(Peers.of(membership, HOME), fanout, tokens, thumbprint(der_of(own.certificate.read_text())))
    desk = Desk(HOME, Stamp.TRIAL, register, lambda: driver, keys, clock, random, federation=federation)
    officer = Officer(
        id="rj.adg",
        name="Officer of the race",
        state=HOME,
        rank=Rank.ADG_SPL_CP,
        unit="HQ",
        level=Level.SOURCE_BEARING,
        compartments=(),
    )
    entry = Entry(EntryKind.ACCOUNT, "bench", None, None, "open account", {"account": officer.id}, (), "OK")
    await register.officers.add(NewAccount(officer, "-", "A" * 32), at=clock(), by="bench", entry=entry)
    ends = clock() + timedelta(days=1)
    content = EnquiryContent(
        purpose=Purpose.INVESTIGATION, case_ref="FIR 0123/2026", legal_basis="BNSS 173", expires_at=ends
    )
    enquiry = await register.enquiries.open(officer.id, content, at=clock())

    async def missing() -> list[str]:
        return []

    address = await stack.enter_async_context(served(create_app(desk, tokens, missing), HOST, 0))
    said = {
        "address": f"{address}/graphql",
        "token": tokens.mint_officer(officer.id, str(uuid4()), jti=str(uuid4())),
        "enquiry": enquiry.id,
        "graph": graph.pid,
        "officer": {
            "id": officer.id,
            "state": HOME,
            "rank": officer.rank.value,
            "unit": officer.unit,
            "level": officer.level.value,
            "purpose": content.purpose.value,
            "case_ref": content.case_ref,
            "legal_basis": content.legal_basis,
            "enquiry": enquiry.id,
            "enquiry_exp": int(ends.timestamp()),
            "auth_time": int(clock().timestamp()),
        },
    }
    return said | {"rows": await _recorded(said, rows)}, federation


async def _recorded(said: dict[str, Any], rows: int) -> list[dict[str, Any]]:
    """Record what this state has, and give it as it is found."""
    today = system_clock()
    person = {"category": "SUSPECT", "names": [{"text": TEXT, "script": "LATIN", "kind": "LEGAL"}]}
    marking = {
        "unit": "RJ-JPC",
        "legalBasis": "BNSS 173",
        "caseRef": "FIR 0123/2026",
        "sourceGrade": "B",
        "infoGrade": "KNOWN_TO_SOURCE",
        "handling": "H0",
        "level": 0,
        "audience": [],
        "reviewOn": str((today + timedelta(days=300)).date()),
        "expiresAt": (today + timedelta(days=600)).isoformat(),
    }
    headers = {"authorization": f"Bearer {said['token']}", "sangam-enquiry": said["enquiry"]}
    async with httpx.AsyncClient(headers=headers, timeout=30) as client:

        async def ask(document: str, **variables: Any) -> Any:
            body = {"query": document, "variables": variables}
            return (await client.post(said["address"], json=body)).json()["data"]

        for _ in range(rows):
            made = await ask(_RECORD, p=person, m=marking)
            assert made["recordPerson"]["problems"] == []
        found: list[dict[str, Any]] = []
        # A database plans a new kind of question once, which may take longer than a question to others waits.
        while len(found) < rows:
            answer = await ask(FIND.replace("federated {", "federated(states: []) {"), text=TEXT, first=50)
            found = answer["federated"]["find"]["nodes"]
        return found


async def _probe(federation: Federation) -> None:
    """See which peers are back, as often as a node does."""
    while True:
        await asyncio.sleep(PROBE_SECONDS)
        await federation.fanout.probe(federation.peers)


async def _lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
