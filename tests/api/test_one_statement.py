"""A question is one statement for each root field, whatever its depth and the pages inside it."""

from pathlib import Path

import pytest

from graph.local import LocalGraph
from tests.station import marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
NESTED = """query($id: ID!) { person(id: $id) { names { text } provenance { owner }
  phones { totalCount edges { link { asWritten } node { writings persons(first: 3) { edges { node { id } } } } } }
  twice: phones(first: 1) { edges { node { id } } } } }"""


async def test_a_nested_question_is_one_statement(
    local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller()
        person = {"category": "SUSPECT", "names": [name("Sukhdev Test")]}
        made = await adg.ask(RECORD, {"p": person, "m": marking()})
        id = made["recordPerson"]["person"]["id"]
        asked = []
        from graph.session import GraphSession

        close = GraphSession.project

        async def counted(self: GraphSession, compiled: object) -> object:
            answer = await close(self, compiled)  # type: ignore[arg-type]
            asked.append(self.asked)
            return answer

        monkeypatch.setattr(GraphSession, "project", counted)
        answer = await adg.ask(NESTED, {"id": id})
        assert answer["person"]["names"] == [{"text": "Sukhdev Test"}]
        assert asked == [1]
