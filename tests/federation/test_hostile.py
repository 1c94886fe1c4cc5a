"""A peer that lies within the protocol, and an officer who would have a document do more than it says.

One real node and an impostor in the other seat; IN-RJ asks.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from graphql import parse

from api.limits import DocumentRefused, measure
from federation.breaker import FAILURES
from federation.fanout import PEER_SECONDS
from graph.local import LocalGraph
from schemas.handling import Level
from tests.federation.circle import Node, circle_with_seats
from tests.federation.impostor import Asked, Impostor, failing, page, saying, sending
from tests.station import MORNING, PLANNINGS, Caller, marking

pytestmark = pytest.mark.anyio


NAME = "Harpreet Singh Dhurike"
ROWS = "nodes { __typename id ... on Person { names { text } category provenance { owner level } } }"
SOURCES = "sources { state status returned reason correlationId } complete cursor"
FIND = f"""query F($text: String!, $first: Int! = 20, $after: String) {{
  federated {{ find(text: $text, first: $first, after: $after) {{ {ROWS} {SOURCES} }} }} }}"""
RECORD = f"query R($id: ID!) {{ federated {{ record(id: $id) {{ {ROWS} {SOURCES} }} }} }}"
NESTED = f"""query N($text: String!) {{ federated {{ find(text: $text) {{
  nodes {{ id ... on Person {{ phones(first: 2) {{ edges {{ link {{ id from to }} node {{ id kind }} }} }} }} }}
  {SOURCES} }} }} }}"""


@dataclass
class Two:
    """A node and an impostor, and an officer who asks."""

    home: Node
    impostor: Impostor
    caller: Caller
    own: str

    async def post(self, document: str, **variables: Any) -> dict[str, Any]:
        """Ask, and ask again while the database of a busy machine does not answer in time."""
        for _ in range(3 * PLANNINGS):
            self.impostor.connections = 0
            self.impostor.asked.clear()
            self.home.federation.fanout.breaker("IN-HR").answered()
            response = await self.caller.post(document, variables)
            if '"state":"IN-RJ","status":"TIMEOUT"' not in response.text:
                break
        said: dict[str, Any] = response.json()
        return said

    async def ask(self, document: str = FIND, **variables: Any) -> dict[str, Any]:
        """Give the one answer of a question that has no errors."""
        given = {"text": NAME, **variables} if "$text" in document else variables
        said = await self.post(document, **given)
        assert "errors" not in said, said
        [answer] = said["data"]["federated"].values()
        found: dict[str, Any] = answer
        return found

    def said_to_peer(self) -> list[Asked]:
        return [one for one in self.impostor.asked if one.line.startswith("POST")]


def source_of(answer: dict[str, Any], state: str = "IN-HR") -> tuple[str, str | None]:
    [source] = [one for one in answer["sources"] if one["state"] == state]
    return source["status"], source["reason"]


def code_of(said: dict[str, Any]) -> str | None:
    """Give the code of the first error, None if there is none."""
    return said["errors"][0]["extensions"]["code"] if "errors" in said else None


NOT_UNDERSTOOD = ("INCOMPATIBLE", "ANSWER_NOT_UNDERSTOOD")


@pytest.fixture(scope="module")
async def opened(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    folder = tmp_path_factory.mktemp("hostile")
    async with circle_with_seats({"IN-RJ": local_graph}, folder, ["IN-HR"]) as (nodes, seats):
        home = nodes["IN-RJ"]
        certificates = tuple(pem for member in home.membership.members for pem in member.certificates)
        impostor = Impostor(seats["IN-HR"], certificates, home.watch)
        caller = await home.caller("adg.crime", compartments=("IN-HR:TIGER", "IN-RJ:DESERT", "IN-PB:LION"))
        own = await home.person(caller, NAME)
        impostor.manner = saying(page())
        await impostor.open()
        yield Two(home, impostor, caller, own)
        await impostor.close()


@pytest.fixture
async def two(opened: Two) -> Two:
    opened.home.watch.now = MORNING
    opened.impostor.manner = saying(page(opened.impostor.row(NAME)))
    return opened


# --- A hostile peer ---------------------------------------------------------------------------------------------


async def test_one_record_under_two_scores_is_not_shown_twice(two: Two) -> None:
    row = two.impostor.row(NAME)
    two.impostor.manner = saying(page(row, row, scores=(0.9, 0.5)))
    answer = await two.ask()
    assert source_of(answer) == NOT_UNDERSTOOD


async def test_a_row_cannot_say_that_it_is_another_states(two: Two) -> None:
    two.impostor.manner = saying(page(two.impostor.row(NAME, provenance={"owner": "IN-RJ", "level": 0})))
    answer = await two.ask()
    assert source_of(answer) == ("INCOMPATIBLE", "NOT_THE_OWNER")


async def test_a_record_is_the_one_that_was_asked_for(two: Two) -> None:
    asked, other = two.impostor.row("Asked"), two.impostor.row("Another")
    two.impostor.manner = saying({"record": other})
    answer = await two.ask(RECORD, id=asked["id"])
    assert source_of(answer) == NOT_UNDERSTOOD


async def test_a_record_does_not_come_as_an_identifier(two: Two) -> None:
    id = two.impostor.row(NAME)["id"]
    two.impostor.manner = saying({"record": {"__typename": "Identifier", "id": id}})
    assert source_of(await two.ask(RECORD, id=id)) == NOT_UNDERSTOOD
    # Nothing of it could be asserted: who may see it is not said.
    said = await two.post(ASSERT, a=two.own, b=id, m=marking(audience=[]))
    [problem] = said["data"]["assertSame"]["problems"]
    assert (problem["path"], problem["message"].split(".")[0]) == ("to", "IN-HR did not answer (INCOMPATIBLE)")


async def test_an_id_is_one_id_by_whatever_name_it_is_asked(two: Two) -> None:
    row = two.impostor.row(NAME)
    for also, source in [(row["id"], ("LIVE", None)), (two.own, NOT_UNDERSTOOD)]:
        two.impostor.manner = saying(page({**row, "also": also}))
        answer = await two.ask(FIND.replace(ROWS, "nodes { id also: id }"))
        assert source_of(answer) == source


PHONE, WRITTEN = "a" * 32, "98290 12345"
NETWORK = f"""query N($typed: [IdentifierInput!]!) {{ federated {{ network(from: [], identifiers: $typed, hops: 2) {{
  {ROWS} links {{ id kind from to }} assertions {{ id kind from other: to }} joins {{ ids }}
  gaps {{ at state reason }} {SOURCES} }} }} }}"""
TYPED = [{"kind": "PHONE", "value": WRITTEN}]


def asserted(person: str, other: str, **given: Any) -> dict[str, Any]:
    """Give what an owner may say of a record of its own and of another's."""
    link = {"id": f"urn:sangam:IN-HR:link:{uuid4()}", "kind": "SAME_AS", "from": person, "other": other}
    of_owner = {"kindOfOwner": "SAME_AS", "fromOfOwner": person, "toOfOwner": other}
    provenance = {"recordedAt": "2026-06-01T00:00:00Z", "onward": [], "audience": None}
    return {**link, **of_owner, "provenanceOfOwner": provenance, **given}


