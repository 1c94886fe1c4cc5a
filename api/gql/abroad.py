"""A record of another state that something is asserted of: as its owner shows it to the officer who asserts, now."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import execute, parse
from pydantic import TypeAdapter

from api.gql.executor import Executor
from api.gql.scalars import day_of, moment_of
from desk.asserting import Shown, stands_for
from desk.errors import BadInput, NotFound
from desk.recording import Abroad
from graph.writing import ForeignRef
from schemas.codes.states import MEMBERS
from schemas.errors import FieldProblem
from schemas.federated import ANSWERED, SourceState
from schemas.handling import Compartment, Level
from schemas.ids import parse_urn

# What officers ask with, so that it goes through the same door and stands on the same ledgers.
DOCUMENT = """\
query Abroad($id: ID!) {
  federated {
    record(id: $id) {
      nodes {
        id
        ... on Person { category }
        ... on Record { provenance { level compartment onward reviewOn expiresAt } }
      }
      sources { state status }
    }
  }
}
"""
_DOCUMENT = parse(DOCUMENT, no_location=True)
_COMPARTMENT: TypeAdapter[str | None] = TypeAdapter(Compartment | None)


def asked(info: strawberry.Info) -> Abroad:
    """Give what asks a record's owner within this request."""

    async def ask(id: str) -> ForeignRef:
        urn = parse_urn(id)
        if urn is None:
            raise NotFound
        answer = (await _data(info, {"id": id}))["federated"]["record"]
        [status] = [source["status"] for source in answer["sources"] if source["state"] == urn.state]
        if status == SourceState.NOT_ASKED:
            raise NotFound  # whose record it would be is no member
        if status not in ANSWERED:
            message = f"{urn.state} did not answer ({status}). What it says of its record decides who may see this."
            raise BadInput([FieldProblem(path="to", message=message)])
        for node in answer["nodes"]:
            return stands_for(info.context.look, _shown(node), urn.state)
        raise NotFound

    return ask


async def _data(info: strawberry.Info, variables: Mapping[str, Any]) -> Any:
    """Ask within this request; raise what goes wrong in it."""
    result: Any = execute(
        info._raw_info.schema,
        _DOCUMENT,
        root_value=variables,
        context_value=info.context,
        variable_values=dict(variables),
        executor_class=Executor,
    )
    if isawaitable(result):
        result = await result
    for error in result.errors or ():
        raise error.original_error or error
    return result.data


def _shown(node: Mapping[str, Any]) -> Shown:
    """Read what an owner says of who may see its record; what no node of ours says is refused."""
    said = node["provenance"]
    try:
        review = datetime.combine(day_of(said["reviewOn"]), time.min, UTC)
        level, compartment = Level(said["level"]), _COMPARTMENT.validate_python(said["compartment"])
        until = min(review, moment_of(said["expiresAt"]))
    except (ValueError, TypeError) as problem:
        message = "What its owner says of this record was not understood."
        raise BadInput([FieldProblem(path="to", message=message)]) from problem
    onward = tuple(state for state in said["onward"] if state in MEMBERS)
    return Shown(node["id"], int(level), compartment, onward, node.get("category"), until)
