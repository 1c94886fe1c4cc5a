"""Rehearsing the trusted documents: the database of a node that has just begun plans what will be asked of it.

In order:
1. The node is ready before: a question that is not planned yet is late, and a node that is not ready answers nothing.
2. What peers ask comes first, for they wait a second and a half; then what this state's own officers ask of records.
3. One text is planned at a time, so that whoever asks meanwhile has the rest of the machine.
4. All is shown to the database again now and then: it plans anew what its figures have outgrown, and all of it when
   it was begun anew.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    execute,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
)
from graphql.language import OperationDefinitionNode

from api.context import Context
from api.documents import TrustedDocuments
from api.gql.executor import Executor
from api.gql.schema import SCHEMA
from api.prepared import DocumentShelf, Prepared
from api.rest.federation import ANSWERED, for_peers
from desk.errors import NotFound
from desk.looking import Desk, Stamp
from desk.rehearsing import rehearsal
from schemas.ids import RecordType, make_urn
from schemas.records import RECORDS

_log = logging.getLogger("sangam.node")

AGAIN_SECONDS = 300.0

# What leads to a selection of records and identifiers.
_TYPE_OF = {word.root: type for type, word in RECORDS.items()}
_ROOTS = ANSWERED | {*_TYPE_OF, "identifier"}
# What is asked most.
_FIRST = "find"
_NUMBER = "9000000000"
_OF_TYPE: dict[str, Any] = {"String": _NUMBER, "Int": 1, "Float": 1.0, "Boolean": True}


@asynccontextmanager
async def rehearsing(desk: Desk, *, own: bool = True) -> AsyncIterator[None]:
    """Have what is trusted planned, and planned again, beside whatever is asked while the context lasts.

    Without `own`, what this state's officers ask is planned when they ask it.
    """
    task = asyncio.create_task(_go_on(desk, own))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _go_on(desk: Desk, own: bool) -> None:
    trusted, begun = TrustedDocuments.packaged(), time.monotonic()
    asked = {"of other states": for_peers(trusted)} if desk.federation is not None else {}
    if own:
        asked["of this state"] = trusted
    for whose, texts in asked.items():
        _log.info("what officers %s ask is being planned", whose)
        await rehearse(desk, texts)
        _log.info("what officers %s ask is planned, %.0f s after the start", whose, time.monotonic() - begun)
    while True:
        await asyncio.sleep(AGAIN_SECONDS)
        for texts in asked.values():
            await rehearse(desk, texts)


async def rehearse(desk: Desk, texts: TrustedDocuments) -> None:
    """Have the database plan what documents ask of records and identifiers; what cannot be planned is in the log."""
    await rehearsal(desk)[1].said_of_others()
    shelf = DocumentShelf(SCHEMA._schema, texts, training=desk.stamp is not Stamp.LIVE)
    for document in sorted(shelf, key=lambda one: _FIRST not in one.root_fields):
        if document.kind == "query" and _ROOTS.issuperset(document.root_fields):
            for type in _types(document):
                await _once(desk, document, make_urn(desk.state, type.value, desk.random.uuid("rehearsal")))


def _types(document: Prepared) -> Iterable[RecordType]:
    """Give the types of record of which a document may ask one by its id."""
    if "record" in document.root_fields:
        return RecordType
    return {_TYPE_OF.get(root, RecordType.PERSON) for root in document.root_fields}


async def _once(desk: Desk, document: Prepared, id: str) -> None:
    """Execute a document under a session that only plans."""
    look, _ = rehearsal(desk)
    [operation] = [one for one in document.document.definitions if isinstance(one, OperationDefinitionNode)]
    result: Any = execute(
        SCHEMA._schema,
        document.document,
        context_value=Context(look),
        variable_values=dict(_variables(operation, id)),
        executor_class=Executor,
    )
    if isawaitable(result):
        result = await result
    for error in result.errors or ():
        if not isinstance(error.original_error, NotFound):
            _log.warning("%s is not planned: %s", document.name, error.message)


def _variables(operation: OperationDefinitionNode, id: str) -> Iterator[tuple[str, Any]]:
    """Give a value for each variable that must have one."""
    for one in operation.variable_definitions or ():
        if one.default_value is None and is_non_null_type(type := type_from_ast(SCHEMA._schema, one.type)):
            yield one.variable.name.value, _made_up(type, id)


def _made_up(type: Any, id: str) -> Any:
    plain = get_nullable_type(type)
    if is_list_type(plain):
        one = _made_up(plain.of_type, id)
        return [] if isinstance(one, dict) else [one]
    if isinstance(plain, GraphQLEnumType):
        return next(iter(plain.values))
    if isinstance(plain, GraphQLInputObjectType):
        return {
            name: _made_up(field.type, id) for name, field in plain.fields.items() if is_required_input_field(field)
        }
    return id if plain.name == "ID" else _OF_TYPE[plain.name]
