"""A node in a process of its own, to be killed: it says its port and a token on standard output, then serves."""

import asyncio
import json
import socket
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import uvicorn

from api.node import Node, open_node
from api.settings import Settings
from desk.looking import Stamp
from register.ledger import Entry, EntryKind
from register.officers import NewAccount, OfficerExists
from schemas.enquiry import EnquiryContent
from schemas.handling import Level, Purpose
from schemas.officer import Officer, Rank
from schemas.operation import system_clock
from tests.kills.told import EXPIRES

OFFICER = Officer(id="rj.killed", name="Officer of the kills", state="IN-RJ", rank=Rank.SI, unit="HQ", level=Level(1))


async def _ready(node: Node) -> dict[str, str]:
    """Have an officer, a token and an enquiry, as the register itself stores them."""
    register, at = node.desk.register, system_clock()
    opened = Entry(EntryKind.ACCOUNT, "tests", None, None, "open account", {"account": OFFICER.id}, (), "OK")
    with suppress(OfficerExists):
        await register.officers.add(NewAccount(OFFICER, "-", "A" * 32), at=at, by="tests", entry=opened)
    content = EnquiryContent(
        purpose=Purpose.INVESTIGATION, case_ref="FIR 0001/2026", legal_basis="BNSS 173", expires_at=EXPIRES()
    )
    enquiry = await register.enquiries.open(OFFICER.id, content, at=at)
    token = node.tokens.mint_officer(OFFICER.id, str(uuid4()), jti=str(uuid4()))
    return {"token": token, "enquiry": enquiry.id}


async def main(data: str, uri: str, password: str) -> None:
    """Serve until killed."""
    settings = Settings(
        state="IN-RJ", data=Path(data), stamp=Stamp.TRIAL, graph_uri=uri, graph_user="neo4j", graph_password=password
    )
    async with open_node(settings) as node:
        listener = socket.create_server(("127.0.0.1", 0))
        told = {**await _ready(node), "port": listener.getsockname()[1]}
        print(json.dumps(told), flush=True)
        server = uvicorn.Server(uvicorn.Config(node.app, log_level="error", lifespan="off"))
        await server.serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
