"""The schema: exported, described in every place, a valid subgraph, and without what must not be recorded."""

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from pydantic import BaseModel

import schemas
from api.gql.schema import SCHEMA
from graph.local import LocalGraph
from tests.station import Caller, marking, name, station

EXPORTED = Path(__file__).parents[2] / "api" / "schema.graphql"
FORBIDDEN = ("caste", "religion", "community", "sect", "jati", "gotra")

OURS = {
    name: type
    for name, type in SCHEMA._schema.type_map.items()
    if not name.startswith("__")
    and not type.name.startswith("_")
    and not name.startswith("link__")
    and name not in {"Boolean", "Float", "ID", "Int", "String"}
}


def test_the_exported_schema_is_the_schema() -> None:
    assert EXPORTED.read_text(encoding="utf-8") == SCHEMA.as_str() + "\n", "run `make schema`"


def test_every_type_field_and_argument_is_described() -> None:
    bare = []
    for type_name, type in OURS.items():
        if not type.description and type_name != "FieldSet":
            bare.append(type_name)
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type.fields.items():
                if field_name.startswith("_"):
                    continue
                if not field.description:
                    bare.append(f"{type_name}.{field_name}")
                bare += [f"{type_name}.{field_name}({arg})" for arg, one in field.args.items() if not one.description]
        if isinstance(type, GraphQLInputObjectType):
            bare += [f"{type_name}.{field}" for field, one in type.fields.items() if not one.description]
    assert bare == []


def test_nothing_can_say_caste_religion_or_community() -> None:
    said = {name.lower() for type in OURS.values() for name in (type.name, *getattr(type, "fields", {}))}
    said |= {value.lower() for type in OURS.values() if isinstance(type, GraphQLEnumType) for value in type.values}
    for module in pkgutil.walk_packages(schemas.__path__, "schemas."):
        for _, model in inspect.getmembers(import_module(module.name), inspect.isclass):
            if issubclass(model, BaseModel):
                said |= {field.lower() for field in model.model_fields}
    words = {word for name in said for word in re.split(r"[^a-z]+", name)}
    assert words.isdisjoint(FORBIDDEN)
    assert not [name for name in said if "caste" in name or "relig" in name]


def test_nothing_partitioned_by_owner_is_shareable() -> None:
    assert "@shareable" not in SCHEMA.as_str().replace('"@shareable"', "")


@pytest.mark.anyio
async def test_the_subgraph_says_its_own_schema(local_graph: LocalGraph, tmp_path: Path) -> None:
    async with station(local_graph, tmp_path) as node:
        adg = await node.caller(purpose=None)
        sdl = (await adg.ask("{ _service { sdl } }"))["_service"]["sdl"]
        assert "specs.apollo.dev/federation/v2.9" in sdl
        assert '@key(fields: "id"' in sdl


@pytest.mark.anyio
async def test_entities_are_answered_one_by_one_and_say_nothing_of_the_hidden(
    local_graph: LocalGraph, tmp_path: Path
) -> None:
    document = (
        "query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Person { id names { text } } } }"
    )
    async with station(local_graph, tmp_path) as node:
        adg, low = await node.caller(), await node.caller("rj.low", level=0)
        seen = await recorded(adg, "Seen Man")
        hidden = await recorded(adg, "Hidden Man", level=3)
        absent = hidden[:-4] + "0000"
        asked = [{"__typename": "Person", "id": id} for id in (seen, hidden, absent, "no id")]
        odd = [{"__typename": "Mutation", "id": seen}, {"__typename": "Gang", "id": seen}, {"id": seen}]
        answer = (await low.post(document, {"r": [*asked, *odd]})).json()
        assert [one and one["id"] for one in answer["data"]["_entities"]] == [seen, *[None] * 6]
        codes = [error["extensions"]["code"] for error in answer["errors"]]
        assert codes == ["NOT_FOUND"] * 3 + ["BAD_INPUT", "NOT_FOUND", "BAD_INPUT"]
        assert await low.code(document, {"r": [{"__typename": "Person", "id": seen}] * 51}) == "BAD_INPUT"


async def recorded(caller: Caller, text: str, **marked: Any) -> str:
    """Record a person and give the id."""
    person = {"category": "SUSPECT", "names": [name(text)]}
    made = await caller.ask(RECORD, {"p": person, "m": marking(**marked)})
    return str(made["recordPerson"]["person"]["id"])


RECORD = """mutation($p: PersonInput!, $m: MarkingInput!) {
  recordPerson(person: $p, marking: $m) { person { id } problems { path message } } }"""
