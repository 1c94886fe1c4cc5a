"""What a record may name, at the command line: sections of law and units as they stand on a day."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.table import Table

from api.cli.asking import Enquiry, SessionFile, Token, Url, client
from api.cli.saying import JsonFlag, out, say_json
from schemas.envelope import INDIA

On = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today if it is not given.")]


def statutes(
    text: Annotated[str, typer.Argument(help="What its number, title or Act has in it.")] = "",
    on: On = None,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """List the sections of law in force on a day."""
    with client(url, token, enquiry, session) as node:
        found = list(node.statutes(_day(on), text))
    if json:
        say_json(found)
        return
    table = Table("section", "title", "known")
    for one in found:
        table.add_row(one.key, one.title, one.certainty.value.lower())
    out.print(table)


def units(
    under: Annotated[str | None, typer.Option(help="Only this unit and those under it.")] = None,
    on: On = None,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """List the units that stand on a day."""
    with client(url, token, enquiry, session) as node:
        found = list(node.units(_day(on), under))
    if json:
        say_json(found)
        return
    table = Table("code", "name", "kind", "under")
    for one in found:
        table.add_row(one.code, one.name, one.kind.value.lower(), one.parent or "")
    out.print(table)


def _day(on: datetime | None) -> date:
    return datetime.now(INDIA).date() if on is None else on.date()
