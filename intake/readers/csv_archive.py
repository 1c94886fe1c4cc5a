"""A zip archive of CSV files, one after the other by name, whatever their size.

A file is a section of its own, named by what comes before `.csv`. An archive that is locked, has two files of one name
or more than 500 is not read; a file of another kind is refused and named. Nothing is unpacked: rows are read as they
come.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as Broken

from intake.readers import csv_rows
from intake.rows import BadSource, RefusedRow, Row

MOST_FILES = 500
_BREAKS = (BadZipFile, Broken, EOFError)
_BROKEN = "The archive is broken here; nothing of this file from here on was read."


def columns(file: BinaryIO, delimiter: str) -> dict[str, tuple[str, ...]]:
    """Give the columns of each CSV file by its header. Raises BadSource."""
    with _opened(file) as archive:
        found: dict[str, tuple[str, ...]] = {}
        for section, info in _tables(archive):
            try:
                with _member(archive, info) as member:
                    [found[section]] = csv_rows.columns(member, delimiter).values()
            except _BREAKS as problem:
                raise BadSource(f"{info.filename} is broken in the archive.") from problem
        return found


def rows(file: BinaryIO, delimiter: str) -> Iterator[Row | RefusedRow]:
    """Give the rows of every CSV file, in the order of their names. Raises BadSource."""
    with _opened(file) as archive:
        for info in archive.infolist():
            if not info.is_dir() and not _is_table(info):
                yield RefusedRow.because(1, f"{info.filename} is no CSV file and is not read.")
        for section, info in _tables(archive):
            with _member(archive, info) as member:
                try:
                    for row in csv_rows.rows(member, delimiter):
                        yield Row(row.line, section, row.cells) if isinstance(row, Row) else row
                except _BREAKS:
                    yield RefusedRow.because(1, f"{section}: {_BROKEN}")


def _opened(file: BinaryIO) -> ZipFile:
    try:
        archive = ZipFile(file)
    except BadZipFile as problem:
        raise BadSource("The file is no zip archive.") from problem
    if len(archive.infolist()) > MOST_FILES:
        raise BadSource(f"An archive has at most {MOST_FILES} files.")
    return archive


def _tables(archive: ZipFile) -> list[tuple[str, ZipInfo]]:
    tables = (info for info in archive.infolist() if _is_table(info))
    found = sorted(((_section(info), info) for info in tables), key=lambda pair: pair[0])
    names = [section for section, _ in found]
    if len(set(names)) != len(names):
        raise BadSource("Two CSV files of the archive have one name.")
    if not found:
        raise BadSource("The archive has no CSV file.")
    return found


def _is_table(info: ZipInfo) -> bool:
    return not info.is_dir() and info.filename.lower().endswith(".csv")


def _section(info: ZipInfo) -> str:
    return PurePosixPath(info.filename).name[: -len(".csv")]


def _member(archive: ZipFile, info: ZipInfo) -> BinaryIO:
    try:
        return archive.open(info)  # type: ignore[return-value]  # it reads as a binary file does
    except (RuntimeError, NotImplementedError, BadZipFile) as problem:
        raise BadSource(f"{info.filename} is locked or packed in a way that is not read.") from problem
