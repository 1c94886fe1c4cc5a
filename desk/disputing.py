"""Disputing: what is held against a record shows on every view of it, until another officer has settled it.

In order:
1. An id that is malformed, absent, hidden or another state's is NOT_FOUND; the grant must allow recording.
2. A record has one dispute at a time, and who disputes it does not settle it.
3. A dispute is said in the next version of the record, so it has the record's gate and goes wherever that goes.
"""

from dataclasses import dataclass
from typing import Any

from auth.grant import Action
from desk.crossing import carried_out, operation_of
from desk.errors import BadInput, NotFound, Refused
from desk.looking import Look
from graph import disputing
from schemas.errors import ErrorCode, FieldProblem
from schemas.ids import RecordType, parse_urn
from schemas.text import Prose
from schemas.word import Word


class Statement(Word):
    """What is disputed, as an officer writes it."""

    statement: Prose


@dataclass(frozen=True)
class Said:
    """A statement as it comes in."""

    statement: str


async def dispute(look: Look, id: str, statement: str, *, key: str | None) -> str:
    """Say what is disputed about a record and give its id; raise NotFound, or BadInput if it is disputed already."""

    def judge(disputed: str | None, by: str | None) -> dict[str, Any]:
        if disputed is not None:
            problem = FieldProblem(path="id", message="It is disputed already: that is settled first.")
            raise BadInput([problem.model_copy(update={"code": ErrorCode.CONFLICT})])
        moment = int(look.at.timestamp())
        said = {"disputed": statement, "disputed_at": moment, "disputed_by": look.officer.id, "dispute_upheld": None}
        return _version(look, "Disputed.") | said

    return await _said(look, "dispute", id, judge, key, statement)


async def settle_dispute(look: Look, id: str, reason: str, *, upheld: bool, key: str | None) -> str:
    """Settle the dispute of a record and give its id; raise NotFound, BadInput if there is none, Refused for one's own.

    What was `upheld` is corrected by a revision, or the record is withdrawn: that is another act.
    """

    def judge(disputed: str | None, by: str | None) -> dict[str, Any]:
        if disputed is None:
            raise BadInput([FieldProblem(path="id", message="Nothing about it is disputed.")])
        if by == look.officer.id:
            raise Refused("OWN_DISPUTE", "You disputed this yourself: another officer settles it.")
        gone = dict.fromkeys(("disputed", "disputed_at", "disputed_by"))
        return _version(look, reason) | gone | {"dispute_upheld": upheld}

    return await _said(look, "settle dispute", id, judge, key, reason, upheld)


async def _said(look: Look, name: str, id: str, judge: disputing.Judge, key: str | None, *body: object) -> str:
    graph = await look.may(Action.RECORD)
    urn = parse_urn(id)
    look.note(name, id=id if urn else look.term(id))
    if urn is None or urn.type not in set(RecordType) or urn.state != look.desk.state:
        raise NotFound
    operation = operation_of(look, name, key, id, *body)

    async def act() -> None:
        await disputing.say(graph, operation, id, look.desk.state, judge)

    return await carried_out(look, operation, [id], act, replayable=key is not None)


def _version(look: Look, because: str) -> dict[str, Any]:
    return {
        "recorded_at": int(look.at.timestamp()),
        "recorded_by": look.officer.id,
        "because": because,
        "for_enquiry": look.enquiry.id if look.enquiry else "",
    }