OTHER = "00000000-0000-4000-8000-000000000000"


def _of_its_own(said: dict[str, Any]) -> dict[str, Any]:
    own = f"urn:sangam:IN-HR:person:{OTHER}"
    return {**said, "other": own, "toOfOwner": own}


def _otherwise(**given: Any) -> Any:
    """Have what is said be otherwise than an honest owner says it."""
    return lambda said: [{**said[0], **given}]


def fragment(one: Impostor, **given: Any) -> dict[str, Any]:
    """Give a network that an owner might give: a phone that one person uses."""
    free = {"onward": [], "audience": None}
    person = {**one.row(NAME), "provenanceOfOwner": free}
    phone = {"__typename": "Identifier", "id": PHONE, "kindOfOwner": "PHONE"}
    link = {
        "id": f"urn:sangam:IN-HR:link:{uuid4()}",
        "kind": "USES_PHONE",
        "from": person["id"],
        "to": PHONE,
        "kindOfOwner": "USES_PHONE",
        "fromOfOwner": person["id"],
        "toOfOwner": PHONE,
        "writtenOfOwner": WRITTEN,
        "provenanceOfOwner": free,
    }
    said = {"nodes": [phone, person], "hops": [0, 1], "links": [link], "more": [], "linksCut": False}
    said["assertions"] = [asserted(person["id"], f"urn:sangam:IN-PB:person:{uuid4()}")]
    return {"network": said | {name: change(said[name]) for name, change in given.items()}}


ASSERT = """mutation A($a: ID!, $b: ID!, $m: MarkingInput!) {
  assertSame(from: $a, to: $b, marking: $m, evidence: [{text: "The same scar", source: "Diary 4"}]) {
    id problems { path message } } }"""


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({}, True),
        ({"compartment": "IN-HR:TIGER"}, True),
        ({"compartment": "a" * 20_000}, False),
        ({"compartment": "IN-HR:234567890124"}, False),
        ({"level": 9}, False),
    ],
)
async def test_what_an_owner_says_of_who_may_see_its_record_is_what_nodes_of_ours_say(
    two: Two, given: dict[str, Any], fits: bool
) -> None:
    plain = {"level": 0, "compartment": None, "onward": []}
    ends = {"reviewOn": "2026-12-01", "expiresAt": "2027-01-01T00:00:00Z"}
    row = two.impostor.row(NAME, provenance=plain | ends | given)
    two.impostor.manner = saying({"record": row})
    said = await two.post(ASSERT, a=two.own, b=row["id"], m=marking(audience=[]))
    problems = [] if fits else [{"path": "to", "message": "What its owner says of this record was not understood."}]
    assert said["data"]["assertSame"]["problems"] == problems


