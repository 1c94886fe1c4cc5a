"""A race: writers close records and rewrite them in a loop while readers ask; nothing younger than a closing shows.

The writer does what a revision does (a version is never rewritten; a narrowing restamps the older ones in the same
transaction), and, through the node, what a withdrawal does.
"""

import asyncio
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson

from graph.connections import Kind
from graph.local import start_local
from schemas.link import LinkKind
from tests import deep
from tests.noninterference import building
from tests.noninterference.low import Viewer
from tests.noninterference.stage import OTHER, VIEWER, Stage, stage
from tests.noninterference.weaken import BY_NAME, broken
from tests.noninterference.world import Draft, Marked, World

UNGATED_VERSION = "content is read without its own gate"
_PEOPLE = 45
_VIEWER = Viewer(1, (), "INVESTIGATION")

# Closing comes first and the new text last: whoever judged the old gate must not read the new text.
_CLOSE = """
UNWIND $ids AS id
MATCH (n:Record {id: id})-[head:HEAD]->(v:Version)
SET n.level = 3
DELETE head
CREATE (n)-[:WAS]->(v)
SET v.level = 3
CREATE (n)-[:HEAD]->(x:Version)
SET x = properties(v), x.names = $names
"""
_OPEN = """
UNWIND $ids AS id
MATCH (n:Record {id: id})-[head:HEAD]->(v:Version)
DELETE head
WITH n, v
CALL (n) { MATCH (n)-[:WAS]->(w:Version) DETACH DELETE w }
CREATE (n)-[:WAS]->(v)
CREATE (n)-[:HEAD]->(x:Version)
SET x = properties(v), x.names = $names, x.level = 0
SET n.level = 0
"""
_ASKED = (
    ("query L { persons(first: 50) { edges { node { id names { text } } } } }", False),
    ("query G($id: ID!) { gang(id: $id) { members(first: 50) { edges { node { id names { text } } } } } }", True),
    (
        'query F { find(text: "Kiran Mewada", first: 50) { edges { node { id ... on Person { names { text } } } } } }',
        False,
    ),
    (
        "query N($id: ID!) { network(from: [$id], hops: 1, limit: 100) "
        "{ nodes { id ... on Person { names { text } } } links { id from to } } }",
        True,
    ),
)
_RECORD = """
mutation P($person: PersonInput!, $marking: MarkingInput!) {
  recordPerson(person: $person, marking: $marking) { person { id } problems { path } }
}
"""
_WITHDRAW = 'mutation W($id: ID!) { withdraw(id: $id, reason: "Shut") { id } }'


@dataclass
class Raced:
    """How often was asked, how many rows came, how often something was closed, and what came that must not."""

    asked: int = 0
    withheld: int = 0
    rows: int = 0
    closed: int = 0
    young: int = 0
    late: int = 0


async def raced(on: Stage, seconds: float) -> Raced:
    """Race for so many seconds."""
    draft = Draft(Random(7), _VIEWER, World())
    gang = draft.record(Kind.GANG, Marked()).id
    people = [draft.record(Kind.PERSON, Marked(category="SUSPECT")).id for _ in range(_PEOPLE)]
    for person in people:
        draft.link(LinkKind.MEMBER_OF, person, gang, Marked())
    made = Raced()
    async with on.side(draft.world, _VIEWER, 7):
        for text, _ in _ASKED:
            await on.ask(VIEWER, text, {"id": gang}, {})  # planned before the race
        ends = time.monotonic() + seconds
        async with asyncio.TaskGroup() as racing:
            racing.create_task(_revise(on, people, ends, made))
            racing.create_task(_withdraw(on, ends, made))
            for _ in range(2):
                racing.create_task(_read(on, gang, ends, made))
    await building.clear(on.driver)
    return made


async def _revise(on: Stage, people: list[str], ends: float, made: Raced) -> None:
    async with on.driver.session() as session:
        while time.monotonic() < ends:
            for statement, word in ((_CLOSE, "Shut"), (_OPEN, "Kiran Mewada")):
                await (await session.run(statement, ids=people, names=_names(f"{word} {made.closed}"))).consume()
                made.closed += len(people) if word == "Shut" else 0


async def _withdraw(on: Stage, ends: float, made: Raced) -> None:
    """Record, withdraw, and ask at once: what was withdrawn before a question began is not in its answer."""
    marking = {
        "unit": "RJ-JPC",
        "legalBasis": "BNSS 173",
        "caseRef": "FIR 0009/2026",
        "sourceGrade": "A",
        "infoGrade": "KNOWN",
        "handling": "H0",
        "level": 0,
        "audience": [],
        "reviewOn": "2026-08-20",
        "expiresAt": "2027-12-01T00:00:00Z",
    }
    person = {"category": "SUSPECT", "names": [{"text": "Kiran Mewada", "script": "LATIN", "kind": "LEGAL"}]}
    while time.monotonic() < ends:
        answer = await on.ask(OTHER, _RECORD, {"person": person, "marking": marking}, {})
        id = orjson.loads(answer.content)["data"]["recordPerson"]["person"]["id"]
        await on.ask(OTHER, _WITHDRAW, {"id": id}, {})
        seen = await on.ask(VIEWER, _ASKED[2][0], {}, {})
        made.late += id.encode() in seen.content


async def _read(on: Stage, gang: str, ends: float, made: Raced) -> None:
    while time.monotonic() < ends:
        for text, wants in _ASKED:
            answer = await on.ask(VIEWER, text, {"id": gang} if wants else {}, {})
            made.asked += 1
            if b'"errors"' in answer.content:
                # A row that is closed under both of the session's looks is taken for a leak, and nothing leaves.
                assert b'"code":"INTERNAL"' in answer.content, answer.content
                made.withheld += 1
            made.rows += answer.content.count(b'"names"')
            made.young += answer.content.count(b"Shut")


def _names(text: str) -> str:
    return json.dumps([{"text": text, "script": "Latn", "kind": "LEGAL"}])


def run(minutes: float, seeds_from: int) -> deep.Tally:
    """Race for most of the time on the product, and then until the weakened one is caught."""
    return asyncio.run(_run(minutes * 60, seeds_from))


async def _run(seconds: float, seeds_from: int) -> deep.Tally:
    with tempfile.TemporaryDirectory() as folder:
        graph = await start_local(Path(folder) / "graph")
        try:
            async with stage(graph, Path(folder) / "stage") as on:
                made = await raced(on, seconds * 0.7)
                with broken(BY_NAME[UNGATED_VERSION], on):
                    weak = await raced(on, seconds * 0.3)
        finally:
            await graph.stop()
    counts = {
        "asked": made.asked,
        "withheld": made.withheld,
        "rows": made.rows,
        "closed": made.closed,
        "weakened rows caught": weak.young,
    }
    violations = [f"{made.young} rows younger than their closing"] if made.young else []
    violations += [f"{made.late} rows after their withdrawal"] if made.late else []
    violations += [] if weak.young else ["the weakened product was not caught"]
    return deep.Tally(seeds_from, seeds_from, counts, violations)
