"""The questions that the demo asks first, through HTTP like any officer's program: find, network, incident."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pyotp import TOTP
from rich.rule import Rule

from api.cli import tables
from api.cli.saying import out
from api.cli.session import Session
from api.cli.sources import everywhere_told
from desk.training import TrainingAccount
from federation.fanout import PROBE_SECONDS
from sangam import AsyncClient, NodeKind, sign_in_async
from schemas.enquiry import EnquiryContent
from schemas.handling import Purpose
from schemas.incident import IncidentContent


async def enter(url: str, account: TrainingAccount, case_ref: str) -> Session:
    """Sign a training officer in, open an enquiry, and give the session to ask under."""
    said = {"id": account.officer.id, "password": account.password, "totp_secret": account.totp_secret}
    return await enter_as(url, said, case_ref)


async def enter_as(url: str, officer: Mapping[str, str], case_ref: str) -> Session:
    """Sign in by what a node has printed of an officer, open an enquiry, and give the session to ask under."""
    code = TOTP(officer["totp_secret"]).now()
    entered = await sign_in_async(url, officer["id"], officer["password"], code)
    content = EnquiryContent(
        purpose=Purpose.TRAINING,
        case_ref=case_ref,
        legal_basis="Training of officers",
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    async with AsyncClient(url, entered.access_token) as client:
        opened = await client.open_enquiry(content)
    return Session.of(url, entered, opened.id, time.time())


async def ask_and_show(session: Session, wanted: str, command: str, named: str) -> None:
    """Ask three questions and show their answers, each under the command that asks it again.

    `named` names the session where it is not the usual one.
    """
    async with AsyncClient(session.url, session.token, session.enquiry) as client:
        found = await client.find_first(wanted, [NodeKind.PERSON], 3)
        _asked("Who is this? A gang leader's name, as a colleague wrote it", f"{command} find '{wanted}'{named}")
        out.print(tables.hits(found.items, more=False))
        if found.items:
            id = found.items[0].node.id
            around = await client.network(id, hops=2, limit=40)
            _asked("Who is around this person?", f"{command} network {id} --hops 2{named}")
            out.print(tables.network(around, [id]))
        incident = await anext(client.records(IncidentContent, {"firing_for_extortion": True}), None)
        if incident is not None:
            chain = await client.record(incident.id)
            around = await client.network(incident.id)
            _asked("What happened when shots came with a demand?", f"{command} record {incident.id}{named}")
            out.print(tables.record(chain, around))


async def ask_all_and_show(session: Session, wanted: str, command: str, named: str) -> None:
    """Put one question to every state and show who said what; a database plans a question that is new to it first."""
    async with AsyncClient(session.url, session.token, session.enquiry) as client:
        for _ in range(_TRIES):
            found = await client.find_everywhere(wanted, [NodeKind.PERSON], 6)
            if found.complete:
                break
            await asyncio.sleep(PROBE_SECONDS)
    _asked(
        "Does any state know this man? Asked once, answered by each", f"{command} find '{wanted}' --everywhere{named}"
    )
    out.print(everywhere_told(found))


_TRIES = 8


def _asked(question: str, command: str) -> None:
    out.print()
    out.print(Rule(f"[bold]{question}[/]", align="left", characters="─"))
    out.print(f"[green]$ {command}[/]", soft_wrap=True)
    out.print()
