"""One exchange with a node: what is sent, and what its reply means. No waiting and no socket here.

In order:
1. A document is named by its digest; a node that does not know it, but takes texts, is sent the text.
2. An error in the reply is raised, and so are the problems of a change.
3. Only what is safe to send twice is sent again: questions, and changes with an idempotency key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from sangam.calls import Call
from sangam.errors import Refused, Unavailable
from sangam.exported import Exported, opened
from schemas.errors import ErrorCode, FieldProblem

ATTEMPTS = 4
WAIT_SECONDS = 0.2
LONGEST_SECONDS = 30.0
PATIENCE_SECONDS = 30.0

_ACCEPT = "application/graphql-response+json, application/json;q=0.9"


@dataclass
class Speaker:
    """Who asks, for which enquiry, and whether the node takes texts (known after the first one it took)."""

    token: str | None
    enquiry: str | None
    texts: bool = field(default=False, init=False)

    def headers(self, call: Call[Any]) -> dict[str, str]:
        """Give the headers of a call."""
        key = {"idempotency-key": call.key} if call.key is not None else {}
        return {"accept": _ACCEPT, **self.who(), **key}

    def who(self) -> dict[str, str]:
        """Give the headers that say who asks, and for which enquiry."""
        said = {"authorization": f"Bearer {self.token}" if self.token else None, "sangam-enquiry": self.enquiry}
        return {name: value for name, value in said.items() if value is not None}

    def body(self, call: Call[Any]) -> dict[str, Any]:
        """Give the body of a call: the text where the node takes texts, the digest elsewhere."""
        variables = {name: value for name, value in call.variables.items() if value is not None}
        if self.texts:
            return {"query": call.document.text, "variables": variables}
        digest = {"persistedQuery": {"version": 1, "sha256Hash": call.document.digest}}
        return {"extensions": digest, "variables": variables}


def answered(reply: httpx.Response) -> Mapping[str, Any]:
    """Read a reply's JSON; raise Unavailable if it is not a node's."""
    try:
        said = reply.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unavailable(f"The address does not answer as a node does (HTTP {reply.status_code}).")
    return said


def taken_away(reply: httpx.Response) -> Exported:
    """Read the reply to a download; raise Refused or Unavailable for its error, Unavailable for half an export."""
    if reply.status_code != 200:
        data_of(answered(reply))
    return opened(reply.content)


def unknown_document(said: Mapping[str, Any]) -> bool:
    """Say whether a reply refuses the document as such: no data, no place in it, no field at fault."""
    errors = said.get("errors") or []
    return (
        "data" not in said
        and len(errors) == 1
        and errors[0].get("extensions") == {"code": ErrorCode.BAD_INPUT.value}
        and "path" not in errors[0]
    )


def data_of(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a reply's data; raise Refused or Unavailable for its first error, Refused for a change's problems."""
    data: Mapping[str, Any] = said.get("data") or {}
    for error in said.get("errors") or ():
        raise _error(error, data)
    for payload in data.values():
        if isinstance(payload, dict) and payload.get("problems"):
            problems = _problems(payload["problems"])
            raise Refused(problems[0].code, problems[0].message, problems, data=data)
    return data


def _error(error: Mapping[str, Any], data: Mapping[str, Any]) -> Exception:
    more = error.get("extensions") or {}
    try:
        code = ErrorCode(str(more.get("code")))
    except ValueError:
        code = ErrorCode.INTERNAL
    message = str(error.get("message") or "The node gave no reason.")
    if code is ErrorCode.UNAVAILABLE:
        return Unavailable(message)
    return Refused(code, message, _problems(more.get("problems") or ()), reference=more.get("reference"), data=data)


def _problems(said: Any) -> tuple[FieldProblem, ...]:
    return tuple(FieldProblem.model_validate(one) for one in said)


def passing(repeatable: bool) -> Callable[[Exception], bool]:
    """Give what says whether something is sent again after a failure, if it may be sent twice."""

    def passes(problem: Exception) -> bool:
        # A database just started works out each plan at its first asking, and may miss the deadline with it.
        late = isinstance(problem, Refused) and problem.code is ErrorCode.DEADLINE
        return repeatable and (late or isinstance(problem, Unavailable))

    return passes
