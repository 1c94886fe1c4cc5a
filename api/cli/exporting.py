"""Taking a network away: its files in a folder of their own, whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from analysis.charts.files import Format
from analysis.charts.words import Language
from api.cli.asking import Enquiry, KnownAt, SessionFile, Token, Url, ValidAt, client, day
from api.cli.saying import JsonFlag, out, say_json
from sangam.errors import Refused
from sangam.exported import Exported
from schemas.errors import ErrorCode
from schemas.link import LinkKind


def export(
    id: Annotated[list[str], typer.Argument(help="Where to start: ids of records or identifiers.")],
    to: Annotated[Path, typer.Option("--output", "-o", help="The folder to make, which is not there yet.")],
    formats: Annotated[list[Format] | None, typer.Option("--as", help="Only this format; may be given again.")] = None,
    language: Annotated[Language, typer.Option(help="The language of the chart.")] = Language.ENGLISH,
    hops: Annotated[int, typer.Option(help="How far, at most 3.")] = 1,
    along: Annotated[list[LinkKind] | None, typer.Option(help="Only along this relation; may be given again.")] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    limit: Annotated[int, typer.Option(help="How many nodes, at most 500.")] = 200,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Take the network around someone away as GraphML, CSV and an SVG chart, with a manifest."""
    if to.exists():
        raise Refused(ErrorCode.BAD_INPUT, f"{to} is there already; name a folder that is not.")
    with client(url, token, enquiry, session) as node:
        found = node.network(*id, hops=hops, along=along, valid_at=day(valid_at), known_at=known_at, limit=limit)
        exported = node.download(found.export_id, formats or (), language)
    _write(to, exported.files)
    if json:
        say_json(exported.manifest)
    else:
        out.print(_told(to, exported))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files, for the owner's eyes, into a folder that appears when all are written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            descriptor = os.open(part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(content)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _told(folder: Path, exported: Exported) -> Table:
    counts = exported.manifest["counts"]
    said = f"{counts['nodes']} nodes, {counts['links']} links; handling {exported.manifest['handling']}"
    table = Table(title=f"{folder}: {said}. Intelligence, not evidence.", title_justify="left", box=None)
    table.add_column("File")
    table.add_column("Bytes", justify="right")
    # A digest that is cut is no digest.
    table.add_column("SHA-256", overflow="fold")
    for one in exported.manifest["files"]:
        table.add_row(one["name"], f"{one['bytes']:,}", one["sha256"])
    return table
