"""Undoing a run of an import: what it brought is withdrawn, and nothing that somebody has built on it is.

In order:
1. A run is undone by its author or by the officer who approved it; for anybody else it is NOT_FOUND.
2. One that nobody approved is given up or taken back, and what was loaded of it is taken away.
3. A record that was changed since, or to which this officer sees a link of another's, stays and is named; the links
   that came with it are closed. All other records of the run are withdrawn, and its held links closed.
4. It goes some at a time, each between INTENT and OUTCOME; broken off, it is undone to its end by undoing it again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from pydantic import TypeAdapter, ValidationError

from auth.grant import Action
from desk.approving import withdraw_pending
from desk.crossing import note_change
from desk.errors import BadInput, Conflict, DeskError, NotFound
from desk.keeping import clear_imports, import_body
from desk.looking import Look
from desk.runs import held_body
from graph import undoing, writing
from graph.importing import in_parts
from graph.session import GraphSession
from graph.undoing import Kept, Taken, Why
from graph.writing import Operation
from register.chain import JSON
from register.imports import Run
from register.ledger import Entry, EntryKind
from schemas.errors import FieldProblem
from schemas.ids import parse_urn
from schemas.run import RunState
from schemas.text import Prose

AT_ONCE = 200


@dataclass
class Undone:
    """What became of a run: `gone` counts records that had been withdrawn before, `kept` names those that stay."""

    state: RunState = RunState.UNDONE
    withdrawn: int = 0
    closed: int = 0
    gone: int = 0
    kept: dict[str, Kept] = field(default_factory=dict)


async def undo_import(look: Look, id: str, reason: str) -> Undone:
    """Undo a run. Raises NotFound, Refused, BadInput, and Conflict where nothing of it is there to be undone."""
    try:
        return await _undo(look, id, reason)
    except DeskError as refusal:
        look.code = refusal.code_for_ledger
        await look.close(document="undo import")
        raise


async def _undo(look: Look, id: str, reason: str) -> Undone:
    urn = parse_urn(id)
    look.note("undo import", run=id if urn else look.term(id))
    graph = await look.may(Action.WITHDRAW)
    why = Why(look.officer.id, _checked(reason))
    register = look.desk.register.imports
    run = await register.get(id) if urn is not None and urn.type == "run" else None
    if run is None or look.officer.id not in (run.officer, run.settled_by):
        raise NotFound
    match run.state:
        case RunState.LOADING:
            entry = _entry(look, run, "GIVEN_UP")
            if not await register.end(id, RunState.GIVEN_UP, of=[RunState.LOADING], at=look.at, entry=entry):
                raise Conflict
            await clear_imports(look.desk)
            return Undone(RunState.GIVEN_UP)
        case RunState.WAITING if run.change is not None:
            await withdraw_pending(look, run.change, key=None)
            await clear_imports(look.desk)
            return Undone(RunState.WITHDRAWN)
        case RunState.VISIBLE | RunState.UNDOING:
            return await _withdrawn(look, graph, run, why)
    raise Conflict("There is nothing of this run that could be undone.")


async def _withdrawn(look: Look, graph: GraphSession, run: Run, why: Why) -> Undone:
    register = look.desk.register.imports
    await register.end(run.id, RunState.UNDOING, of=[RunState.VISIBLE], at=look.at, entry=_entry(look, run, "UNDOING"))
    made = [id for ids in await writing.made(graph, import_body(look.desk.keys, run.id)) for id in ids]
    links = {id for id in made if _type(id) == "link"}
    records = [id for id in made if _type(id) not in ("link", "change")]
    pairs = [id for ids in await writing.made(graph, held_body(look, run.id)) for id in ids]
    held = list(zip(pairs[::2], pairs[1::2], strict=True))
    done = Undone()
    for some in in_parts(records, AT_ONCE):
        taken = await _carried(look, run, partial(undoing.withdraw, graph, ids=some, own=links, why=why))
        graph.disclosed.difference_update(some)
        done.gone += len(some) - len(taken.withdrawn) - len(taken.kept)
        _count(done, taken)
    for drawn in in_parts(held, AT_ONCE):
        _count(done, await _carried(look, run, partial(undoing.close, graph, links=drawn, why=why)))
    graph.disclosed.difference_update(records)
    graph.disclosed.update(done.kept)
    await register.end(run.id, RunState.UNDONE, of=[RunState.UNDOING], at=look.at, entry=_entry(look, run, "UNDONE"))
    return done


def _count(done: Undone, taken: Taken) -> None:
    done.withdrawn += len(taken.withdrawn)
    done.closed += len(taken.closed)
    done.kept |= taken.kept


async def _carried(look: Look, run: Run, act: Callable[[Operation], Awaitable[Taken]]) -> Taken:
    """Carry one step across both stores."""
    id, body = str(look.desk.random.uuid(look.officer.id)), import_body(look.desk.keys, f"undo {run.id}")
    operation = Operation(id, look.at, body)
    await note_change(look, EntryKind.INTENT, operation, [], "INTENT")
    try:
        taken = await act(operation)
    except writing.EndNotSeen as problem:
        await note_change(look, EntryKind.OUTCOME, operation, [], "CONFLICT")
        raise Conflict("Somebody changed some of it meanwhile: undo it again.") from problem
    look.changed = True
    ids: Sequence[str] = [*taken.withdrawn, *taken.closed]
    await note_change(look, EntryKind.OUTCOME, operation, ids, "DONE")
    return taken


def _checked(reason: str) -> str:
    try:
        return TypeAdapter[str](Prose).validate_python(reason)
    except ValidationError as problem:
        message = "A reason is a few plain words, without a number that could be an Aadhaar number."
        raise BadInput([FieldProblem(path="reason", message=message)]) from problem


def _type(id: str) -> str:
    urn = parse_urn(id)
    return urn.type if urn is not None else ""


def _entry(look: Look, run: Run, code: str) -> Entry:
    said: dict[str, JSON] = {"run": run.id, "source": run.source, "file": run.file}
    purpose = look.enquiry.purpose.value if look.enquiry else None
    enquiry = look.enquiry.id if look.enquiry else None
    return Entry(EntryKind.IMPORT, look.officer.id, enquiry, purpose, "undo import", said, (), code)