@pytest.mark.parametrize(
    "given", [{"compartment": "IN-HR:LION"}, {"expiresAt": "2026-01-01T00:00:00Z"}], ids=["hidden", "over"]
)
async def test_nobody_asserts_what_he_could_not_read(two: Two, given: dict[str, Any]) -> None:
    plain = {"level": 0, "compartment": None, "onward": [], "reviewOn": "2026-12-01"}
    row = two.impostor.row(NAME, provenance={**plain, "expiresAt": "2027-01-01T00:00:00Z", **given})
    two.impostor.manner = saying({"record": row})
    assert code_of(await two.post(ASSERT, a=two.own, b=row["id"], m=marking(audience=[]))) == "NOT_FOUND"


PERSONS = f"query P($first: Int! = 20) {{ federated {{ persons(first: $first) {{ {ROWS} {SOURCES} }} }} }}"


@pytest.mark.parametrize(
    ("keys", "fits"),
    [(("a", "b"), True), (("b", "a"), False), (("a", "k" * 1_001), False), ((None, "b"), False), ((1, "b"), False)],
)
async def test_a_list_stands_in_order_by_keys_that_a_cursor_can_hold(two: Two, keys: Any, fits: bool) -> None:
    rows = [two.impostor.row(NAME) for _ in keys]
    edges = [
        {"cursor": f"c{n}", "orderKey": key, "node": row} for n, (key, row) in enumerate(zip(keys, rows, strict=True))
    ]
    two.impostor.manner = saying({"persons": {"edges": edges, "pageInfo": {"hasNextPage": False}}})
    answer = await two.ask(PERSONS)
    assert source_of(answer) == (("LIVE", None) if fits else NOT_UNDERSTOOD)
    assert {row["id"] for row in rows} <= {row["id"] for row in answer["nodes"]} or not fits


async def test_a_list_of_persons_has_persons_alone(two: Two) -> None:
    gang = {"__typename": "Gang", "id": f"urn:sangam:IN-HR:gang:{uuid4()}"}
    edges = [{"cursor": "c", "orderKey": "a", "node": gang}]
    two.impostor.manner = saying({"persons": {"edges": edges, "pageInfo": {"hasNextPage": False}}})
    assert source_of(await two.ask(PERSONS)) == NOT_UNDERSTOOD


async def test_a_fragment_that_fits_is_shown(two: Two) -> None:
    two.impostor.manner = saying(fragment(two.impostor))
    answer = await two.ask(NETWORK, typed=TYPED)
    assert (source_of(answer), len(answer["nodes"]), len(answer["links"])) == (("LIVE", None), 2, 1)
    assert [one["kind"] for one in answer["assertions"]] == ["SAME_AS"]


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("a link to what is not there", {"nodes": lambda nodes: nodes[:1], "hops": lambda hops: hops[:1]}),
        ("a node farther than was asked", {"hops": lambda hops: [0, 3]}),
        ("fewer distances than nodes", {"hops": lambda hops: [0]}),
        ("a distance below none", {"hops": lambda hops: [0, -1]}),
        ("a distance that is no number", {"hops": lambda hops: [0, True]}),
        ("a node twice", {"nodes": lambda nodes: [nodes[0], nodes[0]]}),
        ("a link twice", {"links": lambda links: links * 2}),
        ("what is cut at a stranger", {"more": lambda more: [{"id": "b" * 32}]}),
        ("an identifier of no kind", {"nodes": lambda nodes: [{**nodes[0], "kindOfOwner": "CASTE"}, nodes[1]]}),
        ("an identifier that hides what it is", {"nodes": lambda nodes: [{**nodes[0], "kindOfOwner": None}, nodes[1]]}),
        ("a number longer than any", {"links": lambda links: [{**links[0], "writtenOfOwner": "9" * 300}]}),
        (
            "a word on who may be told that is none",
            {"links": lambda links: [{**links[0], "provenanceOfOwner": {"onward": "IN-PB", "audience": None}}]},
        ),
        ("a link drawn otherwise than it is joined", {"links": lambda links: [{**links[0], "to": "b" * 32}]}),
        ("links that are none", {"links": lambda links: [None]}),
        ("something said that is not said", {"assertions": lambda said: [None]}),
        ("something said twice", {"assertions": lambda said: said * 2}),
        ("something said of a stranger", {"assertions": _otherwise(fromOfOwner="urn:x")}),
        ("something said of two of its own", {"assertions": lambda said: [_of_its_own(said[0])]}),
        ("something said of an identifier", {"assertions": _otherwise(other="a" * 32, toOfOwner="a" * 32)}),
        ("something said of another kind", {"assertions": _otherwise(kind="MET_WITH", kindOfOwner="MET_WITH")}),
        (
            "something said at a time of no zone",
            {
                "assertions": _otherwise(
                    provenanceOfOwner={"onward": [], "audience": None, "recordedAt": "2026-06-01T00:00"}
                )
            },
        ),
        ("something said at no time", {"assertions": _otherwise(provenanceOfOwner={"onward": [], "audience": None})}),
        (
            "something told otherwise than it joins",
            {"assertions": _otherwise(other=f"urn:sangam:IN-PB:person:{OTHER}")},
        ),
        ("something told of its own", {"assertions": _otherwise(other=f"urn:sangam:IN-HR:person:{OTHER}")}),
        ("nodes beyond all bounds", {"nodes": lambda nodes: nodes * 300, "hops": lambda hops: hops * 300}),
    ],
)
async def test_a_fragment_that_does_not_fit_is_not_shown(two: Two, what: str, given: dict[str, Any]) -> None:
    two.impostor.manner = saying(fragment(two.impostor, **given))
    answer = await two.ask(NETWORK, typed=TYPED)
    assert source_of(answer) == NOT_UNDERSTOOD, what
    assert not answer["complete"]
    assert answer["nodes"] == answer["links"] == []


