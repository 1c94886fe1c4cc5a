"""A run of an import: drafts from a file or from the training world, handed to the desk in batches."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from desk.batches import Draft
from desk.errors import Conflict
from desk.importing import Import, begin_import
from desk.looking import Look
from intake.mapping import Mapping
from intake.preview import Tally
from intake.reading import Progress, read_lines
from intake.refused import refused_file
from intake.rows import BadSource, Refused, RefusedRow, RepeatedRow
from intake.world import StateWorld
from schemas.draft import LinkDraft, RecordDraft
from schemas.imported import ImportReport

T = TypeVar("T")

BATCH = 500
_CHUNK = 1 << 20
_CHANGED = "The file was changed while it was read: bring it in again as it is now."


@dataclass(frozen=True)
class Ended:
    """What a run came to: its id, its counts, and the change that waits, if it brought anything new."""

    run: str
    tally: Tally
    change: str | None


async def run_import(
    look: Look, source: Path, mapping: Mapping, refused: Path, *, progress: Progress | None = None
) -> Ended:
    """Bring a file in, and let the run wait for a second officer; what is refused goes to a file of its own.

    A run that was broken off is taken up by running it again. Raises as `read` does, and what the desk raises when
    nothing may be recorded, another run of the source is under way, or a store is away.
    """
    file = digest_of(source)
    begun = await begin_import(look, mapping.source, file, mapping.digest)
    tally = Tally()
    with refused_file(refused) as refuse:
        for batch in _batches(read_lines(source, mapping, progress=progress, unread=tally.unread)):
            drafts: list[Draft] = []
            lines: list[int] = []
            for line, drafted in batch:
                match drafted:
                    case RefusedRow():
                        tally.count(drafted)
                        refuse(drafted)
                    case RepeatedRow():
                        tally.count(drafted)
                    case RecordDraft() | LinkDraft():
                        drafts.append(drafted)
                        lines.append(line)
            for row in await _stored(begun, drafts, lines, tally):
                refuse(row)
    if digest_of(source) != file:
        raise Conflict(_CHANGED)
    return await _asked(begun, tally)


async def load_world(look: Look, source: str, made: StateWorld, *, progress: Progress | None = None) -> Ended:
    """Bring one state's part of the training world in; `progress` is told the drafts handed over so far."""
    everything: list[Draft] = [*made.records, *made.links]
    said = hashlib.sha256()
    for draft in everything:
        said.update(draft.model_dump_json().encode())
    begun = await begin_import(look, source, said.hexdigest(), hashlib.sha256(source.encode()).hexdigest())
    tally, done = Tally(), 0
    for drafts in _batches(everything):
        await _stored(begun, drafts, [done + place + 1 for place in range(len(drafts))], tally)
        done += len(drafts)
        if progress:
            progress(done)
    return await _asked(begun, tally)


def digest_of(source: Path) -> str:
    """Give the SHA-256 of a file as hex. Raises BadSource."""
    said = hashlib.sha256()
    try:
        with source.open("rb") as file:
            while piece := file.read(_CHUNK):
                said.update(piece)
    except OSError as problem:
        raise BadSource(f"The file cannot be read: {problem.strerror}.") from problem
    return said.hexdigest()


async def _stored(begun: Import, drafts: list[Draft], lines: list[int], tally: Tally) -> list[RefusedRow]:
    """Hand a batch over, count it, and give what the desk refused of it."""
    stored = await begun.store(drafts, lines)
    refused = [
        RefusedRow(lines[place], tuple(Refused(problem.path, problem.message) for problem in problems))
        for place, problems in stored.refused.items()
    ]
    tally.take(drafts, stored.known, stored.brought, refused)
    return refused


async def _asked(begun: Import, tally: Tally) -> Ended:
    run = begun.run
    report = ImportReport(
        source=run.source,
        file=run.file,
        mapping=run.mapping,
        sample=(),
        **tally.report(),
    )
    return Ended(run.id, tally, await begun.ask(report))


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    """Give things in lists of one batch, reading no further than the list that is wanted."""
    left = iter(things)
    while batch := list(islice(left, BATCH)):
        yield batch
