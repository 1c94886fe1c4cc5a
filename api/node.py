"""One state's node, put together: keys, register, graph, desk and faces, opened in order and closed in reverse."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from api import graphiql
from api.app import create_app, finish
from api.joining import joined
from api.rest.federation import PeersFace
from api.settings import Settings, revealed
from api.wire import Reply
from auth.keys import KeyRing
from auth.tokens import Tokens
from desk import keeping
from desk.entering import tokens_of
from desk.looking import Desk, Stamp
from desk.stores import in_use, register_url, state_keys
from graph.errors import GraphUnavailable, TooMuchAsked
from graph.migrate import migrate
from graph.session import GraphDeadline
from graph.watchdog import GraphServer
from register.store import Register, RegisterUnavailable
from schemas.operation import Clock, Random, SystemRandom, system_clock

_log = logging.getLogger("sangam.node")

TURN_SECONDS = 60.0

Progress = Callable[[str, int, int], None]


class StampDiffers(Exception):
    """The stores were made for something else than the node is started for."""


@dataclass(frozen=True)
class Node:
    """A node that is open."""

    settings: Settings
    desk: Desk
    tokens: Tokens
    app: FastAPI
    keeper: keeping.Keeper
    peers: PeersFace | None = None


@asynccontextmanager
async def open_node(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    random: Random | None = None,
    progress: Progress | None = None,
) -> AsyncIterator[Node]:
    """Open a node for as long as the context lasts.

    Raise GraphUnavailable, RegisterUnavailable or Unavailable in one line, StampDiffers for stores made for something
    else.
    """
    random = random or SystemRandom()
    async with AsyncExitStack() as stack:
        stack.enter_context(in_use(settings.data))
        keys = state_keys(settings.data)
        ring = KeyRing.open(settings.data / "keys", at=clock())
        register = await Register.open(
            revealed(settings.register_url) or register_url(settings.data),
            state=settings.state,
            keys=keys,
            clock=clock,
            random=random,
            files=settings.data / "vault",
        )
        stack.push_async_callback(register.close)
        stamp = Stamp(await register.set_meta("stamp", settings.stamp.value))
        if stamp is not settings.stamp:
            raise StampDiffers(f"This store was made for {stamp}, not for {settings.stamp}.")
        page = {} if stamp is Stamp.LIVE else await _page(progress)
        server = await _graph(settings, progress)
        stack.push_async_callback(server.close)
        await migrate(server.driver)
        tokens = tokens_of(register, ring)
        federation = await stack.enter_async_context(joined(settings, register, tokens, ring))
        desk = Desk(
            settings.state,
            stamp,
            register,
            lambda: server.driver,
            keys,
            clock,
            random,
            settings.records_a_day,
            federation,
        )
        # Behind a server of the state's other processes may be writing: what they have begun is theirs to end.
        await keeping.settle(desk, all=settings.graph_uri is None)
        keeper = keeping.Keeper(desk, ring)
        turns = asyncio.create_task(_keep(keeper))
        stack.push_async_callback(_ended, turns)
        app = create_app(desk, tokens, lambda: _missing(desk), page)
        peers = PeersFace(desk, federation, finish, lambda: _missing(desk)) if federation is not None else None
        yield Node(settings, desk, tokens, app, keeper, peers)


async def _page(progress: Progress | None) -> Mapping[str, Reply]:
    """Have GraphiQL fetched and checked beside the loop, told of on the loop."""
    loop = asyncio.get_running_loop()

    def report(done: int, total: int) -> None:
        if progress is not None:
            loop.call_soon_threadsafe(progress, "page", done, total)

    return await asyncio.to_thread(graphiql.fetched, report)


async def _graph(settings: Settings, progress: Progress | None) -> GraphServer:
    if settings.graph_uri is None:
        return await GraphServer.open(settings.data / "graph", progress=progress)
    password = revealed(settings.graph_password) or ""
    return await GraphServer.reach(settings.graph_uri, settings.graph_user, password)


async def _keep(keeper: keeping.Keeper) -> None:
    """Take the keeper's turns, one a minute; a store that is away is tried again the next time."""
    while True:
        await asyncio.sleep(TURN_SECONDS)
        try:
            runs = await keeper.turn()
        except RegisterUnavailable as problem:
            _log.warning("keeping waits: %s", type(problem).__name__)
            continue
        for run in runs:
            if run.fault:
                _log.warning("the job %s waits: %s", run.name, run.fault)
            if run.name == keeping.HOLES and any(run.found.values()):
                told = ", ".join(f"{number} {what}" for what, number in run.found.items())
                _log.warning("holes in gates: %s are nobody's", told)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _missing(desk: Desk) -> list[str]:
    """Say what is not ready."""
    lacking = []
    try:
        await desk.register.ledger.head()
    except RegisterUnavailable:
        lacking.append("register")
    try:
        async with asyncio.timeout(2):
            await keeping.answers(desk)
    except (GraphUnavailable, GraphDeadline, TooMuchAsked, TimeoutError):
        lacking.append("graph")
    return lacking
