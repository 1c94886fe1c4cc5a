"""The register as a file: who may read it, what it was made for, and what happens when it cannot be written."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, insert, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import Executable

from auth.sealing import StateKeys
from register import approvals, enquiries, ledger, officers, sessions, store, writer
from register.migrate import RegisterTooNew
from register.store import Register, RegisterOfAnotherState, RegisterUnavailable
from register.tables import metadata
from schemas.handling import Level
from schemas.operation import SystemRandom
from tests.register.conftest import Watch
from tests.register.entries import look
from tests.register.people import add, officer

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
Opener = Callable[[], Awaitable[Register]]


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


async def open_as(url: str, state: str) -> Register:
    keys = StateKeys.from_master(b"r" * 32)
    return await Register.open(url, state=state, keys=keys, clock=Watch(), random=SystemRandom())


async def test_a_new_register_is_closed_to_everybody_else(register: Register, url: str) -> None:
    await register.ledger.append(look())
    directory = file_of(url).parent
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}


@pytest.mark.parametrize("place", [".", "register.db"])
async def test_a_register_that_others_could_read_is_refused(opened: Opener, url: str, place: str) -> None:
    await (await opened()).close()
    open_place = file_of(url).parent / place
    open_place.chmod(open_place.stat().st_mode | 0o044)
    with pytest.raises(RegisterUnavailable, match="read by others"):
        await opened()


async def test_the_register_of_another_state_is_refused(opened: Opener, url: str) -> None:
    await opened()
    with pytest.raises(RegisterOfAnotherState, match="IN-RJ"):
        await open_as(url, "IN-PB")


async def test_a_register_newer_than_the_code_is_refused(opened: Opener, url: str) -> None:
    await (await opened()).close()
    with sqlite3.connect(file_of(url)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RegisterTooNew):
        await opened()


async def test_officers_who_were_there_before_keep_their_secrets_as_their_own(opened: Opener, url: str) -> None:
    file_of(url).parent.mkdir(mode=0o700)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "register" / "migrations"))
    with create_engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for id in ("rj.one", "rj.two"):
            row = {"id": id, "name": "A B", "rank": "SI", "unit": "ATS", "level": 1, "compartments": "[]"}
            secrets = {"password": "hash", "totp_secret": b"sealed", "totp_step": 7}
            values = {**row, **secrets, "active": id == "rj.one", "added_at": 0, "added_by": "rj.admin"}
            connection.execute(insert(metadata.tables["officers"]).values(**values))
    file_of(url).chmod(0o600)
    for register in (await opened(), await opened()):
        assert await register.officers.with_own_secrets() == {"rj.one", "rj.two"}
    before = [officer("rj.one", Level(1)), officer("rj.two", Level(1)).model_copy(update={"active": False})]
    assert await register.officers.list() == before
    with sqlite3.connect(file_of(url)) as file:
        assert (
            list(file.execute("SELECT password, totp_secret, totp_step FROM officers")) == [("hash", b"sealed", 7)] * 2
        )
    await add(register, officer("rj.new"), at=Watch().now)
    assert "rj.new" not in await register.officers.with_own_secrets()


async def test_something_that_is_no_register_is_refused(opened: Opener, url: str) -> None:
    file_of(url).parent.mkdir(mode=0o700)
    file_of(url).write_bytes(b"no database at all" * 100)
    file_of(url).chmod(0o600)
    with pytest.raises(RegisterUnavailable):
        await opened()


async def test_the_first_fact_stands_whoever_writes_after_it(opened: Opener) -> None:
    one, other = await opened(), await opened()
    held = await asyncio.gather(one.set_meta("stamp", "TRAINING"), other.set_meta("stamp", "LIVE"))
    assert held[0] == held[1] == await one.meta("stamp")
    assert await one.meta("nothing") is None


async def test_the_steps_make_the_tables_that_the_code_speaks_of(register: Register, url: str) -> None:
    made = inspect(create_engine(url))
    assert set(made.get_table_names()) == {*metadata.tables, "alembic_version"}
    for name, table in metadata.tables.items():
        columns = {column["name"]: column["nullable"] for column in made.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        assert made.get_pk_constraint(name)["constrained_columns"] == [column.name for column in table.primary_key]
        assert {index["name"] for index in made.get_indexes(name)} == {index.name for index in table.indexes}
        foreign = {key["referred_table"] for key in made.get_foreign_keys(name)}
        assert foreign == {key.column.table.name for key in table.foreign_keys}


def test_tables_and_statements_are_good_for_postgresql() -> None:
    statements: list[Executable] = []
    for module in (approvals, enquiries, ledger, officers, sessions, writer):
        statements += [one for name, one in vars(module).items() if name.isupper() and isinstance(one, Executable)]
    assert len(statements) >= 8
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect))
        assert all(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    for statement in statements:
        assert str(statement.compile(dialect=dialect))  # type: ignore[attr-defined]  # every statement compiles


async def test_a_register_locked_by_another_is_unavailable_and_then_good_again(
    opened: Opener, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.1)
    register = await opened()
    await register.ledger.append(look(1))
    holder = sqlite3.connect(file_of(url), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answers = await asyncio.gather(*(register.ledger.append(look(2)) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(answer, RegisterUnavailable) for answer in answers)
    assert (await register.ledger.head())[0] == 1
    holder.execute("ROLLBACK")
    assert await register.ledger.append(look(3)) == 2
    assert await register.ledger.verify() == []


FULL_DISK = """
import asyncio, resource, sys
from tests.register.entries import look
from tests.register.test_store import open_as
from register.store import RegisterUnavailable

async def main(url):
    register = await open_as(url, "IN-RJ")
    await register.ledger.append(look(0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    written, refused = 1, 0
    while refused < 3:
        try:
            await asyncio.gather(*(register.ledger.append(look(0, ids=("x" * 2_000,))) for _ in range(7)))
            written += 7
        except RegisterUnavailable:
            refused += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(await register.ledger.append(look(1)), written, await register.ledger.verify())
    await register.close()

asyncio.run(main(sys.argv[1]))
"""


def test_a_full_disk_makes_the_register_unavailable_until_there_is_room(url: str) -> None:
    process = subprocess.run(
        [sys.executable, "-c", FULL_DISK, url], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert process.returncode == 0, process.stderr
    last, written, faults = process.stdout.split(maxsplit=2)
    assert int(last) == int(written) + 1
    assert faults.strip() == "[]"


async def test_a_file_taken_away_is_unavailable_until_it_is_back(register: Register, url: str) -> None:
    await register.ledger.append(look(1))
    file, kept = file_of(url), file_of(url).with_suffix(".kept")
    file.rename(kept)
    for ask in (register.ledger.append(look(2)), register.ledger.append(look(3)), register.ledger.head()):
        with pytest.raises(RegisterUnavailable):
            await ask
    assert not file.exists()
    kept.rename(file)
    assert await register.ledger.append(look(4)) == 2
    assert await register.ledger.verify() == []


async def test_a_file_put_in_the_place_of_another_is_the_one_that_is_written(opened: Opener, url: str) -> None:
    first = await opened()
    await first.ledger.append(look(1))
    await first.close()
    copy = file_of(url).with_suffix(".copy")
    copy.write_bytes(file_of(url).read_bytes())
    register = await opened()
    await register.ledger.append(look(2))
    for left in ("-wal", "-shm"):
        file_of(url).with_name(f"register.db{left}").unlink()
    copy.replace(file_of(url))
    with pytest.raises(RegisterUnavailable):
        await register.ledger.append(look(3))
    assert await register.ledger.append(look(4)) == 2
