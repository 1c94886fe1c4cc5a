"""/records/{id}/files: the photos of a person and the files of a document, sent, listed, taken away and removed.

The rules, in order:

1. Who asks is settled first, then whether this enquiry lets them; only then is a body read, and no more of it than a
   file may have.
2. A file is found whole before its first byte leaves, and the ledger says so before that; then it leaves part by part.
3. A file is shown by no browser: it comes as an attachment of the type that was found in it, and runs nothing.
4. Another record's file, a record that is not there, and one that is hidden are the same 404.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.context import Context
from api.errors import Masker, Problem
from api.rest.refusing import QUIET, refusal
from api.wire import HttpRefused, HttpRequest, dump
from desk import filing
from desk.errors import BadInput
from desk.filing import FileAsked
from desk.looking import Look
from register.media import MOST_BYTES, TOO_LARGE
from register.vault import Opened
from schemas.errors import ErrorCode, FieldProblem
from schemas.file import KeptFile, Media

Answer = TypeVar("Answer")

DEADLINE = 20.0
# The slowest line that a station has takes its time for a whole file.
READING_SECONDS = 300.0
# Each file that is read or drawn anew is in memory whole, and a picture of the largest takes a quarter of a GB.
READ_AT_ONCE = 8
DRAWN_AT_ONCE = 2

_ENDING = {Media.JPEG: "jpg", Media.PNG: "png", Media.PDF: "pdf"}


class Files:
    """The routes; `context` settles who asks, as for GraphQL."""

    def __init__(self, context: Callable[[HttpRequest], Awaitable[Context]], errors: Masker) -> None:
        self._context = context
        self._errors = errors
        self._reading = asyncio.Semaphore(READ_AT_ONCE)
        self._drawing = asyncio.Semaphore(DRAWN_AT_ONCE)

    def routes(self) -> list[Route]:
        """Give the routes of all acts."""
        here = "/records/{id:path}/files"
        return [
            Route(here, self.listed, methods=["GET"]),
            Route(here, self.added, methods=["POST"]),
            Route(here + "/{file:path}", self.fetched, methods=["GET"]),
            Route(here + "/{file:path}", self.removed, methods=["DELETE"]),
        ]

    async def listed(self, request: Request) -> Response:
        """Answer which files a record has."""
        found = await self._acted(request, lambda look: filing.files(look, request.path_params["id"]))
        return refusal(found) if isinstance(found, Problem) else _json({"files": [_said(one) for one in found]})

    async def added(self, request: Request) -> Response:
        """Answer one upload."""

        async def act(look: Look) -> KeptFile:
            asked = FileAsked(request.path_params["id"], _day(request), lambda: self._body(request))
            return await filing.add(look, asked, self._drawing)

        kept = await self._acted(request, act, DEADLINE + READING_SECONDS)
        return refusal(kept) if isinstance(kept, Problem) else _json({"file": _said(kept)}, 201)

    async def fetched(self, request: Request) -> Response:
        """Answer one download."""
        asked = request.path_params
        opened = await self._acted(request, lambda look: filing.fetch(look, asked["id"], asked["file"]))
        if isinstance(opened, Problem):
            return refusal(opened)
        return StreamingResponse(opened, media_type=opened.kept.media, headers=_headers(opened))

    async def removed(self, request: Request) -> Response:
        """Answer one removal."""
        asked = request.path_params
        done = await self._acted(request, lambda look: filing.remove(look, asked["id"], asked["file"]))
        return refusal(done) if isinstance(done, Problem) else _json({"removed": asked["file"]})

    async def _acted(
        self, request: Request, act: Callable[[Look], Awaitable[Answer]], deadline: float = DEADLINE
    ) -> Answer | Problem:
        """Act and write the ledger, or say what went wrong, which the ledger is told too."""
        made: Answer | Problem | None = None
        try:
            look = (await self._context(HttpRequest.of(request.scope))).look
            made = await self._made(look, act, deadline)
            if isinstance(made, Problem):
                look.code = made.told()
            look.left = not isinstance(made, Problem)
            await look.close(document="", fields="file", variables=dict(request.path_params))
        except Exception as error:
            if isinstance(made, Opened):
                made.close()
            return self._errors.of(error)
        return made

    async def _made(self, look: Look, act: Callable[[Look], Awaitable[Answer]], deadline: float) -> Answer | Problem:
        try:
            async with asyncio.timeout(deadline):
                return await act(look)
        except TimeoutError:
            return self._errors.deadline()
        except Exception as error:
            return self._errors.of(error)

    async def _body(self, request: Request) -> bytes:
        """Read at most as much as a file may have; raise HttpRefused as soon as there is more."""
        said = request.headers.get("content-length", "0")
        if said.isascii() and said.isdigit() and int(said[:12]) > MOST_BYTES:
            raise _too_large()
        body = bytearray()
        async with self._reading:
            try:
                async for part in request.stream():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise _too_large()
            except ClientDisconnect:
                raise BadInput([FieldProblem(path="file", message="The file did not come whole.")]) from None
        return bytes(body)


def _too_large() -> HttpRefused:
    return HttpRefused(413, ErrorCode.LIMIT, TOO_LARGE)


def _day(request: Request) -> date | None:
    said = request.query_params.get("takenOn")
    try:
        return None if said is None else date.fromisoformat(said)
    except ValueError:
        raise BadInput([FieldProblem(path="takenOn", message="A day is written as 2026-06-01.")]) from None


def _headers(opened: Opened) -> dict[str, str]:
    name = f"{opened.kept.id}.{_ENDING[opened.kept.media]}"
    return {
        **QUIET,
        "content-length": str(opened.kept.bytes),
        "content-disposition": f'attachment; filename="{name}"',
        "repr-digest": f"sha-256=:{base64.b64encode(bytes.fromhex(opened.kept.sha256)).decode()}:",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
    }


def _said(kept: KeptFile) -> dict[str, Any]:
    return kept.model_dump(mode="json")


def _json(said: dict[str, Any], status: int = 200) -> Response:
    return Response(dump(said), status, media_type="application/json", headers=QUIET)
