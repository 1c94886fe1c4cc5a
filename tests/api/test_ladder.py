"""The ladder of every operation: 401, enquiry missing, refused, not found, an answer; a new field needs its row."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from api.gql.filters import WHERE_OF
from api.gql.schema import SCHEMA
from desk.matching import put_matches
from graph.driver import rows
from graph.local import LocalGraph
from register.ledger import Entry, EntryKind
from schemas.handling import Purpose
from schemas.officer import Rank
from schemas.records import RECORDS
from tests.station import TODAY, Caller, Station, as_live, marking, name, station
from tests.words import as_input, change_of

pytestmark = pytest.mark.anyio

# Where a thing stands in the variables of a row: `{thing: where}`, and each thing has its answers in `Ladder.missing`.
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Row:
    """One field: how it is asked, with which variables, which of them name something, and which rungs it has."""

    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    names: tuple[tuple[str, Place], ...] = ()
    enquiry: bool = True
    empty: bool = False  # what is not there is an empty answer rather than NOT_FOUND
    writes: bool = False


def _recording(thing: str) -> str:
    kind = thing[0].upper() + thing[1:]
    return (
        f"mutation($c: {kind}Input!, $m: MarkingInput!) "
        f"{{ record{kind}({thing}: $c, marking: $m) {{ made: {thing} {{ id }} problems {{ path }} }} }}"
    )


ENDS = "2026-08-01T00:00:00Z"
UNTIL = str(TODAY + timedelta(days=320))
REASON = {"reason": "Entered twice"}
PAGE = "first: 5) { totalCount edges { node { id } } } }"

ROWS: dict[str, Row] = {
    "Query._service": Row("{ _service { sdl } }", enquiry=False),
    "Query._entities": Row(
        "query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { id } } }",
        {"r": [{"__typename": "Person", "id": "<person>"}]},
        (("person", ("r", 0, "id")),),
    ),
    "Query.federated": Row("query($t: String!) { federated { find(text: $t) { nodes { id } } } }", {"t": "Sukhdev"}),
    "Query.me": Row("{ me { id } }", enquiry=False),
    "Query.enquiry": Row(
        "query($id: ID!) { enquiry(id: $id) { id } }", {"id": "<enquiry>"}, (("enquiry", ("id",)),), enquiry=False
    ),
    "Query.enquiries": Row("{ enquiries { id } }", enquiry=False),
    "Query.record": Row("query($id: ID!) { record(id: $id) { id } }", {"id": "<gang>"}, (("gang", ("id",)),)),
    "Query.identifier": Row(
        "query($v: String!) { identifier(kind: PHONE, value: $v) { id } }", {"v": "<phone>"}, (("phone", ("v",)),)
    ),
    "Query.find": Row(
        "query($t: String!) { find(text: $t) { totalCount edges { node { id } } } }",
        {"t": "<phone>"},
        (("phone", ("t",)), ("word", ("t",))),
        empty=True,
    ),
    "Query.network": Row(
        "query($from: [ID!]!) { network(from: $from) { nodes { id } } }",
        {"from": ["<person>"]},
        (("person", ("from", 0)), ("value", ("from", 0))),
    ),
    "Query.history": Row(
        "query($id: ID!) { history(id: $id) { changes { at } } }", {"id": "<gang>"}, (("gang", ("id",)),)
    ),
    "Query.statutes": Row('{ statutes(on: "2026-06-01", text: "BNS") { edges { node { key } } } }'),
    "Query.units": Row('{ units(on: "2026-06-01", under: "RJ-JPC") { edges { node { code } } } }'),
    "Query.readers": Row(
        "query($id: ID!) { readers(id: $id) { edges { node { at } } } }",
        {"id": "<gang>"},
        (("gang", ("id",)),),
    ),
    "Query.paths": Row(
        "query($a: ID!, $b: ID!) { paths(from: $a, to: $b) { paths { nodes { id } } } }",
        {"a": "<person>", "b": "<value>"},
        (("person", ("a",)), ("value", ("a",)), ("person", ("b",)), ("value", ("b",))),
    ),
    "Query.inbox": Row("{ inbox(kind: APPROVAL) { edges { node { id } } } }"),
    "Query.pendingChange": Row(
        "query($id: ID!) { pendingChange(id: $id) { id } }", {"id": "<change>"}, (("change", ("id",)),)
    ),
    "Mutation.setCategory": Row(
        "mutation($id: ID!, $rev: String!, $d: ID!, $reason: String!) "
        "{ setCategory(id: $id, rev: $rev, category: ASSOCIATE, document: $d, reason: $reason) "
        "{ made: person { id } problems { path } } }",
        {"id": "<person>", "rev": "<rev person>", "d": "<document>", **REASON},
        (("person", ("id",)), ("document", ("d",))),
        writes=True,
    ),
    "Mutation.recordFollowerAct": Row(
        "mutation($id: ID!, $f: FollowerInput!, $a: FollowerActInput!, $m: MarkingInput!) "
        "{ recordFollowerAct(account: $id, follower: $f, act: $a, marking: $m) { id problems { path } } }",
        {
            "id": "<socialAccount>",
            "f": {"socialId": "X:4712"},
            "a": {"act": "PAYMENT", "happenedOn": "2026-05-01", "section": "BNS 111(3)"},
            "m": marking(),
        },
        (("socialAccount", ("id",)),),
        writes=True,
    ),
    "Mutation.recordAudienceSnapshot": Row(
        "mutation($id: ID!, $a: AudienceInput!, $m: MarkingInput!) "
        "{ recordAudienceSnapshot(account: $id, audience: $a, marking: $m) { id problems { path } } }",
        {
            "id": "<socialAccount>",
            "a": {"takenOn": "2026-05-01", "districts": [{"district": "RJ-D-AJM", "followers": 100}]},
            "m": marking(),
        },
        (("socialAccount", ("id",)),),
        writes=True,
    ),
    "Mutation.review": Row(
        "mutation($id: ID!, $why: String!, $until: Date!) "
        "{ review(id: $id, newInformation: $why, until: $until) { id problems { path } } }",
        {"id": "<person>", "why": "Seen again.", "until": UNTIL},
        tuple((word.root, ("id",)) for word in RECORDS.values()),
        writes=True,
    ),
    # Each is decided alone: one that is not there is told beside the others, and never here.
    "Mutation.reviewAll": Row(
        "mutation($r: [ReviewInput!]!) { reviewAll(reviews: $r) { reviews { id } problems { path } } }",
        {"r": [{"id": "<gang>", "newInformation": "Seen again.", "until": UNTIL}]},
        writes=True,
    ),
    "Mutation.dispute": Row(
        "mutation($id: ID!, $said: String!) { dispute(id: $id, statement: $said) { id problems { path } } }",
        {"id": "<spare to dispute>", "said": "It was his brother."},
        tuple((word.root, ("id",)) for word in RECORDS.values()),
        writes=True,
    ),
    "Mutation.settleDispute": Row(
        "mutation($id: ID!, $reason: String!) "
        "{ settleDispute(id: $id, upheld: true, reason: $reason) { id problems { path } } }",
        {"id": "<disputed>", **REASON},
        tuple((word.root, ("id",)) for word in RECORDS.values()),
        writes=True,
    ),
    "Mutation.approve": Row(
        "mutation($id: ID!) { approve(id: $id) { change { id } problems { path } } }",
        {"id": "<to approve>"},
        (("change", ("id",)),),
        writes=True,
    ),
    "Mutation.decline": Row(
        "mutation($id: ID!, $reason: String!) "
        "{ decline(id: $id, reason: $reason) { change { id } problems { path } } }",
        {"id": "<to decline>", **REASON},
        (("change", ("id",)),),
        writes=True,
    ),
    "Mutation.withdrawPending": Row(
        "mutation($id: ID!) { withdrawPending(id: $id) { change { id } problems { path } } }",
        {"id": "<own change>"},
        (("change", ("id",)),),
        writes=True,
    ),
    "Query.explainAccess": Row(
        "query($id: ID!) { explainAccess(id: $id) { id } }", {"id": "<person>"}, (("person", ("id",)),)
    ),
    "Mutation.openEnquiry": Row(
        "mutation($e: EnquiryInput!) { openEnquiry(enquiry: $e) { enquiry { id } problems { path } } }",
        {"e": {"purpose": "INVESTIGATION", "caseRef": "FIR 1", "legalBasis": "BNSS 173", "expiresAt": ENDS}},
        enquiry=False,
    ),
    "Mutation.closeEnquiry": Row(
        "mutation($id: ID!) { closeEnquiry(id: $id) { enquiry { id } problems { path } } }",
        {"id": "<spare enquiry>"},
        (("enquiry", ("id",)),),
        enquiry=False,
    ),
    "Mutation.link": Row(
        "mutation($a: EndInput!, $b: EndInput!, $m: MarkingInput!) "
        "{ link(kind: SUSPECT_IN, from: $a, to: $b, marking: $m) { id problems { path } } }",
        {"a": {"id": "<person>"}, "b": {"id": "<incident>"}, "m": marking()},
        (("person", ("a", "id")), ("incident", ("b", "id"))),
        writes=True,
    ),
    "Mutation.unlink": Row(
        "mutation($from: ID!, $id: ID!, $reason: String!) "
        "{ unlink(from: $from, id: $id, reason: $reason) { id problems { path } } }",
        {"from": "<person>", "id": "<link>", **REASON},
        (("link", ("id",)), ("person", ("from",)), ("value", ("from",))),
        writes=True,
    ),
    "Mutation.withdraw": Row(
        "mutation($id: ID!, $reason: String!) { withdraw(id: $id, reason: $reason) { id problems { path } } }",
        {"id": "<spare>", **REASON},
        tuple((word.root, ("id",)) for word in RECORDS.values()),
        writes=True,
    ),
}

for _change in ("assertSame", "assertNotSame", "assertUnsure"):
    ROWS[f"Mutation.{_change}"] = Row(
        "mutation($a: ID!, $b: ID!, $m: MarkingInput!, $e: [CriterionInput!]!) "
        f"{{ {_change}(from: $a, to: $b, marking: $m, evidence: $e) {{ id problems {{ path }} }} }}",
        {"a": "<person>", "b": "<spare>", "m": marking(), "e": [{"text": "One scar", "source": "Diary 4711"}]},
        (("person", ("a",)), ("person", ("b",))),
        writes=True,
    )
for _type, _word in RECORDS.items():
    ROWS[f"Query.{_word.root}"] = Row(
        f"query($id: ID!) {{ {_word.root}(id: $id) {{ id }} }}", {"id": f"<{_word.root}>"}, ((_word.root, ("id",)),)
    )
    ROWS[f"Mutation.record{_word.name}"] = Row(
        _recording(_word.root), {"c": as_input(_type), "m": marking()}, writes=True
    )
    ROWS[f"Mutation.revise{_word.name}"] = Row(
        f"mutation($id: ID!, $rev: String!, $c: {_word.name}Change!, $reason: String!) "
        f"{{ revise{_word.name}(id: $id, rev: $rev, change: $c, reason: $reason) "
        f"{{ made: {_word.root} {{ id }} problems {{ path }} }} }}",
        {"id": f"<{_word.root}>", "rev": f"<rev {_word.root}>", "c": change_of(_type), **REASON},
        ((_word.root, ("id",)),),
        writes=True,
    )
    if _type in WHERE_OF:
        ROWS[f"Query.{_word.plural}"] = Row(f"{{ {_word.plural}({PAGE}")

FIELDS = [
    f"{root.name}.{field}"
    for root in (SCHEMA._schema.query_type, SCHEMA._schema.mutation_type)
    if root is not None
    for field in root.fields
]
WITH_ENQUIRY = [name for name, row in ROWS.items() if row.enquiry]
NAMING = [(name, thing, place) for name, row in ROWS.items() for thing, place in row.names]


@dataclass
class Ladder:
    """A node with something of each kind, seen and not, and the officer of level 0 who climbs."""

    node: Station
    officer: Caller
    expired: str
    seen: Mapping[str, str]
    missing: Mapping[str, Mapping[str, str]]  # thing → why it is not there → its name
    enquiries: Mapping[str, str]

    def variables(self, row: Row) -> dict[str, Any]:
        """Give a row's variables with the names of what is there."""
        return {key: _filled(value, self.seen) for key, value in row.variables.items()}


