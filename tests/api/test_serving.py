"""A node's faces on a socket: what comes before a request's body has an end."""

import asyncio
import logging
from typing import Any

import pytest

from api.cli.serving import served
from api.wire import Reply, read_body

pytestmark = pytest.mark.anyio

HOST = "127.0.0.1"
HEAD = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
PIECE = 100_000


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the length of the body that came."""
    if scope["type"] == "http":
        await Reply(200, str(len(await read_body(receive) or b"")).encode()).send(send)


ENDLESS = {
    "one header": (HEAD + b"x: ", b"x" * PIECE),
    "many headers": (HEAD, b"x: y\r\n" * (PIECE // 6)),
    "a path": (b"POST /", b"x" * PIECE),
    "headers after the body": (HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx: ", b"x" * PIECE),
    "what follows an upgrade": (b"GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", b"x" * PIECE),
}


@pytest.mark.parametrize("case", ENDLESS)
async def test_what_has_no_end_is_read_no_further_than_a_bound(case: str) -> None:
    begin, piece = ENDLESS[case]
    async with served(_echo, HOST, 0) as address:
        reader, writer = await asyncio.open_connection(HOST, int(address.rpartition(":")[2]))
        writer.write(begin)
        sent = 0
        try:
            async with asyncio.timeout(30):
                while not reader.at_eof() and sent < 100 * PIECE:
                    writer.write(piece)
                    await writer.drain()
                    sent += len(piece)
                    await asyncio.sleep(0)
        except OSError:
            pass
        finally:
            writer.close()
        assert sent < 100 * PIECE, "nobody ended it"


async def test_who_wants_another_protocol_is_answered_by_this_one_and_stands_in_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    async with served(_echo, HOST, 0) as address:
        reader, writer = await asyncio.open_connection(HOST, int(address.rpartition(":")[2]))
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n")
        said = await reader.read()
        writer.close()
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert caplog.records == []


@pytest.mark.parametrize(("many", "piece"), [(65_000, 65_000), (65_000, 1)])
async def test_a_body_comes_whole_in_whatever_pieces(many: int, piece: int) -> None:
    async with served(_echo, HOST, 0) as address:
        reader, writer = await asyncio.open_connection(HOST, int(address.rpartition(":")[2]))
        writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        for _ in range(many // piece):
            writer.write(b"%x\r\n%b\r\n" % (piece, b"x" * piece))
        writer.write(b"0\r\n\r\n")
        said = await reader.read()
        writer.close()
        assert said.startswith(b"HTTP/1.1 200 OK\r\n")
        assert said.endswith(b"\r\n\r\n%d" % many)
