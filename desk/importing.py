"""An import: drafts of one source become records and links, each once, however often the source is brought in.

In order:
1. The grant must allow recording; a draft that its officer could not record by hand is refused, and the rest goes on.
2. An id is a keyed digest of officer, source and ref. What this officer brought in before stays as it is now.
3. What a run brings is hidden until a second officer approves it (desk/runs.py); a run is within one compartment.
4. The journal of a run is its numbered operations in the graph: what they made is known, and whoever comes back after
   a crash goes on with the next number. Of two at once on one run, the one that comes second to a number is refused.
5. A batch is one graph transaction between INTENT and OUTCOME. If a link of it cannot be drawn, or the database has
   not enough time for it, it is halved, until that link stands alone or the time is enough; the rest goes in.
"""

from collections.abc import Sequence
from uuid import UUID

from auth.grant import Action
from desk.batches import Draft, Placed, Problems, Stored
from desk.crossing import note_change
from desk.drawing import Lot
from desk.errors import Conflict, DeskError
from desk.keeping import import_body
from desk.looking import Look
from desk.pending import gate_said
from desk.recording import EndAsked, new_record, written
from desk.runs import ask_for, begin_run, held_text
from desk.standing import (
    category_problems,
    child_problems,
    clock_problems,
    content_problems,
    file_problem,
    marking_problems,
)
from graph import importing, writing
from graph.errors import TooMuchAsked
from graph.pending import NewChange
from graph.session import GraphDeadline, GraphSession, GraphTaken
from graph.stored import CompartmentsDiffer, Gate, envelope_of, meet
from graph.writing import NewLink, NewRecord, Operation, ValueRef
from register.imports import Begun
from register.ledger import EntryKind
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.envelope import Marking
from schemas.errors import ErrorCode, FieldProblem
from schemas.ids import BadIdentifier, RecordType, ValueKind, make_urn, normal_form, parse_urn
from schemas.imported import ImportReport
from schemas.link import relation_problem
from schemas.run import RunState

LARGEST_BATCH = 1_000

_BETWEEN = "\x1f"
_TWO_RUNS = "Another run is bringing this source in. Wait until it has ended, then run this one again."
_NO_END = "No record that you brought in from this source has this ref."
_END_GONE = FieldProblem(path="to", message="One of its ends is not there for you any more.")
_TWO_COMPARTMENTS = FieldProblem(path="marking.compartment", message="Its ends are in two different compartments.")
_OTHER_COMPARTMENT = FieldProblem(
    path="marking.compartment", message="A run is in one compartment, and what came before is in another."
)
_OTHER_THAN_READ = (
    "The run holds things that the file does not bring in any more, as it was broken off on another day: undo it, then "
    "bring the file in anew."
)
_ONE_THING = FieldProblem(path="to", message="A link joins two different things.")
_CODES: dict[type[Exception], str] = {
    writing.EndNotSeen: "NOT_FOUND",
    writing.EndUnfit: "BAD_INPUT",
    CompartmentsDiffer: "BAD_INPUT",
    GraphDeadline: "DEADLINE",
    TooMuchAsked: "LIMIT",
}


async def begin_import(look: Look, source: str, file: str, mapping: str) -> "Import":
    """Open an import of a source from a file, by a mapping, both by their SHA-256.

    Raise EnquiryRequired, Refused, or Conflict while another run of the source is under way.
    """
    look.note("import", source=source, file=file, mapping=mapping)
    try:
        graph = await look.may(Action.RECORD)
        run = await begin_run(look, source, file, mapping)
    except DeskError as refusal:
        # Nobody closes an import that never began.
        look.code = refusal.code_for_ledger
        await look.close(document="import")
        raise
    begun = Import(look, graph, run)
    await begun.read_journal()
    return begun


