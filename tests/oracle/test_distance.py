"""The distance between two records is the one that a breadth-first search over what the viewer may walk gives."""

from itertools import permutations
from random import Random

import pytest

from auth.grant import Grant
from auth.policy import decide
from graph.paths import LONGEST, distance
from graph.session import GraphSession
from tests.oracle.conftest import Stage
from tests.oracle.model import VIEWERS, Sight, Viewer
from tests.oracle.tables import WALKED
from tests.station import MORNING

pytestmark = pytest.mark.anyio

WORLDS = range(20, 24)
PAIRS = 60


def steps(sight: Sight, a: str, b: str) -> int | None:
    """Count the links between two things, layer by layer."""
    if not {a, b} <= sight.nodes:
        return None
    layer, met = {a}, {a}
    for length in range(1, LONGEST + 1):
        layer = {far for node in layer for far, _ in sight.around(node, WALKED)} - met
        met |= layer
        if b in layer:
            return length
    return None


async def test_the_distance_is_what_a_search_over_the_seen_gives(stage: Stage) -> None:
    apart, far = 0, 0
    for seed in WORLDS:
        world = await stage.put(seed)
        for viewer in VIEWERS:
            graph = await _view(stage, viewer)
            sight = Sight(world, viewer, walk=True)
            pairs = list(permutations(sorted(world.things), 2))
            for a, b in Random(f"{seed} {viewer.name}").sample(pairs, min(PAIRS, len(pairs))):
                found = await distance(graph, a, b)
                assert found == steps(sight, a, b), (seed, viewer, a, b)
                apart += found is None
                far += found is not None and found > 2
    assert min(apart, far) >= 20, "the worlds are too thin to tell"


async def test_one_record_twice_is_refused_before_the_database(stage: Stage) -> None:
    graph = await _view(stage, VIEWERS[0])
    with pytest.raises(ValueError, match="two ends"):
        await distance(graph, "urn:sangam:IN-RJ:person:a", "urn:sangam:IN-RJ:person:a")
    assert graph.asked == 0


async def _view(stage: Stage, viewer: Viewer) -> GraphSession:
    caller = stage.callers[viewer]
    assert caller.enquiry is not None
    enquiry = await stage.node.desk.register.enquiries.get(caller.enquiry)
    assert enquiry is not None
    grant = decide(caller.officer, enquiry, at=MORNING)
    assert isinstance(grant, Grant)
    return GraphSession(grant, lambda: stage.node.driver)
