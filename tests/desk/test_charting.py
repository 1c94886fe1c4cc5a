"""What of a network becomes a chart: by the handling of each record and link, whoever owns it, and nobody protected."""

from typing import Any

import orjson
import pytest

from auth.policy import exported
from desk.asking import NetworkAnswered
from desk.charting import PICKS, chart_of
from graph.clusters import Cluster
from graph.connections import CONNECTIONS, Kind
from graph.network import Left, Network, NetworkLink
from graph.picks import Drawn, Node, Page
from schemas.handling import Purpose
from schemas.person import PROTECTED, Category
from tests.analysis.charts import urn

EPOCH = 1_780_000_000
PHONE = "a" * 32


def values(kind: Kind, **given: Any) -> dict[str, Any]:
    [pick] = [one for one in PICKS if one.kind is kind]
    plain = {"owner": "IN-RJ", "unit": "RJ-JPC", "source_grade": "B", "info_grade": "2", "handling": "H0"}
    days = {"valid_from": -(2**62), "valid_to": 2**62, "recorded_at": EPOCH}
    return {**dict.fromkeys(pick.fields), **plain, **days, **given}


def person(number: int, state: str = "IN-RJ", now: str = "", **given: Any) -> Node:
    name = orjson.dumps([{"text": "Teja Gill", "script": "Latn", "kind": "LEGAL", "source": None}]).decode()
    said = values(Kind.PERSON, **{"owner": state, "names": name, "category": "SUSPECT", "custody": "UNKNOWN", **given})
    id = urn("person", number, state)
    return Node(id, Kind.PERSON, (id, [state], 0, "", now or said["category"], 2**62), said)


def link(number: int, a: str, b: str, kind: str = "MET_WITH", **given: Any) -> NetworkLink:
    empty = dict.fromkeys(("role", "criteria", "basis", "weight", "as_written", "note"))
    said = {**empty, **values(Kind.GANG), **given}
    return NetworkLink(urn("link", number), kind, a, b, (), said)


def answer(nodes: list[Node], links: list[NetworkLink], more: tuple[Left, ...] = ()) -> NetworkAnswered:
    kinds = [(node.id, node.kind) for node in nodes]
    return NetworkAnswered(
        Network(kinds, dict.fromkeys((node.id for node in nodes), 0), links, list(more), False), nodes
    )


def chart(found: NetworkAnswered, purpose: Purpose = Purpose.INVESTIGATION) -> Any:
    leave = {own: exported(purpose, own=own) for own in (True, False)}
    return chart_of(found, (found.nodes[0].id,), own="IN-RJ", leave=leave)


@pytest.mark.parametrize(
    ("state", "handling", "leaves"),
    [
        ("IN-RJ", "H1", True),
        ("IN-RJ", "H2", True),
        ("IN-RJ", "H3", False),
        ("IN-PB", "H1", True),
        ("IN-PB", "H2", False),
        ("IN-PB", "H3", False),
    ],
)
def test_handling_is_asked_by_whose_a_record_and_a_link_is(state: str, handling: str, leaves: bool) -> None:
    a, b, c = person(1), person(2, state, handling=handling), person(3)
    links = [link(1, a.id, b.id), link(2, a.id, c.id, owner=state, handling=handling)]
    made = chart(answer([a, b, c], links, (Left(a.id, 4), Left(b.id, 5))))
    assert [node.id for node in made.nodes] == ([a.id, b.id, c.id] if leaves else [a.id, c.id])
    assert [one.id for one in made.links] == ([links[0].id, links[1].id] if leaves else [])
    gone = made.missing
    assert (gone.records, gone.links, gone.ends) == ((0, 0, 0) if leaves else (1, 1, 1))
    assert (gone.neighbours, gone.at) == ((9, 2) if leaves else (4, 1)), "what is left of what stays behind is not told"


def test_an_identifier_leaves_with_a_link_that_leaves_and_as_that_link_writes_it() -> None:
    a, b = person(1), person(2)
    number = Node(PHONE, Kind.VALUE, (), {"kind": "PHONE", "writings": ["98290 22222", "98290 11111"]})
    open_ = link(1, a.id, PHONE, "USES_PHONE", as_written="98290 11111")
    secret = link(2, b.id, PHONE, "USES_PHONE", as_written="98290 22222", handling="H3")
    made = chart(answer([a, b, number], [open_, secret]))
    assert made.nodes[2].writings == ("98290 11111",)
    assert (made.missing.links, made.missing.identifiers) == (1, 0)
    alone = chart(answer([a, b, number], [secret]))
    assert [node.id for node in alone.nodes] == [a.id, b.id]
    assert (alone.missing.links, alone.missing.identifiers) == (1, 1)


