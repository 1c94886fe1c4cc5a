"""Worlds of six states, one after the other, and in each some weathers under which many questions are asked at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from federation.fanout import PEER_SECONDS
from tests.federation.six import joining
from tests.federation.six.across import FORMS, ROUNDS, Owner
from tests.federation.six.joining import Joining
from tests.federation.six.judging import Expected, Verdict, judged
from tests.federation.six.model import NOON, Officer, Six
from tests.federation.six.operations import OPERATIONS, Asked, Operation, Row
from tests.federation.six.stage import Stage
from tests.federation.six.weather import (
    LATE,
    LIVE,
    LOCAL,
    NOT_READY,
    SHOWS,
    SKEWS,
    Fault,
    Standing,
    drawn,
    standings,
)

SLACK = 1.1
# So many are answered at once; who waits for a peer that keeps its askers waiting lets another begin after so long.
AT_ONCE, MOST_AT_ONCE = 8, 24
_WAITS_SECONDS = 0.4
_KEEP_WAITING = frozenset(
    {Fault.HANGS, Fault.DRIPS, Fault.DELAY, Fault.LOSS, Fault.CUT_OFF, Fault.ONE_WAY, Fault.NO_WAY_BACK}
)
WEATHERS = 5
QUESTIONS = 300
_PAGES = 4
# So many of those that came late among others are put once more at once; then each alone, so often.
_FEW, _ALONE = 3, 4


@dataclass
class Tally:
    """What a run came to."""

    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


@dataclass
class _Sky:
    """What befalls the states now, and how long an answer takes while nothing does, in seconds."""

    weather: Mapping[tuple[str, str], Fault]
    skews: Mapping[str, int]
    killed: str | None = None
    pace: float = 0.0


@dataclass
class _Question:
    """One page of one question: where each owner stands, and what the page before told."""

    officer: Officer
    operation: Operation
    variables: Mapping[str, Any]
    addressed: Sequence[str]
    first: int
    stands: dict[str, int] = field(default_factory=dict)
    after: str | None = None
    page: int = 0


@dataclass
class World:
    """The world of one seed on the stage."""

    stage: Stage
    seed: int
    six: Six
    tally: Tally
    _late: list[_Question] = field(default_factory=list)
    _often: Sequence[Operation] = ()

    async def played(
        self,
        *,
        weathers: int = WEATHERS,
        questions: int = QUESTIONS,
        kills: bool = False,
        under: Fault | None = None,
        asks: Collection[str] = (),
    ) -> None:
        """Ask under some weathers; with `kills` one more in which a database dies, and one in which a process does.

        `under` is a fault that half the ways are to have in the first; `asks` are all that is asked, if it is not all.
        """
        self._often = tuple(one for one in _OFTEN if not asks or one.name in asks)
        dice = Random(f"played {self.seed}")
        pace = await self._calm()
        for number in range(weathers):
            weather = drawn(dice, self.stage.states)
            if under is not None and number == 0:
                weather = {pair: under for pair in self.stage.ways if dice.random() < 0.5}
            skews = {state: dice.choice(SKEWS) for state in self.stage.states if dice.random() < 0.3}
            if self.tally.violations:
                break
            await self._under(_Sky(weather, skews, pace=pace), dice, questions, number)
        if kills and not self.tally.violations:
            await self._database_dies(dice, questions, pace)
            await self._process_dies(dice, questions, pace)
        await self.stage.befall({}, {}, self.seed)

    async def _calm(self) -> float:
        """Have everybody ask once while nothing is wrong, until it is planned; give the longest that an answer took."""
        await self.stage.befall({}, {}, self.seed)
        sky, dice, pace = _Sky({}, {}, pace=60.0), Random(f"calm {self.seed}"), 0.0
        for tokens in self.stage.tokens.values():
            tokens.keeps = True
        for state in self.stage.states:
            [officer, *_] = [one for one in self.six.officers if one.state == state]
            for operation in dict.fromkeys(self._often):
                question = self._question(dice, officer, operation, everybody=True)
                for _ in range(_ALONE * 2):
                    # What is planned for the first time can be late thrice.
                    self.stage.forget(state)
                    verdict, took = await self._put(sky, question)
                    if not verdict.late:
                        break
                self._count(sky, question, verdict, took)
                pace = max(pace, took)
        for tokens in self.stage.tokens.values():
            tokens.keeps = False
        return pace

    async def _under(
        self, sky: _Sky, dice: Random, questions: int, number: int, kill: "asyncio.Future[None] | None" = None
    ) -> None:
        """Ask so many questions under a sky, several at once; what came late is asked again, at last alone."""
        await self.stage.befall(sky.weather, sky.skews, self.seed * 10 + number)
        asked = [
            self._question(dice, dice.choice(self.six.officers), dice.choice(self._often)) for _ in range(questions)
        ]
        began = asyncio.Event()
        putting = asyncio.create_task(self._all(sky, asked, AT_ONCE, dice, began))
        if kill is not None:
            await began.wait()
            kill.set_result(None)
        await putting
        late, self._late = self._late, []
        self.tally.counts["asked again"] += len(late)
        await self._all(sky, late, _FEW, None, began)
        late, self._late = self._late, []
        for question in late:
            if self.tally.violations:
                break
            await self._alone(sky, question)

    async def _all(
        self, sky: _Sky, asked: Iterable[_Question], at_once: int, dice: Random | None, began: asyncio.Event
    ) -> None:
        """Put questions, several at once, and have it `began` once one is answered."""
        turns, most = asyncio.Semaphore(at_once), asyncio.Semaphore(MOST_AT_ONCE)

        async def put(question: _Question, own: Random | None) -> None:
            try:
                await self._walked(sky, question, own)
            finally:
                began.set()
                most.release()

        async with asyncio.TaskGroup() as group:
            for question in asked:
                await most.acquire()
                await turns.acquire()
                own = Random(dice.getrandbits(32)) if dice is not None else None
                task = group.create_task(put(question, own))
                waits = any(
                    sky.weather.get((question.officer.state, owner)) in _KEEP_WAITING for owner in question.addressed
                )
                group.create_task(_turn(task, turns, waits=waits))

    async def _database_dies(self, dice: Random, questions: int, pace: float) -> None:
        state = dice.choice(self.stage.states)
        async with AsyncExitStack() as stack:
            kill = asyncio.get_running_loop().create_future()
            sky = _Sky({}, {}, killed=state, pace=pace)
            asking = asyncio.create_task(self._under(sky, dice, questions, 8, kill))
            await kill
            await stack.enter_async_context(self.stage.without_database(state))
            await asking
        self.tally.counts["databases killed"] += 1
        await self._calm()

    async def _process_dies(self, dice: Random, questions: int, pace: float) -> None:
        state = dice.choice(self.stage.states)
        weather = {pair: Fault.KILLED for pair in self.stage.ways if pair[1] == state}
        async with self.stage.beside(state) as process:
            kill = asyncio.get_running_loop().create_future()
            asking = asyncio.create_task(self._under(_Sky(weather, {}, pace=pace), dice, questions, 9, kill))
            await kill
            process.kill()
            await asking
            self.tally.counts["processes killed"] += 1
            await self.stage.befall({}, {}, self.seed)

    def _question(self, dice: Random, officer: Officer, operation: Operation, *, everybody: bool = False) -> _Question:
        variables = operation.draw(dice, self.six, officer)
        states, first = self.stage.states, 1
        addressed: Sequence[str] = states
        if operation.of is not None:
            addressed = [operation.of(variables)]
        else:
            first = dice.choice([1, 3, 5, 20, 50])
            if not everybody and dice.random() < 0.5:
                named = dice.sample(states, dice.randint(1, len(states)))
                variables["states"] = named
                asked = {*named, officer.state}
                if operation.across is not None:
                    asked |= operation.across(officer, variables, states).starts.keys()
                addressed = [state for state in states if state in asked]
        return _Question(officer, operation, variables, addressed, first)

    async def _walked(self, sky: _Sky, question: _Question, dice: Random | None) -> None:
        """Ask page after page, as far as they go."""
        for _ in range(_PAGES):
            self._let_be(sky, question.officer.state, dice)
            verdict, took = await self._put(sky, question)
            if not verdict.wrong and (verdict.late or took > self._limit(sky, question)):
                self._late.append(question)
                return
            self._count(sky, question, verdict, took)
            if verdict.wrong or verdict.cursor is None:
                return
            stands = {state: question.stands.get(state, 0) + shown for state, shown in verdict.shown.items()}
            question = _Question(
                question.officer,
                question.operation,
                question.variables,
                question.addressed,
                question.first,
                {**question.stands, **stands},
                verdict.cursor,
                question.page + 1,
            )

    async def _alone(self, sky: _Sky, question: _Question) -> None:
        """Put a question that came late once more, with nothing beside it; then it must be in time."""
        for _ in range(_ALONE):
            self.tally.counts["asked again"] += 1
            self._let_be(sky, question.officer.state, None)
            verdict, took = await self._put(sky, question)
            if verdict.wrong or (not verdict.late and took <= self._limit(sky, question)):
                break
        if took > self._limit(sky, question):
            verdict.wrong.append(f"took {took:.2f} s, and {self._limit(sky, question):.2f} s are allowed")
        verdict.wrong += verdict.late
        self._count(sky, question, verdict, took)

    def _let_be(self, sky: _Sky, asker: str, dice: Random | None) -> None:
        """Close breakers as a probe does: toward owners that nothing befalls, and of the others now and then."""
        for owner in self.stage.states:
            if owner != asker and (
                (sky.weather.get((asker, owner), Fault.NONE) is Fault.NONE and sky.killed != owner)
                or dice is None
                or dice.random() < 0.5
            ):
                self.stage.nodes[asker].federation.fanout.breaker(owner).answered()

    @staticmethod
    def _limit(sky: _Sky, question: _Question) -> float:
        """Give how many seconds an answer may take: a peer's and a tenth a round, and what it takes when it is calm."""
        rounds = ROUNDS if question.operation.across is not None else 1
        return rounds * PEER_SECONDS * SLACK + sky.pace

    async def _put(self, sky: _Sky, question: _Question) -> tuple[Verdict, float]:
        variables = dict(question.variables)
        if question.operation.paged:
            variables |= {"first": question.first, "after": question.after}
        began = time.monotonic()
        status, body = await self.stage.ask(question.officer, question.operation.document, variables)
        took = time.monotonic() - began
        if question.operation.across is not None:
            return joining.judged(status, body, self._joining(sky, question)), took
        return judged(status, body, self._expected(sky, question)), took

    def _joining(self, sky: _Sky, question: _Question) -> Joining:
        operation, officer, variables = question.operation, question.officer, question.variables
        assert operation.across is not None
        return Joining(
            self.stage.states,
            {state: self._permitted(sky, officer, state) for state in question.addressed},
            {state: self._owner(officer, state) for state in question.addressed},
            operation.across(officer, variables, question.addressed),
            (variables["from"], variables["to"]) if operation.name == "paths" else None,
            variables.get("k", 0),
            variables.get("maxHops", 0),
        )

    def _owner(self, officer: Officer, state: str) -> Owner:
        world = self.six.worlds[state]
        named = {(kind, FORMS[kind, text]): id for id, (kind, text) in world.values.items()}
        told = self.six.told_of_others(officer, state)
        return Owner(state, world, self.six.sight(officer, state, walk=True), named, told)

    def _expected(self, sky: _Sky, question: _Question) -> Expected:
        permitted = {state: self._permitted(sky, question.officer, state) for state in question.addressed}
        rows = {
            state: self._rows(question, state)[question.stands.get(state, 0) :]
            for state, shown in permitted.items()
            if shown & {LIVE, LOCAL}
        }
        return Expected(self.stage.states, permitted, rows, question.first, question.operation.paged)

    def _rows(self, question: _Question, state: str) -> Sequence[Row]:
        world, sight = self.six.worlds[state], self.six.sight(question.officer, state)
        return question.operation.rows(Asked(world, sight, self.stage.value_id(state)), question.variables)

    def _permitted(self, sky: _Sky, officer: Officer, owner: str) -> frozenset[Standing]:
        away = (NOT_READY, LATE) if owner == sky.killed else ()
        if owner == officer.state:
            return frozenset({LOCAL, *away})
        at = NOON + timedelta(seconds=sky.skews.get(owner, 0))
        return standings(
            sky.weather.get((officer.state, owner), Fault.NONE),
            apart=sky.skews.get(owner, 0) - sky.skews.get(officer.state, 0),
            agreed=self.six.agreed(officer, owner, at),
            ready=(LIVE, *away) if away else (),
        )

    def _count(self, sky: _Sky, question: _Question, verdict: Verdict, took: float) -> None:
        counts = self.tally.counts
        counts["asks"] += 1
        counts[f"asks: {question.operation.name}"] += 1
        counts["rows"] += sum(verdict.shown.values())
        counts["later pages"] += question.page > 0
        counts.update(verdict.like)
        counts["everybody answered"] += all(standing in (LIVE, LOCAL) for standing in _of(verdict, question.addressed))
        for state in question.addressed:
            standing = status, reason = verdict.standings.get(state, ("none", None))
            counts[f"{status} {reason or ''}".strip()] += 1
            fault = sky.weather.get((question.officer.state, state), Fault.NONE)
            # Who was not asked, was left alone or would have refused anyhow has not met it.
            if standing in SHOWS[fault] - {LIVE}:
                counts[f"fault: {fault}"] += 1
        for line in verdict.wrong:
            told = f"{question.operation.name} {dict(question.variables)} page {question.page} by {question.officer}"
            self.tally.violations.append(f"seed {self.seed}: {told}: {line}; {_told(sky, question.officer.state)}")


async def _turn(task: "asyncio.Task[None]", turns: asyncio.Semaphore, *, waits: bool) -> None:
    """Have a turn for as long as a question is put; one that waits for somebody, not much longer than for the rest."""
    await asyncio.wait([task], timeout=_WAITS_SECONDS if waits else None)
    turns.release()


def _of(verdict: Verdict, states: Iterable[str]) -> Iterable[Standing]:
    return (verdict.standings.get(state, ("none", None)) for state in states)


def _told(sky: _Sky, asker: str) -> str:
    faults = {pair[1]: str(fault) for pair, fault in sky.weather.items() if pair[0] == asker}
    return f"faults {faults}, clocks {dict(sky.skews)}, killed {sky.killed}, took {sky.pace:.2f} s when calm"


# A question to all is asked more often than one about a record.
_OFTEN = tuple(one for one in OPERATIONS for _ in range(3 if one.of is None else 2))


async def played(stage: Stage, seed: int, tally: Tally, **how: Any) -> None:
    """Put the world of a seed on the stage and ask."""
    six = await stage.put(seed)
    tally.counts["worlds"] += 1
    await World(stage, seed, six, tally).played(**how)
