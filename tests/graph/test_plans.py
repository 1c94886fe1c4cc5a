"""What the database makes of the statements: no count from its own statistics, no raw degree, no scan of everything."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import neo4j
import pytest
from hypothesis import HealthCheck, given, settings

from auth.grant import Mode
from graph import library, projection
from graph.compiled import Compiled
from graph.connections import CONNECTIONS, CONTENT_FIELDS, Connection, Kind
from graph.driver import connect
from graph.local import LocalGraph
from graph.migrate import migrate
from graph.past import then
from graph.picks import LinkPick, Pick
from graph.projection import Order, by_ids, listed
from graph.visible import expand, parameters, sees
from schemas.codes.states import mask
from schemas.handling import Purpose
from schemas.link import LinkKind
from tests.graph.selections import compiled
from tests.graph.test_visible import NOW, grant_for

REFUSED = ("CountFromCountStore", "AllNodesScan", "getDegree")
RECORD = "urn:sangam:IN-RJ:person:6f1c2d3e-4b5a-4c6d-8e7f-9a0b1c2d3e4f"
GATE = {"aud": 1, "level": 0, "comp": "", "class": "-", "until": NOW + 9, "audience": ["IN-RJ"]}
LINK = {
    "id": RECORD.replace("person", "link"),
    "kind": "CALLED",
    "from": RECORD,
    "to": RECORD,
    "from_kind": "PHONE",
    "to_kind": "PHONE",
    "gate": GATE,
    "said": {"note": "A note"},
}
_QUEUED = {"by": [RECORD, RECORD], "bears": "PASSPORT", "queue": "RJ-JPC", "unless": None}
PARAMETERS: dict[str, Any] = {
    "id": RECORD,
    "other": "urn:sangam:IN-RJ:person:11111111-2222-4333-8444-555555555555",
    "from": RECORD,
    "ids": [RECORD],
    "records": [],
    "values": ["a" * 32],
    "links": [LINK],
    "keys": ["b" * 32],
    "labels": ["person"],
    "most": 10,
    "op_id": "op-1",
    "op_ids": ["op-1"],
    "at": NOW,
    "by": "a.singh",
    "reason": "Recorded twice",
    "because": "Recorded twice",
    "closed": "WAS_CALLED",
    "body": "c" * 64,
    "made": [RECORD],
    "hops": 3,
    "along": list(LinkKind),
    "valid_at": NOW,
    "known_at": NOW,
    "limit": 500,
    "narrowed": True,
    "most_links": 5_001,
    "others": [RECORD],
    "hub": 1_001,
    "start_hub": 20_001,
    "said": {"names": "[]"},
    "category": "SUSPECT",
    "account": RECORD,
    "acts": [{"id": RECORD, "gate": GATE, "said": {"account": RECORD}}],
    "audiences": [{"id": RECORD, "gate": GATE, "said": {"account": RECORD, "cells": "[]"}}],
    "after": "",
    "before": NOW,
    "first": 10,
    "owner": "IN-RJ",
    "units": ["RJ-JPC"],
    "kinds": ["person"],
    "after_id": "",
    "until": NOW + 9,
    "borne": ["person PASSPORT"],
    "matches": [{"id": RECORD, "gate": GATE, "names": [RECORD, RECORD], **_QUEUED}],
    "changes": [{"id": RECORD, "gate": GATE, "said": {"asked": "{}", "names": [RECORD]}}],
}
EMPTY = "MATCH (n) WHERE NOT n:Migration DETACH DELETE n"
SOME = (
    "UNWIND range(1, 60) AS one CREATE (n:Record {id: 'RELATION' + one})-[:HEAD]->(:Version), "
    "(n)-[:RELATION]->(:Value {id: 'RELATION' + one})"
)
STORED = {"label": "Person", "kind": "person", "id": RECORD, "gate": GATE, "said": {"names": "[]"}, "keys": ["b" * 32]}


@pytest.fixture(scope="module")
def session(local_graph: LocalGraph) -> Iterator[neo4j.Session]:
    async def prepare() -> None:
        async with connect(local_graph.uri, local_graph.user, local_graph.password) as driver:
            await migrate(driver)

    asyncio.run(prepare())
    with (
        neo4j.GraphDatabase.driver(local_graph.uri, auth=(local_graph.user, local_graph.password)) as driver,
        driver.session() as session,
    ):
        session.run(EMPTY).consume()
        # Of an empty database the planner thinks that to scan it costs nothing.
        for relation in LinkKind:
            session.run(SOME.replace("RELATION", relation)).consume()
        session.run("CALL db.resampleOutdatedIndexes()").consume()
        yield session
        session.run(EMPTY).consume()


def operators(plan: dict[str, Any]) -> Iterator[str]:
    """Give each operator of a plan with its details."""
    yield f"{plan['operatorType']} {plan.get('args', {}).get('Details', '')}"
    for child in plan.get("children", ()):
        yield from operators(child)


def plan_of(session: neo4j.Session, text: str, given: dict[str, Any]) -> list[str]:
    plan = session.run(f"EXPLAIN {text}", given).consume().plan
    assert plan is not None
    return [*operators(plan)]


def refused(plan: list[str]) -> list[str]:
    return [operator for operator in plan if any(word in operator for word in REFUSED)]


# Each statement as it is asked, and again as of a moment where it may be.
ASKED = [library.statement(name) for name in library.names()]
ASKED += [then(statement) for statement in ASKED if statement.past]


def given_to(statement: library.Statement) -> dict[str, Any]:
    stores = statement.name in {"record/store", "import/store"}
    values = PARAMETERS | ({"records": [STORED]} if stores else {"records": [RECORD]})
    return {param: values[param] for param in statement.params} | {"g": parameters(grant_for(), Mode.READ)}


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n:Record) RETURN count(n) AS number",
        "MATCH ()-[r:CALLED]->() RETURN count(r) AS number",
        "MATCH (n) WHERE n.id = $id RETURN n.id AS id",
        "MATCH (n:Record {id: $id}) RETURN COUNT { (n)-[:CALLED]-() } AS degree",
        "MATCH (n:Record) WHERE EXISTS { (n)-[:CALLED]-() } RETURN n.id AS id",
    ],
)
def test_a_plan_that_counts_without_looking_is_found(session: neo4j.Session, text: str) -> None:
    assert refused(plan_of(session, text, {"id": RECORD})) != []


# What is asked here is whether anything at all touches a node, for nobody.
TOUCHED_BY_NOTHING = {"keeping/purge_foreign", "keeping/purge_keys", "keeping/purge_values"}


@pytest.mark.parametrize("statement", ASKED, ids=lambda one: one.name)
def test_no_statement_is_planned_past_its_predicate(session: neo4j.Session, statement: library.Statement) -> None:
    found = refused(plan_of(session, statement.text, given_to(statement)))
    assert [one for one in found if statement.name not in TOUCHED_BY_NOTHING or "getDegree" not in one] == []


@pytest.mark.parametrize("statement", ASKED, ids=lambda one: one.name)
def test_every_statement_runs_and_gives_the_columns_that_its_header_names(
    session: neo4j.Session, statement: library.Statement
) -> None:
    with session.begin_transaction() as transaction:
        result = transaction.run(statement.text, given_to(statement))
        assert tuple(result.keys()) == statement.returns
        result.consume()
        transaction.rollback()


def hop(connection: Connection, node: Pick) -> LinkPick:
    return LinkPick("x", connection, node, connection.kinds, 50, ("a", "b"), NOW, ("note",), counted=True)


EACH = [(kind, name) for kind, connections in CONNECTIONS.items() for name in connections]


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_no_compiled_selection_is_planned_past_its_predicate(session: neo4j.Session, kind: Kind, name: str) -> None:
    connection = CONNECTIONS[kind][name]
    far = Pick(connection.far, CONTENT_FIELDS[connection.far])
    question = by_ids([(Pick(kind, (), (replace(hop(connection, far), counted=False),)), [RECORD])])
    given = question.parameters | {"g": parameters(grant_for(), Mode.READ), "known_at": NOW}
    for statement in (question.statement, then(question.statement)):
        assert refused(plan_of(session, statement.text, given)) == []


def test_no_nested_selection_is_planned_past_its_predicate(session: neo4j.Session) -> None:
    phones = hop(CONNECTIONS[Kind.PERSON]["phones"], Pick(Kind.VALUE, ("writings",)))
    members = hop(CONNECTIONS[Kind.GANG]["members"], Pick(Kind.PERSON, ("names",), (phones,)))
    pick = Pick(Kind.GANG, ("names",), (members,))
    standing = [projection.Test("standing", "in", ["x"])]
    for question in (
        by_ids([(pick, [RECORD]), *((Pick(kind), []) for kind in Kind if kind is not Kind.GANG)]),
        by_ids([(Pick(Kind.VALUE, ("writings",)), ["a" * 32]), (pick, [RECORD])], valid_at=NOW),
        listed(pick, [], Order("sort_name"), first=10, after=("a", RECORD)),
        listed(Pick(Kind.GANG), standing, Order("sort_name"), first=10, after=None, counted=True),
    ):
        given = question.parameters | {"g": parameters(grant_for(), Mode.READ)}
        assert refused(plan_of(session, question.statement.text, given)) == []
    for question in (
        by_ids([(pick, [RECORD]), (Pick(Kind.VALUE, ("writings",)), ["a" * 32])], valid_at=NOW),
        listed(pick, standing, Order("sort_name"), first=10, after=("a", RECORD), counted=True, past=True),
    ):
        given = question.parameters | {"g": parameters(grant_for(), Mode.READ), "known_at": NOW}
        assert refused(plan_of(session, then(question.statement).text, given)) == []


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=compiled(depth=1))
def test_every_compiled_selection_runs(session: neo4j.Session, question: Compiled) -> None:
    given = question.parameters | {"g": parameters(grant_for(), Mode.READ)}
    [[row]] = session.run(question.statement.text, given).values()
    found = question.read(row)
    assert (found.rows, found.total or 0) == ([], 0)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=compiled(depth=1, past=True))
def test_every_compiled_selection_runs_as_of_a_moment(session: neo4j.Session, question: Compiled) -> None:
    given = question.parameters | {"g": parameters(grant_for(), Mode.READ), "known_at": NOW}
    [[row]] = session.run(then(question.statement).text, given).values()
    found = question.read(row)
    assert (found.rows, found.total or 0) == ([], 0)


# The predicate where it decides: in the database, against the second look.


@pytest.fixture
def probes(session: neo4j.Session) -> Iterator[Any]:
    """Ask for a predicate over nodes that exist only while the test runs."""
    with session.begin_transaction() as transaction:

        def ask(predicate: str, rows: list[dict[str, Any]], label: str, given: dict[str, object]) -> list[bool]:
            text = expand(
                f"UNWIND range(0, size($rows) - 1) AS at CREATE (n:Probe:{label}) SET n = $rows[at] "
                f"WITH n, at RETURN {predicate}(n) AS seen ORDER BY at",
                relations=[*LinkKind],
            )
            result = transaction.run(text, {"rows": rows, "g": given})
            return [seen for (seen,) in result.values()]

        yield ask
        transaction.rollback()


@pytest.mark.parametrize("state", ["IN-RJ", "IN-PB"])
@pytest.mark.parametrize("purpose", [Purpose.INVESTIGATION, Purpose.FUGITIVE, Purpose.TRAINING, Purpose.AUDIT])
def test_the_database_and_the_second_look_decide_alike(probes: Any, state: str, purpose: Purpose) -> None:
    dice = random.Random(f"{state} {purpose}")
    grant = grant_for(state, purpose)
    gates = []
    for _ in range(400):
        gate: list[Any] = [
            dice.sample(["IN-RJ", "IN-PB", "IN-HR", "IN-CH"], dice.randint(0, 3)),
            dice.choice([0, 0, 1, 2, 3, True, False, None]),
            dice.choice(["", "", "IN-RJ:ALPHA", "IN-RJ:BETA", "TRAINING", None, 0]),
            dice.choice(["-", "SUSPECT", "CONTACT", "VICTIM", "PENDING", "WITHDRAWN", None, True]),
            dice.choice([NOW - 1, NOW, NOW + 1, NOW + 9, None, True, "9"]),
        ]
        if dice.random() < 0.5:
            gate = [[*{*gate[0], state}], 0, gate[2], gate[3], NOW + 1]
        gates.append(gate)
    names = ("level", "comp", "class", "until")
    rows = [{"aud": mask({"IN-RJ", *gate[0]}), **dict(zip(names, gate[1:], strict=True))} for gate in gates]
    rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
    seen = probes("VISIBLE", rows, "Record", parameters(grant, Mode.READ))
    assert seen == [sees(grant, Mode.READ, RECORD, gate) for gate in gates]
    assert seen == probes("REACHED", rows, "Record", parameters(grant, Mode.READ))
    assert any(seen) == (purpose is not Purpose.AUDIT)


WHOLE = {name: value for name, value in GATE.items() if name != "audience"}
HOLES = [{other: value for other, value in WHOLE.items() if other != name} for name in WHOLE]


def test_a_record_with_a_hole_is_nobodys(probes: Any) -> None:
    given = parameters(grant_for(), Mode.READ)
    for predicate in ("VISIBLE", "REACHED"):
        assert probes(predicate, [WHOLE, *HOLES, {}], "Record", given) == [True, *[False] * 6]
        assert probes(predicate, [WHOLE, *HOLES, {}], "Key", given) == [True, *[False] * 6]


def test_an_identifier_is_reached_and_never_visible_by_itself(probes: Any) -> None:
    given = parameters(grant_for(), Mode.READ)
    assert probes("REACHED", [{}, {"kind": "PHONE"}], "Value", given) == [True, True]
    assert probes("VISIBLE", [{}, {"kind": "PHONE"}], "Value", given) == [False, False]
    assert probes("TOUCHED", [{}], "Value", given) == [False]


def test_an_audit_reaches_not_even_an_identifier(probes: Any) -> None:
    given = parameters(grant_for(purpose=Purpose.AUDIT), Mode.READ)
    assert probes("REACHED", [{}], "Value", given) == [False]


@pytest.mark.parametrize("aud", [-1, -(2**63), 2**62, 0, 2**61 * 2])
def test_a_mask_that_no_function_of_ours_writes_opens_nothing(probes: Any, aud: int) -> None:
    assert probes("VISIBLE", [WHOLE | {"aud": aud}], "Record", parameters(grant_for(), Mode.READ)) == [False]
