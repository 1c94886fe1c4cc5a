"""The product broken on purpose, one guard at a time: each break must be a violation within some worlds."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import orjson

from api.gql import across, merging
from api.rest.federation import PeersFace
from auth import policy, tokens
from auth.policy import Refusal
from desk import federating
from desk.errors import Refused
from federation import fanout, joining
from federation.fragments import Bond, Fragment, Said, Seen
from federation.joining import Joined
from schemas.codes.states import MEMBERS
from schemas.ids import parse_urn
from schemas.officer import Officer
from tests.federation.six.alike import INTERNAL, compared
from tests.federation.six.hidden import draw, plain
from tests.federation.six.run import Tally, World
from tests.federation.six.stage import Stage
from tests.federation.six.weather import Fault
from tests.noninterference import weaken as one_state

MOST_WORLDS = 6
AFTER = "worlds until found: "
MOST_PAIRS = 60
_LISTS = ("federatedPersons", "federatedGangs", "federatedIncidents", "federatedSocialAccounts")
# Of two links to one number the first is told of; it shows where one of them is hidden.
ONE_LINK = "a value is reached over a hidden link"
# Rules of one graph whose break a question to many shows too, and which question that is.
ONE_STATE = {
    "a rev counts versions": ("federatedRecord", *_LISTS),
    "a value is there without being touched": ("federatedFind", "federatedNetwork"),
    ONE_LINK: ("federatedFind",),
    "a hole in a gate is open": _LISTS,
    "scores know how many bear a name": ("federatedFind",),
    "the far end of a hop is not gated": ("federatedNetwork", "federatedPaths"),
    "the link of a hop is not gated": ("federatedNetwork", "federatedPaths"),
    "what is not shown is counted raw": ("federatedNetwork",),
    "what is said of another's record is not gated": ("federatedNetwork",),
    "a list is ordered without ids": _LISTS,
    "a list is cut before the predicate": _LISTS[:2],
}


_FRAGMENTS = ("network", "paths")


@dataclass(frozen=True)
class Weakening:
    """A break by name: `break_` holds it for as long as its context lasts, on a stage of nodes.

    It shows under a fault that is `under`, and where one of the operations that it `asks` is asked; of two sets of
    worlds in what is `hidden` above a `ceiling`.
    """

    name: str
    break_: Callable[[Stage], Any]
    under: Fault | None = None
    asks: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    ceiling: int = 0


@dataclass
class Found:
    """After how many worlds each weakening was found, and those that were not in as many as were to be tried.

    `before` says that they were found by an earlier run of the same code, and not tried again.
    """

    after: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    before: bool = False

    def told(self, code: str, of: int) -> dict[str, int]:
        """Tell it in a tally: in which code, how many `of` so many, and after how many worlds each."""
        if self.before:
            return {f"weakenings found before in code {code}": len(self.after)}
        told = {"weakenings found": len(self.after)} | {f"{AFTER}{name}": n for name, n in self.after.items()}
        return told | ({f"all weakenings found in code {code}": of} if len(self.after) == of else {})


@contextmanager
def _patched(on: Any, name: str, broken: Any) -> Iterator[None]:
    with patch.object(on, name, broken):
        yield


def _trusting_level(_: Stage) -> Any:
    sound = policy._level_for
    return _patched(
        policy, "_level_for", lambda who: sound(who) if isinstance(who, Officer) else int(who.asserted_level)
    )


def _trusting_compartments(_: Stage) -> Any:
    sound = policy._comps_for

    def broken(who: Any, purpose: Any) -> Any:
        if isinstance(who, Officer) or purpose == "TRAINING":
            return sound(who, purpose)
        return ("", *sorted(who.asserted_compartments))

    return _patched(policy, "_comps_for", broken)


def _foreign_as_own(_: Stage) -> Any:
    sound = policy._classes_for
    return _patched(policy, "_classes_for", lambda purpose, *, own: sound(purpose, own=True))


def _any_purpose(_: Stage) -> Any:
    sound = policy._by_agreement

    def broken(who: Any, purpose: Any, at: Any) -> Refusal | None:
        found = sound(who, purpose, at)
        return None if found is not None and found.code == "PURPOSE_NOT_AGREED" else found

    return _patched(policy, "_by_agreement", broken)


def _no_step_up(_: Stage) -> Any:
    sound = policy._by_agreement

    def broken(who: Any, purpose: Any, at: Any) -> Refusal | None:
        found = sound(who, purpose, at)
        return None if found is not None and found.code == policy.STEP_UP else found

    return _patched(policy, "_by_agreement", broken)


def _always_complete(_: Stage) -> Any:
    sound = merging.FederatedResult

    def broken(**given: Any) -> Any:
        return sound(**{**given, "complete": True})

    return _patched(merging, "FederatedResult", broken)


def _rows_of_the_late(_: Stage) -> Any:
    """An owner that does not answer keeps the rows of some answer before."""
    sound, before = merging.Merging._part, {}

    def broken(self: Any, source: Any, first: int, stood: Any) -> Any:
        part = sound(self, source, first, stood)
        key = (self.question.name, source.state)
        if part.rows:
            before[key] = part
        late = source.status in ("TIMEOUT", "UNREACHABLE", "BREAKER_OPEN")
        return replace(before[key], source=source) if late and key in before else part

    return _patched(merging.Merging, "_part", broken)


def _timeout_is_live(_: Stage) -> Any:
    """An owner that did not answer in time is one that has nothing."""
    sound = federating._source

    def broken(heard: Any) -> Any:
        source = sound(heard)
        late = source.status == "TIMEOUT"
        return replace(source, status=type(source.status).LIVE, data={}, reason=None) if late else source

    return _patched(federating, "_source", broken)


def _any_clock(_: Stage) -> Any:
    return _patched(fanout, "LEEWAY", fanout.LEEWAY * 1000)


def _any_schema(on: Stage) -> Any:
    def heard(self: Any, peer: Any, answer: Any) -> Any:
        headers = {**answer.headers, fanout.SCHEMA_HEADER: self._schema}
        return sound(self, peer, replace(answer, headers=headers))

    sound = fanout.Fanout._read
    return _patched(fanout.Fanout, "_read", heard)


def _no_deadline(_: Stage) -> Any:
    return _patched(fanout, "PEER_SECONDS", 4.0)


def _no_order(_: Stage) -> Any:
    """Rows stand owner by owner."""
    return _patched(merging, "_in_order", lambda row: (row[1], *row[0]))


def _cursor_of_the_absent(_: Stage) -> Any:
    """A cursor begins anew for whoever showed nothing on the page."""
    sound = merging.Merging.page

    def broken(self: Any, parts: Any, first: int, stands: Any) -> Any:
        return sound(self, parts, first, {})

    return _patched(merging.Merging, "page", broken)


def _status_by_data(_: Stage) -> Any:
    """An owner that has nothing for the officer says that it denies."""
    sound = fanout.Fanout._read

    def broken(self: Any, peer: Any, answer: Any) -> Any:
        heard = sound(self, peer, answer)
        rows = orjson.dumps(heard.data) if heard.data is not None else b""
        if heard.data is None or b'"id"' in rows:
            return heard
        reason = fanout.ReasonCode.REFUSED_BY_OWNER
        return replace(heard, status=fanout.SourceState.DENIED, data=None, reason=reason)

    return _patched(fanout.Fanout, "_read", broken)


def _others_rows(_: Stage) -> Any:
    """Whoever a row is said to be of is the owner that was asked."""

    def believed(self: Any, _: str, id: Any) -> None:
        urn = parse_urn(id) if isinstance(id, str) else None
        self.owner = self.owner if urn is None else urn.state
        self.ids.add(id)

    return _patched(merging.shaping.Shaper, "_owned", believed)


def _told(opened: Callable[[Bond, Seen], frozenset[str]]) -> Callable[[Stage], Any]:
    """Let something else decide to which states a link and the record at its other end open a number."""

    def broken(self: Fragment) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = defaultdict(frozenset)
        found.update({id: seen.shown_to for id, seen in self.nodes.items() if seen.kind is None})
        for bond in self.bonds:
            for id, other in ((bond.from_id, bond.to_id), (bond.to_id, bond.from_id)):
                far = self.nodes[other]
                if self.nodes[id].kind is not None:
                    found[id] |= bond.shown_to if far.kind is not None else opened(bond, far)
        return found

    return lambda _: _patched(Fragment, "told_to", broken)


def _same(broken: Callable[[Fragment, Said], Said | None]) -> Callable[[Stage], Any]:
    """Let something else decide which of what an owner says joins, and to whom it may be told."""

    def same(self: Fragment) -> list[Said]:
        return [kept for one in self.said if one.kind == "SAME_AS" and (kept := broken(self, one)) is not None]

    return lambda _: _patched(Fragment, "same", same)


def _told_to_all(of: Fragment, one: Said) -> Said | None:
    return replace(one, shown_to=frozenset(MEMBERS)) if one in _SOUND(of) else None


_SOUND = Fragment.same


def _gaps_are_complete(_: Stage) -> Any:
    sound = across.FederatedResult
    return _patched(across, "FederatedResult", lambda **given: sound(**{**given, "complete": True}))


def _refused_is_no_gap(_: Stage) -> Any:
    """What may not be told to a state is left out in silence."""
    sound = Joined.following

    def broken(self: Joined) -> Any:
        asked = sound(self)
        self.gaps = {gap for gap in self.gaps if gap.reason is not fanout.ReasonCode.NOT_DISCLOSED}
        return asked

    return _patched(Joined, "following", broken)


def _a_third_round(_: Stage) -> Any:
    return _patched(joining, "MOST_ROUNDS", 3)


def _any_writing(_: Stage) -> Any:
    """What is written on a link of this state is not held against its identifier."""
    return _patched(across.Across, "_truly", lambda self, bond, seen: bond)


def _tokens_used_again(on: Stage) -> Any:
    return _patched(tokens._Spent, "spend", lambda self, name, until, now: True)


WEAKENINGS = (
    Weakening("an owner trusts the asker's level", _trusting_level),
    Weakening("an owner trusts the asker's compartments", _trusting_compartments),
    Weakening("a peer's officer reads what an own officer reads", _foreign_as_own),
    Weakening("a purpose that was not agreed on is answered", _any_purpose),
    Weakening("no fresh sign-in is asked for", _no_step_up),
    Weakening("complete is always true", _always_complete),
    Weakening("rows of an owner that does not answer are kept", _rows_of_the_late, Fault.HANGS),
    Weakening("an owner that is late has nothing", _timeout_is_live, Fault.HANGS),
    Weakening("any clock is believed", _any_clock),
    Weakening("any schema is read", _any_schema, Fault.OTHER_SCHEMA),
    Weakening("a peer has more than its seconds", _no_deadline, Fault.HANGS, asks=("record",)),
    Weakening("rows stand owner by owner", _no_order),
    Weakening("a cursor forgets where others stood", _cursor_of_the_absent),
    Weakening("a status depends on data", _status_by_data),
    Weakening("whose a row is is not looked at", _others_rows, Fault.ANOTHERS_ROW),
    Weakening("a token is good twice", _tokens_used_again, Fault.REPLAYED),
    Weakening(
        "a number is told although its link is not for that state", _told(lambda _, far: far.shown_to), asks=_FRAGMENTS
    ),
    Weakening(
        "a number is told although its record is not for that state",
        _told(lambda bond, _: bond.shown_to),
        asks=_FRAGMENTS,
    ),
    Weakening(
        "a record is told although what is said of it is not for its owner", _same(_told_to_all), asks=_FRAGMENTS
    ),
    Weakening("a newer denial does not part", _same(lambda _, one: one), asks=_FRAGMENTS),
    Weakening("a network with gaps is complete", _gaps_are_complete, asks=_FRAGMENTS),
    Weakening("what may not be told is no gap", _refused_is_no_gap, asks=_FRAGMENTS),
    Weakening("others are asked a third time", _a_third_round, asks=_FRAGMENTS),
    Weakening("any writing of this state's is believed", _any_writing, asks=_FRAGMENTS),
)


def _status_by_what_is_hidden(_: Stage) -> Any:
    """An owner denies according to how much it holds, seen or not."""
    sound = PeersFace._decided

    async def broken(self: Any, claims: Any) -> Any:
        context = await sound(self, claims)
        async with self._desk.graph().session() as session:
            [many] = await (await session.run("MATCH (n:Record) RETURN count(n) AS many")).single()
        if many % 2:
            raise Refused("TOO_MUCH_HELD", "This state holds an odd number of records.")
        return context

    return _patched(PeersFace, "_decided", broken)


def _one_state(name: str) -> Weakening:
    """Break one rule of every state's own graph, as the proof of one state does."""
    [found] = [one for one in one_state.WEAKENINGS if one.name == name]
    return Weakening(
        name,
        lambda on: one_state.broken(found, cast(Any, SimpleNamespace(shared_tape=False))),
        asks=ONE_STATE[name],
        hidden=(*found.changes, *(("borne_twice",) if name == ONE_LINK else ())),
    )


