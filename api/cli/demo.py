"""The demo: training nodes of one state or of many, running, with officers to sign in as and questions answered."""

import asyncio
import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from api.cli.circle import LOG
from api.cli.saying import JsonFlag, out, say_json
from api.cli.session import Session, current, demo_folder, keep, session_file
from sangam.errors import SangamError

if TYPE_CHECKING:
    from api.cli.member import Member
    from api.cli.progress import Tell

STATE = "IN-RJ"
# A given name that every state knows, as an officer of one of them writes it.
_EVERYWHERE = "गुरप्रीत"
RENEW_SECONDS = 600.0


def demo(
    data: Annotated[Path | None, typer.Option(help="The data directory; what was recorded there is kept.")] = None,
    port: Annotated[int, typer.Option(help="The port to listen on, 0 for a free one.")] = 0,
    states: Annotated[int, typer.Option(min=1, max=6, help="How many states' nodes to run, each on its own.")] = 1,
    json: JsonFlag = False,
) -> None:
    """Run training nodes until Ctrl-C, Rajasthan's first; with --json, one line when all are ready."""
    from api.cli.running import run_until_told

    folder = (data or demo_folder()).absolute()
    run_until_told(_demo(folder, port, json=json) if states == 1 else _demo_of(states, folder, json=json))


async def _demo(folder: Path, port: int, *, json: bool) -> None:
    from api.cli.member import training_node
    from api.cli.progress import bars
    from api.cli.questions import enter
    from api.cli.serving import forever

    async with AsyncExitStack() as stack:
        with bars(quiet=json) as tell:
            node = await stack.enter_async_context(training_node(STATE, folder / STATE, port, tell))
        session = await enter(node.url, node.accounts[0], node.loaded.case_refs[0])
        keep(session_file(folder), session)
        if json:
            say_json({"nodes": [node.said()]})
        else:
            await _show(session, node, folder)
        async with asyncio.TaskGroup() as group:
            group.create_task(_stay_signed_in(session_file(folder)))
            await forever()


async def _demo_of(number: int, folder: Path, *, json: bool) -> None:
    from api.cli.circle import prepare, states_of
    from api.cli.progress import bars
    from api.cli.questions import enter_as
    from api.cli.serving import forever

    states = states_of(number)
    prepare(folder, states)
    async with AsyncExitStack() as stack:
        children = {state: await stack.enter_async_context(_child(state, folder / state)) for state in states}
        with bars(quiet=json) as tell:
            nodes = await _all_ready(children, folder, tell)
        first = nodes[0]
        officer = next(one for one in first["officers"] if one["id"] == "adg.crime")
        session = await enter_as(first["url"], officer, first["case_refs"][0])
        keep(session_file(folder), session)
        if json:
            say_json({"nodes": [{key: node[key] for key in node if key != "wanted"} for node in nodes]})
        else:
            await _show_many(session, nodes, folder)
        async with asyncio.TaskGroup() as group:
            group.create_task(_stay_signed_in(session_file(folder)))
            await forever()


@asynccontextmanager
async def _child(state: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one state's node as a program of its own, which ends when its standard input does, and keeps a log."""
    with os.fdopen(os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "api.cli.member",
            state,
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            # Ctrl-C is for whoever started them all.
            start_new_session=True,
            limit=1 << 20,
        )
    try:
        yield child
    finally:
        if child.stdin is not None:
            child.stdin.close()
        await child.wait()


async def _all_ready(
    children: "dict[str, asyncio.subprocess.Process]", folder: Path, tell: "Tell"
) -> list[dict[str, Any]]:
    """Wait until each has said that it is ready, and give what they said; raise Unavailable if one ended first."""
    from desk.errors import Unavailable

    what, ready = "Nodes that are up, each with its own database and training world", 0
    tell(what, 0, len(children))

    async def line(state: str, child: "asyncio.subprocess.Process") -> dict[str, Any]:
        nonlocal ready
        said = await child.stdout.readline() if child.stdout is not None else b""
        if not said:
            raise Unavailable(f"The node of {state} ended before it was ready; it says why in {folder / state / LOG}")
        ready += 1
        tell(what, ready, len(children))
        node: dict[str, Any] = orjson.loads(said)
        return node

    return list(await asyncio.gather(*(line(state, child) for state, child in children.items())))


async def _show_many(session: Session, nodes: list[dict[str, Any]], folder: Path) -> None:
    from api.cli.questions import ask_all_and_show

    command, named = _command(), _named(folder)
    out.print(f"{len(nodes)} states are up, each with its own node, graph, register and rules:")
    for node in nodes:
        out.print(f"  {node['state']}  [bold]{node['url']}[/]", soft_wrap=True)
    out.print("Who can sign in, at each with secrets of its own (all of them: --json):")
    for node in nodes:
        one = next(one for one in node["officers"] if one["id"] == "adg.crime")
        out.print(
            f"  {node['state']}  {one['id']:<12} [bold]{one['password']:<20}[/] {one['totp_secret']}", soft_wrap=True
        )
    out.print("Enquiries here are opened with purpose TRAINING. Made anew at each start: passwords and secrets.\n")
    await ask_all_and_show(session, _EVERYWHERE, command, named)
    out.print("\nAsk the next from another terminal:")
    out.print(f"[green]$ {command} find '{nodes[0]['wanted']}' --everywhere{named}[/]", soft_wrap=True)
    out.print(f"Each node keeps a log, such as {folder / nodes[0]['state'] / LOG}", markup=False, soft_wrap=True)
    out.print("Ctrl-C ends them all.")


async def _show(session: Session, node: "Member", folder: Path) -> None:
    from api.cli.questions import ask_and_show
    from api.cli.training import NETWORKS, role

    command, named = _command(), _named(folder)
    out.print(f"Rajasthan's node answers at [bold]{session.url}[/]; in a browser, /graphql is GraphiQL.")
    if node.loaded.networks != NETWORKS:
        out.print("The Montagna networks lie beside the sources and were not found, so they are not loaded.")
    out.print("Who can sign in:")
    # Not a table: a narrow terminal would cut what has to be typed.
    out.print(f"[dim]  {'officer':<14} {'password':<20} secret for one-time codes[/]", soft_wrap=True)
    for one in node.accounts:
        out.print(f"  {one.officer.id:<14} [bold]{one.password:<20}[/] {one.totp_secret}", soft_wrap=True)
        out.print(f"[dim]  {'':<14} {one.officer.name}: {role(one.officer)}[/]", soft_wrap=True)
    out.print("Enquiries here are opened with purpose TRAINING. Made anew at each start: passwords and secrets.\n")
    await ask_and_show(session, node.loaded.wanted, command, named)
    out.print("\nAsk the next from another terminal:")
    out.print(f"[green]$ {command} find '{node.loaded.wanted}'{named}[/]", soft_wrap=True)
    out.print("Ctrl-C ends it.")


def _named(folder: Path) -> str:
    """Give how the session is named to a command, where it is not the usual one."""
    return "" if folder == demo_folder().absolute() else f" --session {shlex.quote(str(session_file(folder)))}"


def _command() -> str:
    """Give what a person types to run this program."""
    if shutil.which("sangam"):
        return "sangam"
    return shlex.quote(str(Path(sys.argv[0]).absolute()))


async def _stay_signed_in(file: Path) -> None:
    """Renew the session before it idles out, for as long as a session may last."""
    with contextlib.suppress(SangamError):
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await asyncio.to_thread(current, file, spare=float("inf"))
