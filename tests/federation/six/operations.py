"""The table of what is asked of many: a document, how its arguments are drawn, and the rows of one owner by the rules.

A new operation is a new row of `OPERATIONS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.federation.six.across import FORMS, Wanted
from tests.federation.six.model import Officer, Six
from tests.oracle.finding import TEXTS, found
from tests.oracle.model import Sight, Thing, World
from tests.oracle.tables import RECORDS, VALUE, WALKED
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

    `of` gives the owner whom alone it is asked of, for a question about one record. `across` is set for what is put
    together of fragments: it gives what is wanted of the states that are asked.
    """

    name: str
    document: str
    draw: Callable[[Random, Six, Officer], dict[str, Any]]
    rows: Callable[[Asked, Mapping[str, Any]], Sequence[Row]]
    paged: bool = True
    of: Callable[[Mapping[str, Any]], str] | None = None
    across: Callable[[Officer, Mapping[str, Any], Sequence[str]], Wanted] | None = None


def _find_drawn(dice: Random, _: Six, __: Officer) -> dict[str, Any]:
    day = dice.choice([None, None, str(TODAY), str(TODAY - timedelta(days=200))])
    return {"text": dice.choice(list(TEXTS)), "kinds": dice.choice(_KINDS), "day": day}


def _find_rows(asked: Asked, variables: Mapping[str, Any]) -> list[Row]:
    values = {asked.value_id(kind, text) for kind, text in TEXTS[variables["text"]]}
    kinds = variables["kinds"] or [*(name for name, _ in RECORDS.values()), VALUE]
    day = None if variables["day"] is None else date.fromisoformat(variables["day"])
    hits = found(asked.world, asked.sight, variables["text"], values, kinds, day)
    return [Row((-score, id), id, says(asked.world, id)) for score, id in hits]


def _record_drawn(dice: Random, six: Six, _: Officer) -> dict[str, Any]:
    owner = dice.choice(sorted(six.worlds))
    some = [*sorted(six.worlds[owner].things), f"urn:sangam:{owner}:person:{_ABSENT}"]
    return {"id": dice.choice(some)}


def _record_rows(asked: Asked, variables: Mapping[str, Any]) -> list[Row]:
    id = variables["id"]
    return [Row((), id, says(asked.world, id))] if id in asked.sight.things else []


class _Turned(str):
    """An id where the order is turned round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _listed(kind: str, wheres: Sequence[Mapping[str, Sequence[str]] | None]) -> Operation:
    """Make the question for a list of a kind, by some filters, in either order."""
    field, where = FIELDS[kind]

    def draw(dice: Random, _: Six, __: Officer) -> dict[str, Any]:
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
        return [Row(place(id), id, says(asked.world, id)) for id in ids]

    document = (
        f"query($where: {where}, $order: Order!, $first: Int!, $after: String, $states: [StateCode!]) {{ "
        f"federated(states: $states) {{ {field}(where: $where, orderBy: $order, first: $first, after: $after) "
        f"{{ {_ROWS} }} }} }}"
    )
    return Operation(field, document, draw, rows)


def _start(dice: Random, six: Six, officer: Officer) -> str:
    """Give a record or identifier to start from, mostly one that is there."""
    owner = dice.choice([officer.state, officer.state, *six.worlds])
    world, seen = six.worlds[owner], sorted(six.sight(officer, owner, walk=True).nodes)
    if owner != officer.state:
        # What is known by a number alone is asked for at home.
        seen = [id for id in seen if id in world.things]
    if not seen or dice.random() < 0.1:
        seen = [*sorted(world.things), f"urn:sangam:{owner}:person:{_ABSENT}"]
    return dice.choice(seen)


# Along what numbers are borne, crossings are many and networks small.
_ALONG = (None, ["USES_PHONE", "CALLED"], ["USES_PHONE", "CALLED"], ["USES_PHONE", "IDENTIFIED_BY", "USED_IN"])
_SPARSE = (["ASSOCIATE_OF", "IDENTIFIED_BY", "MEMBER_OF"], ["CALLED"])
_ALONG += _SPARSE


def _day(dice: Random) -> str | None:
    return dice.choice([None, None, None, str(TODAY), str(TODAY + timedelta(days=10))])


def _network_drawn(dice: Random, six: Six, officer: Officer) -> dict[str, Any]:
    typed = dice.sample(sorted(FORMS), dice.choice([0, 0, 0, 1, 1, 2, 3]))
    many = dice.choice([1, 1, 1, 2, 3]) if not typed or dice.random() < 0.4 else 0
    starts = [_start(dice, six, officer) for _ in range(many)]
    return {
        "from": starts,
        "identifiers": [{"kind": kind, "value": text} for kind, text in typed] or None,
        "hops": (hops := dice.choice([0, 1, 1, 1, 2, 2, 2, 2, 3])),
        "along": dice.choice(_ALONG),
        "day": _day(dice),
        "limit": max(min(dice.choice([1, 4, 12, 40, 200, 200]), 40 if hops == 3 else 200), len({*starts}) + len(typed)),
    }


def _bearers(six: Six, officer: Officer, owner: str) -> dict[tuple[str, str], list[str]]:
    """Give what bears each number where the officer may walk, in order."""
    world, sight = six.worlds[owner], six.sight(officer, owner, walk=True)
    return {
        (kind, FORMS[kind, text]): sorted({far for far, _ in sight.around(id, WALKED) if far in world.things})
        for id, (kind, text) in world.values.items()
        if id in sight.at
    }


def _ends(dice: Random, six: Six, officer: Officer) -> tuple[str, str]:
    """Give two ends: mostly what bears one number in two states."""
    one, other = dice.sample(sorted(six.worlds), 2)
    bearers = [_bearers(six, officer, state) for state in (officer.state if dice.random() < 0.5 else one, other)]
    both = sorted(number for number in bearers[0] if bearers[0][number] and bearers[1].get(number))
    if both and dice.random() < 0.7:
        number = dice.choice(both)
        return dice.choice(bearers[0][number]), dice.choice(bearers[1][number])
    return _start(dice, six, officer), _start(dice, six, officer)


def _paths_drawn(dice: Random, six: Six, officer: Officer) -> dict[str, Any]:
    one, other = _ends(dice, six, officer)
    while one == other:
        one, other = _ends(dice, six, officer)
    hops, k = dice.choice([1, 2, 3, 3, 4, 4, 4, 5, 6]), dice.choice([1, 2, 3, 5])
    along = dice.choice([*_ALONG, dice.sample(WALKED, 12)])
    if along not in _SPARSE:
        # All six answer in one process: three links around what has many are more than its peers' seconds.
        hops = min(hops, 4)
    return {"from": one, "to": other, "maxHops": hops, "k": k, "along": along, "day": _day(dice)}


def owner_of(id: str, home: str) -> str:
    """Give whose a start is: what is known by a number alone is this state's."""
    return id.split(":")[2] if id.startswith("urn:") else home


