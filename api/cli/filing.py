"""Photos of a person and files of a document from the command line: added, listed, taken away, removed."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli import tables
from api.cli.asking import Enquiry, SessionFile, Token, Url, client, day
from api.cli.saying import JsonFlag, out, say_json
from sangam.errors import Refused
from schemas.errors import ErrorCode

Record = Annotated[str, typer.Argument(help="The id of the person or document.")]
File = Annotated[str, typer.Argument(help="The id of the file.")]


def add(
    record: Record,
    source: Annotated[Path, typer.Argument(help="The file: JPEG or PNG, for a document PDF too; at most 20 MB.")],
    taken_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which a picture was taken.")
    ] = None,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Add a photo to a person or a file to a document; a picture loses what was said beside its points."""
    try:
        content = source.read_bytes()
    except OSError as problem:
        raise Refused(ErrorCode.BAD_INPUT, f"{source} cannot be read: {problem.strerror}.") from problem
    with client(url, token, enquiry, session) as node:
        kept = node.add_file(record, content, taken_on=day(taken_on))
    if json:
        say_json(kept)
    else:
        out.print(f"{kept.id}\nSHA-256 {kept.sha256}", markup=False)


def list_(
    record: Record,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Show the files that a record has, newest first."""
    with client(url, token, enquiry, session) as node:
        found = node.files(record)
    if json:
        say_json(found)
        return
    table = Table("file", "media", "bytes", "taken on", "added", "by", box=None)
    for one in found:
        taken = str(one.taken_on or "")
        table.add_row(one.id, one.media.name, f"{one.bytes:,}", taken, tables.moment(one.added_at), one.added_by)
    out.print(table if found else "It has no files.")


def get(
    record: Record,
    file: File,
    to: Annotated[Path, typer.Option("--output", "-o", help="The file to write, which is not there yet.")],
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Take a file away, for the owner's eyes."""
    if to.exists():
        raise Refused(ErrorCode.BAD_INPUT, f"{to} is there already; name a file that is not.")
    with client(url, token, enquiry, session) as node:
        content = node.file(record, file)
    to.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
    if json:
        say_json({"file": str(to), "bytes": len(content)})
    else:
        out.print(f"{to}: {len(content):,} bytes", markup=False)


def remove(
    record: Record,
    file: File,
    url: Url = None,
    token: Token = None,
    enquiry: Enquiry = None,
    session: SessionFile = None,
    json: JsonFlag = False,
) -> None:
    """Take a file of a record away for good."""
    with client(url, token, enquiry, session) as node:
        node.remove_file(record, file)
    if json:
        say_json({"removed": file})
    else:
        out.print(f"{file} is gone.", markup=False)
