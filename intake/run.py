"""A run of an import: drafts from a file or from the training world, handed to the desk in batches."""

import hashlib
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Given
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from desk.asserting import asserted
from desk.batches import Draft
from desk.errors import Conflict
from desk.following import record_act, record_audience
from desk.importing import Import, begin_import
from desk.looking import Look
from intake.mapping import Mapping
from intake.preview import Tally
from intake.reading import Progress, read_lines
from intake.refused import refused_file
from intake.rows import BadSource, Refused, RefusedRow, RepeatedRow
from intake.world import StateWorld
from intake.world.followers import ActSeen, AudienceSeen
from schemas.draft import LinkDraft, RecordDraft
from schemas.imported import ImportReport
from schemas.link import Evidence

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


@dataclass(frozen=True)
class WorldLoaded(Ended):
    """What loading a world came to; `ids` gives the record that stands for a ref of it."""

    ids: Given[str, str]


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


async def load_world(look: Look, source: str, made: StateWorld, *, progress: Progress | None = None) -> WorldLoaded:
    """Bring one state's part of the training world in; `progress` is told the drafts handed over so far."""
    everything: list[Draft] = list(made.drafts)
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
    ended = await _asked(begun, tally)
    ids = {record.ref: id for record in (*made.records, *made.again) if (id := begun.id_of(record.ref)) is not None}
    return WorldLoaded(ended.run, ended.tally, ended.change, ids)


async def say_by_hand(look: Look, source: str, made: StateWorld, ids: Given[str, str]) -> None:
    """Say what no file brings in of a world that was loaded: which records are one, and what was seen around accounts.

    Each is said in a request of its own; on one enquiry each is said once, however often this is called.
    """
    for draft in made.asserted:
        saying, key = _request(look), f"{source}/{draft.ref}"
        ends, evidence = (ids[str(draft.from_)], ids[str(draft.to)]), Evidence(evidence=draft.content.criteria)
        await asserted(saying, draft.kind, *ends, draft.marking, evidence, key=key)
        await saying.close(document="assert")
    for number, seen in enumerate(made.seen):
        saying, key, account = _request(look), f"{source}/seen/{number}", ids[seen.account]
        match seen:
            case ActSeen():
                await record_act(saying, account, seen.who, seen.content, seen.marking, key=key)
            case AudienceSeen():
                await record_audience(saying, account, seen.asked, seen.marking, key=key)
        await saying.close(document="watch")


def _request(look: Look) -> Look:
    return Look(look.desk, look.officer, look.enquiry_id, look.desk.clock())


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
