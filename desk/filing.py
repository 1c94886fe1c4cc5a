"""Files of records: photos of a person, the file of a document. A file is seen by whoever sees its record.

In order:
1. Who adds or takes away must be allowed to record, and the record is this state's.
2. What was sent is judged by what is in it, before the graph is opened; a picture is kept without what was said
   beside its points.
3. The record is looked at anew for each list and each download; hidden, lapsed, withdrawn or absent is NOT_FOUND, and
   so is a file that is another record's.
4. Of a child in conflict with the law no photo is taken, and none that was there before is listed or given.
5. A file is added or taken away together with its entry on the ledger, and none leaves before its own.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from auth.grant import Action
from desk.errors import BadInput, NotFound, Unavailable
from desk.looking import Look
from graph import access
from graph.session import GraphSession
from register.ledger import Entry, EntryKind
from register.media import BadMedia, cleaned
from register.store import RegisterUnavailable
from register.vault import NewFile, Opened, RecordDestroyed, TooManyFiles
from schemas.errors import FieldProblem
from schemas.file import PICTURES, KeptFile, Media
from schemas.ids import RecordType, parse_urn
from schemas.person import Category

MOST_FILES = 20

TAKEN: dict[str, frozenset[Media]] = {RecordType.PERSON: PICTURES, RecordType.DOCUMENT: frozenset(Media)}


@dataclass(frozen=True, slots=True)
class FileAsked:
    """A file as it is sent: for which record, when it was taken, and what reads its bytes."""

    record: str
    taken_on: date | None
    read: Callable[[], Awaitable[bytes]]


async def add(look: Look, asked: FileAsked, turn: AbstractAsyncContextManager[object]) -> KeptFile:
    """Keep a file and give it; one that the record has already is given as it is. Its bytes are judged in `turn`.

    Raise BadInput for what cannot be kept, NotFound if the record is not there for this officer.
    """
    graph = await look.may(Action.RECORD)
    _note(look, "add file", asked.record)
    raw = await asked.read()
    async with turn:
        media, plain = await _judged(look, asked, raw)
    category = await _category(look, graph, asked.record, own=True)
    if category == Category.CHILD_IN_CONFLICT:
        raise _bad("file", "No photo is kept of a child in conflict with the law.")
    new = NewFile(
        id=str(look.desk.random.uuid(look.officer.id)),
        record=asked.record,
        media=media,
        plain=plain,
        received_sha256=hashlib.sha256(raw).hexdigest(),
        taken_on=asked.taken_on,
        added_by=look.officer.id,
    )
    try:
        return await look.desk.register.vault.keep(new, most=MOST_FILES, entry=lambda kept: _added(look, kept))
    except TooManyFiles:
        raise _bad("file", f"A record has at most {MOST_FILES} files; take one away first.") from None
    except RecordDestroyed:
        raise NotFound from None
    except RegisterUnavailable as problem:
        raise Unavailable("The file cannot be kept now; send it again.") from problem


async def files(look: Look, record: str) -> list[KeptFile]:
    """Give the files of a record, newest first; raise NotFound if the record is not there for this officer."""
    _note(look, "list files", record)
    graph = await look.graph()
    category = await _category(look, graph, record)
    return [] if category == Category.CHILD_IN_CONFLICT else await look.desk.register.vault.files(record)


async def fetch(look: Look, record: str, file: str) -> Opened:
    """Open a file that is whole; raise NotFound if record or file is not there for this officer."""
    _note(look, "fetch file", record, file)
    graph = await look.graph()
    category = await _category(look, graph, record)
    opened = None
    if category != Category.CHILD_IN_CONFLICT:
        opened = await look.desk.register.vault.open(record, file)
    if opened is None:
        raise NotFound
    look.notes[-1].asked["sha256"] = opened.kept.sha256
    return opened


async def remove(look: Look, record: str, file: str) -> None:
    """Take a file away for good; raise NotFound if record or file is not there for this officer."""
    graph = await look.may(Action.RECORD)
    _note(look, "remove file", record, file)
    await _category(look, graph, record, own=True)
    entry = _entry(look, record, {"file": file})
    if not await look.desk.register.vault.remove(record, file, entry=entry):
        raise NotFound


async def forget_photos(look: Look, person: str) -> None:
    """Destroy the photos of a person who is a child in conflict with the law from now on."""

    def entry(number: int) -> Entry:
        return _entry(look, person, {"destroyed": number})

    await look.desk.register.vault.destroy([person], at=look.at, entry=entry, ever=False)


async def _judged(look: Look, asked: FileAsked, raw: bytes) -> tuple[Media, bytes]:
    """Give what a file is and what of it is kept; raise BadInput."""
    urn = parse_urn(asked.record)
    taken = frozenset(Media) if urn is None else TAKEN.get(urn.type)
    if taken is None:
        raise _bad("record", "Only a person has photos and a document files.")
    try:
        media, plain = await asyncio.to_thread(cleaned, raw, taken)
    except BadMedia as problem:
        raise _bad("file", str(problem)) from problem
    if asked.taken_on is not None and media not in PICTURES:
        raise _bad("takenOn", "Only a picture was taken on a day.")
    # India is a day ahead of UTC in its first hours.
    if asked.taken_on is not None and asked.taken_on > look.at.date() + timedelta(days=1):
        raise _bad("takenOn", "This day has not been yet.")
    return media, plain


def _bad(path: str, message: str) -> BadInput:
    return BadInput([FieldProblem(path=path, message=message)])


async def _category(look: Look, graph: GraphSession, record: str, *, own: bool = False) -> str:
    """Give the class of a record that the officer sees; raise NotFound for any other, and with `own` for a copy."""
    urn = parse_urn(record)
    if urn is None or urn.type not in TAKEN or (own and urn.state != look.desk.state):
        raise NotFound
    gate = await access.explained(graph, record)
    if gate is None:
        raise NotFound
    return gate.cls


def _note(look: Look, operation: str, record: str, file: str | None = None) -> None:
    named = record if parse_urn(record) else look.term(record)
    look.note(operation, id=named, **({} if file is None else {"file": look.term(file)}))


def _added(look: Look, kept: KeptFile) -> Entry:
    told = {"file": kept.id, "media": kept.media.value, "bytes": kept.bytes}
    return _entry(look, kept.record, {**told, "sha256": kept.sha256, "received_sha256": kept.received_sha256})


def _entry(look: Look, record: str, told: dict[str, Any]) -> Entry:
    return Entry(
        kind=EntryKind.FILE,
        officer=look.officer.id,
        enquiry=look.enquiry.id if look.enquiry else None,
        purpose=look.enquiry.purpose.value if look.enquiry else None,
        operation=look.notes[-1].operation,
        variables=told,
        ids=(record,),
        code="DONE",
    )
