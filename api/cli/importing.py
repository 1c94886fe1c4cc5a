"""Bringing a file in from the command line, as an officer, for an enquiry, beside a node that is not running."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli import beside
from api.cli.beside import Acting
from api.cli.progress import Tell, bars
from api.cli.running import run
from api.cli.saying import JsonFlag, out, say_json
from api.settings import Settings
from intake.mapping import Mapping, read_mapping
from intake.preview import Tally, preview
from intake.reading import bytes_to_read
from intake.rows import BadSource
from intake.run import run_import

_READING = "Reading the file"


def import_(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or GraphML file.")],
    mapping: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="What its rows become: docs/import-mapping.md.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count, and write nothing to the node.")] = False,
    refused: Annotated[Path | None, typer.Option(help="Where refused rows go; else beside the source.")] = None,
    acting: Annotated[str | None, typer.Option("--as", help="The officer who brings it in.")] = None,
    enquiry: Annotated[str | None, typer.Option(envvar="SANGAM_ENQUIRY", help="The open enquiry it is for.")] = None,
    json: JsonFlag = False,
) -> None:
    """Bring a file in; a run that was broken off is taken up by running it again."""
    rules = _mapping(mapping)
    beside_it = refused or source.with_suffix(".refused.csv")
    if dry_run:
        with bars(quiet=json) as tell:
            tally = preview(source, rules, beside_it, progress=_told(tell, source, rules))
    else:
        if acting is None or enquiry is None:
            raise typer.BadParameter("Say who brings it in and for which enquiry: --as and --enquiry.")
        done = run(_import(source, rules, beside_it, Acting.asked(acting), enquiry, quiet=json))
        if done is None:
            return
        tally = done
    _show(tally, beside_it, dry_run=dry_run, json=json)


async def _import(source: Path, rules: Mapping, refused: Path, proof: Acting, enquiry: str, *, quiet: bool) -> Tally:
    from api.node import open_node
    from desk.looking import Look

    with bars(quiet=quiet) as tell:
        async with open_node(Settings(), progress=tell) as node:
            register = node.desk.register
            async with beside.entered(register, node.tokens, proof) as officer:
                look = Look(node.desk, officer, enquiry, register.clock())
                tally = await run_import(look, source, rules, refused, progress=_told(tell, source, rules))
                await look.close(document="import")
                return tally


def _mapping(file: Path) -> Mapping:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSource("The mapping file cannot be read as UTF-8 text.") from problem
    return read_mapping(text, on=date.today())  # noqa: DTZ011  # the day where the officer is


def _told(tell: Tell, source: Path, rules: Mapping) -> Callable[[int], None]:
    total = bytes_to_read(source, rules)
    return lambda passed: tell(_READING, passed, total)


def _show(tally: Tally, refused: Path, *, dry_run: bool, json: bool) -> None:
    said = {
        "dry_run": dry_run,
        "records": dict(tally.records),
        "links": dict(tally.links),
        "refused": tally.refused,
        "repeated": tally.repeated,
        "known": tally.known,
        "refused_file": str(refused) if tally.refused else None,
    }
    if json:
        say_json(said)
        return
    table = Table("what", "would come in" if dry_run else "came in")
    for name, count in (*tally.records.items(), *tally.links.items()):
        table.add_row(name, str(count))
    out.print(table)
    if tally.known:
        out.print(f"{tally.known} of them were there already.", markup=False)
    if tally.refused:
        out.print(f"{tally.refused} refused; why stands in {refused}.", markup=False)
