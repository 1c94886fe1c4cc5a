"""What is derived for peers from any selection of the schema is a document that they take, and is checked by ids."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLInterfaceType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
    specified_rules,
    validate,
)

from api.documents import TrustedDocuments
from api.gql.abroad import DOCUMENT as ABROAD
from api.gql.derived import AFTER, FROM, HOPS, NUMBERS, RECORDS_OF, Derived, every
from api.gql.schema import SCHEMA
from api.limits import measure
from api.rest.federation import for_peers
from tests.noninterference.operations import FEDERATED, pool

SEEDS = range(12)
_SCHEMA = SCHEMA._schema


def _made(seed: int) -> Iterator[tuple[str, Derived]]:
    """Give what the random documents of one run derive to, each with its own text."""
    for documents in pool(seed, tuple(FEDERATED)).values():
        for document in documents:
            taken = measure(parse(document.text, no_location=True), introspection=False)
            for one in every(_SCHEMA, taken.operation, taken.fragments):
                yield document.text, one


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_derived_is_valid_and_of_one_root_and_the_same_each_time(seed: int) -> None:
    made, again = list(_made(seed)), list(_made(seed))
    assert made, "the generator asks many"
    assert [one.text for _, one in made] == [one.text for _, one in again]
    for _, one in made:
        document = parse(one.text, no_location=True)
        assert validate(_SCHEMA, document, specified_rules) == []
        assert set(measure(document, introspection=False).root_fields) <= set(FEDERATED.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_only_the_officers_variables_and_those_of_ours_are_asked_for(seed: int) -> None:
    for text, one in _made(seed):
        [operation, *_] = parse(one.text, no_location=True).definitions
        named = {variable.variable.name.value for variable in operation.variable_definitions}  # type: ignore[attr-defined]
        assert named - {AFTER, FROM, NUMBERS, RECORDS_OF, HOPS} == one.variables
        assert all(f"${name}" in text for name in one.variables)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_bears_an_id_is_asked_for_it_and_what_has_kinds_for_its_kind(seed: int) -> None:
    for _, one in _made(seed):
        document = parse(one.text, no_location=True)
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        [operation, *_] = document.definitions
        _hold(operation.selection_set, _SCHEMA.query_type, fragments)  # type: ignore[attr-defined]


BARE = [
    "{ federated { find(text: $text) { nodes { ... on Person { category } } } } }",
    "{ federated { find(text: $text) { nodes { ...P } } } } "
    "fragment P on Person { phones { edges { link { role } node { kind } } } }",
    "{ federated { record(id: $text) { nodes { ...P } } } } "
    "fragment P on Person { places { edges { node { name } } } }",
    "{ federated { record(id: $text) { nodes { ... on Record { provenance { level } } key: id } } } }",
    "{ federated { record(id: $text) { nodes { id @include(if: true) __typename @skip(if: true) } } } }",
]


@pytest.mark.parametrize("bare", BARE)
def test_who_asks_for_no_id_has_it_asked_all_the_same(bare: str) -> None:
    type_ = "ID" if "record" in bare else "String"
    taken = measure(parse(f"query B($text: {type_}!) {bare}", no_location=True), introspection=False)
    [one] = every(_SCHEMA, taken.operation, taken.fragments)
    document = parse(one.text, no_location=True)
    assert validate(_SCHEMA, document, specified_rules) == []
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    [operation, *_] = document.definitions
    _hold(operation.selection_set, _SCHEMA.query_type, fragments)  # type: ignore[attr-defined]


def _hold(chosen: SelectionSetNode, on: Any, fragments: dict[str, FragmentDefinitionNode]) -> None:
    """Hold every selection below against what a row is checked by."""
    for field, type_ in _below(chosen, on, fragments):
        if field.selection_set is None:
            continue
        below = get_named_type(type_.fields[field.name.value].type)
        if type_ is not _SCHEMA.query_type and hasattr(below, "fields"):
            names = {
                one.name.value
                for one, _ in _below(field.selection_set, below, fragments)
                if one.alias is None and not one.directives
            }
            assert "id" not in below.fields or "id" in names, field.name.value
            assert not isinstance(below, GraphQLInterfaceType) or "__typename" in names, field.name.value
        _hold(field.selection_set, below, fragments)


def _below(
    chosen: SelectionSetNode, on: Any, fragments: dict[str, FragmentDefinitionNode]
) -> Iterator[tuple[FieldNode, Any]]:
    """Give the fields of a selection with the type that each is of, fragments expanded."""
    for one in chosen.selections:
        if isinstance(one, FieldNode):
            yield one, on
        elif isinstance(one, InlineFragmentNode):
            narrowed = _SCHEMA.get_type(one.type_condition.name.value) if one.type_condition else on
            yield from _below(one.selection_set, narrowed, fragments)
        else:
            fragment = fragments[one.name.value]  # type: ignore[attr-defined]
            yield from _below(fragment.selection_set, _SCHEMA.get_type(fragment.type_condition.name.value), fragments)


def test_what_is_asked_of_a_record_before_anything_is_asserted_of_it_is_trusted_by_peers() -> None:
    [operation] = parse(ABROAD).definitions
    assert isinstance(operation, OperationDefinitionNode)
    [asked] = every(SCHEMA._schema, operation, {})
    assert for_peers(TrustedDocuments.packaged()).text(asked.digest) == asked.text
