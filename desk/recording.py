"""What an officer changes: record, link, unlink, withdraw. Intent on the ledger, one transaction, outcome, answer.

In order:
1. The grant must allow it, and every field must stand by itself, before the graph is opened.
2. Nobody writes what he could not read: level and compartment are the writer's own.
3. An id that is malformed, absent or hidden is NOT_FOUND wherever it stands.
4. A membership, an act of help and who gave or got it wait for a second officer; their id is the waiting change's.
5. The change is one graph transaction between INTENT and OUTCOME; a crash between them is settled later.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.names.fold import fold
from analysis.names.keys import keys
from auth.grant import Action, Mode
from desk.crossing import carried_out, operation_of, replayed
from desk.errors import BadInput, NotFound
from desk.looking import Desk, Look
from desk.pending import gate_said, wait
from desk.standing import (
    SECOND,
    category_problems,
    child_problems,
    clock_problems,
    content_problems,
    marking_problems,
    needs_second,
)
from graph import writing
from graph.connections import kind_of
from graph.stored import envelope_of
from graph.visible import sees
from graph.writing import ForeignRef, NewLink, NewRecord, ValueRef
from schemas.assistance import AssistanceContent
from schemas.envelope import Marking
from schemas.errors import FieldProblem
from schemas.ids import BadIdentifier, RecordType, ValueKind, make_urn, normal_form, parse_urn
from schemas.link import ASSERTED, End, LinkContent, LinkKind, relation_problem
from schemas.pending import AssistanceAsked, LinkAsked, PendingAct
from schemas.records import RECORDS, Content
from schemas.text import has_aadhaar

Abroad = Callable[[str], Awaitable[ForeignRef]]
"""Give a record of another state, of which its owner is asked; raise NotFound if it is not there for this officer."""


@dataclass(frozen=True, slots=True)
class EndAsked:
    """An end of a link as asked: a record's id, or an identifier's kind and the text as written."""

    id: str | None = None
    kind: ValueKind | None = None
    value: str | None = None


async def record(look: Look, type: RecordType, marking: Marking, content: Content, *, key: str | None) -> str:
    """Record something new and give its id, or that of the change that waits; raise BadInput for what cannot stand."""
    graph = await look.may(Action.RECORD)
    look.note(f"record {type}")
    problems = [
        FieldProblem(path=f"{RECORDS[type].root}.{field}", message=message)
        for field, message in (
            *category_problems(graph.grant, content),
            *content_problems(look.desk.state, content, look.at),
        )
    ]
    problems += [*child_problems(content, marking), *clock_problems(content, marking, look.at)]
    problems += marking_problems(look.desk.state, graph.grant, marking, look.at)
    if problems:
        raise BadInput(problems)
    operation = operation_of(look, f"record {type}", key, marking, content)
    id = make_urn(look.desk.state, type.value, look.desk.random.uuid(look.officer.id))
    if isinstance(content, AssistanceContent) and needs_second(look.desk.stamp, marking.compartment):
        asked = AssistanceAsked(makes=id, marking=marking, content=content)
        own = gate_said(look, marking)
        return await wait(look, operation, PendingAct.ASSISTANCE, asked, own, (), replayable=key is not None)
    new = new_record(look.desk, id, type, marking, content, by=look.officer.id, at=look.at)

    async def act() -> None:
        await writing.store(graph, operation, [new], [])

    return await carried_out(look, operation, [id], act, replayable=key is not None)


async def link(
    look: Look,
    kind: LinkKind,
    from_: EndAsked,
    to: EndAsked,
    marking: Marking,
    content: LinkContent,
    *,
    key: str | None,
) -> str:
    """Link two ends and give the link's id, or that of the change that waits; raise BadInput or NotFound."""
    problems = []
    if kind in ASSERTED:
        problems.append(FieldProblem(path="kind", message=f"{kind} is an assertion: {ASSERTED[kind]} makes it."))
    return await joined(look, f"link {kind}", kind, from_, to, marking, content, problems, key=key)


async def joined(
    look: Look,
    act: str,
    kind: LinkKind,
    from_: EndAsked,
    to: EndAsked,
    marking: Marking,
    content: LinkContent,
    found: Sequence[FieldProblem],
    *,
    key: str | None,
    abroad: Abroad | None = None,
) -> str:
    """Draw a link by the act that it is called on the ledger, of which some problems were found before.

    With `abroad` it leads to a record of another state, which that gives as its owner shows it to this officer.
    """
    graph = await look.may(Action.RECORD)
    noted = look.note(act, **{"from": _named(look, from_), "to": _named(look, to)})
    problems = [*found, *marking_problems(look.desk.state, graph.grant, marking, look.at)]
    ends = [_end(look, name, end, problems) for name, end in (("from", from_), ("to", to))]
    types = [end[0] for end in ends if end]
    if not found and len(types) == 2 and (problem := relation_problem(kind, types[0], types[1], content)):
        path = problem[0] if problem[0] == "kind" else f"content.{problem[0]}"
        problems.append(FieldProblem(path=path, message=problem[1]))
    if len(ends) == 2 and ends[0] and ends[0] == ends[1]:
        problems.append(FieldProblem(path="to", message="A link joins two different things."))
    if problems:
        raise BadInput(problems)
    if not ends[0] or not ends[1]:
        raise NotFound
    operation = operation_of(look, act, key, marking, content, from_, to)
    id = make_urn(look.desk.state, "link", look.desk.random.uuid(look.officer.id))
    starts, leads = ends[0][1], ends[1][1]
    if kind in SECOND and needs_second(look.desk.stamp, marking.compartment):
        named = (f"{starts}", f"{leads}")
        asked = LinkAsked(makes=id, kind=kind, from_=named[0], to=named[1], marking=marking, content=content)
        own = gate_said(look, marking)
        return await wait(look, operation, SECOND[kind], asked, own, named, replayable=key is not None)
    envelope = envelope_of(look.desk.state, marking, by=look.officer.id, at=look.at)
    to_abroad: str | ValueRef | ForeignRef = leads
    # What was made when it was first asked stands, whatever became of the other state since.
    if abroad is not None and (key is None or await replayed(look, operation) is None):
        to_abroad = await abroad(f"{leads}")
        gate = to_abroad.gate
        shown = [list(gate.audience), gate.level, gate.comp, gate.cls, gate.until]
        if not sees(graph.grant, Mode.READ, to_abroad.id, shown):
            raise NotFound
        # What was asked for it comes before it: its steps go by what was noted last.
        look.notes.sort(key=lambda one: one is noted)
    new = NewLink(id, kind, starts, to_abroad, envelope, written(content, from_, to))

    async def store() -> None:
        await writing.store(graph, operation, [], [new])

    made = await carried_out(look, operation, [id], store, replayable=key is not None)
    # What was made when it was first asked is read again under today's grant, as a record is.
    if made != id and not await writing.link_stands(graph, new, made):
        raise NotFound
    return made