async def test_a_fragment_has_its_senders_records_alone(two: Two) -> None:
    stranger = {**two.impostor.row(NAME, owner="IN-PB"), "provenanceOfOwner": {"onward": [], "audience": None}}
    link = {"fromOfOwner": stranger["id"]}
    two.impostor.manner = saying(
        fragment(
            two.impostor,
            nodes=lambda nodes: [nodes[0], stranger],
            links=lambda links: [{**links[0], **link}],
            assertions=lambda _: [],
        )
    )
    answer = await two.ask(NETWORK, typed=TYPED)
    assert (source_of(answer), answer["nodes"]) == (("INCOMPATIBLE", "NOT_THE_OWNER"), [])


async def test_what_a_state_is_told_is_on_the_ledger_before_it_leaves(two: Two) -> None:
    """Whatever becomes of the question then: the node may be gone before it has answered."""
    ledger, found = two.home.desk.register.ledger, list[str]()

    async def looking(one: Impostor, asked: Asked, writer: asyncio.StreamWriter) -> None:
        found.extend(str(written.entry.variables) for written in await ledger.search(officer="adg.crime", first=1))
        await saying(fragment(one))(one, asked, writer)

    two.impostor.manner = looking
    answer = await two.ask(NETWORK, typed=TYPED)
    [correlation] = {source["correlationId"] for source in answer["sources"]}
    told = two.home.desk.keys.digest("ledger term", "+919829012345")
    assert correlation in found[-1]
    assert told in found[-1]
    assert "98290" not in found[-1]


async def test_a_peer_cannot_make_another_states_number_leave(two: Two) -> None:
    """What an owner lets be passed on is its own: that a number of this state is on its list changes nothing."""
    mine = await two.home.person(two.caller, "Kept At Home")
    said = marking(unit="RJ", audience=[])
    await two.caller.ask(
        "mutation L($a: ID!, $m: MarkingInput!) { link(kind: USES_PHONE, from: {id: $a}, "
        'to: {kind: PHONE, value: "98290 99999"}, marking: $m) { id } }',
        {"a": mine, "m": said},
    )
    two.impostor.manner = saying(fragment(two.impostor))
    around = NETWORK.replace("($typed: [IdentifierInput!]!)", "").replace(
        "from: [], identifiers: $typed", f'from: ["{mine}"]'
    )
    answer = await two.ask(around)
    assert [gap["reason"] for gap in answer["gaps"]] == ["NOT_DISCLOSED"]
    assert two.said_to_peer() == []


async def test_more_rows_than_were_asked_for_are_not_read(two: Two) -> None:
    rows = [{"__typename": "Person", "id": f"urn:sangam:IN-HR:person:{uuid4()}"} for _ in range(60_000)]
    two.impostor.manner = saying(page(*rows))
    said = await two.post(_federated("nodes { id }"), text=NAME)
    began = time.process_time()
    said = await two.post(_federated("nodes { id }"), text=NAME)
    answer, took = said["data"]["federated"]["find"], time.process_time() - began
    assert (source_of(answer), took < PEER_SECONDS * 1.1) == (NOT_UNDERSTOOD, True), took


async def test_a_list_in_a_row_has_an_end(two: Two) -> None:
    two.impostor.manner = saying(page(two.impostor.row(names=[{"text": ""}] * 600_000)))
    began = time.process_time()
    answer = await two.ask()
    took = time.process_time() - began
    assert (source_of(answer), took < PEER_SECONDS * 1.1) == (NOT_UNDERSTOOD, True), took


def _phones(two: Two, many: int, **link: Any) -> dict[str, Any]:
    """Make a row with so many phones."""
    id = f"urn:sangam:IN-HR:person:{uuid4()}"
    edges = []
    for n in range(many):
        said = {"id": f"urn:sangam:IN-HR:link:{uuid4()}", "from": id, "to": f"{n:032x}", **link}
        edges.append({"link": said, "node": {"id": f"{n:032x}", "kind": "PHONE"}})
    return {"__typename": "Person", "id": id, "phones": {"edges": edges}}


