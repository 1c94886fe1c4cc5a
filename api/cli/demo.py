"""The demo: one state's node on a training world, running, with officers to sign in as and questions answered."""

import asyncio
import contextlib
import shlex
import shutil
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.saying import JsonFlag, out, say_json
from api.cli.session import Session, current, demo_folder, keep, session_file
from sangam.errors import SangamError

if TYPE_CHECKING:
    from api.cli.training import Loaded
    from desk.training import TrainingAccount

STATE = "IN-RJ"
RENEW_SECONDS = 600.0


def demo(
    data: Annotated[Path | None, typer.Option(help="The data directory; what was recorded there is kept.")] = None,
    port: Annotated[int, typer.Option(help="The port to listen on, 0 for a free one.")] = 0,
    json: JsonFlag = False,
) -> None:
    """Run Rajasthan's node on a training world until Ctrl-C; with --json, one line when it is ready."""
    from api.cli.running import run

    run(_demo((data or demo_folder()).absolute(), port, json=json))


async def _demo(folder: Path, port: int, *, json: bool) -> None:
    from api.cli import training
    from api.cli.progress import bars
    from api.cli.questions import enter
    from api.cli.serving import forever, served
    from api.node import open_node
    from api.settings import Settings
    from desk.looking import Stamp
    from desk.training import add_training_officers

    # Nothing of a real node's environment is taken over: what is loaded here is not for its stores.
    settings = Settings(
        state=STATE,
        data=folder,
        stamp=Stamp.TRAINING,
        graph_uri=None,
        graph_password=None,
        register_url=None,
        host="127.0.0.1",
        port=port,
    )
    async with AsyncExitStack() as stack:
        with bars(quiet=json) as tell:
            node = await stack.enter_async_context(open_node(settings, progress=tell))
            register = node.desk.register
            at = node.desk.clock()
            accounts = await add_training_officers(register, training.officers(STATE, at.date()), at=at)
            by_id = {one.officer.id: one.officer for one in accounts}
            loader, second = by_id[training.LOADER], by_id[training.SECOND]
            loaded = await training.load(training.Loading(node.desk, loader, second, tell, folder))
        url = await stack.enter_async_context(served(node.app, settings.host, settings.port))
        session = await enter(url, accounts[0], loaded.case_refs[0])
        keep(session_file(folder), session)
        if json:
            say_json({"nodes": [_said(url, accounts, loaded)]})
        else:
            await _show(session, accounts, loaded, folder)
        async with asyncio.TaskGroup() as group:
            group.create_task(_stay_signed_in(session_file(folder)))
            await forever()


def _said(url: str, accounts: "list[TrainingAccount]", loaded: "Loaded") -> dict[str, Any]:
    from api.cli.training import role

    officers = [
        {
            "id": one.officer.id,
            "name": one.officer.name,
            "rank": one.officer.rank.value,
            "role": role(one.officer),
            "password": one.password,
            "totp_secret": one.totp_secret,
        }
        for one in accounts
    ]
    return {"state": STATE, "url": url, "officers": officers, "case_refs": list(loaded.case_refs)}


async def _show(session: Session, accounts: "list[TrainingAccount]", loaded: "Loaded", folder: Path) -> None:
    from api.cli.questions import ask_and_show
    from api.cli.training import NETWORKS, role

    command, named = _command(), ""
    if folder != demo_folder().absolute():
        named = f" --session {shlex.quote(str(session_file(folder)))}"
    out.print(f"Rajasthan's node answers at [bold]{session.url}[/]; in a browser, /graphql is GraphiQL.")
    if loaded.networks != NETWORKS:
        out.print("The Montagna networks lie beside the sources and were not found, so they are not loaded.")
    out.print("Who can sign in:")
    # Not a table: a narrow terminal would cut what has to be typed.
    out.print(f"[dim]  {'officer':<14} {'password':<20} secret for one-time codes[/]", soft_wrap=True)
    for one in accounts:
        out.print(f"  {one.officer.id:<14} [bold]{one.password:<20}[/] {one.totp_secret}", soft_wrap=True)
        out.print(f"[dim]  {'':<14} {one.officer.name}: {role(one.officer)}[/]", soft_wrap=True)
    out.print("Enquiries here are opened with purpose TRAINING. Made anew at each start: passwords and secrets.\n")
    await ask_and_show(session, loaded.wanted, command, named)
    out.print("\nAsk the next from another terminal:")
    out.print(f"[green]$ {command} find '{loaded.wanted}'{named}[/]", soft_wrap=True)
    out.print("Ctrl-C ends it.")


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
