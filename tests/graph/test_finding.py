"""What a search cuts are records and not the links that lead to them."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from graph import finding
from graph.connections import Kind
from graph.driver import rows
from graph.local import LocalGraph
from graph.session import GraphSession
from tests.graph.test_visible import grant_for
from tests.station import marking, station

pytestmark = pytest.mark.anyio

_STORED = """
CREATE (x:Value {id: $value, kind: 'PHONE'})
WITH x UNWIND $people AS id
CREATE (n:Record:Person) SET n = $gate, n.id = id, n.kind = 'person'
CREATE (n)-[:HEAD]->(v:Version) SET v = $gate, v.names = '[]'
WITH x, n UNWIND range(1, $links) AS at
CREATE (n)-[r:USES_PHONE]->(x) SET r = $gate, r.class = '-', r.id = n.id + ' ' + at, r.valid_from = 0, r.valid_to = 2^60
"""


async def test_one_record_with_many_links_to_an_identifier_hides_no_other(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_CANDIDATES", 4)
    people = sorted(f"urn:sangam:IN-RJ:person:{uuid4()}" for _ in range(4))
    gate: dict[str, Any] = {"aud": 1, "level": 0, "comp": "", "class": "SUSPECT", "until": 2**40}
    value = uuid4().hex
    async with station(local_graph, tmp_path) as node:
        await rows(node.driver, _STORED, value=value, people=people, links=6, gate=gate | {"audience": ["IN-RJ"]})
        graph = GraphSession(grant_for(), lambda: node.driver)
        found = await finding.search(graph, [value], [], [Kind.PERSON])
        assert [(one.id, one.how, one.link) for one in found.joined] == [(id, "USES_PHONE", f"{id} 1") for id in people]
        await rows(node.driver, "MATCH (n) WHERE n.id IN $ids DETACH DELETE n", ids=[*people, value])


async def test_a_handle_that_looks_like_a_list_is_found_as_it_was_written(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    recorded = """mutation($a: SocialAccountInput!, $m: MarkingInput!) {
      recordSocialAccount(socialAccount: $a, marking: $m) { socialAccount { id } problems { message } } }"""
    async with station(local_graph, tmp_path) as node:
        officer = await node.caller()
        handles = ["[camel", "[]camel", '{"camel": 1}', '[{"text": 5, "camel": 1}]']
        for number, handle in enumerate(handles):
            account = {"platform": "X", "accountId": f"471{number}", "handle": handle}
            made = await officer.ask(recorded, {"a": account, "m": marking()})
            assert made["recordSocialAccount"]["problems"] == []
        found = await officer.ask('{ find(text: "camel") { edges { node { ... on SocialAccount { handle } } } } }')
        assert sorted(edge["node"]["handle"] for edge in found["find"]["edges"]) == sorted(handles)
        # A record that lost what it is called is not found by it, and keeps nobody from finding the others.
        await rows(node.driver, "MATCH (v:Version {handle: $handle}) REMOVE v.called", handle=handles[0])
        found = await officer.ask('{ find(text: "camel") { edges { node { ... on SocialAccount { handle } } } } }')
        assert sorted(edge["node"]["handle"] for edge in found["find"]["edges"]) == sorted(handles[1:])
