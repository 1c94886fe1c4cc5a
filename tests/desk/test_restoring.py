"""A backup that is not this state's, of other keys, or not as it was written is refused, and the stores stay."""

from collections.abc import Callable, Iterable
from pathlib import Path

import orjson
import pytest

from auth.sealing import StateKeys
from auth.streams import seal_stream
from desk.backing import backup, checksum_beside, header_of
from desk.compacting import compact
from desk.errors import Refused, Unavailable
from desk.members import written
from desk.restoring import restore
from desk.stores import Stores, in_use
from register.store import Register
from schemas.operation import SystemRandom, system_clock

pytestmark = pytest.mark.anyio

MADE_AT = "2026-06-01T09:00:00+00:00"
MANIFEST = orjson.dumps({"state": "IN-RJ", "made_at": MADE_AT, "files": 0})
Members = Iterable[tuple[str, Iterable[bytes]]]
WITHOUT_A_DUMP: Members = [("manifest.json", [MANIFEST]), ("register.db", [b"a register"])]


def silent(what: str, done: int, total: int) -> None:
    """Take word of progress."""


@pytest.fixture
async def node(tmp_path: Path) -> Stores:
    """The stores of a state, of which only the register is there."""
    made = Stores("IN-RJ", tmp_path / "node", StateKeys.from_master(b"k" * 32), system_clock, SystemRandom())
    made.data.mkdir(mode=0o700)
    register: Register = await made.register(made.data)
    await register.set_meta("stamp", "TRIAL")
    await register.close()
    return made


def written_to(path: Path, node: Stores, members: Members = WITHOUT_A_DUMP, state: str = "IN-RJ") -> Path:
    """Write a backup as `backup` does."""
    header = header_of(state, MADE_AT)
    with path.open("wb") as file:
        file.write(header)
        seal_stream(written(members), file, node.keys.backups, header)
    return path


def stamped(node: Stores) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (node.data / "register").iterdir() if path.suffix == ".db"}


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "nothing in it": lambda raw: b"",
    "no backup at all": lambda raw: b"PK" + raw,
    "cut": lambda raw: raw[:-20],
    "a byte": lambda raw: raw[:-30] + bytes([raw[-30] ^ 1]) + raw[-29:],
    "another day": lambda raw: raw.replace(b"2026-06-01", b"2026-07-01"),
    "no line that says whose it is": lambda raw: raw.replace(b"state", b"estat"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_backup_that_is_not_as_it_was_written_is_refused(node: Stores, tmp_path: Path, change: str) -> None:
    before = stamped(node)
    file = written_to(tmp_path / "kept", node)
    file.write_bytes(CHANGES[change](file.read_bytes()))
    with pytest.raises(Refused, match="not as it was written"):
        await restore(node, file, progress=silent)
    assert stamped(node) == before
    assert not (node.data / "making").exists()


async def test_a_backup_that_is_whole_and_lacks_a_store_is_refused(node: Stores, tmp_path: Path) -> None:
    before = stamped(node)
    with pytest.raises(Refused, match="no backup of this state"):
        await restore(node, written_to(tmp_path / "kept", node), progress=silent)
    assert stamped(node) == before


async def test_a_backup_of_another_state_or_of_other_keys_is_refused(node: Stores, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="backup of IN-PB, not of IN-RJ"):
        await restore(node, written_to(tmp_path / "theirs", node, state="IN-PB"), progress=silent)
    other = Stores(node.state, node.data, StateKeys.from_master(b"o" * 32), node.clock, node.random)
    with pytest.raises(Refused, match="under these keys"):
        await restore(node, written_to(tmp_path / "others", other), progress=silent)


async def test_a_backup_whose_checksum_lies_beside_it_must_have_it(node: Stores, tmp_path: Path) -> None:
    file = written_to(tmp_path / "kept", node)
    checksum_beside(file).write_text(f"{'0' * 64}  kept\n")
    with pytest.raises(Refused, match="does not have the SHA-256"):
        await restore(node, file, progress=silent)
    with pytest.raises(Refused, match="cannot be read"):
        await restore(node, tmp_path / "nothing", progress=silent)


async def test_nothing_is_done_to_stores_that_are_in_use(node: Stores, tmp_path: Path) -> None:
    file = written_to(tmp_path / "kept", node)
    with in_use(node.data):
        for act in (
            backup(node, tmp_path / "new", progress=silent),
            restore(node, file, progress=silent),
            compact(node, progress=silent),
        ):
            with pytest.raises(Unavailable, match="stop the node first"):
                await act
    assert not (tmp_path / "new").exists()


async def test_a_backup_never_takes_the_place_of_a_file(node: Stores, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("an older backup")
    with pytest.raises(Refused, match="is there already"):
        await backup(node, tmp_path / "kept", progress=silent)
    assert (tmp_path / "kept").read_text() == "an older backup"
