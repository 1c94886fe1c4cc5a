"""A person's category: what may be moved, what a move up rests on, and what waits for a second officer.

In order:
1. An id that is malformed, absent or hidden is NOT_FOUND; a category that has moved since it was read is a conflict.
2. What is protected is not led out of protection: what a victim is in another case is another record.
3. A move up rests on a document, and neither on a source nor on information that cannot be judged.
4. A move up waits for a second officer; a move down is done at once, and a child's photos are destroyed with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.grant import Action, Grant
from desk.crossing import carried_out, operation_of, replayed
from desk.errors import BadInput, NotFound
from desk.filing import forget_photos
from desk.looking import Look
from desk.pending import gate_said, wait
from desk.recording import new_record
from desk.revising import content_of, marking_of, refuse_moved, refuse_no_rev
from desk.revs import ENVELOPE, revised
from desk.standing import loosened, marking_problems, minor_problems, needs_second, unread
from graph import categories, records
from graph.categories import Wanted, looked_at
from graph.connections import ENVELOPE_FIELDS, Kind
from graph.picks import Node, Pick
from graph.session import GraphWriting
from graph.stored import envelope_of
from graph.writing import NewLink, NewRecord
from schemas.envelope import Marking
from schemas.errors import FieldProblem
from schemas.gradings import InfoGrade, SourceGrade
from schemas.ids import RecordType, make_urn, parse_urn
from schemas.link import LinkContent, LinkKind
from schemas.pending import CategoryAsked, PendingAct, may_move, moves_up
from schemas.person import Category, PersonContent


@dataclass(frozen=True, slots=True)
class Move:
    """A move as asked: of a person as read with a rev, to a category, with what the marking shall say instead."""

    id: str
    rev: str
    category: Category
    marking: Mapping[str, Any]
    reason: str
    document: str | None
    link: str

    @property
    def wanted(self) -> Wanted:
        """Give what is read to judge it: the person whole, and how good the document is."""
        document = [] if self.document is None else [self.document]
        return [(_PERSON, [self.id]), (_DOCUMENT, document)]


_PERSON = Pick(Kind.PERSON, (*revised(Kind.PERSON), *(name for name in ENVELOPE_FIELDS if name not in ENVELOPE)))
_DOCUMENT = Pick(Kind.DOCUMENT, ("source_grade", "info_grade"))


async def set_category(
    look: Look,
    id: str,
    rev: str,
    category: Category,
    marking: Mapping[str, Any],
    reason: str,
    document: str | None,
    *,
    key: str | None,
) -> str:
    """Move a person to another category and give their id, or that of the change that waits.

    Raise BadInput for what cannot stand, NotFound for what is not there.
    """
    graph = await look.may(Action.RECORD)
    named = {
        name: one if parse_urn(one) else look.term(one) for name, one in (("id", id), ("document", document)) if one
    }
    look.note("set category", **named, category=category.value, fields=sorted(marking))
    if problems := unread(graph.grant, category):
        raise BadInput([FieldProblem(path=field, message=message) for field, message in problems])
    refuse_no_rev(Kind.PERSON, rev)
    person, paper = parse_urn(id), None if document is None else parse_urn(document)
    if person is None or person.type != RecordType.PERSON or person.state != look.desk.state:
        raise NotFound
    if document is not None and (paper is None or paper.type != RecordType.DOCUMENT):
        raise NotFound
    operation = operation_of(look, "set category", key, id, rev, category, dict(marking), reason, document)
    link = make_urn(look.desk.state, "link", look.desk.random.uuid(look.officer.id))
    if key is not None and (made := await replayed(look, operation)) is not None:
        return made
    move = Move(id, rev, category, marking, reason, document, link)
    found = {node.id: node for node in await records.records(graph, move.wanted)}
    if found.keys() != {id} | ({document} - {None}):
        raise NotFound
    before, said = judged(look, graph.grant, move, found)
    if moves_up(before, category) and document is not None and needs_second(look.desk.stamp, said.compartment):
        return await _wait(look, move, document, before, said, operation, replayable=key is not None)

    async def act() -> None:
        enquiry = look.enquiry.id if look.enquiry else ""
        made = made_by(look, graph.grant, move, by=look.officer.id)
        await categories.set_category(graph, operation, id, move.wanted, made, because=reason, enquiry=enquiry)

    made = await carried_out(look, operation, [id], act, replayable=key is not None)
    if category is Category.CHILD_IN_CONFLICT:
        await forget_photos(look, id)
    return made


def judged(look: Look, grant: Grant, move: Move, now: Mapping[str, Node]) -> tuple[Category, Marking]:
    """Give the category before and the marking after a move of what stands now; raise BadInput if it cannot be made."""
    node = now[move.id]
    refuse_moved(look, node, move.rev, ["category", *move.marking], under="")
    before = Category(node.values["category"])
    said = marking_of(node, look.desk.state, move.marking)
    problems = unread(grant, move.category)
    if before is move.category:
        problems.append(("category", "The record says this already."))
    elif not may_move(before, move.category):
        problems.append(("category", _OTHER_RECORD))
    elif moves_up(before, move.category):
        problems += _unsupported(move, said, now)
    problems += minor_problems(content_of(RecordType.PERSON, node, {"category": move.category}), look.at)
    found = [FieldProblem(path=field, message=message) for field, message in problems]
    if move.marking:
        found += marking_problems(look.desk.state, grant, said, look.at)
        found += loosened(marking_of(node, look.desk.state, {}), said)
    if found:
        raise BadInput(found)
    return before, said


def made_by(look: Look, grant: Grant, move: Move, *, by: str) -> categories.Made:
    """Give what makes the person's next version, and the link to its document, of what stands in the transaction."""

    def made(now: dict[str, Node]) -> tuple[NewRecord, list[NewLink]]:
        _, said = judged(look, grant, move, now)
        if move.category is Category.CHILD_IN_CONFLICT:
            said = said.model_copy(update={"audience": (), "onward": ()})
        content = content_of(RecordType.PERSON, now[move.id], {"category": move.category})
        assert isinstance(content, PersonContent)
        record = new_record(look.desk, move.id, RecordType.PERSON, said, content, by=by, at=look.at)
        if move.document is None:
            return record, []
        envelope = envelope_of(look.desk.state, said, by=by, at=look.at)
        return record, [NewLink(move.link, LinkKind.DERIVED_FROM, move.id, move.document, envelope, LinkContent())]

    return made


