"""Assertions at the command line: with what a record is said to be one, with what it is not, and on what evidence."""

from collections.abc import Sequence
from itertools import islice
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from api.cli.asking import Enquiry, SessionFile, Token, Url, client
from api.cli.saying import JsonFlag, out, say_json
from sangam import Joined

MOST = 100


def same(
    id: Annotated[str, typer.Argument(help="The record, by its id.")],
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show what is said of a record and another: that they are one, that they are not, or that it cannot be told."""
    with client(url, token, enquiry, session) as node:
        found = list(islice(node.joined(id, "same_as"), MOST))
    if json:
        say_json(found)
    else:
        out.print(_asserted(found))


def _asserted(found: Sequence[Joined]) -> RenderableType:
    if not found:
        return Text("Nothing that you may see is said of it and another.")
    table = Table("said", "of it and", "grade", "evidence", "assertion", box=None)
    for one in found:
        graded = one.link.provenance
        table.add_row(
            one.link.kind.value.replace("_", " ").lower(),
            Text(f"{one.node.label}\n{one.node.id}"),
            graded.source_grade.value + graded.info_grade.value,
            Text("\n".join(f"{reason.text} ({reason.source})" for reason in one.link.content.criteria)),
            Text(one.link.id, style="dim"),
        )
    return table
