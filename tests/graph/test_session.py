"""What a session makes of rows that have gone and of questions that are too large."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from auth.grant import Mode
from graph import network
from graph.driver import rows
from graph.errors import TooMuchAsked
from graph.library import Statement
from graph.local import LocalGraph
from graph.session import GraphLeak, GraphSession
from schemas.link import WALKED
from tests.graph.test_visible import grant_for
from tests.station import Station, station

pytestmark = pytest.mark.anyio

_STORED = """
UNWIND $ids AS id CREATE (n:Record:Person) SET n = $gate, n.id = id, n.kind = 'person'
WITH collect(n) AS people
UNWIND range(1, size(people) - 1) AS at
WITH people[0] AS a, people[at] AS b, at
CREATE (a)-[r:ASSOCIATE_OF]->(b)
SET r = $gate, r.class = '-', r.id = $links[at - 1], r.valid_from = 0, r.valid_to = 9e18
"""


def urn(kind: str) -> str:
    return f"urn:sangam:IN-RJ:{kind}:{uuid4()}"


async def star(node: Station) -> tuple[list[str], list[str]]:
    """Store three people, the first linked to the others, and give the ids of the people and of the links."""
    people, links = [urn("person") for _ in range(3)], sorted(urn("link") for _ in range(2))
    gate: dict[str, Any] = {"aud": 1, "level": 0, "comp": "", "class": "SUSPECT", "until": 2**40}
    await rows(node.driver, _STORED, ids=people, links=links, gate=gate | {"audience": ["IN-RJ"]})
    return people, links


async def drawn(node: Station, start: str) -> network.Network:
    graph = GraphSession(grant_for(), lambda: node.driver)
    return await network.around(graph, [start], hops=1, along=WALKED, valid_at=None, limit=10)


async def test_a_link_that_went_while_many_were_read_is_left_out_and_no_incident(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a link that was deleted after it was judged, what was judged is still known and the audience is not."""
    async with station(local_graph, tmp_path) as node:
        people, links = await star(node)
        assert [link.id for link in (await drawn(node, people[0])).links] == links
        await rows(node.driver, "MATCH ()-[r:ASSOCIATE_OF {id: $id}]->() SET r.audience = null", id=links[0])
        with pytest.raises(GraphLeak):
            await drawn(node, people[0])
        monkeypatch.setattr(network, "FEW_LINKS", 0)
        # What comes with the nodes is asked again; of the many that are asked by themselves one is always going.
        monkeypatch.setattr(network, "_AROUND", _without_links(network._AROUND))
        assert [link.id for link in (await drawn(node, people[0])).links] == links[1:]
        await rows(node.driver, "MATCH (n:Record) WHERE n.id IN $ids DETACH DELETE n", ids=people)


async def test_what_was_purged_while_it_was_read_is_read_again_without_it(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    """The database gives up an answer of which a node went; it is asked again instead of being taken for away."""
    text = "MATCH (n:Going) WITH n UNWIND range(1, 20000000) AS i WITH n, count(i) AS many RETURN n"
    slow = Statement("slow", "What is there?", Mode.READ, frozenset(), ("n",), text)
    running = "SHOW TRANSACTIONS YIELD currentQuery, status WHERE currentQuery = $slow AND status = 'Running' RETURN 1"
    async with station(local_graph, tmp_path) as node:
        await rows(node.driver, "CREATE (:Going)")
        graph = GraphSession(grant_for(), lambda: node.driver)
        asked = asyncio.create_task(graph.read(slow))
        while not asked.done() and not await rows(node.driver, running, slow=text):
            pass
        await rows(node.driver, "MATCH (n:Going) DELETE n")
        assert await asked == []


def _without_links(around: Statement) -> Statement:
    """Let the links that come with the nodes have their audience, so that only those asked by themselves lack it."""
    text = around.text.replace("[r.id, r.audience,", "[r.id, coalesce(r.audience, ['IN-RJ']),")
    assert text != around.text
    return Statement(around.name, around.question, around.mode, around.params, around.returns, text)


async def test_a_question_that_needs_too_much_memory_is_too_much_asked(local_graph: LocalGraph, tmp_path: Path) -> None:
    text = "UNWIND range(1, 30000000) AS i WITH collect(i) AS many RETURN size(many) AS much"
    large = Statement("large", "How much?", Mode.READ, frozenset(), ("much",), text)
    async with station(local_graph, tmp_path) as node:
        with pytest.raises(TooMuchAsked):
            await GraphSession(grant_for(), lambda: node.driver).read(large)
