"""Reviews and disputes at the command line."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.asking import Enquiry, SessionFile, Token, Url, client
from api.cli.saying import JsonFlag, out, say_json

Record = Annotated[str, typer.Argument(help="The record, by its id.")]


def review(
    id: Record,
    because: Annotated[str, typer.Option(help="What is new, and why it is kept for that.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Until which day it shall stand.")],
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Keep a record of this state longer on new information; also one that has lapsed."""
    with client(url, token, enquiry, session) as node:
        _say("reviewed", node.review(id, because, until.date()), json=json)


def dispute(
    id: Record,
    statement: Annotated[str, typer.Option(help="What is disputed, and by whom.")],
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Say what is disputed about a record of this state: it shows on every view of it."""
    with client(url, token, enquiry, session) as node:
        _say("disputed", node.dispute(id, statement), json=json)


def settle(
    id: Record,
    reason: Annotated[str, typer.Option(help="Why.")],
    upheld: Annotated[bool, typer.Option("--upheld/--not-upheld", help="Whether the dispute was right.")],
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Settle what another officer disputed."""
    with client(url, token, enquiry, session) as node:
        _say("settled", node.settle_dispute(id, reason, upheld=upheld), json=json)


def _say(done: str, id: str, *, json: bool) -> None:
    if json:
        say_json({done: id})
    else:
        out.print(f"{id} is {done}.", markup=False)
