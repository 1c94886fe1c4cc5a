"""The ledger from the command line: is it whole, and what does it tell."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from api.cli import beside, tables
from api.cli.beside import Acting, As
from api.cli.progress import Tell, bars
from api.cli.running import run
from api.cli.saying import REFUSED, JsonFlag, err, out, say_json
from api.settings import Settings
from desk import auditing
from register.chain import Fault
from register.ledger import Written
from schemas.operation import system_clock


def verify(json: JsonFlag = False) -> None:
    """Read the whole ledger and say where anything was changed, dropped, moved or put in."""
    with bars(quiet=json) as tell:
        done = run(_verify(tell))
    if done is None:
        return
    entries, faults = done
    if json:
        say_json({"entries": entries, "faults": [{"seq": fault.seq, "what": fault.what} for fault in faults]})
    elif faults:
        for fault in faults:
            err.print(f"[bold red]entry {fault.seq}[/] {fault.what}")
    else:
        out.print(f"The ledger is whole: {entries} entries.")
    if faults:
        raise typer.Exit(REFUSED)


async def _verify(tell: Tell) -> tuple[int, list[Fault]]:
    loop = asyncio.get_running_loop()

    def told(read: int, kept: int) -> None:
        loop.call_soon_threadsafe(tell, "Reading the ledger", read, kept)

    async with beside.open_register(Settings()) as (register, _):
        faults = await register.ledger.verify(told)
        return (await register.ledger.head())[0], faults


def search(
    acting: As,
    officer: Annotated[str | None, typer.Option(help="Only of this officer.")] = None,
    enquiry: Annotated[str | None, typer.Option(help="Only for this enquiry.")] = None,
    first: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 50,
    before: Annotated[int | None, typer.Option(help="Only entries before this number.")] = None,
    json: JsonFlag = False,
) -> None:
    """Show entries, newest first, to an auditor; which records were disclosed is told as their number."""
    found = run(_search(Acting.asked(acting), officer=officer, enquiry=enquiry, first=first, before=before)) or []
    rows = [_row(one) for one in found]
    if json:
        say_json(rows)
        return
    table = Table("no.", "when", "kind", "officer", "purpose", "what", "records", "code")
    for one, row in zip(found, rows, strict=True):
        said = one.entry
        table.add_row(
            str(one.seq),
            tables.moment(one.at),
            said.kind.value,
            said.officer or "",
            said.purpose or "",
            said.operation,
            str(row["records"]),
            said.code,
        )
    out.print(table)


async def _search(
    proof: Acting, *, officer: str | None, enquiry: str | None, first: int, before: int | None
) -> list[Written]:
    async with (
        beside.open_register(Settings()) as (register, tokens),
        beside.entered(register, tokens, proof) as reader,
    ):
        asked = {"officer": officer, "enquiry": enquiry}
        return await auditing.search(register, reader, **asked, first=first, before=before, at=system_clock())


def _row(one: Written) -> dict[str, object]:
    # An auditor's grant sees no records, so their ids stay on the ledger.
    said = one.entry
    return {
        "seq": one.seq,
        "at": one.at.isoformat(),
        "kind": said.kind.value,
        "officer": said.officer,
        "enquiry": said.enquiry,
        "purpose": said.purpose,
        "operation": said.operation,
        "records": len(said.ids),
        "code": said.code,
    }
