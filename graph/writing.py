"""Changes to the graph, each in one transaction that also notes its operation."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.connections import LABEL, Kind
from graph.library import Statement, statement
from graph.session import GraphSession, GraphWriting
from graph.stored import Gate, content_properties, day_read, envelope_properties, flat, gate_of, meet
from schemas.envelope import Envelope, day_in_india
from schemas.handling import Level
from schemas.ids import parse_urn
from schemas.link import ASSERTED, HARMED, RELATED, LinkContent, LinkKind
from schemas.person import PROTECTED, REFERRED, DatePrecision, PersonContent, may_be_minor
from schemas.records import WORD_OF, Content

_STORE = statement("record/store")
_HOLD = statement("record/hold")
_WITHDRAW = statement("record/withdraw")
_STORE_LINKS = {
    (False, False): statement("link/store_records"),
    (False, True): statement("link/store_record_value"),
    (True, False): statement("link/store_value_record"),
    (True, True): statement("link/store_values"),
}
_STORE_ABROAD = statement("link/store_abroad")
_HOLD_LINK = {False: statement("link/hold_at_record"), True: statement("link/hold_at_value")}
_CLOSE_LINK = {False: statement("link/close_at_record"), True: statement("link/close_at_value")}
_UNSHELTERED = statement("link/unsheltered")
_NOTE = statement("keeping/note_operation")
_REPLAYED = statement("keeping/operation_replayed")
_MADE = statement("keeping/operations_made")


class EndNotSeen(Exception):
    """An end of a link, or the thing to change, is not there for the writer."""


class EndUnfit(Exception):
    """An end is there for the writer and is not such as the relation takes, or as it is marked.

    `end` is "from" or "to", or "marking" where another marking would do.
    """

    def __init__(self, end: str, sentence: str) -> None:
        """Keep where it is wrong, and what is wrong with it in a sentence."""
        super().__init__(sentence)
        self.end = end
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record on its way in: its id, envelope and content, the keys to find it by, and how it sorts by name."""

    id: str
    kind: Kind
    envelope: Envelope
    content: Content
    keys: tuple[str, ...]
    sort_name: str


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link on its way in; an end is a record's id, an identifier's (id, kind) or a record of another state."""

    id: str
    kind: LinkKind
    from_: "str | ValueRef"
    to: "str | ValueRef | ForeignRef"
    envelope: Envelope
    content: LinkContent


@dataclass(frozen=True, slots=True)
class ValueRef:
    """A bare identifier: its keyed id and its kind."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class ForeignRef:
    """A record of another state: its id there, how strictly it is kept there, and the id of what stands for it here."""

    of: str
    gate: Gate
    id: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One change: its id in both stores, when it happens, and a digest of what was asked."""

    id: str
    at: datetime
    body: str


async def replayed(graph: GraphSession, operation: Operation) -> list[str] | None:
    """Give what an operation made when it was carried out before, or None; raise ReplayDiffers for another body."""

    async def look(writing: GraphWriting) -> list[str] | None:
        for body, made in await writing.run(_REPLAYED, op_id=operation.id):
            if body != operation.body:
                raise ReplayDiffers
            return list(made)
        return None

    return await graph.write(look)


async def made(graph: GraphSession, body: str) -> list[list[str]]:
    """Give what each of the operations with this body made."""
    return [list(ids) for (ids,) in await graph.read(_MADE, body=body)]


async def made_within(writing: GraphWriting, body: str) -> list[str]:
    """Give the ids of all that the operations with this body made, as they stand within a transaction."""
    return [id for (ids,) in await writing.run(_MADE, body=body) for id in ids]


class ReplayDiffers(Exception):
    """The same idempotency key came with another change."""


async def store(
    graph: GraphSession, operation: Operation, records: Sequence[NewRecord], links: Sequence[NewLink]
) -> None:
    """Store records and then links in one transaction.

    Raise EndNotSeen if a record end is not there for the writer, EndUnfit if the relation does not take it,
    CompartmentsDiffer if a link would join two compartments; then nothing is stored.
    """

    async def act(writing: GraphWriting) -> None:
        await stored(writing, operation, records, links)
        await note(writing, operation, [*(record.id for record in records), *(link.id for link in links)])

    await graph.write(act)


async def stored(
    writing: GraphWriting, operation: Operation, records: Sequence[NewRecord], links: Sequence[NewLink]
) -> None:
    """Store records and then links inside a transaction. Raise EndNotSeen, EndUnfit, CompartmentsDiffer."""
    if records:
        await writing.run(_STORE, records=[record_row(record) for record in records], op_id=operation.id)
    await _store_links(writing, operation, links)


async def withdraw(graph: GraphSession, operation: Operation, id: str, *, by: str, reason: str) -> None:
    """Close a record's gate for good; raise EndNotSeen if the writer does not see it."""

    async def act(writing: GraphWriting) -> None:
        at = int(operation.at.timestamp())
        # Held first: of two who withdraw at once, the second must find what the first has left.
        await held(writing, {id})
        if not await writing.run(_WITHDRAW, id=id, op_id=operation.id, at=at, by=by, reason=reason):
            raise EndNotSeen
        await note(writing, operation, [id])

    await graph.write(act)


