"""GET /exports/{id}: a network that was just asked for, as files in one ZIP.

The rules, in order:

1. Who asks is settled first; every failure is the same 401.
2. The file is made whole before its first byte leaves, within its deadline.
3. The ledger says what leaves, with the digest of its manifest; no entry, no file. So it does of a refusal.
4. Another officer's export, another enquiry's, and one that never was are the same 404.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from api.context import Context
from api.errors import Masker, Problem
from api.rest.refusing import QUIET, refusal
from api.wire import HttpRequest
from desk.exporting import Export, export
from desk.looking import Look

# Two questions to the graph, and the drawing of as many nodes as a network may have.
DEADLINE = 20.0

_FILE = {
    **QUIET,
    "content-disposition": 'attachment; filename="sangam-export.zip"',
    "x-content-type-options": "nosniff",
}


class Exports:
    """The route; `context` settles who asks, as for GraphQL."""

    def __init__(self, context: Callable[[HttpRequest], Awaitable[Context]], errors: Masker) -> None:
        self._context = context
        self._errors = errors

    async def answer(self, request: Request) -> Response:
        """Answer one download."""
        try:
            look = (await self._context(HttpRequest.of(request.scope))).look
            made = await self._made(look, request)
            if isinstance(made, Problem):
                look.code = made.told()
            look.left = isinstance(made, Export)
            await look.close(document="", variables={"id": request.path_params["id"]})
        except Exception as error:
            made = self._errors.of(error)
        if isinstance(made, Problem):
            return refusal(made)
        return Response(made.archive, media_type="application/zip", headers=_FILE)

    async def _made(self, look: Look, request: Request) -> Export | Problem:
        """Make the files, or say what went wrong, which the ledger is still to be told."""
        asked = request.query_params
        try:
            async with asyncio.timeout(DEADLINE):
                formats, language = asked.getlist("as"), asked.get("language", "en")
                return await export(look, request.path_params["id"], formats, language)
        except TimeoutError:
            return self._errors.deadline()
        except Exception as error:
            return self._errors.of(error)
