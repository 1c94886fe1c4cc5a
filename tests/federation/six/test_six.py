"""Some dozens of questions to three states with a fault on each way; the deep part asks six for as long as told."""

from collections.abc import AsyncIterator, Sequence

import pytest

from graph.local import LocalGraph, start_local
from tests.federation.peers import SIX
from tests.federation.six import alike, land
from tests.federation.six.hidden import draw, plain
from tests.federation.six.land import Land, laid_out
from tests.federation.six.model import make
from tests.federation.six.run import Tally, played
from tests.federation.six.stage import Stage, stage
from tests.federation.six.weather import CLOCK, DENIED, LIVE, Fault, standings
from tests.noninterference.operations import FEDERATED, pool

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def on(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("six")
    graphs = {"IN-RJ": local_graph}
    for state in ("IN-PB", "IN-HR"):
        graphs[state] = await start_local(folder / "graphs" / state)
    async with stage(graphs, folder) as made:
        yield made
    for state in ("IN-PB", "IN-HR"):
        await made.graphs[state].stop()


async def test_every_answer_is_honest_and_holds_what_the_owners_that_answered_give(on: Stage) -> None:
    tally = Tally()
    await played(on, 179, tally, weathers=2, questions=36)
    assert tally.violations == []
    met = {name for name, number in tally.counts.items() if name.startswith("fault: ") and number}
    assert tally.counts["asks"] > 60
    assert tally.counts["rows"] > 50
    assert tally.counts["later pages"] > 0
    assert len(met) > 3, "the weathers are too fair to tell"
    for like in ("network: nodes of two owners or more", "network: joins", "network: complete", "gap: NOT_DISCLOSED"):
        assert tally.counts[like] > 0, like
    assert tally.counts["paths that cross a border"] > 0


def test_a_fault_hides_what_an_agreement_says_and_a_clock_too() -> None:
    assert standings(Fault.NONE, apart=0, agreed=LIVE) == {LIVE}
    assert standings(Fault.NONE, apart=30, agreed=DENIED) == {DENIED}
    assert standings(Fault.NONE, apart=31, agreed=DENIED) == {CLOCK}
    assert DENIED not in standings(Fault.HANGS, apart=0, agreed=DENIED)


def test_a_seed_makes_one_world() -> None:
    ids = {state: lambda kind, text: f"{kind} {text}" for state in ("IN-RJ", "IN-PB")}
    assert make(7, ids) == make(7, ids)


def test_hidden_changes_change_a_graph_and_nothing_that_the_officer_sees() -> None:
    written = pool(0, tuple(FEDERATED))
    for seed in range(3):
        case = draw(seed, written, SIX)
        assert case.told
        assert case.worlds != case.changed
        assert {id.split(":")[2] for id in case.worlds["IN-GJ"].records} == {"IN-GJ"}


def test_no_two_states_name_a_number_alike_and_what_bears_one_in_two_is_asked_for() -> None:
    written, over = {"federatedPaths": plain()["federatedPaths"]}, 0
    for seed in range(4):
        case = draw(seed, written, SIX)
        names = [id for world in case.worlds.values() for id in world.values]
        assert len(names) == len(set(names)) > 20
        for step in case.steps:
            ends = [str(step.variables[end]).split(":") for end in ("from", "to")]
            over += len({urn[2] for urn in ends if len(urn) > 2}) == 2
    assert over > 0


def test_a_question_that_is_hardly_answered_is_named() -> None:
    tally = alike.Tally()
    for name in FEDERATED:
        tally.counts |= {f"asked: {name}": 10, f"answered: {name}": 2, f"rows of two owners or more: {name}": 1}
    assert tally.empty(0.2) == []
    tally.counts["answered: federatedPaths"] = 1
    tally.counts["rows of two owners or more: federatedNetwork"] = 0
    tally.counts["rows of two owners or more: federatedRecord"] = 0
    told = ["hardly answered: federatedPaths, 1 of 10", "never of two owners: federatedNetwork"]
    assert sorted(tally.empty(0.2)) == told


def test_where_no_namespaces_are_made_each_state_has_a_loopback_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Sequence[str]) -> Land:
        raise OSError("not permitted")

    monkeypatch.setattr(land, "_namespaces", refused)
    made = laid_out(SIX)
    assert not made.cuts
    assert "loopback" in made.told
    assert len(set(made.addresses.values())) == 6
