"""Only the files that the lock names are run, wherever they came from."""

import asyncio
import hashlib
import http.server
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from graph.errors import GraphUnavailable, JarRefused
from graph.jars import Jar, locked, make_ready
from graph.local import start_local

BYTES = b"a jar of our own" * 1000
OURS = Jar("in.sangam.tests", "small", "1.0", "", hashlib.sha256(BYTES).hexdigest())


def _ignore(done: int, total: int) -> None:
    """Nobody looks at the progress here."""


class _Repository(http.server.SimpleHTTPRequestHandler):
    """A repository of files that says nothing and, when asked to, breaks off in mid-file."""

    breaks_off = False

    def log_message(self, format: str, *args: object) -> None:
        pass

    def copyfile(self, source: object, outputfile: object) -> None:
        if self.breaks_off:
            self.wfile.write(source.read(100))  # type: ignore[attr-defined]  # an open file
        else:
            super().copyfile(source, outputfile)  # type: ignore[arg-type]  # the base class says it more narrowly


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository on loopback in place of the public one; gives its folder."""
    folder = tmp_path / "repository"
    place = folder / OURS.path
    place.parent.mkdir(parents=True)
    place.write_bytes(BYTES)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Repository, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        where = {"ours": f"http://127.0.0.1:{server.server_port}"}
        monkeypatch.setattr("jgo.maven._core.DEFAULT_REMOTE_REPOS", where)
        yield folder
        server.shutdown()
        thread.join()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send every request to a port where nobody listens."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def test_the_lock_names_each_file_of_neo4j_and_its_digest() -> None:
    jars = locked()
    assert jars[0].path == "org/neo4j/neo4j/5.26.30/neo4j-5.26.30.jar"
    assert len({jar.path for jar in jars}) == len(jars) == 213
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)
    assert not any("bouncycastle" in jar.group for jar in jars)


def test_a_jar_is_fetched_once_and_then_needs_no_network(repository: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_ready(tmp_path / "cache", [OURS], lambda done, total: told.append((done, total)))
    assert told == [(0, 1), (1, 1)]
    (repository / OURS.path).unlink()
    make_ready(tmp_path / "cache", [OURS], _ignore)
    assert [file for file in (tmp_path / "cache").rglob("*") if file.is_file()] == [tmp_path / "cache" / OURS.path]
    assert (tmp_path / "cache" / OURS.path).read_bytes() == BYTES


def test_a_fetched_jar_with_another_hash_is_refused_by_name_and_not_kept(repository: Path, tmp_path: Path) -> None:
    other = replace(OURS, sha256="0" * 64)
    with pytest.raises(JarRefused, match=OURS.path):
        make_ready(tmp_path / "cache", [other], _ignore)
    assert not [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]


def test_a_jar_that_breaks_off_is_not_kept(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Repository, "breaks_off", True)
    with pytest.raises(GraphUnavailable, match=OURS.path):
        make_ready(tmp_path / "cache", [OURS], _ignore)
    assert not [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]


@pytest.mark.usefixtures("no_network")
def test_a_missing_jar_without_a_network_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(GraphUnavailable, match=r"neo4j-5\.26\.30\.jar is not in the cache and could not be fetched"):
        make_ready(tmp_path / "cache", locked()[:1], _ignore)


@pytest.mark.parametrize("raw", [b"", b"half a jar"])
def test_a_jar_changed_in_the_cache_is_refused_by_name_and_nothing_is_run(raw: bytes, tmp_path: Path) -> None:
    victim = locked()[7]
    place = tmp_path / "cache" / "jars" / victim.path
    place.parent.mkdir(parents=True)
    place.write_bytes(raw)
    with pytest.raises(JarRefused, match=victim.path):
        asyncio.run(start_local(tmp_path / "node", cache=tmp_path / "cache"))
    assert os.listdir(tmp_path) == ["cache"]
    assert [file for file in (tmp_path / "cache").rglob("*") if file.is_file()] == [place]