def _filled(value: Any, seen: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {key: _filled(one, seen) for key, one in value.items()}
        case list():
            return [_filled(one, seen) for one in value]
        case str() if value.startswith("<"):
            return seen[value.strip("<>")]
    return value


def _with(value: Any, place: Place, other: str) -> Any:
    """Give a value with what stands at a place in it replaced."""
    if not place:
        return other
    head, *rest = place
    copy = value.copy()
    copy[head] = _with(value[head], tuple(rest), other)
    return copy


@pytest.fixture(scope="module")
async def ladder(local_graph: LocalGraph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ladder]:
    async with station(local_graph, tmp_path_factory.mktemp("ladder")) as node:
        low = await node.caller("rj.low", level=0, unit="RJ-D-AJM")
        ended = await node.enquiry("rj.low", Purpose.INVESTIGATION, days=0.001)
        expired = low.token
        node.watch.move(minutes=20)
        low.token = node.tokens.mint_officer("rj.low", "session", jti="second")
        high = await node.caller("rj.high", unit="RJ-P-JPE")
        closed = await node.enquiry("rj.low", Purpose.INVESTIGATION)
        await node.desk.register.enquiries.close(closed, "rj.low", node.watch())
        spare = await node.enquiry("rj.low", Purpose.INVESTIGATION)
        assert high.enquiry is not None
        assert low.enquiry is not None
        seen, missing = await _world(node, high)
        with as_live(node.desk):
            seen["own change"] = await _waiting(low)
            for thing in ("change", "to approve", "to decline"):
                seen[thing] = await _waiting(high)
            gone = await _waiting(high)
            missing["change"] = {"hidden": await _waiting(high, level=3), "withdrawn": gone}
            missing["change"] |= {"absent": f"{gone[:-4]}0000", "malformed": "no id at all"}
        await high.ask(ROWS["Mutation.withdrawPending"].document, {"id": gone})
        await node.plan_the_walk()
        nothing = {"absent": f"{spare[:-4]}0000", "hidden": high.enquiry, "malformed": "urn:sangam:enquiry"}
        yield Ladder(
            node,
            low,
            expired,
            {**seen, "enquiry": low.enquiry, "spare enquiry": spare},
            {**missing, "enquiry": nothing},
            {"closed": closed, "ended": ended, "theirs": high.enquiry},
        )


async def _world(node: Station, high: Caller) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Record something of each kind that level 0 sees, something hidden, and something withdrawn."""
    seen, missing = {}, {}
    for word in RECORDS.values():
        thing = word.root
        # A gang of the unit whose readers the officer is told.
        seen[thing] = await _recorded(high, word.name, **({"unit": "RJ-D-AJM"} if thing == "gang" else {}))
        read = f"query($id: ID!) {{ read: {thing}(id: $id) {{ provenance {{ rev }} }} }}"
        seen[f"rev {thing}"] = (await high.ask(read, {"id": seen[thing]}))["read"]["provenance"]["rev"]
        hidden, gone = await _recorded(high, word.name, level=3), await _recorded(high, word.name)
        missing[thing] = {"hidden": hidden, "withdrawn": gone}
        missing[thing] |= {"absent": f"{gone[:-4]}0000", "malformed": "no id at all"}
    seen["spare"], seen["spare to dispute"] = [await _recorded(high, "Person") for _ in range(2)]
    seen["disputed"] = await _recorded(high, "Person")
    await high.ask(ROWS["Mutation.dispute"].document, {"id": seen["disputed"], "said": "It was his brother."})
    numbers = dict(zip(("seen", "hidden", "withdrawn", "absent"), (f"+9198290011{n}0" for n in range(4)), strict=True))
    seen["link"] = await _phone(high, seen["person"], numbers["seen"])
    seen["phone"] = numbers.pop("seen")
    seen["value"] = node.desk.keys.value_id("PHONE", seen["phone"])
    hidden = await _phone(high, seen["person"], numbers["hidden"], level=3)
    closed = await _phone(high, seen["person"], numbers["withdrawn"])
    await high.ask(ROWS["Mutation.unlink"].document, {"from": seen["person"], "id": closed, **REASON})
    await _phone(high, missing["person"]["withdrawn"], numbers["withdrawn"])
    missing["link"] = {"hidden": hidden, "withdrawn": closed, "absent": f"{closed[:-4]}0000", "malformed": "L1"}
    missing["phone"] = numbers
    missing["value"] = {why: node.desk.keys.value_id("PHONE", number) for why, number in numbers.items()}
    missing["word"] = {"hidden": "Chhupa", "withdrawn": "Vapas", "absent": "Kahinnahin"}
    for why in ("hidden", "withdrawn"):
        level = 3 if why == "hidden" else 0
        person = {"category": "SUSPECT", "names": [name(missing["word"][why])]}
        made = await high.ask(ROWS["Mutation.recordPerson"].document, {"c": person, "m": marking(level=level)})
        missing["person"][f"{why} by name"] = made["recordPerson"]["made"]["id"]
    # A match is a record in the graph, and nothing that anybody asks for by its id.
    for person in (seen["person"], seen["spare"]):
        await high.ask(_BEARS, {"id": person, "m": marking()})
    assert await put_matches(node.desk) == {"made": 1, "ended": 0}
    [[match]] = await rows(node.driver, "MATCH (m:Match) RETURN m.id")
    for thing in (word.root for word in RECORDS.values()):
        missing[thing]["a match"] = match
        for why, id in missing[thing].items():
            if why.startswith("withdrawn"):
                await high.ask(ROWS["Mutation.withdraw"].document, {"id": id, **REASON})
    return seen, missing


_BEARS = """mutation($id: ID!, $m: MarkingInput!) {
  link(kind: IDENTIFIED_BY, from: {id: $id}, to: {kind: PASSPORT, value: "P1234567"}, marking: $m) { id } }"""


async def _recorded(caller: Caller, kind: str, **marked: Any) -> str:
    row = ROWS[f"Mutation.record{kind}"]
    made = await caller.ask(row.document, {**row.variables, "m": marking(**marked)})
    return str(made[f"record{kind}"]["made"]["id"])


async def _waiting(caller: Caller, **marked: Any) -> str:
    """Ask for an act of help, and give the id under which it waits for a second officer."""
    row = ROWS["Mutation.recordAssistance"]
    document = row.document.replace("problems", "waits { id } problems")
    made = await caller.ask(document, {**row.variables, "m": marking(**marked)})
    return str(made["recordAssistance"]["waits"]["id"])


async def _phone(caller: Caller, person: str, number: str, **marked: Any) -> str:
    document = """mutation($a: EndInput!, $b: EndInput!, $m: MarkingInput!) {
      link(kind: USES_PHONE, from: $a, to: $b, marking: $m) { id } }"""
    ends = {"a": {"id": person}, "b": {"kind": "PHONE", "value": number}}
    return str((await caller.ask(document, {**ends, "m": marking(**marked)}))["link"]["id"])


def test_every_field_has_its_row_and_no_row_is_left_over() -> None:
    assert sorted(ROWS) == sorted(FIELDS)


def test_every_argument_that_names_something_is_climbed_by() -> None:
    """An `id`, `from` or `account` of a field, or one of its variables, is a rung of its own."""
    for path, row in ROWS.items():
        root, field = path.split(".")
        type = SCHEMA._schema.type_map[root]
        arguments = set(type.fields[field].args) & {"id", "from", "account", "value", "text", "representations"}  # type: ignore[attr-defined]  # both roots are object types
        if path == "Query.statutes":
            arguments -= {"text"}  # it looks through the law, and names nothing of anybody's
        assert bool(arguments) == bool(row.names), path


@pytest.mark.parametrize("path", FIELDS)
async def test_who_proves_nothing_gets_one_same_401(ladder: Ladder, path: str) -> None:
    row, client = ROWS[path], ladder.node.client
    body = {"query": row.document, "variables": ladder.variables(row)}
    bodies = set()
    whole = ladder.officer.token
    for header in (None, "Bearer", "Bearer garbage", f"Basic {whole}", f"Bearer {ladder.expired}", f"Bearer {whole}x"):
        headers = {"sangam-enquiry": str(ladder.officer.enquiry)} | ({"authorization": header} if header else {})
        answer = await client.post("/graphql", json=body, headers=headers)
        assert answer.status_code == 401
        bodies.add(answer.content)
    assert len(bodies) == 1
    assert b"UNAUTHENTICATED" in bodies.pop()


@pytest.mark.parametrize("path", WITH_ENQUIRY)
async def test_without_an_enquiry_of_ones_own_there_is_no_answer(ladder: Ladder, path: str) -> None:
    row, low = ROWS[path], ladder.officer
    nobody = replace(low, enquiry=None)
    asked = (row.document, ladder.variables(row))
    bodies = {(await nobody.post(*asked)).content}
    absent = f"{ladder.enquiries['closed'][:-4]}0000"
    for enquiry in ("", "nonsense", absent, ladder.seen["person"], ladder.enquiries["theirs"]):
        bodies.add((await replace(nobody, enquiry=enquiry).post(*asked)).content)
    assert len(bodies) == 1
    assert await nobody.code(*asked) == "ENQUIRY_REQUIRED"


@pytest.mark.parametrize("path", WITH_ENQUIRY)
async def test_an_enquiry_that_is_over_and_a_post_that_reads_no_records_are_refused(ladder: Ladder, path: str) -> None:
    row, low = ROWS[path], ladder.officer
    asked = (row.document, ladder.variables(row))
    for over in ("closed", "ended"):
        assert await replace(low, enquiry=ladder.enquiries[over]).code(*asked) == "REFUSED"
    for rank in (Rank.NODE_ADMIN, Rank.AUDITOR):
        assert await (await _post(ladder, rank, Purpose.INVESTIGATION)).code(*asked) == "REFUSED"
    if row.writes:
        for purpose in (Purpose.COURT, Purpose.AUDIT):
            assert await (await _post(ladder, Rank.SI, purpose)).code(*asked) == "REFUSED"


@pytest.mark.parametrize("path", WITH_ENQUIRY)
async def test_a_refusal_stands_on_the_ledger_with_what_was_asked_and_for_which_enquiry(
    ladder: Ladder, path: str
) -> None:
    row, low, ledger = ROWS[path], ladder.officer, ladder.node.desk.register.ledger
    asked = (row.document, ladder.variables(row))
    closed, theirs = ladder.enquiries["closed"], ladder.enquiries["theirs"]
    for enquiry, told, code, of, purpose in (
        (closed, "REFUSED", "ENQUIRY_CLOSED", closed, "INVESTIGATION"),
        (theirs, "ENQUIRY_REQUIRED", "ENQUIRY_REQUIRED", None, None),
    ):
        assert await replace(low, enquiry=enquiry).code(*asked) == told
        [written] = await ledger.search(first=1)
        entry, said = written.entry, _said(written.entry)
        assert (entry.kind, entry.officer, entry.code) == (EntryKind.REFUSAL, "rj.low", code)
        assert (entry.enquiry, entry.purpose, said.get("named")) == (of, purpose, None if of else theirs)
        assert entry.operation != "-"
        assert re.fullmatch("[0-9a-f]{32}" if row.variables else "", said.get("variables", ""))
        for typed in (ladder.seen["phone"], "Sukhdev", "A call", "4711", REASON["reason"]):
            assert typed not in json.dumps(said)


async def test_what_fits_no_field_stands_on_the_ledger_like_any_other_refusal(ladder: Ladder) -> None:
    low, ledger = ladder.officer, ladder.node.desk.register.ledger
    recording = ROWS["Mutation.recordPerson"]
    person = {"category": "SUSPECT", "names": [{"text": "", "script": "LATIN", "kind": "LEGAL"}]}
    told = await low.ask(recording.document, {"c": person, "m": marking()})
    assert told["recordPerson"]["problems"]
    entries = [(await ledger.search(first=1))[0].entry]
    for document, variables in (
        (recording.document, {"c": 1, "m": {}}),
        ("{ persons { edges { node { phones(first: 99) { totalCount } } } } }", {}),
        ("query($id: ID!) { enquiry(id: $id) { id } }", {"id": ladder.enquiries["theirs"]}),
    ):
        await low.code(document, variables)
        entries.append((await ledger.search(first=1))[0].entry)
    told_apart = [(entry.operation, entry.code, entry.enquiry, entry.purpose) for entry in entries]
    assert told_apart == [
        ("recordPerson", "BAD_INPUT", low.enquiry, "INVESTIGATION"),
        ("recordPerson", "BAD_INPUT", low.enquiry, "INVESTIGATION"),
        ("persons", "BAD_INPUT", low.enquiry, "INVESTIGATION"),
        ("enquiry", "NOT_FOUND", low.enquiry, "INVESTIGATION"),
    ]


async def test_a_text_in_a_condition_stands_on_the_ledger_as_its_digest(ladder: Ladder) -> None:
    await ladder.officer.ask('{ persons(where: {unit: "Chhupa", sex: MALE}) { totalCount } }')
    [written] = await ladder.node.desk.register.ledger.search(first=1)
    digest = ladder.node.desk.keys.digest("ledger term", "Chhupa")
    assert _said(written.entry)["asked"][0]["where"] == [["sex", "in", "['MALE']"], ["unit", "is", digest]]


async def test_a_link_that_is_not_made_says_on_the_ledger_between_what(ladder: Ladder) -> None:
    hidden, number = ladder.missing["person"]["hidden"], "+919829011999"
    document = ROWS["Mutation.link"].document.replace("SUSPECT_IN", "USES_PHONE")
    variables = {"a": {"id": hidden}, "b": {"kind": "PHONE", "value": number}, "m": marking()}
    assert await ladder.officer.code(document, variables) == "NOT_FOUND"
    [written] = await ladder.node.desk.register.ledger.search(first=1)
    digest = ladder.node.desk.keys.digest("ledger term", number)
    assert _said(written.entry)["asked"] == [{"act": "link USES_PHONE", "from": hidden, "to": digest}]


def _said(entry: Entry) -> dict[str, Any]:
    """Give what an entry says of its request."""
    assert isinstance(entry.variables, dict)
    return dict(entry.variables)


async def _post(ladder: Ladder, rank: Rank, purpose: Purpose) -> Caller:
    """Give the officer of a rank, put into the register when he is first asked for."""
    id = f"rj.{rank.value}.{purpose.value}".lower().replace("_", "-")
    found = await ladder.node.desk.register.officers.get(id)
    officer = found or await ladder.node.officer(id, rank=rank)
    token = ladder.node.tokens.mint_officer(id, "session", jti=id)
    return Caller(ladder.node.client, officer, token, await ladder.node.enquiry(id, purpose))


@pytest.mark.parametrize(("path", "thing", "place"), NAMING)
async def test_what_is_not_there_for_the_officer_is_one_same_answer(
    ladder: Ladder, path: str, thing: str, place: Place
) -> None:
    row, low = ROWS[path], ladder.officer
    bodies = {}
    for why, other in ladder.missing[thing].items():
        answer = await low.post(row.document, _with(ladder.variables(row), place, other))
        bodies[why] = (answer.status_code, answer.content)
    assert len(set(bodies.values())) == 1, bodies
    [(_, body)] = set(bodies.values())
    if row.empty:
        assert body == b'{"data":{"find":{"totalCount":0,"edges":[]}}}'
    else:
        assert b'"NOT_FOUND"' in body


@pytest.mark.parametrize("path", FIELDS)
async def test_at_the_top_of_the_ladder_is_an_answer(ladder: Ladder, path: str) -> None:
    row = ROWS[path]
    data = await ladder.officer.ask(row.document, ladder.variables(row))
    answer = data[path.split(".")[1]]
    assert answer
    if isinstance(answer, dict):
        assert not answer.get("problems")
        assert [] not in (answer.get("edges"), answer.get("paths"))
        assert all(value is not None for value in answer.values())
