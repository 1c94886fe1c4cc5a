"""A node's faces on a socket: uvicorn with uvloop and httptools, ended by whoever started it."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

# A large answer makes many objects that all live as long as it does.
_COLLECT = (200_000, 50, 100)


class _Server(uvicorn.Server):
    """A server that leaves signals to the program, which has more to close than this."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(app: Any, host: str, port: int) -> AsyncIterator[str]:
    """Serve an application while the context lasts, and give its address; port 0 takes a free one. Raises OSError."""
    with socket.create_server((host, port), backlog=2048) as listening:
        config = uvicorn.Config(
            app, loop="uvloop", http="httptools", log_config=None, access_log=False, timeout_graceful_shutdown=5
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await _started(server, task)
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_COLLECT)
            yield f"http://{host}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _started(server: _Server, task: "asyncio.Task[None]") -> None:
    while not server.started:
        if task.done():
            await task
            raise OSError("The server did not start.")
        await asyncio.sleep(0.01)


async def forever() -> None:
    """Wait until whoever runs this is cancelled."""
    await asyncio.Event().wait()