async def close_link(graph: GraphSession, operation: Operation, *, from_: str, id: str, reason: str, by: str) -> None:
    """Delete a link and keep what it was; raise EndNotSeen if the writer does not see it with both ends."""

    async def act(writing: GraphWriting) -> None:
        await link_closed(writing, operation, from_=from_, id=id, reason=reason, by=by)
        await note(writing, operation, [id])

    await graph.write(act)


async def link_closed(
    writing: GraphWriting, operation: Operation, *, from_: str, id: str, reason: str, by: str
) -> None:
    """Delete a link inside a transaction and keep what it was; raise EndNotSeen if the writer does not see it."""
    at_value = parse_urn(from_) is None
    held = await writing.run(_HOLD_LINK[at_value], **{"from": from_, "id": id})
    if not held:
        raise EndNotSeen
    closed = await writing.run(
        _CLOSE_LINK[at_value],
        **{
            "from": from_,
            "id": id,
            "closed": f"WAS_{LinkKind(held[0][0]).value}",
            "because": reason,
            "by": by,
            "op_id": operation.id,
            "at": int(operation.at.timestamp()),
        },
    )
    if not closed:
        raise EndNotSeen


async def link_stands(graph: GraphSession, link: NewLink, id: str) -> bool:
    """Say whether a link from where this one goes is there for the viewer, with both its ends."""
    from_ = link.from_ if isinstance(link.from_, str) else link.from_.id

    async def look(writing: GraphWriting) -> bool:
        return bool(await writing.run(_HOLD_LINK[isinstance(link.from_, ValueRef)], **{"from": from_, "id": id}))

    return await graph.write(look)


