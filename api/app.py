"""The faces of a node over HTTP: questions, exports, files, sign-in, health. Everything of substance is the desk's."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.context import Context
from api.documents import TrustedDocuments
from api.errors import Masker, new_reference
from api.gql.schema import SCHEMA
from api.graphql_http import ExecutionOutcome, GraphQLEndpoint
from api.rest.exports import Exports
from api.rest.files import Files
from api.wire import HttpRequest, Reply, read_body
from auth.tokens import Tokens
from desk.approving import APPROVAL_SECONDS
from desk.entering import SignedIn, recognise, renew, sign_in, sign_out
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


def create_app(
    desk: Desk, tokens: Tokens, missing: Health, page: Mapping[str, Reply] = MappingProxyType({})
) -> FastAPI:
    """Make the ASGI application of a node; `missing` says what is not ready, `page` is what GraphiQL loads by name."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    training = desk.stamp is not Stamp.LIVE
    context = _context(desk, tokens)
    endpoint = GraphQLEndpoint[Context](
        SCHEMA,
        context=context,
        training=training,
        documents=TrustedDocuments.packaged(),
        finish=finish,
        longer=_LONGER,
    )
    app.router.routes.append(Route("/graphql", endpoint=endpoint))
    app.router.routes.extend(Route(f"/graphiql/{name}", endpoint=_Served(reply)) for name, reply in page.items())
    errors = Masker(new_reference)
    app.router.routes.append(Route("/exports/{id:path}", Exports(context, errors).answer, methods=["GET"]))
    app.router.routes.extend(Files(context, errors).routes())
    answered = _Answered(errors)

    @app.post("/sign-in")
    @answered
    async def _sign_in(request: Request) -> JSONResponse:
        form = await _read(request, _SignIn)
        at = desk.clock()
        return _signed(await sign_in(desk.register, tokens, form.officer, form.password, form.code, at=at))

    @app.post("/sign-in/renew")
    @answered
    async def _renew(request: Request) -> JSONResponse:
        form = await _read(request, _Renewal)
        return _signed(await renew(desk.register, tokens, form.renewal, at=desk.clock()))

    @app.post("/sign-out")
    @answered
    async def _sign_out(request: Request) -> JSONResponse:
        _, claims = await recognise(desk.register, tokens, _bearer(request.headers.get("authorization")))
        await sign_out(desk.register, claims, at=desk.clock())
        return JSONResponse({}, headers=_QUIET)

    @app.get("/health/live")
    async def _live() -> JSONResponse:
        return JSONResponse({"live": True}, headers=_QUIET)

    @app.get("/health/ready")
    @answered
    async def _ready(_: Request) -> JSONResponse:
        lacking = await missing()
        known = desk.federation
        warnings = known.peers.warnings(desk.clock(), known.thumbprint) if known is not None else []
        said = {"ready": not lacking, "missing": lacking} | ({"warnings": warnings} if warnings else {})
        return JSONResponse(said, 503 if lacking else 200, headers=_QUIET)

    return app


# What is approved may be an import of tens of thousands of records; a client waits thirty seconds (sangam/exchange).
_LONGER = {"approve": APPROVAL_SECONDS + 3}


class _Served:
    """One file that GraphiQL loads."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._reply.send(send)


class _Answered:
    """Wraps a route so that whatever goes wrong in it leaves through the one handler of errors."""

    def __init__(self, errors: Masker) -> None:
        self._errors = errors

    def __call__(self, route: Callable[[Request], Awaitable[JSONResponse]]) -> Callable[..., Awaitable[JSONResponse]]:
        async def answer(request: Request) -> JSONResponse:
            try:
                return await route(request)
            except Exception as error:
                problem = self._errors.of(error)
                return JSONResponse({"errors": [problem.said()]}, problem.status, headers=_QUIET)

        return answer


def _context(desk: Desk, tokens: Tokens) -> Callable[[HttpRequest], Awaitable[Context]]:
    """Make what settles who asks, before anything else of a request is read."""

    async def context(request: HttpRequest) -> Context:
        officer, claims = await recognise(desk.register, tokens, _bearer(request.headers.get("authorization")))
        look = Look(desk, officer, request.headers.get("sangam-enquiry"), desk.clock(), session=claims.session)
        return Context(look, request.headers.get("idempotency-key"))

    return context


async def finish(context: Context, outcome: ExecutionOutcome) -> None:
    """Write the request to the ledger before its answer leaves."""
    if outcome.codes:
        context.look.code = outcome.codes[0]
    context.look.left = outcome.answered
    fields = " ".join(dict.fromkeys(outcome.root_fields)) or "-"
    await context.look.close(document=outcome.document, fields=fields, variables=outcome.variables)


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
