"""The faces of a node over HTTP: questions, sign-in and health. Everything of substance is the desk's."""

from collections.abc import Awaitable, Callable
from typing import Any

from desk.entering import SignedIn, authenticate, renew, sign_in, sign_out
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.routing import Route

from api.context import Context
from api.documents import TrustedDocuments
from api.errors import Masker, new_reference
from api.gql.schema import SCHEMA
from api.graphql_http import ExecutionOutcome, GraphQLEndpoint
from api.wire import HttpRequest, read_body
from auth.tokens import Tokens
from desk.errors import Unauthenticated
from desk.looking import Desk, Look, Stamp

Health = Callable[[], Awaitable[list[str]]]

_QUIET = {"cache-control": "no-store"}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _SignIn(_Form):
    officer: str
    password: str
    code: str


class _Renewal(_Form):
    renewal: str


def create_app(desk: Desk, tokens: Tokens, missing: Health) -> FastAPI:
    """Make the ASGI application of a node; `missing` says what is not ready."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    training = desk.stamp is not Stamp.LIVE
    endpoint = GraphQLEndpoint[Context](
        SCHEMA,
        context=_context(desk, tokens),
        training=training,
        documents=None if training else TrustedDocuments.packaged(),
        finish=_finish,
    )
    app.router.routes.append(Route("/graphql", endpoint=endpoint))
    errors = Masker(new_reference)

    @app.exception_handler(Exception)
    async def _refused(_: Request, error: Exception) -> JSONResponse:
        problem = errors.of(error)
        return JSONResponse({"errors": [problem.said()]}, problem.status, headers=_QUIET)

    @app.post("/sign-in")
    async def _sign_in(request: Request) -> JSONResponse:
        form = await _read(request, _SignIn)
        return _signed(
            await sign_in(desk, tokens, officer=form.officer, password=form.password, code=form.code, at=desk.clock())
        )

    @app.post("/sign-in/renew")
    async def _renew(request: Request) -> JSONResponse:
        form = await _read(request, _Renewal)
        return _signed(await renew(desk, tokens, renewal=form.renewal, at=desk.clock()))

    @app.post("/sign-out")
    async def _sign_out(request: Request) -> JSONResponse:
        await sign_out(desk, tokens, bearer=_bearer(request.headers.get("authorization")), at=desk.clock())
        return JSONResponse({}, headers=_QUIET)

    @app.get("/health/live")
    async def _live() -> JSONResponse:
        return JSONResponse({"live": True}, headers=_QUIET)

    @app.get("/health/ready")
    async def _ready() -> JSONResponse:
        lacking = await missing()
        return JSONResponse({"ready": not lacking, "missing": lacking}, 503 if lacking else 200, headers=_QUIET)

    return app


def _context(desk: Desk, tokens: Tokens) -> Callable[[HttpRequest], Awaitable[Context]]:
    """Make what settles who asks, before anything else of a request is read."""

    async def context(request: HttpRequest) -> Context:
        at = desk.clock()
        bearer = _bearer(request.headers.get("authorization"))
        officer = await authenticate(desk, tokens, bearer=bearer, at=at)
        look = Look(desk, officer, request.headers.get("sangam-enquiry"), at)
        return Context(look, request.headers.get("idempotency-key"))

    return context


async def _finish(context: Context, outcome: ExecutionOutcome) -> None:
    """Write the request to the ledger before its answer leaves."""
    if outcome.codes:
        context.look.code = outcome.codes[0].value
    await context.look.close(document=outcome.document)


def _bearer(header: str | None) -> str:
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return token


async def _read(request: Request, form: type[Any]) -> Any:
    """Read a small JSON form strictly; every failure is the same 401, as for any other sign-in that fails."""
    body = await read_body(request.receive)
    try:
        return form.model_validate_json(body or b"")
    except (ValidationError, UnicodeDecodeError) as problem:
        raise Unauthenticated from problem


def _signed(entered: SignedIn) -> JSONResponse:
    return JSONResponse(
        {
            "access_token": entered.access_token,
            "token_type": "Bearer",
            "expires_in": entered.expires_in,
            "renewal": entered.renewal,
        },
        headers=_QUIET,
    )