async def _store_links(writing: GraphWriting, operation: Operation, links: Sequence[NewLink]) -> None:
    """Store links at gates at least as strict as the meet of each link and its ends."""
    if not links:
        return
    gates = await held(writing, {end for link in links for end in (link.from_, link.to) if isinstance(end, str)})
    await _refuse_unfit(writing, operation, links, gates)
    batches: dict[Statement, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        of_values = isinstance(link.from_, ValueRef), isinstance(link.to, ValueRef)
        store_links = _STORE_ABROAD if isinstance(link.to, ForeignRef) else _STORE_LINKS[of_values]
        batches[store_links].append(link_row(link, gates))
    for store_links, rows in batches.items():
        made = await writing.run(store_links, links=rows, op_id=operation.id)
        if len(made) != len(rows):
            raise EndNotSeen


async def _refuse_unfit(
    writing: GraphWriting, operation: Operation, links: Sequence[NewLink], gates: Mapping[str, Gate]
) -> None:
    """Raise EndUnfit for a link that makes a victim of who is none, or a known person of a minor who did nothing.

    And for an assertion that tells more than a few who somebody protected is.
    """
    for link in links:
        if link.kind in HARMED and gates[str(link.from_)].cls not in REFERRED:
            raise EndUnfit("from", _NOT_REFERRED)
        told = link.envelope.level < Level.SOURCE_BEARING or link.envelope.audience or link.envelope.onward
        own = {gates[end].cls for end in (link.from_, link.to) if isinstance(end, str)}
        if link.kind in ASSERTED and told and own & PROTECTED:
            raise EndUnfit("marking", _PROTECTED_ASSERTED)
    known = {str(end) for link in links if link.kind in RELATED for end in (link.from_, link.to)}
    if not known:
        return
    on = day_in_india(operation.at)
    minors = {
        id
        for id, born, precision in await writing.run(_UNSHELTERED, ids=sorted(known))
        if may_be_minor(day_read(born), precision and DatePrecision(precision), on)
    }
    for link in links:
        for end, id in (("from", link.from_), ("to", link.to)):
            if link.kind in RELATED and id in minors:
                raise EndUnfit(end, _MINOR)


_NOT_REFERRED = "Only a victim, witness or complainant, by the category of their record, is joined so."
_PROTECTED_ASSERTED = (
    "Who a victim, witness, complainant or child is in another record is said at level 3, and shared with nobody."
)
_MINOR = "A minor is nobody's relative, associate or contact here without evidence of shelter in their record."


async def held(writing: GraphWriting, ids: set[str]) -> Mapping[str, Gate]:
    """Give the gates of these records, held until the transaction ends."""
    gates = await held_if_seen(writing, ids)
    if gates.keys() != ids:
        raise EndNotSeen
    return gates


async def held_if_seen(writing: GraphWriting, ids: set[str]) -> Mapping[str, Gate]:
    """Give the gates of those of these records that the writer sees, held until the transaction ends."""
    return gates_of(await writing.run(_HOLD, ids=sorted(ids))) if ids else {}


def gates_of(rows: Iterable[Sequence[Any]]) -> dict[str, Gate]:
    """Give the gates of records by their ids, from rows of [id, aud, audience, level, comp, class, until]."""
    return {
        id: Gate(aud, level, comp, cls, until, tuple(audience)) for id, aud, audience, level, comp, cls, until in rows
    }


def said_of(record: NewRecord) -> dict[str, Any]:
    """Give what a version says beside its gate; of a person the category is the gate's."""
    said = {**envelope_properties(record.envelope), **content_properties(record.content), **_placed_by(record)}
    return {name: value for name, value in said.items() if value is not None and name != "category"}


def record_row(record: NewRecord) -> dict[str, Any]:
    """Give a record as statements that store one take it."""
    category = record.content.category.value if isinstance(record.content, PersonContent) else None
    return {
        "label": LABEL[record.kind],
        "kind": record.kind.value,
        "id": record.id,
        "gate": gate_of(record.envelope, category=category).properties(),
        "said": said_of(record),
        "keys": list(record.keys),
    }


def _placed_by(record: NewRecord) -> dict[str, Any]:
    """Give what a version is sorted by, and the names that a search weighs."""
    word = WORD_OF[type(record.content)]
    called = {"called": word.names(record.content) or None}
    if word.timed_by is None:
        return called | {"sort_name": record.sort_name}
    when = getattr(record.content, word.timed_by)
    return called | {"sort_time": flat(record.envelope.recorded_at if when is None else when)}


def link_row(link: NewLink, gates: Mapping[str, Gate]) -> dict[str, Any]:
    """Give a link as statements that draw one take it, at a gate as strict as the meet of it and its ends."""
    ends = [gates[end] for end in (link.from_, link.to) if isinstance(end, str)]
    row: dict[str, Any] = {"id": link.id, "kind": link.kind.value}
    if isinstance(link.to, ForeignRef):
        ends.append(link.to.gate)
    gate = meet(gate_of(link.envelope), ends)
    row["gate"] = gate.properties()
    if isinstance(link.to, ForeignRef):
        # As strict as the assertion, and of the class that it has there.
        own = Gate(gate.aud, gate.level, gate.comp, link.to.gate.cls, gate.until, gate.audience)
        row["abroad"] = {"id": link.to.id, "gate": own.properties()}
    said = {**envelope_properties(link.envelope), **content_properties(link.content)}
    row["said"] = {name: value for name, value in said.items() if value is not None}
    for name, end in (("from", link.from_), ("to", link.to)):
        row[name] = end.of if isinstance(end, ForeignRef) else end if isinstance(end, str) else end.id
        if isinstance(end, ValueRef):
            row[f"{name}_kind"] = end.kind
    return row


async def note(writing: GraphWriting, operation: Operation, made: Iterable[str]) -> None:
    at = int(operation.at.timestamp())
    await writing.run(_NOTE, op_id=operation.id, at=at, made=list(made), body=operation.body)