async def _wait(
    look: Look, move: Move, document: str, before: Category, said: Marking, operation: Any, *, replayable: bool
) -> str:
    graph = await look.graph()
    asked = CategoryAsked(
        makes=move.id,
        rev=move.rev,
        before=before,
        category=move.category,
        marking=dict(move.marking),
        reason=move.reason,
        document=document,
        link=move.link,
    )

    async def still(writing: GraphWriting) -> None:
        judged(look, graph.grant, move, await looked_at(writing, move.wanted))

    names, own = (move.id, document), gate_said(look, said)
    return await wait(look, operation, PendingAct.CATEGORY, asked, own, names, replayable=replayable, before=still)


def _unsupported(move: Move, said: Marking, now: Mapping[str, Node]) -> list[tuple[str, str]]:
    """Say what a move up rests on that cannot carry it."""
    if move.document is None:
        return [("document", "A move up in category rests on a document: name its record.")]
    paper = now[move.document].values
    problems = []
    if said.source_grade is SourceGrade.X or said.info_grade is InfoGrade.CANNOT_BE_JUDGED:
        problems.append(("category", "What cannot be judged carries no move up: the record is graded X or 4."))
    if paper["source_grade"] == SourceGrade.X or paper["info_grade"] == InfoGrade.CANNOT_BE_JUDGED:
        problems.append(("document", "What cannot be judged carries no move up: the document is graded X or 4."))
    return problems


_OTHER_RECORD = (
    "A victim, witness, complainant or child stays one in this record: what they are in another case is another record."
)