async def unlink(look: Look, from_: str, id: str, reason: str, *, key: str | None) -> str:
    """Close a link of a record or identifier and give its id; raise NotFound if it is not there for this officer."""
    graph = await look.may(Action.RECORD)
    urn, start = parse_urn(id), _record_or_value(from_)
    look.note("unlink", **{"from": start or look.term(from_), "id": id if urn else look.term(id)})
    if urn is None or urn.type != "link" or urn.state != look.desk.state or start is None:
        raise NotFound
    operation = operation_of(look, "unlink", key, from_, id, reason)

    async def act() -> None:
        await writing.close_link(graph, operation, from_=from_, id=id, reason=reason, by=look.officer.id)

    return await carried_out(look, operation, [id], act, replayable=key is not None)


async def withdraw(look: Look, id: str, reason: str, *, key: str | None) -> str:
    """Withdraw a record of this state and give its id; raise NotFound if it is not there for this officer."""
    graph = await look.may(Action.WITHDRAW)
    look.note("withdraw", id=id if parse_urn(id) else look.term(id))
    urn = parse_urn(id)
    if urn is None or urn.type not in {*RecordType, "follower", "audience"} or urn.state != look.desk.state:
        raise NotFound
    operation = operation_of(look, "withdraw", key, id, reason)

    async def act() -> None:
        await writing.withdraw(graph, operation, id, by=look.officer.id, reason=reason)

    return await carried_out(look, operation, [id], act, replayable=key is not None)


def new_record(
    desk: Desk, id: str, type: RecordType, marking: Marking, content: Content, *, by: str, at: Any
) -> NewRecord:
    """Make a record ready to be stored, with the keys that it is found by."""
    names = RECORDS[type].names(content)
    name_keys = sorted({desk.keys.key_id("name", key) for name in names for key in keys(name)})
    envelope = envelope_of(desk.state, marking, by=by, at=at)
    sort_name = _sortable(" ".join(fold(names[0]))) if names else ""
    return NewRecord(id, kind_of(type), envelope, content, tuple(name_keys), sort_name)


def _sortable(text: str) -> str:
    """Leave out what the database orders in two ways: by code point in an index, by UTF-16 unit where it compares.

    Only between U+E000 and U+FFFF and what lies above do these differ; few names are left with a sign from there.
    """
    return "".join(sign for sign in text if not "\ue000" <= sign <= "\uffff")


def written(content: LinkContent, *ends: EndAsked) -> LinkContent:
    """Keep on the link the number as it was written, which the identifier itself does not know.

    One that could be read as an Aadhaar number is kept in its normal form instead.
    """
    for end in ends:
        if end.kind is not None and end.value is not None and content.as_written is None:
            text = normal_form(end.kind, end.value) if has_aadhaar(end.value) else end.value.strip()
            return content.model_copy(update={"as_written": text})
    return content


def _end(look: Look, name: str, end: EndAsked, problems: list[FieldProblem]) -> tuple[End, str | ValueRef] | None:
    """Give an end's type and what it stands for; None for an id that can name no record. Adds to the problems."""
    said = (end.id is not None, end.kind is not None, end.value is not None)
    if said not in ((True, False, False), (False, True, True)):
        problems.append(FieldProblem(path=name, message="An end is either an id, or a kind and a value."))
        return None
    if end.kind is not None and end.value is not None:
        try:
            normal = normal_form(end.kind, end.value)
        except BadIdentifier as problem:
            problems.append(FieldProblem(path=f"{name}.value", message=str(problem)))
            return None
        return end.kind, ValueRef(look.desk.keys.value_id(end.kind.value, normal), end.kind.value)
    urn = parse_urn(end.id)
    if urn is None or urn.type not in set(RecordType):
        return None
    return RecordType(urn.type), f"{end.id}"


def _named(look: Look, end: EndAsked) -> str:
    """Give an end as the ledger names it: a record by its id, anything else by its keyed digest."""
    if end.id is not None and parse_urn(end.id):
        return end.id
    return look.term(end.id or end.value or "")


def _record_or_value(id: str) -> str | None:
    urn = parse_urn(id)
    if urn is not None:
        return id if urn.type in set(RecordType) else None
    return id if len(id) == 32 and set(id) <= set("0123456789abcdef") else None