_RECORDS = ("node", "duplicate", "name_key")


# What shows something hidden, and must be told by two sets of worlds that look alike.
HIDING = (
    *(
        replace(one, asks=_LISTS[:2], hidden=_RECORDS, ceiling=3 if one.break_ is _foreign_as_own else 0)
        for one in WEAKENINGS
        if one.break_ in (_trusting_level, _trusting_compartments, _foreign_as_own)
    ),
    Weakening("an owner denies by how much it holds", _status_by_what_is_hidden, asks=_LISTS[:1], hidden=_RECORDS),
    *(_one_state(name) for name in ONE_STATE),
)


async def found(on: Stage, weakenings: Sequence[Weakening], *, ends: float, most: int = MOST_WORLDS) -> Found:
    """Ask under faults with one thing broken at a time, world after world, until each break is a violation."""

    async def tried(seed: int, left: Sequence[Weakening]) -> AsyncIterator[Weakening]:
        six = await on.put(seed)
        for weakening in left:
            tally = Tally()
            with weakening.break_(on):
                await World(on, seed, six, tally).played(
                    weathers=2, questions=50, under=weakening.under, asks=weakening.asks
                )
            if tally.violations:
                yield weakening

    return await _found(tried, weakenings, ends, most)


async def seen_through(on: Stage, weakenings: Sequence[Weakening], *, ends: float, most: int = MOST_PAIRS) -> Found:
    """Compare worlds that look alike with one thing broken at a time, until each break makes them differ."""
    written = plain()

    async def tried(seed: int, left: Sequence[Weakening]) -> AsyncIterator[Weakening]:
        for weakening in left:
            asked = {name: written[name] for name in weakening.asks}
            case = draw(seed, asked, on.states, kinds=weakening.hidden, ceiling=weakening.ceiling)
            try:
                with weakening.break_(on):
                    differs, _ = await compared(on, case)
            except one_state.NothingBroken:
                # The text that it breaks was not asked in this case.
                continue
            # What is broken beyond answering proves nothing: the sides must differ.
            if any(not line.endswith(INTERNAL) for line in differs):
                yield weakening

    return await _found(tried, weakenings, ends, most)


async def _found(
    tried: Callable[[int, Sequence[Weakening]], AsyncIterator[Weakening]],
    weakenings: Sequence[Weakening],
    ends: float,
    most: int,
) -> Found:
    made, left = Found(), list(weakenings)
    for seed in range(most):
        async for weakening in tried(seed, [*left]):
            made.after[weakening.name] = seed + 1
            left.remove(weakening)
            if time.monotonic() > ends:
                return made
        if not left or time.monotonic() > ends:
            return made
    made.missed = [f"not found: {weakening.name}" for weakening in left]
    return made
