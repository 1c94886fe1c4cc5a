"""A run of an import: drafts from a file or from the training world, handed to the desk in batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from desk.importing import Draft, begin_import
from desk.looking import Look
from intake.mapping import Mapping
from intake.preview import Tally
from intake.reading import Progress, read_lines
from intake.refused import refused_file
from intake.rows import Refused, RefusedRow, RepeatedRow
from intake.world import StateWorld
from schemas.draft import LinkDraft, RecordDraft

T = TypeVar("T")

BATCH = 500


async def run_import(
    look: Look, source: Path, mapping: Mapping, refused: Path, *, progress: Progress | None = None
) -> Tally:
    """Bring a file in and count; what is refused, by the mapping or by the desk, goes to a file of its own.

    A run that was broken off is taken up by running it again: what is there already is counted as known. Raises as
    `read` does, and what the desk raises when nothing may be recorded or a store is away.
    """
    begun = await begin_import(look, mapping.source)
    tally = Tally()
    with refused_file(refused) as refuse:
        for batch in _batches(read_lines(source, mapping, progress=progress)):
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
            stored = await begun.store(drafts)
            tally.take(drafts, stored.known, stored.refused.keys())
            for place, problems in stored.refused.items():
                refuse(RefusedRow(lines[place], tuple(Refused(problem.path, problem.message) for problem in problems)))
    return tally


async def load_world(look: Look, source: str, made: StateWorld, *, progress: Progress | None = None) -> Tally:
    """Bring one state's part of the training world in and count; `progress` is told the drafts handed over so far."""
    begun = await begin_import(look, source)
    tally, done = Tally(), 0
    everything: list[Draft] = [*made.records, *made.links]
    for drafts in _batches(everything):
        stored = await begun.store(drafts)
        tally.take(drafts, stored.known, stored.refused.keys())
        done += len(drafts)
        if progress:
            progress(done)
    return tally


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    """Give things in lists of one batch, reading no further than the list that is wanted."""
    left = iter(things)
    while batch := list(islice(left, BATCH)):
        yield batch
