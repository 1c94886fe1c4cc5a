"""A node is a subgraph as the specification of Apollo Federation 2.9 has it, asked over real HTTP.

Cases of our own, from what the specification says of `_service`, of `_entities`, and of the directives that we use.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import httpx
import pytest
from graphql import (
    DirectiveNode,
    DocumentNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

from api.app import create_app
from api.cli.serving import served
from api.gql.schema import SCHEMA
from desk.looking import LONGEST_PAGE
from graph.local import LocalGraph
from tests.station import Caller, marking, name, station

pytestmark = pytest.mark.anyio

SERVICE = "{ _service { sdl } }"
ENTITIES = """query($r: [_Any!]!) { _entities(representations: $r) { __typename
  ... on Person { id names { text } } ... on Gang { id names { text } } ... on Vehicle { id make }
  ... on Identifier { id kind } } }"""
RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
GANG = """mutation($g: GangInput!, $m: MarkingInput!) {
  recordGang(gang: $g, marking: $m) { gang { id } problems { path message } } }"""
VEHICLE = """mutation($v: VehicleInput!, $m: MarkingInput!) {
  recordVehicle(vehicle: $v, marking: $m) { vehicle { id } problems { path message } } }"""
PHONE = """mutation($from: EndInput!, $m: MarkingInput!) {
  link(kind: USES_PHONE, from: $from, to: {kind: PHONE, value: "+919829012345"}, marking: $m) { id } }"""
IDENTIFIER = '{ identifier(kind: PHONE, value: "+919829012345") { id } }'


@dataclass(frozen=True)
class Asked:
    """A served node, asked by an officer who may see little, and what stands in it."""

    low: Caller
    person: str
    hidden: str
    gang: str
    vehicle: str
    phone: str

    @cached_property
    def absent(self) -> str:
        """Give an id like that of the hidden person, which nothing has."""
        return self.hidden[:-12] + "0" * 12

    async def entities(self, *representations: Any) -> Any:
        """Ask for entities by reference, and give the whole answer."""
        return (await self.low.post(ENTITIES, {"r": representations})).json()


@pytest.fixture(scope="module")
async def asked(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asked]:
    async def missing() -> list[str]:
        return []

    async with (
        station(local_graph, tmp_path_factory.mktemp("subgraph")) as node,
        served(create_app(node.desk, node.tokens, missing), "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, timeout=30) as client,
    ):
        adg = replace(await node.caller(), client=client)
        low = replace(await node.caller("rj.low", level=0), client=client)
        person = {"category": "SUSPECT", "names": [name("Seen Man")]}
        seen = (await adg.ask(RECORD, {"p": person, "m": marking()}))["recordPerson"]["person"]["id"]
        hidden = (await adg.ask(RECORD, {"p": person, "m": marking(level=3)}))["recordPerson"]["person"]["id"]
        gang = {"names": [name("A Gang")], "standing": "ALLEGED"}
        band = (await adg.ask(GANG, {"g": gang, "m": marking()}))["recordGang"]["gang"]["id"]
        car = {"vehicleKind": "CAR", "make": "Maruti"}
        vehicle = (await adg.ask(VEHICLE, {"v": car, "m": marking()}))["recordVehicle"]["vehicle"]["id"]
        await adg.ask(PHONE, {"from": {"id": seen}, "m": marking()})
        phone = (await low.ask(IDENTIFIER))["identifier"]["id"]
        yield Asked(low, seen, hidden, band, vehicle, phone)


@pytest.fixture
async def sdl(asked: Asked) -> str:
    return str((await asked.low.ask(SERVICE))["_service"]["sdl"])


@pytest.fixture
async def said(sdl: str) -> DocumentNode:
    return parse(sdl)


# -- _service --------------------------------------------------------------------------------------------------------


async def test_the_service_needs_no_enquiry_as_a_router_has_none(asked: Asked, sdl: str) -> None:
    without = replace(asked.low, enquiry=None)
    assert (await without.ask(SERVICE))["_service"]["sdl"] == sdl


async def test_it_says_what_a_composer_is_given_and_under_any_name(asked: Asked, sdl: str) -> None:
    assert sdl == SCHEMA.as_str()
    answer = await asked.low.ask("{ __typename it: _service { __typename said: sdl } }")
    assert answer == {"__typename": "Query", "it": {"__typename": "_Service", "said": sdl}}


async def test_the_additions_of_the_specification_stand_in_the_schema_as_it_writes_them(said: DocumentNode) -> None:
    written = {one.name.value: one for one in said.definitions if hasattr(one, "name")}
    query = written["Query"]
    assert isinstance(query, ObjectTypeDefinitionNode)
    fields = {field.name.value: print_ast(field) for field in query.fields or ()}
    assert fields["_service"] == "_service: _Service!"
    assert fields["_entities"] == "_entities(representations: [_Any!]!): [_Entity]!"
    assert print_ast(written["_Any"]) == "scalar _Any"
    assert "sdl: String!" in print_ast(written["_Service"])


async def test_it_is_linked_to_federation_2_9_and_imports_each_directive_that_it_uses_and_no_other(
    said: DocumentNode,
) -> None:
    [schema] = [one for one in said.definitions if isinstance(one, SchemaDefinitionNode)]
    [link] = _directives(schema, "link")
    given = {argument.name.value: argument.value for argument in link.arguments or ()}
    assert print_ast(given["url"]) == '"https://specs.apollo.dev/federation/v2.9"'
    imported = [one.value for one in getattr(given["import"], "values", ())]
    # Above all no `@shareable`: rows are partitioned by owner, and a router would take one owner's for all.
    assert imported == ["@key"]
    own = {"@" + one.name.value for one in said.definitions if one.kind == "directive_definition"}
    builtin = {"@deprecated", "@specifiedBy", "@oneOf", "@link"}
    assert _used(said) - own - builtin == set(imported)


async def test_each_entity_has_one_key_that_can_be_resolved_and_fits_its_fields(said: DocumentNode) -> None:
    keyed = {}
    for one in said.definitions:
        for key in _directives(one, "key"):
            assert isinstance(one, ObjectTypeDefinitionNode)
            assert [(part.name.value, print_ast(part.value)) for part in key.arguments or ()] == [("fields", '"id"')]
            assert [print_ast(field.type) for field in one.fields or () if field.name.value == "id"] == ["ID!"]
            assert one.name.value not in keyed
            keyed[one.name.value] = key
    nodes = {
        one.name.value
        for one in said.definitions
        if isinstance(one, ObjectTypeDefinitionNode) and "Node" in {face.name.value for face in one.interfaces or ()}
    }
    [union] = [one for one in said.definitions if isinstance(one, UnionTypeDefinitionNode)]
    assert union.name.value == "_Entity"
    assert {type.name.value for type in union.types or ()} == set(keyed) == nodes != set()


# -- _entities -------------------------------------------------------------------------------------------------------


async def test_entities_of_several_types_come_in_the_order_of_their_representations(asked: Asked) -> None:
    wanted = [
        ("Vehicle", asked.vehicle),
        ("Person", asked.person),
        ("Identifier", asked.phone),
        ("Gang", asked.gang),
        ("Person", asked.person),
    ]
    for order in (wanted, wanted[::-1]):
        answer = await asked.entities(*(_of(type, id) for type, id in order))
        assert "errors" not in answer
        assert [(one["__typename"], one["id"]) for one in answer["data"]["_entities"]] == order


async def test_representations_may_stand_in_the_document_and_be_asked_for_twice(asked: Asked) -> None:
    written = f'[{{__typename: "Gang", id: "{asked.gang}"}}, {{__typename: "Person", id: "{asked.hidden}"}}]'
    fields = "{ ... on Gang { id } ... on Person { id } }"
    document = f"{{ _entities(representations: {written}) {fields} again: _entities(representations: []) {fields} }}"
    answer = (await asked.low.post(document, {})).json()
    assert answer["data"] == {"_entities": [{"id": asked.gang}, None], "again": []}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["_entities", 1], "NOT_FOUND")


async def test_no_representation_gives_no_entity(asked: Asked) -> None:
    assert await asked.entities() == {"data": {"_entities": []}}


# Stands for the id of the person whom the officer sees: what is broken is the rest.
SEEN = "the seen person"
BROKEN: dict[str, tuple[Any, str]] = {
    "a type that is unknown": ({"__typename": "Unheard", "id": SEEN}, "BAD_INPUT"),
    "a type that is no entity": ({"__typename": "Provenance", "id": SEEN}, "BAD_INPUT"),
    "a root type": ({"__typename": "Mutation", "id": SEEN}, "BAD_INPUT"),
    "an interface": ({"__typename": "Record", "id": SEEN}, "BAD_INPUT"),
    "no type": ({"id": SEEN}, "BAD_INPUT"),
    "a type that is no text": ({"__typename": ["Person"], "id": SEEN}, "BAD_INPUT"),
    "no key": ({"__typename": "Person"}, "BAD_INPUT"),
    "a key that is null": ({"__typename": "Person", "id": None}, "BAD_INPUT"),
    "a key that is an object": ({"__typename": "Person", "id": {"eq": SEEN}}, "BAD_INPUT"),
    "a number for a key": ({"__typename": "Person", "id": 7}, "BAD_INPUT"),
    "more than the key": ({"__typename": "Person", "id": SEEN, "level": 3}, "BAD_INPUT"),
    "a text": ("Person", "BAD_INPUT"),
    "a number": (7, "BAD_INPUT"),
    "a list": ([], "BAD_INPUT"),
    "an empty object": ({}, "BAD_INPUT"),
    "a malformed id": ({"__typename": "Person", "id": "no id"}, "NOT_FOUND"),
    "a very long id": ({"__typename": "Person", "id": "x" * 5_000}, "NOT_FOUND"),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_what_is_no_representation_of_ours_harms_its_own_place_alone(asked: Asked, broken: str) -> None:
    told, code = BROKEN[broken]
    representation = json.loads(json.dumps(told).replace(SEEN, asked.person))
    answer = await asked.entities(_of("Person", asked.person), representation, _of("Gang", asked.gang))
    assert [one and one["id"] for one in answer["data"]["_entities"]] == [asked.person, None, asked.gang]
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["_entities", 1], code)


async def test_every_entity_type_answers_an_id_that_nothing_has_with_null_in_its_place(
    asked: Asked, said: DocumentNode
) -> None:
    [union] = [one for one in said.definitions if isinstance(one, UnionTypeDefinitionNode)]
    types = [type.name.value for type in union.types or ()]
    unknown = [_of(type, asked.absent) for type in types]
    answer = await asked.entities(_of("Person", asked.person), *unknown)
    assert [one and one["id"] for one in answer["data"]["_entities"]] == [asked.person, *[None] * len(types)]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"NOT_FOUND"}


async def test_a_record_that_is_hidden_is_answered_byte_for_byte_as_one_that_is_absent(asked: Asked) -> None:
    for beside in ([], [_of("Person", asked.person)], [_of("Gang", asked.absent)]):
        answers = set()
        for id in (asked.hidden, asked.absent, "no id", asked.gang):
            response = await asked.low.post(ENTITIES, {"r": [*beside, _of("Person", id), *beside]})
            headers = {name: value for name, value in response.headers.items() if name != "date"}
            answers.add((response.status_code, json.dumps(headers), response.content))
        assert len(answers) == 1


async def test_too_many_representations_are_refused_in_words_before_any_is_looked_for(asked: Asked) -> None:
    most = [_of("Person", asked.person)] * LONGEST_PAGE
    assert len((await asked.entities(*most))["data"]["_entities"]) == LONGEST_PAGE
    refused = await asked.entities(*most, _of("Person", asked.hidden))
    assert refused["data"] is None
    [error] = refused["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert f"At most {LONGEST_PAGE} entities are asked at once." in json.dumps(error)
    assert refused == await asked.entities(*most, _of("Person", asked.absent))


async def test_a_null_for_a_representation_is_refused_as_the_type_says(asked: Asked) -> None:
    answer = await asked.entities(_of("Person", asked.person), None)
    assert "data" not in answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_INPUT"]


async def test_entities_need_an_enquiry_as_every_question_about_records_does(asked: Asked) -> None:
    without = replace(asked.low, enquiry=None)
    assert await without.code(ENTITIES, {"r": [_of("Person", asked.person)]}) == "ENQUIRY_REQUIRED"


async def test_many_routers_ask_at_once_and_each_gets_its_own(asked: Asked) -> None:
    wanted = [asked.person, asked.hidden, asked.absent] * 4
    answers = await asyncio.gather(*(asked.entities(_of("Person", id)) for id in wanted))
    got = [answer["data"]["_entities"][0] for answer in answers]
    assert [one and one["id"] for one in got] == [id if id == asked.person else None for id in wanted]


def _of(type: str, id: str) -> dict[str, str]:
    return {"__typename": type, "id": id}


def _directives(node: Any, name: str) -> list[DirectiveNode]:
    return [one for one in getattr(node, "directives", None) or () if one.name.value == name]


def _used(node: Any) -> set[str]:
    """Give the names of all directives that stand at or below a node."""
    if isinstance(node, tuple | list):
        return set().union(*(_used(one) for one in node))
    found = {"@" + one.name.value for one in getattr(node, "directives", None) or ()}
    return found.union(*(_used(getattr(node, key)) for key in getattr(node, "keys", ()) if key != "loc"))
