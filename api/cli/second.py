"""The second officer at the command line: what waits, and yes or no to it."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from api.cli import tables
from api.cli.asking import Enquiry, SessionFile, Token, Url, client
from api.cli.saying import JsonFlag, out, say_json
from sangam import Client, PendingChange
from schemas.pending import InboxKind

MOST = 100

Change = Annotated[str, typer.Argument(help="The change that waits, by its id.")]


def inbox(
    kind: Annotated[
        InboxKind, typer.Option(help="Changes to approve, records to review, disputes, or two records that may be one.")
    ] = InboxKind.APPROVAL,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show what waits for you and what of your own waits for another; or what your unit must review or judge."""
    with client(url, token, enquiry, session) as node:
        rows, shown = _waiting(node, kind)
        found = list(islice(rows, MOST))
    if json:
        say_json(found)
    else:
        out.print(shown(found))


def _waiting(node: Client, kind: InboxKind) -> tuple[Iterator[Any], Callable[[list[Any]], RenderableType]]:
    """Give what waits in an inbox, and what shows it."""
    match kind:
        case InboxKind.APPROVAL:
            return node.inbox(), tables.inbox
        case InboxKind.MATCH:
            return node.matches(), tables.matches
    return node.duties(kind), tables.duties


def approve(
    id: Change,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Carry out what an officer of another chain asked for."""
    with client(url, token, enquiry, session) as node:
        _say(node.approve(id), json=json)


def decline(
    id: Change,
    reason: Annotated[str, typer.Option(help="Why.")],
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Refuse what an officer of another chain asked for."""
    with client(url, token, enquiry, session) as node:
        _say(node.decline(id, reason), json=json)


def take_back(
    id: Change,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Take back what you asked for and nobody has settled."""
    with client(url, token, enquiry, session) as node:
        _say(node.withdraw_pending(id), json=json)


def _say(change: PendingChange, *, json: bool) -> None:
    if json:
        say_json(change)
    else:
        out.print(f"{change.id} is {change.state.value.lower()}.", markup=False)
