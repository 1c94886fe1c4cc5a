"""Those who follow an account, over HTTP: acts under pseudonyms that lead to nobody, and audiences as published."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_composite_type, is_input_type

from api.gql.schema import SCHEMA
from graph.library import names, statement
from graph.local import LocalGraph
from schemas.link import RELATIONS
from schemas.records import RECORDS
from tests.station import MORNING, TODAY, Caller, Station, marking, name, station

pytestmark = pytest.mark.anyio

ACCOUNT = """mutation($a: SocialAccountInput!, $m: MarkingInput!) {
  recordSocialAccount(socialAccount: $a, marking: $m) { socialAccount { id } problems { path message } } }"""
ACT = """mutation($id: ID!, $f: FollowerInput!, $a: FollowerActInput!, $m: MarkingInput!) {
  recordFollowerAct(account: $id, follower: $f, act: $a, marking: $m) { id problems { path message } } }"""
AUDIENCE = """mutation($id: ID!, $a: AudienceInput!, $m: MarkingInput!) {
  recordAudienceSnapshot(account: $id, audience: $a, marking: $m) { id problems { path message } } }"""
ACTS = """query($id: ID!, $first: Int! = 20, $after: String) { socialAccount(id: $id) {
  followerActs(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id follower act happenedOn section provenance { level recordedBy rev } } } } } }"""
AUDIENCES = """query($id: ID!) { socialAccount(id: $id) { audience {
  totalCount edges { node { id takenOn total growth cells { district followers } provenance { owner } } } } } }"""
ONE, OTHER = "INSTAGRAM:17841499000000001", "INSTAGRAM:17841499000000002"
HANDLE = "who.follows.4711"


@pytest.fixture
async def node(local_graph: LocalGraph, tmp_path: Path) -> AsyncIterator[Station]:
    async with station(local_graph, tmp_path) as made:
        yield made


@pytest.fixture
async def officer(node: Station) -> Caller:
    return await node.caller()


async def account(officer: Caller, number: int = 1, **given: Any) -> str:
    said = {"platform": "INSTAGRAM", "accountId": f"1784140000000000{number}", "handle": "black.camel"}
    made = await officer.ask(ACCOUNT, {"a": said, "m": marking(**given)})
    return str(made["recordSocialAccount"]["socialAccount"]["id"])


async def act(
    officer: Caller, account: str, who: str = ONE, *, on: str = "2026-05-20", m: Any = None, **said: Any
) -> Any:
    given = {"act": "PAYMENT", "happenedOn": on, "section": "BNS 111(3)", **said}
    follower = {"socialId": who, "handle": HANDLE}
    return (await officer.ask(ACT, {"id": account, "f": follower, "a": given, "m": m or marking()}))[
        "recordFollowerAct"
    ]


async def acts(officer: Caller, account: str) -> list[dict[str, Any]]:
    page = (await officer.ask(ACTS, {"id": account}))["socialAccount"]["followerActs"]
    assert page["totalCount"] == len(page["edges"])
    return [edge["node"] for edge in page["edges"]]


async def stored(node: Station, text: str, **given: Any) -> list[list[Any]]:
    async with node.driver.session() as session:
        return [record.values() async for record in await session.run(text, given)]


def written(folder: Path) -> list[bytes]:
    """Give what lies in every file of a folder."""
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


async def test_acts_of_one_follower_share_a_sign_and_come_newest_first(officer: Caller) -> None:
    of = await account(officer)
    made = [
        (await act(officer, of, who, on=on))["id"]
        for who, on in ((ONE, "2026-05-01"), (OTHER, "2026-05-03"), (ONE, "2026-05-02"))
    ]
    found = await acts(officer, of)
    assert [one["id"] for one in found] == [made[1], made[2], made[0]]
    signs = [one["follower"] for one in found]
    assert signs[1] == signs[2] != signs[0]
    assert found[0] | {"id": "", "follower": ""} == {
        "id": "",
        "follower": "",
        "act": "PAYMENT",
        "happenedOn": "2026-05-03",
        "section": "BNS 111(3)",
        "provenance": {"level": 0, "recordedBy": officer.officer.id, "rev": None},
    }


async def test_pages_of_acts_go_on_where_they_ended(officer: Caller) -> None:
    of = await account(officer)
    made = {(await act(officer, of, on=f"2026-05-0{1 + n // 2}"))["id"] for n in range(5)}
    after, met = None, []
    while True:
        page = (await officer.ask(ACTS, {"id": of, "first": 2, "after": after}))["socialAccount"]["followerActs"]
        met += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(met) == 5
    assert set(met) == made
    assert met == [one["id"] for one in await acts(officer, of)]


async def test_nothing_is_joined_to_a_follower_but_versions_of_its_own(node: Station, officer: Caller) -> None:
    of = await account(officer)
    one = (await act(officer, of))["id"]
    await act(officer, of)
    await officer.ask('mutation($id: ID!) { withdraw(id: $id, reason: "Mistaken.") { id } }', {"id": one})
    rows = await stored(
        node, "MATCH (n:Follower)-[r]-(m) RETURN DISTINCT type(r), labels(m), startNode(r) = n ORDER BY type(r)"
    )
    assert rows == [["HEAD", ["Version"], True], ["WAS", ["Version"], True]]
    assert await stored(node, "MATCH (v:Version)--(n) WITH v, count(n) AS ends RETURN DISTINCT ends") == [[1]]
    # Nor do keys lead to it, or values that something else touches.
    assert await stored(node, "MATCH (k) WHERE k:Key AND NOT k:Operation AND (k)--(:Follower) RETURN count(k)") == [[0]]
    assert [one["id"] for one in await acts(officer, of)] != [one]


async def test_one_follower_is_not_known_again_in_another_account_or_quarter(node: Station, officer: Caller) -> None:
    first, second = await account(officer), await account(officer, 2)
    for of in (first, second):
        await act(officer, of)
    await act(officer, first, on="2026-03-20")  # another quarter's act, recorded in this one
    node.watch.move(days=60)
    later = await node.caller("rj.later")
    await act(later, first, m=marking(reviewOn="2027-02-01"))  # recorded in another quarter
    rows = await stored(node, "MATCH (:Follower)-[:HEAD]->(v) RETURN DISTINCT v.pseudonym")
    assert len(rows) == 4
    assert len({one["follower"] for one in await acts(later, first)}) == 3


async def test_who_it_is_lies_nowhere_in_the_clear(node: Station, officer: Caller, tmp_path: Path) -> None:
    of = await account(officer)
    assert (await act(officer, of))["id"]
    rows = await stored(node, "MATCH (n) RETURN labels(n), properties(n)") + await stored(
        node, "MATCH ()-[r]->() RETURN type(r), properties(r)"
    )
    files = written(tmp_path)
    assert any(of.encode() in one for one in files)
    number = ONE.partition(":")[2]
    for secret in (number, HANDLE):
        assert not any(secret in repr(row) for row in rows)
        assert not any(secret.encode() in one for one in files)
    # Nor under the one name that such an id has everywhere else.
    for digest in (
        node.desk.keys.value_id("SOCIAL_ID", ONE),
        node.desk.keys.digest("ledger term", ONE),
        node.desk.keys.digest("ledger term", number),
    ):
        assert not any(digest in repr(row) for row in rows)
        assert not any(digest.encode() in one for one in files)


async def test_a_marking_does_not_say_who_the_follower_is(officer: Caller) -> None:
    of = await account(officer)
    for field, text in (("caseRef", "17841499000000001"), ("legalBasis", f"Seen of @{HANDLE.upper()}")):
        assert [one["path"] for one in (await act(officer, of, m=marking(**{field: text})))["problems"]] == [
            f"marking.{field}"
        ]


async def test_an_act_is_refused_for_an_account_that_is_not_seen_and_hidden_with_one_that_is_not(
    node: Station, officer: Caller
) -> None:
    hidden, of = await account(officer, 2, level=2), await account(officer)
    low = await node.caller("rj.low", level=0)
    given = {"act": "ARMS", "happenedOn": "2026-05-20", "section": "BNS 111(3)"}
    for id in (hidden, "x", of.replace("account", "person")):
        variables = {"id": id, "f": {"socialId": ONE}, "a": given, "m": marking()}
        assert await low.code(ACT, variables) == "NOT_FOUND"
    # As strict as its account, whatever its own marking says.
    await act(officer, hidden)
    assert await stored(node, "MATCH (n:Follower)-[:HEAD]->(v) RETURN DISTINCT (n.level + v.level) / 2") == [[2]]
    # Stricter by itself: others do not see it, nor in whose name acts that they do see stand.
    await act(officer, of, on="2026-05-01", m=marking(level=2))
    await act(low, of, on="2026-05-02")
    assert [len(await acts(who, of)) for who in (officer, low)] == [2, 1]
    assert len({one["follower"] for one in await acts(officer, of)}) == 1


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"happenedOn": "2026-06-05"}, "act.happenedOn"),
        ({"section": "BNSS 170"}, "act.section"),
        ({"section": "PASA-RJ 3"}, "act.section"),
        ({"section": "BNS 9999"}, "act.section"),
    ],
)
async def test_an_act_that_was_not_or_that_no_section_punishes_is_refused(
    officer: Caller, said: dict[str, str], path: str
) -> None:
    of = await account(officer)
    assert [one["path"] for one in (await act(officer, of, **said))["problems"]] == [path]
    assert await acts(officer, of) == []


async def test_an_act_asked_twice_under_one_key_is_one(officer: Caller) -> None:
    of = await account(officer)
    given = {"act": "RECCE", "happenedOn": "2026-05-20", "section": "BNS 111(3)"}
    variables = {"id": of, "f": {"socialId": ONE}, "a": given, "m": marking()}
    twice = [
        (await officer.ask(ACT, variables, **{"idempotency-key": "k"}))["recordFollowerAct"]["id"] for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(await acts(officer, of)) == 1
    other = {**variables, "f": {"socialId": OTHER}}
    [problem] = (await officer.ask(ACT, other, **{"idempotency-key": "k"}))["recordFollowerAct"]["problems"]
    assert problem["path"] == "idempotencyKey"


async def test_no_question_answers_with_a_follower_but_its_account(officer: Caller) -> None:
    """Ask by everything that an act shows, and by who was meant."""
    of = await account(officer)
    person = (
        await officer.ask(
            """mutation($p: PersonInput!, $m: MarkingInput!) {
              recordPerson(person: $p, marking: $m) { person { id } } }""",
            {"p": {"category": "SUSPECT", "names": [name("Sukhdev Test")]}, "m": marking()},
        )
    )["recordPerson"]["person"]["id"]
    await officer.ask(
        """mutation($id: ID!, $to: ID!, $m: MarkingInput!) {
          link(kind: USES_ACCOUNT, from: {id: $id}, to: {id: $to}, marking: $m) { id } }""",
        {"id": person, "to": of, "m": marking()},
    )
    made = (await act(officer, of))["id"]
    [one] = await acts(officer, of)
    for id in (made, one["follower"]):
        for text in (
            "query($id: ID!) { record(id: $id) { id } }",
            "query($id: ID!) { person(id: $id) { id } }",
            "query($id: ID!) { socialAccount(id: $id) { id } }",
            "query($id: ID!) { explainAccess(id: $id) { id } }",
            "query($id: ID!) { history(id: $id) { more } }",
            "query($id: ID!) { network(from: [$id]) { nodes { id } } }",
            'query($id: ID!, $p: ID! = "' + person + '") { paths(from: $p, to: $id) { paths { nodes { id } } } }',
            '{ _entities(representations: [{__typename: "SocialAccount", id: "' + id + '"}]) { ... on Node { id } } }',
        ):
            variables = {"id": id} if "$id" in text else {}
            assert await officer.code(text, variables) == "NOT_FOUND", text
    for text in (made, one["follower"], ONE, ONE.partition(":")[2], HANDLE):
        found = await officer.ask("query($t: String!) { find(text: $t) { totalCount } }", {"t": text})
        assert found["find"]["totalCount"] == 0, text
    await officer.code('{ identifier(kind: SOCIAL_ID, value: "' + ONE + '") { id } }')
    network = await officer.ask("query($id: ID!) { network(from: [$id], hops: 3) { nodes { id } } }", {"id": of})
    assert {row["id"] for row in network["network"]["nodes"]} == {of, person}
    linked = """mutation($id: ID!, $p: ID!, $m: MarkingInput!) {
      link(kind: USES_ACCOUNT, from: {id: $p}, to: {id: $id}, marking: $m) { id } }"""
    assert await officer.code(linked, {"id": made, "p": person, "m": marking()}) == "NOT_FOUND"


# Over the schema.

_TYPES = {name: type for name, type in SCHEMA._schema.type_map.items() if not name.startswith("__")}


def reachable(start: str) -> set[str]:
    """Give the types that fields lead to from a type."""
    met, wanted = set(), [start]
    while wanted:
        name = wanted.pop()
        if name in met:
            continue
        met.add(name)
        type = _TYPES[name]
        if isinstance(type, GraphQLObjectType):
            wanted += [get_named_type(field.type).name for field in type.fields.values()]
    return {name for name in met if is_composite_type(_TYPES[name])}


def test_no_field_leads_from_a_follower_to_anybody() -> None:
    assert reachable("FollowerAct") == {"FollowerAct", "Provenance"}
    ids = [
        f"{of}.{field}"
        for of in ("FollowerAct", "Provenance")
        for field, given in _TYPES[of].fields.items()
        if get_named_type(given.type).name == "ID"
    ]
    assert ids == ["FollowerAct.id"]
    assert not _TYPES["FollowerAct"].interfaces


def test_followers_acts_are_read_through_their_account_alone() -> None:
    """Every field that gives acts, whatever it stands in."""
    gives = {
        (name, field)
        for name, type in _TYPES.items()
        if isinstance(type, GraphQLObjectType)
        for field, given in type.fields.items()
        if get_named_type(given.type).name.startswith("FollowerAct") and not name.startswith("FollowerAct")
    }
    assert gives == {("SocialAccount", "followerActs")}


def test_who_is_meant_comes_in_one_at_a_time_and_by_one_change() -> None:
    """No list of followers, and no other input that holds one: there is no upload of many."""
    holds = {
        (name, place)
        for name, type in _TYPES.items()
        if hasattr(type, "fields")
        for place, given in type.fields.items()
        if is_input_type(type) and get_named_type(given.type).name == "FollowerInput"
    }
    taken = {
        (field, argument, str(given.type))
        for root in ("Query", "Mutation")
        for field, of in _TYPES[root].fields.items()
        for argument, given in of.args.items()
        if get_named_type(given.type).name == "FollowerInput"
    }
    assert (holds, taken) == (set(), {("recordFollowerAct", "follower", "FollowerInput!")})


def test_there_is_no_way_to_unmask() -> None:
    """No word of it in the schema, and no question to the graph gives a pseudonym or a sealed handle back."""
    said = {place.casefold() for type in _TYPES.values() for place in getattr(type, "fields", ())} | {
        argument.casefold()
        for root in ("Query", "Mutation")
        for field in _TYPES[root].fields.values()
        for argument in field.args
    }
    hints = ("mask", "reveal", "pseudonym", "sealed")
    assert {word for word in said if any(hint in word for hint in hints)} == set()
    assert not [given for of in reachable("FollowerAct") for given in _TYPES[of].fields if given == "handle"]
    for one in names():
        text = statement(one).text
        assert "sealed_handle" not in text
        assert "pseudonym" not in text


def test_a_follower_is_no_kind_of_record_and_no_end_of_a_relation() -> None:
    assert "follower" not in {str(kind) for kind in RECORDS}
    assert "follower" not in {str(end) for row in RELATIONS.values() for pair in row.ends for end in pair}


# Audiences.


def counts(**of: int) -> list[dict[str, Any]]:
    return [{"district": f"RJ-D-{code}", "followers": number} for code, number in of.items()]


async def audience(officer: Caller, account: str, on: str, m: Any = None, **of: int) -> Any:
    given = {"takenOn": on, "districts": counts(**of)}
    return (await officer.ask(AUDIENCE, {"id": account, "a": given, "m": m or marking()}))["recordAudienceSnapshot"]


async def audiences(officer: Caller, account: str) -> list[dict[str, Any]]:
    page = (await officer.ask(AUDIENCES, {"id": account}))["socialAccount"]["audience"]
    return [edge["node"] for edge in page["edges"]]


async def test_an_audience_is_published_in_rounded_cells_that_keep_still_for_few(officer: Caller) -> None:
    of = await account(officer)
    for on, ajm, kota in (("2026-05-01", 104, 19), ("2026-05-08", 119, 20), ("2026-05-15", 120, 0)):
        assert (await audience(officer, of, on, AJM=ajm, ALW=kota))["problems"] == []
    said = [
        (
            one["takenOn"],
            one["total"],
            one["growth"],
            {cell["district"][-3:]: cell["followers"] for cell in one["cells"]},
        )
        for one in await audiences(officer, of)
    ]
    assert said == [
        ("2026-05-15", 120, 0, {"AJM": 120, "ALW": None}),
        ("2026-05-08", 120, 20, {"AJM": 100, "ALW": 20}),
        ("2026-05-01", 100, None, {"AJM": 100, "ALW": None}),
    ]


async def test_growth_is_told_of_an_audience_of_which_nothing_else_is_asked(officer: Caller) -> None:
    of = await account(officer)
    for on, number in (("2026-05-01", 100), ("2026-05-08", 150)):
        await audience(officer, of, on, AJM=number)
    text = "query($id: ID!) { socialAccount(id: $id) { audience { edges { node { growth } } } } }"
    page = (await officer.ask(text, {"id": of}))["socialAccount"]["audience"]
    assert [edge["node"]["growth"] for edge in page["edges"]] == [50, None]


async def test_an_audience_is_published_at_most_weekly(officer: Caller) -> None:
    of, other = await account(officer), await account(officer, 2)
    assert (await audience(officer, of, "2026-05-08", AJM=100))["id"]
    for on in ("2026-05-01", "2026-05-08", "2026-05-14"):
        [problem] = (await audience(officer, of, on, AJM=500))["problems"]
        assert (problem["path"], "2026-05-08" in problem["message"]) == ("audience.takenOn", True)
    assert (await audience(officer, other, "2026-05-09", AJM=500))["id"]
    assert (await audience(officer, of, "2026-05-15", AJM=500))["id"]


async def test_what_was_counted_is_not_kept(node: Station, officer: Caller, tmp_path: Path) -> None:
    of = await account(officer)
    await audience(officer, of, "2026-05-08", AJM=700_004_711, ALW=17)
    rows = await stored(node, "MATCH (n) RETURN properties(n)")
    assert any("700004710" in repr(row) for row in rows)
    assert not any("700004711" in repr(row) or '"followers":17' in repr(row) for row in rows)
    assert not any(b"700004711" in one for one in written(tmp_path))


async def test_an_audience_is_seen_by_whoever_sees_the_account(node: Station, officer: Caller) -> None:
    of = await account(officer, level=1, audience=["IN-PB"])
    for given, path in (
        ({"level": 2, "audience": ["IN-PB"]}, "marking.level"),
        ({"level": 1}, "marking.audience"),
        ({"level": 1, "audience": ["IN-PB", "IN-DL"]}, "marking.audience"),
    ):
        said = await audience(officer, of, "2026-05-08", marking(**given), AJM=100)
        assert [one["path"] for one in said["problems"]] == [path]
    assert (await audience(officer, of, "2026-05-08", marking(level=1, audience=["IN-PB"]), AJM=100))["id"]
    low = await node.caller("rj.low", level=0)
    given = {"takenOn": "2026-05-20", "districts": counts(AJM=1)}
    assert await low.code(AUDIENCE, {"id": of, "a": given, "m": marking()}) == "NOT_FOUND"


async def test_a_count_of_a_day_to_come_or_of_no_district_is_refused(officer: Caller) -> None:
    of = await account(officer)
    assert [one["path"] for one in (await audience(officer, of, "2026-06-03", AJM=1))["problems"]] == [
        "audience.takenOn"
    ]
    said = (await audience(officer, of, "2026-05-08", AJM=1, NOWHERE=1))["problems"]
    assert [one["path"] for one in said] == ["audience.districts.1.district"]
    assert MORNING.date() == TODAY
