"""POST /graphql: everything between the socket and the executor, as a plain ASGI application.

The rules, in order:

1. POST only; a training node shows GraphiQL to a browser that asks with GET.
2. Who is asking is settled before a byte of the body is read; every failure is the same 401.
3. The body is bounded, scanned and parsed (`api/wire.py`), and only then is the document looked at.
4. The document is a trusted one, or on a training node any within the limits (`api/limits.py`, `api/prepared.py`).
5. Execution ends within its deadline.
6. The answer is complete and on the ledger before its first byte leaves: no entry, no answer. So is the refusal of a
   document.
7. What goes wrong leaves as a code and a sentence (`api/errors.py`); the rest is INTERNAL and a reference number.

A FastAPI route would cost 157 µs more for each question, so there is none here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeGuard, TypeVar, cast

import strawberry
from graphql import ExecutionResult, execute
from starlette.types import Receive, Scope, Send
from strawberry.directive import DirectiveLocation
from strawberry.execution import optimized_is_awaitable

from api.documents import TrustedDocuments, digest_of
from api.errors import Masker, Problem, new_reference
from api.graphiql import PAGE
from api.limits import DocumentRefused
from api.prepared import DocumentShelf, Prepared
from api.wire import (
    GRAPHQL_JSON,
    PLAIN_JSON,
    HttpRefused,
    HttpRequest,
    Parameters,
    Reply,
    check_content,
    dump,
    negotiate,
    read_body,
    read_parameters,
)
from schemas.errors import ErrorCode

DEADLINE = 5.0
# Seconds after which a body came slowly, and who asks is settled anew.
SLOW = 0.1
NOTHING_LONGER: Mapping[str, float] = MappingProxyType({})
MAX_PROBLEMS = 5

ContextT = TypeVar("ContextT")

# Strawberry's test for awaitables is the quicker one, and is typed as giving a plain bool.
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


@dataclass(frozen=True, slots=True)
class ExecutionOutcome:
    """What was asked and how it ended, for the ledger: `answered` says whether any data is about to leave.

    A document that is not worked on has no kind and no fields.
    """

    kind: Literal["query", "mutation"] | None
    operation: str | None
    root_fields: tuple[str, ...]
    document: str
    variables: Mapping[str, Any]
    answered: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A complete answer: its bytes, whether it holds data, its codes as the ledger has them, and its HTTP status."""

    body: bytes
    answered: bool
    codes: tuple[str, ...]
    status: int


