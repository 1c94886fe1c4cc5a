"""A question is one statement for each root field, whatever its depth and the pages inside it, and one plan.

A search and a network are two: the search or the walk, and one that reads all that was met. Paths are
two that weigh their ends, one or two for each link more that is looked for, one for their links and one for all else.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import neo4j
import pytest

from auth.grant import Grant, Mode
from graph.library import names, statement
from graph.local import LocalGraph
from graph.session import GraphSession, sent
from tests.station import MORNING, Caller, marking, name, station

pytestmark = pytest.mark.anyio

RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
LINK = """mutation($id: ID!, $m: MarkingInput!) {
  link(kind: USES_PHONE, from: {id: $id}, to: {kind: PHONE, value: "+919829012345"}, marking: $m) { id } }"""
BELOW = """names { text } provenance { owner }
  phones { totalCount edges { link { asWritten } node { writings persons(first: 3) { edges { node { id } } } } } }
  twice: phones(first: 1) { edges { node { id } } }"""
MIXED = (
    "__typename id ... on Person { "
    + BELOW
    + """ } ... on Gang { names { text } members { totalCount } }
  ... on Identifier { writings persons { edges { node { id } } } }"""
)
ID = "query($id: ID!) { "
LISTS = ("persons", "gangs", "incidents", "socialAccounts")

# What is asked, and how many statements that is whatever else it asks of what it finds.
QUESTIONS: dict[str, tuple[str, int]] = {
    "a record alone": (ID + "person(id: $id) { id } }", 1),
    "a record with pages in its pages": (ID + "person(id: $id) { " + BELOW + " } }", 1),
    "a record of any kind": (ID + "record(id: $id) { ... on Person { " + BELOW + " } } }", 1),
    "an identifier": ('{ identifier(kind: PHONE, value: "+919829012345") { persons { edges { node { id } } } } }', 1),
    "a list": ("{ persons { edges { node { " + BELOW + " } } } }", 1),
    "two root fields": (ID + "person(id: $id) { id } again: person(id: $id) { " + BELOW + " } }", 2),
    "entities": (ID + '_entities(representations: [{__typename: "Person", id: $id}]) { ... on Person { id } } }', 1),
    "the readers of a record": (ID + "readers(id: $id) { edges { cursor } } }", 1),
    "an explanation": (ID + "explainAccess(id: $id) { id } }", 1),
    "a network of persons": (ID + "network(from: [$id], hops: 0) { nodes { id } } }", 2),
    "all of a network of persons": (
        ID + "network(from: [$id], hops: 0) { nodes { ... on Person { " + BELOW + "}}}}",
        2,
    ),
    "a search by name": ('{ find(text: "Sukhdev Test") { edges { node { id } } } }', 2),
    "all that a search finds": ('{ find(text: "Sukhdev Test") { edges { node { ... on Person { ' + BELOW + "}}}}}", 2),
    "a network of several kinds": (ID + "network(from: [$id]) { nodes { " + MIXED + " } } }", 2),
    "a search that finds several kinds": ('{ find(text: "+919829012345") { edges { node { ' + MIXED + " } } } }", 2),
    "paths of one link": (
        "query($id: ID!, $phone: ID!) { paths(from: $id, to: $phone, k: 1) { paths { nodes { " + MIXED + " } } } }",
        5,
    ),
    "a search that finds nothing": ('{ find(text: "Nobody At All") { totalCount edges { score } } }', 1),
    **{f"a total of {one}": ("{ " + one + " { totalCount edges { node { id } } } }", 1) for one in LISTS},
    "a total of what a filter leaves, and all of it": (
        "{ persons(where: {category: [SUSPECT]}) { totalCount edges { node { " + BELOW + " } } } }",
        1,
    ),
}


@dataclass
class Asked:
    """An officer, a person that he recorded, and the statements that were asked for him."""

    officer: Caller
    person: str
    phone: str
    statements: list[str]


def counting(run: Any, statements: list[str]) -> Any:
    """Give the driver's own `run`, noting every text that it sends but plannings, which ask nothing."""

    async def counted(self: Any, query: Any, *given: Any, **more: Any) -> neo4j.AsyncResult:
        text = getattr(query, "text", query)
        if not text.startswith("EXPLAIN "):
            statements.append(text)
        result: neo4j.AsyncResult = await run(self, query, *given, **more)
        return result

    return counted


@pytest.fixture
async def asked(local_graph: LocalGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asked]:
    async with station(local_graph, tmp_path) as node:
        officer = await node.caller(unit="RJ-JPC")
        await node.plan_the_walk()
        person = {"category": "SUSPECT", "names": [name("Sukhdev Test")]}
        id = (await officer.ask(RECORD, {"p": person, "m": marking()}))["recordPerson"]["person"]["id"]
        await officer.ask(LINK, {"id": id, "m": marking()})
        statements: list[str] = []
        for way in (neo4j.AsyncSession, neo4j.AsyncTransaction):
            monkeypatch.setattr(way, "run", counting(way.run, statements))
        yield Asked(officer, id, node.desk.keys.value_id("PHONE", "+919829012345"), statements)


async def test_a_question_is_as_many_statements_as_it_has_root_fields(asked: Asked) -> None:
    for what, (document, number) in QUESTIONS.items():
        ids = {"id": asked.person, "phone": asked.phone}
        variables = {name: id for name, id in ids.items() if f"${name}" in document}
        await asked.officer.ask(document, variables)
        asked.statements.clear()
        answer = await asked.officer.ask(document, variables)
        assert all(value not in (None, []) for value in answer.values()), what
        assert len(asked.statements) == number, (what, asked.statements)


async def test_a_statement_does_not_depend_on_how_many_records_it_is_asked_of(asked: Asked) -> None:
    person = {"category": "SUSPECT", "names": [name("Sukhdev Test")]}
    for _ in range(12):
        await asked.officer.ask(RECORD, {"p": person, "m": marking()})
    await asked.officer.ask(QUESTIONS["all that a search finds"][0])
    asked.statements.clear()
    answer = await asked.officer.ask(QUESTIONS["all that a search finds"][0])
    assert len(answer["find"]["edges"]) == 13
    assert len(asked.statements) == 2


@pytest.mark.parametrize("name", names())
def test_a_statement_has_one_plan_whatever_it_is_given(name: str) -> None:
    """Neo4j plans anew for each size of a parameter that stands by itself: none does."""
    one = statement(name)
    grant = Grant("tests", "IN-RJ", 1, 0, ("",), {Mode.READ: ()}, None, frozenset(), at=MORNING)
    session = GraphSession(grant, pytest.fail)
    sizes = [session._bound(one, dict.fromkeys(one.params, ["x"] * number)) for number in (0, 1, 1000)]
    assert all(bound.keys() == {"asked", "g"} for bound in sizes)
    text = sent(one.text)
    for param in one.params:
        assert f"${param}" not in text
        assert f"$asked.{param}" in text
