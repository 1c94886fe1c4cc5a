"""Revising a record: what a change names must stand as the officer read it, and the rest is kept as it is.

In order:
1. The grant must allow it, and every field of the change must stand by itself, before the graph is opened.
2. An id that is malformed, absent or hidden is NOT_FOUND.
3. The record is held; a field that the change names and that has moved since is a conflict, and nothing is changed.
4. The whole with the change in it must stand as a new record would. An edit is not a review.
5. What the record said stands as what it was.
6. What a second officer approved is not rewritten by one, and nobody loosens how a record may be handled.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from auth.grant import Action
from desk.crossing import carried_out, operation_of
from desk.errors import BadInput, NotFound
from desk.looking import Look
from desk.recording import new_record
from desk.revs import ENVELOPE, is_rev, moved, revised
from desk.standing import (
    SECOND,
    category_problems,
    child_problems,
    content_problems,
    loosened,
    marking_problems,
    needs_second,
)
from desk.telling import told
from graph import revising
from graph.connections import ENVELOPE_FIELDS, Kind, kind_of
from graph.picks import Node, Pick
from graph.stored import content_read, marking_read
from graph.writing import NewRecord
from schemas.envelope import Marking
from schemas.errors import ErrorCode, FieldProblem
from schemas.ids import RecordType, parse_urn
from schemas.records import RECORDS, Content


async def revise(
    look: Look,
    type: RecordType,
    id: str,
    rev: str,
    change: Mapping[str, Any],
    marking: Mapping[str, Any],
    reason: str,
    *,
    key: str | None,
) -> str:
    """Change fields of a record as it was read with a rev, and give its id.

    `change` and `marking` hold what the named fields shall say, each valid by itself; a None clears a field. Raise
    BadInput for what cannot stand, with code CONFLICT for a field that has moved, NotFound for what is not there.
    """
    graph = await look.may(Action.RECORD)
    look.note(f"revise {type}", id=id if parse_urn(id) else look.term(id), fields=sorted([*change, *marking]))
    urn = parse_urn(id)
    if not change and not marking:
        raise BadInput([FieldProblem(path="change", message="A revision names a field that it changes.")])
    refuse_no_rev(kind_of(type), rev)
    if urn is None or urn.type != type.value or urn.state != look.desk.state:
        raise NotFound
    operation = operation_of(look, f"revise {type}", key, id, rev, dict(change), dict(marking), reason)
    kind = kind_of(type)
    whole = Pick(kind, (*revised(kind), *(name for name in ENVELOPE_FIELDS if name not in ENVELOPE)))

    def changed(now: Node) -> NewRecord:
        refuse_moved(look, now, rev, [*change, *marking], under="change.")
        content = content_of(type, now, change)
        said = marking_of(now, look.desk.state, marking)
        if (content, said) == (content_of(type, now, {}), marking_of(now, look.desk.state, {})):
            raise BadInput([FieldProblem(path="change", message="It says all of this already.")])
        problems = [
            FieldProblem(path=f"change.{field}", message=message)
            for field, message in (
                *category_problems(graph.grant, content),
                *content_problems(look.desk.state, content, look.at),
            )
        ]
        before = marking_of(now, look.desk.state, {})
        if type in SECOND and needs_second(look.desk.stamp, before.compartment):
            problems.append(FieldProblem(path="change", message=_NOT_REWRITTEN, code=ErrorCode.NEEDS_APPROVAL))
        problems += child_problems(content, said)
        if marking:
            problems += marking_problems(look.desk.state, graph.grant, said, look.at)
            problems += loosened(before, said)
        if problems:
            raise BadInput(problems)
        return new_record(look.desk, id, type, said, content, by=look.officer.id, at=look.at)

    async def act() -> None:
        await revising.revise(
            graph, operation, id, whole, changed, because=reason, enquiry=look.enquiry.id if look.enquiry else ""
        )

    return await carried_out(look, operation, [id], act, replayable=key is not None)


_NOT_REWRITTEN = (
    "A second officer approved what this says: it is not rewritten. Withdraw it, and record it anew for another to see."
)


def refuse_no_rev(kind: Kind, rev: str) -> None:
    """Raise BadInput for what cannot be a rev of this kind of record; the database is not asked."""
    if not is_rev(kind, rev):
        raise BadInput([FieldProblem(path="rev", message="This is no rev of such a record: read it again.")])


def refuse_moved(look: Look, now: Node, rev: str, names: list[str], *, under: str) -> None:
    """Raise BadInput for each field that has moved since it was read, with what it says now.

    `under` is where the fields of the content stand in what was sent.
    """
    refuse_no_rev(now.kind, rev)
    gone = moved(look.desk.keys, now.id, now.kind, now.values, rev) or set()
    problems = [_moved(now, name, under) for name in names if name in gone]
    if problems:
        raise BadInput(problems)


def _moved(now: Node, name: str, under: str) -> FieldProblem:
    says = told(now.kind, name, now.values[name]) or "nothing"
    return FieldProblem(
        path=f"{'marking.' if name in ENVELOPE else under}{name}",
        message=f"This was changed after you read it; it now says: {says}.",
        code=ErrorCode.CONFLICT,
    )


def content_of(type: RecordType, now: Node, change: Mapping[str, Any]) -> Content:
    """Give the content of a record with a change in it; raise BadInput for what does not agree."""
    word = RECORDS[type].content
    said = content_read(word, now.values) | dict(change)
    try:
        made: Content = word.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as problem:
        raise BadInput([_whole(error) for error in problem.errors()]) from problem
    return made


def marking_of(now: Node, state: str, change: Mapping[str, Any]) -> Marking:
    """Give the marking of a record with a change in it; raise BadInput for what does not agree."""
    said = marking_read(state, now.gate, now.values) | dict(change)
    try:
        return Marking.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as problem:
        raise BadInput([_whole(error, "marking") for error in problem.errors()]) from problem


def _whole(error: Any, path: str = "change") -> FieldProblem:
    """Say what does not agree in the whole; every field by itself was looked at before."""
    said = str(error["ctx"]["error"]) if error["type"] == "value_error" else "This cannot be left out."
    return FieldProblem(path=".".join([path, *map(str, error["loc"])]), message=said)
