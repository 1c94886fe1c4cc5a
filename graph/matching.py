"""Records that bear one identifier: matched by a job for the queues of their units, and read by what the reader sees.

In order:
1. A match names two records of one kind and the links by which they bear one identifier. It is a record of its own, as
   strict as the strictest of these, and its owner's alone. Two compartments have no match.
2. It is made whatever was asserted of the two, unless whoever sees the match sees the assertion: nobody is told of one
   by a match that is missing.
3. Of those who bear an identifier, so many of each level, compartment and class are matched, each by themselves: how
   many there are that a reader does not see changes nothing of what he finds.
4. Whoever reads it sees both records, and the link of each to the identifier, as they are now, and no assertion about
   the two. Nobody is met whom a walk does not meet: the protected are in no match.
5. Each is written by itself, some in one transaction: many that somebody does not see keep none that he sees away.
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
_JUDGED = statement("match/judged")
_STORE = statement("match/store")
_QUEUED = statement("match/queued")
_OPEN = statement("match/open")
_THERE = statement("keeping/matches_there")
_DROP = statement("keeping/drop_matches")

PAGE = 5_000
WRITTEN_AT_ONCE = 1_000
READ_AT_ONCE = 200

MOST_BEARERS = 20

_PROTECTED = frozenset(category.value for category in PROTECTED)


@dataclass(frozen=True, slots=True)
class Match:
    """Two records, in order of id, and the link by which each bears what they share, with the gate of all four.

    It stands in the queue of a unit, `unless` the reader's units are also those of the other record's.
    """

    names: tuple[str, str]
    by: tuple[str, str]
    bears: str
    queue: str
    unless: str | None
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
class Bearer:
    """A record that bears an identifier by a link, and who sees that: level, compartment and classes; until when."""

    id: str
    link: str
    kind: str
    unit: str
    bears: str
    seen_by: tuple[int, str, frozenset[str]]
    until: int


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two bearers of one identifier, in order of id, and who sees both."""

    one: Bearer
    other: Bearer
    level: int
    comp: str
    until: int


Judged = dict[tuple[str, str], list[tuple[int, str, int]]]
"""By level, compartment and end, in epoch seconds, the assertions about each two, in order of id."""


async def shared(
    graph: GraphSession, borne: Sequence[tuple[RecordType, ValueKind]], judged: Judged
) -> AsyncIterator[Match]:
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
        for _, bearers in groupby(rows[: len(rows) - len(left)], key=lambda row: str(row[1])):
            for match in matches([one for row in bearers if (one := _bearer(row)) is not None], judged):
                yield match
        if ends:
            return
        after, after_id = page[-1][1], page[-1][0][-1][0]


def _bearer(row: list[Any]) -> Bearer | None:
    """Give who bears an identifier; None for one of whom two compartments are to be held, or who is protected."""
    gates, _, id, kind, unit, bears = row
    comps = {comp for _, _, _, comp, _, _ in gates} - {""}
    classes = frozenset(gate[4] for gate in gates[:2])
    if len(comps) > 1 or classes & _PROTECTED:
        return None
    seen_by = max(gate[2] for gate in gates), next(iter(comps), ""), classes
    return Bearer(id, gates[2][0], kind, unit, bears, seen_by, min(gate[5] for gate in gates))


async def judged(graph: GraphSession) -> Judged:
    """Give the gates of all assertions about two records."""
    found: Judged = defaultdict(list)
    after = ""
    while True:
        page = await graph.weigh(_JUDGED, after=after, first=PAGE)
        for [[_, _, level, comp, _, until]], one, other in page:
            found[min(one, other), max(one, other)].append((level, comp, until))
        if len(page) < PAGE:
            return found
        after = page[-1][0][0][0]


def matches(bearers: Sequence[Bearer], judged: Judged) -> Iterator[Match]:
    """Give the matches of those who bear one identifier; none that a wider one, or an assertion as wide, makes idle."""
    among: dict[Any, dict[str, Bearer]] = defaultdict(dict)
    for one in bearers:
        those = among[alike(one)]
        known = those.get(one.id)
        if known is None or known.until < one.until:
            those[one.id] = one
    chosen = [those[id] for those in among.values() for id in sorted(those)[:MOST_BEARERS]]
    of_two: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    for one, other in combinations(sorted(chosen, key=lambda one: (one.id, one.link)), 2):
        if one.kind == other.kind and one.id != other.id and (pair := _pair(one, other)) is not None:
            of_two[one.id, other.id].append(pair)
    for names, found in of_two.items():
        # The longest first: of those whom the same officers see one stands.
        found.sort(key=lambda pair: -pair.until)
        for place, pair in enumerate(found):
            wider = any(_sees(pair, it) and (at < place or not _sees(it, pair)) for at, it in enumerate(found))
            if not wider and not any(_as_wide(pair, *gate) for gate in judged.get(names, ())):
                yield from _of_units(pair)


