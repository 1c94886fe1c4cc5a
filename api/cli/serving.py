"""A node's faces on a socket: uvicorn with uvloop and httptools, ended by whoever started it."""

import asyncio
import contextlib
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.wire import TLS
from federation.connections import KEPT_SECONDS

# Longer than a peer keeps a connection: whoever asks over one that is just being closed hears nothing, and takes this
# state for unreachable.
_KEPT_SECONDS = KEPT_SECONDS + 15
# Of a request before its body; ours have a thirtieth of it, a token's four kilobytes among them.
_LONGEST_HEAD = 131_072
# A large answer makes many objects that all live as long as it does.
_COLLECT = (200_000, 50, 100)


class _Server(uvicorn.Server):
    """A server that leaves signals to the program, which has more to close than this."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Bounded(HttpToolsProtocol):
    """HTTP and nothing else, whose headers have an end: uvicorn keeps them for as long as they come, of anybody."""

    _unread = 0
    _read = False

    def data_received(self, data: bytes) -> None:
        """Take bytes, and no more than a bound of which nothing comes: neither a whole head nor a piece of a body."""
        self._read = False
        super().data_received(data)
        self._unread = 0 if self._read else self._unread + len(data)
        if self._unread > _LONGEST_HEAD and not self.transport.is_closing():
            said = "Invalid HTTP request received."
            self.logger.warning(said)
            self.send_400_response(said)

    def on_headers_complete(self) -> None:
        self._read = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._read = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._read = True
        super().on_message_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing of who asks for another protocol: they are answered by this one, and the application judges."""


class _Certified(_Bounded):
    """HTTP that tells the application under which certificate a caller came, which uvicorn keeps to itself."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        tunnel = self.transport.get_extra_info("ssl_object")
        certificate = tunnel.getpeercert(binary_form=True) if tunnel is not None else None
        self.scope["extensions"] = {TLS: {"client_certificate": certificate}}


@asynccontextmanager
async def served(app: Any, host: str, port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve an application while the context lasts, and give its address; port 0 takes a free one. Raises OSError.

    With `tls` it is served to whom that context lets in, and told their certificates.
    """
    with socket.create_server((host, port), backlog=2048) as listening:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http=_Bounded if tls is None else _Certified,
            ws="none",
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            log_config=None,
            access_log=False,
            timeout_keep_alive=5 if tls is None else _KEPT_SECONDS,
            timeout_graceful_shutdown=5,
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await _started(server, task)
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_COLLECT)
            yield f"{'http' if tls is None else 'https'}://{host}:{listening.getsockname()[1]}"
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
