"""What a document asks becomes one pick, also where its arguments and conditions are variables."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import execute, parse

from api.gql.schema import SCHEMA
from desk import asking
from desk.errors import NotFound
from graph.picks import Pick

pytestmark = pytest.mark.anyio

_LOOK = """
query L($id: ID!, $first: Int!, $day: Date, $with: Boolean!) {
  person(id: $id) { phones(first: $first, validAt: $day) { totalCount } sex @include(if: $with) }
}
"""
_ON_A_DAY = """
{ person(id: "x", validAt: "2026-02-01") { phones { totalCount } associates(validAt: "2026-01-31") {
    edges { node { memberships { totalCount } } } } } }
"""


async def test_a_nested_page_takes_its_arguments_and_a_field_its_condition_from_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picks: list[Pick] = []

    async def nobody(look: Any, id: str, pick: Pick, *, valid_at: date | None, known_at: None) -> None:
        picks.append(pick)
        raise NotFound

    monkeypatch.setattr(asking, "record", nobody)
    for chosen in (True, False):
        variables = {"id": "x", "first": 3, "day": "2026-01-31", "with": chosen}
        await execute(
            SCHEMA._schema,
            parse(_LOOK),
            context_value=SimpleNamespace(look=SimpleNamespace()),
            variable_values=variables,
            executor_class=SCHEMA.execution_context_class,
        )
    assert [pick.fields for pick in picks] == [("sex",), ()]
    assert {(link.first, link.valid_at) for pick in picks for link in pick.links} == {(3, 1769817600)}


async def test_a_page_that_names_no_day_takes_the_one_that_its_question_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[Pick, date | None]] = []

    async def nobody(look: Any, id: str, pick: Pick, *, valid_at: date | None, known_at: None) -> None:
        asked.append((pick, valid_at))
        raise NotFound

    monkeypatch.setattr(asking, "record", nobody)
    context = SimpleNamespace(look=SimpleNamespace())
    await execute(
        SCHEMA._schema, parse(_ON_A_DAY), context_value=context, executor_class=SCHEMA.execution_context_class
    )
    [(pick, day)] = asked
    phones, associates = pick.links
    [memberships] = associates.node.links
    asked_for, own = 1769904000, 1769817600
    assert day == date(2026, 2, 1)
    assert [link.valid_at for link in (phones, associates, memberships)] == [asked_for, own, asked_for]
