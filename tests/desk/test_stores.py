"""Stores are used together or replaced alone, and a replacement that was begun is ended whatever happens."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desk import stores
from desk.errors import Unavailable
from desk.stores import STORES, alone, in_use, making, switch

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with old stores and the keys."""
    for name in (*STORES, "keys"):
        (tmp_path / "node" / name).mkdir(parents=True)
        (tmp_path / "node" / name / "file").write_text(f"old {name}")
    return tmp_path / "node"


def lying(data: Path) -> dict[str, str]:
    """Give what lies in each folder that is not one in which new stores are made."""
    folders = [path for path in data.iterdir() if path.is_dir() and path.name != "making"]
    return {path.name: (path / "file").read_text() for path in folders}


def made(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir()
        (folder / name / "file").write_text(f"new {name}")


OLD = {name: f"old {name}" for name in (*STORES, "keys")}
NEW = {name: f"new {name}" for name in STORES} | {"keys": "old keys"}


def test_many_use_the_stores_and_nobody_replaces_them_meanwhile(data: Path) -> None:
    with in_use(data), in_use(data), pytest.raises(Unavailable, match="stop the node first"), alone(data):
        pass
    with alone(data):
        with pytest.raises(Unavailable, match="wait for its end"), in_use(data):
            pass
        with pytest.raises(Unavailable), alone(data):
            pass
    with in_use(data):
        assert lying(data) == OLD


def test_a_process_that_was_killed_holds_nothing(data: Path) -> None:
    text = "import os, sys\nfrom pathlib import Path\nfrom desk.stores import alone\n"
    text += "with alone(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    killed = subprocess.run([sys.executable, "-c", text, str(data)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    with alone(data):
        pass


def test_the_stores_that_were_made_take_the_place_of_the_old_ones(data: Path) -> None:
    with alone(data), making(data) as folder:
        made(folder, *STORES)
        switch(data)
    assert lying(data) == NEW


def test_what_was_not_made_anew_stays(data: Path) -> None:
    with alone(data), making(data) as folder:
        made(folder, "graph")
        switch(data)
    assert lying(data) == {**OLD, "graph": "new graph"}


def test_where_none_were_the_new_ones_are_put(data: Path) -> None:
    shutil.rmtree(data / "graph")
    with alone(data), making(data) as folder:
        made(folder, *STORES)
        switch(data)
    assert lying(data) == NEW


def test_what_was_not_made_to_its_end_changes_nothing(data: Path) -> None:
    with pytest.raises(FileExistsError), alone(data), making(data) as folder:
        made(folder, *STORES, "graph")
    assert lying(data) == OLD
    (data / "making").mkdir()  # what a kill leaves
    made(data / "making", "graph")
    with in_use(data):
        assert lying(data) == OLD
        assert not (data / "making").exists()
    (data / "making").mkdir()
    made(data / "making", "graph")
    with alone(data), making(data) as folder:
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("opener", [in_use, alone])
@pytest.mark.parametrize("stopped_at", range(9))
def test_a_replacement_that_stopped_anywhere_is_ended_by_whoever_comes_next(
    data: Path, stopped_at: int, opener: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step that touches a name can be the last before the power goes."""
    steps = 0

    class Gone(BaseException):
        pass

    def step(real: object) -> object:
        def taken(*given: object, **more: object) -> object:
            nonlocal steps
            if steps == stopped_at:
                raise Gone
            steps += 1
            return real(*given, **more)  # type: ignore[operator]

        return taken

    def replace() -> None:
        made(data / "making", *STORES)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", step(Path.rename))
            patched.setattr(stores.shutil, "rmtree", step(shutil.rmtree))
            switch(data)
        raise Gone  # it was ended before the power went

    (data / "making").mkdir()
    with pytest.raises(Gone), alone(data):
        replace()
    with opener(data):  # type: ignore[operator]
        assert lying(data) == (OLD if stopped_at == 0 else NEW)
        assert not (data / "ready").exists()


def test_the_lock_is_for_nobody_else(data: Path) -> None:
    with in_use(data):
        assert os.stat(data / "stores.lock").st_mode & 0o077 == 0
