"""The node as it is served, on its real schema: the same audits pass and the same attacks are refused as cheaply."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.wire import GRAPHQL_JSON
from graph.driver import Driver
from graph.local import LocalGraph
from tests.api.hostile import ASK, CPU, DOCUMENTS, NOT_JSON_HEADERS, Words, attacks, audits, query
from tests.faults.planning import planned
from tests.station import Caller, Station, station

pytestmark = pytest.mark.anyio

NUMBERED = "query Q($n:Int!){persons(first:$n){totalCount}}"
AUDITS = audits(NUMBERED)
ATTACKS = attacks(
    Words(
        type="Person",
        record='person(id:"x")',
        text="find(text:%s){totalCount}",
        number="persons(first:%s){totalCount}",
        misfit=("query($w:PersonWhere!){persons(where:$w){totalCount}}", b'{"unit":"RJ-JPC","category":'),
    )
)
# A training node describes its schema to whoever may ask it.
OPEN_TO_TRAINING = {"the schema", "a type of the schema"}


class Served:
    """The real node, asked by one officer with an open enquiry; `finished` has each way that it went to the graph."""

    def __init__(self, node: Station, caller: Caller) -> None:
        """Serve the node's desk anew, so that its graph is seen to be opened."""
        self.finished: list[Any] = []
        self.caller = caller

        def driver() -> Driver:
            self.finished.append("graph")
            return node.driver

        async def ready() -> list[str]:
            return []

        app = create_app(replace(node.desk, graph=driver), node.tokens, ready)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://node"
        )

    async def post(self, content: bytes | dict[str, Any] | list[Any], **headers: str) -> httpx.Response:
        """Send a body as the officer; a header of "-" is left out."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        head = {
            "authorization": f"Bearer {self.caller.token}",
            "sangam-enquiry": str(self.caller.enquiry),
            "content-type": "application/json",
            "accept": GRAPHQL_JSON,
        }
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        wanted = {name: value for name, value in {**head, **given}.items() if value != "-"}
        request = self.client.build_request("POST", "/graphql", content=body, headers=wanted)
        for name in ("accept", "content-type"):
            if name not in wanted:
                request.headers.pop(name, None)
        return await self.client.send(request)


@pytest.fixture(scope="module")
async def made(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with station(local_graph, tmp_path_factory.mktemp("served")) as node:
        caller = await node.caller()
        await planned(caller, NUMBERED, {"n": 1})
        served = Served(node, caller)
        yield served
        await served.client.aclose()


@pytest.fixture
def served(made: Served) -> Served:
    made.finished.clear()
    return made


async def refused(served: Served, body: bytes) -> httpx.Response:
    """Give the answer to an attack, which costs less than the CPU that it is allowed and opens no database."""
    spent = []
    for _ in range(3):  # the best of them: a collection of other tests' garbage is not the attack's doing
        start = time.process_time()
        answer = await served.post(body)
        spent.append(time.process_time() - start)
    assert min(spent) < CPU
    assert served.finished == []
    assert "data" not in answer.json()
    return answer


@pytest.mark.parametrize("audit", AUDITS)
async def test_an_audit_of_graphql_over_http_passes_on_the_node_as_it_is_served(audit: str, served: Served) -> None:
    await AUDITS[audit](served)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_is_refused_in_little_time_by_the_node_as_it_is_served(attack: str, served: Served) -> None:
    body, status, code = ATTACKS[attack]
    answer = await refused(served, body)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


@pytest.mark.parametrize("attack", sorted(DOCUMENTS.keys() - OPEN_TO_TRAINING))
async def test_a_document_over_a_limit_is_refused_in_little_time_by_the_node_as_it_is_served(
    attack: str, served: Served
) -> None:
    text, code = DOCUMENTS[attack]
    answer = await refused(served, query(text))
    assert answer.status_code in (400, 413)
    assert answer.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(("headers", "status"), NOT_JSON_HEADERS)
async def test_what_is_not_json_is_refused_by_the_node_as_it_is_served(
    headers: dict[str, str], status: int, served: Served
) -> None:
    answer = await served.post(ASK, **headers)
    assert answer.status_code == status
    assert "data" not in answer.json()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_every_method_but_post_is_refused_by_the_node_as_it_is_served(method: str, served: Served) -> None:
    answer = await served.client.request(method, "/graphql", params={"query": "{me{id}}"})
    assert answer.status_code == 405
    assert served.finished == []


def _fragments(body: str, count: int) -> str:
    parts = " ".join(f"fragment F{i} on Person{{{body}}}" for i in range(count))
    return '{person(id:"x"){' + " ".join(f"...F{i}" for i in range(count)) + "}}" + parts


def _bipartite(fields: list[str]) -> str:
    """Make fragments that each spread every one of some others."""
    spread = " ".join(f"...L{name}" for name in fields)
    upper = " ".join(f"fragment F{name} on Gang{{members{{edges{{node{{{spread}}}}}}}}}" for name in fields)
    lower = " ".join(f"fragment L{name} on Person{{{name}}}" for name in fields)
    return '{gang(id:"x"){' + " ".join(f"...F{name}" for name in fields) + "}}" + upper + " " + lower


# At the limits and not over them, so that all of it is held against the schema, which knows no field `nothing`.
AT_THE_LIMIT = {
    "twelve pages in one place": "{" + 'person(id:"x"){associates{edges{node{id sex}}}} ' * 12 + "nothing}",
    "twelve fragments of eight fields": _fragments("id sex custody marks languages nothing names{text kind}", 12),
    "pages in twelve fragments": _fragments("memberships{totalCount edges{cursor node{id nothing}}}", 12),
    "ten fragments that spread ten others": _bipartite(
        ["id", "sex", "custody", "marks", "languages", "category", "parentage", "birthDate", "cautions", "nothing"]
    ),
    "1,400 numbers": "query{network(from:[" + "1 " * 1_400 + "]){linksCut nothing}}",
    "1,200 words in twelve places": "{"
    + ("persons(where:{category:[" + "SUSPECT " * 100 + "]}){totalCount} ") * 12
    + "nothing}",
    "360 variables": "query(" + " ".join(f"$a{i}:Int" for i in range(360)) + "){me{id nothing}}",
}


@pytest.mark.parametrize("named", AT_THE_LIMIT)
async def test_what_is_at_a_limit_is_held_against_the_real_schema_in_little_time(named: str, served: Served) -> None:
    answer = await refused(served, query(AT_THE_LIMIT[named]))
    said = answer.json()["errors"]
    assert {error["extensions"]["code"] for error in said} == {"BAD_INPUT"}
    assert any("nothing" in error["message"] or "never used" in error["message"] for error in said), said
