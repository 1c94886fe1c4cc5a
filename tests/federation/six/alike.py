"""What one officer hears of six states, in two sets of worlds that look alike to them: every byte must be equal.

Not compared is how long an owner took: `latencyMs`, which comes in steps of 100 ms, is read as 0, and the length of the
answer with it. Deadlines are lengthened: response time is a declared release.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import httpx

from auth import tokens
from federation import fanout
from graph import session
from schemas.handling import Level, Purpose
from tests.federation.six.hidden import Case, draw, keys_of, plain
from tests.federation.six.model import STEP_UP_MINUTES
from tests.federation.six.stage import Stage
from tests.noninterference import building
from tests.noninterference.low import HOME
from tests.noninterference.observe import Heard, Observation, nonempty
from tests.noninterference.operations import FEDERATED, pool
from tests.noninterference.program import NotHidden
from tests.noninterference.run import INTERNAL
from tests.noninterference.stage import UNHURRIED_SECONDS, bounds, unhurried
from tests.noninterference.tape import Tape
from tests.noninterference.world import World
from tests.station import MORNING

_LATENCY = re.compile(rb'"latencyMs":\d+')
_OF_ONE = "federatedRecord"
_STATUS = re.compile(rb'"status":"([A-Z_]+)"')


@dataclass
class Tally:
    """What a run came to: how much was asked and answered, how owners stood, and every violation."""

    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def empty(self, least: float) -> list[str]:
        """Name the questions that were answered in less than a share of their uses, and those never by two owners.

        What has one owner is not looked for at two.
        """
        found = []
        for name in FEDERATED:
            uses, answered = self.counts[f"asked: {name}"], self.counts[f"answered: {name}"]
            if not uses or answered < least * uses:
                found.append(f"hardly answered: {name}, {answered} of {uses}")
            if name != _OF_ONE and not self.counts[f"rows of two owners or more: {name}"]:
                found.append(f"never of two owners: {name}")
        return found


@dataclass
class _Side:
    observations: list[Observation]
    ledger: list[Any]


@asynccontextmanager
async def unhurriedly(on: Stage) -> AsyncIterator[None]:
    """Have six states name things as their worlds do and take their time, for as long as the context lasts."""
    for state, node in on.nodes.items():
        object.__setattr__(node.desk, "keys", keys_of(state))
        transport: Any = node.client._transport
        unhurried(transport.app)
        node.face._questions._deadline = UNHURRIED_SECONDS
    with bounds(session.sent), patch.object(fanout, "PEER_SECONDS", UNHURRIED_SECONDS):
        yield


async def compared(on: Stage, case: Case) -> tuple[list[str], list[Observation]]:
    """Play both sets of worlds and name every difference that the officer could tell; give what was seen in one."""
    await _enter(on, case)
    sides = [case.worlds, case.changed]
    if case.seed % 2:
        sides.reverse()
    first, second = [await _played(on, case, worlds) for worlds in sides]
    found = []
    for number, (one, other) in enumerate(zip(first.observations, second.observations, strict=True)):
        if one != other:
            found.append(f"step {number} {case.steps[number].document.operation}:\n   {_told(one)}\n   {_told(other)}")
        if any("INTERNAL" in side.codes for side in (one, other)):
            found.append(f"step {number}: {INTERNAL}")
    if first.ledger != second.ledger:
        found.append("ledger of the officer")
    return found, first.observations


async def _enter(on: Stage, case: Case) -> None:
    for node in on.nodes.values():
        node.watch.now = MORNING
    for state, agreed in case.agreed.items():
        await on.nodes[state].agree(
            HOME,
            purposes=tuple(map(Purpose, agreed.purposes)),
            ceiling=Level(agreed.ceiling),
            compartments=agreed.compartments,
            step_up=tuple(map(Purpose, agreed.step_up)),
            step_up_minutes=STEP_UP_MINUTES,
        )
    await on.enter(case.officer)
    await on.befall(case.faults, {}, case.seed)


async def _played(on: Stage, case: Case, worlds: Mapping[str, World]) -> _Side:
    await asyncio.gather(*(building.build(node.driver, worlds[state]) for state, node in on.nodes.items()))
    for state, node in on.nodes.items():
        tape = Tape(f"side {case.seed} {state}")
        object.__setattr__(node.desk, "random", tape)
        # One tape gives both sides the same names of tokens, and none of them was used in this one.
        node.tokens._spent = tokens._Spent()
    on.forget()
    ledger = on.nodes[HOME].desk.register.ledger
    known = on.callers[case.officer.id].officer.id
    before = len(await ledger.search(officer=known, first=1000))
    heard, observations = Heard(), []
    for step in case.steps:
        variables = heard.filled(step.variables)
        answer = await on.heard(case.officer, step.document.text, variables)
        body = _LATENCY.sub(b'"latencyMs":0', answer.content)
        seen = Observation.of(httpx.Response(answer.status_code, headers=answer.headers, content=body))
        seen = replace(seen, headers=tuple(one for one in seen.headers if one[0] != "content-length"))
        heard.hear(step.document.operation, variables, seen.json)
        observations.append(seen)
    written = await ledger.search(officer=known, first=1000)
    return _Side(observations, [(one.at, one.entry) for one in written[: len(written) - before]])


async def proved(on: Stage, seeds: Iterable[int], tally: Tally, *, documents: int = 0) -> None:
    """Compare worlds of these seeds; a violation ends the run, and so do worlds that do not look alike."""
    asked = plain()
    written = {name: [*of, *asked[name]] for name, of in pool(documents, tuple(FEDERATED)).items()}
    for seed in seeds:
        try:
            case = draw(seed, written, on.states)
        except NotHidden as fault:
            # Of the proof itself: what was compared before it still counts.
            tally.violations.append(f"{fault}")
            return
        found, seen = await compared(on, case)
        counts = tally.counts
        counts["worlds"] += 1
        counts["requests"] += 2 * len(case.steps)
        counts["states that differ"] += len(case.told)
        for step, one in zip(case.steps, seen, strict=True):
            operation = step.document.operation
            counts[f"asked: {operation}"] += 1
            counts[f"answered: {operation}"] += nonempty(operation, one.json)
            counts[f"rows of two owners or more: {operation}"] += len(_owners(one.json, operation)) > 1
            counts.update(status.decode() for status in _STATUS.findall(one.body))
        if found:
            tally.violations.append("\n".join([f"seed {seed}: {case.officer}", *case.told, *found]))
            return


def _owners(answer: Any, operation: str) -> set[str]:
    """Give whose rows an answer has."""
    said = answer.get("data") if isinstance(answer, dict) else None
    given = ((said or {}).get("federated") or {}).get(operation) or {}
    rows = [node.get("id") for node in given.get("nodes") or ()]
    return {id.split(":")[2] for id in rows if isinstance(id, str) and id.startswith("urn:sangam:")}


def _told(one: Observation) -> str:
    return f"{one.status} {one.body[:600].decode(errors='replace')}"
