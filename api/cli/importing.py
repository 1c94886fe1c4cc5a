"""Bringing a file in from the command line, as an officer, for an enquiry, beside a node that is not running."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table

from api.cli import beside
from api.cli.beside import Acting, As
from api.cli.progress import Tell, bars
from api.cli.running import run
from api.cli.saying import JsonFlag, out, say_json
from api.settings import Settings
from desk.undoing import Undone, undo_import
from graph.undoing import Kept
from intake.mapping import Mapping, read_mapping
from intake.preview import Tally, preview
from intake.reading import bytes_to_read
from intake.rows import BadSource
from intake.run import Ended, run_import
from register.imports import Run

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
    """Bring a file in, seen once a second officer approves it; broken off, it is taken up by running it again."""
    _know_the_members()
    rules = _mapping(mapping)
    beside_it = refused or source.with_suffix(".refused.csv")
    ended: Ended | None = None
    if dry_run:
        with bars(quiet=json) as tell:
            tally = preview(source, rules, beside_it, progress=_told(tell, source, rules))
    else:
        if acting is None or enquiry is None:
            raise typer.BadParameter("Say who brings it in and for which enquiry: --as and --enquiry.")
        done = run(_import(source, rules, beside_it, Acting.asked(acting), enquiry, quiet=json))
        tally, ended = done.tally, done
    _show(tally, beside_it, ended, json=json)


async def _import(source: Path, rules: Mapping, refused: Path, proof: Acting, enquiry: str, *, quiet: bool) -> Ended:
    from api.node import open_node
    from desk.looking import Look

    with bars(quiet=quiet) as tell:
        async with open_node(Settings(), progress=tell) as node:
            register = node.desk.register
            async with beside.entered(register, node.tokens, proof) as officer:
                look = Look(node.desk, officer, enquiry, register.clock())
                ended = await run_import(look, source, rules, refused, progress=_told(tell, source, rules))
                await look.close(document="import")
                return ended


def _know_the_members() -> None:
    """Know the states that joined by a membership, which a mapping may name; a machine without a node knows of none."""
    try:
        chosen = Settings()
    except ValidationError:
        return
    if chosen.register_url is not None or (chosen.data / "register").is_dir():
        run(_opened(chosen))


async def _opened(chosen: Settings) -> None:
    async with beside.open_register(chosen):
        pass


def _mapping(file: Path) -> Mapping:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSource("The mapping file cannot be read as UTF-8 text.") from problem
    return read_mapping(text, on=date.today())  # noqa: DTZ011  # the day where the officer is


def _told(tell: Tell, source: Path, rules: Mapping) -> Callable[[int], None]:
    total = bytes_to_read(source, rules)
    return lambda passed: tell(_READING, passed, total)


def _show(tally: Tally, refused: Path, ended: Ended | None, *, json: bool) -> None:
    unread = tally.unread
    said = {
        "dry_run": ended is None,
        "run": ended.run if ended else None,
        "waits": ended.change if ended else None,
        "records": dict(tally.records),
        "links": dict(tally.links),
        "refused": tally.refused,
        "repeated": tally.repeated,
        "known": tally.known,
        "rows": dict(unread.rows),
        "untaken": dict(unread.untaken),
        "unsaid": dict(unread.unsaid),
        "refused_file": str(refused) if tally.refused else None,
    }
    if json:
        say_json(said)
        return
    table = Table("what", "would come in" if ended is None else "came in")
    for name, count in (*tally.records.items(), *tally.links.items()):
        table.add_row(name, str(count))
    out.print(table)
    if tally.known:
        out.print(f"{tally.known} of them were there already.", markup=False)
    if tally.refused:
        out.print(f"{tally.refused} refused; why stands in {refused}.", markup=False)
    for name, count in unread.untaken.items():
        out.print(f"{count} of the {name} are taken by no rule.", markup=False)
    for name, count in unread.unsaid.items():
        out.print(f"{count} cells of {name} are read by no rule.", markup=False)
    if ended is None:
        return
    out.print(f"This is run {ended.run}.", markup=False)
    if ended.change is None:
        out.print("It brought nothing new, so nothing waits.")
    else:
        out.print(f"Nobody sees it until an officer of another chain approves {ended.change}.", markup=False)


def undo(
    id: Annotated[str, typer.Argument(metavar="RUN", help="The run, by its id.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    acting: As,
    enquiry: Annotated[str, typer.Option(envvar="SANGAM_ENQUIRY", help="The open enquiry it is for.")],
    json: JsonFlag = False,
) -> None:
    """Withdraw what a run brought, or give up one that was never approved; broken off, undo it again."""
    done = run(_undo(id, reason, Acting.asked(acting), enquiry, quiet=json))
    if json:
        say_json(
            {
                "run": id,
                "state": done.state.value,
                "withdrawn": done.withdrawn,
                "closed": done.closed,
                "gone": done.gone,
                "kept": {one: why.value for one, why in done.kept.items()},
            }
        )
        return
    out.print(f"{id} is {done.state.value.lower().replace('_', ' ')}.", markup=False)
    out.print(f"{done.withdrawn} records withdrawn, {done.closed} links closed, {done.gone} were gone already.")
    for one, why in done.kept.items():
        out.print(f"{one} is kept: {_WHY[why]}", markup=False)


_WHY = {
    Kept.REVISED: "it was changed since.",
    Kept.BUILT_ON: "others have linked something to it since.",
}


async def _undo(id: str, reason: str, proof: Acting, enquiry: str, *, quiet: bool) -> Undone:
    from api.node import open_node
    from desk.looking import Look

    with bars(quiet=quiet) as tell:
        async with open_node(Settings(), progress=tell) as node:
            register = node.desk.register
            async with beside.entered(register, node.tokens, proof) as officer:
                look = Look(node.desk, officer, enquiry, register.clock())
                done = await undo_import(look, id, reason)
                await look.close(document="undo import")
                return done


def runs(acting: As, json: JsonFlag = False) -> None:
    """Show your own runs, newest first, and where each stands."""
    found = run(_runs(Acting.asked(acting)))
    if json:
        say_json([{**one.__dict__, "begun_at": one.begun_at.isoformat(), "state": one.state.value} for one in found])
        return
    table = Table("run", "source", "begun", "stands", "waits as")
    for one in found:
        table.add_row(one.id, one.source, f"{one.begun_at:%Y-%m-%d %H:%M} UTC", one.state.value, one.change or "")
    out.print(table)


async def _runs(proof: Acting) -> list[Run]:
    async with (
        beside.open_register(Settings()) as (register, tokens),
        beside.entered(register, tokens, proof) as officer,
    ):
        return await register.imports.of(officer.id)
