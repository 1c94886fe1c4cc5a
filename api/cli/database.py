"""The Neo4j that a node starts by itself: started alone, stopped, looked at, migrated, and fetched beforehand."""

import json as plain_json
import signal
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
import typer

from api.cli.safekeeping import backup, compact, restore
from api.cli.saying import UNAVAILABLE, JsonFlag, out, say_json

__all__ = ["backup", "compact", "fetch", "migrate", "restore", "start", "status", "stop"]

STOP_SECONDS = 30.0
POLL_SECONDS = 0.2


def start(json: JsonFlag = False) -> None:
    """Start the database alone, for a look with tools of your own; Ctrl-C ends it."""
    from api.cli.running import run_until_told

    run_until_told(_start(json=json))


async def _start(*, json: bool) -> None:
    from desk.stores import in_use

    home = _home()
    with in_use(home.parent):
        await _started(home, json=json)


async def _started(home: Path, *, json: bool) -> None:
    from api.cli.progress import bars
    from api.cli.serving import forever
    from graph.local import start_local

    with bars(quiet=json) as tell:
        local = await start_local(home, progress=tell)
    try:
        said = {"uri": local.uri, "user": local.user, "password_file": str(home / "password"), "pid": local.pid}
        if json:
            say_json(said)
        else:
            out.print("\n".join(f"{name}: {value}" for name, value in said.items()), markup=False)
            out.print("Ctrl-C ends it.")
        await forever()
    finally:
        await local.stop()


def stop(json: JsonFlag = False) -> None:
    """Stop whatever runs on the data directory: the database alone, or the node with it."""
    owner = _owner(_home())
    if owner is not None:
        owner.send_signal(signal.SIGTERM)
        if not _ended(owner):
            out.print(f"Process {owner.pid} has not ended in {STOP_SECONDS:.0f} s.")
            raise typer.Exit(UNAVAILABLE)
    if json:
        say_json({"stopped": owner.pid if owner else None})
    else:
        out.print(f"Process {owner.pid} has ended." if owner else "Nothing runs there.")


def _ended(owner: psutil.Process) -> bool:
    """Wait until a process has ended, reaped by its parent or not, and say whether it has."""
    end = time.monotonic() + STOP_SECONDS
    while time.monotonic() < end:
        try:
            if owner.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(POLL_SECONDS)
    return False


def status(json: JsonFlag = False) -> None:
    """Say whether the database runs, and for whom."""
    home = _home()
    owner = _owner(home)
    said: dict[str, Any] = {"home": str(home), "running": owner is not None}
    if owner is not None:
        said |= {"pid": owner.pid, "since": int(owner.create_time()), "command": owner.name()}
    if json:
        say_json(said)
    elif owner is None:
        out.print(f"Nothing runs on {home}.", markup=False)
    else:
        up = time.time() - owner.create_time()
        out.print(f"Process {owner.pid} has run on {home} for {up / 60:.0f} min.", markup=False)


def migrate(json: JsonFlag = False) -> None:
    """Bring the database's schema up to date."""
    from api.cli.running import run

    number = run(_migrate(json=json))
    if json:
        say_json({"migration": number})
    else:
        out.print(f"Migration {number} is in force.")


async def _migrate(*, json: bool) -> int:
    from api.cli.progress import bars
    from api.settings import Settings
    from desk.stores import in_use
    from graph.migrate import migrate as bring_up_to_date
    from graph.watchdog import GraphServer

    chosen = Settings()
    async with AsyncExitStack() as stack:
        with bars(quiet=json) as tell:
            if chosen.graph_uri is None:
                stack.enter_context(in_use(chosen.data))
                server = await GraphServer.open(chosen.data / "graph", progress=tell)
            else:
                password = chosen.graph_password.get_secret_value() if chosen.graph_password else ""
                server = await GraphServer.reach(chosen.graph_uri, chosen.graph_user, password)
        stack.push_async_callback(server.close)
        return await bring_up_to_date(server.driver)


def fetch(json: JsonFlag = False) -> None:
    """Fetch and check Neo4j and a training node's page and make Java's class data: nodes start at once and offline."""
    from api.cli.running import run
    from graph.jars import shared_cache

    run(_fetch(json=json))
    if json:
        say_json({"cache": str(shared_cache())})
    else:
        out.print(f"Neo4j is ready in {shared_cache()}.", markup=False)


async def _fetch(*, json: bool) -> None:
    from api import graphiql
    from api.cli.progress import bars
    from graph import jars
    from graph.local import start_local

    cache = jars.shared_cache()
    with bars(quiet=json) as tell:
        jars.make_ready(cache / "jars", jars.locked(), lambda done, total: tell("jars", done, total))
        graphiql.fetched(lambda done, total: tell("page", done, total))
        if not any(cache.glob("class-data/*/app.jsa")):
            with tempfile.TemporaryDirectory(prefix="sangam-") as home:
                await (await start_local(Path(home) / "graph", progress=tell)).stop()


def _home() -> Path:
    from api.settings import Settings

    return Settings().data / "graph"


def _owner(home: Path) -> psutil.Process | None:
    """Give the process that holds the data directory, or None."""
    try:
        said = plain_json.loads((home / "owner").read_text(encoding="utf-8"))
        process = psutil.Process(int(said["pid"]))
        return process if process.create_time() == float(said["since"]) else None
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
