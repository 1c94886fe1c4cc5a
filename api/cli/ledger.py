"""The ledger from the command line: is it whole, and what does it tell."""

import asyncio
import os
from typing import Annotated

import typer
from rich.table import Table

from api.cli import beside, tables
from api.cli.beside import Acting, As
from api.cli.demo import STATE
from api.cli.progress import Tell, bars
from api.cli.running import run
from api.cli.saying import REFUSED, JsonFlag, err, out, say_json
from api.cli.session import demo_folder
from api.settings import Settings
from desk import auditing
from desk.auditing import Page, Row
from register.chain import Fault


def verify(json: JsonFlag = False) -> None:
    """Read the whole ledger and say where anything was changed, dropped, moved or put in."""
    chosen = _whose()
    with bars(quiet=json) as tell:
        done = run(_verify(chosen, tell))
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


async def _verify(chosen: Settings, tell: Tell) -> tuple[int, list[Fault]]:
    loop = asyncio.get_running_loop()

    def told(read: int, kept: int) -> None:
        loop.call_soon_threadsafe(tell, "Reading the ledger", read, kept)

    async with beside.open_register(chosen) as (register, _):
        faults = await register.ledger.verify(told)
        return (await register.ledger.head())[0], faults


def search(
    acting: As,
    officer: Annotated[str | None, typer.Option(help="Only of this officer.")] = None,
    enquiry: Annotated[str | None, typer.Option(help="Only for this enquiry.")] = None,
    first: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 50,
    after: Annotated[str | None, typer.Option(help="Go on from here: the cursor that the page before gave.")] = None,
    json: JsonFlag = False,
) -> None:
    """Show entries, newest first, to an auditor; of the records disclosed, how many they were."""
    chosen = _whose()
    proof = Acting.asked(acting)

    async def act() -> Page:
        async with (
            beside.open_register(chosen) as (register, tokens),
            beside.entered(register, tokens, proof) as reader,
        ):
            asked = {"officer": officer, "enquiry": enquiry, "after": after}
            return await auditing.search(register, reader, **asked, first=first, at=register.clock())

    page = run(act())
    if json:
        say_json({"entries": [_said(row) for row in page.rows], "next": page.next})
        return
    table = Table("when", "kind", "officer", "purpose", "what", "disclosed", "code")
    for row in page.rows:
        table.add_row(
            tables.moment(row.at),
            row.kind.value,
            row.officer or "",
            row.purpose or "",
            row.operation,
            str(row.disclosed),
            row.code,
        )
    out.print(table)
    if page.next:
        out.print(f"Earlier ones: the same with --after {page.next}", markup=False, soft_wrap=True)


def _said(row: Row) -> dict[str, object]:
    return {
        "at": row.at.isoformat(),
        "kind": row.kind.value,
        "officer": row.officer,
        "enquiry": row.enquiry,
        "purpose": row.purpose,
        "operation": row.operation,
        "disclosed": row.disclosed,
        "code": row.code,
    }


def _whose() -> Settings:
    """Give the node that the environment names; where it names none, the demo that was started here, and say so."""
    folder = demo_folder() / STATE
    if {"SANGAM_STATE", "SANGAM_DATA"} & os.environ.keys() or not folder.is_dir():
        return Settings()
    err.print(f"No node is named, so this is the demo's ledger, in {folder}.", markup=False, soft_wrap=True)
    return Settings(state=STATE, data=folder, register_url=None)