async def test_an_honest_row_with_links_is_shown(two: Two) -> None:
    two.impostor.manner = saying(page(_phones(two, 2)))
    assert source_of(await two.ask(NESTED)) == ("LIVE", None)


async def test_a_page_in_a_row_is_no_longer_than_was_asked(two: Two) -> None:
    two.impostor.manner = saying(page(_phones(two, 3)))
    assert source_of(await two.ask(NESTED)) == NOT_UNDERSTOOD


async def test_a_link_cannot_end_at_another_states_record(two: Two) -> None:
    two.impostor.manner = saying(page(_phones(two, 1, **{"from": two.own})))
    assert source_of(await two.ask(NESTED)) == ("INCOMPATIBLE", "NOT_THE_OWNER")


async def test_the_id_of_an_identifier_looks_like_one(two: Two) -> None:
    row = _phones(two, 1)
    row["phones"]["edges"][0]["node"]["id"] = "Call me on 98290 12345"
    two.impostor.manner = saying(page(row))
    assert source_of(await two.ask(NESTED)) == NOT_UNDERSTOOD


async def test_a_peer_cannot_spend_the_officers_day(two: Two) -> None:
    document = NESTED.replace("phones(first: 2)", "accounts(first: 2)").replace("node { id kind }", "node { id }")
    id = f"urn:sangam:IN-HR:person:{uuid4()}"
    edges = [
        {
            "link": {"id": f"urn:sangam:IN-HR:link:{uuid4()}", "from": id, "to": id},
            "node": {"id": f"urn:sangam:IN-HR:account:{uuid4()}"},
        }
        for _ in range(3_001)
    ]
    two.impostor.manner = saying(page({"__typename": "Person", "id": id, "accounts": {"edges": edges}}))
    said = await two.post(document, text=NAME)
    assert "errors" not in said
    assert two.own in {row["id"] for row in said["data"]["federated"]["find"]["nodes"]}


async def test_a_cursor_that_a_peer_makes_long_does_not_end_the_page(two: Two) -> None:
    rows = sorted((two.impostor.row(NAME) for _ in range(3)), key=lambda row: str(row["id"]))
    edges = [{"cursor": "c" * 70_000, "score": 1.0, "node": row} for row in rows]
    two.impostor.manner = saying({"find": {"edges": edges, "pageInfo": {"hasNextPage": True}}})
    answer = await two.ask(first=3)
    said = await two.post(FIND, text=NAME, first=3, after=answer["cursor"])
    assert "errors" not in said, said


async def test_a_row_does_not_come_again_on_the_next_page(two: Two) -> None:
    row = two.impostor.row(NAME)
    two.impostor.manner = saying(page(row, more=True))
    first = await two.ask()
    again = await two.ask(after=first["cursor"])
    assert row["id"] not in {one["id"] for one in again["nodes"]}


async def test_a_page_without_rows_is_the_last(two: Two) -> None:
    """Else its officer would ask the same page for ever."""
    two.impostor.manner = saying(page(more=True))
    answer = await two.ask()
    assert (source_of(answer), answer["complete"], answer["cursor"]) == (NOT_UNDERSTOOD, False, None)


@pytest.mark.parametrize("beside", ["", "NOT_FOUND"])
@pytest.mark.parametrize("data", [{}, {"records": None}, None])
async def test_an_answer_without_what_was_asked_does_not_say_that_it_is_not_there(
    two: Two, data: dict[str, Any] | None, beside: str
) -> None:
    two.impostor.manner = sending(_with_error(data, beside))
    id = f"urn:sangam:IN-HR:person:{uuid4()}"
    answer = await two.ask(RECORD, id=id)
    assert (source_of(answer), answer["complete"]) == (NOT_UNDERSTOOD, False)
    around = NETWORK.replace("$typed: [IdentifierInput!]!", "$id: ID!").replace(
        "from: [], identifiers: $typed", "from: [$id]"
    )
    answer = await two.ask(around, id=id)
    assert (source_of(answer), answer["complete"]) == (NOT_UNDERSTOOD, False)


@pytest.mark.parametrize("beside", ["", "NOT_FOUND"])
async def test_what_is_null_is_not_there(two: Two, beside: str) -> None:
    two.impostor.manner = sending(_with_error({"record": None}, beside))
    answer = await two.ask(RECORD, id=f"urn:sangam:IN-HR:person:{uuid4()}")
    assert (source_of(answer), answer["complete"], answer["nodes"]) == (("LIVE", None), True, [])


async def test_what_is_said_not_to_be_there_does_not_come_all_the_same(two: Two) -> None:
    row = two.impostor.row(NAME)
    two.impostor.manner = sending(_with_error({"record": row}, "NOT_FOUND"))
    answer = await two.ask(RECORD, id=row["id"])
    assert (source_of(answer), answer["nodes"]) == (NOT_UNDERSTOOD, [])


def _with_error(data: Any, code: str) -> bytes:
    """Write an answer with data, and beside it an error if it has a code."""
    errors = [{"message": "There is nothing here.", "path": ["record"], "extensions": {"code": code}}]
    return json.dumps({"data": data} | ({"errors": errors} if code else {})).encode()


