"""Questions from the command line, through the same client and documents that any program uses."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.cli import tables
from api.cli.saying import JsonFlag, out, say_json
from api.cli.session import current, demo_folder, keep, session_file
from api.cli.sources import everywhere_told
from sangam import Client, NodeKind
from sangam.errors import Refused
from schemas.enquiry import EnquiryContent
from schemas.errors import ErrorCode
from schemas.handling import Purpose
from schemas.ids import ValueKind
from schemas.link import LinkKind

Url = Annotated[str | None, typer.Option(envvar="SANGAM_URL", help="The node's address.")]
Token = Annotated[str | None, typer.Option(envvar="SANGAM_TOKEN", help="The officer's token, from POST /sign-in.")]
Enquiry = Annotated[str | None, typer.Option(envvar="SANGAM_ENQUIRY", help="The open enquiry that this is for.")]
ValidAt = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what held true on this day.")]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
        help="As it was known at this moment, written 2026-01-31T10:00+05:30.",
    ),
]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="Ask the other states too.")]
States = Annotated[list[str] | None, typer.Option(help="Ask this state too, such as IN-PB; may be given again.")]
SessionFile = Annotated[
    Path | None, typer.Option(envvar="SANGAM_SESSION", help="The session to use where no address and token are given.")
]

MOST_READERS = 200


def _typed(identifiers: Sequence[str]) -> list[tuple[ValueKind, str]]:
    """Read identifiers written KIND:NUMBER."""
    found = []
    for text in identifiers:
        kind, _, value = text.partition(":")
        if kind not in set(ValueKind) or not value:
            kinds = ", ".join(ValueKind)
            raise typer.BadParameter(f"An identifier is written KIND:NUMBER; kinds are {kinds}.")
        found.append((ValueKind(kind), value))
    return found


def ask(
    document: Annotated[str, typer.Argument(help="A GraphQL document.")],
    variables: Annotated[str, typer.Option(help="Its variables, as a JSON object.")] = "{}",
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Ask in GraphQL; a node in production answers only documents that it trusts."""
    with client(url, token, enquiry, session) as node:
        data = node.ask(document, _variables(variables))
    if json:
        say_json(data)
    else:
        out.print_json(orjson.dumps(data).decode(), ensure_ascii=False)