class GraphQLEndpoint(Generic[ContextT]):
    """The ASGI application of one schema; `context` and `finish` are the desk's side of it."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        context: Callable[[HttpRequest], Awaitable[ContextT]],
        training: bool,
        documents: TrustedDocuments | None,
        finish: Callable[[ContextT, ExecutionOutcome], Awaitable[None]],
        deadline: float = DEADLINE,
        longer: Mapping[str, float] = NOTHING_LONGER,
        only: frozenset[str] | None = None,
        anew: Callable[[HttpRequest, ContextT], Awaitable[ContextT]] | None = None,
        reference: Callable[[], str] = new_reference,
        unread: Callable[[HttpRequest, HttpRefused], None] | None = None,
    ) -> None:
        """Make the trusted documents ready; the deadline is in seconds.

        An operation whose one field at the root is named in `longer` has so many seconds instead. With `only`, no
        other fields at the root are answered, and there is no page to ask from.

        `context` authenticates, and may raise any DeskError. `finish` is awaited after every execution, also of one
        that failed or ran out of time, and for a document that is refused, and before the first byte; what it raises
        replaces the answer. `unread` is told of a request that was refused before it was understood: on no ledger.
        """
        if schema.extensions or any(set(one.locations) != {DirectiveLocation.QUERY} for one in schema.directives):
            raise ValueError("Extensions of a schema, and directives with something to run, are not run here.")
        self._schema = schema
        self._context = context
        self._only = only
        self._anew = anew
        self._unread = unread
        self._page = training and only is None
        self._finish = finish
        self._deadline = deadline
        self._longer = longer
        self._errors = Masker(reference)
        self._shelf = DocumentShelf(schema._schema, documents, training=training)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        reply = await self._answer(HttpRequest.of(scope), receive)
        if reply is not None:
            await reply.send(send)

    async def _answer(self, request: HttpRequest, receive: Receive) -> Reply | None:
        accept = request.headers.get("accept")
        if request.method != "POST":
            return self._without_body(request.method, accept)
        media = negotiate(accept)
        try:
            context = await self._context(request)
            if media is None:
                raise HttpRefused(406, ErrorCode.BAD_INPUT, f"Answers are {GRAPHQL_JSON} or {PLAIN_JSON}.")
            check_content(request)
            began = asyncio.get_running_loop().time()
            body = await self._body(receive)
            if asyncio.get_running_loop().time() - began > SLOW:
                # An account or enquiry that was closed meanwhile answers nothing any more.
                context = await (self._anew(request, context) if self._anew else self._context(request))
            return None if body is None else await self._ask(context, read_parameters(body), media)
        except Exception as error:
            if self._unread is not None and isinstance(error, HttpRefused):
                self._unread(request, error)
            return self._refusal(error, media)

    async def _body(self, receive: Receive) -> bytes | None:
        try:
            async with asyncio.timeout(self._deadline):
                return await read_body(receive)
        except TimeoutError:
            message = "The request took too long to arrive."
            raise HttpRefused(408, ErrorCode.DEADLINE, message, {"connection": "close"}) from None

    def _without_body(self, method: str, accept: str | None) -> Reply:
        if self._page and method == "GET" and "text/html" in (accept or "").lower():
            return PAGE
        refused = HttpRefused(405, ErrorCode.BAD_INPUT, "Questions are sent by POST.", {"allow": "POST"})
        return self._refusal(refused, None)

    async def _ask(self, context: ContextT, asked: Parameters, media: str) -> Reply:
        try:
            ready = self._shelf.find(asked)
            if self._only is not None and not self._only.issuperset(ready.root_fields):
                raise DocumentRefused(ErrorCode.BAD_INPUT, "This is not asked from one state to another.")
        except DocumentRefused as refused:
            await self._finish(context, _not_worked_on(asked, refused))
            raise
        answer = await self._execute(context, ready, asked)
        outcome = ExecutionOutcome(
            ready.kind, ready.name, ready.root_fields, ready.digest, asked.variables, answer.answered, answer.codes
        )
        await self._finish(context, outcome)
        # In plain JSON a 4xx could be any proxy's, so a well-formed question is always answered with 200.
        status = 200 if media == PLAIN_JSON and answer.status < 500 else answer.status
        return Reply(status, answer.body, media)

    async def _execute(self, context: ContextT, ready: Prepared, asked: Parameters) -> _Answer:
        try:
            async with asyncio.timeout(self._time_of(ready)):
                result = await self._run(context, ready, asked)
            return self._complete(result)
        except TimeoutError:
            return _failed(self._errors.deadline())
        except Exception as error:
            return _failed(self._errors.of(error))

    def _time_of(self, ready: Prepared) -> float:
        return self._longer.get(ready.root_fields[0], self._deadline) if len(ready.root_fields) == 1 else self._deadline

    async def _run(self, context: ContextT, ready: Prepared, asked: Parameters) -> ExecutionResult:
        result = execute(
            self._schema._schema,
            ready.document,
            # What was sent, as it was sent: a question to other states goes on with it.
            root_value=asked.variables,
            context_value=context,
            variable_values=asked.variables,
            max_coercion_errors=MAX_PROBLEMS,
            executor_class=self._schema.execution_context_class,
            is_awaitable=_is_awaitable,
            hide_suggestions=True,
            operation_extensions=asked.extensions,
        )
        return await result if isawaitable(result) else result

    def _complete(self, result: ExecutionResult) -> _Answer:
        """Write an execution's result as bytes; one without data and without a path never began."""
        problems = [self._errors.of_execution(error) for error in result.errors or ()]
        codes = tuple(problem.told() for problem in problems)
        if result.data is None and not any(problem.path for problem in problems):
            return _Answer(dump({"errors": [problem.said() for problem in problems]}), False, codes, 400)
        answer: dict[str, Any] = {"data": result.data}
        if problems:
            answer["errors"] = [problem.said() for problem in problems]
        holds = any(value is not None for value in (result.data or {}).values())
        return _Answer(dump(answer), holds, codes, 200)

    def _refusal(self, error: Exception, media: str | None) -> Reply:
        """Answer a request that was not executed, or whose answer may not leave."""
        media = media or PLAIN_JSON
        problem = self._errors.of(error)
        body = dump({"errors": [problem.said()]})
        if isinstance(error, HttpRefused):
            return Reply(error.status, body, media, error.headers)
        if problem.code is ErrorCode.UNAUTHENTICATED:
            return Reply(401, body, media, {"www-authenticate": "Bearer"})
        status = 200 if media == PLAIN_JSON and problem.status < 500 else problem.status
        return Reply(status, body, media)


def _not_worked_on(asked: Parameters, refused: DocumentRefused) -> ExecutionOutcome:
    digest = digest_of(asked.query) if asked.query is not None else ""
    return ExecutionOutcome(None, None, (), digest, asked.variables, answered=False, codes=(refused.code.value,))


def _failed(problem: Problem) -> _Answer:
    return _Answer(dump({"errors": [problem.said()]}), False, (problem.told(),), problem.status)
