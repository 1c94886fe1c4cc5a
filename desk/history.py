"""What became of a record: who changed what of it, when, why and for which enquiry, as far as this officer sees it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desk.asking import kind_of_id
from desk.errors import NotFound
from desk.looking import Look
from desk.revs import revised
from desk.telling import told
from graph import records
from graph.connections import HISTORY_FIELDS, Kind
from graph.picks import Node, Pick
from schemas.ids import parse_urn


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """One field and what it said before and after, in plain words; None for what was not said."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One version beside the visible one before it; the first has no fields, for all of it was new.

    `recorded_by` and `enquiry` are told to officers of the owner's state.
    """

    at: int
    recorded_by: str | None
    reason: str | None
    enquiry: str | None
    fields: tuple[FieldChanged, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The changes of a record, newest first, and whether there are older ones."""

    changes: tuple[Changed, ...]
    more: bool


async def history(look: Look, id: str) -> History:
    """Give the past of a record; raise NotFound if it is not there for this officer."""
    kind = kind_of_id(id)
    look.note("history", id=id if kind else look.term(id))
    graph = await look.graph()
    if kind is None or kind is Kind.VALUE:
        raise NotFound
    pick = Pick(kind, (*revised(kind), "recorded_at", "recorded_by", *HISTORY_FIELDS))
    found = await records.past(graph, pick, id)
    if not found.rows:
        raise NotFound
    versions = [node for _, node in found.rows]
    urn = parse_urn(id)
    own = urn is not None and urn.state == graph.grant.state
    changes = tuple(_changes(kind, versions, own=own))
    # Of the oldest that was read beside others, the one before it is not known.
    return History(changes[:-1] if found.more else changes, found.more)


def _changes(kind: Kind, versions: Sequence[Node], *, own: bool) -> Iterator[Changed]:
    for place, node in enumerate(versions):
        before = versions[place + 1] if place + 1 < len(versions) else None
        said = node.values
        yield Changed(
            said["recorded_at"],
            said["recorded_by"] if own else None,
            said["because"],
            said["for_enquiry"] if own else None,
            tuple(_differences(kind, before, node)) if before is not None else (),
        )


def _differences(kind: Kind, before: Node, after: Node) -> Iterator[FieldChanged]:
    for name in revised(kind):
        one, other = before.values[name], after.values[name]
        if one != other:
            yield FieldChanged(name, told(kind, name, one), told(kind, name, other))
