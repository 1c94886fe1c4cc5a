"""Matches: two records that bear one identifier are put before their owner's officers, who say whether they are one.

In order:
1. They are made by a job on a tick, and never where something is recorded: whoever records learns nothing by it.
2. A match is the same, by the same id, for as long as what it stands on stands; then the job takes it away.
3. It is told to the unit of either record, and those above it, until something is asserted of the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from auth.policy import Job
from desk.duties import own_units
from desk.looking import Desk, Look
from desk.paging import page_size, seal, unseal
from desk.working import every_compartment, session_of
from graph import matching
from graph.matching import Matched
from schemas.ids import make_urn
from schemas.link import BORNE_BY_ONE


@dataclass(frozen=True, slots=True)
class Matches:
    """A page, each row with its cursor."""

    rows: list[tuple[str, Matched]]
    more: bool


async def put_matches(desk: Desk, *, run: str | None = None) -> Mapping[str, int]:
    """Put the matches that there are in place of those that there were; say how many were made and how many ended."""
    session = session_of(desk, Job.MATCH, await every_compartment(desk, Job.MATCH), run=run)

    def named(one: matching.Match) -> str:
        parts = (*one.names, *one.by, one.queue, one.unless or "", str(one.level), one.comp, str(one.until))
        digest = desk.keys.digest("match", "\x1f".join(parts))
        return make_urn(desk.state, "match", UUID(hex=digest, version=4))

    found = matching.shared(session, BORNE_BY_ONE, await matching.judged(session))
    made, ended = await matching.settle(session, found, named)
    return {"made": made, "ended": ended}


async def matches(look: Look, *, first: int, after: str | None) -> Matches:
    """Give what was matched of the officer's unit and those below it, in an order that says nothing."""
    graph = await look.graph()
    look.note("inbox MATCH", first=first)
    first = page_size(look, first)
    last = unseal(look, _MATCH, after, str)
    begin = str(last[0]) if last else ""
    found = await matching.waiting(graph, units=own_units(look), after=begin, first=first + 1)
    rows = [(seal(look, _MATCH, (one.id,)), one) for one in found[:first]]
    graph.disclosed.update(id for one in found[:first] for id, _ in one.records)
    return Matches(rows, len(found) > first)


_MATCH = "inbox MATCH"
