"""The vault: files lie sealed record by record, open whole or not at all, and are gone when they are destroyed."""

import asyncio
import os
import stat
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from auth.sealing import SealBroken, StateKeys
from auth.streams import open_stream
from register.ledger import Entry, EntryKind
from register.store import Register, RegisterUnavailable
from register.tables import vault_keys
from register.vault import NewFile, RecordDestroyed, TooManyFiles
from schemas.file import KeptFile, Media
from tests.register.conftest import Opener, Watch
from tests.register.people import add, officer

pytestmark = pytest.mark.anyio

ONE, OTHER = (f"urn:sangam:IN-RJ:person:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
PLAIN = b"a photo " * 50_000
KEYS = StateKeys.from_master(b"r" * 32)


@pytest.fixture
async def vault(register: Register, watch: Watch) -> Register:
    """A register in which somebody may add files."""
    await add(register, officer("rj.one"), at=watch.now)
    return register


def new(number: int = 0, *, record: str = ONE, plain: bytes = PLAIN, received: str | None = None) -> NewFile:
    id = f"{number:08x}-0000-4000-8000-000000000000"
    return NewFile(id, record, Media.JPEG, plain, received or f"{number:064x}", date(2026, 5, 1), "rj.one")


def added(kept: KeptFile) -> Entry:
    return Entry(EntryKind.FILE, "rj.one", None, None, "add file", {"file": kept.id}, (kept.record,), "DONE")


async def keep(register: Register, file: NewFile, *, most: int = 20) -> KeptFile:
    return await register.vault.keep(file, most=most, entry=added)


async def destroy(register: Register, *records: str, ever: bool) -> int:
    def entry(number: int) -> Entry:
        return Entry(EntryKind.JOB, None, None, None, "purge files", {"files": number}, records, "OK")

    return await register.vault.destroy(records, at=register.clock(), entry=entry, ever=ever)


def lying(register: Register) -> list[Path]:
    return sorted(path for path in register.vault.folder.rglob("*") if path.is_file())


async def told(register: Register) -> Sequence[str]:
    return [one.entry.operation for one in await register.ledger.search() if one.entry.kind is not EntryKind.ACCOUNT]


async def plain_of(register: Register, id: str, record: str = ONE) -> bytes | None:
    opened = await register.vault.open(record, id)
    return None if opened is None else b"".join(opened)


async def test_a_file_comes_back_as_it_was_and_the_ledger_has_it(vault: Register) -> None:
    kept = await keep(vault, new())
    assert (kept.bytes, kept.taken_on, kept.added_by) == (len(PLAIN), date(2026, 5, 1), "rj.one")
    assert await vault.vault.files(ONE) == [kept]
    assert await plain_of(vault, kept.id) == PLAIN
    assert await told(vault) == ["add file"]


async def test_a_file_lies_sealed_closed_to_others_and_under_a_name_that_says_nothing(vault: Register) -> None:
    kept = await keep(vault, new())
    [path] = lying(vault)
    assert PLAIN[:32] not in path.read_bytes()
    assert ONE.rsplit(":")[-1] not in str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, vault.vault.folder)} == {0o700}
    assert path == vault.vault.path(kept.id)


async def test_each_record_has_a_key_of_its_own_which_another_state_cannot_open(vault: Register, url: str) -> None:
    for number, record in enumerate((ONE, OTHER)):
        await keep(vault, new(number, record=record))
    one, other = [await sealed_key(vault, record) for record in (ONE, OTHER)]
    plain = [KEYS.unseal(sealed, f"data key of {of}".encode()) for sealed, of in ((one, ONE), (other, OTHER))]
    assert len(set(plain)) == 2
    with pytest.raises(SealBroken):
        KEYS.unseal(one, f"data key of {OTHER}".encode())
    with pytest.raises(SealBroken):
        StateKeys.from_master(b"x" * 32).unseal(one, f"data key of {ONE}".encode())
    with vault.vault.path(new(0).id).open("rb") as file, pytest.raises(SealBroken):
        list(open_stream(file, plain[1], f"file {new(0).id} of {ONE}".encode()))


async def sealed_key(register: Register, record: str) -> bytes:
    of = select(vault_keys.c.sealed).where(vault_keys.c.record == record)
    return bytes(await register._reader.do(lambda connection: connection.execute(of).scalar_one()))


async def test_a_file_is_of_its_record_and_of_no_other(vault: Register) -> None:
    kept, others = await keep(vault, new(1)), await keep(vault, new(2, record=OTHER))
    assert await plain_of(vault, kept.id, OTHER) is None
    assert await vault.vault.files(OTHER) == [others]
    assert not await vault.vault.remove(OTHER, kept.id, entry=added(kept))
    assert await plain_of(vault, kept.id) == PLAIN
    assert await told(vault) == ["add file"] * 2


@pytest.mark.parametrize("change", ["cut", "longer", "another byte", "gone", "another file"])
async def test_nobody_is_given_a_file_that_is_not_as_it_was(vault: Register, change: str) -> None:
    kept, other = await keep(vault, new(1)), await keep(vault, new(2))
    path = vault.vault.path(kept.id)
    raw = path.read_bytes()
    changed = {
        "cut": raw[:-1],
        "longer": raw + b"x",
        "another byte": raw[:-20] + bytes([raw[-20] ^ 1]) + raw[-19:],
        "another file": vault.vault.path(other.id).read_bytes(),
    }
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(changed[change])
    with pytest.raises(RegisterUnavailable):
        await vault.vault.open(ONE, kept.id)


