"""Carrying out what was approved, by its author's grant of that moment, as if they asked for it then."""

from auth.grant import Grant
from desk.categories import Move, made_by
from desk.errors import Refused
from desk.looking import Look
from desk.pending import digest_of
from desk.recording import new_record
from desk.runs import made_visible
from desk.standing import category_problems, content_problems, marking_problems
from graph import access, categories
from graph.pending import Carry
from graph.session import GraphWriting
from graph.stored import CompartmentsDiffer, envelope_of
from graph.writing import EndNotSeen, NewLink, Operation, stored
from register.pending import Pending
from schemas.ids import RecordType
from schemas.pending import ASKED, Asked, AssistanceAsked, CategoryAsked, ImportAsked, LinkAsked


def author_may_not() -> Refused:
    """Give what the second officer is told where the author has lost what the change needs, whatever that was."""
    return Refused("AUTHOR_MAY_NOT", "As things are now, the officer who asked could not make this change.")


_REVISED = "A record that it names was revised after it was asked for: decline it, and let it be asked for anew."


def carrier(look: Look, operation: Operation, change: Pending, grant: Grant) -> Carry:
    """Give what carries out a change by its author's grant, as if they asked for it now."""

    async def carry(second: GraphWriting, writing: GraphWriting, text: str) -> None:
        if digest_of(look, text) != change.digest:
            raise Refused("NOT_WHAT_WAS_ASKED", "This is not what was asked for: it must be asked for anew.")
        asked = ASKED[change.act].model_validate_json(text)
        if _fallen(look, grant, change, asked):
            raise author_may_not()
        if await access.stand(writing, list(asked.stood)) != asked.stood:
            raise Refused("NOT_WHAT_WAS_ASKED", _REVISED)
        try:
            if isinstance(asked, ImportAsked):
                await made_visible(look, second, writing, operation, change, asked)
            else:
                await _done(look, writing, operation, change, grant, asked)
        except (EndNotSeen, CompartmentsDiffer) as problem:
            raise author_may_not() from problem

    return carry


def _fallen(look: Look, grant: Grant, change: Pending, asked: Asked) -> bool:
    """Say whether what was asked for could not be recorded any more; of a category its own rules say that."""
    if isinstance(asked, CategoryAsked):
        return False
    if isinstance(asked, ImportAsked):
        return change.level > grant.level or change.compartment not in grant.comps
    problems: list[object] = [*marking_problems(look.desk.state, grant, asked.marking, look.at)]
    if isinstance(asked, AssistanceAsked):
        problems += [
            *category_problems(grant, asked.content),
            *content_problems(look.desk.state, asked.content, look.at),
        ]
    return bool(problems)


async def _done(
    look: Look, writing: GraphWriting, operation: Operation, change: Pending, grant: Grant, asked: Asked
) -> None:
    by, at = change.author, look.at
    match asked:
        case LinkAsked():
            envelope = envelope_of(look.desk.state, asked.marking, by=by, at=at)
            link = NewLink(asked.makes, asked.kind, asked.from_, asked.to, envelope, asked.content)
            await stored(writing, operation, [], [link])
        case AssistanceAsked():
            kind = RecordType.ASSISTANCE
            record = new_record(look.desk, asked.makes, kind, asked.marking, asked.content, by=by, at=at)
            await stored(writing, operation, [record], [])
        case CategoryAsked():
            move = _move(asked)
            made = made_by(look, grant, move, by=by)
            await categories.moved(
                writing, operation, move.id, move.wanted, made, because=asked.reason, enquiry=change.enquiry
            )


def _move(asked: CategoryAsked) -> Move:
    return Move(asked.makes, asked.rev, asked.category, asked.marking, asked.reason, asked.document, asked.link)
