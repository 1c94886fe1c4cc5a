"""What leaves of a route that is not GraphQL when there is no answer."""

from starlette.responses import Response

from api.errors import Problem
from api.wire import dump
from schemas.errors import ErrorCode

QUIET = {"cache-control": "no-store"}


def refusal(problem: Problem) -> Response:
    """Write an error as GraphQL writes it, with its own status."""
    headers = dict(QUIET)
    if problem.code is ErrorCode.UNAUTHENTICATED:
        headers["www-authenticate"] = "Bearer"
    body = dump({"errors": [problem.said()]})
    return Response(body, problem.status, media_type="application/json", headers=headers)
