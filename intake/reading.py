"""From a file and a mapping to drafts, one at a time.

In order: the columns that the mapping reads must be there; then every row is read for records; then every row again for
links, whose ends are by then all known. What cannot be used is given as refused, with its line, and reading goes on.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from intake.drafting import Drafting
from intake.mapping import Mapping
from intake.readers import csv_archive, csv_rows, graphml
from intake.rows import BadSource, Refused, RefusedRow, RepeatedRow, Row
from intake.rules import LinkRule, RecordRule
from intake.unread import Unread
from schemas.draft import LinkDraft, RecordDraft

Drafted = RecordDraft | LinkDraft | RefusedRow | RepeatedRow
Progress = Callable[[int], None]
_READERS = {"csv": csv_rows, "csv-zip": csv_archive, "graphml": graphml}
MOST_JOINED = 500_000
_TWO_VALUES = "An earlier row has the same key and another value; that one is kept."
_ROWS_BETWEEN_REPORTS = 500


def bytes_to_read(source: Path, mapping: Mapping) -> int:
    """Give the bytes that a whole reading passes over: the file once for records and once for links."""
    return source.stat().st_size * len(_passes(mapping))


def read(source: Path, mapping: Mapping, *, progress: Progress | None = None) -> Iterator[Drafted]:
    """Give the drafts of a file: records in its order, then links in its order, and what is refused or repeated.

    `progress` is told the bytes passed so far. Memory holds one row, and about 300 bytes for every ref. Raises
    BadSource if the file cannot be read at all, BadMapping if it lacks a column.
    """
    for _, drafted in read_lines(source, mapping, progress=progress):
        yield drafted


def read_lines(
    source: Path, mapping: Mapping, *, progress: Progress | None = None, unread: Unread | None = None
) -> Iterator[tuple[int, Drafted]]:
    """Give what `read` gives, each with the line of its row; what the mapping leaves is counted as `unread`."""
    reader = _READERS[mapping.format]
    try:
        with source.open("rb") as file:
            mapping.check_columns(reader.columns(file, mapping.delimiter))
        drafting = Drafting(mapping)
        yield from _joined(source, mapping)
        passes = _passes(mapping)
        for turn, rules in enumerate(passes):
            for row in _rows(source, mapping, turn, progress):
                if isinstance(row, Row):
                    # Only now is it known of which refs records were made.
                    if turn == len(passes) - 1 and unread is not None:
                        unread.see(row, mapping.read_of(row, drafting.made))
                    for rule in rules:
                        if rule.takes(row, drafting.made):
                            yield row.line, _placed(drafting.draft(rule, row), row, mapping)
                elif turn == 0:  # what cannot be read is refused once, not once for every turn
                    yield row.line, row
    except OSError as problem:
        raise BadSource(f"The file cannot be read: {problem.strerror}.") from problem


def _joined(source: Path, mapping: Mapping) -> Iterator[tuple[int, Drafted]]:
    """Fill the tables that are read from the file itself, and give what of that is refused."""
    for join in mapping.joins:
        join.table.clear()
    for row in _rows(source, mapping, 0, None) if mapping.joins else ():
        for join in mapping.joins:
            if not isinstance(row, Row) or row.section != join.section:
                continue
            key, value = row.cells[join.key], row.cells[join.value]
            if join.table.setdefault(key, value) != value:
                yield row.line, _placed(RefusedRow.because(row.line, _TWO_VALUES, join.key), row, mapping)
            if len(join.table) > MOST_JOINED:
                raise BadSource(f"A join holds at most {MOST_JOINED:,} keys.")


def _placed(drafted: Drafted, row: Row, mapping: Mapping) -> Drafted:
    """Say of what is refused in which file of an archive it stands."""
    if not isinstance(drafted, RefusedRow) or mapping.format != "csv-zip":
        return drafted
    problems = tuple(Refused(one.field, f"{row.section}: {one.reason}") for one in drafted.problems)
    return RefusedRow(drafted.line, problems)


def _rows(source: Path, mapping: Mapping, turn: int, progress: Progress | None) -> Iterator[Row | RefusedRow]:
    """Give the rows of one turn through the file, and tell how far it has come."""
    before = turn * source.stat().st_size
    with source.open("rb") as file:
        for count, row in enumerate(_READERS[mapping.format].rows(file, mapping.delimiter)):
            if progress and count % _ROWS_BETWEEN_REPORTS == 0:
                progress(before + file.tell())
            yield row
        if progress:
            progress(before + file.tell())


def _passes(mapping: Mapping) -> list[tuple[RecordRule, ...] | tuple[LinkRule, ...]]:
    return [rules for rules in (mapping.records, mapping.links) if rules]