async def test_the_same_file_is_kept_once(vault: Register) -> None:
    kept = await keep(vault, new(1, received="a" * 64))
    assert await keep(vault, new(2, received="a" * 64)) == kept
    assert lying(vault) == [vault.vault.path(kept.id)]
    assert await told(vault) == ["add file"]
    assert (await keep(vault, new(3, record=OTHER, received="a" * 64))).record == OTHER


async def test_no_file_is_kept_without_its_entry(vault: Register) -> None:
    def unsayable(kept: KeptFile) -> Entry:
        return Entry(EntryKind.FILE, "rj.one", None, None, "add file", float("nan"), (), "DONE")

    with pytest.raises(ValueError):
        await vault.vault.keep(new(), most=20, entry=unsayable)
    assert await vault.vault.files(ONE) == []


async def test_a_record_has_so_many_files_and_no_more(vault: Register) -> None:
    for number in range(2):
        await keep(vault, new(number), most=2)
    with pytest.raises(TooManyFiles):
        await keep(vault, new(3), most=2)
    assert len(lying(vault)) == len(await vault.vault.files(ONE)) == 2
    both = await asyncio.gather(
        *(keep(vault, new(number, record=OTHER), most=1) for number in (4, 5)), return_exceptions=True
    )
    assert len([one for one in both if isinstance(one, TooManyFiles)]) == 1


async def test_what_was_removed_is_gone_and_the_rest_stays(vault: Register) -> None:
    kept, other = await keep(vault, new(1)), await keep(vault, new(2))
    assert await vault.vault.remove(ONE, kept.id, entry=added(kept))
    assert await plain_of(vault, kept.id) is None
    assert lying(vault) == [vault.vault.path(other.id)]
    assert await plain_of(vault, other.id) == PLAIN


@pytest.mark.parametrize("ever", [True, False])
async def test_what_was_destroyed_is_unreadable_even_from_a_copy_of_its_bytes(
    vault: Register, url: str, ever: bool
) -> None:
    kept = await keep(vault, new(1))
    other = await keep(vault, new(2, record=OTHER))
    copy, sealed = vault.vault.path(kept.id).read_bytes(), await sealed_key(vault, ONE)
    register = Path(url.removeprefix("sqlite:///")).parent
    assert any(sealed in file.read_bytes() for file in register.iterdir())
    assert await destroy(vault, ONE, ever=ever) == 1
    assert [file.name for file in register.iterdir() if sealed in file.read_bytes()] == []
    assert await plain_of(vault, kept.id) is None
    vault.vault.path(kept.id).write_bytes(copy)
    assert await plain_of(vault, kept.id) is None
    assert await plain_of(vault, other.id, OTHER) == PLAIN
    assert (await told(vault))[0] == "purge files"


async def test_for_what_was_destroyed_for_good_no_file_is_kept_again(vault: Register) -> None:
    await keep(vault, new(1))
    assert await destroy(vault, ONE, OTHER, ever=True) == 1
    for record in (ONE, OTHER):
        with pytest.raises(RecordDestroyed):
            await keep(vault, new(2, record=record))
    assert lying(vault) == []
    assert await vault.vault.destroyed() == [ONE, OTHER]
    entries = await told(vault)
    assert await destroy(vault, ONE, OTHER, ever=True) == 0
    assert await told(vault) == entries


async def test_a_file_that_comes_while_its_record_is_destroyed_is_not_kept(vault: Register) -> None:
    await keep(vault, new(1))
    write = vault.vault._write

    def slowly(kept: KeptFile, plain: bytes, key: bytes) -> None:
        asyncio.run_coroutine_threadsafe(destroy(vault, ONE, ever=False), loop).result()
        write(kept, plain, key)

    loop = asyncio.get_running_loop()
    vault.vault._write = slowly  # type: ignore[method-assign]
    with pytest.raises(RecordDestroyed):
        await keep(vault, new(2))
    vault.vault._write = write  # type: ignore[method-assign]
    assert (lying(vault), await vault.vault.files(ONE)) == ([], [])
    assert await plain_of(vault, (await keep(vault, new(3))).id) == PLAIN


async def test_what_a_crash_left_behind_is_swept_and_nothing_else(vault: Register, watch: Watch, url: str) -> None:
    kept = await keep(vault, new(1))
    lost, young = vault.vault.path(new(2).id), vault.vault.path(new(3).id)
    for path in (lost, young):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half a file")
    now = watch.now.timestamp()
    for path, age in ((lost, 7200), (young, 60), (vault.vault.path(kept.id), 7200)):
        os.utime(path, (now - age, now - age))
    assert await vault.vault.sweep() == 1
    assert lying(vault) == sorted([young, vault.vault.path(kept.id)])


async def test_a_register_opened_anew_has_its_files(vault: Register, opened: Opener) -> None:
    kept = await keep(vault, new(1))
    assert await plain_of(await opened(), kept.id) == PLAIN
