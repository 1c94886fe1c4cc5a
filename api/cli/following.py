"""Those who follow an account, at the command line: acts that matter, and how many there are, as published."""

from collections.abc import Sequence
from itertools import islice
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from api.cli.asking import Enquiry, SessionFile, Token, Url, client
from api.cli.saying import JsonFlag, out, say_json
from sangam import AudienceSnapshot, FollowerAct

MOST = 100

Account = Annotated[str, typer.Argument(help="The social account, by its id.")]


def acts(
    account: Account,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show acts of those who follow an account, newest first; nobody is named."""
    with client(url, token, enquiry, session) as node:
        found = list(islice(node.follower_acts(account), MOST))
    if json:
        say_json(found)
    else:
        out.print(_acts(found))


def audience(
    account: Account,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show how many follow an account, as published week by week."""
    with client(url, token, enquiry, session) as node:
        found = list(islice(node.audience(account), MOST))
    if json:
        say_json(found)
    else:
        out.print(_audience(found))


def _acts(found: Sequence[FollowerAct]) -> RenderableType:
    if not found:
        return Text("No acts that you may see are recorded.")
    table = Table("day", "act", "section", "by one who follows", box=None)
    for one in found:
        said = one.content
        table.add_row(str(said.happened_on), said.act.value.replace("_", " ").lower(), said.section, one.follower)
    return table


def _audience(found: Sequence[AudienceSnapshot]) -> RenderableType:
    if not found:
        return Text("No audience that you may see is published.")
    districts = sorted({cell.district for one in found for cell in one.cells})
    table = Table("day", "in all", "growth", *districts, box=None)
    for one in found:
        cells = {cell.district: cell.followers for cell in one.cells}
        growth = "" if one.growth is None else f"{one.growth:+d}"
        table.add_row(
            str(one.taken_on),
            str(one.total),
            growth,
            *(_few(cells[code]) if code in cells else "" for code in districts),
        )
    return table


def _few(number: int | None) -> str:
    return "under 20" if number is None else str(number)