def alike(one: Bearer) -> Any:
    """Give among whom a bearer is one of so many: those of his kind whom the same officers see."""
    return one.kind, one.seen_by


def _pair(one: Bearer, other: Bearer) -> _Pair | None:
    comps = {one.seen_by[1], other.seen_by[1]} - {""}
    if len(comps) > 1:
        return None
    level = max(one.seen_by[0], other.seen_by[0])
    return _Pair(one, other, level, next(iter(comps), ""), min(one.until, other.until))


def _sees(pair: _Pair, wider: _Pair) -> bool:
    """Say whether whoever sees one pair sees another, today."""
    return wider is not pair and wider.level <= pair.level and wider.comp in ("", pair.comp)


def _as_wide(pair: _Pair, level: int, comp: str, until: int) -> bool:
    """Say whether whoever sees a pair sees an assertion, for as long as the pair is seen."""
    return level <= pair.level and comp in ("", pair.comp) and until >= pair.until


def _of_units(pair: _Pair) -> Iterator[Match]:
    """Give a match for the queue of each record's unit."""
    one, other = pair.one, pair.other
    names, by, gate = (one.id, other.id), (one.link, other.link), (pair.level, pair.comp, pair.until)
    yield Match(names, by, one.bears, one.unit, None, *gate)
    if other.unit != one.unit:
        yield Match(names, by, one.bears, other.unit, one.unit, *gate)


async def settle(graph: GraphSession, found: AsyncIterator[Match], named: Callable[[Match], str]) -> tuple[int, int]:
    """Let what was found stand, and nothing else; say how many are new, and how many ended.

    `named` gives a match its id, the same whenever it is found.
    """
    wanted = {named(match): match async for match in found}
    there = await _there(graph)
    over = sorted(id for id, whole in there.items() if not whole or id not in wanted)
    new = sorted(wanted.keys() - there.keys() | wanted.keys() & set(over))
    for ids in _parts(over):

        async def drop(writing: GraphWriting, ids: Sequence[str] = ids) -> None:
            await writing.run(_DROP, ids=ids)

        await graph.write(drop)
    for ids in _parts(new):
        rows = [_row(id, wanted[id], graph.grant.state) for id in ids]

        async def store(writing: GraphWriting, rows: Sequence[dict[str, Any]] = rows) -> None:
            await writing.run(_STORE, matches=rows)

        await graph.write(store)
    return len(new), len(over)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + WRITTEN_AT_ONCE] for first in range(0, len(ids), WRITTEN_AT_ONCE))


async def _there(graph: GraphSession) -> dict[str, bool]:
    """Give the matches that are there, and whether each is whole."""
    found: dict[str, bool] = {}
    after = ""
    while True:
        page = await graph.read(_THERE, after=after, first=PAGE)
        found |= {str(id): bool(whole) for id, whole in page}
        if len(page) < PAGE:
            return found
        after = page[-1][0]


def _row(id: str, match: Match, state: str) -> dict[str, Any]:
    gate = Gate(mask({state}), match.level, match.comp, LIVE_CLASS, match.until, (state,))
    said = {"names": list(match.names), "by": list(match.by), "bears": match.bears}
    return {"id": id, "gate": gate.properties(), **said, "queue": match.queue, "unless": match.unless}


async def waiting(graph: GraphSession, *, units: Sequence[str], after: str, first: int) -> list[Matched]:
    """Give matches in the queues of these units that wait for a judgement, after one, in order of id.

    Whoever tells of one discloses both records; the match itself is nothing that anybody asks for.
    """
    found: list[Matched] = []
    while len(found) < first:
        queued = [id for _, id in await graph.weigh(_QUEUED, units=list(units), after=after, first=READ_AT_ONCE)]
        rows = await graph.weigh(_OPEN, ids=queued, units=list(units)) if queued else []
        found += [Matched(id, bears, kind, (_called(one), _called(other))) for _, id, bears, kind, one, other in rows]
        if len(queued) < READ_AT_ONCE:
            break
        after = queued[-1]
    return found[:first]


def _called(record: Sequence[Any]) -> tuple[str, tuple[str, ...]]:
    id, called = record
    return id, tuple(called or ())
