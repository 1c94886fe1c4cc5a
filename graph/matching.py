"""Records that bear one identifier: matched by a job for their owner's queue, and read by what the reader sees.

In order:
1. A match names two records of one kind and the identifier that they share. It is a record of its own, as strict as the
   strictest of both and of what joins them to it, and its owner's alone. Two compartments have no match.
2. It is made whatever was asserted of the two: whoever may not see an assertion is not told by a match that is missing.
3. Of those who bear an identifier, so many of each level, compartment and class are matched, each by themselves: how
   many there are that a reader does not see changes nothing of what he finds.
4. Whoever reads it sees both records, and what joins each to the identifier, as they are now, and no assertion about
   the two. Nobody is met whom a walk does not meet: the protected are in no match.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any

from auth.policy import LIVE_CLASS
from graph.library import statement
from graph.session import GraphSession, GraphWriting
from graph.stored import Gate
from schemas.codes.states import mask
from schemas.ids import RecordType, ValueKind
from schemas.person import PROTECTED

_BORNE = statement("match/borne")
_STANDING = statement("match/standing")
_STORE = statement("match/store")
_OPEN = statement("match/open")
_DROP = statement("keeping/drop_matches")

PAGE = 5_000

MOST_BEARERS = 20

# A run writes all that is new at once; nobody waits for it.
WRITING_SECONDS = 120.0

_PROTECTED = frozenset(category.value for category in PROTECTED)


@dataclass(frozen=True, slots=True)
class Match:
    """Two records, in order of id, that share an identifier of a kind, with the gate of what says so."""

    names: tuple[str, str]
    number: str
    bears: str
    level: int
    comp: str
    until: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Two records of a kind, each by its id and what it is called, that share an identifier."""

    id: str
    bears: str
    kind: str
    records: tuple[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class _Bearer:
    """A record that bears an identifier, and who sees that: level, compartment and classes; until when."""

    id: str
    kind: str
    bears: str
    seen_by: tuple[int, str, frozenset[str]]
    until: int


async def shared(graph: GraphSession, borne: Sequence[tuple[RecordType, ValueKind]]) -> AsyncIterator[Match]:
    """Give the matches of those kinds of records by those kinds of identifiers, in order of the identifier."""
    kinds = [f"{record} {value}" for record, value in borne]
    after, after_id = "", ""
    left: list[list[Any]] = []
    while True:
        page = await graph.weigh(_BORNE, borne=kinds, after=after, after_id=after_id, first=PAGE)
        rows = left + page
        ends = len(page) < PAGE
        # The last identifier of a page may go on in the next.
        left = [] if ends else [row for row in rows if row[1] == rows[-1][1]]
        for value, bearers in groupby(rows[: len(rows) - len(left)], key=lambda row: str(row[1])):
            for match in matches(value, [_bearer(row) for row in bearers]):
                yield match
        if ends:
            return
        after, after_id = page[-1][1], page[-1][0][-1][0]


def _bearer(row: list[Any]) -> _Bearer:
    gates, _, id, kind, bears = row
    comps = {comp for _, _, _, comp, _, _ in gates} - {""}
    seen_by = max(gate[2] for gate in gates), max(comps, default=""), frozenset(gate[4] for gate in gates[:2])
    return _Bearer(id, kind, bears, seen_by, min(gate[5] for gate in gates))


def matches(number: str, bearers: Sequence[_Bearer]) -> Iterator[Match]:
    """Give the matches of those who bear one identifier, one for each pair and gate that no wider one makes idle."""
    among: dict[Any, dict[str, _Bearer]] = defaultdict(dict)
    for one in bearers:
        if one.seen_by[2] & _PROTECTED:
            continue
        those = among[alike(one)]
        known = those.get(one.id)
        if known is None or known.until < one.until:
            those[one.id] = one
    chosen = [those[id] for those in among.values() for id in sorted(those)[:MOST_BEARERS]]
    of_pair: dict[tuple[str, str], list[Match]] = defaultdict(list)
    for one, other in combinations(chosen, 2):
        if one.kind == other.kind and one.id != other.id and (met := _met(number, one, other)) is not None:
            of_pair[met.names].append(met)
    for found in of_pair.values():
        for place, match in enumerate(found):
            if not any(_idle(match, wider, place < other) for other, wider in enumerate(found) if other != place):
                yield match


def alike(one: _Bearer) -> Any:
    """Give among whom a bearer is one of so many: those of his kind whom the same officers see."""
    return one.kind, one.seen_by


def _met(number: str, one: _Bearer, other: _Bearer) -> Match | None:
    comps = {one.seen_by[1], other.seen_by[1]} - {""}
    if len(comps) > 1:
        return None
    first, second = sorted((one.id, other.id))
    level = max(one.seen_by[0], other.seen_by[0])
    return Match((first, second), number, one.bears, level, max(comps, default=""), min(one.until, other.until))


def _idle(match: Match, wider: Match, before: bool) -> bool:
    """Say whether whoever sees one match sees another of the same two; of two alike the first stands."""
    sees = wider.level <= match.level and wider.comp in ("", match.comp)
    return sees and not (before and (wider.level, wider.comp) == (match.level, match.comp))


async def settle(
    graph: GraphSession, found: AsyncIterator[Match], named: Callable[[Match], str], at: int
) -> tuple[int, int]:
    """Let what was found stand, and nothing else, in one transaction; say how many are new, and how many ended.

    `named` gives a match its id, the same whenever it is found. `at` is the epoch second of the run.
    """
    wanted = {named(match): match async for match in found}
    standing = await _standing(graph)
    new, over = sorted(wanted.keys() - standing), sorted(standing - wanted.keys())

    async def act(writing: GraphWriting) -> None:
        await writing.run(_DROP, ids=over, at=at)
        for first in range(0, len(new), PAGE):
            rows = [_row(id, wanted[id], graph.grant.state) for id in new[first : first + PAGE]]
            await writing.run(_STORE, matches=rows)

    await graph.write(act, seconds=WRITING_SECONDS)
    return len(new), len(over)


async def _standing(graph: GraphSession) -> set[str]:
    found: set[str] = set()
    after = ""
    while True:
        page = [id for _, id in await graph.weigh(_STANDING, after=after, first=PAGE)]
        found.update(page)
        if len(page) < PAGE:
            return found
        after = page[-1]


def _row(id: str, match: Match, state: str) -> dict[str, Any]:
    gate = Gate(mask({state}), match.level, match.comp, LIVE_CLASS, match.until, (state,))
    said = {"names": list(match.names), "number": match.number, "bears": match.bears}
    return {"id": id, "gate": gate.properties(), **said}


async def waiting(graph: GraphSession, *, units: Sequence[str], after: str, first: int) -> list[Matched]:
    """Give matches of records of these units that wait for a judgement, after one, in order of id.

    Whoever tells of one discloses both records; the match itself is nothing that anybody asks for.
    """
    rows = await graph.weigh(_OPEN, units=list(units), after=after, first=first)
    return [Matched(id, bears, kind, (_called(one), _called(other))) for _, id, bears, kind, one, other in rows]


def _called(record: Sequence[Any]) -> tuple[str, tuple[str, ...]]:
    id, called = record
    return id, tuple(called or ())
