"""What a document asks becomes one pick, also where its arguments and conditions are variables."""

from types import SimpleNamespace
from typing import Any

import pytest
from graphql import execute, parse

from api.gql.schema import SCHEMA
from desk import asking
from desk.errors import NotFound
from graph.projection import Pick

pytestmark = pytest.mark.anyio

_LOOK = """
query L($id: ID!, $first: Int!, $day: Date, $with: Boolean!) {
  person(id: $id) { phones(first: $first, validAt: $day) { totalCount } sex @include(if: $with) }
}
"""


async def test_a_nested_page_takes_its_arguments_and_a_field_its_condition_from_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picks: list[Pick] = []

    async def nobody(look: Any, id: str, pick: Pick) -> None:
        picks.append(pick)
        raise NotFound

    monkeypatch.setattr(asking, "record", nobody)
    for chosen in (True, False):
        variables = {"id": "x", "first": 3, "day": "2026-01-31", "with": chosen}
        await execute(
            SCHEMA._schema,
            parse(_LOOK),
            context_value=SimpleNamespace(look=None),
            variable_values=variables,
            executor_class=SCHEMA.execution_context_class,
        )
    assert [pick.fields for pick in picks] == [("sex",), ()]
    assert {(link.first, link.valid_at) for pick in picks for link in pick.links} == {(3, 1769817600)}