DATED = f"""query D($text: String!) {{ federated {{ find(text: $text) {{
  nodes {{ id ... on Person {{ provenance {{ validFrom recordedAt onward }} }} }} {SOURCES} }} }} }}"""
DAY, MOMENT = "2026-05-04", "2026-05-04T09:00:00Z"


@pytest.mark.parametrize(
    ("field", "sent", "fits"),
    [
        ("validFrom", DAY, True),
        ("validFrom", None, True),
        ("validFrom", "2024-02-29", True),
        ("validFrom", "2026-02-29", False),
        ("validFrom", "2026-13-01", False),
        ("validFrom", "0001-01-01", False),
        ("validFrom", "9999-12-31", False),
        ("validFrom", "20260504", False),
        ("validFrom", "2026-W19-1", False),
        ("validFrom", MOMENT, False),
        ("validFrom", "2026-05-04 ", False),
        ("validFrom", "٢٠٢٦-٠٥-٠٤", False),
        ("validFrom", "yesterday", False),
        ("validFrom", 20260504, False),
        ("validFrom", [DAY], False),
        ("recordedAt", MOMENT, True),
        ("recordedAt", "2026-05-04T09:00:00.000001Z", True),
        ("recordedAt", "2026-05-04T09:00:00", False),
        ("recordedAt", "2026-05-04T14:30:00+05:30", False),
        ("recordedAt", "2026-05-04T25:00:00Z", False),
        ("recordedAt", "2026-05-04T09:00:60Z", False),
        ("recordedAt", "0001-01-01T00:00:00Z", False),
        ("recordedAt", "9999-12-31T23:59:59Z", False),
        ("recordedAt", "2026-05-04t09:00:00z", False),
        ("recordedAt", DAY, False),
        ("recordedAt", "<b>2026</b>", False),
        ("recordedAt", None, False),
        ("recordedAt", 1777885200, False),
        ("onward", ["IN-PB", "IN-UP"], True),
        ("onward", ["Punjab"], False),
        ("onward", ["in-pb"], False),
        ("onward", ["IN-PB\n"], False),
        ("onward", ["IN-\u0420\u0412"], False),
        ("onward", [5], False),
    ],
)
async def test_a_day_a_moment_and_a_state_are_such_as_nodes_of_ours_write_them(
    two: Two, field: str, sent: Any, fits: bool
) -> None:
    said = {"owner": "IN-HR", "validFrom": DAY, "recordedAt": MOMENT, "onward": []} | {field: sent}
    row = two.impostor.row(NAME, provenance=said)
    two.impostor.manner = saying(page(row))
    answer = await two.ask(DATED)
    assert source_of(answer) == (("LIVE", None) if fits else NOT_UNDERSTOOD)
    shown = {name: said[name] for name in ("validFrom", "recordedAt", "onward")}
    assert [one["provenance"] for one in answer["nodes"] if one["id"] == row["id"]] == ([shown] if fits else [])


@pytest.mark.parametrize("data", [{}, {"find": None}])
async def test_an_answer_without_a_page_is_no_answer(two: Two, data: dict[str, Any]) -> None:
    two.impostor.manner = saying(data)
    answer = await two.ask()
    assert (source_of(answer), answer["complete"]) == (NOT_UNDERSTOOD, False)


async def test_one_officers_limit_closes_no_peer_to_the_others(two: Two) -> None:
    two.impostor.manner = failing("LIMIT", "429 Too Many Requests")
    await two.ask()
    for _ in range(FAILURES):
        await two.caller.post(FIND, {"text": NAME})
    assert not two.home.federation.fanout.breaker("IN-HR").open


async def test_a_record_of_a_state_that_is_no_member_is_not_a_complete_answer(two: Two) -> None:
    answer = await two.ask(RECORD, id=f"urn:sangam:IN-DL:person:{uuid4()}")
    assert not answer["complete"]


@pytest.mark.parametrize("score", [True, 1e300, -1.0])
async def test_a_score_is_a_number_from_nought_to_one(two: Two, score: float) -> None:
    two.impostor.manner = saying(page(two.impostor.row(NAME), scores=(score,)))
    assert source_of(await two.ask()) == NOT_UNDERSTOOD


async def test_what_a_peer_sends_beside_what_was_asked_goes_nowhere(two: Two) -> None:
    row = two.impostor.row(NAME, secret="not asked", marks=["not asked"])
    row["provenance"]["rev"] = "not asked"
    two.impostor.manner = saying(page(row) | {"me": "not asked"})
    said = await two.post(FIND, text=NAME)
    assert "not asked" not in str(said)
    assert row["id"] in str(said)


# --- What leaves ------------------------------------------------------------------------------------------------


