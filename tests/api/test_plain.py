"""What is read at once is what the library gives: data, errors and their places, for whatever stands in an object."""

from enum import StrEnum
from functools import cache
from typing import Any

import pytest
import strawberry
from graphql import execute, parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.gql.executor import Executor
from api.gql.scalars import SCALARS, Day
from api.gql.shaping import Ready

pytestmark = pytest.mark.anyio


@strawberry.enum
class Colour(StrEnum):
    """A colour, whose name is not what it holds."""

    RED = "r"
    BLUE = "b"


@strawberry.interface
class Thing:
    """What all have."""

    id: strawberry.ID


@strawberry.type
class Small:
    """A small one."""

    text: str
    number: int | None = None


@strawberry.type
class Whole(Thing):
    """One with a field of each kind."""

    held: strawberry.Private[Any]
    name: str | None = None
    share: float = 0.5
    sure: bool = True
    colour: Colour | None = None
    day: Day | None = None
    smalls: list[Small] = strawberry.field(default_factory=list)
    many: list[str | None] | None = None
    next: Thing | None = None

    @strawberry.field
    def read(self) -> str:
        """Read what is held."""
        return self.held["said"]  # type: ignore[no-any-return]

    @strawberry.field
    def told(self, info: strawberry.Info) -> str:
        """Give what only the request knows."""
        return str(info.path.key)

    @strawberry.field
    def times(self, by: int = 1) -> int:
        """Take an argument."""
        return 2 * by

    @strawberry.field
    async def late(self) -> str:
        """Come later."""
        return "late"


@strawberry.type
class Bare(Thing):
    """One with an id alone."""


_here: list[Any] = []


@strawberry.type
class Query:
    """Whatever a test puts there."""

    @strawberry.field
    def one(self) -> Whole | None:
        """Give one."""
        return _here[0]  # type: ignore[no-any-return]

    @strawberry.field
    def all(self) -> list[Thing]:
        """Give all."""
        return _here


SCHEMA = strawberry.Schema(
    Query, types=[Whole, Bare], config=strawberry.schema.config.StrawberryConfig(scalar_map=SCALARS)
)._schema


class Counting(Executor):
    """Counts the fields that the library works out."""

    fields = 0

    def execute_field(self, *given: Any, **named: Any) -> Any:
        """Count one."""
        Counting.fields += 1
        return super().execute_field(*given, **named)


# What is worked out is kept by the places of a document, as a node keeps its documents.
_parsed = cache(parse)


async def answered(executor: type[Any], document: str, **variables: Any) -> tuple[Any, list[Any]]:
    result: Any = execute(
        SCHEMA, _parsed(document), variable_values=variables, executor_class=executor, context_value=object()
    )
    if not hasattr(result, "data"):
        result = await result
    return result.data, [error.formatted for error in result.errors or ()]


async def same(document: str, *things: Any, **variables: Any) -> tuple[Any, list[Any]]:
    _here[:] = things
    expected = await answered(StrawberryGraphQLCoreExecutionContext, document, **variables)
    # Twice: what was worked out for the first is there for the second.
    for _ in range(2):
        Counting.fields = 0
        assert await answered(Counting, document, **variables) == expected
    return expected


def whole(**said: Any) -> Whole:
    return Whole(**{"id": strawberry.ID("a"), "held": {"said": "x"}, **said})


_ALL = """{ one { __typename key: id name share sure colour day read smalls { text number } many
  next { __typename id ... on Whole { ...More } } } } fragment More on Whole { colour name read }"""


async def test_an_object_is_read_at_once_with_all_that_it_holds() -> None:
    full = whole(
        name="n",
        share=1,
        colour=Colour.BLUE,
        day=Day("2026-01-31"),
        smalls=[Small(text="t", number=1), Small(text="u")],
        many=["m", None],
        next=whole(id=strawberry.ID("b"), colour=Colour.RED),
    )
    data, errors = await same(_ALL, full)
    assert not errors
    assert data["one"]["colour"] == "BLUE"
    assert data["one"]["next"]["colour"] == "RED"
    assert Counting.fields == 1  # the one at the root


async def test_a_list_of_what_stands_for_an_interface_is_read_by_the_class_of_each() -> None:
    document = "{ all { id ... on Whole { name smalls { text } } } }"
    data, _ = await same(document, whole(), Bare(id=strawberry.ID("c")))
    assert data == {"all": [{"id": "a", "name": None, "smalls": []}, {"id": "c"}]}
    assert Counting.fields == 1


@pytest.mark.parametrize(
    "said",
    [
        {"id": None},
        {"name": 7},
        {"name": ValueError("wrong")},
        {"day": ValueError("wrong")},
        {"share": float("nan")},
        {"share": "half"},
        {"sure": "yes"},
        {"colour": "b"},
        {"colour": "green"},
        {"smalls": None},
        {"smalls": (Small(text="t"),)},
        {"smalls": [Small(text="t"), None]},
        {"smalls": [Small(text="t", number=2**40)]},
        {"smalls": [{"text": "t"}]},
        {"many": ["a", ValueError("wrong"), "b"]},
        {"many": "text"},
        {"held": {}},
        {"next": Small(text="t")},
        {"next": {"id": "d"}},
        {"next": whole(smalls=None)},
        {"next": ValueError("wrong")},
    ],
)
async def test_what_is_not_as_it_should_be_is_what_the_library_makes_of_it(said: dict[str, Any]) -> None:
    await same(_ALL, whole(**said))
    await same(
        "{ all { ... on Whole { name share day colour smalls { text } next { id } } id } }", whole(), whole(**said)
    )


@pytest.mark.parametrize(
    "asked",
    [
        "told",
        "times",
        "times(by: 3)",
        "late",
        "name @skip(if: $no)",
        "name @include(if: $no)",
        "... @include(if: $no) { name }",
        "...Named @skip(if: $no)",
        "next { ... on Whole { told } }",
        "smalls @include(if: $no) { text }",
    ],
)
async def test_what_asks_for_more_goes_the_library_s_way(asked: str) -> None:
    spread = " fragment Named on Whole { name }" if "Named" in asked else ""
    takes = "($no: Boolean!)" if "$no" in asked else ""
    document = f"query{takes} {{ one {{ id {asked} day }} }}{spread}"
    one = whole(name="n", smalls=[Small(text="t")], next=whole())
    for no in (True, False):
        _, errors = await same(document, one, no=no)
        assert not errors


async def test_what_is_complete_is_handed_on_wherever_it_stands() -> None:
    _here[:] = [Ready({"id": "r"}), whole()]
    assert await answered(Counting, "{ all { id } }") == ({"all": [{"id": "r"}, {"id": "a"}]}, [])
    _here[:] = [whole(next=Ready({"id": "r"}))]
    assert await answered(Counting, "{ one { next { id } } }") == ({"one": {"next": {"id": "r"}}}, [])