def find(
    text: Annotated[str, typer.Argument(help="A name in any script, a phone, a social id or a FIR number.")],
    kind: Annotated[list[NodeKind] | None, typer.Option(help="Only this kind; may be given again.")] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    first: Annotated[int, typer.Option(help="How many, at most 50.")] = 10,
    everywhere: Everywhere = False,
    state: States = None,
    after: Annotated[str | None, typer.Option(help="The cursor of the page before, of many states.")] = None,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Find people, gangs, incidents, accounts and identifiers."""
    with client(url, token, enquiry, session) as node:
        if everywhere or state or after:
            found = node.find_everywhere(
                text, kind, first, states=state or None, valid_at=day(valid_at), known_at=known_at, after=after
            )
            say_json(found) if json else out.print(everywhere_told(found))
            return
        page = node.find_first(text, kind, first, valid_at=day(valid_at), known_at=known_at)
    if json:
        say_json(page)
    else:
        out.print(tables.hits(page.items, more=page.more))


def network(
    id: Annotated[list[str] | None, typer.Argument(help="Where to start: ids of records or identifiers.")] = None,
    identifier: Annotated[
        list[str] | None, typer.Option(help="Start, with --everywhere, from a number too: PHONE:+919829012345.")
    ] = None,
    hops: Annotated[int, typer.Option(help="How far, at most 3.")] = 1,
    along: Annotated[list[LinkKind] | None, typer.Option(help="Only along this relation; may be given again.")] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    limit: Annotated[int, typer.Option(help="How many nodes, at most 500.")] = 200,
    everywhere: Everywhere = False,
    state: States = None,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show the network around someone or something."""
    with client(url, token, enquiry, session) as node:
        if everywhere or state or identifier:
            across = node.network_everywhere(
                *id or (), identifiers=_typed(identifier or ()), hops=hops, along=along, limit=limit,
                states=state or None, valid_at=day(valid_at), known_at=known_at,
            )  # fmt: skip
            say_json(across) if json else out.print(everywhere_told(across))
            return
        id = id or []
        found = node.network(*id, hops=hops, along=along, valid_at=day(valid_at), known_at=known_at, limit=limit)
    if json:
        say_json(found)
    else:
        out.print(tables.network(found, id))


def path(
    one: Annotated[str, typer.Argument(help="One end: the id of a record or identifier.")],
    other: Annotated[str, typer.Argument(help="The other end.")],
    max_hops: Annotated[int, typer.Option(help="How many links a path has at most, at most 8.")] = 6,
    k: Annotated[int, typer.Option("--k", "-k", help="How many paths, at most 5.")] = 3,
    along: Annotated[list[LinkKind] | None, typer.Option(help="Only along this relation; may be given again.")] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    everywhere: Everywhere = False,
    state: States = None,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show how two are joined: the shortest paths between them."""
    with client(url, token, enquiry, session) as node:
        if everywhere or state:
            across = node.paths_everywhere(
                one, other, max_hops=max_hops, k=k, along=along, states=state or None, valid_at=day(valid_at),
                known_at=known_at,
            )  # fmt: skip
            say_json(across) if json else out.print(everywhere_told(across))
            return
        found = node.paths(one, other, max_hops=max_hops, k=k, along=along, valid_at=day(valid_at), known_at=known_at)
    if json:
        say_json(found)
    else:
        out.print(tables.paths(found))


def record(
    id: Annotated[str, typer.Argument(help="The id of a person, gang, incident or account.")],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show a record and what hangs on it."""
    with client(url, token, enquiry, session) as node:
        found = node.record(id, valid_at=day(valid_at), known_at=known_at)
        around = None if json else node.network(id, valid_at=day(valid_at), known_at=known_at, limit=100)
    if around is None:
        say_json(found)
    else:
        out.print(tables.record(found, around))


def readers(
    id: Annotated[str, typer.Argument(help="The id of a record.")],
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show who looked at a record of a unit that you supervise, newest first."""
    with client(url, token, enquiry, session) as node:
        found = list(islice(node.readers(id), MOST_READERS))
    if json:
        say_json(found)
    else:
        out.print(tables.readers(found))


def open_(
    purpose: Annotated[Purpose, typer.Option(help="Why.")],
    case: Annotated[str, typer.Option(help="The case that it serves.")],
    basis: Annotated[str, typer.Option(help="The law under which it is made.")],
    days: Annotated[int, typer.Option(help="For how many days, at most 90.")] = 1,
    url: Url = None,
    token: Token = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Open an enquiry: every question needs one; a session asks for the new one from now on."""
    expires = datetime.now(UTC) + timedelta(days=days)
    content = EnquiryContent(purpose=purpose, case_ref=case, legal_basis=basis, expires_at=expires)
    with client(url, token, None, session) as node:
        opened = node.open_enquiry(content)
    if token is None:
        file = _file(session)
        keep(file, current(file).model_copy(update={"enquiry": opened.id}))
    if json:
        say_json(opened)
    else:
        out.print(f"{opened.id}\nopen until {tables.moment(opened.expires_at)}", markup=False)


def close(
    id: Annotated[str, typer.Argument(help="The enquiry.")],
    url: Url = None,
    token: Token = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Close an enquiry: it opens nothing any more."""
    with client(url, token, None, session) as node:
        closed = node.close_enquiry(id)
    if json:
        say_json(closed)
    else:
        out.print(f"{closed.id} is closed.", markup=False)


@contextmanager
def client(url: str | None, token: str | None, enquiry: str | None, session: Path | None) -> Iterator[Client]:
    """Give a client: for the address and token named, else under the session kept in a file."""
    if (url is None) != (token is None):
        raise Refused(ErrorCode.BAD_INPUT, "Give both --url and --token, or neither.")
    if url is not None:
        made = Client(url, token, enquiry)
    else:
        kept = current(_file(session))
        made = Client(kept.url, kept.token, enquiry or kept.enquiry)
    with made:
        yield made


def _file(session: Path | None) -> Path:
    return session or session_file(demo_folder())


def day(at: datetime | None) -> date | None:
    """Give the day that an option named."""
    return None if at is None else at.date()


def _variables(text: str) -> dict[str, Any]:
    try:
        variables = orjson.loads(text)
    except ValueError:
        variables = None
    if not isinstance(variables, dict):
        raise Refused(ErrorCode.BAD_INPUT, "Variables are one JSON object.")
    return variables