def _wanted(officer: Officer, states: Sequence[str], ids: Sequence[str], variables: Mapping[str, Any]) -> Wanted:
    starts: dict[str, list[str]] = {}
    for id in dict.fromkeys(ids):
        starts.setdefault(owner_of(id, officer.state), []).append(id)
    typed = {(one["kind"], FORMS[one["kind"], one["value"]]) for one in variables.get("identifiers") or ()}
    day = None if variables["day"] is None else date.fromisoformat(variables["day"])
    reach, limit = variables.get("hops"), variables.get("limit", 500)
    if reach is None:
        reach = (variables["maxHops"] + 1) // 2
    return Wanted(officer.state, states, starts, frozenset(typed), reach, variables["along"], day, limit)


def _network_wanted(officer: Officer, variables: Mapping[str, Any], states: Sequence[str]) -> Wanted:
    return _wanted(officer, states, variables["from"], variables)


def _paths_wanted(officer: Officer, variables: Mapping[str, Any], states: Sequence[str]) -> Wanted:
    return _wanted(officer, states, [variables["from"], variables["to"]], variables)


def _no_rows(_: Asked, __: Mapping[str, Any]) -> list[Row]:
    return []


_FRAGMENTS = (
    "links { id kind from to asWritten provenance { owner } } assertions { id kind from to } "
    "joins { kind ids } gaps { at state reason } "
    f"paths {{ steps {{ link from to }} crossings }} {_ROWS}"
)


def says(world: World, id: str) -> dict[str, Any]:
    """Give what an answer says of a record beside its id, as far as it is asked."""
    thing = world.things.get(id)
    if thing is None or thing.kind not in {"person", "gang"}:
        return {}
    said = {"names": [{"text": thing.says["name"]}], "provenance": {"owner": thing.owner, "level": thing.gate.level}}
    return said | ({"category": thing.says["category"]} if thing.kind == "person" else {})


OPERATIONS = (
    Operation(
        "find",
        "query($text: String!, $kinds: [NodeKind!], $day: Date, $first: Int!, $after: String, $states: [StateCode!]) {"
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
    Operation(
        "network",
        "query($from: [ID!]!, $identifiers: [IdentifierInput!], $hops: Int!, $along: [LinkKind!], $day: Date, "
        "$limit: Int!, $states: [StateCode!]) { federated(states: $states) { network(from: $from, "
        "identifiers: $identifiers, hops: $hops, along: $along, validAt: $day, limit: $limit) "
        f"{{ {_FRAGMENTS} }} }} }}",
        _network_drawn,
        _no_rows,
        paged=False,
        across=_network_wanted,
    ),
    Operation(
        "paths",
        "query($from: ID!, $to: ID!, $maxHops: Int!, $k: Int!, $along: [LinkKind!], $day: Date, $states: [StateCode!]) "
        "{ federated(states: $states) { paths(from: $from, to: $to, maxHops: $maxHops, k: $k, along: $along, "
        f"validAt: $day) {{ {_FRAGMENTS} }} }} }}",
        _paths_drawn,
        _no_rows,
        paged=False,
        across=_paths_wanted,
    ),
    _listed("person", [None, {"category": ["SUSPECT", "ASSOCIATE"]}, {"category": ["CONTACT"]}]),
    _listed("incident", [None]),
    _listed("notice", [None, {"noticeKind": ["REWARD", "INTERPOL_RED"]}]),
)
