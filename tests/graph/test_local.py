"""A Neo4j of our own: private, on loopback, gone when its program is gone, and its data never."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from graph.child import own
from graph.driver import Neo4jError, open_driver, refuse_old, rows
from graph.errors import DataDirectoryBusy, GraphUnavailable, PasswordRefused
from graph.local import LocalGraph, start_local

pytestmark = pytest.mark.anyio

PROGRAM = """
import asyncio, sys
from pathlib import Path
from graph.driver import open_driver, rows
from graph.local import start_local

async def main() -> None:
    graph = await start_local(Path(sys.argv[1]))
    async with await open_driver(graph.uri, graph.user, graph.password) as driver:
        await rows(driver, "CREATE (:Kept {name: 'before the end'})")
    print(graph.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def _files(home: Path) -> Iterator[Path]:
    return (file for file in home.rglob("*") if file.is_file())


def _gone(process: psutil.Process, *, within: float) -> bool:
    try:
        process.wait(within)
    except psutil.TimeoutExpired:
        return False
    return True


def test_nobody_else_reads_what_it_writes(local_graph: LocalGraph) -> None:
    assert stat.S_IMODE(local_graph.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((local_graph.home / "password").stat().st_mode) == 0o600
    written = [
        *_files(local_graph.home / "conf"),
        *_files(local_graph.home / "data"),
        *_files(local_graph.home / "logs"),
    ]
    assert written
    assert not [file for file in written if stat.S_IMODE(file.stat().st_mode) & 0o077]


def test_the_password_stands_in_its_file_and_nowhere_else(local_graph: LocalGraph) -> None:
    java = psutil.Process(local_graph.pid)
    guard = psutil.Process(local_graph.child.guard.pid)
    assert java.ppid() == guard.pid
    for process in (java, guard):
        assert local_graph.password not in " ".join(process.cmdline())
        assert local_graph.password not in str(process.environ())
    assert local_graph.password not in repr(local_graph)
    told = [file.name for file in _files(local_graph.home) if local_graph.password.encode() in file.read_bytes()]
    assert told == ["password"]
    assert not (local_graph.home / "data" / "dbms" / "auth.ini").exists()


def test_java_gets_nothing_of_our_environment(local_graph: LocalGraph) -> None:
    assert psutil.Process(local_graph.pid).environ().keys() <= {"PATH", "LANG", "HOME", "JAVA_HOME", "NLSPATH"}


def test_it_listens_on_loopback_and_on_one_port(local_graph: LocalGraph) -> None:
    sockets = psutil.Process(local_graph.pid).net_connections("inet")
    listening = [one.laddr for one in sockets if one.status == psutil.CONN_LISTEN]
    assert [one.ip for one in listening] == ["127.0.0.1"]
    assert local_graph.uri == f"bolt://127.0.0.1:{listening[0].port}"


def test_it_runs_on_the_class_data_that_all_share(local_graph: LocalGraph) -> None:
    mapped = {Path(one.path).name for one in psutil.Process(local_graph.pid).memory_maps()}
    assert {"base.jsa", "app.jsa"} <= mapped
    assert (local_graph.home / "logs" / "console.log").read_text().strip("\x06\n") == ""


async def test_a_second_node_on_its_directory_says_so_and_stops(local_graph: LocalGraph) -> None:
    before = (local_graph.home / "conf" / "java.args").stat().st_mtime_ns
    with pytest.raises(DataDirectoryBusy, match=f"Another node uses the data directory .* \\(process {os.getpid()}\\)"):
        await start_local(local_graph.home)
    assert (local_graph.home / "conf" / "java.args").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "where", ["file:///etc/hostname", "http://127.0.0.1:{port}/a.csv", "http://localhost:{port}/a.csv"]
)
async def test_a_statement_reaches_no_file_and_no_address(where: str, local_graph: LocalGraph) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = where.format(port=server.getsockname()[1])
        async with await open_driver(local_graph.uri, local_graph.user, local_graph.password) as driver:
            with pytest.raises(Neo4jError, match=r"allow_csv_import\S+ is false|blocked via \S* \S* property"):
                await rows(driver, f"LOAD CSV FROM '{address}' AS line RETURN line")
        with pytest.raises(BlockingIOError):
            server.accept()


async def test_a_statement_has_its_share_of_memory_and_no_more(local_graph: LocalGraph) -> None:
    async with await open_driver(local_graph.uri, local_graph.user, local_graph.password) as driver:
        with pytest.raises(Neo4jError, match="MemoryPoolOutOfMemoryError"):
            await rows(driver, "UNWIND range(1, 100000000) AS i RETURN collect(toString(i))[0]")
        assert await rows(driver, "RETURN 1") == [[1]]


async def test_a_wrong_password_is_one_clear_line(local_graph: LocalGraph) -> None:
    with pytest.raises(
        PasswordRefused, match=f"^The database at {local_graph.uri} refuses this user name or password.$"
    ):
        await open_driver(local_graph.uri, local_graph.user, "not this one")


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("bolt://127.0.0.1:9", "No database answers at bolt://127.0.0.1:9."),
        ("neo4j://127.0.0.1:9", "No database answers at neo4j://127.0.0.1:9."),
        ("bolt://nowhere.invalid:7687", "No database answers at bolt://nowhere.invalid:7687."),
        ("postgresql://127.0.0.1/graph", "postgresql://127.0.0.1/graph is no address of a Neo4j database"),
        ("", "is no address of a Neo4j database"),
    ],
)
async def test_a_database_that_cannot_be_reached_is_one_clear_line(uri: str, said: str) -> None:
    with pytest.raises(GraphUnavailable) as caught:
        await open_driver(uri, "neo4j", "any")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("version", ["4.4.40", "5.25.9", "5.3.0"])
def test_a_database_too_old_is_one_clear_line(version: str) -> None:
    with pytest.raises(
        GraphUnavailable, match=rf"^The database at bolt://db is Neo4j {version}; 5\.26 or newer is needed\.$"
    ):
        refuse_old("bolt://db", version)


@pytest.mark.parametrize("version", ["5.26.0", "5.26.30", "5.27.0-SNAPSHOT", "2025.01.0", "2026.04.0"])
def test_a_database_new_enough_is_accepted(version: str) -> None:
    refuse_old("bolt://db", version)


def test_it_outlives_nothing_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is killed: Java goes. Another takes the store back, and its guard is killed: Java goes too."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # and all of it without a network
    home = tmp_path / "node"
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(home)], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        first = psutil.Process(int(program.stdout.readline()))
        program.kill()
    graph = asyncio.run(start_local(home))  # at once, while the first still stops
    assert not first.is_running()
    asyncio.run(_holds_what_was_said(graph))
    java = psutil.Process(graph.pid)
    os.kill(graph.child.guard.pid, signal.SIGKILL)
    assert _gone(java, within=5)
    assert not graph.alive()
    asyncio.run(graph.stop())
    os.close(asyncio.run(own(home)))
    _refused_when_broken(home)


def _refused_when_broken(home: Path) -> None:
    """A store that cannot be opened is one clear line, and no process stays."""
    for file in (home / "data" / "databases" / "neo4j").glob("neostore*"):
        file.write_bytes(b"no store")
    with pytest.raises(GraphUnavailable, match=r"^The store under .*/node cannot be opened: .+$"):
        asyncio.run(start_local(home))
    os.close(asyncio.run(own(home)))


async def _holds_what_was_said(graph: LocalGraph) -> None:
    async with await open_driver(graph.uri, graph.user, graph.password) as driver:
        assert await rows(driver, "MATCH (n:Kept) RETURN n.name") == [["before the end"]]
