"""One training node: opened, filled with its world, its officers ready, served to officers and to peers.

Run as a program (`python -m api.cli.member STATE FOLDER`) it is one state of a demo of many: it prints one line of JSON
when it is ready, and ends with whoever holds its standard input.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.circle import CERTIFICATE, CERTIFICATE_KEY, HOST, MEMBERSHIP
from api.cli.progress import Tell
from api.cli.saying import say_json

if TYPE_CHECKING:
    from api.cli.training import Loaded
    from desk.training import TrainingAccount


@dataclass(frozen=True, repr=False)
class Member:
    """A training node that is up, and who can sign in."""

    state: str
    url: str
    accounts: "list[TrainingAccount]"
    loaded: "Loaded"

    def said(self) -> dict[str, Any]:
        """Give what programs are told of it."""
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
            for one in self.accounts
        ]
        return {"state": self.state, "url": self.url, "officers": officers, "case_refs": list(self.loaded.case_refs)}


@asynccontextmanager
async def training_node(state: str, folder: Path, port: int, tell: Tell) -> AsyncIterator[Member]:
    """Run a training node while the context lasts; it joins the circle whose files lie in and above its folder."""
    from api.cli import beside, training
    from api.cli.serving import served
    from api.node import open_node
    from api.rehearsing import rehearsing
    from api.settings import Settings
    from desk.looking import Stamp
    from desk.stores import serving
    from desk.training import add_training_officers, join

    certificate, membership = folder / CERTIFICATE, folder.parent / MEMBERSHIP
    joins = certificate.is_file() and membership.is_file()
    # Nothing of a real node's environment is taken over: what is loaded here is not for its stores.
    settings = Settings(
        state=state,
        data=folder,
        stamp=Stamp.TRAINING,
        graph_uri=None,
        graph_password=None,
        register_url=None,
        secrets=None,
        host=HOST,
        port=port,
        certificate=certificate if joins else None,
        certificate_key=folder / CERTIFICATE_KEY if joins else None,
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(serving(folder))
        if joins:
            async with beside.open_register(settings) as (register, _):
                await join(register, membership.read_bytes(), at=register.clock())
        node = await stack.enter_async_context(open_node(settings, progress=tell))
        register = node.desk.register
        at = node.desk.clock()
        accounts = await add_training_officers(register, training.officers(state, at.date()), at=at)
        by_id = {one.officer.id: one.officer for one in accounts}
        loader, second = by_id[training.LOADER], by_id[training.SECOND]
        loaded = await training.load(training.Loading(node.desk, loader, second, tell, folder))
        if (peers := node.peers) is not None:
            await stack.enter_async_context(served(peers, HOST, peers.port, peers.tls))
        url = await stack.enter_async_context(served(node.app, settings.host, settings.port))
        # Of many on one machine each leaves the others room: its own officers wait for the plans of their questions.
        await stack.enter_async_context(rehearsing(node.desk, own=not joins))
        yield Member(state, url, accounts, loaded)


async def _member(state: str, folder: Path) -> None:
    async with training_node(state, folder, 0, lambda what, done, total: None) as member:
        say_json(member.said() | {"wanted": member.loaded.wanted})
        await asyncio.to_thread(sys.stdin.buffer.read)


if __name__ == "__main__":
    from api.cli.running import run_until_told

    # Standard error is the node's log: whoever started it has said where that is kept.
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("sangam").setLevel(logging.INFO)
    run_until_told(_member(sys.argv[1], Path(sys.argv[2])))
