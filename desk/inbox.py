"""What waits for an officer: for whom a change is, and what is told of it.

In order:
1. The register says for whom a change is: its author, whoever may be its second while it waits, and whoever settled
   it. For anybody else it is NOT_FOUND. A grant of level and compartments lies in the register alone.
2. The officer still holds its level and compartment, and the graph shows it with all that it names; else it is
   NOT_FOUND too.
3. Of a change that was settled nothing is told but how, and why.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from auth.grant import Grant, Mode
from auth.second import may_second
from desk.errors import NotFound
from desk.granting import RANK, is_grant, may_settle
from desk.looking import Look
from desk.paging import page_size, seal, unseal
from desk.pending import waits
from desk.telling import lines, run_told
from graph import access, pending
from graph.pending import Waiting
from graph.session import GraphSession
from register.approvals import Proposal
from register.pending import Pending, Standing
from schemas.envelope import day_in_india
from schemas.handling import Status
from schemas.officer import Officer
from schemas.pending import ASKED, Asked, CategoryAsked, ImportAsked, LinkAsked, PendingAct, PendingState

BATCH = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A change as an officer may see it.

    `says` are its fields in plain words and `names` the records that it names, while it waits; `made` is the record
    that it made or changed, if the officer sees that.
    """

    change: Pending
    own: bool
    says: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    made: str | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of what waits, oldest first, each with its cursor."""

    rows: list[tuple[str, Shown]]
    more: bool


async def inbox(look: Look, *, first: int, after: str | None) -> Inbox:
    """Give what waits for this officer, and what of their own waits for another."""
    look.note("inbox", first=first)
    graph = await look.graph()
    first = page_size(look, first)
    last = unseal(look, _INBOX, after, str, str)
    begin = (datetime.fromisoformat(last[0]), str(last[1])) if last else None
    read = begin  # how far the register is read, past what is for others too
    found: list[tuple[Pending, Waiting]] = []
    while len(found) <= first:
        rows = await look.desk.register.pending.waiting(at=look.at, after=read, first=BATCH)
        mine = {row.change.id: row for row in rows if _is_for(look, graph.grant, row)}
        seen = await pending.waiting(graph, list(mine))
        found += [(mine[id].change, seen[id]) for id in mine if id in seen]
        if len(rows) < BATCH:
            break
        read = (rows[-1].change.asked_at, rows[-1].change.id)
    grants = [one for one in await _grants(look, graph.grant) if begin is None or _place(one) > begin]
    told = sorted([*grants, *(_shown(look, change, waiting) for change, waiting in found)], key=_place)
    here = {one.change.id for one in told[:first]}
    pending.disclosed(graph, [waiting for change, waiting in found if change.id in here])
    graph.disclosed.update(one.change.id for one in grants if one.change.id in here)
    page = [(seal(look, _INBOX, (one.change.asked_at.isoformat(), one.change.id)), one) for one in told[:first]]
    return Inbox(page, len(told) > first)


def _place(one: Shown) -> tuple[datetime, str]:
    return one.change.asked_at, one.change.id


async def _grants(look: Look, grant: Grant) -> list[Shown]:
    """Give all grants that wait for an officer, and their own that wait for another: they are few."""
    waiting = await look.desk.register.approvals.pending(at=look.at)
    return [_grant_shown(look, one) for one, grantor in waiting if _is_grant_for(look, grant, one, grantor)]


async def pending_change(look: Look, id: str) -> Shown:
    """Give a change by its id, also once it is settled; raise NotFound if it is not there for this officer."""
    look.note("pending change", id=id if waits(id) or is_grant(id) else look.term(id))
    graph = await look.graph()
    if is_grant(id):
        proposal = await grant_for(look, graph.grant, id)
        graph.disclosed.add(id)
        return _grant_shown(look, proposal)
    change = (await row_for(look, graph, id)).change
    if change.state is PendingState.OPEN:
        return _shown(look, change, await seen_waiting(graph, change.id))
    made = None
    if change.state is PendingState.APPROVED and await access.seen(graph, [change.makes]):
        made = change.makes
    graph.disclosed.update(id for id in (change.id, made) if id is not None)
    return Shown(change, change.author == look.officer.id, made=made)


async def row_for(look: Look, graph: GraphSession, id: str) -> Standing:
    """Give a change that the register names for this officer; raise NotFound for any other."""
    row = await look.desk.register.pending.get(id, at=look.at) if waits(id) else None
    if row is None or not _is_for(look, graph.grant, row):
        raise NotFound
    return row


async def grant_for(look: Look, grant: Grant, id: str) -> Proposal:
    """Give a grant of level and compartments that is for this officer; raise NotFound for any other."""
    found = await look.desk.register.approvals.get(id, at=look.at)
    if found is None or not _is_grant_for(look, grant, *found):
        raise NotFound
    return found[0]


async def seen_waiting(graph: GraphSession, id: str) -> Waiting:
    """Give a change that waits; raise NotFound unless the viewer sees it with all that it names."""
    found = await pending.waiting(graph, [id])
    if id not in found:
        raise NotFound
    pending.disclosed(graph, found.values())
    return found[id]


def _is_for(look: Look, grant: Grant, row: Standing) -> bool:
    """Say whether the register names a change for this officer, and whether they still hold what it needs."""
    change, who = row.change, look.officer
    held = change.level <= grant.level and change.compartment in grant.comps
    if not held or Status.PENDING.value not in grant.classes.get(Mode.APPROVE, ()):
        return False
    if who.id in (change.author, change.settled_by):
        return True
    waits = change.state is PendingState.OPEN
    return waits and may_second(who, row.author, change.rank, day_in_india(look.at))


def _is_grant_for(look: Look, grant: Grant, proposal: Proposal, grantor: Officer) -> bool:
    who = look.officer
    # Held under this enquiry: for training nobody holds anything of the node.
    held = proposal.level <= grant.level and {"", *proposal.compartments} <= set(grant.comps)
    if not held or Status.PENDING.value not in grant.classes.get(Mode.APPROVE, ()):
        return False
    if who.id in (proposal.grantor, proposal.settled_by):
        return True
    return proposal.state is PendingState.OPEN and may_settle(who, grantor, proposal, look.at)


def _grant_shown(look: Look, proposal: Proposal) -> Shown:
    own = proposal.grantor == look.officer.id
    change = Pending(
        id=proposal.id,
        act=PendingAct.GRANT,
        digest="",
        author=proposal.grantor,
        enquiry="",
        rank=RANK,
        level=int(proposal.level),
        compartment="",
        makes="",
        asked_at=proposal.proposed_at,
        expires_at=proposal.expires_at,
        state=proposal.state,
        settled_by=proposal.settled_by,
        settled_at=proposal.settled_at,
        reason=proposal.reason,
    )
    if proposal.state is not PendingState.OPEN:
        return Shown(change, own)
    says = (("officer", proposal.officer), ("level", str(int(proposal.level))))
    return Shown(change, own, (*says, *(("compartment", name) for name in proposal.compartments)))


def _shown(look: Look, change: Pending, waiting: Waiting) -> Shown:
    says = tuple(_says(ASKED[change.act].model_validate_json(waiting.asked)))
    return Shown(change, change.author == look.officer.id, says, waiting.names)


def _says(asked: Asked) -> Iterator[tuple[str, str]]:
    """Give what a change asks for, field by field, in plain words."""
    match asked:
        case ImportAsked():
            yield from run_told(asked)
        case CategoryAsked():
            yield from ((name, text) for name, text in lines(asked) if name in _OF_A_MOVE)
            yield from (
                ("marking." + name, "nothing" if said is None else str(said)) for name, said in asked.marking.items()
            )
        case _:
            if isinstance(asked, LinkAsked):
                yield from (
                    ("kind", asked.kind.value.replace("_", " ").lower()),
                    ("from", asked.from_),
                    ("to", asked.to),
                )
            yield from lines(asked.content)
            yield from (("marking." + name, text) for name, text in lines(asked.marking))


_OF_A_MOVE = frozenset({"before", "category", "reason", "document"})
_INBOX = "inbox APPROVAL"
