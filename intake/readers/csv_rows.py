"""CSV in UTF-8, row by row, whatever the size of the file.

In order, for every record: it is cut at its last line (a quoted cell may hold line breaks), its bytes must be UTF-8
without NUL, it must be one strict CSV record, and it must have as many cells as the header.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from intake.rows import LONGEST_CELL, BadSource, RefusedRow, Row

LONGEST_RECORD = 1024 * 1024
SECTION = "rows"


def columns(file: BinaryIO, delimiter: str) -> dict[str, tuple[str, ...]]:
    """Give the columns by the header. Raises BadSource."""
    return {SECTION: _header(_Records(file), delimiter)}


def rows(file: BinaryIO, delimiter: str) -> Iterator[Row | RefusedRow]:
    """Give the rows after the header, empty lines left out, in the order of the file. Raises BadSource."""
    records = _Records(file)
    names = _header(records, delimiter)
    for record in records:
        if isinstance(record, RefusedRow):
            yield record
            continue
        try:
            cells = _cells(record.raw, delimiter)
        except ValueError as problem:
            yield RefusedRow.because(record.line, str(problem))
            continue
        if not any(cells):
            continue
        if len(cells) != len(names):
            reason = f"It has {len(cells)} cells and the header has {len(names)}; it ends on line {record.last}."
            yield RefusedRow.because(record.line, reason)
            continue
        yield Row(record.line, SECTION, dict(zip(names, cells, strict=True)))


def _header(records: "_Records", delimiter: str) -> tuple[str, ...]:
    first = next(iter(records), None)
    if first is None:
        raise BadSource("The file is empty.")
    if isinstance(first, RefusedRow):
        raise BadSource(f"The header cannot be read. {first.problems[0].reason}")
    try:
        names = tuple(_cells(first.raw.removeprefix(b"\xef\xbb\xbf"), delimiter))
    except ValueError as problem:
        raise BadSource(f"The header cannot be read. {problem}") from problem
    if not all(names):
        raise BadSource("Every column of the header has a name.")
    if len(set(names)) != len(names):
        raise BadSource("Two columns of the header have one name.")
    return names


def _cells(raw: bytes, delimiter: str) -> list[str]:
    """Take one record apart. Raises ValueError with a sentence."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ValueError("It is not UTF-8 text.") from problem
    if "\x00" in text:
        raise ValueError("It holds a NUL character.")
    try:
        parsed = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as problem:
        if "field limit" in str(problem):
            raise ValueError(f"A cell has more than {LONGEST_CELL:,} characters.") from problem
        raise ValueError("It is not CSV: look at its quotation marks and line ends.") from problem
    if len(parsed) > 1:
        raise ValueError("It is not CSV: look at its quotation marks and line ends.")
    return [cell.strip() for cell in parsed[0]] if parsed else []


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    last: int
    raw: bytes


class _Records:
    """Cuts a file into records, keeping at most one of them in memory.

    A record goes on while a quoted cell is open. If it does not close within the longest record, nothing after it can
    be told apart, and reading ends there with a refusal that says so.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._line = 0

    def __iter__(self) -> Iterator[_Record | RefusedRow]:
        while raw := self._next_line():
            begun = self._line
            if len(raw) > LONGEST_RECORD:
                yield RefusedRow.because(begun, f"The line has more than {LONGEST_RECORD:,} bytes.")
                continue
            pieces, size, quotes = [raw], len(raw), raw.count(b'"')
            while quotes % 2:
                more = self._next_line()
                size += len(more)
                if not more or size > LONGEST_RECORD:
                    yield RefusedRow.because(begun, "A quotation mark is never closed; nothing from here on was read.")
                    return
                pieces.append(more)
                quotes += more.count(b'"')
            yield _Record(begun, self._line, b"".join(pieces))

    def _next_line(self) -> bytes:
        """Give the next line; of one that is too long only its beginning, and pass over the rest."""
        raw = self._file.readline(LONGEST_RECORD + 1)
        if raw:
            self._line += 1
        rest = raw
        while len(rest) > LONGEST_RECORD and not rest.endswith(b"\n"):
            rest = self._file.readline(LONGEST_RECORD + 1)
        return raw
