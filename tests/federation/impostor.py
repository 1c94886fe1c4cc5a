"""An impostor: who sits in a member's seat, with its certificate and its keys, and answers as a test tells it to."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from jose import jwt

from api.rest.federation import schema_digest
from federation.connections import OwnCertificate, serving_context
from federation.fanout import SCHEMA_HEADER, TIME_HEADER
from tests.federation.circle import HOST, Seat

# A word that no answer of ours may repeat.
FOREIGN = "xyzzyforeignsecretxyzzy"


@dataclass(frozen=True)
class Asked:
    """One request as it came: its first line, its headers by lower-case name, its body."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """Give what the token says, unverified."""
        found: dict[str, Any] = jwt.get_unverified_claims(self.headers["authorization"].removeprefix("Bearer "))
        return found

    @property
    def said(self) -> dict[str, Any]:
        """Give the body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


Manner = Callable[["Impostor", Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Impostor:
    """A TLS server in a member's seat; it counts who connects, and keeps what it was asked."""

    seat: Seat
    certificates: tuple[str, ...]
    clock: Callable[[], datetime]
    manner: Manner | None = None
    keeps_alive: bool = False
    connections: int = 0
    asked: list[Asked] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _talks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def open(self, own: OwnCertificate | None = None, *, tls: bool = True) -> None:
        """Listen in the seat, under its own certificate or another; without TLS it never says a word."""
        context = serving_context(own or self.seat.own, self.certificates) if tls else None
        talk = self._talk if tls else self._silent
        self._server = await asyncio.start_server(talk, HOST, self.seat.port, ssl=context)

    async def close(self) -> None:
        """Stop listening and end every talk."""
        if self._server is not None:
            self._server.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        self._talks.clear()
        self._server = None

    async def _silent(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._remember()
        try:
            await asyncio.sleep(60)
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._remember()
        try:
            with suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError):
                while True:
                    request = await _read(reader)
                    self.asked.append(request)
                    assert self.manner is not None
                    await self.manner(self, request, writer)
                    await writer.drain()
                    if not self.keeps_alive:
                        break
        finally:
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    def _remember(self) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)

    def row(self, text: str = "Of the impostor", *, owner: str | None = None, **given: Any) -> dict[str, Any]:
        """Make a row of this seat's state as an honest node would give it."""
        state = owner or self.seat.state
        plain = {
            "__typename": "Person",
            "id": f"urn:sangam:{state}:person:{uuid4()}",
            "names": [{"text": text}],
            "category": "SUSPECT",
            "provenance": {"owner": state, "level": 0},
        }
        return {**plain, **given}

    def head(self, status: str = "200 OK", length: int | None = None, **given: str) -> bytes:
        """Write the head of an answer; a header that is given as '' is left out."""
        headers = {
            "content-type": "application/graphql-response+json",
            "connection": "keep-alive" if self.keeps_alive else "close",
            SCHEMA_HEADER: schema_digest(),
            TIME_HEADER: str(int(self.clock().timestamp())),
            **({} if length is None else {"content-length": str(length)}),
            **{name.replace("_", "-"): value for name, value in given.items()},
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode()


async def _read(reader: asyncio.StreamReader) -> Asked:
    line = (await reader.readline()).decode().strip()
    if not line:
        raise ConnectionError("The caller has gone.")
    headers = {}
    while (raw := await reader.readline()).strip():
        name, _, value = raw.decode().partition(":")
        headers[name.strip().lower()] = value.strip()
    return Asked(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def page(*rows: dict[str, Any], more: bool = False, scores: tuple[float, ...] = ()) -> dict[str, Any]:
    """Make the data of a page of hits; without scores all fit fully, and stand in order of id."""
    ordered = rows if scores else sorted(rows, key=lambda row: str(row.get("id")))
    edges = [{"cursor": f"c{n}", "score": scores[n] if scores else 1.0, "node": row} for n, row in enumerate(ordered)]
    return {"find": {"edges": edges, "pageInfo": {"hasNextPage": more}}}


def saying(data: Any, status: str = "200 OK", **headers: str) -> Manner:
    """Answer with data, under the headers of an honest node."""
    return sending(orjson.dumps({"data": data}), status, **headers)


def sending(body: bytes, status: str = "200 OK", **headers: str) -> Manner:
    """Answer with bytes, under the headers of an honest node."""

    async def manner(one: Impostor, _: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(one.head(status, len(body), **headers) + body)

    return manner


def failing(code: str, status: str = "503 Service Unavailable", **more: Any) -> Manner:
    """Answer with an error of ours, and a foreign sentence in it."""
    problem = {"message": FOREIGN, "extensions": {"code": code, "reference": FOREIGN, **more}}
    return sending(orjson.dumps({"errors": [problem]}), status)


def hung_after_headers() -> Manner:
    """Promise a body and never send it."""

    async def manner(one: Impostor, _: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(one.head(length=1000))
        await writer.drain()
        await asyncio.sleep(60)

    return manner


def dripping(body: bytes, *, every: float = 0.05) -> Manner:
    """Send an honest answer, one byte at a time."""

    async def manner(one: Impostor, _: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(one.head(length=len(body)))
        for n in range(len(body)):
            writer.write(body[n : n + 1])
            await writer.drain()
            await asyncio.sleep(every)

    return manner


def babbling(raw: bytes) -> Manner:
    """Send bytes that are no HTTP."""

    async def manner(_one: Impostor, _: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return manner
