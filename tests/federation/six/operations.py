"""The table of what is asked of many: a document, how its arguments are drawn, and the rows of one owner by the rules.

A new operation is a new row of `OPERATIONS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.federation.six.model import Six
from tests.oracle.finding import TEXTS, found
from tests.oracle.model import Sight, Thing, World
from tests.oracle.tables import RECORDS, VALUE
from tests.oracle.test_lists import FIELDS, TIMED, listed, time_of
from tests.station import TODAY

_ROWS = """nodes { __typename id
  ... on Person { names { text } category provenance { owner level } }
  ... on Gang { names { text } provenance { owner level } } }
  sources { state status returned reason contactDesk correlationId latencyMs asOf } complete asOf cursor"""
_KINDS = (None, None, ["PERSON", "PLACE", "CASE"], ["GANG", "ACCOUNT", "VEHICLE", "CHARGE_SHEET", "NOTICE", "VALUE"])
_ABSENT = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Row:
    """A row of one owner: where it stands in the order of the question, its id, and what it says."""

    place: tuple[Any, ...]
    id: str
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One owner's side of a question: its graph, what the officer sees of it, and how it names identifiers."""

    world: World
    sight: Sight
    value_id: Callable[[str, str], str]


@dataclass(frozen=True)
class Operation:
    """A question: `draw` gives its variables, `rows` what one owner has for them, in order.

    `of` gives the owner whom alone it is asked of, for a question about one record.
    """

    name: str
    document: str
    draw: Callable[[Random, Six], dict[str, Any]]
    rows: Callable[[Asked, Mapping[str, Any]], Sequence[Row]]
    paged: bool = True
    of: Callable[[Mapping[str, Any]], str] | None = None


def _find_drawn(dice: Random, _: Six) -> dict[str, Any]:
    day = dice.choice([None, None, str(TODAY), str(TODAY - timedelta(days=200))])
    return {"text": dice.choice(list(TEXTS)), "kinds": dice.choice(_KINDS), "day": day}


def _find_rows(asked: Asked, variables: Mapping[str, Any]) -> list[Row]:
    values = {asked.value_id(kind, text) for kind, text in TEXTS[variables["text"]]}
    kinds = variables["kinds"] or [*(name for name, _ in RECORDS.values()), VALUE]
    day = None if variables["day"] is None else date.fromisoformat(variables["day"])
    hits = found(asked.world, asked.sight, variables["text"], values, kinds, day)
    return [Row((-score, id), id, _says(asked.world, id)) for score, id in hits]


def _record_drawn(dice: Random, six: Six) -> dict[str, Any]:
    owner = dice.choice(sorted(six.worlds))
    some = [*sorted(six.worlds[owner].things), f"urn:sangam:{owner}:person:{_ABSENT}"]
    return {"id": dice.choice(some)}


def _record_rows(asked: Asked, variables: Mapping[str, Any]) -> list[Row]:
    id = variables["id"]
    return [Row((), id, _says(asked.world, id))] if id in asked.sight.things else []


class _Turned(str):
    """An id where the order is turned round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _listed(kind: str, wheres: Sequence[Mapping[str, Sequence[str]] | None]) -> Operation:
    """Make the question for a list of a kind, by some filters, in either order."""
    field, where = FIELDS[kind]

    def draw(dice: Random, _: Six) -> dict[str, Any]:
        return {"where": dice.choice(wheres), "order": dice.choice(["NAME", "LATEST_FIRST"])}

    def rows(asked: Asked, variables: Mapping[str, Any]) -> list[Row]:
        latest, wanted = variables["order"] == "LATEST_FIRST", variables["where"] or {}

        def meant(thing: Thing) -> bool:
            return all(thing.says[name] in values for name, values in wanted.items())

        def place(id: str) -> tuple[Any, ...]:
            thing = asked.world.things[id]
            if kind not in TIMED and not latest:
                return thing.sort, id
            at = ((time_of(thing) if kind in TIMED else None) or thing.recorded_at).timestamp()
            return (-at, _Turned(id)) if latest else (at, id)

        ids = listed(asked.world, asked.sight, kind, meant, latest)
        return [Row(place(id), id, _says(asked.world, id)) for id in ids]

    document = (
        f"query($where: {where}, $order: Order!, $first: Int!, $after: String, $states: [String!]) {{ "
        f"federated(states: $states) {{ {field}(where: $where, orderBy: $order, first: $first, after: $after) "
        f"{{ {_ROWS} }} }} }}"
    )
    return Operation(field, document, draw, rows)


def _says(world: World, id: str) -> dict[str, Any]:
    """Give what an answer says of a record beside its id, as far as it is asked."""
    thing = world.things.get(id)
    if thing is None or thing.kind not in {"person", "gang"}:
        return {}
    said = {"names": [{"text": thing.says["name"]}], "provenance": {"owner": thing.owner, "level": thing.gate.level}}
    return said | ({"category": thing.says["category"]} if thing.kind == "person" else {})


OPERATIONS = (
    Operation(
        "find",
        "query($text: String!, $kinds: [NodeKind!], $day: Date, $first: Int!, $after: String, $states: [String!]) {"
        " federated(states: $states) { find(text: $text, kinds: $kinds, validAt: $day, first: $first, after: $after) {"
        f" {_ROWS} }} }} }}",
        _find_drawn,
        _find_rows,
    ),
    Operation(
        "record",
        f"query($id: ID!) {{ federated {{ record(id: $id) {{ {_ROWS} }} }} }}",
        _record_drawn,
        _record_rows,
        paged=False,
        of=lambda variables: str(variables["id"]).split(":")[2],
    ),
    _listed("person", [None, {"category": ["SUSPECT", "ASSOCIATE"]}, {"category": ["CONTACT"]}]),
    _listed("incident", [None]),
    _listed("notice", [None, {"noticeKind": ["REWARD", "INTERPOL_RED"]}]),
)
