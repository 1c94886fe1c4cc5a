"""An import: drafts of one source become records and links, each once, however often the source is brought in.

In order:
1. The grant must allow recording; a draft that its officer could not record by hand is refused, and the rest goes on.
2. An id is a keyed digest of officer, source and ref. What this officer brought in before stays as it is now.
3. The journal of an import is its numbered operations in the graph: what they made is known, and whoever comes back
   after a crash goes on with the next number. Of two runs at once, the one that comes second to a number is refused.
4. A batch is one graph transaction between INTENT and OUTCOME. If a link of it cannot be drawn, or the database has
   not enough time for it, it is halved, until that link stands alone or the time is enough; the rest goes in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from auth.grant import Action
from desk.crossing import note_change
from desk.errors import Conflict, EnquiryRequired, Refused
from desk.looking import Look
from desk.recording import EndAsked, new_record, written
from desk.standing import category_problems, content_problems, file_problem, marking_problems
from graph import writing
from graph.errors import TooMuchAsked
from graph.session import GraphDeadline, GraphSession, GraphTaken
from graph.stored import CompartmentsDiffer, envelope_of
from graph.writing import NewLink, NewRecord, Operation, ValueRef
from register.ledger import EntryKind
from schemas.draft import LinkDraft, RecordDraft, ValueEnd
from schemas.errors import ErrorCode, FieldProblem
from schemas.ids import BadIdentifier, RecordType, ValueKind, make_urn, normal_form, parse_urn
from schemas.link import relation_problem

LARGEST_BATCH = 1_000

Draft = RecordDraft | LinkDraft
Problems = list[FieldProblem]
_BETWEEN = "\x1f"
_TWO_RUNS = "Another run is bringing this source in. Wait until it has ended, then run this one again."
_NO_END = "No record that you brought in from this source has this ref."
_END_GONE = FieldProblem(path="to", message="One of its ends is not there for you any more.")
_TWO_COMPARTMENTS = FieldProblem(path="marking.compartment", message="Its ends are in two different compartments.")
_ONE_THING = FieldProblem(path="to", message="A link joins two different things.")
_CODES: dict[type[Exception], str] = {
    writing.EndNotSeen: "NOT_FOUND",
    CompartmentsDiffer: "BAD_INPUT",
    GraphDeadline: "DEADLINE",
    TooMuchAsked: "LIMIT",
}


@dataclass
class Stored:
    """What became of a batch: how many are new, how many were known, and what is refused, by place in the batch."""

    new: int = 0
    known: int = 0
    refused: dict[int, Problems] = field(default_factory=dict)


@dataclass(frozen=True)
class _Placed:
    """What is ready to be stored, each with its place in the batch."""

    records: list[tuple[int, NewRecord]]
    links: list[tuple[int, NewLink]]

    @property
    def ids(self) -> list[str]:
        return [*(record.id for _, record in self.records), *(link.id for _, link in self.links)]

    def parted(self) -> "tuple[_Placed, _Placed]":
        """Give two parts: records and links, or the two halves of whichever there are."""
        if self.records and self.links:
            return _Placed(self.records, []), _Placed([], self.links)
        first, second = len(self.records) // 2, len(self.links) // 2
        return (
            _Placed(self.records[:first], self.links[:second]),
            _Placed(self.records[first:], self.links[second:]),
        )


async def begin_import(look: Look, source: str) -> "Import":
    """Open an import of a source; raise EnquiryRequired or Refused."""
    look.note("import", source=source)
    try:
        graph = await look.may(Action.RECORD)
    except (EnquiryRequired, Refused) as refusal:
        # Nobody closes an import that never began.
        look.code = refusal.code_for_ledger
        await look.close(document="import")
        raise
    begun = Import(look, graph, source)
    await begun.read_journal()
    return begun


class Import:
    """One officer's import of one source, as far as it has come."""

    def __init__(self, look: Look, graph: GraphSession, source: str) -> None:
        """Stand at the beginning; `begin_import` also reads what was done before."""
        self._look, self._graph, self._source = look, graph, source
        # The same whatever an operation carries, since the ids say that.
        self._body = look.desk.keys.digest("operation body", _BETWEEN.join(("import", look.officer.id, source)))
        self._known: dict[UUID, str] = {}
        self._turn = 0

    async def read_journal(self) -> None:
        """Learn what earlier runs made; their operations are numbered from 0 without a gap."""
        for ids in await writing.made(self._graph, self._body):
            self._learn(ids)

    async def store(self, drafts: Sequence[Draft]) -> Stored:
        """Store up to 1,000 drafts, records before the links that name them; raise Unavailable if a store is away."""
        if len(drafts) > LARGEST_BATCH:
            raise ValueError(f"A batch holds at most {LARGEST_BATCH} drafts.")
        stored, ready = Stored(), _Placed([], [])
        fresh: dict[UUID, str] = {}
        for place, draft in enumerate(drafts):
            uuid = self._uuid("record" if isinstance(draft, RecordDraft) else "link", draft.ref)
            if uuid in self._known or uuid in fresh:
                stored.known += 1
                continue
            new = self._record(uuid, draft) if isinstance(draft, RecordDraft) else self._link(uuid, draft, fresh)
            match new:
                case NewRecord():
                    ready.records.append((place, new))
                    fresh[uuid] = new.id
                case NewLink():
                    ready.links.append((place, new))
                    fresh[uuid] = new.id
                case _:
                    stored.refused[place] = new
        if fresh:
            await self._carry_out(ready, stored)
        return stored

    async def _carry_out(self, ready: _Placed, stored: Stored) -> None:
        """Store what is ready in one transaction, or in parts around the links that cannot be drawn."""
        operation = self._operation()
        await note_change(self._look, EntryKind.INTENT, operation, ready.ids, "INTENT")
        try:
            await writing.store(
                self._graph, operation, [new for _, new in ready.records], [new for _, new in ready.links]
            )
        except (writing.EndNotSeen, CompartmentsDiffer, GraphDeadline, TooMuchAsked) as failure:
            await note_change(self._look, EntryKind.OUTCOME, operation, [], _CODES[type(failure)])
            await self._carry_out_parts(ready, stored, failure)
            return
        except GraphTaken as problem:
            # Another run took this number: what it stores is not known here, so nothing more may be drawn.
            await note_change(self._look, EntryKind.OUTCOME, operation, [], ErrorCode.CONFLICT.value)
            raise Conflict(_TWO_RUNS) from problem
        await note_change(self._look, EntryKind.OUTCOME, operation, ready.ids, "DONE")
        self._learn(ready.ids)
        stored.new += len(ready.ids)
        # The ends were held so that their gates stand still; nothing of them is answered to anybody.
        self._graph.disclosed.difference_update(
            end for _, link in ready.links for end in (link.from_, link.to) if isinstance(end, str)
        )

    async def _carry_out_parts(self, ready: _Placed, stored: Stored, failure: Exception) -> None:
        """Store what failed together in two parts; what fails alone is refused, or has no time or room at all."""
        if len(ready.ids) > 1:
            for part in ready.parted():
                if part.ids:
                    await self._carry_out(part, stored)
        elif isinstance(failure, GraphDeadline | TooMuchAsked):
            raise failure
        else:
            problem = _TWO_COMPARTMENTS if isinstance(failure, CompartmentsDiffer) else _END_GONE
            stored.refused[ready.links[0][0]] = [problem]

    def _record(self, uuid: UUID, draft: RecordDraft) -> NewRecord | Problems:
        desk, look = self._look.desk, self._look
        problems = [
            FieldProblem(path=field, message=message)
            for field, message in (
                *category_problems(self._graph.grant, draft.content),
                *content_problems(desk.state, draft.content, look.at),
            )
        ]
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
        uuid = self._uuid("record", end)
        id = self._known.get(uuid) or fresh.get(uuid)
        if id is None:
            problems.append(FieldProblem(path=name, message=_NO_END))
        return id or ""

    def _learn(self, ids: Sequence[str]) -> None:
        """Count an operation of the journal as done, and remember what it made."""
        self._turn += 1
        self._known.update((urn.uuid, id) for id in ids if (urn := parse_urn(id)) is not None)

    def _operation(self) -> Operation:
        """Give the next operation of the journal."""
        return Operation(str(self._uuid("operation", str(self._turn))), self._look.at, self._body)

    def _uuid(self, kind: str, ref: str) -> UUID:
        """Give the one UUID of a ref of this source as this officer brings it in."""
        named = _BETWEEN.join((self._look.officer.id, self._source, kind, ref))
        return UUID(hex=self._look.desk.keys.digest("import id", named), version=4)


def _type(id: str) -> str:
    urn = parse_urn(id)
    return urn.type if urn is not None else ""