class Import:
    """One officer's run of one source, as far as it has come."""

    def __init__(self, look: Look, graph: GraphSession, begun: Begun) -> None:
        """Stand at the beginning; `begin_import` also reads what was done before."""
        self.run = begun.run
        self._look, self._graph = look, graph
        self._standing = begun.standing
        # The same whatever an operation carries, since the ids say that.
        self._body = import_body(look.desk.keys, self.run.id)
        self._known: dict[UUID, str] = {}
        self._own: dict[UUID, str] = {}
        self._made: list[str] = []
        self._taken: set[UUID] = set()
        self._held = 0
        self._turn = 0
        self._gate: Gate | None = None
        self._lot = Lot(look.desk.keys, self.run.id)

    async def read_journal(self) -> None:
        """Learn what earlier runs made, and what this one has; its operations are numbered from 0 without a gap."""
        for run in self._standing:
            for ids in await writing.made(self._graph, import_body(self._look.desk.keys, run.id)):
                self._known.update(_by_uuid(ids))
        for ids in await writing.made(self._graph, self._body):
            self._learn(ids)

    async def store(self, drafts: Sequence[Draft], lines: Sequence[int] = ()) -> Stored:
        """Store up to 1,000 drafts, each of a line, records before the links that name them.

        Raise Unavailable if a store is away.
        """
        if len(drafts) > LARGEST_BATCH:
            raise ValueError(f"A batch holds at most {LARGEST_BATCH} drafts.")
        stored, ready = Stored(), Placed()
        fresh: dict[UUID, str] = {}
        for place, draft in enumerate(drafts):
            kind = "record" if isinstance(draft, RecordDraft) else "link"
            if self._find(kind, draft.ref, self._known) is not None:
                stored.known.add(place)
                continue
            uuid = self._uuid(kind, draft.ref, self.run.edition)
            if uuid in self._own or uuid in fresh:
                stored.brought.add(place)
                continue
            new = self._record(uuid, draft) if isinstance(draft, RecordDraft) else self._link(uuid, draft, fresh)
            if not isinstance(new, list) and (problem := self._joins(draft.marking)):
                new = [problem]
            match new:
                case NewRecord():
                    ready.records.append((place, new))
                    fresh[uuid] = new.id
                case NewLink():
                    if self._hides(new, fresh):
                        ready.links.append((place, new))
                    else:
                        ready.held.append((place, new, draft.marking))
                    fresh[uuid] = new.id
                case _:
                    stored.refused[place] = new
        if fresh:
            await self._carry_out(ready, stored)
        for place in sorted(stored.brought):
            self._take(drafts[place], lines[place] if lines else 0)
        return stored

    def _take(self, draft: Draft, line: int) -> None:
        """Count something that this run has brought, now or before it was broken off."""
        uuid = self._uuid("record" if isinstance(draft, RecordDraft) else "link", draft.ref, self.run.edition)
        if uuid not in self._taken:
            self._taken.add(uuid)
            self._joins(draft.marking)
            self._lot.draw(line, draft)
            self._held += self._waits_apart(draft)

    def id_of(self, ref: str) -> str | None:
        """Give the record that a ref of this source became, in this run or in an earlier one."""
        return self._id_of(ref, {})

    async def ask(self, report: ImportReport) -> str | None:
        """Let the run wait for a second officer and give the id of the change; None for one that brought nothing new.

        Raises Conflict if it is asked for already, or holds what the file did not bring this time, and Refused.
        """
        if self._taken != self._own.keys():
            raise Conflict(_OTHER_THAN_READ)
        if self._gate is None:
            await self._look.desk.register.imports.end(
                self.run.id, RunState.EMPTY, of=[RunState.LOADING], at=self._look.at
            )
            return None
        said = report.model_copy(update={"sample": self._lot.drawn()})
        return await ask_for(self._look, self.run, self._made, self._gate, self._held, said)

    async def _carry_out(self, ready: Placed, stored: Stored) -> None:
        """Store what is ready in one transaction, or in parts around the links that cannot be drawn."""
        operation = self._operation()
        await note_change(self._look, EntryKind.INTENT, operation, ready.ids, "INTENT")
        waiting = {*self._own.values(), *(new.id for _, new in ready.records)}
        records, links = [new for _, new in ready.records], [new for _, new in ready.links]
        parts = self._parts(operation, ready)
        made = [*ready.ids, *(part.id for part in parts)]
        try:
            await importing.store(self._graph, operation, records, links, parts, made=made, waiting=waiting)
        except (writing.EndNotSeen, writing.EndUnfit, CompartmentsDiffer, GraphDeadline, TooMuchAsked) as failure:
            await note_change(self._look, EntryKind.OUTCOME, operation, [], _CODES[type(failure)])
            await self._carry_out_parts(ready, stored, failure)
            return
        except GraphTaken as problem:
            # Another run took this number: what it stores is not known here, so nothing more may be drawn.
            await note_change(self._look, EntryKind.OUTCOME, operation, [], ErrorCode.CONFLICT.value)
            raise Conflict(_TWO_RUNS) from problem
        await note_change(self._look, EntryKind.OUTCOME, operation, ready.ids, "DONE")
        self._learn(made)
        stored.new += len(ready.ids)
        stored.brought.update(ready.places)
        # The ends were held so that their gates stand still; nothing of them is answered to anybody.
        self._graph.disclosed.difference_update(
            end for link in ready.drawn for end in (link.from_, link.to) if isinstance(end, str)
        )

    def _parts(self, operation: Operation, ready: Placed) -> list[NewChange]:
        """Give the links that are held as a part of the run."""
        if not ready.held:
            return []
        desk, look = self._look.desk, self._look
        first, *others = (gate_said(look, marking) for _, _, marking in ready.held)
        text = held_text([(link, marking) for _, link, marking in ready.held])
        names = {end for _, link, _ in ready.held for end in (link.from_, link.to) if isinstance(end, str)}
        id = make_urn(desk.state, "change", UUID(hex=desk.keys.digest("import part", operation.id), version=4))
        return [NewChange(id, meet(first, others), text, tuple(sorted(names)))]

    async def _carry_out_parts(self, ready: Placed, stored: Stored, failure: Exception) -> None:
        """Store what failed together in two parts; what fails alone is refused, or has no time or room at all."""
        if len(ready.ids) > 1:
            for part in ready.parted():
                if part.ids:
                    await self._carry_out(part, stored)
        elif isinstance(failure, GraphDeadline | TooMuchAsked):
            raise failure
        else:
            stored.refused[ready.places[0]] = [_why(failure)]

    def _record(self, uuid: UUID, draft: RecordDraft) -> NewRecord | Problems:
        desk, look = self._look.desk, self._look
        problems = [
            FieldProblem(path=field, message=message)
            for field, message in (
                *category_problems(self._graph.grant, draft.content),
                *content_problems(desk.state, draft.content, look.at),
            )
        ]
        problems += child_problems(draft.content, draft.marking)
        problems += clock_problems(draft.content, draft.marking, look.at)
        if problems := [*problems, *marking_problems(desk.state, self._graph.grant, draft.marking, look.at)]:
            return problems
        if second := file_problem(desk.stamp, draft.marking, draft.type):
            return [second]
        id = make_urn(desk.state, draft.type.value, uuid)
        return new_record(desk, id, draft.type, draft.marking, draft.content, by=look.officer.id, at=look.at)

    def _link(self, uuid: UUID, draft: LinkDraft, fresh: dict[UUID, str]) -> NewLink | Problems:
        desk, look = self._look.desk, self._look
        problems = marking_problems(desk.state, self._graph.grant, draft.marking, look.at)
        ends = [self._end(name, end, fresh, problems) for name, end in (("from_", draft.from_), ("to", draft.to))]
        if problems:
            return problems
        types = [RecordType(_type(end)) if isinstance(end, str) else ValueKind(end.kind) for end in ends]
        if problem := relation_problem(draft.kind, types[0], types[1], draft.content):
            return [FieldProblem(path=problem[0], message=problem[1])]
        if ends[0] == ends[1]:
            return [_ONE_THING]
        if second := file_problem(desk.stamp, draft.marking, draft.kind):
            return [second]
        envelope = envelope_of(desk.state, draft.marking, by=look.officer.id, at=look.at)
        values = [
            EndAsked(kind=end.kind, value=end.value) for end in (draft.from_, draft.to) if isinstance(end, ValueEnd)
        ]
        content = written(draft.content, *values)
        return NewLink(make_urn(desk.state, "link", uuid), draft.kind, ends[0], ends[1], envelope, content)

    def _end(self, name: str, end: str | ValueEnd, fresh: dict[UUID, str], problems: Problems) -> str | ValueRef:
        """Give what an end stands for; adds to the problems if it is nothing that this import knows."""
        if isinstance(end, ValueEnd):
            try:
                normal = normal_form(end.kind, end.value)
            except BadIdentifier as problem:
                problems.append(FieldProblem(path=f"{name}.value", message=str(problem)))
                return ""
            return ValueRef(self._look.desk.keys.value_id(end.kind.value, normal), end.kind.value)
        id = self._id_of(end, fresh)
        if id is None:
            problems.append(FieldProblem(path=name, message=_NO_END))
        return id or ""

    def _id_of(self, ref: str, fresh: dict[UUID, str]) -> str | None:
        uuid = self._uuid("record", ref, self.run.edition)
        return self._find("record", ref, self._known) or self._own.get(uuid) or fresh.get(uuid)

    def _hides(self, link: NewLink, fresh: dict[UUID, str]) -> bool:
        """Say whether a record of this run stands at an end of a link, and hides it until the run is approved."""
        return any(
            isinstance(end, str)
            and (urn := parse_urn(end)) is not None
            and (urn.uuid in self._own or urn.uuid in fresh)
            for end in (link.from_, link.to)
        )

    def _waits_apart(self, draft: Draft) -> bool:
        if isinstance(draft, RecordDraft):
            return False
        ends = (self._uuid("record", end, self.run.edition) for end in (draft.from_, draft.to) if isinstance(end, str))
        return not any(uuid in self._own for uuid in ends)

    def _joins(self, marking: Marking) -> FieldProblem | None:
        """Let the run be as strict as a draft; say if the draft is in another compartment."""
        said = gate_said(self._look, marking)
        try:
            self._gate = said if self._gate is None else meet(self._gate, [said])
        except CompartmentsDiffer:
            return _OTHER_COMPARTMENT
        return None

    def _learn(self, ids: Sequence[str]) -> None:
        """Count an operation of the journal as done, and remember what it made."""
        self._turn += 1
        self._made += ids
        self._own.update(_by_uuid(ids))

    def _operation(self) -> Operation:
        """Give the next operation of the journal."""
        id = self._look.desk.keys.digest("import operation", _BETWEEN.join((self.run.id, str(self._turn))))
        return Operation(str(UUID(hex=id, version=4)), self._look.at, self._body)

    def _find(self, kind: str, ref: str, among: dict[UUID, str]) -> str | None:
        """Give what an earlier run of the source made of a ref."""
        for edition in {run.edition for run in self._standing}:
            if (id := among.get(self._uuid(kind, ref, edition))) is not None:
                return id
        return None

    def _uuid(self, kind: str, ref: str, edition: int) -> UUID:
        """Give the one UUID of a ref of this source as this officer brings it in; another in each edition."""
        of = (self._look.officer.id, self.run.source, str(edition), kind, ref)
        return UUID(hex=self._look.desk.keys.digest("import id", _BETWEEN.join(of)), version=4)


def _by_uuid(ids: Sequence[str]) -> dict[UUID, str]:
    return {urn.uuid: id for id in ids if (urn := parse_urn(id)) is not None and urn.type != "change"}


def _why(failure: Exception) -> FieldProblem:
    match failure:
        case writing.EndUnfit():
            return FieldProblem(path="from_" if failure.end == "from" else "to", message=failure.sentence)
        case CompartmentsDiffer():
            return _TWO_COMPARTMENTS
    return _END_GONE


def _type(id: str) -> str:
    urn = parse_urn(id)
    return urn.type if urn is not None else ""
