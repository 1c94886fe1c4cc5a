"""Nothing hidden shows: worlds alike to a viewer answer that viewer alike, and a broken rule is found."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from graphql import parse

from api.limits import measure
from graph.local import LocalGraph
from register.ledger import EntryKind
from tests.noninterference import changes, program
from tests.noninterference.low import differences, low
from tests.noninterference.observe import Observation
from tests.noninterference.operations import OF_EACH_KIND, operations, pool
from tests.noninterference.proving import caught, proved
from tests.noninterference.race import raced
from tests.noninterference.run import Tally
from tests.noninterference.stage import Stage, stage
from tests.noninterference.weaken import BY_NAME, broken
from tests.noninterference.world import base, viewer

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(1800)]

# More than there are operations, of which each is the first that is asked in one of them.
WORLDS = 110
ANSWERED_AT_LEAST = 0.2
RACE_SECONDS = 6.0
QUICK = (
    "the far end of a hop is not gated",
    "the predicate stands outside SHORTEST",
    "a list's total is counted raw",
    "a value is reached over a hidden link",
    "one tape of ids for all",
    "an end is looked up before the input",
)


@pytest.fixture
async def on(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(local_graph, tmp_path) as opened:
        yield opened


def test_hidden_changes_are_hidden_and_change_something() -> None:
    changed = 0
    for seed in range(200):
        rng = Random(seed)
        who = viewer(rng)
        before = base(rng, who)
        after = changes.applied(before, who, changes.draw(rng))
        seen = low(before.graph(), who, changes.AT)
        assert differences(seen, low(after.graph(), who, changes.AT)) == []
        changed += after.graph() != before.graph()
    assert changed > 180


def test_no_document_asks_more_than_a_node_answers() -> None:
    """A refused document is refused alike in both worlds, and would prove nothing."""
    for seed in range(3):
        for documents in pool(seed).values():
            for one in documents:
                measure(parse(one.text), introspection=False)


def test_every_operation_of_the_schema_has_documents() -> None:
    written = pool(0)
    assert written.keys() == operations().keys()
    assert all(written.values())


async def test_worlds_alike_to_a_viewer_answer_him_alike(on: Stage) -> None:
    tally = await proved(on, iter(range(WORLDS)), documents=0, tally=Tally())
    assert tally.violations == [], "\n" + "\n".join(tally.violations)
    assert tally.worlds == WORLDS
    assert tally.asked.keys() == operations().keys()
    # Of what was asked a few times, and by chance answered seldom, some more is asked.
    rare = [line.partition(":")[0] for line in tally.empty(ANSWERED_AT_LEAST)]
    more = Tally()
    if of := tuple(name for name in operations() if OF_EACH_KIND.get(name, name) in rare):
        await proved(on, iter(range(WORLDS, WORLDS + 4 * len(of))), documents=0, tally=more, of=of)
    assert more.violations == [], "\n" + "\n".join(more.violations)
    assert more.empty(ANSWERED_AT_LEAST) == [], "the proof says nothing of operations that hardly ever answer"
    assert len(rare) <= 6, "so many are no chance"


@pytest.mark.parametrize("name", QUICK)
async def test_a_broken_rule_is_found(on: Stage, name: str) -> None:
    assert await caught(on, BY_NAME[name], most=120) is not None


async def test_no_text_younger_than_its_closing_is_read(on: Stage) -> None:
    made = await raced(on, RACE_SECONDS)
    assert made.rows > 0
    assert made.closed > 0
    assert (made.young, made.late) == (0, 0)
    assert made.withheld <= made.asked / 100, "a node that withholds this much answers nobody"


async def test_the_second_look_keeps_a_leak_from_leaving(on: Stage) -> None:
    """With the far end of a page ungated, the session's own check turns the leak into an incident."""
    weakening = BY_NAME["the far end of a page is not gated"]
    written = pool(0, weakening.operations)
    incidents = 0
    with broken(weakening, on, second_look=True):
        for seed in range(40):
            case = program.draw(seed, written, on.enquiries, kinds=weakening.changes)
            played = await on.play(case.changed(), case, acts=False)
            codes = [code for one in played.observations for code in one.codes]
            assert _no_hidden_id(case, played.observations)
            assert len(played.incidents) == codes.count("INTERNAL")
            assert all(entry.kind is EntryKind.INCIDENT for entry in played.incidents)
            incidents += len(played.incidents)
            if incidents >= 3:
                break
    assert incidents


def _no_hidden_id(case: program.Case, observations: list[Observation]) -> bool:
    hidden = [id.encode() for ids in case.material.unseen.values() for id in ids]
    return not any(id in one.body for one in observations for id in hidden)