async def test_a_peer_is_told_the_question_and_the_officer_and_nothing_else(two: Two) -> None:
    answer = await two.ask(first=7)
    [asked] = two.said_to_peer()
    assert asked.said["variables"] == {"text": NAME, "first": 7, "afterOfOwner": None}
    assert two.own not in asked.body.decode()
    claims = asked.claims
    assert claims["compartments"] == ["IN-HR:TIGER"], "those that bear the peer's name"
    assert (claims["iss"], claims["aud"], claims["sub"]) == ("IN-RJ", "IN-HR", "IN-RJ:adg.crime")
    assert (claims["enquiry"], claims["case_ref"]) == (two.caller.enquiry, "FIR 0123/2026")
    assert claims["exp"] - claims["iat"] == 120
    assert claims["jti"].partition(".")[0] == answer["sources"][0]["correlationId"]
    assert asked.headers.keys() <= {"host", "authorization", "content-type", "accept", "content-length"}


async def test_each_question_of_one_request_has_a_token_of_its_own(two: Two) -> None:
    text = "query T($text: String!) { federated { a: find(text: $text) { %s } b: find(text: $text) { %s } } }"
    said = await two.post(text % (ROWS, ROWS), text=NAME)
    assert "errors" not in said
    names = {one.claims["jti"] for one in two.said_to_peer()}
    assert len(names) == len(two.said_to_peer()) == 2


async def test_variables_of_other_questions_stay_here(two: Two) -> None:
    text = """query V($text: String!, $own: String!, $yes: Boolean!) {
      find(text: $own) { totalCount } federated @include(if: $yes) { find(text: $text) { nodes { id } complete } } }"""
    await two.post(text, text=NAME, own="ours alone", yes=True)
    [asked] = two.said_to_peer()
    assert asked.said["variables"].keys() == {"text", "afterOfOwner"}
    assert "ours alone" not in asked.body.decode()


async def test_the_officers_cursor_is_not_sent_to_a_peer(two: Two) -> None:
    rows = [two.impostor.row(NAME) for _ in range(2)]
    two.impostor.manner = saying(page(*rows, more=True))
    first = await two.ask(first=2)
    await two.ask(first=2, after=first["cursor"])
    [asked] = two.said_to_peer()
    assert first["cursor"] not in asked.body.decode()
    assert "after" not in asked.said["variables"]


async def test_a_question_that_is_refused_at_home_is_put_to_nobody(two: Two) -> None:
    two.impostor.keeps_alive = True
    await two.ask()
    try:
        said = await two.post(FIND, text="x" * 201)
        await asyncio.sleep(0.1)
    finally:
        two.impostor.keeps_alive = False
    assert code_of(said) == "BAD_INPUT"
    assert [one.said["variables"]["text"] for one in two.impostor.asked] == [], "and what was typed has not left"


# --- A hostile officer ------------------------------------------------------------------------------------------


def _federated(nodes: str, head: str = "$text: String!") -> str:
    return f"query H({head}) {{ federated {{ find(text: $text) {{ {nodes} {SOURCES} }} }} }}"


ALIASES = {
    "id": "nodes { id: __typename }",
    "__typename": "nodes { ... on Person { __typename: category } }",
    "id below": "nodes { ... on Person { phones { edges { link { id: kind } } } } }",
    "id of something with fields": "nodes { ... on Person { id: names { text } } }",
}


@pytest.mark.parametrize("case", ALIASES)
async def test_an_alias_that_takes_the_place_of_what_is_checked_is_refused_here(two: Two, case: str) -> None:
    said = await two.post(_federated(ALIASES[case]), text=NAME)
    assert code_of(said) == "BAD_INPUT"
    assert two.impostor.asked == []


async def test_a_variable_by_the_name_of_ours_is_refused_here(two: Two) -> None:
    text = f"query H($afterOfOwner: String!) {{ federated {{ find(text: $afterOfOwner) {{ {ROWS} {SOURCES} }} }} }}"
    said = await two.post(text, afterOfOwner=NAME)
    assert code_of(said) == "BAD_INPUT"
    assert two.impostor.asked == []


async def test_a_document_that_derives_to_too_much_is_refused_here(two: Two) -> None:
    many = " ".join(
        f"... on {kind} {{ {' '.join(f'{at}(first: 1) {{ edges {{ node {{ __typename }} }} }}' for at in pages)} }}"
        for kind, pages in {
            "Person": ["accounts", "phones", "identifiers", "incidents", "vehicles", "bankAccounts", "cases"],
            "Incident": ["persons", "phones", "accounts", "bankAccounts", "vehicles", "weapons", "places", "cases"],
            "Gang": ["members", "rivals", "allies", "splitFrom", "splinters", "incidents", "accounts", "documents"],
            "Vehicle": ["persons", "incidents", "places", "notices", "identifiers", "documents", "sameAs"],
            "Identifier": ["persons", "accounts", "incidents", "calls", "vehicles", "bankAccounts", "cases"],
            "SocialAccount": ["persons", "gangs", "incidents", "identifiers", "documents", "sameAs"],
            "Document": ["persons", "gangs", "incidents", "cases", "assistances", "sameAs"],
            "BankAccount": ["persons", "gangs", "incidents", "identifiers", "documents", "sameAs"],
        }.items()
    )
    said = await two.post(_federated(f"nodes {{ {many} }}"), text="nobody of that name")
    if "errors" in said and not two.impostor.asked:
        assert code_of(said) in ("BAD_INPUT", "LIMIT")
        return
    [asked] = two.said_to_peer()
    try:
        measure(parse(asked.said["query"]), introspection=False)
    except DocumentRefused as refused:
        raise AssertionError(refused.message) from None


