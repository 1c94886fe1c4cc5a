"""Runs of an import: begun, gone on with, asked for, and made visible in one step by a second officer.

In order:
1. The grant must allow recording, and somebody must be able to approve: a run that nobody could second is not begun.
2. What came in in vain before is taken away first; its ids are free again.
3. A run is asked for once its file was read to the end. What was asked for names all that it made, by a keyed digest.
4. It is approved if the approver, and the author as they are then, see every record of it: in one transaction its
   records become visible and the links that nothing would have hidden are drawn.
"""

from collections.abc import Sequence
from uuid import UUID

from desk.crossing import operation_of
from desk.errors import Conflict, Refused
from desk.keeping import clear_imports, expire, import_body
from desk.looking import Look
from desk.pending import refuse_no_chain, wait
from graph import importing
from graph.session import GraphWriting
from graph.stored import Gate, envelope_of
from graph.writing import NewLink, Operation, ValueRef, made_within, note, stored
from register.imports import Begun, Run, RunUnderWay
from register.pending import Pending
from schemas.envelope import Marking
from schemas.ids import ValueKind, make_urn, parse_urn
from schemas.imported import HeldLink, HeldLinks, HeldValue, ImportReport
from schemas.pending import ImportAsked, PendingAct
from schemas.run import RunState

_BETWEEN = "\x1f"
_SAY = {
    RunState.WAITING: "The last run of this source waits for a second officer: it is approved, declined or taken back "
    "before the next.",
    RunState.LOADING: "The last run of this source was broken off and had another file or mapping: bring that one in "
    "to its end, or undo it.",
    RunState.UNDOING: "The last run of this source is being undone: undo it to its end first.",
}


async def begin_run(look: Look, source: str, file: str, mapping: str) -> Begun:
    """Begin a run, or go on with the one that was broken off. Raises Refused, Conflict."""
    refuse_no_chain(look)
    await expire(look.desk)
    await clear_imports(look.desk)
    id = make_urn(look.desk.state, "run", look.desk.random.uuid(look.officer.id))
    try:
        return await look.desk.register.imports.begin(
            id, officer=look.officer.id, source=source, file=file, mapping=mapping, at=look.at
        )
    except RunUnderWay as other:
        raise Conflict(f"{_SAY[other.run.state]} It is {other.run.id}.") from other


async def ask_for(look: Look, run: Run, ids: Sequence[str], gate: Gate, held: int, report: ImportReport) -> str:
    """Let a run wait for its second officer and give the id of the change. Raises Conflict, Refused."""
    things = [id for id in ids if not _is(id, "change")]
    asked = ImportAsked(makes=run.id, things=len(things), held=held, ids=_digest(look, ids), report=report)
    operation = operation_of(look, "ask for import", None, run.id)
    uuid = parse_urn(run.id)
    assert uuid is not None
    return await wait(look, operation, PendingAct.IMPORT, asked, gate, (), replayable=False, uuid=uuid.uuid)


async def made_visible(
    look: Look, second: GraphWriting, author: GraphWriting, operation: Operation, change: Pending, asked: ImportAsked
) -> None:
    """Make a run visible in the transaction that takes its change away. Raises EndNotSeen, Refused."""
    ids = await made_within(author, import_body(look.desk.keys, asked.makes))
    if _digest(look, ids) != asked.ids:
        raise Refused("NOT_WHAT_WAS_ASKED", "This is not what was asked for: it must be asked for anew.")
    records = [id for id in ids if not _is(id, "link", "change")]
    await importing.held_whole(second, records)
    await importing.shown(author, records)
    drawn: list[str] = []
    for text in await importing.parts_taken(author, [id for id in ids if _is(id, "change")]):
        links = [_drawn(look, link, change.author) for link in HeldLinks.model_validate_json(text).links]
        await stored(author, operation, [], links)
        drawn += [said for link in links for said in (link.id, _start(link))]
    if drawn:
        noted = UUID(hex=look.desk.keys.digest("held links drawn", asked.makes), version=4)
        await note(author, Operation(str(noted), look.at, held_body(look, asked.makes)), drawn)


def held_text(links: Sequence[tuple[NewLink, Marking]]) -> str:
    """Write links that wait with their run."""
    return HeldLinks(links=tuple(_held(link, marking) for link, marking in links)).model_dump_json()


def held_body(look: Look, run: str) -> str:
    """Give the body of the operation that names the held links of a run, each followed by where it starts."""
    return import_body(look.desk.keys, f"{run}{_BETWEEN}held")


def _held(link: NewLink, marking: Marking) -> HeldLink:
    # No file brings in an assertion, so none leads to a record of another state.
    from_, to = (
        HeldValue(id=end.id, kind=ValueKind(end.kind)) if isinstance(end, ValueRef) else f"{end}"
        for end in (link.from_, link.to)
    )
    return HeldLink(id=link.id, kind=link.kind, from_=from_, to=to, marking=marking, content=link.content)


def _drawn(look: Look, link: HeldLink, by: str) -> NewLink:
    from_, to = (
        ValueRef(end.id, end.kind.value) if isinstance(end, HeldValue) else end for end in (link.from_, link.to)
    )
    envelope = envelope_of(look.desk.state, link.marking, by=by, at=look.at)
    return NewLink(link.id, link.kind, from_, to, envelope, link.content)


def _start(link: NewLink) -> str:
    return link.from_ if isinstance(link.from_, str) else link.from_.id


def _digest(look: Look, ids: Sequence[str]) -> str:
    return look.desk.keys.digest("import made", _BETWEEN.join(sorted(ids)))


def _is(id: str, *types: str) -> bool:
    urn = parse_urn(id)
    return urn is not None and urn.type in types
