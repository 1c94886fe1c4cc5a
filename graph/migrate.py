"""The schema of the database, brought up to date by numbered Cypher files, each applied once and recorded.

In order:
1. A database that a newer release migrated is refused, and so is one whose record of a file differs from the file.
2. Who migrates holds a lock in the database; another that starts at once waits and finds the work done.
3. A file's statements can be run again, because a crash may fall between a file and its record.
"""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from graph.driver import Driver, DriverError, Neo4jError, holding, rows
from graph.errors import DatabaseTooNew, GraphUnavailable

PATIENCE_SECONDS = 60.0
RETRY_SECONDS = 0.2

_ONE_PER_NUMBER = "CREATE CONSTRAINT migration_number IF NOT EXISTS FOR (m:Migration) REQUIRE m.number IS UNIQUE"
_LOCK = "MERGE (m:Migration {number: 0}) SET m.held = true"
_APPLIED = "MATCH (m:Migration) WHERE m.number > 0 RETURN m.number, m.sha256 ORDER BY m.number"
_RECORD = "CREATE (:Migration {number: $number, sha256: $sha256})"
_INDEXES = "CALL db.awaitIndexes(300)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file: its statements in order, and the digest of its bytes."""

    number: int
    sha256: str
    statements: tuple[str, ...]


@cache
def migrations() -> tuple[Migration, ...]:
    """Give the packaged migrations, numbered from 1 without a gap."""
    folder = files("graph") / "migrations"
    named = sorted((file for file in folder.iterdir() if file.name.endswith(".cypher")), key=lambda file: file.name)
    read = tuple(parse(int(file.name[:4]), file.read_bytes()) for file in named)
    if [one.number for one in read] != list(range(1, len(read) + 1)):
        raise ValueError("the migrations are not numbered from 1 without a gap")
    return read


def parse(number: int, raw: bytes) -> Migration:
    """Read a migration: comment lines dropped, statements ended by a semicolon at the end of a line."""
    lines = [line for line in raw.decode("utf-8").splitlines() if not line.startswith("//")]
    statements = tuple(part.strip() for part in "\n".join(lines).replace(";\n", "\n;;\n").split("\n;;\n"))
    return Migration(number, hashlib.sha256(raw).hexdigest(), tuple(one.rstrip(";") for one in statements if one))


async def migrate(driver: Driver, wanted: Sequence[Migration] | None = None) -> int:
    """Bring the database up to date and give the number of the newest migration in force.

    Raise DatabaseTooNew, or GraphUnavailable where a file was changed after it was applied.
    """
    wanted = migrations() if wanted is None else wanted
    end = time.monotonic() + PATIENCE_SECONDS
    while _pending(await _applied(driver), wanted):
        try:
            await _apply(driver, wanted)
        except (Neo4jError, DriverError) as problem:
            if time.monotonic() >= end:
                raise GraphUnavailable("The database could not be brought up to date.") from problem
            await asyncio.sleep(RETRY_SECONDS)  # another node holds the lock and does the same work
    return len(wanted)


async def _apply(driver: Driver, wanted: Sequence[Migration]) -> None:
    """Apply what is pending under the lock, looked at again once it is held."""
    await rows(driver, _ONE_PER_NUMBER)
    async with holding(driver, _LOCK):
        for one in _pending(await _applied(driver), wanted):
            for statement in one.statements:
                await rows(driver, statement)
            await rows(driver, _INDEXES)
            await rows(driver, _RECORD, number=one.number, sha256=one.sha256)


async def _applied(driver: Driver) -> list[list[object]]:
    try:
        return await rows(driver, _APPLIED)
    except (Neo4jError, DriverError, OSError) as problem:
        raise GraphUnavailable("The database does not say which migrations it has.") from problem


def _pending(applied: Sequence[Sequence[object]], wanted: Sequence[Migration]) -> Sequence[Migration]:
    """Give the migrations not yet applied; raise if the database knows more than we do, or something else."""
    if len(applied) > len(wanted):
        raise DatabaseTooNew(
            f"The database is at migration {applied[-1][0]} and this release knows {len(wanted)}; run the newer one."
        )
    for (number, sha256), one in zip(applied, wanted, strict=False):
        if number != one.number or sha256 != one.sha256:
            raise GraphUnavailable(f"Migration {one.number:04d} was changed after it was applied to this database.")
    return wanted[len(applied) :]