async def test_rows_asked_for_twice_are_refused(two: Two) -> None:
    said = await two.post(_federated("nodes { id } more: nodes { __typename }"), text=NAME)
    assert code_of(said) == "BAD_INPUT"
    assert two.impostor.asked == []


async def test_fragments_and_aliases_derive_to_what_they_say(two: Two) -> None:
    text = """query H($text: String!) { ...Q }
      fragment Q on Query { many: federated { ...M } }
      fragment M on Federated { all: find(text: $text) { ...R } }
      fragment R on FederatedResult { rows: nodes { ...N } complete sources { state status reason } }
      fragment N on Node { key: id ... on Person { called: names { as: text } kindOf: category } }"""
    row = two.impostor.row(NAME)
    sent = {**row, "key": row["id"], "called": [{"as": NAME}], "kindOf": "SUSPECT"}
    two.impostor.manner = saying(page(sent))
    said = await two.post(text, text=NAME)
    answer = said["data"]["many"]["all"]
    assert source_of(answer) == ("LIVE", None)
    shown = [one for one in answer["rows"] if one["key"] == row["id"]]
    assert shown == [{"key": row["id"], "called": [{"as": NAME}], "kindOf": "SUSPECT"}]


@pytest.mark.parametrize("yes", [True, False])
async def test_what_is_left_out_by_a_directive_is_neither_asked_of_the_answer_nor_shown(two: Two, yes: bool) -> None:
    nodes = "nodes { id ... on Person @include(if: $yes) { names @skip(if: $no) { text } category } }"
    row = two.impostor.row(NAME)
    two.impostor.manner = saying(page(row))
    head = "$text: String!, $yes: Boolean!, $no: Boolean!"
    said = await two.post(_federated(nodes, head), text=NAME, yes=yes, no=True)
    answer = said["data"]["federated"]["find"]
    assert source_of(answer) == ("LIVE", None)
    [shown] = [one for one in answer["nodes"] if one["id"] == row["id"]]
    assert shown == ({"id": row["id"], "category": "SUSPECT"} if yes else {"id": row["id"]})


async def test_an_id_left_out_by_a_directive_is_checked_all_the_same(two: Two) -> None:
    nodes = "nodes { id @include(if: $yes) ... on Person { category } }"
    two.impostor.manner = saying(page(two.impostor.row(NAME)))
    said = await two.post(_federated(nodes, "$text: String!, $yes: Boolean!"), text=NAME, yes=False)
    answer = said["data"]["federated"]["find"]
    assert (source_of(answer), source_of(answer, "IN-RJ")) == (("LIVE", None), ("LOCAL", None))
    assert all(one.keys() == {"category"} for one in answer["nodes"])


async def test_a_number_for_an_id_is_an_id_that_is_not_there(two: Two) -> None:
    said = await two.post(RECORD, id=10**40)
    assert "errors" not in said, said
    assert said["data"]["federated"]["record"]["nodes"] == []


async def test_the_ledger_here_says_which_record_of_another_state_was_asked_for(two: Two) -> None:
    id = f"urn:sangam:IN-HR:person:{uuid4()}"
    two.impostor.manner = saying({"record": None})
    await two.ask(RECORD, id=id)
    [entry] = [one.entry for one in await two.home.desk.register.ledger.search(officer="adg.crime", first=1)]
    assert id in str(entry.variables) or two.home.desk.keys.digest("ledger term", id) in str(entry.variables)


async def test_one_request_asks_a_peer_only_so_often(two: Two) -> None:
    text = "query M($text: String!) { federated { %s } }"
    many = " ".join(f"a{n}: find(text: $text) {{ nodes {{ id }} }}" for n in range(15))
    await two.post(text % many, text=NAME)
    assert len(two.said_to_peer()) <= 5


async def test_who_holds_more_compartments_than_a_peer_can_be_told_of_is_refused_and_asks_nobody(two: Two) -> None:
    many = tuple(f"IN-HR:{number:02}{'K' * 38}" for number in range(60))
    keyholder = await two.home.caller("adg.keys", compartments=many)
    asked = len(two.impostor.asked)
    assert await keyholder.code(FIND, {"text": NAME}) == "REFUSED"
    assert len(two.impostor.asked) == asked


async def test_a_peers_compartments_are_not_granted_by_asking(two: Two) -> None:
    """What a peer is told of level is the officer's own; no variable or argument moves it."""
    await two.ask()
    [asked] = two.said_to_peer()
    assert asked.claims["level"] == Level.SOURCE_BEARING
