"""Of more candidates than are looked at, the best are looked at."""

from pathlib import Path

import pytest

from graph import finding
from graph.local import LocalGraph
from tests.station import marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
FIND = '{ find(text: "Sukhdev Hazari") { totalCount edges { node { ... on Person { names { text } } } } } }'


async def test_a_record_that_carries_more_of_the_name_is_not_cut_for_one_that_carries_less(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_CANDIDATES", 1)
    async with station(local_graph, tmp_path) as node:
        officer = await node.caller()
        for second in ("Hazari", *["Bishnu"] * 8, "Hazari"):
            person = {"category": "SUSPECT", "names": [name(f"Sukhdev {second}")]}
            await officer.ask(RECORD, {"p": person, "m": marking()})
        found = (await officer.ask(FIND))["find"]
    assert found == {"totalCount": 1, "edges": [{"node": {"names": [{"text": "Sukhdev Hazari"}]}}]}
