"""Six states' nodes compose, and Hive Gateway fronts them for an Apollo client, each owner under its own prefix.

Six nodes with registers, keys and sockets of their own. In `make test` their graphs lie in one database, where the
predicate alone keeps them apart; in the deep form each has its own.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.cli.serving import served
from api.gql.schema import SCHEMA
from graph.local import LocalGraph, start_local
from tests.federation.circle import circle
from tests.federation.peers import SIX
from tests.station import Caller
from tests.subgraph.face import Face
from tests.subgraph.npm import Subgraph, compose, gateway, needs_node

pytestmark = [pytest.mark.anyio, needs_node]

NAME = "Harpreet Singh Dhurike"
SDL = SCHEMA.as_str()
ROWS = "edges { node { __typename id ... on %(Own)sPerson { names { text } provenance { owner } } } }"
FIND = "%(own)s_find(text: $text, first: 5) { totalCount " + ROWS + " }"


@cache
def _face(state: str) -> Face:
    return Face(state, SDL)


def _faced(urls: Mapping[str, str]) -> list[Subgraph]:
    return [Subgraph(_own(state), url, _face(state).sdl) for state, url in urls.items()]


NOWHERE = dict.fromkeys(SIX, "http://127.0.0.1:1/graphql")


def test_a_node_composes_as_it_stands() -> None:
    assert compose([Subgraph("rj", NOWHERE["IN-RJ"], SDL)]).errors == []


def test_six_nodes_as_they_stand_are_refused_as_no_router_could_tell_whose_a_row_is() -> None:
    composed = compose([Subgraph(state[3:].lower(), url, SDL) for state, url in NOWHERE.items()])
    assert composed.supergraph is None
    assert {code for code, _ in composed.errors} == {"INVALID_FIELD_SHARING"}


def test_six_faces_compose_and_nothing_that_an_answer_is_made_of_is_of_two_owners() -> None:
    composed = compose(_faced(NOWHERE))
    assert composed.errors == []
    assert set(composed.owners.pop("Query")) == {_own(state).upper() for state in SIX}
    assert {len(owners) for owners in composed.owners.values()} == {1}
    assert len(composed.owners) > 100 * len(SIX)
    assert {field.partition("_")[0] for field in composed.questions} == {_own(state) for state in SIX}
    assert not [field for field, type in composed.questions.items() if type.endswith("!")]


@dataclass(frozen=True)
class Fronted:
    """Six nodes behind one gateway; an officer of each state, and what each state holds."""

    address: str
    callers: dict[str, Caller]
    held: dict[str, str]
    faces: dict[str, AsyncExitStack]

    async def ask(self, document: str, **variables: Any) -> Any:
        """Ask the gateway as a client that holds a token and an enquiry of each state."""
        headers = {}
        for state, caller in self.callers.items():
            headers[f"{_own(state)}-authorization"] = f"Bearer {caller.token}"
            headers[f"{_own(state)}-sangam-enquiry"] = str(caller.enquiry)
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(self.address, json={"query": document, "variables": variables}, headers=headers)
        return answer.json()


@asynccontextmanager
async def _fronted(graphs: Mapping[str, LocalGraph], folder: Path) -> AsyncIterator[Fronted]:
    async with AsyncExitStack() as stack:
        nodes = await stack.enter_async_context(circle(graphs, folder))
        urls, faces = {}, {}
        for state, node in nodes.items():
            faces[state] = await stack.enter_async_context(AsyncExitStack())
            front = _face(state).of(node.app)
            urls[state] = await faces[state].enter_async_context(served(front, "127.0.0.1", 0)) + "/graphql"
        callers = {state: await node.caller(f"{_own(state)}.adg") for state, node in nodes.items()}
        held = {state: await node.person(callers[state], NAME) for state, node in nodes.items()}
        supergraph = compose(_faced(urls)).supergraph or ""
        address = await stack.enter_async_context(gateway(supergraph))
        yield Fronted(address, callers, held, faces)


@pytest.fixture
async def in_one_database(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Fronted]:
    async with _fronted(dict.fromkeys(SIX, local_graph), tmp_path) as made:
        yield made


@pytest.fixture
async def in_six_databases(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Fronted]:
    others = {state: await start_local(tmp_path / state) for state in SIX[1:]}
    async with _fronted({SIX[0]: local_graph, **others}, tmp_path) as made:
        yield made
    for graph in others.values():
        await graph.stop()


async def test_a_gateway_gives_each_owners_rows_under_its_own_name_and_one_that_is_down_alone_is_missing(
    in_one_database: Fronted,
) -> None:
    await _gives_all_but_one_that_is_down(in_one_database)


@pytest.mark.deep
async def test_it_does_so_too_where_each_node_has_a_database_of_its_own(in_six_databases: Fronted) -> None:
    await _gives_all_but_one_that_is_down(in_six_databases)


async def _gives_all_but_one_that_is_down(fronted: Fronted) -> None:
    questions = " ".join(FIND % {"own": _own(state), "Own": _own(state).capitalize()} for state in SIX)
    document = f"query($text: String!) {{ {questions} }}"
    # A database plans a new shape once, and a busy machine may not have done so in time.
    for state in SIX:
        node = FIND % {"own": "own", "Own": ""}
        await fronted.callers[state].ask(
            f"query($text: String!) {{ {node.replace('own_find', 'own_find: find')} }}", {"text": NAME}
        )
    answer = await fronted.ask(document, text=NAME)
    assert "errors" not in answer
    for state in SIX:
        assert answer["data"][f"{_own(state)}_find"] == {"totalCount": 1, "edges": [{"node": _row(fronted, state)}]}

    down, *up = SIX[2], *SIX[:2], *SIX[3:]
    await fronted.faces[down].aclose()
    answer = await fronted.ask(document, text=NAME)
    assert answer["data"][f"{_own(down)}_find"] is None
    for state in up:
        assert answer["data"][f"{_own(state)}_find"]["edges"] == [{"node": _row(fronted, state)}]
    assert {tuple(error["path"]) for error in answer["errors"]} == {(f"{_own(down)}_find",)}

    # Without a token of a state, its answer alone is missing too: a gateway opens nothing.
    del fronted.callers[up[0]]
    answer = await fronted.ask(document, text=NAME)
    assert {state for state in SIX if answer["data"][f"{_own(state)}_find"] is None} == {down, up[0]}


def _row(fronted: Fronted, state: str) -> dict[str, Any]:
    return {
        "__typename": f"{_own(state).capitalize()}Person",
        "id": fronted.held[state],
        "names": [{"text": NAME}],
        "provenance": {"owner": state},
    }


def _own(state: str) -> str:
    return state[3:].lower()