def test_a_call_writes_the_phone_that_called() -> None:
    phones = [Node(letter * 32, Kind.VALUE, (), {"kind": "PHONE"}) for letter in "ab"]
    called = link(1, phones[0].id, phones[1].id, "CALLED", as_written="98290 11111")
    assert [node.writings for node in chart(answer(phones, [called])).nodes] == [("98290 11111",), ()]


@pytest.mark.parametrize("category", sorted(PROTECTED))
def test_who_became_protected_between_walk_and_reading_is_no_node(category: Category) -> None:
    a, b = person(1), person(2, category=category.value)
    made = chart(answer([a, b], [link(1, a.id, b.id)]))
    assert [node.id for node in made.nodes] == [a.id]
    assert made.links == ()


@pytest.mark.parametrize("category", sorted(PROTECTED))
def test_of_the_past_who_is_protected_today_is_no_node_whatever_they_were_then(category: Category) -> None:
    a, b = person(1), person(2, category="SUSPECT", now=category.value)
    made = chart(answer([a, b], [link(1, a.id, b.id)]))
    assert [node.id for node in made.nodes] == [a.id]
    assert made.links == ()


def test_the_protected_of_incidents_are_numbered_and_a_child_is_not_told_of() -> None:
    row = CONNECTIONS[Kind.INCIDENT]["protected"]

    def page(*there: tuple[str, int, str, str], more: bool = False) -> Page:
        drawn = [
            Drawn(urn("link", n), kind, "", "", (), {"owner": "IN-RJ", "handling": handling}, _met(n, category))
            for kind, n, category, handling in there
        ]
        return Page(row, drawn, more, None)

    def _met(number: int, category: str) -> Node:
        id, said = urn("person", number), {"owner": "IN-RJ", "handling": "H0"}
        return Node(id, Kind.PERSON, (id, ["IN-RJ"], 0, "", category, 2**62), said)

    def incident(number: int, found: Page) -> Node:
        said = values(Kind.INCIDENT, firing_for_extortion=True, demand_at=EPOCH, target_type="JEWELLER")
        return Node(urn("incident", number), Kind.INCIDENT, (), said, {"protected": found})

    first = page(("VICTIM_OF", 1, "VICTIM", "H0"), ("WITNESS_OF", 2, "WITNESS", "H0"), ("VICTIM_OF", 1, "VICTIM", "H0"))
    second = page(("VICTIM_OF", 3, "COMPLAINANT", "H0"), ("VICTIM_OF", 1, "VICTIM", "H0"))
    made = chart(answer([incident(1, first), incident(2, second)], []))
    assert [node.protected for node in made.nodes] == [("V-1", "W-1"), ("V-2", "V-1")]
    assert not made.missing.protected
    assert {fact.name: (fact.value, fact.coded) for fact in made.nodes[0].facts} == {
        "demand_at": ("2026-05-29", False),
        "target_type": ("JEWELLER", True),
        "firing_for_extortion": ("true", False),
    }
    child = chart(answer([incident(1, page(("VICTIM_OF", 4, "CHILD_IN_CONFLICT", "H0")))], []))
    assert (child.nodes[0].protected, child.missing.protected) == ((), False)
    kept = chart(answer([incident(1, page(("VICTIM_OF", 5, "VICTIM", "H3")))], []))
    assert (kept.nodes[0].protected, kept.missing.protected) == ((), True)
    assert chart(answer([incident(1, page(more=True))], [])).missing.protected


def test_a_protected_person_is_asked_for_nothing_but_what_decides() -> None:
    [pick] = [one for one in PICKS if one.kind is Kind.INCIDENT]
    [link_] = pick.links
    assert set(link_.node.fields) == {"owner", "handling"}
    assert set(link_.fields) == {"owner", "handling"}


def test_clusters_are_numbered_as_their_records_come_and_a_contested_one_is_not_told() -> None:
    a, b, c, d, e = (person(number) for number in range(5))
    said = [Cluster((a.id, e.id), contested=False), Cluster((b.id, d.id), contested=False)]
    whole = answer([d, a, b, c, e], [])
    leave = {own: exported(Purpose.INVESTIGATION, own=own) for own in (True, False)}

    def numbers(clusters: list[Cluster]) -> list[int | None]:
        return [node.cluster for node in chart_of(whole, (a.id,), own="IN-RJ", leave=leave, clusters=clusters).nodes]

    assert numbers(said) == [1, 2, 1, None, 2]
    assert numbers([said[0], Cluster((b.id, d.id), contested=True)]) == [None, 1, None, None, 1]
